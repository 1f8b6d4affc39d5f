"""What grading answers: a level or its bounds, with every reason (language 3.3).

The names of these fields are the keys of `fengsui grade --json`, of the HTTP interface and of `expect: grade`.
`none` as a bound is *below all levels*: nothing holds, nothing was invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal, Protocol

from fengsui.core.canon import stamp
from fengsui.core.conditions import NOTHING, Leaf, Leaves, texts
from fengsui.core.problems import Lang

NONE = "none"
Status = Literal[
    "decided",
    "ungraded",
    "bounded",
    "no_rule",
    "needs_interpretation",
    "no_scale",
    "handed_over",
    "out_of_scope",
]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of a method as it stands: its level (or `none`), the facts that decided it, or the leaves missing."""

    id: str
    method: str
    level: str | None
    clause: tuple[str, ...]
    by: tuple[str, ...] = ()
    missing: Leaves = NOTHING
    unverified: tuple[str, ...] = ()
    range: tuple[str, str] | None = None

    def as_json(self) -> dict[str, object]:
        """Return the criterion as plain data."""
        found: dict[str, object] = {
            "id": self.id,
            "method": self.method,
            "level": self.level,
            "by": list(self.by),
            "missing": list(texts(self.missing)),
            "clause": list(self.clause),
        }
        if self.unverified:
            found["unverified"] = list(self.unverified)
        if self.range:
            found["range"] = list(self.range)
        return found


@dataclass(frozen=True, slots=True)
class Hole:
    """A method that has no row for what is known: the uncovered combination."""

    method: str
    facts: tuple[tuple[str, str], ...]
    clause: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the hole as plain data."""
        return {"method": self.method, "facts": dict(self.facts), "clause": list(self.clause)}


@dataclass(frozen=True, slots=True)
class MethodGrade:
    """What one method says alone. `beside` methods are shown, never decide."""

    id: str
    status: Status
    level: str | None
    lowest: str
    highest: str
    clause: tuple[str, ...]
    beside: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the method's answer as plain data."""
        keys = ("status", "level", "lowest", "highest", "beside")
        return {**{key: getattr(self, key) for key in keys}, "clause": list(self.clause)}


@dataclass(frozen=True, slots=True)
class Question:
    """The fact to ask next: answering it leaves the smallest interval on average (`width`, in levels)."""

    fact: str
    clause: tuple[str, ...]
    judged: bool
    width: float

    def as_json(self) -> dict[str, object]:
        """Return the question as plain data."""
        return {"fact": self.fact, "judged": self.judged, "clause": list(self.clause)}


@dataclass(frozen=True, slots=True)
class Change:
    """What one fact at another value would make of the grade."""

    fact: str
    value: str
    lowest: str
    highest: str
    clause: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the change as plain data."""
        keys = ("fact", "value", "lowest", "highest")
        return {**{key: getattr(self, key) for key in keys}, "clause": list(self.clause)}


@dataclass(frozen=True, slots=True)
class Cross:
    """A criterion that will hold at a known moment, because a running interval reaches its threshold."""

    id: str
    level: str
    at: datetime
    clause: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the crossing as plain data."""
        return {"id": self.id, "level": self.level, "at": stamp(self.at), "clause": list(self.clause)}


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two methods that cannot both be right: shown to the confirming body, neither hidden."""

    method: str
    lowest: str
    highest: str
    clause: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the discrepancy as plain data."""
        keys = ("method", "lowest", "highest")
        return {**{key: getattr(self, key) for key in keys}, "clause": list(self.clause)}


@dataclass(frozen=True, slots=True)
class Remark:
    """An offer or a note, as a sentence in both languages with its clauses."""

    zh: str
    en: str
    clause: tuple[str, ...] = ()

    def as_json(self, lang: Lang) -> dict[str, object]:
        """Return the remark as plain data."""
        return {"text": self.zh if lang == "zh" else self.en, "clause": list(self.clause)}


class Asking(Protocol):
    """Who can say what to ask next, and what would move the level: that costs many gradings."""

    def next_question(self) -> Question | None: ...

    def changes(self) -> tuple[tuple[Change, ...], tuple[Change, ...]]: ...


