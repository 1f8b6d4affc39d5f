"""What a condition may look at on one case at one moment: facts, readings, and the state of the case (language 1.3).

Rules
- A fact nobody stated is unknown; `rest: none` makes every fact that was not mentioned nil (no, zero, the lightest
  value). It does not speak for the asset register (`asset.*`) nor for types without a nil; a recorded *unknown* stays.
  A derived time whose beginning was not mentioned has then not begun: it is zero.
- `initially` is the single exception to unknown-until-said.
- A defined fact (`means`) is its condition. A derived one is the time elapsed between two instants, less a duration;
  while the end was not stated it runs until now.
- `level` is what was confirmed, `assessed` the latest assessment, `current` the first that exists of these two.
- Who is asked to `issue` with a colour looks at that colour.
- A regime beside the plan looks with its own names at the same case (`plan` is its plan's view): a fact that both call
  the same is stated once, and what the plan computes the regime knows too.

`SUBJECTS` holds the subjects of state; `grading` adds `grade`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

from fengsui.core.book import Book, Installed, Unset
from fengsui.core.case import Act, Case, FactText, Party
from fengsui.core.conditions.compiled import Judge, Known, Look, Open, all_tests, make
from fengsui.core.conditions.options import under_options
from fengsui.core.conditions.truth import NOTHING, Leaf, Truth
from fengsui.core.pack import All, BodyRef, Condition, FactRule, Pack, ReadingRef, Test, Type, Value, nil, parse_value

SECOND = timedelta(seconds=1)
_ABSENT = object()
_NO_TIME = Known(timedelta(0))
_T = TypeVar("_T")
Looker = Callable[["View"], Look]
Stated = FactText | Known | None
"""What a view was told of a fact: text, a recorded *unknown* (None), or a value supposed (`Known`)."""


class View:
    """One case (or bare facts) at one moment, seen through one pack of the book."""

    __slots__ = (
        *(
            "_compiled",
            "_growing",
            "_plan",
            "_seen",
            "act",
            "at",
            "beside",
            "book",
            "case",
            "facts",
            "installed",
            "meant",
            "pack",
        ),
        "rest_none",
    )

    def __init__(
        self,
        book: Book,
        installed: Installed | None,
        case: Case | None,
        at: datetime,
        act: Act | None = None,
        *,
        facts: Mapping[str, Stated] | None = None,
        rest_none: bool = False,
    ) -> None:
        self.book, self.installed, self.case, self.at, self.act = book, installed or book.main, case, at, act
        self.pack = self.installed.pack
        self.beside = bool(self.installed.names.prefix)
        """Whether this is the view of a regime beside a plan."""
        self.rest_none = rest_none or (case is not None and case.rest_none_at is not None)
        self._compiled = _compiled(self.pack)
        self._seen: dict[str, Look] = {}
        self.meant: dict[BodyRef, tuple[Party, ...]] = {}
        self._growing: tuple[str, ...] | None = None
        self._plan: View | None = None
        if facts is None:
            facts = case.said if case else {}
            facts = shared(self.plan, self.installed) if self.beside else facts
        self.facts = facts

    @classmethod
    def of_facts(
        cls,
        book: Book,
        facts: Mapping[str, Stated],
        at: datetime,
        rest_none: bool = False,
        installed: Installed | None = None,
    ) -> View:
        """Return a view of facts without a case; None is a recorded *unknown*. Facts are named as on a case."""
        plan = cls(book, None, None, at, facts=facts, rest_none=rest_none)
        if installed is None or not installed.names.prefix:
            return plan
        return plan.through(installed)

    @property
    def plan(self) -> View:
        """The same case and moment through the plan: what is shared stands there, and who its bodies are."""
        if not self.beside:
            return self
        if self._plan is None:
            self._plan = View(self.book, None, self.case, self.at, self.act, rest_none=self.rest_none)
        return self._plan

    def changed(
        self,
        facts: Mapping[str, Stated] | None = None,
        at: datetime | None = None,
        act: Act | None = None,
    ) -> View:
        """Return the same view with some facts said otherwise, at another moment, or with an act."""
        said = {**self.facts, **facts} if facts else self.facts
        plan = None
        if self.beside:
            plan = self.plan.changed(at=at, act=act) if at or act else self.plan
            said = {**said, **computed(plan, self.installed)} if at else said
        view = View(
            self.book, self.installed, self.case, at or self.at, act or self.act, facts=said, rest_none=self.rest_none
        )
        view._plan = plan
        return view

    def through(self, part: Installed) -> View:
        """Return the view of a regime beside the plan at the same case and moment; both look through one plan."""
        facts = shared(self, part)
        view = View(self.book, part, self.case, self.at, self.act, facts=facts, rest_none=self.rest_none)
        view._plan = self
        return view

    def under(self, readings: Mapping[str, str]) -> View:
        """Return the same view with some readings of its pack decided."""
        part = replace(self.installed, readings={**self.installed.readings, **readings})
        beside = tuple(part if one is self.installed else one for one in self.book.regimes)
        book = replace(self.book, regimes=beside) if self.beside else replace(self.book, main=part)
        view = View(book, part, self.case, self.at, self.act, facts=self.facts, rest_none=self.rest_none)
        view._plan = self._plan
        return view

    def look(self, subject: str) -> Look:
        """Return what is known of a subject. Each subject is looked up once per view."""
        found = self._seen.get(subject)
        if found is None:
            found = self._seen[subject] = self._compiled.looker(subject)(self)
        return found

    def suppose(self, subject: str, value: Value) -> View:
        """Return the same view with one fact, derived or not, at a value: what would be the answer then?"""
        return self.changed({subject: Known(value, (subject,))})

    def remember(self, key: object, make: Callable[[Pack], _T]) -> _T:
        """Return what `make` gives for the pack of this view, made once per pack."""
        return self._compiled.remember(key, make)

    def reading_text(self, name: str) -> str | None:
        """Return the text a reading stands for (a switch: what its option means), or None while it is unset."""
        found = self.book.text_of(name, self.case, self.installed)
        if isinstance(found, Unset):
            return None
        switch = self.pack.readings.switches.get(name)
        return (switch.options[found].means or found) if switch else found

    def reading(self, name: str, type_: Type) -> Value | None:
        """Return a reading as a value of a type, or None while it is unset."""
        text = self.reading_text(name)
        return None if text is None else self._compiled.parse(text, type_)

    @property
    def owner(self) -> str | None:
        """The unit that owns the case: named at opening, or by the asset."""
        if self.beside:
            return self.plan.owner
        stated = self.facts.get("asset.owner")
        return (self.case.owner if self.case else None) or (stated if isinstance(stated, str) else None)

    def running_since(self, name: str) -> datetime | None:
        """Return the moment a derived fact stood or stands at zero, if it is still growing with time; else None."""
        rule = self.pack.facts.get(name)
        if self.beside and isinstance(self.facts.get(name), Known):
            return self.plan.running_since(self.installed.names.fact(name))
        if rule is None or rule.derive is None or self.facts.get(rule.derive.elapsed[1], _ABSENT) is not _ABSENT:
            return None
        begin, less = self.look(rule.derive.elapsed[0]), _less(self, rule)
        if not isinstance(begin, Known) or not isinstance(less, Known):
            return None
        return cast(datetime, begin.value) + cast(timedelta, less.value)

    def may_run(self) -> tuple[str, ...]:
        """Return the facts that may grow with time alone: derived ones, and those that the plan derives."""
        if self._growing is None:
            self._growing = (*_derived_facts(self), *(_called_derived(self) if self.beside else ()))
        return self._growing


def _derived_facts(view: View) -> tuple[str, ...]:
    return view.remember("derived", lambda pack: tuple(name for name, rule in pack.facts.items() if rule.derive))


def _called_derived(view: View) -> Iterator[str]:
    """Yield how a regime calls the facts that the plan derives."""
    theirs = frozenset(_derived_facts(view.plan))
    return (name for name, called in view.installed.names.facts.items() if called in theirs)


def shared(plan: View, part: Installed) -> dict[str, Stated]:
    """Return the facts of a case as a regime calls them; those that the plan computes as far as they are known."""
    facts = plan.facts
    said = {name: facts[called] for name, called in part.names.facts.items() if called in facts}
    return {**said, **computed(plan, part)}


def computed(plan: View, part: Installed) -> dict[str, Stated]:
    """Return the facts that nobody states, because the plan defines or derives them, as a regime calls them."""
    looks = [(name, plan.look(called)) for name, called in _computed_names(plan, part)]
    return {name: Known(look.value, (name,)) for name, look in looks if isinstance(look, Known)}


def _computed_names(plan: View, part: Installed) -> tuple[tuple[str, str], ...]:
    """Return the facts that the plan computes, as the regime and as the plan calls them."""
    found: tuple[tuple[str, str], ...] | None = part.made.get("computed")
    if found is None:
        rules = ((name, called, plan.pack.facts.get(called)) for name, called in part.names.facts.items())
        computes = [(name, called) for name, called, rule in rules if rule and (rule.means or rule.derive)]
        found = part.made["computed"] = tuple(computes)
    return found


def judge(condition: Condition, view: View) -> Truth:
    """Return whether the condition holds on the view, whatever an unset switch may come to say, or what is open."""
    judged = view._compiled.judge(condition)
    truth = judged(view)
    if truth.value is None:
        answers = {judged(option).value for option in under_options(truth.open, view)}
        if len(answers) == 1 and None not in answers:
            return Truth(answers.pop(), by=truth.by)
    return truth


def turning_points(condition: Condition, view: View) -> Iterator[datetime]:
    """Yield the moments at which time alone may turn the condition, because a running interval reaches a threshold."""
    for test in view._compiled.growing(condition, view.may_run()):
        zero = view.running_since(test.subject)
        if zero is None:
            continue
        for operand in test.operand:
            length = view.reading(operand.name, test.type) if isinstance(operand, ReadingRef) else operand
            if isinstance(length, timedelta):
                yield zero + length + (SECOND if test.op in ("gt", "le") else timedelta())


def held_back(condition: Condition, view: View) -> bool:
    """Return whether time alone can never make the condition hold: a part that time cannot turn does not hold now."""
    return any(judge(part, view).value is not True for part in _steady(condition, view))


def _steady(condition: Condition, view: View) -> tuple[Condition, ...]:
    """Return those parts of a conjunction that ask for nothing but stated facts."""
    kept = view.installed.made.setdefault("steady", {})
    entry: tuple[Condition, tuple[Condition, ...]] | None = kept.get(id(condition))
    if entry is None:
        parts = condition.parts if isinstance(condition, All) else ()
        computes = {name for name, _ in _computed_names(view.plan, view.installed)} if view.beside else ()
        steady = [p for p in parts if all(_stated(t.subject, view.pack, computes) for t in all_tests(p, view.pack))]
        entry = kept[id(condition)] = (condition, tuple(steady))
    return entry[1]


def _stated(subject: str, pack: Pack, computes: Container[str]) -> bool:
    """Return whether a subject is a fact that people state, or one defined by conditions whose tests are asked too."""
    rule = pack.facts.get(subject)
    return rule is not None and rule.derive is None and subject not in computes


class _Compiled:
    """The functions made from one pack: judges of its conditions, lookers of its subjects, texts already parsed."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._judges: dict[int, tuple[Condition, Judge]] = {}
        self._lookers: dict[str, Looker] = {}
        self._parsed: dict[tuple[FactText, Type], Value] = {}
        self._kept: dict[object, object] = {}
        self._growing: dict[tuple[int, tuple[str, ...]], tuple[Condition, tuple[Test, ...]]] = {}

    def growing(self, condition: Condition, facts: tuple[str, ...]) -> tuple[Test, ...]:
        """Return the tests of a condition on facts that may grow: only these may turn with time alone."""
        entry = self._growing.get((id(condition), facts))
        if entry is None:
            found = tuple(test for test in all_tests(condition, self.pack) if test.subject in facts)
            entry = self._growing[id(condition), facts] = (condition, found)
        return entry[1]

    def remember(self, key: object, make: Callable[[Pack], _T]) -> _T:
        found = self._kept.get(key, _ABSENT)
        if found is _ABSENT:
            found = self._kept[key] = make(self.pack)
        return cast(_T, found)

    def judge(self, condition: Condition) -> Judge:
        # Keyed by identity, which is cheap; the condition is kept so that its identity cannot be given away.
        entry = self._judges.get(id(condition))
        if entry is None:
            entry = self._judges[id(condition)] = (condition, make(condition, self.pack))
        return entry[1]

    def looker(self, subject: str) -> Looker:
        found = self._lookers.get(subject)
        if found is None:
            found = self._lookers[subject] = _looker(subject, self)
        return found

    def parse(self, text: FactText, type_: Type) -> Value:
        found = self._parsed.get((text, type_))
        if found is None:
            if len(self._parsed) >= _MOST_PARSED:
                self._parsed.clear()
            found = self._parsed[text, type_] = parse_value(text, type_, self.pack.words.domain)
        return found


