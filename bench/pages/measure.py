"""Asks one database for every page and prints its table: `python -m bench.pages.measure` (called by `bench.pages`)."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from bench.clock import bare
from bench.pages import NOW

_AWAY = NOW - datetime.now(UTC)  # noqa: TID251
os.environ["FENGSUI_CLOCK_OFFSET"] = str(round(_AWAY.total_seconds()))

import django  # noqa: E402

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402

from fengsui.cases import models  # noqa: E402
from fengsui.library import selectors as library  # noqa: E402

TARGET, WEIGHT = 0.100, 200_000
"""What the design asks: seconds of the server at most, and bytes at most."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Page:
    """One page as one person asks for it."""

    what: str
    who: str
    address: str


@dataclass(frozen=True)
class Found:
    """What it took: seconds (median and longest), processor seconds (median and least), queries, bytes, status.

    `loop`: seconds of a bare loop of a million beside it. Shared machines change their speed by the minute, by more
    than a factor of two: only rows of like loops can be compared.
    """

    page: Page
    once: float
    longest: float
    own: float
    least: float
    queries: int
    size: int
    status: int
    loop: float

    def text(self) -> str:
        """Return the line of the table."""
        marks = ["slow"] * (self.once > TARGET) + ["heavy"] * (self.size > WEIGHT) + ["?"] * (self.status != 200)
        times = f"{self.once * 1000:7.1f} {self.longest * 1000:7.1f} {self.own * 1000:7.1f} {self.least * 1000:7.1f}"
        rest = f"{self.queries:5} {self.size / 1000:8.1f} {self.loop * 1000:5.0f}"
        told = f"{self.page.who:<14} {self.page.what:<44} {times} {rest}"
        return f"{told}  {self.status if self.status != 200 else ''}{' '.join(marks)}".rstrip()


def main(rounds: int) -> None:
    """Print the table."""
    cases, events = models.Case.objects.count(), models.Event.objects.count()
    print(
        f"\n{connection.vendor}: {cases:,} cases ({models.Case.objects.filter(active=True).count():,} live),"
        f" {events:,} events, {models.Obligation.objects.count():,} obligations"
    )
    print(
        f"{'who':<14} {'page':<44} {'median':>7} {'longest':>7} {'own cpu':>7} {'query':>5} {'kB':>8} {'loop':>5}  (ms)"
    )
    for page in pages():
        print(measure(page, rounds).text(), flush=True)


def measure(page: Page, rounds: int) -> Found:
    """Ask for a page over and over; the first two answers are not counted."""
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.get(username=page.who), backend=BACKEND)
    for _ in range(2):
        client.get(page.address, HTTP_HOST="localhost")
    walls, owns = [], []
    for _ in range(rounds):
        wall, own = time.perf_counter(), time.process_time()
        answer = client.get(page.address, HTTP_HOST="localhost")
        walls.append(time.perf_counter() - wall)
        owns.append(time.process_time() - own)
    found = statistics.median(walls), max(walls), statistics.median(owns), min(owns)
    loop = statistics.median(bare() for _ in range(3))
    return Found(page, *found, queries(client, page.address), len(answer.content), answer.status_code, loop)


def queries(client: Client, address: str) -> int:
    """Return how many queries one answer takes."""
    asked: list[str] = []

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        client.get(address, HTTP_HOST="localhost")
    if os.environ.get("BENCH_SQL"):
        print(*asked, sep="\n", file=sys.stderr)
    return len(asked)


def pages() -> Iterator[Page]:
    """Yield every page, as each sort of person asks for it."""
    wanted = os.environ.get("BENCH_ONLY", "")
    for page in (*_lists(), *_cases(), *_plans(), *_rest()):
        if wanted in page.what:
            yield page


def _page(what: str, who: str, name: str, *told: str, query: str = "") -> Iterator[Page]:
    """Yield the page if it is there in this version."""
    try:
        yield Page(what, who, reverse(name, args=told) + query)
    except NoReverseMatch:
        return


PEOPLE = ("lj1-zhiban", "lj1-zhuren", "lj1-zuzhang", "lj1-yunxing", "lj1-fuwu", "p01-peo", "hq-eo", "hq-auditor")


