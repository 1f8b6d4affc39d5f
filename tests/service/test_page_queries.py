"""Every page asks the tables a bounded number of times, as often for thirty cases as for three, and stays light."""

from collections.abc import Mapping
from datetime import date, time, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from fengsui.cases import models
from fengsui.directory import service as directory
from fengsui.directory.models import Asset, Unit
from fengsui.library import selectors as library
from fengsui.server import clock
from tests.service.province import Province
from tests.world import BY, World

pytestmark = pytest.mark.django_db
MOST = 45
"""Queries that any page may take, sign-in and frame included: measured are 36 at most."""
WEIGHT = 200_000
"""Bytes that any answer may weigh at most."""
FACTS = {"interruption": "2h"}
OFFICE_PAGES = ("index", "organisations", "posts", "people", "assets", "delegations", "packs", "locked", "ledger")
OFFICE_PAGES += ("channels", "attempts", "rollcall", "roster", "tokens")
PLAN_PAGES = ("overlay", "calendar", "ladder", "settings")
ABOVE = ("desk", "desk-panels", "cases", "wall", "wall-panels", "approvals", "archive", "audit", "me")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A bureau with three cases, each reported to the working group; a system, a shift of each day of a week, a key."""
    made = World.build()
    directory.create_asset(made.root, "门户网站", "office@A", {}, actor=BY, at=made.now)
    people = [made.people["owner"], made.people["owner_deputy"]]
    week = {"first": date(2024, 1, 10), "weeks": 1, "hours": (time(8),), "turn": "shift"}
    directory.fill_roster(made.organisation, "office.head@A", people, actor=BY, at=made.now, **week)
    directory.make_token(people[0], "值班台", ("read",), until=made.now + timedelta(days=30), at=made.now)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    cases(made, 3)
    return made


def cases(world: World, many: int) -> None:
    """Let so many cases more come to the desk."""
    for n in range(many):
        case = world.at("+1min").open("owner", title=f"第 {n} 号系统中断")
        world.submit("owner", case, "report", to=("group",), note="电话同时报告")
        world.submit("owner", case, "record", note="现场核实")


def pages(world: World) -> Mapping[str, tuple[str, str]]:
    """Return every page: who asks, and its address."""
    case = models.Case.objects.order_by("pk")[0]
    plan = library.book_for(world.root, world.organisation).pack
    of_case, of_plan = [case.number], [plan.id, plan.version]
    group, auditor, author = "group", "auditor", "owner"
    return {
        "desk": (group, reverse("desk")),
        "desk of the vendor": ("vendor", reverse("desk")),
        "desk panels": (group, reverse("desk-panels")),
        "cases": (group, reverse("cases")),
        "cases by stage": (group, reverse("cases") + "?stage=report"),
        "cases overdue": (group, reverse("cases") + "?overdue=1"),
        "cases by text": (group, reverse("cases") + "?q=系统中断"),
        "cases of the auditor": (auditor, reverse("cases")),
        "case": (group, reverse("case", args=of_case)),
        "case panels": (group, reverse("case-panels", args=of_case)),
        "act": (group, reverse("act", args=[*of_case, "report"])),
        "handover": (group, reverse("handover", args=of_case)),
        "events": (group, reverse("events", args=of_case)),
        "code": (group, reverse("code", args=[models.Event.objects.filter(case=case).order_by("-seq")[0].code])),
        "documents": (group, reverse("documents", args=of_case)),
        "document": (group, reverse("document", args=[*of_case, _letter(case)])),
        "obligations": (group, reverse("obligations", args=of_case)),
        "obligations done": (group, reverse("obligations", args=of_case) + "?of=done"),
        "approvals": (group, reverse("approvals")),
        "approval panels": (group, reverse("approval-panels")),
        "report": (author, reverse("report")),
        "plans": (group, reverse("plans")),
        "plan": (group, reverse("plan", args=of_plan)),
        "plan text": (group, reverse("plan-source", args=of_plan)),
        "plan health": (group, reverse("plan-health", args=of_plan)),
        "plan diff": (group, reverse("plan-diff", args=[plan.id, plan.version, plan.version])),
        "plan additions": (group, reverse("additions", args=of_plan)),
        "questions": (group, reverse("questions", args=of_plan)),
        "question": (group, reverse("question", args=[*of_plan, next(iter(plan.readings.switches))])),
        "regimes": (group, reverse("regimes")),
        "archive": (auditor, reverse("archive")),
        "audit": (auditor, reverse("audit")),
        "audit of a person": (auditor, reverse("audit") + f"?person={world.people['owner']}"),
        "me": (group, reverse("me")),
        "tokens": (author, reverse("tokens")),
        "roster": (author, reverse("roster")),
        "shift hand-over": (author, reverse("shift-handover")),
        **_single(world),
        **{f"admin {area}": (auditor, reverse(f"admin-{area}")) for area in (*OFFICE_PAGES, *PLAN_PAGES)},
        "my channels": (group, reverse("my-channels")),
    }


def _letter(case: models.Case) -> int:
    """Return the place of the case's last report."""
    return models.Event.objects.filter(case=case, type="reported").order_by("-seq")[0].seq


def _single(world: World) -> Mapping[str, tuple[str, str]]:
    """Return the pages of one organisation, unit, person and system."""
    unit = Unit.objects.filter(organisation=world.organisation).order_by("pk")[0]
    system = Asset.objects.get(organisation=world.organisation)
    ones = {"organisation": world.organisation, "unit": unit.pk, "person": world.people["owner"], "asset": system.pk}
    return {f"admin {area}": ("auditor", reverse(f"admin-{area}", args=[id])) for area, id in ones.items()}


def asked(world: World) -> dict[str, int]:
    """Return how often each page asks the tables."""
    return {name: _asked(f"{world.root[-6:]}-{who}", address) for name, (who, address) in pages(world).items()}


def _asked(username: str, address: str) -> int:
    client = Client()
    user = get_user_model().objects.get(username=username)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.get(address)  # what is kept by digest is read once for all
    queries: list[str] = []

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        answer = client.get(address)
    assert answer.status_code == 200, address
    assert len(answer.content) < WEIGHT, (address, len(answer.content))
    return len(queries)


def test_no_page_asks_more_often_for_thirty_cases_than_for_three(world: World) -> None:
    before = asked(world)
    cases(world, 27)
    after = asked(world)
    assert {name: (before[name], after[name]) for name in after if after[name] > before[name]} == {}
    assert {name: many for name, many in after.items() if many > MOST} == {}


def test_who_stands_above_others_asks_no_more_often_for_six_units_with_cases_than_for_three(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = Province.build(sign_in=True)
    monkeypatch.setattr(clock, "now", lambda: province.now)
    _troubled(province, "云川", "临海", "巴山")
    before = _from_above()
    _troubled(province, "海岱", "中州", "蜀西")
    after = _from_above()
    assert {name: (before[name], after[name]) for name in after if after[name] > before[name]} == {}
    assert {name: many for name, many in after.items() if many > MOST} == {}


def _troubled(province: Province, *cities: str) -> None:
    """Let each city open a case and tell it upwards."""
    for city in cities:
        case = province.open(city, f"{city}平台中断")
        province.do(f"{city}.chu", case, "report", to=("cyber_office",), duty=("report_in",))
        province.graded(city, case, "IV")


def _from_above() -> dict[str, int]:
    return {f"{page} of {who}": _asked(who, reverse(page)) for page in ABOVE for who in ("wang", "shenji")}
