"""Who may see which case, and how much of it (design 6).

Rules
- The owning organisation's own people see the whole case.
- A person who sits only in outside bodies (a vendor, a city office) sees the cases into which the plan brought that
  body, from that event on; so do the people of an organisation that such a body is linked to.
- A superior organisation sees the outlines of the units below it from their first report up, or from opening where
  its own setting says so.
- Absent and forbidden look the same: None.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from fengsui.cases import models
from fengsui.cases.pages import CaseRef
from fengsui.core.case import Seat
from fengsui.directory import selectors as directory

READERS = ("auditor",)
"""Administrative offices that read everything of their root and change nothing."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A person with the seats held at the moment, and what follows from them for reading."""

    person: directory.PersonRef
    seats: tuple[Seat, ...]
    inside: bool
    outside: tuple[tuple[str, str], ...]
    below: tuple[str, ...]
    outlines_from_opening: bool

    @property
    def whole(self) -> tuple[str, ...]:
        """The organisations of which every case is open to the reader."""
        if self.person.office in READERS:
            return (self.person.organisation, *self.below)
        return (self.person.organisation,) if self.inside else ()

    @property
    def root(self) -> str:
        """The topmost organisation, which every query begins with."""
        return self.person.root


def reader(person: str, at: datetime) -> Reader | None:
    """Return the reader for a person's id, or None for nobody."""
    found = directory.person(person)
    if found is None:
        return None
    seats = directory.seats_of(person, at)
    external = {unit.body for unit in directory.units(found.root, found.organisation) if unit.external}
    own = [seat for seat in seats if seat.organisation == found.organisation]
    inside = any(seat.body not in external for seat in own)
    outside = tuple((seat.organisation, seat.body) for seat in seats if seat not in own or seat.body in external)
    linked = directory.bodies_linked_to(found.root, found.organisation) if inside else ()
    home = directory.organisation(found.root, found.organisation)
    below = directory.below(found.root, found.organisation) if inside or found.office in READERS else ()
    return Reader(found, seats, inside, (*outside, *linked), below, bool(home and home.outlines_from_opening))


def visible(reader: Reader) -> QuerySet[models.Case]:
    """Return the cases of which the reader may see at least the outline."""
    return models.Case.objects.filter(root=reader.root).filter(_whole(reader) | _outline(reader))


def readable(reader: Reader) -> QuerySet[models.Case]:
    """Return the cases that the reader may open."""
    return models.Case.objects.filter(root=reader.root).filter(_whole(reader))


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


def _whole(reader: Reader) -> Q:
    own = Q(organisation__in=reader.whole) if reader.whole else Q(pk__in=())
    return own | brought_in(reader.outside, "pk")


def brought_in(bodies: Iterable[tuple[str, str]], case: str) -> Q:
    """Return the condition that one of the bodies is in the case that the field `case` names.

    The organisation is named beside the existence, so that the index of the list's order can be walked.
    """
    found = Q(pk__in=())
    for organisation, body in bodies:
        rows = models.Involved.objects.filter(root=OuterRef("root"), case=OuterRef(case), party=body)
        found |= Q(organisation=organisation) & Q(Exists(rows))
    return found


def _outline(reader: Reader) -> Q:
    if not reader.below:
        return Q(pk__in=())
    told = Q() if reader.outlines_from_opening else Q(reported_up=True)
    return Q(organisation__in=reader.below) & told
