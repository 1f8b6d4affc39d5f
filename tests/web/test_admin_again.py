"""Pages of administration under hard use: a button pressed twice, times nobody means, tables that do not read."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fengsui.directory import models, selectors, service
from fengsui.directory.selectors import tokens as keys
from fengsui.ledger.ids import new_id
from fengsui.notifications import service as notifications
from fengsui.notifications.models import Channel
from tests.web.test_admin import key_of, officer, said
from tests.world import BY, World


def by(world: World) -> dict[str, object]:
    return {"actor": BY, "at": world.now}


def switch(client: Client, url: str, page: str) -> None:
    """Press the button that a page showed."""
    found = re.search(r'id="f-switch".*?name="active" value="(\d)"', page, re.S)
    assert found and client.post(url, {"do": "switch", "active": found[1]}).status_code == 302


def test_a_channel_switched_off_twice_from_one_page_is_off(world: World, settings):
    settings.PRIVATE_CHANNELS = True
    client, base = officer(world, "system_admin"), {"base": "http://127.0.0.1:9"}
    me = {"actor": world.people["system_admin"], "at": world.now}
    row = Channel.objects.get(pk=notifications.create_channel(world.root, "bark", "推送", base, **me))
    url = reverse("admin-channel", args=[row.pk])
    off = client.get(url).content.decode()
    for _press in range(2):
        switch(client, url, off)
        row.refresh_from_db()
        assert not row.active
    switch(client, url, client.get(url).content.decode())
    row.refresh_from_db()
    assert row.active
    assert client.post(url, {"do": "switch"}).status_code == 422


def test_a_person_typed_into_a_form_that_made_another_is_refused_and_nobodys_password_changes(world: World):
    client, url = officer(world, "system_admin"), reverse("admin-people")
    typed = {"do": "create", "organisation": world.root, "name": "新人", "username": "xinren"}
    typed["key"] = key_of(client.get(url).content.decode(), "create")
    assert 'id="once"' in client.post(url, typed).content.decode()
    for other in ({"name": "别人"}, {"username": "bieren"}, {"key": world.people["leader"]}):
        answer = client.post(url, typed | other)
        assert answer.status_code == 422 and 'id="once"' not in answer.content.decode()


def test_every_key_in_force_stands_in_the_list_however_many_are_over(world: World, monkeypatch):
    monkeypatch.setattr(keys, "OVER", 2)
    me, until = world.people["owner"], world.now + timedelta(days=1)
    service.make_token(me, "最早的", ["read"], until=until, at=world.now)
    for place in range(4):
        world.at("+1min")
        service.make_token(me, f"后来的 {place}", ["read"], until=until, at=world.now)
        over = models.Token.objects.get(root=world.root, name=f"后来的 {place}")
        service.revoke_token(world.root, over.pk, **by(world))
    rows = selectors.tokens_within(world.root, [world.root], world.now)
    assert [(row.name, row.state) for row in rows] == [
        ("最早的", "live"),
        ("后来的 3", "revoked"),
        ("后来的 2", "revoked"),
    ]


def test_an_end_in_the_past_is_refused_at_its_field_with_what_was_typed(world: World):
    client, url = officer(world, "security_admin"), reverse("admin-posts")
    row = models.Appointment.objects.get(root=world.root, person=world.people["owner"])
    for until, why in (("2023-12-31 08:00", "已经过去"), ("昨天", "不是时刻"), ("9999-12-31 23:59", "年份在")):
        answer = client.post(url, {"do": "end", "id": row.pk, "until": until})
        page = answer.content.decode()
        assert answer.status_code == 422 and why in page and f'value="{until}"' in page
        for anchor in re.findall(r'<a href="#([^"]+)">', page.split('id="errors"')[1].split("</div>")[0]):
            assert page.count(f'id="{anchor}"') == 1
    row.refresh_from_db()
    assert row.until is None
    assert client.post(url, {"do": "end", "id": row.pk, "until": ""}).status_code == 302
    row.refresh_from_db()
    assert row.until is not None


def test_a_post_of_ones_own_is_no_deputy(world: World):
    client, url = officer(world, "security_admin"), reverse("admin-delegations")
    service.appoint(world.people["security_admin"], "office", post="head", place="B", **by(world))
    typed = {"do": "delegate", "of": "group.lead", "to": "office.head@B", "document": "3 号", "acts": ["approve"]}
    typed["until"] = "2024-01-12 18:00"
    answer = client.post(url, typed)
    assert answer.status_code == 403 and "不能由本人给自己办" in answer.content.decode()
    assert client.post(url, typed | {"to": "office.head@A"}).status_code == 302
    rows = re.sub(r"<fieldset.*?</fieldset>", "", client.get(url).content.decode(), flags=re.S)
    assert "止 · 批准" in rows and "approve" not in rows


@pytest.mark.parametrize("table", ['名称,主管单位\n"门户,甲处\n' + "长" * 140_000, "名称,主管单位\n" + "长" * 140_000])
def test_a_table_that_does_not_read_comes_back_with_a_sentence(world: World, table: str):
    client = officer(world, "system_admin")
    answer = client.post(reverse("admin-assets"), {"do": "import", "text": table})
    assert answer.status_code == 422 and "长" * 140_000 in answer.content.decode()
    assert any("读不下去" in one for one in said(answer))


def test_a_table_with_old_line_ends_is_read(world: World):
    client = officer(world, "system_admin")
    table = "名称,主管单位\r门户,甲处\r邮件,乙处\r"
    assert client.post(reverse("admin-assets"), {"do": "import", "text": table}).status_code == 302
    told = client.get(reverse("admin-table")).content.decode("utf-8-sig").splitlines()
    assert {line.split(",")[1] for line in told[1:]} == {"甲处", "乙处"}
    again = client.post(reverse("admin-assets"), {"do": "import", "text": "\n".join(told)})
    assert again.status_code == 302
    assert {row.owner for row in selectors.assets(world.root, world.root)} == {"office@A", "office@B"}


def test_a_cell_that_a_spreadsheet_would_reckon_is_text(world: World):
    client = officer(world, "system_admin")
    service.create_asset(world.root, "＝1+1", "office@A", {}, **by(world))
    service.create_asset(world.root, " |calc", "office@A", {}, key=new_id(world.now), **by(world))
    told = client.get(reverse("admin-table")).content.decode("utf-8-sig")
    assert "'＝1+1" in told and "'|calc" in told


@pytest.mark.parametrize("year", ["0000", "0001", "9999", "２０２６", "9" * 5000])
def test_a_year_out_of_the_address_that_is_none_shows_no_day(world: World, year: str):
    client = officer(world, "plan_author")
    assert client.get(reverse("admin-calendar"), {"year": year}).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-01"])
def test_a_day_that_no_zone_reaches_asks_for_none(world: World, day: str):
    client = officer(world, "auditor")
    answer = client.get(reverse("admin-ledger"), {"since": day, "until": day, "before": "9" * 5000})
    assert answer.status_code == 200


def test_a_trial_keeps_the_paper_that_was_typed(world: World):
    client, url = officer(world, "plan_author"), reverse("admin-ladder")
    page = client.get(url).content.decode()
    text = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.S)
    assert text
    answer = client.post(url, {"do": "preview", "text": text[1], "paper": "办发 7 号"})
    assert answer.status_code == 200 and 'value="办发 7 号"' in answer.content.decode()


def test_an_officer_below_counts_the_locked_names_of_his_own_scope(world: World):
    below = service.create_organisation("下级局", "XJ", parent=world.root, **by(world))
    top, name = officer(world, "security_admin"), f"{world.root[-6:]}-owner"
    for _try in range(5):
        Client().post("/sign-in/", {"username": name, "password": "wrong"})
    assert "1 个用户名锁定" in top.get("/admin/").content.decode()
    models.Person.objects.filter(pk=world.people["security_admin"]).update(organisation=below)
    assert "个用户名锁定" not in top.get("/admin/").content.decode()
