"""A plan pack as one frozen value, and the reading of its files into it with all faults at once.

Rules
- One subject per file; a missing file means none (language 1.1).
- `read(files)` never stops at the first fault; every fault has a file, a path of keys and a code.
- Positions, YAML and the file system belong to `loader`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from fengsui.core.pack import rules
from fengsui.core.pack import terms as nouns
from fengsui.core.pack.fields import Label, Strict
from fengsui.core.pack.rules import Duty, GradeRule, Grant, Method, Playbook, Row, Step
from fengsui.core.pack.vocabulary import Vocabulary, near
from fengsui.core.pack.when import ALWAYS, All, Test
from fengsui.core.problems import Lang

FILES: Mapping[str, type[Strict]] = {
    "pack": nouns.Head,
    "terms": nouns.TermsFile,
    "bodies": nouns.BodiesFile,
    "facts": nouns.FactsFile,
    "grading": rules.GradingFile,
    "grants": rules.GrantsFile,
    "duties": rules.DutiesFile,
    "playbooks": rules.PlaybooksFile,
    "forms": nouns.FormsFile,
    "readings": nouns.ReadingsFile,
    "clauses": nouns.ClausesFile,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: the path of keys to it, a problem code, and the code's parameters."""

    file: str
    path: tuple[object, ...]
    code: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Pack:
    """One plan as data. Immutable; named by id, version and digest."""

    head: nouns.Head
    terms: nouns.TermsFile
    bodies: Mapping[str, nouns.Body]
    facts: Mapping[str, nouns.FactRule]
    grading: rules.GradingFile
    grants: tuple[Grant, ...]
    duties: tuple[Duty, ...]
    patterns: Mapping[str, rules.Pattern]
    playbooks: Mapping[str, Playbook]
    forms: Mapping[str, nouns.Form]
    readings: nouns.ReadingsFile
    clauses: Mapping[str, nouns.Clause]
    words: Vocabulary
    raw: Mapping[str, object] = field(repr=False, default_factory=dict)
    digest: str = ""
    origin: str = ""
    """Digest of the pack as installed, where an overlay was applied to it; else empty."""
    text: str | None = field(repr=False, default=None)
    beside: Mapping[str, Pack] = field(repr=False, compare=False, default_factory=dict)
    """Regimes whose words are joined to this plan's, by id (`pack.joined`); their rules stay in them."""
    positions: Mapping[tuple[str, str], tuple[int, int]] = field(repr=False, default_factory=dict)

    @property
    def id(self) -> str:
        """The pack's name in addresses; it never changes."""
        return self.head.id

    @property
    def version(self) -> str:
        """Semantic version (language 9.2)."""
        return self.head.version

    @cached_property
    def zone(self) -> ZoneInfo:
        """Zone of all calendar arithmetic of the pack."""
        return self.words.domain.zone

    @cached_property
    def level_order(self) -> tuple[str, ...]:
        """Levels from light to grave; empty for a plan that has none."""
        return self.words.domain.scales.get("level", ())

    @cached_property
    def methods(self) -> Mapping[str, Method]:
        """Grading methods by id."""
        return self.grading.methods

    def rows(self, method: str) -> tuple[Row, ...]:
        """Return a method's rules with ladders spread, in file order."""
        return tuple(row for rule in self.methods[method].rules for row in spread(rule, self))

    def grants_for(self, kind: str, act: str) -> tuple[Grant, ...]:
        """Return the grants of an act in one kind of case."""
        return self._grants.get((kind, act), ())

    @cached_property
    def _grants(self) -> Mapping[tuple[str, str], tuple[Grant, ...]]:
        found: dict[tuple[str, str], tuple[Grant, ...]] = {}
        for grant in self.grants:
            found[grant.kind, grant.act] = (*found.get((grant.kind, grant.act), ()), grant)
        return found

    def duties_for(self, kind: str) -> tuple[Duty, ...]:
        """Return the duties of one kind of case."""
        return tuple(duty for duty in self.duties if duty.kind == kind)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """Steps by `playbook.step`."""
        return {
            f"{name}.{step.id}": step
            for name, book in self.playbooks.items()
            for stage in book.stages
            for step in stage
        }

    # ------------------------------------------------------------------ names for people

    def labelled(self, sort: str) -> Iterator[tuple[str, Label]]:
        """Yield ids and labels of a sort: body, post, level, tier, scale:NAME, set:NAME, fact, ..."""
        if sort == "post":
            for name, body in self.bodies.items():
                yield from ((f"{name}.{post}", label) for post, label in body.posts.items())
        elif ":" in sort or sort in ("level", "response", "colour"):
            name = sort.partition(":")[2] or sort
            found = self.terms.scales.get(name) or self.terms.sets.get(name)
            yield from found.values.items() if found else ()
        else:
            yield from self._things(sort)

    def _things(self, sort: str) -> Iterator[tuple[str, Label]]:
        tables: dict[str, Mapping[str, object]] = {
            "body": self.bodies,
            "fact": self.facts,
            "matter": self.terms.matters,
            "form": self.forms,
            "reading": {**self.readings.parameters, **self.readings.switches},
            "scale": self.terms.scales,
            "set": self.terms.sets,
        }
        named: dict[str, Mapping[str, Label]] = {
            "document": self.terms.documents,
            "soft_word": self.readings.soft_words,
            "tier": self.head.tier_labels,
        }
        yield from named.get(sort, {}).items()
        for name, thing in tables.get(sort, {}).items():
            yield name, cast(nouns.Named, thing).label

    def label(self, sort: str, name: str, lang: Lang = "zh") -> str:
        """Return the label of an id, the id itself where none is declared."""
        label = self._labels(sort).get(name)
        if label is None:
            return name
        return label.zh if lang == "zh" else (label.en or label.zh)

    def _labels(self, sort: str) -> Mapping[str, Label]:
        if sort not in self._label_cache:
            self._label_cache[sort] = dict(self.labelled(sort))
        return self._label_cache[sort]

    @cached_property
    def _label_cache(self) -> dict[str, Mapping[str, Label]]:
        return {}

    def resolve_name(self, sort: str, text: str) -> str | None:
        """Return the id that a person means by an id, a label or an alias; None when nobody knows it."""
        return self._names(sort).get(text)

    def _names(self, sort: str) -> Mapping[str, str]:
        """Return the id meant by each id, label and alias of a sort; the thing that stands first in the file wins."""
        found = self._name_cache.get(sort)
        if found is None:
            found = self._name_cache[sort] = {}
            for name, label in self.labelled(sort):
                for text in (name, label.zh, label.en, *label.aliases):
                    if text is not None:
                        found.setdefault(text, name)
        return found

    @cached_property
    def _name_cache(self) -> dict[str, dict[str, str]]:
        return {}

    def body_label(self, text: str, lang: Lang = "zh") -> str:
        """Return the label of `body`, `body.post`, `body@place` or `$reading`."""
        if text.startswith("$"):
            return self.label("reading", text[1:], lang)
        head, _, place = text.partition("@")
        body, _, post = head.partition(".")
        label = self.label("body", body, lang)
        if post:
            label += self.label("post", head, lang) if lang == "zh" else f", {self.label('post', head, lang)}"
        return f"{label}（{place}）" if place and lang == "zh" else f"{label} ({place})" if place else label

    def cite(self, clause: str) -> str:
        """Return the short citation that screens and paper show."""
        found = self.clauses.get(clause)
        return found.cite if found else clause


