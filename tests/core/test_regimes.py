"""A regime runs beside a plan on one case: its own grade, clocks and forms, and what both ask is said once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fengsui.core import engine, loader, mutate, simulate
from fengsui.core.book import Book, Installed
from fengsui.core.case import Act, Actor, Case, Event, Opening, Registration, Seat
from fengsui.core.grading import grade
from fengsui.core.lint import lint
from fengsui.core.obligations import Obligation, next_moment, owed
from fengsui.core.overlay import apply
from fengsui.core.pack import Pack
from fengsui.core.problems import PackError, Refused
from tests.core.story import at, pack

REGIME = loader.load(Path(__file__).parent.parent / "packs" / "good" / "report-regime")
ID = "report-regime"
FACTS = """
facts:
  found: {zh: 发现时间, type: instant, is: std.discovered, clause: c}
  began: {zh: 中断开始, type: instant, clause: c}
  restored: {zh: 恢复, type: instant, clause: c}
  outage: {zh: 中断时长, type: duration, derive: {elapsed: [began, restored]}, is: std.interruption, clause: c}
  people: {zh: 走失的人数, type: count, clause: c}
  asset.cii: {zh: 关基, type: yes_no, clause: c}
"""
BODIES = """
bodies:
  group: {zh: 工作组, kind: standing, clause: c}
  office: {zh: 处室, kind: standing, many: yes, clause: c}
  owner: {zh: 事发处室, kind: derived, from: asset.owner, is: office, clause: c}
  net_police: {zh: 网安支队, kind: external, is: std.police, clause: c}
  city: {zh: 市网信办, kind: external, clause: c}
"""
DUTIES = """
incident:
  - {id: O1, on: opened, owes: 通报, by: owner, to: net_police, within: 2h, clause: c}
  - {id: O2, on: opened, owes: 报市, by: owner, to: city, within: 2h, form: notice, clause: c}
"""
FORMS = """
forms:
  notice: {zh: 通报单, fields: {who: {type: text, zh: 单位, is: std.unit}, harm: {type: text, zh: 危害}}, clause: c}
"""
GRANTS = """
incident:
  - {act: dismiss, by: group, clause: c}
  - {act: close, by: group, clause: c}
