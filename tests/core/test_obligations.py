"""What is owed and how it stands: the states of language 5.2, the time model, and the hardest examples of 5.3."""

from __future__ import annotations

from dataclasses import fields

from fengsui.core.book import Book
from fengsui.core.case import Case
from fengsui.core.obligations import Obligation, next_moment, owed
from tests.core.story import at, book, case

OWNER = {"body": "office@A"}
TO_GROUP = {**OWNER, "to": ["group"]}


def duties(*lines: str, kind: str = "incident") -> str:
    return f"{kind}:\n" + "".join(f"  - {{{line}, clause: c}}\n" for line in lines)


def only(plan: Book, story: Case, moment: str, duty: str = "D") -> Obligation:
    found = [o for o in owed(plan, story, at(moment)) if o.duty == duty]
    assert len(found) == 1, found
    return found[0]


def state(plan: Book, story: Case, moment: str, duty: str = "D") -> str:
    return only(plan, story, moment, duty).state


HOUR = duties("id: D, on: opened, owes: 报告, by: owner, to: group, within: 1h")


class TestHardLimits:
    def test_is_open_until_the_due_instant_and_overdue_a_second_later(self) -> None:
        plan, story = book(duties=HOUR), case(("09:00", "opened"))
        assert state(plan, story, "10:00") == "open"
        assert state(plan, story, "10:00:01") == "overdue"
        assert only(plan, story, "09:30").due == at("10:00")

    def test_the_due_instant_itself_is_in_time(self) -> None:
        plan = book(duties=HOUR)
        assert state(plan, case(("09:00", "opened"), ("10:00", "reported", TO_GROUP)), "11:00") == "met"
        assert state(plan, case(("09:00", "opened"), ("10:00:01", "reported", TO_GROUP)), "11:00") == "late"

    def test_a_report_recorded_later_counts_from_when_it_was_made(self) -> None:
        story = case(("09:00", "opened"), ("09:50", "reported", {**TO_GROUP, "recorded": "10:30"}))
        assert state(book(duties=HOUR), story, "11:00") == "met"

    def test_somebody_elses_report_or_another_addressee_does_not_discharge(self) -> None:
        plan = book(duties=HOUR)
        other = case(("09:00", "opened"), ("09:10", "reported", {"body": "office@B", "to": ["group"]}))
        elsewhere = case(("09:00", "opened"), ("09:10", "reported", {**OWNER, "to": ["city"]}))
        assert state(plan, other, "09:30") == state(plan, elsewhere, "09:30") == "open"

    def test_thirty_days_end_at_midnight_of_the_thirtieth(self) -> None:
        plan = book(
            duties=duties("id: D, on: ended, owes: 总结, by: owner, to: group, within: 30d, done_by: investigated")
        )
        story = case(("2024-01-31 16:00", "opened"), ("2024-01-31 16:00", "ended", OWNER))
        assert only(plan, story, "2024-02-01 09:00").due == at("2024-03-01 24:00")
        done = case(
            ("2024-01-31 16:00", "opened"),
            ("2024-01-31 16:00", "ended", OWNER),
            ("2024-03-01 23:59:59", "investigated", OWNER),
        )
        assert state(plan, done, "2024-03-02 09:00") == "met"

    def test_working_days_skip_the_holiday_and_count_the_make_up_day(self) -> None:
        plan = book(duties=duties("id: D, on: done, owes: 备案, by: owner, to: group, within: 5 working days"))
        story = case(("2019-09-27 10:00", "opened"), ("2019-09-27 10:00", "recorded", {**OWNER, "matter": "done"}))
        found = only(plan, story, "2019-09-28 09:00")
        assert (found.due, found.estimated) == (at("2019-10-10 24:00"), False)

    def test_a_due_time_beyond_the_calendar_is_marked_estimated(self) -> None:
        plan = book(duties=duties("id: D, on: opened, owes: 备案, by: owner, to: group, within: 5 working days"))
        assert only(plan, case(("2031-03-03 10:00", "opened")), "2031-03-03 11:00").estimated


