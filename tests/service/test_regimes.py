"""A regime beside an organisation's plan in the service: adopted, pinned, graded and owed on the same case."""

from pathlib import Path

import pytest

from fengsui.cases import models as cases
from fengsui.cases.selectors import act_form, case_for, case_page, log, plans_page, preview, question_page
from fengsui.cases.service import decide_reading, projection, put_beside
from fengsui.core import loader
from fengsui.core.case import Registration, Seat
from fengsui.core.problems import PackError, Refused
from fengsui.directory import service as directory
from fengsui.ledger import selectors as ledger
from fengsui.library import selectors, service
from tests.world import BY, World

pytestmark = pytest.mark.django_db
ID = "report-regime"
FOLDER = Path(__file__).parent.parent / "packs" / "good" / ID
TIES = f'language: 1\nfor: chongqing-finance-regulator\nties: {{"{ID}:police": city_net_police}}\n'
FACTS = {
    f"{ID}:discovered": "2024-01-10 08:50",
    f"{ID}:loss": "600万 CNY",
    f"{ID}:portal_down": "0min",
    f"{ID}:people": "0",
    "asset.cii": "yes",
}


def adopt(world: World) -> str:
    digest = service.install(world.root, dict(loader.texts_of(FOLDER)), actor=BY, at=world.now)
    service.draft_overlay(world.root, world.organisation, TIES, actor=BY, at=world.now)
    service.publish_overlay(world.root, world.organisation, actor=BY, at=world.now)
    service.adopt_regime(world.root, world.organisation, digest, actor=BY, at=world.now)
    return digest


@pytest.fixture
def beside(world: World) -> World:
    adopt(world)
    return world


def page(world: World, case: str, who: str = "owner"):  # type: ignore[no-untyped-def]
    ref = case_for(world.people[who], case, world.now)
    assert ref is not None
    return case_page(world.people[who], ref, world.now)


def test_a_regime_is_pinned_with_the_next_case_and_open_cases_keep_theirs(world: World) -> None:
    before = world.open("owner")
    digest = adopt(world)
    after = world.open("owner")
    pins = [cases.Case.objects.get(pk=one.case).pin["packs"] for one in (before, after)]
    assert [len(packs) for packs in pins] == [1, 2]
    assert pins[1][1]["pack"] == digest
    service.drop_regime(world.root, world.organisation, ID, "改由上级代报", actor=BY, at=world.now)
    book = log.book_of(cases.Case.objects.get(pk=after.case))
    assert [part.pack.id for part in book.parts] == ["chongqing-finance-regulator", ID]
    assert selectors.regimes(world.root, world.organisation) == ()
    kinds = [entry.type for entry in ledger.entries(world.root, "administration")]
    assert {"regime_adopted", "regime_dropped"} <= set(kinds)


def test_a_regime_never_governs_and_a_plan_never_runs_beside(world: World) -> None:
    digest = service.install(world.root, dict(loader.texts_of(FOLDER)), actor=BY, at=world.now)
    with pytest.raises(Refused):
        service.adopt(world.root, world.organisation, digest, actor=BY, at=world.now)
    with pytest.raises(PackError) as refused:
        service.adopt_regime(world.root, world.organisation, world.pack, actor=BY, at=world.now)
    assert "not_beside" in {problem.code for problem in refused.value.problems}
    with pytest.raises(Refused):
        service.drop_regime(world.root, world.organisation, ID, "没有采用", actor=BY, at=world.now)


def test_readings_of_a_regime_are_decided_beside_the_plans(beside: World) -> None:
    name = f"{ID}:watch.promptly"
    service.set_reading(beside.root, beside.organisation, name, "30min", "本单位的决定", actor=BY, at=beside.now)
    (row,) = selectors.regimes(beside.root, beside.organisation)
    assert selectors.readings(beside.root, row.readings) == {"watch.promptly": "30min"}
    assert selectors.book_for(beside.root, beside.organisation).regimes[0].readings == {"watch.promptly": "30min"}
    assert "watch.promptly" in {one.name for one in selectors.decisions(beside.root, beside.organisation)}
    for wrong in (f"{ID}:nothing", "another:watch.promptly"):
        with pytest.raises(Refused):
            service.set_reading(beside.root, beside.organisation, wrong, "1h", "理由", actor=BY, at=beside.now)
    with pytest.raises(PackError):
        service.set_reading(beside.root, beside.organisation, name, "很快", "理由", actor=BY, at=beside.now)
    adopt_again = service.adopt_regime
    adopt_again(beside.root, beside.organisation, row.pack, actor=BY, at=beside.now)
    (again,) = selectors.regimes(beside.root, beside.organisation)
    assert again.readings == row.readings


def test_the_case_page_shows_both_grades_and_whose_each_obligation_is(beside: World) -> None:
    case = beside.open("owner", facts=FACTS)
    shown = page(beside, case.case)
    (one,) = shown.beside
    assert (one.id, one.title, one.grade.level.label) == (ID, "事件报告制度样例", "较大")
    assert shown.grade is not None and shown.grade.level is None
    rows = {row.duty: row for row in shown.obligations}
    first = rows[f"{ID}:R1"]
    assert (first.regime, first.limit_label, first.due.isoformat()) == (  # type: ignore[union-attr]
        "事件报告制度样例",
        "1小时",
        "2024-01-10T01:50:00+00:00",
    )
    assert [to.label for to in first.to] == ["保护工作部门", "市网安总队"]
    assert first.cites[0].short == "事件报告制度样例 第三条"
    assert first.cites[0].pack == ID
    assert {row.regime for row in shown.obligations if ":" not in row.duty} == {""}
    labels = [row.label for row in shown.facts]
    assert "报告单位性质" in labels and len(labels) == len(set(labels))


