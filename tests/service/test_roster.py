"""The roster: shifts by local hours, substitutes and swaps, holes, who is rung, and the hand-over that is signed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from fengsui.cases import models, service
from fengsui.core import timing
from fengsui.core.problems import Refused
from fengsui.directory import selectors as known
from fengsui.directory import service as directory
from fengsui.directory.models import Appointment, Relief, Shift, Swap
from fengsui.ledger.models import Entry
from fengsui.ledger.selectors import verify
from fengsui.notifications import selectors
from fengsui.notifications import service as notifications
from tests.world import BY, ZONE, World

pytestmark = pytest.mark.django_db
UNIT = "office.head@A"
"""The seat of the stories: held by `owner` and `owner_deputy`."""


def moment(text: str) -> datetime:
    return timing.parse_instant(text, ZONE)


def put(world: World, who: str, since: str, until: str, seat: str = UNIT) -> str:
    return directory.put_shift(
        world.organisation, seat, world.people[who], moment(since), moment(until), actor=BY, at=world.now
    )


def fill(world: World, who: tuple[str, ...], **more: object) -> int:
    asked = {"first": date(2024, 1, 10), "weeks": 1, "hours": (time(8),), "turn": "shift"} | more
    people = [world.people[one] for one in who]
    return directory.fill_roster(world.organisation, UNIT, people, actor=BY, at=world.now, **asked)  # type: ignore[arg-type]


def duty(world: World, when: str) -> list[str]:
    """Who is on duty for the seat at a moment of the bureau's zone, by their parts."""
    parts = {id: part for part, id in world.people.items()}
    there = known.on_duty(world.root, world.organisation, moment(when), body="office", place="A")
    return sorted(parts[one.person.id] for one in there)


def run(world: World) -> None:
    for _ in range(20):
        if not service.pass_due(world.now) + service.ring(world.root, world.now) + notifications.follow(world.now):
            return


def told(world: World, who: str, part: str) -> int:
    return sum(part in row.subject for row in selectors.notices(world.people[who]))


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.problem.code


