"""Laws of the engine, on every shipped plan and on tiny ones (design 7): replay, determinism, promise, chain, fuzz.

A night is played by chance: acts drawn from everything an act can say, by anybody, at times that only go forward.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fengsui.core import engine, loader
from fengsui.core.book import Book, Installed
from fengsui.core.case import ACTS, EVENT_OF, Act, Actor, ByWord, Case, Event, Opening, Registration, Seat, seal
from fengsui.core.conditions import sits
from fengsui.core.engine import Next
from fengsui.core.grants import grants_of
from fengsui.core.obligations import owed
from fengsui.core.problems import Refused
from tests.core.stage import BODIES, ORG, READINGS, grants
from tests.core.story import at, book

# Shrinking a whole night takes minutes and says little more than the night itself.
QUICK = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
Night = tuple[str, str, list["Move"]]
Accepted = list[tuple[Case, Act, datetime, tuple[Event, ...]]]
START = at("2024-01-10 09:00")


@cache
def plans() -> dict[str, Book]:
    """The books that are played: every shipped plan with nothing read, one read, one with its regime, two tiny ones."""
    calendar = loader.work_calendar()
    packs = {name: loader.load(folder) for name, folder in loader.shipped().items()}
    shipped = packs["chongqing-finance-regulator"]
    regime = Installed(packs["cac-2025"])
    tiny = grants(
        "act: assess, by: {any: [owner, group]}",
        "act: confirm, when: {assessed: at least II}, chain: [propose: owner, approve: group]",
        "act: confirm, when: {assessed: at most III}, by: owner",
        "act: activate, when: {level: at least II}, chain: [propose: group, approve: leading_group], creates: command",
        "act: activate, id: fast, when: {major: yes}, by: leading_group.member, ratify: {by: group, within: 1h}",
        "act: order, when: {response: at least II}, by: command, needs: [instruction]",
        "act: order, id: light, when: {response: at most III}, by: $starter",
        "act: adjust, chain: [propose: group, opinion: centre, approve: leading_group]",
        "act: end, when: {$ending: joint}, chain: [sign: [owner, centre, vendor]]",
        "act: end, id: alone, when: {$ending: alone}, by: group",
        "act: publish, forbidden: vendor",
        "act: publish, id: say, chain: [propose: group, approve: leading_group, issue: group]",
        "act: investigate, outside: superior, record_by: group",
        "act: report, when: {to: superior}, by: leading_group",
        "act: dismiss, when: {phase: open}, by: owner",
        "act: close, by: owner",
        "act: settle, chain: [propose: centre, approve: group]",
    )
    files = {"bodies": BODIES, "readings": READINGS}
    duties = """incident:
  - {id: D, on: opened, owes: 报告, by: owner, to: group, within: 1h, clause: c}
  - {id: E, on: assessed, when: {current: at least II}, owes: 上报, by: group, to: superior, within: 30min, clause: c}
  - {id: F, on: ended, owes: 总结, by: group, within: 3d, in_principle: yes, done_by: investigated, clause: c}
