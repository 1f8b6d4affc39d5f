"""Scenarios: an author's test, a drill's score and a what-if, played on the live engine (language 8).

Rules
- The case is built from `given`, each step goes through `decide` and `evolve` at its time, and is compared at its end.
- An act without `refused:` must be accepted; what a step does not mention is not compared.
- Failures carry the place in the file; nothing here reads a file or a clock.

Example: `run(pack, scenario).failures` is empty when the plan does what its author expects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.canon import stamp
from fengsui.core.case import EVENT_OF, Act, Case, Event
from fengsui.core.engine import Next, what_next
from fengsui.core.engine.refusals import act_label
from fengsui.core.grading import Grade, grade
from fengsui.core.loader import work_calendar
from fengsui.core.loader.scenarios import Scenario, ScenarioStep
from fengsui.core.obligations import Obligation, owed
from fengsui.core.pack import Pack
from fengsui.core.problems import Lang, PackError, Problem, Refused, Where
from fengsui.core.simulate.compare import Difference, compare, meets
from fengsui.core.simulate.given import book_of, world_of
from fengsui.core.simulate.world import World, texts, wrong
from fengsui.core.timing import WorkCalendar

__all__ = ["Difference", "Failure", "Refusal", "Run", "World", "play", "run", "run_all"]


@dataclass(frozen=True, slots=True)
class Failure:
    """One step that did not go as expected: the problem, and what would have to be written to expect what happened."""

    problem: Problem
    step: int
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act that was refused on the way."""

    step: int
    at: datetime
    act: str
    problem: Problem


@dataclass(frozen=True)
class Run:
    """A scenario played: the case at its end, the events, what was refused, what failed."""

    scenario: Scenario
    book: Book | None
    case: Case | None
    at: datetime | None
    refusals: tuple[Refusal, ...] = ()
    failures: tuple[Failure, ...] = ()
    start: Case | None = field(default=None, compare=False, repr=False)

    @property
    def passed(self) -> bool:
        """Whether everything went as expected."""
        return not self.failures

    @property
    def events(self) -> tuple[Event, ...]:
        """The log at the end."""
        return self.case.events if self.case else ()

    @property
    def grade(self) -> Grade | None:
        """The grade at the end."""
        return grade(self.book, self.case, self.at) if self.book and self.case and self.at else None

    @property
    def grades(self) -> Mapping[str, Grade]:
        """The grades of the regimes beside the plan at the end, by the id of the pack."""
        if not (self.book and self.case and self.at):
            return {}
        case, at = self.case, self.at
        return {part.pack.id: grade(self.book, case, at, installed=part) for part in self.book.regimes}

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """All obligations at the end."""
        return owed(self.book, self.case, self.at) if self.book and self.case and self.at else ()

    @property
    def what_next(self) -> tuple[Next, ...]:
        """What can be done at the end, and by whom."""
        return what_next(self.book, self.case, self.at) if self.book and self.case and self.at else ()

    def as_json(self, lang: Lang = "zh") -> dict[str, object]:
        """Return the run as plain data, with the keys of `fengsui play --json`."""
        found = self.grade
        return {
            "scenario": self.scenario.name,
            "row": self.scenario.row,
            "passed": self.passed,
            "at": stamp(self.at) if self.at else None,
            "events": [event.body() | {"digest": event.digest} for event in self.events],
            "grade": found.as_json(lang) if found else None,
            "grades": {name: one.as_json(lang) for name, one in self.grades.items()},
            "obligations": [obligation_json(one) for one in self.obligations],
            "refusals": [refusal_json(one, lang) for one in self.refusals],
            "what_next": [next_json(line, lang) for line in self.what_next],
            "failures": [one.problem.as_json(lang) for one in self.failures],
        }


def obligation_json(one: Obligation) -> dict[str, object]:
    """Return an obligation as plain data, with the keys of `expect: owed`."""
    return {
        "key": one.key,
        "duty": one.duty,
        "pack": one.pack or None,
        "owes": one.owes.zh,
        "by": [party.text for party in one.by],
        "to": [recipient.party.text for recipient in one.to],
        "opened": stamp(one.opened),
        "start": stamp(one.start) if one.start else None,
        "due": stamp(one.due) if one.due else None,
        "state": one.state,
        "kind": one.kind,
        "word": one.word,
        "strength": "in principle" if one.in_principle else one.kind,
        "born_late": one.born_late,
        "estimated": one.estimated,
        "open": list(one.open),
        "clause": list(one.clause),
    }


def refusal_json(one: Refusal, lang: Lang = "zh") -> dict[str, object]:
    """Return a refusal as plain data."""
    problem = one.problem.as_json(lang)
    keys = ("code", "message", "hint", "rightful", "missing", "open", "clause")
    return {"at": stamp(one.at), "act": one.act, **{key: problem[key] for key in keys}}


def next_json(line: Next, lang: Lang = "zh") -> dict[str, object]:
    """Return one line of what can be done next as plain data."""
    return {
        "act": line.act,
        "label": act_label(line.act, lang),
        "state": line.state,
        "verb": line.verb,
        "who": [party.text for party in line.who],
        "free": line.free,
        "since": stamp(line.since) if line.since else None,
        "step": line.step,
        "to": line.to,
        "value": line.value,
        "values": list(line.values),
        "missing": list(line.missing),
        "open": list(line.open),
        "form": line.form,
        "grant": line.grant,
        "chain": line.chain,
        "links": [{"verb": k.verb, "who": [p.text for p in k.who], "by": k.seat, "turn": k.turn} for k in line.links],
        "clause": list(line.clause),
        "why": line.problem.message(lang) if line.problem else None,
    }


