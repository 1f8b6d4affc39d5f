"""What is given: a case opened, its facts, and a state reached by the shortest log of acts the pack's grants allow.

Rules
- A state (`response: III`) is short for that log; a state that no such log reaches is an error (`unreachable`).
- The search goes breadth first over what the plan itself grants, with one person per seat and all evidence at hand;
  values are those the state asks for. Everything given happens at `opened`, which is the first moment of the scenario
  unless it says otherwise; `log:` entries happen at their own time.
- `log:` names events (`adopted`, a matter, `year`) or acts; an event of an act is brought about by whoever may.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from fengsui.core import engine
from fengsui.core.book import Book, Installed
from fengsui.core.case import EVENT_OF, Act, Case, Opening, Party, Registration
from fengsui.core.engine import Next
from fengsui.core.grants import counterpart
from fengsui.core.loader import Read, load_shipped
from fengsui.core.loader.scenarios import Scenario
from fengsui.core.overlay import apply_read
from fengsui.core.pack import Pack, Switch
from fengsui.core.playbooks import steps as steps_of
from fengsui.core.problems import PackError, Problem, Refused, Where
from fengsui.core.simulate.world import NOWHERE, ORGANISATION, PAPER, World, facts_of, systems, texts, wrong, yes
from fengsui.core.timing import WorkCalendar, parse_instant, show_instant

CASE_ID = "case"
MOST = 4000
ACT_OF = {event: act for act, event in EVENT_OF.items()}
KINDS = ("incident", "warning", "standing", "key_period")


# ---------------------------------------------------------------------------------------------- the book


def book_of(pack: Pack, given: Mapping[str, object], calendar: WorkCalendar, where: Where = NOWHERE) -> Book:
    """Return the pack with the readings that are given, beside it the regimes; of a regime, its plan with it beside.

    A regime without `plan` is played by itself. Raises PackError.
    """
    raw = cast("Mapping[str, object]", given.get("readings") or {})
    try:
        plan = load_shipped(str(given["plan"])) if "plan" in given else pack
        regimes = [*([] if plan is pack else [pack]), *map(load_shipped, texts(given.get("regimes")))]
        beside = [Installed(one, _readings(one, raw, f"{one.id}:")) for one in regimes]
        own = apply_read(plan, Read("overlay", given["overlay"])) if "overlay" in given else None
        theirs = {k: v for k, v in raw.items() if not any(str(k).startswith(f"{one.id}:") for one in regimes)}
        readings = _readings(plan, theirs)
        return Book.build(plan, readings, calendar=calendar, overlay=own, regimes=beside)
    except PackError as error:
        raise PackError([replace(p, where=where) for p in error.problems]) from error


def _readings(pack: Pack, raw: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Return the readings of one pack, which for a regime are written with its id."""
    own = {str(k).removeprefix(prefix): str(v) for k, v in raw.items() if str(k).startswith(prefix)}
    return dict(_reading(pack, name, value) for name, value in own.items())


def _reading(pack: Pack, name: str, value: str) -> tuple[str, str]:
    found = pack.resolve_name("reading", name) or name
    switch = pack.readings.switches.get(found)
    if isinstance(switch, Switch):
        return found, {option.zh: key for key, option in switch.options.items()}.get(value, value)
    return found, pack.resolve_name("body", value) or value


# ---------------------------------------------------------------------------------------------- the case


def world_of(book: Book, scenario: Scenario, start: Case | None = None) -> World:
    """Return the case as the scenario gives it; `start` is that case where it is already built. Raises PackError."""
    given = scenario.given
    kind = str(given.get("case", "incident"))
    if kind not in KINDS:
        raise wrong(f"没有这种案“{kind}”", f"there is no case of kind '{kind}'", scenario.where)
    at = _opened(book.main.pack, scenario)
    site = str(given["site"]) if "site" in given else None
    world = World(book, kind, at, _owner(book.main.pack, given), start, site, _others(book, scenario, at))
    if start is not None:
        world.at, world.owner = start.events[-1].at, start.owner
        return world
    _open(world, given, scenario.where)
    _facts(world, given, scenario.where)
    for entry in cast("list[Mapping[str, object]]", given.get("log") or []):
        _log(world, given, entry, scenario.where)
    _reach(world, given, scenario.where)
    _done(world, given, scenario.where)
    world.recognise()
    return world


