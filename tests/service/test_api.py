"""The HTTP interface: the same services as the pages, as the person of the key; every refusal a problem document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.test import Client

from fengsui.api import asking, problems, reference
from fengsui.cases import models, service
from fengsui.cases.selectors import log
from fengsui.cases.selectors.rows import PAGE
from fengsui.core.case import Event
from fengsui.core.problems import CODES, Refused
from fengsui.directory import selectors as known
from fengsui.directory import service as directory
from fengsui.directory.models import Appointment
from fengsui.ledger import selectors as ledger
from fengsui.ledger.once import Moved, remembered_head, standing
from fengsui.library import service as library
from tests.world import World

pytestmark = pytest.mark.django_db


class Caller:
    """A program that speaks by the key of a person of the cast, at the world's time."""

    def __init__(self, world: World, person: str, *scopes: str, monkeypatch: Any) -> None:
        self.world, self.client = world, Client()
        monkeypatch.setattr("fengsui.server.clock.now", lambda: world.now)
        until = world.now + timedelta(days=30)
        id = world.people.get(person, person)
        self.token = directory.make_token(
            id, "监测平台", scopes or ("read", "report", "act"), until=until, at=world.now
        )

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **self._headers(more))

    def post(self, path: str, body: Any, **more: Any) -> Any:
        return self.client.post(path, body, content_type="application/json", **self._headers(more))

    def _headers(self, more: dict[str, Any]) -> dict[str, Any]:
        key, lang = more.pop("key", None), more.pop("lang", "zh-hans")
        headers = {"authorization": f"Bearer {self.token}", "accept-language": lang}
        return {"headers": headers | ({"idempotency-key": key} if key else {}), **more}


@pytest.fixture
def owner(world: World, monkeypatch: pytest.MonkeyPatch) -> Caller:
    return Caller(world, "owner", monkeypatch=monkeypatch)


