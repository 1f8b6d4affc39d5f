"""Who may see which case, and how much of it (design 6).

Rules
- The owning organisation's own people see the whole case.
- A person who sits only in outside bodies (a vendor, a city office) sees the cases into which the plan brought that
  body, from that event on; so do the people of an organisation that such a body is linked to. In the same way a person
  of an organisation above sees the cases below into which the plan brought the body he sits in, and no others.
- A superior organisation sees the outlines of the units below it from their first report up, or from opening where
  its own setting says so.
- Absent and forbidden look the same: None.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from fengsui.cases import models
from fengsui.cases.pages import CaseRef
from fengsui.core.case import Seat
from fengsui.directory import selectors as directory
from fengsui.ledger.once import once
from fengsui.library import selectors as library

READERS = ("auditor",)
"""Administrative offices that read everything of their root and change nothing."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A person with the seats held at the moment, and what follows from them for reading."""

    person: directory.PersonRef
    seats: tuple[Seat, ...]
    inside: bool
    bodies: tuple[tuple[str, str], ...]
    below: tuple[str, ...]
    outlines_from_opening: bool

    @property
    def whole(self) -> tuple[str, ...]:
        """The organisations of which every case is open to the reader."""
        if self.person.office in READERS:
            return (self.person.organisation, *self.below)
        return (self.person.organisation,) if self.inside else ()

    @property
    def everything(self) -> bool:
        """Whether every case of the root is open to the reader: then no organisation need be named."""
        return self.person.office in READERS and self.person.organisation == self.root

    @property
    def root(self) -> str:
        """The topmost organisation, which every query begins with."""
        return self.person.root


@once
def reader(person: str, at: datetime) -> Reader | None:
    """Return the reader for a person's id, or None for nobody."""
    found = directory.person(person)
    if found is None:
        return None
    seats = directory.seats_of(person, at)
    external = {unit.body for unit in directory.units(found.root, found.organisation) if unit.external}
    own = [seat for seat in seats if seat.organisation == found.organisation]
    inside = any(seat.body not in external for seat in own)
    linked = directory.bodies_linked_to(found.root, found.organisation) if inside else ()
    every = {one.id: one for one in directory.organisations(found.root)}
    home = every.get(found.organisation)
    below = directory.below(found.root, found.organisation) if inside or found.office in READERS else ()
    bodies = tuple(dict.fromkeys((*((seat.organisation, named) for seat in seats for named in _named(seat)), *linked)))
    return Reader(found, seats, inside, bodies, below, bool(home and home.outlines_from_opening))


def reports_to(who: Reader, organisation: str | None) -> str | None:
    """Return the organisation to which the reader may report: the one named, else his own, else one where he sits.

    None where he holds no seat in it, or where no plan is in force.
    """
    homes = sorted({seat.organisation for seat in who.seats})
    own = who.person.organisation
    chosen = organisation or (own if own in homes else next(iter(homes), ""))
    return chosen if chosen in homes and library.governing(who.root, chosen) else None


def _named(seat: Seat) -> tuple[str, ...]:
    """Return the names under which a seat's body may be brought into a case: as a whole, or this unit of it."""
    return (seat.body, f"{seat.body}@{seat.place}") if seat.place else (seat.body,)


def visible(reader: Reader) -> QuerySet[models.Case]:
    """Return the cases of which the reader may see at least the outline."""
    rows = models.Case.objects.filter(root=reader.root)
    return rows if reader.everything else rows.filter(whole(reader) | _outline(reader))


def readable(reader: Reader) -> QuerySet[models.Case]:
    """Return the cases that the reader may open."""
    return models.Case.objects.filter(root=reader.root).filter(whole(reader))


def whole_of(reader: Reader, ids: Collection[str]) -> set[str]:
    """Return those of the visible cases that the reader may open, not only their outline."""
    if reader.everything:
        return set(ids)
    return set(readable(reader).filter(pk__in=ids).values_list("pk", flat=True))


def below(reader: Reader) -> QuerySet[models.Case]:
    """Return the cases of the organisations below of which the reader may see at least the outline."""
    return visible(reader).filter(organisation__in=reader.below)


def case_for(person: str, number_or_id: str, at: datetime) -> CaseRef | None:
    """Return the case of a number or id if this person may open it at the moment, else None."""
    who = reader(person, at)
    if who is None:
        return None
    row = readable(who).filter(Q(number=number_or_id) | Q(pk=number_or_id)).first()
    return ref_of(row) if row else None


def ref_of(row: models.Case) -> CaseRef:
    """Return a case's name as pages hold it."""
    return CaseRef(row.pk, row.number, row.organisation, row.kind, row.seq, row.root)


def whole(reader: Reader) -> Q:
    if reader.everything:
        return Q()
    own = Q(organisation__in=reader.whole) if reader.whole else Q(pk__in=())
    return own | brought_in(reader, "pk")


def brought_in(reader: Reader, case: str) -> Q:
    """Return the condition that a body of the reader's is in the case that the field `case` names.

    The organisation is named beside the existence, so that the index of the list's order can be walked; where every
    case is open to the reader nothing is asked. An empty organisation of the row: units of the body may have been put
    down by any organisation from the case's own upwards.
    """
    found = Q(pk__in=())
    named: dict[str, list[str]] = {}
    for organisation, body in reader.bodies:
        named.setdefault(organisation, []).append(body)
    for organisation, bodies in named.items():
        there = {organisation, *directory.below(reader.root, organisation)} - set(reader.whole)
        if not there:
            continue
        rows = models.Involved.objects.filter(root=reader.root, case=OuterRef(case), party__in=bodies)
        found |= Q(organisation__in=there) & Q(Exists(rows.filter(organisation__in=(organisation, ""))))
    return found


def _outline(reader: Reader) -> Q:
    if not reader.below:
        return Q(pk__in=())
    told = Q() if reader.outlines_from_opening else Q(reported_up=True)
    return Q(organisation__in=reader.below) & told
