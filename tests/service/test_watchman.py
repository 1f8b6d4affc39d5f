"""The watchman: whatever keeps the clocks from ringing is said, by another process than the one that should ring."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengsui.cases import models, service
from fengsui.directory import models as directory_models
from fengsui.directory import service as directory
from fengsui.notifications import pulse, selectors, watchman
from fengsui.notifications import service as notifications
from fengsui.notifications.models import Attempt, Beat, Message
from tests.world import BY, World

pytestmark = pytest.mark.django_db
OPERATE = Path(__file__).resolve().parent.parent.parent / "docs/operate.md"
HERE = ("this-start-of-the-machine", 5000.0)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    watchman.forget()
    yield
    watchman.forget()


def codes(world: World, steady: pulse.Steady | None = None) -> list[str]:
    """The alarms that stand at the world's time."""
    return [alarm.code for alarm in watchman.alarms(world.root, world.now, steady)]


def run(world: World) -> None:
    """Let a worker do everything due now."""
    for _ in range(30):
        if not service.pass_due(world.now) + notifications.follow(world.now) + notifications.deliver(world.now):
            return


def due_case(world: World) -> models.Obligation:
    """A case with one hard limit under way."""
    case = world.open("owner")
    world.at("+1min").submit("owner", case, "assess", value="II", reason="长时间中断")
    for act, more in (("confirm", {"value": "II", "reason": "同意"}), ("activate", {"value": "II"}), ("end", {})):
        world.at("+1min").submit("group", case, act, **more)
    run(world)
    return models.Obligation.objects.get(case=case.case, duty="O21")


def test_while_everything_is_done_in_time_there_is_no_alarm(world: World) -> None:
    world.open("group")
    run(world)
    pulse.beat("a", at=world.now, steady=HERE)
    assert codes(world, HERE) == []


def test_where_no_worker_ever_ran_the_work_that_lies_undone_says_so(world: World) -> None:
    assert codes(world) == []
    world.open("group")
    world.at("+2min")
    assert codes(world) == ["pointers_late"]
    run(world)
    assert codes(world) == []


def test_a_worker_that_falls_silent_is_an_alarm_until_one_is_at_work_again(world: World) -> None:
    pulse.beat("a", at=world.now, steady=HERE)
    begun = world.now
    world.at("+61s")
    (alarm,) = watchman.alarms(world.root, world.now)
    assert (alarm.code, alarm.since) == ("worker_silent", begun)
    assert "fengsui work" in alarm.remedy("zh") and "fengsui work" in alarm.remedy("en")
    pulse.beat("b", at=world.now, steady=(HERE[0], HERE[1] + 61))
    assert codes(world) == []


def test_one_worker_of_two_is_enough(world: World) -> None:
    pulse.beat("a", at=world.now, steady=HERE)
    pulse.beat("b", at=world.now, steady=("another machine", 7.0))
    world.at("+2min")
    pulse.beat("b", at=world.now, steady=("another machine", 127.0))
    assert codes(world) == []


def test_a_job_that_fails_round_after_round_is_an_alarm_although_the_worker_lives(world: World) -> None:
    for second in range(0, 45, 5):
        at = world.now + timedelta(seconds=second)
        pulse.beat("a", at=at, steady=(HERE[0], HERE[1] + second), fault="service.deliver")
    begun = world.now
    world.at("+40s")
    (alarm,) = watchman.alarms(world.root, world.now)
    assert (alarm.code, alarm.since) == ("worker_failing", begun)
    pulse.beat("a", at=world.now, steady=(HERE[0], HERE[1] + 45))
    assert codes(world) == []