class TestShifts:
    def test_a_shift_over_midnight_begins_and_ends_at_its_very_moments(self, world: World) -> None:
        put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00")
        put(world, "owner_deputy", "2024-01-11 08:00", "2024-01-11 20:00")
        assert duty(world, "2024-01-10 19:59") == []
        assert duty(world, "2024-01-10 20:00") == duty(world, "2024-01-11 00:00") == ["owner"]
        assert duty(world, "2024-01-11 07:59") == ["owner"]
        assert duty(world, "2024-01-11 08:00") == ["owner_deputy"]

    def test_a_pattern_takes_people_in_turn_by_the_hours_of_the_organisations_zone(self, world: World) -> None:
        assert fill(world, ("owner", "owner_deputy"), hours=(time(20), time(8))) == 14
        assert duty(world, "2024-01-10 09:00") == ["owner"]
        assert duty(world, "2024-01-10 21:00") == ["owner_deputy"]
        assert duty(world, "2024-01-11 09:00") == ["owner"]
        first = Shift.objects.order_by("since")[0]
        assert first.since.astimezone(ZoneInfo("UTC")).hour == 0, "eight in the bureau is midnight in UTC"

    def test_a_pattern_by_weeks_changes_people_only_with_the_week(self, world: World) -> None:
        assert fill(world, ("owner", "owner_deputy"), weeks=2, turn="week") == 14
        assert duty(world, "2024-01-10 09:00") == duty(world, "2024-01-17 07:59") == ["owner"]
        assert duty(world, "2024-01-17 08:00") == ["owner_deputy"]

    def test_where_clocks_are_put_forward_a_shift_is_shorter_and_there_is_no_gap(self, world: World) -> None:
        same = {"name": "甲市监管局", "name_en": "", "tier": "", "outlines_from_opening": False}
        there = (world.root, world.organisation)
        directory.change_organisation(*there, zone="Europe/Berlin", actor=BY, at=world.now, **same)
        fill(world, ("owner", "owner_deputy"), first=date(2024, 3, 30), hours=(time(8), time(20)))
        rows = list(Shift.objects.order_by("since"))
        lengths = [(row.until - row.since) / timedelta(hours=1) for row in rows]
        assert lengths[1] == 11 and lengths.count(12) == 13
        assert all(one.until == after.since for one, after in zip(rows, rows[1:], strict=False))

    def test_two_may_be_on_duty_but_nobody_twice(self, world: World) -> None:
        put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00")
        put(world, "owner_deputy", "2024-01-10 22:00", "2024-01-11 06:00")
        assert duty(world, "2024-01-10 23:00") == ["owner", "owner_deputy"]
        with pytest.raises(Refused) as refused:
            put(world, "owner", "2024-01-11 07:00", "2024-01-11 09:00")
        assert code(refused) == "bad_input" and "已有班" in refused.value.problem.message("zh")

    def test_the_same_form_sent_twice_fills_once(self, world: World) -> None:
        key = "018cf000-0000-7000-8000-000000000001"
        assert fill(world, ("owner",), key=key) == 7
        assert fill(world, ("owner",), key=key) == 0
        assert Shift.objects.count() == 7

    @pytest.mark.parametrize(("until", "why"), [("2024-01-10 19:00", "晚于起时"), ("2024-03-01 08:00", "最长 14 日")])
    def test_a_shift_has_a_length_that_can_be(self, world: World, until: str, why: str) -> None:
        with pytest.raises(Refused) as refused:
            put(world, "owner", "2024-01-10 20:00", until)
        assert why in refused.value.problem.message("zh")

    def test_a_seat_the_plan_does_not_know_is_no_seat(self, world: World) -> None:
        with pytest.raises(Refused) as refused:
            put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00", seat="office.porter@A")
        assert code(refused) == "no_such_name"

    def test_what_is_given_up_is_over_and_still_known(self, world: World) -> None:
        coming = put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00")
        running = put(world, "owner_deputy", "2024-01-10 08:00", "2024-01-10 20:00")
        for id in (coming, running):
            directory.give_up_shift(world.root, id, actor=BY, at=world.now)
        assert duty(world, "2024-01-10 09:00") == duty(world, "2024-01-10 21:00") == []
        assert Shift.objects.get(pk=running).until == world.now
        (row,) = known.shifts(world.root, world.organisation, moment("2024-01-10 00:00"), moment("2024-01-12 00:00"))
        assert row.id == running, "who was on duty this morning stays in the roster"

    def test_a_roster_is_cleared_from_a_moment_on(self, world: World) -> None:
        fill(world, ("owner",))
        done = directory.clear_roster(world.organisation, UNIT, moment("2024-01-14 00:00"), actor=BY, at=world.now)
        assert done == 3 and duty(world, "2024-01-13 12:00") == ["owner"] and duty(world, "2024-01-14 12:00") == []

    def test_every_change_is_in_the_ledger_and_its_chain_holds(self, world: World) -> None:
        fill(world, ("owner",))
        row = Shift.objects.order_by("since")[1]
        directory.substitute(world.root, row.pk, world.people["sysadmin"], actor=BY, at=world.now)
        types = set(Entry.objects.filter(root=world.root).values_list("type", flat=True))
        assert {"roster_filled", "shift_substituted"} <= types
        assert verify(world.root, "administration").ok


class TestWhoStandsIn:
    def test_a_substitute_holds_a_seat_of_the_same_body_or_was_lent_one(self, world: World) -> None:
        put(world, "sysadmin", "2024-01-10 20:00", "2024-01-11 08:00")
        assert Shift.objects.get().kind == "substitute"
        with pytest.raises(Refused) as refused:
            put(world, "centre", "2024-01-10 20:00", "2024-01-11 08:00")
        assert "不在这个机构任职" in refused.value.problem.message("zh")
        lent = {"document": "授权书 3 号", "until": moment("2024-02-01 00:00"), "person": world.people["centre"]}
        directory.delegate(world.organisation, UNIT, actor=BY, at=world.now, **lent)
        put(world, "centre", "2024-01-10 20:00", "2024-01-11 08:00")
        assert duty(world, "2024-01-10 21:00") == ["centre", "sysadmin"]

    def test_a_substitute_takes_over_a_running_shift_from_now(self, world: World) -> None:
        id = put(world, "owner", "2024-01-10 08:00", "2024-01-10 20:00")
        world.at("2024-01-10 12:00")
        directory.substitute(world.root, id, world.people["owner_deputy"], actor=BY, at=world.now)
        assert duty(world, "2024-01-10 11:59") == ["owner"]
        assert duty(world, "2024-01-10 12:00") == duty(world, "2024-01-10 19:59") == ["owner_deputy"]

    def test_who_left_or_was_moved_away_is_not_on_duty(self, world: World) -> None:
        put(world, "owner", "2024-01-10 08:00", "2024-01-10 20:00")
        directory.deactivate(world.people["owner"], actor=BY, at=world.now)
        assert duty(world, "2024-01-10 09:30") == []
        (hole,) = known.holes(world.root, world.organisation, moment("2024-01-10 10:00"), moment("2024-01-10 12:00"))
        assert (hole.seat.text, hole.since) == (UNIT, moment("2024-01-10 10:00"))


