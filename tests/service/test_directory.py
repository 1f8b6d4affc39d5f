"""The directory: seats are held from a moment to another, offices by one person each, sign-ins lead to persons."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.http import HttpRequest

from fengsui.core.problems import Refused
from fengsui.directory import models, selectors, service
from fengsui.ledger import selectors as ledger
from tests.cast import PASSWORD
from tests.world import BY, World

pytestmark = pytest.mark.django_db


def test_a_seat_is_held_from_its_beginning_to_its_end(world: World) -> None:
    person = service.create_person(world.organisation, "轮岗的人", actor=BY, at=world.now)
    begin, end = world.now + timedelta(hours=1), world.now + timedelta(hours=9)
    service.appoint(person, "group", post="member", since=begin, until=end, actor=BY, at=world.now)
    seats = {at: selectors.seats_of(person, at) for at in (begin - timedelta(seconds=1), begin, end)}
    assert [len(held) for held in seats.values()] == [0, 1, 0]
    assert seats[begin][0].text == "group.member"


def test_an_appointment_ended_gives_no_seat_from_then_on(world: World) -> None:
    person = service.create_person(world.organisation, "调走的人", actor=BY, at=world.now)
    held = service.appoint(person, "group", post="member", actor=BY, at=world.now)
    later = world.now + timedelta(days=1)
    service.end_appointment(held, actor=BY, at=later)
    assert selectors.seats_of(person, world.now) and not selectors.seats_of(person, later)


@pytest.mark.parametrize(
    ("body", "post", "place", "code"),
    [
        ("grop", "", "", "no_such_name"),
        ("group", "secretary", "", "no_such_name"),
        ("office", "head", "Z", "no_such_name"),
    ],
)
def test_a_seat_the_plan_does_not_know_is_refused(world: World, body: str, post: str, place: str, code: str) -> None:
    count = models.Appointment.objects.count()
    with pytest.raises(Refused) as refused:
        service.appoint(world.people["nobody"], body, post=post, place=place, actor=BY, at=world.now)
    assert refused.value.problem.code == code and refused.value.problem.params["name"] in (body, post, place)
    assert models.Appointment.objects.count() == count


def test_three_administrative_offices_are_three_persons(world: World) -> None:
    with pytest.raises(Refused) as refused:
        service.set_office(world.people["auditor"], "system_admin", actor=BY, at=world.now)
    assert refused.value.problem.code == "second_office"
    service.set_office(world.people["auditor"], "", actor=BY, at=world.now)
    service.set_office(world.people["auditor"], "system_admin", actor=BY, at=world.now)
    found = selectors.person(world.people["auditor"])
    assert found is not None and found.office == "system_admin"


def test_an_account_leads_to_its_person_until_the_person_leaves(world: World) -> None:
    name = f"{world.root[-6:]}-owner"
    user = authenticate(HttpRequest(), username=name, password=PASSWORD)
    found = selectors.person_for(user)
    assert found is not None and found.id == world.people["owner"] and found.zone == "Asia/Shanghai"
    service.deactivate(world.people["owner"], actor=BY, at=world.now)
    assert selectors.person_for(get_user_model().objects.get(username=name)) is None
    assert authenticate(HttpRequest(), username=name, password=PASSWORD) is None
    assert selectors.seats_of(world.people["owner"], world.now) == ()


def test_a_weak_password_a_taken_name_and_a_bad_address_are_refused_and_leave_nobody(world: World) -> None:
    people, accounts = models.Person.objects.count(), get_user_model().objects.count()
    taken = f"{world.root[-6:]}-owner"
    for more in (
        {"username": "new", "password": "short"},
        {"username": taken, "password": PASSWORD},
        {"username": "new", "password": PASSWORD, "email": "not an address"},
        {"office": "emperor"},
    ):
        with pytest.raises(Refused):
            service.create_person(world.organisation, "某人", actor=BY, at=world.now, **more)
    assert (models.Person.objects.count(), get_user_model().objects.count()) == (people, accounts)


def test_an_asset_has_attributes_that_the_plan_knows(world: World) -> None:
    with pytest.raises(Refused):
        service.create_asset(world.root, "系统", "office@A", {"asset.colour": "red"}, actor=BY, at=world.now)
    with pytest.raises(Refused):
        service.create_asset(world.root, "系统", "office@Z", {}, actor=BY, at=world.now)
    service.create_asset(world.root, "系统", "office@A", {}, actor=BY, at=world.now)
    with pytest.raises(Refused) as refused:
        service.create_asset(world.root, "系统", "office@A", {}, actor=BY, at=world.now)
    assert refused.value.problem.code == "taken"


def test_every_change_of_the_directory_is_in_the_ledger(world: World) -> None:
    types = {row.type for row in ledger.entries(world.root, "administration")}
    assert {"organisation_created", "unit_created", "external_created", "person_created", "appointed"} <= types
    assert ledger.verify(world.root, "administration").ok
