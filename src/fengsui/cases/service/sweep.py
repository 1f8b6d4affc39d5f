"""The worker's share: what time alone makes true is written into the log, and reminders are handed to the followers.

Rules
- Reminders come first and need no replay: the obligation's row knows them. They are claimed in batches; claim, pointers
  for the followers and the next reminder are one transaction.
- A case's own moment (a due time passed, a watch time, a threshold of a running interval) goes through the door as an
  act of the system, so that what follows is an event and is announced; one case, one transaction, few in a round.
- A calendar year published since is applied to cases with estimated due times, as an event of the system.
- Two workers never do one row twice: rows are claimed with SKIP LOCKED on PostgreSQL, and on SQLite by being the only
  writer. Locks on cases leave the key free (`no_key`), so that pointers to a case never wait for an act on it.
- A moment has passed when it lies before the present second: the instant of a due time itself is still in time.
- A row that fails is pushed aside for `ASIDE` from now and does not stop the sweep. A case that fails at a calendar
  waits for its next event or the next calendar, and its own moment stays. A database that is busy or gone is no fault
  of a row: the round ends, the next one finds everything as it was.
- Looking without finding costs a few index probes per root, however many obligations are open.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Min

from fengsui.cases import models
from fengsui.cases.ladder import Ring
from fengsui.cases.selectors.ladders import ladders_of
from fengsui.cases.service import door, reminders
from fengsui.cases.service.claims import unlocked
from fengsui.core.canon import stamp
from fengsui.core.problems import FengsuiError
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from fengsui.ledger.once import page
from fengsui.library import selectors as library

RINGS, BATCHES, CASES = 250, 8, 25
"""How many reminders are claimed in one transaction, how many such in one round, how many cases are passed in one."""
ASIDE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
FAULTS = (
    FengsuiError,
    DatabaseError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
)
"""What one row may raise without stopping the others."""
logger = logging.getLogger(__name__)


def pass_due(at: datetime) -> int:
    """Do everything that has come due by `at` in every root, some batches of each; return how many things."""
    at, done = door.whole(at), 0
    for root in directory.roots():
        for _ in range(BATCHES):
            done += (rung := ring(root, at))
            if rung < RINGS:
                break
        done += reschedule(root, at)
        done += _each(
            _due_cases(root, at), partial(pass_case, root, at=at), partial(_push_aside, models.Case, root, at)
        )
        done += _each(_estimated(root), partial(apply_calendar, root, at=at), partial(_looked_at, root))
    return done


def next_due(root: str) -> datetime | None:
    """Return the earliest moment at which a worker would find something to pass or to ring; None for never."""
    case = models.Case.objects.filter(root=root, next_at__isnull=False).aggregate(at=Min("next_at"))["at"]
    ring = models.Obligation.objects.filter(root=root, next_at__isnull=False).aggregate(at=Min("next_at"))["at"]
    return min((at for at in (case and case + SECOND, ring) if at), default=None)


def ring(root: str, at: datetime) -> int:
    """Hand the reminders of a root that have come to the followers, a batch; return how many obligations that were."""
    due = models.Obligation.objects.filter(root=root, next_at__lte=at).order_by("next_at", "pk")
    if not due.exists():
        return 0
    try:
        return _ring(root, RINGS, at)
    except OperationalError:
        raise
    except FAULTS:
        logger.exception("sweep: a batch of reminders failed, one by one")
        ids = list(due.values_list("pk", flat=True)[:RINGS])
        return _each(ids, lambda id: _ring(root, 1, at, pk=id), partial(_push_aside, models.Obligation, root, at))


def reschedule(root: str, at: datetime) -> int:
    """Set the next reminders of open obligations anew where a ladder was changed, a batch; return how many."""
    return _reschedule(root, at) if models.Ladder.objects.filter(root=root, pending=True).exists() else 0


@transaction.atomic
def _reschedule(root: str, at: datetime) -> int:
    changed = unlocked(models.Ladder.objects.filter(root=root, pending=True).order_by("at")).first()
    if changed is None:
        return 0
    within = [changed.organisation, *directory.below(root, changed.organisation)]
    rows = models.Obligation.objects.filter(root=root, live=True, organisation__in=within, pk__gt=changed.upto)
    # Waits for rows that another transaction has: passed over here, they would keep the old ladder.
    batch = list(rows.select_for_update(no_key=True).order_by("pk")[:RINGS])
    with page():
        _keep([row for row in batch if _anew(row, at)])
    changed.upto = batch[-1].pk if batch else ""
    changed.pending = len(batch) == RINGS
    changed.save(update_fields=["upto", "pending"])
    return len(batch)


def _anew(row: models.Obligation, at: datetime) -> bool:
    """Set the next reminder of a row by the ladder in force; return False for one that fails: it keeps what it has."""
    try:
        row.rung_at = row.rung_at or at
        reminders.schedule(row, ladders_of(row.root, row.organisation))
    except DatabaseError:
        raise
    except FAULTS:
        logger.exception("sweep: row %s keeps its reminder by the old ladder", row.pk)
        return False
    return True


def pass_case(root: str, id: str, at: datetime) -> bool:
    """Let time pass on one case if its moment has come and no other worker has it; return whether it was done."""
    with transaction.atomic():
        claimed = unlocked(models.Case.objects.filter(root=root, pk=id, next_at__lt=at)).first()
        if claimed is None:
            return False
        door.submit_as_system(root, id, at=at)
        return True


def apply_calendar(root: str, id: str, at: datetime) -> bool:
    """Apply a newly published calendar to one case; return whether anything changed.

    Where it does not fit the case, it is not looked at again until the next one.
    """
    with transaction.atomic():
        done = door.apply_calendar(root, id, at=at)
        if not done:
            _looked_at(root, id)
        return done


def _looked_at(root: str, id: str) -> None:
    """Note that the calendar in use was held against a case."""
    waiting = models.Obligation.objects.filter(root=root, case=id, estimated_by__gt="")
    waiting.update(estimated_by=library.current_calendar(root))


@transaction.atomic
def _ring(root: str, many: int, at: datetime, **one: str) -> int:
    due = models.Obligation.objects.filter(root=root, next_at__lte=at, **one).order_by("next_at", "pk")
    rows = list(unlocked(due)[:many])
    with page():
        rung = [(row, reminders.rung(row, ladders_of(root, row.organisation), at)) for row in rows]
    pointers = [_pointer(row, ring, name, at) for row, rings in rung for ring in rings for name in door.FOLLOWERS]
    models.Fresh.objects.bulk_create(pointers, ignore_conflicts=True)
    _keep(rows)
    return len(rows)


def _pointer(row: models.Obligation, ring: Ring, follower: str, at: datetime) -> models.Fresh:
    return models.Fresh(
        id=new_id(at),
        root=row.root,
        follower=follower,
        case_id=row.case_id,
        obligation=row.key,
        rung=ring.name,
        at=at,
        not_before=at,
    )


def _keep(rows: list[models.Obligation]) -> None:
    """Write the reminders of locked rows; one statement for each, sent together: ten times cheaper than bulk_update."""
    moment = connection.ops.adapt_datetimefield_value
    values = [(moment(row.rung_at), row.next_rung, moment(row.next_at), row.root, row.pk) for row in rows]
    table = connection.ops.quote_name(models.Obligation._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"update {table} set rung_at = %s, next_rung = %s, next_at = %s where root = %s and id = %s", values
        )


def _estimated(root: str) -> list[str]:
    """Return the cases that wait for a calendar year: a live due time is estimated, and not by the newest calendar."""
    waiting = models.Obligation.objects.filter(root=root, estimated_by__gt="").order_by("estimated_by", "case")
    if not waiting.exists():
        return []
    current = library.current_calendar(root)
    found: list[str] = []
    for other in (waiting.filter(estimated_by__lt=current), waiting.filter(estimated_by__gt=current)):
        found += other.values_list("case", flat=True)[:CASES]
    return list(dict.fromkeys(found))


def _due_cases(root: str, at: datetime) -> list[str]:
    rows = models.Case.objects.filter(root=root, next_at__lt=at).order_by("next_at", "pk")
    return list(rows.values_list("pk", flat=True)[:CASES])


def _each(ids: list[str], do: Callable[[str], int], aside: Callable[[str], None]) -> int:
    """Do one thing to each row, in a transaction of its own; `aside` puts off a row that fails."""
    done = 0
    for id in ids:
        try:
            done += do(id)
        except OperationalError:
            raise
        except FAULTS:
            logger.exception("sweep: row %s pushed aside", id)
            aside(id)
    return done


def _push_aside(table: type[models.Case | models.Obligation], root: str, at: datetime, id: str) -> None:
    """Look at a row again `ASIDE` from now, however long it has waited already."""
    table.objects.filter(root=root, pk=id, next_at__lte=at).update(next_at=at + ASIDE)
    logger.warning("sweep: next look at %s", stamp(at + ASIDE))