class TestSwaps:
    def swap(self, world: World, **more: str) -> tuple[str, str, str]:
        mine = put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00")
        theirs = put(world, "owner_deputy", "2024-01-12 20:00", "2024-01-13 08:00")
        to = world.people["owner_deputy"]
        asked = directory.ask_swap(world.root, mine, to, actor=world.people["owner"], at=world.now, **more)
        return mine, theirs, asked

    def answer(self, world: World, swap: str, who: str = "owner_deputy", accept: bool = True) -> None:
        directory.answer_swap(world.root, swap, accept=accept, actor=world.people[who], at=world.now)

    def test_a_shift_is_taken_over_only_when_the_other_accepts(self, world: World) -> None:
        _, _, asked = self.swap(world)
        assert duty(world, "2024-01-10 21:00") == ["owner"]
        self.answer(world, asked)
        assert duty(world, "2024-01-10 21:00") == ["owner_deputy"]
        assert Swap.objects.get().state == "accepted"

    def test_a_shift_against_a_shift(self, world: World) -> None:
        mine = put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00")
        theirs = put(world, "owner_deputy", "2024-01-12 20:00", "2024-01-13 08:00")
        to = world.people["owner_deputy"]
        asked = directory.ask_swap(world.root, mine, to, other=theirs, actor=world.people["owner"], at=world.now)
        self.answer(world, asked)
        assert duty(world, "2024-01-10 21:00") == ["owner_deputy"]
        assert duty(world, "2024-01-12 21:00") == ["owner"]

    def test_declined_or_withdrawn_it_changes_nothing_and_is_over(self, world: World) -> None:
        _, _, asked = self.swap(world)
        self.answer(world, asked, accept=False)
        with pytest.raises(Refused):
            self.answer(world, asked)
        mine = Shift.objects.order_by("since")[0].pk
        to = world.people["owner_deputy"]
        again = directory.ask_swap(world.root, mine, to, actor=world.people["owner"], at=world.now)
        directory.withdraw_swap(world.root, again, actor=world.people["owner"], at=world.now)
        with pytest.raises(Refused):
            self.answer(world, again)
        assert duty(world, "2024-01-10 21:00") == ["owner"]

    def test_nobody_answers_for_another_or_offers_a_shift_of_another(self, world: World) -> None:
        mine, theirs, asked = self.swap(world)
        for who in ("owner", "sysadmin", "group"):
            with pytest.raises(Refused) as refused:
                self.answer(world, asked, who)
            assert code(refused) == "absent"
        with pytest.raises(Refused) as refused:
            directory.ask_swap(world.root, theirs, world.people["sysadmin"], actor=world.people["owner"], at=world.now)
        assert code(refused) == "absent"

    def test_it_lapses_when_the_shift_went_to_somebody_else(self, world: World) -> None:
        mine, _, asked = self.swap(world)
        directory.substitute(world.root, mine, world.people["sysadmin"], actor=BY, at=world.now)
        assert Swap.objects.get().state == "lapsed"
        with pytest.raises(Refused):
            self.answer(world, asked)
        assert duty(world, "2024-01-10 21:00") == ["sysadmin"]

    def test_it_cannot_be_accepted_when_the_shift_is_over(self, world: World) -> None:
        _, _, asked = self.swap(world)
        world.at("2024-01-11 08:00")
        with pytest.raises(Refused) as refused:
            self.answer(world, asked)
        assert "班次已过" in refused.value.problem.message("zh")


