"""An organisation's own additions on live cases: what is published governs the next case, a case stays on its own."""

from datetime import timedelta

import pytest

from fengsui.cases import models as cases
from fengsui.cases.pages import Receipt
from fengsui.cases.selectors import case_page
from fengsui.library import selectors
from fengsui.library import service as library
from tests.world import BY, World

pytestmark = pytest.mark.django_db
OWN = """\
language: 1
for: chongqing-finance-regulator
duties:
  incident:
    - {{id: own_call, on: opened, owes: 电话告知办公室, by: owner, to: bureau_office, within: {limit}, clause: own:a}}
"""


@pytest.fixture
def world(db: None) -> World:
    return World.build()


def publish(world: World, limit: str) -> str:
    library.draft_overlay(world.root, world.root, OWN.format(limit=limit), actor=BY, at=world.now)
    return library.publish_overlay(world.root, world.root, actor=BY, at=world.now)


def due_after(world: World, case: Receipt) -> list[timedelta]:
    """Return how long after opening the own duty falls due, by the case's rows."""
    rows = cases.Obligation.objects.filter(root=world.root, case=case.case, duty="own_call")
    return [row.due - world.now for row in rows if row.due]


def test_the_next_case_owes_what_was_published_and_a_running_one_does_not(world: World) -> None:
    before = world.open("owner")
    publish(world, "15min")
    first = world.open("owner")
    publish(world, "10min")
    second = world.open("owner")
    assert due_after(world, before) == []
    assert due_after(world, first) == [timedelta(minutes=15)]
    assert due_after(world, second) == [timedelta(minutes=10)]


def test_a_case_goes_on_under_the_overlay_it_was_opened_with(world: World) -> None:
    publish(world, "15min")
    case = world.open("owner")
    library.withdraw_overlay(world.root, world.root, "并入新预案", actor=BY, at=world.now)
    world.at("+5min").submit("owner", case, "report", to=("bureau_office",), reason="电话告知")
    met = cases.Obligation.objects.get(root=world.root, case=case.case, duty="own_call")
    assert met.state == "met"
    assert due_after(world, world.open("owner")) == []


def test_the_page_of_a_case_shows_what_the_organisation_added(world: World) -> None:
    publish(world, "15min")
    case = world.open("owner")
    ref = world.ref("owner", case)
    assert ref is not None
    page = case_page(world.people["owner"], ref, world.now)
    assert "电话告知办公室" in str(page)
    assert selectors.overlays(world.root, world.root)[0].in_force