def run(
    pack: Pack,
    scenario: Scenario,
    book: Book | None = None,
    calendar: WorkCalendar | None = None,
    start: Case | None = None,
) -> Run:
    """Play a scenario. A `given` or step that cannot be played is a failure too; nothing is raised.

    `start` is the case as `given` built it in an earlier run, where nothing that `given` rests on has changed.
    """
    try:
        book = book or book_of(pack, scenario.given, calendar or work_calendar(), scenario.where)
        world = world_of(book, scenario, start)
    except PackError as error:
        return Run(scenario, book, None, None, (), tuple(Failure(p, -1) for p in error.problems))
    return play(world, scenario)


def run_all(pack: Pack, scenarios: tuple[Scenario, ...]) -> tuple[Run, ...]:
    """Play all scenarios of a pack."""
    calendar = work_calendar()
    return tuple(run(pack, scenario, calendar=calendar) for scenario in scenarios)


def play(world: World, scenario: Scenario) -> Run:
    """Play the steps on a case as it stands: a drill, or a what-if on a copy of a live case."""
    start = world.case
    refusals: list[Refusal] = []
    failures: list[Failure] = []
    for n, step in enumerate(scenario.steps):
        try:
            failures += [_failure(n, step, found) for found in _step(world, n, step, refusals)]
        except PackError as error:
            failures += [Failure(_placed(problem, step.where), n) for problem in error.problems]
    return Run(scenario, world.book, world.case, world.at, tuple(refusals), tuple(failures), start)


def _placed(problem: Problem, where: Where) -> Problem:
    return problem if problem.where.file else replace(problem, where=where)


def _failure(n: int, step: ScenarioStep, found: Difference | Problem) -> Failure:
    if isinstance(found, Difference):
        return Failure(found.problem(step.where), n, found)
    return Failure(replace(found, where=step.where), n)


def _step(world: World, n: int, step: ScenarioStep, refusals: list[Refusal]) -> Iterator[Difference | Problem]:
    """Play one step and yield what is not as expected."""
    data = step.data
    if "at" in data:
        at = world.instant(data["at"], step.where)
        if at < world.at:
            raise wrong("时间倒退", "times go back", step.where)
        world.at = at
    if "happens" in data:
        _happens(world, data, step.where)
    elif data.keys() & {"do", "facts", "rest", "unknown", "assets"}:
        yield from _act(world, n, step, refusals)
    yield from compare(world, step)


def _happens(world: World, data: Mapping[str, object], where: Where) -> None:
    try:
        world.fold(engine.happen(world.book, world.now, str(data["happens"]), world.at))
    except Refused as refused:
        problem = refused.problem
        raise wrong(problem.message("zh"), problem.message("en"), where) from refused


def _act(world: World, n: int, step: ScenarioStep, refusals: list[Refusal]) -> Iterator[Difference | Problem]:
    data = step.data
    act = world.act(data, step.where)
    if "recorded_at" in data:
        recorded = world.instant(data["recorded_at"], step.where)
        act, world.at = replace(act, happened_at=world.at), recorded
    try:
        events = world.do(act, world.at)
    except Refused as refused:
        refusals.append(Refusal(n, world.at, act.name, refused.problem))
        yield from _refused(world, data, act, refused.problem)
        return
    if "refused" in data:
        code = str(data["refused"])
        params = {"act": act_label(act.name), "act_en": act_label(act.name, "en"), "code": code}
        yield Problem("unexpected_acceptance", params, clause=_clauses(world, events))
        return
    yield from _accepted(world, data, act, events)


def _clauses(world: World, events: tuple[Event, ...]) -> tuple[str, ...]:
    used = {str(event.content.get("grant")) for event in events}
    return tuple(c for grant in world.pack.grants if grant.id in used for c in grant.clause)


def _refused(world: World, data: Mapping[str, object], act: Act, problem: Problem) -> Iterator[Difference | Problem]:
    if "refused" not in data:
        params = {"act": act_label(act.name), "act_en": act_label(act.name, "en"), "code": problem.code}
        params |= {"why": problem.message("zh"), "why_en": problem.message("en")}
        yield replace(problem, code="unexpected_refusal", params=params)
        return
    if str(data["refused"]).replace(" ", "_") != problem.code:
        yield Difference("refused", data["refused"], problem.code)
    for key in ("rightful", "missing", "open", "clause"):
        found: tuple[str, ...] = getattr(problem, key)
        if key in data and not meets(world, data[key], found):
            yield Difference(key, data[key], list(found))


def _accepted(
    world: World, data: Mapping[str, object], act: Act, events: tuple[Event, ...]
) -> Iterator[Difference | Problem]:
    done = any(event.type == EVENT_OF.get(act.name) for event in events)
    gives = "done" if done else "in chain"
    if "gives" in data and str(data["gives"]) != gives:
        yield Difference("gives", data["gives"], gives)
    if "waits_for" in data:
        lines = what_next(world.book, world.now, world.at, only=(act.name,))
        waiting = tuple(p.text for line in lines if line.chain for p in line.who)
        if not meets(world, data["waits_for"], waiting):
            yield Difference("waits_for", data["waits_for"], list(waiting))
    if "clause" in data and not meets(world, data["clause"], _clauses(world, events)):
        yield Difference("clause", data["clause"], list(_clauses(world, events)))
    if "ratify" in data:
        found = "yes" if any("ratify" in event.content for event in events) else "no"
        if str(data["ratify"]) != found:
            yield Difference("ratify", data["ratify"], found)
    for name in texts(data.get("voids")):
        if not any(event.type == "voided" and event.content.get("act") == name for event in events):
            yield Difference("voids", name, "none")
