"""Time as it really passes: midnight, the end of a month, a leap day, holidays worked and not, a year nobody has
published, a server whose clock jumps, an organisation that lives in another zone than its server."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fengsui.cases import models, service
from fengsui.cases import selectors as cases
from fengsui.cases.service import sweep
from fengsui.core import timing
from fengsui.core.case import Act, Actor
from fengsui.core.timing import show_due
from fengsui.directory import service as directory
from fengsui.library import service as library
from fengsui.notifications import selectors
from fengsui.notifications import service as notifications
from tests.service.test_clocks import ended, run, subjects
from tests.world import BY, ZONE, World

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def local(text: str) -> datetime:
    """Return a moment written by the bureau's clock."""
    return timing.parse_instant(text, ZONE)


def beginning(text: str) -> World:
    """A bureau on whose clock it is now so late."""
    return World.build(at=local(text))


def told_of(world: World, owed: models.Obligation) -> None:
    """Hold the due time against the worker: silent until it has passed, told in the next second."""
    assert owed.due is not None
    run(world, owed.due)
    assert not subjects(world, "group", "已逾期"), "the instant of the due time is still in time"
    run(world, owed.due + SECOND)
    assert len(subjects(world, "group", "已逾期：")) == 1


@pytest.mark.parametrize(
    ("ended_at", "due"),
    [
        ("2024-01-10 23:55", "2024-02-09 24:00"),  # the last minutes before midnight
        ("2024-01-10 23:56", "2024-02-10 24:00"),  # ended after midnight: one day more
        ("2024-01-31 12:00", "2024-03-01 24:00"),  # over a February of 29 days
        ("2023-01-31 12:00", "2023-03-02 24:00"),  # and one of 28
        ("2024-02-28 23:50", "2024-03-29 24:00"),  # from the eve of the leap day
        ("2024-12-15 09:00", "2025-01-14 24:00"),  # into the next year
    ],
)
def test_natural_days_begin_on_the_next_day_and_end_at_midnight_of_the_bureau(ended_at: str, due: str) -> None:
    world = beginning(ended_at)
    _, owed = ended(world)
    assert owed.due is not None and show_due(owed.due, ZONE) == due
    told_of(world, owed)


def drilled(at: datetime, zone: str = "Asia/Shanghai") -> tuple[str, str, service.Receipt, models.Obligation]:
    """A bureau under the demo plan that has just drilled: its report is due in so many working days."""
    root = directory.create_organisation("某局", "CAL", zone=zone, actor=BY, at=at)
    digest = library.install(root, library.shipped("demo-linjiang"), actor=BY, at=at)
    library.adopt(root, root, digest, actor=BY, at=at)
    office = directory.create_person(root, "应急办主任", actor=BY, at=at)
    directory.appoint(office, "cyber_office", post="head", actor=BY, at=at)
    case = service.open_case(office, root, kind="standing", title="在用", at=at)
    service.submit(case.case, Act("drill", Actor(office)), actor=office, at=at)
    return root, office, case, models.Obligation.objects.get(case=case.case, duty="drill_report")


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2024-02-08 15:00", "2024-02-28 24:00"),  # 春节 10th to 17th off; the eve and Sunday the 18th are worked
        ("2024-02-09 15:00", "2024-02-29 24:00"),  # into the leap day
        ("2024-09-27 10:00", "2024-10-16 24:00"),  # 国庆 1st to 7th off; Sunday 29th and Saturday 12th are worked
        ("2025-09-26 10:00", "2025-10-16 24:00"),  # 国庆 and 中秋 together; Sunday 28th and Saturday 11th are worked
        ("2024-04-30 10:00", "2024-05-16 24:00"),  # 五一 1st to 5th off; Saturday 11th is worked
    ],
)
def test_working_days_pass_over_the_holidays_and_count_the_days_made_up(at: str, due: str) -> None:
    _, _, _, owed = drilled(local(at))
    assert owed.due is not None and show_due(owed.due, ZONE) == due
    assert not owed.data["estimated"] and owed.estimated_by == ""


def test_a_year_nobody_has_published_is_shown_as_an_estimate_and_moves_when_it_is_published() -> None:
    at = local("2026-12-28 10:00")
    root, office, case, owed = drilled(at)
    ref = cases.case_for(office, case.number, at)
    assert ref is not None and owed.data["estimated"] and owed.estimated_by and owed.due is not None
    page = cases.case_page(office, ref, at)
    assert any("估算" in row.note for row in page.obligations if row.key == owed.key)
    rung = owed.next_at
    library.publish_year(root, 2027, [date(2027, 1, 1), date(2027, 1, 4)], [], "国办发明电", actor=BY, at=at)
    assert service.pass_due(at + timedelta(minutes=1)) >= 1
    before, rows = owed.due, models.Obligation.objects
    owed = rows.get(pk=owed.pk)
    assert not owed.data["estimated"] and owed.estimated_by == "" and owed.due == before + timedelta(days=2)
    assert owed.next_at is not None and rung is not None and owed.next_at > rung, "the reminders moved along"
    assert service.pass_due(at + timedelta(minutes=2)) == 0


