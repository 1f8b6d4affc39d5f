"""What the pages of the roster show: a week by days, one's own shifts, swaps, reliefs, and whose roster one keeps.

Rules
- The roster of an organisation is read by those who hold a seat of it, and by the offices that read rosters, theirs and
  those below; for everybody else it is absent. Who sits only in outside bodies sees the rosters of those bodies alone.
- Days are those of the organisation's zone. A shift and a hole stand on the day they begin, in a week that began with
  them running on its first day.
- A page is a fixed number of queries, however many shifts it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fengsui.core.case import Seat
from fengsui.core.pack import Pack
from fengsui.core.problems import Lang
from fengsui.directory import offices
from fengsui.directory.models import Relief
from fengsui.directory.selectors.administration import bodies_page, label_of, plan_of, scope
from fengsui.directory.selectors.known import OrganisationRef, PersonRef, people, seats_of, units
from fengsui.directory.selectors.known import organisation as organisation_of
from fengsui.directory.selectors.roster import Hole, ShiftRef, Sitting, SwapRef, holes, on_duty, shifts, swaps

AHEAD = timedelta(days=42)
"""How far ahead one's own shifts, and those one may ask for, are listed."""
BACK = timedelta(days=31)
OFFERED, RELIEVED = 60, 5


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift in a list: whose, of which seat, from when until when."""

    id: str
    seat: str
    label: str
    person: str
    name: str
    since: datetime
    until: datetime
    substitute: bool
    mine: bool
    running: bool


@dataclass(frozen=True, slots=True)
class HoleRow:
    """A time in which nobody is on duty for a seat that has a roster."""

    label: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week shown."""

    date: date
    today: bool
    shifts: tuple[ShiftRow, ...]
    holes: tuple[HoleRow, ...]


@dataclass(frozen=True, slots=True)
class SwapRow:
    """A swap in a list: the shift offered, what for, by whom and to whom. `open`: it can still be answered."""

    id: str
    shift: ShiftRow
    other: ShiftRow | None
    by: str
    to: str
    note: str
    state: str
    open: bool


@dataclass(frozen=True, slots=True)
class ReliefRow:
    """A hand-over of a shift. `to_me` waits for the reader's signature."""

    id: str
    label: str
    by: str
    to: str
    note: str
    listed: int
    at: datetime
    signed_at: datetime | None
    to_me: bool


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A seat with a roster at this moment: who is on duty for it, until when; nobody is a hole."""

    label: str
    names: tuple[str, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Post:
    """A seat somebody can be put on duty for: its text in the plan's words, and what it is called."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Mine:
    """A shift of one's own, who could take it over, and the shifts of others one could have for it."""

    shift: ShiftRow
    people: tuple[PersonRef, ...]
    offers: tuple[ShiftRow, ...]


@dataclass(frozen=True, slots=True)
class Hand:
    """A seat whose duty can be handed over, and to whom: who is on duty next first."""

    text: str
    label: str
    people: tuple[PersonRef, ...]


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """What a person can hand over now, what waits for his signature, and the last hand-overs."""

    organisation: OrganisationRef
    hands: tuple[Hand, ...]
    waiting: tuple[ReliefRow, ...]
    last: tuple[ReliefRow, ...]


@dataclass(frozen=True, slots=True)
class RosterPage:
    """The roster of an organisation in one week, as a person sees it."""

    organisation: OrganisationRef
    choices: tuple[OrganisationRef, ...]
    monday: date
    now: tuple[OnDuty, ...]
    mine: tuple[Mine, ...]
    days: tuple[Day, ...]
    asked_of_me: tuple[SwapRow, ...]
    asked_by_me: tuple[SwapRow, ...]
    reliefs: tuple[ReliefRow, ...]
    keeps: bool
    sees_all: bool


def rosters_for(person: PersonRef, at: datetime) -> tuple[OrganisationRef, ...]:
    """Return the organisations whose roster a person may read, his own first."""
    reach = [one.organisation for one in scope(person)] if offices.reads(person, "roster") else []
    homes = (organisation_of(person.root, seat.organisation) for seat in seats_of(person.id, at))
    found = {one.id: one for one in (*reach, *homes) if one is not None}
    return tuple(sorted(found.values(), key=lambda one: one.id != person.organisation))


