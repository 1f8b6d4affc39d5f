"""One case of a province climbs to the national office in the browser, by eight different people, at both widths.

事发单位 → 省专项组 → 省应急办 → 省领导小组 → 总局专项组、总局应急办 → 总局领导小组 → 国家应急办. While the province
waits for headquarters the page says who waits for whom since when; the sister province finds no such case.
"""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP, PHONE
from tests.web.hands import Room, fill
from tests.web.test_walk import shoot

SITE = "tests.web.worlds:build_s0"
SITE_AT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
REPORT = dict.fromkeys(
    "unit found category systems interruption equipment data social measures evidence".split(),  # noqa: SIM905
    "1",
)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["1440", "390"])
def room(request, new_page, sign_in):
    return Room(new_page, sign_in, viewport=request.param)


def opened(room: Room) -> str:
    """The unit reports; whose case it is, and of which tier, is nowhere to be typed."""
    page = room.page("unit")
    page.goto("/report/")
    assert not page.locator('[name="owner"], [name="f.site.tier"], [name="tier"]').count()
    fill(page, {"title": "征管系统全省中断", "note": "值班员判断"})
    page.locator("#submit:visible, .dock .go:visible").first.click()
    page.wait_for_url("**/cases/*/")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def readable(page: Page) -> None:
    """Nothing stands out of the page, and the parts a person looks for are there."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for part in ("#p-head h1", "#p-obligations", "#p-next", "#p-timeline"):
        expect(page.locator(part)).to_be_visible()


def keep(page: Page, request: pytest.FixtureRequest, name: str) -> None:
    """Keeps pictures of the page in both themes, where pictures are wanted."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    for theme in ("light", "dark") if request.config.getoption("--shots") else ():
        page.emulate_media(color_scheme=theme)
        shoot(page, request.config.getoption("--shots"), f"{width}-{theme}", name)


@pytest.mark.shots
def test_a_case_climbs_from_the_unit_to_the_national_office(request, room, site, troubles):
    troubles.expect("status of 404")
    number = opened(room)
    answers = {f"u.{name}": value for name, value in REPORT.items()}
    room.do("unit", number, "report", {"to": ["prov_office"], **answers}, duty="report_up")
    room.do("psg", number, "assess", {"value": "I", "reason": "数据大量破坏"})
    room.do("psg", number, "report", {"to": ["prov_office"]})
    room.do("peo", number, "assess", {"value": "I", "reason": "会商一致", "documents": ["prov_office_meeting"]})
    room.do("peo", number, "report", {"to": ["prov_leading_group"]})

    for stranger in ("peo2", "eo", "lg"):
        assert room.page(stranger).goto(f"/cases/{number}/").status == 404
        room.page(stranger).goto("/cases/")
        expect(room.page(stranger).locator("main")).not_to_contain_text(number)

    room.do("plg", number, "assess", {"value": "I", "reason": "研究一致", "documents": ["prov_group_meeting"]})
    room.do("plg", number, "report", {"to": ["hq_office"]})
    site.advance(hours=6)

    for who in ("unit", "plg", "eo"):
        page = room.case(who, number)
        waiting = page.locator("#p-waits .wait", has_text="决定是否启动")
        expect(waiting).to_contain_text("省局网信领导小组")
        expect(waiting).to_contain_text("总局应急办")
        expect(waiting).to_contain_text("已 6 小时")
        expect(waiting.locator("a.cite").first).to_be_visible()
        readable(page)
    keep(room.case("plg", number), request, "s0-waits-for-headquarters")
    assert room.page("peo2").goto(f"/cases/{number}/").status == 404
    room.page("hq_duty").goto("/cases/")
    outline = room.page("hq_duty").locator("main")
    expect(outline).to_contain_text(number)
    expect(outline).not_to_contain_text("征管系统全省中断")
    assert room.page("hq_duty").goto(f"/cases/{number}/").status == 404

    room.do("sg", number, "report", {"to": ["hq_office"], "note": "审核一致"})
    room.do("eo", number, "assess", {"value": "I", "reason": "会商", "documents": ["hq_office_meeting"]})
    room.do("eo", number, "report", {"to": ["hq_leading_group"]})
    expect(room.case("plg", number).locator("#p-waits")).not_to_contain_text("决定是否启动")
    room.do("lg", number, "assess", {"value": "I", "reason": "拟定特别重大", "documents": ["hq_group_meeting"]})
    room.do("lg", number, "confirm", {"value": "I", "reason": "拟定特别重大"})
    room.do("lg", number, "activate", {})
    room.do("lg", number, "report", {"to": ["national_office"]})

    page = room.case("unit", number)
    expect(page.locator("#p-timeline")).to_contain_text("国家网络安全应急办")
    expect(page.locator("#p-timeline .ok").first).to_contain_text("链完整")
    expect(page.locator(".steps [aria-current=step]")).to_contain_text("响应")
    readable(page)
    keep(page, request, "s0-at-the-national-office")
