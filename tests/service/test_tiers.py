"""Headquarters and provinces under one plan: who sees what, from when, and who acts on a case of whom (design 6)."""

import pytest

from fengsui.cases import models, service
from fengsui.cases import selectors as cases
from fengsui.cases.selectors import reports
from fengsui.core.case import Act, Actor
from fengsui.core.problems import PackError, Refused
from fengsui.directory import service as directory
from fengsui.library import selectors as library_of
from fengsui.library import service as library
from fengsui.notifications import service as notifications
from fengsui.notifications.models import Message
from tests.service.tiers import BY, System

pytestmark = pytest.mark.django_db
WHOLE, OUTLINE, NOTHING = "whole", "outline", "nothing"


@pytest.fixture
def system(db: None) -> System:
    return System.build()


def seen(system: System, who: str, case: service.Receipt) -> str:
    """How much of a case a person sees, asked in every way there is; all of them must agree."""
    rows = [row for row in cases.cases(system.people[who], {}, None, system.now).rows if row.number == case.number]
    ref = system.ref(who, case)
    assert (ref is not None) == (bool(rows) and not rows[0].outline)
    assert cases.case_for(system.people[who], case.case, system.now) == ref
    found = cases.cases(system.people[who], {"q": "征管"}, None, system.now).rows
    assert bool(found) == (ref is not None)
    on_desk = cases.desk(system.people[who], system.now)
    assert {row.number for row in on_desk.cases} == {row.number for row in rows}
    if ref is None:
        assert not [row for row in on_desk.obligations if row.case_number == case.number]
        with pytest.raises(Refused) as refused:
            service.submit(
                case.case, Act("record", Actor(system.people[who]), note="x"), actor=system.people[who], at=system.now
            )
        assert refused.value.problem.code == "absent"
        with pytest.raises(Refused) as other:
            service.open_case(system.people[who], system.root, kind="incident", link=case.number, at=system.now)
        assert other.value.problem.code == "absent"
    return WHOLE if ref else OUTLINE if rows else NOTHING


def matrix(system: System, case: service.Receipt) -> dict[str, str]:
    people = ("peo", "plg", "peo2", "unit2", "hq_duty", "eo", "sg", "lg", "vendor", "auditor", "prov_auditor")
    return {who: seen(system, who, case) for who in people}


def test_who_sees_what_as_a_case_climbs(system: System) -> None:
    case = system.open()
    own = {"peo": WHOLE, "plg": WHOLE, "auditor": WHOLE, "prov_auditor": WHOLE}
    none = dict.fromkeys(("peo2", "unit2", "hq_duty", "eo", "sg", "lg", "vendor"), NOTHING)
    assert matrix(system, case) == own | none
    system.climb(case, "II", "plg")
    assert matrix(system, case) == own | none
    system.do("plg", case, "assess", value="II", reason="研究", documents=("prov_group_meeting",))
    # Now the leading group owes the headquarters office a report: the office is a recipient, and not yet told.
    assert matrix(system, case) == own | none | {"eo": WHOLE}
    system.do("plg", case, "report", to=("hq_office",))
    told = {"eo": WHOLE, "sg": WHOLE, "hq_duty": OUTLINE, "lg": WHOLE}
    assert matrix(system, case) == own | none | told
    system.do("peo", case, "report", to=("prov_authority",))
    assert matrix(system, case) == own | none | told | {"vendor": WHOLE}


def test_the_outline_says_number_unit_level_phase_and_counts_and_nothing_else(system: System) -> None:
    case = system.open(facts={"class": "security"})
    system.do("unit", case, "report", to=("hq_department@a",))
    (row,) = cases.cases(system.people["hq_duty"], {}, None, system.now).rows
    assert (row.number, row.unit.split()[0], row.stage, row.outline) == (case.number, "甲省局", "report", True)
    assert row.open > 0 and row.overdue == 0
    assert (row.title, row.level, row.proposed, row.next_due, row.next_label) == ("", None, None, None, "")
    assert cases.person_bar(system.people["hq_duty"], system.now).mine == 0
    assert cases.desk(system.people["hq_duty"], system.now).recent == ()


def test_a_report_within_the_province_is_no_report_up(system: System) -> None:
    case = system.open()
    system.do("unit", case, "report", to=("prov_office",), form=FORM, duty=("report_up",))
    assert seen(system, "hq_duty", case) == NOTHING


def test_headquarters_that_asked_for_it_sees_outlines_from_the_opening(system: System) -> None:
    from fengsui.directory.models import Organisation

    case = system.open()
    Organisation.objects.filter(pk=system.root).update(outlines_from_opening=True)
    assert seen(system, "hq_duty", case) == OUTLINE
    assert seen(system, "peo2", case) == NOTHING