def _lists() -> Iterator[Page]:
    for who in PEOPLE:
        yield from _page("desk", who, "desk")
    yield from _page("desk panels", "lj1-zhiban", "desk-panels")
    for who in ("lj1-zhiban", "p01-peo", "hq-eo", "hq-auditor", "lj1-fuwu"):
        yield from _page("cases", who, "cases")
    filters = ("level=III", "stage=closed", "kind=warning", "unit=dept@hall", "overdue=1", "level=III&stage=closed")
    texts = ("中断", "短信通道阻塞 97", "登", "没有这样的标题", "ZJ-2029-0100")
    for query in (*filters, *(f"q={quote(text)}" for text in texts), f"level=III&q={quote('通道')}"):
        for who in ("lj1-zhiban", "hq-auditor"):
            yield from _page(f"cases ?{query[:24]}", who, "cases", query=f"?{query}")
    middle = models.Case.objects.order_by("opened_at", "pk")[models.Case.objects.count() // 2]
    yield from _page("cases, a page in the middle", "hq-auditor", "cases", query=f"?after={middle.number}")


def _cases() -> Iterator[Page]:
    own = models.Case.objects.filter(organisation=_home("lj1-zhiban"))
    climbed = models.Case.objects.filter(organisation=_home("p01-peo"), reported_up=True, active=True)
    heavy = models.Case.objects.order_by("-seq")[0]
    named = (
        ("a closed case", "lj1-zhiban", own.filter(active=False).order_by("seq", "pk")[0]),
        ("a case tonight", "lj1-zhiban", own.filter(waits=True).order_by("pk")[0]),
        ("a case in a province", "p01-peo", climbed.order_by("-seq", "pk")[0]),
        (f"a case of {heavy.seq} events", "lj2-zhiban", heavy),
    )
    for what, who, case in named:
        yield from _page(what, who, "case", case.number)
        yield from _page(f"{what}, panels", who, "case-panels", case.number)
        yield from _page(f"{what}, handover", who, "handover", case.number)
        yield from _page(f"{what}, events", who, "events", case.number)
        yield from _page(f"{what}, documents", who, "documents", case.number)
        yield from _page(f"{what}, obligations", who, "obligations", case.number)
        yield from _page(f"{what}, obligations done", who, "obligations", case.number, query="?of=done")
        code = models.Event.objects.filter(case=case).order_by("-seq")[0].code
        yield from _page(f"{what}, /v/", who, "code", code)
    for what, who, case in named[1:]:
        for act in ("report", "state", "assess", "adjust"):
            yield from _page(f"{what}, act {act}", who, "act", case.number, act)


def _plans() -> Iterator[Page]:
    for who, home in (("lj1-zhuren", _home("lj1-zhuren")), ("hq-eo", _root())):
        plan = library.book_for(_root(), home).pack
        yield from _page("plans", who, "plans")
        for name in ("plan", "plan-source", "plan-health", "questions"):
            yield from _page(f"{name}, {plan.id}", who, name, plan.id, plan.version)
        first = next(iter((*plan.words.parameters, *plan.readings.switches)), "")
        yield from _page(f"question, {plan.id}", who, "question", plan.id, plan.version, first)
        yield from _page("regimes", who, "regimes")


def _rest() -> Iterator[Page]:
    for who in ("lj1-zhiban", "p01-unit"):
        yield from _page("report", who, "report")
    for who in ("lj1-zuzhang", "lj1-zhuren", "hq-eo"):
        yield from _page("approvals", who, "approvals")
    for who in ("hq-eo", "hq-auditor"):
        yield from _page("wall", who, "wall")
        yield from _page("wall, panels", who, "wall-panels")
    for who in ("lj1-zhiban", "hq-auditor"):
        yield from _page("archive", who, "archive")
        yield from _page("archive ?q", who, "archive", query=f"?q={quote('短信通道')}")
    for query in ("", f"?person={_person('lj1-zhiban')}", "?clause=LJ-4-2-1", "?kind=closed"):
        yield from _page(f"audit {query[:18]}", "hq-auditor", "audit", query=query)
    for name in ("me", "tokens", "roster", "shift-handover"):
        yield from _page(name, "lj1-zhiban", name)
    for area in ("index", "organisations", "posts", "people", "assets", "packs", "calendar"):
        yield from _page(f"admin {area}", "hq-admin", f"admin-{area}")


def _person(username: str) -> str:
    from fengsui.directory.models import SignIn

    return str(SignIn.objects.get(user__username=username).person)


def _home(username: str) -> str:
    from fengsui.directory.models import Person

    return str(Person.objects.get(pk=_person(username)).organisation_id)


def _root() -> str:
    from fengsui.directory.models import Person

    return str(Person.objects.get(pk=_person("hq-eo")).root)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
