"""Acts without a grant, steps, the system's own events, and 4.3 turned round: what can be done next, and by whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.case import Act, Actor
from fengsui.core.obligations import owed
from fengsui.core.problems import Refused
from fengsui.core.timing import WorkCalendar
from tests.core.stage import BODIES, READINGS, REASON, Stage, grants, seat, types
from tests.core.story import at, book

BASIC = ("act: assess, by: owner", "act: confirm, by: group", "act: activate, by: group", "act: end, by: group")
FILES = {"bodies": BODIES, "readings": READINGS}
DUTY = "id: D, on: opened, owes: 报告, by: owner, to: group, within: 1h"
PLAYBOOK = """
playbooks:
  first:
    start: opened
    steps:
      - {id: cut, zh: 断网, by: centre, pre_authorised: yes, clause: c}
      - together:
          - {id: keep, zh: 保全, by: centre, needs: [image], clause: c}
          - {id: tell, zh: 报告, by: owner, clause: c}
      - {id: fix, zh: 修复, by: vendor, waits_for: instruction, clause: c}
      - {id: big, zh: 大修, by: $starter, when: {major: yes}, clause: c}
      - {id: menu, zh: 抑制, by: centre, clause: c,
         choose: {at_least: 1, of: {filter: 过滤, stop: {zh: 关闭, by: group}}, forbid: {strike: 反击}}}
      - {id: rule, zh: 部署, by: group, act: order, clause: c}
      - {id: ours, zh: 复核, by: centre, needs: [image], product: 我们的把关, clause: c}
"""


def stage(*lines: str, kind: str = "incident", **files: str) -> Stage:
    text = grants(*(BASIC if kind == "incident" else ()), *lines, kind=kind)
    return Stage(book(grants=text, bodies=BODIES, readings=READINGS, **files), kind)


class TestSaying:
    def test_facts_are_typed_and_computed_ones_are_not_stated(self) -> None:
        facts = """
facts:
  found: {zh: 发现时间, type: instant, clause: c}
  now_up: {zh: 恢复时间, type: instant, clause: c}
  down: {zh: 中断时长, type: duration, clause: c, derive: {elapsed: [found, now_up]}}
  major: {zh: 属重大, type: yes_no, judged: yes, clause: c}
