"""Scenarios: what is given, what is done, what is expected, and how a difference is told (language 8)."""

from __future__ import annotations

from typing import cast

import pytest

from fengsui.core import loader
from fengsui.core.loader.scenarios import Scenario, read_scenarios
from fengsui.core.pack import Pack
from fengsui.core.problems import PackError
from fengsui.core.simulate import Run, play, run, run_all
from fengsui.core.simulate.given import book_of, world_of
from tests.core.stage import BODIES, READINGS, grants
from tests.core.story import at, pack

GRANTS = grants(
    "act: assess, when: {assessed: unknown}, by: owner",
    "act: assess, id: again, when: {assessed_by: owner}, by: group, needs: [instruction]",
    "act: confirm, when: {assessed_by: group}, by: leading_group",
    "act: activate, when: {level: at least II}, chain: [propose: group, approve: leading_group], creates: command",
    "act: activate, id: light, when: {level: at most III}, by: $starter",
    "act: end, when: {response: at least II}, chain: [propose: command, approve: leading_group]",
    "act: end, id: light_end, when: {response: at most III}, by: owner",
    "act: adjust, hole: 没有写",
)
WARNING = grants(
    "act: issue, when: {colour: at most orange}, chain: [propose: owner, approve: group], form: notice",
    "act: issue, id: red, when: {colour: red}, outside: superior, record_by: group",
    "act: lift, by: group",
    kind="warning",
)
DUTIES = """incident:
  - {id: D, on: opened, owes: 报告, by: owner, to: [group, superior], within: 1h, clause: c}
  - {id: N, on: assessed, when: {assessed: at least II}, owes: 通报, by: group, to: superior, within: none,
     optional: 需要时, clause: c}
"""
FILES = {
    "bodies": BODIES,
    "readings": READINGS,
    "grants": GRANTS + WARNING,
    "duties": DUTIES,
    "forms": "forms: {notice: {zh: 预警信息, clause: c, fields: {range: text}}}\n",
}


def plan() -> Pack:
    return pack(**FILES)


def scenarios(text: str) -> tuple[Scenario, ...]:
    return read_scenarios({"scenarios/a.yaml": "scenarios:\n" + text})


def played(text: str) -> Run:
    (scenario,) = scenarios(text)
    return run(plan(), scenario)


def told(text: str) -> list[str]:
    return [f"{f.problem.where.line} {f.problem.message('en')}" for f in played(text).failures]


class TestGiven:
    def test_a_state_is_reached_by_the_shortest_log_that_the_grants_allow(self) -> None:
        done = played(
            "  - {scenario: a, given: {response: II}, steps: [{at: 2024-01-10 09:00, expect: {phase: active}}]}"
        )
        kinds = [event.type for event in done.events]
        assert kinds == ["opened", "assessed", "assessed", "confirmed", "linked", "linked", "activated"]
        assert done.passed and done.case and done.case.owner == "office@A"

    def test_a_state_that_no_log_reaches_is_an_error_with_its_place(self) -> None:
        (failure,) = played("  - {scenario: a, given: {response: IV}, steps: []}").failures
        assert (failure.problem.code, failure.problem.where.line) == ("unreachable", 2)
        assert played("  - {scenario: a, given: {response: IV, readings: {starter: group}}, steps: []}").passed

    def test_a_warning_is_issued_by_its_chain_or_registered_from_outside(self) -> None:
        orange = played("  - {scenario: a, given: {case: warning, colour: orange}, steps: []}")
        assert [e.type for e in orange.events] == ["opened", "linked", "linked", "issued"]
        red = played("  - {scenario: a, given: {case: warning, colour: 红色}, steps: []}")
        assert red.case and (red.case.colour, red.case.issued_by) == ("red", "superior")

    def test_the_end_keeps_what_was_in_force(self) -> None:
        done = played("  - {scenario: a, given: {response: I, ended: yes}, steps: []}")
        assert done.case and (done.case.phase, done.case.response, done.case.response_active) == ("ended", "I", False)

    def test_facts_papers_and_a_log_at_its_own_times(self) -> None:
        done = played("""
  - scenario: a
    given:
      facts: {major: 是}
      unknown: [found]
      docs: [instruction]
      log: [{event: progress, at: 2024-01-10 08:00}, {event: assessed, at: 2024-01-10 08:30}]
      assessed: II
    steps: []
""")
        assert done.case and done.case.facts["major"].value == "yes" and done.case.facts["found"].value is None
        assert done.case.opened_at == at("08:00") and "instruction" in done.case.documents
        assert [(e.type, e.at) for e in done.events[-2:]] == [("recorded", at("08:00")), ("assessed", at("08:30"))]

    def test_readings_are_given_by_id_or_label_and_checked(self) -> None:
        assert played("  - {scenario: a, given: {readings: {由谁启动: 工作组, ending: 共同}}, steps: []}").passed
        (failure,) = played("  - {scenario: a, given: {readings: {starter: nobody}}, steps: []}").failures
        assert (failure.problem.code, failure.problem.where.line) == ("bad_reading", 2)

    @pytest.mark.parametrize("given", ["{case: party}", "{facts: {nothing: yes}}", "{opened: soon}", "{done: [a.b]}"])
    def test_what_cannot_be_given_is_said(self, given: str) -> None:
        (failure,) = played(f"  - {{scenario: a, given: {given}, steps: []}}").failures
        assert failure.problem.code == "bad_scenario" and failure.problem.where.line == 2


