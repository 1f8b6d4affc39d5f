"""Reads of the directory: who a session belongs to, which seats a person holds at a moment, who sits where.

Rules
- Nothing is read without a root or a person. Seats are always asked for at a moment.
- A lent seat goes with one's own posts only: what was lent is not lent further. It names the paper, its reach and end,
  and in whose place it is where just one person holds the post.
- Callers get frozen values, never rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Max, Q, QuerySet

from fengsui.core.case import Seat
from fengsui.directory.models import Appointment, Asset, Delegation, Organisation, Person, SignIn, Unit
from fengsui.ledger.once import foresee, once, stands, steady, unread

ORGANISATION = ("pk", "root", "name", "name_en", "code", "zone", "tier", "parent", "outlines_from_opening")
UNIT = ("body", "place", "name", "external", "linked", "pk", "contact")
"""Columns in the order of the frozen values below."""
Held = TypeVar("Held", Appointment, Delegation)


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as the other rooms know him. `zone` is that of his organisation."""

    id: str
    name: str
    root: str
    organisation: str
    organisation_name: str
    zone: str
    office: str
    email: str = ""
    once: bool = False
    """Signed in with a one-time password that is to be changed first; told by `person_for` alone."""


@dataclass(frozen=True, slots=True)
class OrganisationRef:
    """An organisation as the other rooms know it."""

    id: str
    root: str
    name: str
    name_en: str
    code: str
    zone: str
    tier: str
    parent: str
    outlines_from_opening: bool


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit (`office@info`), a body under a local name, or an outside body."""

    body: str
    place: str
    name: str
    external: bool
    linked: str
    id: str = ""
    contact: str = ""

    @property
    def text(self) -> str:
        """`body@place`, as the plan language writes it."""
        return f"{self.body}@{self.place}" if self.place else self.body


@dataclass(frozen=True, slots=True)
class AssetRef:
    """A system of the register; `attributes` are `asset.*` values in the plan's own writing."""

    id: str
    name: str
    owner: str
    attributes: dict[str, str]
    active: bool = True


@dataclass(frozen=True, slots=True)
class SeatHeld:
    """A seat and who holds it."""

    person: PersonRef
    seat: Seat


