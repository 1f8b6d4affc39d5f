"""Mutants: which change of a rule does no scenario notice?"""

from __future__ import annotations

from collections import Counter

from fengsui.core import loader
from fengsui.core.loader.scenarios import read_scenarios
from fengsui.core.mutate import SORTS, mutants, tried, unprotected
from fengsui.core.pack import All, AnyOfThese
from tests.core.stage import BODIES, READINGS, grants
from tests.core.story import pack

FACTS = """
facts:
  people: {zh: 人数, type: count, clause: c}
  down: {zh: 中断, type: duration, clause: c}
"""
GRADING = """
methods:
  m:
    zh: 法
    clause: c
    otherwise: ungraded
    rules:
      - {id: big, level: I, when: {people: at least 1000, down: at least 1h}, clause: c}
      - {id: long, fact: down, at_least: {II: 3h}, clause: c}
grade: {by: m, clause: c}
"""
FILES = {
    "bodies": BODIES,
    "readings": READINGS,
    "facts": FACTS,
    "grading": GRADING,
    "grants": grants("act: order, chain: [propose: owner, approve: group]"),
    "duties": "incident:\n  - {id: D, on: opened, owes: 报告, by: owner, to: group, within: 1h, clause: c}\n",
    "forms": "forms: {note: {zh: 单, clause: c, fields: {cause: text}}}\n",
    "playbooks": "playbooks: {p: {start: opened, steps: [{id: s, zh: 断网, by: group, clause: c}]}}\n",
}
PLAN = pack(**FILES)
NOTICED = """
scenarios:
  - scenario: 定级的门槛
    given: {}
    steps:
      - {at: 2024-01-10 09:00, facts: {people: "1000", down: 1h}, expect: {grade: {level: I, by: big}}}
      - {at: 2024-01-10 09:01, facts: {people: "999", down: 3h}, expect: {grade: {level: II}}}
      - {at: 2024-01-10 09:02, facts: {down: 2h59min}, expect: {grade: {status: ungraded}}}
      - {at: 2024-01-10 09:03, facts: {people: "1000", down: 59min}, expect: {grade: {status: ungraded}}}
  - scenario: 谁可以做什么
    given: {}
    steps:
      - {at: 2024-01-10 09:00, who: owner, do: order, as: propose, gives: in chain}
      - {at: 2024-01-10 09:01, who: group, do: order, as: approve, gives: done}
      - {at: 2024-01-10 09:01, who: group, do: step p.s}
      - {at: 2024-01-10 09:01, expect: {owed: [{duty: D, by: owner, to: group, due: 2024-01-10 10:00}]}}
"""


def scenarios(text: str = NOTICED):  # type: ignore[no-untyped-def]
    return read_scenarios({"scenarios/a.yaml": text})


def test_every_rule_has_its_mutants() -> None:
    found = Counter((m.what, m.sort) for m in mutants(PLAN))
    assert found == {
        ("criterion", "drop"): 2,
        ("criterion", "threshold"): 6,
        ("criterion", "any_all"): 1,
        ("grant", "drop"): 3,
        ("grant", "holder"): 2,
        ("duty", "drop"): 1,
        ("duty", "holder"): 2,
        ("duty", "limit"): 2,
        ("step", "drop"): 1,
        ("step", "holder"): 1,
        ("field", "drop"): 1,
    }


def test_a_mutant_changes_one_rule_and_leaves_the_pack_alone() -> None:
    (swapped,) = [m for m in mutants(PLAN) if m.sort == "any_all"]
    (rule, _), (old, _) = swapped.pack.methods["m"].rules, PLAN.methods["m"].rules
    assert isinstance(rule.when, AnyOfThese) and isinstance(old.when, All)
    assert swapped.pack.grants is PLAN.grants
    assert (swapped.rule, swapped.change, swapped.clause) == ("m.big", "any for all", ("c",))


def test_scenarios_notice_thresholds_holders_limits_and_dropped_links() -> None:
    left = unprotected(PLAN, scenarios(), None)
    assert [(m.what, m.rule) for m in left] == [("field", "note.cause")]


def test_a_rule_that_nobody_plays_is_unprotected() -> None:
    only_grades = NOTICED[: NOTICED.index("  - scenario: 谁")]
    left = {m.rule for m in unprotected(PLAN, scenarios(only_grades))}
    assert left == {"order.1", "D", "p.s", "note.cause"}
    assert {m.rule for m in unprotected(PLAN, ())} == left | {"m.big", "m.long"}


def test_no_rule_of_a_shipped_example_pack_is_changed_by_asking() -> None:
    path = loader.shipped()["chongqing-finance-regulator"]
    plan = loader.load(path)
    before = plan.digest, len(plan.grants), len(plan.duties)
    sorts = Counter(m.sort for m in mutants(plan))
    assert sorts["drop"] > 150 and set(sorts) == {"drop", "threshold", "limit", "any_all", "holder"}
    assert (plan.digest, len(plan.grants), len(plan.duties)) == before


HIDDEN = """
methods:
  m:
    zh: 法
    clause: c
    otherwise: ungraded
    rules:
      - {id: big, level: I, when: {people: at least 1000}, clause: c}
      - {id: bigger, level: I, when: {people: at least 2000}, clause: c}
grade: {by: m, clause: c}
"""
SEEN = """
scenarios:
  - scenario: 定级的门槛
    given: {}
    steps:
      - {at: 2024-01-10 09:00, facts: {people: "1000"}, expect: {grade: {level: I}}}
      - {at: 2024-01-10 09:01, facts: {people: "999"}, expect: {grade: {status: ungraded}}}
"""


def test_every_sort_of_change_is_made_and_counted() -> None:
    found = tried(PLAN, scenarios())
    assert set(found.made) <= set(SORTS)
    assert sum(found.made.values()) == sum(1 for _ in mutants(PLAN))
    assert found.unprotected == unprotected(PLAN, scenarios(), None)


def test_a_criterion_that_never_decides_alone_is_excepted_only_where_a_scenario_shows_that_it_holds() -> None:
    """Whoever counts 2000 people also counts 1000: no outcome can tell that the second criterion is gone."""
    plan = pack(**{key: text for key, text in FILES.items() if key in ("bodies", "readings", "facts")}, grading=HIDDEN)
    bare = tried(plan, scenarios(SEEN), ("drop",))
    assert [mutant.rule for mutant in bare.unprotected] == ["m.bigger"]
    assert bare.shadowed == ()
    shown = SEEN + '      - {at: 2024-01-10 09:02, facts: {people: "2000"}, expect: {grade: {level: I}}}\n'
    excepted = tried(plan, scenarios(shown), ("drop",))
    assert excepted.unprotected == ()
    assert [mutant.rule for mutant in excepted.shadowed] == ["m.bigger"]
