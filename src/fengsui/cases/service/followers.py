"""Pointers for the rooms that follow the log: claimed under a lease, removed when dealt with (house 2.2, 5).

Rules
- A pointer names an event or a reminder of a case; there is one per follower, written with the event.
- A claim moves `not_before` on by the lease with a conditional update and looks at the row count: of two workers one
  gets it. A worker that dies leaves the pointer; when its lease ends another takes it. Nothing is marked done before.
- Pointers are never "events after number N": transactions commit out of order, and such a reader skips rows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fengsui.cases import models

LEASE = timedelta(minutes=2)
BATCH = 100


@dataclass(frozen=True, slots=True)
class FreshRef:
    """A claimed pointer: an event (`seq` > 0) or a reminder (`obligation`, `rung`) of a case."""

    id: str
    root: str
    case: str
    seq: int
    obligation: str
    rung: str
    at: datetime
    tries: int


def claim(root: str, follower: str, at: datetime) -> tuple[FreshRef, ...]:
    """Claim a batch of pointers for `LEASE`, the oldest first."""
    rows = models.Fresh.objects.filter(root=root, follower=follower, not_before__lte=at).order_by("not_before", "pk")
    return tuple(_ref(row) for row in rows[:BATCH] if _claim(row, at))


def finish(pointer: FreshRef) -> None:
    """Remove a pointer that was dealt with."""
    models.Fresh.objects.filter(root=pointer.root, pk=pointer.id).delete()


def _claim(row: models.Fresh, at: datetime) -> bool:
    mine = models.Fresh.objects.filter(root=row.root, pk=row.pk, not_before=row.not_before, tries=row.tries)
    wait = LEASE * min(row.tries + 1, 10)
    return mine.update(not_before=at + wait, tries=row.tries + 1) == 1


def _ref(row: models.Fresh) -> FreshRef:
    return FreshRef(row.pk, row.root, row.case_id, row.seq, row.obligation, row.rung, row.at, row.tries)
