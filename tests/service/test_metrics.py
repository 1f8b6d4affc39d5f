"""The figures for Prometheus: read from the tables, by those who may, naming nobody; the word to an outside watcher."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

import fengsui
from fengsui.cases import models
from fengsui.cases.selectors import lateness
from fengsui.notifications import pulse, watchman
from fengsui.notifications import service as notifications
from fengsui.notifications.models import Beat
from fengsui.server import clock, metrics
from fengsui.server import pulse as server_pulse
from tests.world import World

pytestmark = pytest.mark.django_db
HERE = ("this-start-of-the-machine", 5000.0)


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The bureau, with the clock of the pages at its time and nothing kept of other tests."""
    monkeypatch.setattr(clock, "now", lambda: world.now)
    monkeypatch.setattr(clock, "steady", lambda: HERE)
    monkeypatch.setattr(metrics, "_kept", None)
    watchman.forget()
    yield world
    watchman.forget()


def figures(client: Client, **more: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """What the page says, by name and labels."""
    answer = client.get("/metrics", **more)  # type: ignore[arg-type]
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, tuple(sample.labels.values())): sample.value for family in families for sample in family.samples
    }


def test_the_figures_are_those_of_the_tables(world: World, client: Client) -> None:
    world.open("group")
    world.open("owner", title="另一件")
    pulse.beat("a", at=world.now, steady=(HERE[0], HERE[1] - 7))
    found = figures(client)
    assert found["fengsui_open_cases", ()] == 2
    assert found["fengsui_obligations_open", ()] == models.Obligation.objects.filter(live=True).count() > 0
    assert found["fengsui_obligations_overdue", ()] == 0
    assert found["fengsui_worker_beat_age_seconds", ("a",)] == 7
    assert found["fengsui_info", (fengsui.__version__,)] == 1
    assert found["fengsui_lag_seconds", ("pointers",)] == 0


