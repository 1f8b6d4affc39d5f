"""The names a pack declares, read before its rules so that every reference is checked while it is typed.

Rules
- Built from the raw files, tolerant of faults in them: those are reported where they stand, once.
- Every reference is resolved here or refused with `unknown_name` and a near name.
- One sigil, `$name`, for a decision of the plan's owner, wherever a value or a body may stand (language 1.4).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

from fengsui.core.pack.acts import CHAIN_EVENTS, EVENT_OF, SYSTEM_EVENTS
from fengsui.core.pack.values import EXAMPLES, NAMES_ZH, PLAIN_KINDS, BadValue, Domain, Type, Value, parse_value
from fengsui.core.timing import ReadingRef

__all__ = ["BodyRef", "ReadingRef", "Vocabulary", "near", "refuse"]

LEVEL_SUBJECTS = ("assessed", "level", "current", "grade")
BODY_SUBJECTS = ("assessed_by", "issued_by", "to")
SORTS = {
    "fact": ("事实", "fact"),
    "body": ("机构", "body"),
    "post": ("岗位", "post"),
    "reading": ("解读", "reading"),
    "event": ("记录名", "event"),
    "step": ("步骤", "step"),
    "type": ("类型", "type"),
    "subject": ("条件对象", "subject"),
    "form": ("表单", "form"),
    "clause": ("条款", "clause"),
    "duty": ("义务", "duty"),
    "grant": ("权限", "grant"),
    "method": ("定级方法", "method"),
    "level": ("级别", "level"),
    "act": ("动作", "act"),
    "verb": ("权限动词", "verb"),
    "pattern": ("多案情形", "pattern"),
    "scale": ("标度", "scale"),
    "document": ("材料", "document"),
}


def refuse(code: str, at: tuple[object, ...] = (), **params: str) -> NoReturn:
    """Raise a problem from inside validation; `at` is the path below the field that is being read."""
    raise PydanticCustomError("fengsui", "{code}", {"code": code, "params": params, "at": at})


def near(name: str, known: Iterable[str]) -> dict[str, str]:
    """Return the parameters that say which known name may have been meant."""
    close = difflib.get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    if not close:
        return {"mean": "", "mean_en": ""}
    return {"mean": f"是不是“{close[0]}”？", "mean_en": f"Did you mean '{close[0]}'?"}


@dataclass(frozen=True, slots=True)
class BodyRef:
    """`body` or `body.post`."""

    body: str
    post: str | None = None

    @property
    def text(self) -> str:
        """As an author writes it."""
        return f"{self.body}.{self.post}" if self.post else self.body


def _names(raw: object, *path: str) -> dict[str, object]:
    for key in path:
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return {str(k): v for k, v in raw.items()} if isinstance(raw, Mapping) else {}


def _ids(entries: object) -> tuple[str, ...]:
    if isinstance(entries, list):
        return tuple(str(e["id"]) for e in entries if isinstance(e, Mapping) and "id" in e)
    return ()


def _steps(raw: object) -> tuple[str, ...]:
    found: list[str] = []
    for playbook, body in _names(raw).items():
        steps = _names(body).get("steps")
        for step in steps if isinstance(steps, list) else ():
            together = _names(step).get("together")
            found += [f"{playbook}.{i}" for i in _ids(together if isinstance(together, list) else [step])]
    return tuple(found)


def _every(raw: object, kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(i for kind in kinds for i in _ids(_names(raw).get(kind)))


CASE_KINDS = ("incident", "warning", "standing", "key_period")


@dataclass(frozen=True)
class Vocabulary:
    """All names of one pack and their types."""

    domain: Domain
    facts: Mapping[str, Type]
    posts: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, Type]
    switches: Mapping[str, Mapping[str, object]]
    matters: frozenset[str]
    steps: tuple[str, ...]
    forms: tuple[str, ...]
    clauses: tuple[str, ...]
    duties: tuple[str, ...]
    grants: tuple[str, ...]
    patterns: tuple[str, ...]
    methods: tuple[str, ...]
    documents: tuple[str, ...]

    @classmethod
    def of(cls, files: Mapping[str, object]) -> Vocabulary:
        """Collect the names of a pack's raw files (`terms`, `bodies`, ... without `.yaml`)."""
        scales = {k: tuple(_names(v, "values")) for k, v in _names(files.get("terms"), "scales").items()}
        sets = {k: tuple(_names(v, "values")) for k, v in _names(files.get("terms"), "sets").items()}
        open_sets = {k for k, v in _names(files.get("terms"), "sets").items() if _names(v).get("open")}
        bodies = _names(files.get("bodies"), "bodies")
        switches = {k: _names(v, "options") for k, v in _names(files.get("readings"), "switches").items()}
        tiers = _names(files.get("pack")).get("tiers")
        sets |= {f"${k}": tuple(options) for k, options in switches.items()}
        sets |= {"#phase": ("open", "active", "ended", "closed"), "#mode": ("live", "exercise")}
        sets |= {"#tier": tuple(str(t) for t in tiers)} if isinstance(tiers, list | dict) else {}
        soft = _names(files.get("readings"), "soft_words")
        domain = Domain(scales, sets, frozenset(bodies), _zone(files), frozenset(soft), frozenset(open_sets))
        facts = _names(files.get("facts"), "facts")
        parameters = _names(files.get("readings"), "parameters")
        watch = {f"watch.{word}": Type("duration") for word in soft}
        return cls(
            domain=domain,
            facts={k: _type(_names(v).get("type"), scales, sets) for k, v in facts.items()},
            posts={k: tuple(_names(v, "posts")) for k, v in bodies.items()},
            parameters={k: _type(_names(v).get("type"), scales, sets) for k, v in parameters.items()} | watch,
            switches=switches,
            matters=frozenset(_names(files.get("terms"), "matters")),
            steps=_steps(_names(files.get("playbooks"), "playbooks")),
            forms=tuple(_names(files.get("forms"), "forms")),
            clauses=tuple(_names(files.get("clauses"), "clauses")),
            duties=_every(files.get("duties"), CASE_KINDS),
            grants=_every(files.get("grants"), CASE_KINDS),
            patterns=tuple(_names(files.get("duties"), "patterns")),
            methods=tuple(_names(files.get("grading"), "methods")),
            documents=tuple(_names(files.get("terms"), "documents")),
        )

    # ------------------------------------------------------------------ references, each checked

    def known(self, sort: str, name: str, names: Iterable[str], at: tuple[object, ...] = ()) -> str:
        """Return `name` if it is declared, else refuse with a near name."""
        names = tuple(names)
        if name not in names:
            zh, en = SORTS[sort]
            refuse("unknown_name", at, sort=zh, sort_en=en, name=name, **near(name, names))
        return name

    def body(self, text: str, at: tuple[object, ...] = ()) -> BodyRef:
        """Read `body` or `body.post`."""
        body, _, post = text.partition(".")
        self.known("body", body, self.domain.bodies, at)
        if post:
            self.known("post", post, self.posts[body], at)
        return BodyRef(body, post or None)

    def reading(self, text: str, at: tuple[object, ...] = (), type_: Type | None = None) -> ReadingRef:
        """Read `$name`; with a type, the reading must be able to give it."""
        name = text.removeprefix("$")
        self.known("reading", name, (*self.parameters, *self.switches), at)
        if type_ is not None:
            self._fits(name, type_, at)
        return ReadingRef(name)

    def _fits(self, name: str, type_: Type, at: tuple[object, ...]) -> None:
        if name in self.switches:
            for option, body in self.switches[name].items():
                self.value(str(_names(body).get("means", option)), type_, at)
        elif self.parameters[name] != type_:
            wanted = NAMES_ZH.get(type_.kind, type_.text)
            example = EXAMPLES.get(type_.kind, type_.text)
            refuse("bad_value", at, text=f"${name}", type=wanted, type_en=type_.text, example=example)

    def document(self, name: str, at: tuple[object, ...] = ()) -> str:
        """Read the name of a piece of evidence: declared under `documents`, a form, or a matter."""
        return self.known("document", name, (*self.documents, *self.forms, *self.matters), at)

    def value(self, text: object, type_: Type, at: tuple[object, ...] = ()) -> Value:
        """Read a literal of a type."""
        try:
            if type_.kind == "body" and isinstance(text, str) and "@" not in text:
                self.body(text, at)
            return parse_value(text, type_, self.domain)
        except BadValue as bad:
            wanted = NAMES_ZH.get(type_.kind, "") if not bad.known else f"{type_.text} 的值"
            example = "、".join(bad.known[:8]) or EXAMPLES.get(type_.kind, "")
            refuse("bad_value", at, text=bad.text, type=wanted, type_en=type_.text, example=example)

    def type(self, text: str, at: tuple[object, ...] = ()) -> Type:
        """Read the type of a fact or parameter."""
        found = _type(text, self.domain.scales, self.domain.sets)
        if found.kind == "?":
            names = (*PLAIN_KINDS, *self.domain.scales, *(s for s in self.domain.sets if s[0] not in "$#"))
            self.known("type", text, names, at)
        return found

    def subject_type(self, subject: str, at: tuple[object, ...] = ()) -> Type:
        """Return the type of a condition's subject, from the closed list of language 1.3."""
        found = self._subject(subject, at)
        if found is None or found.kind == "?":
            names = (*self.facts, *LEVEL_SUBJECTS, *BODY_SUBJECTS, "response", "colour", "phase", "mode")
            self.known("subject", subject, names, at)
            refuse("unknown_name", at, sort="类型", sort_en="type", name=subject, mean="", mean_en="")
        return found

    def _subject(self, subject: str, at: tuple[object, ...]) -> Type | None:
        if subject.startswith("$"):
            name = subject[1:]
            if name in self.parameters:
                return self.parameters[name]
            self.known("reading", name, self.switches, at)
            return Type("set", subject)
        if subject.startswith("step."):
            self.known("step", subject.removeprefix("step."), self.steps, at)
            return Type("yes_no")
        if subject in self.facts:
            return self.facts[subject]
        if subject in BODY_SUBJECTS:
            return Type("body")
        return self._state(subject)

    def _state(self, subject: str) -> Type | None:
        scale = "level" if subject in LEVEL_SUBJECTS else subject
        if scale in ("level", "response", "colour"):
            return Type("scale", scale) if scale in self.domain.scales else None
        names = {"phase": "#phase", "mode": "#mode", "site.tier": "#tier"}
        found = names.get(subject)
        return Type("set", found) if found in self.domain.sets else None

    def events(self) -> tuple[str, ...]:
        """Return every name an event pattern may use."""
        facts = (f"fact {name}" for name in self.facts)
        steps = (f"step {name}" for name in self.steps)
        patterns = (f"pattern {name}" for name in self.patterns)
        return (*EVENT_OF.values(), *CHAIN_EVENTS, *SYSTEM_EVENTS, *self.matters, *facts, *steps, *patterns)


def _type(text: object, scales: Mapping[str, object], sets: Mapping[str, object]) -> Type:
    if not isinstance(text, str):
        return Type("?", str(text))
    name, many = text.removeprefix("set of "), text.startswith("set of ")
    if name in PLAIN_KINDS:
        return Type(name, None, many)
    if name in scales:
        return Type("scale", name, many)
    return Type("set", name, many) if name in sets else Type("?", name, many)


def _zone(files: Mapping[str, object]) -> ZoneInfo:
    name = _names(files.get("pack")).get("zone", "Asia/Shanghai")
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        return ZoneInfo("Asia/Shanghai")
