"""Conditions: three values, what is open, readings, the state of a case, the bodies a rule means (language 1.3, 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui.core.book import Book
from fengsui.core.case import Act, Actor, Case, FactText, Party, Seat
from fengsui.core.conditions import (
    FALSE,
    TRUE,
    Leaf,
    Truth,
    View,
    conjunction,
    disjunction,
    exists,
    ignorance,
    judge,
    negation,
    resolve,
    same_body,
    sits,
    texts,
    turning_points,
)
from fengsui.core.pack import AnyOf, BodyRef, Condition, ReadingRef, parse_condition
from tests.core import story

FACTS = """
facts:
  down:     {zh: 中断, type: yes_no, clause: c}
  people:   {zh: 人数, type: count, clause: c}
  loss:     {zh: 损失, type: money, clause: c}
  harm:     {zh: 危害, type: harm, judged: yes, clause: c}
  kind:     {zh: 类别, type: kind, clause: c}
  effects:  {zh: 后果, type: set of effect, clause: c}
  led_by:   {zh: 主导, type: leader, initially: own, clause: c}
  from:     {zh: 开始, type: instant, clause: c}
  to_:      {zh: 恢复, type: instant, clause: c}
  asset.limit: {zh: 最大容忍, type: duration, clause: c}
  asset.owner: {zh: 主管, type: body, clause: c}
  asset.builder: {zh: 建设, type: body, clause: c}
  excess:   {zh: 超时, type: duration, derive: {elapsed: [from, to_], minus: asset.limit}, clause: c}
  major:
    zh: 重大
    type: yes_no
    clause: c
    means: {down: yes, any: [{people: at least 100}, {harm: at least serious}]}
"""
TERMS = """
scales:
  level: {zh: 级别, values: {IV: 一般, III: 较大, II: 重大, I: 特别重大}, clause: c}
  response: {zh: 响应, like: level, values: {IV: Ⅳ级, III: Ⅲ级, II: Ⅱ级, I: Ⅰ级}, clause: c}
  colour: {zh: 预警, like: level, values: {blue: 蓝, yellow: 黄, orange: 橙, red: 红}, clause: c}
  harm: {zh: 程度, values: {none: 无, some: 一定, serious: 严重, extreme: 特别严重}, clause: c}
sets:
  kind: {zh: 类别, values: {attack: 攻击, fault: 故障, content: 内容}, clause: c}
  effect: {zh: 后果, values: {stop: 中断, leak: 泄密, wreck: 破坏}, clause: c}
  leader: {zh: 主导, values: {own: 本局, superior: 上级}, clause: c}
"""
BODIES = """
bodies:
  group: {zh: 工作组, kind: standing, posts: {lead: 组长, member: 成员}, acts_through: [lead], clause: c}
  board: {zh: 领导小组, kind: standing, posts: {member: 成员}, clause: c}
  office: {zh: 处室, kind: standing, many: yes, posts: {admin: 管理员}, clause: c}
  owner: {zh: 事发处室, kind: derived, from: asset.owner, is: office, clause: c}
  builder: {zh: 建设单位, kind: derived, from: asset.builder, clause: c}
  others: {zh: 其它处室, kind: derived, from: everyone_else, is: office, clause: c}
  issuer: {zh: 发布机构, kind: derived, from: case.issued_by, clause: c}
  province: {zh: 省局, kind: standing, per: organisation, clause: c}
  command: {zh: 指挥部, kind: temporary, created_by: activated, ends_on: ended, clause: c}
  city: {zh: 市网信办, kind: external, clause: c}
"""
READINGS = """
parameters:
  few: {zh: 多少人, type: count, clause: c}
  long: {zh: 多久, type: duration, clause: c}
  starter: {zh: 谁启动, type: body, clause: c}
switches:
  who_ends: {zh: 谁结束, clause: c, options: {joint: {zh: 共同, clause: c}, alone: {zh: 单独, clause: c}}}
  who_looks: {zh: 谁调查, clause: c, options: {unit: {zh: 单位, means: owner, clause: c}, group: {zh: 组, clause: c}}}
"""
PLAYBOOKS = """
playbooks:
  p: {start: opened, steps: [{id: cut, zh: 断网, by: group, clause: c}]}
