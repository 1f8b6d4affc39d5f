"""A case as values: who acts (`Seat`, `Actor`), what is asked (`Act`), what happened (`Event`), what stands (`Case`).

Rules
- Acts are imperative, events past tense; an event is never rewritten and carries all that replay needs.
- Every event is sealed: its digest covers its content and the digest of the event before it (language 4.7).
- Folding follows `seq`; clocks, met and late follow `at` (language 4.7).
- Fact values in acts and events are the language's own text ("2h", "yes"); they are typed when read.

Left to others: whether an act is accepted (`grants`, `engine`), what is owed (`obligations`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from fengsui.core.canon import digest, stamp
from fengsui.core.pack.acts import ACTS, CHAIN_EVENTS, EVENT_OF, FREE_ACTS, KINDS, SYSTEM_EVENTS, VERBS, Kind

__all__ = [
    "ACTS",
    "CHAIN_EVENTS",
    "EVENT_OF",
    "FREE_ACTS",
    "KINDS",
    "SYSTEM_EVENTS",
    "VERBS",
    "Kind",
]

Mode = Literal["live", "exercise"]
Phase = Literal["open", "active", "ended", "closed"]

ENGINE = "1"


@dataclass(frozen=True, slots=True)
class Seat:
    """A place from which a person speaks: a body (or one unit of a `many` body) and possibly a post in it.

    Where somebody sits there by delegation, `acting_for` names whose seat it is, `own` the post of the one who sits
    there, `document` the paper; `acts` what it covers (empty: all), `until` its end, `whom` the one person in whose
    place it is (`delegation`).
    """

    organisation: str
    body: str
    post: str | None = None
    place: str | None = None
    acting_for: str | None = None
    acts: tuple[str, ...] = ()
    document: str = ""
    until: datetime | None = None
    own: str = ""
    whom: str = ""

    @property
    def text(self) -> str:
        """`body[.post][@place]`, as scenarios and events write it."""
        post = f".{self.post}" if self.post else ""
        place = f"@{self.place}" if self.place else ""
        return f"{self.body}{post}{place}"

    @classmethod
    def parse(cls, text: str, organisation: str) -> Seat:
        """Read `body[.post][@place]`."""
        head, _, place = text.partition("@")
        body, _, post = head.partition(".")
        return cls(organisation, body, post or None, place or None)


@dataclass(frozen=True, slots=True)
class Party:
    """What a rule's `by` or `to` means on one case: a body, one of its units, or a hole (`unset`).

    `raw` is the word of the rule (`owner`), `text` the body found (`office@A`). `place` None means any unit.
    `homes` are the organisations whose seats it means; empty: the case's own.
    """

    body: str
    post: str | None = None
    place: str | None = None
    excluding: str | None = None
    unset: str | None = None
    raw: str = ""
    homes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """`office@A`, `group`, or `$reading` while the reading is not set."""
        if self.unset:
            return f"${self.unset}"
        post = f".{self.post}" if self.post else ""
        place = f"@{self.place}" if self.place else ""
        return f"{self.body}{post}{place}"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (opaque id) and the seats that the directory says he holds at that time."""

    person: str
    seats: tuple[Seat, ...] = ()


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class ByWord:
    """A link filled by word of mouth: means, moment, and the two persons who register it (language 4.1)."""

    means: str
    at: datetime
    registrars: tuple[str, str]
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """The paper of a seat that has no person here: its hash, date, who signed, channel, receipt number."""

    paper: str
    date: str
    signed_by: str
    channel: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a case is born with. `owner` is a unit such as `office@A`; `asset` holds `asset.*` facts as text.

    `assets` are several rows of the register instead: `id`, `owner` and `asset.*` facts each (`engine.affected`).
    `line` names, by tier, the organisations from the case's own upwards: whom a body of that tier means on this case.
    """

    case: str
    kind: Kind
    organisation: str
    root: str
    title: str = ""
    mode: Mode = "live"
    owner: str | None = None
    tier: str | None = None
    line: Mapping[str, str] = field(default_factory=dict)
    asset: Mapping[str, str] = field(default_factory=dict)
    assets: tuple[Mapping[str, str], ...] = ()
    link: str | None = None


FactText = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody asks. `name` is one of `ACTS`; the other fields mean something to some acts only.

    `verb` which link of a chain; `value` level, colour or reading value; `to` addressees; `duty` the duties a report
    discharges (empty: all that fit); `target` an event's seq, an obligation's key or an act's name; `content` the
    hash of what was shown; `answer` one of return, withdraw, ratify, refuse_ratification, countersign; `assets` rows of
    the register that are affected too (`state`), or instead of those named before (`correct`).
    """

    name: str
    actor: Actor
    verb: str | None = None
    seat: Seat | None = None
    value: str | None = None
    to: tuple[str, ...] = ()
    duty: tuple[str, ...] = ()
    facts: Mapping[str, FactText] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    rest_none: bool = False
    source: str = ""
    matter: str | None = None
    step: str | None = None
    choices: tuple[str, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    reason: str | None = None
    note: str | None = None
    target: str | None = None
    reading: str | None = None
    content: str | None = None
    happened_at: datetime | None = None
    by_word: ByWord | None = None
    registered: Registration | None = None
    answer: str | None = None
    opening: Opening | None = None
    assets: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Event:
    """What happened. Append-only; `digest` seals content and order (language 4.7). Times are UTC, whole seconds."""

    type: str
    case: str
    seq: int
    at: datetime
    recorded_at: datetime
    person: str
    seats: tuple[str, ...] = ()
    content: Mapping[str, object] = field(default_factory=dict)
    pack: str = ""
    pin: str = ""
    registered_by: str | None = None
    schema: int = 1
    engine: str = ENGINE
    previous: str = ""
    digest: str = ""

    def body(self) -> dict[str, object]:
        """Return what the digest covers, as plain data."""
        return {
            "schema": self.schema,
            "type": self.type,
            "case": self.case,
            "seq": self.seq,
            "at": stamp(self.at),
            "recorded_at": stamp(self.recorded_at),
            "pack": self.pack,
            "by": {"person": self.person, "seats": list(self.seats)},
            "registered_by": self.registered_by,
            "content": dict(self.content),
            "pin": self.pin,
            "engine": self.engine,
            "previous": self.previous,
        }

    @cached_property
    def intact(self) -> bool:
        """Whether the digest seals what the event says: looked at once for each event that comes from elsewhere."""
        return digest(self.body()) == self.digest

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names an `on:` or `done_by:` pattern may use for this event: its type, its matter, its step."""
        extra = [str(self.content[k]) for k in ("matter",) if self.content.get(k)]
        if self.type == "stepped":
            extra.append(f"step {self.content['step']}")
        if self.type == "stated":
            said = (*self.content.get("facts", {}), *self.content.get("asset", {}))  # type: ignore[misc]
            extra += [f"fact {name}" for name in dict.fromkeys(said)]
        if self.type == "pattern":
            extra.append(f"pattern {self.content['pattern']}")
        return (self.type, *extra)

    @cached_property
    def addressees(self) -> tuple[str, ...]:
        """To whom a report or request went."""
        to = self.content.get("to", ())
        return tuple(str(one) for one in to) if isinstance(to, list | tuple) else ()


def seal(event: Event, previous: str) -> Event:
    """Return the event chained to the digest of the one before it (empty for the first)."""
    sealed = object.__new__(Event)
    seal_ = digest({**event.body(), "previous": previous})
    sealed.__dict__.update(event.__dict__, previous=previous, digest=seal_, intact=True)
    return sealed


def broken_link(events: tuple[Event, ...]) -> int | None:
    """Return the seq of the first event that does not fit the chain, or None when the whole chain holds."""
    previous = ""
    for expected, event in enumerate(events, start=1):
        if event.seq != expected or seal(event, previous) != event:
            return event.seq
        previous = event.digest
    return None


@dataclass(frozen=True, slots=True)
class Fact:
    """The latest word on a fact: its value as text, or a recorded `unknown` (value None)."""

    value: FactText | None
    verified: bool
    source: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Affected:
    """One affected system as the register had it: its id, its owner (`office@A`), its `asset.*` facts."""

    id: str
    owner: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """One 研判: the level said, by which body, when."""

    level: str
    by: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Filled:
    """One filled link of a chain."""

    verb: str
    seat: str
    person: str
    seq: int
    at: datetime
    by_word: bool = False
    registered_by: str | None = None
    acting: Mapping[str, object] | None = None

    @property
    def whom(self) -> str | None:
        """The person in whose place it was filled."""
        return str(self.acting["whom"]) if self.acting and "whom" in self.acting else None


@dataclass(frozen=True, slots=True)
class Chain:
    """A decision on its way through several hands; `content` is the hash of what was put before them."""

    id: str
    act: str
    grant: str
    value: str | None
    target: str | None
    filled: tuple[Filled, ...]
    content: str
    since: datetime
    state: Literal["open", "done", "returned", "withdrawn", "void"] = "open"


@dataclass(frozen=True)
class Case:
    """The fold of a case's events. Everything else is computed from the book, this value and a moment.

    `before` is the fold before the last event, so a state of the past is a walk along it.
    `level` is the confirmed level; `response` and `colour` keep the last value after the end, with `*_active` False.
    `assets` are the affected systems, `lead` the id of the one that gives `asset.*`.
    `settled` are readings decided for this case only; `waived` obligations' keys; `reports` is read from `events`.
    """

    id: str
    kind: Kind
    mode: Mode
    organisation: str
    root: str
    title: str
    owner: str | None
    tier: str | None
    opened_at: datetime
    pin: str
    phase: Phase
    events: tuple[Event, ...]
    head: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    assets: tuple[Affected, ...] = ()
    lead: str | None = None
    rest_none_at: datetime | None = None
    assessments: tuple[Assessment, ...] = ()
    level: str | None = None
    level_by: str | None = None
    response: str | None = None
    response_active: bool = False
    activated_by: str | None = None
    colour: str | None = None
    issued_by: str | None = None
    issued_active: bool = False
    commander: str | None = None
    declared_active: bool = False
    adopted: bool = False
    outcome: str | None = None
    chains: Mapping[str, Chain] = field(default_factory=dict)
    steps_done: Mapping[str, int] = field(default_factory=dict)
    documents: Mapping[str, int] = field(default_factory=dict)
    settled: Mapping[str, str] = field(default_factory=dict)
    waived: Mapping[str, int] = field(default_factory=dict)
    acknowledged: Mapping[str, int] = field(default_factory=dict)
    link: str | None = None
    line: Mapping[str, str] = field(default_factory=dict)
    before: Case | None = field(default=None, compare=False, repr=False)

    def but(self, **changes: object) -> Case:
        """Return the case with some fields changed. Every event makes one: this copies them all at once."""
        found = object.__new__(Case)
        found.__dict__.update(self.__dict__)
        found.__dict__.update(changes)
        if "events" in changes:
            found.__dict__.pop("_by_name", None)
        if "facts" in changes:
            found.__dict__.pop("said", None)
        return found

    @cached_property
    def said(self) -> Mapping[str, FactText | None]:
        """The latest word on each fact, None where it is recorded as unknown."""
        return {name: fact.value for name, fact in self.facts.items()}

    def named(self, name: str) -> tuple[Event, ...]:
        """Return the events that a pattern with this name may mean, in their order."""
        return self._by_name.get(name, ())

    def has_one_of(self, names: frozenset[str]) -> bool:
        """Return whether a pattern with one of these names may mean any event."""
        return not names.isdisjoint(self._by_name)

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Event, ...]]:
        found: dict[str, list[Event]] = {}
        for event in self.events:
            for name in event.names:
                found.setdefault(name, []).append(event)
        return {name: tuple(events) for name, events in found.items()}

    @property
    def seq(self) -> int:
        """The number of the last event."""
        return len(self.events)

    def as_of(self, seq: int) -> Case:
        """Return the fold as it stood right after event `seq` (from 1)."""
        case: Case = self
        while case.seq > seq and case.before is not None:
            case = case.before
        return case

    def event(self, seq: int) -> Event:
        """Return event `seq` (from 1)."""
        return self.events[seq - 1]
