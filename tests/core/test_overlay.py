"""An organisation's own additions: they only add, they stand in the pin, and every fault has the overlay's line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fengsui.core import loader, simulate
from fengsui.core.book import Book
from fengsui.core.lint import lint
from fengsui.core.loader import load_texts, read_scenarios, texts_of, work_calendar
from fengsui.core.overlay import apply
from fengsui.core.pack import Overlay, Pack
from fengsui.core.problems import PackError, Problem

BASE = dict(texts_of(Path(__file__).parent.parent / "packs" / "bad" / "base"))
BASE["terms.yaml"] = BASE["terms.yaml"].replace("类别, values", "类别, open: other, values")
BASE["bodies.yaml"] += (
    "  team: {zh: 专项组, kind: standing, many: yes, clause: C2}\n"
    "  routed: {zh: 归口专项组, kind: derived, from: {by: class, in: $map}, is: team, clause: C2}\n"
)
MAP = "parameters:\n  map: {zh: 归口, type: text, clause: C2}\n"
ROUTE = "incident:\n  - {id: route, on: opened, owes: 会商, by: routed, within: none, done_by: assessed, clause: C2}\n"
BASE["readings.yaml"] = BASE["readings.yaml"].replace("parameters:\n", MAP)
BASE["duties.yaml"] = BASE["duties.yaml"].replace("incident:\n", ROUTE)

WHOLE = """\
language: 1
for: base
readings: {hour: "17:00"}
bind:
  map: {attack: team@安全组}
terms:
  sets:
    class: {values: {drone: 无人机}, clause: own:局办1号}
duties:
  incident:
    - {id: own_call, on: opened, owes: 电话告知办公室, by: owner, to: leading_group, within: 15min, clause: own:局办1号}
playbooks:
  first:
    steps:
      - {id: photo, zh: 拍照留存, by: owner, clause: own:局办2号}
forms:
  report: {fields: {insurer: text}, clause: own:局办3号}
ties:
  cac-2025:police: vendor
