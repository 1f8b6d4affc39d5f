"""A walk over all pages, desktop and phone, light and dark: no console error, axe-core clean, no sideways scroll.

With `--shots FOLDER` (`make shots`) the same walk takes a picture of every page.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE

FACES = {
    "desktop-light": {"viewport": DESKTOP, "color_scheme": "light"},
    "desktop-dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone-light": {"viewport": PHONE, "color_scheme": "light", "is_mobile": True, "has_touch": True},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark", "is_mobile": True, "has_touch": True},
}
NARROW = {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"}


def pages(page: Page) -> dict[str, str]:
    """The addresses of the walk, found by following the pages."""
    page.goto("/")
    case = page.locator("#p-cases tbody a").first.get_attribute("href")
    page.goto(case)
    clause = page.locator("a.cite[href^='/plans/']").first.get_attribute("href")
    plan = re.sub("source/.*", "", clause)
    return {
        "desk": "/",
        "cases": "/cases/",
        "nothing-found": "/cases/?q=nothing-of-the-kind",
        "case": case,
        "report": "/report/",
        "warning": "/report/?kind=warning",
        "act-state": f"{case}act/state/",
        "act-report": f"{case}act/report/",
        "act-end": f"{case}act/end/",
        "act-confirm": f"{case}act/confirm/",
        "plan": plan,
        "plan-source": clause,
        "plan-health": f"{plan}health/",
        "plans": "/plans/",
        "params": f"{plan}params/",
        "param": f"{plan}params/investigation_owner/?value=concerned",
        "events": f"{case}events/",
        "archive": "/archive/",
        "audit": "/audit/",
        "code": "/v/",
        "me": "/me/",
    }


def narrow_enough(page: Page) -> bool:
    """Whether the page stays inside its window."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.shots
@pytest.mark.parametrize("face", FACES)
def test_every_page_is_sound_in_every_face(face, request, site, new_page, sign_in, troubles):
    folder = request.config.getoption("--shots")
    page = new_page(**FACES[face])
    page.goto("/sign-in/")
    faults = [f"sign-in: {fault}" for fault in violations(page)]
    shoot(page, folder, face, "sign-in")
    sign_in(page, "zhiban")
    for name, address in pages(page).items():
        page.goto(address)
        faults += [f"{name}: {fault}" for fault in violations(page)]
        if not narrow_enough(page):
            faults.append(f"{name}: wider than the window")
        shoot(page, folder, face, name)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("who", "face"), [("zuzhang", "phone-light"), ("fuwu", "phone-dark"), ("shenji", "desktop-light")]
)
def test_the_screens_of_a_leader_a_contractor_and_an_auditor_are_sound(who, face, new_page, sign_in):
    page = new_page(**FACES[face])
    sign_in(page, who)
    faults = []
    for address in ("/", "/cases/", "first case", "/me/"):
        if address == "first case":
            page.goto("/cases/")
            address = page.locator("tbody a").first.get_attribute("href") or "/cases/"
        page.goto(address)
        faults += [f"{address}: {fault}" for fault in violations(page)]
        if not narrow_enough(page):
            faults.append(f"{address}: wider than the window")
    assert not faults, "\n".join(faults)


def test_no_page_scrolls_sideways_at_320_pixels(site, new_page, sign_in):
    page = new_page(**NARROW)
    sign_in(page, "zhiban")
    wide = []
    for name, address in pages(page).items():
        page.goto(address)
        if not narrow_enough(page):
            wide.append(name)
    assert not wide


def test_a_page_that_is_not_there_says_what_to_do(site, page, sign_in, troubles):
    troubles.expect("status of 404")
    sign_in(page, "zhiban")
    page.goto("/cases/XX-1999-0001/")
    assert page.get_by_role("heading", name="没有这一页").is_visible()
    assert violations(page) == []


def shoot(page: Page, folder: str | None, face: str, name: str) -> None:
    if folder:
        target = Path(folder) / f"{name}-{face}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target, full_page=True)