class TestSteps:
    def test_an_act_without_refused_must_be_accepted_and_the_other_way_round(self) -> None:
        failures = told("""
  - scenario: a
    given: {}
    steps:
      - {at: 2024-01-10 09:00, who: group, do: assess, value: II}
      - {at: 2024-01-10 09:01, who: owner, do: assess, value: II, refused: not_yours}
""")
        assert failures[0].startswith("6 'assess' should have been accepted") and "not for 工作组" in failures[0]
        assert failures[1].startswith("7 'assess' should have been refused (not_yours)")

    def test_a_refusal_is_compared_by_code_body_paper_and_clause(self) -> None:
        done = played("""
  - scenario: a
    given: {}
    steps:
      - {at: 2024-01-10 09:00, who: office@B, do: assess, value: II, refused: not_yours, rightful: owner, clause: c}
      - {at: 2024-01-10 09:00, who: 处室@B, do: assess, value: II, refused: not_yours, rightful: office@A}
      - {at: 2024-01-10 09:01, who: owner, do: assess, value: II}
      - {at: 2024-01-10 09:02, who: group, do: assess, value: II, refused: missing, missing: [instruction]}
      - {at: 2024-01-10 09:03, who: group, do: assess, value: I, with: [instruction], gives: done}
      - {at: 2024-01-10 09:03, who: owner, do: adjust, value: I, refused: not_given}
      - {at: 2024-01-10 09:04, who: leading_group, do: activate, refused: undecided, open: [not yet level]}
""")
        assert done.passed, done.failures
        assert [r.problem.code for r in done.refusals] == [
            "not_yours",
            "not_yours",
            "missing",
            "not_given",
            "undecided",
        ]

    def test_a_wrong_expectation_of_a_refusal_is_told(self) -> None:
        assert told("""
  - scenario: a
    given: {}
    steps:
      - {at: 2024-01-10 09:00, who: office@B, do: assess, value: II, refused: missing, rightful: group}
""") == ["6 'refused' should be missing, but is not_yours.", "6 'rightful' should be group, but is [office@A]."]

    def test_a_chain_its_persons_a_word_and_a_return(self) -> None:
        done = played("""
  - scenario: a
    given: {level: II, opened: 2024-01-10 08:00}
    steps:
      - {at: 2024-01-10 09:00, who: group, person: p1, do: activate, as: propose, waits_for: leading_group}
      - {at: 2024-01-10 09:01, who: leading_group, person: p1, do: activate, as: approve, refused: no_second_person}
      - {at: 2024-01-10 09:02, who: leading_group, do: activate, answer: return, reason: 再核实}
      - {at: 2024-01-10 09:02, expect: {chain: {activate: returned}, next: {activate: group}}}
      - {at: 2024-01-10 09:03, who: group, do: activate, as: propose}
      - {at: 2024-01-10 09:04, who: leading_group, do: activate, means: 电话, registrars: [r1, r2], gives: done}
      - {who: leading_group, do: activate, answer: countersign}
      - {at: 2024-01-10 09:10, expect: {response: II, owed: [{duty: countersign, state: met}], next: {end: command}}}
""")
        assert done.passed, done.failures

    def test_facts_alone_are_a_statement_and_the_outside_world_happens(self) -> None:
        done = played("""
  - scenario: a
    given: {}
    steps:
      - {at: 2024-01-10 09:00, facts: {major: yes}, expect: {fact: {major: yes, found: unknown}}}
      - {at: 2024-01-10 09:10, happens: progress}
      - {at: 2024-01-10 09:20, recorded_at: 2024-01-10 09:40, who: owner, do: report, to: [group, superior]}
      - at: 2024-01-10 09:50
        expect:
          owed: [{duty: D, by: owner, to: [group, superior], state: met, due: 2024-01-10 10:00}]
          not_owed: [D, N]
""")
        assert done.passed, done.failures
        assert [e.type for e in done.events[1:]] == ["stated", "recorded", "reported"]

    def test_times_do_not_go_back(self) -> None:
        (failure,) = told("""
  - scenario: a
    given: {}
    steps: [{at: 2024-01-10 09:00, facts: {major: yes}}, {at: 2024-01-10 08:59, facts: {major: no}}]
""")
        assert "times go back" in failure

    @pytest.mark.parametrize("step", ["who: nobody, do: assess", "who: owner, do: fly", "at: never, do: assess"])
    def test_a_step_that_cannot_be_played_is_a_failure_and_the_rest_goes_on(self, step: str) -> None:
        moment = "" if "at:" in step else "at: 2024-01-10 09:00, "
        steps = f"[{{{moment}{step}}}, {{expect: {{phase: closed}}}}]"
        done = played(f"  - {{scenario: a, given: {{opened: 2024-01-10 08:00}}, steps: {steps}}}")
        assert len(done.failures) == 2 and done.failures[1].problem.code == "expectation"


