"""Instants, durations, limits and due times. Takes times, never asks for them.

Rules
- An instant is an aware UTC `datetime` with whole seconds; text without offset is read in the zone given.
  `24:00` is the next midnight. A local time that the zone skipped is refused; one that it had twice is the first.
- A duration is a length (`1h30min`, `3d` = 72 h). A limit counts on the calendar: `25d` are natural days, the first is
  the day after the start, the last ends at 24:00; `5 working days` likewise over the days that the calendar works;
  `12 months` ends at 24:00 of the same day so many months later (of the month's last day where there is no such day);
  `calendar year` ends with the year of the start. So `25d` and `600h` differ on purpose.
- A soft word (立即, 及时) and `none` give no due time: they never become a hard deadline.
- A day of a year for which no official work calendar is known follows the week and makes the due time *estimated*.

Example: `due(parse_limit("5 working days"), friday, shanghai, calendar)` for Friday 2019-09-27 is 2019-10-10 24:00.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import count
from typing import TypeVar
from zoneinfo import ZoneInfo

from fengsui.core.canon import digest

DAY = timedelta(days=1)
MIDNIGHT = time(0)
YEARS = range(1970, 2200)
"""Years of an instant that is told: from any of them a limit can be counted without leaving the calendar."""


@dataclass(frozen=True, slots=True)
class ReadingRef:
    """`$name`: a value that the plan's owner decides (language.md 1.4)."""

    name: str

    def __str__(self) -> str:
        return f"${self.name}"


# ------------------------------------------------------------------------------------------------ instants
_INSTANT = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"\s?(?P<offset>Z|[+-]\d{2}:?\d{2})?"
)
_HOUR = re.compile(r"(\d{1,2}):(\d{2})")


def parse_instant(text: str, zone: ZoneInfo) -> datetime:
    """Read `2024-01-31 16:00[:00][+08:00]` as a UTC moment; without offset the time is of `zone`.

    Raises ValueError for anything else, for a year outside `YEARS`, and for a local time that the zone skipped (change
    to summer time).
    """
    found = _INSTANT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not an instant: {text}")
    day, hour = date.fromisoformat(found["date"]), int(found["hour"])
    if day.year not in YEARS:
        raise ValueError(f"not an instant of these times: {text}")
    minute, second = int(found["minute"]), int(found["second"] or 0)
    if hour == 24 and minute == second == 0:
        day, hour = day + DAY, 0
    naive = datetime.combine(day, time(hour, minute, second))
    if found["offset"]:
        return datetime.fromisoformat(naive.isoformat() + found["offset"]).astimezone(UTC)
    return _localised(naive, zone, text)


def _localised(naive: datetime, zone: ZoneInfo, text: str) -> datetime:
    at = naive.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != naive:
        raise ValueError(f"there was no such local time: {text}")
    return at


def show_instant(at: datetime, zone: ZoneInfo) -> str:
    """Return the moment as the zone's clock shows it: `2024-01-31 16:00`, with seconds only where there are any."""
    local = at.astimezone(zone)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def show_due(at: datetime, zone: ZoneInfo) -> str:
    """Return a due time: like `show_instant`, but midnight is 24:00 of the day that ends."""
    local = at.astimezone(zone)
    if local.time() == MIDNIGHT:
        return f"{local.date() - DAY} 24:00"
    return show_instant(at, zone)