_KEPT: OrderedDict[int, _Compiled] = OrderedDict()
_MOST_KEPT = 64
_MOST_PARSED = 50_000
"""How many texts a pack keeps read: every report brings times of its own."""


def _compiled(pack: Pack) -> _Compiled:
    found = _KEPT.get(id(pack))
    if found is None:
        found = _KEPT[id(pack)] = _Compiled(pack)
        if len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return found


def remember(pack: Pack, key: object, make: Callable[[Pack], _T]) -> _T:
    """Return what `make` gives for a pack, made once."""
    return _compiled(pack).remember(key, make)


# ------------------------------------------------------------------------------------------------ subjects
def _looker(subject: str, compiled: _Compiled) -> Looker:
    if subject.startswith("$"):
        return _reading_looker(subject, compiled)
    rule = compiled.pack.facts.get(subject)
    if rule is not None:
        return _fact_looker(subject, rule, compiled)
    if subject.startswith("step."):
        step = subject.removeprefix("step.")
        return lambda view: Known(view.case is not None and step in view.case.steps_done, (subject,))
    return SUBJECTS[subject]


def _reading_looker(subject: str, compiled: _Compiled) -> Looker:
    name, type_ = subject[1:], compiled.pack.words.subject_type(subject)
    unset = Open(frozenset({Leaf("reading", name)}))

    def look(view: View) -> Look:
        text = view.book.text_of(name, view.case, view.installed)
        return unset if isinstance(text, Unset) else Known(compiled.parse(text, type_), (subject,))

    return look


