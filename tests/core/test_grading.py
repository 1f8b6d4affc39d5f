"""Grading: tables, ladders, columns, ranges, holes, discrepancies, and what to ask next (language 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from fengsui.core import loader
from fengsui.core.book import Book, Installed
from fengsui.core.case import Fact, FactText
from fengsui.core.conditions import View, judge
from fengsui.core.grading import Grade, grade
from fengsui.core.pack import Pack, parse_condition
from tests.core import story

GOOD = Path(__file__).parents[1] / "packs/good"
NOW = story.at("2024-01-08 09:00")
Facts = Mapping[str, FactText | None]


@cache
def pack(name: str) -> Pack:
    return loader.load(loader.shipped().get(name) or GOOD / name)


def book(name: str, readings: Mapping[str, str] | None = None) -> Book:
    return Book(Installed(pack(name), dict(readings or {})), loader.work_calendar())


def graded(name: str, facts: Facts, *, rest_none: bool = False, at: datetime = NOW, **readings: str) -> Grade:
    return grade(book(name, readings), facts, at, rest_none=rest_none)


def bounds(found: Grade) -> tuple[str, str | None, str | None]:
    return found.status, found.lowest, found.highest


# ------------------------------------------------------------------------------- S1: numeric thresholds
S1_NIL: Facts = {
    "interruption": "0min",
    "affected_people": "0",
    "data_compromised": "no",
    "nat_threat": "none",
    "loss": "0 CNY",
    "content_spread": "no",
    "content_harm": "none",
    "outage_impact": "none",
    "public_threat": "none",
    "public_impact": "none",
}


def s1(**facts: str | None) -> Grade:
    return graded("snippet-s1-thresholds", {**S1_NIL, **facts})


@pytest.mark.parametrize(
    ("row", "facts", "level", "criterion"),
    [
        ("S1-G03", {"interruption": "120min", "affected_people": "999999"}, "II", "II-1"),
        ("S1-G04", {"interruption": "30min", "affected_people": "100000"}, "II", "II-1"),
        ("S1-G06", {"interruption": "30min", "affected_people": "99999",
                    "outage_impact": "rather_serious"}, "III", "III-1"),
        ("S1-G07", {"interruption": "30min", "affected_people": "99999", "outage_impact": "some",
                    "public_threat": "some", "public_impact": "some"}, "IV", "IV-0"),
        ("S1-G11", {"data_compromised": "yes", "loss": "10亿 CNY"}, "I", "I-2"),
        ("S1-G12", {"data_compromised": "yes", "loss": "999999999 CNY"}, "II", "II-2"),
        ("S1-G13", {"data_compromised": "yes", "loss": "1亿 CNY"}, "II", "II-2"),
        ("S1-G14", {"data_compromised": "yes", "loss": "99999999 CNY"}, "III", "III-2"),
        ("S1-G15", {"data_compromised": "yes", "loss": "1000万 CNY"}, "III", "III-2"),
        ("S1-G16", {"data_compromised": "yes", "loss": "9999999 CNY", "public_threat": "some",
                    "public_impact": "some"}, "IV", "IV-0"),
    ],
)  # fmt: skip
def test_s1_thresholds_grade_as_the_rows_say(row: str, facts: dict[str, str], level: str, criterion: str) -> None:
    found = s1(**facts)
    assert (found.status, found.level) == ("decided", level)
    assert found.met[0].id == criterion
    assert found.asks == frozenset() and found.next_question is None


def test_s1_g08_an_unknown_impact_leaves_it_at_most_larger() -> None:
    found = s1(interruption="3h", affected_people="99999", outage_impact=None)
    assert bounds(found) == ("bounded", "none", "III")
    assert found.missing_facts == ("outage_impact",)


def test_s1_g09_some_threat_and_an_unknown_impact_are_bounded_and_the_impact_is_asked() -> None:
    found = s1(
        interruption="3h", affected_people="99999", outage_impact=None, public_threat="some", public_impact="some"
    )
    assert bounds(found) == ("bounded", "IV", "III")
    assert found.level is None
    assert [one.id for one in found.open] == ["III-1"]
    assert found.open[0].clause == ("S1-024",)
    assert found.next_question is not None and found.next_question.fact == "outage_impact"


def test_45_minutes_with_unknown_headcount_is_neither_major_nor_not() -> None:
    found = s1(interruption="45min", affected_people=None)
    assert bounds(found) == ("bounded", "none", "II")
    assert found.missing_facts == ("affected_people",)
    assert [one.id for one in found.open] == ["II-1"]
    assert [one.id for one in found.failed][:2] == ["I-1", "I-2"]
    assert found.failed[0].by == ("interruption",)
    raising = next(change for change in found.raises if change.fact == "affected_people")
    assert (raising.value, raising.lowest) == ("100000", "II")


def test_with_nothing_known_nothing_is_invented() -> None:
    assert bounds(graded("snippet-s1-thresholds", {})) == ("bounded", "none", "I")


def test_with_everything_nil_it_is_ungraded_and_not_the_lightest_level() -> None:
    found = s1()
    assert bounds(found) == ("ungraded", "none", "none")
    assert found.level is None


def test_all_criteria_that_hold_are_listed_gravest_first() -> None:
    found = s1(interruption="3h", affected_people="200万", public_threat="some", public_impact="some")
    assert [one.id for one in found.met] == ["I-1", "II-1", "IV-0"]


def test_what_can_no_longer_matter_is_not_asked() -> None:
    found = s1(interruption="3h", affected_people="200万", outage_impact=None)
    assert found.status == "decided" and found.open == ()
    assert [one.id for one in found.idle] == ["III-1"]


# --------------------------------------------------------------------------------------------- S3: the table
S3_NIL: Facts = {
    "important_system": "no",
    "system_loss": "none",
    "shutdown": "no",
    "capacity": "normal",
    "interruption": "no",
    "long_interruption": "no",
    "partial_paralysis": "no",
    "efficiency_affected": "no",
    "sensitive_info": "no",
    "key_data": "no",
    "unit_threat": "none",
    "public_threat": "none",
    "unit_impact": "none",
    "public_impact": "none",
}


@pytest.mark.parametrize(
    ("row", "facts", "level", "criterion"),
    [
        ("S3-G04", {"important_system": "yes", "system_loss": "serious", "capacity": "greatly_affected",
                    "interruption": "yes", "long_interruption": "yes"}, "II", "2a"),
        ("S3-G06", {"important_system": "yes", "system_loss": "certain", "capacity": "affected",
                    "interruption": "yes", "efficiency_affected": "yes"}, "III", "3a"),
        ("S3-G10", {"sensitive_info": "yes", "key_data": "yes", "unit_threat": "serious"}, "II", "2b"),
        ("S3-G11", {"key_data": "yes", "unit_threat": "serious", "unit_impact": "serious"}, "II", "2c"),
        ("S3-G12", {"key_data": "yes", "public_threat": "rather_serious"}, "III", "3b"),
        ("S3-G15", {"unit_threat": "some", "unit_impact": "some"}, "IV", "4"),
    ],
)  # fmt: skip
def test_s3_table_grades_as_the_rows_say(row: str, facts: dict[str, str], level: str, criterion: str) -> None:
    found = graded("chongqing-finance-regulator", {**S3_NIL, "class": "attack", **facts})
    assert (found.status, found.level, found.met[0].id) == ("decided", level, criterion)


def test_s3_g16_nothing_at_all_is_routine_operation() -> None:
    assert bounds(graded("chongqing-finance-regulator", {**S3_NIL, "class": "attack"})) == ("ungraded", "none", "none")


def test_s3_g17_a_content_incident_is_handed_over_whatever_else_is_known() -> None:
    found = graded("chongqing-finance-regulator", {"class": "content", "unit_threat": "serious"})
    assert found.status == "handed_over"
    assert (found.level, found.lowest, found.highest) == (None, None, None)
    assert found.handed_to


def test_a_scope_that_is_not_known_is_listed_and_does_not_stop() -> None:
    found = graded("chongqing-finance-regulator", {**S3_NIL, "unit_threat": "some", "unit_impact": "some"})
    assert found.level == "IV"
    assert ("scope", "content") in [(one.method, one.id) for one in found.open]
    assert {one.method for one in found.open} == {"scope"}


# --------------------------------------------------------------------- S0: columns, ranges, two methods
THRESHOLDS = {"excess_I": "48h", "excess_II": "24h", "excess_III": "8h", "excess_IV": "1h"}
IMPORTANCE = {
    **{f"range_{n}": "IV to I" for n in (1, 2, 3, 4)},
    "imp_1_grade": "4",
    "imp_2_grade": "3",
    "imp_2_count": "2",
    "imp_3_grade": "3",
    "imp_3_count": "1",
    "imp_4_grade": "2",
}
NO_LOSS: Facts = {"interrupted": "no", "equipment_rank": "none", "data_amount": "none"}
LIGHT_SOCIAL: Facts = {"media": "none", "rights_extent": "none", "leak_amount": "none"}
ONE_SYSTEM: Facts = {"affected_systems": "1", "asset.protection_grade": "3"}
THIRD_ROW: Facts = {"data_amount": "few", "data_recoverable": "no"}


def s0(*parts: Facts, at: datetime = NOW, **readings: str) -> Grade:
    facts = {name: value for part in parts for name, value in part.items()}
    return graded("snippet-s0-composite", facts, at=at, **readings)


def test_s0_g026_with_nothing_known_everything_is_possible_and_nothing_is_invented() -> None:
    assert bounds(s0()) == ("bounded", "none", "I")


def test_s0_g001_the_highest_of_the_columns_within_the_range_independent_of_the_unset_clamp() -> None:
    found = s0(ONE_SYSTEM, NO_LOSS, THIRD_ROW, LIGHT_SOCIAL, **IMPORTANCE)
    assert (found.status, found.level) == ("decided", "III")
    assert (found.methods["loss"].level, found.methods["social"].level) == ("III", "IV")
    assert "结果相同" in found.notes[0].zh


def test_s0_g002_and_g003_the_gravest_column_of_either_side_wins() -> None:
    device = {"equipment_rank": "critical", "equipment_amount": "some"}
    assert s0(ONE_SYSTEM, NO_LOSS, device, {"media": "limited"}, {"rights_extent": "none", "leak_amount": "none"},
              **IMPORTANCE).level == "II"  # fmt: skip
    leak = {"leak_amount": "large", "leak_spread": "wide"}
    assert s0(ONE_SYSTEM, NO_LOSS, LIGHT_SOCIAL, leak, **IMPORTANCE).level == "I"


def test_s0_g010_and_g013_a_column_without_a_row_makes_the_whole_at_least_and_incomplete() -> None:
    device = {"equipment_rank": "core", "equipment_amount": "few"}
    found = s0(ONE_SYSTEM, NO_LOSS, THIRD_ROW, device, LIGHT_SOCIAL, **IMPORTANCE)
    assert bounds(found) == ("no_rule", "III", "I")
    assert found.asks == frozenset()
    assert [(hole.method, hole.facts) for hole in found.holes] == [
        ("equipment", (("equipment_rank", "core"), ("equipment_amount", "few")))
    ]
    offline = s0(ONE_SYSTEM, NO_LOSS, LIGHT_SOCIAL, {"leak_amount": "large", "leak_spread": "no"}, **IMPORTANCE)
    assert (offline.methods["leak"].status, offline.holes[0].method) == ("no_rule", "leak")


def test_s0_g014_fully_recoverable_data_add_nothing_and_that_is_decided() -> None:
    found = s0({"data_amount": "part", "data_recoverable": "yes"})
    column = found.methods["data"]
    assert (column.status, column.level, column.lowest, column.highest) == ("decided", None, "none", "none")


@pytest.mark.parametrize(
    ("ended", "level"), [("2024-01-05 22:59", None), ("2024-01-05 23:00", "IV"), ("2024-01-06 06:00", "III")]
)
def test_s0_g016_the_excess_is_read_against_its_thresholds(ended: str, level: str | None) -> None:
    outage = {
        "interrupted": "yes",
        "interruption_from": "2024-01-05 18:00",
        "interruption_to": ended,
        "asset.max_tolerable_interruption": "4h",
    }
    assert s0(outage, **THRESHOLDS).methods["interruption"].level == level


def test_s0_g017_the_weekend_counts_in_natural_time_and_the_next_thresholds_are_known() -> None:
    outage = {
        "interrupted": "yes",
        "interruption_from": "2024-01-05 18:00",
        "asset.max_tolerable_interruption": "4h",
    }
    monday = s0(outage, **THRESHOLDS)  # 63 h less 4 h
    assert monday.methods["interruption"].level == "I"
    saturday = s0(outage, at=story.at("2024-01-06 08:00"), **THRESHOLDS)
    assert saturday.methods["interruption"].level == "III"
    assert [(cross.id, cross.level, cross.at) for cross in saturday.crosses] == [
        ("excess.II", "II", story.at("2024-01-06 22:00")),
        ("excess.I", "I", story.at("2024-01-07 22:00")),
    ]


def test_s0_g019_an_unknown_tolerance_leaves_the_column_open_and_names_it() -> None:
    found = s0({"interrupted": "yes", "interruption_from": "2024-01-05 18:00"}, **THRESHOLDS)
    assert found.methods["interruption"].status == "bounded"
    assert "asset.max_tolerable_interruption" in found.missing_facts


def test_unset_thresholds_need_interpretation_and_are_never_guessed() -> None:
    outage = {
        "interrupted": "yes",
        "interruption_from": "2024-01-05 18:00",
        "interruption_to": "2024-01-08 09:00",
        "asset.max_tolerable_interruption": "4h",
    }
    others = {"equipment_rank": "none", "data_amount": "none"}
    found = s0(ONE_SYSTEM, outage, others, LIGHT_SOCIAL, **IMPORTANCE)
    assert bounds(found) == ("needs_interpretation", "IV", "I")
    assert found.missing_readings == ("excess_I", "excess_II", "excess_III")
    assert found.next_question is None


def test_the_range_of_importance_draws_the_loss_in_only_as_the_reading_says() -> None:
    narrow = {**IMPORTANCE, "range_3": "IV to IV"}
    facts = (ONE_SYSTEM, NO_LOSS, THIRD_ROW, LIGHT_SOCIAL)
    assert s0(*facts, importance_clamp="clamp", **narrow).level == "IV"
    assert s0(*facts, importance_clamp="ignore", **narrow).level == "III"
    warned = s0(*facts, importance_clamp="warn", **narrow)
    assert warned.level == "III" and "超出" in warned.notes[0].zh
    unset = s0(*facts, **narrow)
    assert bounds(unset) == ("needs_interpretation", "IV", "III")
    assert unset.missing_readings == ("importance_clamp",)


def test_no_loss_is_not_drawn_up_into_a_range_of_losses() -> None:
    high = {**IMPORTANCE, "range_3": "II to I", "importance_clamp": "clamp"}
    found = s0(ONE_SYSTEM, NO_LOSS, LIGHT_SOCIAL, **high)
    assert (found.methods["loss"].lowest, found.level) == ("none", "IV")


def test_s0_g021_a_range_that_is_not_known_allows_everything_under_clamp() -> None:
    found = s0(NO_LOSS, THIRD_ROW, LIGHT_SOCIAL, importance_clamp="clamp", **IMPORTANCE)
    assert bounds(found) == ("bounded", "IV", "I")
    assert set(found.missing_facts) == {"affected_systems", "asset.protection_grade"}


def test_s0_g023_critical_infrastructure_is_an_offer_and_raises_nothing() -> None:
    found = s0(ONE_SYSTEM, NO_LOSS, THIRD_ROW, LIGHT_SOCIAL, {"asset.cii": "yes"}, **IMPORTANCE)
    assert found.level == "III"
    assert [offer.clause for offer in found.offers] == [("S0-037",)]


def test_s0_g025_two_methods_that_differ_are_shown_side_by_side() -> None:
    found = s0(ONE_SYSTEM, NO_LOSS, THIRD_ROW, LIGHT_SOCIAL, {"recovery_cost": "partly_bearable"}, **IMPORTANCE)
    assert found.level == "III"
    (difference,) = found.discrepancies
    assert (difference.method, difference.lowest, difference.highest) == ("narrative", "II", "I")
    assert found.methods["narrative"].beside


def test_methods_that_agree_or_may_still_agree_are_no_discrepancy() -> None:
    assert s0(ONE_SYSTEM, NO_LOSS, THIRD_ROW, LIGHT_SOCIAL, **IMPORTANCE).discrepancies == ()


# ------------------------------------------------------------------------------------ CAC ladders, S4 no scale
@pytest.mark.parametrize(
    ("facts", "level", "criterion"),
    [
        ({"cii_main": "3h"}, "major", "cii_main.major"),
        ({"cii_main": "2h59min"}, "larger", "cii_main.larger"),
        ({"portal_down": "24h", "portal": "gov_city"}, "major", "portal_2.major"),
        ({"portal_down": "24h", "portal": "gov_province"}, "extra_major", "portal_1"),
        ({"share_city": "30%"}, "larger", "share_c.larger"),
        ({"loss": "2000万 CNY"}, "major", "loss.major"),
        ({"data_threat": "serious"}, "major", "data.major"),
    ],
)
def test_a_ladder_is_one_fact_against_a_threshold_per_level(facts: Facts, level: str, criterion: str) -> None:
    found = graded("snippet-cac-ladders", {"portal": "none", **facts}, rest_none=True)
    assert (found.level, found.met[0].id) == (level, criterion)


def test_out_of_scope_says_why_and_grades_nothing() -> None:
    found = graded("snippet-cac-ladders", {"state_secret": "yes"})
    assert found.status == "out_of_scope"
    assert found.notes[0].clause == ("X1",)


def test_a_plan_without_levels_has_no_scale_but_its_defined_facts_still_answer() -> None:
    s4 = book("snippet-s4-means")
    assert grade(s4, {}, NOW).status == "no_scale"
    major = parse_condition({"major": "yes"}, s4.pack.words)
    leak = {"running_seriously_affected": "yes", "cause": "hacker", "effects": ("leak",)}
    assert judge(major, View.of_facts(s4, leak, NOW)).value is True
    quake = {**leak, "effects": (), "hostile_organised": "no"}
    assert judge(major, View.of_facts(s4, quake, NOW)).value is False
    silent = judge(major, View.of_facts(s4, {"running_seriously_affected": "no"}, NOW))
    assert {leaf.name for leaf in silent.open} == {"hostile_organised", "public_effect", "some_loss"}
    assert judge(major, View.of_facts(s4, {}, NOW, rest_none=True)).value is False


# ---------------------------------------------------------------------------------- questions and their order
def tiny(rules: str, **facts: str) -> Grade:
    grading = (
        f"methods: {{m: {{zh: 表, otherwise: ungraded, clause: c, rules: [{rules}]}}}}\ngrade: {{by: m, clause: c}}\n"
    )
    asked = """
