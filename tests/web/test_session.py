"""Signing in and out, and what happens to typed input when a session is gone."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fengsui.library import selectors as library
from fengsui.notifications import service as notifications
from tests.cast import PASSWORD
from tests.web.conftest import set_clock
from tests.world import World


def kept_blob(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', page)
    assert found
    return found[1]


def after_sign_in(world: World, part: str, address: str, typed: dict[str, object]) -> str:
    """The page that follows when somebody posts without a session, signs in, and is led back."""
    client = Client()
    page = client.post(address, typed).content.decode()
    said = {"username": f"{world.root[-6:]}-{part}", "password": PASSWORD, "next": address, "kept": kept_blob(page)}
    answer = client.post("/sign-in/", said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_unsigned_person_is_led_to_the_sign_in_and_back(world: World):
    client = Client()
    answer = client.get("/cases/?level=II")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Fcases%2F%3Flevel%3DII"
    name = f"{world.root[-6:]}-owner"
    answer = client.post("/sign-in/", {"username": name, "password": PASSWORD, "next": "/cases/?level=II"})
    assert answer["Location"] == "/cases/?level=II"


def test_a_wrong_name_and_a_wrong_password_look_the_same(world: World):
    client = Client()
    said = []
    for name in (f"{world.root[-6:]}-owner", "nobody-of-that-name"):
        answer = client.post("/sign-in/", {"username": name, "password": "wrong", "next": "/"})
        assert answer.status_code == 422
        said.append(re.findall(r'href="#username">([^<]+)', answer.content.decode()))
    assert said[0] == said[1] == ["用户名或口令不对"]


def test_the_sign_in_leads_to_no_other_host(world: World):
    name = f"{world.root[-6:]}-owner"
    answer = Client().post("/sign-in/", {"username": name, "password": PASSWORD, "next": "https://elsewhere.invalid/"})
    assert answer["Location"] == "/"


def test_a_session_that_ended_loses_nothing_and_submits_nothing(world: World):
    case = world.open("owner")
    client, address = Client(), f"/cases/{case.number}/act/record/"
    answer = client.post(address, {"matter": "progress", "note": "已断网，恢复中", "seen": "1", "key": "k1"})
    assert answer.status_code == 401
    page = answer.content.decode()
    assert "填写内容还在" in page

    sign_in = {"username": f"{world.root[-6:]}-owner", "password": PASSWORD, "next": address, "kept": kept_blob(page)}
    answer = client.post("/sign-in/", sign_in)
    assert answer["Location"] == address
    page = client.get(address).content.decode()
    assert "已断网，恢复中" in page
    assert "尚未提交" in page
    assert re.search(r'name="matter" value="progress" checked', page)
    assert world.fold(case).seq == case.seq
    assert "已断网，恢复中" not in client.get(address).content.decode()


def test_a_reading_and_its_reason_stand_again_after_the_sign_in(db: None, monkeypatch: pytest.MonkeyPatch):
    world = World.build(readings={"watch.promptly": "1h"})
    world.open("bureau_office", kind="standing", title="预案在用", owner=None)
    set_clock(monkeypatch, world)
    version = library.packs(world.root)[0].version
    address = f"/plans/chongqing-finance-regulator/{version}/params/starter_of_I/"
    typed = {"do": "decide", "value": "group", "reason": "局务会研究确定"}
    page = after_sign_in(world, "bureau_office", address, typed)
    assert "局务会研究确定</textarea>" in page
    assert re.search(r'name="value" value="group" checked', page)
    assert not library.decisions(world.root, world.organisation)[0].reason.startswith("局务会")


def test_what_is_only_posted_leads_after_the_sign_in_to_its_page(world: World):
    for address, there in {
        "/me/read/": "/me/",
        "/me/present/": "/me/",
        "/cases/views/": "/cases/",
        "/plans/demo/1.0.0/beside/": "/plans/",
    }.items():
        client = Client()
        page = client.post(address, {"name": "我的"}).content.decode()
        said = {"username": f"{world.root[-6:]}-owner", "password": PASSWORD, "next": address, "kept": kept_blob(page)}
        answer = client.post("/sign-in/", said, follow=True)
        assert answer.status_code == 200 and answer.redirect_chain[-1][0] == there, address


def test_files_that_came_along_are_to_be_chosen_again_and_that_is_said(world: World):
    case = world.open("owner")
    address, typed = f"/cases/{case.number}/act/record/", {"matter": "progress", "note": "见附件"}
    assert "附件要重选" not in Client().post(address, typed).content.decode()
    page = Client().post(address, typed | {"files": SimpleUploadedFile("a.txt", b"a")}).content.decode()
    assert "附件要重选" in page and "填写内容还在" in page


def test_only_a_receipt_takes_a_draft_away_and_a_hand_over_offers_its_own(world: World, at_the_page):
    case, owner = world.open("owner"), at_the_page("owner")
    page = owner.get(f"/cases/{case.number}/handover/").content.decode()
    assert f'data-draft="handover-{case.number}"' in page and "data-draft-offer" in page
    assert "data-draft-done" not in page
    assert owner.post("/me/present/").status_code == 302
    assert "data-draft-done" not in owner.get("/me/").content.decode(), "nothing was asked: refused"
    quiet = owner.post("/me/channels/", {"do": "quiet", "since": "22:00", "until": "07:00"}, follow=True)
    assert "data-draft-done" in quiet.content.decode()


def test_a_screen_that_refreshes_itself_is_told_with_401(world: World):
    case = world.open("owner")
    answer = Client().get(f"/p/cases/{case.number}", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.content == b""


def test_a_form_whose_token_does_not_fit_keeps_what_was_typed(world: World, at_the_page):
    case = world.open("owner")
    client, address = at_the_page("owner", enforce_csrf_checks=True), f"/cases/{case.number}/act/record/"
    answer = client.post(address, {"matter": "progress", "note": "写了很久的进展"})
    assert answer.status_code == 403
    assert "没有写入记录" in answer.content.decode()
    assert "写了很久的进展" in client.get(address).content.decode()
    assert world.fold(case).seq == case.seq


def test_the_page_says_when_the_session_ends_and_a_press_prolongs_it(world: World, at_the_page):
    client = at_the_page("owner")
    assert "data-session-ends=" in client.get("/").content.decode()
    answer = client.get("/p/session")
    assert answer.status_code == 204
    assert answer["Fengsui-Session-Ends"]


def test_an_account_without_a_person_sees_no_case(world: World, django_user_model):
    client = Client()
    client.force_login(django_user_model.objects.create_user("alone"))
    answer = client.get("/")
    assert answer.status_code == 403
    assert "不属于任何单位" in answer.content.decode()


def test_the_pages_speak_english_to_who_asks(world: World, at_the_page):
    client = at_the_page("owner")
    client.post("/me/language/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert "Duty desk" in page
    assert "No case under way" in page
    assert '<html lang="en"' in page


def test_the_colours_of_a_browser_are_kept(world: World, at_the_page):
    client = at_the_page("owner")
    client.post("/me/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.post("/me/theme/", {"theme": ""})
    assert "data-theme" not in client.get("/").content.decode().split(">", 2)[1]


def test_what_a_person_was_told_stands_on_the_own_page_until_it_is_marked_as_read(world: World, at_the_page):
    world.open("group")
    notifications.follow(world.now)
    notifications.deliver(world.now)
    client = at_the_page("owner")
    page = client.get("/me/").content.decode()
    assert "研判事件等级" in page and "未读" in page
    shown = re.findall(r'name="notice" value="([^"]+)"', page)
    at_the_page("group").post("/me/read/", {"notice": shown})
    assert "未读" in client.get("/me/").content.decode()
    assert client.post("/me/read/", {"notice": shown})["Location"] == "/me/"
    page = client.get("/me/").content.decode()
    assert "研判事件等级" in page and "未读" not in page
    assert "没有通知" in at_the_page("other_unit").get("/me/").content.decode()
