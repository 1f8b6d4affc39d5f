"""A plan beside regimes on one recipient: slower, without a number, or silent; levels are never compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from fengsui.core.lint.limits import Clash, clashes, first_reports
from fengsui.core.loader import load, load_texts, shipped, texts_of
from fengsui.core.pack import Pack

DEMO = load(shipped()["demo-linjiang"])
CAC = load(shipped()["cac-2025"])
S3 = load(shipped()["chongqing-finance-regulator"])
SAMPLE = load(Path(__file__).parent.parent / "packs" / "good" / "report-regime")


def found(plan: Pack, regime: Pack, ties: dict[str, str] | None = None) -> dict[tuple[str, str], Clash]:
    return {(one.theirs.id, one.body): one for one in clashes(plan, [regime], ties or {})}


def slow(limit: str) -> Pack:
    """The demo's plan with another limit to the police."""
    files = dict(texts_of(shipped()["demo-linjiang"]))
    line = next(one for one in files["duties.yaml"].splitlines() if "id: police_report," in one)
    files["duties.yaml"] = files["duties.yaml"].replace(line, line.replace("within: 1h", f"within: {limit}"))
    return load_texts(files)


def test_first_reports_are_told_once_and_early() -> None:
    names = {duty.id for duty in first_reports(DEMO)}
    assert {"first_report", "superior_grave", "police_report"} <= names
    assert not {"news_I", "summary_IV", "judge", "guard"} & names


def test_a_plan_that_is_as_quick_clashes_with_nothing() -> None:
    assert {one.sort for one in found(DEMO, CAC).values()} == {"only"}


@pytest.mark.parametrize(("limit", "sort"), [("2h", "longer"), ("1d", "longer"), ("promptly", "no_number")])
def test_a_plan_that_allows_more_time_or_says_no_number_is_named_with_both_duties(limit: str, sort: str) -> None:
    clash = found(slow(limit), CAC)["R1", "police"]
    assert (clash.sort, clash.regime, clash.ours.id if clash.ours else "") == (sort, "cac-2025", "police_report")


def test_what_only_the_regime_asks_has_no_duty_of_the_plan() -> None:
    clash = found(DEMO, CAC)["R1", "cac-2025:protection_dept"]
    assert (clash.sort, clash.ours) == ("only", None)


def test_a_recipient_is_the_same_only_where_it_is_tied() -> None:
    assert found(S3, SAMPLE)["R1", "city_net_police"].sort == "no_number"
    other = found(S3, SAMPLE, {"report-regime:police": "owner"})
    assert ("R1", "city_net_police") not in other and other["R1", "owner"].sort == "only"


def test_a_limit_or_recipient_left_to_a_reading_counts_once_it_is_decided() -> None:
    before = {one.theirs.id for one in clashes(DEMO, [CAC], {})}
    readings = {"cac-2025": {"sector_limit": "2h"}}
    after = {one.theirs.id for one in clashes(DEMO, [CAC], {}, readings)}
    assert after - before == {"R4"}
