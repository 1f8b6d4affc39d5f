"""The linter as a reader of plans: what it says of the shipped packs, and how it thinks in small worlds."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui.core.lint import codes, counted, lint, say_cube, uncovered
from fengsui.core.lint.tables import cubes
from fengsui.core.lint.worlds import UNKNOWN, combinations, holds, say, together
from fengsui.core.loader import load, load_texts, shipped, texts_of
from fengsui.core.pack import Condition, Pack, parse_condition
from fengsui.core.problems import CODES, Problem

BASE = texts_of(Path(__file__).parent.parent / "packs" / "bad" / "base")
GOOD = Path(__file__).parent.parent / "packs" / "good"


@pytest.fixture(scope="module")
def base() -> Pack:
    return load_texts(BASE)


def found(files: dict[str, str], code: str) -> list[Problem]:
    return [p for p in lint(load_texts(files)) if p.code == code]


def changed(file: str, before: str, after: str) -> dict[str, str]:
    assert before in BASE[file]
    return {**BASE, file: BASE[file].replace(before, after)}


# ------------------------------------------------------------------------------------------------ whole plans
@pytest.mark.parametrize("name", shipped())
def test_a_shipped_pack_has_no_error(name: str) -> None:
    errors = [f"{p.where} {p.message()}" for p in lint(load(shipped()[name])) if p.severity == "error"]
    assert errors == []


@pytest.mark.parametrize("name", shipped())
def test_every_clause_of_a_shipped_pack_is_answered_by_rules_or_says_why_not(name: str) -> None:
    assert [p for p in lint(load(shipped()[name])) if p.code.startswith("COVER")] == []


def test_the_regulator_s_plan_shows_what_its_text_leaves_odd() -> None:
    findings = lint(load(shipped()["chongqing-finance-regulator"]))
    said = {(p.code, p.params.get("body", "")) for p in findings}
    assert ("BODY", "重点部门和重点岗位") in said
    assert any(code == "AUTH" for code, _ in said)
    holes = [p for p in findings if p.code == "HOLE"]
    assert len(holes) >= 3 and all(p.clause for p in holes)
    assert {p.params["reading"] for p in findings if p.code == "READING"} >= {"Ⅰ级响应由谁启动", "印发日期"}


def test_findings_come_errors_first_then_by_file_and_line() -> None:
    files = changed("clauses.yaml", ", not_executable: 附则，无可执行动作", "")
    findings = lint(load_texts(files))
    gravity = {"error": 0, "warning": 1, "note": 2}
    keys = [(gravity[p.severity], p.where.file, p.where.line or 0) for p in findings]
    assert keys == sorted(keys)
    assert findings[0].code == "COVER-NONE"
    assert findings[0].clause == ("C6",)


def test_every_code_of_the_linter_has_an_example_and_a_bad_pack() -> None:
    declared = {code for code in CODES if code.isupper() or "-" in code}
    shown = (Path(__file__).parent.parent / "packs" / "bad" / "lint.yaml").read_text(encoding="utf-8")
    shown += (Path(__file__).parent / "test_lint_text.py").read_text(encoding="utf-8")
    known = {"GAP-LARGE", "LEVEL-NONE", "WARN-SCALE", "BODY-ELSEWHERE", "HOLE", "SOFT"}  # told by other tests here
    known |= {"REGIME", "REGIME-TYPE"}  # told where regimes are tested
    known |= {p.code for p in lint(load_texts(BASE))}  # what the base pack itself shows
    assert codes
    assert {code for code in declared if f"code: {code}" not in shown and f'"{code}"' not in shown} <= known
    assert all(CODES[code].example for code in declared)


# ------------------------------------------------------------------------------------------------ single findings
def test_a_body_set_up_elsewhere_is_a_note() -> None:
    files = changed("bodies.yaml", "many: yes", "many: yes, constituted: elsewhere")
    assert [p.severity for p in found(files, "BODY-ELSEWHERE")] == ["note"]


def test_a_hole_counts_as_an_answer_and_is_shown() -> None:
    assert [p.params["act"] for p in found(BASE, "HOLE")] == ["调整级别", "发布信息", "调整级别"]


def test_soft_words_say_how_often_they_are_used() -> None:
    assert [(p.params["id"], p.params["count"]) for p in found(BASE, "SOFT")] == [("promptly", "2")]


def test_a_plan_without_levels_and_one_without_colours_say_so() -> None:
    pack = load(GOOD / "s4-double-clock")
    assert "LEVEL-NONE" in {p.code for p in lint(pack)}
    files = changed("terms.yaml", BASE["terms.yaml"].splitlines()[3] + "\n", "")
    assert "WARN-SCALE" in {p.code for p in lint(load_texts(files))}


def test_a_table_too_large_to_list_says_so() -> None:
    numbers = ", ".join(f"n{i}" for i in range(15))
    facts = "".join(f"  n{i}: {{zh: 事实{i}, type: yes_no, clause: C1}}\n" for i in range(15))
    rule = "{" + ", ".join(f"n{i}: yes" for i in range(15)) + "}"
    grading = BASE["grading.yaml"].replace("harm: serious, asset.cii: yes", rule.strip("{}"))
    files = {**BASE, "facts.yaml": BASE["facts.yaml"] + facts, "grading.yaml": grading.replace("ungraded", "no_rule")}
    assert numbers
    assert [p.params["most"] for p in found(files, "GAP-LARGE")] == ["20000"]


def test_the_gap_of_a_small_table_is_counted_and_shown() -> None:
    gap = found({**BASE, "grading.yaml": TABLE}, "GAP")[0]
    assert (gap.params["count"], gap.params["all"]) == ("4", "6")
    assert gap.params["world"] == "危害：无；危害：一定或严重，关基：否"
    pack = load_texts({**BASE, "grading.yaml": TABLE})
    assert [say_cube(pack, cube, "en") for cube in uncovered(pack, "t") or ()] == [
        "危害: 无",
        "危害: 一定 or 严重, 关基: no",
    ]
    assert counted(pack, "t", {"asset.cii": True}) == (1, 3)


TABLE = (
    "methods:\n  t: {zh: 表, otherwise: no_rule, clause: C1, rules: [{id: a, level: II,"
    " when: {harm: at least some, asset.cii: yes}, clause: C1}]}\ngrade: {by: t, clause: C1}\n"
)


SCALES = """
  rank: {zh: 重要性, values: {none: 无, core: 核心, critical: 关键, important: 重要}, clause: C1}
  amount: {zh: 数量, values: {none: 无, large: 大量, part: 部分, some: 一些, few: 少量, isolated: 个别}, clause: C1}
  spread: {zh: 传播, values: {no: 未上网, narrow: 上网, wide: 扩散}, clause: C1}
