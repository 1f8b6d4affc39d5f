"""Which rules does no scenario protect? One rule is changed at a time, and the scenarios are played on it.

Rules
- A mutant drops a rule (grading row, scope, uplift, grant, link, duty, pattern, step, form field), moves a threshold or
  limit by one unit, swaps `all` and `any`, or gives a rule to another body.
- A scenario notices when an expectation fails that held before, or when an act now ends otherwise: accepted instead of
  refused, another code, another clause.
- Models already read are changed, no file is read again; scenarios that touch the rule are played first, and the first
  that notices ends the search.

Example: `unprotected(pack, scenarios)` is empty for the shipped packs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, get_args

from fengsui.core import timing
from fengsui.core.lint import lint
from fengsui.core.loader import work_calendar
from fengsui.core.loader.scenarios import Scenario
from fengsui.core.pack import All, AnyOfThese, BodyRef, Condition, Duty, Grant, Money, Not, Pack, ReadingRef, Test, Who
from fengsui.core.pack.rules import GradeRule, Link, Pattern, Playbook, ScopeRule, Step, Together
from fengsui.core.pack.values import Value
from fengsui.core.pack.when import tests
from fengsui.core.simulate import Run, run
from fengsui.core.timing import WorkCalendar

Sort = Literal["drop", "threshold", "limit", "any_all", "holder"]
SORTS: tuple[Sort, ...] = get_args(Sort)
MINUTE = timedelta(minutes=1)
NOT_GIVEN = ("duty", "step", "criterion", "uplift")
"""What the state given to a scenario does not rest on: it need not be reached anew."""


@dataclass(frozen=True)
class Mutant:
    """A pack with one rule changed. `rule` is its id, `what` the kind of thing it is, `change` says what was done.

    `looks_at` are words by which a scenario that may notice is known: the facts the rule tests, its method.
    """

    rule: str
    what: str
    sort: Sort
    change: str
    clause: tuple[str, ...]
    pack: Pack
    kind: str | None = None
    act: str | None = None
    looks_at: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        """The words of the change: a scenario that says them is likely to notice."""
        return frozenset(self.change.replace(":", " ").split())


@dataclass(frozen=True)
class Tried:
    """What became of every change: how many of each sort, those that nobody noticed, and those that nobody could.

    `shadowed` are changes of a criterion that can never decide alone (lint SHADOW) and that a scenario shows in `met`:
    another criterion always gives the same level, so no outcome can tell.
    """

    made: Mapping[Sort, int]
    unprotected: tuple[Mutant, ...]
    shadowed: tuple[Mutant, ...]


def mutants(pack: Pack, sorts: Iterable[Sort] | None = None) -> Iterator[Mutant]:
    """Yield every mutant of a pack, rule by rule in file order; `sorts` narrows the changes made."""
    makers = (_of_scope, _of_methods, _of_facts, _of_grants, _of_duties, _of_patterns, _of_playbooks, _of_forms)
    wanted = None if sorts is None else set(sorts)
    for maker in makers:
        for mutant in maker(pack):
            if wanted is None or mutant.sort in wanted:
                yield mutant


def unprotected(
    pack: Pack, scenarios: tuple[Scenario, ...], sorts: Iterable[Sort] | None = ("drop",)
) -> tuple[Mutant, ...]:
    """Return the mutants that no scenario notices: by default the rules that could be dropped; None asks for all."""
    return tried(pack, scenarios, sorts).unprotected


def tried(pack: Pack, scenarios: tuple[Scenario, ...], sorts: Iterable[Sort] | None = None) -> Tried:
    """Make every change of the sorts asked, all by default, and return what became of them."""
    calendar = work_calendar()
    plain = [_Played(pack, scenario, calendar) for scenario in scenarios]
    made: Counter[Sort] = Counter()
    bare: list[Mutant] = []
    for mutant in mutants(pack, sorts):
        made[mutant.sort] += 1
        bare += [] if _noticed(mutant, plain, calendar) else [mutant]
    shown = _shown(pack, plain) if any(mutant.what == "criterion" for mutant in bare) else frozenset()
    hidden = tuple(mutant for mutant in bare if mutant.what == "criterion" and mutant.rule in shown)
    return Tried(dict(made), tuple(mutant for mutant in bare if mutant not in hidden), hidden)


def _shown(pack: Pack, plain: list[_Played]) -> frozenset[str]:
    """Return the criteria that never decide alone and that a scenario shows to hold, as `method.rule`."""
    rows = {(name, row.id): f"{name}.{row.rule.id}" for name in pack.methods for row in pack.rows(name)}
    hidden = {problem.params["rule"] for problem in lint(pack) if problem.code == "SHADOW"}
    ends = (run(pack, one.scenario, start=one.start).grade for one in plain)
    met = {(criterion.method, criterion.id) for end in ends if end is not None for criterion in end.met}
    return frozenset(rows[key] for key in met if key in rows and key[1] in hidden)


# ---------------------------------------------------------------------------------------------- who notices


class _Played:
    """A scenario as it goes on the pack itself: its outcome, and the names it touches."""

    def __init__(self, pack: Pack, scenario: Scenario, calendar: WorkCalendar) -> None:
        self.scenario = scenario
        played = run(pack, scenario, calendar=calendar)
        self.outcome = _outcome(played)
        self.start = played.start
        self.kind = str(scenario.given.get("case", "incident"))
        self.names = frozenset(_names(played, scenario))

    def weight(self, mutant: Mutant) -> int:
        """Return how likely this scenario is to notice; 0 means it cannot."""
        if mutant.kind is not None and self.kind != mutant.kind and mutant.act != "set":
            return 0
        likely = 4 if mutant.rule in self.names or mutant.rule.rpartition(".")[2] in self.names else 0
        likely += 2 if self.names.intersection(mutant.clause) else 0
        likely += 3 * len(mutant.looks_at & self.names)
        likely += len(self.names & mutant.words)
        return 1 + likely + (1 if mutant.act in self.names else 0)


def _outcome(played: Run) -> object:
    """Return what a scenario can notice: its failures, how each act ended, and by which clause."""
    failures = tuple((f.step, f.problem.code, f.problem.where.path) for f in played.failures)
    refused = tuple((r.step, r.problem.code, r.problem.clause) for r in played.refusals)
    accepted = tuple((e.type, e.content.get("grant")) for e in played.events)
    return failures, refused, accepted


def _names(played: Run, scenario: Scenario) -> Iterator[str]:
    for refusal in played.refusals:
        yield refusal.act
        yield from refusal.problem.clause
    for event in played.events:
        yield event.type
        yield str(event.content.get("grant"))
        yield str(event.content.get("step"))
        yield str(event.content.get("act"))
    yield from scenario.name.split()
    yield from _words([step.data for step in scenario.steps])
    yield from _words(scenario.given)


def _words(raw: object) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
        yield from raw.split()
    elif isinstance(raw, Mapping):
        for key, value in raw.items():
            yield str(key)
            yield from _words(value)
    elif isinstance(raw, list | tuple):
        for item in raw:
            yield from _words(item)


def _noticed(mutant: Mutant, plain: list[_Played], calendar: WorkCalendar) -> bool:
    weighed = sorted(((one.weight(mutant), one) for one in plain), key=lambda pair: -pair[0])
    for weight, one in weighed:
        start = one.start if mutant.what in NOT_GIVEN and "done" not in one.scenario.given else None
        if weight and _outcome(run(mutant.pack, one.scenario, calendar=calendar, start=start)) != one.outcome:
            return True
    return False


# ---------------------------------------------------------------------------------------------- grading and facts


def _grading(pack: Pack, **changes: object) -> Pack:
    return replace(pack, grading=pack.grading.model_copy(update=changes))


def _of_scope(pack: Pack) -> Iterator[Mutant]:
    scope = pack.grading.scope
    for n, rule in enumerate(scope):

        def made(sort: Sort, change: str, rules: tuple[ScopeRule, ...], rule: ScopeRule = rule) -> Mutant:
            new, words = _grading(pack, scope=rules), _subjects(rule.when)
            return Mutant(rule.id, "scope", sort, change, rule.clause, new, "incident", None, words)

        yield made("drop", "dropped", _without(scope, n))
        for sort, change, when in changed(rule.when, pack):
            yield made(sort, change, _with(scope, n, rule.model_copy(update={"when": when})))
    yield from _of_uplift(pack)


def _of_uplift(pack: Pack) -> Iterator[Mutant]:
    spec = pack.grading.grade
    for n, uplift in enumerate(spec.uplift if spec else ()):
        assert spec is not None
        new = _grading(pack, grade=spec.model_copy(update={"uplift": _without(spec.uplift, n)}))
        yield Mutant(f"uplift.{n + 1}", "uplift", "drop", "dropped", uplift.clause, new, "incident")


def _of_methods(pack: Pack) -> Iterator[Mutant]:
    for name, method in pack.methods.items():
        for n, rule in enumerate(method.rules):

            def made(
                sort: Sort, change: str, rules: tuple[GradeRule, ...], name: str = name, rule: GradeRule = rule
            ) -> Mutant:
                new = pack.methods[name].model_copy(update={"rules": rules})
                changed_pack = _grading(pack, methods={**pack.methods, name: new})
                words = _subjects(rule.when) | {name, str(rule.level), rule.fact or name, "grade"}
                label = f"{name}.{rule.id}"
                return Mutant(label, "criterion", sort, change, rule.clause, changed_pack, "incident", None, words)

            yield made("drop", "dropped", _without(method.rules, n))
            for sort, change, row in _rule_changes(rule, pack):
                yield made(sort, change, _with(method.rules, n, row))


def _subjects(when: Condition) -> frozenset[str]:
    """Return the facts a condition tests, and the values it tests them for."""
    found = {word for test in tests(when) for word in (test.subject, *map(str, test.operand))}
    return frozenset(word.removeprefix("asset.") for word in found)


def _rule_changes(rule: GradeRule, pack: Pack) -> Iterator[tuple[Sort, str, GradeRule]]:
    for sort, change, when in changed(rule.when, pack):
        yield sort, change, rule.model_copy(update={"when": when})
    for level, value in (rule.at_least or {}).items():
        for moved in _moved(value, rule.fact or "", pack):
            steps = {**(rule.at_least or {}), level: moved}
            yield "threshold", f"{level}: {value} → {moved}", rule.model_copy(update={"at_least": steps})


def _of_facts(pack: Pack) -> Iterator[Mutant]:
    for name, fact in pack.facts.items():
        for sort, change, when in changed(fact.means, pack) if fact.means is not None else ():
            facts = {**pack.facts, name: fact.model_copy(update={"means": when})}
            yield Mutant(name, "fact", sort, change, fact.clause, replace(pack, facts=facts))


# ---------------------------------------------------------------------------------------------- grants


def _of_grants(pack: Pack) -> Iterator[Mutant]:
    for n, grant in enumerate(pack.grants):

        def made(sort: Sort, change: str, grants: tuple[Grant, ...], grant: Grant = grant) -> Mutant:
            new = replace(pack, grants=grants)
            return Mutant(grant.id, "grant", sort, change, grant.clause, new, grant.kind, grant.act)

        yield made("drop", "dropped", _without(pack.grants, n))
        for sort, change, new in _grant_changes(grant, pack):
            yield made(sort, change, _with(pack.grants, n, new))


def _grant_changes(grant: Grant, pack: Pack) -> Iterator[tuple[Sort, str, Grant]]:
    for sort, change, when in changed(grant.when, pack):
        yield sort, change, grant.model_copy(update={"when": when})
    for change, by in _others(grant.by, pack):
        yield "holder", change, grant.model_copy(update={"by": by})
    for n, link in enumerate(grant.chain):
        for change, who in _others(link.who, pack):
            new = Link(link.verb, who)
            yield "holder", f"{link.verb}: {change}", grant.model_copy(update={"chain": _with(grant.chain, n, new)})
        if len(grant.chain) > 1:
            shorter = grant.model_copy(update={"chain": _without(grant.chain, n)})
            yield "drop", f"without {link.verb}", shorter
    if grant.ratify is not None:
        for change, within in _limits(grant.ratify.within):
            ratify = grant.ratify.model_copy(update={"within": within})
            yield "limit", change, grant.model_copy(update={"ratify": ratify})


# ---------------------------------------------------------------------------------------------- duties


def _of_duties(pack: Pack) -> Iterator[Mutant]:
    for n, duty in enumerate(pack.duties):

        def made(sort: Sort, change: str, duties: tuple[Duty, ...], duty: Duty = duty) -> Mutant:
            return Mutant(duty.id, "duty", sort, change, duty.clause, replace(pack, duties=duties), duty.kind)

        yield made("drop", "dropped", _without(pack.duties, n))
        for sort, change, new in _duty_changes(duty, pack):
            yield made(sort, change, _with(pack.duties, n, new))


def _duty_changes(duty: Duty, pack: Pack) -> Iterator[tuple[Sort, str, Duty]]:
    for sort, change, when in changed(duty.when, pack):
        yield sort, change, duty.model_copy(update={"when": when})
    for field in ("by", "to"):
        for change, who in _others(getattr(duty, field), pack):
            yield "holder", f"{field}: {change}", duty.model_copy(update={field: who})
    if duty.within is not None:
        for change, within in _limits(duty.within):
            yield "limit", change, duty.model_copy(update={"within": within})
    if duty.every is not None and not isinstance(duty.every, ReadingRef):
        for change, interval in _limits(duty.every.interval):
            yield "limit", change, duty.model_copy(update={"every": replace(duty.every, interval=interval)})


def _of_patterns(pack: Pack) -> Iterator[Mutant]:
    for name, pattern in pack.patterns.items():

        def made(sort: Sort, change: str, new: Pattern | None, name: str = name, rule: Pattern = pattern) -> Mutant:
            others = {key: one for key, one in pack.patterns.items() if key != name}
            changed_pack = replace(pack, patterns=others | ({name: new} if new else {}))
            return Mutant(name, "pattern", sort, change, rule.clause, changed_pack)

        yield made("drop", "dropped", None)
        for sort, change, when in changed(pattern.cases, pack):
            yield made(sort, change, pattern.model_copy(update={"cases": when}))
        number = pattern.is_.removeprefix("at least ")
        for moved in (int(number) - 1, int(number) + 1) if number.isdecimal() else ():
            yield made("threshold", f"{number} → {moved}", pattern.model_copy(update={"is_": f"at least {moved}"}))


# ---------------------------------------------------------------------------------------------- playbooks, forms


def _of_playbooks(pack: Pack) -> Iterator[Mutant]:
    for name, playbook in pack.playbooks.items():
        for step in (step for stage in playbook.stages for step in stage):

            def made(sort: Sort, change: str, new: Step | None, name: str = name, step: Step = step) -> Mutant:
                book = _replaced(pack.playbooks[name], step, new)
                changed_pack = replace(pack, playbooks={**pack.playbooks, name: book})
                kind = pack.playbooks[name].kind
                return Mutant(f"{name}.{step.id}", "step", sort, change, step.clause, changed_pack, kind, "step")

            yield made("drop", "dropped", None)
            for sort, change, new in _step_changes(step, pack):
                yield made(sort, change, new)


def _replaced(playbook: Playbook, old: Step, new: Step | None) -> Playbook:
    stages: list[Together | Step] = []
    for stage in playbook.steps:
        if isinstance(stage, Together):
            kept = tuple(new if s is old else s for s in stage.together if s is not old or new is not None)
            stages += [stage.model_copy(update={"together": kept})] if kept else []
        elif stage is not old:
            stages.append(stage)
        elif new is not None:
            stages.append(new)
    return playbook.model_copy(update={"steps": tuple(stages)})


def _step_changes(step: Step, pack: Pack) -> Iterator[tuple[Sort, str, Step]]:
    for sort, change, when in changed(step.when, pack):
        yield sort, change, step.model_copy(update={"when": when})
    # The holder of a step that is an act is whoever the act's grant names.
    for change, by in _others(step.by, pack) if step.act is None else ():
        yield "holder", change, step.model_copy(update={"by": by})
    if step.within is not None:
        for change, within in _limits(step.within):
            yield "limit", change, step.model_copy(update={"within": within})


def _of_forms(pack: Pack) -> Iterator[Mutant]:
    for name, form in pack.forms.items():
        for field in form.fields:
            fields = {key: value for key, value in form.fields.items() if key != field}
            forms = {**pack.forms, name: form.model_copy(update={"fields": fields})}
            yield Mutant(f"{name}.{field}", "field", "drop", "dropped", form.clause, replace(pack, forms=forms))


# ---------------------------------------------------------------------------------------------- small changes


def _without(items: tuple[Any, ...], n: int) -> tuple[Any, ...]:
    return (*items[:n], *items[n + 1 :])


def _with(items: tuple[Any, ...], n: int, new: Any) -> tuple[Any, ...]:
    return (*items[:n], new, *items[n + 1 :])


def changed(condition: Condition, pack: Pack) -> Iterator[tuple[Sort, str, Condition]]:
    """Yield the condition with one threshold moved by one unit, or one `all` and `any` swapped."""
    if isinstance(condition, Test):
        yield from _tests(condition, pack)
        return
    if isinstance(condition, Not):
        for sort, change, part in changed(condition.part, pack):
            yield sort, change, Not(part)
        return
    if len(condition.parts) > 1:
        swapped = AnyOfThese if isinstance(condition, All) else All
        word = "any for all" if isinstance(condition, All) else "all for any"
        yield "any_all", word, swapped(condition.parts)
    for n, part in enumerate(condition.parts):
        for sort, change, new in changed(part, pack):
            yield sort, change, replace(condition, parts=_with(condition.parts, n, new))


def _tests(test: Test, pack: Pack) -> Iterator[tuple[Sort, str, Condition]]:
    if test.op not in ("ge", "gt", "le", "lt"):
        return
    (value,) = test.operand
    for moved in _moved(value, test.subject, pack):
        yield "threshold", f"{test.subject}: {value} → {moved}", replace(test, operand=(moved,))


def _moved(value: Value | ReadingRef, subject: str, pack: Pack) -> Iterator[Value]:
    """Yield a threshold one unit lower and higher: a minute, one of a count, the next value of a scale."""
    if isinstance(value, ReadingRef | bool):
        return
    if isinstance(value, int | Decimal):
        yield from (value - 1, value + 1)
    elif isinstance(value, timedelta):
        yield from (value - MINUTE, value + MINUTE)
    elif isinstance(value, Money):
        yield from (Money(value.amount - 1, value.currency), Money(value.amount + 1, value.currency))
    elif isinstance(value, str):
        members = pack.words.domain.members(pack.words.subject_type(subject))
        place = members.index(value) if value in members else -1
        yield from (members[n] for n in (place - 1, place + 1) if place >= 0 and 0 <= n < len(members))


def _limits(limit: object) -> Iterator[tuple[str, Any]]:
    """Yield a limit one unit shorter and longer; soft words, `none` and readings have no unit."""
    if isinstance(limit, timing.Length):
        yield "-1min", timing.Length(limit.delta - MINUTE)
        yield "+1min", timing.Length(limit.delta + MINUTE)
    elif isinstance(limit, timing.Days | timing.WorkingDays | timing.Months):
        if limit.n > 1:
            yield "-1", replace(limit, n=limit.n - 1)
        yield "+1", replace(limit, n=limit.n + 1)


def _others(who: tuple[Who, ...], pack: Pack) -> Iterator[tuple[str, tuple[Who, ...]]]:
    """Yield the holders with one of them replaced by a body that is none of them."""
    named = {name for one in who for name in _bodies(one)}
    standing = [name for name, spec in pack.bodies.items() if spec.kind == "standing" and name not in named]
    for n, one in enumerate(who):
        # A reading is likely to stand for one of the first bodies, so the last one takes its place.
        other = next(iter(reversed(standing) if isinstance(one, ReadingRef) else standing), None)
        if other is not None:
            yield f"{_word(one)} → {other}", _with(who, n, BodyRef(other))


def _bodies(who: Who) -> tuple[str, ...]:
    if isinstance(who, BodyRef):
        return (who.body,)
    return tuple(name for one in getattr(who, "of", ()) for name in _bodies(one))


def _word(who: Who) -> str:
    if isinstance(who, BodyRef):
        return who.text
    return f"${who.name}" if isinstance(who, ReadingRef) else "/".join(_bodies(who))
