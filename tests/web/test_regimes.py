"""A regime on the pages: its grade and duties on the case, its report form, and putting it beside the plan."""

from pathlib import Path

import pytest

from fengsui.core import loader
from fengsui.directory import service as directory
from fengsui.library import service as library
from tests.cast import PASSWORD
from tests.world import BY, World

ID = "report-regime"
FOLDER = Path(__file__).parent.parent / "packs" / "good" / ID
FACTS = {
    f"{ID}:discovered": "2024-01-10 08:50",
    f"{ID}:loss": "600万 CNY",
    f"{ID}:portal_down": "0min",
    f"{ID}:people": "0",
    "asset.cii": "yes",
}


@pytest.fixture
def installed(world: World) -> World:
    library.install(world.root, dict(loader.texts_of(FOLDER)), actor=BY, at=world.now)
    name = f"{world.root[-6:]}-author"
    world.people["author"] = directory.create_person(
        world.organisation,
        "预案管理员",
        username=name,
        password=PASSWORD,
        email="author@example.invalid",
        office="plan_author",
        actor=BY,
        at=world.now,
    )
    return world


def test_the_author_puts_a_regime_beside_the_plan_and_takes_it_away_with_a_reason(installed, at_the_page):
    client = at_the_page("author")
    page = client.get("/plans/").content.decode()
    assert "事件报告制度样例" in page and "与预案并行" in page
    address = f"/plans/{ID}/0.1.0/beside/"
    assert client.post(address, {"do": "adopt"}).status_code == 302
    assert "停止并行" in client.get("/plans/").content.decode()
    refused = client.post(address, {"do": "drop", "reason": ""})
    assert refused.status_code == 422 and "理由" in refused.content.decode()
    assert client.post(address, {"do": "drop", "reason": "改由上级代报"}).status_code == 302
    assert "停止并行" not in client.get("/plans/").content.decode()


def test_who_is_not_the_author_finds_no_such_button(installed, at_the_page):
    client = at_the_page("owner")
    assert 'value="adopt"' not in client.get("/plans/").content.decode()
    assert client.post(f"/plans/{ID}/0.1.0/beside/", {"do": "adopt"}).status_code == 422


def test_a_case_shows_both_grades_and_reports_by_the_regimes_form(installed, at_the_page, clock):
    at_the_page("author").post(f"/plans/{ID}/0.1.0/beside/", {"do": "adopt"})
    case = installed.open("owner", facts=FACTS)
    client = at_the_page("owner")
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "<b>事件报告制度样例</b>" in page
    assert "按同一事实，用这项制度自己的级别" in page
    # R1, and R5 while nobody knows whether a crime is suspected
    assert page.count('<span class="tag" title="事件报告制度样例">并行制度</span>') == 2
    form = client.get(f"/cases/{case.number}/act/report/?duty={ID}:R1").content.decode()
    assert 'name="o.unit"' in form and 'name="o.impact"' in form
    assert 'name="o.found"' not in form  # known from the facts
