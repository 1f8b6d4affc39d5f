"""The only door to the engine: replay, decide, append, project, in one transaction (design 5, house 2.2).

Rules
- A case is locked for the length of its transaction (a row lock on PostgreSQL; SQLite has one writer at a time), and
  unique (root, case, seq) is the second lock. A conflict is tried again, at most three times, then `too_busy`.
- Who comes second is decided on the new state. What fits goes through. What the engine would have accepted on the
  state that was shown (`seen`) and refuses now, or what somebody else has decided meanwhile, is a `Conflict` that
  says who did what and when; nothing is written and the caller keeps the input.
- The same `key` from the same person gives the first receipt again and writes nothing; with another content it is
  refused (`key_reused`).
- A refusal leaves no row behind.

Example: `submit(case, Act("confirm", actor=Actor(person), value="III"), actor=person, at=now, seen=12, key="f3…")`.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from fengsui.cases import models
from fengsui.cases.pages import Receipt
from fengsui.cases.selectors import access, log, tree
from fengsui.cases.selectors.systems import register_rows
from fengsui.cases.selectors.words import Words, event_label
from fengsui.cases.service import beside, projection
from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.canon import digest, moment, stamp
from fengsui.core.case import EVENT_OF, SYSTEM, Act, Actor, Case, Event, Seat
from fengsui.core.conditions import said_from
from fengsui.core.problems import Lang, Problem, Refused
from fengsui.core.timing import show_instant
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.ledger.rows import insert, made
from fengsui.library import selectors as library
from fengsui.library.service import set_reading as decide_reading

TRIES = 3
FOLLOWERS = ("notifications",)
"""Rooms that follow the log; each gets one pointer per event."""
PATTERNS = "patterns"
"""The follower that looks over several cases; it gets one pointer per act, where the plan has patterns."""
ALONE = frozenset(
    [
        "assess",
        "confirm",
        "activate",
        "adjust",
        "end",
        "investigate",
        "dismiss",
        "transfer",
        "issue",
        "lift",
        "adopt",
        "declare",
        "close",
        "settle",
    ]
)
"""Acts of which a second one, meant for the same state, is told of the first instead of being done again."""


class Conflict(Refused):
    """Somebody else was first: `who` (the seat, in words), `what`, `when` (a moment), `person` (id), `seq`.

    `cause` is what the engine says of the act on the state as it is now, where it was asked. The input stays with the
    caller; nothing was written.
    """

    def __init__(self, event: Event, book: Book, cause: Problem | None = None) -> None:
        self.person, self.when, self.seq, self.cause = event.person, event.recorded_at, event.seq, cause
        said = {lang: _said(event, book, lang) for lang in ("zh", "en")}
        self.who, self.what = said["zh"]
        time = show_instant(event.recorded_at, book.pack.zone)
        params = {"who": self.who, "what": self.what, "when": time, "when_en": time}
        params |= {"who_en": said["en"][0], "what_en": said["en"][1]}
        super().__init__(Problem("changed_meanwhile", params, clause=cause.clause if cause else ()))


def _said(event: Event, book: Book, lang: Lang) -> tuple[str, str]:
    seats = "、".join(book.pack.body_label(seat, lang) for seat in event.seats) or event.person
    return seats, event_label(event, book.pack, lang)


def submit(
    case: str,
    act: Act,
    *,
    actor: str,
    at: datetime,
    seen: int | None = None,
    key: str | None = None,
    files: Sequence[beside.Upload] = (),
    lang: Lang = "zh",
) -> Receipt:
    """Do one act on a case for a person and return the receipt.

    `act.actor` is filled here with the seats that the directory says the person holds at `at`. `seen` is the seq of
    the page the person decided on, `key` the form's own key; of `act.assets` the ids are read, and the register says
    the rest. Raises Refused (the engine's, or `absent`, `bad_file`,
    `bad_input`, `key_reused`, `too_busy`) and Conflict.
    """
    at = whole(at)
    ref = access.case_for(actor, case, at)
    if ref is None:
        raise refuse("absent")
    asked = replace(act, actor=acting(actor, ref.organisation, at))
    asked = replace(asked, assets=affected(ref.root, ref.organisation, [str(row["id"]) for row in act.assets]))
    if asked.happened_at is not None and asked.happened_at > at:
        raise refuse("future_time", when=stamp(asked.happened_at))
    request = request_of(ref.id, act, files)

    def attempt() -> Receipt:
        row = models.Case.objects.select_for_update(no_key=True).get(root=ref.root, pk=ref.id)
        first = first_receipt(ref.root, actor, key, request)
        if first is not None:
            return first
        receipt = _act(row, asked, at, seen, tuple(files), lang)
        insert(submission(row, actor, key, request, receipt, at))
        return receipt

    return tried(attempt)


def submit_as_system(root: str, case: str, *, at: datetime) -> tuple[str, ...]:
    """Write what time alone has made true on a case (`due_passed`, ...); return the event types written.

    Called by the worker inside its own transaction, with the row already claimed.
    """
    at = whole(at)
    row = models.Case.objects.select_for_update(no_key=True).get(root=root, pk=case)
    book, before = log.book_of(row), log.fold(root, case)
    events = engine.tick(book, before, not_before(row, at))
    after = append(row, before, events)
    projection.project(row, book, after, not_before(row, at), since=before.seq)
    return tuple(event.type for event in events)


def apply_calendar(root: str, case: str, *, at: datetime) -> bool:
    """Apply newly published calendar years to a case whose due times are estimated; return whether there were any.

    An act of the system, within the caller's transaction. A calendar that says otherwise about years the case knows
    already is not applied: that takes a rebase by a person.
    """
    row = models.Case.objects.select_for_update(no_key=True).get(root=root, pk=case)
    pin = library.Pin.of(row.pin)
    old, new = library.book_of(root, pin), library.book_of(root, replace(pin, calendar=library.current_calendar(root)))
    if not new.calendar.years > old.calendar.years:
        return False
    before, moment_ = log.fold(root, case), not_before(row, whole(at))
    try:
        events = engine.recalendar(old, new, before, moment_)
    except Refused:
        return False
    after = append(row, before, events)
    row.pin, row.pin_digest = new.pin.value, new.pin.digest
    projection.project(row, new, after, moment_, since=before.seq)
    return bool(events)


def _seat_meant(act: Act, case: Case, book: Book) -> Seat | None:
    """Return the seat that is to speak: one's own of that name, else that of its body on this case."""
    said = act.seat
    if said is None or said in act.actor.seats:
        return said
    own = (seat for seat in act.actor.seats if seat.text == said.text)
    return next(own, said_from(said.text, case, book.pack))


