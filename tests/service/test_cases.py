"""The record through its one door: a whole life, double presses, two at once, refusals that leave nothing behind."""

import pytest

from fengsui.cases import models, service
from fengsui.core.problems import Refused
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