facts:
  seen: {zh: 看见, type: yes_no, clause: c}
  felt: {zh: 判断, type: yes_no, judged: yes, clause: c}
  also: {zh: 另见, type: yes_no, clause: c}
  n: {zh: 数, type: count, clause: c}
"""
    return grade(story.book(facts=asked, grading=grading), facts, NOW)


def test_the_next_question_leaves_the_smallest_mean_interval() -> None:
    found = tiny("{id: a, level: I, when: {also: yes}, clause: c}, {id: b, level: IV, when: {seen: yes}, clause: c}")
    assert found.next_question is not None
    assert (found.next_question.fact, found.next_question.width) == ("also", 0.5)


def test_ties_go_to_what_can_be_observed_and_then_to_the_order_of_the_file() -> None:
    both = tiny("{id: a, level: I, when: {felt: yes, also: yes}, clause: c}")
    assert both.next_question is not None and both.next_question.fact == "also"
    first = tiny("{id: a, level: I, when: {also: yes, seen: yes}, clause: c}")
    assert first.next_question is not None and first.next_question.fact == "seen"


def test_a_number_is_asked_by_the_stretches_between_its_thresholds() -> None:
    ladder = "{id: a, fact: n, at_least: {I: 100, III: 10}, clause: c}"
    rules = f"{ladder}, {{id: b, level: IV, when: {{n: more than 0}}, clause: c}}"
    found = tiny(rules)
    assert found.next_question is not None and found.next_question.width == 0
    assert [(change.fact, change.value, change.lowest) for change in found.raises] == [("n", "1", "IV")]
    assert [(change.fact, change.value, change.highest) for change in found.lowers] == [("n", "10", "III")]
    known = tiny(rules, n="50")
    assert [(change.value, change.lowest) for change in known.raises] == [("100", "I")]
    assert [(change.value, change.highest) for change in known.lowers] == [("1", "IV")]


# --------------------------------------------------------------------------------------------- the case's grade
def test_unverified_facts_count_and_are_marked() -> None:
    s3 = book("chongqing-finance-regulator")
    case = replace(
        story.case(),
        facts={
            "unit_threat": Fact("serious", False, "电话", 2, NOW),
            "unit_impact": Fact("serious", True, "现场", 3, NOW),
        },
    )
    found = grade(s3, case, NOW)
    (criterion,) = [one for one in found.met if one.id == "2c"]
    assert criterion.unverified == ("unit_threat",)
    assert "待核实" in found.notes[-1].zh


def test_the_subject_grade_is_an_interval_that_answers_where_all_its_levels_agree() -> None:
    s1_book = book("snippet-s1-thresholds")
    view = View.of_facts(s1_book, {**S1_NIL, "interruption": "45min", "affected_people": None}, NOW)  # none to II

    def holds(test: str) -> bool | None:
        return judge(parse_condition({"grade": test}, s1_book.pack.words), view).value

    assert (holds("I"), holds("at least II"), holds("not I"), holds("known")) == (False, None, True, False)
    truth = judge(parse_condition({"grade": "at least II"}, s1_book.pack.words), view)
    assert {leaf.text for leaf in truth.open} == {"fact affected_people"}


def test_json_has_the_names_of_the_language_and_a_clause_everywhere() -> None:
    found = s1(interruption="45min", affected_people=None).as_json()
    assert {"status", "level", "lowest", "highest", "met", "failed", "open", "next_question", "raises", "lowers",
            "crosses", "methods", "discrepancies", "offers", "notes"} <= set(found)  # fmt: skip
    assert found["level"] is None and found["highest"] == "II"
    assert found["next_question"] == {"fact": "affected_people", "judged": False, "clause": ["S1-014"]}
    opened = found["open"]
    assert isinstance(opened, list) and opened[0]["missing"] == ["fact affected_people"]
    assert all(entry["clause"] for entry in opened)


def test_without_asking_the_reasons_are_the_same_and_the_questions_are_left_out() -> None:
    facts = {**S1_NIL, "interruption": "45min", "affected_people": None}
    quiet = grade(book("snippet-s1-thresholds"), facts, NOW, ask=False)
    asked = grade(book("snippet-s1-thresholds"), facts, NOW)
    assert asked == quiet
    assert asked.next_question is not None and asked.raises
    assert quiet.next_question is None and quiet.raises == quiet.lowers == ()


def test_the_one_missing_input_of_a_derived_fact_is_what_is_asked() -> None:
    outage = {"interrupted": "yes", "asset.max_tolerable_interruption": "4h", "interruption_from": None}
    found = s0(ONE_SYSTEM, NO_LOSS, LIGHT_SOCIAL, outage, **IMPORTANCE, **THRESHOLDS)
    assert found.missing_facts == ("interruption_from",)
    assert found.next_question is not None
    assert (found.next_question.fact, found.next_question.width) == ("interruption_from", 0)