"""
        night = stage(facts=facts)
        (event,) = night.do("vendor", "state", facts={"发现时间": "2024-01-10 08:30"}, unknown=("major",))
        assert (event.content["facts"], event.content["unknown"]) == ({"found": "2024-01-10 08:30"}, ["major"])
        assert night.refused("vendor", "state", facts={"found": "soon"}).code == "bad_act"
        assert "由系统算出" in night.refused("vendor", "state", facts={"down": "2h"}).message("zh")
        assert "found" in night.refused("vendor", "state", facts={"fuond": "2024-01-10 08:30"}).message("en")
        assert night.refused("vendor", "state", facts={"major": "yes"}).missing == ("reason",)
        assert night.do("vendor", "state", facts={"major": "yes"}, source="现场")
        assert night.refused("vendor", "state").code == "bad_act"

    def test_that_everything_else_was_checked_is_a_statement_too(self) -> None:
        night = stage()
        night.do("office@A", "state", rest_none=True)
        assert night.case.rest_none_at == at("09:00")

    def test_facts_that_come_with_another_act_are_stated_first_and_count_for_it(self) -> None:
        night = stage("act: order, when: {major: yes}, by: group")
        assert types(night.do("group", "order", facts={"major": "yes"})) == ["stated", "ordered"]

    def test_a_person_without_a_seat_in_this_case_has_no_say(self) -> None:
        night = stage()
        stranger = Act("record", Actor("p", (seat("group", "elsewhere"),)), note="x")
        assert night.refused_act(stranger).code == "not_yours"
        assert night.refused_act(Act("record", Actor("p"), note="x")).code == "not_yours"

    def test_a_correction_belongs_to_the_seat_that_spoke_and_says_why(self) -> None:
        night = stage()
        night.do("office@A", "state", facts={"major": "yes"})
        assert night.refused("group", "correct", target="2", facts={"major": "no"}, **REASON).rightful == ("office@A",)
        assert night.refused("office@A", "correct", target="2", facts={"major": "no"}).missing == ("reason",)
        assert night.refused("office@A", "correct", target="9", **REASON).code == "bad_act"
        night.do("office@A", "correct", target="2", facts={"major": "no"}, **REASON)
        assert night.case.facts["major"].value == "no"

    def test_recording_names_a_matter_a_paper_or_a_note(self) -> None:
        night = stage()
        assert night.refused("group", "record").code == "bad_act"
        assert night.refused("group", "record", matter="progres").code == "bad_act"
        (event,) = night.do("group", "record", matter="进展")
        assert "progress" in event.names
        night.do("group", "record", documents=("镜像", "附件一"))
        assert set(night.case.documents) == {"image", "附件一"}

    def test_a_report_names_whom_it_goes_to_and_a_derived_body_becomes_the_unit(self) -> None:
        night = stage()
        assert night.refused("group", "report").code == "bad_act"
        assert night.refused("group", "report", to=("grup",)).code == "bad_act"
        (event,) = night.do("group", "report", to=("owner", "上级"))
        assert event.content["to"] == ["office@A", "superior"]

    def test_handing_over_says_what_is_handed_over(self) -> None:
        night = stage()
        assert night.refused("group", "hand_over").missing == ("note",)
        assert night.do("group", "hand_over", note="第三班接手")

    def test_urging_is_about_an_open_obligation(self) -> None:
        duty = "incident:\n  - {id: D, on: opened, owes: 报告, by: owner, to: group, within: 1h, clause: c}\n"
        night = stage(duties=duty)
        assert night.refused("group", "urge", target="D:9:9").code == "bad_act"
        assert night.do("group", "urge", target="D:1:0")
        night.do("office@A", "report", to=("group",))
        assert night.refused("group", "urge", target="D:1:0").code == "out_of_order"


class TestFormsOfReports:
    FILES = {
        "forms": "forms: {brief: {zh: 快报, clause: c, fields: {cause: text, more: {type: text, later: yes}}}}",
        "duties": f"incident:\n  - {{{DUTY}, form: brief, clause: c}}\n",
    }

    def test_a_report_under_a_duty_fills_its_form(self) -> None:
        night = stage(**self.FILES)
        problem = night.refused("office@A", "report", to=("group",), duty=("D",))
        assert (problem.missing, problem.clause) == (("cause",), ("c",))
        (event,) = night.do("office@A", "report", to=("group",), form={"cause": "unknown"})
        assert event.content["form_id"] == "brief"
        later = night.refused("office@A", "report", to=("group",), duty=("D",), form={"cause": "x"})
        assert later.missing == ("more",)
        assert night.refused("office@A", "report", to=("group",), duty=("X",)).code == "bad_act"

    def test_a_telephone_report_without_a_form_is_never_blocked(self) -> None:
        assert stage(**self.FILES).do("office@A", "report", to=("group",), note="电话")


class TestSteps:
    def night(self, **readings: str) -> Stage:
        text = grants(*BASIC, "act: order, by: group")
        return Stage(book(readings or None, grants=text, bodies=BODIES, readings=READINGS, playbooks=PLAYBOOK))

    def test_order_evidence_and_instructions_guard_a_step(self) -> None:
        night = self.night()
        waits = night.refused("centre", "step", step="first.keep", documents=("image",))
        assert (waits.code, waits.missing) == ("wait_for", ("first.cut",))
        assert "断网" in waits.message("zh")
        night.do("centre", "step", step="first.cut")
        assert night.refused("centre", "step", step="first.keep").missing == ("image",)
        assert night.refused("vendor", "step", step="first.keep").rightful == ("centre",)
        night.do("centre", "step", step="first.keep", documents=("image",))
        assert night.refused("vendor", "step", step="first.fix").missing == ("first.tell", "instruction")
        night.do("office@A", "step", step="first.tell")
        assert night.refused("vendor", "step", step="first.fix").missing == ("instruction",)
        night.do("group", "record", documents=("instruction",))
        assert types(night.do("vendor", "step", step="first.fix")) == ["stepped"]
        assert night.refused("vendor", "step", step="first.fix").code == "out_of_order"

    def test_a_step_that_is_not_there_is_not_given_and_an_open_one_undecided(self) -> None:
        night = self.night()
        assert night.refused("group", "step", step="first.big").code == "undecided"
        night.do("office@A", "state", facts={"major": "no"})
        assert night.refused("group", "step", step="first.big").code == "not_given"
        assert night.refused("group", "step", step="first.none").code == "bad_act"
        assert night.refused("group", "step").code == "bad_act"

    def test_a_step_whose_holder_is_not_set_needs_interpretation(self) -> None:
        night = self.night()
        night.do("office@A", "state", facts={"major": "yes"})
        assert night.refused("group", "step", step="first.big").open == ("reading starter",)

    def test_a_menu_has_its_options_their_approvers_and_what_is_forbidden(self) -> None:
        night = self.ready_for_menu()
        assert night.refused("centre", "step", step="first.menu").missing == ("choice",)
        assert night.refused("centre", "step", step="first.menu", choices=("strike",)).code == "forbidden"
        assert night.refused("centre", "step", step="first.menu", choices=("dance",)).code == "bad_act"
        assert night.refused("centre", "step", step="first.menu", choices=("stop",)).rightful == ("group",)
        (event,) = night.do("centre", "step", step="first.menu", choices=("filter",))
        assert event.content["choices"] == ["filter"]

    def ready_for_menu(self) -> Stage:
        night = self.night()
        night.do("office@A", "state", facts={"major": "no"})
        night.do("centre", "step", step="first.cut")
        night.do("centre", "step", step="first.keep", documents=("image",))
        night.do("office@A", "step", step="first.tell")
        night.do("group", "record", documents=("instruction",))
        night.do("vendor", "step", step="first.fix")
        return night

    def test_a_step_that_is_an_act_is_done_by_that_act(self) -> None:
        night = self.ready_for_menu()
        night.do("centre", "step", step="first.menu", choices=("filter",))
        assert night.refused("office@A", "step", step="first.rule").rightful == ("group",)
        assert types(night.do("group", "step", step="first.rule")) == ["ordered"]
        assert [line.state for line in night.next("order", step="first.rule")] == ["done"]

    def test_a_gate_of_ours_is_passed_with_a_written_reason(self) -> None:
        night = self.night()
        assert night.refused("centre", "step", step="first.ours").code == "wait_for"
        (event,) = night.do("centre", "step", step="first.ours", reason="业务不能等")
        assert event.content["passed"] == ["cut", "keep", "tell", "fix", "menu", "rule", "image"]


class TestSystem:
    DUTIES = """incident:
  - {id: D, on: opened, owes: 报告, by: owner, to: group, within: 1h, clause: c}
  - {id: S, on: opened, owes: 通报, by: group, to: superior, within: promptly, clause: c}