def _others(book: Book, scenario: Scenario, at: datetime) -> tuple[Case, ...]:
    """Return the other cases of the same root, each as it is given; their sites tell their organisations apart."""
    found = []
    for n, raw in enumerate(cast("list[Mapping[str, object]]", scenario.given.get("cases") or []), start=1):
        given = {"opened": scenario.given.get("opened", show_instant(at, book.main.pack.zone)), **raw}
        other = world_of(book, Scenario(f"{scenario.name} {n}", given, (), scenario.where)).now
        site = str(raw.get("site", f"site {n}"))
        home = ORGANISATION if site == str(scenario.given.get("site")) else site
        line = {**other.line, other.tier: home} if other.tier and other.line else other.line
        found.append(other.but(id=f"{CASE_ID} {n}", organisation=home, line=line))
    return tuple(found)


def _opened(pack: Pack, scenario: Scenario) -> datetime:
    log = cast("list[Mapping[str, object]]", scenario.given.get("log") or [])
    first = [step.data["at"] for step in scenario.steps if "at" in step.data][:1]
    raw = [scenario.given["opened"]] if "opened" in scenario.given else [entry["at"] for entry in log if "at" in entry]
    try:
        moments = [parse_instant(str(text), pack.zone) for text in (raw or first)]
    except ValueError as error:
        raise wrong(f"不是时刻：{error}", f"not an instant: {error}", scenario.where) from error
    return min(moments, default=parse_instant("2024-01-01 00:00", pack.zone))


def _owner(pack: Pack, given: Mapping[str, object]) -> str | None:
    """Return the unit that owns the case: the one given, else unit A of the body that the plan calls owner."""
    if "owner" in given:
        head, _, place = str(given["owner"]).partition("@")
        body = pack.resolve_name("body", head) or head
        return f"{body}@{place}" if place else body
    for spec in pack.bodies.values():
        if spec.kind == "derived" and spec.from_ == "asset.owner" and spec.is_:
            return f"{spec.is_}@A" if pack.bodies[spec.is_].many else spec.is_
    return None


def _open(world: World, given: Mapping[str, object], where: Where) -> None:
    seat = world.seat(world.owner or world.anybody(), where)
    kind = cast("object", world.kind)
    assets = systems(given.get("assets"))
    named = "owner" in given or not any("owner" in row for row in assets)
    opening = Opening(
        case=CASE_ID,
        kind=kind,  # type: ignore[arg-type]
        organisation=ORGANISATION,
        root=ORGANISATION,
        title=str(given.get("title", "")),
        mode=str(given.get("mode", "live")),  # type: ignore[arg-type]
        owner=world.owner if named else None,
        tier=str(given["tier"]) if "tier" in given else None,
        line=_line(world.pack, given),
        asset={str(k): str(v) for k, v in cast("Mapping[str, object]", given.get("asset") or {}).items()},
        assets=assets,
        link=str(given["link"]) if "link" in given else None,
    )
    _try(world, Act("open", world.actor(seat), opening=opening), where)
    world.owner = world.now.owner


def _line(pack: Pack, given: Mapping[str, object]) -> dict[str, str]:
    """Return the organisations above that of the case, one for each tier of the plan; in a scenario all are there."""
    tiers, tier = pack.head.tiers, str(given.get("tier"))
    if tier not in tiers:
        return {}
    return {name: ORGANISATION if name == tier else f"the {name}" for name in tiers[: tiers.index(tier) + 1]}


def _try(world: World, act: Act, where: Where) -> None:
    try:
        world.do(act, world.at)
    except Refused as refused:
        zh, en = refused.problem.message("zh"), refused.problem.message("en")
        raise wrong(f"given 不成立：{zh}", f"given does not hold: {en}", where) from refused


def _facts(world: World, given: Mapping[str, object], where: Where) -> None:
    facts, unknown = facts_of(given.get("facts")), texts(given.get("unknown"))
    rest = given.get("rest") == "none"
    seat = world.seat(world.owner or world.anybody(), where)
    if facts or unknown or rest:
        act = Act("state", world.actor(seat), facts=facts, unknown=unknown, rest_none=rest, reason="given")
        _try(world, act, where)
    if given.get("docs"):
        _try(world, Act("record", world.actor(seat), documents=texts(given["docs"])), where)


