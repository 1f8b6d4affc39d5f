"""docs/lint-findings.md against the linter: every row that a pack can show is found, by its code and where it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from fengsui.core.lint import counted, lint
from fengsui.core.loader import load, shipped
from fengsui.core.problems import CODES, Problem

PAGE = Path(__file__).parent.parent.parent / "docs" / "lint-findings.md"
_HEAD = re.compile(r"## (S\d) (\S+)")
_ROW = re.compile(r"\| (S\d)-L(\d+) \| (.+?) \| (pack|text|no) \| (.+) \|")


@dataclass(frozen=True)
class Row:
    """One finding of the page."""

    plan: str
    pack: str
    number: int
    state: str
    by: str

    @property
    def label(self) -> str:
        return f"{self.plan}-L{self.number:02d}"

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Code, and what it is about (empty: told by the text)."""
        parts = (part.strip().strip("`") for part in self.by.split(";"))
        return [(code, about) for code, _, about in (part.partition(" ") for part in parts)]


def rows() -> list[Row]:
    found, pack = [], ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if head := _HEAD.fullmatch(line):
            pack = head[2]
        elif row := _ROW.fullmatch(line):
            found.append(Row(row[1], pack, int(row[2]), row[4], row[5]))
    return found


ROWS = rows()


@cache
def findings(pack: str) -> tuple[Problem, ...]:
    return lint(load(shipped()[pack]))


def told(problem: Problem, code: str, about: str) -> bool:
    """Whether a problem is about a rule, reading, body, clause or label; a place may also be the end of a path."""
    path = problem.where.path
    words = (path, *problem.clause, *problem.params.values())
    parts = {part for word in words for signs in (r"[（）() 、]", r"[.]") for part in re.split(signs, word)}
    return problem.code == code and (about in parts or path.endswith(about))


@pytest.mark.parametrize("plan", ["S0", "S1", "S2", "S3", "S4"])
def test_the_rows_of_a_plan_are_numbered_without_a_gap(plan: str) -> None:
    numbers = [row.number for row in ROWS if row.plan == plan]
    assert numbers == list(range(1, len(numbers) + 1)) and numbers


def test_every_row_names_codes_that_exist_or_says_why_not() -> None:
    for row in ROWS:
        if row.state == "no":
            assert len(row.by) > 30, row.label
        else:
            assert all(code in CODES for code, _ in row.codes), row.label


@pytest.mark.parametrize("row", [row for row in ROWS if row.state == "pack"], ids=lambda row: row.label)
def test_what_a_pack_can_show_is_found(row: Row) -> None:
    if row.pack not in shipped():
        pytest.skip(f"{row.pack} is not shipped")
    about_the_pack = [(code, about) for code, about in row.codes if about]
    assert about_the_pack, row.label
    for code, about in about_the_pack:
        same = [f"{p.where.path} {p.message('en')}" for p in findings(row.pack) if p.code == code]
        assert any(told(p, code, about) for p in findings(row.pack)), f"{row.label}: {code} {about}\n" + "\n".join(same)


def test_the_page_counts_its_rows() -> None:
    states = [row.state for row in ROWS]
    said = f"Of {len(states)} findings {states.count('pack')} are told from the pack, {states.count('text')} from the"
    assert said in PAGE.read_text(encoding="utf-8")


def test_the_websites_plan_leaves_176_of_256_combinations_without_a_rule() -> None:
    """Once its sites are paralysed and its systems damaged, which every graver row of the table asks."""
    pack = load(shipped()["xinjiang-finance-websites"])
    assert counted(pack, "rows", {"paralysed": True, "system_damaged": True}) == (176, 256)
