"""Ways out of the house: what each kind says and when it counts as accepted; secrets; a person's own order.

Every call goes over HTTP to a server on loopback, as it would to the real service.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from django.core import mail
from django.db import connection

from fengsui.cases import service
from fengsui.core.problems import Refused
from fengsui.directory import service as directory
from fengsui.ledger import selectors as ledger
from fengsui.notifications import selectors
from fengsui.notifications import service as notifications
from fengsui.notifications.channels import carrier, sms
from fengsui.notifications.channels.carrier import Call
from fengsui.notifications.channels.kinds import Letter, Outcome, Wire
from fengsui.notifications.channels.registry import KINDS
from fengsui.notifications.models import Address, Attempt, Channel, Message
from fengsui.notifications.selectors.reaching import mask
from tests.support.gateway import Gateway, running
from tests.world import BY, World

pytestmark = pytest.mark.django_db
AT = datetime(2024, 1, 10, 1, 0, tzinfo=UTC)
PHONE = "12000000000"
DRIPS = 200
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    """A service on loopback, which the operator allows."""
    settings.PRIVATE_CHANNELS = True
    with running() as made:
        yield made


def _drip(server: socket.socket) -> None:
    """Answer one call, a byte at a time, until the other side has enough."""
    caller, _ = server.accept()
    with caller:
        caller.recv(4096)
        caller.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {DRIPS}\r\n\r\n".encode())
        try:
            for _ in range(DRIPS):
                caller.sendall(b"x")
                sleep(0.02)
        except OSError:
            pass


def letter(to: str = PHONE, **more: Any) -> Letter:
    text = "JS-2024-0001 应办：研判\n依据：某预案"
    return Letter("key-1", "JS-2024-0001 应办：研判", text, (to,) if to else (), AT, "JS-2024-0001", **more)


def send(kind: str, values: dict[str, str], one: Letter) -> Outcome:
    secret = {field.name for field in KINDS[kind].fields if field.secret}
    wire = Wire(
        kind, {k: v for k, v in values.items() if k not in secret}, {k: v for k, v in values.items() if k in secret}
    )
    return KINDS[kind].send(wire, one)


class TestWhatEachKindSays:
    def test_wecom_posts_a_text_with_whom_to_mention(self, gateway: Gateway) -> None:
        gateway.answers(200, {"errcode": 0, "errmsg": "ok"})
        outcome = send("wecom", {"base": gateway.url, "key": "the-key"}, letter())
        (call,) = gateway.calls
        assert outcome.accepted and (call.method, call.path) == ("POST", "/cgi-bin/webhook/send")
        assert call.query == {"key": ["the-key"]}
        text = {"content": letter().text, "mentioned_mobile_list": [PHONE]}
        assert call.json() == {"msgtype": "text", "text": text}

    def test_a_text_too_long_for_wecom_is_cut_at_a_character(self, gateway: Gateway) -> None:
        gateway.answers(200, {"errcode": 0})
        long = Letter("k", "题", "题" + "长" * 2000, (), AT)
        assert send("wecom", {"base": gateway.url, "key": "the-key"}, long).accepted
        content = gateway.calls[-1].json()["text"]["content"]
        assert len(content.encode()) <= 2048 and content.endswith("长…")

    def test_dingtalk_signs_with_its_secret(self, gateway: Gateway) -> None:
        gateway.answers(200, {"errcode": 0})
        values = {"base": gateway.url, "token": "abc", "secret": "SECxyz"}
        assert send("dingtalk", values, letter()).accepted
        (call,) = gateway.calls
        stamp = str(int(AT.timestamp() * 1000))
        sign = base64.b64encode(hmac.new(b"SECxyz", f"{stamp}\nSECxyz".encode(), hashlib.sha256).digest()).decode()
        assert (call.path, call.query) == (
            "/robot/send",
            {"access_token": ["abc"], "timestamp": [stamp], "sign": [sign]},
        )
        at = {"atMobiles": [PHONE], "isAtAll": False}
        assert call.json() == {"msgtype": "text", "text": {"content": letter().text}, "at": at}

    def test_feishu_signs_in_its_body(self, gateway: Gateway) -> None:
        gateway.answers(200, {"code": 0, "msg": "success"})
        values = {"base": gateway.url, "token": "hook-1", "secret": "quiet"}
        assert send("feishu", values, letter("ou_1")).accepted
        (call,) = gateway.calls
        stamp = str(int(AT.timestamp()))
        sign = base64.b64encode(hmac.new(f"{stamp}\nquiet".encode(), b"", hashlib.sha256).digest()).decode()
        assert call.path == "/open-apis/bot/v2/hook/hook-1"
        text = f'{letter().text}\n<at user_id="ou_1"></at>'
        assert call.json() == {"timestamp": stamp, "sign": sign, "msg_type": "text", "content": {"text": text}}

    def test_bark_breaks_through_only_when_urgent(self, gateway: Gateway) -> None:
        gateway.answers(200, {"code": 200, "message": "success"})
        for urgent, level in ((False, "active"), (True, "timeSensitive")):
            assert send("bark", {"base": gateway.url}, letter("devicekey1", urgent=urgent)).accepted
            call = gateway.calls[-1]
            assert call.path == "/push"
            assert call.json() == {
                "device_key": "devicekey1",
                "title": letter().subject,
                "body": letter().text,
                "group": "JS-2024-0001",
                "level": level,
            }

    def test_serverchan_posts_a_form_to_the_sendkey(self, gateway: Gateway) -> None:
        gateway.answers(200, {"code": 0})
        assert send("serverchan", {"base": gateway.url}, letter("SCT123456abcdef")).accepted
        (call,) = gateway.calls
        assert call.path == "/SCT123456abcdef.send"
        assert call.form() == {"title": letter().subject, "desp": letter().text.replace("\n", "\n\n")}

    def test_a_webhook_gets_our_json_signed_over_the_very_bytes(self, gateway: Gateway) -> None:
        gateway.answers(204)
        values = {"url": f"{gateway.url}/in", "secret": "between us"}
        assert send("webhook", values, letter("duty-desk", urgent=True)).accepted
        (call,) = gateway.calls
        assert call.json() == {
            "id": "key-1",
            "at": "2024-01-10T01:00:00+00:00",
            "number": "JS-2024-0001",
            "subject": letter().subject,
            "text": letter().text,
            "urgent": True,
            "exercise": False,
            "to": ["duty-desk"],
        }
        seconds = int(AT.timestamp())
        made = hmac.new(b"between us", f"{seconds}.".encode() + call.body, hashlib.sha256).hexdigest()
        assert call.headers["fengsui-signature"] == f"t={seconds},v1={made}"
        assert call.headers["idempotency-key"] == "key-1"

    def test_another_service_goes_through_apprise_with_both_limits_and_no_redirect(self, gateway: Gateway) -> None:
        host = gateway.url.removeprefix("http://")
        outcome = send("apprise", {"url": f"ntfy://{host}/{{to}}"}, letter("duty-topic"))
        assert outcome.accepted and outcome.answer.startswith("SUCCESS")
        (call,) = gateway.calls
        assert call.json()["topic"] == "duty-topic" and call.json()["message"] == letter().text
        gateway.answers(302, "", headers={"Location": f"{gateway.url}/elsewhere"})
        assert not send("apprise", {"url": f"ntfy://{host}/x"}, letter("duty-topic")).accepted
        assert not gateway.on("/elsewhere")

    def test_apprise_reaches_no_address_inside_by_whatever_name(self, gateway: Gateway, settings) -> None:
        settings.PRIVATE_CHANNELS = False
        port = gateway.url.rpartition(":")[2]
        for url in (
            f"ntfy://127.0.0.1:{port}/x",
            f"ntfy://localhost:{port}/x",
            f"gotify://2130706433:{port}/{'a' * 15}",
        ):
            outcome = send("apprise", {"url": url}, letter("duty-topic"))
            assert not outcome.accepted and outcome.answer.startswith("FAILURE")
        assert not gateway.calls

    def test_apprise_asks_no_name_of_an_address_that_names_no_server(self, monkeypatch) -> None:
        asked: list[str] = []

        def nobody(host: str, *_: object, **__: object) -> None:
            asked.append(host)
            raise OSError("no such name")

        monkeypatch.setattr(socket, "getaddrinfo", nobody)
        outcome = send("apprise", {"url": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#duty"}, letter("x"))
        assert not outcome.accepted and asked == ["hooks.slack.com"]

    def test_apprise_takes_one_address_and_nothing_behind_a_comma(self, gateway: Gateway) -> None:
        host = gateway.url.removeprefix("http://")
        send("apprise", {"url": f"ntfy://{host}/first, json://{host}/second"}, letter("duty-topic"))
        assert not gateway.on("/second")

    def test_apprise_reaches_no_program_of_the_own_machine(self) -> None:
        for url in ("syslog://", "dbus://", "json://localhost/", "windows://"):
            outcome = send("apprise", {"url": url}, letter("x"))
            assert not outcome.accepted and not outcome.answered


class TestShortMessages:
    VALUES = {
        "form": "form",
        "secrets": "account = N100\npassword = p@ss&word",
        "fields": "sign = md5/upper: {account}{password}{local}",
        "body": "account={account}&mobile={to}&msg={text}&ts={local}&sign={sign}",
        "accepted": "code=0",
    }

    def test_a_form_is_filled_quoted_and_signed(self, gateway: Gateway) -> None:
        gateway.answers(200, {"code": "0"})
        assert send("sms", {"url": f"{gateway.url}/sms", **self.VALUES}, letter()).accepted
        sign = hashlib.md5(b"N100p@ss&word20240110090000").hexdigest().upper()
        assert gateway.calls[-1].form() == {
            "account": "N100",
            "mobile": PHONE,
            "msg": letter().text,
            "ts": "20240110090000",
            "sign": sign,
        }

    def test_json_is_escaped_so_that_a_text_cannot_break_out(self, gateway: Gateway) -> None:
        gateway.answers(200, {"data": [{"status": "OK"}]})
        values = {
            "url": f"{gateway.url}/v2/{{account}}",
            "secrets": "account = a/b",
            "headers": "X-Stamp: {unix}",
            "body": '{"to": ["{to}"], "text": "{text}"}',
            "accepted": "data.0.status=OK",
        }
        nasty = Letter("k", 'a"b', 'a"b\\\n{"x"', (PHONE,), AT)
        assert send("sms", values, nasty).accepted
        (call,) = gateway.calls
        assert call.json() == {"to": [PHONE], "text": 'a"b\\\n{"x"'}
        assert call.path == "/v2/a%2Fb" and call.headers["x-stamp"] == str(int(AT.timestamp()))

    def test_a_chain_of_keyed_digests_is_computed_as_large_gateways_ask(self, gateway: Gateway) -> None:
        gateway.answers(200, {})
        values = {
            "url": gateway.url,
            "secrets": "secret = topsecret",
            "body": "{payload|raw}",
            "form": "text",
            "headers": "Authorization: TC3 {signature}",
            "fields": "payload = plain: to={to|url}\nhash = sha256: {payload}\n"
            "day = hmac-sha256/raw TC3{secret}: {date}\nkey = hmac-sha256/raw {day}: sms\n"
            "signature = hmac-sha256 {key}: POST\\n{hash}",
        }
        assert send("sms", values, letter()).accepted
        (call,) = gateway.calls
        payload = f"to={PHONE}".encode()
        day = hmac.new(b"TC3topsecret", b"2024-01-10", hashlib.sha256).digest()
        key = hmac.new(day, b"sms", hashlib.sha256).digest()
        text = f"POST\n{hashlib.sha256(payload).hexdigest()}".encode()
        assert call.body == payload
        assert call.headers["authorization"] == f"TC3 {hmac.new(key, text, hashlib.sha256).hexdigest()}"

    @pytest.mark.parametrize(
        ("more", "why"),
        [
            ({"body": "{nobody}"}, "没有 {nobody}"),
            ({"fields": "sign = rot13: x"}, "没有算法 rot13"),
            ({"fields": "nonsense"}, "写成"),
            ({"url": "ftp://host/"}, "http"),
            ({"url": "https://user:word@host/"}, "用户名"),
        ],
    )
    def test_a_template_that_cannot_be_filled_is_refused_when_it_is_kept(self, world: World, more, why) -> None:
        values = {"url": "https://sms.example.org/", "body": "{to}", **more}
        with pytest.raises(Refused) as refused:
            notifications.create_channel(world.organisation, "sms", "短信", values, actor=admin(world), at=world.now)
        assert why in refused.value.problem.message("zh")


GATEWAYS = (ROOT / "docs/channels.md").read_text("utf-8").partition("## SMS gateways")[2]
PRESETS = re.findall(r"### (.+?)\n.*?```text\n(.*?)```", GATEWAYS, re.S)


class TestPresets:
    """The templates of docs/channels.md, filled and held against what each gateway's documentation asks for."""

    def call(self, name: str, **secrets: str) -> Call:
        text = next(body for title, body in PRESETS if title.startswith(name))
        values = {part[0]: part[1].strip() for part in re.findall(r"^\[(\w+)\]\n(.*?)(?=^\[|\Z)", text, re.S | re.M)}
        asked = [line.partition("=")[0].strip() for line in values["secrets"].splitlines()]
        assert set(asked) == set(secrets), asked
        values["secrets"] = "\n".join(f"{one} = {value}" for one, value in secrets.items())
        wire = Wire(
            "sms", {key: value for key, value in values.items() if key != "secrets"}, {"secrets": values["secrets"]}
        )
        sms.check(wire)
        return sms.composed(wire, letter())

    def test_all_of_them_are_tried_here(self) -> None:
        assert {title.split()[0] for title, _ in PRESETS} == {"Alibaba", "Tencent", "Huawei", "China", "Yunpian", "A"}

    def test_alibaba_signs_the_sorted_query(self) -> None:
        call = self.call("Alibaba", key_id="id", key_secret="secret", sign_name="某局", template="SMS_1")
        sent = dict(parse_qsl(call.body.decode()))
        signature = sent.pop("Signature")
        query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(sent.items()))
        text = f"POST&%2F&{quote(query, safe='')}".encode()
        assert signature == base64.b64encode(hmac.new(b"secret&", text, hashlib.sha1).digest()).decode()
        assert sent["TemplateParam"] == '{"number":"JS-2024-0001"}' and sent["Timestamp"] == "2024-01-10T01:00:00Z"
        assert call.headers["Content-Type"].startswith("application/x-www-form-urlencoded")

    def test_tencent_signs_the_canonical_request(self) -> None:
        asked = {"secret_id": "ID", "secret_key": "KEY", "app_id": "1400", "sign_name": "某局", "template": "77"}
        call = self.call("Tencent", **asked)
        day, host = "2024-01-10", "sms.tencentcloudapi.com"
        head = f"content-type:{call.headers['Content-Type']}\nhost:{host}\n"
        hashed = hashlib.sha256(call.body).hexdigest()
        request = f"POST\n/\n\n{head}\ncontent-type;host\n{hashed}".encode()
        text = f"TC3-HMAC-SHA256\n{int(AT.timestamp())}\n{day}/sms/tc3_request\n{hashlib.sha256(request).hexdigest()}"
        key = b"TC3KEY"
        for step in (day, "sms", "tc3_request"):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        assert call.headers["Authorization"].endswith(f"Signature={signature}")
        assert json.loads(call.body)["PhoneNumberSet"] == [PHONE]

    def test_huawei_digests_nonce_time_and_secret(self) -> None:
        call = self.call("Huawei", app_key="K", app_secret="S", sender="106", template="t")
        nonce = re.search(r'Nonce="(\w+)"', call.headers["X-WSSE"])
        assert nonce is not None
        digest = hashlib.sha256(f"{nonce[1]}2024-01-10T01:00:00ZS".encode()).hexdigest()
        assert f'PasswordDigest="{base64.b64encode(digest.encode()).decode()}"' in call.headers["X-WSSE"]
        assert dict(parse_qsl(call.body.decode()))["templateParas"] == '["JS-2024-0001"]'

    def test_the_others_carry_number_telephone_and_digest(self) -> None:
        mas = {"mas_host": "mas.example.org:1992", "ec_name": "局", "ap_id": "a", "secret_key": "k", "sign": "s"}
        call = self.call("China Mobile", **mas)
        told = json.loads(base64.b64decode(call.body))
        assert told["mac"] == hashlib.md5(f"局ak{PHONE}{letter().text}s".encode()).hexdigest()
        assert told["content"] == letter().text and call.url == "http://mas.example.org:1992/sms/norsubmit"
        call = self.call("Yunpian", apikey="k", sign="某局")
        assert dict(parse_qsl(call.body.decode()))["text"].startswith("【某局】事件JS-2024-0001")
        call = self.call("A gateway", host="sms.example.org", secret="k")
        assert json.loads(call.body)["text"] == letter().text