REPORT = {"title": "门户网站无法访问", "owner": "office@A", "facts": {"important_system": True}, "note": "值班电话"}


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The document of a refusal, whole."""
    assert answer["Content-Type"] == "application/problem+json" and answer.status_code == status
    said = answer.json()
    assert (said["code"], said["status"], said["type"]) == (code, status, f"/api/#{code}")
    assert said["title"] and said["detail"] and said["next"] and said["instance"].startswith("/api/v1/")
    return said


def anonymous(events: Iterable[Event]) -> list[tuple[Any, ...]]:
    """What a log says, without the ids and salted digests that differ from case to case."""
    kept = [
        (e.type, e.at, e.seats, {k: v for k, v in e.content.items() if not str(v).startswith("text:")}) for e in events
    ]
    return [
        (type, at, seats, {k: v for k, v in said.items() if k not in ("case", "salt")})
        for type, at, seats, said in kept
    ]


def test_a_report_by_the_interface_is_the_same_case_as_one_by_the_page(world: World, owner: Caller) -> None:
    page = Client()
    page.force_login(get_user_model().objects.get(username=f"{world.root[-6:]}-owner"))
    typed = {"kind": "incident", "title": REPORT["title"], "owner": "office@A", "note": "值班电话", "key": "k"}
    sent = page.post("/report/", typed | {"f.important_system": "yes", "k.important_system": "verified"})
    assert sent.status_code == 302, sent.content.decode()
    made = owner.post("/api/v1/cases", REPORT)
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/cases/{made.json()['number']}")
    by_page, by_key = models.Case.objects.order_by("number")
    assert made.json()["number"] == by_key.number and made.json()["events"] == ["opened", "stated"]
    logs = [anonymous(log.fold(world.root, row.pk).events) for row in (by_page, by_key)]
    assert logs[0] == logs[1]
    owed = [
        list(
            models.Obligation.objects.filter(case=row).order_by("key").values("key", "state", "due", "data", "next_at")
        )
        for row in (by_page, by_key)
    ]
    assert owed[0] == owed[1] and owed[0]
    assert models.Fresh.objects.filter(case=by_page).count() == models.Fresh.objects.filter(case=by_key).count() > 0
    assert "Set-Cookie" not in made.headers


def test_the_same_key_gives_the_same_receipt_and_another_content_is_refused(owner: Caller) -> None:
    first = owner.post("/api/v1/cases", REPORT, key="once")
    again = owner.post("/api/v1/cases", REPORT, key="once")
    assert again.status_code == 201 and again.json() == first.json() | {"repeated": True}
    other = owner.post("/api/v1/cases", REPORT | {"title": "另一件"}, key="once")
    problem(other, 422, "key_reused")
    assert models.Case.objects.count() == 1


def test_a_key_ends_is_revoked_and_goes_with_its_person(world: World, owner: Caller) -> None:
    assert owner.get("/api/v1/me").json()["label"] == "甲处主要负责人"
    for token in ("", "fengsui_x", owner.token[:-1] + ("A" if owner.token[-1] != "A" else "B")):
        refused = Client().get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
        problem(refused, 401, "no_token")
        assert refused["WWW-Authenticate"].startswith("Bearer")
    row = known.tokens_of(world.root, world.people["owner"], world.now)[0]
    directory.revoke_token(world.root, row.id, actor=world.people["security"], at=world.now)
    problem(owner.get("/api/v1/me"), 401, "no_token")
    told = ledger.entries(world.root, "administration", limit=1000)
    assert [one.type for one in told][-2:] == ["token_made", "token_revoked"] and owner.token not in str(told)


def test_a_report_counts_only_under_the_administration_as_it_is(world: World, owner: Caller) -> None:
    """Another process revokes the key: what this one remembers of it opens nothing, and no receipt is given again."""
    first = owner.post("/api/v1/cases", REPORT, key="once")
    assert first.status_code == 201 and owner.post("/api/v1/cases", REPORT, key="once").json()["repeated"]
    row = known.tokens_of(world.root, world.people["owner"], world.now)[0]
    first_used = row.last_used_at
    directory.revoke_token(world.root, row.id, actor=world.people["security"], at=world.now)
    world.at("+2min")
    held = remembered_head(world.root)
    assert held is not None and held.digest != ledger.administration(world.root).digest
    wrong: Any = ({"owner": "nobody@A"}, {"severity": 3})
    for key, said in (("once", REPORT), ("another", REPORT), *(("wrong", REPORT | one) for one in wrong)):
        with standing(world.root, held.digest):
            pass  # this process has not read the head since
        problem(owner.post("/api/v1/cases", said, key=key), 401, "no_token")
    assert models.Case.objects.count() == 1
    row = known.tokens_of(world.root, world.people["owner"], world.now)[0]
    assert (row.state, row.last_used_at) == ("revoked", first_used), "a key that opens nothing was not used"


def test_what_the_administration_changed_meanwhile_is_in_the_next_report(world: World, owner: Caller) -> None:
    assert owner.post("/api/v1/cases", REPORT).status_code == 201
    held = remembered_head(world.root)
    assert held is not None and not held.read
    reporter = world.people["owner"]
    for seat in Appointment.objects.filter(person=reporter, root=world.root):
        directory.end_appointment(seat.pk, actor=world.people["security"], at=world.now)
    assert remembered_head(world.root) == held, "nobody has told this process"
    with pytest.raises(Moved):
        service.open_case(reporter, world.root, kind="incident", title="x", owner="office@A", at=world.now, head=held)
    assert models.Case.objects.count() == 1


def test_nothing_of_the_pages_answers_for_the_interface(owner: Caller) -> None:
    """A form's check, a session or a page of ours has no place before a program: it gets problem documents."""
    stranger = Client(enforce_csrf_checks=True)
    problem(stranger.post("/api/v1/nothing", {}, content_type="application/json"), 404, "no_such_address")
    problem(stranger.post("/api/v1/cases", {}, content_type="application/json"), 401, "no_token")
    problem(stranger.get("/api/v1/a%0Ab"), 404, "no_such_address")
    said = problem(stranger.get("/api/v1/me", headers={"host": "elsewhere.example"}), 422, "bad_request")
    assert said["errors"][0]["place"] == "header.Host" and "FENGSUI_ALLOWED_HOSTS" in said["errors"][0]["detail"]
    assert "<html" in stranger.get("/", headers={"host": "elsewhere.example"}).content.decode()
    signed_in = Client()
    signed_in.force_login(get_user_model().objects.get(username=f"{owner.world.root[-6:]}-owner"))
    problem(signed_in.get("/api/v1/me"), 401, "no_token")


