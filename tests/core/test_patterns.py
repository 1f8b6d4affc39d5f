"""Like cases over one root: who counts, what makes them alike, and what an unset number leaves (language 5.4)."""

from __future__ import annotations

from dataclasses import replace

from fengsui.core.conditions import View
from fengsui.core.pack.rules import Pattern
from fengsui.core.patterns import Group, groups
from tests.core.story import at, book, case, pack

READINGS = """
parameters:
  enough: {zh: 几省, type: count, clause: c}
  window: {zh: 多长时间内, type: duration, clause: c}
"""
DUTIES = """
patterns:
  many:
    {zh: 多省同类, cases: {level: III}, same: [major], distinct: site, window: $window, is: at least $enough, clause: c}
"""
SET = {"enough": "3", "window": "7d"}


def found(*cases: tuple[str, str, str, str], set_to: dict[str, str] | None = None) -> tuple[Group, ...]:
    """Each case is (organisation, day opened, level, major)."""
    plan = book(set_to, readings=READINGS)
    views = []
    for n, (organisation, day, level, major) in enumerate(cases):
        story = case(
            (f"2024-01-{day} 09:00", "opened", {"organisation": organisation}),
            (f"2024-01-{day} 09:05", "stated", {"facts": {"major": major}}),
            (f"2024-01-{day} 09:10", "confirmed", {"level": level}),
        )
        views.append(View(plan, None, replace(story, id=f"c{n}"), at("2024-01-20 09:00")))
    return groups("many", the_pattern(), views)


def the_pattern() -> Pattern:
    return pack(readings=READINGS, duties=DUTIES).patterns["many"]


THREE = (("P1", "18", "III", "yes"), ("P2", "18", "III", "yes"), ("P3", "19", "III", "yes"))


def test_three_provinces_with_the_same_kind_are_enough() -> None:
    assert found(*THREE, set_to=SET) == (Group("many", ("True",), ("c0", "c1", "c2"), 3, True),)


def test_two_cases_of_one_province_count_once() -> None:
    (group,) = found(*THREE[:2], ("P2", "19", "III", "yes"), set_to=SET)
    assert (group.count, group.holds) == (2, False)


def test_another_kind_another_level_or_an_older_case_does_not_count() -> None:
    others = (("P4", "18", "III", "no"), ("P5", "18", "IV", "yes"), ("P6", "10", "III", "yes"))
    assert [(g.key, g.count, g.holds) for g in found(*THREE[:2], *others, set_to=SET)] == [
        (("True",), 2, False),
        (("False",), 1, False),
    ]


def test_unset_numbers_make_the_group_information() -> None:
    (group,) = found(*THREE)
    assert (group.count, group.holds, group.open) == (3, None, ("reading window", "reading enough"))


def test_a_case_whose_kind_is_unknown_is_in_no_group() -> None:
    plan = book(readings=READINGS)
    story = case(("2024-01-18 09:00", "opened"), ("2024-01-18 09:10", "confirmed", {"level": "III"}))
    assert groups("many", the_pattern(), [View(plan, None, story, at("2024-01-20 09:00"))]) == ()
