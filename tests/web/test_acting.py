"""The pages of a deputy: whose seat it is stands in the bar, on the page of the act and beside the confirmation."""

from datetime import timedelta

from fengsui.cases.selectors.log import fold
from fengsui.directory import service as directory
from tests.world import BY, World

PAPER = "局办〔2024〕3号"


def test_a_deputy_sees_and_confirms_whose_seat_it_is(world: World, at_the_page, clock):
    directory.delegate(
        world.organisation,
        "group.lead",
        to="bureau_office",
        document=PAPER,
        until=world.now + timedelta(days=1),
        actor=BY,
        at=world.now,
    )
    case = world.open("owner")
    for act in ("assess", "confirm", "activate"):
        world.at("+1min").submit("owner", case, act, value="III", reason="局部")
    world.at("+1h").submit("owner", case, "end", reason="恢复")
    clock(world.at("+1min"))
    client = at_the_page("bureau_office")
    page = client.get(f"/cases/{case.number}/act/end/").content.decode()
    assert f"代应急工作组牵头人（办公室主任）行使（{PAPER}）" in page
    head, confirmation = page.split("不能撤回", 1)
    assert PAPER in head
    assert PAPER in confirmation
    typed = {"key": "d1", "seat": "group.lead", "verb": "concur", "confirm": case.number[-4:]}
    answer = client.post(f"/cases/{case.number}/act/end/", typed)
    assert answer.status_code == 302, answer.content.decode()
    shown = client.get(answer["Location"]).content.decode()
    assert f"办公室代应急工作组牵头人（办公室主任）行使（{PAPER}）" in shown
    assert fold(world.root, case.case).events[-1].type == "ended"
