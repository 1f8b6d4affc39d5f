"""Tables of grading by enumeration: which combinations of facts no rule covers, told as few as may be.

Rules
- The combinations are those that the table's own tests tell apart (`worlds`); a table over too many is not listed.
- Combinations left out are gathered: `A：甲或乙，B：是` stands for both, a fact that is not named may be anything.
- A table that ends in *ungraded* has no hole; but where the lightest level has a condition of its own, something always
  lies below it, and that is told once.

Example: `uncovered(pack, "leak")` gives the rows that the leak column lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations as combinations_of
from math import prod

from fengsui.core.lint.places import found
from fengsui.core.lint.worlds import World, combinations, domains, holds, say_one
from fengsui.core.pack import ALWAYS, All, AnyOfThese, Condition, Method, Pack, Test
from fengsui.core.problems import Lang, Problem

MOST = 20_000
"""No more combinations of a table are listed than this."""
SHOWN = 6

Cube = Mapping[object, tuple[object, ...]]
"""Some combinations at once: the values that a subject may have; a subject not named may have any."""


def tables(pack: Pack) -> Iterator[Problem]:
    """Yield the holes of a pack's grading tables."""
    for name, method in pack.methods.items():
        yield from _gap(pack, name, method)
        yield from _below(pack, name, method)
        yield from _and_or(pack, name)


def uncovered(pack: Pack, method: str, fixed: World | None = None) -> tuple[Cube, ...] | None:
    """Return the combinations that no rule of a method covers; None where there are too many to list.

    `fixed` holds some subjects at one value, to count within a part of the table.
    """
    left = _left(pack, method, fixed or {})
    return None if left is None else tuple(cubes(_variables(pack, method, fixed or {}), left[0]))


def counted(pack: Pack, method: str, fixed: World | None = None) -> tuple[int, int] | None:
    """Return how many combinations of a method no rule covers, and how many there are."""
    left = _left(pack, method, fixed or {})
    return None if left is None else (len(left[0]), left[1])


def say_cube(pack: Pack, cube: Cube, lang: Lang = "zh") -> str:
    """Return combinations in words."""
    either = "或" if lang == "zh" else " or "
    parts = []
    for key, values in cube.items():
        said = [say_one(pack, key, value, lang) for value in values]
        name = said[0].partition("：" if lang == "zh" else ": ")
        tails = [one.removeprefix(name[0] + name[1]) for one in said]
        parts.append(name[0] + name[1] + either.join(tails) if name[1] else either.join(said))
    return ("，" if lang == "zh" else ", ").join(parts) or ("任何情形" if lang == "zh" else "anything")


def _whens(pack: Pack, method: str) -> list[Condition]:
    return [row.when for row in pack.rows(method)]


def _variables(pack: Pack, method: str, fixed: World) -> dict[object, tuple[object, ...]]:
    return {k: v for k, v in domains(pack, _whens(pack, method)).items() if k not in fixed}


def _left(pack: Pack, method: str, fixed: World) -> tuple[list[tuple[object, ...]], int] | None:
    whens = _whens(pack, method)
    worlds = combinations(pack, whens, MOST)
    if worlds is None:
        return None
    every = [world for world in worlds if all(world.get(key) == value for key, value in fixed.items())]
    keys = list(_variables(pack, method, fixed))
    return [tuple(w[k] for k in keys) for w in every if not any(holds(pack, when, w) for when in whens)], len(every)


def cubes(variables: Mapping[object, Sequence[object]], worlds: Sequence[tuple[object, ...]]) -> Iterator[Cube]:
    """Yield combinations (values in the order of `variables`) gathered: every one in exactly one cube."""
    if not worlds:
        return
    if len(worlds) == prod(len(values) for values in variables.values()):
        yield {}
        return
    key, *others = variables
    rest = {name: variables[name] for name in others}
    groups: dict[tuple[tuple[object, ...], ...], list[object]] = {}
    for value in variables[key]:
        below = tuple(world[1:] for world in worlds if world[0] == value)
        if below:
            groups.setdefault(below, []).append(value)
    for below, values in groups.items():
        named = {key: tuple(values)} if len(values) < len(variables[key]) else {}
        for cube in cubes(rest, below):
            yield {**named, **cube}


