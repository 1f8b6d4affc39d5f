"""The library: packs are installed whole or not at all, readings are decided by somebody, years are published."""

from datetime import UTC, date, datetime

import pytest

from fengsui.core import loader
from fengsui.core.problems import PackError, Refused
from fengsui.directory import service as directory
from fengsui.ledger import selectors as ledger
from fengsui.library import models, selectors, service

pytestmark = pytest.mark.django_db
AT = datetime(2024, 1, 10, 1, 0, tzinfo=UTC)
BY = "author"
PACK = "chongqing-finance-regulator"


@pytest.fixture
def root(db: None) -> str:
    """An organisation that has adopted nothing yet."""
    return directory.create_organisation("某局", "MJ", actor=BY, at=AT)


def adopted(root: str) -> str:
    """Install and adopt the S3 plan; return its digest."""
    digest = service.install(root, service.shipped(PACK), actor=BY, at=AT)
    service.adopt(root, root, digest, actor=BY, at=AT)
    return digest


def test_the_same_files_are_installed_once_under_their_digest(root: str) -> None:
    first = service.install(root, service.shipped(PACK), actor=BY, at=AT)
    again = service.install(root, service.shipped(PACK), actor=BY, at=AT)
    assert first == again == loader.load(loader.shipped()[PACK]).digest
    assert models.Pack.objects.count() == 1 and selectors.packs(root)[0].name == PACK


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("grants.yaml", "by: owner", "by: ownerr", "unknown_name"),
        ("duties.yaml", ", owes:", ", ows:", "unknown_key"),
        ("pack.yaml", "language: 1", "language: [", "yaml_syntax"),
    ],
)
def test_a_broken_pack_is_refused_with_its_problems_and_leaves_no_row(
    root: str, file: str, old: str, new: str, code: str
) -> None:
    files = service.shipped(PACK)
    files[file] = files[file].replace(old, new, 1)
    with pytest.raises(PackError) as refused:
        service.install(root, files, actor=BY, at=AT)
    assert code in {problem.code for problem in refused.value.problems}
    assert not models.Pack.objects.exists()


def test_an_organisation_without_a_plan_is_told_so(root: str) -> None:
    with pytest.raises(Refused) as refused:
        selectors.book_for(root, root)
    assert refused.value.problem.code == "not_adopted"


def test_a_reading_is_decided_with_a_reason_and_changes_the_pin(root: str) -> None:
    adopted(root)
    before = selectors.book_for(root, root)
    service.set_reading(root, root, "starter_of_I", "group", "会议决定", actor=BY, at=AT)
    after = selectors.book_for(root, root)
    assert before.pin.digest != after.pin.digest and after.text_of("starter_of_I") == "group"
    assert selectors.book_of(root, selectors.Pin.of(before.pin.value)).pin == before.pin
    (row,) = selectors.decisions(root, root)
    assert (row.name, row.value, row.reason, row.actor) == ("starter_of_I", "group", "会议决定", BY)


def test_a_reading_can_be_taken_back(root: str) -> None:
    adopted(root)
    before = selectors.pin_for(root, root)
    service.set_reading(root, root, "starter_of_I", "group", "定", actor=BY, at=AT)
    service.set_reading(root, root, "starter_of_I", "", "再议", actor=BY, at=AT)
    assert selectors.pin_for(root, root) == before


@pytest.mark.parametrize(
    ("name", "value", "reason", "error"),
    [
        ("starter_of_I", "somebody", "定", PackError),
        ("watch.immediately", "soon", "定", PackError),
        ("no_such_reading", "x", "定", Refused),
        ("starter_of_I", "group", "  ", Refused),
    ],
)
def test_a_wrong_reading_is_refused_and_nothing_is_written(
    root: str, name: str, value: str, reason: str, error: type[Exception]
) -> None:
    adopted(root)
    before = (selectors.pin_for(root, root), ledger.verify(root, "administration").count)
    with pytest.raises(error):
        service.set_reading(root, root, name, value, reason, actor=BY, at=AT)
    assert (selectors.pin_for(root, root), ledger.verify(root, "administration").count) == before
    assert not models.Decision.objects.exists()