def test_bodies_above_act_on_the_case_of_the_province_and_the_sister_province_does_not(system: System) -> None:
    case = system.open()
    system.climb(case, "II", "hq")
    for stranger in ("peo2", "plg2", "psg2"):
        with pytest.raises(Refused) as refused:
            system.do(stranger, case, "assess", value="II", reason="x")
        assert refused.value.problem.code == "absent"
    with pytest.raises(Refused) as refused:
        system.do("plg", case, "confirm", value="II", reason="x")
    assert refused.value.problem.code in ("not_given", "not_yours", "undecided")
    system.do("eo", case, "assess", value="II", reason="会商", documents=("hq_office_meeting",))
    system.do("eo", case, "confirm", value="II", reason="会商")
    system.do("eo", case, "activate", value="II")
    assert (system.fold(case).level, system.fold(case).response) == ("II", "II")


def test_the_seat_of_a_body_above_is_that_of_the_real_one_and_not_of_somebody_the_province_appoints(
    system: System,
) -> None:
    false = system.hire("false", "P1")
    directory.appoint(false, "hq_office", post="director", actor=BY, at=system.now)
    case = system.open()
    system.climb(case, "II", "hq")
    with pytest.raises(Refused) as refused:
        system.do("false", case, "assess", value="II", reason="x", documents=("hq_office_meeting",))
    assert refused.value.problem.code == "not_yours"
    page = cases.case_page(false, system.ref("false", case), system.now)
    assert not any(row.mine for row in page.obligations)
    assert not any(offer.allowed for offer in page.offers)


def test_the_tier_is_the_trees_and_a_typed_one_is_refused(system: System) -> None:
    case = system.open()
    assert (system.fold(case).tier, dict(system.fold(case).line)) == (
        "province",
        {"province": system.organisations["P1"], "hq": system.root},
    )
    for typed in ("hq", "province"):
        with pytest.raises(Refused) as refused:
            system.do("unit", case, "state", facts={"site.tier": typed}, reason="x")
        assert refused.value.problem.code == "bad_act"
        with pytest.raises(Refused):
            system.open(facts={"site.tier": typed})
    own = system.open("eo", "HQ")
    assert (system.fold(own).tier, dict(system.fold(own).line)) == ("hq", {"hq": system.root})


def test_a_place_below_the_tiers_belongs_to_its_province(system: System) -> None:
    county = directory.create_organisation("某县局", "XJ", parent=system.organisations["P1"], actor=BY, at=system.now)
    system.organisations["C"] = county
    system.hire("county", "C")
    directory.appoint(system.people["county"], "tax_authority", actor=BY, at=system.now)
    case = system.open("county", "C")
    assert dict(system.fold(case).line) == {"province": system.organisations["P1"], "hq": system.root}
    assert system.fold(case).organisation == county
    # The provincial groups owe the first handling from the opening on; the province's authority itself is a stranger.
    assert (seen(system, "psg", case), seen(system, "unit", case), seen(system, "psg2", case)) == (
        WHOLE,
        NOTHING,
        NOTHING,
    )
    system.do("psg", case, "assess", value="IV", reason="先期研判")
    system.do("psg", case, "report", to=("prov_office",))
    assert seen(system, "unit", case) == OUTLINE


def test_an_organisation_without_a_tier_opens_nothing_under_a_plan_of_tiers(system: System) -> None:
    top = directory.create_organisation("无层级单位", "WC", actor=BY, at=system.now)
    digest = library.install(top, library.shipped("cn-tax-system"), actor=BY, at=system.now)
    library.adopt(top, top, digest, actor=BY, at=system.now)
    person = directory.create_person(top, "某人", actor=BY, at=system.now)
    directory.appoint(person, "tax_authority", actor=BY, at=system.now)
    with pytest.raises(Refused) as refused:
        service.open_case(person, top, kind="incident", at=system.now)
    assert refused.value.problem.code == "no_tier"


def test_one_adoption_at_the_top_governs_all_and_a_province_may_have_its_own(system: System) -> None:
    for place in ("P1", "P2"):
        assert library_of.governing(system.root, system.organisations[place]) == library_of.governing(
            system.root, system.root
        )
    with pytest.raises(Refused) as refused:
        library.set_reading(
            system.root, system.organisations["P1"], "prov_end", "joint", "省里的看法", actor=BY, at=system.now
        )
    assert refused.value.problem.code == "not_adopted"
    library.adopt(system.root, system.organisations["P2"], system.pack, actor=BY, at=system.now)
    library.set_reading(
        system.root, system.organisations["P2"], "prov_end", "joint", "省里的看法", actor=BY, at=system.now
    )
    own = library_of.book_for(system.root, system.organisations["P2"]).main.readings
    assert own["prov_end"] == "joint" and own["superior_organ"] == "prov_office"
    assert "prov_end" not in library_of.book_for(system.root, system.organisations["P1"]).main.readings


