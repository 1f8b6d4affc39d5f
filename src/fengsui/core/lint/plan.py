"""Findings about the plan as a whole: coverage of clauses, bodies, missing powers, readings, text, personal data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fengsui.core.lint.places import everything, found
from fengsui.core.loader import text_digest
from fengsui.core.loader.reading import join
from fengsui.core.pack import Pack
from fengsui.core.pack.acts import ACT_NAMES
from fengsui.core.problems import Problem

EXPECTED = {
    "incident": ("assess", "confirm", "activate", "adjust", "end", "publish", "investigate", "close"),
    "warning": ("issue", "adjust", "lift", "close"),
    "standing": ("adopt", "set", "review", "drill"),
    "key_period": ("declare", "end", "close"),
}
_KINDS = {"incident": "事件", "warning": "预警", "standing": "常态", "key_period": "重保"}
_PERSONAL = (
    re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"),
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"),
)


def plan(pack: Pack) -> Iterator[Problem]:
    """Yield every finding about the plan as a whole."""
    yield from coverage(pack)
    yield from _bodies(pack)
    yield from _missing(pack)
    yield from _readings(pack)
    yield from _text(pack)
    for name, data in pack.raw.items():
        yield from _personal(pack, f"{name}.yaml", "", data)


def coverage(pack: Pack) -> Iterator[Problem]:
    """Yield the clauses that no rule answers, or that are answered twice over."""
    answered = {clause for cited in everything(pack) for clause in cited.clause}
    for name, clause in pack.clauses.items():
        place, params = ("clauses.yaml", f"clauses.{name}"), {"clause": name, "cite": clause.cite}
        if name in answered and clause.not_executable:
            yield found(pack, "COVER-BOTH", place, (name,), **params)
        if name not in answered and not clause.not_executable:
            yield found(pack, "COVER-NONE", place, (name,), **params)


def _bodies(pack: Pack) -> Iterator[Problem]:
    for name, body in pack.bodies.items():
        place, label = ("bodies.yaml", f"bodies.{name}"), {"body": body.zh, "body_en": body.en or body.zh}
        if body.constituted:
            code = "BODY" if body.constituted == "nowhere" else "BODY-ELSEWHERE"
            yield found(pack, code, place, body.clause, **label)
        if body.kind == "temporary" and not (body.created_by and body.ends_on):
            lacks = ("何时成立", "when it begins") if not body.created_by else ("何时结束", "when it ends")
            yield found(pack, "BODY-LIFE", place, body.clause, **label, what=lacks[0], what_en=lacks[1])


def _missing(pack: Pack) -> Iterator[Problem]:
    """A plan that grants anything on a kind of case should grant the acts that belong to its life."""
    if pack.head.kind != "plan":
        return
    for kind, acts in EXPECTED.items():
        if not any(grant.kind == kind for grant in pack.grants):
            continue
        for act in acts:
            if not pack.grants_for(kind, act) and not (act == "confirm" and not pack.level_order):
                zh, en = ACT_NAMES[act]
                names = {"act": zh, "act_en": en, "kind": _KINDS[kind], "kind_en": kind}
                yield found(pack, "MISSING", ("grants.yaml", kind), **names)


def _readings(pack: Pack) -> Iterator[Problem]:
    for name, parameter in pack.readings.parameters.items():
        label = {"reading": parameter.zh, "reading_en": parameter.en or parameter.zh}
        yield found(pack, "READING", ("readings.yaml", f"parameters.{name}"), parameter.clause, **label)
    for name, switch in pack.readings.switches.items():
        label = {"reading": switch.zh, "reading_en": switch.en or switch.zh}
        place = ("readings.yaml", f"switches.{name}")
        yield found(pack, "READING", place, switch.clause, **label)
        if len(switch.options) < 2:
            yield found(pack, "READING-ONE", place, switch.clause, **label)


def _text(pack: Pack) -> Iterator[Problem]:
    stated = pack.head.text
    actual = text_digest(pack.text) if pack.text is not None else None
    if stated == actual:
        return
    if actual is None:
        why = ("写了 text 摘要，预案包里却没有 text.md", "a text digest is stated, but there is no text.md")
    elif stated is None:
        why = ("有 text.md，pack.yaml 却没有写它的摘要", "there is a text.md, but pack.yaml does not state its digest")
    else:
        why = ("text.md 与 pack.yaml 写的摘要不符", "text.md does not fit the digest that pack.yaml states")
    place = ("pack.yaml", "text" if stated else "")
    yield found(pack, "TEXT", place, why=why[0], why_en=why[1], digest=actual or "（删去 text 一项）")


def _personal(pack: Pack, file: str, path: str, data: object) -> Iterator[Problem]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _personal(pack, file, join(path, str(key)), value)
    elif isinstance(data, list):
        for n, value in enumerate(data):
            yield from _personal(pack, file, join(path, n), value)
    else:
        for pattern in _PERSONAL:
            if hit := pattern.search(str(data)):
                yield found(pack, "PII", (file, path), text=hit[0])
