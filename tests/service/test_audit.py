"""The archive and the audit: by person, clause, time, unit and kind, in pages, for auditors and own people."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from fengsui.cases import models, selectors, service
from fengsui.cases.service import mentions
from fengsui.cases.trail_pages import AuditPage
from fengsui.core.case import Event
from tests.service.province import Province, archived
from tests.service.tiers import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def province(db: None) -> Province:
    """Two cities: a false alarm in the archive of one, an incident of level III under response in the other."""
    made = Province.build(at=START - timedelta(days=9), cities=("巴山", "海岱"))
    archived(made, "巴山", START - timedelta(days=8))
    made.at(START - timedelta(minutes=50))
    case = made.open("海岱", "数据库宕机")
    made.do("海岱.chu", case, "report", to=("cyber_office",), duty=("report_in",))
    made.graded("海岱", case, "III")
    return made.at(START)


def audit(province: Province, who: str, after: str = "", limit: int = 50, **filters: object) -> AuditPage:
    found = selectors.audit(province.people[who], filters, after, province.now, limit=limit)
    assert found is not None
    return found


def every(province: Province, who: str, **filters: object) -> list[tuple[str, int]]:
    rows = selectors.every_record(province.people[who], filters, province.now, 10_000)
    return [(row.number, row.seq) for row in rows]


def expected(**wanted: object) -> set[tuple[str, int]]:
    rows = models.Event.objects.filter(**wanted).select_related("case")
    return {(row.case.number, row.seq) for row in rows}


def test_who_finds_which_records_in_pages_that_are_disjoint_whole_and_newest_first(province: Province) -> None:
    assert set(every(province, "shenji")) == expected() and audit(province, "shenji").whole
    own = expected(case__organisation=province.cities["巴山"])
    assert set(every(province, "巴山.chu")) == own != expected()
    assert every(province, "wang") == []  # The province's own people read its own records; below they see outlines.
    found, after = [], ""
    while True:
        page = audit(province, "shenji", after, 7)
        found += page.rows
        if page.after is None:
            break
        after = page.after
    assert len(found) == len({row.id for row in found}) == models.Event.objects.count()
    assert [row.recorded_at for row in found] == sorted((row.recorded_at for row in found), reverse=True)


def test_whom_a_plan_brought_in_from_outside_has_no_audit_and_no_archive(world) -> None:
    for find in (selectors.audit, selectors.archive):
        assert find(world.people["vendor"], {}, "", world.now) is None
        assert find(world.neighbour(), {}, "", world.now) is None
        assert find(world.people["auditor"], {}, "", world.now) is not None
        assert find(world.people["owner"], {}, "", world.now) is not None


def test_who_registered_for_somebody_is_found_too() -> None:
    event = Event("linked", "c", 1, START, START, "speaker", registered_by="registrar")
    book: Any = SimpleNamespace(pack=SimpleNamespace(steps={}))
    assert list(mentions._words(event, book, {}, ())) == ["person:speaker", "person:registrar"]
    assert list(mentions._words(replace(event, person="system", registered_by=None), book, {}, ())) == []


def test_records_are_found_by_person_clause_time_unit_kind_and_number(province: Province) -> None:
    person = province.people["海岱.zhuren"]
    found = set(every(province, "shenji", person="海岱.zhuren"))
    assert found == expected(body__by__person=person) and found
    assert every(province, "shenji", person="没有这个人") == []
    rows = audit(province, "shenji", clause="4.3.4").rows
    assert {row.type for row in rows} == {"linked", "confirmed"} and len(rows) == 3
    assert all("LJ-4-3-4" in [cite.id for cite in row.cites] for row in rows)
    assert (
        audit(province, "shenji", clause="〔4.3.4〕").rows == audit(province, "shenji", clause="LJ-4-3-4").rows == rows
    )
    assert audit(province, "shenji", clause="9.9.9").rows == ()
    assert {row.type for row in audit(province, "shenji", clause="4.2.2").rows} == {"due_passed"}
    assert "4.3.4" in [one.id for one in audit(province, "shenji").clauses]
    both = audit(province, "shenji", clause="4.3.4", person="海岱.zhuren").rows
    assert {(row.unit, row.person) for row in both} == {("海岱", "海岱.zhuren某")} and len(both) == 2
    since, until = START - timedelta(minutes=49), START - timedelta(minutes=20)
    wanted = expected(recorded_at__gte=since, recorded_at__lt=until)
    assert set(every(province, "shenji", since=since, until=until)) == wanted and wanted
    home = province.cities["海岱"]
    assert set(every(province, "shenji", unit=home)) == expected(organisation=home)
    assert set(every(province, "海岱.chu", unit="dept@operations")) == expected(organisation=home)
    assert set(every(province, "shenji", kind="activated")) == expected(type="activated")
    number = models.Case.objects.filter(organisation=home).values_list("number", flat=True)[0]
    linked = set(every(province, "shenji", number=number, kind="linked", unit=home))
    assert linked == expected(case__number=number, type="linked")


def test_the_archive_holds_closed_cases_and_finds_them(province: Province) -> None:
    def numbers(who: str, **filters: object) -> list[str]:
        page = selectors.archive(province.people[who], filters, "", province.now)
        assert page is not None
        return [row.number for row in page.rows]

    closed = models.Case.objects.get(active=False)
    assert numbers("shenji") == numbers("巴山.chu") == [closed.number]
    assert numbers("海岱.chu") == []
    assert numbers("shenji", q="病毒") == numbers("shenji", q=closed.number[-4:]) == [closed.number]
    assert numbers("shenji", kind="warning") == numbers("shenji", since=START) == []
    assert numbers("shenji", until=START, unit=province.cities["巴山"]) == [closed.number]
    models.Case.objects.update(active=False)
    found, after = [], ""
    while True:
        page = selectors.archive(province.people["shenji"], {}, after, province.now, limit=2)
        assert page is not None
        found += [row.number for row in page.rows]
        if page.after is None:
            break
        after = page.after
    assert sorted(found) == sorted(models.Case.objects.values_list("number", flat=True))


def test_what_the_audit_looks_up_is_computed_again_the_same(province: Province) -> None:
    def words() -> list[tuple[str, str]]:
        return sorted(models.Mention.objects.values_list("event_id", "word"))

    before = words()
    told = sorted(models.Case.objects.values_list("pk", "told_at"))
    assert before
    for case in models.Case.objects.all():
        service.rebuild(province.root, case.pk)
    assert words() == before and sorted(models.Case.objects.values_list("pk", "told_at")) == told


def test_queries_are_few_and_walk_the_indexes_made_for_them(province: Province, django_assert_max_num_queries) -> None:
    asked = ({}, {"person": "zhuren", "clause": "4.3.4"}, {"unit": province.cities["海岱"], "kind": "reported"})
    for limit in (5, 50):
        for filters in asked:
            with django_assert_max_num_queries(26):
                audit(province, "shenji", "", limit, **filters)
    with django_assert_max_num_queries(26):
        selectors.archive(province.people["shenji"], {}, "", province.now)
    if connection.vendor != "sqlite":
        return  # The plan of a nearly empty PostgreSQL table says nothing.
    events = models.Event.objects.filter(root=province.root)
    walked: dict[str, QuerySet[Any]] = {
        "cases_event_trail": events.filter(organisation__in=[province.cities["海岱"]]).order_by("-pk")[:50],
        "cases_event_code": events.filter(code="00000000")[:5],
        "cases_mention_2": models.Mention.objects.filter(root=province.root, word__in=["clause:LJ-4-3-4"])
        .order_by("-event_id")
        .values_list("event_id")[:50],
    }
    for name, rows in walked.items():
        assert name in rows.explain() and "TEMP B-TREE" not in rows.explain(), rows.explain()
