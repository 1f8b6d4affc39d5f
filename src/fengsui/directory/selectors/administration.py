"""Reads for the pages of administration: the tree, who sits where and where nobody does, people, seats lent, locks.

Rules
- An administrator sees his own organisation and those below it; everything else is absent.
- Bodies and posts are those of the plan that governs the organisation; a post that nobody holds is a finding.
- Each page is a fixed number of queries, however many rows it shows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum

from fengsui.core.case import Seat
from fengsui.core.pack import Pack
from fengsui.core.problems import Lang
from fengsui.directory.models import Appointment, Asset, Delegation, Organisation, Person, Shift, SignIn, Token, Unit
from fengsui.directory.selectors.known import (
    AssetRef,
    OrganisationRef,
    PersonRef,
    SeatHeld,
    UnitRef,
    in_force,
    organisations,
    person_ref,
    units,
)
from fengsui.library import selectors as library


@dataclass(frozen=True, slots=True)
class Branch:
    """An organisation in its tree, `depth` steps under the top that the reader administers."""

    organisation: OrganisationRef
    depth: int
    people: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list; `locked` after too many wrong passwords, `once` until the one-time password is changed."""

    id: str
    name: str
    organisation: str
    organisation_name: str
    office: str
    email: str
    active: bool
    username: str
    once: bool
    locked: bool
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """One who holds a seat, or will; `deputy_of` names the paper where the seat is lent."""

    appointment: str
    person: str
    name: str
    since: datetime
    until: datetime | None
    coming: bool = False
    document: str = ""


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post of a body (or the body itself) at one place, with its holders. `seat` is its name in the plan's words."""

    seat: str
    label: str
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A body of the plan: its places where it has many, its local name and channel, its posts."""

    id: str
    label: str
    kind: str
    many: bool
    units: tuple[UnitRef, ...]
    posts: tuple[PostRow, ...]

    @property
    def empty(self) -> int:
        """How many of its posts nobody holds."""
        return sum(not post.holders for post in self.posts)


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """A seat lent: whose, to whom, for which acts, by which paper, from and until when."""

    id: str
    of: str
    to: str
    acts: tuple[str, ...]
    document: str
    since: datetime
    until: datetime
    over: bool


def scope(person: PersonRef) -> tuple[Branch, ...]:
    """Return what a person's office reaches: his own organisation and those below it, as a tree."""
    rows = organisations(person.root)
    children: dict[str, list[OrganisationRef]] = {}
    for row in rows:
        children.setdefault(row.parent, []).append(row)
    own = next((row for row in rows if row.id == person.organisation), None)
    counts: dict[str, int] = {}
    for id in Person.objects.filter(root=person.root, active=True).values_list("organisation", flat=True):
        counts[id] = counts.get(id, 0) + 1
    return tuple(_under(own, 0, children, counts)) if own else ()


def _under(
    row: OrganisationRef, depth: int, children: Mapping[str, Sequence[OrganisationRef]], counts: Mapping[str, int]
) -> Iterable[Branch]:
    yield Branch(row, depth, counts.get(row.id, 0))
    for child in children.get(row.id, ()):
        yield from _under(child, depth + 1, children, counts)


def people_rows(root: str, within: Iterable[str], at: datetime, *, lang: Lang = "zh") -> tuple[PersonRow, ...]:
    """Return the people of organisations, those no longer active last."""
    rows = Person.objects.select_related("organisation").filter(root=root, organisation__in=tuple(within))
    found = list(rows.order_by("-active", "organisation__created_at", "name", "pk"))
    signs = {one.person: one for one in SignIn.objects.select_related("user").filter(root=root)}
    seats = _seats(root, {row.pk for row in found}, at, lang)
    shut = locked_names(root, at)
    return tuple(_person_row(row, signs.get(row.pk), seats.get(row.pk, ()), shut) for row in found)


def _person_row(row: Person, sign: SignIn | None, seats: Sequence[str], shut: Iterable[str]) -> PersonRow:
    username = sign.user.get_username() if sign else ""
    home = row.organisation
    return PersonRow(
        row.pk,
        row.name,
        home.pk,
        home.name,
        row.office,
        row.email,
        row.active,
        username,
        bool(sign and sign.once),
        username in shut,
        tuple(seats),
    )


def _seats(root: str, people: Iterable[str], at: datetime, lang: Lang) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    plans: dict[str, Pack | None] = {}
    names: dict[str, dict[tuple[str, str], str]] = {}
    for home, body, place, name in Unit.objects.filter(root=root, external=False).values_list(
        "organisation", "body", "place", "name"
    ):
        names.setdefault(home, {})[body, place] = name
    for row in in_force(Appointment.objects.filter(root=root, person__in=tuple(people)), at).order_by("since", "pk"):
        if row.organisation_id not in plans:
            plans[row.organisation_id] = plan_of(root, row.organisation_id)
        local = names.get(row.organisation_id, {})
        found.setdefault(row.person_id, []).append(seat_label(plans[row.organisation_id], row, local, lang))
    return found