class TestExpect:
    def test_every_difference_carries_its_path_and_what_is_found(self) -> None:
        done = played("""
  - scenario: a
    given: {assessed: II, opened: 2024-01-10 09:00}
    steps:
      - at: 2024-01-10 11:00
        expect:
          phase: active
          level: none
          owed: [{duty: D, state: open, due: 2024-01-10 10:30, by: group}, {duty: X, state: open}]
          not_owed: [N]
          next: {adjust: not_given, confirm: group}
          grade: {status: no_scale, level: I}
""")
        found = {f.difference.path: f.difference.found for f in done.failures if f.difference}
        assert found == {
            "expect.phase": "open",
            "expect.owed[0].state": "overdue",
            "expect.owed[0].due": "2024-01-10 10:00",
            "expect.owed[0].by": ["office@A"],
            "expect.owed[1]": "none",
            "expect.not_owed": ["N"],
            "expect.next.confirm": ["not_given"],
            "expect.grade.level": None,
        }
        assert {f.problem.where.file for f in done.failures} == {"scenarios/a.yaml"}

    def test_two_equal_items_mean_two_obligations(self) -> None:
        one = "{duty: N, state: open}"
        text = f"  - {{scenario: a, given: {{assessed: II}}, steps: [{{expect: {{owed: [{one}, {one}]}}}}]}}"
        assert len(told(text)) == 1
        assert told(text.replace("assessed: II", "assessed: II, level: II")) == []

    def test_strength_kind_and_optional_are_words_of_the_plan(self) -> None:
        item = "{duty: N, kind: no_limit, optional: yes, clause: c, by: 工作组}"
        assert not told(f"  - {{scenario: a, given: {{assessed: II}}, steps: [{{expect: {{owed: [{item}]}}}}]}}")


class TestRun:
    def test_it_reads_as_json_with_the_keys_of_the_command_line(self) -> None:
        done = played("""
  - scenario: a
    row: R-1
    given: {}
    steps:
      - {at: 2024-01-10 09:00, who: group, do: assess, value: II, refused: not_yours}
      - {at: 2024-01-10 09:00, who: owner, do: assess, value: II}
""")
        data = done.as_json()
        assert {"events", "grade", "obligations", "refusals", "what_next", "failures"} <= data.keys()
        (refusal,) = cast("list[dict[str, object]]", data["refusals"])
        assert (refusal["code"], refusal["rightful"], refusal["clause"]) == ("not_yours", ["office@A"], ["c"])
        owed = cast("list[dict[str, object]]", data["obligations"])
        assert {"duty", "by", "to", "opened", "due", "state", "clause"} <= owed[0].keys()
        following = cast("list[dict[str, object]]", data["what_next"])
        assert {"act": "assess", "who": ["group"]}.items() <= next(x for x in following if x["act"] == "assess").items()

    def test_a_run_goes_on_from_a_case_as_it_stands(self) -> None:
        first, second = scenarios("""
  - {scenario: a, given: {}, steps: [{at: 2024-01-10 09:00, who: owner, do: assess, value: II}]}
  - {scenario: b, given: {}, steps: [{at: 2024-01-10 09:30, who: group, do: assess, value: I, with: [instruction]}]}
""")
        the_plan = plan()
        world = world_of(book_of(the_plan, {}, loader.work_calendar()), first)
        night = play(world, first)
        assert night.passed and play(world, second).passed
        assert [a.level for a in world.now.assessments] == ["II", "I"]

    def test_all_of_a_pack_run_one_after_the_other(self) -> None:
        both = scenarios("  - {scenario: a, given: {}, steps: []}\n  - {scenario: b, given: {level: V}, steps: []}\n")
        assert [one.passed for one in run_all(plan(), both)] == [True, False]

    def test_a_misspelt_key_is_found_before_anything_is_played(self) -> None:
        with pytest.raises(PackError):
            scenarios("  - {scenario: a, given: {respones: II}, steps: []}\n")


def test_a_body_of_another_organisation_has_no_say_on_the_case() -> None:
    bodies = BODIES + "  office_of_all: {zh: 应急办, kind: standing, per: organisation, clause: c}\n"
    rule = grants("act: assess, by: office_of_all")
    text = """
  - scenario: 只有本省的应急办研判
    given: {site: P2}
    steps:
      - {at: 2024-01-10 09:00, who: office_of_all@P1, do: assess, value: II, refused: not_yours}
      - {at: 2024-01-10 09:01, who: office_of_all@P2, do: assess, value: II}
      - {at: 2024-01-10 09:02, who: office_of_all, do: assess, value: I}
"""
    (scenario,) = scenarios(text)
    assert run(pack(**FILES | {"bodies": bodies, "grants": rule}), scenario).failures == ()
