"""Several provinces, one kind of incident: the system counts, and tells only what the pattern's event tells."""

from collections import Counter

import pytest

from fengsui.cases import models, service
from fengsui.cases import selectors as cases
from fengsui.cases.pages import Receipt
from fengsui.notifications import service as notifications
from fengsui.notifications.models import Message
from tests.service.tiers import System

pytestmark = pytest.mark.django_db
NUMBERS = {"correlation_min_provinces": "2", "correlation_window": "72h"}


def reported(system: System, place: str, level: str = "III", **more: str) -> Receipt:
    """An incident that climbs to the leading group of its province, which finds this level."""
    mark = "" if place == "P1" else "2"
    facts = {"class": "security", **more}
    case = system.open(f"unit{mark}", place, facts=facts)
    system.do(f"psg{mark}", case, "assess", value=level, reason="先期研判")
    return case


def heard(system: System, case: Receipt) -> int:
    return Counter(event.type for event in system.fold(case).events)["pattern"]


def settle_down(system: System) -> None:
    """Let the worker run until nothing is left."""
    while service.recognise(system.now) + notifications.follow(system.now):
        pass


def test_the_second_province_makes_the_group_and_each_case_hears_of_it_once() -> None:
    system = System.build(readings=NUMBERS)
    first = reported(system, "P1")
    settle_down(system)
    assert heard(system, first) == 0
    second = reported(system, "P2")
    settle_down(system)
    assert (heard(system, first), heard(system, second)) == (1, 1)
    for case in (first, second):
        (event,) = [event for event in system.fold(case).events if event.type == "pattern"]
        assert event.person == "system" and event.content["key"] == ["security"]
        assert event.content["cases"] == [first.case, second.case] and event.content["count"] == "2"
        system.do("unit" if case is first else "unit2", case, "record", note="再记一条")
    settle_down(system)
    assert (heard(system, first), heard(system, second)) == (1, 1)
    third = reported(system, "P1")
    settle_down(system)
    assert (heard(system, first), heard(system, third)) == (1, 1)


def test_the_office_that_must_meet_is_brought_in_by_the_event_and_told() -> None:
    system = System.build(readings=NUMBERS)
    first, second = reported(system, "P1"), reported(system, "P2")
    assert (system.ref("eo", first), system.ref("eo", second)) == (None, None)
    settle_down(system)
    for case in (first, second):
        ref = system.ref("eo", case)
        assert ref is not None
        page = cases.case_page(system.people["eo"], ref, system.now)
        assert any(row.duty == "same_type_meeting" and row.mine for row in page.obligations)
        (line,) = [event for event in page.events if event.type == "pattern"]
        assert line.label == "多省上报相同类型的较大事件" and "共 2 起" in line.detail
        # One province does not learn from it which case of another it was.
        other = second if case is first else first
        assert other.number not in str(page) and other.case not in str(page.events)
        assert Message.objects.filter(person=system.people["eo"], case=case.case).exists()
    assert system.ref("peo2", first) is None and system.ref("peo", second) is None
    system.do("eo", first, "step", step="same_type.convene")


def test_another_class_an_exercise_and_the_same_province_are_no_group() -> None:
    system = System.build(readings=NUMBERS)
    first = reported(system, "P1")
    reported(system, "P1")
    reported(system, "P2", **{"class": "base"})
    drill = system.open("unit2", "P2", facts={"class": "security"}, mode="exercise")
    system.do("psg2", drill, "assess", value="III", reason="演练")
    settle_down(system)
    assert not models.Event.objects.filter(type="pattern").exists()
    assert system.ref("eo", first) is None


def test_without_the_numbers_there_is_no_event_and_the_page_says_what_is_not_set() -> None:
    system = System.build()
    first, second = reported(system, "P1"), reported(system, "P2")
    settle_down(system)
    assert (heard(system, first), heard(system, second)) == (0, 0)
    assert system.ref("eo", first) is None
    page = cases.case_page(system.people["peo"], system.ref("peo", first), system.now)
    assert {"correlation_min_provinces", "correlation_window"} <= {row.name for row in page.readings}
    light = reported(system, "P1", level="IV")
    page = cases.case_page(system.people["peo"], system.ref("peo", light), system.now)
    assert "correlation_window" not in {row.name for row in page.readings}


def test_the_standing_case_of_the_office_hears_of_a_group_once_and_of_a_later_one_again() -> None:
    system = System.build(readings=NUMBERS)
    standing = system.open("eo", "HQ", kind="standing", title="预案常态管理")
    first, second = reported(system, "P1"), reported(system, "P2")
    settle_down(system)
    assert heard(system, standing) == 1
    reported(system, "P1")
    settle_down(system)
    assert heard(system, standing) == 1
    for who, case in (("peo", first), ("peo2", second)):
        system.do(who, case, "dismiss", reason="不属本预案")
    system.at("+100h")
    reported(system, "P1")
    reported(system, "P2")
    settle_down(system)
    assert heard(system, standing) == 2


def test_two_workers_tell_a_group_once_and_a_plan_without_patterns_leaves_no_pointer(world) -> None:  # type: ignore[no-untyped-def]
    world.open("owner")
    assert not models.Fresh.objects.filter(follower="patterns").exists()
    system = System.build(readings=NUMBERS)
    first, second = reported(system, "P1"), reported(system, "P2")
    pointers = models.Fresh.objects.filter(root=system.root, follower="patterns")
    assert pointers.filter(case=first.case).count() == 2
    settle_down(system)
    assert not pointers.exists()
    for case in (first, second):
        service.rebuild(system.root, case.case)
    settle_down(system)
    assert (heard(system, first), heard(system, second)) == (1, 1)
