"""Reminders by the ladder: before, at and after the due time, upwards, once, made up for when nobody rang in time."""

from datetime import datetime, timedelta

import pytest

from fengsui.cases import models, service
from fengsui.cases.service import sweep
from fengsui.core.case import ByWord
from fengsui.notifications import selectors
from fengsui.notifications import service as notifications
from fengsui.notifications.models import Message
from tests.world import World

pytestmark = pytest.mark.django_db


def run(world: World, at: datetime | None = None) -> None:
    """Let the worker do everything due at a moment."""
    world.now = at or world.now
    for _ in range(60):
        if not service.pass_due(world.now) + notifications.follow(world.now) + notifications.deliver(world.now):
            return


def walk(world: World, until: datetime, step: timedelta) -> None:
    """Let the worker look again and again, as it does."""
    while world.now < until:
        run(world, min(world.now + step, until))


def subjects(world: World, who: str, part: str = "") -> list[str]:
    """Return the notices of a person that hold a text, the oldest first."""
    found = [row.subject for row in selectors.notices(world.people[who]) if part in row.subject]
    return list(reversed(found))


def ended(world: World) -> tuple[service.Receipt, models.Obligation]:
    """A case whose response has ended, and the summary that is owed within thirty days."""
    case = world.open("owner")
    world.at("+1min").submit("owner", case, "assess", value="II", reason="长时间中断")
    for act, more in (("confirm", {"value": "II", "reason": "同意"}), ("activate", {"value": "II"}), ("end", {})):
        world.at("+1min").submit("group", case, act, **more)
    run(world)
    return case, models.Obligation.objects.get(case=case.case, duty="O21")


def test_a_hard_duty_rings_down_to_its_due_time_and_on_as_long_as_it_is_owed(world: World) -> None:
    case, owed = ended(world)
    assert owed.due is not None
    told = [
        (owed.due - timedelta(days=1), "时限将到，还有 24小时", "group"),
        (owed.due - timedelta(minutes=10), "时限将到，还有 10分钟", "group"),
        (owed.due + timedelta(seconds=1), "已逾期：", "leader"),
        (owed.due + timedelta(minutes=10), "已逾期 10分钟", "leader"),
        (owed.due + timedelta(minutes=40), "已逾期 40分钟", "group"),
        (owed.due + timedelta(days=3), "已逾期 72小时", "group"),
    ]
    for at, text, who in told:
        run(world, at - timedelta(seconds=1))
        assert not subjects(world, who, text), (at, text)
        run(world, at)
        assert len(subjects(world, who, text)) == 1, (at, text)
    form = {"cause": "漏洞", "nature": "网络攻击", "impact": "业务中断", "responsibility": "运维", "opinion": "通报"}
    world.submit("group", case, "investigate", form={**form, "improvement": "限期加固"})
    owed.refresh_from_db()
    before = len(subjects(world, "group", "已逾期"))
    run(world, world.now + timedelta(days=3))
    assert not owed.live and owed.next_at is None and len(subjects(world, "group", "已逾期")) == before


def test_the_event_of_a_due_time_and_the_rung_at_it_are_told_once(world: World) -> None:
    case, owed = ended(world)
    assert owed.due is not None
    for second in range(3):
        run(world, owed.due + timedelta(seconds=second))
    assert [event.type for event in world.fold(case).events].count("due_passed") == 1
    for who in ("group", "leader"):
        assert len(subjects(world, who, "已逾期：")) == 1


def test_what_fell_due_before_anybody_owed_it_is_announced_at_once(world: World) -> None:
    case = world.open("owner")
    world.at("+1min").submit("owner", case, "assess", value="II", reason="长时间中断")
    word = ByWord("电话", world.now, (world.people["owner"], world.people["centre"]), world.people["group"])
    run(world, world.now + timedelta(hours=30))
    world.submit("owner", case, "confirm", value="II", reason="同意", seat=world.seat("group.lead"), by_word=word)
    owed = models.Obligation.objects.get(case=case.case, data__source="countersign")
    assert owed.state == "overdue" and owed.due == word.at + timedelta(hours=24) < world.now
    for _ in range(3):
        run(world, world.now + timedelta(seconds=1))
    assert len(subjects(world, "group", "已逾期：补签")) == len(subjects(world, "leader", "已逾期：补签")) == 1
    passed = [event.content["obligation"] for event in world.fold(case).events if event.type == "due_passed"]
    assert passed.count(owed.key) == 1


def test_what_nobody_rang_in_time_is_rung_once_and_says_so(world: World) -> None:
    _, owed = ended(world)
    assert owed.due is not None
    run(world, owed.due + timedelta(hours=2, minutes=5))
    late = subjects(world, "group", "补提醒")
    assert len(late) == 2, "the due time for those it is owed to, and the latest rung after it"
    assert any("已逾期：" in text for text in late) and any("已逾期 1小时40分钟" in text for text in late)
    assert not subjects(world, "group", "时限将到") and not subjects(world, "group", "时限过半")
    run(world)
    assert subjects(world, "group", "补提醒") == late


