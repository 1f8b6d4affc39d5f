"""The same table in zen-engine (GoRules), made from the pack's own rows.

Where the two differ in meaning: zen answers with the first row that matches and knows nothing else. It has no third
value (a fact that is missing is not *unknown* but matches or not), no interval while something is open, no reasons for
rows that do not hold, no next question, no clause. So only facts that are all known are compared, and only the level.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import product
from typing import Any

from fengsui.core.case import FactText
from fengsui.core.pack import All, AnyOfThese, Condition, Money, Pack, Test, parse_value

SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "eq": "==", "ne": "!="}


def engine_for(pack: Pack, method: str) -> Callable[[Mapping[str, object]], str | None] | None:
    """Return what evaluates the method's rows in zen, or None where zen-engine is not installed."""
    try:
        import zen
    except ImportError:
        return None
    decision = zen.ZenEngine().create_decision(json.dumps(document(pack, method)))

    def level(context: Mapping[str, object]) -> str | None:
        found = decision.evaluate(dict(context))["result"]
        return found.get("level") if isinstance(found, dict) else None

    return level


def context(pack: Pack, method: str, facts: Mapping[str, FactText]) -> dict[str, object]:
    """Return the facts that the method's rows test as zen sees them: minutes, amounts, ranks."""
    subjects = {test.subject for row in pack.rows(method) for part in ways(row.when) for test in part}
    return {
        name: _plain(parse_value(facts[name], pack.facts[name].type, pack.words.domain), name, pack)
        for name in sorted(subjects)
    }


def document(pack: Pack, method: str) -> dict[str, Any]:
    """Return a decision of one table: the rows grave to light, an `any` spread into rows of its own."""
    split = [(row, part) for row in pack.rows(method) for part in ways(row.when)]
    subjects = sorted({test.subject for _, part in split for test in part})
    rules = []
    for n, (row, part) in enumerate(split):
        cells = {test.subject: _cell(test, pack) for test in part}
        rules.append({"_id": f"r{n}", **{s: cells.get(s, "") for s in subjects}, "level": json.dumps(row.level)})
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": s, "name": s, "field": s} for s in subjects],
        "outputs": [{"id": "level", "name": "level", "field": "level"}],
        "rules": rules,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": table, "position": {"x": 1, "y": 0}},
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": f"{a}{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in (("in", "table"), ("table", "out"))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def ways(condition: Condition) -> Iterator[tuple[Test, ...]]:
    """Yield the lists of tests that each alone make the condition hold."""
    if isinstance(condition, Test):
        yield (condition,)
    elif isinstance(condition, All):
        for parts in product(*(tuple(ways(part)) for part in condition.parts)):
            yield tuple(test for part in parts for test in part)
    elif isinstance(condition, AnyOfThese):
        for part in condition.parts:
            yield from ways(part)
    else:
        raise ValueError(f"a decision table of zen cannot hold {condition}: only tests, `all` and `any` are compared")


def _cell(test: Test, pack: Pack) -> str:
    value = _plain(test.operand[0], test.subject, pack)
    return f"{SIGNS[test.op]} {json.dumps(value)}"


def _plain(value: object, subject: str, pack: Pack) -> object:
    type_ = pack.words.subject_type(subject)
    if type_.kind == "scale":
        return pack.words.domain.members(type_).index(str(value))
    if isinstance(value, timedelta):
        return int(value.total_seconds() // 60)
    return int(value.amount) if isinstance(value, Money) else value