"""


@pytest.fixture(scope="module")
def base() -> Pack:
    return load_texts(BASE)


@pytest.fixture(scope="module")
def whole(base: Pack) -> Overlay:
    return apply(base, WHOLE)


def problems(pack: Pack, text: str) -> list[Problem]:
    with pytest.raises(PackError) as refused:
        apply(pack, text, "own.yaml")
    return list(refused.value.problems)


def only(pack: Pack, text: str) -> Problem:
    found = problems(pack, f"language: 1\nfor: base\n{text}")
    assert len(found) == 1, [f"{p.where} {p.message('en')}" for p in found]
    return found[0]


def locked(*files: str, **changed: str) -> Pack:
    head = BASE["pack.yaml"] + f"locked: [{', '.join(files)}]\n"
    return load_texts({**BASE, "pack.yaml": head, **{f"{name}.yaml": text for name, text in changed.items()}})


# ------------------------------------------------------------------------------------------------ what is added
def test_the_plan_reads_with_the_additions_behind_its_own_rules(base: Pack, whole: Overlay) -> None:
    merged = whole.pack
    assert [duty.id for duty in merged.duties][: len(base.duties) - 1] == [
        d.id for d in base.duties if d.kind == "incident"
    ]
    assert next(duty for duty in merged.duties if duty.id == "own_call").clause == ("own:局办1号",)
    assert list(merged.steps)[-1] == "first.photo"
    assert list(merged.forms["report"].fields) == [*base.forms["report"].fields, "insurer"]
    assert merged.terms.sets["class"].values["drone"].zh == "无人机"
    assert whole.ties == {"cac-2025:police": "vendor"}


def test_the_pin_names_the_plan_as_installed_and_the_overlay_beside_it(base: Pack, whole: Overlay) -> None:
    plain = Book.build(base, calendar=work_calendar())
    own = Book.build(base, calendar=work_calendar(), overlay=whole)
    (before,), (after,) = plain.pin.value["packs"], own.pin.value["packs"]  # type: ignore[misc]
    assert after == {**before, "overlay": whole.digest}
    assert own.pin.digest != plain.pin.digest
    assert own.text_of("hour") == "17:00"


def test_comments_and_order_do_not_change_the_digest_of_an_overlay(base: Pack, whole: Overlay) -> None:
    other = "# note\nfor: base\nlanguage: 1\n" + WHOLE.partition("for: base\n")[2]
    assert apply(base, other).digest == whole.digest
    assert apply(base, other.replace("15min", "10min")).digest != whole.digest


def test_a_reading_is_decided_in_one_place(base: Pack, whole: Overlay) -> None:
    with pytest.raises(PackError) as refused:
        Book.build(base, {"hour": "18:00"}, calendar=work_calendar(), overlay=whole)
    assert [p.code for p in refused.value.problems] == ["overlay_reading"]


def test_an_overlay_belongs_to_the_pack_it_was_applied_to(base: Pack, whole: Overlay) -> None:
    with pytest.raises(ValueError, match="another pack"):
        Book.build(locked("grading"), calendar=work_calendar(), overlay=whole)


def test_a_finding_about_an_own_rule_has_the_overlay_s_line(base: Pack) -> None:
    text = WHOLE.replace("within: 15min", "every: 1d").replace("to: leading_group, ", "to: leading_group, ")
    own = apply(base, text, "own.yaml")
    found = [own.placed(p) for p in lint(own.pack) if p.code == "END"]
    assert [(p.where.file, p.where.line, p.where.path) for p in found] == [("own.yaml", 11, "duties.incident[0]")]


def test_a_rule_changed_in_memory_stays_changed_under_an_overlay(base: Pack) -> None:
    """Mutation and what-if change a pack without its files; an overlay must not put the old rule back."""
    without = replace(base, duties=tuple(duty for duty in base.duties if duty.id != "daily"))
    merged = apply(without, WHOLE).pack
    assert "daily" not in {duty.id for duty in merged.duties} and "own_call" in {duty.id for duty in merged.duties}
    assert merged.grants is without.grants


# ------------------------------------------------------------------------------------------------ what is refused
@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("grading: {methods: {}}", "grading"),
        ("grants: {incident: []}", "grants"),
        ("terms: {scales: {level: {values: {I: 特大}}}}", "terms.scales"),
        ("terms: {sets: {class: {clause: own:a, values: {attack: 别的}}}}", "terms.sets.class.values.attack"),
        ("forms: {report: {clause: own:a, fields: {people: text}}}", "forms.report.fields.people"),
        ("forms: {report: {clause: own:a, missing: 不要, fields: {b: text}}}", "forms.report.missing"),
        ("duties: {patterns: {}}", "duties.patterns"),
        (
            "duties: {incident: [{id: report, on: opened, owes: 报, by: owner, to: group, within: 4h, clause: own:a}]}",
            "duties.incident[0].id",
        ),
        (
            "duties: {incident: [{id: r2, on: opened, owes: 报, by: owner, to: group, within: 4h, replaces: report,"
            " clause: own:a}]}",
            "duties.incident[0].replaces",
        ),
        ("playbooks: {first: {when: {class: attack}, steps: []}}", "playbooks.first.when"),
        (
            "playbooks: {first: {steps: [{id: cut, zh: 不断网, by: owner, clause: own:a}]}}",
            "playbooks.first.steps[0].id",
        ),
    ],
)
def test_whatever_is_not_an_addition_is_refused_where_it_stands(base: Pack, text: str, path: str) -> None:
    problem = only(base, text)
    assert (problem.code, problem.where.file, problem.where.path) == ("overlay_weakens", "own.yaml", path)
    assert problem.where.line == 3


def test_a_closed_set_stays_closed() -> None:
    closed = load_texts({**BASE, "terms.yaml": BASE["terms.yaml"].replace("open: other, ", "")})
    found = problems(closed, "language: 1\nfor: base\nterms: {sets: {class: {clause: own:a, values: {drone: 无人机}}}}")
    assert [p.code for p in found] == ["overlay_weakens"]


def test_a_locked_grading_is_one_standard_its_readings_included() -> None:
    pack = locked("grading")
    edits = problems(pack, "language: 1\nfor: base\ngrading: {methods: {criteria: {rules: []}}}")
    assert [p.code for p in edits] == ["overlay_locked"]
    assert "grading.yaml" in edits[0].message("en") and edits[0].where.line == 3
    used = "\n".join(line for line in BASE["grading.yaml"].splitlines() if "$" in line)
    assert "$outage_III" in used
    decides = problems(pack, "language: 1\nfor: base\nreadings: {outage_III: 2h}")
    assert [(p.code, p.where.path) for p in decides] == [("overlay_locked", "readings.outage_III")]
    assert apply(pack, 'language: 1\nfor: base\nreadings: {hour: "17:00"}').readings == {"hour": "17:00"}


def test_locked_bodies_take_no_binding() -> None:
    found = problems(locked("bodies"), "language: 1\nfor: base\nbind: {map: {attack: team@A}}")
    assert [(p.code, p.where.path) for p in found] == [("overlay_locked", "bind.map")]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("readings: {hour: noon}", "bad_reading", "readings.hour"),
        ("readings: {hours: '17:00'}", "bad_reading", "readings.hours"),
        ("bind: {maps: {attack: team@A}}", "unknown_name", "bind.maps"),
        ("bind: {map: {attac: team@A}}", "unknown_name", "bind.map.attac"),
        ("bind: {map: {attack: group@A}}", "unknown_name", "bind.map.attack"),
        ("ties: {police: vendor}", "bad_value", "ties.police"),
        ("ties: {'cac-2025:police': vendr}", "unknown_name", "ties.cac-2025:police"),
        ("playbooks: {second: {steps: []}}", "unknown_name", "playbooks.second"),
        ("forms: {reprt: {clause: own:a, fields: {a: text}}}", "unknown_name", "forms.reprt"),
        ("forms: {report: {clause: C1, fields: {a: text}}}", "overlay_clause", "forms.report.clause"),
        ("forms: {report: {fields: {a: text}}}", "missing_key", "forms.report"),
        (
            "duties: {incident: [{id: x, on: opend, owes: 报, by: owner, within: 1h, clause: own:a}]}",
            "unknown_name",
            "duties.incident[0].on",
        ),
        (
            "duties: {incident: [{id: x, on: opened, owes: 报, by: owner, keep: yes, within: 1h, clause: own:a}]}",
            "keys_clash",
            "duties.incident[0]",
        ),
        (
            "playbooks: {first: {steps: [{together: [{id: y, zh: 记, by: owner, waits_for: paper, clause: own:a}]}]}}",
            "unknown_name",
            "playbooks.first.steps[0].together[0].waits_for",
        ),
        ("colours: {}", "unknown_key", "colours"),
    ],
)
def test_a_fault_of_an_overlay_is_told_with_its_place(base: Pack, text: str, code: str, path: str) -> None:
    problem = only(base, text)
    assert (problem.code, problem.where.path) == (code, path)
    assert problem.where.line == 3


def test_an_overlay_for_another_plan_is_refused(base: Pack) -> None:
    assert [p.code for p in problems(base, "language: 1\nfor: other\n")] == ["overlay_for"]


def test_yaml_faults_come_with_their_line(base: Pack) -> None:
    assert [(p.code, p.where.line) for p in problems(base, "language: 1\nfor: [base\n")] == [("yaml_syntax", 2)]
    assert [p.code for p in problems(base, "- a\n")] == ["bad_shape"]


# ------------------------------------------------------------------------------------------------ on a case
SCENARIOS = """
scenarios:
  - scenario: 归口表没有，由人来定
    given: {facts: {class: attack}}
    steps: [{at: 2024-03-04 09:00, expect: {owed: [{duty: route, by: map, state: open}]}}]
  - scenario: 归口表定了，按类别找到专项组
    given: {facts: {class: attack}, overlay: {language: 1, for: base, bind: {map: {attack: team@安全组}}}}
    steps: [{at: 2024-03-04 09:00, expect: {owed: [{duty: route, by: team@安全组, state: open}]}}]
  - scenario: 归口表里没有这一类，由人来定
    given: {facts: {class: content}, overlay: {language: 1, for: base, bind: {map: {attack: team@安全组}}}}
    steps: [{at: 2024-03-04 09:00, expect: {owed: [{duty: route, by: map, state: open}]}}]
  - scenario: 类别未知时没有归口
    given: {overlay: {language: 1, for: base, bind: {map: {attack: team@安全组}}}}
    steps: [{at: 2024-03-04 09:00, expect: {owed: [{duty: route, by: routed, state: open}]}}]
  - scenario: 一案之内由人定下
    given: {facts: {class: attack}, readings: {map: team@值班组}}
    steps: [{at: 2024-03-04 09:00, expect: {owed: [{duty: route, by: team@值班组, state: open}]}}]
  - scenario: 本单位的义务照样到期
    given:
      overlay:
        language: 1
        for: base
        duties:
          incident: [{id: own_call, on: opened, owes: 告知, by: owner, to: leading_group, within: 15min, clause: own:a}]
    steps: [{at: 2024-03-04 09:00}, {at: 2024-03-04 09:16, expect: {owed: [{duty: own_call, state: overdue}]}}]
"""


@pytest.mark.parametrize("n", range(6))
def test_a_scenario_may_give_an_overlay(base: Pack, n: int) -> None:
    scenario = read_scenarios({"scenarios/a.yaml": SCENARIOS})[n]
    assert [f.problem.message("en") for f in simulate.run(base, scenario).failures] == []


def test_a_scenario_with_a_faulty_overlay_fails_where_it_stands(base: Pack) -> None:
    text = "scenarios:\n  - {scenario: a, given: {overlay: {language: 1, for: base, grants: {}}}, steps: []}\n"
    (scenario,) = read_scenarios({"scenarios/a.yaml": text})
    failures = simulate.run(base, scenario).failures
    assert [(f.problem.code, f.problem.where.line) for f in failures] == [("overlay_weakens", 2)]


def test_the_tax_plan_s_groups_are_bound_by_class() -> None:
    pack = loader.load(loader.shipped()["cn-tax-system"])
    own = apply(
        pack, "language: 1\nfor: cn-tax-system\nbind: {special_group_map: {security: hq_special_group@安全组}}\n"
    )
    assert own.binds["special_group_map"] == {"security": "hq_special_group@安全组"}
