"""Laws of grading (language 3.2): what is learned never moves a bound outwards, and the order of writing is nothing."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengsui.core import loader
from fengsui.core.book import Book, Installed
from fengsui.core.conditions import View, all_tests
from fengsui.core.grading import NONE, Grade, MethodGrade, first_crossing, grade, grade_view
from fengsui.core.grading.questions import answers
from fengsui.core.pack import Pack
from fengsui.core.pack.values import show_value
from tests.core import story

GOOD = Path(__file__).parents[1] / "packs/good"
NOW = story.at("2024-01-08 09:00")
NAMES = (
    "snippet-s0-composite",
    "snippet-s1-thresholds",
    "snippet-cac-ladders",
    "chongqing-finance-regulator",
    "demo-linjiang",
    "cac-2025",
)
READINGS = {
    **{f"range_{n}": ("IV to I", "III to II", "IV to IV") for n in (1, 2, 3, 4)},
    **{f"imp_{n}_grade": ("2", "3") for n in (1, 2, 3, 4)},
    "imp_2_count": ("2",),
    "imp_3_count": ("1", "3"),
    "excess_I": ("48h",),
    "excess_II": ("24h",),
    "excess_III": ("8h",),
    "excess_IV": ("1h",),
    "importance_clamp": ("clamp", "warn", "ignore"),
}
Learned = tuple[str, str, str | tuple[str, ...]]
"""One thing learned: `fact` or `reading`, its name, its value as text."""
Story = tuple[str, list[Learned], list[Learned]]
"""A pack, what is known from the start, and what is learned in that order."""


@cache
def pack(name: str) -> Pack:
    return loader.load(loader.shipped().get(name) or GOOD / name)


@cache
def choices(name: str) -> dict[str, tuple[str | tuple[str, ...], ...]]:
    """Every fact of a pack's grading with values on both sides of all its thresholds."""
    view = View.of_facts(Book(Installed(pack(name)), loader.work_calendar()), {}, NOW)
    found: dict[str, tuple[str | tuple[str, ...], ...]] = {}
    scope = {test.subject for rule in pack(name).grading.scope for test in all_tests(rule.when, pack(name))}
    for fact, rule in pack(name).facts.items():
        if rule.means or rule.derive or fact in scope:
            continue
        if rule.type.kind == "instant":
            found[fact] = ("2024-01-05 18:00", "2024-01-07 20:00", "2024-01-08 08:45")
            continue
        tested = [t for m in pack(name).methods for row in pack(name).rows(m) for t in all_tests(row.when, pack(name))]
        values = answers(fact, view, [t for t in tested if t.subject == fact])
        if not values and rule.type.kind == "duration":
            values = (timedelta(hours=4),)
        found[fact] = tuple(
            tuple(sorted(map(str, v))) if isinstance(v, frozenset) else show_value(v, rule.type) for v in values
        )
    return {fact: values for fact, values in found.items() if values}


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """The end of an interval is known from the start: not stated it means *still running*, which is no ignorance."""
    name = draw(st.sampled_from(NAMES))
    facts = [("fact", fact, draw(st.sampled_from(values))) for fact, values in choices(name).items()]
    declared = {*pack(name).words.parameters, *pack(name).readings.switches}
    readings = [("reading", r, draw(st.sampled_from(values))) for r, values in READINGS.items() if r in declared]
    ends = {rule.derive.elapsed[1] for rule in pack(name).facts.values() if rule.derive}
    order = draw(st.permutations([one for one in facts if one[1] not in ends] + readings))
    return name, [one for one in facts if one[1] in ends], order[: draw(st.integers(0, len(order)))]


def told(name: str, learned: list[Learned]) -> Grade:
    facts = {fact: value for sort, fact, value in learned if sort == "fact"}
    readings = {reading: str(value) for sort, reading, value in learned if sort == "reading"}
    return grade(Book(Installed(pack(name), readings), loader.work_calendar()), facts, NOW, ask=False)


def ranks(found: Grade | MethodGrade, of: Pack) -> tuple[int, int]:
    order = ("none", *of.level_order)
    assert found.lowest is not None and found.highest is not None
    return order.index(found.lowest), order.index(found.highest)


def all_ranks(found: Grade, of: Pack) -> dict[str, tuple[int, int]]:
    """The bounds of the grade and of each of its methods."""
    return {"": ranks(found, of), **{name: ranks(method, of) for name, method in found.methods.items()}}


@settings(max_examples=80, deadline=None)
@given(stories())
def test_learning_a_fact_or_deciding_a_reading_never_moves_a_bound_outwards(story_: Story) -> None:
    name, known, learned = story_
    before = all_ranks(told(name, known), pack(name))
    for n in range(1, len(learned) + 1):
        after = all_ranks(told(name, known + learned[:n]), pack(name))
        for method, (low, high) in before.items():
            assert low <= after[method][0] <= after[method][1] <= high, (method, learned[n - 1])
        before = after


@settings(max_examples=40, deadline=None)
@given(stories())
def test_every_criterion_is_met_or_failed_or_open_or_idle(story_: Story) -> None:
    name, known, learned = story_
    learned = known + learned
    found = told(name, learned)
    sorted_out = [(c.method, c.id) for group in (found.met, found.failed, found.open, found.idle) for c in group]
    official = {m for m in found.methods if not found.methods[m].beside}
    rows = [(m, row.id) for m in official | {"importance"} & set(pack(name).methods) for row in pack(name).rows(m)]
    assert sorted(one for one in sorted_out if one[0] != "scope") == sorted(rows)


