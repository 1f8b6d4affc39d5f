"""The pages of a plan: its readings asked, shown with what they would change, decided by whom the plan says."""

import re

import pytest
from playwright.sync_api import expect

PARAMS = "/plans/demo-linjiang/1.0.0/params/"


@pytest.mark.parametrize("face", ["page", "phone"])
def test_a_reading_is_decided_after_its_effect_was_shown(face, request, sign_in, troubles):
    troubles.expect("422")
    page = request.getfixturevalue(face)
    sign_in(page, "zhuren")
    page.goto(PARAMS)
    page.get_by_role("link", name="较大事件由谁调查").click()
    expect(page.locator(".beside > div")).to_have_count(2)
    expect(page.get_by_role("button", name="定下")).to_have_count(0)
    option = "事发处室自行调查" if face == "page" else "应急办组织调查"
    page.locator(".pick label", has_text=option).click()
    page.get_by_role("button", name="看影响").click()
    expect(page.locator("#effect")).to_contain_text(option)
    expect(page.locator("#effect del").first).to_be_visible() if face == "page" else None
    expect(page.locator("#effect")).to_contain_text("仍按立案时的解读")
    page.get_by_role("button", name="定下").click()
    expect(page.locator(".errs")).to_contain_text("写明理由")
    page.get_by_label("理由").fill("局务会研究确定")
    page.get_by_role("button", name="定下").click()
    expect(page).to_have_url(re.compile(r"/params/(#effect)?$"))
    expect(page.locator(".receipts")).to_contain_text("已定")
    row = page.locator(".questions li", has_text="较大事件由谁调查")
    expect(row).to_contain_text(option)
    expect(row).to_contain_text("局务会研究确定")


def test_who_may_not_decide_is_told_who_may(page, sign_in):
    sign_in(page, "yunxing")
    page.goto(f"{PARAMS}investigation_owner/")
    expect(page.get_by_role("button", name="看影响")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("有权者")


def test_a_value_that_does_not_fit_is_told_with_what_would(page, sign_in):
    sign_in(page, "zhuren")
    page.goto(f"{PARAMS}daily_hour/")
    page.get_by_label("定为").fill("傍晚")
    page.get_by_label("理由").fill("报送平台六点关")
    page.get_by_role("button", name="看影响").click()
    expect(page.locator(".errs")).to_contain_text("傍晚")
    expect(page.get_by_label("理由")).to_have_value("报送平台六点关")
