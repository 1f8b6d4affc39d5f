"""The financial regulator's plan: whole, traced clause by clause, and every scenario of it holds."""

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

FOLDER = loader.shipped()["chongqing-finance-regulator"]
SCENARIOS = {scenario.name: scenario for scenario in loader.load_scenarios(FOLDER)}
ROWS = {
    f"S3-G{n:02}"
    for n in (
        *(1, 4, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 19, 21, 22, 23, 25, 26, 31, 32),
        *(35, 36, 38, 41, 42, 43, 46, 48, 49, 50, 52, 54, 55),
    )
}


@cache
def plan() -> Pack:
    """The pack, loaded once."""
    return loader.load(FOLDER)


def cited(raw: object) -> set[str]:
    """Every clause that some rule below cites."""
    if isinstance(raw, Mapping):
        own = set(str(raw["clause"]).split()) if isinstance(raw.get("clause"), str) else set()
        return own.union(*(cited(value) for value in raw.values()))
    return set().union(*(cited(item) for item in raw)) if isinstance(raw, list) else set()


def test_every_clause_is_answered_by_a_rule_or_says_why_not() -> None:
    answered = set().union(*(cited(raw) for file, raw in plan().raw.items() if file != "clauses"))
    silent = {name for name, clause in plan().clauses.items() if clause.not_executable}
    assert set(plan().clauses) == {f"S3-{n:03}" for n in range(1, 132)}
    assert answered | silent == set(plan().clauses)
    assert answered & silent == set()
    assert silent == {"S3-002", "S3-021"}


def test_every_acceptance_row_is_a_scenario() -> None:
    assert {scenario.row for scenario in SCENARIOS.values() if scenario.row} == ROWS


def test_nothing_that_the_text_leaves_open_has_a_value() -> None:
    readings = plan().readings
    assert "issue_date" in readings.parameters
    assert set(readings.switches) == {"starter_of_I", "impact_on", "public_only", "summary_filing", "review_basis"}
    assert not [name for name, reading in readings.parameters.items() if reading.suggest]


def test_the_linter_finds_what_the_text_really_leaves_wanting() -> None:
    serious = {(finding.code, finding.clause) for finding in lint(plan()) if finding.severity != "note"}
    assert serious == {("BODY", ("S3-114",)), ("AUTH", ("S3-092",))}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_scenario_holds(scenario: Scenario) -> None:
    assert [str(failure) for failure in run(plan(), scenario).failures] == []


@pytest.mark.parametrize("change", ["threshold", "limit", "any_all", "holder"])
def test_no_rule_can_be_moved_or_given_away_unnoticed(change: Sort) -> None:
    # Dropping a rule is `fengsui test --mutate`, which `make test` runs on its own.
    found = unprotected(plan(), tuple(SCENARIOS.values()), (change,))
    assert [f"{mutant.rule}: {mutant.change}" for mutant in found] == []
