"""Pointers for the rooms that follow the log: claimed under a lease, removed when dealt with (house 2.2, 5).

Rules
- A pointer names an event or a reminder of a case; there is one per follower, written with the event.
- A batch is claimed in one transaction, which moves `not_before` on by the lease: of two workers one gets a pointer. A
  worker that dies leaves the pointer; when its lease ends another takes it. Nothing is marked done before.
- The lease is short, because what was in the hands of a worker that died is announced only after it: within a minute
  also where three die over it, one after another. A pointer that two workers deal with is told once all the same
  (messages are unique). What fails again and again comes ever more seldom.
- Pointers are never "events after number N": transactions commit out of order, and such a reader skips rows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from fengsui.cases import models
from fengsui.cases.service.claims import unlocked

LEASE = timedelta(seconds=15)
AT_ONCE = 3
"""So often a pointer comes back after one lease: dying is not the pointer's fault."""
BATCH = 50


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
    """Claim a batch of pointers for `LEASE`, longer each time it was tried; the oldest first."""
    rows = models.Fresh.objects.filter(root=root, follower=follower, not_before__lte=at).order_by("not_before", "pk")
    if not rows.exists():
        return ()
    with transaction.atomic():
        batch = list(unlocked(rows)[:BATCH])
        for tries in {row.tries for row in batch}:
            mine = [row.pk for row in batch if row.tries == tries]
            wait = LEASE * min(max(tries + 2 - AT_ONCE, 1), 20)
            models.Fresh.objects.filter(root=root, pk__in=mine).update(not_before=at + wait, tries=tries + 1)
    return tuple(_ref(row) for row in batch)


def finish(pointer: FreshRef) -> None:
    """Remove a pointer that was dealt with."""
    models.Fresh.objects.filter(root=pointer.root, pk=pointer.id).delete()


def _ref(row: models.Fresh) -> FreshRef:
    return FreshRef(row.pk, row.root, row.case_id, row.seq, row.obligation, row.rung, row.at, row.tries)
