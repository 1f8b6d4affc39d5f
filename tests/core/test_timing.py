"""The time model: instants, durations, limits, working days, recurrence (language 1.2; plans' clocks)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import fengsui.core
from fengsui.core import timing
from fengsui.core.timing import (
    CalendarYear,
    Days,
    Due,
    Every,
    Length,
    Months,
    NoLimit,
    ReadingRef,
    Soft,
    WorkCalendar,
    WorkingDays,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
SHIPPED = Path(fengsui.core.__file__).parent / "calendar_cn.yaml"
CHINA = WorkCalendar.of_data(yaml.load(SHIPPED.read_text(), Loader=yaml.BaseLoader))
SOFT = ("immediately", "promptly")

moments = st.integers(0, 8_200 * 86_400).map(lambda s: datetime(2004, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
limits = st.one_of(
    st.integers(1, 100_000).map(lambda s: Length(timedelta(seconds=s))),
    st.integers(1, 90).map(Days),
    st.integers(1, 40).map(WorkingDays),
    st.integers(1, 36).map(Months),
    st.just(CalendarYear()),
)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return timing.parse_instant(text, zone)


def due(limit: str, start: str) -> str:
    found = timing.due(timing.parse_limit(limit, SOFT), at(start), SHANGHAI, CHINA)
    assert found.at is not None
    return timing.show_due(found.at, SHANGHAI)


# ------------------------------------------------------------------------------------------------ instants
@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-01-31 16:00", "2024-01-31T08:00:00"),
        ("2024-01-31T16:00", "2024-01-31T08:00:00"),
        ("2024-01-31 16:00:01", "2024-01-31T08:00:01"),
        ("2024-01-31 24:00", "2024-01-31T16:00:00"),
        ("2024-02-01 00:00", "2024-01-31T16:00:00"),
        ("2024-01-31 16:00+09:00", "2024-01-31T07:00:00"),
        ("2024-01-31 16:00 -0330", "2024-01-31T19:30:00"),
        ("2024-01-31T16:00:00Z", "2024-01-31T16:00:00"),
        ("1988-07-01 12:00", "1988-07-01T03:00:00"),
    ],
)
def test_an_instant_is_read_in_the_zone_given_unless_it_has_an_offset(text: str, utc: str) -> None:
    assert at(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "2024-01-31", "16:00", "2024-02-30 16:00", "2024-01-31 24:01", "2024-01-31 25:00", "2024-1-31 16:00",
     "2024-01-31 16:00:00.5", "2024-01-31 16", "2024年1月31日 16:00", "2024-01-31 16:00+25:00", "now",
     "0001-01-01 01:00", "9999-12-31 24:00", "0001-01-01 01:00+08:00", "9999-12-31 23:00-08:00", "1969-12-31 23:59"],
)  # fmt: skip
def test_what_is_not_an_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        at(text)


def test_a_local_time_that_summer_time_skipped_is_refused_and_a_repeated_one_is_the_first() -> None:
    with pytest.raises(ValueError, match="no such local time"):
        at("2024-03-10 02:30", NEW_YORK)
    assert at("2024-11-03 01:30", NEW_YORK) == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)


def test_midnight_is_shown_as_the_next_day_or_as_the_end_of_a_due_day() -> None:
    assert timing.show_instant(at("2024-02-09 24:00"), SHANGHAI) == "2024-02-10 00:00"
    assert timing.show_due(at("2024-02-09 24:00"), SHANGHAI) == "2024-02-09 24:00"
    assert timing.show_due(at("2024-02-09 12:00:01"), SHANGHAI) == "2024-02-09 12:00:01"


@given(moments)
def test_what_is_shown_of_an_instant_is_read_back(moment: datetime) -> None:
    assert at(timing.show_instant(moment, SHANGHAI)) == moment
    assert at(timing.show_due(moment, SHANGHAI)) == moment


@pytest.mark.parametrize(("text", "day"), [("2024-02-29", date(2024, 2, 29))])
def test_a_date_is_year_month_day(text: str, day: date) -> None:
    assert timing.parse_date(text) == day
    for wrong in ("2023-02-29", "20240229", "2024-W09-4", "29.2.2024"):
        with pytest.raises(ValueError):
            timing.parse_date(wrong)


# ----------------------------------------------------------------------------------------------- durations
@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30min", 1800), ("2h", 7200), ("1h30min", 5400), ("3d", 259_200), ("30s", 30), ("0min", 0), ("1d12h", 129_600),
     ("2h59min", 10_740), ("90min", 5400)],
)  # fmt: skip
def test_a_duration_is_a_length(text: str, seconds: int) -> None:
    assert timing.parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "30", "30m", "1 h", "1.5h", "-2h", "30min1h", "2小时", "PT2H", "9999999999999d"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        timing.parse_duration(text)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("1h30min", "1小时30分钟", "1 h 30 min"),
        ("3d", "72小时", "72 h"),
        ("30s", "30秒", "30 s"),
        ("0min", "0分钟", "0 min"),
    ],
)
def test_a_duration_is_shown_in_hours_never_in_days(text: str, zh: str, en: str) -> None:
    length = timing.parse_duration(text)
    assert (timing.show_duration(length), timing.show_duration(length, "en")) == (zh, en)
    assert timing.show_duration(-timedelta(hours=1)) == "负1小时"


@given(st.integers(0, 10**9))
def test_a_duration_written_is_read_back(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert timing.parse_duration(timing.write_duration(length)) == length


# -------------------------------------------------------------------------------------------------- limits
@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("30min", Length(timedelta(minutes=30))),
        ("600h", Length(timedelta(hours=600))),
        ("25d", Days(25)),
        ("5 working days", WorkingDays(5)),
        ("1 working day", WorkingDays(1)),
        ("12 months", Months(12)),
        ("calendar year", CalendarYear()),
        ("none", NoLimit()),
        ("promptly", Soft("promptly")),
    ],
)
def test_every_form_of_limit_is_read_and_written_back(text: str, limit: timing.Limit) -> None:
    assert timing.parse_limit(text, SOFT) == limit
    assert timing.parse_limit(timing.write_limit(limit), SOFT) == limit


@pytest.mark.parametrize(
    "text", ["", "1 hour", "3d12h", "0d", "0h", "5 days", "1 year", "soon", "-1d", "0 working days"]
)
def test_what_is_not_a_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        timing.parse_limit(text, SOFT)


def test_a_soft_word_that_the_pack_never_declared_is_refused() -> None:
    with pytest.raises(ValueError):
        timing.parse_limit("promptly", ())


@pytest.mark.parametrize(
    ("limit", "start", "expected"),
    [
        ("1h", "2024-01-10 09:00", "2024-01-10 10:00"),
        ("30d", "2024-01-10 09:00", "2024-02-09 24:00"),
        ("25d", "2024-01-10 00:00", "2024-02-04 24:00"),
        ("25d", "2024-01-10 23:59:59", "2024-02-04 24:00"),
        ("600h", "2024-01-10 09:00", "2024-02-04 09:00"),
        ("12 months", "2024-03-01 10:00", "2025-03-01 24:00"),
        ("1 months", "2024-01-31 10:00", "2024-02-29 24:00"),
        ("12 months", "2024-02-29 10:00", "2025-02-28 24:00"),
        ("11 months", "2024-01-15 10:00", "2024-12-15 24:00"),
        ("calendar year", "2024-01-01 00:00", "2024-12-31 24:00"),
        ("calendar year", "2024-12-31 23:59", "2024-12-31 24:00"),
    ],
)
def test_natural_days_months_and_years_end_at_24_o_clock(limit: str, start: str, expected: str) -> None:
    assert due(limit, start) == expected


def test_s4_five_working_days_count_the_make_up_sunday_and_pass_over_the_national_holiday() -> None:
    assert due("5 working days", "2019-09-27 16:00") == "2019-10-10 24:00"


def test_two_days_around_midnight_of_the_pack_zone_are_two_days_though_one_utc_date() -> None:
    assert due("1d", "2024-01-10 07:59") == due("1d", "2024-01-10 08:01") == "2024-01-11 24:00"
    assert due("1d", "2024-01-11 00:00") == "2024-01-12 24:00"


def test_soft_words_and_no_limit_never_give_a_due_time() -> None:
    for text in ("immediately", "promptly", "none"):
        assert timing.due(timing.parse_limit(text, SOFT), at("2024-01-10 09:00"), SHANGHAI, CHINA) == Due(None)


def test_a_working_day_beyond_the_published_years_is_estimated() -> None:
    limit = WorkingDays(5)
    assert not timing.due(limit, at("2026-06-01 09:00"), SHANGHAI, CHINA).estimated
    over_new_year = timing.due(limit, at("2026-12-29 09:00"), SHANGHAI, CHINA)
    assert over_new_year.estimated
    assert timing.show_due(over_new_year.at or at("1970-01-01 00:00"), SHANGHAI) == "2027-01-05 24:00"
    assert timing.due(Days(40), at("2026-12-29 09:00"), SHANGHAI, CHINA) == Due(at("2027-02-07 24:00"))


@given(limits, moments, moments)
def test_who_starts_later_is_never_due_earlier(limit: timing.Limit, one: datetime, other: datetime) -> None:
    first, second = (timing.due(limit, start, SHANGHAI, CHINA).at for start in sorted((one, other)))
    assert first is not None and second is not None and first <= second


@given(limits, moments)
def test_a_limit_ends_after_it_begins(limit: timing.Limit, start: datetime) -> None:
    end = timing.due(limit, start, SHANGHAI, CHINA).at
    assert end is not None and end > start


@given(st.integers(1, 60), moments)
def test_a_longer_limit_is_never_due_earlier(n: int, start: datetime) -> None:
    for make in (Days, WorkingDays, Months):
        shorter, longer = (timing.due(make(k), start, SHANGHAI, CHINA).at for k in (n, n + 1))
        assert shorter is not None and longer is not None and shorter < longer


# ------------------------------------------------------------------------------------------- work calendar
def test_the_shipped_calendar_is_that_of_the_chinese_calendar_package() -> None:
    for year in sorted(CHINA.years):
        for n in range(366):
            day = date(year, 1, 1) + timedelta(days=n)
            if day.year == year:
                assert CHINA.is_working(day) == (chinese_calendar.is_workday(day), False), day


def test_the_shipped_calendar_covers_every_year_the_package_knows() -> None:
    known = {day.year for day in chinese_calendar.constants.holidays}
    assert set(CHINA.years) == known


@given(st.dates(date(2004, 1, 1), date(2026, 6, 30)), st.integers(1, 60))
def test_working_days_agree_with_counting_them_one_by_one(day: date, n: int) -> None:
    start = datetime.combine(day, time(12), SHANGHAI)
    end = timing.due(WorkingDays(n), start, SHANGHAI, CHINA).at
    assert end is not None
    last = (end - timedelta(seconds=1)).astimezone(SHANGHAI).date()
    passed = [day + timedelta(days=k) for k in range(1, (last - day).days + 1)]
    assert sum(chinese_calendar.is_workday(d) for d in passed) == n
    assert chinese_calendar.is_workday(last)


def test_a_calendar_is_a_value_with_a_digest_of_its_rows() -> None:
    assert WorkCalendar.of_data(CHINA.as_data()) == CHINA
    assert WorkCalendar.of_data(CHINA.as_data()).digest == CHINA.digest
    one_more = WorkCalendar(CHINA.off | {date(2026, 12, 31)}, CHINA.work, CHINA.years)
    assert one_more.digest != CHINA.digest
    assert one_more.is_working(date(2026, 12, 31)) == (False, False)


def test_without_a_calendar_the_week_decides_and_says_that_it_guesses() -> None:
    assert WorkCalendar().is_working(date(2019, 9, 29)) == (False, True)
    assert WorkCalendar().is_working(date(2019, 10, 1)) == (True, True)


# ---------------------------------------------------------------------------------------------- recurrence
def ticks(every: str, start: str, until: str) -> list[str]:
    found = timing.ticks(timing.parse_every(every), at(start), at(until), SHANGHAI)
    return [timing.show_instant(tick, SHANGHAI) for tick in found]


@pytest.mark.parametrize(
    ("every", "start", "until", "expected"),
    [
        ("2h", "2024-01-10 09:00", "2024-01-10 13:00", ["2024-01-10 11:00", "2024-01-10 13:00"]),
        ("1d", "2024-01-10 09:00", "2024-01-12 08:59", ["2024-01-11 09:00"]),
        ("1d at 17:00", "2024-01-10 09:00", "2024-01-11 17:00", ["2024-01-10 17:00", "2024-01-11 17:00"]),
        ("1d at 17:00", "2024-01-10 17:00", "2024-01-11 17:00", ["2024-01-11 17:00"]),
        ("7d at 09:00", "2024-01-10 10:00", "2024-01-20 10:00", ["2024-01-11 09:00", "2024-01-18 09:00"]),
        ("1d at 24:00", "2024-01-10 10:00", "2024-01-11 00:00", ["2024-01-11 00:00"]),
        ("1 months", "2024-01-31 09:00", "2024-04-01 00:00", ["2024-02-29 09:00", "2024-03-31 09:00"]),
        ("12 months", "2024-01-31 09:00", "2026-01-31 09:00", ["2025-01-31 09:00", "2026-01-31 09:00"]),
    ],
)  # fmt: skip
def test_a_recurrence_ticks_after_its_start_up_to_its_end(
    every: str, start: str, until: str, expected: list[str]
) -> None:
    assert ticks(every, start, until) == expected


def test_a_recurrence_without_end_goes_on_and_an_unset_hour_gives_nothing() -> None:
    endless = timing.ticks(Every(Length(timedelta(hours=1))), at("2024-01-10 09:00"), None, SHANGHAI)
    assert [next(endless) for _ in range(100)][-1] == at("2024-01-14 13:00")
    assert list(timing.ticks(Every(Days(1), ReadingRef("daily_hour")), at("2024-01-10 09:00"), None, SHANGHAI)) == []


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("2h", Every(Length(timedelta(hours=2)))),
        ("1d at 17:00", Every(Days(1), time(17))),
        ("1d at 24:00", Every(Days(1), time(0))),
        ("1d at $daily_hour", Every(Days(1), ReadingRef("daily_hour"))),
        ("12 months", Every(Months(12))),
    ],
)
def test_a_recurrence_is_read_and_written_back(text: str, every: Every) -> None:
    assert timing.parse_every(text) == every
    assert timing.parse_every(timing.write_every(every)) == every


@pytest.mark.parametrize("text", ["", "none", "2h at 17:00", "1d at 25:00", "5 working days", "daily", "1d at", "0d"])
def test_what_is_not_a_recurrence_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        timing.parse_every(text)


@given(st.integers(1, 9), st.times(), moments)
def test_ticks_only_go_forward(days: int, hour: time, start: datetime) -> None:
    until = start + timedelta(days=40)
    found = list(timing.ticks(Every(Days(days), hour.replace(microsecond=0)), start, until, SHANGHAI))
    assert found == sorted(set(found))
    assert all(start < tick <= until for tick in found)
