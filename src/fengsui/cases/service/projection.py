"""What is computed from the log and kept in rows, so that lists and worker never replay: case row, obligations, bodies.

Rules
- Written in the transaction of the events, from nothing but book, fold and moment; `rebuild` gives the same rows.
- An obligation keeps its next reminder (a rung of the ladder) and a case its next moment; both are indexed.
- Rungs already rung are the worker's memory, not a projection: a rebuild keeps them.
- Reminders stop with the obligation; an obligation born late has no reminder left, its due time has passed at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fengsui.cases import models
from fengsui.cases.selectors import log, stages
from fengsui.cases.selectors.owed import fields_of, party_data
from fengsui.core import engine, obligations
from fengsui.core.book import Book
from fengsui.core.canon import moment, stamp
from fengsui.core.case import Case, Event
from fengsui.core.obligations import Obligation
from fengsui.ledger.ids import new_id


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder between start and due: its name and the share of the time that has then passed."""

    name: str
    share: float


LADDER = (Rung("half", 0.5), Rung("soon", 0.8))
"""Reminders before the due time. Birth and the passing of the due time are events and announce themselves."""


def project(row: models.Case, book: Book, case: Case, at: datetime) -> None:
    """Rewrite everything computed of one case as of `at`, the moment of its last event or tick."""
    owed = obligations.owed(book, case, at)
    _case_row(row, book, case, owed, at)
    _obligations(row, owed, at)
    _involved(row, case, owed)


@transaction.atomic
def rebuild(root: str, case: str) -> None:
    """Compute all rows of a case again from its log, as of the moment they were written."""
    row = models.Case.objects.select_for_update().get(root=root, pk=case)
    models.Involved.objects.filter(root=root, case=row).delete()
    project(row, log.book_of(row), log.fold(root, case), row.last_at or row.opened_at)


def _case_row(row: models.Case, book: Book, case: Case, owed: Sequence[Obligation], at: datetime) -> None:
    last = case.assessments[-1].level if case.assessments else ""
    row.seq, row.head, row.phase = case.seq, case.head, case.phase
    row.stage = stages.now(book, case)
    row.level, row.response, row.colour = case.level or "", case.response or "", case.colour or ""
    row.proposed = last if last != case.level else ""
    row.reported_up = row.reported_up or any(event.type == "reported" for event in case.events)
    row.open_count = sum(obligation.live for obligation in owed)
    row.owner = case.owner or row.owner
    row.waits_for = _turn(book, case, at)
    row.waits = bool(row.waits_for)
    row.active = case.phase != "closed"
    row.last_at, row.next_at = at, _next(book, case, owed, at)
    row.save()


def _next(book: Book, case: Case, owed: Iterable[Obligation], at: datetime) -> datetime | None:
    """Return the next moment of the case. What falls due in this very second has not passed yet: it is the next."""
    if any(at in (one.due, one.watch_at) for one in owed if one.live):
        return at
    return obligations.next_moment(book, case, at)


def _turn(book: Book, case: Case, at: datetime) -> list[dict[str, str]]:
    """Return the parties whose turn it is in the chains under way, so that a desk need not replay to know."""
    acts = {chain.act for chain in case.chains.values() if chain.state == "open"}
    if not acts:
        return []
    lines = engine.what_next(book, case, at, only=tuple(sorted(acts)))
    parties = dict.fromkeys(party for line in lines if line.chain for party in line.who)
    return [party_data(party) for party in parties]


def _obligations(row: models.Case, owed: Iterable[Obligation], at: datetime) -> None:
    known = {kept.key: kept for kept in models.Obligation.objects.filter(root=row.root, case=row)}
    for obligation in owed:
        kept = known.pop(obligation.key, None)
        values = fields_of(obligation)
        if kept is None:
            kept = models.Obligation(id=new_id(at), root=row.root, case=row, organisation=row.organisation)
            kept.key, changed = obligation.key, True
            kept.rungs_done = passed(obligation, at)
        else:
            changed = any(getattr(kept, name) != value for name, value in values.items())
        if changed:
            for name, value in values.items():
                setattr(kept, name, value)
            schedule(kept)
            kept.save()
    models.Obligation.objects.filter(root=row.root, pk__in=[kept.pk for kept in known.values()]).delete()


def schedule(kept: models.Obligation) -> None:
    """Set the next reminder of a row from its start, its due time and the rungs already rung."""
    kept.next_rung, kept.next_at = "", None
    if not kept.live or kept.due is None or kept.state == "undecided" and not kept.by:
        return
    start = kept.data.get("start")
    for rung in LADDER:
        if rung.name not in kept.rungs_done:
            kept.next_rung = rung.name
            kept.next_at = _moment(start, kept.opened, kept.due, rung)
            return


def passed(obligation: Obligation, at: datetime) -> list[str]:
    """Return the rungs whose moment was over when the obligation was first seen: they are not rung late."""
    if obligation.due is None:
        return []
    start = stamp(obligation.start) if obligation.start else None
    return [rung.name for rung in LADDER if _moment(start, obligation.opened, obligation.due, rung) <= at]


def _moment(start: Any, opened: datetime, due: datetime, rung: Rung) -> datetime:
    begin = moment(start) if start else opened
    begin = min(begin, due)
    return begin + timedelta(seconds=int((due - begin).total_seconds() * rung.share))


def _involved(row: models.Case, case: Case, owed: Iterable[Obligation]) -> None:
    known = set(models.Involved.objects.filter(root=row.root, case=row).values_list("party", flat=True))
    found: dict[str, int] = {}
    for body, seq in _bodies(case, owed):
        found[body] = min(seq, found.get(body, seq))
    for body, seq in found.items():
        if body and body not in known:
            models.Involved(
                id=new_id(row.last_at or row.opened_at),
                root=row.root,
                case=row,
                organisation=row.organisation,
                party=body,
                since_seq=seq,
            ).save(force_insert=True)


def _bodies(case: Case, owed: Iterable[Obligation]) -> Iterable[tuple[str, int]]:
    for obligation in owed:
        for party in (*obligation.by, *(recipient.party for recipient in obligation.to)):
            yield party.body, obligation.trigger
    for event in case.events:
        yield from ((body, event.seq) for body in _spoken(event))


def _spoken(event: Event) -> Iterable[str]:
    """Return the bodies an event speaks to or speaks from."""
    content: Mapping[str, Any] = event.content
    named = [*(content.get("to") or ()), content.get("body") or "", *(content.get("with") or ())]
    return [str(text).partition("@")[0].partition(".")[0] for text in named]