"""
    bureau = packs["demo-linjiang"]
    return {
        **{name: Book.build(pack, {}, calendar=calendar) for name, pack in packs.items() if pack.head.kind == "plan"},
        "beside": Book.build(bureau, {"daily_hour": "17:00"}, calendar=calendar, regimes=[regime]),
        "read": Book.build(shipped, {"starter_of_I": "group", "plan_approver": "leading_group"}, calendar=calendar),
        "tiny": book(grants=tiny, duties=duties, **files),
        "tiny alone": book({"ending": "alone", "starter": "group"}, grants=tiny, duties=duties, **files),
    }


# ---------------------------------------------------------------------------------------------- a night by chance


@dataclass(frozen=True)
class Move:
    """One try: who, what, and how many seconds later."""

    act: Act
    wait: int


def seats_of(the_book: Book) -> list[Seat]:
    """Return a seat of every body and post, two units of those that are many."""
    found: list[Seat] = []
    for name, body in the_book.pack.bodies.items():
        if body.kind == "derived":
            continue
        for post in (None, *body.posts):
            found += [Seat(home(the_book, name), name, post, place) for place in (("A", "B") if body.many else (None,))]
    lent = Seat(ORG, found[0].body, acting_for=Seat(ORG, found[-1].body).text, document="3号")
    return [*found, Seat("elsewhere", found[0].body), Seat(ORG, "nobody"), lent]


def home(the_book: Book, body: str) -> str:
    """Return the organisation of a body on the case: headquarters' own, or the case's."""
    tiers = the_book.pack.head.tiers
    return "HQ" if tiers and the_book.pack.bodies[body].tier == tiers[0] else ORG


@cache
def acts(name: str, kind: str) -> st.SearchStrategy[Act]:
    """Draw an act that may say anything: right and wrong names, values of all sorts, any seat."""
    the_book = plans()[name]
    pack = the_book.pack
    scales = [v for scale in ("level", "response", "colour") for v in pack.words.domain.scales.get(scale, ())]
    bodies = [*pack.bodies, "office@A", "nobody", ""]
    facts = {name: st.sampled_from(["yes", "no", "none", "serious", "x", "2h"]) for name in [*pack.facts, "nothing"]}
    seats = st.sampled_from(seats_of(the_book))
    person = st.sampled_from(["p1", "p2", "p3"])
    text = st.none() | st.sampled_from(["x", "", "1", "2", "D:1:0", "settle.1#3", "O3:1:0"])
    word = st.builds(
        ByWord, st.sampled_from(["电话", ""]), st.just(START), st.tuples(person, person), st.sampled_from(["", "p9"])
    )
    paper = st.builds(Registration, text.map(str), text.map(str), text.map(str))
    return st.builds(
        Act,
        name=st.sampled_from([*ACTS[kind], *ACTS[kind], "issue", "fly", ""]),  # type: ignore[index]
        actor=st.builds(Actor, person, st.lists(seats, min_size=0, max_size=2).map(tuple)),
        verb=st.none() | st.sampled_from(["propose", "approve", "sign", "concur", "record", "do", "x"]),
        seat=st.none() | st.none() | seats,
        value=st.none() | st.sampled_from([*scales, "joint", "alone", "group", "x"]),
        to=st.lists(st.sampled_from(bodies), max_size=2).map(tuple),
        duty=st.lists(st.sampled_from(["D", "O4", "x"]), max_size=1).map(tuple),
        facts=st.dictionaries(st.sampled_from([*facts]), st.sampled_from(["yes", "no", "serious", "x"]), max_size=2),
        unknown=st.lists(st.sampled_from([*facts]), max_size=1).map(tuple),
        rest_none=st.booleans(),
        matter=st.none() | st.sampled_from([*pack.terms.matters, "x"]),
        step=st.none() | st.sampled_from([*pack.steps, "x.y"]),
        choices=st.lists(st.sampled_from(["x", "filter"]), max_size=1).map(tuple),
        form=st.dictionaries(st.sampled_from(["cause", "colour", "start"]), st.sampled_from(["x", ""]), max_size=2),
        documents=st.lists(st.sampled_from(["instruction", "evidence", "x", ""]), max_size=2).map(tuple),
        reason=text,
        note=text,
        target=text,
        reading=st.none() | st.sampled_from(["ending", "starter", "starter_of_I", "x"]),
        content=st.none() | st.none() | st.just("sha256:x"),
        happened_at=st.none() | st.none() | st.just(START),
        by_word=st.none() | st.none() | word,
        registered=st.none() | st.none() | paper,
        answer=st.none() | st.none() | st.sampled_from(["return", "withdraw", "ratify", "countersign", "x"]),
    )


def opened(the_book: Book, kind: str = "incident") -> Case:
    """Return a case just opened."""
    bodies, tiers = the_book.pack.bodies, the_book.pack.head.tiers
    kind_of = next(
        (body.is_ or name for name, body in bodies.items() if body.from_ == "asset.owner"), next(iter(bodies))
    )
    owner = f"{kind_of}@A" if bodies[kind_of].many else kind_of
    line = {"hq": "HQ", tiers[-1]: ORG} if tiers else {}
    born = Opening("case", kind, ORG, "HQ" if tiers else ORG, owner=owner, tier=tiers[-1] if tiers else None, line=line)  # type: ignore[arg-type]
    act = Act("open", Actor("p0", (Seat.parse(owner, ORG),)), opening=born)
    return engine.replay(engine.decide(the_book, None, act, START))


@st.composite
def nights(draw: st.DrawFn) -> Night:
    """Draw a plan, a kind of case, and what people try in the night; every second try is one that what_next offers."""
    name = draw(st.sampled_from(sorted(plans())))
    kind = draw(st.sampled_from(["incident", "incident", "incident", "warning", "standing", "key_period"]))
    moves = draw(st.lists(st.builds(Move, acts(name, kind), st.integers(0, 4000)), min_size=3, max_size=10))
    return name, kind, moves


def invited(the_book: Book, case: Case, when: datetime, hint: Act) -> Act | None:
    """Return an act that what_next says somebody may do now, chosen by the hint."""
    lines = [line for line in engine.what_next(the_book, case, when) if promises(line)]
    if not lines:
        return None
    line = lines[len(hint.actor.person + str(hint.value) + str(hint.name)) % len(lines)]
    return able(the_book, line, hint.actor.person + "x")


def promises(line: Next) -> bool:
    """Whether a line says that its holder may do it now."""
    able_to = line.state == "may" and any(p.body for p in line.who)
    return able_to and line.target is None and not any("fact " in name for name in line.open)


def able(the_book: Book, line: Next, person: str) -> Act:
    """Return the act of a line by one of its holders with all that the line says is lacking."""
    party = next(p for p in line.who if p.body)
    many = the_book.pack.bodies[party.body].many
    place = party.place or (("B" if party.excluding == "A" else "A") if many else None)
    fields = the_book.pack.forms[line.form].fields if line.form else {}
    value = line.value or next(iter(line.values), None)
    rule = the_book.pack.steps.get(line.step or "")
    return Act(
        "step" if line.step else line.act,
        Actor(person, (Seat(home(the_book, party.body), party.body, party.post, place),)),
        verb=None if line.step else line.verb,
        value=None if line.chain else value,
        to=(line.to,) if line.to else (),
        form=dict.fromkeys(fields, "unknown"),
        documents=tuple(n for n in line.missing if n not in ("reason", "value", "reading")),
        step=line.step,
        choices=tuple(rule.choose.of) if rule and rule.choose else (),
        reason="见记录",
        note="见记录",
        reading="starter" if line.act in ("set", "settle") and not line.chain else None,
    )


def play(name: str, kind: str, moves: list[Move]) -> tuple[Case, Accepted]:
    """Play a night; return the case and, for each accepted act, the case before it and what it left."""
    the_book = plans()[name]
    case, when = opened(the_book, kind), START
    accepted: Accepted = []
    for n, move in enumerate(moves):
        when += timedelta(seconds=move.wait)
        act = move.act if n % 2 else invited(the_book, case, when, move.act) or move.act
        try:
            events = engine.decide(the_book, case, act, when)
        except Refused:
            continue
        accepted.append((case, act, when, events))
        for event in events:
            case = engine.evolve(case, event)
    return case, accepted


# ---------------------------------------------------------------------------------------------- laws


@QUICK
@given(nights())
def test_nothing_but_refused_is_ever_raised_and_every_refusal_speaks_both_languages(
    night: Night,
) -> None:
    the_book, kind, moves = plans()[night[0]], night[1], night[2]
    case, when = opened(the_book, kind), START
    for move in moves:
        when += timedelta(seconds=move.wait)
        try:
            for event in engine.decide(the_book, case, move.act, when):
                case = engine.evolve(case, event)
        except Refused as refused:
            for lang in ("zh", "en"):
                said = refused.problem.message(lang) + refused.problem.hint(lang)  # type: ignore[arg-type]
                assert said and "{" not in said, said


@QUICK
@given(nights())
def test_replay_equals_stepwise_and_the_same_acts_and_times_give_the_same_events(
    night: Night,
) -> None:
    case, accepted = play(*night)
    again, _ = play(*night)
    assert engine.replay(case.events) == case
    assert again.events == case.events
    folded = opened(plans()[night[0]], night[1])
    for before, *_ in accepted:
        assert engine.replay(before.events) == before
    assert folded.events[0] == case.events[0]


@QUICK
@given(nights())
def test_nobody_acts_without_a_grant_that_names_his_seat(night: Night) -> None:
    """Every event that the plan must give to somebody names a live grant, and the seat is one of that grant's."""
    the_book = plans()[night[0]]
    _, accepted = play(*night)
    for before, act, _, events in accepted:
        for event in events:
            if "grant" not in event.content or event.person == "system" or act.registered or act.answer:
                continue
            name = str(event.content["grant"])
            (grant,) = [g for g in grants_of(before, act_of(event, act), the_book.pack) if g.id == name]
            lines = engine.what_next(the_book, before, event.recorded_at, only=(act_of(event, act),))
            parties = [party for line in lines for party in line.who if line.grant == grant.id]
            parties += [party for line in lines for link in line.links if line.grant == grant.id for party in link.who]
            seats = [Seat.parse(text, home(the_book, text.partition("@")[0].partition(".")[0])) for text in event.seats]
            assert all(any(sits(s, p, the_book.pack) for p in parties) for s in seats) or event.type == "stated"


