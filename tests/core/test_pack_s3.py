"""The financial regulator's plan: whole, traced clause by clause, and every scenario of it holds."""

from __future__ import annotations

from fengsui.core.lint import lint
from tests.core.packs import shipped

PACK = shipped("chongqing-finance-regulator")
ROWS = {
    f"S3-G{n:02}"
    for n in (
        *(1, 4, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 19, 21, 22, 23, 25, 26, 31, 32),
        *(35, 36, 38, 41, 42, 43, 46, 48, 49, 50, 52, 54, 55),
    )
}


def test_only_these_clauses_have_nothing_to_execute() -> None:
    assert set(PACK.pack.clauses) == {f"S3-{n:03}" for n in range(1, 132)}
    assert PACK.silent == {"S3-002", "S3-021"}


def test_every_acceptance_row_is_a_scenario() -> None:
    assert PACK.rows == ROWS


def test_nothing_that_the_text_leaves_open_has_a_value() -> None:
    readings = PACK.pack.readings
    assert "issue_date" in readings.parameters
    assert set(readings.switches) == {"starter_of_I", "impact_on", "public_only", "summary_filing", "review_basis"}
    assert not [name for name, reading in readings.parameters.items() if reading.suggest]


def test_the_linter_finds_what_the_text_really_leaves_wanting() -> None:
    serious = {(finding.code, finding.clause) for finding in lint(PACK.pack) if finding.severity != "note"}
    assert serious == {
        ("BODY", ("S3-114",)),
        ("AUTH", ("S3-092",)),
        *(("CONTRA-TEXT", pair) for pair in (("S3-003", "S3-015"), ("S3-071", "S3-069"), ("S3-098", "S3-096"))),
        *(("INVERT-HANDS", (clause,)) for clause in ("S3-061", "S3-091", "S3-092")),
        ("INVERT-TOLD", ("S3-073",)),
    }
