"""The algorithm: every method yields an interval of ranks, and composition is interval arithmetic (language 3.2).

Rules (rank −1 is *below all levels*)
- low is the gravest row that holds, high the gravest that holds or may hold. A row `result: none` that holds says that
  the column adds nothing; without any row that holds, `otherwise: no_rule` leaves everything up to the top possible.
- `highest_of` takes the highest low and the highest high: a column with a hole makes the whole *at least, incomplete*.
- `within`: `clamp` draws both ends into the range, where *below all levels* stays what it is (no loss is not a light
  loss); a range that is not known allows everything; `warn` and `ignore` leave the result. An unset effect gives the
  hull of its options, and its reading is open only where they differ.
- What is open is what could still move an end; an interval of one rank has nothing open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

from fengsui.core.conditions import NOTHING, Known, Leaf, Leaves, Truth, View, all_tests, judge
from fengsui.core.grading.result import Hole, Remark
from fengsui.core.pack import Method, Pack, ReadingRef, Row
from fengsui.core.pack.rules import Within
from fengsui.core.pack.values import show_value

EFFECTS = ("clamp", "warn", "ignore")


class Pending(NamedTuple):
    """Leaves, and the highest rank that an answer to them could still decide on."""

    reach: int
    leaves: Leaves


class Judged(NamedTuple):
    """A row and what the view says of it; `reach` is the rank up to which a row not known yet matters."""

    method: str
    row: Row
    rank: int
    truth: Truth
    reach: int


@dataclass(frozen=True)
class Span:
    """An interval of ranks, what could still move its ends, its holes, and the rows it was made from."""

    low: int
    high: int
    pending: tuple[Pending, ...] = ()
    holes: tuple[Hole, ...] = ()
    rows: tuple[Judged, ...] = ()
    notes: tuple[Remark, ...] = ()

    @property
    def width(self) -> int:
        """How many levels are undecided."""
        return self.high - self.low

    @cached_property
    def open(self) -> Leaves:
        """The leaves that could still move an end; nothing where the span is one rank."""
        if self.low == self.high:
            return NOTHING
        return NOTHING.union(*(leaves for reach, leaves in self.pending if reach > self.low))


Spans = dict[str, Span]


def span(name: str, view: View, spans: Spans) -> Span:
    """Return the interval of a method; `spans` collects it and those it is made of."""
    if name not in spans:
        method = view.pack.methods[name]
        found = _highest(name, method, view, spans) if method.highest_of else _table(name, method, view)
        spans[name] = _within(method.within, found, view) if method.within else found
    return spans[name]


def _rows(name: str, pack: Pack) -> tuple[tuple[Row, int], ...]:
    order = pack.level_order
    return tuple((row, order.index(row.level) if row.level else -1) for row in pack.rows(name))


def _judged(name: str, view: View) -> tuple[Judged, ...]:
    ranked = view.remember(("rows", name), partial(_rows, name))
    return tuple([Judged(name, row, rank, judge(row.when, view), rank) for row, rank in ranked])


def _table(name: str, method: Method, view: View) -> Span:
    judged = _judged(name, view)
    held = [one.rank for one in judged if one.truth.value is True]
    low, top = max(held, default=-1), len(view.pack.level_order) - 1
    if held or method.otherwise == "ungraded":
        high = max((low, *(one.rank for one in judged if one.truth.value is None)))
        return Span(low, high, _pending(judged), (), judged)
    # No row holds and the text has no rule for that: whatever row turns out to hold brings the top down.
    judged = tuple(one._replace(reach=top) for one in judged)
    pending = _pending(judged)
    return Span(-1, top, pending, () if pending else (_hole(name, method, view),), judged)


def _pending(judged: Iterable[Judged]) -> tuple[Pending, ...]:
    return tuple(Pending(one.reach, one.truth.open) for one in judged if one.truth.value is None)


def _hole(name: str, method: Method, view: View) -> Hole:
    """Return the combination of known facts that no row of the table covers."""
    subjects = view.remember(("subjects", name), lambda pack: _subjects(name, pack))
    known = {subject: view.look(subject) for subject in subjects}
    facts = tuple(
        (subject, show_value(found.value, view.pack.words.subject_type(subject)))
        for subject, found in known.items()
        if isinstance(found, Known)
    )
    return Hole(name, facts, method.clause)


def _subjects(name: str, pack: Pack) -> tuple[str, ...]:
    return tuple(dict.fromkeys(test.subject for row in pack.rows(name) for test in all_tests(row.when, pack)))


def _highest(name: str, method: Method, view: View, spans: Spans) -> Span:
    parts = {part: span(part, view, spans) for part in method.highest_of}
    low = max(part.low for part in parts.values())
    high = max(part.high for part in parts.values())
    matter = [part for part in parts.values() if part.high > low]
    found = Span(
        low,
        high,
        tuple(pending for part in matter for pending in part.pending),
        tuple(hole for part in matter for hole in part.holes),
        tuple(row for part in parts.values() for row in part.rows),
        tuple(note for part in parts.values() for note in part.notes),
    )
    if high == -1 and method.otherwise == "no_rule" and "otherwise" in method.model_fields_set:
        hole = Hole(name, tuple((part, "none") for part in parts), method.clause)
        return replace(found, high=len(view.pack.level_order) - 1, holes=(hole,))
    return found


# ----------------------------------------------------------------------------------------- range of another method
@dataclass(frozen=True, slots=True)
class _Range:
    """The ranks that another method allows; None while it is not known, with what is open in it."""

    ends: tuple[int, int] | None
    open: Leaves = NOTHING
    holes: tuple[Hole, ...] = ()
    rows: tuple[Judged, ...] = ()


def _within(within: Within, inner: Span, view: View) -> Span:
    allowed = _range(within.range_by, view)
    effects, reading = _effects(within.effect, view)
    outcomes = [_bounded(effect, inner, allowed, view) for effect in effects]
    low, high = min(o.low for o in outcomes), max(o.high for o in outcomes)
    differ = len({(o.low, o.high) for o in outcomes}) > 1
    pending = tuple(dict.fromkeys(one for o in outcomes for one in o.pending))
    notes = inner.notes + (_outside(inner, allowed, within, view) if "warn" in effects else ())
    if reading is not None and differ:
        pending += (Pending(high, frozenset({Leaf("reading", reading)})),)
    elif reading is not None:
        notes += (_independent(reading, within, view),)
    holes = tuple(dict.fromkeys(hole for o in outcomes for hole in o.holes))
    return Span(low, high, pending, holes, inner.rows + allowed.rows, notes)


def _effects(effect: str, view: View) -> tuple[tuple[str, ...], str | None]:
    """Return the effects that may be meant, and the reading that would tell if it is unset."""
    if not effect.startswith("$"):
        return (effect,), None
    name = effect[1:]
    chosen = view.reading_text(name)
    if chosen is not None:
        return (chosen,), None
    switch = view.pack.readings.switches.get(name)
    return tuple(o.means or key for key, o in switch.options.items()) if switch else EFFECTS, name


def _bounded(effect: str, inner: Span, allowed: _Range, view: View) -> Span:
    if effect != "clamp":
        return inner
    if allowed.ends is None:
        top = len(view.pack.level_order) - 1
        pending = (*(Pending(top, leaves) for _, leaves in inner.pending), Pending(top, allowed.open))
        return Span(-1, top, pending, inner.holes + allowed.holes)
    low, high = _clamp(inner.low, allowed.ends), _clamp(inner.high, allowed.ends)
    pending = tuple(Pending(_clamp(reach, allowed.ends), leaves) for reach, leaves in inner.pending)
    return Span(low, high, pending, inner.holes if low < high else ())


def _clamp(rank: int, ends: tuple[int, int]) -> int:
    return rank if rank == -1 else min(max(rank, ends[0]), ends[1])


def _range(name: str, view: View) -> _Range:
    """Return the range of the first row that holds; an earlier row that may hold leaves it unknown."""
    judged, open_ = _judged(name, view), NOTHING
    for one in judged:
        if one.truth.value is None:
            open_ |= one.truth.open
        elif one.truth.value:
            ends, missing = _ends(one.row.range, view)
            open_ |= missing
            return _Range(None if open_ else ends, open_, (), judged)
    holes = () if open_ else (_hole(name, view.pack.methods[name], view),)
    return _Range(None, open_, holes, judged)


def _ends(range_: tuple[str, str] | ReadingRef | None, view: View) -> tuple[tuple[int, int] | None, Leaves]:
    order = view.pack.level_order
    if isinstance(range_, ReadingRef):
        text = view.reading_text(range_.name)
        if text is None:
            return None, frozenset({Leaf("reading", range_.name)})
        low, _, high = text.partition(" to ")
        return (order.index(low), order.index(high)), NOTHING
    return ((order.index(range_[0]), order.index(range_[1])) if range_ else None), NOTHING


def _outside(inner: Span, allowed: _Range, within: Within, view: View) -> tuple[Remark, ...]:
    if allowed.ends is None or inner.low == -1 or allowed.ends[0] <= inner.low and inner.high <= allowed.ends[1]:
        return ()
    low, high = (view.pack.label("level", view.pack.level_order[rank]) for rank in allowed.ends)
    zh = f"结果超出{view.pack.methods[within.range_by].zh}给出的范围（{low}至{high}）"
    return (Remark(zh, f"The result lies outside the range given by {within.range_by}.", (within.clause,)),)


def _independent(reading: str, within: Within, view: View) -> Remark:
    label = view.pack.label("reading", reading)
    label_en = view.pack.label("reading", reading, "en")
    zh = f"“{label}”尚未确定，但各种取法结果相同"
    return Remark(zh, f"'{label_en}' is not decided, but every option gives the same result.", (within.clause,))
