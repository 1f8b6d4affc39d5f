"""The roster: who is on duty for which seat at a moment, and where nobody is.

Rules
- A shift counts while its person sits in the body of the seat: holds a seat of it, or was lent one. Who left, who was
  moved away and whose account is closed is not on duty, whatever the roster says.
- Several at once are all on duty. A shift ends at its end: at that moment the next one is on duty.
- A seat has a roster from its first shift on, and as long as its last one ended less than `KEPT` ago. Where a roster
  covers nobody, that is a hole. A seat that never had a shift has no hole.
- A shift is at most `LONGEST`: the reads walk a bounded piece of the index by its beginning.
- The roster says who is rung. Who may act is the plan's to say, and the seats'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from fengsui.core.case import Seat
from fengsui.directory.models import Appointment, Delegation, Organisation, Shift, Swap
from fengsui.directory.selectors.known import OrganisationRef, PersonRef, SeatHeld, organisations, person_ref

LONGEST = timedelta(days=14)
"""The longest shift there is."""
KEPT = timedelta(days=31)
"""How long a roster that nobody goes on with is still a roster, and its end a hole."""


@dataclass(frozen=True, slots=True)
class ShiftRef:
    """A shift as the other rooms know it."""

    id: str
    seat: Seat
    person: PersonRef
    since: datetime
    until: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A time in which a seat that has a roster has nobody on duty."""

    seat: Seat
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SwapRef:
    """A shift offered to another person; `other` is what is wanted for it. `state` as in the table."""

    id: str
    shift: ShiftRef
    other: ShiftRef | None
    by: PersonRef
    to: PersonRef
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class _Term:
    """One person in one seat of the organisation, from when until when."""

    person: str
    seat: Seat
    since: datetime
    until: datetime | None

    def covers(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class Sitting:
    """Who sits where in one organisation, at any moment: read once in two queries, asked often."""

    def __init__(self, root: str, organisation: str) -> None:
        posts = Appointment.objects.filter(root=root, organisation=organisation, person__active=True)
        own = [_Term(row.person_id, _seat(row), row.since, row.until) for row in posts]
        lent = Delegation.objects.filter(root=root, organisation=organisation).select_related("person")
        self._terms = (*own, *(term for row in lent for term in _lent(row, own)))

    def sits(self, person: str, body: str, at: datetime) -> bool:
        """Return whether a person sits in a body at a moment, in whatever post."""
        return any(one.person == person and one.seat.body == body and one.covers(at) for one in self._terms)

    def holds(self, person: str, seat: Seat, at: datetime) -> bool:
        """Return whether a person holds this very seat at a moment."""
        return any(one.person == person and one.seat.text == seat.text and one.covers(at) for one in self._terms)

    def people(self, body: str, at: datetime) -> tuple[str, ...]:
        """Return who sits in a body at a moment, each once."""
        return tuple(dict.fromkeys(one.person for one in self._terms if one.seat.body == body and one.covers(at)))

    def changes(self) -> Iterator[datetime]:
        """Yield every moment at which somebody comes or goes."""
        for one in self._terms:
            yield one.since
            if one.until is not None:
                yield one.until


def _lent(row: Delegation, own: Iterable[_Term]) -> Iterator[_Term]:
    seat = _seat(row)
    if row.person is not None and row.person.active:
        yield _Term(row.person.pk, seat, row.since, row.until)
    elif row.person_id is None:
        to = Seat(row.organisation_id, row.to_body, row.to_post or None, row.to_place or None)
        for term in own:
            if term.seat.text == to.text:
                until = row.until if term.until is None else min(row.until, term.until)
                yield _Term(term.person, seat, max(row.since, term.since), until)


def _seat(row: Appointment | Delegation | Shift) -> Seat:
    return Seat(row.organisation_id, row.body, row.post or None, row.place or None)


def shift_ref(row: Shift) -> ShiftRef:
    """Return a row as a value; its person was read with it."""
    return ShiftRef(row.pk, _seat(row), person_ref(row.person), row.since, row.until, row.kind)


def shifts(root: str, organisation: str, since: datetime, until: datetime) -> tuple[ShiftRef, ...]:
    """Return the shifts of an organisation that touch a time, by their beginning; what was given up is left out."""
    rows = _touching(root, organisation, since, until).select_related("person__organisation")
    return tuple(shift_ref(row) for row in rows.order_by("since", "until", "pk"))


def _touching(root: str, organisation: str, since: datetime, until: datetime) -> QuerySet[Shift]:
    rows = Shift.objects.filter(root=root, organisation=organisation, since__gt=since - LONGEST, since__lt=until)
    return rows.filter(until__gt=since).exclude(until__lte=F("since"))


def on_duty(root: str, organisation: str, at: datetime, *, body: str = "", place: str = "") -> tuple[SeatHeld, ...]:
    """Return who is on duty in an organisation at a moment, and for which seat; only of a body, or of a place of it."""
    rows = _touching(root, organisation, at, at + timedelta(microseconds=1)).select_related("person__organisation")
    if body:
        rows = rows.filter(body=body)
    if place:
        rows = rows.filter(place=place)
    found = list(rows.order_by("since", "pk"))
    if not found:
        return ()
    sitting = Sitting(root, organisation)
    held = (SeatHeld(person_ref(row.person), _seat(row)) for row in found if sitting.sits(row.person_id, row.body, at))
    return tuple({(one.person.id, one.seat.text): one for one in held}.values())


def rostered(root: str, at: datetime) -> tuple[OrganisationRef, ...]:
    """Return the organisations of a root that have a roster at a moment, those without one left out."""
    near = Shift.objects.filter(root=root, organisation=OuterRef("pk"), since__gt=at - KEPT - LONGEST)
    kept = Organisation.objects.filter(Exists(near.filter(until__gt=at - KEPT)), root=root)
    homes = set(kept.values_list("pk", flat=True))
    return tuple(one for one in organisations(root) if one.id in homes)


def holes(root: str, organisation: str, since: datetime, until: datetime, *, body: str = "") -> tuple[Hole, ...]:
    """Return where between two moments a roster covers nobody, by seat; only of a body where one is named."""
    known = [one for one in shifts(root, organisation, since - KEPT, until) if not body or one.seat.body == body]
    seats: dict[str, list[ShiftRef]] = {}
    for one in known:
        seats.setdefault(one.seat.text, []).append(one)
    if not seats:
        return ()
    sitting = Sitting(root, organisation)
    return tuple(hole for those in seats.values() for hole in _holes(those, sitting, since, until))


def _holes(those: list[ShiftRef], sitting: Sitting, since: datetime, until: datetime) -> Iterator[Hole]:
    """Walk the moments at which anything changes; between two of them everything stands."""
    start = max(since, min(one.since for one in those))
    moments = {start, until, *(at for one in those for at in (one.since, one.until)), *sitting.changes()}
    steps = sorted(at for at in moments if start <= at <= until)
    empty: datetime | None = None
    for at in steps:
        covered = at == until or any(
            one.since <= at < one.until and sitting.sits(one.person.id, one.seat.body, at) for one in those
        )
        if not covered and empty is None:
            empty = at
        if covered and empty is not None:
            yield Hole(those[0].seat, empty, at)
            empty = None


def swap(root: str, id: str) -> SwapRef | None:
    """Return one swap of a root."""
    row = _swaps(root).filter(pk=id).first()
    return _swap_ref(row) if row else None


def swaps(root: str, person: str, since: datetime) -> tuple[SwapRef, ...]:
    """Return the swaps that a person asked for or was asked for since a moment, the newest first."""
    rows = _swaps(root).filter(Q(person=person) | Q(to=person), asked_at__gt=since)
    return tuple(_swap_ref(row) for row in rows.order_by("-asked_at", "-pk")[:40])


def _swaps(root: str) -> QuerySet[Swap]:
    whole = ("shift__person__organisation", "other__person__organisation", "person__organisation", "to__organisation")
    return Swap.objects.filter(root=root).select_related(*whole)


def _swap_ref(row: Swap) -> SwapRef:
    other = shift_ref(row.other) if row.other else None
    by, to = person_ref(row.person), person_ref(row.to)
    return SwapRef(row.pk, shift_ref(row.shift), other, by, to, row.note, row.state)
