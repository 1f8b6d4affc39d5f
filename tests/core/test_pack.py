"""The plan language as typed values: scalars, conditions, references, and rules as they are spread."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from fengsui.core.pack import BadValue, Domain, Money, Type, Value, nil, parse_value, read
from fengsui.core.pack.when import All, AnyOfThese, Not, Test
from fengsui.core.pack.when import tests as all_tests
from fengsui.core.problems import PackError
from tests.core.story import pack

DOMAIN = Domain(
    scales={"level": ("IV", "III", "II", "I")},
    sets={"class": ("malware", "attack")},
    bodies=frozenset({"group"}),
    zone=ZoneInfo("Asia/Shanghai"),
    open_sets=frozenset({"class"}),
)
GOOD: list[tuple[str, str, Value]] = [
    ("yes_no", "yes", True),
    ("count", "100_000", 100_000),
    ("count", "10万", 100_000),
    ("count", "1.5万", 15_000),
    ("number", "1.5", Decimal("1.5")),
    ("percent", "50%", Decimal(50)),
    ("money", "1亿 CNY", Money(Decimal(100_000_000), "CNY")),
    ("duration", "1h30min", timedelta(minutes=90)),
    ("duration", "3d", timedelta(hours=72)),
    ("hour", "08:05", "08:05"),
    ("range", "IV to I", ("IV", "I")),
    ("body", "group", "group"),
]
BAD = [
    ("yes_no", "true"),
    ("yes_no", "YES"),
    ("count", "1.5"),
    ("count", "-3"),
    ("count", "1e3"),
    ("percent", "50"),
    ("money", "100"),
    ("money", "1亿"),
    ("duration", "90"),
    ("duration", "1 hour"),
    ("hour", "8:05"),
    ("hour", "24:00"),
    ("range", "I to IV"),
    ("body", "grup"),
    ("instant", "tomorrow"),
]


@pytest.mark.parametrize(("kind", "text", "value"), GOOD)
def test_a_scalar_is_typed_by_the_schema(kind: str, text: str, value: Value) -> None:
    assert parse_value(text, Type(kind), DOMAIN) == value


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_what_is_not_of_the_type_is_refused(kind: str, text: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_value(text, Type(kind), DOMAIN)
    assert refused.value.text == text


def test_an_open_set_takes_other_and_a_scale_does_not() -> None:
    assert parse_value("other", Type("set", "class"), DOMAIN) == "other"
    with pytest.raises(BadValue) as refused:
        parse_value("other", Type("scale", "level"), DOMAIN)
    assert refused.value.known == ("IV", "III", "II", "I")


def test_amounts_of_two_currencies_cannot_be_compared() -> None:
    assert Money(Decimal(1), "CNY") < Money(Decimal(2), "CNY")
    with pytest.raises(ValueError, match="CNY and USD"):
        assert Money(Decimal(1), "CNY") < Money(Decimal(2), "USD")


def test_nil_is_no_zero_the_lightest_and_the_empty_set_but_no_moment() -> None:
    kinds = [Type("yes_no"), Type("count"), Type("scale", "level"), Type("set", "class", True), Type("instant")]
    assert [nil(kind, DOMAIN) for kind in kinds] == [False, 0, "IV", frozenset(), None]


def condition(text: str) -> object:
    grants = f"incident:\n  - {{act: confirm, by: group, when: {text}, clause: c}}\n"
    return pack(grants=grants).grants[0].when


def test_a_mapping_is_all_of_its_entries_and_any_and_not_nest() -> None:
    found = condition("{major: yes, any: [{level: at least II}, {not: {phase: open}}]}")
    assert isinstance(found, All)
    first, second = found.parts
    assert isinstance(first, Test)
    assert (first.subject, first.op, first.operand) == ("major", "eq", (True,))
    assert isinstance(second, AnyOfThese)
    assert isinstance(second.parts[1], Not)
    assert [t.subject for t in all_tests(found)] == ["major", "level", "phase"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[{major: yes}, {level: I}]", "bad_condition"),
        ("{}", "bad_condition"),
        ("{any: {major: yes}}", "bad_condition"),
        ("{majro: yes}", "unknown_name"),
        ("{major: true}", "bad_value"),
        ("{major: at least yes}", "no_order"),
        ("{level: at least V}", "bad_value"),
        ("{level: red}", "bad_value"),
        ("{assessed_by: nobody}", "unknown_name"),
        ("{$nothing: x}", "unknown_name"),
        ("{step.nowhere.x: yes}", "unknown_name"),
    ],
)
def test_a_condition_that_means_nothing_is_refused_with_its_line(text: str, code: str) -> None:
    with pytest.raises(PackError) as refused:
        condition(text)
    (problem,) = refused.value.problems
    assert (problem.code, problem.where.file, problem.where.line) == (code, "grants.yaml", 2)


def test_grading_may_not_look_at_knowledge_itself() -> None:
    with pytest.raises(PackError) as refused:
        rule = "{id: r, level: I, when: {major: unknown}, clause: c}"
        pack(grading=f"methods:\n  m: {{zh: 法, clause: c, rules: [{rule}]}}\n")
    assert [p.code for p in refused.value.problems] == ["knowledge_test"]


def test_a_ladder_is_one_row_per_threshold_grave_to_light() -> None:
    grading = """
