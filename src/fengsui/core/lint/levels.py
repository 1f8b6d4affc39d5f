"""Findings about grading and scales: tables with gaps, order, rules in the shadow of others, levels, warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fengsui.core.lint.places import Cited, duties, everything, found
from fengsui.core.lint.worlds import together
from fengsui.core.pack import ALWAYS, Condition, Grant, Method, Not, Pack, Row, tests
from fengsui.core.problems import Problem


def levels(pack: Pack) -> Iterator[Problem]:
    """Yield every finding about the scales and the grading of a pack."""
    yield from _scales(pack)
    yield from _warnings(pack)
    for name, method in pack.methods.items():
        rows = pack.rows(name)
        yield from _order(pack, name, method)
        yield from _shadow(pack, name, rows)
        yield from _inverted(pack, name, method)
    for cited in everything(pack):
        if cited.when != ALWAYS and together(pack, (cited.when,)) is None:
            yield found(pack, "DEAD-WHEN", cited, rule=cited.zh, rule_en=cited.en)


def _label(pack: Pack, sort: str, value: str, key: str) -> dict[str, str]:
    return {key: pack.label(sort, value), f"{key}_en": pack.label(sort, value, "en")}


# ------------------------------------------------------------------------------------------------ scales
def _scales(pack: Pack) -> Iterator[Problem]:
    if pack.head.kind == "plan" and not pack.level_order:
        yield found(pack, "LEVEL-NONE", ("terms.yaml", "scales"))
    for name, scale in pack.terms.scales.items():
        place = ("terms.yaml", f"scales.{name}")
        labels = {"scale": scale.zh, "scale_en": scale.en or scale.zh}
        for value, why in scale.undeclared.items():
            said = _label(pack, f"scale:{name}", value, "value")
            yield found(pack, "LEVEL-UNDECLARED", place, scale.clause, **labels, **said, why=why)
        other = pack.terms.scales.get(scale.like or "")
        if other and len(other.values) != len(scale.values):
            there = {"other": other.zh, "here": str(len(scale.values)), "there": str(len(other.values))}
            yield found(pack, "LEVEL-TIED", place, scale.clause, **labels, **there)
    if pack.methods and not any(row.range for name in pack.methods for row in pack.rows(name)):
        yielded = {row.level for name in pack.methods for row in pack.rows(name)}
        for level in pack.level_order:
            if level not in yielded:
                yield found(
                    pack, "LEVEL-UNUSED", ("terms.yaml", "scales.level"), **_label(pack, "level", level, "level")
                )


def _warnings(pack: Pack) -> Iterator[Problem]:
    colours = pack.words.domain.scales.get("colour", ())
    ruled = any(grant.kind == "warning" for grant in pack.grants) or bool(pack.duties_for("warning"))
    if ruled and not colours:
        yield found(pack, "WARN-SCALE", ("terms.yaml", "scales"))
    if pack.head.kind == "plan" and not any(g.links or g.outside for g in pack.grants_for("warning", "issue")):
        yield found(pack, "WARN-NONE", ("grants.yaml", "warning"))
    place = ("terms.yaml", "scales.colour")
    for colour in colours:
        label = _label(pack, "colour", colour, "colour")
        for act, code in (("issue", "WARN-ISSUE"), ("lift", "WARN-LIFT")):
            if not any(_fits(pack, grant, colour) for grant in pack.grants_for("warning", act)):
                yield found(pack, code, place, **label)
        whens = [cited.when for cited in duties(pack) if getattr(cited.thing, "kind", "") == "warning"]
        whens += [book.when for book in pack.playbooks.values() if book.kind in (None, "warning")]
        if not any(together(pack, (when,), {"colour": colour}) is not None for when in whens):
            yield found(pack, "WARN-RESPONSE", place, **label)
    asked = any(test.subject == "colour" for when in _responses(pack) for test in tests(when))
    if len(colours) > 1 and ruled and not asked:
        yield found(pack, "WARN-SAME", place)


def _responses(pack: Pack) -> Iterator[Condition]:
    """Yield the conditions of what is done under a warning."""
    yield from (cited.when for cited in duties(pack) if getattr(cited.thing, "kind", "") == "warning")
    books = [book for book in pack.playbooks.values() if book.kind in (None, "warning")]
    yield from (book.when for book in books)
    yield from (step.when for book in books for stage in book.stages for step in stage)


def _fits(pack: Pack, grant: Grant, colour: str) -> bool:
    return not grant.forbidden and together(pack, (grant.when,), {"colour": colour}) is not None


# ------------------------------------------------------------------------------------------------ tables
def _rank(pack: Pack, level: str | None) -> int:
    return pack.level_order.index(level) if level in pack.level_order else -1


def _order(pack: Pack, name: str, method: Method) -> Iterator[Problem]:
    lightest = len(pack.level_order)
    for n, rule in enumerate(method.rules):
        rank = _rank(pack, rule.level)
        if rank < 0:
            continue
        if rank > lightest:
            place = ("grading.yaml", f"methods.{name}.rules[{n}]")
            label = {"method": method.zh, "method_en": method.en or name}
            yield found(pack, "ORDER", place, rule.clause, **label, rule=rule.id)
            return
        lightest = rank


def _shadow(pack: Pack, name: str, rows: Sequence[Row]) -> Iterator[Problem]:
    for n, row in enumerate(rows):
        others = [
            other
            for m, other in enumerate(rows)
            if other.rule is not row.rule
            and _rank(pack, row.level) >= 0
            and (_rank(pack, other.level), -m) > (_rank(pack, row.level), -n)
        ]
        hider = next((other for other in others if _implies(pack, row, other)), None)
        if hider is not None:
            at = _rule_place(pack, name, row)
            yield found(pack, "SHADOW", at, rule=row.id, other=hider.id)


def _implies(pack: Pack, row: Row, other: Row) -> bool:
    return together(pack, (row.when, Not(other.when))) is None and together(pack, (row.when,)) is not None


def _rule_place(pack: Pack, name: str, row: Row) -> Cited:
    return next(c for c in everything(pack) if c.sort == "rule" and c.thing is row.rule and c.name.startswith(name))


def _inverted(pack: Pack, name: str, method: Method) -> Iterator[Problem]:
    for n, rule in enumerate(method.rules):
        steps = [(level, (rule.at_least or {}).get(level)) for level in pack.level_order]
        known = [(level, value) for level, value in steps if value is not None and not hasattr(value, "name")]
        for (light, low), (grave, high) in zip(known, known[1:], strict=False):
            if isinstance(low, str) or isinstance(high, str) or low < high:  # type: ignore[operator]
                continue
            place = ("grading.yaml", f"methods.{name}.rules[{n}].at_least")
            said = {**_label(pack, "level", grave, "graver"), **_label(pack, "level", light, "lighter")}
            yield found(pack, "INVERT", place, rule.clause, rule=rule.id, **said)