"""
PLAN = pack(facts=FACTS, bodies=BODIES, duties=DUTIES, forms=FORMS, grants=GRANTS)
OFFICE = Seat("org", "office", None, "A")
GROUP = Seat("org", "group")


def book_(plan: Pack = PLAN, **more: object) -> Book:
    return Book.build(plan, calendar=loader.work_calendar(), regimes=[Installed(REGIME)], **more)  # type: ignore[arg-type]


class Night:
    """One case of the plan with the regime beside it."""

    def __init__(self, book: Book | None = None, cii: str = "yes") -> None:
        self.book, self.case = book or book_(), None
        opening = Opening("case-1", "incident", "org", "org", owner="office@A", asset={"cii": cii})
        self.do("09:00", Act("open", Actor("p1", (OFFICE,)), opening=opening))

    case: Case | None

    def do(self, when: str, act: Act, seat: Seat | None = None) -> tuple[Event, ...]:
        act = act if act.actor.person else replace(act, actor=Actor("p1", (seat or OFFICE,)))
        events = engine.decide(self.book, self.case, act, at(when))
        for event in events:
            self.case = engine.evolve(self.case, event)
        return events

    def state(self, when: str, **facts: str) -> tuple[Event, ...]:
        return self.do(when, Act("state", Actor(""), facts=facts, reason="查明"))

    def report(self, when: str, *to: str, seat: Seat | None = None, **more: object) -> tuple[Event, ...]:
        return self.do(when, Act("report", Actor(""), to=to, **more), seat)  # type: ignore[arg-type]

    def owed(self, when: str) -> dict[str, Obligation]:
        assert self.case is not None
        return {one.duty: one for one in owed(self.book, self.case, at(when))}

    def level(self, when: str) -> str | None:
        assert self.case is not None
        return grade(self.book, self.case, at(when), installed=self.book.regimes[0]).level


def test_the_regime_grades_from_facts_that_the_plan_asked() -> None:
    night = Night()
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    night.do("09:11", Act("state", Actor(""), facts={f"{ID}:loss": "600万 CNY", f"{ID}:people": "5"}))
    assert night.level("09:11") == "major"  # seven hours and eleven minutes, which only the plan computes
    night.state("09:20", restored="2024-01-10 05:00")
    assert night.level("09:20") == "larger"


def test_a_fact_stated_under_the_regimes_name_is_the_plans_own() -> None:
    night = Night()
    (event,) = night.do("09:10", Act("state", Actor(""), facts={f"{ID}:discovered": "2024-01-10 08:50"}))
    assert event.content["facts"] == {"found": "2024-01-10 08:50"}
    assert "fact found" in event.names


def test_what_is_not_the_same_question_stays_apart() -> None:
    night = Night()
    (event,) = night.do("09:10", Act("state", Actor(""), facts={"people": "2000万", f"{ID}:people": "5"}))
    assert event.content["facts"] == {"people": "2000万", f"{ID}:people": "5"}
    night.state("09:11", began="2024-01-10 09:00", restored="2024-01-10 09:10")
    night.do("09:12", Act("state", Actor(""), facts={f"{ID}:loss": "1 CNY"}))
    assert night.level("09:12") is None  # ungraded: five people, not twenty million


def test_duties_of_the_regime_carry_its_id_its_clauses_and_its_clock() -> None:
    night = Night()
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    one = night.owed("09:15")[f"{ID}:R1"]
    assert (one.pack, one.state, one.due) == (ID, "open", at("09:50"))
    assert one.key == f"{ID}:R1:1:0"
    assert one.clause == (f"{ID}:C2",)
    assert one.form == f"{ID}:first_report"
    assert [r.party.body for r in one.to] == [f"{ID}:protection_dept", "net_police"]
    assert [p.text for p in one.by] == ["office@A"]
    assert night.book.pack.cite(one.clause[0]) == "事件报告制度样例 第三条"
    assert night.owed("09:15")["O1"].pack == ""


def test_what_is_open_is_named_as_on_the_case() -> None:
    night = Night(cii="no")
    night.state("09:10", began="2024-01-10 02:00")
    one = night.owed("09:15")[f"{ID}:R3"]
    assert one.state == "undecided"
    assert set(one.open) == {f"fact {ID}:reporter", "fact found"}


def test_three_first_limits_by_kind_of_operator_and_only_one_of_them() -> None:
    night = Night(cii="no")
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    night.do("09:11", Act("state", Actor(""), facts={f"{ID}:reporter": "other"}))
    duties = night.owed("09:15")
    assert duties[f"{ID}:R3"].due == at("12:50")
    assert duties[f"{ID}:R1"].state == "cancelled"


def test_one_report_to_a_shared_body_serves_both() -> None:
    night = Night()
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    night.report("09:20", f"{ID}:police")
    duties = night.owed("09:21")
    assert duties["O1"].state == "met"
    assert [r.served_at for r in duties[f"{ID}:R1"].to] == [None, at("09:20")]


def test_a_duty_named_binds_the_report_in_its_own_pack_only() -> None:
    night = Night()
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    form = {"unit": "某局", "impact": "不能办事"}
    night.report("09:20", "net_police", f"{ID}:protection_dept", duty=(f"{ID}:R1",), form=form)
    duties = night.owed("09:21")
    assert (duties["O1"].state, duties[f"{ID}:R1"].state) == ("met", "met")


def test_the_first_report_asks_only_what_is_not_known_and_not_later() -> None:
    night = Night()
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    to = f"{ID}:protection_dept"
    with pytest.raises(Refused) as refused:
        night.report("09:20", to, duty=(f"{ID}:R1",))
    assert refused.value.problem.missing == ("unit", "impact")
    (event,) = night.report("09:20", to, duty=(f"{ID}:R1",), form={"unit": "某局", "impact": "不能办事"})
    assert event.content["form_id"] == f"{ID}:first_report"
    assert event.content["form"]["found"] == "2024-01-10 08:50"  # type: ignore[index]
    with pytest.raises(Refused) as refused:  # the next report to the same body leaves nothing out
        night.report("09:30", to, duty=(f"{ID}:R1",), form={"unit": "某局", "impact": "不能办事"})
    assert refused.value.problem.missing == ("cause",)


def test_one_report_with_the_forms_of_both_asks_a_shared_field_once() -> None:
    night = Night()
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    form = {"who": "某局", "harm": "不能办事"}
    both = {"duty": ("O2", f"{ID}:R1")}
    with pytest.raises(Refused) as refused:
        night.report("09:20", "city", f"{ID}:protection_dept", **both, form=form)
    assert refused.value.problem.missing == ("impact",)
    (event,) = night.report("09:20", "city", f"{ID}:protection_dept", **both, form={**form, f"{ID}:impact": "停办"})
    assert event.content["form_id"] == "notice"
    assert event.content["form"][f"{ID}:unit"] == "某局"  # type: ignore[index]


def test_a_report_is_passed_on_by_the_body_that_received_it() -> None:
    night = Night()
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    night.report("09:20", f"{ID}:protection_dept", "net_police")
    one = night.owed("09:21")[f"{ID}:R1u"]
    assert (one.state, one.due, [p.body for p in one.by]) == ("open", at("09:50"), [f"{ID}:protection_dept"])
    seat = Seat("org", f"{ID}:protection_dept")
    paper = Registration("sha256:" + "1" * 64, "2024-01-10", "值班室")
    registered = Act("report", Actor("p1", (OFFICE,)), seat=seat, to=(f"{ID}:state_cac",), registered=paper)
    (event,) = night.do("09:40", registered)
    assert (event.content["body"], event.content["to"]) == (f"{ID}:protection_dept", [f"{ID}:state_cac"])
    assert night.owed("09:41")[f"{ID}:R1u"].state == "met"


def test_follow_up_and_final_report_go_where_the_first_one_went() -> None:
    night = Night(cii="no")
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    night.do("09:11", Act("state", Actor(""), facts={f"{ID}:reporter": "other"}))
    night.report("09:20", f"{ID}:province_cac")
    night.do("09:30", Act("record", Actor(""), matter=f"{ID}:news", note="又一处"))
    night.do("10:00", Act("record", Actor(""), matter=f"{ID}:handling_finished", note="完毕"))
    duties = night.owed("10:01")
    assert [r.party.text for r in duties[f"{ID}:F"].to] == [f"{ID}:province_cac"]
    assert (duties[f"{ID}:F"].kind, duties[f"{ID}:F"].word) == ("soft", "promptly")
    assert [r.party.text for r in duties[f"{ID}:Z"].to] == [f"{ID}:province_cac"]
    assert duties[f"{ID}:Z"].due == at("2024-02-10 00:00")


def test_the_operator_is_the_organisation_whichever_of_its_bodies_reports() -> None:
    night = Night()
    night.state("09:10", found="2024-01-10 08:50", began="2024-01-10 02:00")
    night.report("09:20", f"{ID}:protection_dept", "net_police", seat=GROUP)
    duties = night.owed("09:21")
    assert duties[f"{ID}:R1"].state == "met"
    assert duties["O1"].state == "open"  # the plan wants the owner's own report


def test_time_alone_raises_the_regimes_grade_and_the_case_wakes_for_it() -> None:
    night = Night()
    night.do("09:10", Act("state", Actor(""), rest_none=True, facts={"began": "2024-01-10 08:00"}))
    assert night.level("09:10") is None
    assert night.case is not None
    assert next_moment(night.book, night.case, at("09:10")) == at("10:00")
    assert night.level("10:00") == "larger"


def test_the_case_wakes_for_a_row_that_asks_what_the_plan_computes_over_time() -> None:
    """The row's other part is the plan's own fact, which turns at the same threshold: no part of it stands still."""
    folder = Path(__file__).parent.parent / "packs" / "good" / "report-regime"
    files = {file.name: file.read_text() for file in folder.glob("*.yaml")}
    row = "- {id: both, level: major, when: {suspected_crime: yes, portal_down: at least 3h}, clause: C1}"
    files["grading.yaml"] = files["grading.yaml"].replace("rules:\n", f"rules:\n      {row}\n")
    fact = "  grave: {zh: 严重, type: yes_no, means: {outage: at least 3h}, is: std.suspected_crime, clause: c}\n"
    plan = pack(facts=FACTS + fact, bodies=BODIES, duties=DUTIES, forms=FORMS, grants=GRANTS)
    regimes = [Installed(loader.load_texts(files))]
    night = Night(Book.build(plan, calendar=loader.work_calendar(), regimes=regimes))
    night.do("09:10", Act("state", Actor(""), rest_none=True, facts={"began": "2024-01-10 07:00"}))
    assert (night.level("10:00"), night.level("10:01")) == ("major", "major")
    assert night.level("09:59") == "larger"
    assert night.case is not None
    found = grade(night.book, night.case, at("09:30"), installed=night.book.regimes[0]).crosses
    assert [(one.id, one.at) for one in found][0] == ("both", at("10:00"))


def test_the_pin_names_the_regime_and_its_readings() -> None:
    alone = Book.build(PLAN, calendar=loader.work_calendar())
    beside = book_()
    read = Book.build(PLAN, calendar=loader.work_calendar(), regimes=[Installed(REGIME, {"watch.promptly": "30min"})])
    assert [part["id"] for part in beside.pin.value["packs"]] == ["tiny", ID]  # type: ignore[attr-defined]
    assert len({alone.pin.digest, beside.pin.digest, read.pin.digest}) == 3
    assert beside.pack.digest == PLAN.digest


def test_a_soft_word_of_the_regime_has_its_own_watch_time() -> None:
    book = Book.build(PLAN, calendar=loader.work_calendar(), regimes=[Installed(REGIME, {"watch.promptly": "30min"})])
    night = Night(book)
    night.do("09:10", Act("state", Actor(""), facts={f"{ID}:suspected_crime": "yes"}))
    one = night.owed("09:31")[f"{ID}:R5"]
    assert (one.watch_at, one.state) == (at("09:30"), "watch_passed")


def test_no_regime_beside_a_regime_no_plan_beside_a_plan() -> None:
    calendar = loader.work_calendar()
    for main, beside in ((REGIME, REGIME), (PLAN, PLAN)):
        with pytest.raises(PackError) as refused:
            Book.build(main, calendar=calendar, regimes=[Installed(beside)])
        assert "not_beside" in {problem.code for problem in refused.value.problems}


def test_what_differs_in_type_is_never_one_thing() -> None:
    other = pack(facts="facts:\n  asset.cii: {zh: 关基, type: count, clause: c}\n", bodies=BODIES)
    with pytest.raises(PackError) as refused:
        book_(other)
    assert [problem.code for problem in refused.value.problems] == ["bad_tie"]


def test_a_regime_holds_no_case_open_for_what_others_owe_one_another() -> None:
    night = Night()
    night.do(
        "09:10",
        Act("state", Actor(""), rest_none=True, facts={"began": "2024-01-10 02:00", "found": "2024-01-10 08:50"}),
    )
    night.report("09:20", f"{ID}:protection_dept", "net_police")
    night.report("09:21", "city", duty=("O2",), form={"who": "某局", "harm": "无"})
    night.report("09:22", "net_police")
    assert night.owed("12:00")[f"{ID}:R1u"].state == "overdue"
    night.do("12:00", Act("dismiss", Actor(""), reason="误报"), GROUP)
    (closed,) = night.do("12:01", Act("close", Actor("")), GROUP)
    assert closed.type == "closed"


def test_an_overlay_ties_what_the_packs_did_not() -> None:
    plan = pack(facts=FACTS, bodies=BODIES, duties=DUTIES, forms=FORMS, grants=GRANTS)
    own = """