def _fact_looker(name: str, rule: FactRule, compiled: _Compiled) -> Looker:
    if rule.means is not None:
        return _supposed(name, _defined(name, rule.means, compiled))
    if rule.derive is not None:
        return _supposed(name, lambda view: _derived(view, name, rule))
    silent = _unasked(name, rule, compiled)
    unknown = Open(frozenset({Leaf("fact", name)}))

    def look(view: View) -> Look:
        text = view.facts.get(name, _ABSENT)
        if text is _ABSENT:
            return silent(view)
        if isinstance(text, Known):
            return text
        return unknown if text is None else Known(compiled.parse(cast(FactText, text), rule.type), (name,))

    return look


def _supposed(name: str, computed: Looker) -> Looker:
    """Return what is computed, unless a value is supposed. Nobody states a defined or derived fact."""

    def look(view: View) -> Look:
        said = view.facts.get(name)
        return said if isinstance(said, Known) else computed(view)

    return look


def _unasked(name: str, rule: FactRule, compiled: _Compiled) -> Looker:
    """Return what a fact means that nobody mentioned."""
    domain = compiled.pack.words.domain
    unknown = Open(frozenset({Leaf("fact", name)}))
    first: Look = Known(compiled.parse(rule.initially, rule.type), (name,)) if rule.initially else unknown
    empty = None if name.startswith("asset.") else nil(rule.type, domain)
    none: Look = first if rule.initially or empty is None else Known(empty, (name,))
    return lambda view: none if view.rest_none else first


