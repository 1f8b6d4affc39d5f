"""The server side stands on what the operator sets, answers monitors, keeps working, and tells what to mend."""

import json
import logging
import os
import signal
import socket
import stat
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError, connection

from fengsui.directory import selectors as directory
from fengsui.ledger import selectors as ledger
from fengsui.notifications import watchman
from fengsui.server import checks, clock, commands, environment, health
from fengsui.server.environment import BadEnvironment
from fengsui.server.management.commands import createadmin, demo, serve, work

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def told(tmp_path, **variables):
    """The problems of an environment with these variables."""
    with pytest.raises(BadEnvironment) as raised:
        environment.read({"FENGSUI_DATA_DIR": str(tmp_path)} | variables)
    return raised.value.problems


def test_without_any_variable_the_settings_are_safe(tmp_path):
    found = environment.read({"FENGSUI_DATA_DIR": str(tmp_path)})
    assert found.debug is False
    assert found.allowed_hosts == ["127.0.0.1", "localhost", "[::1]"]
    assert found.idle_minutes == 30
    assert found.database["NAME"] == str(tmp_path / "fengsui.sqlite3")
    assert found.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in found.database["OPTIONS"]["init_command"]
    assert found.email["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


def test_all_wrong_variables_are_told_at_once_and_by_name(tmp_path):
    problems = told(
        tmp_path,
        FENGSUI_HTTPS="maybe",
        FENGSUI_IDLE_MINUTES="0",
        FENGSUI_TIME_ZONE="Asia/Chongqing2",
        FENGSUI_DATABASE_URL="mysql://x/y",
        FENGSUI_EMAIL_SECURITY="ssl",
        FENGSUI_SECRET_KEY="short",
    )
    named = ["SECRET_KEY", "HTTPS", "IDLE_MINUTES", "TIME_ZONE", "DATABASE_URL", "EMAIL_SECURITY"]
    assert sorted(name for name in named if any(f"FENGSUI_{name} " in one for one in problems)) == sorted(named)
    assert len(problems) == len(named)


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = environment.read({"FENGSUI_DATA_DIR": str(tmp_path)}).secret_key
    second = environment.read({"FENGSUI_DATA_DIR": str(tmp_path)}).secret_key
    assert first == second and len(first) >= 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_key_file_that_is_empty_is_told_and_no_process_makes_a_key_of_its_own(tmp_path):
    (tmp_path / "secret-key").touch()
    with pytest.raises(environment.BadEnvironment) as raised:
        environment.read({"FENGSUI_DATA_DIR": str(tmp_path)})
    (problem,) = raised.value.problems
    assert "secret-key is empty" in problem and not (tmp_path / "secret-key").read_text()


def test_a_data_folder_that_cannot_be_made_is_a_sentence_and_no_traceback(tmp_path):
    (tmp_path / "file").write_text("")
    problems = told(tmp_path, FENGSUI_DATA_DIR=str(tmp_path / "file" / "data"))
    assert len(problems) == 1 and "name another folder" in problems[0]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://ann:s%40crt@db:5433/fengsui", ("fengsui", "ann", "s@crt", "db", "5433")),
        ("postgres://ann@/fengsui?host=/run/pg", ("fengsui", "ann", "", "/run/pg", "")),
    ],
)
def test_a_database_address_is_read_as_postgresql_reads_it(url, expected):
    found = environment.database(url)
    assert tuple(found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected


@pytest.mark.parametrize("url", ["mysql://x/y", "fengsui.sqlite3", "postgresql://db", "postgresql://db/x?nonsense=1"])
def test_another_database_address_is_refused(url):
    with pytest.raises(ValueError):
        environment.database(url)


def test_the_clock_has_whole_seconds_and_can_be_moved_for_rehearsals(tmp_path, monkeypatch):
    assert clock.now().microsecond == 0 and clock.now().utcoffset() == timedelta(0)
    monkeypatch.setenv("FENGSUI_CLOCK_OFFSET", "86400")
    moved = clock.now()
    monkeypatch.setenv("FENGSUI_CLOCK_OFFSET", f"@{tmp_path / 'offset'}")
    (tmp_path / "offset").write_text("0\n")
    assert timedelta(hours=23) < moved - clock.now() <= timedelta(days=1)


@pytest.mark.django_db
def test_the_health_page_says_ok_and_names_nobody(client):
    answer = client.get("/health")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "database", "alarms", "version", "at"}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_the_health_page_fails_when_the_database_does(client, monkeypatch):
    def broken():
        raise DatabaseError("gone")

    monkeypatch.setattr(health.connection, "cursor", broken)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"