class TestAnswers:
    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
            (200, "not json at all"),
            (200, b"\xff\xfe\x00garbage"),
            (200, [1, 2]),
            (500, {"errcode": 0}),
            (302, {"errcode": 0}),
        ],
    )
    def test_what_is_not_plainly_accepted_is_not(self, gateway: Gateway, status, body) -> None:
        gateway.answers(status, body, headers={"Location": f"{gateway.url}/elsewhere"} if status == 302 else {})
        outcome = send("wecom", {"base": gateway.url, "key": "the-key"}, letter())
        assert not outcome.accepted and outcome.answered
        assert outcome.answer.startswith(f"HTTP {status}") and "\x00" not in outcome.answer
        assert not gateway.on("/elsewhere"), "no redirect is followed"

    def test_the_answer_is_kept_bounded_and_without_secrets_or_telephones(self, gateway: Gateway) -> None:
        gateway.answers(200, {"errcode": 1, "echo": f"the-key {PHONE}", "more": "x" * 100000})
        outcome = send("wecom", {"base": gateway.url, "key": "the-key"}, letter())
        assert "the-key" not in outcome.answer and PHONE not in outcome.answer and carrier.DOTS in outcome.answer
        assert len(outcome.answer) <= carrier.KEPT

    def test_secrets_written_in_lines_are_masked_one_by_one(self, gateway: Gateway) -> None:
        gateway.answers(200, "you sent p@ss&word or p%40ss%26word")
        outcome = send("sms", {"url": gateway.url, **TestShortMessages.VALUES}, letter())
        assert not outcome.accepted and "p@ss" not in outcome.answer and "p%40ss" not in outcome.answer

    def test_a_service_that_does_not_answer_ends_in_time(self, gateway: Gateway, monkeypatch) -> None:
        monkeypatch.setattr(carrier, "READ", 0.3)
        gateway.silent = threading.Event()
        outcome = send("bark", {"base": gateway.url}, letter("devicekey1"))
        assert not outcome.accepted and not outcome.answered and "ReadTimeout" in outcome.answer

    def test_an_answer_that_drips_is_cut_off_when_the_time_is_over(self, monkeypatch, settings) -> None:
        settings.PRIVATE_CHANNELS = True
        monkeypatch.setattr(carrier, "WHOLE", 0.3)
        with socket.create_server(("127.0.0.1", 0)) as server:
            dripping = threading.Thread(target=_drip, args=(server,))
            dripping.start()
            answer = carrier.carry(Call(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}"))
            dripping.join()
        assert answer.ok and len(answer.text) < DRIPS

    def test_nobody_there_is_an_answer_too(self, settings) -> None:
        settings.PRIVATE_CHANNELS = True
        outcome = send("bark", {"base": "http://127.0.0.1:9"}, letter("devicekey1"))
        assert not outcome.accepted and not outcome.answered and "devicekey1" not in outcome.answer


class TestTheOwnHouse:
    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1",
            "localhost",
            "[::1]",
            "10.0.0.8",
            "192.168.1.1",
            "169.254.169.254",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
        ],
    )
    def test_addresses_inside_are_not_reached_unless_the_operator_says_so(self, host) -> None:
        with running() as gateway:
            port = gateway.url.rpartition(":")[2]
            outcome = send("webhook", {"url": f"http://{host}:{port}/"}, letter("desk"))
            assert not outcome.accepted and not outcome.answered and not gateway.calls

    def test_a_name_that_changes_its_address_after_the_look_is_cut_off(self, monkeypatch) -> None:
        monkeypatch.setattr(carrier, "permit", lambda url: None)
        with running() as gateway:
            outcome = send("webhook", {"url": gateway.url}, letter("desk"))
            assert not outcome.accepted and "内部地址" in outcome.answer and not gateway.calls


