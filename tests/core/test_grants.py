"""Chains of verbs: whose turn it is, who may fill it, and what breaks a chain (language 4.2, 4.3.6, 4.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fengsui.core import engine
from fengsui.core.case import ByWord, Registration
from fengsui.core.grants import Asked, counterpart, weigh
from fengsui.core.obligations import owed
from tests.core.stage import BODIES, PAPER, READINGS, REASON, Stage, grants, seat, types
from tests.core.story import at, book

BASIC = ("act: assess, by: owner", "act: confirm, by: group", "act: activate, by: group")
PAIR = "act: end, chain: [propose: group, approve: leading_group]"
AGREED = "act: end, chain: [decide: owner, concur: group]"
JOINT = "act: end, chain: [sign: [owner, centre, vendor]]"


def stage(*lines: str, settings: dict[str, str] | None = None, **readings: str) -> Stage:
    the_plan = book(readings or None, settings, grants=grants(*BASIC, *lines), bodies=BODIES, readings=READINGS)
    night = Stage(the_plan).to_level("II")
    night.do("group", "activate")
    return night


class TestOrder:
    def test_propose_then_approve(self) -> None:
        night = stage(PAIR)
        early = night.refused("leading_group", "end", verb="approve")
        assert (early.code, early.missing, early.rightful) == ("wait_for", ("group",), ("group",))
        assert "工作组建议" in early.message("zh")
        assert types(night.do("group", "end", "09:05", verb="propose", **REASON)) == ["linked"]
        assert night.refused("group", "end", verb="approve").missing == ("leading_group",)
        assert night.refused("centre", "end").rightful == ("group", "leading_group")
        link, end = night.do("leading_group", "end", "09:20", verb="approve")
        assert (link.type, end.type) == ("linked", "ended")
        assert (end.content["body"], end.content["reason"]) == ("leading_group", "见记录")
        assert night.case.phase == "ended"

    def test_of_decide_and_concur_the_act_is_the_deciders(self) -> None:
        night = stage(AGREED)
        night.do("office@A", "end", verb="decide")
        *_, end = night.do("group", "end", verb="concur")
        assert (end.content["body"], end.content["raw"], end.seats) == ("office@A", "owner", ("office@A",))

    def test_signatures_of_one_link_come_in_any_order_and_all_are_needed(self) -> None:
        night = stage(JOINT)
        assert types(night.do("centre", "end", verb="sign")) == ["linked"]
        assert night.refused("centre", "end", verb="sign").missing == ("office@A", "vendor")
        assert types(night.do("vendor", "end", verb="sign")) == ["linked"]
        *_, end = night.do("office@A", "end", verb="sign")
        assert set(end.seats) == {"office@A", "centre", "vendor"}

    def test_signatures_written_one_after_the_other_keep_their_order(self) -> None:
        night = stage("act: end, chain: [sign: owner, sign: centre]")
        assert night.refused("centre", "end", verb="sign").missing == ("office@A",)
        night.do("office@A", "end", verb="sign")
        assert types(night.do("centre", "end", verb="sign")) == ["linked", "ended"]

    def test_any_of_several_bodies_fills_a_link(self) -> None:
        night = stage("act: end, chain: [propose: {any: [owner, centre]}, approve: group]")
        night.do("centre", "end", verb="propose")
        assert night.refused("office@A", "end", verb="propose").missing == ("group",)

    def test_a_link_whose_holder_is_not_set_needs_interpretation_and_the_earlier_links_do_not(self) -> None:
        night = stage("act: end, chain: [propose: group, approve: $starter]")
        night.do("group", "end", verb="propose")
        problem = night.refused("leading_group", "end", verb="approve")
        assert (problem.code, problem.open) == ("needs_interpretation", ("reading starter",))

    def test_evidence_is_asked_for_with_the_first_link_only(self) -> None:
        night = stage("act: end, chain: [propose: group, approve: leading_group], needs: [instruction]")
        assert night.refused("group", "end", verb="propose").missing == ("instruction",)
        night.do("group", "end", verb="propose", documents=("instruction",))
        *_, end = night.do("leading_group", "end", verb="approve")
        assert end.content["documents"] == ["instruction"]

    def test_a_verb_that_is_not_of_this_turn_waits(self) -> None:
        night = stage(AGREED)
        assert night.refused("office@A", "end", verb="concur").code == "wait_for"

    def test_a_change_of_level_goes_through_a_chain_with_its_value(self) -> None:
        night = stage("act: adjust, chain: [propose: group, approve: leading_group]")
        night.do("group", "adjust", verb="propose", value="I")
        assert night.refused("leading_group", "adjust", verb="approve", value="III").code == "content_changed"
        night.do("leading_group", "adjust", verb="approve")
        assert (night.case.level, night.case.response) == ("I", "I")


class TestDifferentPersons:
    def test_nobody_fills_two_links_even_from_two_seats(self) -> None:
        night = stage(PAIR)
        night.do("group", "end", verb="propose", person="p1")
        problem = night.refused("leading_group", "end", verb="approve", person="p1")
        assert (problem.code, problem.rightful) == ("no_second_person", ("leading_group",))

    def test_issuing_after_an_approval_may_be_the_proposers(self) -> None:
        night = stage("act: publish, chain: [propose: group, approve: leading_group, issue: group]")
        night.do("group", "publish", verb="propose", person="p1")
        night.do("leading_group", "publish", verb="approve", person="p2")
        assert types(night.do("group", "publish", verb="issue", person="p1")) == ["linked", "published"]

    def test_doing_without_an_approval_between_needs_another_person(self) -> None:
        night = stage("act: publish, chain: [opinion: leading_group, do: group]")
        night.do("leading_group", "publish", verb="opinion", person="p1")
        assert night.refused("group", "publish", verb="do", person="p1").code == "no_second_person"
        assert night.do("group", "publish", verb="do", person="p2")


class TestContent:
    def test_an_approval_is_bound_to_what_was_shown(self) -> None:
        night = stage(PAIR)
        night.do("group", "end", verb="propose", **REASON)
        (line,) = night.next("end", state="may")
        seen = engine.shown(night.book, night.case, "end", line.chain)
        night.do("group", "end", answer="withdraw")
        night.do("group", "end", verb="propose", reason="另一个理由")
        problem = night.refused("leading_group", "end", verb="approve", content=seen)
        assert problem.code == "content_changed" and problem.hint("zh")
        (line,) = night.next("end", state="may")
        fresh = engine.shown(night.book, night.case, "end", line.chain)
        assert night.do("leading_group", "end", verb="approve", content=fresh)

    def test_a_single_act_is_bound_too(self) -> None:
        night = stage("act: end, by: group")
        seen = engine.shown(night.book, night.case, "end")
        night.do("office@A", "assess", value="I", **REASON)
        assert night.refused("group", "end", content=seen).code == "content_changed"

    def test_a_chain_whose_condition_fell_away_is_void_at_once(self) -> None:
        night = stage(
            "act: end, when: {response: II}, chain: [propose: group, approve: leading_group]", "act: adjust, by: group"
        )
        night.do("group", "end", verb="propose")
        events = night.do("group", "adjust", value="III")
        assert types(events) == ["adjusted", "voided"]
        assert (events[-1].person, events[-1].content["why"]) == ("system", "condition")
        assert night.refused("leading_group", "end", verb="approve").code == "not_given"

    def test_a_chain_is_void_when_the_state_it_was_proposed_in_changes(self) -> None:
        night = stage(PAIR, "act: adjust, by: group")
        night.do("group", "end", verb="propose")
        assert night.do("group", "adjust", value="I")[-1].content["why"] == "content"
        assert night.refused("leading_group", "end", verb="approve").missing == ("group",)

    def test_a_chain_is_void_when_its_act_became_impossible(self) -> None:
        night = stage(PAIR, "act: end, id: alone, by: centre")
        night.do("group", "end", verb="propose")
        assert types(night.do("centre", "end")) == ["ended", "voided"]

    def test_a_fact_that_the_condition_does_not_ask_leaves_the_chain_alone(self) -> None:
        night = stage(PAIR)
        night.do("group", "end", verb="propose")
        assert types(night.do("office@A", "state", facts={"major": "yes"})) == ["stated"]
        assert night.do("leading_group", "end", verb="approve")


class TestAnswers:
    def test_whoever_has_the_turn_returns_it_with_a_reason_and_it_is_asked_anew(self) -> None:
        night = stage(PAIR)
        night.do("group", "end", verb="propose")
        assert night.refused("leading_group", "end", answer="return").missing == ("reason",)
        assert night.refused("group", "end", answer="return", **REASON).rightful == ("leading_group",)
        (event,) = night.do("leading_group", "end", answer="return", **REASON)
        assert (event.type, night.case.response_active) == ("returned", True)
        assert night.refused("leading_group", "end", verb="approve").missing == ("group",)
        assert night.do("group", "end", verb="propose")

    def test_the_proposer_withdraws_before_the_next_link(self) -> None:
        night = stage("act: end, chain: [propose: group, opinion: centre, approve: leading_group]")
        night.do("group", "end", verb="propose")
        assert night.refused("centre", "end", answer="withdraw").rightful == ("group",)
        night.do("centre", "end", verb="opinion")
        assert night.refused("group", "end", answer="withdraw").code == "out_of_order"

    def test_there_is_nothing_to_return_without_a_chain(self) -> None:
        night = stage(PAIR)
        assert night.refused("leading_group", "end", answer="return", **REASON).code == "out_of_order"
        assert night.refused("leading_group", "end", answer="shrug").code == "bad_act"


class TestByWord:
    def proposed(self, **settings: str) -> Stage:
        night = stage(PAIR, settings=settings or None)
        night.do("group", "end", "09:30", verb="propose")
        return night

    def test_a_word_counts_at_once_is_registered_by_two_and_is_to_be_signed(self) -> None:
        night = self.proposed(countersign_within="24h")
        link, end = night.ask(night.by_word("leading_group", "end", verb="approve"))
        assert (link.person, link.registered_by) == ("p:leading_group", "p:centre+p:second")
        assert link.content["by_word"] == {"means": "电话", "registrars": ["p:centre", "p:second"]}
        assert end.type == "ended"
        (one,) = [o for o in owed(night.book, night.case, night.at) if o.source == "countersign"]
        assert (one.state, one.due, one.by[0].text) == ("open", at("2024-01-11 09:30"), "leading_group")
        target = str(link.seq)
        assert night.refused("group", "end", answer="countersign", target=target).rightful == ("leading_group",)
        night.do("leading_group", "end", answer="countersign", target=target)
        assert [o.state for o in owed(night.book, night.case, night.at) if o.source == "countersign"] == ["met"]
        assert night.refused("leading_group", "end", answer="countersign", target=target).code == "out_of_order"

    @pytest.mark.parametrize(
        "word",
        [
            {"registrars": ("p:centre", "p:centre")},
            {"registrars": ("p:centre", "")},
            {"registrars": ("p:other", "p:second")},
            {"registrars": ("p:centre", "p:leading_group")},
            {"means": " "},
        ],
        ids=["one person twice", "one person", "not the writer", "the speaker himself", "no means"],
    )
    def test_who_registers_and_how_is_checked(self, word: dict[str, object]) -> None:
        night = self.proposed()
        act = night.by_word("leading_group", "end", verb="approve")
        assert isinstance(act.by_word, ByWord)
        assert night.refused_act(replace(act, by_word=replace(act.by_word, **word))).code == "bad_act"  # type: ignore[arg-type]

    def test_the_registrar_holds_another_seat(self) -> None:
        night = self.proposed()
        assert (
            night.refused_act(night.by_word("leading_group", "end", "leading_group", verb="approve")).code == "bad_act"
        )

    def test_a_word_is_not_earlier_than_the_link_before(self) -> None:
        night = self.proposed()
        act = night.by_word("leading_group", "end", verb="approve")
        assert act.by_word
        early = replace(act, by_word=replace(act.by_word, at=at("09:20")))
        assert night.refused_act(early, "09:40").code == "bad_time"
        later = replace(act, by_word=replace(act.by_word, at=at("09:35")))
        assert night.ask(later, "09:40")[0].at == at("09:35")

    def test_what_is_to_be_done_in_person_is_not_done_by_word(self) -> None:
        night = stage("act: end, chain: [propose: group, approve: leading_group], in_person: yes")
        night.do("group", "end", verb="propose")
        assert night.refused_act(night.by_word("leading_group", "end", verb="approve")).code == "bad_act"


class TestOnPaper:
    LINE = "act: end, chain: [propose: group, approve: superior]"

    def proposed(self, line: str = LINE) -> Stage:
        night = stage(line)
        night.do("group", "end", verb="propose", person="p1")
        return night

    def test_a_seat_without_a_person_here_is_filled_from_its_paper(self) -> None:
        night = self.proposed()
        link, end = night.ask(night.on_paper("superior", "end", "office@A", verb="approve"))
        assert (link.seats, link.registered_by, end.content["body"]) == (("superior",), "p:office@A", "superior")
        assert link.content["registered"]["receipt"] == "R-7"  # type: ignore[index]

    def test_the_registrar_is_not_the_only_other_person_of_the_chain(self) -> None:
        night = self.proposed()
        assert (
            night.refused_act(night.on_paper("superior", "end", "group", "p1", verb="approve")).code
            == "no_second_person"
        )
        assert night.ask(night.on_paper("superior", "end", "group", "p2", verb="approve"))

    def test_nor_does_he_go_on_alone_after_registering(self) -> None:
        night = stage("act: end, chain: [propose: superior, approve: group]")
        night.ask(night.on_paper("superior", "end", "group", "p1", verb="propose"))
        assert night.refused("group", "end", verb="approve", person="p1").code == "no_second_person"
        assert night.do("group", "end", verb="approve", person="p2")

    def test_the_registrar_is_of_the_chain_or_of_the_owner(self) -> None:
        night = self.proposed()
        assert night.refused_act(night.on_paper("superior", "end", "centre", verb="approve")).code == "bad_act"

    def test_a_seat_with_a_person_here_acts_itself(self) -> None:
        night = self.proposed(PAIR)
        assert night.refused_act(night.on_paper("leading_group", "end", "office@A", verb="approve")).code == "bad_act"

    def test_the_paper_has_a_hash_a_date_and_a_signatory(self) -> None:
        night = self.proposed()
        bare = replace(
            night.on_paper("superior", "end", "office@A", verb="approve"), registered=Registration("", "", "")
        )
        assert night.refused_act(bare).missing == ("registration",)

    def test_reports_from_bodies_outside_are_registered_the_same_way(self) -> None:
        night = self.proposed()
        (event,) = night.ask(night.on_paper("vendor", "report", "office@A", to=("group",)))
        assert (event.seats, event.registered_by) == (("vendor",), "p:office@A")
        assert event.content["registered"]["paper"] == PAPER.paper  # type: ignore[index]


class TestWeighing:
    def test_an_adjustment_is_also_judged_by_the_level_it_brings(self) -> None:
        night = stage(
            "act: adjust, id: light, when: {assessed: at most II}, by: group",
            "act: adjust, id: grave, when: {assessed: I}, by: leading_group",
        )
        assert night.refused("group", "adjust", value="I", **REASON).code == "not_given"
        assert types(night.do("group", "adjust", value="III", **REASON)) == ["adjusted"]

    def test_each_grant_is_held_against_the_case_with_its_links(self) -> None:
        night = stage(PAIR, JOINT)
        pair, joint = weigh(night.book, night.case, Asked("end"), night.at)
        assert [slot.verb for slot in pair.turn] == ["propose"]
        assert [slot.parties[0].text for slot in joint.turn] == ["office@A", "centre", "vendor"]
        assert pair.truth.value is True and not pair.last

    def test_the_right_to_speak_may_depend_on_who_spoke_last(self) -> None:
        lines = (
            "act: assess, when: {assessed: unknown}, by: owner",
            "act: assess, when: {assessed_by: owner}, by: group, needs: [instruction]",
            "act: confirm, when: {assessed_by: group}, by: leading_group",
        )
        night = Stage(book(grants=grants(*lines), bodies=BODIES, readings=READINGS))
        assert night.refused("group", "assess", value="II").rightful == ("office@A",)
        night.do("office@A", "assess", value="II")
        assert night.refused("office@A", "assess", value="I").rightful == ("group",)
        assert night.refused("leading_group", "confirm").code == "not_given"
        assert night.refused("group", "assess", value="II").missing == ("instruction",)
        night.do("group", "assess", value="II", documents=("instruction",))
        assert night.do("leading_group", "confirm")

    def test_levels_and_responses_of_one_rank_belong_together(self) -> None:
        pack = stage(PAIR).book.pack
        assert counterpart("II", "level", "response", pack) == "II"
        assert counterpart("II", "level", "colour", pack) == "orange"
        assert counterpart("V", "level", "response", pack) is None

    def test_an_addressee_may_be_reserved_by_a_grant(self) -> None:
        night = stage("act: report, when: {to: superior, response: II}, by: leading_group")
        assert night.refused("group", "report", to=("superior",)).rightful == ("leading_group",)
        assert night.refused("group", "report", to=("centre", "superior")).code == "not_yours"
        (event,) = night.do("leading_group", "report", to=("superior",))
        assert event.content["grant"] == "report.1"
        assert night.do("vendor", "report", to=("centre",))

    def test_whom_a_request_is_answered_by_hears_it_from_its_holder_only(self) -> None:
        night = stage("act: request, by: owner, answered_by: group")
        assert night.refused("centre", "request", to=("group",)).rightful == ("office@A",)
        (event,) = night.do("office@A", "request", to=("group",), note="请求支援")
        assert event.content["answered_by"] == ["group"]
        assert night.do("centre", "request", to=("vendor",), note="请求备件")

    def test_who_takes_part_or_guides_is_named_in_the_event(self) -> None:
        night = stage("act: order, by: owner, with: [centre, vendor], guided_by: group")
        (event,) = night.do("office@A", "order")
        assert (event.content["with"], event.content["guided_by"]) == (["centre", "vendor"], ["group"])


class TestSpeakingForOthers:
    def test_free_acts_steps_and_answers_are_not_done_from_a_seat_of_somebody_else(self) -> None:
        night = stage(PAIR)
        night.do("group", "end", verb="propose")
        for name, fields in (("record", {"note": "x"}), ("report", {"to": ("group",)}), ("state", {"rest_none": True})):
            assert night.refused_act(night.by_word("office@A", name, **fields)).code == "bad_act"
        assert night.refused_act(night.on_paper("office@A", "record", "centre", note="x")).code == "bad_act"
        returned = night.on_paper("leading_group", "end", "centre", answer="return", **REASON)
        assert night.refused_act(returned).code == "bad_act"

    def test_a_paper_of_a_body_outside_needs_its_hash_and_a_registrar_of_this_case(self) -> None:
        night = stage()
        said = night.on_paper("vendor", "report", "office@A", to=("group",))
        assert night.refused_act(replace(said, registered=Registration("", "", ""))).missing == ("registration",)
        stranger = replace(said, actor=replace(said.actor, seats=(seat("office@A", "elsewhere"),)))
        assert night.refused_act(stranger).code == "bad_act"

    def test_the_receipt_of_a_report_to_a_body_outside_is_kept(self) -> None:
        night = stage()
        (event,) = night.do("group", "report", to=("superior",), registered=PAPER)
        assert event.registered_by is None
        assert event.content["registered"]["channel"] == "fax"  # type: ignore[index]

    def test_a_paper_in_hand_does_not_date_back_a_decision_of_ones_own(self) -> None:
        night = stage("act: end, by: group")
        back = night.refused("group", "end", "09:40", registered=PAPER, happened_at=at("09:10"))
        assert back.code == "bad_time"
