"""The medical insurance bureau's plan: no levels at all, whole, traced clause by clause; every scenario of it holds."""

from __future__ import annotations

from datetime import timedelta

from fengsui.core.lint import lint
from fengsui.core.loader.scenarios import read_scenarios
from fengsui.core.simulate import run
from fengsui.core.timing import Days, Length, Months, WorkingDays
from tests.core.packs import shipped

PACK = shipped("bishan-medical-insurance")
ROWS = {
    f"S4-G{n:02}"
    for n in (
        *(1, 3, 4, 7, 8, 9, 10, 12, 13, 14, 16, 21, 22, 24, 26, 27, 28, 29, 30, 31, 32, 35, 37),
        *(45, 46, 47, 48),
    )
}


def test_only_these_clauses_have_nothing_to_execute() -> None:
    assert set(PACK.pack.clauses) == {f"S4-{n:03}" for n in range(1, 81)}
    assert PACK.silent == {"S4-002", "S4-003", "S4-022"}


def test_every_acceptance_row_is_a_scenario() -> None:
    # S4-G43 is the record's own rule: what was sent stays, whatever is corrected.
    assert PACK.rows == ROWS


def test_the_plan_has_no_levels_and_no_number_but_two() -> None:
    assert PACK.pack.level_order == ()
    limits = {duty.within for duty in PACK.pack.duties if isinstance(duty.within, Length | Days | WorkingDays | Months)}
    assert limits == {Length(timedelta(hours=2)), WorkingDays(5)}


def test_nothing_that_the_text_leaves_open_has_a_value() -> None:
    readings = PACK.pack.readings
    assert set(readings.switches) == {"first_actor", "report_order", "closing_words", "other_counts"}
    assert len(readings.parameters) == 14
    assert not [name for name, reading in readings.parameters.items() if reading.suggest]


def test_the_linter_finds_what_the_text_really_leaves_wanting() -> None:
    serious = {(finding.code, finding.clause) for finding in lint(PACK.pack) if finding.severity != "note"}
    assert serious >= {
        ("BODY", ("S4-041", "S4-068")),
        ("BODY-LIFE", ("S4-018",)),
        ("EXT", ("S4-060",)),
        ("WARN-SCALE", ()),
    }
    assert not [finding for finding in lint(PACK.pack) if finding.severity == "error"]


def test_a_report_once_sent_is_corrected_by_a_new_event_and_stays() -> None:
    # S4-G43: the plan forbids concealment and delay (五(一)1), not correction.
    steps = """
scenarios:
  - scenario: 材料报出以后更正
    given: {asset: {kind: bureau_system}, readings: {first_actor: owner}}
    steps:
      - {at: 2019-08-01 10:00, who: owner, do: report, to: leading_group, for: O1, note: 一台服务器}
      - {at: 2019-08-01 10:30, who: owner, do: correct, target: reported, reason: 核对后是三台}
      - {at: 2019-08-01 10:31, who: office, do: correct, target: reported, reason: 代改, refused: not_yours}
"""
    played = run(PACK.pack, read_scenarios({"s.yaml": steps})[0])
    assert [str(failure) for failure in played.failures] == []
    sent, corrected = played.events[-2:]
    assert (sent.type, sent.content["note"]) == ("reported", "一台服务器")
    assert (corrected.type, corrected.content["target"]) == ("corrected", str(sent.seq))
    assert corrected.previous == sent.digest
