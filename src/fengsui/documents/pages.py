"""What the pages of the documents are given. The rules of `cases.pages` hold: frozen, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fengsui.cases.pages import CaseRef, ChainCheck, Cite, LevelBadge


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a letter: its heading, the lines of a table (label, value), its paragraphs."""

    heading: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter as it is set on A4. Every word of it is the record's, the plan's, or the formula of its kind."""

    number: str
    signed: str  # who signed the paper, else the seat that spoke
    house: str  # the organisation that issues it
    title: str
    to: str
    parts: tuple[Part, ...]
    cites: tuple[Cite, ...]  # what demands or allows it
    plan: str
    version: str
    enclosed: tuple[str, ...]
    by: tuple[str, ...]  # organisation and body, a line each
    day: str
    entered: str  # when it was recorded, where that was later
    code: str
    level: LevelBadge | None = None
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document in the list of a case."""

    seq: int
    word: str
    kind: str
    title: str
    to: str
    who: str
    at: datetime
    code: str
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    """The documents of a case, the newest first; `before` continues them. What cannot be read is left out."""

    ref: CaseRef
    title: str
    mode: str
    rows: tuple[DocumentRow, ...]
    check: ChainCheck
    before: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One document. `paper` is None where the chain is broken at its record or before: then it cannot be believed.

    `corrected` are the records that put it right later, `earlier` and `later` the documents beside it.
    """

    ref: CaseRef
    title: str
    mode: str
    seq: int
    kind: str
    check: ChainCheck
    paper: Paper | None
    corrected: tuple[int, ...] = ()
    earlier: int | None = None
    later: int | None = None