def test_the_readings_of_the_locked_grading_are_the_roots_for_everybody(system: System) -> None:
    below = system.organisations["P2"]
    library.set_reading(system.root, system.root, "excess_I", "72h", "总局的决定", actor=BY, at=system.now)
    regime = library.install(system.root, library.shipped("cac-2025"), actor=BY, at=system.now)
    library.adopt_regime(system.root, system.root, regime, actor=BY, at=system.now)
    library.adopt(system.root, below, system.pack, actor=BY, at=system.now)
    assert library_of.book_for(system.root, below).main.readings["excess_I"] == "72h"
    assert [part.pack.id for part in library_of.book_for(system.root, below).regimes] == ["cac-2025"]
    with pytest.raises(PackError) as refused:
        library.set_reading(system.root, below, "excess_I", "24h", "省里的看法", actor=BY, at=system.now)
    assert [problem.code for problem in refused.value.problems] == ["overlay_locked"]
    library.set_reading(system.root, system.root, "excess_I", "48h", "总局改定", actor=BY, at=system.now)
    assert library_of.book_for(system.root, below).main.readings["excess_I"] == "48h"
    library.set_reading(system.root, system.root, "excess_I", "", "总局收回", actor=BY, at=system.now)
    assert "excess_I" not in library_of.book_for(system.root, below).main.readings


def test_a_plan_of_one_tier_governs_only_who_adopted_it(db: None) -> None:
    at = System.__dataclass_fields__["now"].default
    top = directory.create_organisation("某集团", "JT", actor=BY, at=at)
    branch = directory.create_organisation("某分公司", "FG", parent=top, actor=BY, at=at)
    digest = library.install(top, library.shipped("chongqing-finance-regulator"), actor=BY, at=at)
    library.adopt(top, top, digest, actor=BY, at=at)
    assert library_of.governing(top, branch) is None


def test_news_of_a_duty_goes_to_the_body_above_and_to_nobody_of_the_same_name_elsewhere(system: System) -> None:
    case = system.open()
    system.climb(case, "II", "plg")
    notifications.follow(system.now)
    assert not Message.objects.filter(person__in=[system.people[who] for who in ("eo", "lg", "peo2", "plg2")]).exists()
    system.do("plg", case, "assess", value="II", reason="研究", documents=("prov_group_meeting",))
    system.do("plg", case, "report", to=("hq_office",))
    notifications.follow(system.now)
    for who in ("eo", "eo_deputy"):
        assert Message.objects.filter(person=system.people[who], case=case.case).exists()
    assert not Message.objects.filter(person__in=[system.people[who] for who in ("peo2", "plg2", "hq_duty")]).exists()


def test_nobody_looks_into_another_organisations_register(system: System) -> None:
    asset = directory.create_asset(
        system.organisations["P1"],
        "征管系统",
        "tax_authority",
        {"asset.protection_grade": "3"},
        actor=BY,
        at=system.now,
    )
    with pytest.raises(LookupError):
        reports.preview(
            system.people["unit2"],
            system.organisations["P1"],
            kind="incident",
            owner=None,
            asset=asset,
            facts={},
            at=system.now,
        )


def test_the_case_page_of_the_province_says_who_waits_for_headquarters_since_when(system: System) -> None:
    case = system.open()
    system.climb(case, "II", "hq")
    since = system.now
    system.at("+6h")
    for who in ("unit", "peo", "plg", "eo"):
        page = cases.case_page(system.people[who], system.ref(who, case), system.now)
        waiting = [row for row in page.waits if row.whom == "总局应急办"]
        assert {(row.who, row.since) for row in waiting} == {("省局网信领导小组", since)}
        assert any("会商定级、决定是否启动" in row.what and row.cites for row in waiting)
    mine = cases.case_page(system.people["eo"], system.ref("eo", case), system.now).obligations
    assert any(row.duty == "wait_hq" and row.mine for row in mine)
    # What the province may do meanwhile stays open to it.
    page = cases.case_page(system.people["unit"], system.ref("unit", case), system.now)
    assert [task.id for task in page.tasks if task.link]
    system.do("eo", case, "assess", value="II", reason="会商", documents=("hq_office_meeting",))
    page = cases.case_page(system.people["plg"], system.ref("plg", case), system.now)
    assert not [row for row in page.waits if "决定是否启动" in row.what]


def test_rows_computed_again_bring_in_the_same_bodies(system: System) -> None:
    case = system.open()
    system.climb(case, "II", "hq")
    kept = sorted(models.Involved.objects.values_list("organisation", "party", "since_seq"))
    service.rebuild(system.root, case.case)
    assert sorted(models.Involved.objects.values_list("organisation", "party", "since_seq")) == kept


FORM = dict.fromkeys(
    "unit found category systems interruption equipment data social measures evidence".split(),  # noqa: SIM905
    "unknown",
)