"""
FACTS = """
  rank: {zh: 设备, type: rank, clause: C1}
  damaged: {zh: 损坏数量, type: amount, clause: C1}
  leaked: {zh: 泄露数量, type: amount, clause: C1}
  spread: {zh: 传播, type: spread, clause: C1}
  one_province: {zh: 一省之内, type: yes_no, clause: C1}
"""
TABLES = """
methods:
  equipment:
    zh: 设备
    otherwise: no_rule
    clause: C1
    rules:
      - {id: none, result: none, when: {rank: none}, clause: C1}
      - {id: E1, level: I, when: {rank: core, damaged: large}, clause: C1}
      - {id: E2, level: II, when: {rank: critical, damaged: some}, clause: C1}
      - {id: E3, level: III, when: {rank: important, damaged: few}, clause: C1}
      - {id: E4, level: IV, when: {rank: important, damaged: isolated}, clause: C1}
  leak:
    zh: 泄露
    otherwise: no_rule
    clause: C1
    rules:
      - {id: none, result: none, when: {leaked: none}, clause: C1}
      - {id: L1, level: I, when: {leaked: large, spread: wide}, clause: C1}
      - {id: L2, level: II, when: {leaked: large, spread: narrow}, clause: C1}
      - {id: L3, level: III, when: {leaked: part, spread: narrow}, clause: C1}
      - {id: L4, level: IV, when: {leaked: part, spread: no, one_province: yes}, clause: C1}
  whole: {zh: 综合, highest_of: [equipment, leak], otherwise: no_rule, clause: C1}
