"""An unset switch blocks only where its options differ (language 1.4)."""

from __future__ import annotations

from fengsui.core.conditions import View, judge
from fengsui.core.grading import grade
from fengsui.core.pack import Condition
from tests.core.story import at, book, pack

READINGS = """
switches:
  who:
    zh: 由谁
    clause: c
    options: {us: {zh: 我们, clause: c}, them: {zh: 他们, clause: c}, both: {zh: 都算, clause: c}}
"""
GRADING = """
methods:
  m:
    zh: 法
    clause: c
    otherwise: ungraded
    rules:
      - {id: grave, level: I, when: {major: yes, $who: both}, clause: c}
      - {id: ours, level: II, when: {major: yes, $who: us}, clause: c}
      - {id: theirs, level: II, when: {major: yes, $who: not us}, clause: c}
grade: {by: m, clause: c}
"""


def condition(text: str) -> Condition:
    return (
        pack(readings=READINGS, grants=f"incident:\n  - {{act: end, by: group, when: {text}, clause: c}}\n")
        .grants[0]
        .when
    )


def answer(text: str, **readings: str) -> tuple[bool | None, list[str]]:
    truth = judge(condition(text), View.of_facts(book(readings, readings=READINGS), {}, at("09:00")))
    return truth.value, sorted(leaf.text for leaf in truth.open)


def test_where_every_option_gives_the_same_answer_the_reading_does_not_matter() -> None:
    assert answer("{any: [{$who: us}, {$who: not us}]}") == (True, [])
    assert answer("{$who: us, any: [{$who: them}, {$who: both}]}") == (False, [])


def test_where_options_differ_the_reading_is_open_until_it_is_set() -> None:
    assert answer("{$who: us}") == (None, ["reading who"])
    assert answer("{$who: us}", who="us") == (True, [])


def test_a_fact_that_is_open_as_well_stays_open() -> None:
    assert answer("{major: yes, any: [{$who: us}, {$who: not us}]}") == (None, ["fact major", "reading who"])


def test_a_grade_is_as_narrow_as_it_is_under_every_option() -> None:
    plan = book(readings=READINGS, grading=GRADING)
    found = grade(plan, {"major": "yes"}, at("09:00"))
    assert (found.lowest, found.highest, found.status) == ("II", "I", "needs_interpretation")
    assert grade(book({"who": "us"}, readings=READINGS, grading=GRADING), {"major": "yes"}, at("09:00")).level == "II"
    same = GRADING.replace("level: I,", "level: II,")
    assert grade(book(readings=READINGS, grading=same), {"major": "yes"}, at("09:00")).level == "II"
