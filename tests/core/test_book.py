"""The book: readings that fit or are refused, pins that change with every part, and what is not built."""

from __future__ import annotations

import pytest

from fengsui.core import loader
from fengsui.core.book import Book, Unset
from fengsui.core.pack import Type
from fengsui.core.problems import PackError
from tests.core.story import book, case

READINGS = """
parameters:
  days: {zh: 几日, type: limit, clause: c}
  superior: {zh: 上级, type: body, clause: c}
switches:
  who:
    zh: 由谁
    clause: c
    options: {us: {zh: 我们, means: group, clause: c}, them: {zh: 他们, means: city, clause: c}}
soft_words: {immediately: 立即}
"""


def test_a_reading_is_unset_until_the_owner_or_the_case_decides_it() -> None:
    plan = book(readings=READINGS)
    assert plan.text_of("days") == Unset("days")
    settled = case(("09:00", "opened"), ("09:10", "settled", {"reading": "days", "value": "30d"}))
    assert plan.text_of("days", settled) == "30d"
    assert book({"days": "25d"}, readings=READINGS).text_of("days", settled) == "25d"


def test_a_switch_stands_for_what_its_option_means() -> None:
    assert book({"who": "them"}, readings=READINGS).value_of("who", Type("body")) == "city"


@pytest.mark.parametrize(
    ("name", "value"),
    [("days", "many"), ("superior", "nobody"), ("who", "group"), ("watch.immediately", "soon"), ("nothing", "1")],
)
def test_a_reading_that_does_not_fit_is_refused_with_what_would(name: str, value: str) -> None:
    with pytest.raises(PackError) as refused:
        book({name: value}, readings=READINGS)
    (problem,) = refused.value.problems
    assert problem.code == "bad_reading"
    assert name in problem.message("zh")
    assert value in problem.message("en")


def test_the_pin_changes_with_readings_calendar_settings_and_pack() -> None:
    plain = book(readings=READINGS)
    other_calendar = loader.work_calendar().__class__(off=frozenset(), work=frozenset(), years=frozenset())
    pins = {
        plain.pin.digest,
        book({"days": "30d"}, readings=READINGS).pin.digest,
        book(settings={"countersign_within": "24h"}, readings=READINGS).pin.digest,
        Book.build(plain.pack, calendar=other_calendar).pin.digest,
        book().pin.digest,
    }
    assert len(pins) == 5
    assert book(readings=READINGS).pin == plain.pin
