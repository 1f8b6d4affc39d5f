"""The worker's share: what time alone makes true is written into the log, and reminders are handed to the followers.

Rules
- A case's own moment (a due time passed, a watch time, a threshold of a running interval) goes through the door as an
  act of the system, so that what follows is an event and is announced.
- A calendar year published since is applied to cases with estimated due times, as an event of the system.
- A reminder before the due time needs no replay: the obligation's row knows it.
- Claim, effect and done are one transaction per row. Two workers never do one row twice: a row is claimed with
  SKIP LOCKED on PostgreSQL, and on SQLite by being the only writer; a row found changed is left alone.
- A moment has passed when it lies before the present second: the instant of a due time itself is still in time.
- A row that fails is pushed aside for `ASIDE` and does not stop the sweep.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction

from fengsui.cases import models
from fengsui.cases.service import door, projection
from fengsui.core.canon import stamp
from fengsui.core.problems import FengsuiError
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from fengsui.library import selectors as library

BATCH = 100
ASIDE = timedelta(minutes=1)
logger = logging.getLogger(__name__)


def pass_due(at: datetime) -> int:
    """Do everything that has come due by `at` in every root, at most one batch each; return how many things."""
    at, done = door.whole(at), 0
    for root in directory.roots():
        done += _each(root, _due_cases(root, at), lambda root, id: pass_case(root, id, at))
        done += _each(root, _estimated(root), lambda root, id: apply_calendar(root, id, at))
        done += _each(root, _due_reminders(root, at), lambda root, id: remind(root, id, at))
    return done


def pass_case(root: str, id: str, at: datetime) -> bool:
    """Let time pass on one case if its moment has come and no other worker has it; return whether it was done."""
    with transaction.atomic():
        claimed = _claimed(models.Case.objects.filter(root=root, pk=id, next_at__lt=at)).first()
        if claimed is None:
            return False
        door.submit_as_system(root, id, at=at)
        return True


def remind(root: str, id: str, at: datetime) -> bool:
    """Hand one reminder to the followers and set the next; return whether this worker did it."""
    with transaction.atomic():
        row = _claimed(models.Obligation.objects.filter(root=root, pk=id, next_at__lte=at, live=True)).first()
        if row is None:
            return False
        for follower in door.FOLLOWERS:
            models.Fresh.objects.get_or_create(
                root=root,
                follower=follower,
                case_id=row.case_id,
                seq=0,
                obligation=row.key,
                rung=row.next_rung,
                defaults={"id": new_id(at), "at": at, "not_before": at},
            )
        row.rungs_done = [*row.rungs_done, row.next_rung]
        projection.schedule(row)
        row.save(update_fields=["rungs_done", "next_rung", "next_at"])
        return True


def apply_calendar(root: str, id: str, at: datetime) -> bool:
    """Apply a newly published calendar to one case; return whether anything changed."""
    with transaction.atomic():
        return door.apply_calendar(root, id, at=at)


def _estimated(root: str) -> list[str]:
    """Return the cases that wait for a calendar year: a live due time is estimated, and the pin is not the newest."""
    rows = models.Obligation.objects.filter(root=root, live=True, data__estimated=True)
    found = list(rows.values_list("case", flat=True).distinct()[:BATCH])
    if not found:
        return []
    current = library.current_calendar(root)
    stale = models.Case.objects.filter(root=root, pk__in=found).exclude(pin__calendar=current)
    return list(stale.values_list("pk", flat=True))


def _due_cases(root: str, at: datetime) -> list[str]:
    rows = models.Case.objects.filter(root=root, next_at__lt=at).order_by("next_at", "pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _due_reminders(root: str, at: datetime) -> list[str]:
    rows = models.Obligation.objects.filter(root=root, next_at__lte=at).order_by("next_at", "pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _claimed(rows):  # type: ignore[no-untyped-def]
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows


def _each(root: str, ids: list[str], do: Callable[[str, str], bool]) -> int:
    done = 0
    for id in ids:
        try:
            done += do(root, id)
        except (FengsuiError, DatabaseError, ValueError, KeyError, TypeError, AttributeError):
            logger.exception("sweep: row %s pushed aside", id)
            _push_aside(root, id)
    return done


def _push_aside(root: str, id: str) -> None:
    for table in (models.Case, models.Obligation):
        row = table.objects.filter(root=root, pk=id).only("next_at").first()
        if row is not None and row.next_at is not None:
            later = row.next_at + ASIDE
            table.objects.filter(root=root, pk=id, next_at=row.next_at).update(next_at=later)
            logger.warning("sweep: next look at %s", stamp(later))
