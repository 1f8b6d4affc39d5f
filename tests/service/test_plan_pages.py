"""The page of a plan from its selectors: as the organisation carries it out, in few queries, quickly again."""

from pathlib import Path

import pytest

from fengsui.cases import selectors
from fengsui.cases.plan_pages import DutyView, PlanPage
from fengsui.core import loader
from fengsui.library import selectors as library
from fengsui.library import service as packs
from tests.world import BY, World

pytestmark = pytest.mark.django_db
PLAN, VERSION = "chongqing-finance-regulator", loader.load(loader.shipped()["chongqing-finance-regulator"]).version
SAMPLE = Path(__file__).parent.parent / "packs" / "good" / "report-regime"


def page(world: World, who: str = "owner", lang: str = "zh") -> PlanPage:
    found = selectors.plan_page(world.people[who], PLAN, VERSION, lang=lang)  # type: ignore[arg-type]
    assert found is not None
    return found


def duty(world: World, id: str) -> DutyView:
    return next(one for one in page(world).body.duties if one.id == id)


def later() -> dict[str, str]:
    """The changed files of a later version: what was prompt is due within two hours."""
    files = packs.shipped(PLAN)
    line = next(one for one in files["duties.yaml"].splitlines() if "within: promptly" in one)
    duties = files["duties.yaml"].replace(line, line.replace("within: promptly", "within: 2h"))
    return {"duties.yaml": duties, "pack.yaml": files["pack.yaml"].replace(f"version: {VERSION}", "version: 9.0.0")}


def test_a_plan_is_counted_and_told_as_the_organisation_carries_it_out(world: World) -> None:
    found = page(world)
    assert found.adopted and not found.regime and not found.text
    assert found.clauses == 131 and len(found.body.duties) == 75
    cover = found.body.coverage
    assert cover.done + cover.vague + cover.none + cover.declared == found.clauses
    assert {state.state for chapter in cover.chapters for state in chapter.cells} <= {"done", "vague", "declared"}
    assert [chapter.name for chapter in cover.chapters][:2] == ["第一篇", "第二篇"]


def test_the_number_of_a_limit_says_whose_it_is(world: World) -> None:
    sources = {one.source for one in page(world).body.duties}
    assert sources == {"text", "decided", "open", "unwritten"}
    soft = next(one for one in page(world).body.duties if one.source == "decided" and one.note)
    assert "提醒" in soft.note and not soft.readings
    packs.set_reading(world.root, world.organisation, "watch.promptly", "", "收回", actor=BY, at=world.now)
    assert any(one.readings == ("watch.promptly",) and one.source == "open" for one in page(world).body.duties)


def test_a_reading_that_is_decided_fills_its_cell(world: World) -> None:
    def lacking() -> list[str]:
        incident = page(world).body.matrix[0]
        return [cell.lack for row in incident.rows if row.label == "启动" for cell in row.cells]

    assert lacking()[0] == ""
    packs.set_reading(world.root, world.organisation, "starter_of_I", "", "收回", actor=BY, at=world.now)
    assert lacking()[0] == "由谁办：待定"


