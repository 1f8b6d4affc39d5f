"""What the page of the regimes shows, frozen for one reader: plan and regimes side by side, clashes, ties, clocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fengsui.cases.plan_pages import Column, DutyView, Finding


@dataclass(frozen=True, slots=True)
class Ask:
    """What one duty asks, with the things to be written where it has a form."""

    duty: DutyView
    contents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """The plan or one regime: its levels by their own names, and what it asks to be told, first and later."""

    id: str
    version: str
    title: str
    regime: bool
    since: datetime | None
    levels: tuple[Column, ...]
    first: tuple[Ask, ...]
    onward: tuple[Ask, ...]
    later: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class ClashView:
    """One recipient: what a regime asks and what the plan says of the same; `ours` is None where it says nothing."""

    sort: Literal["longer", "no_number", "only"]
    to: str
    regime: str
    theirs: DutyView
    ours: DutyView | None


@dataclass(frozen=True, slots=True)
class Tie:
    """One thing under two names, asked once."""

    sort: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class RegimeTies:
    """What of a regime is the plan's own, and what stands by itself."""

    title: str
    tied: tuple[Tie, ...]
    untied: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ClockMark:
    """One due time of a case."""

    word: str
    owes: str
    to: str
    start: datetime | None
    due: datetime
    state: str
    look: str
    x: float = 0.0
    y: int = 6
    shown: bool = True
    """Whether it falls into the stretch of time that the axis shows."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The due times of the plan or of one regime on a case."""

    title: str
    marks: tuple[ClockMark, ...]


@dataclass(frozen=True, slots=True)
class CaseClocks:
    """One open case with a lane for each that asks something by a time."""

    number: str
    title: str
    now_x: float
    ticks: tuple[tuple[float, datetime], ...]
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class RegimesPage:
    """The regimes beside the plan of the reader's organisation."""

    plan: str
    parts: tuple[Part, ...] = ()
    clashes: tuple[ClashView, ...] = ()
    ties: tuple[RegimeTies, ...] = ()
    clocks: tuple[CaseClocks, ...] = ()
    installed: int = 0
    """How many regimes are installed in the root, beside the plan or not."""
