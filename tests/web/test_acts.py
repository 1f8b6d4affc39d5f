"""Acting: refusals with clause and rightful body, who was first, double presses, papers, words, what is kept."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.world import World

SERIOUS = dict.fromkeys(("unit_threat", "unit_impact", "public_threat", "public_impact"), "serious")


@pytest.fixture
def case(world: World):
    """A case whose preliminary level is II."""
    opened = world.open("owner", facts=SERIOUS, rest_none=True, note="判断")
    world.at("+1min").submit("owner", opened, "assess", value="II", reason="对照")
    world.at("+1min")
    return opened


@pytest.fixture
def answering(world: World, case, clock):
    """The case under response II, a few minutes later."""
    world.submit("group", case, "confirm", value="II", reason="复核")
    world.at("+1min").submit("group", case, "activate")
    world.at("+1min")
    clock(world)
    return case


def act(client, case, name, data=None, **part):
    query = "&".join(f"{key}={value}" for key, value in part.items())
    return client.post(f"/cases/{case.number}/act/{name}/" + (f"?{query}" if query else ""), data or {})


def test_what_belongs_to_others_is_refused_with_clause_and_the_body_that_may(world, answering, at_the_page):
    seq = world.fold(answering).seq
    answer = act(at_the_page("other_unit"), answering, "end", {"confirm": "0001", "note": "我以为可以"})
    page = answer.content.decode()
    assert answer.status_code in (404, 422)
    answer = act(at_the_page("owner"), answering, "end", {"confirm": "0001", "note": "我以为可以"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'data-code="not_yours"' in page
    assert "应急工作组" in page
    assert "第四篇 三(二)" in page
    assert "我以为可以" in page
    assert world.fold(answering).seq == seq


def test_an_act_out_of_order_is_refused_and_says_what_comes_first(world, case, clock, at_the_page):
    clock(world)
    answer = act(at_the_page("group"), case, "end", {"confirm": "0001"})
    assert answer.status_code == 422
    assert 'data-code="out_of_order"' in answer.content.decode()


def test_who_presses_second_is_told_who_was_first_and_keeps_what_was_typed(world, case, clock, at_the_page):
    clock(world)
    seen = str(world.fold(case).seq)
    typed = {"value": "II", "reason": "复核一致", "seen": seen}
    first = act(at_the_page("group"), case, "confirm", typed | {"key": "one"})
    second = act(at_the_page("group_second"), case, "confirm", typed | {"key": "two", "reason": "我也复核了"})
    assert first.status_code == 302
    assert second.status_code == 409
    page = second.content.decode()
    assert "别人先做了" in page
    assert "应急工作组" in page
    assert "我也复核了" in page
    assert [event.type for event in world.fold(case).events].count("confirmed") == 1


def test_a_double_press_writes_once_and_shows_the_same_receipt(world, answering, at_the_page):
    client = at_the_page("owner")
    typed = {"matter": "progress", "note": "已断网", "key": "same"}
    codes = []
    for _press in range(2):
        answer = act(client, answering, "record", typed)
        assert answer.status_code == 302
        page = client.get(answer["Location"]).content.decode()
        codes.append(page.split('class="toast"')[1].split('class="mono">')[1][:8])
    assert codes[0] == codes[1]
    assert [event.type for event in world.fold(answering).events].count("recorded") == 1


def test_evidence_of_the_wrong_kind_is_refused_and_the_words_are_kept(world, answering, at_the_page):
    seq = world.fold(answering).seq
    wrong = SimpleUploadedFile("日志.pdf", b"<html>no pdf</html>", "application/pdf")
    answer = act(at_the_page("owner"), answering, "record", {"matter": "progress", "note": "附日志", "files": wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "日志.pdf" in page
    assert "附日志" in page
    assert world.fold(answering).seq == seq


def test_a_time_that_is_no_time_or_lies_ahead_is_said_at_its_field(world, answering, at_the_page):
    client = at_the_page("owner")
    ahead = f"{world.now + timedelta(days=2):%Y-%m-%d %H:%M}"
    for written, said in (("昨天夜里", "不是时刻"), (ahead, "晚于现在")):
        answer = act(client, answering, "record", {"matter": "progress", "note": "补记", "happened_at": written})
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_a_late_entry_shows_both_times(world, answering, at_the_page):
    client = at_the_page("owner")
    answer = act(
        client, answering, "record", {"matter": "progress", "note": "电话先报", "happened_at": "2024-01-10 09:02"}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert "补记" in client.get(f"/cases/{answering.number}/").content.decode()


def test_a_word_of_mouth_is_registered_by_two_and_leaves_a_signature_owed(world, answering, at_the_page):
    client = at_the_page("centre")
    form = client.get(f"/cases/{answering.number}/act/end/").content.decode()
    assert "登记口头意见" in form
    typed = {
        "by_word": "1",
        "word.seat": "group.lead",
        "word.by": world.people["group"],
        "word.at": "2024-01-10 09:03",
        "word.means": "电话",
        "word.second": world.people["owner"],
        "confirm": answering.number.rsplit("-", 1)[-1],
    }
    answer = act(client, answering, "end", typed)
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(f"/cases/{answering.number}/").content.decode()
    assert "补签" in page


def test_a_paper_is_registered_by_its_hash_and_a_wrong_scan_is_refused(world, answering, at_the_page):
    client, seq = at_the_page("owner"), world.fold(answering).seq
    typed = {
        "registered": "1",
        "register_for": "vendor",
        "paper.date": "2024-01-10",
        "paper.signed_by": "驻场负责人",
        "matter": "progress",
        "note": "服务机构书面意见",
    }
    wrong = SimpleUploadedFile("意见.pdf", b"no scan", "application/pdf")
    answer = act(client, answering, "record", typed | {"paper.file": wrong})
    assert answer.status_code == 422
    assert "不是 PDF、PNG 或 JPEG" in answer.content.decode()
    assert world.fold(answering).seq == seq
    scan = SimpleUploadedFile("意见.pdf", b"%PDF-1.7 \n%%EOF", "application/pdf")
    answer = act(client, answering, "record", typed | {"paper.file": scan})
    assert answer.status_code == 302, answer.content.decode()


def test_an_irreversible_act_wants_the_number_and_lists_what_follows(world, answering, at_the_page):
    client = at_the_page("group")
    page = client.get(f"/cases/{answering.number}/act/end/").content.decode()
    assert "不能撤回" in page
    assert "调查处理和总结评估" in page
    answer = act(client, answering, "end", {"confirm": "9999"})
    assert answer.status_code == 422
    assert "确认后不能撤回" in answer.content.decode()


def test_a_mild_warning_is_issued_without_the_number(world, at_the_page, clock):
    case = world.open("owner", kind="warning", facts={"class": "attack"})
    clock(world.at("+1min"))
    form = {"colour": "blue", "start": "2024-01-10 08:30", "issuer": "group", "category": "attack"}
    form |= dict.fromkeys(("range", "caution", "measures", "measures_time_limit"), "自拟")
    client = at_the_page("owner")
    assert 'id="sure"' not in client.get(f"/cases/{case.number}/act/issue/?value=blue").content.decode()
    typed = {f"o.{name}": value for name, value in form.items()} | {"value": "blue"}
    answer = act(client, case, "issue", typed)
    assert answer.status_code == 302, answer.content.decode()


def test_every_act_of_every_kind_has_a_page(world, answering, at_the_page):
    from fengsui.core.case import ACTS

    client = at_the_page("group")
    for name in ACTS["incident"]:
        if name == "open":
            continue
        answer = client.get(f"/cases/{answering.number}/act/{name}/")
        assert answer.status_code == 200, name
    assert client.get(f"/cases/{answering.number}/act/dance/").status_code == 404