language: 1
for: tiny
ties: {"report-regime:province_cac": city, "report-regime:operator": group, "report-regime:people": people}
"""
    night = Night(book_(plan, overlay=apply(plan, own)), cii="no")
    night.state("09:10", found="2024-01-10 08:50", people="20万")
    night.do("09:11", Act("state", Actor(""), facts={f"{ID}:reporter": "other"}))
    one = night.owed("09:12")[f"{ID}:R3"]
    assert ([p.text for p in one.by], [r.party.text for r in one.to]) == (["group"], ["city"])
    assert one.state == "open"
    night.report("09:20", "city", seat=GROUP)
    assert night.owed("09:21")[f"{ID}:R3"].state == "met"


@pytest.mark.parametrize("own", ["city", "progress", "found"])
def test_a_tie_to_nothing_or_to_another_sort_is_refused(own: str) -> None:
    overlay = apply(PLAN, f'language: 1\nfor: tiny\nties: {{"report-regime:people": {own}}}\n')
    with pytest.raises(PackError) as refused:
        book_(PLAN, overlay=overlay)
    assert {problem.code for problem in refused.value.problems} == {"bad_tie"}


def test_lint_lists_what_of_a_regime_is_untied() -> None:
    found = {p.params["id"]: p for p in lint(PLAN, beside=[REGIME]) if p.code == "REGIME"}
    assert set(found) == {
        *(f"{ID}:{name}" for name in ("reporter", "suspected_crime", "loss", "people", "news", "handling_finished")),
        *(f"{ID}:{name}" for name in ("operator", "protection_dept", "province_cac", "state_cac")),
    }
    assert "people" in found[f"{ID}:people"].params["like"]
    tied = {f"{ID}:people": "people", f"{ID}:news": "progress"}
    left = {p.params["id"] for p in lint(PLAN, beside=[REGIME], ties=tied) if p.code == "REGIME"}
    assert set(found) - left == set(tied)
    assert [p for p in lint(PLAN) if p.code == "REGIME"] == []


def test_lint_blocks_what_contradicts_the_plan() -> None:
    other = pack(facts="facts:\n  asset.cii: {zh: 关基, type: count, clause: c}\n", bodies=BODIES)
    (problem,) = (p for p in lint(other, beside=[REGIME]) if p.code == "REGIME-TYPE")
    assert problem.severity == "error"


@pytest.mark.parametrize(
    ("file", "text", "word"),
    [
        ("grants", "incident: [{act: end, by: group, clause: c}]\n", "权限"),
        ("playbooks", "playbooks: {p: {start: opened, steps: [{id: a, zh: 办, by: group, clause: c}]}}\n", "规程"),
        ("duties", "incident: [{id: A, on: opened, when: {level: II}, owes: 报, by: group, clause: c}]\n", "level"),
        ("duties", "incident: [{id: A, on: {assessed: {level: II}}, owes: 报, by: group, clause: c}]\n", "assessed"),
    ],
)
def test_a_regime_grants_nothing_and_never_asks_for_the_plans_level(file: str, text: str, word: str) -> None:
    head = "language: 1\nid: tiny\nzh: 制度\nversion: 0.1.0\nkind: regime\nissuer: 某局\nclause: c\n"
    with pytest.raises(PackError) as refused:
        pack(pack=head, **{file: text})
    (problem,) = refused.value.problems
    assert problem.code == "regime_only"
    assert word in problem.message("zh")


ONE = """
scenarios:
  - scenario: 预案带着制度
    given: {regimes: [%s], facts: {"report-regime:discovered": 2024-01-10 08:50}, asset: {cii: yes}}
    steps:
      - {at: 2024-01-10 09:00, facts: {"report-regime:loss": %s}}
      - at: 2024-01-10 09:01
        expect:
          grades: {report-regime: {lowest: %s, highest: extra_major}, demo-linjiang: {status: bounded}}
          owed: [{duty: "report-regime:R1", due: 2024-01-10 09:50, to: "report-regime:police"}]
