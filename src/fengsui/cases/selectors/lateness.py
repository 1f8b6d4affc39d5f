"""What the watchman asks of the record: since when work lies undone, and what should have been announced by now.

Rules
- Each question walks an index and stops at its first row, or at `MOST`: it costs the same however much is open.
- What should have been announced is worked out from the due times themselves, not from what the sweep wrote down about
  its own work: a sweep that skips an obligation is found out too.
- Only what nobody may miss is asked for: hard due times, passed or near. The watch time of a soft word is the
  organisation's own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from fengsui.cases import models
from fengsui.cases.ladder import default
from fengsui.cases.selectors.ladders import ladders_of, own_texts, stand
from fengsui.core.canon import stamp
from fengsui.ledger.ids import made_at

MOST = 500
"""The due times that passed looked at, the last first."""
NEAR = 100
"""The due times to come looked at, the nearest first."""
MANY = 1_000_000
"""What is under way is counted up to here."""
STUCK = 3
"""A pointer tried so often does not get on."""
HARD = "hard"
ABOUT = 220
"""The length of what a message is about."""


@dataclass(frozen=True, slots=True)
class Owing:
    """What was to be told of an obligation of a case at a moment; `about` where it is one certain message."""

    case: str
    obligation: str
    since: datetime
    about: str = ""


def oldest_claim(root: str) -> datetime | None:
    """Return the earliest moment at which a case or a reminder waits for a worker."""
    cases = models.Case.objects.filter(root=root, next_at__isnull=False).order_by("next_at")
    rungs = models.Obligation.objects.filter(root=root, next_at__isnull=False).order_by("next_at")
    found = (rows.values_list("next_at", flat=True).first() for rows in (cases, rungs))
    return min((moment for moment in found if moment), default=None)


def oldest_pointer(root: str) -> datetime | None:
    """Return since when an event or a reminder waits for those who follow the log, or fails again and again."""
    rows = models.Fresh.objects.filter(root=root)
    waiting = rows.order_by("not_before").values_list("not_before", flat=True).first()
    stuck = rows.filter(tries__gte=STUCK).order_by("at").values_list("at", flat=True).first()
    return min((moment for moment in (waiting, stuck) if moment), default=None)


def estimated(root: str) -> bool:
    """Return whether a due time under way is only estimated, because a year of the work calendar is missing."""
    return models.Obligation.objects.filter(root=root, live=True, estimated_by__gt="").exists()


def passed_by(root: str, at: datetime, within: timedelta) -> tuple[Owing, ...]:
    """Return the hard due times that passed in the time `within` before `at`: each is announced under one `about`."""
    rows = models.Obligation.objects.filter(root=root, live=True, due__gte=at - within, due__lt=at).order_by("-due")
    taken = rows.exclude(state="undecided").values_list("case_id", "key", "due", "data__kind")[:MOST]
    return tuple(
        Owing(case, key, due, announcement(key, due)) for case, key, due, kind in taken if kind == HARD and due
    )


def announcement(key: str, due: datetime, what: str = "due") -> str:
    """Return under which `about` a reminder of an obligation is told; `what` is `due` where a hard due time passed."""
    return f"{what}:{stamp(due)}:{key}"[:ABOUT]


def told_of(about: str) -> str:
    """Return of which obligation a reminder tells; nothing where it is no reminder."""
    return about.partition("Z:")[2]


def near_by(root: str, at: datetime, within: timedelta) -> tuple[Owing, ...]:
    """Return the hard obligations due in the time `within` after `at` of which a rung has come: the last that did."""
    rows = models.Obligation.objects.filter(root=root, live=True, due__gte=at, due__lt=at + within).order_by("due")
    own = bool(own_texts(root))
    found = []
    for row in rows.exclude(state="undecided")[:NEAR]:
        place = stand(row, ladders_of(root, row.organisation) if own else default())
        rings = place.missed(made_at(row.pk), at) if place and row.data["kind"] == HARD else ()
        found += [Owing(row.case_id, row.key, rings[-1].at)] if rings else []
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is under way: cases, obligations, and of these the overdue ones."""

    cases: int
    open: int
    overdue: int


def counts(root: str, at: datetime) -> Counts:
    """Count what is under way in a root, each up to `MANY`: two walks over partial indexes, one of rows overdue."""
    live = models.Obligation.objects.filter(root=root, live=True)
    late = live.filter(due__lt=at).exclude(state="undecided")  # what is not hard has no due time
    return Counts(*(up_to(rows, MANY) for rows in (models.Case.objects.filter(root=root, active=True), live, late)))


def up_to(rows: QuerySet[Any], most: int) -> int:
    """Count rows, no further than `most`: what is asked every few seconds costs no more however much there is."""
    return rows.order_by()[:most].count()
