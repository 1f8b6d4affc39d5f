"""The pages of channels, attempts and roll call, and a person's own addresses: who sees them, what they do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from fengsui.directory import service as directory
from fengsui.notifications import selectors
from fengsui.notifications import service as notifications
from tests.cast import PASSWORD
from tests.support.gateway import Gateway, running
from tests.web.test_session import after_sign_in
from tests.world import BY

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    settings.PRIVATE_CHANNELS = True
    with running() as made:
        yield made


@pytest.fixture
def system(world) -> Client:
    """The system administrator at the pages."""
    made = directory.create_person(
        world.organisation,
        "系统管理员",
        username="system-admin",
        password=PASSWORD,
        email="xitong@example.invalid",
        office="system_admin",
        actor=BY,
        at=world.now,
    )
    world.people["system"] = made
    client = Client()
    client.force_login(get_user_model().objects.get(username="system-admin"))
    return client


def channel_id(world) -> str:
    return next(row.id for row in selectors.channel_rows(world.root, world.organisation) if row.id != "email")


def test_a_channel_is_set_up_tried_and_closed_on_its_pages(world, system, gateway) -> None:
    form = system.get("/admin/channels/?kind=dingtalk").content.decode()
    assert 'name="secret-token"' in form and 'type="password"' in form
    typed = {
        "do": "create",
        "name": "值班群",
        "set-base": gateway.url,
        "secret-token": "tok12345",
        "secret-secret": "SEC1",
    }
    assert system.post("/admin/channels/?kind=dingtalk", {**typed, "set-base": "ftp://x"}).status_code == 422
    assert system.post("/admin/channels/?kind=dingtalk", typed).status_code == 302
    page = system.get("/admin/channels/").content.decode()
    assert "值班群" in page and "tok12345" not in page
    address = f"/admin/channels/{channel_id(world)}/"
    page = system.get(address).content.decode()
    assert "tok12345" not in page and "已保存，不再显示" in page
    gateway.answers(200, {"errcode": 310000, "errmsg": "sign not match <b>"})
    answer = system.post(address, {"do": "try", "to": "12000000000"}).content.decode()
    assert "sign not match &lt;b&gt;" in answer and "没有收下" in answer
    gateway.answers(200, {"errcode": 0})
    assert "对方收下了" in system.post(address, {"do": "try", "to": ""}).content.decode()
    changed = {"do": "change", "name": "值班群", "set-base": gateway.url, "exercises": "on"}
    assert system.post(address, changed).status_code == 302
    assert gateway.calls[-1].query["access_token"] == ["tok12345"]
    assert "演练可用" in system.get("/admin/channels/").content.decode()
    assert system.post(address, {"do": "switch", "active": "0"}).status_code == 302
    assert "已停用" in system.get("/admin/channels/").content.decode()
    told = Client()
    told.force_login(get_user_model().objects.get(username=f"{world.root[-6:]}-auditor"))
    assert "值班群" in told.get("/admin/channels/").content.decode()
    assert told.get("/admin/channels/?kind=bark").content.decode().count("<form") < system.get(
        "/admin/channels/?kind=bark"
    ).content.decode().count("<form")
    assert told.post("/admin/channels/?kind=bark", {"do": "create", "name": "x"}).status_code == 403
    assert "建立通道" in told.get("/admin/ledger/").content.decode()


def test_pages_are_absent_for_who_does_not_read_them(world, system, at_the_page) -> None:
    for address in ("channels/", "channels/email/", "attempts/", "rollcall/", "rollcall/table.csv"):
        assert system.get(f"/admin/{address}").status_code == 200
        assert at_the_page("owner").get(f"/admin/{address}").status_code == 404
    assert system.get("/admin/channels/nothing/").status_code == 404
    assert system.get("/admin/rollcall/?month=1999-01").status_code == 404


def test_a_person_keeps_his_own_addresses_and_tries_them(world, system, at_the_page, gateway) -> None:
    gateway.answers(200, {"code": 200})
    by = {"actor": world.people["system"], "at": world.now}
    bark = notifications.create_channel(world.organisation, "bark", "推送", {"base": gateway.url}, **by)
    owner = at_the_page("owner")
    assert owner.post("/me/channels/", {"do": "add", "channel": bark, "value": "not a key!"}).status_code == 422
    assert owner.post("/me/channels/", {"do": "add", "channel": bark, "value": "devicekey1"}).status_code == 302
    page = owner.get("/me/channels/").content.decode()
    assert "devicekey1" not in page and "未试过" in page
    (row, mailbox) = selectors.addresses(world.people["owner"])
    page = owner.post("/me/channels/", {"do": "try", "id": row.id}).content.decode()
    assert "对方收下了" in page and gateway.calls[-1].json()["device_key"] == "devicekey1"
    assert "试过" in owner.get("/me/channels/").content.decode()
    assert owner.post("/me/channels/", {"do": "quiet", "since": "22:00", "until": ""}).status_code == 422
    assert owner.post("/me/channels/", {"do": "quiet", "since": "22:00", "until": "07:00"}).status_code == 302
    assert 'value="22:00"' in owner.get("/me/channels/").content.decode()
    other = at_the_page("group")
    other.post("/me/channels/", {"do": "drop", "id": row.id})
    assert selectors.addresses(world.people["owner"])[0].id == row.id
    owner.post("/me/channels/", {"do": "drop", "id": row.id})
    assert [one.id for one in selectors.addresses(world.people["owner"])] == [mailbox.id]


def test_what_was_typed_before_a_session_ended_stands_there_again_and_no_other_deed_is_taken(
    world, at_the_page
) -> None:
    quiet = {"do": "quiet", "since": "22:30", "until": "06:45"}
    page = after_sign_in(world, "owner", "/me/channels/", quiet)
    assert 'value="22:30"' in page and 'value="06:45"' in page
    assert selectors.quiet_hours(world.people["owner"]) is None
    owner = at_the_page("owner")
    assert owner.post("/me/channels/", {"do": "else"}).status_code == 404
    assert "已改" not in owner.get("/me/channels/").content.decode()


def test_every_try_stands_on_the_page_of_attempts_and_is_sent_again_by_hand(world, system, gateway) -> None:
    gateway.answers(500, "the gateway is down")
    by = {"actor": world.people["system"], "at": world.now}
    bark = notifications.create_channel(world.organisation, "bark", "推送", {"base": gateway.url}, **by)
    lost = directory.create_person(world.organisation, "只有推送的人", actor=BY, at=world.now)
    directory.appoint(lost, "office", post="head", place="A", actor=BY, at=world.now)
    notifications.add_address(lost, bark, "devicekey1", at=world.now)
    world.open("group")
    notifications.follow(world.now)
    notifications.deliver(world.now)
    page = system.get("/admin/attempts/?who=只有推送").content.decode()
    assert "the gateway is down" in page and "JS-2024-0001" in page and "甲处负责人" not in page
    assert "devicekey1" not in page and "研判" not in page, "who keeps channels does not read what was told"
    assert "没有符合的记录" in system.get("/admin/attempts/?failed=1").content.decode()
    assert "甲处负责人" in system.get("/admin/attempts/?number=JS-2024-0001").content.decode()
    sent = next(row for row in selectors.messages(world.root, [world.organisation]) if row.state == "sent")
    assert system.post("/admin/attempts/", {"do": "resend", "id": sent.id}).status_code == 302
    assert "人工重发" in system.get("/admin/attempts/").content.decode()


def test_the_roll_call_is_answered_on_ones_own_page_and_its_results_are_a_file(
    world, system, at_the_page, clock
) -> None:
    clock(world.at("2024-02-01 10:00"))
    notifications.roll_call(world.now)
    owner = at_the_page("owner")
    assert 'action="/me/present/"' in owner.get("/me/").content.decode()
    assert owner.post("/me/present/").status_code == 302
    assert 'action="/me/present/"' not in owner.get("/me/").content.decode()
    page = system.get("/admin/rollcall/").content.decode()
    assert "2024-02" in page and "甲处另一负责人" in page
    lines = system.get("/admin/rollcall/table.csv?month=2024-02").content.decode().splitlines()
    assert [line for line in lines if re.search("甲处负责人,到,2024-02-01 10:00", line)]
    assert [line for line in lines if re.search("甲处另一负责人,未应答,$", line)]


def test_a_notice_is_acknowledged_by_its_own_button(world, at_the_page) -> None:
    world.open("group")
    notifications.follow(world.now)
    owner = at_the_page("owner")
    first, *others = selectors.notices(world.people["owner"])
    assert others and f'name="only" value="{first.id}"' in owner.get("/me/").content.decode()
    every = [row.id for row in (first, *others)]
    owner.post("/me/read/", {"notice": every, "only": first.id})
    assert [row.id for row in selectors.notices(world.people["owner"]) if row.read] == [first.id]
    owner.post("/me/read/", {"notice": every})
    assert all(row.read for row in selectors.notices(world.people["owner"]))


def test_who_cannot_be_reached_stands_on_the_first_page_of_administration(world, system) -> None:
    lost = directory.create_person(world.organisation, "无通道的人", actor=BY, at=world.now)
    directory.appoint(lost, "office", post="head", place="B", actor=BY, at=world.now)
    page = system.get("/admin/").content.decode()
    assert "1 人没有能用的外部通道" in page and "无通道的人" in page
