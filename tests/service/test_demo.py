"""The demo: made by the services, its chains hold, and the next click is obvious. It is built once, for one story."""

from datetime import UTC, datetime, timedelta

import pytest

from fengsui.cases import models
from fengsui.cases import selectors as cases
from fengsui.directory import selectors as directory
from fengsui.directory.models import SignIn
from fengsui.ledger import selectors as ledger
from fengsui.server import demo

AT = datetime(2026, 11, 25, 19, 12, 30, tzinfo=UTC)
People = dict[str, str]


@pytest.mark.django_db
def test_the_demo_opens_on_a_running_incident_and_all_its_chains_hold() -> None:
    assert {sign.password for sign in demo.build(AT)} == {demo.PASSWORD}
    people = {row.user.username: row.person for row in SignIn.objects.select_related("user")}
    _first_report_is_due_in_twelve_minutes(people)
    _an_approval_waits_for_the_leading_group_alone(people)
    _an_ended_case_is_investigated_and_a_warning_is_in_force(people)
    _the_duty_officer_is_on_duty_and_asked_for_a_swap(people)
    _every_chain_verifies(people)
    count = models.Event.objects.count()
    demo.build(AT + timedelta(minutes=1))
    assert models.Event.objects.count() == count


def _first_report_is_due_in_twelve_minutes(people: People) -> None:
    page = cases.desk(people["zhiban"], AT)
    first = next(row for row in page.obligations if row.mine and row.due and row.look != "late")
    assert first.duty == "first_report" and first.act is not None and first.act.act == "report"
    assert first.due is not None and timedelta(minutes=11) <= first.due - AT <= timedelta(minutes=13)
    assert first.case_level is not None and first.case_level.id == "III"


def _an_approval_waits_for_the_leading_group_alone(people: People) -> None:
    waiting = cases.desk(people["zuzhang"], AT).approvals
    assert [(chain.act, chain.value.id) for chain in waiting if chain.value] == [("adjust", "II")]
    assert not cases.desk(people["zhiban"], AT).approvals


def _the_duty_officer_is_on_duty_and_asked_for_a_swap(people: People, at: datetime = AT) -> None:
    who = directory.person(people["zhiban"])
    assert who is not None
    page = directory.roster_page(who, who.organisation, None, at)
    assert page is not None and [one.names for one in page.now] == [(who.name,)]
    assert [(swap.open, swap.to) for swap in page.asked_of_me] == [(True, who.name)]
    assert page.mine[0].shift.running and not any(day.holes for day in page.days)


def _an_ended_case_is_investigated_and_a_warning_is_in_force(people: People) -> None:
    rows = cases.cases(people["zhuren"], {}, None, AT).rows
    stages = {(row.kind, row.stage) for row in rows}
    assert {("incident", "response"), ("incident", "ended"), ("warning", "issued"), ("standing", "adopted")} <= stages
    owed = {row.duty for row in cases.desk(people["zhuren"], AT).obligations}
    assert {"summary_III", "superior_light"} <= owed


def _every_chain_verifies(people: People) -> None:
    for row in models.Case.objects.all():
        ref = cases.case_for(people["shenji"], row.number, AT)
        assert ref is not None and cases.verify(ref, AT).whole
    (root,) = directory.roots()
    assert ledger.verify(root, "administration").ok


@pytest.mark.django_db
def test_in_the_first_hours_of_a_week_the_shift_of_its_eve_still_runs() -> None:
    at = datetime(2026, 11, 23, 0, 20, tzinfo=demo.ZONE)
    demo.build(at)
    people = {row.user.username: row.person for row in SignIn.objects.select_related("user")}
    who = directory.person(people["zhiban"])
    assert who is not None
    page = directory.roster_page(who, who.organisation, None, at)
    assert page is not None and page.mine[0].shift.since < at.replace(hour=0, minute=0) <= at < page.mine[0].shift.until
    _the_duty_officer_is_on_duty_and_asked_for_a_swap(people, at)


@pytest.mark.parametrize("hour", range(24))
def test_no_hour_of_the_day_finds_a_daily_report_of_the_demo_left_undone(hour: int) -> None:
    at = datetime(2026, 11, 25, hour, 12, 30, tzinfo=demo.ZONE)
    daily = int(demo._readings(at)["daily_hour"][:2])
    next_one = at.replace(hour=daily, minute=0, second=0)
    next_one += timedelta(days=next_one <= at)
    # What still runs in the demo is eleven hours old at most; last month's incident took less than two and a half.
    assert timedelta(hours=2, minutes=30) < next_one - at < timedelta(hours=13)
