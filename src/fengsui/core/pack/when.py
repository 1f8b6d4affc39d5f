"""Conditions as written: a mapping is *all* of its entries; `any`, `all`, `not` nest (language 1.3).

Rules
- A bare list of conditions is refused, so nobody mistakes 或 for 且.
- One entry is `subject: test`; tests are equality, membership, order, `includes`, `known`, `unknown`.
- Subjects and literals are typed here, against the pack's vocabulary; a wrong one is refused with its place.
- Meaning (three values, what is open) belongs to `conditions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fengsui.core.pack.values import Type, Value
from fengsui.core.pack.vocabulary import ReadingRef, Vocabulary, refuse

Op = Literal["eq", "in", "ne", "ge", "le", "gt", "lt", "includes", "known", "unknown"]
ORDER_WORDS: dict[str, Op] = {"at least ": "ge", "at most ": "le", "more than ": "gt", "less than ": "lt"}
NAMED_OPS: dict[Op, str] = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}


@dataclass(frozen=True, slots=True)
class Test:
    """`subject: test`. `operand` holds typed values (several for `in`) or one reading."""

    __test__ = False  # the word of the language, not a test of pytest

    subject: str
    op: Op
    operand: tuple[Value | ReadingRef, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; the empty one always holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOfThese:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Test | All | AnyOfThese | Not
ALWAYS = All(())


def tests(condition: Condition) -> Iterator[Test]:
    """Yield every test of a condition, left to right."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from tests(condition.part)
    else:
        for part in condition.parts:
            yield from tests(part)


def parse_condition(
    raw: object, words: Vocabulary, *, knowledge: bool = True, at: tuple[object, ...] = ()
) -> Condition:
    """Read a condition. `knowledge` False refuses `known`/`unknown` (grading, defined facts). Raises a refusal."""
    if not isinstance(raw, dict):
        refuse(
            "bad_condition", at, why="条件须是“对象: 检验”的映射", why_en="a condition is a mapping of subject: test"
        )
    parts = tuple(_entry(key, value, words, knowledge, (*at, key)) for key, value in raw.items())
    if not parts:
        refuse("bad_condition", at, why="空的条件", why_en="the condition is empty")
    return parts[0] if len(parts) == 1 else All(parts)


def _entry(key: str, value: object, words: Vocabulary, knowledge: bool, at: tuple[object, ...]) -> Condition:
    if key in ("any", "all"):
        if not isinstance(value, list) or not value:
            refuse("bad_condition", at, why=f"{key} 后面须是条件的列表", why_en=f"{key} takes a list of conditions")
        parts = tuple(parse_condition(item, words, knowledge=knowledge, at=(*at, n)) for n, item in enumerate(value))
        return AnyOfThese(parts) if key == "any" else All(parts)
    if key == "not":
        return Not(parse_condition(value, words, knowledge=knowledge, at=at))
    return parse_test(key, value, words, knowledge=knowledge, at=at)


def parse_test(subject: str, raw: object, words: Vocabulary, *, knowledge: bool = True, at: tuple[object, ...]) -> Test:
    """Read `subject: test` with the literal typed by the subject."""
    type_ = words.subject_type(subject, at)
    if isinstance(raw, list):
        operands = tuple(_literal(item, type_, words, at) for item in raw)
        return Test(subject, "in", operands, type_)
    if not isinstance(raw, str):
        refuse("bad_condition", at, why="检验须是一个值或一列值", why_en="a test is a value or a list of values")
    if raw in ("known", "unknown"):
        if not knowledge:
            refuse("knowledge_test", at, word=raw)
        return Test(subject, raw, (), type_)  # type: ignore[arg-type]
    return _compare(subject, raw, type_, words, at)


def _compare(subject: str, raw: str, type_: Type, words: Vocabulary, at: tuple[object, ...]) -> Test:
    for word, op in ORDER_WORDS.items():
        if raw.startswith(word):
            if not type_.ordered:
                refuse("no_order", at, subject=subject, word=word.strip())
            return Test(subject, op, (_literal(raw[len(word) :], type_, words, at),), type_)
    if raw.startswith("includes "):
        if not type_.many:
            refuse("no_order", at, subject=subject, word="includes")
        one = Type(type_.kind, type_.name)
        return Test(subject, "includes", (_literal(raw[len("includes ") :], one, words, at),), type_)
    if raw.startswith("not "):
        return Test(subject, "ne", (_literal(raw[4:], type_, words, at),), type_)
    return Test(subject, "eq", (_literal(raw, type_, words, at),), type_)


def _literal(raw: object, type_: Type, words: Vocabulary, at: tuple[object, ...]) -> Value | ReadingRef:
    if isinstance(raw, str) and raw.startswith("$"):
        return words.reading(raw, at, type_)
    return words.value(raw, type_, at)