class TestHoles:
    def found(self, world: World, since: str, until: str, **more: str) -> list[tuple[str, str]]:
        rows = known.holes(world.root, world.organisation, moment(since), moment(until), **more)
        said = [(timing.show_instant(one.since, ZONE), timing.show_instant(one.until, ZONE)) for one in rows]
        return said

    def test_a_seat_without_a_roster_has_no_hole(self, world: World) -> None:
        assert self.found(world, "2024-01-10 00:00", "2024-01-17 00:00") == []

    def test_what_nobody_covers_between_two_shifts_and_after_the_last_is_a_hole(self, world: World) -> None:
        put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00")
        put(world, "owner_deputy", "2024-01-11 20:00", "2024-01-12 08:00")
        holes = [("2024-01-11 08:00", "2024-01-11 20:00"), ("2024-01-12 08:00", "2024-01-13 00:00")]
        assert self.found(world, "2024-01-10 00:00", "2024-01-13 00:00") == holes
        assert self.found(world, "2024-01-10 00:00", "2024-01-13 00:00", body="group") == []

    def test_a_shift_of_who_leaves_in_the_middle_of_it_is_a_hole_from_then(self, world: World) -> None:
        put(world, "owner", "2024-01-10 08:00", "2024-01-11 08:00")
        row = Appointment.objects.get(person=world.people["owner"])
        leaves = moment("2024-01-10 18:00")
        directory.end_appointment(row.pk, actor=BY, at=world.now, until=leaves)
        assert self.found(world, "2024-01-10 09:00", "2024-01-11 08:00") == [("2024-01-10 18:00", "2024-01-11 08:00")]
        assert duty(world, "2024-01-10 17:59") == ["owner"] and duty(world, "2024-01-10 18:00") == []

    def test_a_roster_given_up_long_ago_is_no_roster_any_more(self, world: World) -> None:
        put(world, "owner", "2024-01-10 20:00", "2024-01-11 08:00")
        assert self.found(world, "2024-02-01 00:00", "2024-02-02 00:00")
        assert self.found(world, "2024-03-01 00:00", "2024-03-02 00:00") == []

    def test_it_is_a_finding(self, world: World) -> None:
        put(world, "owner", "2024-01-10 08:00", "2024-01-10 20:00")
        (found,) = [one for one in selectors.findings(world.root, world.now) if one.code == "roster_hole"]
        assert "值班" in found.zh and len(found.ids) == 1


class TestWhoIsRung:
    NEW = "研判事件等级"

    def test_without_a_roster_everybody_who_holds_the_seat(self, world: World) -> None:
        world.open("group")
        run(world)
        assert told(world, "owner", self.NEW) == told(world, "owner_deputy", self.NEW) == 1

    def test_with_one_who_is_on_duty_and_a_seat_without_a_roster_as_before(self, world: World) -> None:
        put(world, "owner_deputy", "2024-01-10 08:00", "2024-01-10 20:00")
        world.open("group")
        run(world)
        assert told(world, "owner", self.NEW) == 0 and told(world, "owner_deputy", self.NEW) == 1
        assert told(world, "sysadmin", self.NEW) == 1, "another seat of the unit, without a roster"

    def test_in_a_hole_everybody_again(self, world: World) -> None:
        put(world, "owner_deputy", "2024-01-10 20:00", "2024-01-11 08:00")
        world.open("group")
        run(world)
        assert told(world, "owner", self.NEW) == told(world, "owner_deputy", self.NEW) == 1

    def test_a_swap_that_was_accepted_changes_who_is_rung(self, world: World) -> None:
        mine = put(world, "owner", "2024-01-10 08:00", "2024-01-10 20:00")
        to = world.people["owner_deputy"]
        asked = directory.ask_swap(world.root, mine, to, actor=world.people["owner"], at=world.now)
        directory.answer_swap(world.root, asked, accept=True, actor=to, at=world.now)
        world.open("group")
        run(world)
        assert told(world, "owner", self.NEW) == 0 and told(world, "owner_deputy", self.NEW) == 1

    def test_a_substitute_of_another_seat_is_rung(self, world: World) -> None:
        directory.appoint(world.people["nobody"], "office", post="sysadmin", place="B", actor=BY, at=world.now)
        put(world, "nobody", "2024-01-10 08:00", "2024-01-10 20:00")
        world.open("group")
        run(world)
        assert told(world, "nobody", self.NEW) == 1 and told(world, "owner", self.NEW) == 0

    def test_overdue_and_urgent_everybody_is_rung_and_not_before(self, world: World) -> None:
        case = world.open("owner")
        world.at("+1min").submit("owner", case, "assess", value="II", reason="长时间中断")
        for act, more in (("confirm", {"value": "II", "reason": "同意"}), ("activate", {"value": "II"}), ("end", {})):
            world.at("+1min").submit("group", case, act, **more)
        run(world)
        due = models.Obligation.objects.get(case=case.case, duty="O21").due
        assert due is not None
        since = due - timedelta(days=3)
        on = world.people["group_second"]
        for start in (since, since + timedelta(days=2), since + timedelta(days=4)):
            until = start + timedelta(days=2)
            directory.put_shift(world.organisation, "group.lead", on, start, until, actor=BY, at=world.now)
        world.now = due - timedelta(minutes=10)
        run(world)
        assert told(world, "group", "还有 10分钟") == 0 and told(world, "group_second", "还有 10分钟") == 1
        world.now = due + timedelta(minutes=10)
        run(world)
        assert told(world, "group", "已逾期 10分钟") == told(world, "group_second", "已逾期 10分钟") == 1

    def test_a_roster_gives_nobody_a_right_and_takes_none(self, world: World) -> None:
        put(world, "sysadmin", "2024-01-10 08:00", "2024-01-10 20:00")
        before = known.seats_of(world.people["sysadmin"], world.now)
        assert [seat.text for seat in before] == ["office.sysadmin@A"]
        case = world.open("owner")
        assert world.at("+1min").submit("owner", case, "assess", value="III", reason="影响局部")


