"""Whole lives through the service: the packs' own scenarios, played by people through the one door.

The runner of `fengsui test` builds each act and compares; here its acts are submitted by persons of a directory
instead of being folded in memory. What the plan promises on paper, the service does in rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from django.forms.models import model_to_dict

from fengsui.cases import models, service
from fengsui.cases import selectors as cases
from fengsui.cases.selectors import log
from fengsui.core import loader, simulate
from fengsui.core.case import Act, Event, Seat
from fengsui.core.loader import Scenario
from fengsui.core.simulate import given
from fengsui.core.simulate.world import World as Played
from fengsui.directory import service as directory
from fengsui.library import selectors as library_of
from fengsui.library import service as library

PACKS = (
    "chongqing-finance-regulator",
    "demo-linjiang",
    "cn-tax-system",
    "dongxihu-land",
    "xinjiang-finance-websites",
    "bishan-medical-insurance",
)
BY = "setup"
FOUNDED = timedelta(days=400)


def lives() -> Iterable[object]:
    """Yield the scenarios that tell a whole life, by pack."""
    for pack in PACKS:
        for scenario in loader.load_scenarios(loader.shipped()[pack] / "scenarios" / "lives.yaml"):
            yield pytest.param(pack, scenario, id=f"{pack}: {scenario.name}")


@dataclass
class Bureau:
    """An organisation under a plan; whoever a scenario needs is hired and seated on the spot.

    `organisation` is the case's own, `line` those from the top down to it.
    """

    root: str
    at: datetime
    organisation: str = ""
    line: tuple[str, ...] = ()
    people: dict[str, str] = field(default_factory=dict)
    seats: set[tuple[str, str]] = field(default_factory=set)

    def person(self, name: str, seats: Iterable[Seat]) -> str:
        """Return the person of a name, holding these seats."""
        if name not in self.people:
            home = next((self.home(seat) for seat in seats), self.organisation)
            self.people[name] = directory.create_person(home, name[:60], actor=BY, at=self.at)
        for seat in seats:
            self._seat(name, seat)
        return self.people[name]

    def home(self, seat: Seat) -> str:
        """Return the organisation that a seat of the scenario is in; before the case is opened, the case's own."""
        return seat.organisation if seat.organisation in self.line else self.organisation

    def _seat(self, name: str, seat: Seat) -> None:
        if (name, seat.text) in self.seats:
            return
        self.seats.add((name, seat.text))
        if seat.acting_for:
            ends = seat.until or self.at + FOUNDED
            directory.delegate(
                self.root,
                seat.text,
                person=self.people[name],
                acts=seat.acts,
                document=seat.document or "口头授权",
                until=ends,
                actor=BY,
                at=self.at,
            )
            return
        if seat.place and ("unit", f"{seat.body}@{seat.place}") not in self.seats:
            self.seats.add(("unit", f"{seat.body}@{seat.place}"))
            directory.create_unit(self.root, self.home(seat), seat.body, seat.place, seat.text, actor=BY, at=self.at)
        held = {"post": seat.post or "", "place": seat.place or "", "organisation": self.home(seat)}
        directory.appoint(self.people[name], seat.body, actor=BY, at=self.at, **held)


