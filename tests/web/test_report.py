"""Reporting: unknown facts, bounds, the deciding question, what is unset, and what opens a case."""

from django.core.files.uploadedfile import SimpleUploadedFile

from fengsui.cases import models
from tests.world import World

KNOWN = {
    "f.unit_threat": "serious",
    "k.unit_threat": "verified",
    "f.unit_impact": "serious",
    "k.unit_impact": "unverified",
}
REPORT = {"kind": "incident", "title": "许可系统无法登录", "owner": "office@A", "note": "巡检发现", "key": "r1"}


def test_unknown_facts_leave_bounds_and_the_page_asks_for_the_deciding_one(world: World, at_the_page):
    page = at_the_page("owner").post("/p/report/preview", REPORT | KNOWN).content.decode()
    assert "拟Ⅱ级 重大" in page
    assert "拟Ⅰ级 特别重大" in page
    assert "先查清" in page
    assert not models.Case.objects.exists()


def test_what_the_owner_never_decided_is_said_and_nothing_is_computed_from_it(world: World, at_the_page):
    page = at_the_page("owner").post("/p/report/preview", REPORT | KNOWN).content.decode()
    assert "先期信息通报给谁" in page
    assert "待定" in page


def test_without_script_the_level_is_computed_on_the_page_and_nothing_is_stored(world: World, at_the_page):
    answer = at_the_page("owner").post("/report/", REPORT | KNOWN | {"compute": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "拟Ⅱ级 重大" in page
    assert 'value="许可系统无法登录"' in page
    assert not models.Case.objects.exists()


def test_a_report_opens_the_case_and_the_receipt_stands_on_its_page(world: World, at_the_page):
    client = at_the_page("owner")
    answer = client.post("/report/", REPORT | KNOWN | {"rest_none": "1"})
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"]).content.decode()
    assert "许可系统无法登录" in page
    assert "已报告，编号" in page
    assert "已逐项核对，无其他情形" in page
    case = models.Case.objects.get()
    assert case.title == "许可系统无法登录"


def test_the_same_report_sent_twice_opens_one_case(world: World, at_the_page):
    client = at_the_page("owner")
    first, second = (client.post("/report/", REPORT | KNOWN) for _press in range(2))
    assert first["Location"] == second["Location"]
    assert models.Case.objects.count() == 1


def test_what_is_missing_is_said_at_the_head_and_at_the_field_and_stays_typed(world: World, at_the_page):
    typed = {"kind": "incident", "title": "", "note": "写了一半", "k.unit_threat": "verified"}
    answer = at_the_page("other_unit").post("/report/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "有误" in page.split("</title>")[0]
    assert page.count("写一句标题：什么系统，出了什么事") == 2
    assert 'href="#fact-unit_threat"' in page
    assert "写了一半" in page
    assert not models.Case.objects.exists()


def test_a_judgement_wants_its_reason(world: World, at_the_page):
    answer = at_the_page("owner").post("/report/", REPORT | KNOWN | {"note": ""})
    assert answer.status_code == 422
    assert "写明理由" in answer.content.decode()


def test_a_value_of_no_known_kind_is_refused_and_the_rest_is_kept(world: World, at_the_page):
    typed = REPORT | {"f.unit_threat": "terrible", "k.unit_threat": "verified"}
    answer = at_the_page("owner").post("/report/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="许可系统无法登录"' in page
    assert not models.Case.objects.exists()


def test_an_upload_of_the_wrong_kind_is_refused_and_nothing_is_written(world: World, at_the_page):
    wrong = SimpleUploadedFile("截图.png", b"MZ\x90\x00 not a picture", "image/png")
    answer = at_the_page("owner").post("/report/", REPORT | KNOWN | {"files": wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "截图.png" in page
    assert 'value="许可系统无法登录"' in page
    assert not models.Case.objects.exists()


def test_a_warning_is_opened_from_the_same_page(world: World, at_the_page):
    client = at_the_page("owner")
    assert "预警" in client.get("/report/?kind=warning").content.decode()
    typed = {"kind": "warning", "title": "钓鱼短信", "owner": "office@A", "key": "w1"}
    answer = client.post("/report/", typed)
    assert answer.status_code == 302, answer.content.decode()
    assert models.Case.objects.get().kind == "warning"
