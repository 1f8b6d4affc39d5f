"""What to ask next, and what would raise or lower the level: one fact is supposed at each possible answer.

Rules
- Possible answers are yes and no, the values of a scale, the values a set is tested for and one that is not, and one
  value of each stretch between the thresholds that the rules test.
- The next question leaves the smallest mean interval over its answers. Ties: what can be observed before what must be
  judged, then the order of the facts in the pack.
- A derived fact stands for the one input that is still missing: the question names that input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import zip_longest
from typing import Any

from fengsui.core.conditions import Known, View, all_tests
from fengsui.core.grading.result import NONE, Change, Question, leaf_names
from fengsui.core.grading.spans import Sheet, Span
from fengsui.core.pack import Money, Pack, ReadingRef, Test, Type, Value
from fengsui.core.pack.values import nil, show_value

Probe = Callable[[Sheet], Span]
Boundary = tuple[Value, bool]
"""A threshold, and whether the truth of a test turns just before it (≥, <) or just after it (>, ≤)."""

_BEFORE = {"ge": (False,), "lt": (False,), "gt": (True,), "le": (True,), "eq": (False, True), "ne": (False, True)}


class Inquiry:
    """Suppositions over one graded view: each fact that the methods test is supposed at each of its answers, once."""

    __slots__ = ("_changes", "_outcomes", "_tests", "probe", "sheet", "whole")

    def __init__(self, sheet: Sheet, whole: Span, probe: Probe) -> None:
        self.sheet, self.whole, self.probe = sheet, whole, probe
        self._tests: dict[str, tuple[Test, ...]] | None = None
        self._outcomes: dict[str, list[tuple[Value, Span]]] = {}
        self._changes: tuple[tuple[Change, ...], tuple[Change, ...]] | None = None

    @property
    def view(self) -> View:
        """The view that was graded."""
        return self.sheet.view()

    @property
    def tests(self) -> Mapping[str, tuple[Test, ...]]:
        """The tests of the methods that made the grade, by the fact they look at."""
        if self._tests is None:
            self._tests = _tests(self.view, self.whole.methods)
        return self._tests

    def outcomes(self, subject: str) -> list[tuple[Value, Span]]:
        """Return each possible answer to a subject with the interval it would leave."""
        if subject not in self._outcomes:
            possible = answers(subject, self.view, self.tests[subject])
            self._outcomes[subject] = [(v, self.probe(self.sheet.suppose(subject, v))) for v in possible]
        return self._outcomes[subject]

    def next_question(self) -> Question | None:
        """Return the most useful open fact, or None where no fact is open."""
        facts = self.view.pack.facts
        order = {name: place for place, name in enumerate(facts)}
        found = [
            (self._mean_width(fact), facts[fact].judged, order[fact], fact)
            for fact in leaf_names(self.whole.open, "fact") & set(order)
        ]
        if not found:
            return None
        width, judged, _, fact = min(found)
        return Question(fact, facts[fact].clause, judged, float(width))

    def _mean_width(self, fact: str) -> Fraction:
        subject = self._asked(fact)
        widths = [one.width for _, one in self.outcomes(subject)] if subject else []
        return Fraction(sum(widths), len(widths)) if widths else Fraction(self.whole.width)

    def _asked(self, fact: str) -> str | None:
        """Return the subject to suppose for a fact: itself, or the derived fact of which it alone is missing."""
        if fact in self.tests:
            return fact
        found = (name for name in self.tests if _missing_inputs(name, self.view) == [fact])
        return next(found, None)

    def changes(self) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        """Return the facts that would raise the level, and those that would lower it, each at its least change."""
        if self._changes is None:
            self._changes = self._least_changes()
        return self._changes

    def _least_changes(self) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        raises: list[Change] = []
        lowers: list[Change] = []
        for subject in self.tests:
            outcomes = [(n, v, one) for n, (v, one) in enumerate(self.outcomes(subject))]
            up = [(one.low, n, v, one) for n, v, one in outcomes if one.low > self.whole.low]
            down = [(-one.high, n, v, one) for n, v, one in outcomes if one.high < self.whole.high]
            for kept, group in ((raises, up), (lowers, down)):
                if group:
                    _, _, value, one = min(group, key=lambda entry: entry[:2])
                    kept.append(_change(subject, value, one, self.view))
        return tuple(raises), tuple(lowers)


def _missing_inputs(name: str, view: View) -> list[str]:
    """Return the inputs of a derived fact that are not known; an end that nobody stated is not missing."""
    derive = view.pack.facts[name].derive
    if derive is None:
        return []
    start, end = derive.elapsed
    inputs = [start, *([end] if end in view.facts else []), *([derive.minus] if derive.minus else [])]
    return [one for one in inputs if not isinstance(view.look(one), Known)]


def _change(subject: str, value: Value, one: Span, view: View) -> Change:
    order = (*view.pack.level_order, NONE)
    rule = view.pack.facts[subject]
    return Change(subject, show_value(value, rule.type), order[one.low], order[one.high], rule.clause)


def _tests(view: View, methods: Iterable[str]) -> dict[str, tuple[Test, ...]]:
    """Return the tests on facts by subject, for the methods given."""
    found: dict[str, tuple[Test, ...]] = {}
    for name in methods:
        for subject, tests in view.remember(("tests", name), partial(_by_subject, name)).items():
            found[subject] = (*found.get(subject, ()), *tests)
    return found


def _by_subject(name: str, pack: Pack) -> dict[str, list[Test]]:
    found: dict[str, list[Test]] = {}
    for row in pack.rows(name):
        for test in all_tests(row.when, pack):
            if test.subject in pack.facts and pack.facts[test.subject].means is None:
                found.setdefault(test.subject, []).append(test)
    return found


# ------------------------------------------------------------------------------------------- possible answers
def answers(subject: str, view: View, tests: Iterable[Test]) -> tuple[Value, ...]:
    """Return one value of every stretch of answers that the tests tell apart."""
    type_ = view.pack.facts[subject].type
    operands = tuple(_operands(tests, view))
    if type_.many:
        return tuple(_subsets({str(value) for _, value in operands if isinstance(value, str)}))
    if type_.kind == "yes_no":
        return (True, False)
    if type_.kind == "scale":
        return view.pack.words.domain.members(type_)
    if not type_.ordered:
        return _named(type_, [value for _, value in operands], view)
    return tuple(
        _stretches([(value, after) for op, value in operands for after in _BEFORE.get(op, (False, True))], type_, view)
    )


def _operands(tests: Iterable[Test], view: View) -> Iterator[tuple[str, Value]]:
    for test in tests:
        for operand in test.operand:
            value = view.reading(operand.name, test.type) if isinstance(operand, ReadingRef) else operand
            if value is not None:
                yield test.op, value


def _subsets(members: set[str]) -> Iterator[Value]:
    yield frozenset()
    for member in sorted(members):
        yield frozenset({member})


def _named(type_: Type, tested: list[Value], view: View) -> tuple[Value, ...]:
    others = [name for name in view.pack.words.domain.members(type_) if name not in tested]
    return (*dict.fromkeys(tested), *others[:1])


def _stretches(boundaries: list[Boundary], type_: Type, view: View) -> Iterator[Value]:
    """Yield one value below the first boundary, one between each two, one above the last; never a negative amount."""
    ordered = sorted(set(boundaries), key=lambda boundary: (_key(boundary[0]), boundary[1]))
    zero = nil(type_, view.pack.words.domain)
    if ordered:
        below = _step(ordered[0][0], -1) if not ordered[0][1] else ordered[0][0]
        if not isinstance(zero, int | Decimal | Money | timedelta) or _key(below) >= _key(zero):
            yield below
    for (value, after), following in zip_longest(ordered, ordered[1:]):
        if not after:
            yield value
        else:
            above = _step(value, 1)
            if following is None or _key(above) < _key(following[0]) or (above == following[0] and following[1]):
                yield above


def _key(value: object) -> Any:
    return value.amount if isinstance(value, Money) else value


def _step(value: Value, sign: int) -> Value:
    """Return the next value above or below, by the type's smallest unit."""
    if isinstance(value, Money):
        return Money(value.amount + sign * Decimal("0.01"), value.currency)
    if isinstance(value, timedelta | datetime):
        return value + sign * timedelta(seconds=1)
    if isinstance(value, Decimal):
        return value + sign * Decimal("0.01")
    if isinstance(value, int):
        return value + sign
    return value + sign * timedelta(days=1)  # type: ignore[operator]  # a date: the only ordered type left
