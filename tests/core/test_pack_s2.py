"""The finance department's website plan: whole, traced clause by clause, and every scenario of it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import pytest

from fengsui.core import loader
from fengsui.core.lint import lint
from fengsui.core.loader import Scenario
from fengsui.core.mutate import unprotected
from fengsui.core.pack import Pack
from fengsui.core.simulate import run

FOLDER = loader.shipped()["xinjiang-finance-websites"]
SCENARIOS = {scenario.name: scenario for scenario in loader.load_scenarios(FOLDER)}
ROWS = {
    f"S2-G{n:02}"
    for n in (
        *(2, 3, 4, 5, 9, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 31, 33),
        *(35, 36, 37, 38, 39, 40, 41, 47, 48, 49, 52, 53),
    )
}
SILENT = {f"S2-{n:03}" for n in (2, 3, 4, 7, 141)}


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
    assert set(plan().clauses) == {f"S2-{n:03}" for n in range(1, 145)}
    assert answered | silent == set(plan().clauses)
    assert answered & silent == set()
    assert silent == SILENT


def test_every_acceptance_row_that_is_a_scenario_is_there() -> None:
    assert {scenario.row for scenario in SCENARIOS.values() if scenario.row} == ROWS


def test_a_life_of_each_level_is_given_nothing_but_readings_and_assets() -> None:
    lives = [scenario for scenario in SCENARIOS.values() if "的一生" in scenario.name]
    assert len(lives) == 4
    for life in lives:
        assert life.given.keys() <= {"owner", "title", "asset", "readings"}
        assert life.steps[-1].data["expect"]["phase"] == "closed"  # type: ignore[index]


def test_nothing_that_the_text_leaves_open_has_a_value() -> None:
    readings = plan().readings
    assert len(readings.parameters) == 31
    assert set(readings.switches) == {
        *("report_clock", "definition", "duty_report_way", "other_starter"),
        *("member_means", "field_command", "ddos_cut"),
    }
    assert not [name for name, reading in readings.parameters.items() if reading.suggest]


def test_no_person_and_no_telephone_number_stands_in_the_pack() -> None:
    # S2-G54: the text prints both; they belong to the directory.
    texts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.*"))]
    assert not [
        found for text in texts for found in re.findall(r"(?<!\d)(?:1[3-9]\d{9}|0991-?\d{7}|\d{7,8})(?!\d)", text)
    ]
    assert not [finding for finding in lint(plan()) if finding.code == "PII"]
    assert set(plan().bodies["leading_group"].posts) == {"head", "second_head", "deputy", "member"}


def test_the_linter_finds_what_the_text_really_leaves_wanting() -> None:
    findings = list(lint(plan()))
    assert not [finding for finding in findings if finding.severity == "error"]
    serious = {(finding.code, finding.clause) for finding in findings if finding.severity == "warning"}
    assert serious >= {
        ("GAP", ("S2-017",)),
        ("BODY", ("S2-065",)),
        ("BODY", ("S2-091",)),
        ("BODY", ("S2-106",)),
        ("BODY", ("S2-110",)),
        ("WARN-SCALE", ()),
    }


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_scenario_holds(scenario: Scenario) -> None:
    assert [str(failure) for failure in run(plan(), scenario).failures] == []


def test_no_rule_can_be_moved_or_given_away_unnoticed() -> None:
    # Dropping a rule is `fengsui test --mutate`, which `make test` runs on its own.
    found = unprotected(plan(), tuple(SCENARIOS.values()), ("threshold", "limit", "any_all", "holder"))
    assert [f"{mutant.rule}: {mutant.change}" for mutant in found] == []
