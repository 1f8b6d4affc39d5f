"""The national measures of 2025: their own grading, three first limits, beside every plan on one case."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from fengsui.core import loader
from fengsui.core.lint import lint
from fengsui.core.loader import Scenario
from fengsui.core.mutate import Sort, unprotected
from fengsui.core.pack import Pack
from fengsui.core.simulate import run
from fengsui.core.timing import Days, Length

FOLDER = loader.shipped()["cac-2025"]
SCENARIOS = {scenario.name: scenario for scenario in loader.load_scenarios(FOLDER)}
SILENT = {"A1", "A3", "A6", "A9", "A10", "A11", "A12-1"}


@cache
def regime() -> Pack:
    """The pack, loaded once."""
    return loader.load(FOLDER)


def cited(raw: object) -> set[str]:
    """Every clause that some rule below cites."""
    if isinstance(raw, Mapping):
        own = set(str(raw["clause"]).split()) if isinstance(raw.get("clause"), str) else set()
        return own.union(*(cited(value) for value in raw.values()))
    return set().union(*(cited(item) for item in raw)) if isinstance(raw, list) else set()


def test_every_clause_is_answered_by_a_rule_or_says_why_not() -> None:
    answered = set().union(*(cited(raw) for file, raw in regime().raw.items() if file != "clauses"))
    silent = {name for name, clause in regime().clauses.items() if clause.not_executable}
    assert answered | silent == set(regime().clauses)
    assert answered & silent == set()
    assert silent == SILENT


def test_the_numbers_are_those_of_the_final_text() -> None:
    limits = {duty.id: duty.within for duty in regime().duties if isinstance(duty.within, Length | Days)}
    minutes = {name: limit.delta.total_seconds() / 60 for name, limit in limits.items() if isinstance(limit, Length)}
    assert minutes == {"R1": 60, "R1u": 30, "R2": 120, "R2u": 60, "R3": 240, "R3u": 60}
    assert limits["Z"] == Days(30)


def test_it_has_neither_grants_nor_playbooks_and_takes_nothing_for_granted() -> None:
    assert (regime().grants, dict(regime().playbooks)) == ((), {})
    assert set(regime().readings.parameters) == {"operator_kind", "sector_rule", "sector_limit"}
    assert set(regime().readings.switches) == {"cii_order"}


def test_the_linter_finds_no_error() -> None:
    assert not [finding for finding in lint(regime()) if finding.severity == "error"]


def test_it_runs_beside_each_shipped_plan() -> None:
    plans = {str(scenario.given["plan"]) for scenario in SCENARIOS.values() if "plan" in scenario.given}
    shipped = {name for name, path in loader.shipped().items() if loader.load(path).head.kind == "plan"}
    assert plans == shipped


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_scenario_holds(scenario: Scenario) -> None:
    assert [str(failure) for failure in run(regime(), scenario).failures] == []


@pytest.mark.parametrize("change", ["threshold", "limit", "any_all", "holder"])
def test_no_rule_can_be_moved_or_given_away_unnoticed(change: Sort) -> None:
    # Dropping a rule is `fengsui test --mutate`, which `make test` runs on its own.
    found = unprotected(regime(), tuple(SCENARIOS.values()), (change,))
    assert [f"{mutant.rule}: {mutant.change}" for mutant in found] == []
