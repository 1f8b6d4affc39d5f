"""Who may do what at which level: the grants of a plan as a table, acts down, levels across (ui.md: 权责矩阵).

Rules
- A column is one value of the scale that the kind of case is ruled by: the level of an incident, the colour of a
  warning, gravest first. A plan without that scale has one column, and so have the standing case and the key period.
- A grant stands in a column where its condition can hold at that value. What the condition asks besides is said with
  it, so a cell may hold several rules.
- A cell that no grant fills is never blank: it says that the text does not write it, gives it to nobody (`hole`), or
  leaves the holder to a reading that nobody has set.
- Neighbours that say the same are one cell.

Example: `matrix(pack)[0].rows[0].cells` are the cells of the first act of an incident.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from fengsui.core.explain import Voice
from fengsui.core.lint.plan import EXPECTED
from fengsui.core.lint.worlds import World, together
from fengsui.core.pack import ALWAYS, All, AnyOf, Condition, Grant, Pack, ReadingRef, Who, tests
from fengsui.core.pack.acts import ACTS, KINDS, Kind
from fengsui.core.problems import Lang

Lack = Literal["", "unwritten", "hole", "unset"]
LEVELS = ("level", "assessed", "current", "grade")
"""Subjects that stand on the scale of levels."""
_LED: Mapping[str, tuple[str, ...]] = {
    "assess": ("grade",),
    "confirm": ("assessed", "current"),
    "activate": ("level", "current"),
    "adjust": ("response", "level", "current"),
}
"""What of a case a column means for an act; for every other act the response and all of LEVELS."""
_ORDER: Mapping[Kind, tuple[str, ...]] = {
    "incident": (
        *("assess", "confirm", "activate", "order", "request", "adjust", "publish", "end", "dismiss", "transfer"),
        *("investigate", "close"),
    ),
    "warning": ("issue", "activate", "publish", "adjust", "lift", "transfer", "close"),
    "standing": ("adopt", "set", "review", "drill", "train"),
    "key_period": ("declare", "end", "close"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One part in an act: the verb of a link (or with, guided_by, answered_by, ratify, outside, forbidden) and who."""

    verb: str
    who: str
    unset: str = ""
    """The reading that would name the holder, while nobody has set it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One grant in a cell: what it asks beside the level, who does what, what else it says."""

    grant: str
    when: str
    marks: tuple[Mark, ...]
    notes: tuple[str, ...] = ()
    hole: str = ""
    clause: tuple[str, ...] = ()

    @property
    def unset(self) -> tuple[str, ...]:
        """The readings that must be set before it is known who acts."""
        return tuple(mark.unset for mark in self.marks if mark.unset)


@dataclass(frozen=True, slots=True)
class Cell:
    """Some neighbouring columns with the same rules; `lack` says what is missing."""

    values: tuple[str, ...]
    rules: tuple[Rule, ...]
    lack: Lack = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One act over all columns."""

    act: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of case: its scale (empty where it has none), its columns, its acts."""

    kind: Kind
    scale: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def matrix(pack: Pack, readings: Mapping[str, str] | None = None, lang: Lang = "zh") -> tuple[Table, ...]:
    """Return the table of every kind of case that the plan grants anything on."""
    voice = Voice(pack, lang, dict(readings or {}))
    return tuple(_table(kind, voice) for kind in KINDS if any(grant.kind == kind for grant in pack.grants))


def scale_of(pack: Pack, kind: str) -> str:
    """Return the scale that a kind of case is ruled by, empty for none."""
    wanted = {"incident": ("level", "response"), "warning": ("colour",)}.get(kind, ())
    return next((name for name in wanted if pack.words.domain.scales.get(name)), "")


def values_of(pack: Pack, kind: str, when: Condition) -> tuple[str, ...]:
    """Return the values, gravest first, at which a condition can hold; all of them where it does not ask."""
    scale = scale_of(pack, kind)
    asked = frozenset((*LEVELS, "response") if kind == "incident" else ("colour",))
    return tuple(value for value in _where(pack, when, scale, asked) if value)


# ------------------------------------------------------------------------------------------------ columns
def _columns(pack: Pack, scale: str) -> tuple[str, ...]:
    return tuple(reversed(pack.words.domain.scales.get(scale, ()))) or ("",)


def _world(pack: Pack, scale: str, value: str, led: Iterable[str]) -> World:
    """Return what a column says of a case."""
    if not scale:
        return {}
    place = pack.words.domain.scales[scale].index(value)
    orders = {name: pack.words.domain.scales.get("level" if name in LEVELS else name, ()) for name in led}
    return {name: order[place] for name, order in orders.items() if place < len(order)}