"""

    def test_a_passed_due_time_and_a_passed_watch_are_told_once_at_their_moment(self) -> None:
        the_plan = book(
            {"watch.promptly": "30min"}, grants=grants(*BASIC), bodies=BODIES, readings=READINGS, duties=self.DUTIES
        )
        night = Stage(the_plan)
        assert engine.tick(night.book, night.case, at("09:20")) == ()
        events = engine.tick(night.book, night.case, at("10:30"))
        assert [(e.type, e.at, e.content["obligation"]) for e in events] == [
            ("due_passed", at("10:00"), "D:1:0"),
            ("watch_passed", at("09:30"), "S:1:0"),
        ]
        assert all(e.person == "system" and e.recorded_at == at("10:30") for e in events)
        night.case = engine.replay((*night.case.events, *events))
        assert engine.tick(night.book, night.case, at("11:30")) == ()

    def test_a_threshold_that_time_crosses_is_an_event(self) -> None:
        facts = """
facts:
  found: {zh: 发现, type: instant, clause: c}
  up: {zh: 恢复, type: instant, clause: c}
  down: {zh: 时长, type: duration, clause: c, derive: {elapsed: [found, up]}}
"""
        grading = """
methods:
  m: {zh: 法, clause: c, otherwise: ungraded, rules: [{id: long, fact: down, at_least: {I: 3h, II: 1h}, clause: c}]}