def plan_of(root: str, organisation: str) -> Pack | None:
    """Return the plan that governs an organisation with its additions, or None while it has adopted nothing."""
    pin = library.governing(root, organisation)
    return library.book_of(root, pin).pack if pin else None


def seat_label(
    plan: Pack | None, seat: Appointment | Delegation, names: Mapping[tuple[str, str], str], lang: Lang
) -> str:
    """Return a seat in the plan's words, its unit under its local name."""
    return label_of(plan, seat.body, seat.post, seat.place, names, lang)


def label_of(
    plan: Pack | None, body: str, post: str, place: str, names: Mapping[tuple[str, str], str], lang: Lang
) -> str:
    """Return what a seat (`office`, `head`, `info`) is called; `names` are those of units by body and place."""
    text = f"{body}.{post}" if post else body
    local = names.get((body, place))
    if plan is None:
        return f"{text}@{place}" if place else text
    if not local:
        return plan.body_label(f"{text}@{place}" if place else text, lang)
    told = plan.label("post", text, lang) if post else ""
    return f"{local}{told}" if lang == "zh" else ", ".join(filter(None, (local, told)))


def bodies_page(root: str, organisation: str, at: datetime, *, lang: Lang = "zh") -> tuple[BodyRow, ...] | None:
    """Return the bodies of the plan in force with posts and holders; None while nothing is adopted."""
    plan = plan_of(root, organisation)
    if plan is None:
        return None
    there = units(root, organisation)
    held = _holders(root, organisation, at)
    here = [name for name, body in plan.bodies.items() if body.kind != "derived" and ":" not in name]
    return tuple(_body_row(plan, name, [one for one in there if one.body == name], held, lang) for name in here)


def _body_row(
    plan: Pack, name: str, there: Sequence[UnitRef], held: Mapping[tuple[str, str, str], list[Holder]], lang: Lang
) -> BodyRow:
    body = plan.bodies[name]
    places = [one.place for one in there if one.place] or ([] if body.many else [""])
    names = {(one.body, one.place): one.name for one in there}
    posts = [*body.posts] or [""]
    known = {(post, place) for place in places for post in posts}
    strange = [key[1:] for key in held if key[0] == name and key[1:] not in known]
    rows = []
    for post, place in (*((post, place) for place in places for post in posts), *strange):
        seat = (f"{name}.{post}" if post else name) + (f"@{place}" if place else "")
        label = label_of(plan, name, post, place, names, lang)
        rows.append(PostRow(seat, label, tuple(held.get((name, post, place), ()))))
    return BodyRow(name, plan.label("body", name, lang), body.kind, body.many, tuple(there), tuple(rows))


def _holders(root: str, organisation: str, at: datetime) -> dict[tuple[str, str, str], list[Holder]]:
    """Return who holds each seat now or will, then who sits in it by a paper."""
    found: dict[tuple[str, str, str], list[Holder]] = {}
    rows = Appointment.objects.select_related("person").filter(
        root=root, organisation=organisation, person__active=True
    )
    for row in rows.exclude(until__lte=at).order_by("since", "pk"):
        one = Holder(row.pk, row.person_id, row.person.name, row.since, row.until, row.since > at)
        found.setdefault((row.body, row.post, row.place), []).append(one)
    lent = Delegation.objects.select_related("person").filter(root=root, organisation=organisation)
    for given in in_force(lent, at):
        name = given.person.name if given.person else given.to_body + (f".{given.to_post}" if given.to_post else "")
        one = Holder("", given.person_id or "", name, given.since, given.until, document=given.document)
        found.setdefault((given.body, given.post, given.place), []).append(one)
    return found


def empty_posts(root: str, organisation: str, at: datetime, *, lang: Lang = "zh") -> tuple[str, ...]:
    """Return the posts of the plan in force that nobody holds, bodies outside left out."""
    rows = bodies_page(root, organisation, at, lang=lang) or ()
    return tuple(post.label for row in rows if row.kind != "external" for post in row.posts if not post.holders)


def delegation_rows(root: str, organisation: str, at: datetime, *, lang: Lang = "zh") -> tuple[DelegationRow, ...]:
    """Return the seats lent in an organisation, those that ended last."""
    plan = plan_of(root, organisation)
    names = {(one.body, one.place): one.name for one in units(root, organisation)}
    rows = Delegation.objects.select_related("person").filter(root=root, organisation=organisation)
    found = []
    for row in rows.order_by("-until", "-pk")[:200]:
        to = row.person.name if row.person else label_of(plan, row.to_body, row.to_post, row.to_place, names, lang)
        of = seat_label(plan, row, names, lang)
        over = row.until <= at
        found.append(DelegationRow(row.pk, of, to, tuple(row.acts), row.document, row.since, row.until, over))
    return tuple(sorted(found, key=lambda one: one.over))