class TestSoftWords:
    SOFT = duties("id: D, on: opened, owes: 报告, by: owner, to: group, within: immediately")
    WORDS = "soft_words: {immediately: 立即}\n"

    def test_never_becomes_overdue_and_without_watch_time_only_ages(self) -> None:
        plan = book(duties=self.SOFT, readings=self.WORDS)
        found = only(plan, case(("09:00", "opened")), "2024-02-10 09:00")
        assert (found.state, found.kind, found.word, found.due) == ("open", "soft", "immediately", None)

    def test_passes_the_owners_watch_time_and_a_late_report_is_still_met(self) -> None:
        plan = book({"watch.immediately": "15min"}, duties=self.SOFT, readings=self.WORDS)
        assert state(plan, case(("09:00", "opened")), "09:15") == "open"
        assert state(plan, case(("09:00", "opened")), "09:15:01") == "watch_passed"
        assert state(plan, case(("09:00", "opened"), ("09:40", "reported", TO_GROUP)), "10:00") == "met"


class TestRecipients:
    TWO = duties("id: D, on: opened, owes: 报告, by: owner, to: [group, city], within: 1h")

    def test_is_met_when_the_last_recipient_is_served(self) -> None:
        plan = book(duties=self.TWO)
        half = case(("09:00", "opened"), ("09:10", "reported", TO_GROUP))
        assert state(plan, half, "09:30") == "open"
        assert [r.served_at for r in only(plan, half, "09:30").to] == [at("09:10"), None]
        both = case(
            ("09:00", "opened"), ("09:10", "reported", TO_GROUP), ("09:20", "reported", {**OWNER, "to": ["city"]})
        )
        assert only(plan, both, "09:30").met_at == at("09:20")

    def test_an_unset_recipient_stays_listed_and_does_not_hold_back_the_others(self) -> None:
        files = {
            "readings": "parameters: {superior: {zh: 上级, type: body, clause: c}}\n",
            "duties": duties("id: D, on: opened, owes: 报告, by: owner, to: [group, $superior], within: 1h"),
        }
        story = case(("09:00", "opened"), ("09:10", "reported", TO_GROUP))
        found = only(book(**files), story, "09:30")
        assert (found.state, [r.party.text for r in found.to]) == ("met", ["group", "$superior"])
        assert state(book({"superior": "city"}, **files), story, "09:30") == "open"


class TestRegrade:
    PAIR = duties(
        "id: fast, on: opened, when: {current: at least II}, owes: 上报, by: owner, to: group, within: 1h",
        "id: slow, on: opened, when: {current: at most III}, owes: 上报, by: owner, to: group, within: 2h",
    )

    def states(self, story: Case, moment: str) -> dict[str, str]:
        return {o.duty: o.state for o in owed(book(duties=self.PAIR), story, at(moment))}

    def test_before_grading_both_are_shown_with_their_due_times(self) -> None:
        story = case(("09:00", "opened"))
        assert self.states(story, "09:30") == {"fast": "undecided", "slow": "undecided"}
        assert only(book(duties=self.PAIR), story, "09:30", "fast").due == at("10:00")
        assert only(book(duties=self.PAIR), story, "09:30", "fast").open == ("not yet current",)

    def test_a_regrade_recomputes_from_the_original_start_and_is_born_late(self) -> None:
        story = case(
            ("09:00", "opened"), ("09:10", "confirmed", {"level": "III"}), ("10:30", "adjusted", {"level": "II"})
        )
        assert self.states(story.as_of(2), "09:30") == {"fast": "cancelled", "slow": "open"}
        assert self.states(story, "10:40") == {"fast": "overdue", "slow": "cancelled"}
        assert only(book(duties=self.PAIR), story, "10:40", "fast").born_late

    def test_a_regrade_in_time_is_not_born_late(self) -> None:
        story = case(
            ("09:00", "opened"), ("09:10", "confirmed", {"level": "III"}), ("09:30", "adjusted", {"level": "II"})
        )
        assert not only(book(duties=self.PAIR), story, "10:40", "fast").born_late

    def test_met_is_final(self) -> None:
        story = case(
            ("09:00", "opened"),
            ("09:10", "confirmed", {"level": "II"}),
            ("09:30", "reported", TO_GROUP),
            ("10:30", "adjusted", {"level": "III"}),
        )
        assert self.states(story, "10:40") == {"fast": "met", "slow": "met"}

    def test_keep_freezes_the_condition_at_the_trigger(self) -> None:
        kept = duties("id: D, on: confirmed, when: {level: II}, owes: x, by: owner, within: 1h, on_regrade: keep")
        story = case(
            ("09:00", "opened"), ("09:10", "confirmed", {"level": "II"}), ("09:20", "adjusted", {"level": "III"})
        )
        assert state(book(duties=kept), story, "09:30") == "open"
        assert state(book(duties=kept.replace(", on_regrade: keep", "")), story, "09:30") == "cancelled"