grade: {by: whole, clause: C1}
"""


def test_the_holes_of_tables_of_single_cells_are_counted_cell_by_cell() -> None:
    pack = load_texts(
        {
            **BASE,
            "terms.yaml": BASE["terms.yaml"].replace("sets:", SCALES.strip("\n") + "\nsets:"),
            "facts.yaml": BASE["facts.yaml"] + FACTS.strip("\n") + "\n",
            "grading.yaml": TABLES,
        }
    )
    assert counted(pack, "equipment") == (14, 24)
    assert counted(pack, "leak") == (23, 36)
    told = {p.where.path: (p.params["count"], p.params["all"]) for p in lint(pack) if p.code == "GAP"}
    assert told == {"methods.equipment": ("14", "24"), "methods.leak": ("23", "36")}


@given(st.data())
def test_gathered_combinations_are_those_left_out_each_once(data: st.DataObject) -> None:
    variables = {key: tuple(range(data.draw(st.integers(1, 4)))) for key in "abc"}
    every = list(itertools.product(*variables.values()))
    left = [world for world in every if data.draw(st.booleans())]
    spread = [
        world
        for cube in cubes(variables, left)
        for world in every
        if all(value in cube.get(key, variables[key]) for key, value in zip(variables, world, strict=True))
    ]
    assert sorted(spread) == sorted(left)


def test_two_grants_side_by_side_are_no_contradiction() -> None:
    before = "id: end_III, when: {response: at most III}"
    files = changed("grants.yaml", before, "id: end_III, beside: [end_II], when: {response: at most II}")
    assert found(files, "CONTRA") == []


def test_a_contradiction_shows_the_case_in_which_both_hold() -> None:
    files = changed(
        "grants.yaml", "id: end_III, when: {response: at most III}", "id: end_III, when: {response: at most II}"
    )
    told = found(files, "CONTRA")[0]
    assert (told.params["first"], told.params["second"]) == ("end_II", "end_III")
    assert "响应：Ⅱ级" in told.message()


def test_nobody_goes_on_in_one_tier_although_another_would() -> None:
    """In a province the office says II, and II is confirmed at headquarters only: a dead end of the climb."""
    head = BASE["pack.yaml"].replace("clause: C1", "tiers: [hq, province]\nclause: C1")
    grants = BASE["grants.yaml"].replace(
        "when: {assessed: at least II}", "when: {assessed: at least II, site.tier: hq}"
    )
    dead = found({**BASE, "pack.yaml": head, "grants.yaml": grants}, "CLIMB")
    assert [p.params["level"] for p in dead] == ["重大", "特别重大"]
    at_hq = grants.replace("id: judge, by: owner", "id: judge, when: {site.tier: hq}, by: owner")
    assert found({**BASE, "pack.yaml": head, "grants.yaml": at_hq}, "CLIMB") == []


def test_thresholds_left_to_readings_are_no_inversion() -> None:
    assert found(BASE, "INVERT") == []


# ------------------------------------------------------------------------------------------------ small worlds
def when(pack: Pack, raw: object) -> Condition:
    return parse_condition(raw, pack.words)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"level": "at least II"}, {"level": "at most III"}, False),
        ({"level": "at least II"}, {"level": "at most II"}, True),
        ({"people": "at least 10"}, {"people": "less than 10"}, False),
        ({"people": "at least 10"}, {"people": "at most 10"}, True),
        ({"people": "more than 10"}, {"people": "less than 11"}, True),
        ({"asset.cii": "yes"}, {"not": {"asset.cii": "yes"}}, False),
        ({"class": ["attack", "other"]}, {"class": "not attack"}, True),
        ({"class": "attack"}, {"class": "content"}, False),
        ({"assessed": "unknown"}, {"assessed": "at least IV"}, False),
        ({"assessed": "unknown"}, {"assessed_by": "group"}, False),
        ({"assessed": "known"}, {"assessed_by": "group"}, True),
        ({"outage": "at least $outage_III"}, {"outage": "less than 1h"}, True),
        ({"any": [{"level": "I"}, {"class": "attack"}]}, {"level": "II", "class": "other"}, False),
        ({"assessed_by": ["group", "office"]}, {"assessed_by": "vendor"}, False),
        ({"step.first.cut": "yes"}, {"step.first.cut": "no"}, False),
    ],
)
def test_whether_two_conditions_can_hold_together(base: Pack, one: object, other: object, both: bool) -> None:
    world = together(base, (when(base, one), when(base, other)))
    assert (world is not None) == both
    if world is not None:
        assert holds(base, when(base, one), world) and holds(base, when(base, other), world)
        assert say(base, world) and say(base, world, "en")


def test_a_given_value_narrows_the_search(base: Pack) -> None:
    condition = when(base, {"level": "at least II"})
    assert together(base, (condition,), {"level": "III"}) is None
    assert together(base, (condition,), {"level": "I"}) == {"level": "I"}


def test_combinations_are_all_that_the_tests_can_tell_apart(base: Pack) -> None:
    conditions = (when(base, {"people": "at least 10", "asset.cii": "yes"}), when(base, {"harm": "serious"}))
    worlds = list(combinations(base, conditions, 100) or ())
    assert len(worlds) == 3 * 2 * 3
    assert combinations(base, conditions, 17) is None


def test_an_unknown_value_settles_only_what_asks_for_it(base: Pack) -> None:
    world = {"assessed": UNKNOWN}
    assert holds(base, when(base, {"assessed": "unknown"}), world) is True
    assert holds(base, when(base, {"assessed": "II"}), world) is None


# ------------------------------------------------------------------------------------------------ a climb
CLIMB = """incident:
  - {act: assess, when: {site.tier: province, assessed: unknown}, by: prov_group, clause: C1}
  - {act: assess, when: {site.tier: province, assessed_by: prov_group}, by: prov_office, clause: C1}
  - {act: assess, when: {site.tier: province, assessed_by: prov_office, assessed: not IV}, by: prov_lead, clause: C1}
  - {act: assess, when: {assessed_by: [prov_lead, hq_group], assessed: at least II}, by: hq_office, clause: C1}
  - {act: assess, when: {assessed_by: hq_office, assessed: I}, by: hq_lead, clause: C1}
  - {act: assess, when: {site.tier: hq, assessed: unknown}, by: hq_group, clause: C1}
  - {act: confirm, when: {site.tier: province, assessed_by: prov_office, assessed: IV}, by: prov_office, clause: C1}
  - {act: confirm, when: {site.tier: province, assessed_by: prov_lead, assessed: III}, by: prov_lead, clause: C1}
  - {act: confirm, when: {assessed_by: [hq_office, hq_lead], assessed: II}, by: hq_office, clause: C1}
  - {act: confirm, when: {assessed_by: hq_lead, assessed: I}, by: hq_lead, clause: C1}
  - {act: confirm, when: {site.tier: hq, assessed_by: hq_group, assessed: at most III}, by: hq_group, clause: C1}
