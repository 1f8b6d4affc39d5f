"""The national measures of 2025: their own grading, three first limits, beside every plan on one case."""

from __future__ import annotations

from fengsui.core import loader
from fengsui.core.lint import lint
from fengsui.core.timing import Days, Length
from tests.core.packs import shipped

PACK = shipped("cac-2025")
SILENT = {"A1", "A3", "A6", "A9", "A10", "A11", "A12-1"}


def test_only_these_clauses_have_nothing_to_execute() -> None:
    assert PACK.silent == SILENT


def test_the_numbers_are_those_of_the_final_text() -> None:
    limits = {duty.id: duty.within for duty in PACK.pack.duties if isinstance(duty.within, Length | Days)}
    minutes = {name: limit.delta.total_seconds() / 60 for name, limit in limits.items() if isinstance(limit, Length)}
    assert minutes == {"R1": 60, "R1u": 30, "R2": 120, "R2u": 60, "R3": 240, "R3u": 60}
    assert limits["Z"] == Days(30)


def test_it_has_neither_grants_nor_playbooks_and_takes_nothing_for_granted() -> None:
    assert (PACK.pack.grants, dict(PACK.pack.playbooks)) == ((), {})
    assert set(PACK.pack.readings.parameters) == {"operator_kind", "sector_rule", "sector_limit"}
    assert set(PACK.pack.readings.switches) == {"cii_order"}


def test_the_linter_finds_no_error() -> None:
    assert not [finding for finding in lint(PACK.pack) if finding.severity == "error"]


def test_it_runs_beside_each_shipped_plan() -> None:
    plans = {str(scenario.given["plan"]) for scenario in PACK.scenarios.values() if "plan" in scenario.given}
    shipped = {name for name, path in loader.shipped().items() if loader.load(path).head.kind == "plan"}
    assert plans == shipped