class TestClocks:
    DOUBLE = duties("id: D, on: opened, owes: x, by: owner, to: group, from: {earliest: [found, should]}, within: 2h")

    def stated(self, when: str, **facts: str) -> tuple[str, str, dict[str, object]]:
        return (when, "stated", {"facts": facts})

    def test_the_earlier_known_instant_counts(self) -> None:
        story = case(("10:05", "opened"), self.stated("10:06", found="2024-01-10 10:00", should="2024-01-10 08:30"))
        assert only(book(duties=self.DOUBLE), story, "10:07").due == at("10:30")

    def test_a_later_discovery_of_an_earlier_start_moves_the_due_time_earlier(self) -> None:
        first = case(("10:05", "opened"), self.stated("10:06", found="2024-01-10 10:00"))
        assert only(book(duties=self.DOUBLE), first, "10:07").due == at("12:00")

    def test_without_any_start_the_clock_is_unset_and_nothing_is_late(self) -> None:
        found = only(book(duties=self.DOUBLE), case(("10:05", "opened")), "2024-01-20 09:00")
        assert (found.state, found.kind, found.open) == ("open", "clock_unset", ("fact found", "fact should"))

    def test_the_latest_needs_them_all(self) -> None:
        plan = book(duties=self.DOUBLE.replace("earliest", "latest"))
        one = case(("10:05", "opened"), self.stated("10:06", found="2024-01-10 10:00"))
        assert only(plan, one, "10:07").kind == "clock_unset"
        both = case(("10:05", "opened"), self.stated("10:06", found="2024-01-10 10:00", should="2024-01-10 08:30"))
        assert only(plan, both, "10:07").due == at("12:00")

    def test_an_event_that_comes_again_does_not_restart_the_clock(self) -> None:
        plan = book(duties=HOUR.replace("within", "from: assessed, within"))
        first, again = ("09:30", "assessed", {"level": "III"}), ("10:10", "assessed", {"level": "II"})
        assert only(plan, case(("09:00", "opened"), first, again), "10:11").due == at("10:30")

    def test_an_unset_clock_reading_is_named(self) -> None:
        readings = """
switches:
  clock: {zh: 从何时起算, clause: c, options: {found: {zh: 发现, clause: c}, opened: {zh: 报告, clause: c}}}
"""
        files = {"readings": readings, "duties": HOUR.replace("within", "from: $clock, within")}
        story = case(("10:05", "opened"), self.stated("10:06", found="2024-01-10 10:00"))
        assert only(book(**files), story, "10:07").open == ("reading clock",)
        assert only(book({"clock": "found"}, **files), story, "10:07").due == at("11:00")
        assert only(book({"clock": "opened"}, **files), story, "10:07").due == at("11:05")

    def test_an_unset_limit_leaves_the_obligation_open_without_due_time(self) -> None:
        files = {
            "readings": "parameters: {days: {zh: 几日, type: limit, clause: c}}\n",
            "duties": HOUR.replace("1h", "$days"),
        }
        found = only(book(**files), case(("09:00", "opened")), "2024-02-10 09:00")
        assert (found.state, found.kind, found.due, found.open) == ("open", "unset", None, ("reading days",))
        assert only(book({"days": "2h"}, **files), case(("09:00", "opened")), "09:10").due == at("11:00")


