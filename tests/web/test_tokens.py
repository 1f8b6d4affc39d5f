"""The pages of keys to the HTTP interface: made and shown once, revoked by their person or an administrator."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    found = World.build()
    monkeypatch.setattr("fengsui.server.clock.now", lambda: found.now)
    return found


def signed_in(world: World, part: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=f"{world.root[-6:]}-{part}"))
    return client


def typed(world: World, **more: object) -> dict[str, object]:
    until = f"{world.now + timedelta(days=30):%Y-%m-%d %H:%M}"
    return {"do": "make", "key": new_id(world.now), "name": "监测平台", "scopes": ["read"], "until": until, **more}


def test_a_key_is_shown_once_and_opens_the_interface(world: World) -> None:
    client, form = signed_in(world, "owner"), typed(world)
    assert "没有令牌" in client.get("/me/tokens/").content.decode()
    page = client.post("/me/tokens/", form).content.decode()
    found = re.search(r"fengsui_[0-9a-f]{32}_[\w-]{43}", page)
    assert found and "只在这里显示一次" in page
    assert Client().get("/api/v1/me", headers={"authorization": f"Bearer {found[0]}"}).status_code == 200
    again = client.post("/me/tokens/", form)
    assert again.status_code == 302 and len(directory.tokens_of(world.root, world.people["owner"], world.now)) == 1
    shown = client.get("/me/tokens/").content.decode()
    assert "监测平台" in shown and found[0] not in shown and "fengsui_" not in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"until": "2025-06-01 00:00"}, "366 天"),
        ({"scopes": []}, "“范围”空着"),
        ({"name": ""}, "“名称”空着"),
        ({"until": ""}, "“止”空着"),
    ],
)
def test_a_key_without_end_or_scope_is_not_made_and_nothing_typed_is_lost(
    world: World, wrong: dict[str, object], said: str
) -> None:
    answer = signed_in(world, "owner").post("/me/tokens/", typed(world, **wrong))
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not directory.tokens_of(world.root, world.people["owner"], world.now)
    assert "name" in wrong or 'value="监测平台"' in answer.content.decode()


def test_a_key_is_revoked_by_its_person_and_by_nobody_else_of_his_rank(world: World) -> None:
    mine, other = signed_in(world, "owner"), signed_in(world, "other_unit")
    mine.post("/me/tokens/", typed(world))
    (row,) = directory.tokens_of(world.root, world.people["owner"], world.now)
    assert other.post("/me/tokens/", {"do": "revoke", "id": row.id}).status_code == 404
    assert mine.post("/me/tokens/", {"do": "revoke", "id": row.id}).status_code == 302
    assert "已吊销" in mine.get("/me/tokens/").content.decode()
    again = mine.post("/me/tokens/", {"do": "revoke", "id": row.id}, follow=True)
    assert again.status_code == 200 and "令牌已吊销" in again.content.decode(), "pressed twice"
    assert mine.post("/me/tokens/", {"do": "revoke", "id": new_id(world.now)}).status_code == 404


def test_the_security_administrator_takes_a_key_back_and_the_auditor_only_looks(world: World) -> None:
    signed_in(world, "owner").post("/me/tokens/", typed(world))
    (row,) = directory.tokens_of(world.root, world.people["owner"], world.now)
    assert signed_in(world, "owner").get("/admin/tokens/").status_code == 404
    auditor, security = signed_in(world, "auditor"), signed_in(world, "security")
    assert "甲处负责人" in auditor.get("/admin/tokens/").content.decode()
    assert auditor.post("/admin/tokens/", {"do": "revoke", "id": row.id}).status_code == 403
    assert security.post("/admin/tokens/", {"do": "revoke", "id": new_id(world.now)}).status_code == 404
    assert security.post("/admin/tokens/", {"do": "revoke", "id": row.id}).status_code == 302
    assert directory.tokens_of(world.root, world.people["owner"], world.now)[0].state == "revoked"
