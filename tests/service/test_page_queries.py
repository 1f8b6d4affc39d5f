"""Every page asks the tables a bounded number of times: as often for thirty cases as for three."""

from collections.abc import Mapping

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from fengsui.cases import models
from fengsui.library import selectors as library
from fengsui.server import clock
from tests.world import World

pytestmark = pytest.mark.django_db
MOST = 60
"""Queries that any page may take, sign-in and frame included."""
FACTS = {"interruption": "2h"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A bureau with three cases, each reported to the working group."""
    made = World.build()
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
        "approvals": (group, reverse("approvals")),
        "report": (author, reverse("report")),
        "plans": (group, reverse("plans")),
        "plan": (group, reverse("plan", args=of_plan)),
        "plan text": (group, reverse("plan-source", args=of_plan)),
        "plan health": (group, reverse("plan-health", args=of_plan)),
        "questions": (group, reverse("questions", args=of_plan)),
        "regimes": (group, reverse("regimes")),
        "archive": (auditor, reverse("archive")),
        "audit": (auditor, reverse("audit")),
        "audit of a person": (auditor, reverse("audit") + f"?person={world.people['owner']}"),
        "me": (group, reverse("me")),
    }


def asked(world: World) -> dict[str, int]:
    """Return how often each page asks the tables."""
    return {name: _asked(world, who, address) for name, (who, address) in pages(world).items()}


def _asked(world: World, who: str, address: str) -> int:
    client = Client()
    user = get_user_model().objects.get(username=f"{world.root[-6:]}-{who}")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.get(address)  # what is kept by digest is read once for all
    queries: list[str] = []

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(queries)


def test_no_page_asks_more_often_for_thirty_cases_than_for_three(world: World) -> None:
    before = asked(world)
    cases(world, 27)
    after = asked(world)
    assert {name: (before[name], after[name]) for name in after if after[name] > before[name]} == {}
    assert {name: many for name, many in after.items() if many > MOST} == {}
