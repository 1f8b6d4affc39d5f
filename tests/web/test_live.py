"""A page that stays open for hours: its clock, its reminders, its bell, the end of its session."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.support.site import Site
from tests.web.hands import fill

LISTEN = "window.rang = 0; document.addEventListener('fs:rang', () => { window.rang += 1; });"
COUNTDOWN = "document.querySelector('#p-obligations .cd[data-due]').dataset.due"


@pytest.fixture(autouse=True)
def at_the_beginning(site: Site) -> None:
    """Every story begins twelve minutes before the limit, however long those before it took."""
    site.set_clock(site.begins)


def shown_clock(page: Page) -> datetime:
    """The time in the head of the page, on the day the server said."""
    said = datetime.fromisoformat(page.locator("html").get_attribute("data-now"))
    hours, minutes, seconds = map(int, page.locator(".clock time:visible").inner_text().split(":"))
    local = said.astimezone(ZoneInfo("Asia/Shanghai"))
    return local.replace(hour=hours, minute=minutes, second=seconds)


def left(page: Page) -> timedelta:
    """How long the first row says it still is."""
    parts = re.findall(r"\d+", page.locator(".first .cd").inner_text())
    minutes, seconds = map(int, parts[-2:])
    return timedelta(hours=int(parts[-3]) if len(parts) > 2 else 0, minutes=minutes, seconds=seconds)


@pytest.mark.parametrize("hours", [-7, 31])
def test_a_computer_whose_clock_is_wrong_by_hours_counts_down_rightly(hours, page, sign_in):
    page.clock.install(time=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
    sign_in(page, "zhiban")
    page.clock.run_for(1100)
    said = datetime.fromisoformat(page.locator("html").get_attribute("data-now"))
    due = datetime.fromisoformat(page.evaluate(COUNTDOWN))
    assert abs(shown_clock(page) - said) < timedelta(seconds=10)
    assert abs(left(page) - (due - said)) < timedelta(seconds=10)


def test_a_computer_whose_clock_jumps_goes_on_counting(page, sign_in):
    page.clock.install()
    sign_in(page, "zhiban")
    page.clock.run_for(1100)
    before, shown = left(page), shown_clock(page)
    page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=5))  # noqa: TID251 - the computer's clock
    page.clock.run_for(3000)
    assert timedelta(seconds=2) <= before - left(page) <= timedelta(seconds=10)
    assert shown_clock(page) - shown < timedelta(seconds=10)
    expect(page.locator('.first[data-s="late"]')).to_have_count(0)


def alone(page: Page) -> None:
    """Lets the page believe that nothing changes: the server's clock does not run as fast as that of the story."""
    page.route("**/p/desk*", lambda route: route.fulfill(status=204))


