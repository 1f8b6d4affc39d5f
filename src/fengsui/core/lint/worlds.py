"""Small worlds for the linter: can conditions hold together, which combinations of facts does a table leave out?

Rules
- A variable is a subject with the values that its tests can tell apart: every value of a scale or set, `yes`/`no`,
  each threshold and the gaps between them.
- A threshold left to a reading is a free yes/no of its own; so is every `includes`.
- Unknown is a value only where a condition asks `known` or `unknown`, or where the caller wants it.

Example: `together((level at least II), (level at most III))` gives `{"level": "III"}`… or `II`, or None.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from fengsui.core.pack import All, Condition, Not, Pack, ReadingRef, Test, tests

World = Mapping[object, object]
UNKNOWN: Final = "?unknown"
_OTHER: Final = "?other"
_YES_NO: tuple[object, ...] = (True, False)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a line of thresholds: odd on the threshold `index // 2`, even in the gap before it."""

    index: int
    line: tuple[object, ...]

    def place(self, value: object) -> int:
        """Return where a threshold stands on this line."""
        return 2 * self.line.index(value) + 1


def together(pack: Pack, conditions: Sequence[Condition], fixed: World | None = None) -> World | None:
    """Return a world in which all conditions hold, or None when they exclude each other. `fixed` is given."""
    variables = domains(pack, conditions)
    given = dict(fixed or {})
    free = [key for key in variables if key not in given]
    return _search(pack, tuple(conditions), variables, free, given)


def combinations(pack: Pack, conditions: Sequence[Condition], most: int) -> Iterator[World] | None:
    """Return every world the conditions tell apart, or None when there are more than `most`."""
    variables = domains(pack, conditions)
    if prod(len(values) for values in variables.values()) > most:
        return None
    return (dict(zip(variables, values, strict=True)) for values in itertools.product(*variables.values()))


def domains(pack: Pack, conditions: Sequence[Condition]) -> dict[object, tuple[object, ...]]:
    """Return the variables of some conditions and the values of each."""
    found: dict[object, list[Test]] = {}
    for condition in conditions:
        for test in tests(condition):
            found.setdefault(_variable(test), []).append(test)
    return {key: _values(pack, key, its) for key, its in found.items()}


def holds(pack: Pack, condition: Condition, world: World) -> bool | None:
    """Judge a condition in a world; None where it cannot be told (unknown, or not yet assigned)."""
    if isinstance(condition, Test):
        return _test(pack, condition, world)
    if isinstance(condition, Not):
        inner = holds(pack, condition.part, world)
        return None if inner is None else not inner
    parts = [holds(pack, part, world) for part in condition.parts]
    return _all(parts) if isinstance(condition, All) else _any(parts)


def say(pack: Pack, world: World, lang: str = "zh") -> str:
    """Return a world in words, for a finding."""
    parts = [say_one(pack, key, value, lang) for key, value in world.items()]
    return ("，" if lang == "zh" else ", ").join(part for part in parts if part)


# ------------------------------------------------------------------------------------------------ search
def _search(
    pack: Pack,
    conditions: tuple[Condition, ...],
    variables: Mapping[object, tuple[object, ...]],
    free: Sequence[object],
    world: dict[object, object],
) -> World | None:
    judged = [holds(pack, condition, world) for condition in conditions]
    if False in judged or not _consistent(world):
        return None
    if not free:
        return dict(world) if all(judged) else None
    key, rest = free[0], free[1:]
    for value in variables[key]:
        found = _search(pack, conditions, variables, rest, {**world, key: value})
        if found is not None:
            return found
    return None


def _consistent(world: World) -> bool:
    """Who assessed is known exactly when an assessment is; the same for who issued and the colour."""
    for one, other in (("assessed", "assessed_by"), ("colour", "issued_by")):
        if one in world and other in world and (world[one] == UNKNOWN) != (world[other] == UNKNOWN):
            return False
    return True


# ------------------------------------------------------------------------------------------------ variables
def _free(test: Test) -> bool:
    """Whether a test is a yes/no of its own: it compares with a reading, or looks into a set of values."""
    readings = any(isinstance(value, ReadingRef) for value in test.operand)
    return readings or (test.type.many and test.op not in ("known", "unknown"))


def _variable(test: Test) -> object:
    return (test.subject, test.op, test.operand) if _free(test) else test.subject


def _values(pack: Pack, key: object, its: Sequence[Test]) -> tuple[object, ...]:
    if isinstance(key, tuple):
        return _YES_NO
    test = its[0]
    values = _plain(pack, test, its)
    asks = any(one.op in ("known", "unknown") for one in its) or key in ("assessed", "assessed_by")
    return (*values, UNKNOWN) if asks else values


def _plain(pack: Pack, test: Test, its: Sequence[Test]) -> tuple[object, ...]:
    kind = test.type.kind
    if kind == "yes_no":
        return _YES_NO
    if kind in ("scale", "set"):
        return pack.words.domain.members(test.type)
    if test.type.ordered:
        line = _thresholds(its)
        return tuple(Point(n, line) for n in range(2 * len(line) + 1))
    named = dict.fromkeys(value for one in its for value in one.operand)
    return (*named, _OTHER)


