"""The tax system's overall plan: whole, in two tiers, and every scenario of it holds."""

from __future__ import annotations

from collections import Counter

import pytest

from fengsui.core.lint import lint
from fengsui.core.overlay import apply
from fengsui.core.problems import PackError
from tests.core.packs import shipped

PACK = shipped("cn-tax-system")
ROWS = {
    f"G0-{n:03}"
    for n in (
        *(1, 2, 3, 5, 6, 10, 11, 13, 14, 16, 17, 19, 21, 23, 24, 25, 26, 30, 40, 41, 43, 44, 45, 46, 49, 50),
        *(51, 52, 53, 54, 56, 58, 59, 61, 63, 64, 65, 69, 70, 71, 73, 74, 75, 76, 77, 79, 80, 83, 84, 85, 86, 87, 88),
        *(90, 91, 95, 98, 99, 104, 105, 106, 107, 109, 110, 111, 112, 114, 115, 117, 118, 120, 121, 124, 125),
        *(126, 127, 128, 130, 131, 132, 135, 137, 138, 139, 140, 141, 142, 144, 147),
    )
}
SILENT = {f"S0-{n:03}" for n in (2, 3, 4, 7, 8, 152, 278, 283, 284, 285, 292)}


def test_only_these_clauses_have_nothing_to_execute() -> None:
    assert set(PACK.pack.clauses) == {f"S0-{n:03}" for n in range(1, 293)}
    assert PACK.silent == SILENT


def test_every_acceptance_row_that_is_a_scenario_is_there() -> None:
    assert PACK.rows == ROWS


def test_nothing_that_the_text_leaves_open_has_a_value() -> None:
    readings = PACK.pack.readings
    lost = [name for name in readings.parameters if name.startswith(("imp_", "excess_", "duty_hours_"))]
    assert len(lost) + ("investigation_days" in readings.parameters) == 18
    assert len(readings.switches) == 21
    assert all(
        len(switch.options) > 1 and option.clause
        for switch in readings.switches.values()
        for option in switch.options.values()
    )
    assert not [name for name, reading in readings.parameters.items() if reading.suggest]


def test_a_form_whose_annex_is_lost_says_so() -> None:
    # G0-071, G0-075: the notice beside the derived fields.
    lost = {name for name, form in PACK.pack.forms.items() if form.missing}
    assert lost == {"incident_report", "task_table_I", "task_table_II", "result_report"}


@pytest.mark.parametrize(
    "edit",
    [
        "grading: {methods: {data: {rules: [{id: D1, level: II, when: {data_amount: large}, clause: own:1}]}}}",
        "readings: {imp_1_grade: 4}",
        "readings: {excess_I: 24h}",
    ],
)
def test_an_overlay_that_touches_the_grading_is_refused(edit: str) -> None:
    # G0-028: one standard for the whole system; a province may decide its own matters, not a cell of the tables.
    with pytest.raises(PackError) as refused:
        apply(PACK.pack, f"language: 1\nfor: cn-tax-system\n{edit}\n")
    assert {problem.code for problem in refused.value.problems} == {"overlay_locked"}
    assert apply(PACK.pack, "language: 1\nfor: cn-tax-system\nreadings: {prov_end: joint}\n").readings == {
        "prov_end": "joint"
    }


def test_the_linter_finds_what_the_text_really_leaves_wanting() -> None:
    serious = Counter(finding.code for finding in lint(PACK.pack) if finding.severity != "note")
    assert set(serious) == {"BODY", "GAP", "CONTRA-TEXT", "ANNEX"}
    assert (serious["BODY"], serious["GAP"]) == (7, 5)
