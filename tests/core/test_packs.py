"""What every shipped pack keeps: scenarios that hold, answered clauses, lives of every level, nothing built by hand."""

from __future__ import annotations

import pytest

from fengsui.core.case import Case
from fengsui.core.loader import Scenario
from fengsui.core.pack import Pack
from fengsui.core.simulate import run
from tests.core.packs import NAMES, shipped

GIVEN = {"case", "site", "tier", "owner", "asset", "assets", "readings", "opened", "title", "mode", "plan", "regimes"}
"""What a life may be given: the organisation, its readings and systems, and beside which plan a regime runs."""


def lives(pack: Pack, scenarios: tuple[Scenario, ...]) -> set[str]:
    """Return the levels of the incidents that went from `open` to `close`, nothing else given ("" without a level)."""
    whole = [one for one in scenarios if set(one.given) <= GIVEN and one.given.get("case", "incident") == "incident"]
    closing = [one for one in whole if any(step.data.get("do") == "close" for step in one.steps)]
    cases = [(one, run(pack, one).case) for one in closing]
    return set().union(*(levels(pack, one, case) for one, case in cases if case and case.phase == "closed"))


def levels(pack: Pack, scenario: Scenario, case: Case) -> set[str]:
    """The levels of a plan are those confirmed on the way; that of a regime is what the life expects of it."""
    if pack.head.kind == "plan":
        return {str(event.content["value"]) for event in case.events if event.type == "confirmed"} or {""}
    expected = [step.data.get("expect") for step in scenario.steps]
    grades = [one["grades"].get(pack.id, {}) for one in expected if isinstance(one, dict) and "grades" in one]
    return {str(one["level"]) for one in grades if "level" in one}


SCENARIOS = [(name, scenario) for name in NAMES for scenario in shipped(name).scenarios]


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_the_scenario_holds(name: str, scenario: str) -> None:
    played = run(shipped(name).pack, shipped(name).scenarios[scenario])
    assert [str(failure) for failure in played.failures] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_clause_is_answered_by_a_rule_or_says_why_not(name: str) -> None:
    of = shipped(name)
    assert of.answered | of.silent == set(of.pack.clauses)
    assert of.answered & of.silent == set()


@pytest.mark.parametrize("name", NAMES)
def test_an_incident_of_every_level_lives_from_its_report_to_the_archive(name: str) -> None:
    pack, scenarios = shipped(name).pack, tuple(shipped(name).scenarios.values())
    scale = pack.terms.scales.get("level")
    wanted = {level for level in scale.values if level not in scale.undeclared} if scale else {""}
    assert wanted - lives(pack, scenarios) == set()


@pytest.mark.parametrize("name", NAMES)
def test_no_scenario_builds_a_state_that_no_act_leads_to(name: str) -> None:
    texts = [path.read_text("utf-8") for path in shipped(name).folder.glob("scenarios/*.yaml")]
    assert texts and not any("fixture:" in text for text in texts)
