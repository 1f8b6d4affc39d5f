"""The pages of a plan and of the regimes beside it: the first look, the way to the text, what changed, what runs."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP
from tests.web import test_walk as walk

SITE = "tests.web.plan_site:build"
PLAN = "/plans/demo-linjiang/1.0.0/"
FACES = walk.FACES | {"english": {"viewport": DESKTOP, "color_scheme": "light", "locale": "en"}}
PAGES = {
    "plan-of-two-versions": PLAN,
    "source-first": f"{PLAN}source/",
    "source-part": f"{PLAN}source/?part=4",
    "health": f"{PLAN}health/",
    "plan-diff": "/plans/demo-linjiang/diff/1.0.0..1.1.0/",
    "regime": "/plans/cac-2025/0.1.0/",
    "regimes": "/regimes/",
}
HEAVY = 200_000


def cell(page: Page, table: str, act: str, column: int):
    return (
        page.locator(".panel", has=page.get_by_role("heading", name=table))
        .locator("tr", has_text=act)
        .locator("td")
        .nth(column)
    )


@pytest.mark.shots
@pytest.mark.parametrize("face", FACES)
def test_every_page_of_plans_and_regimes_is_sound_in_every_face(face, request, new_page, sign_in):
    page = new_page(**FACES[face])
    sign_in(page, "zhuren")
    faults = []
    for name, address in PAGES.items():
        with page.expect_response(lambda answer: answer.request.is_navigation_request()) as told:
            faults += walk.visit(page, address, name, face, request)
        assert told.value.status == 200, address
        if len(told.value.body()) > HEAVY:
            faults.append(f"{address}: {len(told.value.body())} bytes")
    assert not faults, "\n".join(faults)


def test_nothing_scrolls_sideways_at_320_pixels(new_page, sign_in):
    page = new_page(viewport={"width": 320, "height": 640})
    sign_in(page, "zhuren")
    for address in PAGES.values():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address


def test_the_matrix_says_who_may_and_never_leaves_a_cell_blank(page, sign_in):
    sign_in(page, "zhuren")
    page.goto(PLAN)
    expect(page.locator(".stat a").first).to_contain_text("129")
    expect(cell(page, "权责矩阵 · 事件", "结束", 0).locator(".auth span em")).to_have_text(["提", "意", "批"])
    expect(cell(page, "权责矩阵 · 事件", "决策指挥", 0)).to_have_attribute("colspan", "2")
    gap = page.locator(".mx .gap").first
    expect(gap).to_contain_text("原文未授权")
    expect(gap).to_contain_text("没有写由谁提出")
    expect(cell(page, "权责矩阵 · 预警", "发布预警", 0).locator("em")).to_have_text(["外", "记"])
    texts = page.locator(".mx td").all_inner_texts()
    assert all(text.strip() for text in texts)


def test_a_duty_says_its_number_and_whose_it_is(page, sign_in):
    sign_in(page, "zhuren")
    page.goto(PLAN)
    first = page.locator("#d-first_report")
    expect(first).to_contain_text("30分钟")
    expect(first).to_contain_text("原文")
    expect(first.locator(".set i[data-lv]")).to_have_text(["Ⅰ", "Ⅱ", "Ⅲ"])
    inside = page.locator("#d-report_in")
    expect(inside).to_contain_text("立即")
    expect(inside).to_contain_text("15分钟提醒")
    expect(inside.locator(".tag")).to_have_text("补定")
    expect(page.locator("#d-file_away .tag")).to_have_text("未写明")


@pytest.mark.parametrize("face", ["page", "phone"])
def test_a_square_of_the_coverage_leads_to_the_text_and_what_carries_it_out(face, request, sign_in):
    page = request.getfixturevalue(face)
    sign_in(page, "zhuren")
    page.goto(PLAN)
    page.locator(".cov a[title^='4.2.2 ']").first.click()
    expect(page).to_have_url(re.compile(r"source/\?clause=LJ-4-2-2#LJ-4-2-2$"))
    block = page.locator(".gloss", has=page.locator("#LJ-4-2-2"))
    expect(block.locator(".txt u")).to_contain_text("省委网信办首次报告")
    expect(block.locator(".side")).to_contain_text("应急办在30分钟内首次报告")
    page.get_by_role("link", name="下一篇").click()
    expect(page.locator(".gloss").first).to_be_visible()


def test_a_citation_on_a_case_leads_to_the_clause_without_script(browser, site, sign_in):
    context = browser.new_context(base_url=site.url, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    sign_in(page, "zhuren")
    page.locator("a.cite[href*='clause=LJ-']").first.click()
    expect(page.locator(".gloss :target")).to_be_visible()
    context.close()


def test_two_versions_say_what_changed_and_how_heavy_it_is(page, sign_in):
    sign_in(page, "zhuren")
    page.goto(PLAN)
    page.locator("#versions").get_by_role("link", name="与 1.0.0 版对比").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1.0.0 版改为 1.1.0 版")
    expect(page.locator(".say")).to_contain_text("按改动至少应为 2.0.0 版")
    duties = page.locator(".panel", has=page.get_by_role("heading", name="义务"))
    expect(duties.locator("tr", has_text="20分钟").locator(".tag")).to_have_text("改动")
    expect(duties.locator("tr", has_text="second_report").locator(".tag")).to_have_text("新增")


@pytest.mark.parametrize("face", ["page", "phone"])
def test_the_regimes_page_says_which_clock_runs_and_what_only_the_regime_asks(face, request, sign_in):
    page = request.getfixturevalue(face)
    sign_in(page, "zhuren")
    page.goto("/regimes/")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 项制度与预案并行")
    expect(page.locator("#clashes")).to_contain_text("保护工作部门")
    lanes = page.locator("#clocks .lane")
    expect(lanes.nth(1)).to_be_visible()
    expect(lanes.nth(1)).to_contain_text("国家网络安全事件报告管理办法")
    expect(lanes.nth(1).locator("li").first).to_contain_text("首次报告")
    parts = page.locator(".cols.half > .panel")
    expect(parts).to_have_count(2)
    expect(parts.nth(1).get_by_role("heading", name="逐级上报")).to_be_visible()
    parts.nth(1).locator("summary").first.click()
    expect(parts.nth(1).locator("details[open] li").first).to_be_visible()


def test_where_no_regime_runs_the_page_says_what_to_do(page, sign_in, site):
    sign_in(page, "zhuren")
    page.goto("/plans/")
    expect(page.locator("main")).to_contain_text("与预案并行")
    page.goto("/plans/demo-linjiang/1.1.0/")
    expect(page.locator(".say")).to_contain_text("本单位未用")


def test_a_version_that_is_not_there_is_not_found(page, sign_in, troubles):
    troubles.expect("status of 404")
    sign_in(page, "zhuren")
    for address in ("source/", "health/"):
        assert page.goto(f"/plans/demo-linjiang/7.0.0/{address}").status == 404
    assert page.goto("/plans/demo-linjiang/diff/1.0.0..7.0.0/").status == 404