def affected(root: str, organisation: str, ids: Sequence[str]) -> tuple[dict[str, str], ...]:
    """Return systems of the register as the engine takes them. Raises Refused (`absent`) for one that is not there."""
    rows = register_rows(root, organisation, ids)
    if len(rows) != len(ids):
        raise refuse("absent")
    return rows


def acting(person: str, organisation: str, at: datetime) -> Actor:
    """Return the person with the seats held at the moment that may count on a case of the organisation."""
    who = directory.person(person)
    return Actor(person, tree.seats_on(directory.seats_of(person, at), who.root, organisation) if who else ())


def decided(book: Book, case: Case | None, act: Act, at: datetime, seen: int | None) -> tuple[Event, ...]:
    """Return the engine's events for an act, or raise Refused, or Conflict where somebody else was first."""
    if case is not None and seen is not None and seen < case.seq:
        rival = _rival(case, act, seen)
        if rival is not None:
            raise Conflict(rival, book)
    try:
        return engine.decide(book, case, act, at)
    except Refused as refused:
        if case is not None and seen is not None and 0 < seen < case.seq and _would_have(book, case, act, at, seen):
            raise Conflict(_last_by_a_person(case, seen), book, refused.problem) from None
        raise


def _act(
    row: models.Case, act: Act, at: datetime, seen: int | None, files: tuple[beside.Upload, ...], lang: Lang
) -> Receipt:
    book, case = log.book_of(row), log.fold(row.root, row.pk)
    if act.name == "rebase":
        book = library.book_for(row.root, row.organisation)
    at = not_before(row, at)
    act = replace(act, seat=_seat_meant(act, case, book))
    asked, aside = beside.set_aside(act, book.pack, files)
    events = decided(book, case, asked, at, seen)
    after = append(row, case, events)
    beside.keep(aside, row, events[0].seq, at)
    _carry_out(row, book, after, act, events, at)
    projection.project(row, book, after, at, since=case.seq)
    return receipt_for(row, book, after, act, events, lang)


def _carry_out(row: models.Case, book: Book, after: Case, act: Act, events: tuple[Event, ...], at: datetime) -> None:
    """Do what an event means outside its case: a new pin, or a reading decided for the cases to come."""
    if after.pin != row.pin_digest:
        row.pin, row.pin_digest = book.pin.value, book.pin.digest
    for event in events:
        if event.type == "readings_set":
            name, value = str(event.content["reading"]), str(event.content["value"])
            reason = act.reason or act.note or row.number
            person = act.actor.person
            owner = library.adopter(row.root, row.organisation)
            decide_reading(row.root, owner, name, value, reason, actor=person, at=at)


def receipt_for(row: models.Case, book: Book, case: Case, act: Act, events: tuple[Event, ...], lang: Lang) -> Receipt:
    """Return the proof of the events just written."""
    last = events[-1]
    done = last.type != "linked" or bool(last.content.get("last"))
    words = Words(book.pack, row.root, row.organisation, lang)
    return Receipt(
        case=row.pk,
        number=row.number,
        events=tuple(event.type for event in events),
        seq=last.seq,
        code=last.digest.removeprefix("sha256:")[:8],
        at=last.recorded_at,
        label=words.done(act, book.pack),
        done=done,
        waits_for="" if done else words.waiting(book, case, str(last.content["chain"]), last.recorded_at),
    )