def _gap(pack: Pack, name: str, method: Method) -> Iterator[Problem]:
    if method.otherwise != "no_rule" or not method.rules:
        return
    place, label = ("grading.yaml", f"methods.{name}"), {"method": method.zh, "method_en": method.en or name}
    count, groups = counted(pack, name), uncovered(pack, name)
    if count is None or groups is None:
        yield found(pack, "GAP-LARGE", place, method.clause, **label, most=str(MOST))
    elif groups:
        more = len(groups) - SHOWN
        said = {
            "world": "；".join(say_cube(pack, cube) for cube in groups[:SHOWN]),
            "world_en": "; ".join(say_cube(pack, cube, "en") for cube in groups[:SHOWN]),
            "more": f"；另有{more}组（lint --gaps 全部列出）" if more > 0 else "",
            "more_en": f"; and {more} more (lint --gaps lists them)" if more > 0 else "",
        }
        yield found(pack, "GAP", place, method.clause, **label, count=str(count[0]), all=str(count[1]), **said)


def _below(pack: Pack, name: str, method: Method) -> Iterator[Problem]:
    """The lightest level has a condition of its own: what does not reach it has no level."""
    if method.otherwise != "ungraded":
        return
    lightest = [row for row in pack.rows(name) if row.level == next(iter(pack.level_order), None)]
    if lightest and all(row.when != ALWAYS for row in lightest):
        label = {"level": pack.label("level", str(lightest[0].level)), "method": method.zh}
        label |= {"level_en": pack.label("level", str(lightest[0].level), "en"), "method_en": method.en or name}
        clauses = tuple(dict.fromkeys(c for row in lightest for c in row.rule.clause))
        yield found(pack, "GAP-BELOW", ("grading.yaml", f"methods.{name}"), clauses, **label)


def _and_or(pack: Pack, name: str) -> Iterator[Problem]:
    """Two facts that a graver rule wants both, and a lighter one wants either."""
    rules = list(enumerate(pack.methods[name].rules))
    told: set[tuple[str, str]] = set()
    for _, graver in rules:
        for n, lighter in rules:
            if not 0 <= _rank(pack, lighter.level) < _rank(pack, graver.level):
                continue
            for one, other in sorted(_both(graver.when) & _either(lighter.when)):
                if (one, other) not in told:
                    told.add((one, other))
                    facts = {"one": pack.label("fact", one), "other": pack.label("fact", other)}
                    facts |= {"one_en": pack.label("fact", one, "en"), "other_en": pack.label("fact", other, "en")}
                    place = ("grading.yaml", f"methods.{name}.rules[{n}]")
                    clauses = (*graver.clause, *lighter.clause)
                    yield found(pack, "GAP-ANDOR", place, clauses, graver=graver.id, lighter=lighter.id, **facts)


def _rank(pack: Pack, level: str | None) -> int:
    return pack.level_order.index(level) if level in pack.level_order else -1


def _pairs(parts: Sequence[Condition]) -> set[tuple[str, str]]:
    names = sorted({part.subject for part in parts if isinstance(part, Test)})
    return set(combinations_of(names, 2))


def _both(condition: Condition) -> set[tuple[str, str]]:
    """Return the pairs of subjects that a condition wants together."""
    if not isinstance(condition, All):
        return set()
    return _pairs(condition.parts).union(*(_both(part) for part in condition.parts))


def _either(condition: Condition) -> set[tuple[str, str]]:
    """Return the pairs of subjects of which a condition wants one."""
    if isinstance(condition, AnyOfThese):
        return _pairs(condition.parts)
    return set().union(*(_either(part) for part in condition.parts)) if isinstance(condition, All) else set()
