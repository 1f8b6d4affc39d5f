"""A NUL in a request is refused before anybody looks: PostgreSQL keeps none, SQLite would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from fengsui.directory import service as directory
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A key of the unit's head, at the world's time."""
    monkeypatch.setattr("fengsui.server.clock.now", lambda: world.now)
    until = world.now + timedelta(days=1)
    yield directory.make_token(world.people["owner"], "检验", ["read", "report", "act"], until=until, at=world.now)


def test_a_page_answers_a_nul_with_its_ordinary_400(world: World) -> None:
    page = Client()
    page.force_login(get_user_model().objects.get(username=f"{world.root[-6:]}-owner"))
    for address in ("/cases/a%00b/", "/cases/?q=a%00b", "/code/a%00b/", "/archive/?unit=%00"):
        answer = page.get(address)
        assert answer.status_code == 400 and "<h1" in answer.content.decode(), address
    english = page.get("/cases/?q=%00", headers={"accept-language": "en"})
    assert 'lang="en"' in english.content.decode() and "Content-Security-Policy" in english


def test_a_stranger_signs_in_with_no_nul(db: None) -> None:
    sent = Client().post("/sign-in/", "username=a%00b&password=x", content_type="application/x-www-form-urlencoded")
    assert sent.status_code == 400
    assert Client().post("/sign-in/", {"username": "a\0b", "password": "x"}).status_code == 400
    broken = Client(headers={"cookie": 'sessionid="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\000"'}).get("/sign-in/")
    assert broken.status_code == 400


def test_the_interface_names_the_place_of_a_nul(world: World, token: str) -> None:
    page = Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})
    number = world.open("owner").number
    for address, place in (("cases?q=a%00", "query.q"), ("cases/%00", "path"), (f"cases/{number}?x=%00", "query.x")):
        answer = page.get(f"/api/v1/{address}")
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), address
        assert (answer.json()["code"], answer.json()["place"]) == ("bad_request", place)
    report = {"title": "门户网站无法访问", "owner": "office@A", "facts": {"important_system": True}}
    held = {"organisation": "\0", "link": "\0", "assets": ["\0"], "facts": {"\0": "1"}, "seat": "\0", "title": "a\0b"}
    for name, value in held.items():
        answer = page.post("/api/v1/cases", report | {name: value}, content_type="application/json")
        assert (answer.status_code, answer.json()["place"]) == (422, f"body.{name}")
    word = {"means": "telephone", "at": "2024-01-10T01:00:00Z", "second": "\0"}
    answer = page.post(f"/api/v1/cases/{number}/acts/confirm", {"by_word": word}, content_type="application/json")
    assert (answer.status_code, answer.json()["place"]) == (422, "body.by_word")
