"""A report, assessed and confirmed, by two people without a mouse: Tab, arrows, Space, Enter and the page's keys."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.support.site import Site

SITE = "tests.web.worlds:build_s3"
SITE_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FAR = 220


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus, as somebody does who sees where it is."""
    for _press in range(FAR):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).visibility") == "visible"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}")


def write(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)


def choose(page: Page, name: str, value: str) -> None:
    """Comes into a group of options by Tab and goes to the wanted one by arrows."""
    tab_to(page, f'[name="{name}"]')
    wanted = f'[name="{name}"][value="{value}"]'
    if page.evaluate("selector => document.activeElement.matches(selector)", wanted):
        page.keyboard.press("Space")
    for _press in range(12):
        if page.locator(wanted).is_checked():
            return
        page.keyboard.press("ArrowRight")
    raise AssertionError(f"arrows never come to {value} of {name}")


def enter(page: Page, site: Site, who: str) -> None:
    """Signs in."""
    page.goto("/sign-in/")
    write(page, "[name=username]", who)
    write(page, "[name=password]", site.people[who])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def follow(page: Page, selector: str) -> None:
    """Goes to a link or a button and presses it."""
    tab_to(page, selector)
    page.keyboard.press("Enter")


def test_an_incident_is_reported_assessed_and_confirmed_by_keys_alone(new_page, site):
    page = new_page()
    enter(page, site, "licensing")
    page.keyboard.press("n")
    page.wait_for_url("**/report/")
    write(page, "[name=title]", "只用键盘报的事件")
    tab_to(page, "[name=owner]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=owner]")).to_have_value("office@licensing")
    for name in ("unit_threat", "unit_impact", "public_threat", "public_impact"):
        choose(page, f"f.{name}", "serious")
    write(page, "[name=note]", "值班员现场判断")
    follow(page, "#submit")
    page.wait_for_url(re.compile(r"/cases/[^/]+/$"))
    expect(page.locator(".case-h h1")).to_have_text("只用键盘报的事件")
    case = page.url

    follow(page, "#p-next a[href*='/act/assess/']")
    page.wait_for_url("**/act/assess/**")
    choose(page, "value", "II")
    write(page, "[name=reason]", "对照标准")
    follow(page, "#act #submit")
    expect(page).to_have_url(case)
    expect(page.locator("[data-toast]").first).to_be_visible()
    follow(page, "#p-next a[href*='/act/report/']")
    page.wait_for_url("**/act/report/**")
    tab_to(page, '[name=to][value="group"]')
    if not page.locator('[name=to][value="group"]').is_checked():
        page.keyboard.press("Space")
    write(page, "[name=note]", "初判结果")
    follow(page, "#act #submit")
    expect(page).to_have_url(case)

    other = new_page()
    enter(other, site, "lead")
    for key in ("g", "c"):
        other.keyboard.press(key)
    other.wait_for_url("**/cases/")
    for key in ("j", "Enter"):
        other.keyboard.press(key)
    other.wait_for_url(case)
    follow(other, "#p-next a[href*='/act/confirm/']")
    other.wait_for_url("**/act/confirm/**")
    choose(other, "value", "II")
    write(other, "[name=reason]", "工作组复核")
    follow(other, "#act #submit")
    expect(other).to_have_url(case)
    expect(other.locator(".case-h .lv").first).to_contain_text("Ⅱ级 重大")
    expect(other.locator(".case-h .lv.nd")).to_have_count(0)