def test_one_report_serves_plan_and_regime_and_asks_only_what_is_not_known(beside: World) -> None:
    case = beside.open("owner", facts=FACTS)
    part = {"duty": f"{ID}:R1", "to": "city_net_police"}
    ref = case_for(beside.people["owner"], case.case, beside.now)
    assert ref is not None
    form = act_form(beside.people["owner"], ref, "report", beside.now, part=part)
    assert form is not None
    assert [field.name for field in form.fields] == ["unit", "impact", "cause"]  # found is a fact of the case
    beside.at("+5min").submit(
        "owner",
        case,
        "report",
        to=(f"{ID}:protection_dept", f"{ID}:police"),
        duty=(f"{ID}:R1",),
        form={"unit": "甲市监管局门户", "impact": "不能办事"},
    )
    row = cases.Obligation.objects.get(case=case.case, duty=f"{ID}:R1")
    assert row.state == "met"
    last = log.fold(beside.root, case.case).events[-1]
    assert last.content["to"] == [f"{ID}:protection_dept", "city_net_police"]
    form_said = last.content["form"]
    assert isinstance(form_said, dict)
    assert form_said["found"] == "2024-01-10 08:50"
    assert "不能办事" not in str(last.content)  # free text is kept beside the log


def test_a_rebuild_gives_the_same_rows(beside: World) -> None:
    case = beside.open("owner", facts=FACTS)
    rows = list(cases.Obligation.objects.filter(case=case.case).order_by("key").values("key", "state", "due", "data"))
    projection.rebuild(beside.root, case.case)
    again = list(cases.Obligation.objects.filter(case=case.case).order_by("key").values("key", "state", "due", "data"))
    assert rows == again
    assert any(row["key"].startswith(f"{ID}:R1:") for row in rows)


def test_a_report_not_yet_sent_shows_the_regimes_grade_and_clocks(beside: World) -> None:
    facts = {name: value for name, value in FACTS.items() if not name.startswith("asset.")}
    found = preview(
        beside.people["owner"],
        beside.organisation,
        kind="incident",
        owner="office@A",
        asset=None,
        facts=facts,
        at=beside.now,
    )
    assert [one.grade.level.label for one in found.beside if one.grade.level] == ["较大"]
    assert any(clock.cites and clock.cites[0].pack == ID for clock in found.clocks)


def test_the_plans_author_puts_a_regime_beside_and_decides_its_readings_by_paper(world: World) -> None:
    service.install(world.root, dict(loader.texts_of(FOLDER)), actor=BY, at=world.now)
    author = directory.create_person(world.organisation, "预案管理员", office="plan_author", actor=BY, at=world.now)
    (row,) = (one for one in plans_page(author) if one.regime)
    assert (row.id, row.adopted, row.may) == (ID, False, True)
    with pytest.raises(Refused):
        put_beside(world.people["owner"], ID, row.version, beside=True, reason="", at=world.now)
    put_beside(author, ID, row.version, beside=True, reason="", at=world.now)
    page = question_page(author, ID, row.version, "watch.promptly", world.now)
    assert page is not None and (page.way, page.plan.adopted, page.plan.unset) == ("paper", True, 1)
    decide_reading(
        author,
        page.plan.id,
        page.plan.version,
        page.question.name,
        "30min",
        "本单位的决定",
        "甲监〔2024〕1号",
        at=world.now,
    )
    after = question_page(author, ID, row.version, "watch.promptly", world.now)
    assert after is not None and after.question.value and len(after.history) == 1
    plan = question_page(author, "chongqing-finance-regulator", "0.1.0", "watch.promptly", world.now)
    assert plan is not None and len(plan.history) == 1  # the plan's own, decided at set-up
    with pytest.raises(Refused):
        put_beside(author, ID, row.version, beside=False, reason=" ", at=world.now)
    put_beside(author, ID, row.version, beside=False, reason="改由上级代报", at=world.now)
    assert selectors.regimes(world.root, world.organisation) == ()


def test_what_a_body_outside_passed_on_is_registered_by_the_owner(beside: World) -> None:
    case = beside.open("owner", facts={**FACTS, f"{ID}:loss": "2000万 CNY"})
    form = {"unit": "甲市监管局门户", "impact": "不能办事"}
    to = (f"{ID}:protection_dept", f"{ID}:police")
    beside.at("+5min").submit("owner", case, "report", to=to, duty=(f"{ID}:R1",), form=form)
    row = next(row for row in page(beside, case.case).obligations if row.duty == f"{ID}:R1u")
    assert row.act is not None
    assert (row.by, row.act.part) == ("保护工作部门", {"register_for": to[0], "to": f"{ID}:state_cac"})
    ref = case_for(beside.people["owner"], case.case, beside.now)
    assert ref is not None
    shown = act_form(beside.people["owner"], ref, "report", beside.now, part=row.act.part)
    assert shown is not None and to[0] in [choice.id for choice in shown.register_for]
    paper = Registration("sha256:" + "1" * 64, "2024-01-10", "值班室")
    seat = Seat("", to[0])
    beside.at("+5min").submit("owner", case, "report", seat=seat, to=(f"{ID}:state_cac",), registered=paper)
    assert cases.Obligation.objects.get(case=case.case, duty=f"{ID}:R1u").state == "met"