def _defined(name: str, means: Condition, compiled: _Compiled) -> Looker:
    def look(view: View) -> Look:
        truth = compiled.judge(means)(view)
        return Open(truth.open) if truth.value is None else Known(truth.value, (name, *truth.by))

    return look


def _derived(view: View, name: str, rule: FactRule) -> Look:
    """Return the time elapsed; an end that nobody stated is now, one recorded as unknown stays open.

    Where all the rest was checked and the start not mentioned, it never began: nothing elapsed.
    """
    assert rule.derive is not None
    start, end = rule.derive.elapsed
    if view.rest_none and start not in view.facts:
        return Known(timedelta(0), (name,))
    running = view.facts.get(end, _ABSENT) is _ABSENT
    begin, until, less = view.look(start), Known(view.at) if running else view.look(end), _less(view, rule)
    if isinstance(begin, Known) and isinstance(until, Known) and isinstance(less, Known):
        length = cast(datetime, until.value) - cast(datetime, begin.value) - cast(timedelta, less.value)
        return Known(length, (name, *begin.by, *until.by, *less.by))
    return Open(NOTHING.union(*(found.open for found in (begin, until, less) if not isinstance(found, Known))))


def _less(view: View, rule: FactRule) -> Look:
    minus = rule.derive.minus if rule.derive else None
    return view.look(minus) if minus else _NO_TIME


