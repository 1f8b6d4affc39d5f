"""The demo bureau's plan: its text, its rules and its stories belong together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from fengsui.core import loader
from fengsui.core.lint import lint
from fengsui.core.loader import Scenario
from fengsui.core.mutate import Sort, unprotected
from fengsui.core.pack import Pack
from fengsui.core.simulate import run
from fengsui.core.timing import parse_instant
from fengsui.core.trace import trace

FOLDER = loader.shipped()["demo-linjiang"]
SCENARIOS = {scenario.name: scenario for scenario in loader.load_scenarios(FOLDER)}
OPENING = "一体化平台夜间中断，首次报告还剩十二分钟，升为重大待批"
NOW = "2026-11-26 03:12"


@cache
def plan() -> Pack:
    """The pack, loaded once."""
    return loader.load(FOLDER)


def test_the_pack_states_the_digest_of_its_own_text() -> None:
    assert plan().text is not None
    assert plan().head.text == loader.text_digest(str(plan().text))


def test_every_clause_is_found_in_the_text_and_every_paragraph_has_its_clause() -> None:
    coverage = trace(plan(), str(plan().text))
    assert not coverage.lost
    assert not coverage.unanswered


def test_every_citation_is_a_number_that_stands_in_the_text() -> None:
    for clause in plan().clauses.values():
        assert f"**{clause.cite}** " in str(plan().text), clause.cite


def test_the_plan_leaves_two_values_and_one_reading_to_its_owner() -> None:
    readings = plan().readings
    assert set(readings.parameters) == {"daily_hour", "summary_recipient"}
    assert [name for name, value in readings.parameters.items() if value.suggest] == ["daily_hour"]
    assert {option.clause for option in readings.switches["investigation_owner"].options.values()} == {
        ("LJ-2-2-3",),
        ("LJ-5-2",),
    }


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_scenario_holds(scenario: Scenario) -> None:
    assert [str(failure) for failure in run(plan(), scenario).failures] == []


def test_the_demo_opens_twelve_minutes_before_the_first_report_is_due_with_an_upgrade_waiting() -> None:
    whole = SCENARIOS[OPENING]
    played = run(plan(), replace(whole, steps=tuple(s for s in whole.steps if str(s.data["at"]) <= NOW)))
    first = next(o for o in played.obligations if o.duty == "first_report" and o.state == "open")
    assert first.due is not None
    assert first.due - parse_instant(NOW, plan().zone) == timedelta(minutes=12)
    waiting = [line for line in played.what_next if line.act == "adjust" and line.chain]
    assert [party.text for line in waiting for party in line.who] == ["leading_group"]


@pytest.mark.parametrize("change", ["threshold", "limit", "any_all", "holder"])
def test_no_rule_can_be_bent_without_a_scenario_that_notices(change: Sort) -> None:
    # Dropping a rule is `fengsui test --mutate`, which `make test` runs on its own.
    found = unprotected(plan(), tuple(SCENARIOS.values()), (change,))
    assert [(mutant.rule, mutant.change) for mutant in found] == []


def test_the_linter_finds_nothing_but_what_the_owner_has_to_decide() -> None:
    assert {finding.code for finding in lint(plan())} == {"HOLE", "READING", "SOFT"}