def admin(world: World) -> str:
    """Return the system administrator of the bureau."""
    if "system" not in world.people:
        made = directory.create_person(world.organisation, "系统管理员", office="system_admin", actor=BY, at=world.now)
        world.people["system"] = made
    return world.people["system"]


def channel(world: World, kind: str, name: str, values: dict[str, str], **more: Any) -> str:
    return notifications.create_channel(
        world.organisation, kind, name, values, actor=admin(world), at=world.now, **more
    )


def run(world: World) -> None:
    for _ in range(20):
        if not service.pass_due(world.now) + notifications.follow(world.now) + notifications.deliver(world.now):
            return


def outside(world: World, who: str) -> list[Message]:
    return list(Message.objects.filter(person=world.people[who], channel="outside").order_by("pk"))


class TestSettingUp:
    def test_secrets_are_sealed_never_shown_and_stay_when_left_empty(self, world: World, gateway: Gateway) -> None:
        id = channel(world, "dingtalk", "值班群", {"base": gateway.url, "token": "tok12345", "secret": "SECabcdef"})
        with connection.cursor() as cursor:
            cursor.execute("select settings, secrets from notifications_channel")
            kept = str(cursor.fetchall())
        assert "tok12345" not in kept and "SECabcdef" not in kept
        (row,) = [one for one in selectors.channel_rows(world.root, world.organisation) if one.id == id]
        assert "tok12345" not in repr(row) and len(row.secret) == 2
        told = [one for one in ledger.entries(world.root, "administration") if one.type.startswith("channel")]
        assert told and "tok12345" not in str([one.content for one in told])
        notifications.change_channel(id, "值班一群", {"base": gateway.url}, actor=admin(world), at=world.now)
        gateway.answers(200, {"errcode": 0})
        assert notifications.dry_run(id, PHONE, actor=admin(world), at=world.now).accepted
        assert gateway.calls[-1].query["access_token"] == ["tok12345"]

    def test_another_key_of_the_installation_makes_secrets_a_finding_not_a_crash(self, world: World, settings) -> None:
        id = channel(world, "wecom", "群", {"base": "https://example.org", "key": "the-key"})
        settings.SECRET_KEY = "another key of this installation, long enough"
        assert id in selectors.failing(world.root)
        outcome = notifications.dry_run(id, PHONE, actor=admin(world), at=world.now)
        assert not outcome.accepted and "密钥" in outcome.answer
        settings.SECRET_KEY_FALLBACKS = []

    def test_two_channels_of_one_name_and_an_unknown_kind_are_refused(self, world: World) -> None:
        channel(world, "bark", "推送", {})
        for kind in ("bark", "pigeon"):
            with pytest.raises(Refused):
                channel(world, kind, "推送", {})

    def test_a_dry_run_is_marked_and_gives_the_whole_answer(self, world: World, gateway: Gateway) -> None:
        id = channel(world, "bark", "推送", {"base": gateway.url})
        gateway.answers(400, {"code": 400, "message": "device token is empty"})
        outcome = notifications.dry_run(id, "devicekey1", actor=admin(world), at=world.now)
        assert "device token is empty" in outcome.answer and not outcome.accepted
        assert gateway.calls[-1].json()["title"].startswith("【测试】")
        with pytest.raises(Refused):
            notifications.dry_run(id, "not a key!", actor=admin(world), at=world.now)

    def test_units_below_use_the_channels_above_and_their_own_of_the_same_name_instead(self, world: World) -> None:
        above = channel(world, "bark", "推送", {})
        below = directory.create_organisation("乙分局", "YF", parent=world.organisation, actor=BY, at=world.now)
        assert [one.id for one in selectors.channel_rows(world.root, below)] == ["email", above]
        own = notifications.create_channel(below, "bark", "推送", {}, actor=admin(world), at=world.now)
        assert [one.id for one in selectors.channel_rows(world.root, below)] == ["email", own]


