"""The record through its one door: a whole life, double presses, two at once, refusals that leave nothing behind."""

from datetime import timedelta

import pytest

from fengsui.cases import models, service
from fengsui.cases.selectors import lateness
from fengsui.core.problems import Refused
from fengsui.notifications import service as notifications
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_case_is_opened_with_a_number_a_pin_and_its_first_duties(world: World) -> None:
    case = world.open("owner", facts={"important_system": "yes"}, note="值班电话")
    row = models.Case.objects.get(pk=case.case)
    assert case.number == "JS-2024-0001"
    assert row.pin["packs"][0]["pack"] == world.pack
    assert [event.type for event in world.fold(case).events] == ["opened", "stated"]
    assert models.Obligation.objects.filter(case=row, live=True).exists()
    assert models.Fresh.objects.filter(case=row).count() == 2


def test_the_same_key_gives_the_first_receipt_and_writes_nothing(world: World) -> None:
    case = world.open("owner")
    first = world.submit("owner", case, "assess", value="III", reason="核对过分级标准", key="twice")
    again = world.submit("owner", case, "assess", value="III", reason="核对过分级标准", key="twice")
    assert again.repeated and (again.seq, again.code, again.at) == (first.seq, first.code, first.at)
    assert models.Event.objects.filter(case=case.case).count() == first.seq
    with pytest.raises(Refused) as refused:
        world.submit("owner", case, "assess", value="II", reason="另一份", key="twice")
    assert refused.value.problem.code == "key_reused"


def test_a_refusal_leaves_no_row_behind(world: World) -> None:
    case = world.open("owner")
    before = [model.objects.count() for model in (models.Event, models.Obligation, models.Fresh, models.Beside)]
    with pytest.raises(Refused) as refused:
        world.submit("other_unit", case, "assess", value="III", reason="不是我的系统")
    assert refused.value.problem.code == "not_yours"
    after = [model.objects.count() for model in (models.Event, models.Obligation, models.Fresh, models.Beside)]
    assert before == after and models.Submission.objects.count() == 1


def test_who_comes_second_is_told_who_did_what_and_when(world: World) -> None:
    case = world.open("owner")
    seen = world.fold(case).seq
    world.at("+1min").submit("owner", case, "assess", value="III", reason="第一人", seen=seen)
    with pytest.raises(service.Conflict) as conflict:
        world.at("+1min").submit("owner_deputy", case, "assess", value="II", reason="第二人", seen=seen)
    assert "甲" in conflict.value.who or "处室" in conflict.value.who
    assert conflict.value.what == "研判" and conflict.value.person == world.people["owner"]
    assert [a.level for a in world.fold(case).assessments] == ["III"]


def test_the_very_second_of_a_due_time_is_in_time_and_the_next_one_is_not(world: World) -> None:
    case = world.open("owner")
    watch = world.now + timedelta(minutes=15)
    world.now = watch
    assert service.pass_due(world.now) == 0
    assert "watch_passed" not in [event.type for event in world.fold(case).events]
    world.submit("owner", case, "record", note="恰在此刻的一条记录")
    world.at("+1s")
    service.pass_due(world.now)
    passed = [event for event in world.fold(case).events if event.type == "watch_passed"]
    assert passed and {event.at for event in passed} == {watch}
    assert service.pass_due(world.now) == 0


def test_time_that_passes_while_no_worker_runs_is_written_when_one_comes_back(world: World) -> None:
    case = world.open("owner")
    world.at("+3d")
    assert lateness.oldest_pointer(world.root) == world.now - timedelta(days=3)
    while service.pass_due(world.now) + notifications.follow(world.now):
        pass
    passed = [event for event in world.fold(case).events if event.type == "watch_passed"]
    assert all(event.at < event.recorded_at == world.now for event in passed) and len(passed) == 2
    assert lateness.oldest_pointer(world.root) is None


def test_one_case_that_cannot_be_read_does_not_stop_the_sweep(world: World) -> None:
    bad, good = world.open("owner"), world.open("owner", title="另一件")
    event = models.Event.objects.get(case=bad.case, seq=1)
    event.body["content"]["kind"] = "warning"
    event.save()
    world.at("+16min")
    service.pass_due(world.now)
    assert "watch_passed" in [event.type for event in world.fold(good).events]
    row = models.Case.objects.get(pk=bad.case)
    assert row.next_at is not None and row.next_at > world.now - timedelta(minutes=1)
    assert models.Event.objects.filter(case=bad.case).count() == 1


def test_a_report_in_the_past_is_opened_now_and_says_when_it_happened(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.open("owner", happened_at=world.now + timedelta(hours=1))
    assert refused.value.problem.code == "future_time"
    assert not models.Case.objects.exists()
