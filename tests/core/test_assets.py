"""Several affected systems on one case: who leads, who owns, what is known, what is counted (language 2, 9.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui.core import engine
from fengsui.core.case import Act, Actor, Opening
from fengsui.core.conditions import Known, View
from fengsui.core.grading import grade
from fengsui.core.loader.scenarios import read_scenarios
from fengsui.core.obligations import owed
from fengsui.core.problems import Refused
from fengsui.core.simulate import run
from tests.core.stage import BODIES, ORG, READINGS, REASON, Stage, grants, seat
from tests.core.story import at, book, pack

FACTS = """
facts:
  asset.count: {zh: 受影响系统数, type: count, clause: c}
  asset.protection_grade: {zh: 等保级别, type: count, clause: c}
  asset.cii: {zh: 属关基, type: yes_no, clause: c}
  asset.tolerable: {zh: 可承受中断, type: duration, clause: c}
  stopped: {zh: 停摆, type: yes_no, clause: c}
"""
GRADING = """
methods:
  whole:
    zh: 定级
    clause: c
    rules:
      - {id: many, level: I, when: {asset.count: at least 3, stopped: yes}, clause: c}
      - {id: grave, level: II, when: {asset.protection_grade: at least 3, stopped: yes}, clause: c}
      - {id: light, level: IV, when: {stopped: yes}, clause: c}
grade: {by: whole, clause: c}
"""
DUTIES = """
incident:
  - {id: count, on: fact asset.count, owes: 通报, by: group, to: centre, within: 1h, clause: c}