def roster_page(
    person: PersonRef, organisation: str, day: date | None, at: datetime, *, lang: Lang = "zh"
) -> RosterPage | None:
    """Return the week around a day (today) of an organisation's roster; None where it is not this person's to read."""
    choices = rosters_for(person, at)
    home = next((one for one in choices if one.id == organisation), None)
    if home is None:
        return None
    zone = ZoneInfo(home.zone)
    shown = day or at.astimezone(zone).date()
    monday = shown - timedelta(days=shown.weekday())
    named = _Named(person, home, at, lang)
    near = [one for one in shifts(person.root, home.id, at - BACK, at + AHEAD) if named.open(one.seat)]
    exchanged = tuple(_swap_row(named, one) for one in swaps(person.root, person.id, at - BACK))
    return RosterPage(
        home,
        choices,
        monday,
        _now(named, near),
        _mine(named, near),
        _week(named, monday, zone),
        tuple(one for one in exchanged if one.shift.person != person.id),
        tuple(one for one in exchanged if one.shift.person == person.id),
        _reliefs(named),
        keeps := bool(kept_seats(person, home.id, at, lang=lang)),
        keeps or offices.reads(person, "roster"),
    )


def handover_page(person: PersonRef, organisation: str, at: datetime, *, lang: Lang = "zh") -> HandoverPage | None:
    """Return what a person hands over or takes over in an organisation; None where its roster is not his to read."""
    home = next((one for one in rosters_for(person, at) if one.id == organisation), None)
    if home is None:
        return None
    named = _Named(person, home, at, lang)
    found = _reliefs(named)
    waiting, last = tuple(one for one in found if one.to_me), tuple(one for one in found if not one.to_me)
    return HandoverPage(home, _hands(named), waiting, last)


def _hands(named: _Named) -> tuple[Hand, ...]:
    """Return the seats for which the reader is on duty at this moment, with the others of their bodies."""
    me, home, at = named.person, named.home.id, named.at
    mine = [one.seat for one in on_duty(me.root, home, at) if one.person.id == me.id]
    if not mine:
        return ()
    following = [one for one in shifts(me.root, home, at, at + BACK) if one.since > at]
    sitting, found = Sitting(me.root, home), []
    for seat in mine:
        others = people(me.root, sitting.people(seat.body, at)).values()
        turn = [one.person.id for one in following if one.seat.text == seat.text and one.person.id != me.id]
        order = {id: place for place, id in reversed(list(enumerate(turn)))}
        there = sorted((one for one in others if one.id != me.id), key=lambda one: (order.get(one.id, 9999), one.name))
        found.append(Hand(seat.text, named.label(seat), tuple(there)))
    return tuple(found)


def _mine(named: _Named, near: Sequence[ShiftRef]) -> tuple[Mine, ...]:
    me, at = named.person, named.at
    own = [one for one in near if one.person.id == me.id and one.until > at][:OFFERED]
    if not own:
        return ()
    sitting = Sitting(me.root, named.home.id)
    bodies = {one.seat.body: sitting.people(one.seat.body, at) for one in own}
    known = people(me.root, {id for ids in bodies.values() for id in ids if id != me.id})
    found = []
    for one in own:
        others = sorted((known[id] for id in bodies[one.seat.body] if id in known), key=lambda who: who.name)
        theirs = (
            each for each in near if each.person.id != me.id and each.since > at and each.seat.body == one.seat.body
        )
        found.append(Mine(named.row(one), tuple(others), tuple(named.row(each) for each in theirs)[:OFFERED]))
    return tuple(found)


class _Named:
    """Names of seats in the words of an organisation's plan, and what of its roster one person may read."""

    def __init__(self, person: PersonRef, home: OrganisationRef, at: datetime, lang: Lang) -> None:
        self.person, self.home, self.at, self.lang = person, home, at, lang
        self.plan: Pack | None = plan_of(person.root, home.id)
        there = units(person.root, home.id)
        self.names = {(one.body, one.place): one.name for one in there}
        outside = {one.body for one in there if one.external}
        own = {seat.body for seat in seats_of(person.id, at) if seat.organisation == home.id}
        whole = offices.reads(person, "roster") or bool(own - outside)
        self.bodies: set[str] | None = None if whole else own

    def open(self, seat: Seat) -> bool:
        return self.bodies is None or seat.body in self.bodies

    def label(self, seat: Seat) -> str:
        return label_of(self.plan, seat.body, seat.post or "", seat.place or "", self.names, self.lang)

    def row(self, one: ShiftRef) -> ShiftRow:
        mine, runs = one.person.id == self.person.id, one.since <= self.at < one.until
        away = one.kind == "substitute"
        label = self.label(one.seat)
        who = one.person
        return ShiftRow(one.id, one.seat.text, label, who.id, who.name, one.since, one.until, away, mine, runs)

    def hole(self, one: Hole) -> HoleRow:
        return HoleRow(self.label(one.seat), one.since, one.until)


