"""What a pack of `kind: regime` may hold (language 7.4).

Rules
- Facts, grading, duties and forms; no grants, playbooks or patterns, and no tiers: it runs beside a plan and gives
  nobody an act.
- Its conditions may ask its own `grade`, never the plan's `assessed`, `level`, `response` or `colour`: the levels of
  two packs are never mapped to each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from fengsui.core.pack import Condition, Duty, Fault, Pack, SameAs, tests

PLAN_ONLY = ("assessed", "assessed_by", "level", "current", "response", "colour", "issued_by", "site.tier")


def check_regime(pack: Pack) -> Iterator[Fault]:
    """Yield every part of a regime that only a plan may have, and `same_as` that leads nowhere."""
    yield from _same_as(pack)
    if pack.head.kind != "regime":
        return
    parts: tuple[tuple[str, tuple[str, ...], object, str, str], ...] = (
        ("grants", (), pack.grants, "权限", "grants"),
        ("playbooks", (), pack.playbooks, "处置规程", "playbooks"),
        ("duties", ("patterns",), pack.patterns, "多案情形", "patterns"),
        ("pack", ("tiers",), pack.head.tiers, "层级", "tiers"),
    )
    for file, place, found, zh, en in parts:
        if found:
            yield Fault(file, place, "regime_only", {"what": zh, "what_en": en})
    for file, at, when in _conditions(pack):
        for subject in dict.fromkeys(test.subject for test in tests(when)):
            if subject in PLAN_ONLY:
                what = {"what": f"对预案级别和响应的条件（{subject}）", "what_en": f"condition on the plan's {subject}"}
                yield Fault(file, at, "regime_only", what)
    for path, duty in _placed(pack):
        for pattern in (*duty.on, *duty.done_by, *duty.until):
            if pattern.level is not None:
                said = f"对预案级别的条件（{pattern.name}）", f"condition on the plan's level ({pattern.name})"
                yield Fault("duties", path, "regime_only", {"what": said[0], "what_en": said[1]})


def _same_as(pack: Pack) -> Iterator[Fault]:
    """`same_as` names duties of the same kind of case that say themselves to whom they are owed."""
    said = {duty.id: duty for duty in pack.duties}
    for path, duty in _placed(pack):
        for name in (name for who in duty.to if isinstance(who, SameAs) for name in who.duties):
            other = said[name]
            if other.kind != duty.kind or any(isinstance(who, SameAs) for who in other.to):
                zh = f"same_as 指的“{name}”须是同一种案的义务，并自己写明报给谁"
                en = f"same_as must name duties of the same kind of case that say themselves to whom ('{name}')"
                yield Fault("duties", (*path, "to"), "keys_clash", {"why": zh, "why_en": en})


def _placed(pack: Pack) -> Iterator[tuple[tuple[object, ...], Duty]]:
    count: dict[str, int] = {}
    for duty in pack.duties:
        count[duty.kind] = count.get(duty.kind, -1) + 1
        yield (duty.kind, count[duty.kind]), duty


def _conditions(pack: Pack) -> Iterator[tuple[str, tuple[object, ...], Condition]]:
    for path, duty in _placed(pack):
        yield "duties", (*path, "when"), duty.when
    for name, method in pack.methods.items():
        for n, rule in enumerate(method.rules):
            yield "grading", ("methods", name, "rules", n, "when"), rule.when
    for n, scope in enumerate(pack.grading.scope):
        yield "grading", ("scope", n, "when"), scope.when
    for name, fact in pack.facts.items():
        if fact.means is not None:
            yield "facts", ("facts", name, "means"), fact.means
