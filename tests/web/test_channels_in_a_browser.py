"""Channels and the roll call by hand in a browser: set up, tried, put in one's own order; called, answered, seen."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.browser import PHONE
from tests.web.test_walk import narrow_enough


def sound(page: Page) -> None:
    assert violations(page) == [] and narrow_enough(page)


def test_a_channel_is_set_up_tried_and_taken_into_ones_own_order(site, new_page, phone, sign_in, troubles):
    troubles.expect("status of 422")
    page = new_page()
    sign_in(page, "xitong")
    page.goto("/admin/channels/")
    page.get_by_role("link", name="Bark 手机推送").click()
    form = page.locator("#f-create")
    form.get_by_label("服务地址").fill("http://127.0.0.1:9")
    form.get_by_role("button", name="建立通道").click()
    expect(page.locator("#errors")).to_contain_text("内部地址")
    sound(page)
    form.get_by_label("服务地址").fill("http://localhost:9")
    form.get_by_label("名称").fill("手机推送")
    form.get_by_role("button", name="建立通道").click()
    row = page.locator(".rows li", has_text="手机推送")
    expect(row).to_contain_text("还没有发过")
    row.get_by_role("link", name="更改、试发").click()
    sound(page)
    page.locator("#f-try").get_by_label("发到").fill("devicekey1")
    page.locator("#f-try").get_by_role("button", name="试发").click()
    expect(page.locator("#outcome")).to_contain_text("是内部地址，通道不能到")
    sound(page)
    page.goto("/admin/channels/email/")
    page.locator("#f-try").get_by_label("发到").fill("zhiban@example.org")
    page.locator("#f-try").get_by_role("button", name="试发").click()
    expect(page.locator("#outcome")).to_contain_text("对方收下了")

    sign_in(phone, "zhiban")
    phone.goto("/me/")
    phone.get_by_role("link", name="我的通道").click()
    form = phone.locator("#f-add")
    form.get_by_label("通道", exact=True).select_option(label="手机推送")
    form.get_by_label("个人地址").fill("devicekey1")
    form.get_by_role("button", name="保存").click()
    row = phone.locator(".rows li", has_text="手机推送")
    expect(row).to_contain_text("dev•••y1")
    expect(row).to_contain_text("未试过")
    row.get_by_role("button", name="试发").click()
    expect(phone.locator("#outcome")).to_contain_text("是内部地址")
    sound(phone)
    quiet = phone.locator("#f-quiet")
    quiet.get_by_label("起").fill("22:00")
    quiet.get_by_label("止").fill("07:00")
    quiet.get_by_role("button", name="保存").click()
    expect(phone.locator("#f-quiet").get_by_label("起")).to_have_value("22:00")


def test_a_roll_call_is_answered_by_one_button_and_its_results_are_seen(site, new_page, sign_in, troubles):
    begins = site.begins.replace(day=1) + timedelta(days=32)
    site.set_clock(begins.replace(day=1, hour=2, minute=30))  # half past ten in the morning of the first
    site.work()
    phone = new_page(viewport=PHONE, is_mobile=True, has_touch=True)
    sign_in(phone, "zhiban")
    phone.goto("/me/")
    expect(phone.locator("#p-called")).to_contain_text("截止")
    sound(phone)
    phone.get_by_role("button", name="到", exact=True).click()
    expect(phone.locator("[data-toast]").first).to_contain_text("已应答点名")
    expect(phone.locator("#p-called")).to_have_count(0)
    page = new_page()
    sign_in(page, "xitong")
    page.goto("/admin/rollcall/")
    expect(page.locator("main tbody tr", has_text=re.compile(r"1 / \d")).first).to_be_visible()
    sound(page)
    page.goto("/admin/attempts/")
    expect(page.locator("main .rows > li", has_text="点名").first).to_be_visible()
    page.locator("main .rows details > summary").first.click()
    sound(page)