def parse_date(text: str) -> date:
    """Read `2024-01-31`. Raises ValueError."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        raise ValueError(f"not a date: {text}")
    return date.fromisoformat(text.strip())


def parse_hour(text: str) -> time:
    """Read a clock time `17:00`; `24:00` is midnight. Raises ValueError."""
    found = _HOUR.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not a clock time: {text}")
    hour, minute = int(found[1]), int(found[2])
    return MIDNIGHT if (hour, minute) == (24, 0) else time(hour, minute)


# ----------------------------------------------------------------------------------------------- durations
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)min)?(?:(\d+)s)?")


@lru_cache(4096)
def parse_duration(text: str) -> timedelta:
    """Read a length such as `30min`, `2h`, `1h30min`, `3d` (72 h), `30s`. Raises ValueError."""
    found = _DURATION.fullmatch(text.strip())
    if not found or not found[0]:
        raise ValueError(f"not a duration: {text}")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueError(f"too long a duration: {text}") from None


def write_duration(length: timedelta) -> str:
    """Return the length in the words of the language (`26h30min`); what `parse_duration` reads back."""
    hours, minutes, seconds = _split(abs(length))
    text = "".join(f"{n}{unit}" for n, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if n)
    return ("-" if length < timedelta() else "") + (text or "0min")


def show_duration(length: timedelta, lang: str = "zh") -> str:
    """Return the length for people: 26小时30分钟 · 26 h 30 min. Never in days: a length knows no calendar."""
    units = ("小时", "分钟", "秒") if lang == "zh" else (" h", " min", " s")
    parts = [f"{n}{unit}" for n, unit in zip(_split(abs(length)), units, strict=True) if n]
    text = ("" if lang == "zh" else " ").join(parts) or f"0{units[1]}"
    return ("负" if lang == "zh" else "−") + text if length < timedelta() else text


def _split(length: timedelta) -> tuple[int, int, int]:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return minutes // 60, minutes % 60, seconds


# -------------------------------------------------------------------------------------------------- limits
@dataclass(frozen=True, slots=True)
class Length:
    """So long from the instant: `2h`."""

    delta: timedelta


@dataclass(frozen=True, slots=True)
class Days:
    """So many natural days, the first is the next one, to 24:00: `25d`."""

    n: int


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """So many days that the Chinese work calendar works, to 24:00: `5 working days`."""

    n: int


@dataclass(frozen=True, slots=True)
class Months:
    """So many months, to 24:00: `12 months`."""

    n: int


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """To the end of the calendar year: `calendar year`."""


@dataclass(frozen=True, slots=True)
class NoLimit:
    """The text names no limit: `none`."""


@dataclass(frozen=True, slots=True)
class Soft:
    """A soft word of the pack (立即); our watch time follows it, never a deadline."""

    word: str


Limit = Length | Days | WorkingDays | Months | CalendarYear | NoLimit | Soft

_COUNTED: tuple[tuple[re.Pattern[str], Callable[[int], Limit]], ...] = (
    (re.compile(r"(\d+)d"), Days),
    (re.compile(r"(\d+) working days?"), WorkingDays),
    (re.compile(r"(\d+) months?"), Months),
)


def parse_limit(text: str, soft_words: Collection[str] = ()) -> Limit:
    """Read what may stand in `within:`; `soft_words` are the pack's declared words. Raises ValueError."""
    text = text.strip()
    if text == "none":
        return NoLimit()
    if text == "calendar year":
        return CalendarYear()
    if text in soft_words:
        return Soft(text)
    for pattern, make in _COUNTED:
        if found := pattern.fullmatch(text):
            return make(_some(int(found[1]), text))
    if _DURATION.fullmatch(text) and "d" in text:
        raise ValueError(f"days and hours do not mix in a limit: {text}")
    return Length(_some(parse_duration(text), text))


_N = TypeVar("_N", int, timedelta)


def _some(amount: _N, text: str) -> _N:
    if not amount:
        raise ValueError(f"a limit is longer than nothing: {text}")
    return amount


def show_limit(limit: Limit, lang: str = "zh") -> str:
    """Return how long a limit is, for people: 1小时, 30日, 5个工作日, 12个月, 本年."""
    match limit:
        case Length(delta):
            return show_duration(delta, lang)
        case Days(n):
            return f"{n}日" if lang == "zh" else f"{n} days"
        case WorkingDays(n):
            return f"{n}个工作日" if lang == "zh" else f"{n} working days"
        case Months(n):
            return f"{n}个月" if lang == "zh" else f"{n} months"
    return "本年" if lang == "zh" else "the calendar year"


def write_limit(limit: Limit) -> str:
    """Return the limit in the words of the language; what `parse_limit` reads back."""
    match limit:
        case Length(delta):
            return write_duration(delta)
        case Days(n):
            return f"{n}d"
        case WorkingDays(n):
            return f"{n} working days"
        case Months(n):
            return f"{n} months"
        case CalendarYear():
            return "calendar year"
        case Soft(word):
            return word
    return "none"


