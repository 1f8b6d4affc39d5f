"""The pages of the roster: whose it is to read and to fill, swaps and hand-overs by forms; one story in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import expect

from fengsui.core import timing
from fengsui.directory import selectors as known
from fengsui.directory import service as directory
from fengsui.directory.models import Relief, Shift, Swap
from fengsui.ledger.ids import new_id
from tests.support.axe import violations
from tests.web.test_session import after_sign_in
from tests.web.test_walk import narrow_enough
from tests.world import BY, ZONE, World

UNIT = "office.head@A"
Pages = Callable[..., Client]


def put(world: World, who: str, since: str, until: str, seat: str = UNIT) -> str:
    moments = (timing.parse_instant(text, ZONE) for text in (since, until))
    return directory.put_shift(world.organisation, seat, world.people[who], *moments, actor=BY, at=world.now)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


class TestReading:
    def test_the_week_shows_shifts_and_holes_and_who_is_on_duty_now(self, world: World, at_the_page: Pages) -> None:
        put(world, "owner", "2024-01-10 09:30", "2024-01-10 20:00")
        put(world, "owner_deputy", "2024-01-10 20:00", "2024-01-11 08:00")
        page = text(at_the_page("owner"), "/roster/")
        assert "甲处另一负责人" in page and "无人值班" in page and "我的班" in page
        assert "2024-01-08" in page, "the week begins on its Monday"
        before = text(at_the_page("owner"), "/roster/?week=2024-01-01").partition("p-week")[2].partition("p-now")[0]
        assert "甲处另一负责人" not in before

    def test_a_night_that_began_before_the_week_says_its_first_day(self, world: World, at_the_page: Pages) -> None:
        put(world, "owner", "2024-01-14 20:00", "2024-01-15 08:00")
        shown = [
            re.sub(r"<[^>]+>", "", text(at_the_page("owner"), f"/roster/?week={monday}"))
            for monday in ("2024-01-08", "2024-01-15")
        ]
        assert "20:00–01-15 08:00" in shown[0] and "01-14 20:00–01-15 08:00" not in shown[0].partition("这一周")[2]
        assert "01-14 20:00–01-15 08:00" in shown[1].partition("这一周")[2]

    def test_who_has_no_seat_and_no_office_has_no_roster(self, world: World, at_the_page: Pages) -> None:
        for address in ("/roster/", "/roster/handover/", "/roster/fill/"):
            assert at_the_page("nobody").get(address).status_code == 404
        assert 'href="/roster/"' not in text(at_the_page("nobody"), "/me/")

    def test_a_contractor_sees_no_roster_but_his_own_bodys(self, world: World, at_the_page: Pages) -> None:
        put(world, "owner", "2024-01-10 09:30", "2024-01-10 20:00")
        page = text(at_the_page("vendor"), "/roster/")
        assert "甲处负责人" not in page and "还没有班表" in page

    def test_another_organisations_roster_is_absent(self, world: World, at_the_page: Pages) -> None:
        other = directory.create_organisation("丙市监管局", "BS", actor=BY, at=world.now)
        for who in ("owner", "security", "auditor"):
            assert at_the_page(who).get(f"/roster/?org={other}").status_code == 404
            assert at_the_page(who).get(f"/roster/fill/?org={other}").status_code == 404

    def test_what_is_open_is_that_of_the_roster_shown_and_for_who_reads_cases(
        self, world: World, at_the_page: Pages
    ) -> None:
        world.open("owner")
        below = directory.create_organisation("下属单位", "XS", parent=world.root, actor=BY, at=world.now)
        assert "研判" in text(at_the_page("auditor"), "/roster/handover/")
        there = text(at_the_page("auditor"), f"/roster/handover/?org={below}")
        assert "下属单位" in there and "研判" not in there and "没有未了义务" in there
        assert "未了义务" not in text(at_the_page("security"), "/roster/handover/")

    def test_how_others_answered_is_for_who_keeps_the_roster(self, world: World, at_the_page: Pages) -> None:
        put(world, "owner", "2024-01-09 20:00", "2024-01-10 20:00")
        put(world, "owner_deputy", "2024-01-09 20:00", "2024-01-10 20:00")
        assert "应答记录" in text(at_the_page("auditor"), "/roster/")
        put(world, "sysadmin", "2024-01-09 20:00", "2024-01-10 20:00")
        own = text(at_the_page("sysadmin"), "/roster/").partition("p-answers")[2]
        assert "甲处信息系统管理员" in own and "甲处负责人" not in own


class TestFilling:
    ASKED = {"do": "fill", "first": "2024-01-11", "weeks": "2", "hours": "08:00 20:00", "turn": "shift"}

    def seat(self, seat: str = UNIT) -> str:
        return f"/roster/fill/?seat={seat}"

    def test_the_security_administrator_fills_and_takes_back(self, world: World, at_the_page: Pages) -> None:
        client = at_the_page("security")
        asked = {**self.ASKED, "who1": world.people["owner"], "who2": world.people["owner_deputy"]}
        assert client.post(self.seat(), asked).status_code == 302
        assert Shift.objects.count() == 28
        row = Shift.objects.order_by("since")[1]
        client.post(self.seat(), {"do": "substitute", "id": row.pk, "to": world.people["sysadmin"]})
        assert Shift.objects.get(instead=row.pk).kind == "substitute"
        client.post(self.seat(), {"do": "clear", "since": "2024-01-11 00:00"})
        seen = known.shifts(world.root, world.organisation, world.now, world.now + timedelta(days=20))
        assert seen == ()

    def test_what_is_wrong_stands_at_the_form_with_what_was_typed(self, world: World, at_the_page: Pages) -> None:
        asked = {**self.ASKED, "who1": world.people["owner"], "hours": "eight"}
        answer = at_the_page("security").post(self.seat(), asked)
        assert answer.status_code == 422 and "不是时刻" in answer.content.decode()
        assert "eight" in answer.content.decode() and not Shift.objects.exists()

    def test_the_head_of_a_body_fills_for_his_own_unit_alone(self, world: World, at_the_page: Pages) -> None:
        client = at_the_page("owner")
        asked = {**self.ASKED, "who1": world.people["sysadmin"]}
        assert client.post(self.seat("office.sysadmin@A"), asked).status_code == 302
        for seat in ("office.head@B", "group.lead"):
            assert client.post(self.seat(seat), asked).status_code == 404
        assert set(Shift.objects.values_list("place", flat=True)) == {"A"}

    def test_a_shift_of_another_seat_is_not_touched_from_here(self, world: World, at_the_page: Pages) -> None:
        other = put(world, "group", "2024-01-10 20:00", "2024-01-11 08:00", "group.lead")
        answer = at_the_page("owner").post(self.seat(), {"do": "give_up", "id": other})
        assert answer.status_code == 404

    def test_who_reads_and_does_not_keep_is_told_whose_it_is(self, world: World, at_the_page: Pages) -> None:
        auditor = at_the_page("auditor")
        assert "安全管理员" in text(auditor, "/roster/fill/")
        assert auditor.post(self.seat(), self.ASKED).status_code == 403
        assert at_the_page("sysadmin").get("/roster/fill/").status_code == 404


class TestSwapsAndReliefs:
    def test_asked_seen_and_accepted(self, world: World, at_the_page: Pages) -> None:
        mine = put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00")
        asker, other = at_the_page("owner"), at_the_page("owner_deputy")
        asked = {"do": "ask", "id": mine, "with": f"p:{world.people['owner_deputy']}", "note": "晚上有事"}
        assert asker.post("/roster/", asked).status_code == 302
        page = text(other, "/roster/")
        assert "晚上有事" in page and "同意" in page
        id = Swap.objects.get().pk
        assert asker.post("/roster/", {"do": "accept", "id": id}).status_code == 404, "not by who asked"
        assert other.post("/roster/", {"do": "accept", "id": id}).status_code == 302
        (on,) = known.on_duty(world.root, world.organisation, timing.parse_instant("2024-01-10 21:00", ZONE))
        assert on.person.id == world.people["owner_deputy"]
        assert "同意换班" in text(asker, "/me/")

    def test_what_no_page_of_ours_posts_or_asks_is_absent(self, world: World, at_the_page: Pages) -> None:
        mine = put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00")
        client = at_the_page("owner")
        asked = {"do": "ask", "id": mine, "with": f"p:{world.people['owner_deputy']}"}
        for wrong in ({"id": "x" * 40}, {"do": "else"}):
            assert client.post("/roster/", asked | wrong).status_code == 404, wrong
        for wrong in ({"with": "p:nobody"}, {"with": "s:"}):
            assert client.post("/roster/", asked | wrong).status_code == 422, wrong
        assert client.post("/roster/", asked | {"note": "\0"}).status_code == 400
        for address in ("?week=today", "?week=0001-01-01", "?month=2024-13", "?month=9999-12", "?org=else"):
            assert client.get(f"/roster/{address}").status_code == 404, address
        assert not Swap.objects.exists()

    def test_a_shift_is_handed_over_with_what_is_open_and_signed(self, world: World, at_the_page: Pages) -> None:
        world.open("owner")
        put(world, "owner", "2024-01-10 09:00", "2024-01-10 20:00")
        me, to = at_the_page("owner"), at_the_page("owner_deputy")
        assert "研判" in text(me, "/roster/handover/")
        assert "门户网站无法访问" in text(me, "/roster/handover/"), "a shift has several cases: each line names its own"
        asked = {"do": "hand", "seat": UNIT, "to": world.people["owner_deputy"], "note": "主库在重建"}
        assert to.post("/roster/handover/", asked).status_code == 422, "he is not on duty"
        assert not Relief.objects.exists()
        assert me.post("/roster/handover/", asked).status_code == 302
        row = Relief.objects.get()
        assert row.listed and "主库在重建" in text(to, "/roster/handover/")
        assert me.post("/roster/handover/", {"do": "sign", "id": row.pk}).status_code == 404
        assert to.post("/roster/handover/", {"do": "sign", "id": row.pk}).status_code == 302
        row.refresh_from_db()
        assert isinstance(row.signed_at, datetime)

    def test_what_is_pressed_a_minute_after_the_shift_is_not_lost(
        self, world: World, at_the_page: Pages, clock: Callable[[World], None]
    ) -> None:
        put(world, "owner", "2024-01-10 09:00", "2024-01-10 20:00")
        me = at_the_page("owner")
        clock(world.at("+12h"))
        asked = {"do": "hand", "seat": UNIT, "to": world.people["owner_deputy"], "note": "主库在重建"}
        me.force_login(get_user_model().objects.get(username=f"{world.root[-6:]}-owner"))
        answer = me.post("/roster/handover/", asked)
        page = answer.content.decode()
        assert answer.status_code == 422 and "现在不是你的班" in page
        assert "主库在重建" in page.partition('id="alone"')[2]
        assert not Relief.objects.exists()

    def test_a_line_break_is_one_character_and_a_note_too_long_stays_in_its_form(
        self, world: World, at_the_page: Pages
    ) -> None:
        put(world, "owner", "2024-01-10 09:00", "2024-01-10 20:00")
        me = at_the_page("owner")
        asked = {"do": "hand", "seat": UNIT, "to": world.people["owner_deputy"]}
        lines = "\r\n".join(["一"] * 1000)
        answer = me.post("/roster/handover/", asked | {"note": lines + "多了"})
        assert answer.status_code == 422 and "超过 2000 字" in answer.content.decode()
        assert "多了</textarea>" in answer.content.decode() and 'id="alone"' not in answer.content.decode()
        assert me.post("/roster/handover/", asked | {"note": lines}).status_code == 302
        assert Relief.objects.get().note == lines.replace("\r\n", "\n")

    def test_a_refused_hand_over_and_a_refused_swap_keep_their_words(self, world: World, at_the_page: Pages) -> None:
        put(world, "owner", "2024-01-10 09:00", "2024-01-10 20:00")
        later = put(world, "owner", "2024-01-11 09:00", "2024-01-11 20:00")
        me = at_the_page("owner")
        hand = {"do": "hand", "seat": UNIT, "to": world.people["owner"], "note": "交给自己"}
        answer = me.post("/roster/handover/", hand)
        assert answer.status_code == 422 and "交给自己</textarea>" in answer.content.decode()
        assert "交给同一机构的另一个人" in answer.content.decode()
        ask = {"do": "ask", "id": later, "with": f"p:{world.people['owner']}", "note": "晚上有事"}
        answer = me.post("/roster/", ask)
        assert answer.status_code == 422 and 'value="晚上有事"' in answer.content.decode()
        gone = me.post("/roster/", ask | {"id": new_id(world.now)})
        assert gone.status_code == 422 and "晚上有事" in gone.content.decode().partition('id="alone"')[2]

    def test_words_typed_before_a_session_ended_stand_in_their_form_again(
        self, world: World, at_the_page: Pages
    ) -> None:
        put(world, "owner", "2024-01-10 09:00", "2024-01-10 20:00")
        later = put(world, "owner", "2024-01-11 09:00", "2024-01-11 20:00")
        to = world.people["owner_deputy"]
        hand = {"do": "hand", "seat": UNIT, "to": to, "note": "主库在重建"}
        assert "主库在重建</textarea>" in after_sign_in(world, "owner", "/roster/handover/", hand)
        ask = {"do": "ask", "id": later, "with": f"p:{to}", "note": "晚上有事"}
        page = after_sign_in(world, "owner", "/roster/", ask)
        assert 'value="晚上有事"' in page and f'value="p:{to}" selected' in page
        assert not Relief.objects.exists() and not Swap.objects.exists()

    def test_signed_twice_is_signed_once(self, world: World, at_the_page: Pages) -> None:
        put(world, "owner", "2024-01-10 09:00", "2024-01-10 20:00")
        at_the_page("owner").post("/roster/handover/", {"do": "hand", "seat": UNIT, "to": world.people["owner_deputy"]})
        row, to = Relief.objects.get(), at_the_page("owner_deputy")
        assert to.post("/roster/handover/", {"do": "sign", "id": row.pk}).status_code == 302
        row.refresh_from_db()
        first = row.signed_at
        assert to.post("/roster/handover/", {"do": "sign", "id": row.pk}).status_code == 302
        row.refresh_from_db()
        assert row.signed_at == first
        assert at_the_page("owner").post("/roster/handover/", {"do": "sign", "id": row.pk}).status_code == 404


def test_a_swap_is_accepted_on_a_phone_and_a_shift_handed_over_is_signed_at_a_desk(
    site, new_page, phone, sign_in, troubles
) -> None:
    sign_in(phone, "zhiban")
    phone.goto("/me/")
    phone.get_by_role("main").get_by_role("link", name="值班", exact=True).click()
    expect(phone.locator("#p-mine .tag.ok").first).to_have_text("在班")
    asked = phone.locator("#p-swaps > .rows > li").first
    expect(asked).to_contain_text("待答复")
    asked.get_by_role("button", name="同意", exact=True).click()
    expect(phone.locator("#p-swaps")).to_contain_text("已同意")
    phone.get_by_role("link", name="交接班").first.click()
    expect(phone.locator("#p-open .obs > li").first).to_be_visible()
    phone.get_by_label("交代的话").fill("主库还在重建，九点给省里回电")
    phone.get_by_role("button", name="交班").click()
    expect(phone.locator("#p-last")).to_contain_text("未签收")
    assert not violations(phone) and narrow_enough(phone)
    desk = new_page()
    sign_in(desk, "zhuren")
    desk.get_by_role("navigation", name="主导航").get_by_role("link", name="值班").click()
    assert not violations(desk) and narrow_enough(desk)
    desk.get_by_role("link", name="交接班").first.click()
    expect(desk.locator("#p-waiting")).to_contain_text("九点给省里回电")
    desk.get_by_role("button", name="签收").click()
    expect(desk.locator("#p-last")).to_contain_text("✓")
    desk.goto("/roster/fill/?seat=cyber_office.duty_officer")
    form = desk.locator("#f-put")
    form.get_by_label("值班人").select_option(index=0)
    form.get_by_label("起").fill("2030-01-01 08:00")
    form.get_by_label("止").fill("2030-01-02 08:00")
    form.get_by_role("button", name="加班").click()
    expect(desk.locator("#receipts")).to_contain_text("班表已改")
    assert not violations(desk) and narrow_enough(desk)


def test_the_pages_of_the_roster_are_english_and_sound(site, new_page, sign_in, troubles) -> None:
    page = new_page(locale="en")
    sign_in(page, "zhuren")
    for address, heading in (("", "Roster"), ("handover/", "Shift hand-over"), ("fill/", "Fill the roster")):
        page.goto(f"/roster/{address}")
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert not violations(page) and narrow_enough(page)
    page.goto("/roster/fill/?seat=cyber_office.duty_officer")
    row = page.locator("#p-coming .rows > li").filter(has=page.locator("summary")).first
    row.locator("summary").click()
    row.get_by_role("button", name="Remove").click()
    expect(page.locator("#receipts")).to_contain_text("Recorded")
    assert not violations(page)