def _log(world: World, given: Mapping[str, object], entry: Mapping[str, object], where: Where) -> None:
    """Bring about one entry of the log at its time."""
    at = world.instant(entry["at"], where) if "at" in entry else world.at
    name = str(entry.get("event") or entry.get("act") or "")
    act = ACT_OF.get(name) or (name if name in EVENT_OF else None)
    matter = world.pack.resolve_name("matter", name)
    if "do" in entry:
        world.at = at
        _try(world, world.act(entry, where), where)
        return
    if act is None or matter:
        try:
            world.fold(engine.happen(world.book, world.now, name, at))
        except Refused as refused:
            problem = refused.problem
            raise wrong(problem.message("zh"), problem.message("en"), where) from refused
        world.at = at
        return
    before = len([e for e in world.now.events if e.type == EVENT_OF[act]])
    wanted = Goal(
        f"{name}",
        (*_acts_to(act, world.kind), act),
        _values(world, given),
        lambda case: len([e for e in case.events if e.type == EVENT_OF[act]]) > before,
    )
    world.case = _search(world, wanted, where, last=(act, at))
    world.at = at


def _acts_to(act: str, kind: str) -> tuple[str, ...]:
    """Return the acts that may have to come before an act."""
    order = {
        "incident": ("assess", "confirm", "activate", "end"),
        "warning": ("issue", "lift"),
        "key_period": ("declare", "end"),
    }
    acts = order.get(kind, ())
    return acts[: acts.index(act)] if act in acts else ()


# ---------------------------------------------------------------------------------------------- reaching a state


@dataclass(frozen=True)
class Goal:
    """What is to be reached: which acts may be used, with which values, and when it is reached."""

    text: str
    acts: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    holds: Callable[[Case], bool]


def _values(world: World, given: Mapping[str, object]) -> Mapping[str, tuple[str, ...]]:
    """Return the values that the acts on the way may bring."""
    pack = world.pack
    response = _id(pack, "response", given.get("response"))
    level = _id(pack, "level", given.get("level")) or counterpart(response, "response", "level", pack)
    assessed = _id(pack, "level", given.get("assessed"))
    colour = _id(pack, "colour", given.get("colour"))
    levels = tuple(v for v in dict.fromkeys((level, assessed)) if v) or pack.level_order[:1]
    return {
        "assess": tuple(v for v in dict.fromkeys((level or assessed, assessed)) if v) or levels,
        "confirm": levels,
        "activate": (response,) if response else (),
        "issue": (colour,) if colour else (),
    }


def _id(pack: Pack, scale: str, raw: object) -> str | None:
    if raw is None:
        return None
    members = pack.words.domain.scales.get(scale, ())
    return str(raw) if str(raw) in members else pack.resolve_name(scale, str(raw)) or str(raw)


def _reach(world: World, given: Mapping[str, object], where: Where) -> None:
    goal = _goal(world, given)
    if goal is not None and not goal.holds(world.now):
        world.case = _search(world, goal, where)


def _goal(world: World, given: Mapping[str, object]) -> Goal | None:
    """Return the state asked for as a goal, or None if nothing is asked."""
    pack = world.pack
    tests: list[tuple[str, str, Callable[[Case], bool]]] = []

    def wants(key: str, act: str, test: Callable[[Case, str], bool]) -> None:
        value = _id(pack, "level" if key == "assessed" else key, given.get(key))
        if value is not None and key in given:
            tests.append((f"{key}: {value}", act, lambda case, v=value: test(case, v)))  # type: ignore[misc]

    over = yes(given.get("ended")) or given.get("phase") in ("ended", "closed")
    wants("assessed", "assess", lambda case, v: any(a.level == v for a in case.assessments))
    wants("level", "confirm", lambda case, v: case.level == v)
    wants("response", "activate", lambda case, v: case.response == v and (over or case.response_active))
    if yes(given.get("issued")) or "issued_by" in given or "colour" in given:
        wants("colour", "issue", lambda case, v: case.colour == v and (over or case.issued_active))
    phase = str(given.get("phase", "ended" if over else ""))
    if phase in ("active", "ended", "closed"):
        tests.append((f"phase: {phase}", _act_for(world.kind, phase), lambda case: case.phase == phase))
    if not tests:
        return None
    acts = tuple(dict.fromkeys(a for _, act, __ in tests for a in (*_acts_to(act, world.kind), act)))
    acts = (*acts, "end", "close") if phase == "closed" else acts
    text = "、".join(text for text, _, __ in tests)
    return Goal(text, acts, _values(world, given), lambda case: all(test(case) for _, __, test in tests))