def test_the_calendar_is_seeded_and_a_new_year_gives_a_new_digest(root: str) -> None:
    adopted(root)
    seeded = selectors.current_calendar(root)
    assert seeded == loader.work_calendar().digest
    published = service.publish_year(root, 2027, [date(2027, 1, 1)], [date(2027, 1, 3)], "国办发明电", actor=BY, at=AT)
    assert published == selectors.current_calendar(root) != seeded
    calendar = selectors.book_for(root, root).calendar
    assert calendar.is_working(date(2027, 1, 1)) == (False, False) and calendar.is_working(date(2027, 1, 3)) == (
        True,
        False,
    )
    with pytest.raises(Refused):
        service.publish_year(root, 2027, [date(2027, 1, 2)], [], "周六本就不上班", actor=BY, at=AT)


def test_the_plans_own_text_stays_with_the_organisation_that_attached_it(root: str) -> None:
    digest = adopted(root)
    service.attach_text(root, root, digest, "第一篇 总则", actor=BY, at=AT)
    assert selectors.plan_text(root, root, digest) == "第一篇 总则"
    assert selectors.plan_text(root, "another", digest) is None


def test_every_change_of_the_library_is_in_the_ledger(root: str) -> None:
    digest = adopted(root)
    service.set_reading(root, root, "starter_of_I", "group", "定", actor=BY, at=AT)
    service.attach_text(root, root, digest, "原文", actor=BY, at=AT)
    types = [row.type for row in ledger.entries(root, "administration")]
    assert types == [
        "organisation_created",
        "pack_installed",
        "calendar_set",
        "pack_adopted",
        "reading_set",
        "text_attached",
    ]
    assert ledger.verify(root, "administration").ok


# ------------------------------------------------------------------------------------------------ overlays
OWN = """\
language: 1
for: chongqing-finance-regulator
duties:
  incident:
    - {id: own_call, on: opened, owes: 电话告知办公室, by: owner, to: bureau_office, within: 15min, clause: own:局办1号}
"""


def published(root: str, text: str = OWN) -> str:
    """Adopt the S3 plan, draft and publish an overlay; return its digest."""
    adopted(root)
    assert [p for p in service.draft_overlay(root, root, text, actor=BY, at=AT) if p.severity == "error"] == []
    return service.publish_overlay(root, root, actor=BY, at=AT)


def test_a_published_overlay_is_part_of_the_next_case_s_book_and_pin(root: str) -> None:
    adopted(root)
    before = selectors.book_for(root, root)
    digest = published(root)
    book = selectors.book_for(root, root)
    assert "own_call" in {duty.id for duty in book.pack.duties}
    assert selectors.Pin.of(book.pin.value) == selectors.pin_for(root, root)
    assert selectors.pin_for(root, root).overlay == digest
    assert selectors.book_of(root, selectors.Pin.of(before.pin.value)).pin == before.pin
    assert "own_call" not in {duty.id for duty in before.pack.duties}


def test_a_faulty_overlay_may_be_drafted_and_is_not_published(root: str) -> None:
    adopted(root)
    faulty = OWN.replace("for: chong", "grading: {}\nfor: chong")
    problems = service.draft_overlay(root, root, faulty, actor=BY, at=AT)
    assert [(p.code, p.where.line) for p in problems] == [("overlay_weakens", 2)]
    draft = selectors.overlay_draft(root, root)
    assert draft is not None and draft.text == faulty
    with pytest.raises(PackError) as refused:
        service.publish_overlay(root, root, actor=BY, at=AT)
    assert [p.code for p in refused.value.problems] == ["overlay_weakens"]
    assert not models.Overlay.objects.exists() and selectors.pin_for(root, root).overlay == ""


def test_an_error_of_the_linter_blocks_publishing_and_not_drafting(root: str) -> None:
    adopted(root)
    endless = OWN.replace("within: 15min", "every: 1d")
    problems = service.draft_overlay(root, root, endless, actor=BY, at=AT)
    assert [(p.code, p.where.file, p.where.line) for p in problems if p.severity == "error"] == [
        ("END", "overlay.yaml", 5)
    ]
    with pytest.raises(PackError):
        service.publish_overlay(root, root, actor=BY, at=AT)


def test_the_versions_of_an_overlay_are_kept_and_one_is_in_force(root: str) -> None:
    first = published(root)
    second = published(root, OWN.replace("15min", "10min"))
    rows = selectors.overlays(root, root)
    assert [(row.number, row.digest, row.in_force) for row in rows] == [(2, second, True), (1, first, False)]
    old = selectors.pin_for(root, root)
    service.withdraw_overlay(root, root, "并入新预案", actor=BY, at=AT)
    assert selectors.pin_for(root, root).overlay == "" and len(selectors.overlays(root, root)) == 2
    assert "own_call" in {duty.id for duty in selectors.book_of(root, old).pack.duties}
    types = [row.type for row in ledger.entries(root, "administration")]
    assert [one for one in types if "overlay" in one] == ["overlay_published", "overlay_published", "overlay_withdrawn"]