def switch_the_bell_on(page: Page) -> None:
    page.locator(".who summary").click()
    page.locator('[data-ring="on"]').click()
    expect(page.locator('[data-ring="on"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")


def to_the_mark(page: Page, minutes: int) -> None:
    """Lets time pass until `minutes` are left to the first limit, and a little more."""
    page.clock.fast_forward(int((left(page) - timedelta(minutes=minutes)).total_seconds() - 1) * 1000)
    page.clock.run_for(3000)


def test_ten_minutes_before_and_at_the_limit_it_is_said_and_the_bell_rings_where_it_is_on(page, sign_in):
    page.add_init_script(LISTEN)
    page.clock.install()
    alone(page)
    sign_in(page, "zhiban")
    switch_the_bell_on(page)
    page.evaluate("window.rang = 0")
    to_the_mark(page, 10)
    expect(page.locator("#say")).to_contain_text("首次报告")
    expect(page.locator("#say")).to_contain_text("剩 10 分")
    expect(page.locator("#alarm")).to_be_empty()
    assert page.evaluate("window.rang") == 1
    page.clock.run_for(90_000)
    assert page.evaluate("window.rang") == 1
    to_the_mark(page, 0)
    expect(page.locator("#alarm")).to_contain_text("首次报告")
    expect(page.locator("#alarm")).to_contain_text("已逾期")
    assert page.evaluate("window.rang") == 2


def test_a_mark_that_passed_is_not_said_again_on_the_next_page(page, sign_in):
    page.clock.install()
    alone(page)
    sign_in(page, "zhiban")
    to_the_mark(page, 10)
    expect(page.locator("#say")).to_contain_text("剩 10 分")
    told = page.evaluate("sessionStorage.getItem('fengsui.told')")
    page.reload()
    assert page.evaluate("sessionStorage.getItem('fengsui.told')") == told


def test_the_bell_is_silent_until_somebody_switches_it_on(page, sign_in):
    page.add_init_script(LISTEN)
    page.clock.install()
    alone(page)
    sign_in(page, "zhiban")
    to_the_mark(page, 10)
    expect(page.locator("#say")).to_contain_text("剩 10 分")
    assert page.evaluate("window.rang") == 0


def test_limits_of_one_case_within_two_minutes_ring_once_and_are_said_together(page, sign_in):
    page.add_init_script(LISTEN)
    page.clock.install()
    alone(page)
    sign_in(page, "zhiban")
    switch_the_bell_on(page)
    page.evaluate(
        """() => {
            const row = document.querySelector('#p-obligations li[data-case]');
            const cd = row.querySelector('[data-due]');
            const other = row.cloneNode(true);
            other.dataset.key = 'second';
            other.querySelector('.what').textContent = '另一件事';
            other.querySelector('[data-due]').dataset.due =
                new Date(Date.parse(cd.dataset.due) + 60000).toISOString();
            row.after(other);
            window.rang = 0;
        }"""
    )
    to_the_mark(page, 10)
    expect(page.locator("#say")).to_contain_text("首次报告")
    expect(page.locator("#say")).to_contain_text("另一件事")
    page.clock.run_for(100_000)
    assert page.evaluate("window.rang") == 1
    to_the_mark(page, 0)
    page.clock.run_for(70_000)
    expect(page.locator("#alarm")).to_contain_text("另一件事")
    assert page.evaluate("window.rang") == 2


def test_before_the_session_ends_the_page_says_so_and_what_was_typed_stays(page, sign_in):
    page.clock.install()
    sign_in(page, "zhiban")
    page.goto("/report/")
    fill(page, {"title": "写到一半"})
    ends = page.evaluate("Date.parse(document.documentElement.dataset.sessionEnds)")
    now = page.evaluate("window.fengsui.now()")
    page.clock.fast_forward(ends - now - 4 * 60_000)
    page.clock.run_for(6000)
    strip = page.locator("#strip")
    expect(strip).to_contain_text("分后退出登录，填写内容不丢")
    strip.get_by_role("button", name="继续").click()
    expect(strip).to_be_hidden()
    page.clock.run_for(20_000)
    expect(strip).to_be_hidden()
    expect(page.locator("[name=title]")).to_have_value("写到一半")
    now = page.evaluate("window.fengsui.now()")
    ends = page.evaluate("Date.parse(document.documentElement.dataset.sessionEnds)")
    page.clock.fast_forward(ends - now + 60_000)
    page.clock.run_for(6000)
    expect(strip).to_contain_text("登录已过期，填写内容还在本页")
    expect(strip.get_by_role("link", name="重新登录")).to_have_attribute("target", "_blank")
    expect(page.locator("[name=title]")).to_have_value("写到一半")


def test_g_and_a_letter_lead_to_every_page_of_the_navigation(page, sign_in):
    sign_in(page, "zhiban")
    links = page.locator("header.bar nav a")
    places = [(each.get_attribute("data-g"), each.get_attribute("href")) for each in links.all()]
    assert len({letter for letter, _ in places}) == len(places)
    assert {"d", "c", "p"} <= {letter for letter, _ in places}
    for letter, address in places:
        page.keyboard.press("g")
        page.keyboard.press(letter or "")
        expect(page).to_have_url(re.compile(f"{re.escape(address or '')}$"))
    page.keyboard.press("?")
    for letter, _ in places:
        expect(page.locator("dialog.keys")).to_contain_text(f"g {letter}")
