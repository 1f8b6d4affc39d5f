"""The words of a plan and of the regimes beside it in one pack: same question, one answer (language 7.4).

Rules
- A regime's fact, body or matter that is the same `std` word as one of the plan, or that an overlay of the organisation
  ties to one (`cac-2025:police: city_net_police`), *is* that one: it has no name of its own on the case, and its
  qualified id is an alias. Attributes of assets (`asset.x`) are columns of one register, so they are one by name.
- What stays untied is added under its qualified id, `cac-2025:reporter`; so are forms, readings and clauses. A regime's
  computed facts are not: nobody states them.
- Only words are joined. Grants, duties, grading and playbooks of the plan stay what they are, and so does its digest.
- Types must match: what differs in type is never one thing (`bad_tie`).

Example: `join(plan, [(cac, {})]).names[0].fact("discovered")` is `found_at` where both are `std.discovered`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from fengsui.core.pack.model import Pack
from fengsui.core.pack.terms import Form, FormField
from fengsui.core.pack.values import Type
from fengsui.core.pack.vocabulary import Vocabulary
from fengsui.core.problems import Code, Problem, Where, declare

declare(
    Code(
        "bad_tie",
        "error",
        "并行制度的“{thing}”不能对应到“{own}”：{why}。",
        "'{thing}' of a regime cannot be tied to '{own}': {why_en}.",
        "对应到同一种、同一类型的东西，或不写这一条对应。",
        "Tie it to a thing of the same sort and type, or leave the tie out.",
        "ties: {cac-2025:police: discovered}",
    ),
)

_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True)
class Names:
    """What the things of one pack are called on a case; those of the plan itself by their own ids (`PLAIN`)."""

    prefix: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    matters: Mapping[str, str] = field(default_factory=dict)

    def fact(self, name: str) -> str:
        """Return a fact's name on the case."""
        return self.facts.get(name) or self.own(name)

    def body(self, name: str) -> str:
        """Return a body's name on the case."""
        return self.bodies.get(name) or self.own(name)

    def event(self, name: str) -> str:
        """Return the name of an event pattern: a matter or `fact x` by what it is called on the case."""
        if name in self.matters:
            return self.matters[name]
        return f"fact {self.fact(name[5:])}" if name.startswith("fact ") else name

    def own(self, name: str) -> str:
        """Return the id of something that is never shared: a duty, form, reading, term."""
        return self.prefix + name

    def clauses(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return clauses as an obligation or refusal cites them."""
        return tuple(one if one.startswith("own:") else self.prefix + one for one in names)

    def leaf(self, text: str) -> str:
        """Return an open leaf (`fact x`, `reading y`) by what it is called on the case."""
        sort, _, name = text.rpartition(" ")
        if sort == "fact":
            return f"fact {self.fact(name)}"
        return f"reading {self.own(name)}" if sort == "reading" else text


PLAIN = Names()


@dataclass(frozen=True)
class Joined:
    """The plan with the words of its regimes, what each regime's things are called, and ties that do not hold."""

    pack: Pack
    names: tuple[Names, ...]
    problems: tuple[Problem, ...] = ()


def join(plan: Pack, regimes: Sequence[Pack], ties: Mapping[str, str]) -> Joined:
    """Return the joined words; `ties` are the organisation's own, by qualified id. The same packs are joined once."""
    key = (id(plan), *map(id, regimes), tuple(sorted(ties.items())))
    kept = _KEPT.get(key)
    if kept is None:
        kept = _KEPT[key] = (plan, tuple(regimes), _join(plan, regimes, ties))
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return kept[2]


# Keyed by identity, which is cheap; the packs are kept so that their identity cannot be given away.
_KEPT: OrderedDict[object, tuple[Pack, tuple[Pack, ...], Joined]] = OrderedDict()
_MOST_KEPT = 32


def _join(plan: Pack, regimes: Sequence[Pack], ties: Mapping[str, str]) -> Joined:
    pack, names, problems = plan, [], _unknown(plan, regimes, ties)
    for regime in regimes:
        ours = {key.removeprefix(f"{regime.id}:"): own for key, own in ties.items() if key.startswith(f"{regime.id}:")}
        one = _Joining(pack, regime, ours)
        pack = one.joined()
        names.append(one.names)
        problems += one.problems
    return Joined(pack, tuple(names), tuple(problems))


def _unknown(plan: Pack, regimes: Sequence[Pack], ties: Mapping[str, str]) -> list[Problem]:
    sorts = _sorts(plan)
    theirs = {f"{regime.id}:": _sorts(regime) for regime in regimes}
    problems = []
    for key, own in ties.items():
        prefix = key[: key.find(":") + 1]
        pairs = zip(theirs.get(prefix, ()), sorts, strict=False)
        if prefix in theirs and not any(key.removeprefix(prefix) in those and own in these for those, these in pairs):
            why = "制度里没有它，或本预案里没有同一种东西", "the regime has no such thing, or the plan none of its sort"
            problems.append(_bad(key, own, *why))
    return problems


def _sorts(pack: Pack) -> tuple[Container[str], ...]:
    """Return what can be tied: facts, bodies, matters, fields of forms."""
    fields = {f"{name}.{one}" for name, form in pack.forms.items() for one in form.fields}
    return pack.facts, pack.bodies, pack.terms.matters, fields


def _bad(thing: str, own: str, why: str, why_en: str) -> Problem:
    return Problem("bad_tie", {"thing": thing, "own": own, "why": why, "why_en": why_en}, Where(path=f"ties.{thing}"))


class _Joining:
    """One regime on its way into the words of a plan."""

    def __init__(self, pack: Pack, regime: Pack, ties: Mapping[str, str]) -> None:
        self.pack, self.regime, self.ties, self.prefix = pack, regime, ties, f"{regime.id}:"
        self.problems: list[Problem] = []
        fits = {name: rule.type for name, rule in pack.facts.items()}
        facts = self._called(regime.facts, pack.facts, lambda own, mine: self._same_type(own, fits[mine]))
        facts |= {name: name for name in regime.facts if name.startswith("asset.")}
        self._registers(facts)
        self.names = Names(
            self.prefix,
            facts,
            self._called(regime.bodies, pack.bodies),
            self._called(regime.terms.matters, pack.terms.matters),
        )

    # ------------------------------------------------------------------ which are one

    def _called(
        self, theirs: Mapping[str, Any], ours: Mapping[str, Any], fits: Callable[[str, str], bool] | None = None
    ) -> dict[str, str]:
        """Return what each of the regime's things is called: by tie, by `std` word, or by its qualified id."""
        words = {thing.is_: name for name, thing in reversed(list(ours.items())) if _std(thing)}
        found = {}
        for name, thing in theirs.items():
            own = self.ties.get(name) or (words.get(thing.is_) if _std(thing) else None)
            one = own in ours and own is not None and (fits is None or fits(name, own))
            found[name] = str(own) if one else self.prefix + name
        return found

    def _same_type(self, name: str, other: Type) -> bool:
        type_ = self.regime.facts[name].type
        same = type_.kind == other.kind and type_.many == other.many
        if same and type_.name is not None:
            same = self.regime.words.domain.members(type_) == self.pack.words.domain.members(other)
        if not same and name in self.ties:
            why = f"类型不同（{type_.text}、{other.text}）", f"they differ in type ({type_.text}, {other.text})"
            self.problems.append(_bad(self.prefix + name, self.ties[name], *why))
        return same

    def _registers(self, facts: Mapping[str, str]) -> None:
        for name, own in facts.items():
            mine = self.pack.facts.get(own) if name.startswith("asset.") else None
            if mine is not None and not self._same_type(name, mine.type):
                why = "资产属性的类型不同", "the plan has another type for this attribute"
                self.problems.append(_bad(self.prefix + name, own, *why))

    # ------------------------------------------------------------------ the words

    def joined(self) -> Pack:
        """Return the plan with the regime's words."""
        pack, regime, terms = self.pack, self.regime, self.pack.terms
        stated = {n: r for n, r in regime.facts.items() if r.means is None and r.derive is None}
        facts = self._with(pack.facts, stated, self.names.facts, self._fact)
        bodies = self._with(pack.bodies, regime.bodies, self.names.bodies, self._body)
        matters = self._with(terms.matters, regime.terms.matters, self.names.matters, self._cited)
        forms = {**pack.forms, **{self.prefix + n: self._form(n, form) for n, form in regime.forms.items()}}
        scales = {**terms.scales, **self._all(regime.terms.scales, like=None)}
        sets = {**terms.sets, **self._all(regime.terms.sets)}
        readings = pack.readings.model_copy(
            update={
                "parameters": {**pack.readings.parameters, **self._parameters()},
                "switches": {**pack.readings.switches, **self._all(regime.readings.switches)},
            }
        )
        clauses = {
            self.prefix + n: c.model_copy(update={"cite": f"{regime.head.zh} {c.cite}"})
            for n, c in regime.clauses.items()
        }
        return replace(
            pack,
            terms=terms.model_copy(update={"scales": scales, "sets": sets, "matters": matters}),
            bodies=bodies,
            facts=facts,
            forms=forms,
            readings=readings,
            clauses={**pack.clauses, **clauses},
            words=self._words(facts, bodies, matters, forms),
            beside={**pack.beside, regime.id: regime},
        )

    def _with(
        self, ours: Mapping[str, _M], theirs: Mapping[str, _M], called: Mapping[str, str], made: Callable[[_M], _M]
    ) -> dict[str, _M]:
        """Return our things, those that are one with an alias, and the others added."""
        found = dict(ours)
        for name, thing in theirs.items():
            own = called[name]
            if own in found:
                aliases = (*getattr(found[own], "aliases", ()), self.prefix + name)
                found[own] = found[own].model_copy(update={"aliases": tuple(dict.fromkeys(aliases))})
            else:
                aliases = (*getattr(thing, "aliases", ()), self.prefix + name)
                found[own] = made(thing).model_copy(update={"aliases": aliases})
        return found

    def _cited(self, thing: _M, **more: object) -> _M:
        clause: Iterable[str] = getattr(thing, "clause", ())
        return thing.model_copy(update={"clause": self.names.clauses(clause), **more})

    def _all(self, things: Mapping[str, _M], **more: object) -> dict[str, _M]:
        return {self.prefix + name: self._cited(thing, **more) for name, thing in things.items()}

    def _type(self, type_: Type) -> Type:
        return type_ if type_.name is None else Type(type_.kind, self.prefix + type_.name, type_.many)

    def _fact(self, rule: Any) -> Any:
        return self._cited(rule, type=self._type(rule.type))

    def _body(self, body: Any) -> Any:
        under = self.names.body(body.under) if body.under else None
        return self._cited(body, under=under)

    def _form(self, name: str, form: Form) -> Form:
        fields = {key: self._field(f"{name}.{key}", one) for key, one in form.fields.items()}
        return self._cited(form, fields=fields)

    def _field(self, name: str, one: FormField) -> FormField:
        tied = self.ties.get(name)
        form, _, key = (tied or "").partition(".")
        mine = self.pack.forms[form].fields.get(key) if form in self.pack.forms else None
        shared = (mine.is_ or tied) if mine is not None else one.is_
        return one.model_copy(update={"type": self._type(one.type), "is_": shared})

    def _parameters(self) -> dict[str, Any]:
        found = self.regime.readings.parameters
        return {self.prefix + n: self._cited(p, type=self._type(p.type)) for n, p in found.items()}

    def _words(
        self, facts: Mapping[str, Any], bodies: Mapping[str, Any], matters: Iterable[str], forms: Iterable[str]
    ) -> Vocabulary:
        ours, theirs, to = self.pack.words, self.regime.words, self.prefix
        mine = {n: m for n, m in theirs.domain.sets.items() if n[0] not in "$#"}
        options = {f"${to}{n[1:]}": m for n, m in theirs.domain.sets.items() if n[0] == "$"}
        domain = replace(
            ours.domain,
            scales={**ours.domain.scales, **{to + n: m for n, m in theirs.domain.scales.items()}},
            sets={**ours.domain.sets, **{to + n: m for n, m in mine.items()}, **options},
            bodies=frozenset(bodies),
            open_sets=ours.domain.open_sets | {to + n for n in theirs.domain.open_sets},
        )
        parameters = {to + n: self._type(t) for n, t in theirs.parameters.items()}
        return replace(
            ours,
            domain=domain,
            facts={name: rule.type for name, rule in facts.items()},
            posts={name: tuple(body.posts) for name, body in bodies.items()},
            parameters={**ours.parameters, **parameters},
            switches={**ours.switches, **{to + n: s for n, s in theirs.switches.items()}},
            matters=frozenset(matters),
            forms=tuple(forms),
            clauses=(*ours.clauses, *(to + n for n in theirs.clauses)),
        )


def _std(thing: Any) -> bool:
    return bool(thing.is_) and thing.is_.startswith("std.")
