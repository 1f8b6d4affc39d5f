"""What one shift hands to the next: everything that stands open in an organisation.

Rules
- The lines are those that the reader may open, the most pressing first; the keys are all there are, for the record.
- What lasts as long as its case (值守, 监测) is among both: the next shift goes on with it.
"""

from __future__ import annotations

from datetime import datetime

from fengsui.cases import models
from fengsui.cases.pages import ObligationRow
from fengsui.cases.selectors import access
from fengsui.cases.selectors.owed import pressing
from fengsui.cases.selectors.rows import obligation_rows, open_obligations
from fengsui.core.problems import Lang

LISTED = 1000
"""Obligations that one relief names; what is beyond stands on the pages of its cases."""


def open_keys(root: str, organisation: str, at: datetime) -> tuple[tuple[str, str], ...]:
    """Return (number of the case, key) of each obligation open in an organisation, by its due time."""
    rows = models.Obligation.objects.filter(root=root, organisation=organisation, live=True, opened__lte=at)
    told = rows.values_list("case__number", "key")
    timed = list(told.filter(due__isnull=False).order_by("due", "pk")[:LISTED])
    return (*timed, *told.filter(due=None).order_by("pk")[: LISTED - len(timed)])


def open_lines(
    person: str, organisation: str, at: datetime, *, lang: Lang = "zh", limit: int = 40
) -> tuple[tuple[ObligationRow, ...], int]:
    """Return the most pressing of what is open in an organisation and is the reader's to see, and how much there is."""
    who = access.reader(person, at)
    if who is None:
        return (), 0
    found = open_obligations(who, at, organisation)
    return obligation_rows(sorted(found, key=pressing)[:limit], who, at, lang), len(found)
