"""The finance department's website plan: whole, traced clause by clause, and every scenario of it holds."""

from __future__ import annotations

import re

from fengsui.core.lint import lint
from tests.core.packs import shipped

PACK = shipped("xinjiang-finance-websites")
ROWS = {
    f"S2-G{n:02}"
    for n in (
        *(2, 3, 4, 5, 9, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 31, 33),
        *(35, 36, 37, 38, 39, 40, 41, 47, 48, 49, 52, 53),
    )
}
SILENT = {f"S2-{n:03}" for n in (2, 3, 4, 7, 141)}


def test_only_these_clauses_have_nothing_to_execute() -> None:
    assert set(PACK.pack.clauses) == {f"S2-{n:03}" for n in range(1, 145)}
    assert PACK.silent == SILENT


def test_every_acceptance_row_that_is_a_scenario_is_there() -> None:
    assert PACK.rows == ROWS


def test_a_life_of_each_level_is_given_nothing_but_readings_and_assets() -> None:
    lives = [scenario for scenario in PACK.scenarios.values() if "的一生" in scenario.name]
    assert len(lives) == 4
    for life in lives:
        assert life.given.keys() <= {"owner", "title", "asset", "readings"}
        assert life.steps[-1].data["expect"]["phase"] == "closed"  # type: ignore[index]


def test_nothing_that_the_text_leaves_open_has_a_value() -> None:
    readings = PACK.pack.readings
    assert len(readings.parameters) == 31
    assert set(readings.switches) == {
        *("report_clock", "definition", "duty_report_way", "other_starter"),
        *("member_means", "field_command", "ddos_cut"),
    }
    assert not [name for name, reading in readings.parameters.items() if reading.suggest]


def test_no_person_and_no_telephone_number_stands_in_the_pack() -> None:
    # S2-G54: the text prints both; they belong to the directory.
    texts = [path.read_text(encoding="utf-8") for path in sorted(PACK.folder.rglob("*.*"))]
    assert not [
        found for text in texts for found in re.findall(r"(?<!\d)(?:1[3-9]\d{9}|0991-?\d{7}|\d{7,8})(?!\d)", text)
    ]
    assert not [finding for finding in lint(PACK.pack) if finding.code == "PII"]
    assert set(PACK.pack.bodies["leading_group"].posts) == {"head", "second_head", "deputy", "member"}


def test_the_linter_finds_what_the_text_really_leaves_wanting() -> None:
    findings = list(lint(PACK.pack))
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