@pytest.mark.parametrize("leap", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_that_leaps_between_two_beats_is_told_for_ten_minutes(world: World, leap: timedelta) -> None:
    pulse.beat("a", at=world.now, steady=HERE)
    world.now += leap + timedelta(seconds=5)
    assert pulse.beat("a", at=world.now, steady=(HERE[0], HERE[1] + 5)) == leap
    assert codes(world) == ["clock_jumped"]
    assert Beat.objects.get().jump == leap.total_seconds()
    for minute in range(1, 12):
        pulse.beat("a", at=world.now + timedelta(minutes=minute), steady=(HERE[0], HERE[1] + 5 + 60 * minute))
    world.now += timedelta(minutes=11)
    assert codes(world) == []


def test_two_workers_of_one_machine_whose_clocks_differ_are_found(world: World) -> None:
    pulse.beat("a", at=world.now, steady=HERE)
    leap = pulse.beat("b", at=world.now + timedelta(minutes=5), steady=(HERE[0], HERE[1] + 1))
    assert leap == timedelta(minutes=5, seconds=-1)


def test_a_web_process_whose_clock_leapt_since_the_workers_beat_says_so(world: World) -> None:
    pulse.beat("a", at=world.now, steady=HERE)
    world.now += timedelta(minutes=10)
    assert codes(world, (HERE[0], HERE[1] + 2)) == ["clock_jumped"], "the worker beat two seconds ago, not ten minutes"
    assert codes(world, (HERE[0], HERE[1] + 600)) == ["worker_silent"]


def test_a_machine_whose_clock_is_ahead_is_found(world: World) -> None:
    pulse.beat("a", at=world.now + timedelta(minutes=3), steady=("another machine", 7.0))
    assert codes(world, HERE) == ["clock_jumped"]


def test_a_reminder_that_no_worker_claims_is_late(world: World) -> None:
    owed = due_case(world)
    assert owed.next_at is not None
    world.now = owed.next_at + timedelta(seconds=61)
    assert codes(world) == ["claims_late"]
    run(world)
    assert codes(world) == []


def test_messages_that_wait_are_late(world: World) -> None:
    world.open("group")
    notifications.follow(world.now)
    world.at("+2min")
    assert codes(world) == (["messages_late"] if Message.objects.filter(state="waiting").exists() else [])
    assert Message.objects.filter(state="waiting").exists()


def test_an_urgent_message_given_up_is_told_until_the_person_read_it_elsewhere(world: World) -> None:
    due_case(world)
    sent = Message.objects.exclude(channel="inapp").order_by("pk")[0]
    Message.objects.filter(pk=sent.pk).update(state="failed", urgent=True, next_at=None)
    (alarm,) = watchman.alarms(world.root, world.now)
    assert (alarm.code, alarm.number) == ("urgent_failed", 1)
    notice = Message.objects.get(case=sent.case, about=sent.about, person=sent.person, channel="inapp")
    notifications.read(sent.person, (notice.pk,), at=world.now)
    assert codes(world) == []


def test_a_channel_that_fails_three_times_in_a_row_is_told_until_it_accepts_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> int:
        raise ConnectionRefusedError("connection refused")

    monkeypatch.setattr(EmailMessage, "send", refused)
    for n in range(2):
        world.open("group", title=f"第 {n} 件")
    run(world)
    failed = Attempt.objects.filter(channel="email", outcome="failed").count()
    assert failed >= 3
    (alarm,) = watchman.alarms(world.root, world.now)
    assert (alarm.code, alarm.number) == ("channel_failing", 1)
    monkeypatch.undo()
    world.at("+5min")
    run(world)
    assert codes(world) == []


def test_a_due_time_that_passed_and_was_announced_is_no_alarm(world: World) -> None:
    owed = due_case(world)
    assert owed.due is not None
    world.now = owed.due + timedelta(minutes=3)
    run(world)
    world.at("+3min")
    assert codes(world) == []


def test_a_notice_in_the_pages_that_nobody_reads_reaches_nobody(world: World) -> None:
    """Nobody here has a channel: the finding says so beforehand, the alarm when it matters."""
    directory_models.Person.objects.update(email="")
    (finding,) = (one for one in selectors.findings(world.root, world.now) if one.code == "unreached")
    assert world.people["group"] in finding.ids
    owed = due_case(world)
    assert owed.due is not None
    world.now = owed.due + timedelta(minutes=3)
    run(world)
    assert codes(world) == [], "somebody at the desk has ten minutes to read it"
    world.now = owed.due + timedelta(minutes=11)
    run(world)
    (alarm,) = watchman.alarms(world.root, world.now)
    assert (alarm.code, alarm.since, alarm.number) == ("unheard", owed.due, 1)
    before = Message.objects.filter(person=world.people["group"], channel="inapp", created_at__lt=owed.due)
    notifications.read(world.people["group"], tuple(before.values_list("pk", flat=True)), at=world.now)
    assert codes(world) == ["unheard"], "what was read before says nothing of the time that passed"
    late = Message.objects.get(person=world.people["group"], channel="inapp", about__startswith="rung:over:1:")
    notifications.read(world.people["group"], (late.pk,), at=world.now)
    assert codes(world) == []


def test_a_letter_that_left_the_house_reaches_somebody_and_one_that_is_kept_as_a_file_does_not(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    owed = due_case(world)
    assert owed.due is not None
    world.now = owed.due + timedelta(minutes=11)
    run(world)
    about = Message.objects.filter(about__startswith="due:", channel="outside")
    assert set(about.values_list("state", flat=True)) == {"sent"} and list(tmp_path.iterdir())
    assert codes(world) == ["unheard"]
    Attempt.objects.filter(message__in=about.values("pk")[:1]).update(kind="webhook")
    assert codes(world) == [], "another channel took one of them"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Attempt.objects.update(kind="email")
    assert codes(world) == []


def test_a_sweep_that_skips_an_obligation_is_found_by_the_comparison(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = due_case(world)
    assert owed.due is not None
    models.Obligation.objects.filter(pk=owed.pk).update(next_at=None)
    models.Case.objects.filter(pk=owed.case_id).update(next_at=None)
    world.now = owed.due + timedelta(minutes=2)
    run(world)
    (alarm,) = watchman.alarms(world.root, world.now)
    assert (alarm.code, alarm.since, alarm.number) == ("unannounced", owed.due, 1)
    world.now = owed.due + timedelta(days=2)
    assert "unannounced" not in codes(world), "it is told for a day"


def test_a_rung_before_the_due_time_that_reaches_nobody_is_found_while_there_is_time(world: World) -> None:
    owed = due_case(world)
    assert owed.due is not None
    for row in directory_models.Appointment.objects.filter(
        person__in=[world.people["group"], world.people["group_second"]]
    ):
        directory.end_appointment(row.pk, actor=BY, at=world.now)
    world.now = owed.due - timedelta(hours=3)
    run(world)
    (alarm,) = watchman.alarms(world.root, world.now)
    assert alarm.code == "unannounced" and alarm.since is not None and alarm.since < world.now < owed.due
    directory.appoint(world.people["nobody"], "group", post="lead", actor=BY, at=world.now)
    world.now = owed.due - timedelta(minutes=5)
    run(world)
    world.at("+2min")
    assert codes(world) == []


def test_a_due_time_that_moved_is_no_false_alarm(world: World) -> None:
    owed = due_case(world)
    assert owed.due is not None
    world.now = owed.due - timedelta(hours=6)
    run(world)
    earlier = owed.due - timedelta(hours=4)
    models.Obligation.objects.filter(pk=owed.pk).update(due=earlier)
    world.at("+2min")
    assert codes(world) == []


def test_an_event_that_cannot_be_told_is_late_although_it_is_put_aside_each_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("no such body")

    world.open("group")
    monkeypatch.setattr("fengsui.cases.selectors.news", broken)
    for _ in range(4):
        notifications.follow(world.now)
        world.at("+10min")
    service.pass_due(world.now)
    models.Fresh.objects.update(not_before=world.now + timedelta(minutes=8))
    assert codes(world) == ["pointers_late"]


def test_an_organisation_is_not_told_of_anothers_trouble(world: World) -> None:
    world.open("group")
    world.neighbour()
    other = models.Case.objects.values_list("root", flat=True)[0]
    assert other == world.root
    world.at("+2min")
    assert [
        alarm.code for alarm in watchman.alarms("another root", world.now) if alarm.code != "calendar_missing"
    ] == []


def test_a_full_disk_and_a_missing_year_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchman, "LITTLE_SPACE", 1 << 62)
    assert codes(world) == ["disk_full"]
    monkeypatch.undo()
    world.now = world.now.replace(year=2199)
    assert codes(world) == ["calendar_missing"]


def test_the_answers_are_kept_for_seconds_by_the_moment_that_is_asked_for(world: World) -> None:
    assert watchman.standing(world.root, world.now) == ()
    world.open("group")
    with CaptureQueriesContext(connection) as asked:
        watchman.standing(world.root, world.now + timedelta(seconds=4))
    assert len(asked) == 0
    later = watchman.standing(world.root, world.now + timedelta(minutes=2))
    assert [alarm.code for alarm in later] == ["pointers_late"]
    assert watchman.standing(world.root, world.now) == (), "a clock set back asks anew"


def test_it_costs_as_many_questions_for_thirty_cases_as_for_one(world: World) -> None:
    world.open("group")
    run(world)
    with CaptureQueriesContext(connection) as few:
        watchman.alarms(world.root, world.now, HERE)
    for n in range(5):
        world.open("group", title=f"第 {n} 件")
    run(world)
    with CaptureQueriesContext(connection) as many:
        watchman.alarms(world.root, world.now, HERE)
    assert len(many) == len(few) <= 15


def test_every_alarm_has_a_sentence_and_a_remedy_in_both_languages() -> None:
    for code, said in watchman.SENTENCES.items():
        assert len(said) == 4 and all(said), code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said[0] + said[2])
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in said[1] + said[3])
        assert f"`{code}`" in OPERATE.read_text(encoding="utf-8"), "every alarm is explained to the operator"


def test_workers_of_yesterday_are_swept_away(world: World) -> None:
    pulse.beat("old", at=world.now, steady=HERE)
    world.at("+2d")
    pulse.beat("new", at=world.now, steady=("after a restart", 1.0))
    assert [row.worker for row in Beat.objects.all()] == ["new"]
