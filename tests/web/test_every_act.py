"""Every free act and every answer to a chain, done through its page by the person who may do it."""

import re

import pytest

from tests.web.test_acts import SERIOUS, act
from tests.world import World


@pytest.fixture
def case(world: World, clock):
    """The case under response II, a few minutes after the first report."""
    opened = world.open("owner", facts=SERIOUS, rest_none=True, note="判断")
    world.at("+1min").submit("owner", opened, "assess", value="II", reason="对照")
    world.at("+1min").submit("owner", opened, "report", to=("group",), note="初判结果")
    world.at("+1min").submit("group", opened, "confirm", value="II", reason="复核")
    world.at("+1min").submit("group", opened, "activate")
    world.at("+1min")
    clock(world)
    return opened


def first_target(client, case, name: str) -> str:
    """The first thing that the page of an act offers to point at."""
    page = client.get(f"/cases/{case.number}/act/{name}/").content.decode()
    found = re.search(r'name="target"[^>]*>\s*(?:<option value="">[^<]*</option>\s*)?<option value="([^"]+)"', page)
    found = found or re.search(r'name="target" value="([^"]+)"', page)
    assert found, f"{name} offers nothing to point at"
    return found[1]


@pytest.mark.parametrize(
    ("role", "name", "typed", "left"),
    [
        ("group", "urge", {"note": "催办"}, "urged"),
        ("owner", "hand_over", {"to": ["office.head@A"], "note": "交班"}, "handed_over"),
        ("owner", "correct", {"reason": "写错时间", "note": "更正"}, "corrected"),
        ("group", "acknowledge", {}, "acknowledged"),
        ("owner", "request", {"to": ["group"], "note": "请求支援"}, "requested"),
        ("owner", "waive", {"reason": "确无必要"}, "waived"),
    ],
)
def test_a_free_act_is_done_from_its_page(world: World, case, at_the_page, role, name, typed, left):
    client = at_the_page(role)
    page = client.get(f"/cases/{case.number}/act/{name}/").content.decode()
    if 'name="target"' in page:
        typed = typed | {"target": first_target(client, case, name)}
    answer = act(client, case, name, typed)
    assert answer.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode().split("<main")[1])[:900]
    assert world.fold(case).events[-1].type == left


@pytest.fixture
def proposed(world: World, clock):
    """A level III case whose office has decided the end; the working group has not agreed yet."""
    opened = world.open("owner")
    for name, more in (("assess", {"value": "III", "reason": "对照"}), ("confirm", {"value": "III", "reason": "复核"})):
        world.at("+1min").submit("owner", opened, name, **more)
    world.at("+1min").submit("owner", opened, "activate", value="III")
    world.at("+1min").submit("owner", opened, "end", verb="decide", reason="恢复")
    world.at("+1min")
    clock(world)
    return opened


@pytest.mark.parametrize(
    ("role", "answer", "left"), [("group", "return", "returned"), ("owner", "withdraw", "withdrawn")]
)
def test_a_chain_is_returned_or_withdrawn_by_following_the_page(world, proposed, at_the_page, role, answer, left):
    client = at_the_page(role)
    page = client.get(f"/cases/{proposed.number}/").content.decode()
    found = re.search(rf'href="([^"]+/act/end/\?[^"]*answer={answer}[^"]*)"', page)
    assert found, f"the case page offers no {answer}"
    address = found[1].replace("&amp;", "&")
    assert client.get(address).status_code == 200
    done = client.post(address, {"reason": "还有两台没有恢复"})
    assert done.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", done.content.decode().split("<main")[1])[:900]
    assert world.fold(proposed).events[-1].type == left
    assert world.fold(proposed).response_active


@pytest.mark.parametrize(
    ("name", "typed", "left"),
    [("dismiss", {"reason": "误报", "note": "误报"}, "dismissed"), ("order", {"note": "断网"}, "ordered")],
)
def test_an_act_that_the_plan_gives_to_the_office_is_done_from_its_page(world, clock, at_the_page, name, typed, left):
    case = world.open("owner")
    if name == "order":
        for before, more in (
            ("assess", {"value": "III", "reason": "对照"}),
            ("confirm", {"value": "III", "reason": "同"}),
        ):
            world.at("+1min").submit("owner", case, before, **more)
        world.at("+1min").submit("owner", case, "activate", value="III")
        world.at("+1min")
    clock(world)
    client = at_the_page("owner")
    done = act(client, case, name, typed | {"confirm": case.number.rsplit("-", 1)[-1]})
    assert done.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", done.content.decode().split("<main")[1])[:900]
    assert world.fold(case).events[-1].type == left