class TestAPersonsOrder:
    @pytest.fixture
    def two(self, world: World, gateway: Gateway) -> World:
        """The owner has Bark first, then a webhook, then his mail."""
        gateway.answers(200, {"code": 200})
        for kind, name, value in (("bark", "推送", "devicekey1"), ("webhook", "接口", "owner")):
            key = {"bark": "base", "webhook": "url"}[kind]
            id = channel(world, kind, name, {key: f"{gateway.url}/{kind}"})
            notifications.add_address(world.people["owner"], id, value, at=world.now)
        return world

    def test_the_first_is_used_and_the_next_only_when_it_did_not_accept(self, two: World, gateway: Gateway) -> None:
        two.open("group")
        run(two)
        assert len(gateway.on("/bark/push")) == 1 and not gateway.on("/webhook")
        assert not [one for one in mail.outbox if one.to == ["owner@example.invalid"]]
        gateway.answers(503, "down", path="/bark/push")
        two.at("+1h").open("group", title="第二件")
        run(two)
        assert gateway.on("/webhook")
        last = outside(two, "owner")[-1]
        tries = Attempt.objects.filter(message=last).order_by("pk")
        assert sorted((row.kind, row.outcome) for row in tries) == [("bark", "failed"), ("webhook", "sent")]
        assert last.state == "sent"
        assert not [one for one in mail.outbox if one.to == ["owner@example.invalid"]]

    def test_an_urgent_one_goes_everywhere_at_once(self, two: World, gateway: Gateway) -> None:
        case = two.open("group")
        run(two)
        gateway.calls.clear()
        two.at("+1h").submit("group", case, "urge", target=obligation(two, case.case))
        run(two)
        urgent = [row for row in outside(two, "owner") if row.urgent and row.about.startswith("urged:")]
        assert len(urgent) == 1
        assert {row.kind for row in Attempt.objects.filter(message=urgent[0])} == {"bark", "webhook", "email"}

    def test_an_urgent_one_is_on_its_way_to_all_at_the_same_time(self, two: World, gateway: Gateway) -> None:
        case = two.open("group")
        run(two)
        two.at("+1h").submit("group", case, "urge", target=obligation(two, case.case))
        notifications.follow(two.now)
        Message.objects.filter(urgent=False).update(next_at=None)
        gateway.together = threading.Barrier(2)
        notifications.deliver(two.now)
        (row,) = [row for row in outside(two, "owner") if row.about.startswith("urged:")]
        tried = {one.kind: one.outcome for one in Attempt.objects.filter(message=row)}
        assert tried == {"bark": "sent", "webhook": "sent", "email": "sent"}

    def test_the_order_is_changed_by_its_person_and_only_by_him(self, two: World, gateway: Gateway) -> None:
        first, second, mailbox = selectors.addresses(two.people["owner"])
        assert (first.kind, second.kind, mailbox.kind) == ("bark", "webhook", "email")
        notifications.raise_address(two.people["owner"], second.id, at=two.now)
        assert selectors.addresses(two.people["owner"])[0].kind == "webhook"
        for wrong in (notifications.raise_address, notifications.drop_address):
            with pytest.raises(Refused):
                wrong(two.people["group"], second.id, at=two.now)
        notifications.drop_address(two.people["owner"], second.id, at=two.now)
        assert [row.kind for row in selectors.addresses(two.people["owner"])] == ["bark", "email"]

    def test_an_address_is_sealed_and_only_its_mask_is_seen(self, two: World) -> None:
        assert "devicekey1" not in str(list(Address.objects.values_list("value", "shown")))
        assert "devicekey1" not in repr(selectors.addresses(two.people["owner"]))
        assert mask("12000001111") == "120•••11" and mask("zhiban@example.org") == "zh•••@example.org"

    def test_a_try_by_its_person_marks_it_as_working(self, two: World, gateway: Gateway) -> None:
        (first, *_rest) = selectors.addresses(two.people["owner"])
        outcome = notifications.try_address(two.people["owner"], first.id, at=two.now)
        assert outcome.accepted and selectors.addresses(two.people["owner"])[0].verified_at == two.now

    def test_a_dead_channel_does_not_keep_others_waiting(self, two: World, gateway: Gateway, monkeypatch) -> None:
        monkeypatch.setattr(carrier, "READ", 0.2)
        gateway.silent = threading.Event()
        for n in range(6):
            two.open("group", title=f"第 {n} 件")
        run(two)
        assert len(gateway.on("/bark/push")) < 12, "after some silence the others do not ask again"
        assert all(row.state == "sent" for row in outside(two, "owner")), "the mail took them"


