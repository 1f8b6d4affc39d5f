"""Several people and one plan: unknown facts, two at once, a session that ended, double presses, no script.

The bureau is that of the lives; each story opens a case of its own through the pages.
"""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.web.hands import Room, fill

SITE = "tests.web.worlds:build_s3"
SITE_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SERIOUS = {f"{whom}_{what}": "serious" for whom in ("unit", "public") for what in ("threat", "impact")}


@pytest.fixture
def room(new_page, sign_in):
    return Room(new_page, sign_in)


def test_level_and_clocks_follow_the_facts_and_the_deciding_question_is_asked(room):
    page = room.page("licensing")
    page.goto("/report/")
    preview = page.locator("#preview")
    fill(page, {"f.unit_threat": "serious", "k.unit_threat": "verified"})
    fill(page, {"f.unit_impact": "serious"})
    expect(preview.locator(".verdict .lv")).to_have_count(2)
    expect(preview.locator(".verdict")).to_contain_text("拟Ⅱ级 重大")
    expect(preview.locator(".verdict")).to_contain_text("拟Ⅰ级 特别重大")
    expect(preview.locator(".ask")).to_contain_text("先查清")
    expect(page.locator('[name="k.unit_impact"][value=unverified]')).to_be_checked()
    expect(preview).to_contain_text("先期信息通报给谁")

    fill(page, {"rest_none": "1"})
    expect(preview.locator(".verdict .lv")).to_have_count(1)
    expect(preview.locator(".verdict .lv")).to_contain_text("拟Ⅱ级 重大")
    page.locator('[name="k.unit_impact"][value=unknown]').check(force=True)
    expect(page.locator('[name="f.unit_impact"][value=serious]')).not_to_be_checked()


def test_two_press_the_same_decision_at_once_one_wins_the_other_is_told(room, site, troubles):
    troubles.expect("status of 409")
    number = room.report("licensing", "两人同时定级", SERIOUS)
    room.do("licensing", number, "assess", {"value": "II", "reason": "对照"})
    room.do("licensing", number, "report", {"to": ["group"], "note": "初判"})
    pages = [room.open_act(role, number, "confirm") for role in ("lead", "second")]
    for page, reason in zip(pages, ("牵头人复核", "副牵头人复核"), strict=True):
        fill(page, {"value": "II", "reason": reason})
    for page in pages:
        page.locator("#act #submit").click(no_wait_after=True)
    for page in pages:
        page.wait_for_selector("[data-toast], #refusal")
    lost = [page for page in pages if page.locator("#refusal").count()]
    assert len(lost) == 1
    box = lost[0].locator("#refusal")
    assert box.get_attribute("data-code") == "conflict"
    assert "应急工作组" in box.inner_text()
    assert re.search(r"\d\d:\d\d", box.inner_text())
    assert "复核" in lost[0].locator("[name=reason]").first.input_value()
    case = room.case("licensing", number)
    assert case.locator("#p-timeline li p", has_text="定级 Ⅱ").count() == 1


def test_a_session_that_ended_asks_to_sign_in_and_the_input_is_still_there(room, site, troubles):
    troubles.expect("status of 401")
    number = room.report("licensing", "登录过期", {})
    page = room.open_act("licensing", number, "record")
    fill(page, {"matter": "progress", "note": "写到一半去接电话"})
    page.context.clear_cookies(name="sessionid")
    page.locator("#act #submit").click()
    expect(page.get_by_text("登录已过期，这次没有提交")).to_be_visible()
    page.fill("[name=username]", "licensing")
    page.fill("[name=password]", site.people["licensing"])
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile(r"/act/record/$"))
    expect(page.locator("[name=note]")).to_have_value("写到一半去接电话")
    expect(page.locator('[name=matter][value="progress"]')).to_be_checked()
    page.locator("#act #submit").click()
    expect(page.locator("[data-toast]").first).to_be_visible()
    assert page.locator("#p-timeline li", has_text="写到一半去接电话").count() == 1


def test_a_double_click_writes_one_record(room):
    number = room.report("licensing", "按了两下", {})
    page = room.open_act("licensing", number, "record")
    fill(page, {"matter": "progress", "note": "只该有一条"})
    page.locator("#act #submit").dblclick()
    expect(page.locator("[data-toast]").first).to_be_visible()
    assert page.locator("#p-timeline li", has_text="只该有一条").count() == 1


def test_a_file_of_the_wrong_kind_is_told_and_the_words_stay(room, troubles):
    troubles.expect("status of 422")
    number = room.report("licensing", "传错文件", {})
    page = room.open_act("licensing", number, "record")
    fill(page, {"matter": "progress", "note": "附上日志"})
    page.locator("[name=files]").set_input_files(
        {"name": "日志.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90"}
    )
    page.locator("#act #submit").click()
    expect(page.locator("#refusal")).to_contain_text("日志.pdf")
    expect(page.locator("[name=note]")).to_have_value("附上日志")


