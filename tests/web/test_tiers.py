"""Pages of a case that a person may not open are the pages of a case that is not there."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from fengsui.cases.selectors.words import Words
from fengsui.library import selectors as library
from tests.service.tiers import System
from tests.web.conftest import set_clock

PATHS = (
    "/cases/{}/",
    "/p/cases/{}",
    "/cases/{}/act/record/",
    "/cases/{}/act/assess/",
    "/cases/{}/act/ratify/?target=1",
)
NOWHERE = "ZJ-2024-9999"


@pytest.fixture
def system(db, monkeypatch) -> System:
    built = System.build(sign_in=True)
    set_clock(monkeypatch, built)
    return built


def client(who: str) -> Client:
    made = Client()
    made.force_login(get_user_model().objects.get(username=who))
    return made


def seen(who: str, path: str, number: str) -> tuple[int, str]:
    """Status and text of a page, without what differs in every answer."""
    answer = client(who).get(path.format(number))
    return answer.status_code, answer.content.decode().replace(number, "—")


@pytest.mark.parametrize("path", PATHS)
def test_absent_and_forbidden_are_one_page(system: System, path: str, monkeypatch) -> None:
    case = system.open()
    system.climb(case, "II", "hq")
    system.at("+1min")
    set_clock(monkeypatch, system)
    assert seen("eo", path, case.number)[0] == 200 or "target" in path
    for stranger in ("peo2", "hq_duty"):
        status, text = seen(stranger, path, case.number)
        assert status == 404
        assert strip(text) == strip(seen(stranger, path, NOWHERE)[1])
    for field in ("note", "value"):
        answer = client("hq_duty").post(path.format(case.number), {field: "x"})
        assert answer.status_code == 404 or answer.status_code == 405


def test_units_of_the_tier_above_are_called_by_their_names(system: System) -> None:
    words = Words(library.pack(system.root, system.pack), system.root, system.organisations["P1"])
    assert words.body("hq_special_group.lead@security") == "安全专项组牵头人"
    assert words.local("这一步归总局专项工作组牵头人（security）") == "这一步归总局专项工作组牵头人（安全专项组）"


def strip(text: str) -> str:
    """Leave out tokens and clocks."""
    return re.sub(r"<time.*?</time>|<[^>]*(csrf|nonce|data-now)[^>]*>", "", text)


def test_the_list_shows_the_outline_without_a_way_in(system: System) -> None:
    case = system.open()
    system.climb(case, "II", "hq")
    page = client("hq_duty").get("/cases/").content.decode()
    assert case.number in page and "征管系统中断" not in page
    assert f"/cases/{case.number}/" not in page
    assert case.number not in client("peo2").get("/cases/").content.decode()
    found = client("hq_duty").get("/cases/?q=征管").content.decode()
    assert case.number not in found
