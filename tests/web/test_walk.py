"""A walk over all pages, desktop and phone, light and dark: no console error, axe-core clean, no sideways scroll.

Rules
- With `--shots FOLDER` (`make shots`) every walk takes a picture of every page; stories of other modules use `visit`.
- The duty officer's pages are walked in all four faces, those of the other sorts of people on a desktop and a phone.
- `tests/web/test_what_is_walked.py` fails for an address that no walk visits: the tables here are what it reads.
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
DUTY = {
    "desk": "/",
    "cases": "/cases/",
    "nothing-found": "/cases/?q=nothing-of-the-kind",
    "case": "{case}",
    "report": "/report/",
    "warning": "/report/?kind=warning",
    "act-state": "{case}act/state/",
    "act-report": "{case}act/report/",
    "act-end": "{case}act/end/",
    "act-confirm": "{case}act/confirm/",
    "plan": "{plan}",
    "plan-source": "{clause}",
    "plan-health": "{plan}health/",
    "additions-none": "{plan}additions/",
    "plans": "/plans/",
    "params": "{plan}params/",
    "param": "{plan}params/investigation_owner/?value=concerned",
    "events": "{case}events/",
    "obligations": "{case}obligations/",
    "obligations-done": "{case}obligations/?of=done",
    "documents": "{case}docs/",
    "document": "{document}",
    "archive": "/archive/",
    "archive-filtered": "/archive/?q=nothing-of-the-kind",
    "audit": "/audit/",
    "code": "/v/",
    "roster": "/roster/",
    "shift-handover": "/roster/handover/",
    "me": "/me/",
    "password": "/me/password/",
    "tokens": "/me/tokens/",
    "my-channels": "/me/channels/",
}
"""What the duty officer sees; what stands in braces is found by following the pages."""
OTHERS = {
    "zuzhang": {"leader-desk": "/", "leader-case": "{case}", "leader-decides": "{case}act/adjust/?verb=approve"},
    "fuwu": {"vendor-desk": "/", "vendor-cases": "/cases/", "vendor-case": "{case}", "vendor-me": "/me/"},
    "shenji": {
        "auditor-desk": "/",
        "auditor-case": "{case}",
        "audit-filtered": "/audit/?clause=9.9.9",
        "auditor-wall": "/wall/",
    },
    "anquan": {"officer-desk": "/", "officer-cases": "/cases/", "officer-regimes": "/regimes/"},
    "zhuren": {"head-roster": "/roster/", "roster-fill": "/roster/fill/"},
    "dongan": {
        "district-desk": "/",
        "district-case": "{case}",
        "district-waits": "/approvals/",
        "no-regime": "/regimes/",
    },
}
"""What others see: a leader, a contractor, an auditor, a security officer without cases, a unit below the bureau."""
TWO_FACES = (("desktop-light", "phone-dark"), ("desktop-dark", "phone-light"))


def pages(page: Page, walk: dict[str, str] = DUTY) -> dict[str, str]:
    """The addresses of a walk, found by following the pages."""
    asked = " ".join(walk.values())
    found: dict[str, str] = {}
    if "{" in asked:
        page.goto("/cases/")
        found["case"] = page.locator("main tbody a").first.get_attribute("href") or ""
    if "{plan}" in asked:
        page.goto(found["case"])
        found["clause"] = page.locator("a.cite[href^='/plans/']").first.get_attribute("href") or ""
        found["plan"] = re.sub("source/.*", "", found["clause"])
    if "{document}" in asked:
        page.goto(f"{found['case']}docs/")
        found["document"] = page.locator("main a[href*='/docs/']").first.get_attribute("href") or ""
    return {name: address.format(**found) for name, address in walk.items()}


def narrow_enough(page: Page) -> bool:
    """Whether the page stays inside its window."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def visit(page: Page, address: str, name: str, face: str, request: pytest.FixtureRequest) -> list[str]:
    """Opens a page and looks at it; returns its faults, keeps its picture where pictures are wanted."""
    page.goto(address)
    return look(page, name, face, request)


def look(page: Page, name: str, face: str, request: pytest.FixtureRequest) -> list[str]:
    """Looks at the page that stands open."""
    faults = [f"{name}: {fault}" for fault in violations(page)]
    if not narrow_enough(page):
        faults.append(f"{name}: wider than the window")
    shoot(page, request.config.getoption("--shots"), face, name)
    return faults


@pytest.mark.shots
@pytest.mark.parametrize("face", FACES)
def test_every_page_is_sound_in_every_face(face, request, site, new_page, sign_in, troubles):
    page = new_page(**FACES[face])
    faults = visit(page, "/sign-in/", "sign-in", face, request)
    sign_in(page, "zhiban")
    for name, address in pages(page).items():
        faults += visit(page, address, name, face, request)
    assert not faults, "\n".join(faults)


@pytest.mark.shots
@pytest.mark.parametrize("who", OTHERS)
def test_the_screens_of_the_other_sorts_of_people_are_sound(who, request, new_page, sign_in):
    faults = []
    for face in TWO_FACES[list(OTHERS).index(who) % 2]:
        page = new_page(**FACES[face])
        sign_in(page, who)
        for name, address in pages(page, OTHERS[who]).items():
            faults += visit(page, address, name, face, request)
    assert not faults, "\n".join(faults)


@pytest.mark.shots
@pytest.mark.parametrize("face", FACES)
def test_the_pages_for_what_went_wrong_are_sound_in_every_face(face, request, new_page, sign_in, troubles):
    troubles.expect("status of 40[134]")
    page = new_page(**FACES[face])
    sign_in(page, "zhiban")
    act = pages(page, {"act": "{case}act/record/"})["act"]
    faults = visit(page, "/cases/XX-1999-0001/", "absent", face, request)
    assert page.get_by_role("heading", name="没有这一页").is_visible()
    for cookie, name, heading in (("csrftoken", "refused", "没有通过核对"), ("sessionid", "expired", "登录")):
        page.goto(act)
        page.context.clear_cookies(name=cookie)
        page.locator("#act").evaluate("form => HTMLFormElement.prototype.submit.call(form)")
        page.wait_for_url("**/act/record/")
        page.get_by_role("heading", name=re.compile(heading)).first.wait_for()
        faults += look(page, name, face, request)
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


def shoot(page: Page, folder: str | None, face: str, name: str) -> None:
    """Keeps a picture of the whole page."""
    if folder:
        target = Path(folder) / f"{name}-{face}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target, full_page=True)