def test_a_calendar_that_contradicts_known_years_is_looked_at_once_and_not_every_second() -> None:
    at = local("2026-12-28 10:00")
    root, _, _, owed = drilled(at)
    library.publish_year(root, 2026, [date(2026, 12, 29)], [], "更正", actor=BY, at=at)
    service.pass_due(at + SECOND)
    looked = models.Obligation.objects.get(pk=owed.pk).estimated_by
    assert looked != owed.estimated_by and models.Obligation.objects.get(pk=owed.pk).data["estimated"]
    assert service.pass_due(at + 2 * SECOND) == 0


def test_a_server_clock_that_jumps_an_hour_ahead_and_back_loses_no_rung_and_rings_none_twice(world: World) -> None:
    case, owed = ended(world)
    assert owed.due is not None
    hour = timedelta(hours=1)
    run(world, owed.due - timedelta(minutes=30))
    for at in (30, -25, 35, -20, -11, -10, -5, 0, 1, 10, 20, 40, 100):  # minutes around the due time
        run(world, owed.due + timedelta(minutes=at, seconds=1))
    for told in ("时限将到，还有 10分钟", "已逾期：", "已逾期 10分钟", "已逾期 40分钟", "已逾期 1小时40分钟"):
        assert len(subjects(world, "group", told)) <= 1, told
    assert len(subjects(world, "group", "已逾期：")) == 1 and subjects(world, "group", "已逾期 40分钟")
    fold = world.fold(case)
    assert [event.type for event in fold.events].count("due_passed") == 1
    recorded = [event.recorded_at for event in fold.events]
    world.now -= hour
    world.submit("group", case, "record", note="时钟已校正")
    after = [event.recorded_at for event in world.fold(case).events]
    assert after == sorted(after) and after[:-1] == recorded, "what is recorded later stands later"
    ref = world.ref("group", case)
    assert ref is not None and cases.verify(ref, world.now).whole


def test_a_server_clock_that_went_back_rings_what_comes_after_the_correction(world: World) -> None:
    _, owed = ended(world)
    assert owed.due is not None
    run(world, owed.due + timedelta(minutes=41))
    run(world, owed.due - timedelta(minutes=19))
    assert len(subjects(world, "group", "已逾期 40分钟")) == 1
    run(world, owed.due + timedelta(minutes=70))
    assert len(subjects(world, "group", "已逾期 1小时10分钟")) == 1


@pytest.fixture
def server_elsewhere() -> Iterator[None]:
    """The server's own zone is half a world away."""
    import time

    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/Los_Angeles"
    time.tzset()
    yield
    os.environ.pop("TZ", None)
    if before:
        os.environ["TZ"] = before
    time.tzset()


def test_a_day_ends_at_midnight_of_the_organisation_wherever_its_server_stands(server_elsewhere: None) -> None:
    world = beginning("2024-01-10 23:50")
    _, owed = ended(world)
    assert owed.due is not None and show_due(owed.due, ZONE) == "2024-02-09 24:00"
    told_of(world, owed)
    assert any("2024-02-09 24:00 前" in text for text in subjects(world, "group", "已逾期：")), "told in its own zone"
    row = selectors.notices(world.people["group"])[0]
    assert "2024-02-09 08:00" not in row.text


def test_a_rung_between_two_worlds_is_the_same_instant_for_both(world: World) -> None:
    _, owed = ended(world)
    assert owed.due is not None and owed.next_at is not None
    there = owed.next_at.astimezone(ZoneInfo("America/Los_Angeles"))
    run(world, there.astimezone(UTC) - SECOND)
    assert not subjects(world, "group", "时限过半")
    run(world, there)
    assert len(subjects(world, "group", "时限过半")) == 1


def test_notices_are_told_again_to_nobody_after_a_night_of_looking_every_minute(world: World) -> None:
    _, owed = ended(world)
    assert owed.due is not None
    world.now = owed.due - timedelta(minutes=30)
    for _ in range(90):
        run(world, world.now + timedelta(minutes=1))
    found = [text for text in subjects(world, "group") if "调查处理" in text]
    assert len(found) == len(set(found))
    assert sum(notifications.follow(world.now + timedelta(days=n)) for n in (0, 1)) == 0


def test_a_calendar_that_fails_on_a_case_is_asked_once_and_leaves_the_moment_of_the_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = local("2026-12-28 10:00")
    root, _, case, owed = drilled(at)
    before = models.Case.objects.get(pk=case.case).next_at
    library.publish_year(root, 2027, [date(2027, 1, 1), date(2027, 1, 4)], [], "国办发明电", actor=BY, at=at)
    asked = []

    def fails(root: str, id: str, *, at: datetime) -> None:
        asked.append(id)
        raise ValueError("broken")

    monkeypatch.setattr(sweep.door, "apply_calendar", fails)
    for second in range(1, 4):
        service.pass_due(at + second * SECOND)
    assert asked == [case.case]
    assert before is not None and models.Case.objects.get(pk=case.case).next_at == before
    assert models.Obligation.objects.get(pk=owed.pk).data["estimated"]
