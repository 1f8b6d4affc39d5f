"""The wall of a province over thirty-six cities, and the pages of the record, in a browser at both widths."""

import json
import re

import pytest
from playwright.sync_api import expect

from fengsui import verify
from tests.support.axe import violations
from tests.web.test_walk import FACES, NARROW, narrow_enough, visit

SITE = "tests.web.worlds:build_province"


def record(page) -> str:
    """The address of the log of the case in the archive."""
    page.goto("/archive/")
    return page.locator("tbody a", has_text="时间线").first.get_attribute("href")


WALKED = {
    "wall": "/wall/",
    "wall-projector": "/wall/?big=1",
    "archived": "/archive/",
    "archive-none": "/archive/?q=nothing",
    "audited": "/audit/",
    "record": "{log}",
    "code-found": "{code}",
}


@pytest.mark.shots
@pytest.mark.parametrize("face", FACES)
def test_the_wall_and_the_pages_of_the_record_are_sound_in_every_face(face, request, new_page, sign_in):
    page = new_page(**FACES[face])
    sign_in(page, "shenji")
    log = record(page)
    page.goto(log)
    code = page.locator("a.hash").first.get_attribute("href")
    faults = []
    for name, address in WALKED.items():
        faults += visit(page, address.format(log=log, code=code), name, face, request)
    assert not faults, "\n".join(faults)


def test_nothing_scrolls_sideways_at_320_pixels(new_page, sign_in):
    page = new_page(**NARROW)
    sign_in(page, "shenji")
    log = record(page)
    wide = []
    for address in ("/wall/", "/wall/?big=1", "/archive/", "/audit/", log, "/v/"):
        page.goto(address)
        if not narrow_enough(page):
            wide.append(address)
    assert not wide


def test_the_wall_says_where_trouble_is_and_nothing_can_be_done_on_it(page, sign_in):
    sign_in(page, "wang")
    page.get_by_role("link", name="态势").click()
    expect(page.locator("#p-say")).to_contain_text("36 个单位中的 4 个")
    expect(page.locator(".tile")).to_have_count(36)
    expect(page.locator(".tile.calm")).to_have_count(31)
    grave, light = page.locator(".tile", has_text="临海"), page.locator(".tile", has_text="海岱")
    assert grave.bounding_box()["width"] > light.bounding_box()["width"] > calm(page)
    expect(grave).to_contain_text("关键业务平台中断")
    expect(grave.locator(".ft")).to_contain_text("逾期")
    expect(light).not_to_contain_text("数据库宕机")
    expect(page.locator(".tile.dr")).to_contain_text("演练")
    expect(page.locator("#p-warnings")).to_contain_text("云川")
    assert page.locator("main form, main button, main .btn").count() == 0


def calm(page) -> float:
    return page.locator(".tile.calm").last.bounding_box()["width"]


def test_the_projector_has_no_bar_and_larger_type(page, sign_in):
    sign_in(page, "wang")
    page.goto("/wall/")
    size = "document.querySelector('.tile > b').computedStyleMap().get('font-size').value"
    before = page.evaluate(size)
    page.get_by_role("link", name="投屏").click()
    expect(page).to_have_url(re.compile(r"\?big=1$"))
    expect(page.locator("header.bar")).to_be_hidden()
    assert page.evaluate(size) > before
    page.get_by_role("link", name="退出投屏").click()
    expect(page.locator("header.bar")).to_be_visible()


def test_the_wall_renews_itself_and_keeps_the_focus(site, page, sign_in):
    sign_in(page, "wang")
    page.goto("/wall/")
    page.get_by_role("link", name="投屏").focus()
    first = page.locator("#p-tiles").inner_text()
    site.advance(minutes=100)
    site.work()
    with page.expect_response(lambda answer: "/p/wall" in answer.url and answer.status == 200):
        page.evaluate("htmx.trigger(document.body, 'fs:poll')")
    expect(page.locator("#p-tiles")).not_to_have_text(first)
    assert page.evaluate("document.activeElement.textContent") == "投屏"


def test_whose_organisation_has_nobody_below_finds_no_wall(page, sign_in, troubles):
    troubles.expect("status of 404")
    sign_in(page, "巴山.chu")
    assert page.get_by_role("link", name="态势").count() == 0
    assert page.goto("/wall/").status == 404


def test_the_log_of_a_case_is_taken_home_and_verified_there(page, sign_in):
    sign_in(page, "巴山.chu")
    page.goto(record(page))
    expect(page.locator("main")).to_contain_text("链完整")
    with page.expect_download() as told:
        page.get_by_role("link", name="导出记录").click()
    text = told.value.path().read_text(encoding="utf-8")
    assert verify.verify(text.splitlines())[0] == []
    assert verify.verify(text.replace("误报", "真的", 1).splitlines())[0]
    assert json.loads(text.splitlines()[0])["number"] in told.value.suggested_filename
    with page.expect_download() as told:
        page.get_by_role("link", name="校验程序").click()
    assert told.value.path().read_bytes().startswith(b"#!/usr/bin/env python3")


def test_a_stranger_types_the_code_of_a_paper_and_learns_that_it_is_genuine(new_page, sign_in, phone, troubles):
    troubles.expect("status of 404")
    inside = new_page()
    sign_in(inside, "巴山.chu")
    inside.goto(record(inside))
    code = inside.locator("a.hash").last.inner_text()
    phone.goto("/v/")
    phone.get_by_label("短码").fill(code)
    phone.locator("main button").click()
    expect(phone.locator("main")).to_contain_text("真实")
    expect(phone.locator("main")).not_to_contain_text("病毒")
    assert violations(phone) == [] and narrow_enough(phone)
    phone.goto("/v/00000000")
    expect(phone.get_by_role("heading", name="查无此码")).to_be_visible()
    assert violations(phone) == []


def test_the_auditor_asks_by_clause_and_person_in_the_address(page, sign_in):
    sign_in(page, "shenji")
    page.goto("/audit/")
    page.get_by_label("条款").fill("4.3.4")
    page.get_by_label("人员").fill("海岱.zhuren")
    page.get_by_role("button", name="筛选").click()
    expect(page).to_have_url(re.compile("clause=4.3.4"))
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody a.cite").first).to_have_text("4.3.4")
    with page.expect_download() as told:
        page.get_by_role("link", name="导出清单").click()
    assert told.value.path().read_text(encoding="utf-8").count("\n") == 3
