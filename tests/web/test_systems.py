"""The pages of affected systems: one by one tap, several by a list, a further one on a running case."""

import pytest

from fengsui.cases import models
from fengsui.cases.selectors.log import fold
from fengsui.directory import service as directory
from tests.world import BY, World


@pytest.fixture
def systems(world: World) -> list[str]:
    rows = (("门户网站", "office@A"), ("许可系统", "office@B"), ("邮件系统", "office@A"))
    return [directory.create_asset(world.root, name, owner, {}, actor=BY, at=world.now) for name, owner in rows]


def test_several_are_picked_beside_the_first_and_stand_on_the_case(world: World, at_the_page, systems):
    client = at_the_page("owner")
    form = client.get("/report/").content.decode()
    assert form.count('name="assets"') == 3
    typed = {"kind": "incident", "title": "许可系统无法登录", "note": "巡检发现", "key": "r1", "rest_none": "1"}
    answer = client.post("/report/", typed | {"asset": systems[1], "assets": systems[:2]})
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"]).content.decode()
    assert "取它的属性" in page
    assert page.index("许可系统</b>") < page.index("门户网站</b>")
    case = models.Case.objects.get()
    assert [row.id for row in fold(world.root, case.pk).assets] == [systems[1], systems[0]]


def test_a_further_one_is_added_on_the_page_of_facts_and_asked_for_once(world: World, at_the_page, systems):
    case = world.open("owner", asset=systems[0])
    client = at_the_page("owner")
    address = f"/cases/{case.number}/act/state/"
    form = client.get(address).content.decode()
    assert "又有系统受影响" in form
    assert form.count('name="assets"') == 2
    seen = fold(world.root, case.case).seq
    answer = client.post(address, {"assets": systems[2], "key": "s1", "seen": str(seen)})
    assert answer.status_code == 302, answer.content.decode()
    assert [row.id for row in fold(world.root, case.case).assets] == [systems[0], systems[2]]
    assert "邮件系统" in client.get(answer["Location"]).content.decode()
