"""The next reminder of an obligation: set from the ladder, moved with the due time, rung by the worker.

Rules
- `rung_at` is the worker's memory: up to which moment the ladder has been rung. The next reminder is the first ring
  after it, before or after the due time, as long as the obligation is live. A rebuild keeps it.
- An obligation is not reminded of what was over when it was first seen: birth announces itself. What falls due before
  it is born is told by the event of its due time, and the rungs after go on.
- A due time that moves keeps what was rung. Where it moves to before what was rung, being overdue is said for it anew.
"""

from datetime import datetime

from fengsui.cases import models
from fengsui.cases.ladder import Ladders, Ring
from fengsui.cases.selectors.ladders import stand


def schedule(row: models.Obligation, ladders: Ladders) -> None:
    """Set the next reminder of a row from its times, its ladder and what was rung."""
    place = stand(row, ladders)
    ring = place.next(row.rung_at or row.opened) if place else None
    row.next_rung, row.next_at = (ring.name, ring.at) if ring else ("", None)


def moved(row: models.Obligation, ladders: Ladders, before: datetime | None) -> None:
    """Set the memory back where the time moved from `before` to an earlier one than was rung up to."""
    place = stand(row, ladders) if before and row.rung_at else None
    if place and place.aim != before and row.rung_at and row.rung_at > place.aim:
        row.rung_at = place.aim


def rung(row: models.Obligation, ladders: Ladders, at: datetime) -> tuple[Ring, ...]:
    """Ring what has come by `at`, remember it, set the next reminder; return what is to be told."""
    place = stand(row, ladders)
    found = place.missed(row.rung_at or row.opened, at) if place else ()
    row.rung_at = max([row.rung_at or row.opened, *(ring.at for ring in found)])
    schedule(row, ladders)
    return found