@dataclass(frozen=True)
class Grade:
    """The answer at a moment. `level` only where decided; `lowest` and `highest` always, where there is a scale.

    `met` is gravest first: all criteria that hold are listed, the first is only the heading. `open` are criteria that
    may still raise the level, `idle` such as could not any more. `asks` are the leaves open over the whole grade.
    What to ask next, what would raise or lower the level and what time alone will meet is found out when it is read.
    """

    status: Status
    level: str | None
    lowest: str | None
    highest: str | None
    at: datetime
    met: tuple[Criterion, ...] = ()
    failed: tuple[Criterion, ...] = ()
    open: tuple[Criterion, ...] = ()
    idle: tuple[Criterion, ...] = ()
    asks: Leaves = NOTHING
    methods: Mapping[str, MethodGrade] = field(default_factory=dict)
    holes: tuple[Hole, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()
    offers: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    handed_to: str | None = None
    clause: tuple[str, ...] = ()
    inquire: Callable[[], Asking] | None = field(default=None, compare=False, repr=False)
    foresee: Callable[[], tuple[Cross, ...]] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, fields: Mapping[str, object]) -> Grade:
        """Return a grade with these fields; it is made a hundred thousand times a second, so all are set at once."""
        found = object.__new__(cls)
        object.__setattr__(found, "__dict__", fields)
        return found

    @cached_property
    def _inquiry(self) -> Asking | None:
        return self.inquire() if self.inquire else None

    @cached_property
    def crosses(self) -> tuple[Cross, ...]:
        """The criteria that time alone will meet, each at its first moment, the earliest first."""
        return self.foresee() if self.foresee else ()

    @property
    def next_question(self) -> Question | None:
        """The most useful open fact; None where none is open, or nobody asked for it."""
        return self._inquiry.next_question() if self._inquiry else None

    @property
    def raises(self) -> tuple[Change, ...]:
        """The facts that would raise the level, each at its least change."""
        return self._inquiry.changes()[0] if self._inquiry else ()

    @property
    def lowers(self) -> tuple[Change, ...]:
        """The facts that would lower the level, each at its least change."""
        return self._inquiry.changes()[1] if self._inquiry else ()

    @property
    def missing_facts(self) -> tuple[str, ...]:
        """The facts that would narrow the answer, in alphabetical order."""
        return tuple(sorted(leaf.name for leaf in self.asks if leaf.sort == "fact"))

    @property
    def missing_readings(self) -> tuple[str, ...]:
        """The readings that would narrow the answer."""
        return tuple(sorted(leaf.name for leaf in self.asks if leaf.sort == "reading"))

    def as_json(self, lang: Lang = "zh") -> dict[str, object]:
        """Return the grade as plain data; sentences are in the language asked, everything else in ids."""
        return {
            "status": self.status,
            "level": self.level,
            "lowest": self.lowest,
            "highest": self.highest,
            "at": stamp(self.at),
            "clause": list(self.clause),
            "handed_to": self.handed_to,
            **{key: [c.as_json() for c in getattr(self, key)] for key in ("met", "failed", "open", "idle")},
            "asks": list(texts(self.asks)),
            "next_question": self.next_question.as_json() if self.next_question else None,
            **{key: [c.as_json() for c in getattr(self, key)] for key in ("raises", "lowers", "crosses")},
            "methods": {name: method.as_json() for name, method in self.methods.items()},
            "no_rule": [hole.as_json() for hole in self.holes],
            "discrepancies": [found.as_json() for found in self.discrepancies],
            "offers": [offer.as_json(lang) for offer in self.offers],
            "notes": [note.as_json(lang) for note in self.notes],
        }


def leaf_names(leaves: Leaves, sort: str) -> frozenset[str]:
    """Return the names of the leaves of one sort."""
    return frozenset(leaf.name for leaf in leaves if leaf.sort == sort)


__all__ = [
    "NONE",
    "Change",
    "Criterion",
    "Cross",
    "Discrepancy",
    "Grade",
    "Hole",
    "Leaf",
    "MethodGrade",
    "Question",
    "Remark",
    "Status",
    "leaf_names",
]
