"""The demo: made by the services, its chains hold, and the next click is obvious."""

from datetime import UTC, datetime, timedelta

import pytest

from fengsui.cases import models
from fengsui.cases import selectors as cases
from fengsui.directory import selectors as directory
from fengsui.ledger import selectors as ledger
from fengsui.server import demo

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 19, 12, 30, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> dict[str, str]:
    """The sign-ins of the demo by user name, as persons."""
    from fengsui.directory.models import SignIn

    assert {sign.password for sign in demo.build(AT)} == {demo.PASSWORD}
    return {row.user.username: row.person for row in SignIn.objects.select_related("user")}


def test_the_demo_opens_on_an_incident_whose_first_report_is_due_in_twelve_minutes(people: dict[str, str]) -> None:
    page = cases.desk(people["zhiban"], AT)
    first = next(row for row in page.obligations if row.mine and row.due and row.look != "late")
    assert first.duty == "first_report" and first.act is not None and first.act.act == "report"
    assert first.due is not None and timedelta(minutes=11) <= first.due - AT <= timedelta(minutes=13)
    assert first.case_level is not None and first.case_level.id == "III"


def test_an_approval_waits_for_the_leading_group_and_for_nobody_else(people: dict[str, str]) -> None:
    waiting = cases.desk(people["zuzhang"], AT).approvals
    assert [(chain.act, chain.value.id) for chain in waiting if chain.value] == [("adjust", "II")]
    assert not cases.desk(people["zhiban"], AT).approvals


def test_an_ended_case_is_under_investigation_and_a_warning_is_in_force(people: dict[str, str]) -> None:
    rows = cases.cases(people["zhuren"], {}, None, AT).rows
    stages = {(row.kind, row.stage) for row in rows}
    assert {("incident", "response"), ("incident", "ended"), ("warning", "issued"), ("standing", "adopted")} <= stages
    owed = {row.duty for row in cases.desk(people["zhuren"], AT).obligations}
    assert {"summary_III", "superior_light"} <= owed


def test_every_chain_of_the_demo_verifies_and_a_second_build_changes_nothing(people: dict[str, str]) -> None:
    for row in models.Case.objects.all():
        ref = cases.case_for(people["shenji"], row.number, AT)
        assert ref is not None and cases.verify(ref, AT).whole
    (root,) = directory.roots()
    assert ledger.verify(root, "administration").ok
    count = models.Event.objects.count()
    demo.build(AT + timedelta(minutes=1))
    assert models.Event.objects.count() == count
