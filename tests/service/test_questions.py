"""The readings of a plan on their pages: asked, weighed, decided; the record of it; cases stay on theirs."""

import pytest

from fengsui.cases import selectors, service
from fengsui.cases.pages import Receipt
from fengsui.cases.plan_pages import QuestionPage
from fengsui.core.problems import Refused
from fengsui.directory import service as directory
from fengsui.library import selectors as library
from fengsui.library import service as packs
from tests.world import World

pytestmark = pytest.mark.django_db
PLAN = "chongqing-finance-regulator"


@pytest.fixture
def world(db: None) -> World:
    """The bureau with its plan; nobody has decided who starts a level I response."""
    return World.build(readings={"watch.promptly": "1h"})


def page(world: World, who: str, name: str, value: str | None = None) -> QuestionPage:
    version = library.packs(world.root)[0].version
    found = selectors.question_page(world.people[who], PLAN, version, name, world.now, value=value)
    assert found is not None
    return found


def decide(world: World, who: str, value: str, reason: str, paper: str) -> Receipt | None:
    version = library.packs(world.root)[0].version
    person = world.people[who]
    return service.decide_reading(person, PLAN, version, "starter_of_I", value, reason, paper, at=world.now)


def test_what_nobody_decided_comes_first_and_is_counted(world: World) -> None:
    version = library.packs(world.root)[0].version
    found = selectors.questions_page(world.people["owner"], PLAN, version)
    assert found is not None and found.adopted
    assert [bool(one.value) for one in found.questions] == sorted(bool(one.value) for one in found.questions)
    assert found.unset == len(found.questions) - 1
    assert next(one for one in found.questions if one.value).label == "“及时”过多久提醒"


def test_the_clauses_that_disagree_stand_side_by_side(world: World) -> None:
    found = page(world, "owner", "starter_of_I")
    assert {clause.id for clause in found.clauses} == {"S3-069", "S3-071"}
    assert [option.id for option in found.options] == ["leading_group", "group"]
    assert any("由谁启动" in rule for rule in found.rules)


def test_an_effect_is_shown_and_nothing_is_written_for_it(world: World) -> None:
    before = library.pin_for(world.root, world.organisation)
    found = page(world, "owner", "starter_of_I", "group")
    assert found.effect is not None and found.effect.text
    assert any("应急工作组" in one.after and one.before != one.after for one in found.effect.changed)
    assert library.pin_for(world.root, world.organisation) == before


def test_a_value_that_does_not_fit_has_no_effect_but_a_reason(world: World) -> None:
    found = page(world, "owner", "starter_of_I", "nobody")
    assert found.effect is None and "nobody" in found.problem


def test_the_plan_says_who_decides_and_the_case_of_the_plan_keeps_it(world: World) -> None:
    assert page(world, "bureau_office", "starter_of_I").way == ""
    incident = world.open("owner")
    pinned = world.fold(incident).pin
    plan = world.open("bureau_office", kind="standing", title="预案在用", owner=None)
    assert page(world, "owner", "starter_of_I").way == ""
    asked = page(world, "bureau_office", "starter_of_I", "group")
    assert asked.way == "act" and asked.case == plan.number and asked.effect is not None and asked.effect.running == 1
    done = decide(world, "bureau_office", "group", "会议决定", "")
    assert done is not None and done.events == ("readings_set",)
    assert library.book_for(world.root, world.organisation).text_of("starter_of_I") == "group"
    assert world.fold(incident).pin == pinned
    again = page(world, "bureau_office", "starter_of_I")
    assert again.history[0].reason == "会议决定"
    assert again.question.value


def test_who_may_not_decide_is_refused_behind_the_page_too(world: World) -> None:
    world.open("bureau_office", kind="standing", title="预案在用", owner=None)
    asked = page(world, "owner", "starter_of_I", "group")
    assert asked.way == ""
    with pytest.raises(Refused):
        decide(world, "owner", "group", "我定", "")


def test_where_the_plan_names_nobody_its_author_decides_by_a_paper(world: World) -> None:
    files = packs.shipped(PLAN)
    line = next(line for line in files["grants.yaml"].splitlines() if "act: set," in line)
    clause = line.partition("clause:")[2].strip(" }")
    files["grants.yaml"] = files["grants.yaml"].replace(line + "\n", "")
    files["clauses.yaml"] = "\n".join(
        one.replace("}", ", not_executable: 说明由谁解释}") if one.lstrip().startswith(f"{clause}:") else one
        for one in files["clauses.yaml"].splitlines()
    )
    digest = packs.install(world.root, files, actor="setup", at=world.at("+1min").now)
    packs.adopt(world.root, world.organisation, digest, actor="setup", at=world.now)
    author = directory.create_person(
        world.organisation, "预案管理员", office="plan_author", actor="setup", at=world.now
    )
    world.people["author"] = author
    assert page(world, "owner", "starter_of_I").way == ""
    asked = page(world, "author", "starter_of_I", "group")
    assert asked.way == "paper"
    assert decide(world, "author", "group", "会议决定", "局发〔2024〕3号") is None
    assert library.decisions(world.root, world.organisation)[0].reason == "会议决定（局发〔2024〕3号）"
