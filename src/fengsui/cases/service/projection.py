"""What is computed from the log and kept in rows, so that lists and worker never replay: case row, obligations, bodies.

Rules
- Written in the transaction of the events, from nothing but book, fold and moment; `rebuild` gives the same rows.
- An obligation keeps its next reminder (`reminders`) and a case its next moment; both are indexed.
- The rows of a case's obligations are locked while they are rewritten: the worker that rings passes them over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from fengsui.cases import models
from fengsui.cases.ladder import Ladders
from fengsui.cases.selectors import log, stages
from fengsui.cases.selectors.ladders import aim, ladders_of
from fengsui.cases.selectors.owed import fields_of, party_data
from fengsui.cases.service import mentions, reminders
from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.canon import stamp
from fengsui.core.case import Case, Event, Party
from fengsui.core.conditions import addressees, homes, parse_party
from fengsui.core.obligations import Obligation, Outlook
from fengsui.core.pack import BodyRef
from fengsui.ledger.ids import new_id
from fengsui.ledger.rows import insert, made

NOT_OWED = ("cancelled", "superseded", "undecided")
"""States in which an obligation brings nobody into the case."""
PASSED = {"overdue": "due_passed", "watch_passed": "watch_passed"}
"""States in which a time has passed, and the event that says so."""


def project(row: models.Case, book: Book, case: Case, at: datetime, *, since: int) -> None:
    """Rewrite everything computed of one case as of `at`, the moment of its last event or tick.

    `since` is the seq before the events that are new.
    """
    look = Outlook(book, case, at)
    fill(row, look)
    row.save()
    _obligations(row, look.owed, at)
    known = set(models.Involved.objects.filter(root=row.root, case=row).values_list("party", flat=True))
    pks = dict(models.Event.objects.filter(root=row.root, case=row, seq__gt=since).values_list("seq", "pk"))
    bodies = list(involved(row, look, since, known))
    insert(bodies, mentions.words_of(row, book, case, look.owed, since, pks))


@dataclass(frozen=True, slots=True)
class Born:
    """What is computed of a case that is about to be written for the first time."""

    owed: tuple[models.Obligation, ...]
    involved: tuple[models.Involved, ...]
    mentions: tuple[models.Mention, ...]

    @property
    def groups(self) -> tuple[Sequence[Model], ...]:
        """The rows table by table: everything but the row of the case itself."""
        return self.owed, self.involved, self.mentions


def born(row: models.Case, book: Book, case: Case, at: datetime, pks: Mapping[int, str]) -> Born:
    """Compute everything of a new case as of `at`: the same as `project` would write, without a look at the tables.

    Fills the row; `pks` are the ids of its events by seq.
    """
    look = Outlook(book, case, at)
    fill(row, look)
    ladders = ladders_of(row.root, row.organisation)
    return Born(
        tuple(_unborn(row, one, at, ladders) for one in look.owed),
        tuple(involved(row, look, 0, set())),
        tuple(mentions.words_of(row, book, case, look.owed, 0, pks)),
    )


@transaction.atomic
def rebuild(root: str, case: str) -> None:
    """Compute all rows of a case again from its log, as of the moment they were written."""
    row = models.Case.objects.select_for_update(no_key=True).get(root=root, pk=case)
    models.Involved.objects.filter(root=root, case=row).delete()
    models.Mention.objects.filter(root=root, event__root=root, event__case=row).delete()
    project(row, log.book_of(row), log.fold(root, case), row.last_at or row.opened_at, since=0)


def fill(row: models.Case, look: Outlook) -> None:
    """Set the columns of the row of a case that are computed from its events."""
    book, case, at = look.book, look.case, look.at
    last = case.assessments[-1].level if case.assessments else ""
    row.seq, row.head, row.phase = case.seq, case.head, case.phase
    row.stage = stages.now(book, case)
    row.level, row.response, row.colour = case.level or "", case.response or "", case.colour or ""
    row.proposed = last if last != case.level else ""
    if row.told_at is None:
        row.told_at = next((event.recorded_at for event in case.events if _upward(event, book, case)), None)
    row.reported_up = row.told_at is not None
    row.open_count = sum(obligation.live for obligation in look.owed)
    row.owner, row.asset = case.owner or row.owner, case.lead or row.asset
    row.waits_for = _turn(book, case, at)
    row.waits = bool(row.waits_for)
    row.active = case.phase != "closed"
    row.last_at, row.next_at = at, _next(look)


def _next(look: Outlook) -> datetime | None:
    """Return the next moment of the case. What falls due in this very second has not passed yet: it is the next.

    So is what had passed already when it came to be owed: the log has yet to say so, and it is announced by that.
    """
    due_now = any(look.at in (one.due, one.watch_at) for one in look.owed if one.live)
    return look.at if due_now or _unsaid(look.case, look.owed) else look.next_moment


def _unsaid(case: Case, owed: Sequence[Obligation]) -> bool:
    """Return whether a time has passed that no event says (`engine.tick` writes none once a case is closed)."""
    passed = [one for one in owed if one.state in PASSED]
    if not passed or case.phase == "closed":
        return False
    said = {
        (event.content.get("obligation"), event.content.get("due"))
        for event in case.events
        if event.type in PASSED.values()
    }
    times = ((one.key, one.due if one.state == "overdue" else one.watch_at) for one in passed)
    return any(time is not None and (key, stamp(time)) not in said for key, time in times)


def _upward(event: Event, book: Book, case: Case) -> bool:
    """Return whether an event is a report; where the case has a line of organisations, one that leaves its own."""
    if event.type != "reported" or not case.line:
        return event.type == "reported"
    return any(homes(parse_party(to).body, case, book.pack) != (case.organisation,) for to in addressees(event))


def _turn(book: Book, case: Case, at: datetime) -> list[dict[str, Any]]:
    """Return the parties whose turn it is in the chains under way, so that a desk need not replay to know."""
    acts = {chain.act for chain in case.chains.values() if chain.state == "open"}
    if not acts:
        return []
    lines = engine.what_next(book, case, at, only=tuple(sorted(acts)))
    parties = dict.fromkeys(party for line in lines if line.chain for party in line.who)
    return [party_data(party) for party in parties]


def _obligations(row: models.Case, owed: Iterable[Obligation], at: datetime) -> None:
    ladders = ladders_of(row.root, row.organisation)
    # In one order, as whoever sets reminders anew: two that lock rows of one case never wait for each other.
    rows = models.Obligation.objects.select_for_update(no_key=True).filter(root=row.root, case=row).order_by("pk")
    known = {kept.key: kept for kept in rows}
    fresh = []
    for obligation in owed:
        kept = known.pop(obligation.key, None)
        if kept is None:
            fresh.append(_unborn(row, obligation, at, ladders))
        elif any(getattr(kept, name) != value for name, value in _values(obligation, row).items()):
            _reckoned(kept, obligation, row, ladders).save(force_update=True)
    insert(fresh)
    if known:
        models.Obligation.objects.filter(root=row.root, pk__in=[kept.pk for kept in known.values()]).delete()


def _unborn(row: models.Case, obligation: Obligation, at: datetime, ladders: Ladders) -> models.Obligation:
    """Return a row for what the engine says, with its first reminder."""
    home = {"root": row.root, "case_id": row.pk, "organisation": row.organisation}
    new = made(models.Obligation, id=new_id(at), key=obligation.key, rung_at=at, **home, **_values(obligation, row))
    reminders.schedule(new, ladders)
    return new


def _values(obligation: Obligation, row: models.Case) -> dict[str, Any]:
    values = fields_of(obligation)
    values["estimated_by"] = row.pin["calendar"] if obligation.estimated and obligation.live else ""
    return values


def _reckoned(kept: models.Obligation, obligation: Obligation, row: models.Case, ladders: Ladders) -> models.Obligation:
    """Set a row to what the engine says, with its next reminder."""
    before = aim(kept)
    for name, value in _values(obligation, row).items():
        setattr(kept, name, value)
    reminders.moved(kept, ladders, before)
    reminders.schedule(kept, ladders)
    return kept


def involved(row: models.Case, look: Outlook, since: int, known: set[str]) -> Iterator[models.Involved]:
    """Yield the bodies that the events after `since` brought in and that are not known yet, judged as of each moment.

    What several events of one moment leave behind is judged once: a state that lasted no time brought nobody in.
    `look` is the outlook now; another is asked only for moments before the last.
    """
    book, case = look.book, look.case
    for seq in range(since + 1, case.seq + 1):
        then = case if seq == case.seq else case.as_of(seq)
        moment = then.events[-1].recorded_at
        if seq < case.seq and case.event(seq + 1).recorded_at == moment:
            brought = _spoken(then.events[-1])
        else:
            brought = _brought_in(look if moment == look.at else Outlook(book, then, moment))
        for body in dict.fromkeys(brought):
            if body and body not in known:
                known.add(body)
                yield made(
                    models.Involved,
                    id=new_id(case.event(seq).recorded_at),
                    root=row.root,
                    case_id=row.pk,
                    organisation=_home(body, case, book),
                    party=body,
                    since_seq=seq,
                )


def _brought_in(look: Outlook) -> Iterator[str]:
    """Yield the bodies of the last event: spoken to or from, in a chain or playbook under way, owing or owed."""
    yield from _spoken(look.case.events[-1])
    chains = [chain for chain in look.case.chains.values() if chain.state == "open"]
    grants = {grant.id: grant for grant in look.book.pack.grants} if chains else {}
    for chain in chains:
        links = grants[chain.grant].links if chain.grant in grants else ()
        yield from (who.body for link in links for who in link.who if isinstance(who, BodyRef))
    for one in look.owed:
        if one.state not in NOT_OWED:
            yield from (_named(party) for party in (*one.by, *one.with_, *(r.party for r in one.to)))
    for step in look.steps:
        if step.state != "undecided":
            yield from (_named(party) for party in step.by)


def _named(party: Party) -> str:
    """Return the body, or the one unit of it that is meant."""
    return f"{party.body}@{party.place}" if party.place else party.body


def _home(named: str, case: Case, book: Book) -> str:
    found = homes(named.partition("@")[0], case, book.pack)
    return found[0] if len(found) == 1 else ""


def _spoken(event: Event) -> Iterable[str]:
    """Return the bodies an event speaks to or speaks from."""
    content: Mapping[str, Any] = event.content
    named = [*(content.get("to") or ()), content.get("body") or "", *(content.get("with") or ())]
    return [_named(parse_party(str(text))) for text in named]