def obligation(world: World, case: str) -> str:
    from fengsui.cases.models import Obligation

    row = Obligation.objects.filter(case=case, live=True).order_by("opened", "key").first()
    assert row is not None
    return row.key


class TestQuiet:
    def test_what_comes_within_two_minutes_is_one_letter(self, world: World) -> None:
        def letters() -> list[Any]:
            return [one for one in mail.outbox if one.to == ["group_second@example.invalid"]]

        case = world.open("owner")
        for minute in range(3):
            world.at("+1min").submit("owner", case, "report", to=("group",), note=f"第 {minute} 次电话")
            run(world)
            assert len(letters()) == (1 if minute < 2 else 2)
        waited = [row for row in outside(world, "group_second") if row.created_at > world.now - timedelta(minutes=2)]
        assert len(waited) > 1 and all(row.state == "sent" and row.sent_at == world.now for row in waited)
        assert letters()[1].subject.endswith(f"（另 {len(waited) - 1} 条）") and all(
            row.text in letters()[1].body for row in waited
        )
        assert len({row.letter for row in Attempt.objects.filter(message__in=waited)}) == 1

    def test_quiet_hours_hold_back_what_is_not_urgent_until_they_end(self, world: World) -> None:
        notifications.set_quiet(world.people["owner"], time(8), time(12), at=world.now)
        case = world.open("group")
        run(world)
        assert [row.state for row in outside(world, "owner")] == ["waiting"] * len(outside(world, "owner"))
        assert outside(world, "owner")[0].next_at == datetime(2024, 1, 10, 4, 0, tzinfo=UTC)
        assert selectors.flow(world.root, world.now + timedelta(hours=2)).ok, "who sleeps is not a fault"
        world.at("+1min").submit("group", case, "urge", target=obligation(world, case.case))
        run(world)
        assert [row.state for row in outside(world, "owner") if row.about.startswith("urged:")] == ["sent"]
        world.at("2024-01-10 12:00")
        run(world)
        assert all(row.state == "sent" for row in outside(world, "owner"))

    def test_what_was_due_before_the_quiet_hours_does_not_go_out_in_them(self, world: World) -> None:
        world.open("group")
        notifications.follow(world.now)
        notifications.set_quiet(world.people["owner"], time(9, 30), time(12), at=world.now)
        world.at("+1h")
        run(world)
        assert {(row.state, row.tries) for row in outside(world, "owner")} == {("waiting", 0)}
        assert all(row.state == "sent" for row in outside(world, "owner_deputy"))
        world.at("2024-01-10 12:00")
        run(world)
        assert {(row.state, row.tries) for row in outside(world, "owner")} == {("sent", 1)}

    def test_quiet_hours_over_midnight(self) -> None:
        from fengsui.notifications.selectors.reaching import Reach

        reach = Reach(quiet=(time(22), time(7)))
        for hour, begins in ((13, 13), (15, 23), (22, 23)):  # UTC: 21:00, 23:00 and 06:00 of the next day in Shanghai
            at = datetime(2024, 1, 10, hour, tzinfo=UTC)
            assert reach.not_before(at, urgent=False) == at.replace(hour=begins)
            assert reach.not_before(at, urgent=True) == at