def _act_for(kind: str, phase: str) -> str:
    begins = {"incident": "activate", "warning": "issue", "key_period": "declare", "standing": "adopt"}
    ends = {"incident": "end", "warning": "lift", "key_period": "end", "standing": "adopt"}
    return begins[kind] if phase == "active" else ends[kind]


def _search(world: World, goal: Goal, where: Where, last: tuple[str, datetime] | None = None) -> Case:
    """Return the case at the goal, by the fewest acts. Raises PackError (`unreachable`)."""
    start = world.now
    queue, seen = deque([start]), {_mark(start)}
    while queue and len(seen) < MOST:
        case = queue.popleft()
        for after in _after(world, case, goal, last):
            if goal.holds(after):
                return after
            mark = _mark(after)
            if mark not in seen:
                seen.add(mark)
                queue.append(after)
    raise PackError([Problem("unreachable", {"state": goal.text}, where)])


def _mark(case: Case) -> object:
    chains = tuple((c.act, c.grant, c.value, len(c.filled)) for c in case.chains.values() if c.state == "open")
    said = (frozenset((a.level, a.by) for a in case.assessments), case.assessments[-1:] and case.assessments[-1].by)
    state = (case.level, case.response, case.response_active, case.colour, case.issued_active, case.phase)
    return (said, state, case.declared_active, case.adopted, chains)


def _after(world: World, case: Case, goal: Goal, last: tuple[str, datetime] | None) -> Iterator[Case]:
    """Yield the cases one granted link further."""
    for line in engine.what_next(world.book, case, world.at, only=goal.acts):
        if line.grant is None or line.state not in ("may", "outside") or line.step:
            continue
        for value in _tries(line, goal):
            for party in line.who:
                if _said_already(case, line.act, value, party):
                    continue
                moved = _move(world, case, line, value, replace(party, raw=""), last)
                if moved is not None:
                    yield moved


def _said_already(case: Case, act: str, value: str | None, party: Party) -> bool:
    """Whether the body that assessed last would only repeat itself."""
    last = case.assessments[-1] if case.assessments else None
    return act == "assess" and last is not None and last.level == value and last.by.partition("@")[0] == party.body


def _tries(line: Next, goal: Goal) -> tuple[str | None, ...]:
    if line.chain:
        return (None,)
    if not line.values:
        return (None,)
    wanted = goal.values.get(line.act, ())
    found = tuple(v for v in wanted if v in line.values)
    return found or ((None,) if line.act == "activate" and not wanted else ())


def _move(
    world: World, case: Case, line: Next, value: str | None, party: Party, last: tuple[str, datetime] | None
) -> Case | None:
    """Return the case after one link, or None if it is refused after all."""
    stage = World(world.book, world.kind, world.at, world.owner, case, world.site)
    if not party.body:
        return None
    seat = stage.seat_of(party)
    outside = line.state == "outside"
    fields = world.pack.forms[line.form].fields if line.form else {}
    act = Act(
        line.act,
        stage.actor(seat),
        verb="record" if outside else line.verb,
        value=value,
        form=dict.fromkeys(fields, "unknown"),
        documents=tuple(n for n in line.missing if n not in ("reason", "value")),
        reason="given",
        registered=Registration(**PAPER) if outside else None,
    )
    try:
        at = last[1] if last and line.act == last[0] else stage.at
        stage.do(act, at)
    except Refused:
        return None
    return stage.case


# ---------------------------------------------------------------------------------------------- steps done


def _done(world: World, given: Mapping[str, object], where: Where) -> None:
    for name in texts(given.get("done")):
        state = next((s for s in steps_of(world.book, world.now, world.at) if s.name == name), None)
        if state is None or not state.by:
            raise wrong(f"没有可做的步骤“{name}”", f"there is no step '{name}' to do", where)
        seat = world.seat_of(state.by[0])
        fields = world.pack.forms[state.step.form].fields if state.step.form else {}
        needs = tuple(n for n in state.step.needs if isinstance(n, str))
        chosen = tuple(state.step.choose.of)[: state.step.choose.at_least] if state.step.choose else ()
        documents = (*needs, *((state.step.waits_for,) if state.step.waits_for else ()))
        if state.step.waits_for:
            _try(world, Act("record", world.actor(seat), documents=documents), where)
        act = Act("step", world.actor(seat), step=name, documents=documents, choices=chosen, reason="given")
        act = replace(act, form=dict.fromkeys(fields, "unknown"))
        _try(world, act, where)
