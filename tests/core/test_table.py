"""What is quick and what is plain agree: rows judged once per class of answers, and rows judged on the view itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengsui.core import loader
from fengsui.core.book import Book, Installed
from fengsui.core.conditions import View, judge
from fengsui.core.grading import grade, grade_view
from fengsui.core.grading import table as tables
from fengsui.core.grading.questions import answers
from fengsui.core.grading.spans import Sheet, span
from fengsui.core.pack import Pack
from fengsui.core.pack import when as conditions
from tests.core import story

NOW = story.at("2024-01-08 09:00")
SHIPPED = tuple(sorted(loader.shipped()))
SAID = {
    "yes_no": ("yes", "no"),
    "duration": ("0min", "29min", "30min", "2h", "3h", "3d"),
    "count": ("0", "1", "2", "99_999", "10万", "100万", "3000万"),
    "number": ("0", "1", "2.5", "100"),
    "percent": ("0%", "30%", "50%", "100%"),
    "money": ("0 CNY", "999万 CNY", "1000万 CNY", "1亿 CNY", "10亿 CNY", "5 USD"),
    "instant": ("2024-01-05 18:00", "2024-01-07 20:00", "2024-01-08 08:45"),
}
Known = dict[str, str | tuple[str, ...] | None]


@cache
def pack(name: str) -> Pack:
    return loader.load(loader.shipped()[name])


@cache
def graded_by(name: str) -> frozenset[str]:
    """The facts that the plan's grading looks at, and those that a derived one is made of."""
    of = pack(name)
    table = tables.Table(of, of.readings.switches)
    inputs = {one for slot in table.slots for one in slot.inputs if one}
    return frozenset(fact for fact in (*table.place, *inputs) if fact in of.facts)


def said(name: str, fact: str) -> st.SearchStrategy[str | tuple[str, ...] | None]:
    """Draw what somebody may say of a fact: a value on either side of its thresholds, or that it is not known."""
    type_ = pack(name).facts[fact].type
    members = pack(name).words.domain.members(type_) if type_.kind in ("scale", "set") else SAID.get(type_.kind, ())
    if type_.many:
        return st.lists(st.sampled_from(members), unique=True, max_size=3).map(tuple)
    return st.none() | st.sampled_from(members) | st.sampled_from(members) if members else st.none()


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, Book, Known, bool]:
    """Draw a plan with some readings set, what is known of a case, and whether all the rest was checked."""
    name = draw(st.sampled_from([one for one in SHIPPED if pack(one).methods]))
    of = pack(name)
    stated = [fact for fact in sorted(graded_by(name)) if not (of.facts[fact].means or of.facts[fact].derive)]
    left_out = draw(st.sets(st.sampled_from(stated), max_size=3)) if draw(st.booleans()) else set()
    facts = {fact: draw(said(name, fact)) for fact in stated if fact not in left_out}
    switches = {
        switch: draw(st.none() | st.sampled_from(list(of.readings.switches[switch].options)))
        for switch in of.readings.switches
    }
    readings = {switch: option for switch, option in switches.items() if option is not None}
    return name, Book(Installed(of, readings), loader.work_calendar()), facts, draw(st.booleans())


@settings(max_examples=120, deadline=None)
@given(moments())
def test_what_is_kept_for_a_class_is_what_a_first_look_gives(moment: tuple[str, Book, Known, bool]) -> None:
    """A pack seen for the first time has nothing kept: its rows are judged on this very view."""
    _, book, facts, rest_none = moment
    first = Book(Installed(replace(book.pack), book.main.readings), book.calendar)
    kept = grade(book, facts, NOW, rest_none=rest_none)
    fresh = grade(first, facts, NOW, rest_none=rest_none)
    assert kept == fresh
    assert kept.as_json() == fresh.as_json()


@settings(max_examples=80, deadline=None)
@given(moments())
def test_every_reason_is_what_the_row_itself_says(moment: tuple[str, Book, Known, bool]) -> None:
    name, book, facts, rest_none = moment
    view = View.of_facts(book, facts, NOW, rest_none)
    found = grade_view(view, ask=False)
    rows = {(method, row.id): row for method in pack(name).methods for row in pack(name).rows(method)}
    for value, group in ((True, found.met), (False, found.failed), (None, found.open), (None, found.idle)):
        for criterion in group:
            if criterion.method != "scope":
                truth = judge(rows[criterion.method, criterion.id].when, view)
                assert (value, criterion.by, criterion.missing) == (truth.value, truth.by, truth.open)


