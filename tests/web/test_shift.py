"""A leader's cards, the hand-over of a case, views of the list, and the guide of the demo; in the demo, both widths."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE
from tests.web.hands import fill
from tests.web.test_walk import FACES, narrow_enough, visit

CARD = "article.appr"
WALKED = {"approvals": "/approvals/", "handover": "{case}handover/", "cases-filtered": "/cases/?level=III"}


def tonight(page: Page) -> str:
    """The address of tonight's case."""
    page.goto("/cases/?q=核心数据库")
    return page.locator("tbody a").first.get_attribute("href") or ""


@pytest.mark.shots
@pytest.mark.parametrize("face", FACES)
def test_the_pages_of_a_shift_are_sound_in_every_face(face, request, new_page, sign_in):
    page = new_page(**FACES[face])
    sign_in(page, "zuzhang")
    case, faults = tonight(page), []
    for name, address in WALKED.items():
        faults += visit(page, address.format(case=case), name, face, request)
    assert not faults, "\n".join(faults)


def test_a_card_shows_change_chain_text_and_consequences_above_its_buttons(phone, sign_in):
    sign_in(phone, "zuzhang")
    phone.goto("/approvals/")
    card = phone.locator(CARD)
    expect(card).to_have_count(1)
    order = [card.locator(each).first.bounding_box()["y"] for each in ("h3 .lv.nd", ".auth", ".quote", ".then")]
    buttons = card.locator("footer .btn").first.bounding_box()
    assert order == sorted(order) and buttons["y"] > order[-1] and buttons["height"] >= 44
    assert buttons["y"] + buttons["height"] < 844 - 60
    expect(card.locator("h3")).to_contain_text(re.compile("Ⅲ.*较大.*→.*拟.*Ⅱ.*重大", re.S))
    expect(card.locator("footer")).to_contain_text(re.compile(r"内容\s+[0-9a-f]{8}"))
    assert phone.locator(".btn.go:visible").count() == 1


def test_who_may_not_decide_sees_that_he_may_not_and_what_he_can_do(page, sign_in):
    sign_in(page, "zhiban")
    page.goto("/approvals/")
    expect(page.locator("h1")).to_contain_text("没有等你决定的事")
    page.goto(tonight(page))
    card = page.locator(f"#p-approvals {CARD}")
    expect(card).to_contain_text("你没有这一环的权限")
    assert not card.get_by_role("link", name="批准", exact=True).count()
    card.get_by_role("link", name="登记口头意见").click()
    expect(page.locator("[name=by_word]")).to_be_checked()
    page.go_back()
    card.get_by_role("link", name="催批").click()
    assert "领导小组" in page.locator("#i-target option:checked").inner_text()
    page.locator("#submit").click()
    expect(page.locator("[data-toast]").first).to_contain_text("催办")


def test_a_shift_hands_over_and_the_next_acknowledges(new_page, sign_in):
    leaving, coming = new_page(viewport=DESKTOP), new_page(viewport=PHONE)
    sign_in(leaving, "zhiban")
    address = f"{tonight(leaving)}handover/"
    leaving.goto(address)
    for part in ("#h-due .obs li", "#h-waits .wait", "#h-running li", "#h-unknown li", "#h-said li", "#h-people li"):
        assert leaving.locator(part).count(), part
    fill(leaving, {"note": "备份介质在三楼机房，钥匙已交"})
    leaving.locator("#act #submit").click()
    expect(leaving.locator("#handed")).to_contain_text("未签收")
    assert not leaving.get_by_role("link", name="接班签收").count()
    sign_in(coming, "zhuren")
    coming.goto(address)
    expect(coming.locator("#handed")).to_contain_text("钥匙已交")
    coming.get_by_role("link", name="接班签收").click()
    coming.locator("#act #submit").click()
    expect(coming.locator("#handed .ok")).to_contain_text("应急办")
    expect(coming).to_have_url(re.compile("/handover/$"))


def test_a_view_of_the_list_is_kept_made_the_default_and_forgotten(page, sign_in):
    sign_in(page, "yunxing")
    page.goto("/cases/")
    page.select_option("#level", "III")
    page.get_by_role("button", name="筛选").click()
    expect(page).to_have_url(re.compile("level=III"))
    page.get_by_text("存为视图").click()
    page.fill("#view-name", "较大以上")
    page.locator("label", has_text="打开列表先看它").click()
    page.get_by_role("button", name="保存").click()
    page.goto("/cases/")
    expect(page).to_have_url(re.compile("level=III"))
    expect(page.locator(".views [aria-current]")).to_contain_text("较大以上")
    page.get_by_role("button", name="删除视图").click()
    page.goto("/cases/")
    expect(page).to_have_url(re.compile(r"/cases/$"))


