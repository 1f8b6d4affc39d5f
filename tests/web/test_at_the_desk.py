"""A night at the duty desk of the demo: countdowns, keys, citations, drafts, a lost connection, the next click."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.hands import fill


@pytest.fixture
def desk(page, sign_in):
    """The duty officer's desk."""
    sign_in(page, "zhiban")
    return page


def test_the_next_click_is_obvious_and_leads_to_the_report_that_is_due(desk):
    first = desk.locator(".first")
    expect(first).to_contain_text("首次报告")
    expect(first.locator(".cd")).to_contain_text(re.compile(r"(0\d|1[0-2]):\d\d"))
    expect(first.locator("a.cite").first).to_be_visible()
    assert desk.locator(".btn.go").count() == 1
    first.locator(".btn.go").click()
    expect(desk).to_have_url(re.compile(r"/act/report/"))
    expect(desk.locator("[name=to]:checked")).to_have_count(1)


def test_a_countdown_runs_by_the_servers_time_and_turns_overdue_by_itself(page, sign_in):
    page.clock.install()
    sign_in(page, "zhiban")
    row = page.locator("#p-obligations li", has_text="首次报告").first
    expect(row).to_have_attribute("data-s", "soon")
    page.clock.fast_forward(20 * 60 * 1000)
    page.clock.run_for(1500)
    expect(row).to_have_attribute("data-s", "late")
    expect(row.locator(".cd small")).to_have_text("逾期")
    expect(page).to_have_title(re.compile("^逾期 "))


def test_the_desk_is_worked_by_keys_alone(desk):
    desk.keyboard.press("j")
    expect(desk.locator("li.here")).to_have_count(1)
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    desk.keyboard.press("?")
    expect(desk.locator("dialog.keys")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog.keys")).to_have_count(0)
    desk.keyboard.press("g")
    desk.keyboard.press("c")
    expect(desk).to_have_url(re.compile(r"/cases/$"))
    desk.keyboard.press("/")
    expect(desk.locator("#q")).to_be_focused()
    desk.keyboard.type("jn")
    expect(desk.locator("#q")).to_have_value("jn")
    desk.keyboard.press("Tab")
    desk.locator("h1").click()
    desk.keyboard.press("n")
    expect(desk).to_have_url(re.compile(r"/report/"))


def test_a_citation_opens_where_it_stands_and_gives_the_focus_back(desk):
    cite = desk.locator("#p-obligations a.cite").first
    cite.focus()
    desk.keyboard.press("Enter")
    pop = desk.get_by_role("dialog")
    expect(pop).to_be_visible()
    expect(pop).to_contain_text("出处")
    expect(pop.get_by_role("link", name="在预案中打开")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(pop).to_have_count(0)
    expect(cite).to_be_focused()


def test_a_draft_is_offered_again_and_never_sent(desk):
    desk.goto("/report/")
    fill(desk, {"title": "写到一半", "note": "断断续续"})
    expect(desk.locator("[data-draft-note]")).to_contain_text("草稿已存")
    desk.goto("/")
    desk.goto("/report/")
    expect(desk.locator("[name=title]")).to_have_value("")
    desk.get_by_role("button", name="接着填").click()
    expect(desk.locator("[name=title]")).to_have_value("写到一半")
    expect(desk.locator("[name=note]")).to_have_value("断断续续")
    assert desk.url.endswith("/report/")


def test_what_was_taken_is_not_offered_again_and_what_was_refused_is(desk, troubles):
    troubles.expect("422")
    desk.goto("/report/")
    fill(desk, {"title": "门户打不开", "note": "值班电话报来", "rest_none": "1"})
    expect(desk.locator("[data-draft-note]")).to_contain_text("草稿已存")
    desk.locator("#submit").click()
    expect(desk.locator("#errors")).to_contain_text("选事件发生单位")
    assert desk.evaluate("Object.keys(localStorage).filter(each => each.startsWith('fengsui.draft.')).length") == 1
    desk.locator("[name=owner]").select_option(index=1)
    desk.locator("#submit:visible, .dock .go:visible").first.click()
    expect(desk.locator("#receipts")).to_contain_text("已报告")
    assert desk.evaluate("Object.keys(localStorage).filter(each => each.startsWith('fengsui.draft.'))") == []
    desk.goto("/report/")
    expect(desk.locator("[name=title]")).to_have_value("")
    expect(desk.locator("[data-draft-offer]")).to_be_hidden()


def test_a_line_that_is_gone_is_said_on_a_page_that_asks_nothing_too(desk):
    desk.goto("/me/")
    expect(desk.locator("#live")).to_have_count(0)
    desk.context.set_offline(True)
    expect(desk.locator("#strip")).to_contain_text("读秒仍准")
    desk.context.set_offline(False)
    expect(desk.locator("#strip")).to_be_hidden()


def test_a_lost_connection_is_said_and_the_countdown_goes_on(desk, troubles):
    troubles.expect("ERR_INTERNET_DISCONNECTED|Failed to load|afterRequest|htmx:sendError")
    strip = desk.locator("#strip")
    desk.context.set_offline(True)
    for _poll in range(2):
        with desk.expect_event("requestfailed"):
            desk.evaluate("htmx.trigger(document.body, 'fs:poll')")
        desk.wait_for_timeout(100)
    expect(strip).to_be_visible()
    expect(strip).to_contain_text("读秒仍准")
    before = desk.locator(".first .cd").inner_text()
    expect(desk.locator(".first .cd")).not_to_have_text(before)
    desk.context.set_offline(False)
    desk.evaluate("htmx.trigger(document.body, 'fs:poll')")
    expect(strip).to_be_hidden()


def test_the_phone_shows_the_most_pressing_row_and_its_button_on_one_screen(phone, sign_in):
    sign_in(phone, "zhiban")
    box = phone.locator(".first .btn.go").bounding_box()
    assert box and box["y"] + box["height"] < 844 - 60
    assert box["height"] >= 44
    expect(phone.locator("nav.tabs")).to_be_visible()
    assert phone.locator("nav.tabs a").count() == 5


def test_the_desk_speaks_english_and_leaves_no_chinese_in_its_frame(desk):
    desk.locator(".who summary").click()
    desk.get_by_role("button", name="English").click()
    expect(desk.locator("nav[aria-label='Main navigation']")).to_contain_text("Duty desk")
    frame = desk.locator("header.bar nav, .foot, .panel > header h2").all_inner_texts()
    assert not re.search(r"[\u4e00-\u9fff]", " ".join(frame))


def test_values_are_taken_as_people_write_them_and_a_wrong_one_is_told_at_once(desk):
    desk.goto("/report/")
    preview = desk.locator("#preview")
    fill(desk, {"f.loss": "500万元", "f.districts": "30", "f.people": "很多人"})
    expect(preview.locator(".emsg")).to_have_count(1)
    expect(preview.locator(".emsg")).to_contain_text("很多人")
    fill(desk, {"f.people": "52万人"})
    expect(preview.locator(".emsg")).to_have_count(0)
    expect(preview.locator(".verdict").first).to_contain_text("重大")
