"""A worker that stopped is seen on every page, also on one that stands open, until one is at work again."""

import re
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from fengsui.notifications import watchman
from tests.support.site import Site, command, environment

SAID = "后台进程没有动静"
BAR = re.compile(r'<div id="watchman".*?</div>', re.S)
PATIENCE = 60


class Worker:
    """A worker on the site, as a process of its own."""

    def __init__(self, site: Site) -> None:
        self.site, before = site, self.beats(site)
        self.process = subprocess.Popen(command("work", "--pause", "0.2"), env=environment(site.data))
        ends = time.monotonic() + PATIENCE
        while self.beats(site) == before:
            assert self.process.poll() is None and time.monotonic() < ends, "the worker gave no sign of life"
            time.sleep(0.1)

    @staticmethod
    def beats(site: Site) -> list[tuple[str, str]]:
        """Every worker with the moment of its last sign of life."""
        with closing(sqlite3.connect(f"file:{site.data / 'fengsui.sqlite3'}?mode=ro", uri=True)) as tables:
            return tables.execute("SELECT worker, at FROM notifications_beat ORDER BY worker").fetchall()

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.process.kill()
        self.process.wait(timeout=30)


@pytest.fixture
def workers(site: Site) -> Iterator[list[Worker]]:
    """The workers of the story; none outlives it."""
    found: list[Worker] = []
    yield found
    for worker in found:
        worker.kill()


def ask_again(page: Page) -> None:
    """Lets an open page ask for what has changed, as it does by itself every 20 seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_worker_that_stopped_is_seen_on_every_page_until_one_is_at_work_again(
    site: Site, page: Page, phone: Page, sign_in, workers: list[Worker]
) -> None:
    workers.append(Worker(site))
    for screen in (page, phone):
        sign_in(screen, "zhiban")
        expect(screen.locator("#watchman")).not_to_contain_text(SAID)

    workers[0].kill()
    site.advance(minutes=2)
    for screen in (page, phone):
        ask_again(screen)
        bar = screen.locator("#watchman")
        expect(bar).to_contain_text(SAID)
        expect(bar).to_contain_text("fengsui work")
        expect(screen.get_by_role("alert").and_(bar)).to_be_visible()
        expect(bar.get_by_role("button")).to_have_count(0)
        for address in ("/cases/", "/plans/", "/me/"):
            screen.goto(address)
            expect(screen.locator("#watchman")).to_contain_text(SAID)
            assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")
        screen.goto("/")
    answer = page.request.get("/health")
    assert answer.status == 503 and "worker_silent" in answer.json()["alarms"]

    workers.append(Worker(site))
    site.advance(seconds=10)
    for screen in (page, phone):
        ask_again(screen)
        expect(screen.locator("#watchman")).not_to_contain_text(SAID)
    assert "worker_silent" not in page.request.get("/health").json()["alarms"]


def test_the_bar_says_it_in_the_readers_language_and_to_nobody_who_is_not_signed_in(world, clock, at_the_page) -> None:
    watchman.forget()
    world.open("group")
    clock(world.at("+5min"))
    officer = at_the_page("owner")
    for address in ("/", "/cases/", "/plans/", "/me/"):
        bar = BAR.search(officer.get(address).content.decode())
        assert bar and 'role="alert"' in bar[0] and "hidden" not in bar[0] and "新事项没有转成提醒" in bar[0]
    officer.post("/me/language/", {"language": "en", "next": "/"})
    bar = BAR.search(officer.get("/").content.decode())
    assert bar and "Events wait to be told" in bar[0] and "log says" in bar[0]
    bar = BAR.search(Client().get("/sign-in/").content.decode())
    assert bar and "hidden" in bar[0] and "Events" not in bar[0]
    watchman.forget()