@settings(max_examples=40, deadline=None)
@given(stories())
def test_the_status_says_what_the_bounds_and_the_open_leaves_say(story_: Story) -> None:
    name, known, learned = story_
    learned = known + learned
    found = told(name, learned)
    low, high = ranks(found, pack(name))
    assert (found.status == "decided") == (low == high > 0)
    assert (found.status == "ungraded") == (low == high == 0)
    assert (found.level is not None) == (found.status == "decided")
    assert (found.status == "no_rule") == (low < high and not found.asks)
    assert not (low == high and found.asks)
    if found.status == "no_rule":
        assert found.holes


@settings(max_examples=25, deadline=None)
@given(stories())
def test_each_answer_to_the_next_question_stays_within_the_bounds_and_one_of_them_may_narrow(
    story_: Story,
) -> None:
    name, known, learned = story_
    learned = known + learned
    facts = {fact: value for sort, fact, value in learned if sort == "fact"}
    view = View.of_facts(Book(Installed(pack(name)), loader.work_calendar()), facts, NOW)
    found = grade_view(view)
    if found.next_question is None:
        assert not found.missing_facts
        return
    assert found.next_question.fact in found.missing_facts
    low, high = ranks(found, pack(name))
    for change in (*found.raises, *found.lowers):
        if change.fact in found.missing_facts:
            order = ("none", *pack(name).level_order)
            assert low <= order.index(change.lowest) <= order.index(change.highest) <= high


@settings(max_examples=40, deadline=None)
@given(stories(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_known_does_not_matter(story_: Story, chance: object) -> None:
    name, known, learned = story_
    learned = known + learned
    shuffled = list(learned)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert told(name, learned) == told(name, shuffled)


@settings(max_examples=30, deadline=None)
@given(stories())
def test_a_criterion_holds_from_the_moment_at_which_it_was_said_to_cross(story_: Story) -> None:
    name, known, learned = story_
    learned = known + learned
    ends = {rule.derive.elapsed[1] for rule in pack(name).facts.values() if rule.derive}
    facts = {fact: value for sort, fact, value in learned if sort == "fact" and fact not in ends}
    readings = {r: values[0] for r, values in READINGS.items() if r.startswith("excess")} if "s0" in name else {}
    book = Book(Installed(pack(name), readings), loader.work_calendar())
    for cross in grade(book, facts, NOW, ask=False).crosses:
        before = grade(book, facts, cross.at - timedelta(seconds=1), ask=False)
        after = grade(book, facts, cross.at, ask=False)
        assert cross.id not in [one.id for one in before.met]
        assert cross.id in [one.id for one in after.met]


@settings(max_examples=30, deadline=None)
@given(stories(), st.booleans())
def test_what_time_alone_will_meet_is_said_to_cross_before_it_does(story_: Story, rest_none: bool) -> None:
    name, known, learned = story_
    ends = {rule.derive.elapsed[1] for rule in pack(name).facts.values() if rule.derive}
    told_ = known + learned
    facts = {fact: value for sort, fact, value in told_ if sort == "fact" and fact not in ends}
    readings = {reading: str(value) for sort, reading, value in told_ if sort == "reading"}
    book = Book(Installed(pack(name), readings), loader.work_calendar())
    now = grade(book, facts, NOW, rest_none=rest_none, ask=False)
    said, held = {cross.id: cross.at for cross in now.crosses}, {one.id for one in now.met}
    assert first_crossing(View.of_facts(book, facts, NOW, rest_none)) == min(said.values(), default=None)
    for hours in (1, 2, 3, 4, 6, 7, 8, 12, 24, 48, 72, 100):
        later = NOW + timedelta(hours=hours)
        met = {one.id for one in grade(book, facts, later, rest_none=rest_none, ask=False).met if one.level != NONE}
        assert all(said[id_] <= later for id_ in met - held)


@pytest.mark.parametrize("name", ["snippet-s1-thresholds", "chongqing-finance-regulator", "snippet-cac-ladders"])
def test_the_order_in_which_rules_are_written_does_not_change_a_grade(name: str) -> None:
    raw = dict(pack(name).raw)
    grading = raw["grading"]
    assert isinstance(grading, dict)
    methods = {m: {**body, "rules": list(reversed(body["rules"]))} for m, body in grading["methods"].items()}
    texts = loader.dump(pack(name))
    mirrored = loader.dump(loader.load_texts({**texts, "grading.yaml": _yaml({**grading, "methods": methods})}))
    other = loader.load_texts(mirrored)
    for n in range(40):
        facts = {fact: values[n % len(values)] for k, (fact, values) in enumerate(choices(name).items()) if (n + k) % 3}
        one, two = (
            grade(Book(Installed(p), loader.work_calendar()), facts, NOW, ask=False) for p in (pack(name), other)
        )
        assert (one.status, one.lowest, one.highest, one.asks) == (two.status, two.lowest, two.highest, two.asks)


def _yaml(data: object) -> str:
    import json

    return json.dumps(data, ensure_ascii=False)
