"""Facts as rows: what is asked, in which words and unit, what is known of it, from whom."""

from collections.abc import Iterable, Mapping

from fengsui.cases.pages import Choice, FactRow
from fengsui.cases.selectors.systems import lead_name
from fengsui.cases.selectors.timeline import free
from fengsui.cases.selectors.words import Words
from fengsui.core.case import Case
from fengsui.core.pack import FactRule, Type
from fengsui.core.pack.when import tests

UNITS = {"percent": ("%", "%")}


def case_facts(case: Case, words: Words, texts: Mapping[str, str]) -> tuple[FactRow, ...]:
    """Return every fact of a case page: those answered first, in the plan's order."""
    rows = [_on_case(name, rule, case, words, texts) for name, rule in asked(words)]
    return tuple(sorted(rows, key=lambda row: row.state == "unasked"))


def form_facts(words: Words, attributes: Mapping[str, str] | None = None) -> tuple[FactRow, ...]:
    """Return the facts of the report form: instants first, then classes, then what grading hangs on, then the rest."""
    graded = _graded(words)
    order = sorted(asked(words), key=lambda pair: _place(pair[0], pair[1], graded))
    return tuple(_row(name, rule, words) for name, rule in order if not name.startswith("asset."))


def asked(words: Words) -> Iterable[tuple[str, FactRule]]:
    """Yield the facts that people are asked: not those the plan defines or derives."""
    for name, rule in words.pack.facts.items():
        if rule.means is None and rule.derive is None:
            yield name, rule


def options_of(type_: Type, words: Words) -> tuple[Choice, ...]:
    """Return the choices of a closed type."""
    if type_.kind == "yes_no":
        return (Choice("yes", words.say("是", "yes")), Choice("no", words.say("否", "no")))
    if type_.kind in ("scale", "set"):
        named = type_.name in ("level", "response", "colour")
        return words.choices(str(type_.name) if named else f"{type_.kind}:{type_.name}")
    if type_.kind == "body":
        return tuple(Choice(name, words.body(name)) for name in words.pack.bodies)
    return ()


def _row(name: str, rule: FactRule, words: Words, **known: object) -> FactRow:
    cites = words.cites(rule.clause[:1])
    return FactRow(
        name=name,
        label=words.pack.label("fact", name, words.lang),
        kind=rule.type.kind,
        many=rule.type.many,
        unit=words.say(*UNITS.get(rule.type.kind, ("", ""))),
        options=options_of(rule.type, words),
        judged=rule.judged,
        cite=cites[0] if cites else None,
        from_asset=name.startswith("asset."),
        **known,  # type: ignore[arg-type]
    )


def _on_case(name: str, rule: FactRule, case: Case, words: Words, texts: Mapping[str, str]) -> FactRow:
    fact = case.facts.get(name)
    if fact is None:
        return _row(name, rule, words)
    if fact.value is None:
        return _row(name, rule, words, state="unknown", source=free(fact.source, texts), as_of=fact.at)
    value = fact.value if isinstance(fact.value, str) else " ".join(fact.value)
    source = _register(case, words) if fact.source == "register" else free(fact.source, texts)
    return _row(
        name,
        rule,
        words,
        value=free(value, texts),
        shown=words.value(name, fact.value, texts),
        state="verified" if fact.verified else "unverified",
        source=source or words.body(case.event(fact.seq).seats[0] if case.event(fact.seq).seats else ""),
        as_of=fact.at,
    )


def _register(case: Case, words: Words) -> str:
    """Say that a value is the register's, and of which system where there are several."""
    name = lead_name(case, words) if len(case.assets) > 1 else ""
    plain = words.say("资产台账", "asset register")
    return f"{plain}{words.say('：', ': ')}{name}" if name else plain


def _graded(words: Words) -> dict[str, int]:
    """Return how early each fact appears in the plan's grading."""
    found: dict[str, int] = {}
    for method in words.pack.methods:
        for row in words.pack.rows(method):
            for test in tests(row.when):  # type: ignore[arg-type]
                found.setdefault(test.subject, len(found))
    return found


def _place(name: str, rule: FactRule, graded: Mapping[str, int]) -> tuple[int, int]:
    if rule.type.kind == "instant":
        return (0, 0)
    if rule.type.kind == "set" and not rule.type.many:
        return (1, 0)
    return (2, graded[name]) if name in graded else (3, 0)
