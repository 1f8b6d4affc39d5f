"""What one rule alone cannot know: names that point from rule to rule, and keys that only make sense together.

Rules
- Any field left as plain text is a hole (language 10): here the last of them are tied to what the pack declares.
- Runs on a pack whose single fields are sound; yields every fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

from fengsui.core.loader.regimes import check_regime
from fengsui.core.loader.std import check_std
from fengsui.core.pack import FILES, Duty, Fault, GradeRule, Grant, Method, Pack, Step, Type
from fengsui.core.pack.acts import ACTS, KINDS, Kind
from fengsui.core.pack.terms import FactRule
from fengsui.core.pack.vocabulary import SORTS, near
from fengsui.core.problems import CODES

Path = tuple[object, ...]

_DERIVED_FROM = (
    "asset.owner",
    "asset.user",
    "asset.builder",
    "asset.operator",
    "case.issued_by",
    "case.commander",
    "everyone_else",
)
_EFFECTS = ("clamp", "warn", "ignore")
_VERSION = re.compile(r"\d+\.\d+\.\d+([-+.][0-9A-Za-z.-]+)?")
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")


def check_references(pack: Pack) -> Iterator[Fault]:
    """Yield every fault that needs more than one rule to see."""
    for check in (_head, _terms, _bodies, _facts, _readings, _scope, _methods, _grade, _grants, _duties):
        yield from check(pack)
    yield from _patterns(pack)
    yield from _steps(pack)
    yield from check_std(pack)
    yield from check_regime(pack)


# ------------------------------------------------------------------------------------------------ small words
def _unknown(file: str, path: Path, sort: str, name: str, known: Iterable[str]) -> Iterator[Fault]:
    known = tuple(known)
    if name not in known:
        zh, en = SORTS.get(sort, (sort, sort))
        yield Fault(file, path, "unknown_name", {"sort": zh, "sort_en": en, "name": name, **near(name, known)})


def _bad(file: str, path: Path, text: str, zh: str, en: str, example: str) -> Fault:
    return Fault(file, path, "bad_value", {"text": text, "type": zh, "type_en": en, "example": example})


def _clash(file: str, path: Path, zh: str, en: str) -> Fault:
    return Fault(file, path, "keys_clash", {"why": zh, "why_en": en})


def _typed(pack: Pack, file: str, path: Path, text: str, type_: Type) -> Iterator[Fault]:
    try:
        pack.words.value(text, type_)
    except PydanticCustomError as error:
        context = error.context or {}
        if context.get("code") in CODES:
            yield Fault(file, path, str(context["code"]), context["params"])


def _numbered(rules: Iterable[Grant] | Iterable[Duty]) -> Iterator[tuple[Path, Grant | Duty]]:
    count = dict.fromkeys(KINDS, 0)
    for rule in rules:
        yield (rule.kind, count[rule.kind]), rule
        count[rule.kind] += 1


# ------------------------------------------------------------------------------------------------ nouns
def _head(pack: Pack) -> Iterator[Fault]:
    head = pack.head
    if not _VERSION.fullmatch(head.version):
        yield _bad("pack", ("version",), head.version, "版本号", "version", "1.0.0")
    if head.text is not None and not _SHA256.fullmatch(head.text):
        yield _bad("pack", ("text",), head.text, "摘要", "digest", "sha256: 加 64 位十六进制")
    for n, name in enumerate(head.locked):
        yield from _unknown("pack", ("locked", n), "file", name, FILES)
    try:
        ZoneInfo(head.zone)
    except (KeyError, ValueError, OSError):
        yield _bad("pack", ("zone",), head.zone, "时区", "time zone", "Asia/Shanghai")


def _terms(pack: Pack) -> Iterator[Fault]:
    for name, scale in pack.terms.scales.items():
        path: Path = ("scales", name)
        if scale.like is not None:
            yield from _unknown("terms", (*path, "like"), "scale", scale.like, pack.terms.scales)
        for value in scale.undeclared:
            yield from _unknown("terms", (*path, "undeclared", value), "level", value, scale.values)
        if len(scale.values) < 2:
            yield _clash("terms", (*path, "values"), "标度至少要有两个值", "a scale needs at least two values")


def _bodies(pack: Pack) -> Iterator[Fault]:
    for name, body in pack.bodies.items():
        path: Path = ("bodies", name)
        for post in body.acts_through:
            yield from _unknown("bodies", (*path, "acts_through"), "post", post, body.posts)
        if body.tier is not None:
            yield from _unknown("bodies", (*path, "tier"), "tier", body.tier, pack.head.tiers)
        if body.is_ is not None and not body.is_.startswith("std."):
            yield from _unknown("bodies", (*path, "is"), "body", body.is_, pack.bodies)
        if (body.kind == "derived") != (body.from_ is not None):
            why = "派生机构（derived）要写 from，其他机构不写", "a derived body has `from`, other bodies have not"
            yield _clash("bodies", path, *why)
        yield from _from(pack, (*path, "from"), body.from_)


def _from(pack: Pack, path: Path, source: str | Mapping[str, str] | None) -> Iterator[Fault]:
    if isinstance(source, str):
        yield from _unknown("bodies", path, "source", source, _DERIVED_FROM)
    elif source is not None:
        if set(source) != {"by", "in"}:
            yield _bad("bodies", path, str(dict(source)), "派生来源", "source", "{by: class, in: $special_group_map}")
            return
        yield from _unknown("bodies", (*path, "by"), "fact", source["by"], pack.facts)
        names = (*pack.readings.parameters, *pack.readings.switches)
        yield from _unknown("bodies", (*path, "in"), "reading", source["in"].removeprefix("$"), names)


def _facts(pack: Pack) -> Iterator[Fault]:
    for name, fact in pack.facts.items():
        path: Path = ("facts", name)
        if sum(x is not None for x in (fact.means, fact.derive, fact.initially)) > 1:
            yield _clash("facts", path, "means、derive、initially 只能写一个", "only one of means, derive, initially")
        if fact.means is not None and fact.type != Type("yes_no"):
            yield _clash("facts", (*path, "type"), "定义事实（means）须是 yes_no", "a defined fact is a yes_no")
        if fact.initially is not None:
            yield from _typed(pack, "facts", (*path, "initially"), fact.initially, fact.type)
        yield from _derived(pack, path, fact)


def _derived(pack: Pack, path: Path, fact: FactRule) -> Iterator[Fault]:
    if fact.derive is None:
        return
    if fact.type != Type("duration"):
        yield _clash("facts", (*path, "type"), "推算的事实（derive）须是 duration", "a derived fact is a duration")
    if len(fact.derive.elapsed) != 2:
        text = str(list(fact.derive.elapsed))
        yield _bad("facts", (*path, "derive", "elapsed"), text, "起止两个时刻事实", "two instants", "[from, to]")
    for n, name in enumerate(fact.derive.elapsed):
        here = (*path, "derive", "elapsed", n)
        yield from _unknown("facts", here, "fact", name, _of_type(pack, Type("instant")))
    if fact.derive.minus is not None:
        here = (*path, "derive", "minus")
        yield from _unknown("facts", here, "fact", fact.derive.minus, _of_type(pack, Type("duration")))


def _of_type(pack: Pack, type_: Type) -> tuple[str, ...]:
    return tuple(name for name, fact in pack.facts.items() if fact.type == type_)


def _readings(pack: Pack) -> Iterator[Fault]:
    for name, parameter in pack.readings.parameters.items():
        if parameter.suggest is not None:
            path: Path = ("parameters", name, "suggest")
            yield from _typed(pack, "readings", path, parameter.suggest, parameter.type)
    for name, switch in pack.readings.switches.items():
        if switch.suggest is not None:
            path = ("switches", name, "suggest")
            yield from _unknown("readings", path, "option", switch.suggest, switch.options)


# ------------------------------------------------------------------------------------------------ grading
def _scope(pack: Pack) -> Iterator[Fault]:
    for n, rule in enumerate(pack.grading.scope):
        if (rule.hand_over is None) == (rule.out is None):
            yield _clash("grading", ("scope", n), "hand_over、out 写且只写一个", "exactly one of hand_over and out")


def _methods(pack: Pack) -> Iterator[Fault]:
    for name, method in pack.methods.items():
        path: Path = ("methods", name)
        if bool(method.rules) == bool(method.highest_of):
            yield _clash("grading", path, "rules、highest_of 写且只写一个", "exactly one of rules and highest_of")
        for n, other in enumerate(method.highest_of):
            yield from _unknown("grading", (*path, "highest_of", n), "method", other, pack.methods)
        if name in _below(pack, name):
            yield _clash("grading", path, "方法绕回了自己", "the method leads back to itself")
        yield from _within(pack, path, method)
        for n, rule in enumerate(method.rules):
            yield from _rule(pack, (*path, "rules", n), rule)


def _below(pack: Pack, name: str) -> set[str]:
    found: set[str] = set()
    wave = {name}
    while wave:
        below = {o for w in wave if (m := pack.methods.get(w)) for o in (*m.highest_of, *_range_method(m))}
        wave = below - found
        found |= below
    return found


def _range_method(method: Method) -> tuple[str, ...]:
    return (method.within.range_by,) if method.within else ()


def _within(pack: Pack, path: Path, method: Method) -> Iterator[Fault]:
    if method.within is None:
        return
    here = (*path, "within")
    ranges = [name for name, other in pack.methods.items() if any(rule.range is not None for rule in other.rules)]
    yield from _unknown("grading", (*here, "range_by"), "method", method.within.range_by, ranges)
    effect = method.within.effect
    switch = pack.readings.switches.get(effect.removeprefix("$"))
    if effect.startswith("$") and switch is not None:
        for option, body in switch.options.items():
            yield from _unknown("grading", (*here, "effect"), "effect", body.means or option, _EFFECTS)
    else:
        yield from _unknown("grading", (*here, "effect"), "effect", effect, _EFFECTS)
    for clause in method.within.clause.split():
        yield from _unknown("grading", (*here, "clause"), "clause", clause, pack.clauses)


def _rule(pack: Pack, path: Path, rule: GradeRule) -> Iterator[Fault]:
    if (rule.fact is None) != (rule.at_least is None):
        yield _clash("grading", path, "fact 与 at_least 须同写", "fact and at_least belong together")
    elif rule.fact is not None and rule.fact in pack.facts and not pack.facts[rule.fact].type.ordered:
        yield Fault("grading", (*path, "fact"), "no_order", {"subject": rule.fact, "word": "at_least"})


def _grade(pack: Pack) -> Iterator[Fault]:
    grade = pack.grading.grade
    if grade is None:
        return
    switch = pack.readings.switches.get(grade.by.removeprefix("$"))
    if grade.by.startswith("$") and switch is not None:
        for option, body in switch.options.items():
            yield from _unknown("grading", ("grade", "by"), "method", body.means or option, pack.methods)
    else:
        yield from _unknown("grading", ("grade", "by"), "method", grade.by, pack.methods)
    for n, name in enumerate(grade.beside):
        yield from _unknown("grading", ("grade", "beside", n), "method", name, pack.methods)


# ------------------------------------------------------------------------------------------------ grants, duties
def _grants(pack: Pack) -> Iterator[Fault]:
    for path, grant in _numbered(pack.grants):
        if not isinstance(grant, Grant):
            continue
        same = [other.id for other in pack.grants_for(grant.kind, grant.act) if other is not grant]
        for n, name in enumerate(grant.beside):
            yield from _unknown("grants", (*path, "beside", n), "grant", name, same)
        if grant.then is not None:
            yield from _unknown("grants", (*path, "then"), "act", grant.then, ACTS[grant.kind])
        if grant.record_by and not grant.outside:
            yield _clash("grants", (*path, "record_by"), "record_by 只与 outside 同写", "record_by belongs to outside")
        if len(grant.by) > 1 or any(len(link.who) > 1 and link.verb != "sign" for link in grant.links):
            zh = "几个机构任一即可写 {any: [..]}，都要签写 sign: [..]"
            yield _clash("grants", path, zh, "for any one of several write {any: [..]}, for all of them sign: [..]")


def _duties(pack: Pack) -> Iterator[Fault]:
    for path, duty in _numbered(pack.duties):
        if not isinstance(duty, Duty):
            continue
        if duty.replaces is not None:
            same = [d.id for d in pack.duties_for(duty.kind) if d.id != duty.id]
            yield from _unknown("duties", (*path, "replaces"), "duty", duty.replaces, same)
        if duty.keep and (duty.within or duty.every):
            zh = "keep 是持续义务，不与 within、every 同写"
            yield _clash("duties", path, zh, "keep is a lasting duty; it has no within or every")
        if duty.from_ is not None and duty.within is None:
            zh = "写了起算 from，就要写 within（没有时限写 none）"
            yield _clash("duties", path, zh, "a clock start needs a limit (within: none where there is none)")


def _patterns(pack: Pack) -> Iterator[Fault]:
    for name, pattern in pack.patterns.items():
        path: Path = ("patterns", name)
        for n, fact in enumerate(pattern.same):
            yield from _unknown("duties", (*path, "same", n), "fact", fact, pack.facts)
        if pattern.distinct is not None:
            known = ("site", "owner", "organisation", *pack.facts)
            yield from _unknown("duties", (*path, "distinct"), "fact", pattern.distinct, known)
        yield from _measure(pack, (*path, "window"), pattern.window, "duration")
        yield from _measure(pack, (*path, "is"), pattern.is_.removeprefix("at least "), "count")


def _measure(pack: Pack, path: Path, text: str, kind: str) -> Iterator[Fault]:
    if text.startswith("$"):
        names = [n for n, parameter in pack.readings.parameters.items() if parameter.type == Type(kind)]
        yield from _unknown("duties", path, "reading", text[1:], names)
    else:
        yield from _typed(pack, "duties", path, text, Type(kind))


# ------------------------------------------------------------------------------------------------ steps
def _steps(pack: Pack) -> Iterator[Fault]:
    documents = (*pack.words.documents, *pack.words.forms, *pack.words.matters)
    for name, playbook in pack.playbooks.items():
        for path, step in _placed_steps(pack, name):
            if step.waits_for is not None:
                yield from _unknown("playbooks", (*path, "waits_for"), "document", step.waits_for, documents)
            if step.act is not None:
                yield from _unknown("playbooks", (*path, "act"), "act", step.act, _acts(playbook.kind))
            if step.choose is not None and not 1 <= step.choose.at_least <= len(step.choose.of):
                text = str(step.choose.at_least)
                yield _bad(
                    "playbooks", (*path, "choose", "at_least"), text, "可选项之内的个数", "number of options", "1"
                )


def _acts(kind: Kind | None) -> tuple[str, ...]:
    return ACTS[kind] if kind else tuple(act for acts in ACTS.values() for act in acts)


def _placed_steps(pack: Pack, name: str) -> Iterator[tuple[Path, Step]]:
    for n, stage in enumerate(pack.playbooks[name].stages):
        written: Path = ("playbooks", name, "steps", n)
        alone = not hasattr(pack.playbooks[name].steps[n], "together")
        for m, step in enumerate(stage):
            yield (written if alone else (*written, "together", m)), step
