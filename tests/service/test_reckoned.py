"""The reckoning of the fault test, held against a worker at work: the log alone says what people were reminded of."""

from datetime import datetime, timedelta

import pytest

from fengsui.cases import ladder as program
from fengsui.cases import service
from fengsui.ledger.ids import new_id
from fengsui.notifications import service as notifications
from fengsui.notifications.models import Message
from tests.faults.reckoning import Reckoning, ladder
from tests.faults.record import Record
from tests.world import World

pytestmark = pytest.mark.django_db
STEP = timedelta(minutes=5)


def walk(world: World, until: datetime) -> None:
    """Let the worker look again and again."""
    while world.now < until:
        world.now += STEP
        for _ in range(60):
            if not service.pass_due(world.now) + notifications.follow(world.now):
                break


def reckoned(world: World, began: datetime) -> Reckoning:
    record = Record(began)
    rungs = ladder(program.default_text())
    done = Reckoning(rungs, record.audience, lambda start: start + 2 * STEP + timedelta(minutes=1), world.now)
    done.compare(record.lives, record.told())
    return done


def test_what_a_worker_tells_is_what_the_log_calls_for_and_a_planted_fault_is_found(world: World) -> None:
    began = world.now
    case = world.open("owner")
    world.at("+5min").submit("owner", case, "assess", value="II", reason="长时间中断")
    walk(world, world.now + timedelta(minutes=40))
    for act, more in (("confirm", {"value": "II", "reason": "同意"}), ("activate", {"value": "II"})):
        world.at("+5min").submit("group", case, act, **more)
    walk(world, world.now + timedelta(hours=3))
    done = reckoned(world, began)
    assert not done.faults, done.faults
    assert done.counts["reminders due"] > 5 and done.counts["births due"] > 2

    told = Message.objects.filter(channel="inapp", about__startswith="watch:").order_by("pk")
    row = told[0]
    told.filter(about=row.about).delete()
    assert [text.partition(":")[0] for text in reckoned(world, began).faults] == ["missing"]
    row.save(force_insert=True)
    row.pk, row.about = new_id(world.now), row.about.replace("watch:", "rung:again:90:")
    row.save(force_insert=True)
    assert "surplus" in [text.partition(":")[0] for text in reckoned(world, began).faults]