def person_for(user: Any) -> PersonRef | None:
    """Return the person a signed-in Django account is bound to, or None (no account, no person, not active)."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    found = SignIn.objects.filter(pk=user.pk).values_list("person", "once").first()
    who = person(found[0]) if found else None
    return replace(who, once=True) if who and found and found[1] else who


@once
def person(id: str) -> PersonRef | None:
    """Return an active person, or None."""
    root = _ROOTS.get(id, "")
    if stands(root):
        return _person(root, id)
    row = Person.objects.select_related("organisation").filter(pk=id, active=True).first()
    return person_ref(row) if row else None


@steady
def _person(root: str, id: str) -> PersonRef | None:
    row = Person.objects.select_related("organisation").filter(root=root, pk=id, active=True).first()
    return person_ref(row) if row else None


_ROOTS: dict[str, str] = {}


def root_of(person: str) -> str | None:
    """Return the root that a person belongs to, once and for all, or None for nobody."""
    if person not in _ROOTS:
        found = Person.objects.filter(pk=person).values_list("root", flat=True).first()
        if found is None:
            return None
        _ROOTS[person] = found
    return _ROOTS[person]


def people(root: str, ids: Iterable[str], *, gone: bool = True) -> dict[str, PersonRef]:
    """Return persons of a root by id, also those no longer active unless not `gone`: the log speaks of them."""
    rows = Person.objects.select_related("organisation").filter(root=root, pk__in=set(ids))
    rows = rows if gone else rows.filter(active=True)
    return {row.pk: person_ref(row) for row in rows}


def people_of(root: str, organisation: str) -> tuple[PersonRef, ...]:
    """Return the active people of an organisation, by name."""
    rows = Person.objects.select_related("organisation").filter(root=root, organisation=organisation, active=True)
    return tuple(person_ref(row) for row in rows.order_by("name"))


@once
def seats_of(id: str, at: datetime) -> tuple[Seat, ...]:
    """Return every seat the person may speak from at the moment: his own first, then those lent to him."""
    who = person(id)
    if who is None:
        return ()
    held = _appointments(who.root, id)
    own = tuple(seat for since, until, seat in held if since <= at and (until is None or until > at))
    if stands(who.root) and at >= (_lent_until(who.root) or at):
        return own
    places = {(seat.organisation, seat.text) for seat in own}
    bodies = {seat.body for seat in own}
    rows = in_force(Delegation.objects.filter(root=who.root), at).filter(Q(person=id) | Q(to_body__in=bodies))
    to_me = [one for one in rows if one.person_id == id or (one.organisation_id, _lent_to(one).text) in places]
    lent = [_lent(one, own, at) for one in to_me]
    return (*own, *(seat for seat in lent if (seat.organisation, seat.text) not in places))


@steady
def _appointments(root: str, person: str) -> tuple[tuple[datetime, datetime | None, Seat], ...]:
    rows = Appointment.objects.filter(root=root, person=person).order_by("since", "pk")
    return tuple((row.since, row.until, _seat(row)) for row in rows)


@steady
def _lent_until(root: str) -> datetime | None:
    """Return until when seats of a root are lent at the longest."""
    last: datetime | None = Delegation.objects.filter(root=root).aggregate(last=Max("until"))["last"]
    return last


def holders(root: str, organisation: str, bodies: Iterable[str], at: datetime) -> tuple[SeatHeld, ...]:
    """Return who sits in the bodies of an organisation at the moment (all posts, all places), deputies last."""
    named = set(bodies)
    own = _holding(root, organisation, named, at)
    rows = Delegation.objects.filter(root=root, organisation=organisation, body__in=named)
    deputies = [held for row in in_force(rows, at) for held in _deputies(row, at)]
    there = {(held.person.id, held.seat.text) for held in own}
    return (*own, *(held for held in deputies if (held.person.id, held.seat.text) not in there))


def _holding(root: str, organisation: str, bodies: Iterable[str], at: datetime) -> tuple[SeatHeld, ...]:
    rows = Appointment.objects.filter(
        root=root, organisation=organisation, body__in=set(bodies), person__active=True
    ).select_related("person__organisation")
    return tuple(SeatHeld(person_ref(row.person), _seat(row)) for row in in_force(rows, at).order_by("since", "pk"))


def _deputies(row: Delegation, at: datetime) -> tuple[SeatHeld, ...]:
    """Return who sits by a delegation: the person it names, or whoever holds the post it names."""
    if row.person_id:
        one = person(row.person_id)
        return (SeatHeld(one, _lent(row, (), at)),) if one else ()
    to = _lent_to(row)
    held = _holding(row.root, row.organisation_id, (to.body,), at)
    return tuple(SeatHeld(one.person, _lent(row, (one.seat,), at)) for one in held if one.seat.text == to.text)


def _lent(row: Delegation, own: tuple[Seat, ...], at: datetime) -> Seat:
    """Return the seat that a delegation lends, as the engine looks at it; `own` are the deputy's own seats."""
    seat = Seat(row.organisation_id, row.body, row.post or None, row.place or None)
    holding = _holding(row.root, row.organisation_id, (row.body,), at)
    whom = [held.person.id for held in holding if held.seat.text == seat.text]
    mine = [one.text for one in own if one.organisation == row.organisation_id]
    return replace(
        seat,
        acting_for=seat.text,
        acts=tuple(row.acts),
        document=row.document,
        until=row.until,
        own=_lent_to(row).text if row.to_body else next(iter(mine), ""),
        whom=whom[0] if len(whom) == 1 else "",
    )


def _lent_to(row: Delegation) -> Seat:
    return Seat(row.organisation_id, row.to_body, row.to_post or None, row.to_place or None)


@steady
def organisation(root: str, id: str) -> OrganisationRef | None:
    """Return an organisation of a root."""
    row = Organisation.objects.filter(root=root, pk=id).values_list(*ORGANISATION).first()
    return _organisation(row) if row else None


