"""Which steps exist, which are ready, and what the others wait for (language 6)."""

from __future__ import annotations

from fengsui.core.book import Book
from fengsui.core.case import Case
from fengsui.core.obligations import owed
from fengsui.core.playbooks import has, steps
from tests.core.story import at, book, case

PLAN = """
playbooks:
  tamper:
    zh: 网页篡改
    start: opened
    when: {major: yes}
    steps:
      - {id: cut_off, zh: 切断网络, by: owner, pre_authorised: yes, within: 30min, clause: c}
      - {id: tell, zh: 汇报, by: owner, clause: c}
      - {id: preserve, zh: 保全现场, by: owner, needs: [image], waits_for: instruction, clause: c}
      - together:
          - {id: clean, zh: 清理, by: owner, clause: c}
          - {id: notice, zh: 告知, by: group, optional: 需要时, clause: c}
      - {id: grave, zh: 请公安侦查, by: group, when: {level: at least III}, clause: c}
      - {id: decide, zh: 决策, by: group, act: order, clause: c}
"""
MAJOR = ("09:01", "stated", {"facts": {"major": "yes"}})


def plan() -> Book:
    return book(playbooks=PLAN)


def step(name: str) -> dict[str, object]:
    return {"body": "office@A", "step": f"tamper.{name}"}


def states(story: Case, moment: str = "10:00") -> dict[str, str]:
    return {s.step.id: s.state for s in steps(plan(), story, at(moment))}


def waits(story: Case, name: str) -> tuple[str, ...]:
    return next(s.waits_for for s in steps(plan(), story, at("10:00")) if s.step.id == name)


def test_no_step_exists_before_the_condition_of_the_playbook_holds() -> None:
    assert states(case(("09:00", "opened"))) == {}
    assert states(case(("09:00", "opened"), ("09:01", "stated", {"facts": {"major": "no"}}))) == {}


def test_the_first_steps_are_ready_and_the_later_ones_wait_in_order() -> None:
    story = case(("09:00", "opened"), MAJOR)
    assert states(story)["cut_off"] == "ready"
    assert states(story)["tell"] == "waits"
    assert waits(story, "tell") == ("cut_off",)
    assert states(case(("09:00", "opened"), MAJOR, ("09:05", "stepped", step("cut_off"))))["tell"] == "ready"


def test_an_instruction_is_waited_for_and_may_come_as_a_document_of_any_event() -> None:
    log = [("09:00", "opened"), MAJOR, ("09:05", "stepped", step("cut_off")), ("09:06", "stepped", step("tell"))]
    assert waits(case(*log), "preserve") == ("instruction",)
    told = case(*log, ("09:10", "recorded", {"matter": "progress", "documents": ["instruction"]}))
    assert has(told, "instruction")
    assert states(told)["preserve"] == "ready"


def test_steps_of_a_group_do_not_wait_for_each_other_and_an_optional_one_holds_nobody_back() -> None:
    names = ("cut_off", "tell", "preserve")
    done = [("09:05", "stepped", step(name)) for name in names]
    story = case(("09:00", "opened"), MAJOR, *done)
    assert (states(story)["clean"], states(story)["notice"], states(story)["decide"]) == ("ready", "ready", "waits")
    assert states(case(("09:00", "opened"), MAJOR, *done, ("09:09", "stepped", step("clean"))))["decide"] == "ready"


def test_a_step_whose_condition_is_undecided_is_shown_and_a_false_one_does_not_exist() -> None:
    story = case(("09:00", "opened"), MAJOR)
    assert states(story)["grave"] == "undecided"
    assert "grave" not in states(case(("09:00", "opened"), MAJOR, ("09:02", "confirmed", {"level": "IV"})))


def test_an_act_does_the_step_that_is_that_act() -> None:
    story = case(("09:00", "opened"), MAJOR, ("09:30", "ordered", {"body": "group"}))
    assert states(story)["decide"] == "done"


def test_a_step_with_a_limit_owes_itself() -> None:
    story = case(("09:00", "opened"), MAJOR)
    found = next(o for o in owed(plan(), story, at("09:10")) if o.source == "step")
    assert (found.duty, found.due, found.state) == ("step tamper.cut_off", at("09:30"), "open")
    late = case(("09:00", "opened"), MAJOR, ("09:31", "stepped", step("cut_off")))
    assert [o.state for o in owed(plan(), late, at("10:00")) if o.source == "step"] == ["late"]