def test_a_reading_decided_by_the_overlay_is_not_decided_again_in_the_application(root: str) -> None:
    published(root, OWN + "readings: {starter_of_I: group}\n")
    assert selectors.book_for(root, root).text_of("starter_of_I") == "group"
    with pytest.raises(PackError) as refused:
        service.set_reading(root, root, "starter_of_I", "leading_group", "定", actor=BY, at=AT)
    assert [p.code for p in refused.value.problems] == ["overlay_reading"]


def test_a_new_version_of_the_plan_keeps_the_overlay_that_fits_and_refuses_the_one_that_does_not(root: str) -> None:
    digest = published(root)
    newer = service.shipped(PACK)
    newer["pack.yaml"] = newer["pack.yaml"].replace("version: ", "version: 9.", 1)
    service.adopt(root, root, service.install(root, newer, actor=BY, at=AT), actor=BY, at=AT)
    assert selectors.pin_for(root, root).overlay == digest
    clash = {**newer, "duties.yaml": newer["duties.yaml"].replace("incident:\n", "incident:\n" + OWN_IN_PLAN, 1)}
    with pytest.raises(PackError) as refused:
        service.adopt(root, root, service.install(root, clash, actor=BY, at=AT), actor=BY, at=AT)
    assert [p.code for p in refused.value.problems] == ["overlay_weakens"]


OWN_IN_PLAN = (
    "  - {id: own_call, on: opened, owes: 告知, by: owner, to: bureau_office, within: 20min, clause: own:product}\n"
)


def test_a_province_that_edits_a_locked_grading_is_refused_at_publishing(root: str) -> None:
    """G0-028."""
    files = service.shipped("cn-tax-system")
    if "\nlocked:" not in files["pack.yaml"]:
        files["pack.yaml"] += "locked: [grading]\n"
    service.adopt(root, root, service.install(root, files, actor=BY, at=AT), actor=BY, at=AT)
    edit = "language: 1\nfor: cn-tax-system\ngrading: {methods: {equipment: {rules: []}}}\n"
    service.draft_overlay(root, root, edit, actor=BY, at=AT)
    with pytest.raises(PackError) as refused:
        service.publish_overlay(root, root, actor=BY, at=AT)
    assert [p.code for p in refused.value.problems] == ["overlay_locked"]


def test_a_province_decides_no_threshold_of_a_locked_grading_either(root: str) -> None:
    files = service.shipped("cn-tax-system")
    if "\nlocked:" not in files["pack.yaml"]:
        files["pack.yaml"] += "locked: [grading]\n"
    digest = service.install(root, files, actor=BY, at=AT)
    province = directory.create_organisation("某省局", "P1", parent=root, actor=BY, at=AT)
    for organisation in (root, province):
        service.adopt(root, organisation, digest, actor=BY, at=AT)
    with pytest.raises(PackError) as refused:
        service.set_reading(root, province, "excess_I", "72h", "省里自定", actor=BY, at=AT)
    assert [p.code for p in refused.value.problems] == ["overlay_locked"]
    service.set_reading(root, root, "excess_I", "72h", "总局定", actor=BY, at=AT)
    service.set_reading(root, province, "investigation_owner", "unit", "省里定", actor=BY, at=AT)


def test_an_organisation_that_adopts_another_plan_begins_without_the_readings_of_the_one_above() -> None:
    """Two plans may use one name for different questions."""
    top = directory.create_organisation("某总局", "ZJ", tier="hq", actor="setup", at=AT)
    tax = service.install(top, service.shipped("cn-tax-system"), actor="setup", at=AT)
    service.adopt(top, top, tax, actor="setup", at=AT)
    service.set_reading(top, top, "investigation_owner", "province", "总局的决定", actor="setup", at=AT)
    below = directory.create_organisation("某数据局", "SJ", parent=top, actor="setup", at=AT)
    other = service.install(top, service.shipped("demo-linjiang"), actor="setup", at=AT)
    service.adopt(top, below, other, actor="setup", at=AT)
    pin = selectors.pin_for(top, below)
    assert selectors.readings(top, pin.readings) == {}