class TestRecurrence:
    DAILY = duties(
        "id: D, on: confirmed, when: {current: at least II}, owes: 日报, by: owner, to: group,"
        " every: 1d at 17:00, until: ended"
    )

    def all(self, story: Case, moment: str, plan: Book | None = None) -> list[tuple[str, str]]:
        found = [o for o in owed(plan or book(duties=self.DAILY), story, at(moment)) if o.duty == "D"]
        return [(o.state, f"{o.due:%d %H}" if o.due else "") for o in found]

    CONFIRMED = (("2024-01-10 10:00", "opened"), ("2024-01-10 10:00", "confirmed", {"level": "II"}))

    def test_each_day_owes_one_report_and_a_late_one_discharges_the_older_only(self) -> None:
        story = case(*self.CONFIRMED)
        assert self.all(story, "2024-01-10 12:00") == [("open", "10 09")]
        assert self.all(story, "2024-01-11 18:00") == [("overdue", "10 09"), ("overdue", "11 09"), ("open", "12 09")]
        sent = case(*self.CONFIRMED, ("2024-01-11 16:00", "reported", TO_GROUP))
        assert self.all(sent, "2024-01-11 18:00") == [("late", "10 09"), ("overdue", "11 09"), ("open", "12 09")]
        again = ("2024-01-11 16:30", "reported", TO_GROUP)
        both = case(*self.CONFIRMED, ("2024-01-11 16:00", "reported", TO_GROUP), again)
        assert self.all(both, "2024-01-11 18:00") == [("late", "10 09"), ("met", "11 09"), ("open", "12 09")]

    def test_a_report_minutes_late_is_not_the_report_of_the_next_day_as_well(self) -> None:
        sent = case(*self.CONFIRMED, ("2024-01-12 17:05", "reported", TO_GROUP))
        states = self.all(sent, "2024-01-13 17:01")
        assert states == [
            ("late", "10 09"),
            ("late", "11 09"),
            ("late", "12 09"),
            ("overdue", "13 09"),
            ("open", "14 09"),
        ]

    def test_the_end_stops_it_and_a_missed_report_stays_missed(self) -> None:
        story = case(*self.CONFIRMED, ("2024-01-11 12:00", "ended", OWNER))
        assert self.all(story, "2024-01-12 09:00") == [("overdue", "10 09"), ("cancelled", "11 09")]

    def test_starts_and_stops_with_regrade(self) -> None:
        story = case(
            ("2024-01-10 10:00", "opened"),
            ("2024-01-10 10:00", "confirmed", {"level": "III"}),
            ("2024-01-12 12:00", "adjusted", {"level": "II"}),
        )
        assert self.all(story.as_of(2), "2024-01-12 11:00") == [("cancelled", "10 09")]
        assert self.all(story, "2024-01-12 13:00") == [("cancelled", "10 09"), ("open", "12 09")]

    def test_an_unset_hour_shows_the_first_occurrence_and_what_is_missing(self) -> None:
        files = {
            "readings": "parameters: {hour: {zh: 时点, type: hour, clause: c}}\n",
            "duties": self.DAILY.replace("17:00", "$hour"),
        }
        found = only(book(**files), case(*self.CONFIRMED), "2024-01-20 09:00")
        assert (found.state, found.kind, found.open) == ("open", "unset", ("reading hour",))
        assert self.all(case(*self.CONFIRMED), "2024-01-10 12:00", book({"hour": "18:00"}, **files)) == [
            ("open", "10 10")
        ]

    def test_a_watch_runs_until_its_end(self) -> None:
        plan = book(duties=duties("id: D, on: activated, owes: 值守, by: owner, keep: 24h, until: ended"))
        story = case(("09:00", "opened"), ("09:10", "activated", OWNER), ("12:00", "ended", OWNER))
        assert state(plan, story.as_of(2), "11:00") == "running"
        assert state(plan, story, "12:30") == "ended"