grade: {by: m, clause: c}
"""
        night = Stage(book(grants=grants(*BASIC), bodies=BODIES, readings=READINGS, facts=facts, grading=grading))
        night.do("office@A", "state", facts={"found": "2024-01-10 08:30"})
        events = engine.tick(night.book, night.case, at("12:00"))
        assert [(e.content["rule"], e.at) for e in events] == [("long.II", at("09:30")), ("long.I", at("11:30"))]
        night.case = engine.replay((*night.case.events, *events))
        assert engine.tick(night.book, night.case, at("13:00")) == ()

    def test_a_plan_in_force_owes_its_yearly_duties_from_the_first_full_year(self) -> None:
        year = stage("act: adopt, by: group", kind="standing", duties="standing: []\n")
        year.do("group", "adopt", "2024-03-01 09:00")
        events = engine.tick(year.book, year.case, at("2026-02-01 09:00"))
        assert [(e.type, e.content["year"], e.at) for e in events] == [
            ("year", "2025", at("2025-01-01 00:00")),
            ("year", "2026", at("2026-01-01 00:00")),
        ]

    def test_with_the_first_year_read_in_the_year_of_adoption_counts_too(self) -> None:
        option = "{zh: 当年算不算, clause: c, options: {yes: {zh: 算, clause: c}, no: {zh: 不算, clause: c}}}"
        readings = READINGS.replace("switches:\n", f"switches:\n  first_year: {option}\n")
        adopting = grants("act: adopt, by: group", kind="standing")
        year = Stage(book({"first_year": "yes"}, grants=adopting, bodies=BODIES, readings=readings), "standing")
        year.do("group", "adopt", "2024-03-01 09:00")
        assert [e.content["year"] for e in engine.tick(year.book, year.case, at("2024-06-01 09:00"))] == ["2024"]

    def test_time_does_not_go_back_and_a_closed_case_is_left_alone(self) -> None:
        night = stage("act: close, by: owner")
        with pytest.raises(Refused) as caught:
            engine.tick(night.book, night.case, at("08:00"))
        assert caught.value.problem.code == "bad_time"

    def test_a_newly_published_calendar_year_makes_an_estimated_due_time_exact(self) -> None:
        duty = (
            "incident:\n  - {id: D, on: opened, owes: 总结, by: owner, to: group, within: 5 working days, clause: c}\n"
        )
        night = stage(duties=duty)
        night.book = replace(night.book, calendar=WorkCalendar(frozenset(), frozenset(), frozenset({2023})))
        old = Stage(night.book)
        further = replace(night.book, calendar=WorkCalendar(frozenset(), frozenset(), frozenset({2023, 2024})))
        assert [o.estimated for o in owed(old.book, old.case, old.at)] == [True]
        (event,) = engine.recalendar(old.book, further, old.case, at("2024-01-11 09:00"))
        assert (event.type, event.content["years"], event.pin) == ("calendar_applied", ["2024"], further.pin.digest)
        after = engine.evolve(old.case, event)
        assert [o.estimated for o in owed(further, after, at("2024-01-11 09:00"))] == [False]
        assert engine.recalendar(further, further, after, at("2024-01-12 09:00")) == ()
        other = Book.build(further.pack, {"starter": "group"}, calendar=further.calendar)
        with pytest.raises(Refused):
            engine.recalendar(old.book, other, old.case, at("2024-01-11 09:00"))

    def test_the_outside_world_is_written_down_as_a_matter(self) -> None:
        night = stage()
        (event,) = engine.happen(night.book, night.case, "处理完毕", at("09:30"))
        assert (event.type, event.content["matter"], event.person) == ("recorded", "done", "outside")
        (year,) = engine.happen(night.book, night.case, "year", at("09:30"))
        assert (year.type, year.content["year"]) == ("year", "2024")
        for name in ("assessed", "nonsense"):
            with pytest.raises(Refused):
                engine.happen(night.book, night.case, name, at("09:30"))
        with pytest.raises(Refused):
            engine.happen(night.book, night.case, "done", at("08:00"))


class TestWhatNext:
    def test_it_names_the_link_the_holder_and_since_when(self) -> None:
        night = stage("act: publish, chain: [propose: group, approve: leading_group]").to_level("III")
        night.do("group", "activate")
        (line,) = night.next("publish")
        assert (line.state, line.verb, [p.text for p in line.who], line.since) == ("may", "propose", ["group"], None)
        night.do("group", "publish", "09:40", verb="propose")
        (line,) = night.next("publish")
        assert (line.verb, [p.text for p in line.who], line.since) == ("approve", ["leading_group"], at("09:40"))
        assert [(k.verb, k.seat, k.turn) for k in line.links] == [("propose", "group", False), ("approve", None, True)]

    def test_it_says_what_is_open_what_is_a_hole_and_what_is_out_of_order(self) -> None:
        night = stage(
            "act: order, when: {level: I}, by: group", "act: adjust, hole: 没有写", "act: publish, by: $starter"
        )
        (order,), (adjust,), (publish,) = night.next("order"), night.next("adjust"), night.next("publish")
        assert (order.state, order.open) == ("undecided", ("not yet level",))
        assert adjust.state == "not_given" and adjust.problem and "没有写" in adjust.problem.message("zh")
        assert (publish.state, publish.open) == ("needs_interpretation", ("reading starter",))
        assert [line.state for line in night.next("end")] == ["out_of_order"]
        assert [line.state for line in night.next("investigate")] == ["not_given"]

    def test_values_are_listed_for_whom_they_hold(self) -> None:
        grave, light = "when: {colour: at least orange}, by: group", "when: {colour: at most yellow}, by: owner"
        day = stage(f"act: issue, {grave}", f"act: issue, {light}", kind="warning")
        assert [(line.who[0].text, line.values) for line in day.next("issue")] == [
            ("office@A", ("blue", "yellow")),
            ("group", ("orange", "red")),
        ]

    def test_confirming_proposes_what_was_assessed(self) -> None:
        night = stage()
        night.do("office@A", "assess", value="III", **REASON)
        (line,) = night.next("confirm")
        assert (line.value, line.values) == ("III", ("IV", "III", "II", "I"))

    def test_free_acts_are_open_to_everybody_and_a_reserved_addressee_has_its_line(self) -> None:
        night = stage("act: report, when: {to: superior}, by: leading_group")
        free, bound = night.next("report")
        assert free.free and not free.who
        assert (bound.to, bound.who[0].text) == ("superior", "leading_group")

    def test_what_it_lacks_and_who_takes_part_stand_beside_it(self) -> None:
        night = stage("act: order, by: group, needs: [instruction], with: [centre]")
        (line,) = night.next("order")
        assert (line.missing, line.with_[0].text) == (("instruction",), "centre")

    def test_steps_stand_beside_the_acts(self) -> None:
        night = Stage(book(grants=grants(*BASIC), bodies=BODIES, readings=READINGS, playbooks=PLAYBOOK))
        steps = {line.step: line for line in engine.what_next(night.book, night.case, night.at) if line.step}
        assert steps["first.cut"].state == "may"
        assert (steps["first.keep"].state, steps["first.keep"].missing) == ("wait_for", ("first.cut", "image"))
        assert steps["first.big"].open == ("fact major",)

    def test_a_narrow_question_gets_a_narrow_answer(self) -> None:
        night = stage()
        assert {line.act for line in engine.what_next(night.book, night.case, night.at, only=("assess",))} == {"assess"}


class TestOffers:
    def offer(self, night: Stage, who: str, act: str, person: str | None = None) -> engine.Offer:
        actor = Actor(person or f"p:{who}", (seat(who),))
        found = [o for o in engine.offers(night.book, night.case, actor, night.at) if o.next.act == act]
        return found[0]

    def test_one_person_sees_what_is_his_and_why_the_rest_is_not(self) -> None:
        night = stage("act: publish, chain: [propose: group, approve: leading_group]")
        mine, yours = self.offer(night, "group", "publish"), self.offer(night, "leading_group", "publish")
        assert mine.allowed and mine.seat == seat("group")
        assert not yours.allowed and yours.problem and yours.problem.code == "wait_for"
        assert self.offer(night, "office@A", "publish").problem.code == "not_yours"  # type: ignore[union-attr]
        night.do("group", "publish", verb="propose", person="p1")
        again = self.offer(night, "leading_group", "publish", "p1")
        assert again.problem and again.problem.code == "no_second_person"

    def test_free_acts_are_offered_to_every_seat_and_to_nobody_else(self) -> None:
        night = stage()
        assert self.offer(night, "vendor", "record").allowed
        stranger = Actor("p", (seat("vendor2"),))
        assert not any(o.allowed for o in engine.offers(night.book, night.case, stranger, night.at))

    def test_a_forbidden_body_is_told_so(self) -> None:
        night = stage("act: publish, by: group", "act: publish, id: never, forbidden: vendor")
        offer = self.offer(night, "vendor", "publish")
        assert offer.problem and offer.problem.code == "forbidden"
        assert self.offer(night, "group", "publish").allowed

    def test_what_is_out_of_order_or_waits_is_not_offered(self) -> None:
        night = Stage(book(grants=grants(*BASIC), bodies=BODIES, readings=READINGS, playbooks=PLAYBOOK))
        assert self.offer(night, "group", "end").problem.code == "out_of_order"  # type: ignore[union-attr]
        offers = engine.offers(night.book, night.case, Actor("p", (seat("centre"),)), night.at)
        steps = {o.next.step: o for o in offers if o.next.step}
        assert steps["first.cut"].allowed
        keep = steps["first.keep"].problem
        assert keep and keep.code == "wait_for" and "断网" in keep.message("zh")


def test_obligations_follow_the_acts_of_a_night() -> None:
    when = "on: assessed, when: {assessed: at least II}"
    duties = f"incident:\n  - {{id: D, {when}, owes: 报告, by: owner, to: group, within: 1h, clause: c}}\n"
    night = stage(duties=duties)
    night.do("office@A", "assess", "09:05", value="II", **REASON)
    (one,) = owed(night.book, night.case, at("09:30"))
    assert (one.state, one.due, one.by[0].text) == ("open", at("10:05"), "office@A")
    night.do("office@A", "report", "09:50", to=("group",))
    assert owed(night.book, night.case, at("11:00"))[0].state == "met"


def test_a_case_of_another_pin_is_not_decided_with_this_book() -> None:
    night = stage()
    other = Book.build(night.book.pack, {"starter": "group"}, calendar=night.book.calendar)
    with pytest.raises(Refused):
        engine.decide(other, night.case, night.act("group", "record", note="x"), night.at)


def test_what_nobody_can_bring_along_is_waited_for_and_not_offered() -> None:
    night = stage("act: investigate, by: group, needs: [{phase: ended}]").to_level("II")
    (line,) = night.next("investigate")
    assert (line.state, line.missing) == ("wait_for", ("phase",))
    (offer,) = [
        o
        for o in engine.offers(night.book, night.case, Actor("p", (seat("group"),)), night.at)
        if o.next.act == "investigate"
    ]
    assert not offer.allowed and offer.problem and offer.problem.code == "missing"
    night.do("group", "activate")
    night.do("group", "end")
    assert [x.state for x in night.next("investigate")] == ["may"]
    assert night.do("group", "investigate")


def test_what_is_written_in_a_form_fits_its_field() -> None:
    form = "forms: {note: {zh: 单, clause: c, fields: {start: {type: instant, zh: 开始时间}, who: body}}}"
    night = stage("act: order, by: group, form: note", forms=form)
    wrong = night.refused("group", "order", form={"start": "soon", "who": "group"})
    assert wrong.code == "bad_act" and "开始时间" in wrong.message("zh")
    assert night.refused("group", "order", form={"start": "unknown", "who": "nobody"}).code == "bad_act"
    (event,) = night.do("group", "order", form={"start": "2024-01-10 08:30", "who": "office@A"})
    assert event.content["form_id"] == "note"