def test_a_key_lives_at_most_a_year_and_opens_what_it_says(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    me = world.people["owner"]
    for until in (world.now, world.now + timedelta(days=367)):
        with pytest.raises(Refused) as refused:
            directory.make_token(me, "太久", ["read"], until=until, at=world.now)
        assert refused.value.problem.code == "bad_input"
    reader = Caller(world, "owner", "read", monkeypatch=monkeypatch)
    assert reader.get("/api/v1/cases").status_code == 200
    problem(reader.post("/api/v1/cases", REPORT), 403, "not_in_scope")
    world.at("+31d")
    problem(reader.get("/api/v1/cases"), 401, "no_token")


def test_a_person_who_left_has_no_key(world: World, owner: Caller) -> None:
    assert owner.get("/api/v1/cases").status_code == 200
    directory.deactivate(world.people["owner"], actor="setup", at=world.now)
    problem(owner.get("/api/v1/cases"), 401, "no_token")


def test_a_foreign_organisation_finds_nothing(world: World, owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    number = owner.post("/api/v1/cases", REPORT).json()["number"]
    stranger = Caller(world, world.neighbour(), monkeypatch=monkeypatch)
    for path in ("", "/obligations", "/next", "/events", "/acts/assess"):
        problem(stranger.get(f"/api/v1/cases/{number}{path}"), 404, "absent")
    problem(stranger.post(f"/api/v1/cases/{number}/acts/assess", {"value": "III"}), 404, "absent")
    problem(stranger.post("/api/v1/cases", REPORT | {"organisation": world.organisation}), 404, "absent")
    assert stranger.get("/api/v1/cases").json()["items"] == []
    problem(owner.get("/api/v1/cases/JS-2024-9999"), 404, "absent")


def test_what_does_not_fit_is_refused_with_its_place(owner: Caller) -> None:
    said = problem(owner.post("/api/v1/cases", REPORT | {"severity": 3}), 422, "bad_request")
    assert said["place"] == "body.severity" and said["errors"][0]["detail"] == "没有这一项"
    english = owner.post("/api/v1/cases", {"owner": "office@A"}, lang="en").json()
    assert english["errors"][0] == {"place": "body.title", "code": "missing", "detail": "Field required"}
    plan = problem(owner.post("/api/v1/cases", REPORT | {"facts": {"no_such_fact": True}}), 422, "bad_act")
    assert "no_such_fact" in plan["detail"]
    assert problem(owner.get("/api/v1/cases?colour=red"), 422, "bad_request")["place"] == "query.colour"
    problem(
        owner.client.post("/api/v1/cases", REPORT, headers={"authorization": f"Bearer {owner.token}"}), 415, "not_json"
    )
    problem(
        owner.post(
            "/api/v1/cases",
            "{",
        ),
        422,
        "bad_request",
    )
    answer = owner.client.delete("/api/v1/cases", headers={"authorization": f"Bearer {owner.token}"})
    problem(answer, 405, "not_allowed_here")
    assert answer["Allow"]
    problem(owner.get("/api/v1/case"), 404, "no_such_address")
    problem(owner.post("/api/v1/cases", REPORT | {"note": "长" * 6_000_000}), 413, "body_too_large")
    assert models.Case.objects.count() == 0


def test_an_act_is_done_refused_by_the_plan_or_told_who_was_first(
    world: World, owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = owner.post("/api/v1/cases", REPORT).json()
    address = f"/api/v1/cases/{made['number']}"
    other = Caller(world, "other_unit", monkeypatch=monkeypatch)
    refused = problem(
        other.post(f"{address}/acts/assess", {"value": "III", "reason": "不是我的系统"}), 422, "not_yours"
    )
    assert refused["rightful"] and refused["clause"] == ["S3-063"]
    offer = next(one for one in owner.get(f"{address}/next").json()["offers"] if one["act"] == "assess")
    assert offer["allowed"] and offer["link"]["act"] == "assess"
    body = {"value": "III", "reason": "核对过分级标准", "documents": ["evidence"], "seen": made["seq"]}
    done = owner.post(f"{address}/acts/assess", body)
    assert done.status_code == 200 and done.json()["events"] == ["assessed"]
    second = Caller(world, "owner_deputy", monkeypatch=monkeypatch)
    late = problem(second.post(f"{address}/acts/assess", body | {"value": "II"}), 409, "changed_meanwhile")
    assert "研判" in late["detail"]
    assert owner.get(address).json()["proposed"]["id"] == "III"


def test_an_obligation_is_discharged_by_its_key(world: World, owner: Caller) -> None:
    number = owner.post("/api/v1/cases", REPORT).json()["number"]
    address = f"/api/v1/cases/{number}/obligations"
    key = next(one["key"] for one in owner.get(address).json()["items"] if one["duty"] == "O30")
    done = owner.post(f"{address}/{key}/discharge", {"note": "已断开外网"})
    assert done.status_code == 200, done.json()
    state = next(one["state"] for one in owner.get(address).json()["items"] if one["key"] == key)
    assert state == "met"
    problem(owner.post(f"{address}/{key}/discharge", {}), 409, "not_owed_now")
    problem(owner.post(f"{address}/none:1:0/discharge", {}), 404, "absent")


def test_a_discharge_whose_end_was_not_heard_is_sent_again_under_its_key(world: World, owner: Caller) -> None:
    number = owner.post("/api/v1/cases", REPORT).json()["number"]
    address = f"/api/v1/cases/{number}/obligations"
    key = next(one["key"] for one in owner.get(address).json()["items"] if one["duty"] == "O30")
    done = owner.post(f"{address}/{key}/discharge", {"note": "已断开外网"}, key="once")
    assert done.status_code == 200
    again = owner.post(f"{address}/{key}/discharge", {"note": "已断开外网"}, key="once")
    assert again.status_code == 200 and again.json() == done.json() | {"repeated": True}
    problem(owner.post(f"{address}/{key}/discharge", {"note": "另一句"}, key="once"), 422, "key_reused")
    problem(owner.post(f"{address}/{key}/discharge", {"note": "已断开外网"}, key="another"), 409, "not_owed_now")
    assert models.Event.objects.filter(case__number=number, seq__gt=done.json()["seq"]).count() == 0


def test_what_the_administration_changes_is_seen_by_the_next_report(world: World, owner: Caller) -> None:
    assert owner.post("/api/v1/cases", REPORT).status_code == 201
    pins = [models.Case.objects.latest("number").pin]
    library.set_reading(world.root, world.root, "watch.immediately", "20min", "改定", actor="setup", at=world.now)
    assert owner.post("/api/v1/cases", REPORT).status_code == 201
    assert models.Case.objects.latest("number").pin != pins[0]
    held = Appointment.objects.get(person=world.people["owner"])
    directory.end_appointment(held.pk, actor="setup", at=world.now)
    problem(owner.post("/api/v1/cases", REPORT), 422, "not_yours")
    deputy = {"document": "代理函", "until": world.now + timedelta(hours=1), "person": world.people["owner"]}
    directory.delegate(world.root, "office.head@B", actor="setup", at=world.now, **deputy)
    assert owner.post("/api/v1/cases", REPORT | {"owner": "office@B"}).status_code == 201
    world.at("+2h")
    problem(owner.post("/api/v1/cases", REPORT | {"owner": "office@B"}), 422, "not_yours")


def test_a_long_list_goes_on_by_key(world: World, owner: Caller) -> None:
    for number in range(PAGE + 3):
        world.at("+1min").open("owner", title=f"第 {number} 件")
    first = owner.get("/api/v1/cases?level=&kind=incident")
    items, address = first.json()["items"], first.json()["next"]
    assert len(items) == PAGE and first["Link"] == f'<{address}>; rel="next"'
    more = owner.get(address).json()
    assert len(more["items"]) == 3 and more["next"] is None
    assert len({one["number"] for one in (*items, *more["items"])}) == PAGE + 3


def test_the_obligations_of_a_case_go_on_by_key(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    number = owner.post("/api/v1/cases", REPORT).json()["number"]
    address = f"/api/v1/cases/{number}/obligations"
    whole = owner.get(address)
    keys = [one["key"] for one in whole.json()["items"]]
    assert len(keys) > 2 and whole.json()["next"] is None and "Link" not in whole
    first = next(key for key in keys if key.startswith("O30:"))
    assert owner.post(f"{address}/{first}/discharge", {"note": "已断开外网"}).status_code == 200
    keys = [one["key"] for one in owner.get(address).json()["items"]]
    monkeypatch.setattr("fengsui.cases.selectors.record.OWED", 2)
    read, more = [], address
    while more:
        page = owner.get(more)
        read += [one["key"] for one in page.json()["items"]]
        more = page.json()["next"]
        assert len(page.json()["items"]) <= 2 and page.get("Link") == (f'<{more}>; rel="next"' if more else None)
    assert read == keys


def test_a_key_that_asks_too_often_waits(owner: Caller, settings: Any) -> None:
    settings.API_RATE = 3
    asking.COUNTER = asking.Counter()
    for _ in range(3):
        assert owner.get("/api/v1/me").status_code == 200
    refused = owner.get("/api/v1/me")
    problem(refused, 429, "too_many")
    assert 1 <= int(refused["Retry-After"]) <= 60
    owner.world.at("+1min")
    assert owner.get("/api/v1/me").status_code == 200


def test_a_preview_says_what_a_report_would_mean_and_stores_nothing(owner: Caller) -> None:
    form = owner.get("/api/v1/report").json()
    assert {"office@A", "office@B"} == {one["id"] for one in form["owners"]}
    facts = {"important_system": True, "interruption": "nonsense"}
    found = owner.post("/api/v1/report/preview", {"owner": "office@A", "facts": facts}).json()
    assert found["grade"]["status"] and found["clocks"]
    assert models.Case.objects.count() == 0


def test_plans_are_read_with_bodies_duties_grants_and_parameters(owner: Caller) -> None:
    line = owner.get("/api/v1/plans").json()["items"][0]
    plan = owner.get(f"/api/v1/plans/{line['id']}/{line['version']}").json()
    assert plan["adopted"] and {"office", "group"} <= {one["id"] for one in plan["bodies"]}
    assert any(one["acts"] == ["assess"] and "研判" in one["says"] for one in plan["grants"])
    assert any(one["id"] == "O30" for one in plan["duties"]) and plan["parameters"]
    problem(owner.get(f"/api/v1/plans/{line['id']}/99"), 404, "absent")


def test_the_page_of_the_interface_shows_every_address_and_every_code(client: Client) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    for lang in ("zh-hans", "en"):
        page = client.get("/api/", headers={"accept-language": lang}).content.decode()
        assert "<script" not in page and " style=" not in page
        examples = "".join(re.findall(r"<pre.*?</pre>", page, re.S))
        assert (re.search("[\u4e00-\u9fff]", examples) is None) == (lang == "en") and "title" in examples
        for path in schema["paths"]:
            assert path in page
        for code in (*problems.STATUS, *reference.PLAN_CODES):
            assert code in CODES and (code == "not_your_office" or f'id="{code}"' in page)
    assert {one["summary"] for methods in schema["paths"].values() for one in methods.values()} == set(reference.NAMES)


def test_a_report_whose_end_was_not_heard_is_sent_again_and_written_once(
    owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = service.open_case

    def breaks(*args: Any, **named: Any) -> None:
        written(*args, **named)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(service, "open_case", breaks)
    unheard = owner.post("/api/v1/cases", REPORT, key="once")
    assert problem(unheard, 503, "unavailable") and unheard["Retry-After"] == "2"
    monkeypatch.setattr(service, "open_case", written)
    again = owner.post("/api/v1/cases", REPORT, key="once")
    assert again.status_code == 201 and again.json()["repeated"]
    assert models.Case.objects.count() == 1


@pytest.mark.parametrize("moment", ["0001-01-01T01:00:00+08:00", "9999-12-31T23:59:59-08:00", "1969-12-31T23:00:00Z"])
def test_a_moment_at_the_ends_of_time_is_refused_with_its_place(owner: Caller, moment: str) -> None:
    said = problem(owner.post("/api/v1/cases", REPORT | {"happened_at": moment}), 422, "bad_request")
    assert said["place"] == "body.happened_at"
    number = owner.post("/api/v1/cases", REPORT).json()["number"]
    word = {"means": "telephone", "at": moment, "second": "x"}
    said = problem(owner.post(f"/api/v1/cases/{number}/acts/confirm", {"by_word": word}), 422, "bad_request")
    assert said["place"] == "body.by_word.at"
    fact = {"discovered_at": moment[:16].replace("T", " ")}
    assert owner.post("/api/v1/cases", REPORT | {"facts": fact}).status_code == 422


def test_a_number_is_digits_and_not_too_many_of_them(world: World, owner: Caller) -> None:
    number = owner.post("/api/v1/cases", REPORT).json()["number"]
    address = f"/api/v1/cases/{number}/acts"
    for target in ("²", "1" * 150, "-1", "0"):
        problem(owner.get(f"{address}/ratify?target={target}"), 404, "absent")
        problem(owner.post(f"{address}/ratify", {"target": target, "answer": "ratify"}), 404, "absent")
        problem(owner.post(f"{address}/correct", {"target": target, "reason": "写错"}), 422, "bad_act")
    assert owner.get(f"/api/v1/cases?q={'1' * 200}").json()["items"] == []
    assert problem(owner.get(f"/api/v1/cases?q={'1' * 201}"), 422, "bad_request")["place"] == "query.q"
    assert [one["number"] for one in owner.get(f"/api/v1/cases?q={int(number[-4:])}").json()["items"]] == [number]


def test_the_pages_take_a_number_only_from_digits(world: World) -> None:
    case = world.open("owner")
    page = Client()
    page.force_login(get_user_model().objects.get(username=f"{world.root[-6:]}-owner"))
    assert page.get(f"/cases/{case.number}/act/ratify/?target=²").status_code == 404
    for long in ("²", "1" * 4301):
        assert page.get(f"/cases/?q={long}").status_code == 200
        assert page.get(f"/cases/{case.number}/events/?before={long}").status_code == 200
        assert page.get(f"/cases/{case.number}/docs/?before={long}").status_code == 200
        sent = page.post(f"/cases/{case.number}/act/correct/", {"seen": long, "target": long, "reason": "写错"})
        assert sent.status_code == 422
