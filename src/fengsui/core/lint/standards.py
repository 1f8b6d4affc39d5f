"""Standards and laws that a plan cites: superseded, not real, or left out. The table is data (`standards.yaml`).

Rules
- A citation is found by its number or title, whatever blanks, dashes or brackets stand in it.
- What is cited in a pack (summaries, notes, law of a clause) is told at its file and line; in a text, at its line.
- A law counts as left out only where it was in force when the plan was issued, as far as that is known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from fengsui.core.lint.places import found
from fengsui.core.loader import read
from fengsui.core.loader.reading import join
from fengsui.core.pack import Pack
from fengsui.core.problems import Problem, Where

_DROP = re.compile(r"[\s〔〕\[\]()《》<>“”\"']")
_DASH = re.compile(r"[—–―－−]")
_NEAR = 24
_MAYBE = re.compile(r"[GＧgｇ]\s*[BＢbｂ]|国办发|国家突发")


@dataclass(frozen=True, slots=True)
class Citation:
    """One row of the table: what is cited, what to cite instead, since when or why."""

    cited: str
    instead: str
    since: str = ""
    zh: str = ""
    en: str = ""
    near: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """A law and the day from which it is in force."""

    name: str
    zh: str
    en: str
    since: date


@cache
def citations_known() -> tuple[Citation, ...]:
    """Return the table of superseded and false citations."""
    data = _data()
    return tuple(Citation(**row) for key in ("superseded", "not_real") for row in data[key])


@cache
def laws_known() -> tuple[Law, ...]:
    """Return the laws that a plan of their time should know."""
    return tuple(Law(r["name"], r["zh"], r["en"], date.fromisoformat(r["since"])) for r in _data()["laws"])


def _data() -> Mapping[str, Sequence[Mapping[str, str]]]:
    path = Path(__file__).with_name("standards.yaml")
    return read(path.read_bytes(), path.name).data  # type: ignore[return-value]


def citations(pack: Pack) -> Iterator[Problem]:
    """Yield the superseded and false citations in the words of a pack."""
    for name, data in pack.raw.items():
        for path, text in _texts("", data):
            for row in cited_in(text):
                yield found(pack, _code(row), (f"{name}.yaml", path), **_said(row))


def cited_in(text: str) -> tuple[Citation, ...]:
    """Return the rows of the table that a text cites."""
    if not _MAYBE.search(text):  # most texts cite nothing, and a pack holds thousands
        return ()
    plain = _plain(text)
    return tuple(row for row in citations_known() if _cites(plain, row))


def problem_of(row: Citation, where: Where) -> Problem:
    """Return the finding about a citation at a place of a text."""
    return Problem(_code(row), _said(row), where)


def _cites(plain: str, row: Citation) -> bool:
    cited = _plain(row.cited)
    at = plain.find(cited)
    while at >= 0:
        after = plain[at + len(cited) : at + len(cited) + 1]
        beside = plain[max(0, at - _NEAR) : at + len(cited) + _NEAR]
        longer = after.isdigit() or (after in "-." and not row.near and after != "")
        if not longer and (not row.near or row.near in beside):
            return True
        at = plain.find(cited, at + 1)
    return False


def _plain(text: str) -> str:
    return _DROP.sub("", _DASH.sub("-", unicodedata.normalize("NFKC", text))).upper()


def _code(row: Citation) -> str:
    return "LAW-SUPERSEDED" if row.since else "LAW-FALSE"


def _said(row: Citation) -> dict[str, str]:
    return {"cited": row.cited, "instead": row.instead, "since": row.since, "why": row.zh, "why_en": row.en}


def _texts(path: str, data: object) -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _texts(join(path, str(key)), value)
    elif isinstance(data, list):
        for n, value in enumerate(data):
            yield from _texts(join(path, n), value)
    elif isinstance(data, str) and len(data) > 5:
        yield path, data