@pytest.mark.django_db
def test_the_health_page_and_the_doctor_say_the_same_alarms(client, monkeypatch, caplog):
    monkeypatch.setattr(watchman, "LITTLE_SPACE", 1 << 62)
    watchman.forget()
    answer = client.get("/health")
    watchman.forget()
    assert answer.status_code == 503
    assert answer.json()["database"] is True and answer.json()["alarms"] == ["disk_full"]
    assert client.get("/health/ready").status_code == 200, "pages can be served all the same"
    assert "Service Unavailable" not in caplog.text, "a monitor that asks leaves no errors in the log"
    assert [(one.grade, one.subject) for one in checks.alarms(NOON)] == [("problem", "disk_full"), ("good", "watchman")]


@pytest.mark.django_db
def test_a_screen_that_refreshes_itself_does_not_keep_a_session_alive(client, monkeypatch):
    client.force_login(User.objects.create(username="li"))
    monkeypatch.setattr(clock, "now", lambda: NOON)
    client.get("/health")
    assert client.session["seen"] == int(NOON.timestamp())
    later = NOON + timedelta(minutes=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    client.get("/health", headers={"Fengsui-Live": "1"})
    assert client.session["seen"] == int(NOON.timestamp())
    client.get("/health")
    assert client.session["seen"] == int(later.timestamp())


def test_a_job_that_fails_is_logged_and_the_others_still_run(monkeypatch, caplog):
    done = []

    def broken(*, at):
        raise RuntimeError("no network")

    def deliver(*, at):
        done.append(at)
        return 3

    monkeypatch.setattr(work, "jobs", lambda: [broken, deliver])
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    with caplog.at_level(logging.ERROR):
        assert work.work_once(NOON) == work.Round(busy=True, fault="test_server.broken")
    assert done == [NOON]
    assert "no network" in caplog.text and "asked again" in caplog.text


def test_a_channel_that_does_not_answer_makes_no_due_moment_late(monkeypatch):
    """Sending hangs in its first round: the clocks go on, and are what leaves the signs of life."""
    ended, answered, rounds, beats = threading.Event(), threading.Event(), [], []

    def pass_due(*, at):
        rounds.append(at)
        if len(rounds) == 6:  # the signs of five are given
            answered.set()
        return 0

    def deliver(*, at):
        assert answered.wait(60), "the clocks waited for the channel"
        ended.set()
        raise RuntimeError("no network")

    class Pulse:
        def beat(self, at, steady, fault):
            beats.append(fault)

    monkeypatch.setattr(work, "clocks", lambda: [pass_due])
    monkeypatch.setattr(work, "sending", lambda: [deliver])
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    monkeypatch.setattr(work, "Pulse", Pulse)
    work.work(ended, 0.001)
    assert len(rounds) >= 5 and beats[:5] == [""] * 5


def test_a_worker_of_which_one_loop_breaks_ends_as_a_whole(monkeypatch):
    ended = threading.Event()

    class Pulse:
        def beat(self, at, steady, fault):
            raise MemoryError

    monkeypatch.setattr(work, "clocks", lambda: [])
    monkeypatch.setattr(work, "sending", lambda: [])
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    monkeypatch.setattr(work, "Pulse", Pulse)
    with pytest.raises(MemoryError):
        work.work(ended, 0.001)
    assert ended.is_set()


@pytest.mark.django_db(transaction=True)
def test_a_worker_without_work_ends_when_asked_to_run_once():
    call_command("work", "--once")
    assert work.work_once(clock.now()) == work.Round(busy=False)


@pytest.mark.django_db
def test_the_doctor_names_a_moved_clock_and_open_http(monkeypatch, settings):
    monkeypatch.setenv("FENGSUI_CLOCK_OFFSET", "60")
    settings.ALLOWED_HOSTS = ["duty.example.org"]
    found = [one for one in checks.findings(NOON) if one.grade == "problem"]
    wanted = ["moved by 60 seconds", "without HTTPS"]
    assert all(any(text in one.text for one in found) for text in wanted)
    assert all(one.remedy for one in found)


@pytest.mark.django_db
def test_the_doctor_reports_a_check_that_breaks_instead_of_breaking(monkeypatch):
    def broken(at):
        raise OSError("disk gone")
        yield

    monkeypatch.setattr(checks, "CHECKS", [broken, checks.mail])
    found = checks.findings(NOON)
    assert [one.grade for one in found] == ["problem", "advice"]
    assert "disk gone" in found[0].text


@pytest.mark.django_db
def test_the_doctor_says_from_november_on_that_next_years_holidays_are_missing(monkeypatch):
    november = datetime(2199, 11, 2, tzinfo=UTC)
    texts = [one.text for one in checks.calendar(november)]
    assert any("2199" in text for text in texts) and any("2200" in text for text in texts)


@pytest.mark.django_db
def test_the_doctor_says_once_that_the_database_is_away(monkeypatch):
    def away():
        raise OperationalError("connection refused\n")

    monkeypatch.setattr(connection, "cursor", away)
    found = [one for one in checks.findings(NOON) if "connection refused" in one.text]
    assert [(one.subject, one.remedy[:18]) for one in found] == [("database", "start the database")]


@pytest.mark.django_db
def test_the_doctor_knows_the_working_days_of_an_organisation_that_has_adopted_no_plan_yet(monkeypatch):
    monkeypatch.setenv("FENGSUI_ADMIN_PASSWORD", "a long enough one 7")
    call_command("createadmin", "root", "--organisation", "临江市档案局", "--code", "LJ")
    assert [one.grade for one in checks.findings(NOON) if one.subject == "calendar"] == ["good"]


@pytest.mark.django_db
def test_a_worker_does_not_go_to_work_on_a_database_that_is_older_than_it(monkeypatch):
    monkeypatch.setattr(serve.MigrationExecutor, "migration_plan", lambda *_: ["one that waits"])
    monkeypatch.setattr(connection, "vendor", "postgresql")
    with pytest.raises(CommandError, match="fengsui migrate"):
        call_command("work", "--once")


@pytest.mark.django_db
@pytest.mark.parametrize("words", [["serve", "--no-worker", "--port", "0"], ["migrate"], ["createadmin", "root"]])
def test_a_database_that_does_not_answer_is_a_sentence_and_no_traceback(words, tmp_path, monkeypatch, capsys):
    def away():
        raise OperationalError("connection refused")

    monkeypatch.setenv("FENGSUI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FENGSUI_ADMIN_PASSWORD", "a long enough one 7")
    monkeypatch.setattr(connection, "cursor", away)
    assert commands.run(words) == 1
    assert "cannot be used: connection refused\n" in capsys.readouterr().err


def test_the_first_process_of_a_container_ends_when_it_is_told_to_before_its_command_listens(tmp_path, monkeypatch):
    own, before = os.getpid(), signal.getsignal(signal.SIGTERM)
    monkeypatch.setenv("FENGSUI_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(commands.os, "getpid", lambda: 1)
    monkeypatch.setattr(commands, "_manage", lambda arguments: os.kill(own, signal.SIGTERM))
    try:
        with pytest.raises(SystemExit) as ended:
            commands.run(["serve"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 0


@pytest.mark.django_db
def test_the_doctor_speaks_json_and_ends_with_one_when_something_is_wrong(monkeypatch, capsys):
    monkeypatch.setenv("FENGSUI_CLOCK_OFFSET", "60")
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["healthy"] is False


@pytest.mark.django_db
def test_an_administrator_is_created_renewed_and_written_to_the_ledger(monkeypatch, capsys):
    monkeypatch.setenv("FENGSUI_ADMIN_PASSWORD", "a long enough one 7")
    call_command("createadmin", "root")
    user = User.objects.get(username="root")
    user.is_active = False
    user.save()
    monkeypatch.setenv("FENGSUI_ADMIN_PASSWORD", "another long one 8")
    call_command("createadmin", "root")
    user.refresh_from_db()
    assert user.is_active and user.check_password("another long one 8")
    assert "Created" in (said := capsys.readouterr().out) and "Renewed" in said
    checked = ledger.verify(createadmin.INSTALLATION, "administration")
    assert checked.ok and checked.count == 2


@pytest.mark.django_db
def test_an_installation_begins_with_an_organisation_and_its_officers(monkeypatch, capsys):
    monkeypatch.setenv("FENGSUI_ADMIN_PASSWORD", "a long one 83 here")
    place = ["--organisation", "临江市某局", "--code", "LJ"]
    call_command("createadmin", "sys", *place)
    call_command("createadmin", "safe", *place, "--office", "security_admin")
    call_command("createadmin", "safe", *place, "--office", "auditor")  # who has a person keeps it
    (root,) = directory.roots()
    found = {name: directory.person_for(User.objects.get(username=name)) for name in ("sys", "safe")}
    assert {name: one and one.office for name, one in found.items()} == {
        "sys": "system_admin",
        "safe": "security_admin",
    }
    assert {one.root for one in found.values() if one} == {root}
    with pytest.raises(CommandError, match="code"):
        call_command("createadmin", "third", "--organisation", "某局", "--code", "lower")
    assert not User.objects.filter(username="third").exists()


@pytest.mark.django_db
def test_a_weak_password_changes_nothing(monkeypatch):
    monkeypatch.setenv("FENGSUI_ADMIN_PASSWORD", "12345")
    with pytest.raises(CommandError, match="(?s).+"):
        call_command("createadmin", "root")
    assert not User.objects.filter(username="root").exists()


def test_the_demo_refuses_to_remove_a_database_that_is_not_its_own(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    real = tmp_path / "fengsui.sqlite3"
    real.write_text("precious")
    with pytest.raises(CommandError, match="not the demo's own"):
        demo.remove(real)
    assert real.read_text() == "precious"


def test_a_port_that_is_taken_is_told_before_anything_is_built():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"(?s)127.0.0.1:{port}.*--port"):
            call_command("demo", port=port)
    assert serve.check_port("127.0.0.1", port) is None
