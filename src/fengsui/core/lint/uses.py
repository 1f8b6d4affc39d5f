"""What a pack declares and what its rules use (UNUSED), and names that mean two things (TERM)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from pydantic import BaseModel

from fengsui.core.lint.places import found
from fengsui.core.pack import BodyRef, EventPattern, Pack, ReadingRef, SameAs, Start, Test, Type
from fengsui.core.pack.rules import Menu
from fengsui.core.problems import Problem
from fengsui.core.timing import Soft

Used = set[tuple[str, str]]
_BY_NAME = {"form": "form", "creates": "body", "under": "body", "waits_for": "document", "range_by": "method"}
_BY_NAMES = {"highest_of": "method", "beside": "method", "same": "fact"}


def used(pack: Pack) -> Used:
    """Return (sort, name) of all that some rule of the pack uses."""
    found_: Used = set()
    for rules in (pack.head, pack.grading, pack.grants, pack.duties, pack.playbooks, pack.patterns):
        _walk(rules, found_)
    for nouns in (pack.facts, pack.bodies, pack.forms, pack.readings):
        _walk(nouns, found_)
    _grade_names(pack, found_)
    _through_readings(pack, found_)
    return found_


def _grade_names(pack: Pack, used_: Used) -> None:
    grade = pack.grading.grade
    if grade:
        used_.add(("reading", grade.by[1:]) if grade.by.startswith("$") else ("method", grade.by))
    for method in pack.methods.values():
        if method.within and method.within.effect.startswith("$"):
            used_.add(("reading", method.within.effect[1:]))
        used_ |= {("fact", rule.fact) for rule in method.rules if rule.fact}
    for pattern in pack.patterns.values():
        words = (pattern.window, pattern.is_.removeprefix("at least "))
        used_ |= {("reading", word[1:]) for word in words if word.startswith("$")}
    for fact in pack.facts.values():
        used_ |= {("fact", name) for name in (*fact.derive.elapsed, fact.derive.minus or "")} if fact.derive else set()
    for body in pack.bodies.values():
        used_.add(("body", body.is_ or ""))
        if isinstance(body.from_, Mapping):
            used_ |= {("fact", body.from_["by"]), ("reading", body.from_["in"].removeprefix("$"))}
        elif body.from_:
            used_.add(("fact", body.from_))


def _through_readings(pack: Pack, used_: Used) -> None:
    """A switch that is used uses what its options mean: bodies, instants, events, methods."""
    for name, switch in pack.readings.switches.items():
        if ("reading", name) in used_:
            for option, body in switch.options.items():
                word = body.means or option
                used_ |= {(sort, word) for sort in ("body", "fact", "event", "method")}


def _walk(value: object, used_: Used) -> None:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            _field(name, getattr(value, name), used_)
    elif isinstance(value, Mapping):
        for one in value.values():
            _walk(one, used_)
    elif isinstance(value, str | bytes):
        return
    elif isinstance(value, Iterable):
        for one in value:
            _walk(one, used_)
    elif is_dataclass(value):
        _value(value, used_)


def _field(name: str, value: object, used_: Used) -> None:
    if isinstance(value, str):
        used_.add((_BY_NAME.get(name, "text"), value))
    elif name in _BY_NAMES and isinstance(value, tuple):
        used_ |= {(_BY_NAMES[name], str(one)) for one in value}
    elif name == "needs" and isinstance(value, tuple):
        used_ |= {("document", one) for one in value if isinstance(one, str)}
    if not isinstance(value, Menu):
        _walk(value, used_)
        return
    _walk(value.of, used_)


def _value(value: object, used_: Used) -> None:
    if isinstance(value, BodyRef):
        used_.add(("body", value.body))
    elif isinstance(value, ReadingRef):
        used_.add(("reading", value.name))
    elif isinstance(value, Test):
        _test(value, used_)
        return
    elif isinstance(value, EventPattern):
        used_ |= {("event", value.name), ("fact", value.name.removeprefix("fact "))}
        used_.add(("pattern", value.name.removeprefix("pattern ")))
    elif isinstance(value, Start):
        used_.add((value.sort, value.name))
    elif isinstance(value, Soft):
        used_.add(("soft_word", value.word))
    elif isinstance(value, Type):
        used_.add(("type", value.name or value.kind))
    elif isinstance(value, SameAs):
        used_ |= {("duty", name) for name in value.duties}
    for one in fields(value):  # type: ignore[arg-type]
        _walk(getattr(value, one.name), used_)


def _test(test: Test, used_: Used) -> None:
    used_ |= {("fact", test.subject), ("reading", test.subject.removeprefix("$"))}
    used_ |= {("type", test.type.name or ""), ("subject", test.subject)}
    for value in test.operand:
        if isinstance(value, ReadingRef):
            used_.add(("reading", value.name))
        elif test.type.kind == "body":
            used_.add(("body", str(value).partition(".")[0].partition("@")[0]))


def unused(pack: Pack) -> Iterator[Problem]:
    """Yield what is declared and never used. Scales that the language itself reads are always used."""
    used_ = used(pack)
    used_ |= {("type", word) for word in ("level", "response", "colour")}
    # Parameters that the language itself reads: the start of validity, the first year of a yearly duty.
    used_ |= {("reading", "first_year")}
    # What is computed and tied to a common word answers regimes beside the plan, at no cost to anybody.
    used_ |= {("fact", name) for name, fact in pack.facts.items() if fact.derive and fact.is_}
    if isinstance(pack.head.in_force_from, ReadingRef):
        used_.add(("reading", pack.head.in_force_from.name))
    tables: tuple[tuple[str, str, str, str, Iterable[str], tuple[str, ...]], ...] = (
        ("标度", "scale", "terms.yaml", "scales", pack.terms.scales, ("type",)),
        ("术语", "set", "terms.yaml", "sets", pack.terms.sets, ("type",)),
        ("事项", "matter", "terms.yaml", "matters", pack.terms.matters, ("event", "document")),
        ("材料", "document", "terms.yaml", "documents", pack.terms.documents, ("document",)),
        ("机构", "body", "bodies.yaml", "bodies", pack.bodies, ("body",)),
        ("事实", "fact", "facts.yaml", "facts", pack.facts, ("fact",)),
        ("定级方法", "method", "grading.yaml", "methods", pack.methods, ("method",)),
        ("表单", "form", "forms.yaml", "forms", pack.forms, ("form", "document")),
        ("解读", "reading", "readings.yaml", "parameters", pack.readings.parameters, ("reading",)),
        ("解读", "reading", "readings.yaml", "switches", pack.readings.switches, ("reading",)),
        ("弹性时限词", "soft word", "readings.yaml", "soft_words", pack.readings.soft_words, ("soft_word",)),
        ("多案情形", "pattern", "duties.yaml", "patterns", pack.patterns, ("pattern",)),
    )
    for zh, en, file, key, names, sorts in tables:
        for name in names:
            if not any((sort, name) in used_ for sort in sorts):
                yield found(pack, "UNUSED", (file, f"{key}.{name}"), sort=zh, sort_en=en, name=name)


def ambiguous(pack: Pack) -> Iterator[Problem]:
    """Yield labels and aliases that name two things of one sort."""
    scales = ((f"scale:{n}", "terms.yaml", f"scales.{n}.values.") for n in pack.terms.scales)
    sets = ((f"set:{n}", "terms.yaml", f"sets.{n}.values.") for n in pack.terms.sets)
    plain = (
        ("body", "bodies.yaml", "bodies."),
        ("fact", "facts.yaml", "facts."),
        ("matter", "terms.yaml", "matters."),
        ("form", "forms.yaml", "forms."),
    )
    for sort, file, path in (*plain, *scales, *sets):
        meant: dict[str, str] = {}
        for name, label in pack.labelled(sort):
            for word in dict.fromkeys((name, label.zh, label.en or "", *label.aliases)):
                if word and meant.setdefault(word, name) != name:
                    yield found(pack, "TERM", (file, path + name), name=word, first=meant[word], second=name)