def _organisation(row: tuple[Any, ...]) -> OrganisationRef:
    told = dict(zip(ORGANISATION, row, strict=True))
    return OrganisationRef(id=told.pop("pk"), parent=told.pop("parent") or "", **told)


@steady
def organisations(root: str) -> tuple[OrganisationRef, ...]:
    """Return all organisations of a root, the topmost first."""
    rows = Organisation.objects.filter(root=root).order_by("created_at", "pk").values_list(*ORGANISATION)
    found = tuple(_organisation(row) for row in rows)
    for one in found:
        foresee(organisation, (root, one.id), one)
    return found


@steady
def line(root: str, id: str) -> tuple[OrganisationRef, ...]:
    """Return an organisation and those above it, up to the root."""
    found: list[OrganisationRef] = []
    while id:
        one = organisation(root, id)
        if one is None:
            break
        found.append(one)
        id = one.parent
    return tuple(found)


@steady
def below(root: str, organisation: str) -> tuple[str, ...]:
    """Return the ids of the organisations under one, itself not included."""
    children: dict[str, list[str]] = {}
    for row in organisations(root):
        children.setdefault(row.parent, []).append(row.id)
    found, queue = [], list(children.get(organisation, ()))
    while queue:
        found.append(queue.pop())
        queue += children.get(found[-1], ())
    return tuple(found)


def roots() -> tuple[str, ...]:
    """Return the ids of the topmost organisations: what a worker walks over."""
    return tuple(Organisation.objects.filter(parent=None).order_by("created_at", "pk").values_list("pk", flat=True))


@steady
def units(root: str, organisation: str) -> tuple[UnitRef, ...]:
    """Return the units and outside bodies an organisation has put down, by body and place."""
    rows = Unit.objects.filter(root=root, organisation=organisation).order_by("external", "body", "place")
    return tuple(UnitRef(*row) for row in rows.values_list(*UNIT))


def read_units(root: str, organisations: Iterable[str]) -> None:
    """Read the units of several organisations in one query: for a page that is about to name bodies of each."""
    wanted = [id for _, id in unread(units, ((root, id) for id in organisations))]
    if len(wanted) < 2:
        return
    rows = Unit.objects.filter(root=root, organisation__in=wanted).order_by("external", "body", "place")
    found: dict[str, list[UnitRef]] = {id: [] for id in wanted}
    for home, *row in rows.values_list("organisation", *UNIT):
        found[home].append(UnitRef(*row))
    for id, there in found.items():
        foresee(units, (root, id), tuple(there))


@steady
def bodies_linked_to(root: str, organisation: str) -> tuple[tuple[str, str], ...]:
    """Return (organisation, body) for the outside bodies of others that are in truth this organisation."""
    rows = Unit.objects.filter(root=root, linked=organisation)
    return tuple(rows.values_list("organisation_id", "body"))


@steady
def assets(root: str, organisation: str) -> tuple[AssetRef, ...]:
    """Return the systems of an organisation that are in use, by name."""
    rows = Asset.objects.filter(root=root, organisation=organisation, active=True).order_by("name")
    return tuple(AssetRef(row.pk, row.name, row.owner, dict(row.attributes)) for row in rows)


def asset(root: str, id: str) -> AssetRef | None:
    """Return one system, also one no longer in use."""
    row = Asset.objects.filter(root=root, pk=id).first()
    return AssetRef(row.pk, row.name, row.owner, dict(row.attributes), row.active) if row else None


def in_force(rows: QuerySet[Held], at: datetime) -> QuerySet[Held]:
    return rows.filter(Q(since__lte=at) & (Q(until=None) | Q(until__gt=at)))


def _seat(row: Appointment) -> Seat:
    return Seat(row.organisation_id, row.body, row.post or None, row.place or None)


def person_ref(row: Person) -> PersonRef:
    home = row.organisation
    return PersonRef(row.pk, row.name, row.root, home.pk, home.name, home.zone, row.office, row.email)