def _where(pack: Pack, when: Condition, scale: str, led: Iterable[str]) -> dict[str, World]:
    """Return the columns in which a condition can hold, each with what the column says of the case.

    A condition that holds in none of them because it asks for what is not known yet (`assessed: unknown`) holds
    beside them: what it asks so is then left open.
    """
    worlds = {value: _world(pack, scale, value, led) for value in _columns(pack, scale)}
    found = {value: world for value, world in worlds.items() if together(pack, (when,), world) is not None}
    asked = {test.subject for test in tests(when) if test.op in ("known", "unknown")}
    if found or not asked:
        return found
    loose = {value: {name: at for name, at in world.items() if name not in asked} for value, world in worlds.items()}
    return {value: world for value, world in loose.items() if together(pack, (when,), world) is not None}


# ------------------------------------------------------------------------------------------------ rows
def _table(kind: Kind, voice: Voice) -> Table:
    pack = voice.pack
    scale = scale_of(pack, kind)
    columns = _columns(pack, scale)
    rows = tuple(Row(act, tuple(_cells(kind, act, scale, columns, voice))) for act in _acts(pack, kind))
    return Table(kind, scale, columns, rows)


def _acts(pack: Pack, kind: Kind) -> tuple[str, ...]:
    """Return the acts of a kind in the order of its life: those granted, and those its life needs."""
    granted = {grant.act for grant in pack.grants if grant.kind == kind}
    needed = set(EXPECTED[kind]) - (set() if pack.level_order else {"confirm"})
    order = dict.fromkeys((*_ORDER[kind], *ACTS[kind]))
    return tuple(act for act in order if act in granted | needed)


def _cells(kind: Kind, act: str, scale: str, columns: tuple[str, ...], voice: Voice) -> Iterator[Cell]:
    led = ("colour",) if kind == "warning" else _LED.get(act, ("response", *LEVELS))
    grants = [(grant, _where(voice.pack, grant.when, scale, led)) for grant in voice.pack.grants_for(kind, act)]

    def rules(value: str) -> tuple[Rule, ...]:
        return tuple(_rule(grant, where[value], voice) for grant, where in grants if value in where)

    for same, group in groupby(columns, rules):
        yield Cell(tuple(group), same, _lack(same))


def _lack(rules: tuple[Rule, ...]) -> Lack:
    if any(rule.hole for rule in rules):
        return "hole"
    if any(rule.unset for rule in rules):
        return "unset"
    return "" if any(mark.verb != "forbidden" for rule in rules for mark in rule.marks) else "unwritten"


# ------------------------------------------------------------------------------------------------ one grant
def _rule(grant: Grant, world: World, voice: Voice) -> Rule:
    marks = tuple(_marks(grant, voice))
    return Rule(
        grant.id, _rest(grant.when, world, voice), marks, tuple(_notes(grant, voice)), grant.hole or "", grant.clause
    )


def _rest(when: Condition, world: World, voice: Voice) -> str:
    """Return in words what a condition asks beside the column."""
    parts = when.parts if isinstance(when, All) else (when,)
    rest = tuple(part for part in parts if any(test.subject not in world for test in tests(part)))
    return voice.condition(All(rest) if len(rest) != 1 else rest[0]) if rest and when != ALWAYS else ""


def _marks(grant: Grant, voice: Voice) -> Iterator[Mark]:
    if grant.forbidden:
        everyone = voice.say("任何机构", "everyone")
        yield Mark("forbidden", everyone if grant.forbidden == "everyone" else voice.who(grant.forbidden))
    for who in grant.outside:
        yield Mark("outside", voice.who(who))
    for link in grant.links:
        apart = link.verb == "sign"
        for held in ((who,) for who in link.who) if apart else (link.who,):
            yield Mark(link.verb, voice.who(held), _unset(held, voice))
    more = (("with", grant.with_), ("guided_by", grant.guided_by), ("answered_by", grant.answered_by))
    for verb, whos in (*more, ("ratify", grant.ratify.by if grant.ratify else ())):
        if whos:
            yield Mark(verb, voice.who(whos), _unset(whos, voice))


def _unset(whos: Iterable[Who], voice: Voice) -> str:
    """Return the first reading among the holders that nobody has set."""
    for who in whos:
        if isinstance(who, ReadingRef) and who.name not in voice.readings:
            return who.name
        if isinstance(who, AnyOf) and (found := _unset(who.of, voice)):
            return found
    return ""


def _notes(grant: Grant, voice: Voice) -> Iterator[str]:
    if grant.needs:
        needs = voice.listed(
            voice.pack.label("document", need, voice.lang) if isinstance(need, str) else voice.condition(need)
            for need in grant.needs
        )
        yield voice.say(f"须有{needs}", f"needs {needs}")
    if grant.ratify:
        within = voice.limit(grant.ratify.within)
        yield voice.say(f"先行生效，{within}追认", f"in force at once, to be ratified {within}")
    if grant.creates:
        body = voice.body(grant.creates)
        yield voice.say(f"同时成立{body}", f"creates {body}")
    if grant.in_person:
        yield voice.say("须本人办理", "in person")
    if grant.inferred:
        yield voice.say(f"推定：{grant.inferred}", f"inferred: {grant.inferred}")
    if grant.product:
        yield voice.say(f"本系统要求：{grant.product}", f"required by this system: {grant.product}")
