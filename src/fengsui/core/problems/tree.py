"""The error tree itself: codes, places, problems, and the two exceptions that carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

Severity = Literal["error", "warning", "note"]
Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem: sentence and remedy as templates over the problem's parameters, with one example."""

    code: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a pack or scenario: file, line (from 1) and the path of keys."""

    file: str = ""
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.path}".strip()


class Later(Mapping[str, str]):
    """Parameters that are put into words when a sentence is asked for: most refusals are only told apart by code."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Mapping[str, str]]) -> None:
        self._make, self._made = make, cast("Mapping[str, str] | None", None)

    def _words(self) -> Mapping[str, str]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __getitem__(self, key: str) -> str:
        return self._words()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words())

    def __len__(self) -> int:
        return len(self._words())

    def __repr__(self) -> str:
        return repr(self._words())


class _Kept(dict[str, str]):
    """Parameters for a template; a missing one stays visible instead of raising."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `rightful`, `missing` and `open` serve refusals: who may, what is lacking, what is not known."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    where: Where = Where()
    clause: tuple[str, ...] = ()
    rightful: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """How bad: an `error` blocks publishing a pack, a `warning` and a `note` do not."""
        return CODES[self.code].severity

    def message(self, lang: Lang = "zh") -> str:
        """Return the sentence in the language asked; parameters ending in `_en` serve the English one."""
        kind = CODES[self.code]
        return (kind.zh if lang == "zh" else kind.en).format_map(_Kept(self._for(lang)))

    def hint(self, lang: Lang = "zh") -> str:
        """Return what to do next."""
        kind = CODES[self.code]
        return (kind.remedy_zh if lang == "zh" else kind.remedy_en).format_map(_Kept(self._for(lang)))

    def _for(self, lang: Lang) -> dict[str, str]:
        plain = {k: v for k, v in self.params.items() if not k.endswith("_en")}
        if lang == "en":
            plain |= {k[:-3]: v for k, v in self.params.items() if k.endswith("_en")}
        return plain

    def as_json(self, lang: Lang = "zh") -> dict[str, object]:
        """Return the problem as plain data, with the keys of the command line and of the HTTP interface."""
        where = self.where
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message(lang),
            "hint": self.hint(lang),
            "file": where.file,
            "line": where.line,
            "path": where.path,
            "clause": list(self.clause),
            "rightful": list(self.rightful),
            "missing": list(self.missing),
            "open": list(self.open),
        }


class FengsuiError(Exception):
    """Root of the error tree."""


class PackError(FengsuiError):
    """A pack, scenario or facts file that cannot be used; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{p.where}: {p.code}: {p.message('en')}" for p in self.problems))


class Refused(FengsuiError):
    """An act the plan does not accept now; carries the reason."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem)

    def __str__(self) -> str:
        return f"{self.problem.code}: {self.problem.message('en')}"


CODES: dict[str, Code] = {}


def declare(*codes: Code) -> None:
    """Enter codes into the registry; a code is declared once."""
    for code in codes:
        if code.code in CODES:
            raise ValueError(f"problem code declared twice: {code.code}")
        CODES[code.code] = code
