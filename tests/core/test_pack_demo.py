"""The demo bureau's plan: its text, its rules and its stories belong together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fengsui.core import loader
from fengsui.core.lint import lint
from fengsui.core.simulate import run
from fengsui.core.timing import parse_instant
from fengsui.core.trace import trace
from tests.core.packs import shipped

PACK = shipped("demo-linjiang")
OPENING = "一体化平台夜间中断，首次报告还剩十二分钟，升为重大待批"
NOW = "2026-11-26 03:12"


def test_the_pack_states_the_digest_of_its_own_text() -> None:
    assert PACK.pack.text is not None
    assert PACK.pack.head.text == loader.text_digest(str(PACK.pack.text))


def test_every_clause_is_found_in_the_text_and_every_paragraph_has_its_clause() -> None:
    coverage = trace(PACK.pack, str(PACK.pack.text))
    assert not coverage.lost
    assert not coverage.unanswered


def test_every_citation_is_a_number_that_stands_in_the_text() -> None:
    for clause in PACK.pack.clauses.values():
        assert f"**{clause.cite}** " in str(PACK.pack.text), clause.cite


def test_the_plan_leaves_two_values_and_one_reading_to_its_owner() -> None:
    readings = PACK.pack.readings
    assert set(readings.parameters) == {"daily_hour", "summary_recipient"}
    assert [name for name, value in readings.parameters.items() if value.suggest] == ["daily_hour"]
    assert {option.clause for option in readings.switches["investigation_owner"].options.values()} == {
        ("LJ-2-2-3",),
        ("LJ-5-2",),
    }


def test_the_demo_opens_twelve_minutes_before_the_first_report_is_due_with_an_upgrade_waiting() -> None:
    whole = PACK.scenarios[OPENING]
    played = run(PACK.pack, replace(whole, steps=tuple(s for s in whole.steps if str(s.data["at"]) <= NOW)))
    first = next(o for o in played.obligations if o.duty == "first_report" and o.state == "open")
    assert first.due is not None
    assert first.due - parse_instant(NOW, PACK.pack.zone) == timedelta(minutes=12)
    waiting = [line for line in played.what_next if line.act == "adjust" and line.chain]
    assert [party.text for line in waiting for party in line.who] == ["leading_group"]


def test_the_linter_finds_nothing_but_what_the_owner_has_to_decide() -> None:
    found = list(lint(PACK.pack))
    assert {finding.code for finding in found} >= {"HOLE", "READING", "SOFT"}
    assert {(finding.code, finding.clause) for finding in found if finding.severity != "note"} == {
        ("CONTRA-TEXT", ("LJ-2-2-3", "LJ-5-2")),
        ("INVERT-TOLD", ("LJ-4-2-9",)),
    }
