"""The record: what may be seen by whom, what is pinned, what is rebuilt, what a changed byte gives away."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.forms.models import model_to_dict

from fengsui.cases import models, service
from fengsui.cases import selectors as cases
from fengsui.cases.selectors import log
from fengsui.cases.service import Upload
from fengsui.core.case import Act, Actor, ByWord, Registration
from fengsui.core.problems import Refused
from fengsui.directory import service as directory
from fengsui.library import selectors as library_of
from fengsui.library import service as library
from tests.world import BY, World

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 10


def rows(world: World) -> list[object]:
    """Return every projected row as values, without what only the worker remembers."""
    worker = ("id", "rung_at", "next_rung")
    kept = [*models.Case.objects.all(), *models.Obligation.objects.all(), *models.Involved.objects.all()]
    data = [model_to_dict(row) for row in kept]
    found = [{key: value for key, value in row.items() if key not in worker} for row in data]
    return sorted(found, key=str)


def a_running_case(world: World) -> service.Receipt:
    """A case at level II under response, with free text, files and an overdue watch time."""
    case = world.open("owner", facts={"important_system": "yes"}, note="第一次来电")
    world.at("+5min").submit("owner", case, "assess", value="II", reason="长时间中断")
    world.at("+1min").submit("owner", case, "report", to=("group",), note="已电话报告")
    world.at("+1min").submit("group", case, "confirm", value="II", reason="同意")
    world.at("+1min").submit("group", case, "activate", value="II")
    return case


def test_a_rebuild_gives_the_same_rows(world: World) -> None:
    case = a_running_case(world)
    world.at("+2h")
    service.pass_due(world.now)
    before = rows(world)
    service.rebuild(world.root, case.case)
    assert rows(world) == before


def test_rows_that_were_damaged_come_back_out_of_the_log(world: World) -> None:
    case = a_running_case(world)
    before = rows(world)
    models.Obligation.objects.filter(case=case.case).delete()
    models.Involved.objects.filter(case=case.case).delete()
    models.Case.objects.filter(pk=case.case).update(level="I", phase="closed", open_count=0, next_at=None)
    service.rebuild(world.root, case.case)
    assert rows(world) == before


@pytest.mark.parametrize("place", ["content", "order", "digest", "gap", "head"])
def test_a_changed_log_is_found(world: World, place: str) -> None:
    case = a_running_case(world)
    ref = world.ref("owner", case)
    assert ref is not None and cases.verify(ref, world.now).whole
    event = models.Event.objects.get(case=case.case, seq=3)
    if place == "content":
        event.body["content"]["level"] = "IV"
        event.save()
    elif place == "order":
        event.body["at"] = "2024-01-09T01:00:00Z"
        event.save()
    elif place == "digest":
        models.Event.objects.filter(pk=event.pk).update(digest="sha256:" + "0" * 64)
    elif place == "gap":
        event.delete()
    else:
        models.Event.objects.filter(case=case.case).order_by("-seq")[0].delete()
    check = cases.verify(ref, world.now)
    assert not check.whole and check.broken_at is not None


def test_the_log_of_a_tampered_case_is_not_gone_on_with(world: World) -> None:
    case = a_running_case(world)
    event = models.Event.objects.get(case=case.case, seq=3)
    event.body["content"]["level"] = "IV"
    event.save()
    with pytest.raises(Refused) as refused:
        world.submit("owner", case, "record", note="接着写")
    assert refused.value.problem.code == "bad_log"


def test_absent_and_forbidden_look_the_same(world: World) -> None:
    case = world.open("owner")
    outsider = world.neighbour()
    at = world.now
    assert cases.case_for(outsider, case.number, at) is None
    assert cases.case_for(outsider, "JS-2024-9999", at) is None
    assert cases.case_for(world.people["nobody"], case.number, at) is None
    assert not cases.cases(outsider, {}, None, at).rows and not cases.desk(outsider, at).obligations
    codes = []
    for id in (case.case, "0190a5d1-0000-7000-8000-000000000000"):
        with pytest.raises(Refused) as refused:
            world.people["outsider"] = outsider
            world.submit("outsider", id, "record", note="路过")
        codes.append(refused.value.problem)
    assert codes[0] == codes[1] and codes[0].code == "absent"


def test_an_outside_body_sees_a_case_from_the_event_that_brings_it_in(world: World) -> None:
    case = world.open("owner")
    assert world.ref("vendor", case) is None
    world.at("+1min").submit("owner", case, "report", to=("vendor",), note="请到场")
    assert world.ref("vendor", case) is not None
    other = world.at("+1min").open("owner", title="与专业机构无关")
    assert world.ref("vendor", other) is None


def test_a_chain_brings_in_whose_signature_it_wants_and_a_duty_that_is_not_owed_brings_in_nobody(world: World) -> None:
    case = world.open("owner")
    assert not models.Involved.objects.filter(party__in=("vendor", "city_net_office", "leading_group")).exists()
    for act, more in (("assess", {"value": "IV"}), ("confirm", {"value": "IV"}), ("activate", {"value": "IV"})):
        world.at("+1min").submit("owner", case, act, reason="照办", **more)
    assert world.ref("vendor", case) is None
    signed = world.at("+1h").submit("owner", case, "end", verb="sign", reason="恢复")
    assert world.ref("vendor", case) is not None
    assert models.Involved.objects.get(party="vendor").since_seq == signed.seq
    before = rows(world)
    service.rebuild(world.root, case.case)
    assert rows(world) == before


def test_an_auditor_reads_everything_and_may_do_nothing(world: World) -> None:
    case = world.open("owner")
    ref = world.ref("auditor", case)
    assert ref is not None
    page = cases.case_page(world.people["auditor"], ref, world.now)
    assert page.events and not any(offer.allowed for offer in page.offers)
    with pytest.raises(Refused):
        world.submit("auditor", case, "record", note="审计意见")


def test_a_superior_sees_outlines_from_the_first_report_up(world: World) -> None:
    below = directory.create_organisation("下属单位", "XS", parent=world.root, actor=BY, at=world.now)
    library.adopt(world.root, below, world.pack, actor=BY, at=world.now)
    directory.create_unit(world.root, below, "office", "Z", "下属处室", actor=BY, at=world.now)
    person = directory.create_person(below, "下属单位的人", actor=BY, at=world.now)
    directory.appoint(person, "office", post="head", place="Z", actor=BY, at=world.now)
    case = service.open_case(person, below, kind="incident", title="下属单位的事", owner="office@Z", at=world.now)
    seen = cases.cases(world.people["leader"], {}, None, world.now).rows
    assert not seen
    world.people["below"] = person
    world.at("+1min").submit("below", case, "report", to=("leading_group",), note="报上级")
    (row,) = cases.cases(world.people["leader"], {}, None, world.now).rows
    assert row.outline and row.number == case.number and row.title == ""
    assert world.ref("leader", case) is None


def test_a_reading_decided_later_does_not_move_a_running_case(world: World) -> None:
    case = world.open("owner")
    pinned = models.Case.objects.get(pk=case.case).pin
    world.at("+1min")
    library.set_reading(
        world.root, world.root, "watch.immediately", "5min", "改短", actor=world.people["bureau_office"], at=world.now
    )
    later = world.open("owner", title="新的一件")
    row = models.Case.objects.get(pk=case.case)
    assert row.pin == pinned != models.Case.objects.get(pk=later.case).pin
    watch = models.Obligation.objects.get(case=row, duty="O3").data["watch_at"]
    assert watch == "2024-01-10T01:15:00Z"
    world.at("+1min").submit("owner", case, "assess", value="IV", reason="仍按原解读")


def test_free_text_and_files_lie_beside_the_log_and_can_be_erased_without_breaking_the_chain(world: World) -> None:
    case = world.open("owner", title="含个人信息的标题")
    note = "联系人某某，电话某某"
    upload = Upload("勒索信.png", PNG, "image/png")
    receipt = world.at("+1min").submit("owner", case, "record", note=note, files=(upload,))
    bodies = str([event.body for event in models.Event.objects.all()])
    assert note not in bodies and "含个人信息的标题" not in bodies
    file = models.File.objects.get(case=case.case)
    stored = Path(settings.DATA_DIR) / "files" / world.root / file.pk[-2:] / file.pk
    assert stored.read_bytes() == PNG and file.digest == upload.digest
    ref = world.ref("owner", case)
    assert ref is not None
    assert note in str(cases.case_page(world.people["owner"], ref, world.now).events)
    count = service.erase(
        case.case, receipt.seq, reason="依申请删除", actor=world.people["security"], at=world.now + timedelta(days=1)
    )
    assert count == 2 and not stored.exists()
    assert note not in str(cases.case_page(world.people["owner"], ref, world.now).events)
    assert cases.verify(ref, world.now).whole


def test_a_long_file_name_is_cut_before_its_ending_and_what_no_database_keeps_is_refused(world: World) -> None:
    case = world.open("owner")
    name = "【紧急】" + "很长的邮件主题" * 40 + ".png"
    world.submit("owner", case, "record", note="附件", files=(Upload(name, PNG, "image/" + "x" * 200),))
    kept = models.File.objects.get(case=case.case)
    assert len(kept.name) == 200 and kept.name.endswith(".png") and len(kept.media_type) == 120
    with pytest.raises(Refused) as refused:
        world.at("+1min").submit("owner", case, "record", note="告警\x00原文")
    assert refused.value.problem.code == "bad_input"


def test_only_the_security_administrator_erases(world: World) -> None:
    case = world.open("owner", note="留着")
    with pytest.raises(Refused) as refused:
        service.erase(case.case, 1, reason="顺手", actor=world.people["owner"], at=world.now)
    assert refused.value.problem.code == "not_your_office"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("程序.exe", b"MZ" + b"0" * 20),
        ("图.png", b"MZ" + b"0" * 20),
        ("空.pdf", b""),
        ("日志.log", b"\0\1\2"),
        ("无扩展名", b"x"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_written(
    world: World, name: str, content: bytes
) -> None:
    case = world.open("owner")
    before = models.Event.objects.count()
    with pytest.raises(Refused) as refused:
        world.submit("owner", case, "record", note="附件", files=(Upload(name, content),))
    assert refused.value.problem.code == "bad_file" and name in refused.value.problem.message("zh")
    assert models.Event.objects.count() == before and not models.File.objects.exists()


@pytest.mark.parametrize(
    ("act", "more", "code"),
    [
        ("state", {"facts": {"important_system": "maybe"}}, "bad_act"),
        ("state", {"facts": {"nonsense": "yes"}}, "bad_act"),
        ("assess", {"value": "VII", "reason": "写错"}, "bad_act"),
        ("confirm", {"value": "II", "reason": "太早"}, "out_of_order"),
        ("end", {}, "out_of_order"),
        ("juggle", {}, "bad_act"),
    ],
)
def test_invalid_input_is_told_and_leaves_no_row_behind(world: World, act: str, more: dict, code: str) -> None:
    case = world.open("owner")
    before = (models.Event.objects.count(), models.Beside.objects.count(), models.Submission.objects.count())
    with pytest.raises(Refused) as refused:
        world.submit("owner", case, act, **more)
    assert refused.value.problem.code == code
    after = (models.Event.objects.count(), models.Beside.objects.count(), models.Submission.objects.count())
    assert before == after


def test_what_happened_earlier_is_written_down_with_both_times(world: World) -> None:
    case = world.open("owner")
    happened = world.now + timedelta(minutes=3)
    world.at("+30min").submit("owner", case, "report", to=("group",), note="当时电话报告", happened_at=happened)
    event = world.fold(case).event(2)
    assert (event.at, event.recorded_at) == (happened, world.now)
    with pytest.raises(Refused) as refused:
        world.submit("owner", case, "report", to=("group",), note="明天", happened_at=world.now + timedelta(days=1))
    assert refused.value.problem.code == "future_time"
    with pytest.raises(Refused) as refused:
        world.submit("owner", case, "report", to=("group",), note="昨天", happened_at=world.now - timedelta(days=1))
    assert refused.value.problem.code == "bad_time"


def test_a_reading_set_on_the_standing_case_governs_the_cases_to_come(world: World) -> None:
    standing = world.open("bureau_office", kind="standing", title="预案在用", owner=None)
    world.at("+1min").submit(
        "bureau_office", standing, "set", reading="watch.immediately", value="5min", reason="值班实践"
    )
    assert library_of.book_for(world.root, world.root).text_of("watch.immediately") == "5min"
    (decision, *_rest) = library_of.decisions(world.root, world.root)
    assert decision.actor == world.people["bureau_office"] and decision.reason == "值班实践"
    later = world.at("+1min").open("owner")
    watch = models.Obligation.objects.get(case=later.case, duty="O3").data["watch_at"]
    assert watch == "2024-01-10T01:07:00Z"


def test_a_rebase_is_an_event_and_moves_the_pin(world: World) -> None:
    case = world.open("owner")
    old = models.Case.objects.get(pk=case.case).pin_digest
    library.set_reading(world.root, world.root, "watch.immediately", "5min", "改短", actor=BY, at=world.now)
    world.at("+1min").submit("bureau_office", case, "rebase", reason="改用新的提醒时间")
    row = models.Case.objects.get(pk=case.case)
    assert world.fold(case).events[-1].type == "rebased" and row.pin_digest != old
    assert models.Obligation.objects.get(case=row, duty="O3").data["watch_at"] == "2024-01-10T01:05:00Z"
    world.at("+1min").submit("owner", case, "assess", value="IV", reason="照新的办")
    ref = world.ref("owner", case)
    assert ref is not None and cases.verify(ref, world.now).whole


def test_what_nobody_decided_is_settled_for_one_case_and_asked_of_the_plan(world: World) -> None:
    case = world.open("owner")
    ref = world.ref("bureau_office", case)
    assert ref is not None
    page = cases.case_page(world.people["bureau_office"], ref, world.now)
    unset = {row.name: row for row in page.readings}
    assert unset["inform_whom"].link is not None
    world.at("+1min").submit(
        "bureau_office", case, "settle", reading="inform_whom", value="bureau_office", reason="今夜先这样办"
    )
    row = models.Obligation.objects.get(case=case.case, duty="O31")
    assert row.to == ["bureau_office"]
    assert models.Obligation.objects.filter(case=case.case, data__source="settle", live=True).exists()
    assert "inform_whom" not in library_of.readings(world.root, library_of.pin_for(world.root, world.root).readings)


def test_a_word_of_mouth_counts_at_once_and_is_to_be_signed(world: World) -> None:
    case = world.open("owner")
    world.at("+1min").submit("owner", case, "assess", value="II", reason="长时间中断")
    word = ByWord("电话", world.now, (world.people["owner"], world.people["centre"]), world.people["group"])
    world.at("+2min").submit(
        "owner", case, "confirm", value="II", reason="同意", seat=world.seat("group.lead"), by_word=word
    )
    assert world.fold(case).level == "II"
    owed = models.Obligation.objects.get(case=case.case, data__source="countersign")
    assert owed.live and owed.due == world.now - timedelta(minutes=2) + timedelta(hours=24)
    target = str(owed.data["trigger"])
    world.at("+1h").submit("group", case, "confirm", answer="countersign", target=target)
    owed.refresh_from_db()
    assert owed.state == "met"


def test_the_paper_of_a_body_outside_is_registered_by_hash(world: World) -> None:
    case = world.open("owner")
    paper = Registration("sha256:" + "a" * 64, "2024-01-10", "某负责人", "传真", "2024-7")
    seat = world.seat("city_net_office")
    world.at("+1min").submit("owner", case, "acknowledge", target="1", seat=seat, registered=paper)
    event = world.fold(case).events[-1]
    assert event.registered_by == world.people["owner"] and "某负责人" not in str(event.body())
    ref = world.ref("owner", case)
    assert ref is not None
    assert "某负责人" in str(cases.case_page(world.people["owner"], ref, world.now).events[0].detail)


def test_a_year_of_the_work_calendar_published_later_moves_estimated_due_times_by_an_event() -> None:
    at = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
    root = directory.create_organisation("某局", "CAL", actor=BY, at=at)
    digest = library.install(root, library.shipped("demo-linjiang"), actor=BY, at=at)
    library.adopt(root, root, digest, actor=BY, at=at)
    office = directory.create_person(root, "应急办主任", actor=BY, at=at)
    directory.appoint(office, "cyber_office", post="head", actor=BY, at=at)
    case = service.open_case(office, root, kind="standing", title="在用", at=at)
    service.submit(case.case, Act("drill", Actor(office)), actor=office, at=at)
    owed = models.Obligation.objects.get(case=case.case, duty="drill_report")
    assert owed.data["estimated"] and owed.due == datetime(2027, 1, 11, 16, 0, tzinfo=UTC)
    assert service.pass_due(at + timedelta(minutes=1)) == 0
    library.publish_year(root, 2027, [date(2027, 1, 1)], [], "国办发明电", actor=BY, at=at)
    service.pass_due(at + timedelta(minutes=2))
    owed.refresh_from_db()
    assert not owed.data["estimated"] and owed.due == datetime(2027, 1, 12, 16, 0, tzinfo=UTC)
    row = models.Case.objects.get(pk=case.case)
    assert log.fold(root, case.case).events[-1].type == "calendar_applied"
    assert row.pin["calendar"] == library_of.current_calendar(root)
    assert service.pass_due(at + timedelta(minutes=3)) == 0
    service.submit(case.case, Act("record", Actor(office), note="新历之下"), actor=office, at=at + timedelta(hours=1))