def test_everything_works_without_script(room, new_page, sign_in):
    page = new_page(java_script_enabled=False)
    sign_in(page, "licensing")
    page.goto("/report/")
    page.fill("[name=title]", "没有脚本也能报")
    page.select_option("[name=owner]", "office@licensing")
    page.fill("[name=note]", "巡检发现")
    page.locator('[name="f.unit_threat"][value=serious]').check(force=True)
    page.locator('[name="k.unit_threat"][value=verified]').check(force=True)
    page.click("form#report button[name=compute]")
    expect(page.locator("#preview .verdict")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("没有脚本也能报")
    page.click("#submit")
    expect(page.locator(".case-h h1")).to_have_text("没有脚本也能报")
    page.locator("#p-next a[href*='/act/state/']").first.click()
    page.locator('[name="f.unit_impact"][value=serious]').check(force=True)
    page.locator('[name="k.unit_impact"][value=verified]').check(force=True)
    page.fill("[name=source]", "现场查看")
    page.click("#submit")
    expect(page.locator("#p-facts")).to_contain_text("对本单位造成的影响")


def test_what_another_does_comes_by_itself_but_never_under_somebodys_hands(room, site):
    number = room.report("licensing", "各看各的", {})
    page = room.case("admin", number)
    room.do("licensing", number, "state", {"f.shutdown": "yes", "k.shutdown": "verified", "source": "巡检"})
    page.evaluate("htmx.trigger(document.body, 'fs:poll')")
    expect(page.locator("#p-facts table")).to_contain_text("系统停机")

    page.locator("#p-facts header a").focus()
    room.do("licensing", number, "state", {"f.interruption": "yes", "k.interruption": "verified", "source": "巡检"})
    page.evaluate("htmx.trigger(document.body, 'fs:poll')")
    expect(page.locator("#p-facts [data-newer]")).to_have_text("有更新")
    assert "系统中断" not in page.locator("#p-facts table").inner_text()
    page.locator("h1").evaluate("each => { each.tabIndex = -1; each.focus(); }")
    expect(page.locator("#p-facts table")).to_contain_text("系统中断")
    expect(page.locator("#p-facts [data-newer]")).to_have_count(0)


def poll(page):
    """Asks for what changed, and waits until the answer is there."""
    with page.expect_response(re.compile("/p/cases/")):
        page.evaluate("htmx.trigger(document.body, 'fs:poll')")


def test_what_is_marked_or_unfolded_stays_when_another_does_something(room):
    number = room.report("licensing", "正在抄号码", {}, rest_none=False)
    page = room.case("admin", number)
    marked = "() => { const line = document.querySelector('#p-timeline li p').firstChild;"
    marked += " getSelection().selectAllChildren(line.parentNode); return getSelection().toString(); }"
    text = page.evaluate(marked)
    fold = page.locator("#p-facts details.more")
    fold.locator("summary").click()
    page.evaluate("document.activeElement.blur()")
    page.evaluate(marked)
    room.do("licensing", number, "state", {"f.shutdown": "yes", "k.shutdown": "verified", "source": "巡检"})
    poll(page)
    expect(page.locator("#p-facts table")).to_contain_text("系统停机")
    expect(fold).to_have_attribute("open", "")
    assert page.evaluate("getSelection().toString()") == text
    newer = page.locator("#p-timeline [data-newer]")
    expect(newer).to_have_text("有更新")
    newer.click()
    expect(newer).to_have_count(0)
    expect(page.locator("#p-timeline")).to_be_focused()


def test_a_warning_is_issued_answered_and_lifted_from_the_same_pages(room, troubles):
    troubles.expect("status of 422")
    number = room.report("licensing", "组件漏洞在野利用", {}, rest_none=False, kind="warning", note="")
    notice = {
        "o.category": "attack",
        "o.colour": "yellow",
        "o.start": "2026-03-02 09:00",
        "o.range": "许可系统",
        "o.caution": "勿开启来历不明的附件",
        "o.measures": "打补丁",
        "o.measures_time_limit": "24 小时内",
        "o.issuer": "office",
    }
    room.do("licensing", number, "issue", {"value": "yellow", **notice})
    case = room.case("licensing", number)
    expect(case.locator(".case-h .lv").first).to_contain_text("黄色")
    room.do("licensing", number, "activate")
    room.do("licensing", number, "lift", {}, verb="decide")
    room.do("lead", number, "lift", {}, verb="concur")
    expect(room.case("licensing", number).locator(".steps [aria-current=step]")).to_contain_text("解除")
