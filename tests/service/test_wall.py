"""The wall of a superior organisation: outlines of the units below, and not a word more (design 6)."""

from datetime import timedelta
from importlib import import_module

import pytest

from fengsui.cases import models, selectors, service
from fengsui.cases.selectors import access
from fengsui.cases.wall_pages import Tile, WallPage
from fengsui.directory import service as directory
from tests.service.province import Province, trouble
from tests.service.tiers import BY, START, System

pytestmark = pytest.mark.django_db
TITLE = "征管系统中断"
WARNING = {
    "category": "attack",
    "colour": "blue",
    "start": "2024-03-04 08:00",
    "range": "三个系统",
    "caution": "攻击代码已经公开",
    "measures": "升级",
    "issuer": "cyber_office",
}


@pytest.fixture
def system(db: None) -> System:
    return System.build()


def wall(system: System, who: str) -> WallPage:
    found = selectors.wall(system.people[who], system.now)
    assert found is not None
    return found


def tiles(page: WallPage) -> dict[str, Tile]:
    return {tile.name: tile for region in page.regions for strip in region.strips for tile in strip}


def answered(system: System, case: service.Receipt) -> None:
    """Headquarters confirms level II and starts its response."""
    system.climb(case, "II", "hq")
    system.do("eo", case, "assess", value="II", reason="会商", documents=("hq_office_meeting",))
    system.do("eo", case, "confirm", value="II", reason="会商")
    system.do("eo", case, "activate", value="II")


def test_only_a_person_with_units_below_has_a_wall(system: System) -> None:
    for who in ("eo", "hq_duty", "lg", "auditor"):
        assert selectors.wall(system.people[who], system.now)
        assert selectors.person_bar(system.people[who], system.now).wall
    for who in ("unit", "peo", "vendor", "prov_auditor"):
        assert selectors.wall(system.people[who], system.now) is None
        assert not selectors.person_bar(system.people[who], system.now).wall


def test_before_the_first_report_up_the_unit_is_calm_and_nothing_is_counted(system: System) -> None:
    case = system.open()
    system.do("psg", case, "assess", value="II", reason="先期研判")
    system.at("+3d")
    service.pass_due(system.now)
    page = wall(system, "hq_duty")
    assert tiles(page) == {"甲省局": Tile("甲省局"), "乙省局": Tile("乙省局")}
    assert (page.units, page.cases, page.troubled, page.highest, page.news, page.due) == (2, 0, 0, None, (), ())
    assert (page.kept.met, page.kept.late, page.kept.overdue, page.kept.rate) == (0, 0, 0, None)


def test_the_outline_is_all_that_is_told_to_a_body_the_plan_did_not_bring_in(system: System) -> None:
    case = system.open()
    answered(system, case)
    page = wall(system, "hq_duty")
    row = models.Case.objects.get(pk=case.case)
    shown = tiles(page)["甲省局"].case
    assert shown is not None
    assert (shown.number, shown.level and shown.level.id, shown.stage_label) == (case.number, "II", "响应")
    assert (shown.open, shown.title, shown.next_due, shown.readable) == (row.open_count, "", None, False)
    assert page.due == ()
    assert TITLE not in repr(page) and "会商" not in repr(page)
    assert {system.people[who] for who in system.people} & set(repr(page).split("'")) == set()


def test_a_body_that_was_brought_in_reads_title_and_next_due_time_on_the_wall_too(db: None) -> None:
    province = Province.build()
    case = trouble(province, START)
    page = selectors.wall(province.people["wang"], START)
    assert page is not None
    by = tiles(page)
    for city in ("临海", "云川"):
        shown = by[city].case
        assert shown is not None and shown.title and shown.readable
        rows = models.Obligation.objects.filter(case=case[city].case, live=True, due__isnull=False)
        first = rows.exclude(state="undecided").order_by("due").first()
        assert first is not None and shown.next_due == first.due
    for city in ("海岱", "中州", "蜀西"):
        shown = by[city].case
        assert shown is not None and not (shown.title or shown.next_due or shown.readable)
    assert {one.unit for one in page.due} == {"临海", "云川"}
    assert [one.row.due for one in page.due] == sorted(one.row.due for one in page.due if one.row.due)
    assert all(one.row.act is None for one in page.due)
    assert "数据库宕机" not in repr(page) and "网页被篡改" not in repr(page) and "年度演练" not in repr(page)


def test_a_warning_in_force_shows_its_colour_and_its_title_only_to_whom_it_was_told(db: None) -> None:
    province = Province.build()
    for city in ("云川", "巴山"):
        case = province.open(city, "中间件高危漏洞", kind="warning")
        province.do(f"{city}.zhuren", case, "issue", value="blue", form=WARNING)
        province.do(f"{city}.zhiban", case, "report", to=("centre",), duty=("spread",))
    page = selectors.wall(province.people["wang"], province.now)
    assert page is not None
    assert [(one.unit, one.colour.label, one.title) for one in page.warnings] == [
        ("巴山", "蓝色", ""),
        ("云川", "蓝色", ""),
    ]
    page = selectors.wall(province.people["shenji"], province.now)
    assert page is not None and [one.title for one in page.warnings] == ["中间件高危漏洞"] * 2
    assert page.cases == 0