def _now(named: _Named, near: Sequence[ShiftRef]) -> tuple[OnDuty, ...]:
    """Return every seat with a roster, and who is on duty for it; a seat whose roster has not begun is left out."""
    on = on_duty(named.person.root, named.home.id, named.at)
    seats = {one.seat.text: one.seat for one in near if one.since <= named.at}
    found = []
    for text, seat in seats.items():
        names = tuple(one.person.name for one in on if one.seat.text == text)
        ends = [one.until for one in near if one.seat.text == text and one.since <= named.at < one.until]
        found.append(OnDuty(named.label(seat), names, min(ends) if ends else None))
    return tuple(found)


def _week(named: _Named, monday: date, zone: ZoneInfo) -> tuple[Day, ...]:
    starts = [_midnight(monday + timedelta(days=place), zone) for place in range(8)]
    root, home = named.person.root, named.home.id
    rows = [one for one in shifts(root, home, starts[0], starts[7]) if named.open(one.seat)]
    gaps = [one for one in holes(root, home, starts[0], starts[7]) if named.open(one.seat)]
    days = []
    for place in range(7):
        since = starts[place] if place else datetime.min.replace(tzinfo=UTC)
        until = starts[place + 1]
        day = monday + timedelta(days=place)
        days.append(
            Day(
                day,
                day == named.at.astimezone(zone).date(),
                tuple(named.row(one) for one in rows if since <= one.since < until),
                tuple(named.hole(one) for one in gaps if since <= one.since < until),
            )
        )
    return tuple(days)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _swap_row(named: _Named, one: SwapRef) -> SwapRow:
    over = one.shift.until <= named.at or (one.other is not None and one.other.until <= named.at)
    state = "lapsed" if one.state == "asked" and over else one.state
    other = named.row(one.other) if one.other else None
    return SwapRow(one.id, named.row(one.shift), other, one.by.name, one.to.name, one.note, state, state == "asked")


def _reliefs(named: _Named) -> tuple[ReliefRow, ...]:
    """Return the last reliefs of the organisation that the reader may know of, the newest first."""
    rows = Relief.objects.filter(root=named.person.root, organisation=named.home.id, at__gt=named.at - BACK)
    told = rows.select_related("person", "to").order_by("-at", "-pk")
    found = []
    for row in told[: RELIEVED * 4]:
        seat = Seat(named.home.id, row.body, row.post or None, row.place or None)
        if named.open(seat):
            waits = row.to_id == named.person.id and row.signed_at is None
            said = (named.label(seat), row.person.name, row.to.name, row.note, len(row.listed))
            found.append(ReliefRow(row.pk, *said, row.at, row.signed_at, waits))
    return tuple(one for place, one in enumerate(found) if one.to_me or place < RELIEVED)


def kept_seats(person: PersonRef, organisation: str, at: datetime, *, lang: Lang = "zh") -> tuple[Post, ...]:
    """Return the seats of an organisation whose roster this person keeps, by his office or as head of their body."""
    by_office = offices.may(person, "roster") and organisation in {one.organisation.id for one in scope(person)}
    plan = plan_of(person.root, organisation)
    if plan is None:
        return ()
    posts = {name: tuple(body.posts) for name, body in plan.bodies.items()}
    headed = offices.heads(seats_of(person.id, at), "roster", organisation, posts)
    if not by_office and not headed:
        return ()
    found = []
    for body in bodies_page(person.root, organisation, at, lang=lang) or ():
        for post in body.posts:
            place = Seat.parse(post.seat, organisation).place
            mine = any(one.body == body.id and one.place in (None, place) for one in headed)
            if mine or (by_office and post.holders):
                found.append(Post(post.seat, post.label))
    return tuple(found)


def candidates(root: str, organisation: str, seat: str, at: datetime) -> tuple[tuple[PersonRef, bool], ...]:
    """Return who can be put on duty for a seat, and whether he holds it; those who do first."""
    there = Seat.parse(seat, organisation)
    sitting = Sitting(root, organisation)
    known = people(root, sitting.people(there.body, at))
    found = [(one, sitting.holds(one.id, there, at)) for one in known.values()]
    return tuple(sorted(found, key=lambda one: (not one[1], one[0].name, one[0].id)))


def coming(
    person: PersonRef, organisation: str, seat: str, at: datetime, *, lang: Lang = "zh"
) -> tuple[tuple[ShiftRow, ...], tuple[HoleRow, ...]]:
    """Return the shifts of one seat from now on, and its holes of the next `BACK` days: what the keeper looks at."""
    home = organisation_of(person.root, organisation)
    if home is None:
        return (), ()
    named = _Named(person, home, at, lang)
    rows = (one for one in shifts(person.root, organisation, at, at + AHEAD * 3) if one.seat.text == seat)
    body = Seat.parse(seat, organisation).body
    gaps = (one for one in holes(person.root, organisation, at, at + BACK, body=body) if one.seat.text == seat)
    return tuple(named.row(one) for one in rows), tuple(named.hole(one) for one in gaps)
