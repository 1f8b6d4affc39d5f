"""Sitting in another's seat by delegation: reach, end, paper, who may not stand beside whom (language 4.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fengsui.core import engine
from fengsui.core.case import Act, Actor, Event, Seat
from fengsui.core.engine import offers
from fengsui.core.loader.scenarios import read_scenarios
from fengsui.core.problems import Problem, Refused
from fengsui.core.simulate import run
from tests.core.stage import BODIES, READINGS, REASON, Stage, grants, seat
from tests.core.story import at, book, pack

LINES = (
    "act: assess, by: owner",
    "act: confirm, by: group",
    "act: order, by: leading_group.head",
    "act: activate, by: leading_group.head, in_person: yes",
    "act: end, chain: [propose: group, approve: leading_group, issue: group]",
    "act: adjust, chain: [propose: owner, approve: leading_group.head], in_person: yes",
    "act: publish, forbidden: vendor",
    "act: publish, id: say, by: group",
    "act: dismiss, by: leading_group.head, ratify: {by: group, within: 1h}",
)
FILES = {"bodies": BODIES, "readings": READINGS, "grants": grants(*LINES)}
HEAD, DEPUTY = "leading_group.head", "p:centre"


def deputy(of: str = HEAD, *, own: str = "centre", acts: tuple[str, ...] = (), until: datetime | None = None) -> Seat:
    """The head's seat with the centre's person in it."""
    return replace(seat(of), acting_for=of, own=own, document="局办3号", acts=acts, until=until, whom=f"p:{of}")


def stage() -> Stage:
    return Stage(book(**FILES))


def ask(night: Stage, name: str, given_seat: Seat, *own: str, person: str = DEPUTY, named: bool = True, **more: object):  # type: ignore[no-untyped-def]
    """The act of the deputy, from the delegated seat as a form names it, or from all his seats."""
    mine = tuple(seat(text) for text in own or ("centre",))
    asked = Act(name, Actor(person, (*mine, given_seat)), seat=seat(given_seat.text) if named else None)
    return replace(asked, **more)


def only(events: tuple[Event, ...]) -> Event:
    (event,) = events
    return event


class TestWhatTheLogSays:
    def test_the_event_names_whose_seat_it_is_who_sat_there_and_the_paper(self) -> None:
        night = stage()
        event = only(night.ask(ask(night, "order", deputy(until=at("12:00")))))
        assert (event.person, event.seats, event.content["seat"]) == (DEPUTY, (HEAD,), HEAD)
        assert event.content["acting"] == {
            "of": HEAD,
            "by": "centre",
            "document": "局办3号",
            "whom": f"p:{HEAD}",
            "until": "2024-01-10T04:00:00Z",
        }
        assert engine.replay(night.case.events) == night.case

    def test_a_free_act_says_it_too_and_ones_own_seat_comes_first(self) -> None:
        night = stage()
        assert "acting" not in only(night.ask(ask(night, "record", deputy(), named=False, note="值守"))).content
        assert only(night.ask(ask(night, "record", deputy(), note="值守"))).content["acting"]["of"] == HEAD  # type: ignore[index]

    def test_a_link_keeps_it_in_the_chain(self) -> None:
        night = stage().to_level("III")
        night.do("leading_group.head", "activate")
        night.do("group", "end")
        link = night.ask(ask(night, "end", deputy()))[0]
        assert link.content["acting"]["document"] == "局办3号"  # type: ignore[index]
        (chain,) = night.case.chains.values()
        assert [(filled.seat, bool(filled.acting)) for filled in chain.filled] == [("group", False), (HEAD, True)]


class TestHowFarItReaches:
    def test_acts_that_are_not_named_are_not_his_and_the_sentence_says_how_far_it_goes(self) -> None:
        night = stage()
        problem = night.refused_act(ask(night, "order", deputy(acts=("end", "approve"))))
        assert problem.code == "not_yours"
        assert "由中心代行，局办3号，限结束响应、批准" in problem.message("zh")
        assert "only" in problem.message("en")
        assert problem.rightful == (HEAD,)

    def test_an_act_that_is_named_is_his(self) -> None:
        night = stage()
        assert night.ask(ask(night, "order", deputy(acts=("order",))))
        assert night.refused_act(ask(night, "record", deputy(acts=("order",)), note="记事")).code == "not_yours"

    def test_a_link_that_is_named_is_his_and_another_is_not(self) -> None:
        night = stage().to_level("III")
        night.do("leading_group.head", "activate")
        night.do("group", "end")
        assert night.refused_act(ask(night, "end", deputy(acts=("propose",)))).code == "not_yours"
        assert night.ask(ask(night, "end", deputy(acts=("approve",))))

    def test_what_is_to_be_done_in_person_is_done_by_no_deputy(self) -> None:
        night = stage().to_level("III")
        problem = night.refused_act(ask(night, "activate", deputy()))
        assert (problem.code, problem.rightful) == ("not_yours", (HEAD,))
        assert "须本人办理" in problem.message("zh")
        assert night.do(HEAD, "activate")
        night.do("office@A", "adjust", value="II")
        returning = ask(night, "adjust", deputy(), answer="return", reason="不同意")
        assert night.refused_act(returning).code == "not_yours"

    def test_a_ban_holds_for_its_people_in_any_seat(self) -> None:
        night = stage()
        banned = ask(night, "publish", deputy("group", own="vendor"), "vendor")
        assert night.refused_act(banned).code == "forbidden"
        assert night.ask(ask(night, "publish", deputy("group")))


class TestItsEnd:
    def test_it_is_looked_at_when_the_act_happened(self) -> None:
        night = stage()
        until = at("10:00")
        assert night.ask(ask(night, "order", deputy(until=until)), "09:59:59")
        problem = night.refused_act(ask(night, "order", deputy(until=until)), "10:00")
        assert problem.code == "not_yours"
        assert "至 2024-01-10 10:00" in problem.message("zh")
        late = ask(night, "record", deputy(until=until), note="补记", happened_at=at("09:59:59"))
        assert only(night.ask(late, "10:30")).content["acting"]

    def test_a_case_is_opened_by_a_deputy_only_where_it_reaches(self) -> None:
        night = stage()
        opening = replace(night.act("centre", "open"), opening=None)
        assert opening.seat is None


class TestNobodyTwiceInOneChain:
    def started(self) -> Stage:
        night = stage().to_level("III")
        night.do("leading_group.head", "activate")
        return night

    def test_who_proposed_does_not_approve_in_another_seat(self) -> None:
        night = self.started()
        night.do("group", "end")
        mine = ask(night, "end", deputy(own="group"), "group", person="p:group")
        assert night.refused_act(mine).code == "no_second_person"

    def test_nor_does_his_deputy_approve_what_he_proposed(self) -> None:
        night = self.started()
        night.ask(night.act("group", "end", person=f"p:{HEAD}"))
        assert night.refused_act(ask(night, "end", deputy())).code == "no_second_person"

    def test_nor_does_he_approve_what_his_deputy_proposed(self) -> None:
        night = self.started()
        night.ask(ask(night, "end", replace(deputy("group"), whom="p:lead")))
        assert night.refused_act(night.act(HEAD, "end", person="p:lead")).code == "no_second_person"
        assert night.do(HEAD, "end")

    def test_who_approved_as_a_deputy_does_not_issue_it_though_the_holder_himself_might(self) -> None:
        night = self.started()
        night.do("group", "end")
        night.ask(ask(night, "end", deputy(own="group"), "group", person="p:second"))
        assert night.refused_act(night.act("group", "end", person="p:second")).code == "no_second_person"
        own = self.started()
        own.do("group", "end")
        own.ask(own.act(HEAD, "end", person="p:both"))
        assert own.ask(own.act("group", "end", person="p:both"))

    def test_no_deputy_ratifies_what_the_one_he_stands_for_did(self) -> None:
        night = stage()
        night.ask(night.act(HEAD, "dismiss", person="p:group"))
        target = str(night.case.seq)
        assert "ratify" in night.case.events[-1].content
        theirs = ask(night, "dismiss", deputy("group"), answer="ratify", target=target)
        assert night.refused_act(theirs).code == "no_second_person"
        narrow = ask(
            night, "dismiss", replace(deputy("group", acts=("approve",)), whom=""), answer="ratify", target=target
        )
        assert night.refused_act(narrow).code == "not_yours"
        named = ask(
            night, "dismiss", replace(deputy("group", acts=("ratify",)), whom=""), answer="ratify", target=target
        )
        assert night.ask(named)


def test_a_seat_that_nobody_gave_is_not_taken_from_what_was_written() -> None:
    night = stage()
    forged = replace(night.act("centre", "order"), seat=deputy())
    assert night.refused_act(forged).code == "bad_act"


ACTS = st.sampled_from(["order", "activate", "end", "adjust", "publish", "dismiss", "record", "assess", "confirm"])
GIVEN = st.tuples(
    st.sampled_from([HEAD, "group", "office@A"]),
    st.sampled_from([(), ("end",), ("approve",), ("order", "propose"), ("record",)]),
    st.sampled_from([None, at("09:30"), at("18:00")]),
)
MOVES = st.lists(
    st.tuples(ACTS, st.sampled_from(["office@A", "group", HEAD, "centre"]), st.booleans(), GIVEN),
    min_size=3,
    max_size=14,
)


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate), derandomize=True)
@given(MOVES)
def test_by_chance_no_deputy_goes_too_far_and_nobody_speaks_twice_in_a_chain(
    moves: list[tuple[str, str, bool, tuple[str, tuple[str, ...], datetime | None]]],
) -> None:
    night = Stage(_BOOK)
    for n, (name, own, sits_there, (of, acts, until)) in enumerate(moves):
        person = f"p:{own}"
        chosen = deputy(of, own=own, acts=acts, until=until)
        actor = Actor(person, (seat(own), replace(chosen, whom="")))
        act = Act(
            name, actor, seat=seat(of) if sits_there and of != own else seat(own), value="III", note="记", **REASON
        )
        moment = at(f"09:{n * 4:02d}")
        promised = [o for o in offers(_BOOK, night.case, actor, moment) if o.allowed and o.seat and o.seat.acting_for]
        assert all(_reaches(o.seat, o.next.act, o.next.verb, moment) for o in promised if o.seat)
        try:
            events = night.ask(act, f"09:{n * 4:02d}")
        except Refused as refused:
            assert isinstance(refused.problem, Problem)
            continue
        for event in events:
            if "acting" in event.content and event.type != "ended":
                assert _reaches(chosen, name, str(event.content.get("verb", "")), moment)
                assert name not in ("activate", "adjust")
    for chain in night.case.chains.values():
        persons = [filled.person for filled in chain.filled]
        assert len(persons) == len(set(persons)) or not any(filled.acting for filled in chain.filled)


def _reaches(one: Seat, act: str, verb: str, moment: datetime) -> bool:
    in_time = one.until is None or moment < one.until
    return in_time and (not one.acts or bool({act, verb} & set(one.acts)))


_BOOK = book(**FILES)

STORY = """scenarios:
  - scenario: 组长的席位由中心代行
    given: {level: III}
    steps:
      - {at: 2024-01-10 09:00, who: centre, do: order,
         acting: {of: leading_group.head, document: 局办3号, acts: [order, approve]}}
      - {at: 2024-01-10 09:01, who: centre, do: activate, refused: not_yours, rightful: leading_group.head,
         acting: {of: leading_group.head, document: 局办3号}}
      - {at: 2024-01-10 09:02, who: centre, do: dismiss, refused: not_yours,
         acting: {of: leading_group.head, document: 局办3号, acts: [order]}}
      - {at: 2024-01-10 09:03, who: centre, do: order, refused: not_yours,
         acting: {of: leading_group.head, until: 2024-01-10 09:03}}
"""


def test_a_scenario_lets_somebody_act_for_another() -> None:
    (scenario,) = read_scenarios({"a.yaml": STORY})
    assert [failure.problem.message() for failure in run(pack(**FILES), scenario).failures] == []


def test_a_scenario_that_says_it_wrong_is_told() -> None:
    (scenario,) = read_scenarios({"a.yaml": STORY.replace("of: leading_group.head, until", "whose: x, until")})
    assert "acting" in run(pack(**FILES), scenario).failures[-1].problem.message()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sentence_is_whole_in_both_languages(lang: str) -> None:
    night = stage()
    sentence = night.refused_act(ask(night, "order", deputy(acts=("record",), until=at("18:00")))).message(lang)  # type: ignore[arg-type]
    assert "局办3号" in sentence
    assert "2024-01-10 18:00" in sentence
