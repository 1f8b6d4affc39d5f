"""Two people, two workers, two requests at the same moment: one wins, the other is told, nothing is lost or doubled.

These stories use threads with a connection each, so they run in real transactions, on both databases.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from fengsui.cases import models, service
from fengsui.cases.ladder import Ladders
from fengsui.cases.selectors import log
from fengsui.cases.service import projection
from fengsui.notifications import service as notifications
from fengsui.notifications.models import Attempt, Message
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """A bureau in a database that really commits."""
    yield World.build()


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at once, each in a thread of its own; return results or exceptions in order."""
    start = threading.Barrier(len(calls))
    found: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait()
        try:
            found[place] = call()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_of_two_officers_who_press_the_same_decision_one_wins_and_the_other_is_told(world: World) -> None:
    case = world.open("owner")
    world.at("+1min")
    found = together(
        lambda: world.submit("owner", case, "assess", value="III", reason="甲", seen=1, key="a"),
        lambda: world.submit("owner_deputy", case, "assess", value="II", reason="乙", seen=1, key="b"),
    )
    told = [each for each in found if isinstance(each, service.Conflict)]
    won = [each for each in found if isinstance(each, service.Receipt)]
    assert len(told) == 1 and len(won) == 1, found
    assert told[0].what == "研判" and told[0].when == world.now
    assert len(world.fold(case).assessments) == 1


def test_two_who_do_what_fits_together_both_go_through(world: World) -> None:
    case = world.open("owner")
    world.at("+1min")
    found = together(
        lambda: world.submit("owner", case, "record", matter="progress", note="甲", seen=1, key="a"),
        lambda: world.submit("group", case, "record", matter="major_matter", note="乙", seen=1, key="b"),
        lambda: world.submit("centre", case, "record", note="丙", seen=1, key="c"),
    )
    assert all(isinstance(each, service.Receipt) for each in found), found
    assert [event.seq for event in world.fold(case).events] == [1, 2, 3, 4]


def test_a_double_click_gives_one_event_and_the_same_receipt(world: World) -> None:
    case = world.open("owner")

    def press() -> service.Receipt:
        return world.submit("owner", case, "assess", value="III", reason="双击", seen=1, key="same")

    first, second = together(press, press)
    assert isinstance(first, service.Receipt) and isinstance(second, service.Receipt), (first, second)
    assert (first.seq, first.code) == (second.seq, second.code) and first.repeated != second.repeated
    assert len(world.fold(case).assessments) == 1


def test_a_report_sent_twice_at_once_is_one_case(world: World) -> None:
    def press() -> service.Receipt:
        return world.open("owner", title="只报一次", key="same")

    first, second = together(press, press)
    assert isinstance(first, service.Receipt) and isinstance(second, service.Receipt), (first, second)
    assert first.number == second.number and models.Case.objects.count() == 1


def test_numbers_are_unique_and_without_a_double_when_many_report_at_once(world: World) -> None:
    calls = [lambda n=n: world.open("owner", title=f"同时第{n}件", key=f"n{n}") for n in range(8)]
    calls.append(lambda: world.open("owner", title="演练", mode="exercise", key="drill"))
    found = together(*calls)
    assert all(isinstance(each, service.Receipt) for each in found), found
    live = {each.number for each in found[:-1]}
    assert live == {f"JS-2024-{n:04d}" for n in range(1, 9)} and found[-1].number == "JS-2024-Y0001"


def test_of_two_workers_each_due_moment_is_passed_once(world: World) -> None:
    case = world.open("owner")
    world.at("+20min")
    together(lambda: service.pass_due(world.now), lambda: service.pass_due(world.now))
    passed = [event.type for event in world.fold(case).events].count("watch_passed")
    once = log.fold(world.root, case.case)
    assert passed == len({event.content["obligation"] for event in once.events if event.type == "watch_passed"}) > 0


def test_of_two_workers_each_message_is_written_and_sent_once(world: World) -> None:
    case = world.open("group")
    together(lambda: notifications.follow(world.now), lambda: notifications.follow(world.now))
    together(lambda: notifications.deliver(world.now), lambda: notifications.deliver(world.now))
    rows = list(Message.objects.filter(case=case.case))
    assert rows and all(row.state == "sent" and row.tries == (row.channel == "outside") for row in rows)
    told = [row for row in rows if row.channel == "outside"]
    assert Attempt.objects.count() == len(told), "no letter went out twice"
    assert not models.Fresh.objects.exists()


def test_of_two_workers_each_reminder_is_rung_once(world: World) -> None:
    for n in range(20):
        world.open("owner", title=f"第{n}件")
    models.Fresh.objects.all().delete()
    world.at("+15min").at("+1s")
    waiting = models.Obligation.objects.filter(next_at__lte=world.now).count()
    rung = together(*[lambda: service.ring(world.root, world.now) for _ in range(3)])
    pointers = list(models.Fresh.objects.values_list("case", "obligation", "rung"))
    assert sum(rung) == waiting == len(pointers) == len(set(pointers)) >= 40, rung


def test_a_reminder_and_an_act_on_its_case_at_once_both_go_through(world: World) -> None:
    case = world.open("owner")
    world.at("+15min").at("+1s")
    found = together(
        lambda: service.ring(world.root, world.now),
        lambda: world.submit("owner", case, "assess", value="III", reason="与提醒同时"),
        lambda: service.pass_due(world.now),
    )
    assert not [each for each in found if isinstance(each, Exception)], found
    service.pass_due(world.now)
    assert not models.Obligation.objects.filter(next_at__lte=world.now).exists()


NARROW = """
hard:
  - {rung: near, when: 3%, to: [holders]}
  - {rung: due, when: due, to: [holders]}
  - {rung: daily, when: +1d, every: 1d, to: [holders]}
soft:
  - {rung: near, when: 3%, to: [holders]}
"""


@pytest.mark.parametrize("act", ["open", "assess"])
def test_what_read_the_old_ladder_and_is_written_after_the_new_one_is_reminded_of_by_the_new_one(
    world: World, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    if act != "open" and connection.vendor == "sqlite":
        pytest.skip("an act holds the one writer of SQLite from its first read on: nothing comes between")
    case = world.open("owner") if act != "open" else None
    read, go, found = threading.Event(), threading.Event(), projection.ladders_of
    notifications.follow(world.now)

    def slowly(root: str, organisation: str) -> Ladders:
        ladders = found(root, organisation)
        read.set()
        go.wait(30)
        return ladders

    def write() -> None:
        if case is None:
            world.open("owner")
        else:
            world.submit("owner", case, "assess", value="II", reason="与新阶梯同时")

    def change() -> None:
        read.wait(30)
        monkeypatch.setattr(projection, "ladders_of", found)
        service.set_ladder(world.root, world.root, NARROW, "应急办 2024-5", actor=world.people["owner"], at=world.now)
        service.pass_due(world.now)
        assert not models.Ladder.objects.filter(pending=True).exists(), "the walk over what was open is over"
        go.set()

    monkeypatch.setattr(projection, "ladders_of", slowly)
    told = together(write, change)
    assert not [one for one in told if isinstance(one, Exception)], told
    rows = models.Obligation.objects.filter(live=True, next_at__isnull=False)
    assert set(rows.values_list("next_rung", flat=True)) != {"near"}, "written by the old ladder"
    notifications.follow(world.now)
    assert set(rows.values_list("next_rung", flat=True)) == {"near"}
    assert max(one.next_at - world.now for one in rows if one.next_at) < timedelta(hours=2)
