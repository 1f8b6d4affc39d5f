"""Fixtures of the browser tests: a running site, Chromium, and an eye on everything that goes wrong in a page.

    def test_the_duty_officer_sees_the_running_incident(site, page, sign_in):
        sign_in(page, "duty")
        assert ...

Rules
- A console error, an uncaught exception, a breach of the content policy or a request to another host fails the test,
  unless the test said before that it expects it: `troubles.expect("status of 403")`.
- `page` is 1440 wide, `phone` 390; `new_page` opens more, each with cookies of its own (a second person).
- A module that needs another site than the demo's sets `SITE = "tests.web.some_module:build"` (and perhaps
  `SITE_AT`, an aware datetime at which the clock starts).
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, expect, sync_playwright

from tests.support import site as sites
from tests.support.site import Site

__all__ = ["browser", "new_page", "page", "phone", "playwright_", "sign_in", "site", "site_templates", "troubles"]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--lang=zh-CN",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
NewPage = Callable[..., Page]
PATIENCE = 15_000
"""Milliseconds until what is waited for counts as missing: neighbours take the processor for seconds, a fault stays."""
LEFT_BEHIND = r"htmx:(sendAbort|afterRequest), "
"""A page that is left drops the panel it was fetching, and htmx says so; a request that fails says sendError."""


class Troubles:
    """What went wrong in the pages of one test."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.seen: list[str] = []
        self.expected: list[str] = [LEFT_BEHIND]

    def expect(self, pattern: str) -> None:
        """Says that messages matching this pattern belong to the story."""
        self.expected.append(pattern)

    def watch(self, page: Page) -> None:
        """Notes everything that goes wrong in this page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"page error: {error}"))
        page.on("request", self._request)

    def unexpected(self) -> list[str]:
        """The messages that no pattern expects."""
        return [one for one in self.seen if not any(re.search(pattern, one) for pattern in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.seen.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.seen.append(f"request to another host: {request.url}")


@pytest.fixture(scope="session")
def site_templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Site]:
    """Builds each kind of site once per test run."""
    built: dict[str, Site] = {}

    def template(builder: str, at: Any = None) -> Site:
        key = f"{builder} {at}"
        if key not in built:
            built[key] = sites.build(builder, tmp_path_factory.mktemp("template") / "data", at)
        return built[key]

    return template


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest,
    site_templates: Callable[..., Site],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A running site for the tests of one module."""
    builder = getattr(request.module, "SITE", "fengsui.server.demo:build")
    template = site_templates(builder, getattr(request.module, "SITE_AT", None))
    running = sites.copy(template, tmp_path_factory.mktemp("site") / "data")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def playwright_() -> Iterator[Playwright]:
    # Playwright's loop lives in this thread; Django would otherwise refuse to work beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright_: Playwright) -> Iterator[Browser]:
    """The system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is not installed: `make setup` as root, or apt-get install chromium", pytrace=False)
    chromium = playwright_.chromium.launch(executable_path=path, headless=True, args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture
def troubles(site: Site) -> Iterator[Troubles]:
    """Fails the test at its end when a page had trouble nobody expected."""
    found = Troubles(site.url)
    yield found
    assert not found.unexpected(), "\n".join(found.unexpected())


@pytest.fixture
def new_page(browser: Browser, site: Site, troubles: Troubles) -> Iterator[NewPage]:
    """Opens pages with cookies of their own: `new_page(viewport=PHONE, color_scheme="dark", locale="en")`."""
    expect.set_options(timeout=PATIENCE)
    contexts = []

    def open_page(**options: Any) -> Page:
        wanted = {"viewport": DESKTOP, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | options
        context = browser.new_context(base_url=site.url, **wanted)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        opened = context.new_page()
        troubles.watch(opened)
        return opened

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page on a desktop."""
    return new_page()


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    """A page on a phone."""
    return new_page(viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)


@pytest.fixture
def sign_in(site: Site) -> Callable[[Page, str], None]:
    """Signs a person in through the page, by user name or by role."""

    def enter(opened: Page, who: str) -> None:
        name = who if who in site.people else site.roles[who]
        opened.goto("/sign-in/")
        opened.fill("input[name=username]", name)
        opened.fill("input[name=password]", site.people[name])
        opened.click("main button[type=submit], form button[type=submit]")
        opened.wait_for_url(lambda url: "/sign-in/" not in url)

    return enter