def test_a_page_is_read_in_few_queries_and_its_body_is_made_once(world: World, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    first = page(world)
    with django_assert_max_num_queries(20):
        second = page(world)
    assert second.body is first.body


def test_the_text_is_shown_where_it_was_attached_and_only_there(world: World) -> None:
    digest = library.pin_for(world.root, world.organisation).pack
    text = "# 预案\n\n## 第一篇 总则\n\n### 一、编制目的\n\n为了减少损失。\n"
    packs.attach_text(world.root, world.organisation, digest, text, actor=BY, at=world.now)
    source = selectors.source_page(world.people["owner"], PLAN, VERSION, clause="S3-001")
    assert source is not None and source.text and source.part == 0
    block = next(one for one in source.blocks if any(clause.id == "S3-001" for clause in one.clauses))
    assert block.text == ("为了减少损失。",)
    assert page(world).text


def test_a_citation_finds_its_part_and_every_clause_stands_in_one(world: World) -> None:
    person = world.people["owner"]
    first = selectors.source_page(person, PLAN, VERSION)
    assert first is not None
    seen = []
    for part in range(len(first.parts)):
        found = selectors.source_page(person, PLAN, VERSION, part=part)
        assert found is not None
        seen += [clause.id for block in found.blocks for clause in block.clauses]
    assert len(seen) == len(set(seen)) == 131
    late = selectors.source_page(person, PLAN, VERSION, clause=seen[-1])
    assert late is not None and late.part == len(first.parts) - 1
    beyond = selectors.source_page(person, PLAN, VERSION, part=999)
    assert beyond is not None and beyond.part == late.part


def test_two_versions_are_compared_by_what_changes_for_people(world: World) -> None:
    packs.install(world.root, {**packs.shipped(PLAN), **later()}, actor=BY, at=world.at("+1min").now)
    person = world.people["owner"]
    found = selectors.diff_page(person, PLAN, VERSION, "9.0.0")
    assert found is not None
    name, rows = found.groups[0]
    assert name == "义务" and rows[0].sign == "~" and rows[0].weight == "major" and rows[0].cites
    assert selectors.diff_page(person, PLAN, VERSION, "8.0.0") is None
    assert [row.version for row in page(world).versions] == ["9.0.0", VERSION]
    assert page(world).versions[0].before == VERSION


def test_a_plan_of_another_root_is_not_there(world: World) -> None:
    stranger = World.build()
    packs.install(world.root, {**packs.shipped(PLAN), **later()}, actor=BY, at=world.now)
    assert selectors.plan_page(world.people["owner"], PLAN, "9.0.0")
    assert selectors.plan_page(stranger.people["owner"], PLAN, "9.0.0") is None
    assert selectors.source_page(stranger.people["owner"], PLAN, "9.0.0") is None
    assert selectors.plan_page("nobody", PLAN, VERSION) is None


def test_regimes_stand_side_by_side_with_clashes_ties_and_clocks(world: World, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    person = world.people["owner"]
    empty = selectors.regimes_page(person, world.now)
    assert empty is not None and not empty.parts and empty.installed == 0
    digest = packs.install(world.root, dict(loader.texts_of(SAMPLE)), actor=BY, at=world.now)
    packs.adopt_regime(world.root, world.organisation, digest, actor=BY, at=world.now)
    facts = {"report-regime:discovered": "2024-01-10 08:50", "report-regime:loss": "600万 CNY", "asset.cii": "yes"}
    world.open("owner")
    case = world.open("owner", facts=facts)
    selectors.regimes_page(person, world.now)
    with django_assert_max_num_queries(20):
        found = selectors.regimes_page(person, world.now)
    assert found is not None
    assert [part.regime for part in found.parts] == [False, True]
    assert {clash.sort for clash in found.clashes} == {"no_number", "only"}
    (ties,) = found.ties
    assert ties.tied and ties.untied
    assert found.clocks[0].number == case.number
    lanes = {lane.title for clock in found.clocks for lane in clock.lanes}
    assert "事件报告制度样例" in lanes
    marks = [mark for clock in found.clocks for lane in clock.lanes for mark in lane.marks]
    assert all(0 <= mark.x <= 100 for mark in marks if mark.shown)


def test_the_clocks_are_those_of_cases_that_the_reader_may_open(world: World) -> None:
    digest = packs.install(world.root, dict(loader.texts_of(SAMPLE)), actor=BY, at=world.now)
    packs.adopt_regime(world.root, world.organisation, digest, actor=BY, at=world.now)
    world.open("owner", facts={"report-regime:discovered": "2024-01-10 08:50", "asset.cii": "yes"})
    outside = selectors.regimes_page(world.people["vendor"], world.now)
    assert outside is not None and outside.clocks == ()