def spread(rule: GradeRule, pack: Pack) -> Iterator[Row]:
    """Yield the rows of a rule: one, or one per threshold of a ladder, grave to light."""
    if rule.at_least is None:
        yield Row(rule.id, rule, rule.when, rule.level, rule.result == "none", rule.range)
        return
    fact = str(rule.fact)
    type_ = pack.words.subject_type(fact)
    for level in reversed([x for x in pack.level_order if x in rule.at_least]):
        test = Test(fact, "ge", (rule.at_least[level],), type_)
        when = test if rule.when == ALWAYS else All((rule.when, test))
        yield Row(f"{rule.id}.{level}", rule, when, level)


def read(files: Mapping[str, object]) -> tuple[Pack | None, tuple[Fault, ...]]:
    """Return the pack that the raw files say, or None, and every fault found."""
    vocabulary, faults = Vocabulary.of(files), []
    parts: dict[str, Strict] = {}
    for name, model in FILES.items():
        raw = with_ids(name, files.get(name) if files.get(name) is not None else {})
        try:
            parts[name] = model.model_validate(raw, context=vocabulary)
        except ValidationError as error:
            faults += [fault_of(name, model, e) for e in error.errors()]
    if faults:
        return None, tuple(faults)
    return _assemble(parts, vocabulary, files), ()


