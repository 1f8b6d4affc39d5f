"""What an organisation adds to the plan it carries out, beside the plan: for every reader of the plan.

Rules
- The additions are those in force in the reader's organisation, on the version of the plan that is in force there.
- Each says what is added, on which ground of the organisation, and beside it the clauses of the plan that it concerns.
- Absent and of another root look the same: None.
"""

from collections.abc import Iterator, Mapping

from fengsui.cases.pages import Cite
from fengsui.cases.plan_pages import AdditionRow, AdditionsPage, PublishedRow
from fengsui.cases.selectors.authority import link
from fengsui.cases.selectors.plan_body import uncited
from fengsui.cases.selectors.words import Words
from fengsui.core.diff import Change, diff
from fengsui.core.explain import Voice, explain
from fengsui.core.pack import Overlay, Pack
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library

OWN = "own:"


def additions_page(person: str, pack: str, version: str, *, lang: Lang = "zh") -> AdditionsPage | None:
    """Return what the reader's organisation adds to an installed plan, or None where there is no such plan."""
    who = directory.person(person)
    plan = library.installed(who.root, pack, version) if who else None
    if who is None or plan is None:
        return None
    pin = library.governing(who.root, who.organisation)
    in_force = pin is not None and pin.pack == plan.digest
    own = library.applied(who.root, pin.pack, pin.overlay) if pin is not None and in_force else None
    words = Words(own.pack if own else plan, who.root, who.organisation, lang)
    beside = {one.id: one for one in (library.pack(who.root, digest) for digest, _ in (pin.regimes if pin else ()))}
    groups = tuple((name, rows) for name, rows in _groups(plan, own, words, beside) if rows) if own else ()
    versions = _versions(who.root, who.organisation) if in_force else ()
    return AdditionsPage(plan.head.id, plan.head.version, words.title, in_force, groups, versions)


def _versions(root: str, organisation: str) -> tuple[PublishedRow, ...]:
    rows = library.overlays(root, library.adopter(root, organisation))
    names = directory.names_of(root, {row.actor for row in rows})
    return tuple(PublishedRow(row.number, row.at, row.in_force, names.get(row.actor, "")) for row in rows)


def _groups(
    plan: Pack, own: Overlay, words: Words, beside: Mapping[str, Pack]
) -> Iterator[tuple[str, tuple[AdditionRow, ...]]]:
    changes = [one for one in diff(plan, own.pack).changes if one.sort != "pack"]
    duties = [one for one in changes if one.sort == "duty"]
    yield words.say("义务", "Duties"), tuple(_addition(one, plan, own, words) for one in duties)
    rest = [one for one in changes if one.sort != "duty"]
    yield words.say("步骤、栏目与取值", "Steps, fields and values"), tuple(_addition(o, plan, own, words) for o in rest)
    yield words.say("补定", "Decided"), tuple(_decided(plan, own, words))
    yield words.say("归口与对应", "Units in charge and ties"), (*_bound(plan, own, words), *_tied(own, words, beside))


def _addition(one: Change, plan: Pack, own: Overlay, words: Words) -> AdditionRow:
    said = next(
        (each.text for each in explain(own.pack, one.rule, lang=words.lang) if each.sort == one.sort == "duty"), ""
    )
    text = uncited(said) if said else one.zh if words.lang == "zh" else one.en
    grounds = tuple(clause.removeprefix(OWN) for clause in one.clause if clause.startswith(OWN))
    cites = tuple(link(plan, clause) for clause in one.clause if clause in plan.clauses)
    return AdditionRow(text, grounds, cites)


def _decided(plan: Pack, own: Overlay, words: Words) -> Iterator[AdditionRow]:
    voice = Voice(own.pack, words.lang, own.readings)
    for name in own.readings:
        yield AdditionRow(voice.reading(name), (), _asked(plan, name))


def _asked(plan: Pack, name: str) -> tuple[Cite, ...]:
    asked = plan.readings.parameters.get(name) or plan.readings.switches.get(name)
    return tuple(link(plan, clause) for clause in (asked.clause if asked else ()) if clause in plan.clauses)


def _bound(plan: Pack, own: Overlay, words: Words) -> Iterator[AdditionRow]:
    for name, values in own.binds.items():
        for value, unit in values.items():
            said = f"{plan.label('reading', name, words.lang)}：{value} → {words.body(unit)}"
            yield AdditionRow(said, (), _asked(plan, name))


def _tied(own: Overlay, words: Words, beside: Mapping[str, Pack]) -> Iterator[AdditionRow]:
    for theirs, ours in own.ties.items():
        regime, _, thing = theirs.partition(":")
        named = beside[regime].body_label(thing, words.lang) if regime in beside else theirs
        yield AdditionRow(f"{named} → {words.body(ours)}", (), ())
