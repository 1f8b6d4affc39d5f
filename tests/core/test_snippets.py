"""Every snippet that the plan language must be able to say stands in a tiny pack, loads, is clean and is protected."""

from __future__ import annotations

from pathlib import Path

import pytest

from fengsui.core import loader, simulate
from fengsui.core.book import Book, Installed
from fengsui.core.grading import grade
from fengsui.core.lint import lint
from fengsui.core.loader import Scenario
from fengsui.core.mutate import unprotected
from fengsui.core.pack import Pack
from fengsui.core.timing import parse_instant

GOOD = Path(__file__).parent.parent / "packs" / "good"
PACKS = {path.name: path for path in sorted(GOOD.iterdir()) if path.is_dir()}
MINE = ["s1-warning-hole", "s1-report-clock", "s2-fast-path", "s2-daily-report", "s3-end-four-ways", "s4-double-clock"]
PLAYED = {name: path for name, path in PACKS.items() if name != "s0-composite"}
SCENARIOS = [(name, scenario) for name, path in PLAYED.items() for scenario in loader.load_scenarios(path)]


@pytest.fixture(scope="module")
def packs() -> dict[str, Pack]:
    return {name: loader.load(path) for name, path in PACKS.items()}


def test_there_is_a_pack_for_every_snippet() -> None:
    assert {*MINE, "s0-composite"} <= set(PACKS)


@pytest.mark.parametrize("name", PACKS)
def test_a_snippet_loads_and_has_no_error(name: str, packs: dict[str, Pack]) -> None:
    assert [str(p.where) + p.message() for p in lint(packs[name]) if p.severity == "error"] == []


@pytest.mark.parametrize("name", PACKS)
def test_load_dump_load_gives_the_same_pack(name: str, packs: dict[str, Pack]) -> None:
    again = loader.load_texts(loader.dump(packs[name]))
    assert again.digest == packs[name].digest
    assert again.grants == packs[name].grants
    assert again.duties == packs[name].duties


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS, ids=lambda one: getattr(one, "name", one))
def test_a_scenario_of_a_snippet_goes_as_its_author_says(name: str, scenario: Scenario, packs: dict[str, Pack]) -> None:
    run = simulate.run(packs[name], scenario)
    assert [f"{f.problem.where} {f.problem.message()}" for f in run.failures] == []


@pytest.mark.parametrize("name", MINE)
def test_no_rule_of_a_snippet_is_unprotected(name: str, packs: dict[str, Pack]) -> None:
    scenarios = tuple(scenario for pack, scenario in SCENARIOS if pack == name)
    assert [mutant.rule for mutant in unprotected(packs[name], scenarios)] == []


def test_composite_grading_answers_with_the_range_unset_and_both_methods(packs: dict[str, Pack]) -> None:
    pack = packs["s0-composite"]
    facts = {"equipment_rank": "critical", "interrupted": "no", "public_threat": "some", "asset.protection_grade": "3"}
    facts |= {"asset.count": "1"}
    at = parse_instant("2024-01-10 09:00", pack.zone)
    book = Book(Installed(pack, {"importance_clamp": "clamp"}), calendar=loader.work_calendar())
    result = grade(book, facts, at)
    assert (result.lowest, result.highest) == ("II", "II")
    unsure = grade(book, {**facts, "asset.count": None}, at)
    assert unsure.highest == "I"
    assert result.methods["equipment"].level == "II"
    assert result.methods["narrative"].level == "III"
    assert result.methods["narrative"].beside