class TestExercises:
    def test_an_outside_channel_is_used_for_an_exercise_only_if_the_organisation_says_so(
        self, world: World, gateway: Gateway
    ) -> None:
        gateway.answers(200, {"code": 200})
        id = channel(world, "bark", "推送", {"base": gateway.url})
        notifications.add_address(world.people["owner"], id, "devicekey1", at=world.now)
        world.open("group", mode="exercise", title="推演")
        run(world)
        assert not gateway.calls and not mail.outbox and not outside(world, "owner")
        notifications.change_channel(
            id, "推送", {"base": gateway.url}, actor=admin(world), at=world.now, exercises=True
        )
        world.at("+1h").open("group", mode="exercise", title="再推演")
        run(world)
        assert gateway.calls and gateway.calls[-1].json()["title"].startswith("【演练】")
        assert not mail.outbox

    def test_e_mail_is_opened_to_exercises_by_setting_it_up(self, world: World) -> None:
        channel(world, "email", "邮件", {}, exercises=True)
        world.open("group", mode="exercise", title="推演")
        run(world)
        assert mail.outbox and all(one.subject.startswith("【演练】") for one in mail.outbox)


class TestFindings:
    def test_who_holds_a_seat_and_cannot_be_reached_is_found(self, world: World) -> None:
        assert not selectors.findings(world.root, world.now)
        lost = directory.create_person(world.organisation, "无通道的人", actor=BY, at=world.now)
        directory.appoint(lost, "office", post="head", place="B", actor=BY, at=world.now)
        (one,) = selectors.findings(world.root, world.now)
        assert (one.code, one.ids) == ("unreached", (lost,))

    def test_mail_that_is_only_kept_as_files_reaches_nobody(self, world: World, settings, tmp_path) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        settings.EMAIL_FILE_PATH = str(tmp_path)
        (one,) = selectors.findings(world.root, world.now)
        assert one.code == "unreached" and world.people["owner"] in one.ids
        outcome = notifications.dry_run("email", "zhiban@example.org", actor=admin(world), at=world.now)
        assert "没有寄出" in outcome.answer and list(tmp_path.iterdir())

    def test_a_channel_whose_last_tries_failed_counts_as_none(self, world: World, gateway: Gateway) -> None:
        gateway.answers(200, {"code": 400})
        id = channel(world, "bark", "推送", {"base": gateway.url})
        lost = directory.create_person(world.organisation, "只有推送的人", actor=BY, at=world.now)
        directory.appoint(lost, "office", post="head", place="A", actor=BY, at=world.now)
        notifications.add_address(lost, id, "devicekey1", at=world.now)
        assert not selectors.findings(world.root, world.now)
        world.open("group")
        for _ in range(3):
            run(world)
            world.at("+30min")
        found = {one.code: one for one in selectors.findings(world.root, world.now)}
        assert found["unreached"].ids == (lost,) and found["failing"].ids == (id,)
        (row,) = [one for one in selectors.channel_rows(world.root, world.organisation) if one.id == id]
        assert row.broken and row.last == "failed"
        assert Channel.objects.get(pk=id).active, "nothing is switched off by itself"


