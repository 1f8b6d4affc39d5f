"""Telling people: who is told what, nothing silent after a crash, every attempt a row, resend."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from fengsui.cases import models, service
from fengsui.core.problems import Refused
from fengsui.directory import service as directory
from fengsui.notifications import selectors
from fengsui.notifications import service as notifications
from fengsui.notifications.channels.kinds import Outcome
from fengsui.notifications.models import Attempt, Message
from fengsui.notifications.service import delivering
from fengsui.notifications.service.sending import LEFT_OUT, Job, Try
from tests.world import BY, World

pytestmark = pytest.mark.django_db


def run(world: World) -> None:
    """Let the worker do everything due now."""
    for _ in range(20):
        if not service.pass_due(world.now) + notifications.follow(world.now) + notifications.deliver(world.now):
            return


def subjects(world: World, who: str) -> list[str]:
    """Return the notices of a person, the newest first."""
    return [row.subject for row in selectors.notices(world.people[who])]


def test_a_new_duty_is_told_to_those_who_owe_it_on_the_screen_and_by_mail(world: World) -> None:
    world.open("group")
    run(world)
    assert any("研判事件等级" in text for text in subjects(world, "owner"))
    assert not subjects(world, "other_unit") and not subjects(world, "leader")
    assert {message.to[0] for message in mail.outbox} >= {"owner@example.invalid"}
    assert all(message.body.startswith("JS-2024-0001") for message in mail.outbox)


def test_who_did_it_is_not_told_of_it_and_an_addressee_is(world: World) -> None:
    case = world.open("group")
    run(world)
    world.at("+1min").submit("owner", case, "report", to=("group",), note="电话")
    run(world)
    assert any("向本单位报告" in text for text in subjects(world, "group_second"))
    assert not any("向本单位报告" in text for text in subjects(world, "owner"))


def test_whose_turn_it_is_in_a_chain_is_told_at_once(world: World) -> None:
    case = world.open("owner")
    world.at("+1min").submit("owner", case, "assess", value="III", reason="影响局部")
    world.at("+1min").submit("owner", case, "confirm", value="III", reason="同初判")
    world.at("+1min").submit("owner", case, "activate", value="III")
    world.at("+1h").submit("owner", case, "end", verb="decide", reason="恢复")
    run(world)
    (text,) = [text for text in subjects(world, "group") if "待办理" in text]
    assert "结束响应" in text


def test_a_passed_time_is_told_once_to_the_holder(world: World) -> None:
    world.open("owner")
    run(world)
    world.at("+16min")
    run(world)
    run(world)
    assert len([text for text in subjects(world, "owner_deputy") if "已过自定提醒时间：研判" in text]) == 1


def test_a_deadline_is_announced_before_it_passes_and_to_the_next_body_up_after(world: World) -> None:
    case = world.open("owner")
    world.at("+1min").submit("owner", case, "assess", value="II", reason="长时间中断")
    for act, more in (("confirm", {"value": "II", "reason": "同意"}), ("activate", {"value": "II"}), ("end", {})):
        world.at("+1min").submit("group", case, act, **more)
    run(world)
    due = models.Obligation.objects.get(case=case.case, duty="O21").due
    assert due is not None
    world.now += (due - world.now) * 0.51
    run(world)
    assert any("时限过半" in text for text in subjects(world, "group"))
    world.now = due - timedelta(days=1)
    run(world)
    assert any("时限将到" in text for text in subjects(world, "group")) and not subjects(world, "leader")
    world.now = due + timedelta(minutes=1)
    run(world)
    assert any("已逾期" in text for text in subjects(world, "group"))
    assert any("已逾期" in text for text in subjects(world, "leader"))
    assert [e.type for e in world.fold(case).events].count("due_passed") == 1


def test_recipients_are_those_who_hold_the_seat_at_that_time(world: World) -> None:
    night = directory.create_person(world.organisation, "夜班", email="night@example.invalid", actor=BY, at=world.now)
    begin = world.now + timedelta(hours=10)
    directory.appoint(night, "office", post="head", place="A", since=begin, actor=BY, at=world.now)
    world.people["night"] = night
    world.open("group")
    run(world)
    assert not subjects(world, "night")
    world.now = begin
    world.open("group", title="夜里的一件")
    run(world)
    assert any("JS-2024-0002" in text for text in subjects(world, "night"))


def test_a_crash_between_claim_and_send_is_sent_again_when_the_lease_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open("group")
    notifications.follow(world.now)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailMessage, "send", killed)
    with pytest.raises(KeyboardInterrupt):
        notifications.deliver(world.now)
    monkeypatch.undo()
    claimed = Message.objects.filter(tries=1).first()
    assert claimed is not None
    notifications.deliver(world.now)
    claimed.refresh_from_db()
    assert claimed.state == "waiting", "the lease still runs"
    world.now += notifications.LEASE
    notifications.deliver(world.now)
    claimed.refresh_from_db()
    assert claimed.state == "sent" and claimed.tries == 2
    assert not Message.objects.exclude(state="sent").exists()


def test_what_is_sent_is_written_down_at_once_and_not_with_the_last_letter_of_the_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open("group")
    notifications.follow(world.now)
    real, seen = delivering._record, []

    def killed_at_the_second(*given: Any) -> None:
        seen.append(given)
        if len(seen) == 2:
            raise KeyboardInterrupt
        real(*given)

    monkeypatch.setattr(delivering, "_record", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        notifications.deliver(world.now)
    assert Message.objects.filter(channel="outside", state="sent").exists()
    assert Message.objects.filter(channel="outside", state="waiting").exists()


def test_a_worker_that_fails_after_its_lease_takes_back_nothing_of_what_another_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open("group")
    notifications.follow(world.now)
    real = delivering.send_all

    def slow(jobs: Sequence[Job], _wires: object) -> Iterable[tuple[str, list[Try]]]:
        monkeypatch.setattr(delivering, "send_all", real)
        notifications.deliver(world.now + notifications.LEASE)
        return [(job.id, [Try(job.targets[0], Outcome(False, "too late"))]) for job in jobs]

    monkeypatch.setattr(delivering, "send_all", slow)
    assert notifications.deliver(world.now)
    assert Attempt.objects.filter(detail="too late").exists()
    states = set(Message.objects.filter(channel="outside").values_list("state", "next_at"))
    assert states == {("sent", None)}


def test_a_crash_between_the_event_and_its_follower_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open("group")
    from fengsui.cases import selectors as cases

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cases, "news", killed)
    with pytest.raises(KeyboardInterrupt):
        notifications.follow(world.now)
    monkeypatch.undo()
    assert models.Fresh.objects.count() == 1
    world.at("+30min")
    run(world)
    assert not models.Fresh.objects.exists()
    assert any("研判事件等级" in text for text in subjects(world, "owner"))


def refused(*_: object, **__: object) -> int:
    raise ConnectionRefusedError("connection refused")


def test_an_address_that_cannot_be_written_silences_the_mail_server_for_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open("group")
    monkeypatch.setattr(EmailMessage, "send", lambda *_, **__: (_ for _ in ()).throw(ValueError("bad address")))
    run(world)
    details = {row.detail for row in Attempt.objects.all()}
    assert details and LEFT_OUT.both not in details


def test_who_has_left_gets_no_letter(world: World) -> None:
    world.open("group")
    directory.deactivate(world.people["owner"], actor=BY, at=world.now)
    run(world)
    assert mail.outbox and not [one for one in mail.outbox if "owner@example.invalid" in one.to]


def test_a_channel_that_fails_is_tried_later_each_attempt_is_a_row_and_it_can_be_resent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.open("group")
    monkeypatch.setattr(EmailMessage, "send", refused)
    # Those left out because the mail server did not answer others of the round have lost no try by it.
    for _ in range(3 * notifications.TRIES):
        run(world)
        world.now += timedelta(hours=10)
    (message,) = Message.objects.filter(channel="outside", person=world.people["owner"], about__startswith="born:O3:")
    assert (message.state, message.tries) == ("failed", notifications.TRIES)
    rows = [row for row in selectors.attempts(world.root, case.case) if row.message == message.pk]
    assert len(rows) == notifications.TRIES and rows[0].outcome == "failed"
    assert {row.detail for row in rows} <= {"ConnectionRefusedError: connection refused", LEFT_OUT.both}
    monkeypatch.undo()
    notifications.resend(message.pk, actor=world.people["owner"], at=world.now)
    run(world)
    message.refresh_from_db()
    assert message.state == "sent" and Attempt.objects.filter(message=message, outcome="resend").count() == 1
    world.people["outsider"] = world.neighbour()
    with pytest.raises(Refused):
        notifications.resend(message.pk, actor=world.people["outsider"], at=world.now)


def test_messages_of_an_exercise_say_so_and_do_not_leave_the_house(world: World) -> None:
    world.open("group", mode="exercise", title="桌面推演")
    run(world)
    assert subjects(world, "owner") and all(text.startswith("【演练】") for text in subjects(world, "owner"))
    assert not mail.outbox and not Message.objects.filter(channel="outside").exists()


def test_a_notice_is_read_by_its_own_person_only(world: World) -> None:
    world.open("group")
    run(world)
    (row, *_rest) = selectors.notices(world.people["owner"])
    assert notifications.read(world.people["group"], (row.id,), at=world.now) == 0
    assert notifications.read(world.people["owner"], (row.id,), at=world.now) == 1
    assert selectors.notices(world.people["owner"])[0].read


def test_when_reminders_stop_flowing_it_shows(world: World) -> None:
    world.open("group")
    notifications.follow(world.now)
    assert selectors.flow(world.root, world.now).ok
    world.at("+6min")
    assert not selectors.flow(world.root, world.now).ok
    notifications.deliver(world.now)
    assert selectors.flow(world.root, world.now).ok