class TestOtherStates:
    def test_a_waiver_and_a_replacement(self) -> None:
        plan = book(duties=duties(
            "id: A, on: opened, owes: 简报, by: owner, to: group, within: 1h",
            "id: B, on: opened, when: {level: I}, owes: 详报, by: owner, to: group, within: 1h, replaces: A",
        ))  # fmt: skip
        story = case(("09:00", "opened"), ("09:10", "confirmed", {"level": "I"}))
        assert state(plan, story.as_of(1), "09:05", "A") == "open"
        assert (state(plan, story, "09:20", "A"), state(plan, story, "09:20", "B")) == ("superseded", "open")
        waived = case(("09:00", "opened"), ("09:10", "waived", {"obligation": "A:1:0"}))
        assert state(plan, waived, "11:00", "A") == "waived"

    def test_each_change_owes_a_report_and_unsent_ones_go_with_the_end(self) -> None:
        plan = book(
            duties=duties("id: D, on: progress, owes: 报告进展, by: owner, to: group, within: none, until: ended")
        )
        moved = {**OWNER, "matter": "progress"}
        story = case(
            ("09:00", "opened"), ("09:10", "recorded", moved), ("09:20", "recorded", moved), ("10:00", "ended")
        )
        assert [o.state for o in owed(plan, story.as_of(3), at("09:30"))] == ["open", "open"]
        assert [o.state for o in owed(plan, story, at("10:30"))] == ["cancelled", "cancelled"]
        sent = case(
            ("09:00", "opened"),
            ("09:10", "recorded", moved),
            ("09:20", "recorded", moved),
            ("09:30", "reported", TO_GROUP),
        )
        assert [o.state for o in owed(plan, sent, at("09:40"))] == ["met", "met"]

    def test_a_report_that_names_a_duty_serves_only_that_one(self) -> None:
        plan = book(duties=duties(
            "id: A, on: opened, owes: 甲, by: owner, to: group, within: 1h",
            "id: B, on: opened, owes: 乙, by: owner, to: group, within: 1h",
        ))  # fmt: skip
        story = case(("09:00", "opened"), ("09:10", "reported", {**TO_GROUP, "duty": ["A"]}))
        assert (state(plan, story, "09:20", "A"), state(plan, story, "09:20", "B")) == ("met", "open")

    def test_a_reported_chain_of_duties(self) -> None:
        chained = duties("id: D, on: {reported: {to: group}}, owes: 转报, by: group, to: city, within: 30min")
        story = case(("09:00", "opened"), ("09:10", "reported", TO_GROUP))
        assert only(book(duties=chained), story, "09:20").due == at("09:40")
        assert not owed(
            book(duties=chained), case(("09:00", "opened"), ("09:10", "reported", {"to": ["city"]})), at("09:20")
        )

    def test_an_event_pattern_may_ask_for_speaker_and_level(self) -> None:
        climb = duties(
            "id: D, on: {assessed: {by: group, level: at least III}}, owes: 上报, by: group, to: city, within: none"
        )
        plan = book(duties=climb)
        assert only(plan, case(("09:00", "opened"), ("09:10", "assessed", {"body": "group", "level": "II"})), "09:20")
        assert not owed(
            plan, case(("09:00", "opened"), ("09:10", "assessed", {"body": "group", "level": "IV"})), at("09:20")
        )
        assert not owed(
            plan, case(("09:00", "opened"), ("09:10", "assessed", {"body": "office@A", "level": "II"})), at("09:20")
        )


class TestDecisionsOwe:
    def test_a_fast_path_is_to_be_ratified_in_time(self) -> None:
        act = {"body": "office@A", "ratify": {"by": ["group"], "within": "1h"}}
        story = case(("09:00", "opened"), ("09:10", "activated", act))
        found = only(book(), story, "09:20", "ratify")
        assert (found.due, found.by[0].text, found.discharge) == (at("10:10"), "group", "ratify")
        done = case(("09:00", "opened"), ("09:10", "activated", act), ("09:30", "ratified", {"target": "2"}))
        assert state(book(), done, "11:00", "ratify") == "met"

    def test_a_word_is_to_be_signed_within_the_installations_limit(self) -> None:
        story = case(("09:00", "opened"), ("09:10", "activated", {"body": "group", "by_word": {"means": "电话"}}))
        assert only(book(), story, "09:20", "countersign").kind == "unset"
        assert only(book(settings={"countersign_within": "24h"}), story, "09:20", "countersign").due == at(
            "2024-01-11 09:10"
        )


def test_every_obligation_has_all_its_fields_wherever_it_comes_from() -> None:
    act = {"body": "office@A", "ratify": {"by": ["group"], "within": "1h"}, "by_word": {"means": "电话"}}
    playbooks = "playbooks: {p: {start: opened, steps: [{id: s, zh: 步骤, by: group, within: 1h, clause: c}]}}\n"
    found = owed(
        book(duties=HOUR, playbooks=playbooks), case(("09:00", "opened"), ("09:10", "activated", act)), at("12:00")
    )
    assert {one.source for one in found} == {"duty", "step", "ratify", "countersign"}
    assert all(vars(one).keys() == {field.name for field in fields(Obligation)} for one in found)


class TestTheNextMoment:
    def test_is_the_nearest_due_or_watch_time(self) -> None:
        files = {"duties": HOUR, "readings": "soft_words: {immediately: 立即}\n"}
        assert next_moment(book(**files), case(("09:00", "opened")), at("09:30")) == at("10:00")
        assert next_moment(book(**files), case(("09:00", "opened")), at("10:00")) is None