"""
FILES = {
    "bodies": BODIES,
    "readings": READINGS,
    "facts": FACTS,
    "grading": GRADING,
    "duties": DUTIES,
    "grants": grants("act: assess, by: owner", "act: order, by: owner"),
}
PORTAL = {"id": "portal", "owner": "office@A", "protection_grade": "2", "tolerable": "8h"}
LEDGER = {"id": "ledger", "owner": "office@B", "protection_grade": "3", "cii": "yes"}
MAIL = {"id": "mail", "owner": "office@C", "protection_grade": "3", "cii": "no"}


def stage(*assets: dict[str, str], **opening: object) -> Stage:
    return Stage(book(**FILES), **{"assets": assets, "owner": None, **opening})


def known(night: Stage, fact: str) -> object:
    look = View(night.book, None, night.case, night.at).look(fact)
    return look.value if isinstance(look, Known) else None


def refused_at_birth(**opening: object) -> str:
    with pytest.raises(Refused) as caught:
        stage(**opening)  # type: ignore[arg-type]
    return f"{caught.value.problem.code}: {caught.value.problem.message('zh')}"


class TestTheLead:
    def test_the_gravest_gives_the_facts_and_the_owner_and_none_of_them_is_mixed(self) -> None:
        night = stage(PORTAL, LEDGER)
        assert (night.case.lead, night.case.owner) == ("ledger", "office@B")
        assert (known(night, "asset.protection_grade"), known(night, "asset.count")) == (3, 2)
        assert known(night, "asset.tolerable") is None

    def test_of_equal_grades_the_critical_one_leads_and_then_the_first_named(self) -> None:
        assert stage(MAIL, LEDGER).case.lead == "ledger"
        assert stage(MAIL, {**LEDGER, "cii": "no"}).case.lead == "mail"
        assert stage({"id": "unsaid", "cii": "yes"}, PORTAL).case.lead == "portal"

    def test_the_owners_of_the_others_take_part(self) -> None:
        (opened,) = stage(PORTAL, LEDGER, MAIL).case.events
        assert opened.content["with"] == ["office@A", "office@C"]
        assert [row["id"] for row in opened.content["assets"]] == ["portal", "ledger", "mail"]  # type: ignore[attr-defined]

    def test_an_owner_who_is_named_keeps_the_case_and_the_leads_owner_takes_part(self) -> None:
        night = stage(PORTAL, LEDGER, owner="office@A")
        assert night.case.owner == "office@A"
        assert night.case.events[0].content["with"] == ["office@B"]
        assert known(night, "asset.protection_grade") == 3

    def test_one_named_in_the_old_way_counts_as_one(self) -> None:
        night = stage(asset={"protection_grade": "2"}, owner="office@A")
        assert (known(night, "asset.count"), night.case.assets) == (1, ())

    def test_where_no_system_is_named_their_number_is_not_known(self) -> None:
        night = stage(owner="office@A")
        night.do("office@A", "state", facts={"stopped": "yes"}, rest_none=True)
        found = grade(night.book, night.case, night.at)
        assert (found.level, found.lowest, found.highest) == (None, "IV", "I")
        assert known(night, "asset.count") is None


class TestTheNumber:
    @pytest.mark.parametrize("said", [{"facts": {"asset.count": "3"}}, {"unknown": ("asset.count",)}])
    def test_nobody_states_it(self, said: dict[str, object]) -> None:
        problem = stage(PORTAL).refused("office@A", "state", **said)  # type: ignore[arg-type]
        assert problem.code == "bad_act"
        assert "受影响系统数" in problem.message("zh")

    def test_nor_does_the_register(self) -> None:
        assert "不能填报" in refused_at_birth(asset={"count": "3"}, owner="office@A")
        assert "不能填报" in refused_at_birth(assets=({**PORTAL, "asset.count": "3"},))


class TestWhatIsNotTaken:
    def test_a_system_named_twice_an_owner_nobody_knows_a_value_of_another_type(self) -> None:
        assert "写了两次" in refused_at_birth(assets=(PORTAL, PORTAL))
        assert "没有机构" in refused_at_birth(assets=({**PORTAL, "owner": "nobody"},))
        assert "哪一个" in refused_at_birth(assets=({**PORTAL, "owner": "office"},))
        assert "等保级别" in refused_at_birth(assets=({**PORTAL, "protection_grade": "third"},))
        assert "两处" in refused_at_birth(assets=(PORTAL,), asset={"cii": "yes"})


class TestARunningCase:
    def test_a_further_system_is_stated_counted_and_may_take_the_lead_but_not_the_hands(self) -> None:
        night = stage(PORTAL)
        night.do("office@A", "state", facts={"stopped": "yes", "asset.cii": "no"})
        (event,) = night.do("centre", "state", "10:00", assets=(LEDGER,))
        assert (event.type, event.content["with"], night.case.owner) == ("stated", ["office@B"], "office@A")
        assert (night.case.lead, known(night, "asset.count"), known(night, "asset.cii")) == ("ledger", 2, True)
        assert known(night, "asset.tolerable") is None
        assert grade(night.book, night.case, night.at).level == "II"

    def test_a_lighter_one_leaves_the_facts_as_they_were_said(self) -> None:
        night = stage(LEDGER)
        night.do("office@B", "state", facts={"asset.cii": "no"}, source="现场核实")
        night.do("office@B", "state", assets=(PORTAL,))
        assert (night.case.lead, known(night, "asset.cii"), known(night, "asset.count")) == ("ledger", False, 2)

    def test_it_joins_one_that_was_named_in_the_old_way(self) -> None:
        night = stage(asset={"protection_grade": "3"}, owner="office@A")
        night.do("office@A", "state", assets=(PORTAL,))
        assert (known(night, "asset.count"), known(night, "asset.protection_grade")) == (2, 3)
        assert [row.owner for row in night.case.assets] == ["office@A", "office@A"]

    def test_it_comes_with_another_act_and_is_judged_with_it(self) -> None:
        night = stage(PORTAL)
        events = night.do("office@A", "assess", assets=(LEDGER,), value="II", **REASON)
        assert [event.type for event in events] == ["stated", "assessed"]

    def test_the_same_one_twice_is_refused(self) -> None:
        night = stage(PORTAL)
        assert "已经列入" in night.refused("office@A", "state", assets=(PORTAL,)).message("zh")

    def test_who_named_the_wrong_ones_corrects_them(self) -> None:
        night = stage(PORTAL, LEDGER)
        before = night.case.events[0].seats[0]
        assert night.refused("group", "correct", target="1", assets=(MAIL,), reason="错选").code == "not_yours"
        night.do(before, "correct", "09:10", target="1", assets=(MAIL,), reason="错选")
        assert ([row.id for row in night.case.assets], night.case.lead) == (["mail"], "mail")
        assert (known(night, "asset.count"), known(night, "asset.cii")) == (1, False)

    def test_a_duty_may_hang_on_their_number(self) -> None:
        night = stage(PORTAL)
        assert not owed(night.book, night.case, night.at)
        night.do("office@A", "state", "09:30", assets=(LEDGER,))
        assert [one.duty for one in owed(night.book, night.case, night.at)] == ["count"]


ROW = st.builds(
    lambda grade_, cii, owner: {
        **({"protection_grade": str(grade_)} if grade_ else {}),
        **({"cii": cii} if cii else {}),
        "owner": f"office@{owner}",
    },
    st.sampled_from([None, 1, 2, 3, 4]),
    st.sampled_from([None, "yes", "no"]),
    st.sampled_from("ABC"),
)


@given(st.lists(ROW, min_size=1, max_size=5), st.data())
def test_the_lead_is_as_grave_as_any_and_replay_agrees_however_they_came(
    rows: list[dict[str, str]], data: st.DataObject
) -> None:
    rows = [{**row, "id": f"s{n}"} for n, row in enumerate(rows)]
    first = data.draw(st.integers(1, len(rows)))
    the_plan = _PLAN
    act = Act(
        "open", Actor("p", (seat("office@A"),)), opening=Opening("c", "incident", ORG, ORG, assets=tuple(rows[:first]))
    )
    case = engine.replay(engine.decide(the_plan, None, act, at("09:00")))
    for row in rows[first:]:
        case = _with(case, engine.decide(the_plan, case, Act("state", act.actor, assets=(row,)), at("09:30")))
    grades = [int(row.get("protection_grade", "0")) for row in rows]
    lead = next(row for row in rows if row["id"] == case.lead)
    assert int(lead.get("protection_grade", "0")) == max(grades)
    assert str(case.facts["asset.count"].value) == str(len(rows))
    said = {name: fact.value for name, fact in case.facts.items() if name != "asset.count"}
    assert said == {f"asset.{name}": value for name, value in lead.items() if name not in ("id", "owner")}
    assert engine.replay(case.events) == case


def _with(case, events):  # type: ignore[no-untyped-def]
    for event in events:
        case = engine.evolve(case, event)
    return case


_PLAN = book(**FILES)

STORY = """scenarios:
  - scenario: 两个系统，重的领头；又查出一个
    given:
      assets: [{id: portal, owner: office@A, protection_grade: 2}, {id: ledger, owner: office@B, protection_grade: 3}]
      facts: {stopped: yes}
    steps:
      - {at: 2024-01-10 09:00, expect: {owner: office@B, lead: ledger, fact: {asset.count: 2}, grade: {level: II}}}
      - {at: 2024-01-10 09:10, who: office@A, do: state, assets: [{id: mail, owner: office@C, protection_grade: 4}]}
      - {at: 2024-01-10 09:11, expect: {owner: office@B, lead: mail, fact: {asset.count: 3}, grade: {level: I}}}
      - {at: 2024-01-10 09:12, who: owner, do: state, facts: {asset.count: 9}, refused: bad_act}
  - scenario: 单个系统也数
    given: {asset: {protection_grade: 3}, owner: office@B, facts: {stopped: yes}}
    steps: [{at: 2024-01-10 09:00, expect: {owner: office@B, fact: {asset.count: 1}, grade: {level: II}}}]
"""


@pytest.mark.parametrize("scenario", read_scenarios({"a.yaml": STORY}), ids=lambda one: one.name)
def test_scenarios_give_one_or_several(scenario) -> None:  # type: ignore[no-untyped-def]
    assert [f.problem.message() for f in run(pack(**FILES), scenario).failures] == []
