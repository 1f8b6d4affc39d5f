"""The list of cases, one case, its panels, the plan behind the citations, and the component page."""

import re

import pytest

from tests.world import World


@pytest.fixture
def case(world: World):
    return world.open("owner", title="许可系统遭勒索加密")


def test_the_desk_says_how_things_stand_and_what_comes_first(world, case, at_the_page):
    page = at_the_page("owner").get("/").content.decode()
    assert "1 起事件在办" in page
    first = page.split('class="first"')[1].split("</div>")[0]
    assert "研判事件等级" in first or "先期处置" in first
    assert "立即" in first
    assert 'class="cite"' in first
    assert page.count("btn go") + page.count("btn sm go") == 1


def test_filters_stand_in_the_address_and_an_empty_result_says_how_to_clear_them(world, case, at_the_page):
    client = at_the_page("owner")
    assert "许可系统遭勒索加密" in client.get("/cases/?q=勒索").content.decode()
    page = client.get("/cases/?q=没有这样的").content.decode()
    assert "没有符合条件的事件" in page
    assert "清除筛选" in page
    assert 'value="没有这样的"' in page


def test_the_list_goes_on_from_the_last_row(world, at_the_page):
    for number in range(60):
        world.open("owner", title=f"事件{number:03}")
    client = at_the_page("owner")
    page = client.get("/cases/").content.decode()
    seen = set(re.findall(r"事件\d{3}", page))
    more = re.search(r'rel="next" href="([^"]+)"', page)
    assert more
    while more:
        page = client.get(more[1].replace("&amp;", "&")).content.decode()
        found = set(re.findall(r"事件\d{3}", page))
        assert not found & seen
        seen |= found
        more = re.search(r'rel="next" href="([^"]+)"', page)
    assert len(seen) == 60


def test_absent_and_forbidden_look_the_same(world, case, at_the_page):
    absent = at_the_page("owner").get("/cases/JS-1999-0001/")
    forbidden = at_the_page("nobody").get(f"/cases/{case.number}/")
    assert absent.status_code == forbidden.status_code == 404
    for answer in (absent, forbidden):
        assert "没有这一页" in answer.content.decode()
        assert "你的席位看不到它" in answer.content.decode()


def test_panels_come_only_when_they_changed(world, case, clock, at_the_page):
    client = at_the_page("owner")
    page = client.get(f"/cases/{case.number}/").content.decode()
    address = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    answer = client.get(address)
    assert answer.status_code == 204
    assert answer["Fengsui-Now"]

    world.at("+1min").submit("owner", case, "state", facts={"shutdown": "yes"})
    clock(world)
    answer = client.get(address)
    assert answer.status_code == 200
    panels = re.findall(r'id="(p-\w+)" hx-swap-oob="true"', answer.content.decode())
    assert {"p-facts", "p-timeline"} <= set(panels)
    assert "p-tasks" not in panels
    assert 'id="live"' in answer.content.decode()


def test_a_citation_leads_to_the_clause_in_its_plan_without_script(world, case, at_the_page):
    client = at_the_page("owner")
    page = client.get(f"/cases/{case.number}/").content.decode()
    href = re.search(r'class="cite" href="(/plans/[^"]+)#([^"]+)"', page)
    plan = client.get(href[1])
    assert plan.status_code == 200
    assert f'id="{href[2]}"' in plan.content.decode()
    assert client.get("/plans/chongqing-finance-regulator/9.9.9/").status_code == 404


def test_no_page_carries_script_or_style_inside_its_text(world, case, at_the_page):
    client = at_the_page("owner")
    addresses = ["/", "/cases/", f"/cases/{case.number}/", "/report/", "/me/", f"/cases/{case.number}/act/state/"]
    for address in addresses:
        page = client.get(address).content.decode()
        assert not re.search(r"\sstyle=", page), address
        assert not re.search(r"\son\w+=", page), address
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page), address


def test_the_component_page_is_for_developers_and_shows_a_plan_without_levels(world, at_the_page, django_user_model):
    client = at_the_page("owner")
    assert client.get("/dev/components/").status_code == 404
    client.force_login(django_user_model.objects.create_user("maker", is_staff=True))
    page = client.get("/dev/components/").content.decode()
    without = page.split('id="without-levels"')[1].split("</section>")[0]
    assert without.count("<li") == 6
    assert "定级" not in without.split("<ol")[1]
    assert "lv " not in without
