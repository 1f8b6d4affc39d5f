"""A condition as written becomes a function of a view, once per pack.

Rules
- Types, operands and scale orders are looked up when the function is made, not when it is asked.
- An operand that is an unset reading leaves its test unknown with `reading x` open, unless another operand settles it.
- `known` and `unknown` look at knowledge itself and are never unknown.
- A subject known only as an interval (the grade) settles a test when every value in it gives the same answer.
- Amounts of different currencies cannot be compared: the test stays open on its subject.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from fengsui.core.case import Party
from fengsui.core.conditions.parties import parse_party, resolve, same_body
from fengsui.core.conditions.truth import NOTHING, TRUE, Leaf, Leaves, Truth, conjunction, disjunction, negation
from fengsui.core.pack import All, BodyRef, Condition, Domain, Not, Pack, ReadingRef, Test, Value, tests

if TYPE_CHECKING:
    from fengsui.core.conditions.view import View

Judge = Callable[["View"], Truth]
Match = Callable[["View", object], bool]
Compare = Callable[[Any, Any], bool]


class Known(NamedTuple):
    """What a view knows of a subject, and the subjects it comes from. None is *below all levels* (a grade only)."""

    value: object
    by: tuple[str, ...] = ()


class Open(NamedTuple):
    """A subject that is not known, and the leaves it waits for."""

    open: Leaves


class Among(NamedTuple):
    """A subject known to be one of several values; `open` would tell which."""

    values: tuple[object, ...]
    open: Leaves
    by: tuple[str, ...] = ()


Look = Known | Open | Among

call: Callable[[Judge, View], Truth] = operator.call
ORDERS: dict[str, Compare] = {"ge": operator.ge, "le": operator.le, "gt": operator.gt, "lt": operator.lt}


def make(condition: Condition, pack: Pack) -> Judge:
    """Return the function that judges the condition on a view of this pack."""
    if isinstance(condition, Test):
        return _test(condition, pack)
    if isinstance(condition, Not):
        inner = make(condition.part, pack)
        return lambda view: negation(inner(view))
    parts = tuple(make(part, pack) for part in condition.parts)
    if isinstance(condition, All):
        if not parts:
            return lambda view: TRUE
        return lambda view: conjunction(map(call, parts, repeat(view)))
    return lambda view: disjunction(map(call, parts, repeat(view)))


def _test(test: Test, pack: Pack) -> Judge:
    if test.op in ("known", "unknown"):
        return _knowledge(test.subject, test.op == "known")
    plain = tuple(value for value in test.operand if not isinstance(value, ReadingRef))
    refs = tuple(value.name for value in test.operand if isinstance(value, ReadingRef))
    return _with_readings(test, plain, refs, pack) if refs else _plain(test.subject, _matcher(test, plain, pack))


def _knowledge(subject: str, wanted: bool) -> Judge:
    def judge(view: View) -> Truth:
        found = view.look(subject)
        return Truth(isinstance(found, Known) is wanted, NOTHING, (subject,))

    return judge


def _plain(subject: str, match: Match) -> Judge:
    # Most tests are on a fact that was stated: their two answers are made once.
    yes, no = Truth(True, NOTHING, (subject,)), Truth(False, NOTHING, (subject,))

    def judge(view: View) -> Truth:
        found = view.look(subject)
        if type(found) is not Known or len(found.by) != 1:
            return _judged(view, found, subject, match)
        try:
            return yes if match(view, found.value) else no
        except ArithmeticError:
            return _judged(view, found, subject, match)

    return judge


def _judged(view: View, found: Look, subject: str, match: Match) -> Truth:
    if isinstance(found, Open):
        return Truth(None, found.open)
    try:
        if isinstance(found, Known):
            return Truth(match(view, found.value), NOTHING, found.by)
        answers = {match(view, value) for value in found.values}
    except ArithmeticError:
        return Truth(None, frozenset({Leaf("fact", subject)}))
    return Truth(answers.pop(), NOTHING, found.by) if len(answers) == 1 else Truth(None, found.open)


def _with_readings(test: Test, plain: tuple[Value, ...], refs: tuple[str, ...], pack: Pack) -> Judge:
    """Judge with the readings that are set; those unset are open unless the others settle a `one of`."""

    def judge(view: View) -> Truth:
        found = view.look(test.subject)
        values = {name: view.reading(name, test.type) for name in refs}
        unset = frozenset(Leaf("reading", name) for name, value in values.items() if value is None)
        if isinstance(found, Open):
            return Truth(None, found.open | unset)
        known = (*plain, *(value for value in values.values() if value is not None))
        if unset and not known:
            return Truth(None, unset if isinstance(found, Known) else found.open | unset)
        truth = _judged(view, found, test.subject, _matcher(test, known, pack))
        return truth if truth.value is True or not unset else Truth(None, truth.open | unset)

    return judge


def _matcher(test: Test, operands: tuple[object, ...], pack: Pack) -> Match:
    if test.type.kind == "body":
        return _bodies(test.op, operands, pack)
    if test.op in ("eq", "in"):
        return lambda view, value: value in operands
    if test.op == "ne":
        return lambda view, value: value not in operands
    if test.op == "includes":
        return lambda view, value: isinstance(value, frozenset) and operands[0] in value
    return _order(test, operands, pack.words.domain)


def _order(test: Test, operands: tuple[object, ...], domain: Domain) -> Match:
    compare = ORDERS[test.op]
    if test.type.kind != "scale":
        return lambda view, value: _compare(compare, value, operands[0])
    ranks: dict[object, int] = {name: rank for rank, name in enumerate(domain.members(test.type))}
    limit = ranks[operands[0]]
    return lambda view, value: value is not None and compare(ranks[value], limit)


def _compare(compare: Compare, value: object, limit: object) -> bool:
    try:
        return compare(value, limit)
    except ValueError as different_currency:
        raise ArithmeticError from different_currency


def _bodies(op: str, operands: tuple[object, ...], pack: Pack) -> Match:
    """Match what a body said or got: `assessed_by: owner` holds for the unit that is the owner of this case."""

    def match(view: View, value: object) -> bool:
        said = value if isinstance(value, tuple) else (value,)
        meant = [party for text in operands for party in _meant(str(text), view, pack)]
        return any(same_body(str(one), meant) for one in said) is (op != "ne")

    return match


def _meant(text: str, view: View, pack: Pack) -> tuple[Party, ...]:
    party = parse_party(text)
    if party.place or party.body not in pack.bodies:
        return (party,)
    return resolve(BodyRef(party.body, party.post), view)


def all_tests(condition: Condition, pack: Pack) -> Iterator[Test]:
    """Yield the tests of a condition and of the defined facts it asks."""
    for test in tests(condition):
        yield test
        rule = pack.facts.get(test.subject)
        if rule is not None and rule.means is not None:
            yield from all_tests(rule.means, pack)