def test_a_soft_word_rings_on_the_watch_time_of_the_owner_and_says_so(world: World) -> None:
    world.open("owner")
    run(world)
    walk(world, world.now + timedelta(hours=6), timedelta(minutes=5))
    found = subjects(world, "owner_deputy", "研判")
    assert [text for text in found if "已过自定提醒时间：" in text]
    assert [text for text in found if "已过自定提醒时间 30分钟" in text]
    assert not [text for text in found if "逾期" in text] and not [text for text in found if "时限" in text]
    assert len(found) == 6, "born, passed, and four times again; then it is enough"


def test_a_batch_is_claimed_in_one_transaction_and_no_row_is_rung_twice(
    world: World, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for n in range(30):
        world.open("owner", title=f"第 {n} 件")
    run(world)
    at = world.now + timedelta(minutes=15, seconds=1)
    waiting = models.Obligation.objects.filter(next_at__lte=at).count()
    assert waiting >= 60
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert sweep.ring(world.root, at) == waiting
    assert sweep.ring(world.root, at) == 0
    pointers = models.Fresh.objects.filter(seq=0).values_list("case", "obligation", "rung")
    assert len(pointers) == len(set(pointers)) == waiting


def test_looking_without_finding_writes_nothing_and_asks_little(
    world: World, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    world.open("owner")
    run(world)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert service.pass_due(world.now) == 0


def test_a_row_that_fails_is_pushed_aside_and_the_others_are_rung(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.open("owner")
    other = world.open("owner", title="坏行")
    run(world)
    bad = models.Obligation.objects.filter(case=other.case, next_at__isnull=False).order_by("key").first()
    assert bad is not None
    models.Obligation.objects.filter(pk=bad.pk).update(data={**bad.data, "start": "never"})
    world.at("+15min")
    world.at("+1s")
    rung = sweep.ring(world.root, world.now)
    assert rung == models.Fresh.objects.filter(seq=0).count() > 1
    bad.refresh_from_db()
    assert bad.next_at is not None and bad.next_at > world.now and "pushed aside" in caplog.text


def test_a_case_days_late_that_fails_is_looked_at_once_a_minute(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.open("owner")
    run(world)
    world.now += timedelta(days=3)
    asked = []

    def fails(root: str, id: str, *, at: datetime) -> None:
        asked.append(id)
        raise ValueError("broken")

    monkeypatch.setattr(sweep.door, "submit_as_system", fails)
    for second in range(3):
        service.pass_due(world.now + timedelta(seconds=second))
    assert asked == [case.case]
    assert models.Case.objects.get(pk=case.case).next_at == world.now + sweep.ASIDE
    monkeypatch.undo()
    run(world, world.now + sweep.ASIDE + sweep.SECOND)
    assert "watch_passed" in [event.type for event in world.fold(case).events]


def test_a_due_time_that_moves_earlier_is_said_anew_and_one_that_moves_later_keeps_what_was_rung(world: World) -> None:
    _, owed = ended(world)
    assert owed.due is not None and owed.rung_at is not None
    from fengsui.cases import ladder
    from fengsui.cases.service import reminders

    run(world, owed.due - timedelta(days=2))
    owed.refresh_from_db()
    due = owed.due
    rung = owed.rung_at
    owed.due = due + timedelta(days=10)
    reminders.moved(owed, ladder.default(), due)
    reminders.schedule(owed, ladder.default())
    assert owed.rung_at == rung and owed.next_at is not None and owed.next_at > world.now
    owed.due = rung - timedelta(days=1)
    reminders.moved(owed, ladder.default(), due)
    told = reminders.rung(owed, ladder.default(), world.now)
    assert [ring.rung.name for ring in told][:1] == ["due"] and owed.next_at is not None and owed.next_at > world.now


def test_a_word_of_mouth_has_its_own_clock_which_rings_those_who_must_sign(world: World) -> None:
    case = world.open("owner")
    world.at("+1min").submit("owner", case, "assess", value="II", reason="长时间中断")
    word = ByWord("电话", world.now, (world.people["owner"], world.people["centre"]), world.people["group"])
    world.at("+1min").submit(
        "owner", case, "confirm", value="II", reason="同意", seat=world.seat("group.lead"), by_word=word
    )
    owed = models.Obligation.objects.get(case=case.case, data__source="countersign")
    assert owed.due == word.at + timedelta(hours=24) and (owed.next_rung, owed.rung_at) == ("half", world.now)
    run(world, owed.due - timedelta(minutes=10))
    assert len(subjects(world, "group", "时限将到，还有 10分钟：补签")) == 1
    run(world, owed.due + timedelta(seconds=1))
    assert len(subjects(world, "group", "已逾期：补签")) == 1
    world.submit("group", case, "confirm", answer="countersign", target=str(owed.data["trigger"]))
    run(world, owed.due + timedelta(minutes=10))
    assert not subjects(world, "group", "已逾期 10分钟：补签")


def test_who_waits_may_urge_and_the_urged_hear_it_at_once_each_time(world: World) -> None:
    case, owed = ended(world)
    for minute in (1, 2):
        world.now += timedelta(minutes=minute)
        world.submit("leader", case, "urge", target=owed.key)
        run(world)
    assert len(subjects(world, "group", "催办")) == 2
    owed.refresh_from_db()
    assert owed.next_rung == "half", "urging by hand moves no clock"


LATE = """hard:
  - {rung: late, when: 95%, to: [holders]}
  - {rung: due, when: due, to: [holders]}
  - {rung: daily, when: +1d, every: 1d, to: [holders]}
"""


def test_a_ladder_of_ones_own_moves_the_reminders_of_what_is_open_and_of_what_comes(world: World) -> None:
    _, owed = ended(world)
    assert owed.due is not None and owed.next_rung == "half"
    service.set_ladder(world.root, world.root, LATE, "应急办 2024-3", actor=world.people["owner"], at=world.now)
    run(world)
    owed.refresh_from_db()
    assert owed.next_rung == "late" and not models.Ladder.objects.filter(pending=True).exists()
    _, other = ended(world)
    assert other.next_rung == "late"
    run(world, owed.due + timedelta(days=2))
    assert not subjects(world, "leader", "逾期"), "this ladder tells nobody above"
    assert len(subjects(world, "group", "已逾期：")) == 2, "one for each case"
    assert Message.objects.filter(about__startswith="due:").exclude(urgent=True).count() == 0
    service.drop_ladder(world.root, world.root, "改回", actor=world.people["owner"], at=world.now)
    run(world)
    owed.refresh_from_db()
    assert owed.next_rung.startswith("daily:") and owed.next_at is not None and owed.next_at > world.now


def test_a_rung_that_comes_every_minute_has_a_name_however_long_it_is_owed(world: World) -> None:
    _, owed = ended(world)
    assert owed.due is not None
    text = """
hard:
  - {rung: due, when: due, to: [holders]}
  - {rung: abcdefghij, when: +1min, every: 1min, to: [holders]}
"""
    service.set_ladder(world.root, world.root, text, "应急办 2024-9", actor=world.people["owner"], at=world.now)
    run(world, owed.due + timedelta(days=70))
    owed.refresh_from_db()
    assert owed.next_rung == "abcdefghij:100801" and len(subjects(world, "group", "已逾期 1680小时")) == 1
    century = f"abcdefghij:{100 * 366 * 24 * 60}"
    for table, field in ((models.Obligation, "next_rung"), (models.Fresh, "rung")):
        assert len(century) <= (table._meta.get_field(field).max_length or 0)


def test_a_row_that_fails_under_a_new_ladder_keeps_its_reminder_and_stops_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    _, bad = ended(world)
    _, good = ended(world)
    models.Obligation.objects.filter(pk=bad.pk).update(data={**bad.data, "start": "never"})
    service.set_ladder(world.root, world.root, LATE, "应急办 2024-3", actor=world.people["owner"], at=world.now)
    service.pass_due(world.now)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.next_rung, good.next_rung) == ("half", "late") and "keeps its reminder" in caplog.text
    assert not models.Ladder.objects.filter(pending=True).exists()


def test_the_ladder_of_the_nearest_organisation_upwards_holds(world: World) -> None:
    from fengsui.cases.selectors.ladders import ladders_of
    from fengsui.directory import service as directory
    from tests.world import BY

    below = directory.create_organisation("下属单位", "XS", parent=world.root, actor=BY, at=world.now)
    shipped = ladders_of(world.root, below)
    service.set_ladder(world.root, world.root, LATE, "一", actor=BY, at=world.now)
    assert ladders_of(world.root, below) == ladders_of(world.root, world.root) != shipped
    service.set_ladder(world.root, below, LATE.replace("95%", "90%"), "二", actor=BY, at=world.now)
    assert ladders_of(world.root, below).hard.rungs[0].share == 90
    assert ladders_of(world.root, world.root).hard.rungs[0].share == 95


def test_what_was_open_before_the_ladder_gets_its_rungs_when_the_tables_are_brought_up_to_date(world: World) -> None:
    from importlib import import_module

    from django.apps import apps

    _, owed = ended(world)
    models.Obligation.objects.update(rung_at=None, next_rung="", next_at=None)
    import_module("fengsui.cases.migrations.0007_ladder_from_before").carry(apps, None)
    run(world, world.now + timedelta(days=20))
    owed.refresh_from_db()
    assert owed.next_rung == "soon" and owed.rung_at == world.now
    assert not subjects(world, "group", "补提醒"), "nothing of the past is rung at an upgrade"


def test_a_database_that_is_busy_pushes_nothing_aside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    world.open("owner")
    run(world)
    world.at("+15min").at("+1s")
    before = list(models.Case.objects.values_list("next_at", flat=True))

    def locked(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(sweep.door, "submit_as_system", locked)
    with pytest.raises(OperationalError):
        service.pass_due(world.now)
    assert list(models.Case.objects.values_list("next_at", flat=True)) == before
    monkeypatch.undo()
    run(world)
    assert [text for text in subjects(world, "owner_deputy", "研判") if "已过自定提醒时间：" in text]
