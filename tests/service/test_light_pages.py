"""Pages of a large case stay light: the last records, the most pressing obligations, every clause said once."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from fengsui.cases import models, selectors, service
from fengsui.cases.pages import CasePage
from fengsui.cases.selectors import log
from fengsui.cases.selectors.case_page import DONE, EVENTS, OPEN
from fengsui.core.problems import Refused
from fengsui.library import selectors as library
from fengsui.server import clock
from fengsui.web.templatetags.fengsui import _of_plan
from tests.world import World

pytestmark = pytest.mark.django_db
WEIGHT = 200_000
"""Bytes that a page may weigh at most."""


@pytest.fixture
def world() -> World:
    """A bureau with one case of which much was said."""
    return World.build()


@pytest.fixture
def case(world: World) -> service.Receipt:
    """A case of many records: news every quarter of an hour, each told to the group."""
    made = world.open("owner")
    for n in range(EVENTS):
        world.at("+15min").submit("owner", made, "report", to=("group",), note=f"第 {n} 次进展")
    return made


def page(world: World, case: service.Receipt) -> CasePage:
    """Return the case's page for the working group."""
    ref = world.ref("group", case)
    assert ref is not None
    return selectors.case_page(world.people["group"], ref, world.now)


def client(world: World, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return a browser of the working group, at the world's time."""
    monkeypatch.setattr(clock, "now", lambda: world.now)
    made = Client()
    user = get_user_model().objects.get(username=f"{world.root[-6:]}-group")
    made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_a_page_holds_the_last_records_and_leads_to_all(world: World, case: service.Receipt, monkeypatch) -> None:
    shown = page(world, case)
    assert shown.check.length > EVENTS and [row.seq for row in shown.events] == [
        shown.check.length - n for n in range(EVENTS)
    ]
    text = client(world, monkeypatch).get(reverse("case", args=[case.number])).content.decode()
    assert f"这里是最近 {EVENTS} 条。" in text and f"全部 {shown.check.length} 条记录" in text
    assert reverse("events", args=[case.number]) in text and len(text.encode()) < WEIGHT


def test_the_most_pressing_and_all_of_ones_own_stand_on_the_page_and_the_others_one_step_away(
    world: World, case: service.Receipt, monkeypatch
) -> None:
    ref = world.ref("group", case)
    assert ref is not None
    every = [selectors.obligations_page(world.people["group"], ref, which, "", world.now) for which in ("open", "done")]
    shown = page(world, case)
    assert (shown.open_all, shown.done_all, shown.done_late) == (every[0].open, every[0].done, every[0].late)
    assert [row.key for row in shown.obligations[:OPEN]] == [row.key for row in every[0].rows[:OPEN]]
    assert {row.key for row in every[0].rows if row.mine} <= {row.key for row in shown.obligations}
    assert [row.key for row in shown.done] == [row.key for row in every[1].rows[:DONE]]
    monkeypatch.setattr("fengsui.cases.selectors.record.OWED", 2)
    keys, after = [], ""
    while not keys or after:
        part = selectors.obligations_page(world.people["group"], ref, "open", after, world.now)
        keys, after = [*keys, *(row.key for row in part.rows)], part.after
    assert keys == [row.key for row in every[0].rows]
    answer = client(world, monkeypatch).get(reverse("obligations", args=[case.number]) + "?of=done")
    assert answer.status_code == 200 and f"全部未了 {shown.open_all} 项" in answer.content.decode()


def test_one_answer_says_once_what_a_clause_holds(world: World, case: service.Receipt, monkeypatch) -> None:
    text = client(world, monkeypatch).get(reverse("case", args=[case.number])).content.decode()
    whole = re.findall(r'class="cite" href="([^"]+)" data-says', text)
    again = re.findall(r'class="cite" href="([^"]+)" data-same', text)
    assert len(whole) == len(set(whole)) and again and set(again) <= set(whole)


def test_a_log_is_folded_once_while_its_rows_are_the_same_and_refused_when_a_character_differs(
    world: World, case: service.Receipt
) -> None:
    first = world.fold(case)
    assert world.fold(case) is first
    world.at("+1min").submit("owner", case, "record", note="现场核实")
    assert world.fold(case).seq == first.seq + 1
    event = models.Event.objects.get(case=case.case, seq=2)
    event.body["content"]["note"] = "改过的"
    models.Event.objects.filter(pk=event.pk).update(body=event.body)
    with pytest.raises(Refused) as refused:
        log.fold(event.root, case.case)
    assert refused.value.problem.code == "bad_log"
    ref = world.ref("owner", case)
    assert ref is not None and selectors.verify(ref, world.now).broken_at == 2


def test_what_stands_beside_a_form_is_what_the_case_page_says(world: World, case: service.Receipt) -> None:
    ref = world.ref("group", case)
    assert ref is not None
    whole = page(world, case)
    beside = selectors.act_beside(world.people["group"], ref, "assess", world.now)
    assert (beside.title, beside.level, beside.grade, beside.open) == (
        whole.title,
        whole.level,
        whole.grade,
        whole.open_all,
    )
    assert beside.obligations == whole.obligations[: len(beside.obligations)]
    assert selectors.act_beside(world.people["group"], ref, "report", world.now).grade is None


def parts(browser: Client, address: str) -> str:
    """Return a page of a plan from its matrix on."""
    return browser.get(address).content.decode().partition('id="matrix"')[2]


def test_a_part_of_a_plan_is_made_once_for_all_who_look(world: World, case: service.Receipt, monkeypatch) -> None:
    plan = library.book_for(world.root, world.organisation).pack
    address, browser = reverse("plan", args=[plan.id, plan.version]), client(world, monkeypatch)
    before = parts(browser, address)
    made = _of_plan.cache_info().misses
    assert parts(browser, address) == before and _of_plan.cache_info().misses == made
    browser.cookies["django_language"] = "en"
    other = parts(browser, address)
    assert _of_plan.cache_info().misses > made and "权责矩阵" in before and "权责矩阵" not in other