# ------------------------------------------------------------------------------------------- work calendar
@dataclass(frozen=True)
class WorkCalendar:
    """The official work calendar as a value: weekdays off, weekend days worked, and the years it covers.

    The State Council publishes it year by year; a day outside `years` follows the week and is *estimated*.
    """

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @cached_property
    def digest(self) -> str:
        """Digest of the rows; part of what a case is pinned to."""
        return digest(self.as_data())

    def is_working(self, day: date) -> tuple[bool, bool]:
        """Return whether the day is worked, and whether that is only estimated."""
        if day in self.work:
            return True, False
        if day in self.off:
            return False, False
        return day.weekday() < 5, day.year not in self.years

    def as_data(self) -> dict[str, list[str]]:
        """Return the rows as plain data, sorted."""
        return {
            "years": [str(year) for year in sorted(self.years)],
            "off": [day.isoformat() for day in sorted(self.off)],
            "work": [day.isoformat() for day in sorted(self.work)],
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Collection[object]]) -> WorkCalendar:
        """Read back what `as_data` wrote (dates may already be dates). Raises ValueError, KeyError."""
        return cls(
            off=frozenset(parse_date(str(day)) for day in data["off"]),
            work=frozenset(parse_date(str(day)) for day in data["work"]),
            years=frozenset(int(str(year)) for year in data["years"]),
        )


# ----------------------------------------------------------------------------------------------- due times
@dataclass(frozen=True, slots=True)
class Due:
    """A due time (UTC; the instant itself is still in time), or none; `estimated` where the calendar is not out yet."""

    at: datetime | None
    estimated: bool = False


def due(limit: Limit, start: datetime, zone: ZoneInfo, calendar: WorkCalendar) -> Due:
    """Return when a limit that began at `start` ends. Calendar limits count the days of `zone`."""
    if isinstance(limit, Length):
        return Due(start + limit.delta)
    day = start.astimezone(zone).date()
    match limit:
        case Days(n):
            return Due(_day_end(day + n * DAY, zone))
        case WorkingDays(n):
            last, estimated = _working_day(day, n, calendar)
            return Due(_day_end(last, zone), estimated)
        case Months(n):
            return Due(_day_end(_months_later(day, n), zone))
        case CalendarYear():
            return Due(_day_end(date(day.year, 12, 31), zone))
    return Due(None)


def _day_end(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + DAY, MIDNIGHT, zone).astimezone(UTC)


def _working_day(day: date, n: int, calendar: WorkCalendar) -> tuple[date, bool]:
    """Return the n-th working day after `day`, and whether any day on the way was only estimated."""
    estimated = False
    while n:
        day += DAY
        works, guess = calendar.is_working(day)
        estimated |= guess
        n -= works
    return day, estimated


def _months_later(day: date, n: int) -> date:
    """Return the same day n months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# ---------------------------------------------------------------------------------------------- recurrence
@dataclass(frozen=True, slots=True)
class Every:
    """A recurrence: an interval, for days and months with an optional cut-off hour (`1d at 17:00`, `1d at $hour`)."""

    interval: Length | Days | Months
    at: time | ReadingRef | None = None


def parse_every(text: str) -> Every:
    """Read what may stand in `every:` (`2h`, `1d at 17:00`, `12 months`). Raises ValueError."""
    interval_text, _, hour = text.strip().partition(" at ")
    interval = parse_limit(interval_text)
    if not isinstance(interval, Length | Days | Months):
        raise ValueError(f"not an interval: {text}")
    if not hour:
        return Every(interval)
    if isinstance(interval, Length):
        raise ValueError(f"a cut-off hour needs an interval of days or months: {text}")
    return Every(interval, ReadingRef(hour[1:]) if hour.startswith("$") else parse_hour(hour))


def write_every(every: Every) -> str:
    """Return the recurrence in the words of the language; what `parse_every` reads back."""
    text = write_limit(every.interval)
    if every.at is None:
        return text
    return f"{text} at {every.at}" if isinstance(every.at, ReadingRef) else f"{text} at {every.at:%H:%M}"


def ticks(every: Every, start: datetime, until: datetime | None, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the moments after `start`, up to and including `until` (None: for ever).

    Without a cut-off hour each comes one interval after the last (days and months at the same local time).
    With one, the first is the next such hour after the start. An hour still unset (`$hour`) yields nothing.
    """
    if isinstance(every.at, ReadingRef):
        return
    for moment in _moments(every.interval, every.at, start, zone):
        if until is not None and moment > until:
            return
        if moment > start:
            yield moment


def _moments(interval: Length | Days | Months, at: time | None, start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    if isinstance(interval, Length):
        yield from (start + k * interval.delta for k in count(1))
        return
    local = start.astimezone(zone)
    hour = local.time() if at is None else at
    begin = local.date() + (DAY if at is not None and at <= local.time() else timedelta())
    for k in count():
        day = begin + k * interval.n * DAY if isinstance(interval, Days) else _months_later(begin, k * interval.n)
        yield datetime.combine(day, hour, zone).astimezone(UTC)
