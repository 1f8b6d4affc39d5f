"""What the wall is given: frozen rows about the units below, made by `selectors.wall`. The rules of `pages` hold.

An outline is number, unit, level, phase and counts (design 6). `title`, `next_due` and what hangs on them are filled
only for a case that the reader may open, because the plan brought his body in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fengsui.cases.pages import LevelBadge, ObligationRow


@dataclass(frozen=True, slots=True)
class WallCase:
    """One case as its outline tells it; `open` and `overdue` count its obligations."""

    number: str
    kind: str
    level: LevelBadge | None
    stage_label: str
    open: int
    overdue: int
    exercise: bool = False
    title: str = ""
    next_due: datetime | None = None
    readable: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """One unit: its gravest case, how many more there are, what is open in all of them. No case: it is calm."""

    name: str
    case: WallCase | None = None
    more: int = 0
    open: int = 0
    overdue: int = 0
    exercise: bool = False  # nothing but an exercise
    drill_beside: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """Units under one heading (empty where the units have none), in strips of a few."""

    title: str
    strips: tuple[tuple[Tile, ...], ...]


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many cases are under way in one level; `share` is the length of its bar in tenths."""

    level: LevelBadge
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Kept:
    """How obligations that fell due in the last thirty days were kept; `rate` in tenths of a percent."""

    met: int
    late: int
    overdue: int
    rate: int | None


@dataclass(frozen=True, slots=True)
class WallNews:
    """One thing that changed an outline."""

    at: datetime
    unit: str
    number: str
    text: str
    exercise: bool = False
    bad: bool = False


@dataclass(frozen=True, slots=True)
class WallWarning:
    """One warning in force."""

    number: str
    unit: str
    colour: LevelBadge
    stage_label: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class WallDue:
    """One obligation of a case open to the reader, with the unit it lies in."""

    unit: str
    row: ObligationRow


@dataclass(frozen=True, slots=True)
class WallPage:
    """The units below at one glance."""

    organisation: str
    units: int
    troubled: int
    cases: int
    ungraded: int
    highest: LevelBadge | None
    levels: tuple[LevelCount, ...]
    regions: tuple[Region, ...]
    kept: Kept
    warnings: tuple[WallWarning, ...]
    due: tuple[WallDue, ...]
    news: tuple[WallNews, ...]
