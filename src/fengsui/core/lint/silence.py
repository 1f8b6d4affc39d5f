"""Findings about what the text leaves to nobody: holders, recipients, clocks, limits, intervals, approvers, measures.

Rules
- A reading of the plan's owner (`$x`) where a rule needs something is a hole of the text; the finding says what is
  missing there, and READING once more for the owner's list. A switch is a contradiction instead (`tensions`).
- `within: none`, `keep: yes` on the standing case, `in_principle`, `inferred`, `missing` and `judged` are the author's
  honest words for a text that says no more; each is told, as a note, where the rule stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fengsui.core.lint.authority import bodies_of
from fengsui.core.lint.places import Cited, duties, everything, found, grants, steps
from fengsui.core.pack import AnyOf, Duty, Grant, Pack, ReadingRef, Step, Who, tests
from fengsui.core.pack.acts import ACT_NAMES
from fengsui.core.pack.fields import Start
from fengsui.core.pack.terms import Honest, Named
from fengsui.core.problems import Problem
from fengsui.core.timing import Every, NoLimit

APPROVING = ("approve", "concur", "decide", "sign", "issue")


def silence(pack: Pack) -> Iterator[Problem]:
    """Yield what the text leaves open, rule by rule."""
    for at in duties(pack):
        if isinstance(at.thing, Duty):
            yield from _duty(pack, at, at.thing)
    for at in grants(pack):
        if isinstance(at.thing, Grant):
            yield from _grant(pack, at, at.thing)
    for at in steps(pack):
        if isinstance(at.thing, Step):
            yield from _step(pack, at, at.thing)
    yield from _marks(pack)
    yield from _measures(pack)
    yield from _nouns(pack)
    yield from _never_told(pack)


def unset_in(who: Iterable[Who], pack: Pack) -> tuple[str, ...]:
    """Return the parameters among the parties of a rule: holders whom the text does not name."""
    found_: list[str] = []
    for one in who:
        if isinstance(one, ReadingRef) and one.name in pack.readings.parameters:
            found_.append(one.name)
        elif isinstance(one, AnyOf):
            found_ += unset_in(one.of, pack)
    return tuple(dict.fromkeys(found_))


def reading(pack: Pack, name: str) -> dict[str, str]:
    """Return the words of a reading for a finding."""
    return {"reading": pack.label("reading", name), "reading_en": pack.label("reading", name, "en")}


def _open(value: object) -> str | None:
    """Return the name of a reading that stands for a value."""
    return value.name if isinstance(value, ReadingRef) else None


# ------------------------------------------------------------------------------------------------ duties
def _duty(pack: Pack, at: Cited, duty: Duty) -> Iterator[Problem]:
    said = {"rule": f"{duty.owes.zh}（{duty.id}）", "rule_en": f"{duty.owes.en or duty.owes.zh} ({duty.id})"}
    for name in unset_in(duty.by, pack):
        yield found(pack, "ACTOR-UNSET", at, **said, **reading(pack, name))
    for name in unset_in(duty.to, pack):
        yield found(pack, "RECIP-UNSET", at, **said, **reading(pack, name))
    for start in duty.from_.of if duty.from_ else ():
        if isinstance(start, Start) and start.sort == "reading":
            yield found(pack, "CLOCK-UNSET", at, **said, **reading(pack, start.name))
    for code, value in (("LIMIT-UNSET", duty.within), ("FREQ-UNSET", duty.every), ("FREQ-UNSET", duty.keep)):
        open_ = _open(value) or (_open(value.at) if isinstance(value, Every) else None)
        if open_ is not None:
            yield found(pack, code, at, **said, **reading(pack, open_))
    if _endless_standing(duty):
        yield found(pack, "FREQ", at, **said)
    if duty.to and _no_time(duty):
        yield found(pack, "TIME", at, **said)


def _endless_standing(duty: Duty) -> bool:
    return duty.kind == "standing" and duty.keep is True and duty.every is None


def _no_time(duty: Duty) -> bool:
    return isinstance(duty.within, NoLimit) and duty.every is None


# ------------------------------------------------------------------------------------------------ grants and steps
def _grant(pack: Pack, at: Cited, grant: Grant) -> Iterator[Problem]:
    zh, en = ACT_NAMES.get(grant.act, (grant.act, grant.act))
    said = {"rule": f"{zh}（{grant.id}）", "rule_en": f"{en} ({grant.id})"}
    for link in grant.links:
        for name in unset_in(link.who, pack):
            code = "CHAIN-UNSET" if grant.chain and link.verb in APPROVING else "ACTOR-UNSET"
            yield found(pack, code, at, **said, **reading(pack, name))
    if grant.ratify and (open_ := _open(grant.ratify.within)):
        yield found(pack, "LIMIT-UNSET", at, **said, **reading(pack, open_))
    for body in dict.fromkeys(b for who in grant.outside for b in bodies_of(who)):
        yield found(pack, "OUTSIDE", at, **said, **_body(pack, body))
    for link in grant.links if not grant.outside else ():
        for body in dict.fromkeys(b for who in link.who for b in bodies_of(who)):
            if _unbound(pack, body):
                yield found(pack, "EXT", at, owes=said["rule"], owes_en=said["rule_en"], **_body(pack, body))


def _step(pack: Pack, at: Cited, step: Step) -> Iterator[Problem]:
    said = {"rule": f"{step.zh}（{at.name}）", "rule_en": f"{step.en or step.zh} ({at.name})"}
    for name in unset_in(step.by, pack):
        yield found(pack, "ACTOR-UNSET", at, **said, **reading(pack, name))
    if open_ := _open(step.within):
        yield found(pack, "LIMIT-UNSET", at, **said, **reading(pack, open_))
    for option in step.choose.of.values() if step.choose else ():
        for name in unset_in((option.by,) if option.by else (), pack):
            yield found(pack, "CHAIN-UNSET", at, **said, **reading(pack, name))
    for body in dict.fromkeys(b for who in step.by for b in bodies_of(who)):
        if _unbound(pack, body):
            yield found(pack, "EXT", at, owes=said["rule"], owes_en=said["rule_en"], **_body(pack, body))


def _unbound(pack: Pack, body: str) -> bool:
    declared = pack.bodies.get(body)
    return declared is not None and declared.kind == "external" and declared.binds is None


def _never_told(pack: Pack) -> Iterator[Problem]:
    """External bodies with something to do, which no rule ever addresses or asks to take part."""
    holders: set[str] = set()
    addressed: set[str] = set()
    for at in (*duties(pack), *steps(pack), *grants(pack)):
        thing = at.thing
        links = [who for link in getattr(thing, "links", ()) for who in link.who]
        asked = [*getattr(thing, "to", ()), *getattr(thing, "with_", ()), *getattr(thing, "answered_by", ()), *links]
        addressed |= _meant(pack, asked)
        if at.sort != "grant":
            holders |= _meant(pack, thing.by)  # type: ignore[attr-defined]
    for name in sorted(holders - addressed):
        body = pack.bodies[name]
        if body.kind == "external" and body.from_ is None:
            yield found(pack, "ADDR", ("bodies.yaml", f"bodies.{name}"), body.clause, **_body(pack, name))


def _meant(pack: Pack, parties: Iterable[Who]) -> set[str]:
    """Return the bodies that rules name, and what derived ones are."""
    named = {body for who in parties for body in bodies_of(who)}
    return named | {is_ for name in named if (is_ := pack.bodies[name].is_) in pack.bodies and is_}


def _body(pack: Pack, body: str) -> dict[str, str]:
    return {"body": pack.body_label(body), "body_en": pack.body_label(body, "en")}


# ------------------------------------------------------------------------------------------------ marks of honesty
def _marks(pack: Pack) -> Iterator[Problem]:
    for at in everything(pack):
        thing = at.thing
        if not isinstance(thing, Honest):
            continue
        said = {"rule": at.zh, "rule_en": at.en}
        if thing.inferred and at.sort in ("grant", "duty", "step", "rule"):
            yield found(pack, "INFERRED", at, **said, why=thing.inferred)
        if getattr(thing, "in_principle", False):
            yield found(pack, "SOFT-PRINCIPLE", at, **said)
        if getattr(thing, "optional", None) and at.sort in ("duty", "step"):
            yield found(pack, "SOFT-OPTIONAL", at, **said, why=str(thing.optional))  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------ measures
def _measures(pack: Pack) -> Iterator[Problem]:
    """Values that grading needs and the text lacks, and words of grading that a person must judge."""
    told: set[str] = set()
    for at in everything(pack):
        if at.sort not in ("rule", "scope", "uplift"):
            continue
        values: list[object] = [v for test in tests(at.when) for v in test.operand]
        values += list((getattr(at.thing, "at_least", None) or {}).values())
        values.append(getattr(at.thing, "range", None))
        names = [v.name for v in values if isinstance(v, ReadingRef) and v.name in pack.readings.parameters]
        for name in dict.fromkeys(names):
            yield found(pack, "THRESH-UNSET", at, rule=at.zh, rule_en=at.en, **reading(pack, name))
        for subject in _asked(pack, at) - told:
            if subject.startswith("asset.") and subject in pack.facts:
                told.add(subject)
                label = {"fact": pack.label("fact", subject), "fact_en": pack.label("fact", subject, "en")}
                yield found(pack, "ASSET", ("facts.yaml", f"facts.{subject}"), at.clause, **label)
        for test in tests(at.when):
            fact = pack.facts.get(test.subject)
            if fact and fact.judged and test.subject not in told:
                told.add(test.subject)
                place = ("facts.yaml", f"facts.{test.subject}")
                label = {"fact": fact.zh, "fact_en": fact.en or fact.zh}
                clauses = tuple(dict.fromkeys((*fact.clause, *at.clause)))
                yield found(pack, "THRESH", place, clauses, **label)


def _asked(pack: Pack, at: Cited) -> set[str]:
    """Return the facts that a rule of grading asks, with those that they are derived from."""
    asked = {test.subject for test in tests(at.when)} | {str(getattr(at.thing, "fact", None))}
    rules = [rule for name in asked if (rule := pack.facts.get(name)) and rule.derive]
    return asked | {rule.derive.minus for rule in rules if rule.derive and rule.derive.minus}


# ------------------------------------------------------------------------------------------------ nouns
def _nouns(pack: Pack) -> Iterator[Problem]:
    if isinstance(pack.head.in_force_from, ReadingRef) or pack.head.in_force_from is None:
        yield found(pack, "DATE", ("pack.yaml", "in_force_from" if pack.head.in_force_from else ""), pack.head.clause)
    for name, form in pack.forms.items():
        if form.missing:
            label = {"form": form.zh, "form_en": form.en or form.zh}
            yield found(pack, "ANNEX", ("forms.yaml", f"forms.{name}"), form.clause, **label, why=form.missing)
    for name, body in pack.bodies.items():
        place, label = ("bodies.yaml", f"bodies.{name}"), {"body": body.zh, "body_en": body.en or body.zh}
        if isinstance(body.from_, dict):
            map_ = reading(pack, body.from_["in"].removeprefix("$"))
            yield found(pack, "BODY-MAP", place, body.clause, **label, **map_)
        if len(body.acts_through) > 1:
            posts = "、".join(pack.label("post", f"{name}.{post}") for post in body.acts_through)
            yield found(pack, "AUTH-EITHER", place, body.clause, **label, posts=posts)
    yield from _names(pack)


def _names(pack: Pack) -> Iterator[Problem]:
    """Other plans, outside rules, and things of many names."""
    grade = pack.grading.grade
    if grade and grade.beside:
        names = "、".join(pack.methods[one].zh for one in (grade.by, *grade.beside) if one in pack.methods)
        yield found(pack, "CONTRA-GRADE", ("grading.yaml", "grade"), grade.clause, methods=names)
    for n, scope in enumerate(pack.grading.scope):
        if scope.hand_over:
            yield found(pack, "SCOPE", ("grading.yaml", f"scope[{n}]"), scope.clause, plan=scope.hand_over)
    for name, clause in pack.clauses.items():
        if clause.law:
            yield found(pack, "LAW-OVERRIDE", ("clauses.yaml", f"clauses.{name}"), (name,), law=clause.law)
    named: list[tuple[str, str, Named]] = [
        ("bodies.yaml", f"bodies.{name}", body) for name, body in pack.bodies.items()
    ]
    named += [("terms.yaml", f"matters.{name}", matter) for name, matter in pack.terms.matters.items()]
    told = [(file, path, thing.label, thing.clause) for file, path, thing in named]
    for sort, terms in (("scales", pack.terms.scales), ("sets", pack.terms.sets)):
        for name, term in terms.items():
            told += [("terms.yaml", f"{sort}.{name}.values.{v}", x, term.clause) for v, x in term.values.items()]
    for file, path, label, clauses in told:
        if label.aliases:
            names = "、".join((label.zh, *label.aliases))
            yield found(pack, "TERM-NAMES", (file, path), clauses, names=names, count=str(1 + len(label.aliases)))