def append(row: models.Case, case: Case | None, events: tuple[Event, ...]) -> Case:
    """Store sealed events and one pointer per follower, and return the fold after them."""
    after = grown(case, events)
    insert(event_rows(row, events), pointers(row, events))
    return after


def grown(case: Case | None, events: tuple[Event, ...]) -> Case:
    """Return the fold after events."""
    for event in events:
        case = engine.evolve(case, event)
    if case is None:
        raise AssertionError("a case begins with an event")
    return case


def event_rows(row: models.Case, events: tuple[Event, ...]) -> list[models.Event]:
    """Return sealed events as rows, not yet written."""
    return [
        made(
            models.Event,
            id=new_id(event.recorded_at),
            root=row.root,
            organisation=row.organisation,
            code=event.digest.removeprefix("sha256:")[:8],
            case_id=row.pk,
            seq=event.seq,
            type=event.type,
            at=event.at,
            recorded_at=event.recorded_at,
            body=event.body(),
            previous=event.previous,
            digest=event.digest,
        )
        for event in events
    ]


def pointers(row: models.Case, events: tuple[Event, ...]) -> list[models.Fresh]:
    """Return a pointer for each follower to each event, and one for those who look over several cases."""
    told = [(follower, event) for event in events for follower in FOLLOWERS]
    if events and log.book_of(row).pack.patterns:
        told.append((PATTERNS, events[-1]))
    return [
        made(
            models.Fresh,
            id=new_id(event.recorded_at),
            root=row.root,
            follower=follower,
            case_id=row.pk,
            seq=event.seq,
            at=event.recorded_at,
            not_before=event.recorded_at,
        )
        for follower, event in told
    ]


def _rival(case: Case, act: Act, seen: int) -> Event | None:
    """Return the first event since `seen` in which another person has done what this act asks."""
    if act.answer is not None or not (act.name in ALONE or act.name == "step"):
        return None
    for event in case.events[seen:]:
        if event.person in (act.actor.person, SYSTEM.person) or event.type != EVENT_OF[act.name]:
            continue
        same = act.name == "step" and event.content.get("step") == act.step
        same = same or (act.name == "settle" and event.content.get("reading") == act.reading)
        if same or act.name not in ("step", "settle"):
            return event
    return None


def _would_have(book: Book, case: Case, act: Act, at: datetime, seen: int) -> bool:
    try:
        engine.decide(book, case.as_of(seen), act, at)
    except Refused:
        return False
    return True


def _last_by_a_person(case: Case, seen: int) -> Event:
    since = case.events[seen:]
    return next((event for event in reversed(since) if event.person != SYSTEM.person), since[-1])


def first_receipt(root: str, person: str, key: str | None, request: str) -> Receipt | None:
    if not key:
        return None
    rows = models.Submission.objects.select_related("case").filter(root=root, person=person, key=key)
    found = rows.first()
    if found is None:
        return None
    if found.request != request:
        raise refuse("key_reused")
    data = dict(found.receipt)
    first = Receipt(**{**data, "events": tuple(data["events"]), "at": moment(data["at"])})
    return replace(first, number=found.case.number, repeated=True)


def submission(
    row: models.Case, person: str, key: str | None, request: str, receipt: Receipt, at: datetime
) -> list[models.Submission]:
    """Return the row by which a key is known again, not yet written; none without a key."""
    if not key:
        return []
    kept = _plain(receipt)
    return [
        made(
            models.Submission,
            id=new_id(at),
            root=row.root,
            key=key,
            person=person,
            case_id=row.pk,
            request=request,
            receipt=kept,
            at=at,
        )
    ]


def request_of(case: str, act: Act, files: Sequence[beside.Upload]) -> str:
    """Return a digest of everything asked, so that one key can stand for one request only."""
    asked = replace(act, actor=Actor(""))
    return digest({"case": case, "act": _plain(asked), "files": [upload.digest for upload in files]})


def _plain(value: Any) -> Any:
    """Return what a value says as JSON has it."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return {one.name: _plain(getattr(value, one.name)) for one in fields(value)} if is_dataclass(value) else value


def tried(
    attempt: Callable[[], Receipt], again: Callable[[], Receipt | None] = lambda: None, *, alone: bool = False
) -> Receipt:
    """Run one transaction, again where two writers met; never more than `TRIES` times.

    What `again` returns, asked before each further transaction, ends it. An attempt that is `alone` is one statement.
    """
    for _ in range(TRIES):
        try:
            with nullcontext() if alone else transaction.atomic():
                return attempt()
        except (IntegrityError, OperationalError) as error:
            last = error
        if (first := again()) is not None:
            return first
    raise refuse("too_busy") from last


def whole(at: datetime) -> datetime:
    return moment(stamp(at))


def not_before(row: models.Case, at: datetime) -> datetime:
    """Two machines' clocks may differ: nothing is recorded before what is already in the log."""
    return max(at, row.last_at) if row.last_at else at
