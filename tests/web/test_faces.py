"""The pages on other screens and under other rules: printed, projected, forced colours, no motion, an older browser."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import css
from tests.support.axe import violations
from tests.web.hands import fill
from tests.web.test_walk import narrow_enough, pages

STRICT = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'"
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(?:\ssrc=|application/json))|javascript:")
A4 = (595, 842)


def first_case(page: Page) -> str:
    page.goto("/cases/")
    return page.locator("tbody a").first.get_attribute("href") or ""


def test_every_page_allows_only_what_this_server_holds_and_carries_no_style_or_script(page, sign_in):
    sign_in(page, "zhiban")
    for name, address in pages(page).items():
        answer = page.request.get(address)
        assert answer.headers["content-security-policy"].startswith(STRICT), name
        assert answer.headers["cache-control"] == "no-store", name
        assert not INLINE.findall(answer.text()), name


def test_a_case_is_printed_on_a4_without_what_can_be_pressed(page, sign_in):
    sign_in(page, "zhiban")
    page.goto(first_case(page))
    page.emulate_media(media="print")
    for gone in ("header.bar", "nav.tabs", ".btn", ".anch", ".foot"):
        assert not page.locator(f"{gone}:visible").count(), gone
    expect(page.locator(".case-h h1")).to_be_visible()
    expect(page.locator("#p-obligations .obs > li").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.lv')).outlineStyle") == "solid"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    printed = page.pdf(prefer_css_page_size=True).decode("latin-1")
    boxes = re.findall(r"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert boxes
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {A4}


def test_what_is_folded_on_the_screen_stands_on_the_paper(page, sign_in):
    sign_in(page, "zhiban")
    page.goto(first_case(page))
    folded = page.locator("#p-timeline details")
    ninth = folded.locator(".tl > li").first
    expect(ninth).to_be_hidden()
    page.evaluate(
        "const row = document.querySelector('#p-timeline details .tl > li');"
        "addEventListener('beforeprint', () => { document.body.dataset.seen = row.checkVisibility(); })"
    )
    page.pdf(prefer_css_page_size=True)
    assert page.evaluate("document.body.dataset.seen") == "true"
    expect(ninth).to_be_hidden()


def test_a_dark_screen_prints_black_on_white(new_page, sign_in):
    page = new_page(color_scheme="dark")
    sign_in(page, "zhiban")
    page.locator(".who summary").click()
    page.locator("[name=theme][value=dark]").first.click()
    page.goto(first_case(page))
    page.emulate_media(media="print")
    ink = page.evaluate("getComputedStyle(document.querySelector('.case-h h1')).color")
    assert max(map(int, re.findall(r"\d+", ink))) < 60


def test_the_projector_makes_everything_larger_until_it_is_switched_off(new_page, sign_in):
    page = new_page(viewport={"width": 1920, "height": 1080})
    sign_in(page, "zhiban")
    usual = page.locator("h1").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    page.locator(".who summary").click()
    page.get_by_role("button", name="投屏").click()
    expect(page.locator("html")).to_have_attribute("data-density", "roomy")
    larger = page.locator("h1").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    assert larger == pytest.approx(usual * 1.25)
    assert violations(page) == []
    for address in ("/", "/cases/", first_case(page)):
        page.goto(address)
        assert narrow_enough(page)
    page.locator(".who summary").click()
    page.get_by_role("button", name="常规").click()
    expect(page.locator("html")).not_to_have_attribute("data-density", "roomy")


def test_forced_colours_and_no_motion_leave_every_state_readable(new_page, sign_in):
    page = new_page(forced_colors="active", reduced_motion="reduce", contrast="more")
    sign_in(page, "zhiban")
    for address in ("/", first_case(page)):
        page.goto(address)
        assert violations(page, without=("color-contrast",)) == []  # the colours are the system's
        assert page.evaluate("document.getAnimations().length") == 0
        for level in page.locator(".lv:visible").all():
            expect(level).to_have_text(re.compile("级|大|一般|色"))
    late = page.locator('.obs > li[data-s="late"] .cd small, .obs > li[data-s="soon"] .cd small')
    assert set(late.all_inner_texts()) <= {"逾期", "剩", ""}


def old_browser(context: BrowserContext) -> None:
    """Serves the style sheets as a browser reads them that knows none of what stands inside @supports."""

    def serve(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=css.without(answer.text(), "@supports"))

    context.route(re.compile(r"\.css(\?|$)"), serve)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_browser_that_knows_none_of_the_newer_features_shows_and_does_the_same(width, new_page, sign_in):
    page = new_page(viewport={"width": width, "height": 844}, color_scheme="dark")
    old_browser(page.context)
    sign_in(page, "zhiban")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(241, 244, 244)"
    for address in ("/", "/cases/", first_case(page), "/report/"):
        page.goto(address)
        assert violations(page) == []
        assert narrow_enough(page)
    fill(page, {"title": "旧浏览器也能报", "note": "现场判断", "f.people": "52万人", "rest_none": "1"})
    expect(page.locator("#preview .verdict .lv").first).to_be_visible()
    if page.locator("select[name=owner]").count():
        page.locator("select[name=owner]").select_option(index=1)
    page.locator("#submit:visible, .dock .go:visible").first.click()
    expect(page.locator(".case-h h1")).to_have_text("旧浏览器也能报")
    page.context.unroute_all(behavior="ignoreErrors")