def test_an_incident_is_reported_on_the_phone_in_eight_taps_and_one_more_shows_why(phone, sign_in):
    sign_in(phone, "dating")
    taps = 0

    def tap(selector: str) -> None:
        nonlocal taps
        taps += 1
        phone.locator(selector).first.click()

    def field(selector: str, value: str) -> None:
        nonlocal taps
        taps += 1
        box = phone.locator(selector)
        box.select_option(index=int(value)) if box.evaluate("e => e.tagName") == "SELECT" else box.fill(value)

    tap("nav.tabs a.go")
    field("#title", "网上办事大厅打不开")
    field("#asset", "1")
    tap('label:has([name="f.class"][value="equipment"])')
    tap('label:has([name="f.scenario"][value="none"])')
    tap('label:has([name="f.function_lost"][value="yes"])')
    field('[name="f.people"]', "20万")
    expect(phone.locator("#preview .verdict").first).to_contain_text("较大")
    assert taps <= 8
    expect(phone.locator(".dock .lv, .dock .l")).not_to_have_count(0)
    phone.locator(".dock a", has_text="看依据").click()
    expect(phone.locator('#why .why li.hit[data-lv="3"]').first).to_be_in_viewport()
    expect(phone.locator("#why .why li.hit").first.locator("a.cite").first).to_be_visible()
    phone.locator(".dock .btn.go").click()
    expect(phone).to_have_url(re.compile(r"/cases/[^/]+/(#why)?$"))


def test_the_plan_and_the_measures_stand_side_by_side_and_what_is_done_is_folded(page, sign_in):
    sign_in(page, "zhiban")
    page.goto(tonight(page))
    expect(page.locator("#levels")).to_contain_text("按本预案")
    expect(page.locator("#levels")).to_contain_text("国家网络安全事件报告管理办法")
    done = page.locator("#p-obligations details")
    expect(done.locator("summary")).to_contain_text("已了")
    expect(done.locator("li").first).to_be_hidden()
    assert page.locator("#p-timeline > .tl > li").count() == 8
    expect(page.locator("#p-timeline details")).to_contain_text("更早的")


def test_what_another_did_first_is_told_on_the_card(site, new_page, sign_in, troubles):
    """Last of the stories: it decides the card."""
    troubles.expect("status of 409|status of 422")
    first, second = new_page(viewport=PHONE), new_page(viewport=PHONE)
    sign_in(first, "zuzhang")
    sign_in(second, "fuzuzhang")
    for page in (first, second):
        page.goto("/approvals/")
        expect(page.locator(CARD)).to_have_count(1)
    first.locator(CARD).get_by_role("button", name="批准").click()
    expect(first).to_have_url(re.compile("/approvals/$"))
    expect(first.locator("[data-toast]").first).to_be_visible()
    expect(first.locator("h1")).to_contain_text("没有等你决定的事")
    second.locator(CARD).get_by_role("button", name="批准").click()
    expect(second.locator("#refusal")).to_contain_text("别人先做了")
    expect(second.locator("#refusal")).to_contain_text("领导小组")


def test_the_guide_and_the_sign_in_cards_are_there_in_a_demo_only(site, new_page, phone):
    phone.goto("/sign-in/")
    assert not phone.locator("#cards").count()
    people = [{"role": role, "username": name, "password": site.people[name]} for role, name in site.roles.items()]
    (site.data / "demo.json").write_text(json.dumps(people), encoding="utf-8")
    phone.goto("/sign-in/")
    assert violations(phone) == []
    phone.get_by_role("button", name="以应急办值班员进来").click()
    expect(phone).to_have_url(re.compile(r"/$"))
    strip = phone.locator("nav.tour")
    assert strip.locator("li").count() == 5 and narrow_enough(phone) and violations(phone) == []
    for step in strip.locator("a").evaluate_all("all => all.map(each => each.getAttribute('href'))"):
        assert phone.goto(step).status == 200
    phone.get_by_role("button", name="收起导览").click()
    expect(strip).to_have_count(0)
    (site.data / "demo.json").unlink()
