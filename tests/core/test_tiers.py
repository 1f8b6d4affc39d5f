"""Organisations of several tiers on one case: whom a body means, from the tree alone (language 2, 4.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fengsui.core.case import Actor, Opening, Seat
from fengsui.core.conditions import Known, View, home
from fengsui.core.problems import Refused
from tests.core.stage import PAPER, READINGS, Stage, grants
from tests.core.story import book

PACK = "language: 1\nid: tiny\nzh: 小\nversion: 0.1.0\nissuer: 某\ntiers: [hq, province]\nclause: c\n"
BODIES = """
bodies:
  hq_office: {zh: 总局办, kind: standing, tier: hq, clause: c}
  prov_office: {zh: 省局办, kind: standing, tier: province, per: organisation, clause: c}
  other_province: {zh: 相关省, kind: standing, tier: province, many: yes, clause: c}
  authority: {zh: 机关, kind: standing, per: organisation, clause: c}
  experts: {zh: 专家, kind: standing, clause: c}
  office: {zh: 处室, kind: standing, many: yes, clause: c}
  owner: {zh: 事发处室, kind: derived, from: asset.owner, is: office, clause: c}
  city: {zh: 市网信办, kind: external, clause: c}
"""
GRANTS = grants(
    "act: order, by: hq_office",
    "act: investigate, by: prov_office",
    "act: assess, when: {site.tier: hq}, by: hq_office",
    "act: publish, chain: [propose: prov_office, approve: hq_office]",
    "act: transfer, by: other_province",
)
LINE = {"province": "P1", "hq": "HQ"}


def stage(**opening: object) -> Stage:
    """A case of province P1 below the headquarters."""
    the_plan = book(grants=GRANTS, bodies=BODIES, readings=READINGS, pack=PACK)
    return ProvinceStage(the_plan, **{"tier": "province", "line": LINE, **opening})


class ProvinceStage(Stage):
    """The stage of a case that P1 opened."""

    def __init__(self, the_plan: object, **opening: object) -> None:
        super().__init__(the_plan, **opening)  # type: ignore[arg-type]
        self.case = replace(self.case, organisation="P1")

    def try_from(self, organisation: str, body: str, name: str, place: str | None = None, **fields: object) -> str:
        """Ask for an act from a seat of some organisation; return the code of the refusal, or "done"."""
        seat = Seat(organisation, body, None, place)
        act = replace(self.act(body, name, **fields), actor=Actor(f"{organisation}:{body}", (seat,)))  # type: ignore[arg-type]
        try:
            self.ask(act)
        except Refused as refused:
            return refused.problem.code
        return "done"


def test_a_body_of_the_tier_above_is_that_of_the_cases_own_line() -> None:
    night = stage()
    assert night.try_from("P1", "hq_office", "order") == "not_yours"
    assert night.try_from("P2", "hq_office", "order") == "not_yours"
    assert night.try_from("HQ", "hq_office", "order") == "done"


def test_a_body_of_every_organisation_is_that_of_the_cases_own_line() -> None:
    night = stage()
    assert night.try_from("P2", "prov_office", "investigate") == "not_yours"
    assert night.try_from("HQ", "prov_office", "investigate") == "not_yours"
    assert night.try_from("P1", "prov_office", "investigate") == "done"


def test_a_link_of_one_tier_and_the_next_of_another_make_one_chain() -> None:
    night = stage()
    assert night.try_from("P1", "prov_office", "publish", verb="propose") == "done"
    assert night.try_from("P1", "hq_office", "publish", verb="approve") == "not_yours"
    assert night.try_from("HQ", "hq_office", "publish", verb="approve") == "done"


def test_bodies_without_a_tier_are_the_cases_own_organisations() -> None:
    night = stage()
    assert night.try_from("HQ", "experts", "record", note="x") == "not_yours"
    assert night.try_from("HQ", "city", "record", note="x") == "not_yours"
    assert night.try_from("P1", "city", "record", note="x") == "done"


def test_other_provinces_are_units_that_an_organisation_above_put_down() -> None:
    night = stage()
    assert night.try_from("P2", "other_province", "transfer", "P2") == "not_yours"
    assert night.try_from("HQ", "other_province", "transfer", "P2") == "done"


def test_a_case_of_headquarters_has_no_province_in_its_line() -> None:
    night = stage(tier="hq", line={"hq": "HQ"})
    night.case = replace(night.case, organisation="HQ")
    assert home("prov_office", night.case, night.book.pack) == ""
    assert night.try_from("P1", "prov_office", "investigate") == "not_yours"
    assert night.try_from("HQ", "prov_office", "investigate") == "not_yours"


def test_where_the_tier_above_is_not_installed_its_word_comes_on_paper() -> None:
    alone = stage(line={"province": "P1"})
    said = Seat("", "hq_office")
    act = replace(alone.act("office@A", "order"), seat=said, registered=PAPER)
    act = replace(act, actor=Actor("p:office@A", (Seat("P1", "office", None, "A"),)))
    assert alone.ask(act)
    together = stage()
    with pytest.raises(Refused) as refused:
        together.ask(replace(act, seat=Seat("HQ", "hq_office")))
    assert refused.value.problem.code == "bad_act"


def test_the_tier_comes_from_the_tree_and_never_from_a_stated_fact() -> None:
    night = stage()
    assert night.try_from("P1", "authority", "state", facts={"site.tier": "hq"}) == "bad_act"
    view = View(night.book, None, replace(night.case, tier=None), night.at, facts={"site.tier": "hq"})
    assert not isinstance(view.look("site.tier"), Known)
    assert night.try_from("HQ", "hq_office", "assess", value="III", reason="x") == "not_given"


def test_a_line_that_does_not_fit_the_plan_is_refused() -> None:
    for line in ({"city": "P1"}, {"hq": "HQ"}):
        with pytest.raises(Refused) as refused:
            stage(line=line)
        assert refused.value.problem.code == "bad_act"
    assert Opening("c", "incident", "P1", "HQ").line == {}
