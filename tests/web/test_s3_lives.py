"""The plan of the finance regulator, played whole in the browser at each of its four levels.

Each life: report, preliminary level, confirmation, activation, progress, outside notice where the plan asks for one,
the end in the way of its level, the investigation report within thirty days, archive. On the way the page refuses what
the plan refuses, with the clause and the body that may.
"""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.support.browser import DESKTOP, PHONE
from tests.web.hands import Room, tick

SITE = "tests.web.worlds:build_s3"
SITE_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

DEGREE = {"I": "extremely_serious", "II": "serious", "III": "rather_serious", "IV": "some"}
SUMMARY = {
    "o.cause": "外联口令泄露",
    "o.nature": "有害程序",
    "o.impact": "许可业务中断",
    "o.responsibility": "处室管理不严",
    "o.opinion": "通报批评",
    "o.improvement": "双因素登录",
}
PAPER = {
    "registered": "1",
    "register_for": "vendor",
    "paper.date": "2026-03-02",
    "paper.signed_by": "驻场负责人",
    "paper.hash": "ab" * 32,
}


@pytest.fixture(params=[DESKTOP, PHONE], ids=["1440", "390"])
def room(request, new_page, sign_in):
    return Room(new_page, sign_in, viewport=request.param)


def begin(room: Room, level: str) -> str:
    """Report, preliminary level, confirmation: who does it is the plan's word for this level."""
    facts = {f"{whom}_{what}": DEGREE[level] for whom in ("unit", "public") for what in ("threat", "impact")}
    number = room.report("licensing", f"行政许可系统遭勒索加密（{level}）", facts)
    room.do("licensing", number, "assess", {"value": level, "reason": "对照分级标准"})
    if level in ("I", "II"):
        room.do("licensing", number, "report", {"to": ["group"], "note": "初判结果"})
        room.do("lead", number, "confirm", {"value": level, "reason": "复核一致"})
    else:
        room.do("licensing", number, "confirm", {"value": level, "reason": "复核一致"})
    return number


def finish(room: Room, site, number: str, investigator: str, told: str) -> None:
    """Investigation report within thirty days, handed in, archived."""
    site.advance(days=10)
    room.do(investigator, number, "investigate", SUMMARY)
    room.do(investigator, number, "report", {"to": [told], **_blank(room, investigator, number)})
    room.do(investigator, number, "close")
    page = room.case(investigator, number)
    expect(page.locator(".steps [aria-current=step]")).to_contain_text("归档")
    expect(page.locator("#p-timeline .ok").first).to_contain_text("链完整")
    open_rows = page.locator("#p-obligations li:not([data-s=done]) .what").all_inner_texts()
    assert "调查处理和总结评估" not in open_rows
    done = page.locator("#p-obligations li", has_text="调查处理和总结评估").first
    expect(done).to_have_attribute("data-s", "done")
    expect(done).to_contain_text("早")


def _blank(room: Room, role: str, number: str) -> dict[str, str]:
    """The form of the summary, where the page asks for it again."""
    page = room.open_act(role, number, "report")
    return SUMMARY if page.locator('[name="o.cause"]').count() else {}


def test_level_I_is_ended_by_proposal_and_approval(room, site, troubles):
    troubles.expect("status of 422")
    number = begin(room, "I")

    code, words = room.refused("chief", number, "activate", {})
    assert code == "needs_interpretation"
    assert "Ⅰ级响应由谁启动" in words
    room.do("office", number, "settle", {"reading": "starter_of_I", "value": "leading_group", "reason": "局务会口径"})
    room.do("chief", number, "activate", {})

    room.do("licensing", number, "record", {"matter": "progress", "note": "已断网"})
    room.do("licensing", number, "report", {"to": ["group"], "note": "已断网，正在恢复"})
    room.do("lead", number, "record", {"matter": "major_matter", "note": "涉及公众数据"})
    room.do("lead", number, "report", {"to": ["city_net_office", "city_net_police"], "note": "通报重大事项"})

    code, words = room.refused("licensing", number, "end")
    assert code == "not_yours"
    assert "应急工作组" in words
    code, words = room.refused("chief", number, "end", {}, verb="approve")
    assert code == "wait_for"
    assert "应急工作组" in words

    assert "领导小组" in room.do("lead", number, "end", {}, verb="propose")
    page = room.case("chief", number)
    expect(page.locator("#p-approvals .appr")).to_contain_text("应急工作组")
    room.do("chief", number, "end", {}, verb="approve")
    expect(room.case("chief", number).locator(".steps [aria-current=step]")).to_contain_text("结束")
    finish(room, site, number, "lead", "leading_group")