methods:
  m:
    zh: 法
    clause: c
    rules:
      - {id: out, fact: down, at_least: {IV: 30min, II: 3h, I: 24h}, when: {major: yes}, clause: c}
"""
    plan = pack(grading=grading, facts="facts:\n  down: {zh: 中断, type: duration, clause: c}\n"
                "  major: {zh: 大, type: yes_no, clause: c}\n")  # fmt: skip
    assert [(row.id, row.level) for row in plan.rows("m")] == [("out.I", "I"), ("out.II", "II"), ("out.IV", "IV")]


def test_grants_without_id_get_one_from_their_act_and_kind() -> None:
    grants = """
incident:
  - {act: end, by: group, clause: c}
  - {act: end, id: fast, by: city, beside: [end.1], clause: c}
warning:
  - {act: lift, by: group, clause: c}
"""
    assert [(g.id, g.kind) for g in pack(grants=grants).grants] == [
        ("end.1", "incident"),
        ("fast", "incident"),
        ("warning.lift.1", "warning"),
    ]


@pytest.mark.parametrize(
    "grant",
    [
        "{act: end, clause: c}",
        "{act: end, by: group, hole: 没有写, clause: c}",
        "{act: issue, by: group, clause: c}",
        "{act: end, chain: [bless: group], clause: c}",
        "{act: end, chain: {propose: group}, clause: c}",
        "{act: end, by: group, needs: [meeting], clause: c}",
        "{act: end, by: group}",
        "{act: end, by: group, clause: d}",
    ],
)
def test_a_grant_gives_in_exactly_one_way_and_names_only_what_exists(grant: str) -> None:
    with pytest.raises(PackError):
        pack(grants=f"incident:\n  - {grant}\n")


def test_names_are_found_by_id_label_and_alias() -> None:
    group = "{zh: 工作组, en: group, kind: standing, aliases: [专班], posts: {head: 组长}, clause: c}"
    plan = pack(bodies=f"bodies:\n  group: {group}\n")
    assert [plan.resolve_name("body", t) for t in ("group", "工作组", "专班", "无")] == [
        "group",
        "group",
        "group",
        None,
    ]
    assert plan.resolve_name("post", "组长") == "group.head"
    assert plan.resolve_name("level", "重大") == "II"
    assert plan.body_label("group.head@甲") == "工作组组长（甲）"
    assert plan.cite("c") == "一"


def test_all_faults_of_all_files_come_at_once() -> None:
    files: dict[str, object] = {"pack": {"id": "x"}, "grants": {"incident": [{"act": "end", "by": "nobody"}]}}
    found, faults = read(files)
    assert found is None
    assert {(f.file, f.code) for f in faults} >= {
        ("pack", "missing_key"),
        ("grants", "unknown_name"),
        ("grants", "missing_key"),
    }