class TestSendingAgain:
    def test_a_given_up_message_is_seen_and_sent_again_by_who_keeps_the_channels(self, world: World, gateway) -> None:
        gateway.answers(500, "down")
        id = channel(world, "bark", "推送", {"base": gateway.url})
        lost = directory.create_person(world.organisation, "只有推送的人", actor=BY, at=world.now)
        directory.appoint(lost, "office", post="head", place="A", actor=BY, at=world.now)
        notifications.add_address(lost, id, "devicekey1", at=world.now)
        world.people["lost"] = lost
        world.open("group")
        for _ in range(notifications.TRIES + 1):
            run(world)
            world.at("+5h")
        shown = selectors.messages(world.root, [world.organisation], failed=True)
        assert shown and {row.name for row in shown} == {"只有推送的人"}
        assert [row.outcome for row in shown[-1].attempts] == ["failed"] * notifications.TRIES
        assert "down" in shown[-1].attempts[0].detail
        assert selectors.flow(world.root, world.now).failed == len(shown)
        gateway.answers(200, {"code": 200})
        notifications.resend(shown[-1].id, actor=admin(world), at=world.now)
        run(world)
        again = Message.objects.get(pk=shown[-1].id)
        assert again.state == "sent"
        with pytest.raises(Refused):
            notifications.resend(shown[-1].id, actor=world.people["security"], at=world.now)