"""


@pytest.mark.parametrize(("loss", "lowest", "failed"), [("600万 CNY", "larger", 0), ("600万 CNY", "major", 1)])
def test_a_plans_scenario_runs_with_regimes(loss: str, lowest: str, failed: int) -> None:
    path = Path(__file__).parent.parent / "packs" / "good" / "report-regime"
    (one,) = loader.read_scenarios({"scenarios/a.yaml": ONE % (path, loss, lowest)})
    played = simulate.run(loader.load(loader.shipped()["demo-linjiang"]), one)
    assert len(played.failures) == failed, [f.problem.message() for f in played.failures]
    assert set(played.grades) == {"report-regime"}


def test_a_scenario_that_names_no_regime_is_told() -> None:
    text = ONE.replace("regimes: [%s], ", "") % ("600万 CNY", "larger")
    (one,) = loader.read_scenarios({"scenarios/a.yaml": text})
    played = simulate.run(PLAN, one)
    assert [f.problem.code for f in played.failures] == ["bad_scenario"]


def test_every_rule_of_the_regime_is_protected_by_its_scenarios() -> None:
    path = Path(__file__).parent.parent / "packs" / "good" / "report-regime"
    assert [m.rule for m in mutate.unprotected(REGIME, loader.load_scenarios(path))] == []