class TestRelief:
    def test_what_stands_open_is_handed_over_and_signed_once_by_the_next(self, world: World) -> None:
        case = world.open("owner")
        run(world)
        me, to = world.people["owner"], world.people["owner_deputy"]
        notifications.hand_over(me, world.organisation, UNIT, to, "主库正在重建", at=world.now)
        row = Relief.objects.get()
        assert row.listed and {number for number, _key in row.listed} == {case.number}
        assert told(world, "owner_deputy", "交班") == 1
        for who in ("owner", "group"):
            with pytest.raises(Refused):
                directory.sign_relief(world.root, row.pk, actor=world.people[who], at=world.now)
        directory.sign_relief(world.root, row.pk, actor=to, at=world.at("+3min").now)
        row.refresh_from_db()
        assert row.signed_at == world.now
        directory.sign_relief(world.root, row.pk, actor=to, at=world.at("+9min").now)
        assert Relief.objects.get().signed_at == row.signed_at, "pressed twice"

    def test_it_goes_to_somebody_of_the_same_body(self, world: World) -> None:
        with pytest.raises(Refused) as refused:
            notifications.hand_over(
                world.people["owner"], world.organisation, UNIT, world.people["leader"], "", at=world.now
            )
        assert code(refused) == "bad_input"


def test_a_roster_that_nobody_goes_on_with_is_one_for_a_month(world: World) -> None:
    put(world, "owner", "2024-01-12 08:00", "2024-01-26 08:00")
    over = moment("2024-01-26 08:00") + timedelta(days=31)
    assert [one.id for one in known.rostered(world.root, over - timedelta(seconds=1))] == [world.organisation]
    assert not known.rostered(world.root, over)


def test_nothing_of_another_root_is_found_or_changed(world: World) -> None:
    id = put(world, "owner", "2024-01-10 08:00", "2024-01-10 20:00")
    outsider = world.neighbour()
    there = known.person(outsider)
    assert there is not None and there.root != world.root
    assert known.on_duty(there.root, world.organisation, world.now) == ()
    assert known.holes(there.root, world.organisation, world.now, world.now + timedelta(days=7)) == ()
    for refuse in (
        lambda: directory.give_up_shift(there.root, id, actor=outsider, at=world.now),
        lambda: directory.substitute(world.root, id, outsider, actor=BY, at=world.now),
        lambda: directory.ask_swap(world.root, id, outsider, actor=world.people["owner"], at=world.now),
    ):
        with pytest.raises(Refused):
            refuse()
