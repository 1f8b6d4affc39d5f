"""What is measured: facts, nights and long cases drawn by chance from a shipped pack, always the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from fengsui.core import engine, loader
from fengsui.core.book import Book
from fengsui.core.case import Act, Actor, Case, FactText, Opening, Seat
from fengsui.core.pack import FactRule, Pack
from fengsui.core.problems import Refused

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUSE = "house"


@cache
def book(name: str) -> Book:
    """Return a shipped pack as a book, with the first option of each switch decided."""
    pack = loader.load(loader.shipped()[name])
    readings = {switch: next(iter(rule.options)) for switch, rule in pack.readings.switches.items()}
    return Book.build(pack, readings, calendar=loader.work_calendar())


def facts(name: str, many: int, *, known: bool = True) -> list[dict[str, FactText]]:
    """Return facts drawn by chance: every stated fact of the pack, or about half of them."""
    chance, pack = Random(2026), book(name).pack
    stated = {fact: rule for fact, rule in pack.facts.items() if not (rule.means or rule.derive)}
    return [
        {fact: _value(rule, pack, chance) for fact, rule in stated.items() if known or chance.random() < 0.5}
        for _ in range(many)
    ]


def _value(rule: FactRule, pack: Pack, chance: Random) -> FactText:
    kind, members = rule.type.kind, pack.words.domain.members(rule.type) if rule.type.name else ()
    if members:
        return (chance.choice(members),) if rule.type.many else chance.choice(members)
    drawn = {
        "yes_no": lambda: chance.choice(("yes", "no")),
        "duration": lambda: f"{chance.choice((0, 10, 29, 45, 119, 150, 600)) + chance.randrange(30)}min",
        "count": lambda: str(chance.choice((0, 5_000, 99_000, 150_000, 2_000_000)) + chance.randrange(1_000)),
        "money": lambda: f"{chance.choice((0, 9, 20, 200, 2000)) * 1_000_000 + chance.randrange(1_000)} CNY",
        "instant": lambda: f"2026-01-0{chance.randrange(1, 5)} {chance.randrange(10, 24)}:00",
        "date": lambda: "2026-01-01",
        "body": lambda: next(iter(pack.bodies)),
    }
    return drawn.get(kind, lambda: str(chance.randrange(1, 6)))()


# ---------------------------------------------------------------------------------------------- cases


@dataclass(frozen=True)
class Night:
    """A case just opened, and acts that people try on it one after the other."""

    book: Book
    case: Case
    acts: tuple[Act, ...]

    def play(self) -> tuple[Case, int]:
        """Decide every act and fold what it leaves; return the case and how many acts were accepted."""
        case, at, accepted = self.case, NOW, 0
        for act in self.acts:
            at += timedelta(minutes=3)
            try:
                events = engine.decide(self.book, case, act, at)
            except Refused:
                continue
            accepted += 1
            for event in events:
                case = engine.evolve(case, event)
        return case, accepted


def nights(name: str, many: int, length: int) -> list[Night]:
    """Return nights of random acts by random people: facts, reports, records, and acts that need a grant."""
    chance, of = Random(7), book(name)
    return [Night(of, opened(of), tuple(_acts(of, chance, length))) for _ in range(many)]


def opened(of: Book) -> Case:
    """Return an incident just opened by a unit of the house."""
    seat = next((s for s in seats(of.pack) if s.place), next(iter(seats(of.pack))))
    tiers = of.pack.head.tiers
    born = Opening("case", "incident", HOUSE, HOUSE, owner=seat.text, tier=tiers[-1] if tiers else None)
    return engine.replay(engine.decide(of, None, Act("open", Actor("p", (seat,)), opening=born), NOW))


def seats(pack: Pack) -> Iterator[Seat]:
    """Yield a seat of every body and post."""
    for name, body in pack.bodies.items():
        if body.kind != "derived":
            for post in (None, *body.posts):
                yield Seat(HOUSE, name, post, "A" if body.many else None)


def _acts(of: Book, chance: Random, length: int) -> Iterator[Act]:
    pack, everybody = of.pack, list(seats(of.pack))
    stated = [(n, r) for n, r in pack.facts.items() if not (r.means or r.derive or n.startswith("asset."))]
    granted = ("assess", "confirm", "activate", "order", "adjust", "end", "publish", "dismiss")
    for _ in range(length):
        seat = chance.choice(everybody)
        who, sort = Actor(f"p:{seat.text}", (seat,)), chance.random()
        if sort < 0.35:
            fact, rule = chance.choice(stated)
            yield Act("state", who, facts={fact: _value(rule, pack, chance)}, reason="said")
        elif sort < 0.5:
            yield Act("record", who, matter=chance.choice([None, *pack.terms.matters]), note="noted")
        elif sort < 0.65:
            yield Act("report", who, to=(chance.choice(everybody).text,), note="reported")
        else:
            level = chance.choice(pack.level_order) if pack.level_order else None
            yield Act(chance.choice(granted), who, value=level, reason="seen")


def long_case(name: str, events: int) -> Case:
    """Return a case of so many events: a graded and activated incident with its facts, reports and records."""
    of, chance = book(name), Random(11)
    case, at = opened(of), NOW
    for name_ in ("assess", "confirm", "activate"):
        case = _granted(of, case, name_, at)
    while case.seq < events:
        at += timedelta(minutes=7)
        night = Night(of, case, tuple(act for act in _acts(of, chance, 6) if act.name in ("state", "record", "report")))
        for act in night.acts:
            try:
                more = engine.decide(of, case, act, at)
            except Refused:
                continue
            for event in more:
                case = engine.evolve(case, event)
    return case


def _granted(of: Book, case: Case, act: str, at: datetime) -> Case:
    """Return the case after an act that the plan lets somebody do now, if it does."""
    for line in engine.what_next(of, case, at, only=(act,)):
        for party in line.who if line.state == "may" else ():
            place = party.place or ("A" if party.body and of.pack.bodies[party.body].many else None)
            seat = Seat(HOUSE, party.body, party.post, place)
            value = line.value or (line.values[-1] if line.values else None)
            asked = Act(act, Actor(f"p:{seat.text}", (seat,)), verb=line.verb, value=value, reason="seen")
            try:
                events = engine.decide(of, case, asked, at)
            except Refused:
                continue
            for event in events:
                case = engine.evolve(case, event)
            return case
    return case