def test_what_happened_before_the_outline_could_be_seen_is_not_told_afterwards(db: None) -> None:
    province = Province.build()
    case = province.open("巴山", "钓鱼邮件")
    province.graded("巴山", case, "IV")

    def told(who: str) -> tuple[str, ...]:
        page = selectors.wall(province.people[who], province.now)
        assert page is not None
        return tuple(one.text for one in page.news)

    assert told("wang") == () and told("shenji") == ("启动响应", "定级 Ⅳ级 一般", "报告")
    province.do("巴山.chu", case, "report", to=("cyber_office",), duty=("report_in",))
    assert models.Case.objects.get(pk=case.case).told_at == province.now
    assert told("wang") == ()
    province.at(province.now + timedelta(minutes=50))
    assert told("wang") == ("一项义务逾期",) * len(told("wang")) != ()
    assert len(told("wang")) < len(told("shenji"))


def test_the_counts_by_level_leave_exercises_out_and_show_them_apart(system: System) -> None:
    case = system.open()
    answered(system, case)
    drill = system.open("unit2", "P2", mode="exercise", title="年度演练")
    system.do("unit2", drill, "report", to=("hq_department@a",))
    page = wall(system, "hq_duty")
    assert (page.cases, page.troubled, page.ungraded) == (1, 1, 0)
    assert {row.level.id: row.count for row in page.levels} == {"I": 0, "II": 1, "III": 0, "IV": 0}
    assert [row.level.rank for row in page.levels] == [1, 2, 3, 4]
    assert (tiles(page)["乙省局"].exercise, tiles(page)["甲省局"].exercise) == (True, False)
    system.do("unit2", system.open("unit2", "P2"), "report", to=("hq_department@a",))
    page = wall(system, "hq_duty")
    assert (page.cases, page.ungraded) == (2, 1)
    assert (tiles(page)["乙省局"].exercise, tiles(page)["乙省局"].drill_beside) == (False, True)


def test_a_great_exercise_pushes_no_incident_off_the_wall_and_counts_are_of_all(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("fengsui.cases.selectors.wall"), "MOST", 1)
    answered(system, system.open())
    for _ in range(2):
        drill = system.open("unit2", "P2", mode="exercise", title="年度演练")
        system.do("unit2", drill, "report", to=("hq_department@a",))
    page = wall(system, "hq_duty")
    assert (page.cases, page.highest and page.highest.id) == (1, "II") and tiles(page)["甲省局"].case is not None
    system.do("unit2", system.open("unit2", "P2"), "report", to=("hq_department@a",))
    page = wall(system, "hq_duty")
    assert (page.cases, page.troubled, page.ungraded) == (2, 2, 1)


def test_what_was_kept_late_or_overdue_is_counted_over_thirty_days(db: None) -> None:
    province = Province.build()
    trouble(province, START)
    page = selectors.wall(province.people["wang"], START)
    assert page is not None
    live = models.Obligation.objects.filter(case__mode="live", due__lte=START)
    met, late = live.filter(state="met").count(), live.filter(state="late").count()
    overdue = live.filter(live=True).exclude(state="undecided").count()
    assert met and overdue
    assert (page.kept.met, page.kept.late, page.kept.overdue) == (met, late, overdue)
    assert page.kept.rate == round(1000 * met / (met + late + overdue))
    assert sum(tile.overdue for tile in tiles(page).values() if not tile.exercise) == overdue
    later = selectors.wall(province.people["wang"], START + timedelta(days=40))
    assert later is not None and later.kept.met == 0 and later.news == ()


def test_units_stand_in_the_order_of_the_tree_in_even_rows_and_under_their_own_superior(system: System) -> None:
    for number in range(34):
        system.at("+1min")
        directory.create_organisation(f"省局{number:02}", f"N{number}", parent=system.root, actor=BY, at=system.now)
    for number in range(3):
        parent = system.organisations["P2"]
        system.at("+1min")
        directory.create_organisation(f"县局{number}", f"C{number}", parent=parent, actor=BY, at=system.now)
    page = wall(system, "hq_duty")
    plain, county = page.regions
    assert (page.units, plain.title, county.title) == (39, "", "乙省局")
    assert [len(strip) for strip in plain.strips] == [7, 7, 7, 7, 7]
    assert [tile.name for tile in county.strips[0]] == ["乙省局", "县局0", "县局1", "县局2"]
    assert list(tiles(page))[:3] == ["甲省局", "省局00", "省局01"]


def test_the_number_of_queries_does_not_grow_with_units_or_cases(system: System, django_assert_max_num_queries) -> None:
    def ask() -> None:
        selectors.wall(system.people["hq_duty"], system.now)

    system.do("unit", system.open(), "report", to=("hq_department@a",))
    ask()
    with django_assert_max_num_queries(32):
        ask()
    for number in range(12):
        directory.create_organisation(f"省局{number:02}", f"N{number}", parent=system.root, actor=BY, at=system.now)
    for _ in range(4):
        system.do("unit", system.open(), "report", to=("hq_department@a",))
        system.do("unit2", system.open("unit2", "P2"), "report", to=("hq_department@a",))
    with django_assert_max_num_queries(32):
        ask()


def test_the_auditor_of_the_root_is_asked_no_organisation(system: System) -> None:
    who = access.reader(system.people["auditor"], system.now)
    below = access.reader(system.people["prov_auditor"], system.now)
    assert who is not None and below is not None
    assert who.everything and not below.everything
    system.open()
    assert access.readable(who).count() == access.visible(who).count() == access.readable(below).count() == 1
    assert "organisation" not in str(access.readable(who).query).partition("WHERE")[2]
