"""The monthly roll call: who is called when, one answer by one button, the results, and who never answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from fengsui.core.problems import Refused
from fengsui.directory import service as directory
from fengsui.notifications import selectors
from fengsui.notifications import service as notifications
from fengsui.notifications.models import Message, RollAnswer, RollCall
from tests.world import BY, World

pytestmark = pytest.mark.django_db
BODIES = 5
"""Bodies of the cast's bureau with people of its own: the vendor is outside."""


def opened(world: World, when: str) -> int:
    return notifications.roll_call(world.at(when).now)


def deliver(world: World) -> None:
    while notifications.deliver(world.now):
        pass


class TestOpening:
    def test_each_body_with_people_is_called_once_a_month_from_ten_in_the_morning(self, world: World) -> None:
        assert opened(world, "2024-02-01 09:59") == 0
        assert opened(world, "2024-02-01 10:00") == BODIES
        assert opened(world, "2024-02-01 10:01") == opened(world, "2024-02-05 12:00") == 0
        assert opened(world, "2024-03-02 08:00") == BODIES, "a worker that stood still calls later"
        assert opened(world, "2024-04-08 10:00") == 0, "after a week it waits for the next month"

    def test_the_installation_sets_day_and_hour_or_has_none(self, world: World, settings: Any) -> None:
        settings.ROLL_CALL = (15, 8)
        assert opened(world, "2024-02-01 10:00") == opened(world, "2024-02-15 07:59") == 0
        assert opened(world, "2024-02-15 08:00") == BODIES
        assert opened(world, "2024-03-22 08:00") == 0, "after a week it waits for the next month"
        settings.ROLL_CALL = None
        assert opened(world, "2024-04-15 08:00") == 0

    def test_bodies_outside_and_people_who_left_are_not_called(self, world: World) -> None:
        directory.deactivate(world.people["other_unit"], actor=BY, at=world.now)
        opened(world, "2024-02-01 10:00")
        called = set(RollAnswer.objects.values_list("person", flat=True))
        assert world.people["owner"] in called
        assert not called & {world.people["vendor"], world.people["nobody"], world.people["other_unit"]}

    def test_one_letter_by_the_ways_of_a_real_alarm(self, world: World) -> None:
        opened(world, "2024-02-01 10:00")
        deliver(world)
        told = [one for one in mail.outbox if one.to == ["owner@example.invalid"]]
        assert len(told) == 1 and "点名：2024年2月" in told[0].subject
        (row,) = [row for row in selectors.notices(world.people["owner"]) if "点名" in row.subject]
        assert row.number == "" and not row.urgent

    def test_who_sits_in_two_bodies_is_called_in_both_and_told_once(self, world: World) -> None:
        directory.appoint(world.people["leader"], "centre", actor=BY, at=world.now)
        opened(world, "2024-02-01 10:00")
        assert RollAnswer.objects.filter(person=world.people["leader"]).count() == 2
        assert Message.objects.filter(person=world.people["leader"], channel="outside").count() == 1
        assert notifications.answer(world.people["leader"], at=world.now) == 2


class TestAnswering:
    def test_one_button_answers_and_acknowledges(self, world: World) -> None:
        opened(world, "2024-02-01 10:00")
        assert selectors.called(world.people["owner"], world.now) == world.now + timedelta(days=3)
        world.at("+2h")
        assert notifications.answer(world.people["owner"], at=world.now) == 1
        assert selectors.called(world.people["owner"], world.now) is None
        assert selectors.notices(world.people["owner"])[0].read
        with pytest.raises(Refused):
            notifications.answer(world.people["owner"], at=world.now)
        with pytest.raises(Refused):
            notifications.answer(world.people["nobody"], at=world.now)

    def test_after_the_end_nobody_answers(self, world: World) -> None:
        opened(world, "2024-02-01 10:00")
        world.at("+3d")
        assert selectors.called(world.people["owner"], world.now) is None
        with pytest.raises(Refused):
            notifications.answer(world.people["owner"], at=world.now)

    def test_results_stand_by_body_with_who_is_missing(self, world: World) -> None:
        opened(world, "2024-02-01 10:00")
        notifications.answer(world.people["owner"], at=world.at("+1h").now)
        rows = selectors.call_rows(world.root, [world.organisation], "2024-02", world.now)
        assert len(rows) == BODIES == RollCall.objects.count()
        office = next(row for row in rows if row.body == "office")
        assert office.answered == 1 and not office.closed
        assert "甲处负责人" not in office.missing and "甲处另一负责人" in office.missing
        assert selectors.months(world.root) == ("2024-02",)
        assert selectors.call_rows(world.root, ["another"], "2024-02", world.now) == ()


def test_who_answers_no_roll_call_twice_is_a_finding(world: World) -> None:
    for month in ("2024-02", "2024-03"):
        opened(world, f"{month}-01 10:00")
        for who, id in world.people.items():
            if who != "centre" and selectors.called(id, world.now):
                notifications.answer(id, at=world.now)
        world.at("+3d")
        found = {one.code: one.ids for one in selectors.findings(world.root, world.now)}
        assert found.get("silent", ()) == ((world.people["centre"],) if month == "2024-03" else ())
    assert selectors.never_answered(world.root, world.now) == (world.people["centre"],)
    opened(world, "2024-04-01 10:00")
    notifications.answer(world.people["centre"], at=world.now)
    assert selectors.never_answered(world.root, world.at("+3d").now) == ()