def _not_yet(subject: str) -> Open:
    return Open(frozenset({Leaf("event", subject)}))


def _state(subject: str, read: Callable[[Case], object]) -> Looker:
    missing = _not_yet(subject)

    def look(view: View) -> Look:
        value = read(view.case) if view.case is not None else None
        return missing if value is None else Known(value, (subject,))

    return look


def _assessed(case: Case) -> str | None:
    return case.assessments[-1].level if case.assessments else None


def _colour(view: View) -> Look:
    asked = view.act.value if view.act is not None and view.act.name == "issue" else None
    value = asked or (view.case.colour if view.case is not None else None)
    return _not_yet("colour") if value is None else Known(value, ("colour",))


def _tier(view: View) -> Look:
    """Of a case: what the tree of organisations said at its opening, never a stated fact. Of bare facts: supposed."""
    tiers = view.pack.head.tiers
    said = view.case.tier if view.case is not None else view.facts.get("site.tier")
    tier = said or (tiers[0] if len(tiers) == 1 else None)
    return Open(frozenset({Leaf("fact", "site.tier")})) if tier is None else Known(tier, ("site.tier",))


def _to(view: View) -> Look:
    to = view.act.to if view.act is not None else ()
    return Known(to, ("to",)) if to else _not_yet("to")


SUBJECTS: dict[str, Looker] = {
    "assessed": _state("assessed", _assessed),
    "assessed_by": _state("assessed_by", lambda case: case.assessments[-1].by if case.assessments else None),
    "level": _state("level", lambda case: case.level),
    "current": _state("current", lambda case: case.level or _assessed(case)),
    "response": _state("response", lambda case: case.response),
    "colour": _colour,
    "issued_by": _state("issued_by", lambda case: case.issued_by),
    "phase": lambda view: Known(view.case.phase if view.case is not None else "open", ("phase",)),
    "mode": lambda view: Known(view.case.mode if view.case is not None else "live", ("mode",)),
    "site.tier": _tier,
    "to": _to,
}