def asset_rows(root: str, organisation: str) -> tuple[AssetRef, ...]:
    """Return every system of an organisation, those out of use last."""
    rows = Asset.objects.filter(root=root, organisation=organisation).order_by("-active", "name")
    return tuple(AssetRef(row.pk, row.name, row.owner, dict(row.attributes), row.active) for row in rows)


TABLES: Mapping[str, Any] = {
    "person": Person,
    "appointment": Appointment,
    "delegation": Delegation,
    "unit": Unit,
    "asset": Asset,
}


def home_of(root: str, table: str, id: str) -> str | None:
    """Return the organisation of a row: `person`, `appointment`, `delegation`, `unit`, `asset`."""
    rows = TABLES[table]._default_manager.filter(root=root, pk=id)
    return rows.values_list("organisation", flat=True).first()


def locked_names(root: str, at: datetime, within: Iterable[str] | None = None) -> dict[str, datetime]:
    """Return the user names of a root that are locked after wrong passwords, with the end of the lock.

    `within` are the organisations whose people are meant; None means all of them.
    """
    rows = AccessAttempt.objects.filter(attempt_time__gte=at - settings.AXES_COOLOFF_TIME).order_by().values("username")
    told = rows.annotate(wrong=Sum("failures_since_start"), last=Max("attempt_time"))
    shut = told.filter(wrong__gte=settings.AXES_FAILURE_LIMIT)
    ends = {row["username"]: row["last"] + settings.AXES_COOLOFF_TIME for row in shut}
    own = SignIn.objects.filter(root=root, user__username__in=ends)
    if within is not None:
        people = Person.objects.filter(root=root, organisation__in=tuple(within))
        own = own.filter(person__in=people.values("pk"))
    return {name: ends[name] for name in own.values_list("user__username", flat=True)}


def names_of(root: str, ids: Iterable[str]) -> dict[str, str]:
    """Return what persons and organisations of a root are called, by id: the ledger names them by id alone."""
    wanted = set(ids)
    people = Person.objects.filter(root=root, pk__in=wanted).values_list("pk", "name")
    return {**dict(people), **dict(Organisation.objects.filter(root=root, pk__in=wanted).values_list("pk", "name"))}


def things_of(root: str, ids: Iterable[str]) -> dict[str, str]:
    """Return what seats held, seats lent, shifts, units, systems and keys of a root are called, by id."""
    wanted = set(ids)
    found: dict[str, str] = {}
    fields: Mapping[Any, str] = {Unit: "name", Asset: "name", Token: "name", Delegation: "document"}
    for table, field in fields.items():
        found |= dict(table.objects.filter(root=root, pk__in=wanted).values_list("pk", field))
    seated: tuple[Any, ...] = (Appointment, Shift)
    for table in seated:
        rows = table.objects.filter(root=root, pk__in=wanted)
        for id, name, body, post, place in rows.values_list("pk", "person__name", "body", "post", "place"):
            found[id] = f"{name} {Seat(root, body, post or None, place or None).text}"
    return found


def named_like(root: str, words: str) -> tuple[str, ...]:
    """Return the ids of people and organisations whose names hold these words: what to look for in the ledger."""
    people = Person.objects.filter(root=root, name__icontains=words).values_list("pk", flat=True)[:50]
    return (*people, *Organisation.objects.filter(root=root, name__icontains=words).values_list("pk", flat=True)[:50])


def seated(root: str, at: datetime) -> tuple[SeatHeld, ...]:
    """Return who holds a seat of his own anywhere in a root at the moment, bodies outside left out."""
    outside = set(Unit.objects.filter(root=root, external=True).values_list("organisation_id", "body"))
    rows = Appointment.objects.filter(root=root, person__active=True).select_related("person__organisation")
    held = [row for row in in_force(rows, at).order_by("pk") if (row.organisation_id, row.body) not in outside]
    return tuple(
        SeatHeld(person_ref(row.person), Seat(row.organisation_id, row.body, row.post or None, row.place or None))
        for row in held
    )


def people_of_all(root: str, within: Iterable[str]) -> tuple[PersonRef, ...]:
    """Return the active people of several organisations, by name."""
    rows = Person.objects.select_related("organisation").filter(root=root, organisation__in=tuple(within), active=True)
    return tuple(person_ref(row) for row in rows.order_by("name", "pk"))
