"""Deciding: who may do what, in which order, and what an accepted act leaves in the log (language 4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.case import Act, Actor, Opening
from fengsui.core.obligations import owed
from fengsui.core.problems import CODES, Refused
from tests.core.stage import BODIES, ORG, READINGS, REASON, Stage, grants, seat, types
from tests.core.story import at, book

LEVELS = ("act: assess, by: owner", "act: confirm, by: group")


def plan(*lines: str, kind: str = "incident", **files: str) -> Book:
    return book(grants=grants(*LEVELS, *lines), bodies=BODIES, readings=READINGS, **files)


def stage(*lines: str, **files: str) -> Stage:
    return Stage(plan(*lines, **files))


def set_to(the_plan: Book, **readings: str) -> Book:
    return Book.build(the_plan.pack, readings, calendar=the_plan.calendar)


class TestOneLink:
    def test_the_body_named_does_it_and_the_event_says_who_under_which_grant(self) -> None:
        night = stage()
        (event,) = night.do("office@A", "assess", value="II", **REASON)
        assert (event.type, event.person, event.seats) == ("assessed", "p:office@A", ("office@A",))
        assert event.content["level"] == "II"
        assert (event.content["body"], event.content["raw"], event.content["grant"]) == (
            "office@A",
            "owner",
            "assess.1",
        )

    def test_somebody_else_is_told_whose_it_is_and_by_which_clause(self) -> None:
        problem = stage().refused("office@B", "assess", value="II", **REASON)
        assert (problem.code, problem.rightful, problem.clause) == ("not_yours", ("office@A",), ("c",))
        assert "事发处室" in problem.message("zh") and "〔一〕" in problem.message("zh")
        assert problem.hint("zh") and problem.hint("en")

    def test_a_member_alone_does_not_speak_for_the_body_but_its_head_does(self) -> None:
        night = stage("act: order, by: leading_group")
        assert night.refused("leading_group.member", "order").code == "not_yours"
        assert night.do("leading_group.head", "order")

    def test_a_seat_of_the_same_body_in_another_organisation_is_not_meant(self) -> None:
        night = stage()
        stranger = Act("assess", Actor("p", (seat("office@A", "elsewhere"),)), value="II", reason="x")
        assert night.refused_act(stranger).code == "not_yours"

    def test_nobody_acts_from_a_seat_he_does_not_hold(self) -> None:
        night = stage()
        borrowed = replace(night.act("office@B", "assess", value="II", **REASON), seat=seat("office@A"))
        assert night.refused_act(borrowed).code == "bad_act"

    def test_of_several_seats_the_one_that_may_is_used(self) -> None:
        night = stage()
        both = Act("assess", Actor("p", (seat("group"), seat("office@A"))), value="III", reason="x")
        (event,) = night.ask(both)
        assert event.seats == ("office@A",)


class TestNoGrantApplies:
    def test_an_act_the_plan_does_not_mention_is_given_to_nobody(self) -> None:
        assert stage().refused("group", "investigate").code == "not_given"

    def test_a_hole_says_so_with_its_clause_at_any_time(self) -> None:
        night = stage("act: adjust, hole: 正文没有调整")
        problem = night.refused("group", "adjust", value="I")
        assert (problem.code, problem.clause) == ("not_given", ("c",))
        assert "正文没有调整" in problem.message("zh")

    def test_under_other_conditions_the_holder_is_named(self) -> None:
        night = stage("act: activate, when: {level: I}, by: leading_group").to_level("III")
        problem = night.refused("group", "activate")
        assert (problem.code, problem.rightful) == ("not_given", ("leading_group",))

    def test_what_is_not_yet_known_is_undecided_and_named(self) -> None:
        night = stage("act: activate, when: {level: I}, by: leading_group")
        problem = night.refused("leading_group", "activate")
        assert (problem.code, problem.open) == ("undecided", ("not yet level",))

    def test_an_unset_switch_in_the_condition_needs_interpretation(self) -> None:
        night = stage("act: order, when: {$ending: joint}, by: group")
        problem = night.refused("group", "order")
        assert (problem.code, problem.open) == ("needs_interpretation", ("reading ending",))

    def test_an_unset_holder_needs_interpretation_until_it_is_set(self) -> None:
        lines = plan("act: order, by: $starter")
        problem = Stage(lines).refused("group", "order")
        assert (problem.code, problem.rightful) == ("needs_interpretation", ("$starter",))
        assert Stage(set_to(lines, starter="group")).do("group", "order")

    def test_forbidden_beats_every_grant(self) -> None:
        night = stage("act: publish, by: vendor", "act: publish, id: never, forbidden: vendor")
        assert night.refused("vendor", "publish").code == "forbidden"
        hushed = stage("act: publish, by: group", "act: publish, id: never, forbidden: everyone")
        assert hushed.refused("group", "publish").code == "forbidden"

    def test_the_most_helpful_refusal_is_given(self) -> None:
        night = stage(
            "act: order, by: centre", "act: order, id: other, by: group, needs: [instruction], beside: [order.1]"
        )
        assert night.refused("group", "order").code == "missing"
        assert night.refused("vendor", "order").code == "not_yours"


class TestValues:
    def test_confirming_takes_what_was_assessed_unless_said_otherwise(self) -> None:
        night = stage()
        night.do("office@A", "assess", value="II", **REASON)
        (event,) = night.do("group", "confirm", **REASON)
        assert event.content["level"] == night.case.level == "II"

    def test_another_value_wants_the_grant_of_both(self) -> None:
        lines = grants(
            "act: assess, by: owner",
            "act: confirm, when: {assessed: at least II}, by: group",
            "act: confirm, when: {assessed: at most III}, by: owner",
        )
        night = Stage(book(grants=lines, bodies=BODIES, readings=READINGS))
        night.do("office@A", "assess", value="II", **REASON)
        assert night.refused("group", "confirm", value="III", **REASON).code == "not_given"
        assert night.do("group", "confirm", value="I", **REASON)

    def test_a_response_follows_the_level_and_another_one_wants_both_grants(self) -> None:
        night = stage(
            "act: activate, when: {level: at least II}, by: group", "act: activate, when: {level: III}, by: owner"
        ).to_level("II")
        assert night.refused("group", "activate", value="III").code == "not_given"
        (event,) = night.do("group", "activate")
        assert event.content["response"] == "II"
        assert (night.case.response, night.case.response_active, night.case.phase) == ("II", True, "active")

    def test_adjusting_moves_the_level_and_the_response_in_force(self) -> None:
        night = stage("act: activate, by: group", "act: adjust, by: group").to_level("II")
        night.do("group", "adjust", value="III")
        assert (night.case.level, night.case.response) == ("III", None)
        night.do("group", "activate")
        night.do("group", "adjust", value="I")
        assert (night.case.level, night.case.response) == ("I", "I")

    def test_a_warning_is_judged_with_the_colour_it_is_to_have(self) -> None:
        lines = grants(
            "act: issue, when: {colour: at least orange}, by: group",
            "act: issue, when: {colour: at most yellow}, by: owner",
            kind="warning",
        )
        day = Stage(book(grants=lines, bodies=BODIES, readings=READINGS), "warning")
        assert day.refused("office@A", "issue", value="red").rightful == ("group",)
        assert day.refused("group", "issue").missing == () and day.refused("group", "issue").code == "undecided"
        (event,) = day.do("group", "issue", value="红色")
        assert (event.content["colour"], day.case.colour, day.case.issued_by) == ("red", "red", "group")

    def test_labels_are_read_as_ids_and_a_wrong_value_names_the_possible_ones(self) -> None:
        night = stage()
        problem = night.refused("office@A", "assess", value="V", **REASON)
        assert problem.code == "bad_act" and "IV" in problem.message("zh")
        (event,) = night.do("office@A", "assess", value="重大", **REASON)
        assert event.content["level"] == "II"

    def test_a_level_must_be_said(self) -> None:
        assert stage().refused("office@A", "assess", **REASON).missing == ("value",)


class TestEvidence:
    def test_documents_conditions_and_the_reason_are_asked_for_at_once(self) -> None:
        night = stage("act: order, by: group, needs: [instruction, {major: yes}]")
        problem = night.refused("group", "order")
        assert (problem.code, problem.missing) == ("missing", ("instruction", "major"))
        assert "指令" in problem.message("zh") and "属重大" in problem.message("zh")
        night.do("office@A", "record", documents=("instruction",))
        night.do("office@A", "state", facts={"major": "yes"})
        assert night.do("group", "order")

    def test_a_form_leaves_no_field_blank_and_unknown_is_an_answer(self) -> None:
        fields = "{cause: {type: text, zh: 原因}, later: {type: text, later: yes}}"
        form = f"forms: {{note: {{zh: 单, clause: c, fields: {fields}}}}}"
        night = stage("act: order, by: group, form: note", forms=form)
        assert night.refused("group", "order").missing == ("cause",)
        assert "原因" in night.refused("group", "order").message("zh")
        (event,) = night.do("group", "order", form={"cause": "unknown"})
        assert (event.content["form"], event.content["form_id"]) == ({"cause": "unknown"}, "note")

    def test_a_gate_of_ours_is_passed_with_a_reason_that_stays(self) -> None:
        night = stage("act: order, by: group, needs: [instruction], product: 我们的把关")
        assert "写明理由" in night.refused("group", "order").hint("zh")
        (event,) = night.do("group", "order", reason="来不及")
        assert event.content["passed"] == ["instruction"]

    def test_a_judgement_wants_its_reason_where_the_plan_says_so(self) -> None:
        grading = "methods: {m: {zh: 法, clause: c, rules: [{id: a, level: I, when: {major: yes}, clause: c}]}}\n"
        grading += "grade: {by: m, reason_required: yes, clause: c}\n"
        night = stage(grading=grading)
        assert night.refused("office@A", "assess", value="I").missing == ("reason",)


class TestLifeCycle:
    def test_confirming_comes_after_assessing(self) -> None:
        assert stage().refused("group", "confirm", value="II").code == "out_of_order"

    def test_one_response_at_a_time_and_nothing_ends_that_was_not_begun(self) -> None:
        night = stage("act: activate, by: group", "act: end, by: group").to_level("II")
        assert night.refused("group", "end").code == "out_of_order"
        night.do("group", "activate")
        assert night.refused("group", "activate").code == "out_of_order"
        night.do("group", "end")
        assert (night.case.phase, night.case.response, night.case.response_active) == ("ended", "II", False)

    def test_a_case_closes_after_its_end_without_open_hard_obligations_and_then_only_takes_records(self) -> None:
        duties = "incident:\n  - {id: D, on: ended, owes: 总结, by: owner, to: group, within: 30d, clause: c}\n"
        night = stage("act: activate, by: group", "act: end, by: group", "act: close, by: owner", duties=duties)
        night.to_level("II")
        night.do("group", "activate")
        assert night.refused("office@A", "close").code == "out_of_order"
        night.do("group", "end")
        assert "总结" in night.refused("office@A", "close").message("zh")
        night.do("office@A", "report", to=("group",))
        night.do("office@A", "close")
        assert night.case.phase == "closed"
        assert night.refused("office@A", "report", to=("group",)).code == "out_of_order"
        assert night.do("office@A", "record", note="归档后补记")

    def test_a_waiver_lets_a_case_close_and_only_the_holder_or_a_body_above_gives_it(self) -> None:
        duties = "incident:\n  - {id: D, on: opened, owes: 报告, by: group, to: superior, within: 1h, clause: c}\n"
        night = stage("act: activate, by: group", "act: end, by: group", "act: close, by: owner", duties=duties)
        night.to_level("II")
        night.do("group", "activate")
        night.do("group", "end")
        assert night.refused("office@A", "close").code == "out_of_order"
        key = next(o.key for o in owed(night.book, night.case, night.at))
        assert night.refused("office@A", "waive", target=key, reason="x").rightful == ("group",)
        assert night.refused("group", "waive", target=key).missing == ("reason",)
        night.do("leading_group", "waive", target=key, reason="无须上报")
        assert night.do("office@A", "close")

    def test_a_body_made_for_the_night_stands_only_between_its_two_events(self) -> None:
        night = stage(
            "act: activate, by: group, creates: command", "act: order, by: command", "act: end, by: command"
        ).to_level("II")
        assert night.refused("command", "order").code == "not_given"
        night.do("group", "activate")
        night.do("command", "order")
        night.do("command", "end")
        assert "撤销" in night.refused("command", "order").message("zh")

    def test_lifting_is_followed_by_publishing_where_the_plan_says_so(self) -> None:
        lines = grants("act: issue, by: group", "act: lift, by: group, then: publish", kind="warning")
        day = Stage(book(grants=lines, bodies=BODIES, readings=READINGS), "warning")
        assert day.refused("group", "lift").code == "out_of_order"
        day.do("group", "issue", value="blue")
        assert types(day.do("group", "lift")) == ["lifted", "published"]
        assert (day.case.issued_active, day.case.outcome) == (False, "lifted")


class TestFastPath:
    FAST = "act: activate, id: fast, when: {major: yes}, by: leading_group.member"
    LINES = (f"{FAST}, ratify: {{by: leading_group, within: 24h}}",)

    def begun(self) -> Stage:
        night = stage(*self.LINES)
        night.do("office@A", "state", facts={"major": "yes"})
        night.do("leading_group.member", "activate", value="II")
        return night

    def test_it_takes_effect_now_and_leaves_an_obligation_to_ratify(self) -> None:
        night = self.begun()
        assert night.case.response_active
        (one,) = [o for o in owed(night.book, night.case, night.at) if o.source == "ratify"]
        assert (one.state, one.due, one.by[0].text) == ("open", at("2024-01-11 09:00"), "leading_group")
        assert night.next("activate", verb="ratify")

    def test_it_is_ratified_by_the_body_named_and_by_another_person(self) -> None:
        night = self.begun()
        target = str(night.case.seq)
        assert night.refused("group", "activate", answer="ratify", target=target).code == "not_yours"
        same = night.act("leading_group.head", "activate", "p:leading_group.member", answer="ratify", target=target)
        assert night.refused_act(same).code == "no_second_person"
        night.do("leading_group.head", "activate", answer="ratify", target=target)
        assert [o.state for o in owed(night.book, night.case, night.at) if o.source == "ratify"] == ["met"]
        again = night.refused("leading_group.head", "activate", answer="ratify", target=target)
        assert again.code == "out_of_order"

    def test_a_refusal_is_an_event_with_a_reason_and_effects_stay(self) -> None:
        night = self.begun()
        target = str(night.case.seq)
        lacking = night.refused("leading_group.head", "activate", answer="refuse_ratification", target=target)
        assert lacking.missing == ("reason",)
        night.do("leading_group.head", "activate", answer="refuse_ratification", target=target, reason="不必启动")
        assert night.case.events[-1].type == "ratification_refused" and night.case.response_active


class TestOutside:
    def test_what_is_done_outside_is_only_registered_here(self) -> None:
        night = stage("act: activate, outside: superior, record_by: group").to_level("I")
        problem = night.refused("leading_group", "activate")
        assert (problem.code, problem.rightful) == ("outside", ("superior",))
        assert night.refused("group", "activate").code == "outside"
        assert night.refused("group", "activate", verb="record").missing == ("registration",)
        paper = night.act(
            "group", "activate", verb="record", registered=night.on_paper("group", "x", "group").registered
        )
        (event,) = night.ask(paper)
        assert (event.content["body"], event.registered_by, event.content["response"]) == ("superior", "p:group", "I")
        assert event.content["registered"] == {
            "paper": "sha256:" + "1" * 64,
            "date": "2024-01-10",
            "signed_by": "一位负责人",
            "channel": "fax",
            "receipt": "R-7",
        }


class TestReadingsOnACase:
    LINES = ("act: order, by: $starter",)
    STANDING = "standing:\n  - {act: set, by: centre, clause: c}\n"

    def night(self) -> Stage:
        return Stage(book(grants=grants(*LEVELS, *self.LINES) + self.STANDING, bodies=BODIES, readings=READINGS))

    def test_settling_wants_a_reason_from_whoever_may_set_and_binds_this_case(self) -> None:
        night = self.night()
        said = {"reading": "starter", "value": "group"}
        assert night.refused("group", "settle", **said, **REASON).rightful == ("centre",)
        assert night.refused("centre", "settle", **said).missing == ("reason",)
        night.do("centre", "settle", **said, **REASON)
        assert night.do("group", "order")
        (duty,) = [o for o in owed(night.book, night.case, night.at) if o.source == "settle"]
        assert (duty.state, duty.by[0].text) == ("open", "centre")

    def test_a_reading_that_has_a_value_is_not_settled(self) -> None:
        night = self.night()
        night.do("centre", "settle", reading="starter", value="group", **REASON)
        again = night.refused("centre", "settle", reading="starter", value="centre", **REASON)
        assert again.code == "out_of_order"
        fixed = Stage(Book.build(night.book.pack, {"ending": "joint"}, calendar=night.book.calendar))
        assert fixed.refused("centre", "settle", reading="ending", value="alone", **REASON).code == "out_of_order"

    def test_a_value_must_fit_the_reading(self) -> None:
        night = self.night()
        assert night.refused("centre", "settle", reading="starter", value="nobody", **REASON).code == "bad_act"
        assert night.refused("centre", "settle", reading="nothing", value="group", **REASON).code == "bad_act"
        assert night.refused("centre", "settle", reading="ending", value="half", **REASON).code == "bad_act"
        night.do("centre", "settle", reading="ending", value="共同", **REASON)
        assert night.case.settled == {"ending": "joint"}

    def test_a_case_moves_to_a_newer_book_only_by_rebase(self) -> None:
        night = self.night()
        newer = Book.build(night.book.pack, {"starter": "group"}, calendar=night.book.calendar)
        order = night.act("group", "order")
        with pytest.raises(Refused) as caught:
            engine.decide(newer, night.case, order, night.at)
        assert caught.value.problem.code == "bad_act"
        night.book = newer
        assert night.refused("group", "rebase").rightful == ("centre",)
        night.do("centre", "rebase")
        assert night.case.pin == newer.pin.digest
        assert night.do("group", "order")
        assert night.refused("centre", "rebase").code == "out_of_order"


class TestTimes:
    def test_an_act_on_the_screen_happens_when_it_is_written(self) -> None:
        night = stage()
        (event,) = night.do("office@A", "assess", "09:10", value="II", **REASON)
        assert event.at == event.recorded_at == at("09:10")

    def test_facts_reports_records_and_receipts_may_be_dated_back_and_keep_both_times(self) -> None:
        night = stage()
        (event,) = night.do("office@A", "report", "09:30", to=("group",), happened_at=at("09:05"))
        assert (event.at, event.recorded_at) == (at("09:05"), at("09:30"))
        assert night.do("office@A", "state", "09:31", facts={"major": "yes"}, happened_at=at("09:02"))
        assert night.do("group", "acknowledge", "09:32", target="2", happened_at=at("09:06"))
        assert night.refused("group", "acknowledge", "09:33", target="2", happened_at=at("09:01")).code == "bad_time"

    @pytest.mark.parametrize(
        ("happened", "asked"), [("09:40", "09:30"), ("08:59", "09:30")], ids=["in the future", "before the case"]
    )
    def test_no_act_is_later_than_its_record_or_earlier_than_the_case(self, happened: str, asked: str) -> None:
        night = stage()
        assert night.refused("office@A", "record", asked, note="x", happened_at=at(happened)).code == "bad_time"

    def test_a_decision_is_not_dated_back(self) -> None:
        night = stage()
        assert (
            night.refused("office@A", "assess", "09:30", value="I", happened_at=at("09:10"), **REASON).code
            == "bad_time"
        )

    def test_the_log_does_not_go_back(self) -> None:
        night = stage()
        night.do("office@A", "record", "09:30", note="x")
        assert night.refused("office@A", "record", "09:29:59", note="y").code == "bad_time"

    def test_a_time_without_zone_is_refused(self) -> None:
        night = stage()
        with pytest.raises(Refused) as caught:
            engine.decide(
                night.book, night.case, night.act("office@A", "record", note="x"), night.at.replace(tzinfo=None)
            )
        assert caught.value.problem.code == "bad_time"


class TestOpening:
    def opened(self, who: str = "office@A", **fields: object) -> tuple[str, ...]:
        born = Opening("c", "incident", ORG, ORG, **{"owner": "office@A", **fields})  # type: ignore[arg-type]
        act = Act("open", Actor("p", (seat(who),)), opening=born, facts={"major": "是"}, unverified=("major",))
        return tuple(e.type for e in engine.decide(plan(), None, act, at("09:00")))

    def test_a_case_opens_with_the_facts_that_came_with_it(self) -> None:
        assert self.opened() == ("opened", "stated")

    def test_a_unit_must_be_one_unit_and_a_body_of_the_plan(self) -> None:
        for owner in ("office", "nobody@A"):
            with pytest.raises(Refused) as caught:
                self.opened(owner=owner)
            assert caught.value.problem.code == "bad_act"

    def test_an_outsider_does_not_open_a_case(self) -> None:
        with pytest.raises(Refused) as caught:
            self.opened("nobody")
        assert caught.value.problem.code == "not_yours"

    def test_there_is_no_act_before_the_opening_and_no_second_opening(self) -> None:
        night = stage()
        with pytest.raises(Refused) as caught:
            engine.decide(night.book, None, night.act("group", "order"), night.at)
        assert caught.value.problem.code == "bad_act"
        assert night.refused("office@A", "open").code == "out_of_order"

    def test_an_act_of_another_kind_of_case_is_refused_with_a_near_name(self) -> None:
        problem = stage().refused("group", "isue")
        assert problem.code == "bad_act" and "urge" not in problem.message("en")


def test_every_refusal_of_the_engine_is_declared_with_both_languages() -> None:
    for code in ("forbidden", "not_given", "not_yours", "wait_for", "missing", "undecided", "needs_interpretation"):
        assert CODES[code].zh and CODES[code].en and CODES[code].remedy_zh and CODES[code].remedy_en
    for code in ("outside", "out_of_order", "no_second_person", "content_changed", "bad_act", "bad_time", "bad_log"):
        assert CODES[code].zh and CODES[code].example


def test_what_a_body_that_does_not_stand_would_do_is_not_promised() -> None:
    (line,) = stage("act: order, by: command").next("order")
    assert (line.state, line.problem and line.problem.code) == ("not_given", "not_given")