@dataclass
class Through(Played):
    """The world of a scenario whose acts go through the service."""

    bureau: Bureau | None = None
    id: str = ""

    def do(self, act: Act, at: datetime, recorded_at: datetime | None = None) -> tuple[Event, ...]:
        """Submit the act as the person of its seat."""
        assert self.bureau is not None
        person = self.bureau.person(act.actor.person, act.actor.seats)
        before = self.case.seq if self.case else 0
        if act.name == "open":
            self._open(act, person, at)
        else:
            service.submit(self.id, self._at_home(act), actor=person, at=recorded_at or at, seen=before)
        self.case = log.fold(self.bureau.root, self.id)
        return self.case.events[before:]

    def _open(self, act: Act, person: str, at: datetime) -> None:
        assert self.bureau is not None and act.opening is not None
        new = act.opening
        if new.owner and "@" in new.owner:
            self.bureau.person("somebody of the owner", [Seat.parse(new.owner, self.bureau.organisation)])
        asset = None
        if new.asset:
            values = {f"asset.{name.removeprefix('asset.')}": value for name, value in new.asset.items()}
            asset = directory.create_asset(self.bureau.organisation, "系统", new.owner or "", values, actor=BY, at=at)
        done = service.open_case(
            person,
            self.bureau.organisation,
            kind=new.kind,
            mode=new.mode,
            title=new.title,
            owner=new.owner,
            asset=asset,
            facts=act.facts,
            at=at,
        )
        self.id = done.case

    def _at_home(self, act: Act) -> Act:
        """Name the organisation and the persons as this directory does."""
        assert self.bureau is not None
        seat = replace(act.seat, organisation=self.bureau.home(act.seat)) if act.seat else None
        word = act.by_word
        if word:
            first, second = (self.bureau.person(name, ()) for name in word.registrars)
            word = replace(word, registrars=(first, second))
        return replace(act, seat=seat, by_word=word)


def founded(pack: str, scenario: Scenario, at: datetime) -> Bureau:
    """Make the organisation with the plan and the readings of the scenario, and what stands above it."""
    found = loader.load(loader.shipped()[pack])
    tier = str(scenario.given.get("tier", ""))
    above = found.head.tiers[: found.head.tiers.index(tier)] if tier else ()
    line = [directory.create_organisation("某局", "LIFE", actor=BY, at=at, tier=next(iter((*above, tier))))]
    for n, name in enumerate((*above[1:], tier) if above else ()):
        below = directory.create_organisation("某局", f"LIFE{n}", actor=BY, at=at, tier=name, parent=line[-1])
        line.append(below)
    root = line[0]
    digest = library.install(root, library.shipped(pack), actor=BY, at=at)
    library.adopt(root, root, digest, actor=BY, at=at)
    book = given.book_of(found, scenario.given, loader.work_calendar())
    for name, value in book.main.readings.items():
        library.set_reading(root, root, name, value, "情景给定", actor=BY, at=at)
    return Bureau(root, at, organisation=line[-1], line=tuple(line))


@pytest.mark.django_db
@pytest.mark.parametrize(("pack", "scenario"), list(lives()))
def test_a_life_of_the_plan_goes_through_the_service_as_the_plan_says(
    pack: str, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = given._opened(loader.load(loader.shipped()[pack]), scenario)
    bureau = founded(pack, scenario, opened - FOUNDED)
    book = library_of.book_for(bureau.root, bureau.organisation)

    def through(*told: object) -> Through:
        world = Through(*told)  # type: ignore[arg-type]
        world.bureau = bureau
        return world

    monkeypatch.setattr(given, "World", through)
    world = given.world_of(book, scenario)
    run = simulate.play(world, scenario)
    assert not run.failures, [failure.problem.message("en") for failure in run.failures]
    _rows_agree_with_the_log(bureau, world)


def _rows_agree_with_the_log(bureau: Bureau, world: Played) -> None:
    assert isinstance(world, Through)
    row = models.Case.objects.get(pk=world.id)
    assert (row.seq, row.head, row.phase) == (world.now.seq, world.now.head, world.now.phase)
    before = _owed(row)
    service.rebuild(bureau.root, world.id)
    assert _owed(row) == before
    somebody = next(iter(bureau.people.values()))
    ref = cases.case_for(somebody, row.number, world.at)
    if ref is not None:
        assert cases.verify(ref, world.at).whole
        assert cases.case_page(somebody, ref, world.at).check.length == row.seq


def _owed(row: models.Case) -> list[dict[str, object]]:
    kept = models.Obligation.objects.filter(case=row).order_by("key")
    return [{k: v for k, v in model_to_dict(one).items() if k not in ("rung_at", "next_rung")} for one in kept]
