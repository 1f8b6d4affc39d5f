"""Pages for what went wrong: each says what happened, whether time limits run on, and what to do now."""

import pytest
from django.test import Client

from tests.world import World


def _page(answer) -> str:
    return answer.content.decode()


def test_a_fault_of_ours_says_that_the_record_is_safe_and_names_another_way(world: World, at_the_page, monkeypatch):
    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("fengsui.web.views.desk.cases.desk", broken)
    client = at_the_page("owner", raise_request_exception=False)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "系统出错" in _page(answer)
    assert "时限照走" in _page(answer)
    assert "planted" not in _page(answer)


@pytest.mark.django_db
def test_a_request_for_another_host_is_told_what_to_do(settings):
    settings.ALLOWED_HOSTS = ["fengsui.example"]
    answer = Client().get("/sign-in/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "<h1" in _page(answer)
    assert "planted" not in _page(answer)


def test_what_is_not_there_and_what_may_not_be_seen_look_the_same(world: World, at_the_page):
    opened = world.open("owner")
    outsider, owner = at_the_page("nobody"), at_the_page("owner")
    hidden, absent = outsider.get(f"/cases/{opened.number}/"), outsider.get("/cases/JS-2024-9999/")
    assert hidden.status_code == absent.status_code == 404
    said = [_page(answer).split("<main")[1].split("</main>")[0] for answer in (hidden, absent)]
    assert said[0].replace(opened.number, "") == said[1].replace("JS-2024-9999", "")
    assert owner.get(f"/cases/{opened.number}/").status_code == 200