"""


def test_the_linter_walks_a_climb_and_finds_where_it_ends_nowhere() -> None:
    bodies = ["prov_group", "prov_office", "prov_lead", "hq_group", "hq_office", "hq_lead"]
    pack = load_texts(
        {
            "pack.yaml": BASE["pack.yaml"].replace("clause: C1", "tiers: [hq, province]\nclause: C1"),
            "terms.yaml": BASE["terms.yaml"].splitlines()[0] + "\n" + BASE["terms.yaml"].splitlines()[1] + "\n",
            "bodies.yaml": "bodies:\n" + "".join(f"  {b}: {{zh: {b}甲, kind: standing, clause: C1}}\n" for b in bodies),
            "grants.yaml": CLIMB,
            "clauses.yaml": 'clauses:\n  C1: {cite: "1", at: "1", says: 逐级研判。}\n',
        }
    )
    findings = lint(pack)
    dead = {(p.params["body"].removesuffix("甲"), p.params["level"]) for p in findings if p.code == "CLIMB"}
    assert dead == {
        ("prov_lead", "一般"),
        ("hq_office", "一般"),
        ("hq_office", "较大"),
        ("hq_lead", "一般"),
        ("hq_lead", "较大"),
    }
    assert [p for p in findings if p.code == "CONTRA"] == []


def test_an_event_nobody_may_cause_is_no_finding_beside_one_that_can_happen() -> None:
    files = changed("duties.yaml", "done_by: investigated", "done_by: [investigated, dismissed]")
    assert found(files, "DEAD-TRIGGER") == []
    files = changed("duties.yaml", "done_by: investigated", "done_by: dismissed")
    assert [p.params["event"] for p in found(files, "DEAD-TRIGGER")] == ["dismissed"]
