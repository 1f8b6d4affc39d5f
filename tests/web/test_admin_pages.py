"""The pages of administration in a browser: sound in every face, and one story from nobody to a sign-in with a post."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.web.test_walk import FACES, NARROW, narrow_enough, visit

PAGES = {
    "xitong": (
        *("", "organisations/", "posts/", "people/", "assets/", "packs/"),
        *("channels/", "channels/?kind=sms", "channels/email/", "attempts/", "rollcall/"),
    ),
    "anquan": ("posts/", "delegations/", "locked/", "ledger/?check=1", "tokens/"),
    "yuan": ("overlay/", "calendar/?year=2026", "ladder/", "settings/"),
}
SINGLE = {
    "person": ("people/", "people"),
    "organisation": ("organisations/", "organisations"),
    "unit": ("posts/", "units"),
    "asset": ("assets/", "assets"),
}


def first(page: Page, address: str, kind: str) -> str:
    """The address of the first of several things that a page of administration lists."""
    page.goto(f"/admin/{address}")
    return page.locator(f"main a[href*='/admin/{kind}/']:not([href*='.csv'])").first.get_attribute("href") or ""


def addresses(page: Page, who: str) -> dict[str, str]:
    """The pages of administration of an officer, by name: those of one thing are found on the page of many."""
    found = {re.sub(r"\W.*", "", one) or "index": f"/admin/{one}" for one in PAGES[who]}
    return found | {name: first(page, *where) for name, where in (SINGLE if who == "xitong" else {}).items()}


@pytest.mark.shots
@pytest.mark.parametrize("face", FACES)
def test_every_page_of_administration_is_sound_in_every_face(face, request, site, new_page, sign_in, troubles):
    faults = []
    for who in PAGES:
        page = new_page(**FACES[face])
        sign_in(page, who)
        for name, address in addresses(page, who).items():
            faults += visit(page, address, f"admin-{name}", face, request)
    assert not faults, "\n".join(faults)


def test_no_page_of_administration_scrolls_sideways_at_320_pixels(site, new_page, sign_in, troubles):
    wide = []
    for who, named in PAGES.items():
        page = new_page(**NARROW)
        sign_in(page, who)
        for address in named:
            page.goto(f"/admin/{address}")
            if not narrow_enough(page):
                wide.append(address)
    assert not wide


def test_a_person_comes_signs_in_and_is_seated_by_two_officers(site, new_page, phone, sign_in, troubles):
    troubles.expect("status of 422")
    system, fresh = new_page(), new_page()
    sign_in(system, "xitong")
    system.get_by_role("navigation", name="主导航").get_by_role("link", name="管理").click()
    system.get_by_role("link", name="人员", exact=True).click()
    form = system.locator("#f-create")
    form.get_by_label("姓名").fill("借调值班员")
    form.get_by_label("用户名").fill("zhiban")
    form.get_by_role("button", name="建立人员").click()
    expect(system.locator("#errors")).to_contain_text("已经有了")
    expect(form.get_by_label("姓名")).to_have_value("借调值班员")
    assert violations(system) == []
    form.get_by_label("用户名").fill("jiediao")
    form.get_by_role("button", name="建立人员").click()
    once = system.locator("#once").inner_text()

    sign_in(phone, "anquan")
    phone.goto("/me/")
    phone.get_by_role("link", name="管理", exact=True).last.click()
    phone.get_by_role("link", name="机构与岗位").click()
    seat = phone.locator("#f-appoint")
    seat.get_by_label("岗位").select_option(label="应急办值班员")
    option = seat.locator("select[name=person] option", has_text="借调值班员")
    seat.get_by_label("人员").select_option(value=option.get_attribute("value"))
    seat.get_by_role("button", name="任职").click()
    expect(phone.locator("main")).to_contain_text("借调值班员")

    fresh.goto("/sign-in/")
    fresh.fill("input[name=username]", "jiediao")
    fresh.fill("input[name=password]", once)
    fresh.click("main button[type=submit]")
    expect(fresh.get_by_role("heading", name="改口令")).to_be_visible()
    assert violations(fresh) == []
    fresh.get_by_label("现用口令").fill(once)
    fresh.get_by_label("新口令", exact=True).fill("a quiet harbour 52")
    fresh.get_by_label("新口令再写一遍").fill("a quiet harbour 52")
    fresh.get_by_role("button", name="改口令").click()
    expect(fresh).to_have_url(re.compile(r"/$"))


def test_the_plans_author_tries_a_ladder_and_puts_it_in_force(site, phone, sign_in, troubles):
    troubles.expect("status of 422")
    sign_in(phone, "yuan")
    phone.goto("/admin/ladder/")
    expect(phone.locator("#preview")).to_contain_text("出厂的阶梯")
    text = phone.get_by_label("提醒阶梯（ladder.yaml）")
    shipped = text.input_value()
    text.fill(shipped.replace("when: 80%", "when: soonish"))
    phone.get_by_role("button", name="试排").click()
    expect(phone.locator("#errors")).to_contain_text("soonish")
    assert "ladder.yaml:" in phone.locator("#errors").inner_text()
    expect(text).to_have_value(re.compile("soonish"))
    assert violations(phone) == []
    text.fill(shipped.replace("when: 80%", "when: 75%"))
    phone.get_by_role("button", name="试排").click()
    expect(phone.locator("#preview")).to_contain_text("还没有生效")
    expect(phone.locator("#preview")).to_contain_text("第 45 分钟")
    assert violations(phone) == []
    phone.get_by_label("依据").fill("应急办〔2026〕3 号")
    phone.get_by_role("button", name="生效").click()
    expect(phone.locator("#preview")).to_contain_text("本单位的阶梯")
    expect(phone.locator("#preview")).to_contain_text("应急办〔2026〕3 号")
    phone.locator("#f-drop").get_by_label("理由").fill("试用结束")
    phone.get_by_role("button", name="撤回").click()
    expect(phone.locator("#preview")).to_contain_text("出厂的阶梯")
