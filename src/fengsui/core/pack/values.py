"""Types and values of the plan language: every scalar arrives as text and is typed by the schema (language 1.2).

Rules
- `yes`/`no` only, never `true`; counts may use `_` and 万/亿; money names its currency; durations have no calendar.
- A scale is ordered from light to grave; a set has no order.
- `parse_value` raises `BadValue` with what was expected and an example; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import total_ordering
from zoneinfo import ZoneInfo

from fengsui.core import timing

PLAIN_KINDS = (
    "yes_no",
    "count",
    "number",
    "percent",
    "money",
    "duration",
    "limit",
    "interval",
    "instant",
    "date",
    "hour",
    "range",
    "body",
    "text",
)
ORDERED_KINDS = frozenset({"count", "number", "percent", "money", "duration", "instant", "date", "scale"})
EXAMPLES = {
    "yes_no": "yes",
    "count": "10万",
    "number": "1.5",
    "percent": "50%",
    "money": "1亿 CNY",
    "duration": "1h30min",
    "limit": "5 working days",
    "interval": "1d at 17:00",
    "instant": "2024-01-31 16:00",
    "date": "2024-01-31",
    "hour": "17:00",
    "range": "IV to I",
    "body": "leading_group",
    "text": "任意文字",
}
NAMES_ZH = {
    "yes_no": "是或否（yes、no）",
    "count": "个数",
    "number": "数",
    "percent": "百分数",
    "money": "金额",
    "duration": "时长",
    "limit": "时限",
    "interval": "间隔",
    "instant": "时刻",
    "date": "日期",
    "hour": "钟点",
    "range": "级别范围",
    "body": "机构",
    "text": "文字",
    "scale": "标度值",
    "set": "术语值",
}


class BadValue(ValueError):
    """A text that is not a value of the type asked; `known` lists the values of a closed type."""

    def __init__(self, text: object, type_: Type, known: tuple[str, ...] = ()) -> None:
        self.text, self.type, self.known = str(text), type_, known
        super().__init__(f"{text!r} is not a {type_.text}")


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a fact, parameter or subject; `name` is the scale or set meant; `many` for `set of X`."""

    kind: str
    name: str | None = None
    many: bool = False

    @property
    def text(self) -> str:
        """As an author writes it."""
        plain = self.name or self.kind
        return f"set of {plain}" if self.many else plain

    @property
    def ordered(self) -> bool:
        """Whether `at least` and its kin mean something."""
        return self.kind in ORDERED_KINDS and not self.many


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency; amounts of different currencies cannot be compared (ValueError)."""

    amount: Decimal
    currency: str

    def __lt__(self, other: Money) -> bool:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be compared")
        return self.amount < other.amount


Value = bool | int | Decimal | Money | timedelta | datetime | date | str | tuple[str, str] | frozenset[str]
Values = Mapping[str, tuple[str, ...]]
_NUMBER = re.compile(r"(-?\d[\d_]*(?:\.\d+)?)\s*([万亿]?)")
_UNIT = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}


def _number(text: str) -> Decimal:
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    try:
        return Decimal(found[1].replace("_", "")) * _UNIT[found[2]]
    except InvalidOperation as error:  # pragma: no cover - the pattern admits only numbers
        raise ValueError(text) from error


def _count(text: str) -> int:
    number = _number(text)
    if number != number.to_integral_value() or number < 0:
        raise ValueError(text)
    return int(number)


def _money(text: str) -> Money:
    amount, _, currency = text.strip().rpartition(" ")
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError(text)
    return Money(_number(amount), currency)


def _percent(text: str) -> Decimal:
    if not text.strip().endswith("%"):
        raise ValueError(text)
    return _number(text.strip()[:-1])


def _yes_no(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _hour(text: str) -> str:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text)
    if not found:
        raise ValueError(text)
    return text


@dataclass(frozen=True, slots=True)
class Domain:
    """What values depend on: the scales and sets, the level order, the bodies, the zone, the soft words."""

    scales: Values
    sets: Values
    bodies: frozenset[str]
    zone: ZoneInfo
    soft_words: frozenset[str] = frozenset()
    open_sets: frozenset[str] = frozenset()

    def members(self, type_: Type) -> tuple[str, ...]:
        """Return the ids of a scale or set, in file order."""
        table = self.scales if type_.kind == "scale" else self.sets
        return table.get(type_.name or "", ())

    def rank(self, type_: Type, value: str) -> int:
        """Return the place of a scale's value, 0 the lightest."""
        return self.members(type_).index(value)


def parse_value(text: object, type_: Type, domain: Domain) -> Value:
    """Return the typed value of a scalar's text (a list of texts for `set of X`). Raises BadValue."""
    if type_.many:
        return _parse_many(text, type_, domain)
    if not isinstance(text, str):
        raise BadValue(text, type_)
    if type_.kind in ("scale", "set"):
        return _parse_member(text, type_, domain)
    try:
        return _parse_plain(text, type_.kind, domain)
    except (ValueError, KeyError, ArithmeticError) as error:
        raise BadValue(text, type_) from error


def _parse_many(text: object, type_: Type, domain: Domain) -> frozenset[str]:
    items = [text] if isinstance(text, str) else text
    if not isinstance(items, list | tuple):
        raise BadValue(text, type_)
    return frozenset(_parse_member(item, type_, domain) for item in items)


def _parse_member(text: object, type_: Type, domain: Domain) -> str:
    known = domain.members(type_)
    if text not in known and not (text == "other" and type_.name in domain.open_sets):
        raise BadValue(text, type_, known)
    return str(text)


def _parse_plain(text: str, kind: str, domain: Domain) -> Value:
    simple: dict[str, Callable[[str], Value]] = {
        "yes_no": _yes_no,
        "count": _count,
        "number": _number,
        "percent": _percent,
        "money": _money,
        "hour": _hour,
    }
    if kind in simple:
        return simple[kind](text)
    if kind == "duration":
        return timing.parse_duration(text)
    if kind == "instant":
        return timing.parse_instant(text, domain.zone)
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "limit":
        timing.parse_limit(text, domain.soft_words)
        return text
    if kind == "interval":
        timing.parse_every(text)
        return text
    if kind == "range":
        low, high = text.split(" to ")
        levels = domain.scales.get("level", ())
        if levels.index(low) > levels.index(high):
            raise ValueError(text)
        return (low, high)
    if kind == "body" and text.partition("@")[0].partition(".")[0] not in domain.bodies:
        raise BadValue(text, Type("body"), tuple(sorted(domain.bodies)))
    return text


def nil(type_: Type, domain: Domain) -> Value | None:
    """Return what `rest: none` means for a type: no, zero, the lightest value, the empty set; None if nothing does."""
    if type_.many:
        return frozenset()
    nils: dict[str, Value] = {
        "yes_no": False,
        "count": 0,
        "number": Decimal(0),
        "percent": Decimal(0),
        "duration": timedelta(0),
    }
    if type_.kind == "scale":
        return next(iter(domain.members(type_)), None)
    if type_.kind == "money":
        return Money(Decimal(0), "CNY")
    return nils.get(type_.kind)


def show_value(value: object, type_: Type) -> str:
    """Return a value in the words of the language, so that `parse_value` reads it back (a set's members by commas)."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return f"{_plain(value.amount)} {value.currency}"
    if isinstance(value, Decimal):
        return _plain(value) + ("%" if type_.kind == "percent" else "")
    if isinstance(value, timedelta):
        return timing.write_duration(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    if isinstance(value, tuple):
        return " to ".join(str(part) for part in value)
    return str(value)


def _plain(number: Decimal) -> str:
    """Return a decimal without exponent or idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
