"""Several affected systems in the service: picked from the register, kept with the case, their owners brought in."""

import pytest

from fengsui.cases import models
from fengsui.cases.selectors import case_page, preview, report_page
from fengsui.cases.selectors.log import fold
from fengsui.cases.service import rebuild
from fengsui.core.problems import Refused
from fengsui.directory import service as directory
from tests.world import BY, World


@pytest.fixture
def systems(world: World) -> dict[str, str]:
    """Three systems of the bureau, by name."""
    owners = {"门户网站": "office@A", "许可系统": "office@B", "邮件系统": "office@A"}
    return {
        name: directory.create_asset(world.root, name, owner, {}, actor=BY, at=world.now)
        for name, owner in owners.items()
    }


def test_a_case_keeps_all_affected_systems_and_the_owners_of_the_others_take_part(
    world: World, systems: dict[str, str]
) -> None:
    case = world.open("owner", owner=None, assets=[systems["门户网站"], systems["许可系统"], systems["门户网站"]])
    kept = fold(world.root, case.case)
    assert [row.id for row in kept.assets] == [systems["门户网站"], systems["许可系统"]]
    row = models.Case.objects.get(pk=case.case)
    assert (kept.owner, row.owner, row.asset) == ("office@A", "office@A", systems["门户网站"])
    page = case_page(world.people["owner"], world.ref("owner", case), world.now)  # type: ignore[arg-type]
    assert [(each.label, each.owner, each.lead) for each in page.systems] == [
        ("门户网站", "甲处", True),
        ("许可系统", "乙处", False),
    ]
    assert {each.label: each.role for each in page.participants}["乙处"].endswith("参加")
    assert "涉事系统：门户网站、许可系统" in page.events[-1].detail


def test_one_system_is_enough_and_gives_the_owner(world: World, systems: dict[str, str]) -> None:
    case = world.open("other_unit", owner=None, asset=systems["许可系统"])
    assert fold(world.root, case.case).owner == "office@B"


def test_a_system_of_nobody_opens_nothing(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.open("owner", assets=["no such"])
    assert refused.value.problem.code == "absent"
    assert not models.Case.objects.exists()


def test_a_further_system_is_added_from_the_register_and_rows_rebuild_alike(
    world: World, systems: dict[str, str]
) -> None:
    case = world.open("owner", asset=systems["门户网站"])
    world.at("+5min").submit("owner", case, "state", assets=({"id": systems["许可系统"], "owner": "office@Z"},))
    assert [row.owner for row in fold(world.root, case.case).assets] == ["office@A", "office@B"]
    with pytest.raises(Refused) as refused:
        world.submit("owner", case, "state", assets=({"id": "no such"},))
    assert refused.value.problem.code == "absent"
    before = models.Case.objects.filter(pk=case.case).values().get()
    rebuild(world.root, case.case)
    assert models.Case.objects.filter(pk=case.case).values().get() == before


def test_the_preview_sees_what_the_report_would_open(world: World, systems: dict[str, str]) -> None:
    page = report_page(world.people["owner"], world.now)
    assert page is not None
    assert {choice.label for choice in page.assets} == set(systems)
    shown = preview(
        world.people["owner"],
        world.organisation,
        kind="incident",
        owner=None,
        asset=None,
        assets=list(systems.values()),
        facts={},
        at=world.now,
    )
    assert shown.grade is not None