def act_of(event: Event, act: Act) -> str:
    """Return the act that an event belongs to."""
    said = event.content.get("act")
    return str(said) if said else next((a for a, e in EVENT_OF.items() if e == event.type), act.name)


@QUICK
@given(nights())
def test_what_next_promises_nothing_that_decide_refuses(night: Night) -> None:
    the_book = plans()[night[0]]
    case, _ = play(*night)
    when = case.events[-1].recorded_at + timedelta(minutes=1)
    for line in engine.what_next(the_book, case, when):
        if promises(line) and line.act not in ("set", "settle"):
            act = able(the_book, line, "somebody new")
            try:
                assert engine.decide(the_book, case, act, when)
            except Refused as refused:
                pytest.fail(f"{line.act} {line.verb} {line.step} {act} {refused}")


@QUICK
@given(nights())
def test_decide_accepts_nothing_that_what_next_does_not_show(night: Night) -> None:
    the_book = plans()[night[0]]
    for before, act, when, events in play(*night)[1]:
        said = [event for event in events if event.type not in ("stated", "voided", "published")]
        stated = [event for event in events if event.type == "stated"]
        case = before
        for event in stated:
            case = engine.evolve(case, event)
        if act.answer or not said:
            continue
        lines = engine.what_next(the_book, case, when)
        if act.name == "step":
            assert [x for x in lines if x.step == act.step and x.state in ("may", "outside")] or act.reason, act
            continue
        mine = [x for x in lines if x.act == act.name and (x.free or x.state in ("may", "outside"))]
        granted = [x for x in mine if x.grant == said[-1].content.get("grant")]
        assert granted if "grant" in said[-1].content else any(x.free for x in mine), act