def with_ids(name: str, raw: object) -> object:
    """Give every rule of `grants` and `duties` its kind of case, and a grant without id one made of its act."""
    if name not in ("grants", "duties") or not isinstance(raw, Mapping):
        return raw
    done: dict[str, object] = dict(raw)
    for kind in ("incident", "warning", "standing", "key_period"):
        if isinstance(raw.get(kind), list):
            done[kind] = [_with_id(kind, entry, n, raw[kind]) for n, entry in enumerate(raw[kind])]
    return done


def _with_id(kind: str, entry: object, n: int, entries: list[object]) -> object:
    if not isinstance(entry, Mapping):
        return entry
    act = entry.get("act")
    place = 1 + sum(isinstance(e, Mapping) and e.get("act") == act for e in entries[:n])
    prefix = "" if kind == "incident" else f"{kind}."
    made = {"id": f"{prefix}{act}.{place}"} if "act" in entry else {}
    return {**made, **entry, "kind": kind}


def fault_of(file: str, model: type[Strict], error: object) -> Fault:
    e = cast(dict[str, object], error)
    loc = tuple(x for x in cast(tuple[object, ...], e["loc"]) if not str(x).startswith("#"))
    ctx = cast(dict[str, object], e.get("ctx") or {})
    if e["type"] == "fengsui":
        at = cast(tuple[object, ...], ctx["at"])
        return Fault(file, (*loc, *at), str(ctx["code"]), cast(dict[str, str], ctx["params"]))
    if e["type"] == "missing":
        return Fault(file, loc, "missing_key", {"key": str(loc[-1])})
    if e["type"] == "extra_forbidden":
        return Fault(
            file, loc, "unknown_key", {"key": str(loc[-1]), **near(str(loc[-1]), language_keys() - {str(loc[-1])})}
        )
    wanted = _SHAPES.get(str(e["type"]))
    if wanted:
        found = _FOUND.get(type(e.get("input")).__name__, ("别的", "something else"))
        params = {"wanted": wanted[0], "wanted_en": wanted[1], "found": found[0], "found_en": found[1]}
        return Fault(file, loc, "bad_shape", params)
    if e["type"] == "literal_error":
        allowed = str(ctx.get("expected", "")).replace("'", "")
        params = {
            "type": f"这里可写的词（{allowed}）",
            "type_en": f"word for this place ({allowed})",
            "example": allowed,
        }
        return Fault(file, loc, "bad_value", {"text": str(e.get("input"))[:80], **params})
    params = {"text": str(e.get("input"))[:80], "type": str(e["msg"]), "type_en": str(e["msg"]), "example": ""}
    return Fault(file, loc, "bad_value", params)


_SHAPES = {
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), ("映射", "mapping")),
    **dict.fromkeys(("tuple_type", "list_type"), ("列表", "list")),
}
_FOUND = {"dict": ("映射", "mapping"), "list": ("列表", "list"), "str": ("文字", "text")}


def language_keys() -> set[str]:
    """Return every key of the language, for near names."""
    found: set[str] = set()
    models = [*FILES.values(), *(m for m in vars(rules).values() if isinstance(m, type) and issubclass(m, Strict))]
    models += [m for m in vars(nouns).values() if isinstance(m, type) and issubclass(m, Strict)]
    for model in models:
        found |= {info.alias or name for name, info in model.model_fields.items()}
    return found


def _assemble(parts: Mapping[str, Strict], words: Vocabulary, files: Mapping[str, object]) -> Pack:
    grants = cast(rules.GrantsFile, parts["grants"])
    duties = cast(rules.DutiesFile, parts["duties"])
    return Pack(
        head=cast(nouns.Head, parts["pack"]),
        terms=cast(nouns.TermsFile, parts["terms"]),
        bodies=cast(nouns.BodiesFile, parts["bodies"]).bodies,
        facts=cast(nouns.FactsFile, parts["facts"]).facts,
        grading=cast(rules.GradingFile, parts["grading"]),
        grants=(*grants.incident, *grants.warning, *grants.standing, *grants.key_period),
        duties=(*duties.incident, *duties.warning, *duties.standing, *duties.key_period),
        patterns=duties.patterns,
        playbooks=cast(rules.PlaybooksFile, parts["playbooks"]).playbooks,
        forms=cast(nouns.FormsFile, parts["forms"]).forms,
        readings=cast(nouns.ReadingsFile, parts["readings"]),
        clauses=cast(nouns.ClausesFile, parts["clauses"]).clauses,
        words=words,
        raw=files,
    )
