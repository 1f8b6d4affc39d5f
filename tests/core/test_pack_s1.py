"""The land bureau's plan: whole, traced clause by clause, and every scenario of it holds."""

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

FOLDER = loader.shipped()["dongxihu-land"]
SCENARIOS = {scenario.name: scenario for scenario in loader.load_scenarios(FOLDER)}
ROWS = {
    f"S1-G{n:02}"
    for n in (
        *(3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 18, 19, 20, 25, 30, 31, 33, 34, 35, 37, 38, 39, 40),
        *(42, 43, 44, 50, 51, 52, 53),
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
    assert set(plan().clauses) == {f"S1-{n:03}" for n in range(1, 112)}
    assert answered | silent == set(plan().clauses)
    assert answered & silent == set()
    assert silent == {"S1-001", "S1-002", "S1-029"}


def test_every_acceptance_row_is_a_scenario() -> None:
    assert {scenario.row for scenario in SCENARIOS.values() if scenario.row} == ROWS


def test_each_level_of_incident_and_warning_has_a_life_with_nothing_given_but_readings() -> None:
    lives = [scenario for scenario in SCENARIOS.values() if scenario.where.file == "scenarios/lives.yaml"]
    reached = [{str(s.data["value"]) for s in life.steps if s.data.get("do") in ("confirm", "issue")} for life in lives]
    assert all(set(life.given) <= {"case", "owner", "title", "readings", "opened"} for life in lives)
    assert set().union(*reached) >= {"I", "II", "III", "IV"}
    assert all(any(step.data.get("do") in ("close", "review") for step in life.steps) for life in lives)


def test_from_the_third_level_upward_nothing_is_decided_here() -> None:
    outside = {grant.act for grant in plan().grants if grant.kind == "incident" and grant.outside}
    assert outside == {"activate", "order", "end", "investigate"}
    assert {grant.act for grant in plan().grants if grant.kind == "warning" and grant.outside} == {"issue", "lift"}


def test_the_linter_finds_what_the_text_really_leaves_wanting() -> None:
    found = [(finding.severity, finding.code, finding.clause) for finding in lint(plan())]
    assert not [one for one in found if one[0] == "error"]
    assert {(code, clause) for severity, code, clause in found if severity == "warning"} >= {
        ("BODY", ("S1-037",)),
        ("EXT", ("S1-070",)),
        ("LEVEL-UNDECLARED", ("S1-048",)),
        ("CONTRA-TEXT", ("S1-003", "S1-034")),
        ("INVERT-TOLD", ("S1-063",)),
    }


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_scenario_holds(scenario: Scenario) -> None:
    assert [str(failure) for failure in run(plan(), scenario).failures] == []


@pytest.mark.parametrize("change", ["threshold", "limit", "any_all", "holder"])
def test_no_rule_can_be_moved_or_given_away_unnoticed(change: Sort) -> None:
    # Dropping a rule is `fengsui test --mutate`, which `make test` runs on its own.
    found = unprotected(plan(), tuple(SCENARIOS.values()), (change,))
    assert [f"{mutant.rule}: {mutant.change}" for mutant in found] == []