@QUICK
@given(nights(), st.integers(0, 3 * 86400))
def test_a_due_time_does_not_depend_on_the_moment_of_asking(night: Night, later: int) -> None:
    case, _ = play(*night)
    now = case.events[-1].recorded_at
    first = {o.key: o.due for o in owed(plans()[night[0]], case, now)}
    second = {o.key: o.due for o in owed(plans()[night[0]], case, now + timedelta(seconds=later))}
    assert {key: second.get(key) for key in first} == first


@QUICK
@given(nights(), st.integers(60, 3 * 86400))
def test_waiting_leaves_a_log_that_holds_and_is_told_once(night: Night, later: int) -> None:
    case, _ = play(*night)
    then = case.events[-1].recorded_at + timedelta(seconds=later)
    events = engine.tick(plans()[night[0]], case, then)
    after = engine.replay((*case.events, *events))
    assert engine.tick(plans()[night[0]], after, then) == ()


@QUICK
@given(nights(), st.data())
def test_the_chain_detects_any_changed_byte(night: Night, data: st.DataObject) -> None:
    case, _ = play(*night)
    n = data.draw(st.integers(0, len(case.events) - 1))
    event = case.events[n]
    field = data.draw(st.sampled_from(["person", "pin", "type", "content", "at", "seats", "digest", "pack"]))
    other = {
        "content": {**event.content, "x": "y"},
        "at": event.at + timedelta(seconds=1),
        "seats": (*event.seats, "z"),
    }.get(field, f"{getattr(event, field)}.")
    events = (*case.events[:n], replace(event, **{field: other}), *case.events[n + 1 :])
    with pytest.raises(Refused) as caught:
        engine.replay(events)
    assert caught.value.problem.code == "bad_log"


@QUICK
@given(nights())
def test_an_event_left_out_or_put_elsewhere_is_noticed(night: Night) -> None:
    case, _ = play(*night)
    for broken in (case.events[1:], (*case.events[:-1], case.events[-1], case.events[-1]), ()):
        with pytest.raises(Refused):
            engine.replay(broken)
    resealed = seal(replace(case.events[-1], case="another"), case.events[-1].previous)
    with pytest.raises(Refused):
        engine.replay((*case.events[:-1], resealed) if len(case.events) > 1 else ())