def test_level_II_is_ended_by_the_working_group_alone(room, site, troubles):
    troubles.expect("status of 422")
    number = begin(room, "II")
    room.do("lead", number, "activate", {})
    room.do("licensing", number, "record", {"matter": "progress", "note": "处置中"})
    room.do("licensing", number, "report", {"to": ["group"], "note": "事态变化"})
    room.do("lead", number, "record", {"matter": "major_matter", "note": "波及两个处室"})
    recipients = ["leading_group", "city_net_office", "city_net_police"]
    room.do("lead", number, "report", {"to": recipients, "note": "通报重大事项"})

    code, words = room.refused("lead", number, "adjust", {"value": "III", "reason": "影响减小"})
    assert code == "not_given"
    assert "正文没有级别和响应的调整" in words

    room.do("lead", number, "end", {})
    finish(room, site, number, "lead", "leading_group")


def test_level_III_is_decided_by_the_office_and_agreed_by_the_group(room, site, troubles):
    troubles.expect("status of 422")
    number = begin(room, "III")
    room.do("licensing", number, "activate", {})
    room.do("licensing", number, "record", {"matter": "progress", "note": "处置中"})
    room.do("licensing", number, "report", {"to": ["group"], "note": "事态变化"})

    code, words = room.refused("markets", number, "assess", {"value": "III", "reason": "旁处室看法"})
    assert code == "not_yours"
    assert "机构处" in words

    room.do("licensing", number, "end", {}, verb="decide")
    code, words = room.refused("licensing", number, "end", {}, verb="concur")
    assert code in ("not_yours", "wait_for")
    assert "应急工作组" in words
    room.do("lead", number, "end", {}, verb="concur")
    finish(room, site, number, "licensing", "group")


def test_level_IV_is_ended_by_three_signatures_one_of_them_on_paper(room, site, troubles):
    troubles.expect("status of 422")
    number = begin(room, "IV")
    room.do("licensing", number, "activate", {})
    room.do("licensing", number, "record", {"matter": "progress", "note": "处置中"})
    room.do("licensing", number, "report", {"to": ["group"], "note": "汇报进展"})
    handled = {"o.start": "2026-03-02 09:30", "o.measures": "重启服务", "o.result": "恢复"}
    room.do("licensing", number, "step", handled, step="IV.record")

    room.do("licensing", number, "end", {}, verb="sign")
    code, words = room.refused("licensing", number, "end", PAPER, verb="sign")
    assert code == "no_second_person"
    assert "另一人" in words
    room.do("admin", number, "end", PAPER, verb="sign")
    room.do("centre", number, "end", {}, verb="sign")
    finish(room, site, number, "licensing", "group")


def test_a_warning_asks_once_more_with_what_follows_from_the_colour_that_is_chosen(room, site, troubles):
    """The colour is free until the button is pressed: the dialog fetches the consequences of each choice."""
    number = room.report("licensing", "境外扫描激增", {}, rest_none=False, kind="warning")
    page = room.open_act("lead", number, "issue")
    dialog = page.locator("dialog#sure")
    for colour, mine, other in (("orange", "密切关注", "保持通信联络畅通"), ("red", "保持通信联络畅通", "密切关注")):
        tick(page.locator(f'main form [name="value"][value="{colour}"]'))
        page.locator("#act #submit").click()
        expect(dialog.locator("#follows")).to_contain_text(mine)
        expect(dialog.locator("#follows")).not_to_contain_text(other)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    tick(page.locator('main form [name="value"][value="orange"]'))
    page.locator("#act #submit").click()
    expect(dialog.locator("#follows")).to_contain_text("密切关注")
    dialog.get_by_role("button", name="返回").click()
    expect(page.locator('main form [name="value"][value="orange"]')).to_be_checked()
