"""Like cases below one root are recognised as a group, once, by a follower of the log (language 5.4, design 6).

Rules
- After each act on a case whose plan has patterns a pointer is left; the evaluation is a transaction of its own.
- All open cases of the root under the same plan count, live ones and exercises apart, whoever may see them. What the
  system counts it tells nobody: only the event `pattern` speaks, to each case of a group that holds and to the standing
  case of the organisation that has a duty from it; each hears of one group once.
- While the number or the window is not set no event is written; the pages of the cases show the open reading.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import DatabaseError, transaction

from fengsui.cases import models
from fengsui.cases.selectors import log
from fengsui.cases.service import door, followers, projection
from fengsui.core import engine
from fengsui.core.conditions import View, resolve
from fengsui.core.patterns import OVER, Group, groups, told, untold
from fengsui.core.problems import FengsuiError
from fengsui.directory import selectors as directory

FOLLOWER = door.PATTERNS
logger = logging.getLogger(__name__)


def recognise(at: datetime) -> int:
    """Look for groups wherever a case changed; return how many pointers were dealt with."""
    at, done = door.whole(at), 0
    for root in directory.roots():
        pointers = followers.claim(root, FOLLOWER, at)
        rows = {row.pk: row for row in models.Case.objects.filter(root=root, pk__in=[p.case for p in pointers])}
        asked: dict[tuple[str, str], list[followers.FreshRef]] = {}
        for pointer in pointers:
            row = rows[pointer.case]
            asked.setdefault((_plan(row), row.mode), []).append(pointer)
        for (plan, mode), named in asked.items():
            done += _one(root, plan, mode, named, at)
    return done


def _one(root: str, plan: str, mode: str, pointers: list[followers.FreshRef], at: datetime) -> int:
    try:
        _look(root, plan, mode, at)
        with transaction.atomic():
            for pointer in pointers:
                followers.finish(pointer)
        return len(pointers)
    except (FengsuiError, DatabaseError, ValueError, KeyError, TypeError, AttributeError):
        logger.exception("patterns: %s cases of %s are looked over again when the lease ends", len(pointers), root)
        return 0


def _plan(row: models.Case) -> str:
    return str(row.pin["packs"][0]["id"])


def _look(root: str, plan: str, mode: str, at: datetime) -> None:
    """Tell every group that holds among the open cases of one plan to those of them that have not heard of it.

    Looked at without a lock, told case by case: each is asked again under its own. Told twice it hears it once.
    """
    rows = models.Case.objects.filter(root=root, active=True, mode=mode, pin__packs__0__id=plan).exclude(phase__in=OVER)
    views = {row.pk: View(log.book_of(row), None, log.fold(root, row.pk), _now(row, at)) for row in rows}
    newest = max(views.values(), key=lambda view: view.case.opened_at if view.case else at, default=None)
    for name, pattern in newest.pack.patterns.items() if newest else ():
        knowing = [view for view in views.values() if name in view.pack.patterns]
        for group in groups(name, pattern, knowing):
            members = [view for view in knowing if view.case and view.case.id in group.cases]
            fresh = [case.id for case in untold(group, [view.case for view in members if view.case])]
            for id in sorted([*fresh, *(_standing(root, plan, mode, members, group) if fresh else ())]):
                _tell(root, id, group, at)


def _now(row: models.Case, at: datetime) -> datetime:
    return door.not_before(row, at)


@transaction.atomic
def _tell(root: str, id: str, group: Group, at: datetime) -> None:
    """Append the event to one case, unless it has heard of this group."""
    row = models.Case.objects.select_for_update(no_key=True).get(root=root, pk=id)
    book, before = log.book_of(row), log.fold(root, id)
    if told(group, before):
        return
    moment = _now(row, at)
    events = engine.recognise(book, before, group, moment)
    after = door.append(row, before, events)
    projection.project(row, book, after, moment, since=before.seq)


def _standing(root: str, plan: str, mode: str, members: Iterable[View], group: Group) -> list[str]:
    """Return the standing cases of the organisations whose bodies have a duty from the pattern."""
    homes = set()
    for view in members:
        for duty in view.pack.duties:
            if any(on.name == f"pattern {group.pattern}" for on in duty.on):
                homes |= {home for party in resolve(duty.by, view) for home in party.homes if home}
    rows = models.Case.objects.filter(root=root, kind="standing", active=True, mode=mode, organisation__in=homes)
    return list(rows.filter(pin__packs__0__id=plan).values_list("pk", flat=True))
