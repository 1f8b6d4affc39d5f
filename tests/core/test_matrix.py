"""The authority matrix: which grant stands in which column, what is merged, what is missing and why."""

from __future__ import annotations

import pytest

from fengsui.core.loader import load, shipped
from fengsui.core.matrix import Cell, Row, Table, matrix, values_of
from fengsui.core.pack import Pack

DEMO = load(shipped()["demo-linjiang"])
READINGS = {"investigation_owner": "office"}


def table(pack: Pack, kind: str, readings: dict[str, str] | None = None) -> Table:
    return next(one for one in matrix(pack, readings) if one.kind == kind)


def row(pack: Pack, kind: str, act: str, readings: dict[str, str] | None = None) -> Row:
    return next(one for one in table(pack, kind, readings).rows if one.act == act)


def grants(cell: Cell) -> list[str]:
    return [rule.grant for rule in cell.rules]


def test_columns_are_the_levels_of_an_incident_and_the_colours_of_a_warning_gravest_first() -> None:
    assert table(DEMO, "incident").columns == ("I", "II", "III", "IV")
    assert table(DEMO, "warning").columns == ("red", "orange", "yellow", "blue")
    assert table(DEMO, "standing").columns == ("",)


def test_a_plan_without_levels_has_one_column() -> None:
    pack = load(shipped()["bishan-medical-insurance"])
    assert all(len(one.columns) == 1 for one in matrix(pack))
    assert all(len(cells.cells) == 1 for one in matrix(pack) for cells in one.rows)


def test_neighbours_that_say_the_same_are_one_cell() -> None:
    cells = row(DEMO, "incident", "order").cells
    assert [(cell.values, grants(cell)) for cell in cells] == [
        (("I", "II"), ["order_grave"]),
        (("III",), ["order_III"]),
        (("IV",), ["order_IV"]),
    ]


def test_the_column_is_what_the_act_is_ruled_by_and_the_rest_of_the_condition_is_said() -> None:
    light = row(DEMO, "incident", "adjust").cells[1]
    assert light.values == ("III", "IV") and grants(light) == ["adjust_light", "adjust_up"]
    assert [rule.when for rule in light.rules] == ["初判为较大及以下", "初判达到重大及以上"]
    start = row(DEMO, "incident", "activate").cells[0]
    assert [rule.when for rule in start.rules] == ["", "重点情形为网页篡改或拒绝服务攻击"]


def test_marks_are_the_links_in_order_and_then_who_takes_part() -> None:
    first = row(DEMO, "incident", "confirm").cells[0].rules[0]
    assert [(mark.verb, mark.who) for mark in first.marks] == [
        ("propose", "应急办"),
        ("opinion", "专家组"),
        ("approve", "领导小组"),
    ]
    assert first.notes == ("须有领导小组会议记录",)
    signed = row(DEMO, "incident", "end").cells[3].rules[0]
    assert [mark.verb for mark in signed.marks] == ["sign", "sign"]
    outside = row(DEMO, "warning", "issue").cells[0].rules[0]
    assert [mark.verb for mark in outside.marks] == ["outside", "record"]


def test_what_the_text_gives_to_nobody_is_a_hole_and_never_blank() -> None:
    (cell,) = row(DEMO, "incident", "dismiss").cells
    assert cell.lack == "hole" and cell.rules[1].hole
    missing = row(load(shipped()["bishan-medical-insurance"]), "warning", "lift").cells[0]
    assert (missing.lack, missing.rules) == ("unwritten", ())


def test_a_holder_left_to_a_reading_is_missing_until_somebody_decides_it() -> None:
    open_ = row(DEMO, "incident", "investigate").cells[1]
    assert open_.lack == "unset" and open_.rules[0].unset == ("investigation_owner",)
    decided = row(DEMO, "incident", "investigate", READINGS).cells[1]
    assert decided.lack == "" and "应急办组织调查" in decided.rules[0].marks[0].who


def test_a_prohibition_does_not_fill_a_cell() -> None:
    pack = DEMO
    verbs = [mark.verb for rule in row(pack, "incident", "publish").cells[0].rules for mark in rule.marks]
    assert verbs == ["propose", "approve", "forbidden"]


def test_a_condition_on_what_is_not_known_yet_stands_in_the_columns_beside() -> None:
    (cell,) = row(DEMO, "incident", "assess").cells
    assert [rule.when for rule in cell.rules] == ["尚无初判", "已有初判"]


@pytest.mark.parametrize(
    ("duty", "levels"),
    [
        ("superior_grave", ("I", "II")),
        ("superior_light", ("III", "IV")),
        ("news_daily", ("II", "III")),
        ("report_in", ("I", "II", "III", "IV")),
        ("spread_vendor", ("red", "orange")),
        ("on_duty", ()),
    ],
)
def test_a_duty_is_owed_at_the_levels_at_which_its_condition_can_hold(duty: str, levels: tuple[str, ...]) -> None:
    found = next(one for one in DEMO.duties if one.id == duty)
    assert values_of(DEMO, found.kind, found.when) == levels


@pytest.mark.parametrize("pack", sorted(shipped()))
def test_every_grant_of_a_shipped_plan_stands_somewhere_and_no_cell_is_blank(pack: str) -> None:
    found = load(shipped()[pack])
    cells = [cell for one in matrix(found, lang="en") for line in one.rows for cell in line.cells]
    assert {rule.grant for cell in cells for rule in cell.rules} == {grant.id for grant in found.grants}
    assert all(cell.rules or cell.lack for cell in cells)