def _thresholds(its: Sequence[Test]) -> tuple[object, ...]:
    found = {value for one in its for value in one.operand}
    return tuple(sorted(found))  # type: ignore[type-var]


# ------------------------------------------------------------------------------------------------ judging
def _test(pack: Pack, test: Test, world: World) -> bool | None:
    key = _variable(test)
    if key not in world:
        return None
    value = world[key]
    if test.op in ("known", "unknown"):
        return (value == UNKNOWN) == (test.op == "unknown")
    if value == UNKNOWN:
        return None
    if isinstance(key, tuple):
        return value is True
    if test.op in ("eq", "in", "ne") and not isinstance(value, Point):
        return (value in test.operand) == (test.op != "ne")
    return _ordered(pack, test, value)


def _ordered(pack: Pack, test: Test, value: object) -> bool:
    if isinstance(value, Point):
        here, places = value.index, [value.place(operand) for operand in test.operand]
    else:
        order = pack.words.domain.members(test.type)
        here, places = order.index(str(value)), [order.index(str(operand)) for operand in test.operand]
    there = places[0]
    if test.op in ("eq", "in", "ne"):
        return (here in places) == (test.op != "ne")
    return {"ge": here >= there, "gt": here > there, "le": here <= there, "lt": here < there}[test.op]


def _all(parts: Sequence[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _any(parts: Sequence[bool | None]) -> bool | None:
    if True in parts:
        return True
    return None if None in parts else False


# ------------------------------------------------------------------------------------------------ words
def say_one(pack: Pack, key: object, value: object, lang: str) -> str:
    """Return one subject at one value in words: `响应：Ⅱ级`."""
    zh = lang == "zh"
    if isinstance(key, tuple):
        subject, op, operand = key
        words = "、".join(_operand(pack, one, lang) for one in operand)
        name = f"{_subject(pack, subject, lang)}{' ' if not zh else ''}{_OPS.get(op, ('', op))[not zh]} {words}"
        return name if value else (f"并非{name}" if zh else f"not ({name})")
    return f"{_subject(pack, str(key), lang)}{'：' if zh else ': '}{_value(pack, str(key), value, zh)}"


_OPS = {
    "ge": ("不低于", "at least"),
    "gt": ("高于", "more than"),
    "le": ("不高于", "at most"),
    "lt": ("低于", "less than"),
    "eq": ("为", "is"),
    "ne": ("不为", "is not"),
    "includes": ("包括", "includes"),
}


def _operand(pack: Pack, value: object, lang: str) -> str:
    if isinstance(value, ReadingRef):
        return f"〔{pack.label('reading', value.name, 'zh' if lang == 'zh' else 'en')}〕"
    return str(value)


def _subject(pack: Pack, subject: str, lang: str) -> str:
    names = SUBJECTS.get(subject)
    if names:
        return names[0] if lang == "zh" else names[1]
    if subject.startswith("$"):
        return pack.label("reading", subject[1:], "zh" if lang == "zh" else "en")
    return pack.label("fact", subject, "zh" if lang == "zh" else "en")


def _value(pack: Pack, subject: str, value: object, zh: bool) -> str:
    if value == UNKNOWN:
        return "未知" if zh else "unknown"
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if isinstance(value, Point):
        return _point(value, zh)
    if value == _OTHER:
        return "其他" if zh else "another"
    name = str(pack.words.subject_type(subject).name)
    return pack.label(name, str(value), "zh" if zh else "en") if name in SUBJECTS else _label(pack, name, value, zh)


def _label(pack: Pack, name: str, value: object, zh: bool) -> str:
    sort = f"scale:{name}" if name in pack.terms.scales else f"set:{name}"
    return pack.label(sort, str(value), "zh" if zh else "en")


def _point(point: Point, zh: bool) -> str:
    if point.index % 2:
        return str(point.line[point.index // 2])
    if point.index == 0:
        return f"{'不到' if zh else 'below '}{point.line[0]}"
    if point.index == 2 * len(point.line):
        return f"{'超过' if zh else 'above '}{point.line[-1]}"
    low, high = point.line[point.index // 2 - 1], point.line[point.index // 2]
    return f"{low}–{high}{'之间' if zh else ''}"


SUBJECTS: Mapping[str, tuple[str, str]] = {
    "level": ("级别", "level"),
    "assessed": ("初判", "assessed level"),
    "current": ("现行级别", "current level"),
    "grade": ("定级结论", "grade"),
    "response": ("响应", "response"),
    "colour": ("预警", "colour"),
    "assessed_by": ("研判机构", "assessed by"),
    "issued_by": ("发布机构", "issued by"),
    "phase": ("阶段", "phase"),
    "mode": ("方式", "mode"),
    "site.tier": ("层级", "tier"),
    "to": ("报送对象", "addressee"),
}
