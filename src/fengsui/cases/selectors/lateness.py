"""What the watchman asks of the record: since when work lies undone, and what should have been announced by now.

Rules
- Each question walks an index and stops at its first row, or at `MOST`: it costs the same however much is open.
- What should have been announced is worked out from the due times themselves, not from what the sweep wrote down about
  its own work: a sweep that skips an obligation is found out too.
- Only what nobody may miss is asked for: hard due times. The watch time of a soft word is the organisation's own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fengsui.cases import models
from fengsui.core.canon import stamp

MOST = 500
"""The obligations looked at, the nearest to the moment first."""
HARD = "hard"
ABOUT = 220
"""The length of what a message is about."""


@dataclass(frozen=True, slots=True)
class Owing:
    """Something that was to be announced: in which case, under which `about`, since when, in which organisation."""

    case: str
    about: str
    since: datetime


def oldest_claim(root: str) -> datetime | None:
    """Return the earliest moment at which a case or a reminder waits for a worker."""
    cases = models.Case.objects.filter(root=root, next_at__isnull=False).order_by("next_at")
    rungs = models.Obligation.objects.filter(root=root, next_at__isnull=False).order_by("next_at")
    found = (rows.values_list("next_at", flat=True).first() for rows in (cases, rungs))
    return min((moment for moment in found if moment), default=None)


def oldest_pointer(root: str) -> datetime | None:
    """Return since when an event or a reminder waits for those who follow the log."""
    rows = models.Fresh.objects.filter(root=root).order_by("not_before")
    return rows.values_list("not_before", flat=True).first()


def estimated(root: str) -> bool:
    """Return whether a due time under way is only estimated, because a year of the work calendar is missing."""
    return models.Obligation.objects.filter(root=root, live=True, estimated_by__gt="").exists()


def announced_by(root: str, at: datetime, within: timedelta) -> tuple[Owing, ...]:
    """Return what must have been announced by `at` of the hard due times that passed in the time `within` before."""
    rows = models.Obligation.objects.filter(root=root, live=True, due__gte=at - within, due__lt=at).order_by("-due")
    taken = rows.exclude(state="undecided").values_list("case_id", "key", "due", "data__kind")[:MOST]
    return tuple(Owing(case, announcement(key, due), due) for case, key, due, kind in taken if kind == HARD and due)


def announcement(key: str, due: datetime) -> str:
    """Return under which `about` it is told that a hard due time passed."""
    return f"due:{stamp(due)}:{key}"[:ABOUT]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is under way: cases, obligations, and of these the overdue ones."""

    cases: int
    open: int
    overdue: int


def counts(root: str, at: datetime) -> Counts:
    """Count what is under way in a root; three walks over partial indexes."""
    live = models.Obligation.objects.filter(root=root, live=True)
    late = live.filter(due__lt=at, data__kind=HARD).exclude(state="undecided")
    return Counts(models.Case.objects.filter(root=root, active=True).count(), live.count(), late.count())
