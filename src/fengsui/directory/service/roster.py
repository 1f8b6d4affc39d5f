"""Writes of the roster: shifts put down and given up, a pattern filled for weeks, substitutes, swaps, reliefs.

Rules
- A shift is of a seat that somebody can hold, for a person who holds it when the shift begins; or for a substitute, who
  then sits in the same body or was lent a seat of it.
- A pattern is people in turn and the hours of hand-over in the organisation's zone: with each shift, or each week, it
  is the next one's turn. Hours are local: on the night a clock is put forward a shift is shorter, and there is no gap.
- Two may be on duty at once; nobody twice for one seat at the same time.
- A swap is asked by who has the shift, answered by the other alone, withdrawn by the one who asked. It changes nothing
  until it is accepted, and can be accepted only while both shifts are still as they were.
- A shift that has begun is passed on from now: who was on duty until then stays so in the roster.
- A relief is signed by the one it names, once.
- Who may fill is asked by whoever calls from a page (`directory.offices`).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from fengsui.core.case import Seat
from fengsui.directory.models import Organisation, Person, Relief, Shift, Swap
from fengsui.directory.selectors.roster import LONGEST, Sitting
from fengsui.directory.service.checks import home_of, known_seat, person_of, same
from fengsui.ledger import selectors as entries
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse

Turn = Literal["shift", "week"]
WEEKS = 26
"""The most weeks a pattern is filled for at once."""


@transaction.atomic
def put_shift(
    organisation: str,
    seat: str,
    person: str,
    since: datetime,
    until: datetime,
    *,
    actor: str,
    at: datetime,
    key: str | None = None,
) -> str:
    """Put a person on duty for a seat (`office.head@A`) from one moment to another (aware); return the id.

    Raises Refused: `absent`, `no_such_name`, `bad_input`.
    """
    home = home_of(organisation)
    where = known_seat(home, seat)
    said = {"person_id": person, "since": since, "until": until}
    made = same(Shift, home.root, key, **_of(home, where), **said)
    if made is not None:
        return made.pk
    (row,) = _rows(home, where, [(person, since, until)], at)
    row.id = key or row.id
    row.save(force_insert=True)
    content = {"id": row.pk, "organisation": home.pk, "seat": seat, "person": person, "since": since, "until": until}
    ledger.record(home.root, "shift_put", {**content, "kind": row.kind}, actor=actor, at=at)
    return row.pk


@transaction.atomic
def fill_roster(
    organisation: str,
    seat: str,
    people: Sequence[str],
    *,
    first: date,
    weeks: int,
    hours: Sequence[time],
    turn: Turn,
    actor: str,
    at: datetime,
    key: str | None = None,
) -> int:
    """Fill a seat's roster from the day `first` for some weeks, people in turn; return how many shifts.

    `hours` are the hours of hand-over of a day, in the organisation's zone: one makes shifts of a day, two make a day
    and a night shift. `turn`: the next person comes with each shift, or each week. Raises Refused as `put_shift`.
    """
    home = home_of(organisation)
    where = known_seat(home, seat)
    content: dict[str, Any] = {"organisation": home.pk, "seat": seat, "people": list(people)}
    content |= {"first": first.isoformat(), "weeks": weeks, "hours": [f"{one:%H:%M}" for one in hours], "turn": turn}
    if same(Shift, home.root, key) is not None:
        _filled_before(home.root, str(key), content)
        return 0
    if not people or not hours or not 1 <= weeks <= WEEKS or turn not in ("shift", "week"):
        raise _bad(
            "排班", "the pattern", f"要有人、有交班时刻，周数 1 到 {WEEKS}", f"people, hours, 1 to {WEEKS} weeks"
        )
    each = list(_pattern(ZoneInfo(home.zone), people, first, weeks, sorted(set(hours)), turn))
    rows = _rows(home, where, [one for one in each if one[2] > at], at)
    if not rows:
        raise _bad("排班", "the pattern", "都已过去", "all of it is in the past")
    rows[0].id = key or rows[0].id
    Shift.objects.bulk_create(rows)
    ledger.record(home.root, "roster_filled", {**content, "shifts": len(rows), "id": rows[0].pk}, actor=actor, at=at)
    return len(rows)


def _filled_before(root: str, key: str, content: dict[str, Any]) -> None:
    """Hold a pattern against the one that the form put down before: it is many rows, whose whole the ledger tells."""
    rows = entries.search(root, ledger.ADMINISTRATION, type="roster_filled", words=key)
    first = next((row.content for row in rows if row.content["id"] == key), {})
    if any(first.get(name) != value for name, value in content.items()):
        raise refuse("key_reused")


def _of(home: Organisation, where: tuple[str, str, str]) -> dict[str, Any]:
    return {"organisation_id": home.pk, **dict(zip(("body", "post", "place"), where, strict=True))}


def _pattern(
    zone: ZoneInfo, people: Sequence[str], first: date, weeks: int, hours: Sequence[time], turn: Turn
) -> Iterator[tuple[str, datetime, datetime]]:
    """Yield person, beginning and end of each shift; moments are UTC, hours those of the zone."""
    days = [first + timedelta(days=day) for day in range(weeks * 7)]
    starts = [_moment(day, hour, zone) for day in days for hour in hours]
    ends = [*starts[1:], _moment(first + timedelta(days=weeks * 7), hours[0], zone)]
    for place, (since, until) in enumerate(zip(starts, ends, strict=True)):
        step = place if turn == "shift" else place // (7 * len(hours))
        if since < until:
            yield people[step % len(people)], since, until


def _moment(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)


@transaction.atomic
def give_up_shift(root: str, shift: str, *, actor: str, at: datetime) -> None:
    """Take a shift out of the roster: from now if it runs, otherwise whole. Raises Refused (`absent`)."""
    row = _standing(root, shift, at)
    _end(row, at)
    ledger.record(root, "shift_given_up", {"id": row.pk}, actor=actor, at=at)


@transaction.atomic
def clear_roster(organisation: str, seat: str, since: datetime, *, actor: str, at: datetime) -> int:
    """Take every shift of a seat that begins at `since` or later out of the roster; return how many."""
    home = home_of(organisation)
    body, post, place = known_seat(home, seat)
    coming = Shift.objects.select_for_update().filter(
        root=home.root, organisation=home, body=body, post=post, place=place, since__gte=max(since, at)
    )
    rows = [row for row in coming if row.until > row.since]
    for row in rows:
        _end(row, at)
    if rows:
        content = {"organisation": home.pk, "seat": seat, "since": since, "shifts": len(rows)}
        ledger.record(home.root, "roster_cleared", content, actor=actor, at=at)
    return len(rows)


@transaction.atomic
def substitute(root: str, shift: str, person: str, *, actor: str, at: datetime) -> str:
    """Put somebody else on a shift, from now if it runs; return the id of his. Raises Refused as `put_shift`."""
    row = _standing(root, shift, at)
    stands_in = _pass_on(row, person, at)
    content = {"id": stands_in.pk, "instead": row.pk, "person": person, "kind": stands_in.kind}
    ledger.record(root, "shift_substituted", content, actor=actor, at=at)
    return stands_in.pk


@transaction.atomic
def ask_swap(
    root: str,
    shift: str,
    to: str,
    *,
    actor: str,
    at: datetime,
    other: str = "",
    note: str = "",
    key: str | None = None,
) -> str:
    """Offer one's own shift to another person, to take over or against his shift `other`; return the swap's id.

    Raises Refused: `absent`, `bad_input`.
    """
    said = {"shift_id": shift, "other_id": other or None, "person_id": actor, "to_id": to, "note": note.strip()}
    made = same(Swap, root, key, **said)
    if made is not None:
        return made.pk
    mine = _standing(root, shift, at)
    theirs = _standing(root, other, at) if other else None
    if mine.person_id != actor or (theirs is not None and theirs.person_id != to):
        raise refuse("absent")
    if to == actor or (theirs is not None and theirs.organisation_id != mine.organisation_id):
        raise _bad("换班", "the swap", "换给本单位的另一个人", "it is with another person of the organisation")
    if Swap.objects.filter(root=root, person=actor, shift=mine, state="asked").exists():
        raise _bad("换班", "the swap", "这一班已在请人换", "this shift is already offered")
    if len(note) > 200:
        raise _bad("换班", "the swap", "附言超过 200 字", "the note is too long")
    _may_take(mine, to, at)
    if theirs is not None:
        _may_take(theirs, actor, at)
    row = Swap(id=key or new_id(at), root=root, organisation_id=mine.organisation_id, shift=mine, other=theirs)
    row.person_id, row.to_id, row.note, row.asked_at = actor, to, note.strip(), at
    row.save(force_insert=True)
    content = {"id": row.pk, "shift": mine.pk, "to": to, "other": other}
    ledger.record(root, "swap_asked", content, actor=actor, at=at)
    return row.pk


@transaction.atomic
def answer_swap(root: str, swap: str, *, accept: bool, actor: str, at: datetime) -> None:
    """Accept or decline a swap that one was asked for. Raises Refused: `absent`, `bad_input` where it has lapsed."""
    row = Swap.objects.select_for_update().filter(root=root, pk=swap, to=actor, state="asked").first()
    if row is None:
        raise refuse("absent")
    if accept:
        _exchange(row, at)
    _close(row, "accepted" if accept else "declined", actor, at)


@transaction.atomic
def withdraw_swap(root: str, swap: str, *, actor: str, at: datetime) -> None:
    """Take back what one asked for, while it is unanswered. Raises Refused (`absent`)."""
    row = Swap.objects.select_for_update().filter(root=root, pk=swap, person=actor, state="asked").first()
    if row is None:
        raise refuse("absent")
    _close(row, "withdrawn", actor, at)


def _close(row: Swap, state: str, actor: str, at: datetime) -> None:
    row.state, row.answered_at = state, at
    row.save(update_fields=["state", "answered_at"])
    ledger.record(row.root, f"swap_{state}", {"id": row.pk}, actor=actor, at=at)


def _exchange(row: Swap, at: datetime) -> None:
    """Pass both shifts on, if they are still what they were when they were offered."""
    offered = [(row.shift_id, row.person_id, row.to_id)]
    if row.other_id is not None:
        offered.append((row.other_id, row.to_id, row.person_id))
    rows = {one.pk: one for one in _live(row.root, [id for id, _, _ in offered], at)}
    if any(id not in rows or rows[id].person_id != of for id, of, _ in offered):
        raise _bad("换班", "the swap", "班次已过或已换了人", "a shift is over, or has changed hands")
    if len(offered) == 2:
        # Both may be of one seat and overlap: both are given up before the two are checked and made.
        _end(rows[offered[0][0]], at)
        _end(rows[offered[1][0]], at)
    for id, _, to in offered:
        _pass_on(rows[id], to, at)


@transaction.atomic
def hand_over(
    organisation: str,
    seat: str,
    to: str,
    note: str,
    listed: Sequence[tuple[str, str]],
    *,
    actor: str,
    at: datetime,
    key: str | None = None,
) -> str:
    """Write down that a seat's duty goes over to the next person, with what stood open; return the relief's id.

    `listed` are (number of the case, key) of the open obligations. Raises Refused as `put_shift`.
    """
    home = home_of(organisation)
    where = known_seat(home, seat)
    # What stood open is no part of what was typed: it may differ between the two sendings.
    made = same(Relief, home.root, key, **_of(home, where), person_id=actor, to_id=to, note=note.strip())
    if made is not None:
        return made.pk
    body, post, place = where
    sitting = Sitting(home.root, home.pk)
    if to == actor or not sitting.sits(to, body, at) or not sitting.sits(actor, body, at):
        raise _bad("交班", "the hand-over", "交给同一机构的另一个人", "it goes to another person of the body")
    if len(note) > 2000:
        raise _bad("交班", "the hand-over", "交代的话超过 2000 字", "the note is too long")
    row = Relief(id=key or new_id(at), root=home.root, organisation=home, body=body, post=post, place=place)
    row.person_id, row.to_id, row.note, row.at, row.listed = actor, to, note.strip(), at, [list(one) for one in listed]
    row.save(force_insert=True)
    content = {"id": row.pk, "organisation": home.pk, "seat": seat, "to": to, "listed": row.listed}
    ledger.record(home.root, "shift_handed_over", content, actor=actor, at=at)
    return row.pk


@transaction.atomic
def sign_relief(root: str, relief: str, *, actor: str, at: datetime) -> None:
    """Sign that one has taken over, once. Raises Refused (`absent`) where nothing went to this person."""
    row = Relief.objects.select_for_update().filter(root=root, pk=relief, to=actor).first()
    if row is None:
        raise refuse("absent")
    if row.signed_at is not None:
        return
    row.signed_at = at
    row.save(update_fields=["signed_at"])
    ledger.record(root, "shift_taken_over", {"id": row.pk}, actor=actor, at=at)


def _rows(
    home: Organisation, seat: tuple[str, str, str], asked: Sequence[tuple[str, datetime, datetime]], at: datetime
) -> list[Shift]:
    """Return the shifts asked for, not saved yet, each held against the rules above."""
    body, post, place = seat
    people = {person: person_of(person) for person in {one[0] for one in asked}}
    if any(row.root != home.root for row in people.values()):
        raise refuse("absent")
    sitting = Sitting(home.root, home.pk)
    rows = []
    for person, since, until in asked:
        if not since < until <= since + LONGEST or until <= at:
            days = str(LONGEST.days)
            raise _bad("班次", "the shift", f"止时晚于起时和现在，最长 {days} 日", f"it ends later, within {days} days")
        row = Shift(id=new_id(at), root=home.root, organisation=home, body=body, post=post, place=place)
        row.person, row.since, row.until = people[person], since, until
        row.kind = _kind(sitting, row, person, max(since, at))
        rows.append(row)
    _not_twice(home.root, seat, home.pk, rows)
    return rows


def _kind(sitting: Sitting, row: Shift, person: str, at: datetime) -> str:
    seat = Seat(row.organisation_id, row.body, row.post or None, row.place or None)
    if sitting.holds(person, seat, at):
        return "own"
    if sitting.sits(person, row.body, at):
        return "substitute"
    name = person_of(person).name
    raise _bad("值班人", "the person on duty", f"{name}届时不在这个机构任职", f"{name} has no seat in this body then")


def _not_twice(root: str, seat: tuple[str, str, str], home: str, rows: Sequence[Shift]) -> None:
    """Refuse who is on duty for the seat already at the time."""
    body, post, place = seat
    since, until = min(row.since for row in rows), max(row.until for row in rows)
    standing = Shift.objects.filter(root=root, organisation=home, body=body, post=post, place=place)
    near = standing.filter(since__gt=since - LONGEST, since__lt=until, person__in={row.person_id for row in rows})
    for there in near.select_related("person"):
        clash = (row for row in rows if row.person_id == there.person_id and row.pk != there.pk)
        if there.until > there.since and any(row.since < there.until and there.since < row.until for row in clash):
            name = there.person.name
            raise _bad("班次", "the shift", f"{name}这段时间已有班", f"{name} is on duty then already")


def _live(root: str, ids: Sequence[str], at: datetime) -> list[Shift]:
    rows = Shift.objects.select_for_update().filter(root=root, pk__in=ids, until__gt=at).order_by("pk")
    return [row for row in rows if row.until > row.since]


def _standing(root: str, shift: str, at: datetime) -> Shift:
    found = _live(root, [shift], at)
    if not found:
        raise refuse("absent")
    return found[0]


def _end(row: Shift, at: datetime) -> None:
    """End a shift now, or at its beginning. Its own end is kept in memory: `_pass_on` still asks for it."""
    Shift.objects.filter(pk=row.pk).update(until=max(row.since, at))


def _pass_on(row: Shift, person: str, at: datetime) -> Shift:
    """Give what is left of a shift to a person."""
    _end(row, at)
    seat = (row.body, row.post, row.place)
    home = home_of(row.organisation_id)
    (rest,) = _rows(home, seat, [(person, max(row.since, at), row.until)], at)
    rest.instead = row.pk
    rest.save(force_insert=True)
    Swap.objects.filter(Q(shift=row) | Q(other=row), root=row.root, state="asked").update(
        state="lapsed", answered_at=at
    )
    return rest


def _may_take(row: Shift, person: str, at: datetime) -> None:
    """Refuse a shift to who could not have it. Raises Refused: `absent`, `bad_input`."""
    if Person.objects.filter(pk=person, root=row.root, active=True).first() is None:
        raise refuse("absent")
    _kind(Sitting(row.root, row.organisation_id), row, person, max(row.since, at))


def _bad(what: str, what_en: str, why: str, why_en: str) -> Exception:
    return refuse("bad_input", what=what, what_en=what_en, why=why, why_en=why_en)