"""
NOON = story.at("12:00")


def book(readings: Mapping[str, str] | None = None) -> Book:
    return story.book(readings, facts=FACTS, terms=TERMS, bodies=BODIES, readings=READINGS, playbooks=PLAYBOOKS)


BOOK = book()


def when(raw: object, of: Book = BOOK) -> Condition:
    return parse_condition(raw, of.pack.words)


def truth(raw: object, facts: Mapping[str, FactText | None], of: Book = BOOK, *, rest_none: bool = False) -> Truth:
    return judge(when(raw, of), View.of_facts(of, facts, NOON, rest_none))


def on_case(raw: object, case: Case, of: Book = BOOK, act: Act | None = None) -> Truth:
    return judge(when(raw, of), View(of, None, case, NOON, act))


# ------------------------------------------------------------------------------------------- three values
truths = st.one_of(
    st.just(TRUE),
    st.just(FALSE),
    st.sets(st.sampled_from("abc"), min_size=1).map(
        lambda names: Truth(None, frozenset(Leaf("fact", name) for name in names))
    ),
)


@given(st.lists(truths))
def test_all_is_the_minimum_and_any_the_maximum_over_false_unknown_true(parts: list[Truth]) -> None:
    rank = {False: 0, None: 1, True: 2}
    assert rank[conjunction(parts).value] == min((rank[p.value] for p in parts), default=2)
    assert rank[disjunction(parts).value] == max((rank[p.value] for p in parts), default=0)


@given(st.lists(truths, min_size=1))
def test_not_swaps_all_and_any(parts: list[Truth]) -> None:
    left, right = negation(conjunction(parts)), disjunction(negation(part) for part in parts)
    assert (left.value, left.open) == (right.value, right.open)
    assert negation(negation(parts[0])) == parts[0]


@given(st.lists(truths))
def test_something_is_open_exactly_where_the_answer_is_unknown(parts: list[Truth]) -> None:
    for joined in (conjunction(parts), disjunction(parts)):
        assert bool(joined.open) == (joined.value is None)


@given(st.lists(truths))
def test_order_does_not_matter(parts: list[Truth]) -> None:
    for join in (conjunction, disjunction):
        one, other = join(parts), join(reversed(parts))
        assert (one.value, one.open) == (other.value, other.open)


def test_one_false_child_settles_an_all_so_that_nothing_is_open() -> None:
    assert truth({"down": "yes", "people": "at least 100"}, {"down": "no"}) == Truth(False, frozenset(), ("down",))
    assert texts(truth({"down": "yes", "people": "at least 100"}, {"down": "yes"}).open) == ("fact people",)


def test_an_answer_needs_interpretation_only_if_nothing_but_readings_is_open() -> None:
    reading, fact, event = Leaf("reading", "few"), Leaf("fact", "people"), Leaf("event", "level")
    assert ignorance([reading]) == "needs_interpretation"
    for leaves in ([reading, fact], [fact], [event], [reading, event], []):
        assert ignorance(leaves) == "undecided"
    assert texts([reading, event, fact]) == ("fact people", "not yet level", "reading few")


# --------------------------------------------------------------------------------------------------- tests
@pytest.mark.parametrize(
    ("raw", "facts", "expected"),
    [
        ({"down": "yes"}, {"down": "yes"}, True),
        ({"down": "no"}, {"down": "yes"}, False),
        ({"kind": ["attack", "fault"]}, {"kind": "fault"}, True),
        ({"kind": ["attack", "fault"]}, {"kind": "content"}, False),
        ({"kind": "not attack"}, {"kind": "fault"}, True),
        ({"kind": "not attack"}, {"kind": "attack"}, False),
        ({"people": "at least 10万"}, {"people": "100_000"}, True),
        ({"people": "at least 10万"}, {"people": "99999"}, False),
        ({"people": "more than 0"}, {"people": "0"}, False),
        ({"people": "at most 5"}, {"people": "5"}, True),
        ({"people": "less than 5"}, {"people": "5"}, False),
        ({"loss": "at least 1亿 CNY"}, {"loss": "100000000 CNY"}, True),
        ({"harm": "at least serious"}, {"harm": "extreme"}, True),
        ({"harm": "at least serious"}, {"harm": "some"}, False),
        ({"harm": "at most some"}, {"harm": "none"}, True),
        ({"harm": "more than some"}, {"harm": "some"}, False),
        ({"effects": "includes leak"}, {"effects": ("stop", "leak")}, True),
        ({"effects": "includes leak"}, {"effects": ("stop",)}, False),
        ({"effects": "includes leak"}, {"effects": ()}, False),
        ({"not": {"down": "yes"}}, {"down": "no"}, True),
        ({"any": [{"down": "yes"}, {"people": "at least 9"}]}, {"down": "yes"}, True),
        ({"all": [{"down": "yes"}, {"down": "no"}]}, {"down": "yes"}, False),
        ({"down": "known"}, {"down": "no"}, True),
        ({"down": "known"}, {}, False),
        ({"down": "unknown"}, {"down": None}, True),
    ],
)
def test_every_test_reads_as_the_language_says(raw: object, facts: dict[str, FactText], expected: bool) -> None:
    assert truth(raw, facts).value is expected


def test_a_fact_nobody_stated_and_one_recorded_as_unknown_are_both_open() -> None:
    for facts in ({}, {"down": None}):
        assert truth({"down": "yes"}, facts) == Truth(None, frozenset({Leaf("fact", "down")}))


def test_amounts_of_different_currencies_stay_open_instead_of_being_compared() -> None:
    assert texts(truth({"loss": "at least 1亿 CNY"}, {"loss": "1 USD"}).open) == ("fact loss",)


def test_a_fact_with_an_initial_value_is_that_until_said_otherwise() -> None:
    assert truth({"led_by": "own"}, {}).value is True
    assert truth({"led_by": "own"}, {"led_by": "superior"}).value is False
    assert truth({"led_by": "own"}, {"led_by": None}).value is None


def test_rest_none_makes_what_was_not_mentioned_nil_but_not_what_was_recorded_as_unknown() -> None:
    assert truth({"down": "no", "people": "0", "harm": "none"}, {}, rest_none=True).value is True
    assert truth({"effects": "includes leak"}, {}, rest_none=True).value is False
    assert truth({"down": "yes"}, {"down": None}, rest_none=True).value is None
    assert truth({"led_by": "own"}, {}, rest_none=True).value is True


def test_rest_none_does_not_speak_for_the_asset_register_nor_for_types_without_a_nil() -> None:
    assert truth({"asset.limit": "at least 1h"}, {}, rest_none=True).value is None
    assert truth({"kind": "attack"}, {}, rest_none=True).value is None


def test_with_rest_none_an_interval_whose_start_was_not_mentioned_never_began() -> None:
    assert truth({"excess": "more than 0min"}, {}, rest_none=True).value is False


# ----------------------------------------------------------------------------------- defined and derived facts
def test_a_defined_fact_is_its_condition_and_is_open_where_that_is() -> None:
    assert truth({"major": "yes"}, {"down": "no"}).value is False
    assert truth({"major": "yes"}, {"down": "yes", "people": "100"}).value is True
    assert texts(truth({"major": "yes"}, {"down": "yes", "people": "1"}).open) == ("fact harm",)
    assert truth({"major": "yes"}, {"down": "yes", "people": "100"}).by == ("major", "down", "people")


def test_nobody_can_state_a_defined_or_derived_fact_against_its_definition() -> None:
    assert truth({"major": "yes"}, {"major": "yes", "down": "no"}).value is False
    assert truth({"excess": "at least 1h"}, {"excess": "9h"}).value is None


def test_elapsed_time_runs_until_now_while_the_end_is_not_stated() -> None:
    begun = {"from": "2024-01-10 08:00", "asset.limit": "1h"}
    assert truth({"excess": "at least 3h"}, begun).value is True
    assert truth({"excess": "more than 3h"}, begun).value is False
    assert truth({"excess": "at least 3h"}, {**begun, "to_": "2024-01-10 09:30"}).value is False
    assert texts(truth({"excess": "at least 3h"}, {**begun, "to_": None}).open) == ("fact to_",)
    assert texts(truth({"excess": "at least 3h"}, {}).open) == ("fact asset.limit", "fact from")


def test_the_moments_at_which_time_alone_turns_a_condition_are_known() -> None:
    view = View.of_facts(BOOK, {"from": "2024-01-10 08:00", "asset.limit": "1h"}, NOON)
    raw = {"any": [{"excess": "at least 5h"}, {"excess": "more than 6h"}, {"excess": "at least $long"}]}
    assert list(turning_points(when(raw), view)) == [story.at("14:00"), story.at("15:00:01")]
    over = View.of_facts(BOOK, {"from": "2024-01-10 08:00", "to_": "2024-01-10 09:00", "asset.limit": "1h"}, NOON)
    assert list(turning_points(when(raw), over)) == []


# ------------------------------------------------------------------------------------------------ readings
def test_an_unset_parameter_leaves_its_test_unknown_and_says_so() -> None:
    assert texts(truth({"people": "at least $few"}, {"people": "5"}).open) == ("reading few",)
    assert texts(truth({"people": "at least $few"}, {}).open) == ("fact people", "reading few")
    assert truth({"people": "at least $few"}, {"people": "5"}, book({"few": "5"})).value is True


def test_a_switch_may_be_tested_or_stand_for_what_its_option_means() -> None:
    assert texts(truth({"$who_ends": "joint"}, {}).open) == ("reading who_ends",)
    assert truth({"$who_ends": "joint"}, {}, book({"who_ends": "joint"})).value is True
    assert truth({"$who_ends": ["joint", "alone"]}, {}, book({"who_ends": "alone"})).value is True
    parties = resolve(ReadingRef("who_looks"), View(book({"who_looks": "unit"}), None, story.case(), NOON))
    assert [(p.text, p.raw) for p in parties] == [("office@A", "$who_looks")]


def test_one_of_several_readings_is_settled_by_the_one_that_is_set() -> None:
    case = replace(
        story.case(), assessments=story.case(("09:00", "assessed", {"level": "I", "body": "group"})).assessments
    )
    one = book({"starter": "group"})
    assert on_case({"assessed_by": ["$starter", "$who_looks"]}, case, one).value is True
    assert texts(on_case({"assessed_by": ["board", "$who_looks"]}, case, one).open) == ("reading who_looks",)


def test_a_reading_settled_for_the_case_counts_where_none_is_set_and_never_against_one() -> None:
    case = replace(story.case(), settled={"few": "5"}, facts={})
    view = View(BOOK, None, case, NOON, facts={"people": "7"})
    assert judge(when({"people": "at least $few"}), view).value is True
    set_higher = book({"few": "10"})
    view = View(set_higher, None, case, NOON, facts={"people": "7"})
    assert judge(when({"people": "at least $few"}, set_higher), view).value is False


# ------------------------------------------------------------------------------------- the state of the case
def test_a_level_that_nobody_gave_yet_is_open_as_not_yet() -> None:
    case = story.case()
    for subject in ("level", "assessed", "current", "response", "colour"):
        value = "red" if subject == "colour" else "I"
        assert texts(on_case({subject: value}, case).open) == (f"not yet {subject}",)
    assert on_case({"assessed": "unknown"}, case).value is True


def test_current_is_the_confirmed_level_or_else_the_latest_assessment() -> None:
    assessed = story.case(
        ("09:00", "assessed", {"level": "III", "body": "office@A"}),
        ("09:10", "assessed", {"level": "II", "body": "group"}),
    )
    assert on_case({"current": "II", "assessed": "II"}, assessed).value is True
    confirmed = replace(assessed, level="IV")
    assert on_case({"current": "IV", "level": "at most III", "assessed": "at least II"}, confirmed).value is True


def test_response_level_and_colour_are_three_subjects() -> None:
    case = replace(story.case(), level="II", response="III", colour="red", issued_by="group")
    assert on_case({"level": "II", "response": "III", "colour": "at least orange"}, case).value is True
    assert on_case({"issued_by": "group"}, case).value is True


def test_who_assessed_last_is_found_by_body_unit_or_derived_name() -> None:
    case = story.case(("09:00", "assessed", {"level": "III", "body": "office@A"}))
    for name, expected in (("office", True), ("owner", True), ("others", False), ("group", False)):
        assert on_case({"assessed_by": name}, case).value is expected
    assert on_case({"assessed_by": "not owner"}, case).value is False
    assert on_case({"assessed_by": ["group", "owner"]}, case).value is True


def test_a_step_is_done_or_not_and_never_unknown() -> None:
    case = story.case()
    assert on_case({"step.p.cut": "yes"}, case).value is False
    assert on_case({"step.p.cut": "yes"}, replace(case, steps_done={"p.cut": 3})).value is True


def test_the_addressee_and_the_colour_asked_are_those_of_the_act() -> None:
    case = story.case(kind="warning")
    asked = Act("issue", Actor("p"), value="orange", to=("city",))
    assert on_case({"colour": "at least orange", "to": "city"}, case, act=asked).value is True
    assert texts(on_case({"to": "city"}, case).open) == ("not yet to",)
    assert on_case({"colour": "orange"}, case, act=replace(asked, name="lift")).value is None


def test_phase_and_mode_are_always_known() -> None:
    assert on_case({"phase": "open", "mode": "live"}, story.case()).value is True


# ---------------------------------------------------------------------------------- bodies and who sits there
def party(name: str, case: Case | None = None, of: Book = BOOK) -> Party:
    (found,) = resolve(BodyRef(*name.partition(".")[::2]) if "." in name else BodyRef(name), View(of, None, case, NOON))
    return found


def test_a_derived_owner_is_the_unit_of_the_case_and_everyone_else_is_not() -> None:
    case = story.case()
    owner, others = party("owner", case), party("others", case)
    assert (owner.text, owner.raw) == ("office@A", "owner")
    assert sits(Seat("org", "office", None, "A"), owner, BOOK.pack)
    assert not sits(Seat("org", "office", None, "B"), owner, BOOK.pack)
    assert sits(Seat("org", "office", None, "B"), others, BOOK.pack)
    assert not sits(Seat("org", "office", None, "A"), others, BOOK.pack)


def test_a_derived_body_that_the_case_does_not_name_has_nobody_in_it() -> None:
    nameless = party("owner", replace(story.case(), owner=None))
    assert nameless.text == "owner"
    assert not sits(Seat("org", "office", None, "A"), nameless, BOOK.pack)


def test_an_asset_names_bodies_by_its_facts_and_a_warning_its_issuer() -> None:
    view = View.of_facts(BOOK, {"asset.builder": "city", "asset.owner": "office@B"}, NOON)
    assert [p.text for p in resolve((BodyRef("builder"), BodyRef("owner")), view)] == ["city", "office@B"]
    assert party("issuer", replace(story.case(), issued_by="office@C")).text == "office@C"


def test_an_unset_reading_is_a_party_with_a_hole_in_which_nobody_sits() -> None:
    (hole,) = resolve(ReadingRef("starter"), View(BOOK, None, story.case(), NOON))
    assert (hole.unset, hole.text) == ("starter", "$starter")
    assert not sits(Seat("org", "", None, None), hole, BOOK.pack)
    assert not same_body("", [hole])


def test_a_reading_may_name_a_unit_and_a_list_gives_each_party_once() -> None:
    view = View(book({"starter": "office@B"}), None, story.case(), NOON)
    found = resolve((ReadingRef("starter"), AnyOf((BodyRef("group"), BodyRef("group")))), view)
    assert [p.text for p in found] == ["office@B", "group"]


def test_a_member_alone_is_not_the_body_and_a_post_named_in_acts_through_is() -> None:
    group, board = party("group"), party("board")
    assert sits(Seat("org", "group"), group, BOOK.pack)
    assert sits(Seat("org", "group", "lead"), group, BOOK.pack)
    assert not sits(Seat("org", "group", "member"), group, BOOK.pack)
    assert not sits(Seat("org", "board", "member"), board, BOOK.pack)
    assert sits(Seat("org", "board", "member"), party("board.member"), BOOK.pack)
    assert not sits(Seat("org", "board"), party("board.member"), BOOK.pack)


def test_a_body_per_organisation_means_the_organisation_of_the_case() -> None:
    province = party("province", story.case())
    assert sits(Seat("org", "province"), province, BOOK.pack)
    assert not sits(Seat("P2", "province"), province, BOOK.pack)


def test_a_temporary_body_is_there_only_between_its_beginning_and_its_end() -> None:
    started = story.case(("09:00", "activated", {"response": "II"}))
    ended = story.case(("09:00", "activated", {"response": "II"}), ("10:00", "ended"))
    assert not exists("command", story.case(), BOOK.pack)
    assert exists("command", started, BOOK.pack)
    assert not exists("command", ended, BOOK.pack)
    assert exists("group", ended, BOOK.pack)
