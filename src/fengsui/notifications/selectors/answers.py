"""How those on duty answered (应答记录): of what a person was told while on duty, how much he acknowledged, how fast.

Rules
- Only what was told about cases counts, and only while a shift of the person ran.
- An acknowledgement is the one on the notice. Acting on the case is not counted here: the case itself shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from fengsui.directory import selectors as directory
from fengsui.notifications.models import Message


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One person on duty: hours of duty, notices told then, those acknowledged, the usual and the slowest answer."""

    person: str
    name: str
    hours: int
    told: int
    answered: int
    usual: float | None
    slowest: float | None

    @property
    def missing(self) -> int:
        return self.told - self.answered


def answers(root: str, organisation: str, since: datetime, until: datetime, *, only: str = "") -> tuple[AnswerRow, ...]:
    """Return who was on duty between two moments and how he answered, by name; `only` one person where named.

    `usual` and `slowest` are seconds from the notice to its acknowledgement; None where nothing was acknowledged.
    """
    rows = directory.shifts(root, organisation, since, until)
    duty: dict[str, list[tuple[datetime, datetime]]] = {}
    names = {}
    for row in rows:
        if only in ("", row.person.id) and row.since < until:
            names[row.person.id] = row.person.name
            duty.setdefault(row.person.id, []).append((max(row.since, since), min(row.until, until)))
    told = Message.objects.filter(
        root=root, channel="inapp", person__in=duty, created_at__gte=since, created_at__lt=until
    ).exclude(case="")
    waits: dict[str, list[float | None]] = {id: [] for id in duty}
    for person, at, read in told.values_list("person", "created_at", "read_at"):
        if any(begin <= at < end for begin, end in duty[person]):
            waits[person].append(None if read is None else (read - at).total_seconds())
    found = (_row(id, names[id], duty[id], waits[id]) for id in duty)
    return tuple(sorted(found, key=lambda one: (one.name, one.person)))


def _row(id: str, name: str, duty: list[tuple[datetime, datetime]], waits: list[float | None]) -> AnswerRow:
    took = [one for one in waits if one is not None]
    hours = round(sum((end - begin for begin, end in duty), timedelta()) / timedelta(hours=1))
    usual, slowest = (median(took), max(took)) if took else (None, None)
    return AnswerRow(id, name, hours, len(waits), len(took), usual, slowest)