def test_a_burst_of_pointers_is_written_in_few_queries(world: World, django_assert_max_num_queries) -> None:
    for n in range(5):
        world.open("group", title=f"第 {n} 件")
    with django_assert_max_num_queries(5 * 22 + 40):
        assert notifications.follow(world.now) == 5


def test_a_group_robot_says_one_text_once_and_mentions_everybody(world: World, gateway: Gateway) -> None:
    gateway.answers(200, {"errcode": 0})
    id = channel(world, "wecom", "值班群", {"base": gateway.url, "key": "the-key"})
    for n, who in enumerate(("owner", "owner_deputy")):
        notifications.add_address(world.people[who], id, f"1200000000{n}", at=world.now)
    world.open("group")
    run(world)
    assert len(gateway.calls) == 1
    assert gateway.calls[0].json()["text"]["mentioned_mobile_list"] == ["12000000000", "12000000001"]
    assert all(row.state == "sent" for who in ("owner", "owner_deputy") for row in outside(world, who))


def test_who_has_read_a_repeating_reminder_hears_it_no_more_unless_it_is_urgent(world: World) -> None:
    def heard(who: str) -> int:
        return len([row for row in selectors.notices(world.people[who]) if "已过自定提醒时间 " in row.subject])

    world.open("owner")
    run(world)
    world.at("+46min")
    run(world)
    before = heard("owner_deputy")
    assert before == heard("owner") > 0
    for row in selectors.notices(world.people["owner_deputy"]):
        notifications.read(world.people["owner_deputy"], (row.id,), at=world.now)
    world.at("+1h")
    run(world)
    assert heard("owner_deputy") == before < heard("owner")
