"""What the organisation adds to its plan stands beside the plan, for whoever reads the plan."""

import pytest

from fengsui.library import service as library
from tests.world import BY, World

PLAN = "/plans/chongqing-finance-regulator/{}/"
OWN = """\
language: 1
for: chongqing-finance-regulator
readings: {summary_filing: inside}
duties:
  incident:
    - {id: own_call, on: opened, owes: 电话告知办公室, by: owner, to: bureau_office, within: 15min, clause: own:局办}
"""


@pytest.fixture
def plan(world: World) -> str:
    """The address of the plan that the world carries out, with additions published."""
    library.draft_overlay(world.root, world.root, OWN, actor=BY, at=world.now)
    library.publish_overlay(world.root, world.root, actor=BY, at=world.now)
    return PLAN.format(library.shipped("chongqing-finance-regulator")["pack.yaml"].split("version: ")[1].split()[0])


def test_every_reader_of_the_plan_is_led_to_what_is_added_and_on_which_ground(world: World, plan, at_the_page):
    client = at_the_page("owner")
    assert f'href="{plan}additions/"' in client.get(plan).content.decode()
    page = client.get(f"{plan}additions/").content.decode()
    assert "事件发生处室在15分钟内电话告知办公室" in page
    assert ">局办<" in page
    assert "第 1 版" in page
    decided = page.split("<h2>补定</h2>")[1].split("</section>")[0]
    assert f'href="{plan}source/' in decided
    assert "待定" not in decided


def test_where_nothing_is_added_the_page_says_so(world: World, plan, at_the_page):
    library.withdraw_overlay(world.root, world.root, "并入预案", actor=BY, at=world.now)
    page = at_the_page("owner").get(f"{plan}additions/").content.decode()
    assert "本单位没有补充" in page
    assert "电话告知" not in page


def test_additions_to_a_plan_that_is_not_there_are_not_found(world: World, plan, at_the_page):
    assert at_the_page("owner").get(PLAN.format("9.9.9") + "additions/").status_code == 404
