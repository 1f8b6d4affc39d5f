"""Like cases over one root: who counts, what makes them alike, and what an unset number leaves (language 5.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fengsui.core.conditions import View
from fengsui.core.loader import read_scenarios
from fengsui.core.mutate import mutants, unprotected
from fengsui.core.pack.rules import Pattern
from fengsui.core.patterns import Group, groups
from fengsui.core.problems import PackError
from fengsui.core.simulate import run
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


SCENARIO = """
scenarios:
  - scenario: 第三个省
    given:
      readings: {enough: 3, window: 7d}
      facts: {major: yes}
      cases: [{site: P1, level: III, facts: {major: yes}}, {site: P2, level: III, facts: {major: yes}}]
    steps:
      - {at: 2024-01-20 09:00, expect: {pattern: {many: {holds: no, count: 0}}, not_owed: [meet]}}
      - {at: 2024-01-20 09:05, who: group, do: assess, value: III, expect: {pattern: {many: {holds: no, count: 0}}}}
      - {at: 2024-01-20 09:10, who: group, do: confirm}
      - {at: 2024-01-20 09:10, expect: {pattern: [many], owed: [{duty: meet, by: group}]}}
      - {at: 2024-01-20 09:10, expect: {pattern: {many: {holds: yes, count: 3, key: ["True"], open: []}}}}
      - {at: 2024-01-20 09:20, who: group, do: record, note: 再记一条}
      - {at: 2024-01-20 09:20, expect: {pattern: {many: {count: 3}}, owed: [{duty: meet, state: open}]}}
"""
GRANTS = """
incident:
  - {act: assess, by: group, clause: c}
  - {act: confirm, by: group, clause: c}
"""
MEETING = """
incident:
  - {id: meet, on: pattern many, owes: 会商, by: group, within: none, clause: c}
"""


def plan_with(text: str) -> tuple[list[str], int]:
    """Play a scenario of the tiny plan; return what went wrong and how often the case heard of its group."""
    the_plan = pack(readings=READINGS, duties=DUTIES + MEETING, grants=GRANTS)
    (scenario,) = read_scenarios({"many.yaml": text})
    played = run(the_plan, scenario)
    return [str(failure) for failure in played.failures], sum(e.type == "pattern" for e in played.events)


def test_a_scenario_beside_other_cases_hears_of_the_group_once_and_owes_what_follows() -> None:
    assert plan_with(SCENARIO) == ([], 1)


def test_two_cases_of_one_site_are_one_and_an_exercise_is_none() -> None:
    for one in ("site: P1", "site: P2, mode: exercise"):
        failures, heard = plan_with(SCENARIO.replace("site: P2", one))
        assert failures and heard == 0


def test_without_the_numbers_a_scenario_tells_what_is_open_and_nobody_hears() -> None:
    text = SCENARIO.replace("readings: {enough: 3, window: 7d}", "readings: {window: 7d}")
    text = text[: text.index("      - {at: 2024-01-20 09:10, expect: {pattern: [many]")]
    text += "      - {at: 2024-01-20 09:11, expect: {pattern: {many: {holds: none, count: 3, open: reading enough}}}}\n"
    assert plan_with(text) == ([], 0)


def test_a_misspelt_key_of_another_case_and_an_unknown_pattern_are_told() -> None:
    for wrong in ("sight: P2", "readings: {}, site: P2"):
        with pytest.raises(PackError) as found:
            read_scenarios({"many.yaml": SCENARIO.replace("site: P2", wrong)})
        assert [problem.code for problem in found.value.problems] == ["unknown_key"]
    assert plan_with(SCENARIO.replace("{many: {holds: no", "{few: {holds: no"))[0]


def test_every_change_of_a_pattern_is_noticed_by_its_scenarios() -> None:
    the_plan = pack(readings=READINGS, duties=DUTIES.replace("$enough", "3") + MEETING, grants=GRANTS)
    two = """
scenarios:
  - scenario: 两个省还不够
    given:
      {readings: {window: 7d}, level: III, facts: {major: yes}, cases: [{site: P1, level: III, facts: {major: yes}}]}
    steps: [{at: 2024-01-20 09:00, expect: {pattern: {many: {holds: no, count: 2}}, not_owed: [meet]}}]
"""
    told = read_scenarios({"many.yaml": SCENARIO.replace("enough: 3, ", ""), "two.yaml": two})
    changes = [mutant.change for mutant in mutants(the_plan) if mutant.what == "pattern"]
    assert changes == ["dropped", "3 → 2", "3 → 4"]
    assert not [m.change for m in unprotected(the_plan, told, None) if m.what == "pattern"]
