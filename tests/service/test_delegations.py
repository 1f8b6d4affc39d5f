"""Seats lent by a paper: who sits there when, what the log and the ledger say, and what the pages show."""

from datetime import timedelta
from typing import Any

import pytest

from fengsui.cases.selectors import act_form, case_page, person_bar
from fengsui.cases.selectors.log import fold
from fengsui.core.problems import Refused
from fengsui.directory import models, selectors, service
from fengsui.ledger import selectors as ledger
from tests.world import BY, World

PAPER = "局办〔2024〕3号"


def lend(world: World, of: str = "leading_group", **more: Any) -> str:
    """The office's post sits in the leading group for a day."""
    said = {"to": "bureau_office", "document": PAPER, "until": world.now + timedelta(days=1)} | more
    return service.delegate(world.organisation, of, actor=BY, at=world.now, **said)


def lent(world: World, who: str) -> list[str]:
    return [seat.text for seat in selectors.seats_of(world.people[who], world.now) if seat.acting_for]


def test_a_lent_seat_is_one_more_seat_from_its_beginning_to_its_end(world: World) -> None:
    lend(world, since=world.now + timedelta(hours=1))
    assert lent(world, "bureau_office") == []
    world.at("+1h")
    (own, seat) = selectors.seats_of(world.people["bureau_office"], world.now)
    assert (own.text, own.acting_for) == ("bureau_office", None)
    assert (seat.text, seat.own, seat.document) == ("leading_group", "bureau_office", PAPER)
    assert seat.whom == world.people["leader"]
    assert lent(world, "centre") == []
    world.at("+23h")
    assert lent(world, "bureau_office") == []


def test_it_is_taken_back_before_its_time_and_both_stand_in_the_ledger(world: World) -> None:
    id = lend(world, acts=["approve"])
    world.at("+1h")
    service.revoke_delegation(id, actor=BY, at=world.now, document="局办〔2024〕4号")
    assert lent(world, "bureau_office") == []
    entries = [row for row in ledger.entries(world.root, "administration") if row.type.startswith("delegat")]
    assert [row.type for row in entries] == ["delegated", "delegation_revoked"]
    assert (entries[0].content["of"], entries[0].content["acts"]) == ("leading_group", ["approve"])
    assert ledger.verify(world.root, "administration").ok
    with pytest.raises(Refused):
        service.revoke_delegation(id, actor=BY, at=world.now)


def test_it_may_be_lent_to_one_person_and_is_not_lent_further(world: World) -> None:
    lend(world, to="", person=world.people["centre"])
    lend(world, of="centre", to="bureau_office")
    assert lent(world, "centre") == ["leading_group"]
    assert lent(world, "bureau_office") == ["centre"]


def test_where_two_hold_the_post_it_is_in_nobodys_own_place_and_a_holder_is_no_deputy(world: World) -> None:
    lend(world, of="group.lead", to="leading_group")
    (seat,) = [seat for seat in selectors.seats_of(world.people["leader"], world.now) if seat.acting_for]
    assert seat.whom == ""
    lend(world, of="group.lead", to="", person=world.people["group"])
    assert lent(world, "group") == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"of": "nobody"}, "no_such_name"),
        ({"to": "group.nobody"}, "no_such_name"),
        ({"of": "office.head@Z"}, "no_such_name"),
        ({"acts": ["rule"]}, "no_such_name"),
        ({"to": ""}, "bad_input"),
        ({"to": "leading_group"}, "bad_input"),
        ({"document": " "}, "bad_input"),
        ({"until": None}, "bad_input"),
        ({"person": "no such", "to": ""}, "absent"),
    ],
)
def test_what_cannot_be_lent_is_refused_and_leaves_no_row(world: World, said: dict[str, Any], code: str) -> None:
    if "until" in said:
        said = {"until": world.now}
    with pytest.raises(Refused) as refused:
        lend(world, **said)
    assert refused.value.problem.code == code
    assert not models.Delegation.objects.exists()


