"""The land bureau's plan: whole, traced clause by clause, and every scenario of it holds."""

from __future__ import annotations

from fengsui.core.lint import lint
from tests.core.packs import shipped

PACK = shipped("dongxihu-land")
ROWS = {
    f"S1-G{n:02}"
    for n in (
        *(3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 18, 19, 20, 25, 30, 31, 33, 34, 35, 37, 38, 39, 40),
        *(42, 43, 44, 50, 51, 52, 53),
    )
}


def test_only_these_clauses_have_nothing_to_execute() -> None:
    assert set(PACK.pack.clauses) == {f"S1-{n:03}" for n in range(1, 112)}
    assert PACK.silent == {"S1-001", "S1-002", "S1-029"}


def test_every_acceptance_row_is_a_scenario() -> None:
    assert PACK.rows == ROWS


def test_each_level_of_incident_and_warning_has_a_life_with_nothing_given_but_readings() -> None:
    lives = [scenario for scenario in PACK.scenarios.values() if scenario.where.file == "scenarios/lives.yaml"]
    reached = [{str(s.data["value"]) for s in life.steps if s.data.get("do") in ("confirm", "issue")} for life in lives]
    assert all(set(life.given) <= {"case", "owner", "title", "readings", "opened"} for life in lives)
    assert set().union(*reached) >= {"I", "II", "III", "IV"}
    assert all(any(step.data.get("do") in ("close", "review") for step in life.steps) for life in lives)


def test_from_the_third_level_upward_nothing_is_decided_here() -> None:
    outside = {grant.act for grant in PACK.pack.grants if grant.kind == "incident" and grant.outside}
    assert outside == {"activate", "order", "end", "investigate"}
    assert {grant.act for grant in PACK.pack.grants if grant.kind == "warning" and grant.outside} == {"issue", "lift"}


def test_the_linter_finds_what_the_text_really_leaves_wanting() -> None:
    found = [(finding.severity, finding.code, finding.clause) for finding in lint(PACK.pack)]
    assert not [one for one in found if one[0] == "error"]
    assert {(code, clause) for severity, code, clause in found if severity == "warning"} >= {
        ("BODY", ("S1-037",)),
        ("EXT", ("S1-070",)),
        ("LEVEL-UNDECLARED", ("S1-048",)),
        ("CONTRA-TEXT", ("S1-003", "S1-034")),
        ("INVERT-TOLD", ("S1-063",)),
    }