@settings(max_examples=60, deadline=None)
@given(moments(), st.data())
def test_a_supposition_is_the_same_on_the_sheet_and_on_the_view(
    moment: tuple[str, Book, Known, bool], data: st.DataObject
) -> None:
    name, book, facts, rest_none = moment
    of, view = pack(name), View.of_facts(book, facts, NOW, rest_none)
    sheet = Sheet.of(view)
    by_fact = {t.subject: [t] for m in of.methods for row in of.rows(m) for t in conditions.tests(row.when)}
    for fact in data.draw(st.lists(st.sampled_from(sorted(by_fact.keys() & of.facts.keys())), max_size=3)):
        for value in answers(fact, view, by_fact[fact]):
            supposed, viewed = sheet.suppose(fact, value), Sheet.of(view.suppose(fact, value))
            for method in of.methods:
                assert span(method, supposed) == span(method, viewed)


def test_values_that_every_test_treats_alike_are_one_class() -> None:
    book = Book.build(pack("dongxihu-land"), calendar=loader.work_calendar())
    one, same, other = (Sheet.of_facts(book, {"affected_people": n}, NOW, False) for n in ("100万", "130万", "99万"))
    assert one.codes == same.codes != other.codes


BOTH_WAYS = {
    "facts": """
facts:
  broke: {zh: 中断时间, type: instant, clause: c}
  back: {zh: 恢复时间, type: instant, clause: c}
  tolerable: {zh: 可承受的中断时间, type: duration, clause: c}
  excess: {zh: 超出时间, type: duration, derive: {elapsed: [broke, back], minus: tolerable}, clause: c}
""",
    "grading": """
methods:
  criteria:
    zh: 判定
    clause: c
    rules:
      - {id: long, level: II, when: {excess: at least 2h}, clause: c}
      - {id: brittle, level: III, when: {tolerable: less than 1h}, clause: c}
      - {id: some, level: IV, when: {excess: more than 0min}, clause: c}
grade: {by: criteria, clause: c}
""",
}
"""`tolerable` is tested by a row of its own, and the row before looks at it through `excess`."""


@pytest.mark.parametrize("first", ["10min", "50min", "1h", "4h"])
def test_a_fact_that_is_tested_and_feeds_a_derived_one_is_seen_both_ways(first: str) -> None:
    book = story.book(**BOTH_WAYS)
    broke, back = "2024-01-08 06:00", "2024-01-08 08:30"
    levels = {"10min": "II", "30min": "II", "31min": "III", "50min": "III", "1h": "IV", "2h": "IV", "4h": None}
    for tolerable in (first, *levels, first):
        facts = {"broke": broke, "back": back, "tolerable": tolerable}
        found = grade(book, facts, NOW)
        assert found.level == levels[tolerable]
        assert found == grade(story.book(**BOTH_WAYS), facts, NOW)


def test_a_supposed_fact_changes_what_is_derived_from_it_too() -> None:
    book = story.book(**BOTH_WAYS)
    view = View.of_facts(book, {"broke": "2024-01-08 06:00", "back": "2024-01-08 08:30", "tolerable": "50min"}, NOW)
    sheet = Sheet.of(view)
    for minutes in (10, 50, 59, 60, 150, 240):
        value = timedelta(minutes=minutes)
        supposed, viewed = sheet.suppose("tolerable", value), Sheet.of(view.suppose("tolerable", value))
        assert supposed.codes == viewed.codes
        assert span("criteria", supposed) == span("criteria", viewed)


def test_a_table_that_has_seen_too_much_gives_way_to_a_new_one() -> None:
    book = story.book()
    before = tables.table_of(book, book.main, None)
    assert tables.table_of(book, book.main, None) is before
    before.seen = tables.MOST + 1
    after = tables.table_of(book, book.main, None)
    assert after is not before
    assert tables.table_of(book, book.main, None) is after


def test_the_options_of_an_unset_switch_have_tables_of_their_own() -> None:
    book = Book.build(pack("chongqing-finance-regulator"), calendar=loader.work_calendar())
    (switch, *_), plain = book.pack.readings.switches, tables.table_of(book, book.main, None)
    view = View.of_facts(book, {}, NOW)
    options = book.pack.readings.switches[switch].options
    under = [view.under({switch: option}) for option in options]
    made = [tables.table_of(one.book, one.installed, None) for one in under]
    assert len({id(one) for one in (plain, *made)}) == 1 + len(options)