def test_a_delegation_for_a_kind_of_link_opens_nothing_else(world: World) -> None:
    lend(world, acts=["approve"])
    case = world.open("owner")
    bar = person_bar(world.people["bureau_office"], world.now)
    assert bar is not None
    assert bar.seats[1] == f"代局网络安全工作领导小组行使（{PAPER}）"
    problem = _refused(world, "bureau_office", case, "record", note="代记", seat=world.seat("leading_group"))
    assert problem.code == "not_yours"
    assert PAPER in problem.message("zh")
    ref = world.ref("bureau_office", case)
    assert ref is not None
    form = act_form(world.people["bureau_office"], ref, "record", world.now, part={})
    assert form is not None
    assert [choice.id for choice in form.seats] == ["bureau_office"]


def test_a_deputy_fills_a_link_and_nobody_fills_two(world: World) -> None:
    lend(world, of="group.lead", acts=["concur"])
    lend(world, of="group.lead", to="office.head@A")
    case = world.open("owner")
    for act, more in (("assess", {"value": "III", "reason": "局部"}), ("confirm", {"value": "III", "reason": "局部"})):
        world.at("+1min").submit("owner", case, act, **more)
    world.at("+1min").submit("owner", case, "activate", value="III")
    world.at("+1h").submit("owner", case, "end", reason="恢复")
    seat = world.seat("group.lead")
    assert _refused(world, "owner", case, "end", seat=seat).code == "no_second_person"
    ref = world.ref("bureau_office", case)
    assert ref is not None
    form = act_form(world.people["bureau_office"], ref, "end", world.now, part={})
    assert form is not None
    assert form.allowed
    assert form.acting.startswith("办公室代")
    assert PAPER in form.acting
    done = world.at("+1min").submit("bureau_office", case, "end", seat=seat)
    assert done.done
    link = next(event for event in reversed(fold(world.root, case.case).events) if event.type == "linked")
    assert (link.content["seat"], link.content["acting"]["by"]) == ("group.lead", "bureau_office")  # type: ignore[index]


def test_the_chain_and_the_participants_show_who_is_a_deputy(world: World) -> None:
    lend(world, of="office.head@A", acts=["assess", "confirm", "activate", "decide"])
    case = world.open("owner")
    seat = world.seat("office.head@A")
    for act in ("assess", "confirm", "activate", "end"):
        world.at("+1min").submit(
            "bureau_office", case, act, value="III" if act != "end" else None, reason="局部", seat=seat
        )
    ref = world.ref("group", case)
    assert ref is not None
    page = case_page(world.people["group"], ref, world.now)
    (chain,) = page.chains
    assert chain.links[0].who.startswith("办公室代")
    assert PAPER in chain.links[0].who
    people = {row.label: row.people for row in page.participants}
    assert "办公室负责人（代行）" in people["甲处"]


def test_a_duty_is_in_hand_where_the_paper_covers_what_discharges_it(world: World) -> None:
    lend(world, of="office.head@A", acts=["assess"])
    lend(world, of="office.head@A", to="centre")
    world.open("owner")
    narrow, wide = (person_bar(world.people[who], world.now) for who in ("bureau_office", "centre"))
    assert narrow is not None
    assert wide is not None
    assert narrow.mine < wide.mine


def test_news_for_a_seat_reach_its_deputy(world: World) -> None:
    lend(world, of="group.lead")
    held = selectors.holders(world.root, world.organisation, ["group"], world.now)
    assert world.people["bureau_office"] in {one.person.id for one in held}


def test_what_a_deputy_records_is_shown_under_both_names(world: World) -> None:
    lend(world)
    case = world.open("owner")
    world.submit("bureau_office", case, "record", note="代记", seat=world.seat("leading_group"))
    event = fold(world.root, case.case).events[-1]
    assert (event.person, event.seats) == (world.people["bureau_office"], ("leading_group",))
    assert event.content["acting"]["document"] == PAPER  # type: ignore[index]
    ref = world.ref("owner", case)
    assert ref is not None
    page = case_page(world.people["owner"], ref, world.now)
    assert page.events[0].who == f"办公室代局网络安全工作领导小组行使（{PAPER}）"
    world.at("+2d")
    refused = _refused(world, "bureau_office", case, "record", note="代记", seat=world.seat("leading_group"))
    assert refused.code == "bad_act"


def _refused(world: World, who: str, case: Any, act: str, **more: Any) -> Any:
    with pytest.raises(Refused) as caught:
        world.submit(who, case, act, **more)
    return caught.value.problem