def test_what_is_sent_waits_and_lags_is_counted(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    world.open("group")
    world.at("+90s")
    found = figures(client)
    assert found["fengsui_lag_seconds", ("pointers",)] == 90
    assert found["fengsui_alarm", ("pointers_late",)] == 1 and found["fengsui_alarm", ("disk_full",)] == 0
    notifications.follow(world.now)
    notifications.deliver(world.now)
    monkeypatch.setattr(metrics, "_kept", None)
    watchman.forget()
    found = figures(client)
    assert found["fengsui_lag_seconds", ("pointers",)] == 0
    assert found["fengsui_messages_last_hour", ("inapp", "sent")] >= 1
    assert found["fengsui_messages_waiting", ()] == 0 and found["fengsui_attempts_last_hour", ("email", "sent")] >= 1
    world.at("+2h")
    assert ("fengsui_messages_last_hour", ("inapp", "sent")) not in figures(client)


def test_a_try_that_failed_is_counted_at_once_and_not_only_when_the_message_is_given_up(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open("group")
    notifications.follow(world.now)
    monkeypatch.setattr(EmailMessage, "send", lambda *_, **__: 0)
    notifications.deliver(world.now + timedelta(minutes=5))
    world.at("+5min")
    assert figures(client)["fengsui_attempts_last_hour", ("email", "failed")] >= 1


def test_what_is_overdue_is_counted(world: World, client: Client) -> None:
    case = world.open("owner")
    world.at("+1min").submit("owner", case, "assess", value="II", reason="长时间中断")
    for act, more in (("confirm", {"value": "II", "reason": "同意"}), ("activate", {"value": "II"}), ("end", {})):
        world.at("+1min").submit("group", case, act, **more)
    due = models.Obligation.objects.get(case=case.case, duty="O21").due
    assert due is not None
    world.now = due + timedelta(seconds=1)
    late = figures(client)["fengsui_obligations_overdue", ()]
    assert late == models.Obligation.objects.filter(live=True, data__kind="hard", due__lt=world.now).count() >= 1


def asked(world: World, client: Client) -> list[str]:
    """The questions that one look of Prometheus asks of the tables."""
    with CaptureQueriesContext(connection) as queries:
        figures(client)
    return [str(one["sql"]) for one in queries.captured_queries]


def test_a_look_asks_as_much_for_many_cases_as_for_one_and_once_in_a_quarter_of_a_minute(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open("group")
    few = asked(world, client)
    for n in range(6):
        world.open("owner", title=f"第 {n} 件")
    world.at("+14s")
    assert asked(world, client) == []
    notifications.follow(world.now)
    watchman.forget()
    world.at("+1s")
    many = asked(world, client)
    assert len(many) == len(few) <= 40
    counting = [one for one in many if "COUNT(" in one.upper()]
    assert len(counting) == 6, "cases, open, overdue, waiting, and what was written and tried in the last hour"
    assert all("LIMIT" in one or "GROUP BY" in one for one in counting), "each counts up to a bound"


def test_figures_are_counted_up_to_a_bound(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        world.open("owner", title=f"第 {n} 件")
    notifications.follow(world.now)
    monkeypatch.setattr(lateness, "MANY", 3)
    monkeypatch.setattr(watchman, "MANY", 2)
    found = figures(client)
    assert found["fengsui_open_cases", ()] == found["fengsui_obligations_open", ()] == 3
    assert found["fengsui_messages_waiting", ()] == 2
    lately = {name: value for name, value in found.items() if name[0] == "fengsui_messages_last_hour"}
    assert sum(lately.values()) == 2, "the newest of them"


def test_it_names_no_organisation_person_or_case(world: World, client: Client) -> None:
    case = world.open("group")
    text = client.get("/metrics").content.decode()
    assert case.number not in text and world.root not in text and "甲市" not in text


@pytest.mark.parametrize(
    ("remote", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.5", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.5"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.5, 127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 200),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
    ],
)
def test_only_listed_addresses_may_read_it_also_behind_a_proxy(
    client: Client, remote: str, headers: dict[str, str], status: int
) -> None:
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=remote).status_code == status


def test_a_network_may_be_listed(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    from ipaddress import ip_network

    settings.METRICS_FROM = (ip_network("10.0.0.0/8"),)
    assert client.get("/metrics", REMOTE_ADDR="10.3.4.5").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


class Watcher(HTTPServer):
    """An outside watcher that notes who asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heard = threading.Event()
        watcher = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                watcher.asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                watcher.heard.set()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def watcher(settings) -> Iterator[Watcher]:  # type: ignore[no-untyped-def]
    running = Watcher()
    settings.PING_URL = f"http://127.0.0.1:{running.server_port}/ping"
    yield running
    running.shutdown()
    running.server_close()


def test_the_outside_watcher_hears_of_a_worker_each_minute_while_no_alarm_stands(
    world: World, watcher: Watcher
) -> None:
    own = server_pulse.Pulse("a")
    for second in range(0, 61):
        own.beat(world.now + timedelta(seconds=second), ("x", float(second)))
        if second == 0:
            assert watcher.heard.wait(10)
            watcher.heard.clear()
        if second == 59:
            assert watcher.asked == ["/ping"]
    assert watcher.heard.wait(10) and watcher.asked == ["/ping"] * 2


def test_the_outside_watcher_hears_nothing_while_an_alarm_stands(world: World, watcher: Watcher) -> None:
    world.open("group")
    world.at("+2min")
    server_pulse.Pulse("a").beat(world.now, HERE)
    assert Beat.objects.get().at == world.now
    assert not watcher.heard.wait(0.3) and watcher.asked == []


def test_an_outside_watcher_that_does_not_answer_is_told_once(
    world: World, settings, caplog: pytest.LogCaptureFixture
) -> None:  # type: ignore[no-untyped-def]
    own = server_pulse.Pulse("a")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            own.ping("http://127.0.0.1:9/nobody")
    assert caplog.text.count("does not answer") == 1


def test_a_row_that_is_put_aside_again_and_again_becomes_the_workers_fault_and_a_passing_error_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, told = server_pulse.Pulse("a"), logging.getLogger("fengsui.cases.service.sweep")

    def faults(errors: dict[int, str]) -> list[str]:
        """What the beats say, one a minute, with these errors logged in these minutes."""
        found = []
        for minute in range(8):
            monkeypatch.setattr(clock, "steady", lambda minute=minute: ("x", 60.0 * minute))
            if minute in errors:
                told.error("row pushed aside")
            own.beat(world.now + timedelta(minutes=minute), ("x", 60.0 * minute))
            found.append(Beat.objects.get().fault)
        return found

    try:
        assert faults({1: "", 2: ""}) == [""] * 8
        own.errors.last = own.beaten = float("-inf")
        assert faults(dict.fromkeys(range(5), "")) == ["", "", "", "sweep", "sweep", "sweep", "sweep", ""]
    finally:
        logging.getLogger("fengsui").removeHandler(own.errors)


def test_a_database_that_is_away_stops_no_worker_and_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import DatabaseError

    def away(*_: object, **__: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(pulse, "beat", away)
    own = server_pulse.Pulse("a")
    for second in (0.0, 10.0, 20.0):
        own.beat(world.now, ("x", second))
    assert caplog.text.count("no sign of life") == 1
