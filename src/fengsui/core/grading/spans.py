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

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from fengsui.core.book import Book
from fengsui.core.conditions import NOTHING, Known, Leaf, Leaves, Stated, View, all_tests, under_options
from fengsui.core.grading.result import Hole, Remark
from fengsui.core.grading.table import Ask, Codes, Judged, Key, Rows, Table, table_of
from fengsui.core.pack import Method, Pack, ReadingRef, Value
from fengsui.core.pack.rules import Within
from fengsui.core.pack.values import show_value

EFFECTS = ("clamp", "warn", "ignore")
NO_FACTS: frozenset[str] = frozenset()


class Pending(NamedTuple):
    """Leaves, and the highest rank that an answer to them could still decide on."""

    reach: int
    leaves: Leaves


class Span(NamedTuple):
    """An interval of ranks, what could still move its ends, its holes, and the rows it was made from."""

    low: int
    high: int
    pending: tuple[Pending, ...] = ()
    holes: tuple[Hole, ...] = ()
    rows: Rows = Rows()
    notes: tuple[Remark, ...] = ()

    @property
    def width(self) -> int:
        """How many levels are undecided."""
        return self.high - self.low

    @property
    def open(self) -> Leaves:
        """The leaves that could still move an end; nothing where the span is one rank."""
        if self.low == self.high:
            return NOTHING
        return NOTHING.union(*(leaves for reach, leaves in self.pending if reach > self.low))

    @property
    def methods(self) -> Iterable[str]:
        """The methods that it was made from."""
        return dict.fromkeys(one.method for group in self.rows for one in group)


class Sheet:
    """One view on its way through the methods: the classes of its answers, and the intervals found so far."""

    __slots__ = ("_make", "_view", "codes", "grows", "spans", "table")
    codes: Codes

    def __init__(self, table: Table, make: Ask, view: View | None = None) -> None:
        self.table, self.grows = table, table.grows
        self._make, self._view = make, view
        self.spans: dict[str, Span] = {}

    @classmethod
    def of(cls, view: View) -> Sheet:
        """Return the sheet of a view."""
        made = cls(table_of(view.book, view.installed, view.case), _nobody, view)
        made.codes = made.table.codes(view.facts, view.rest_none, made.view)
        made.grows = made.grows or view.beside
        return made

    @classmethod
    def of_facts(cls, book: Book, facts: Mapping[str, Stated], at: datetime, rest_none: bool) -> Sheet:
        """Return the sheet of bare facts under the plan; most need no view."""
        made = cls(table_of(book, book.main, None), lambda: View.of_facts(book, facts, at, rest_none))
        made.codes = made.table.codes(facts, rest_none, made.view)
        return made

    @property
    def pack(self) -> Pack:
        """The pack that grades."""
        return self.table.pack

    def view(self) -> View:
        """Return the view itself; it is made only where somebody has to look."""
        if self._view is None:
            self._view = self._make()
        return self._view

    def doubtful(self) -> frozenset[str]:
        """Return the facts of the case whose last value nobody has verified (待核实), as the pack calls them."""
        view = self._view
        if view is None or view.case is None:
            return NO_FACTS
        doubtful = frozenset(name for name, fact in view.case.facts.items() if not fact.verified)
        if not view.beside or not doubtful:
            return doubtful
        return frozenset(name for name, called in view.installed.names.facts.items() if called in doubtful)

    def key(self) -> Key:
        """Return what every row says, as one key."""
        return self.table.key(self.codes, self.view)

    def judged(self, method: str) -> list[Judged]:
        """Return what each row of a method says, in file order."""
        return self.table.judged(method, self.codes, self.view)

    def suppose(self, subject: str, value: Value) -> Sheet:
        """Return the sheet on which one fact has a value: what would be the answer then?"""
        made = Sheet(self.table, lambda: self.view().suppose(subject, value))
        made.codes = self.table.supposed(self.codes, subject, value, made.view)
        return made

    def under_options(self, open_: Leaves) -> Iterator[Sheet]:
        """Yield a sheet for each combination of options of the unset switches among the leaves."""
        return map(Sheet.of, under_options(open_, self.view()))


def _nobody() -> View:
    raise AssertionError("a sheet of a view has its view")


def span(name: str, sheet: Sheet) -> Span:
    """Return the interval of a method; the sheet keeps it and those it is made of."""
    found = sheet.spans.get(name)
    if found is None:
        method = sheet.pack.methods[name]
        found = _highest(name, method, sheet) if method.highest_of else _table(name, method, sheet)
        found = sheet.spans[name] = _within(method.within, found, sheet) if method.within else found
    return found


def _table(name: str, method: Method, sheet: Sheet) -> Span:
    rows = Rows.of(sheet.judged(name))
    held, failed, unknown = rows
    if held or method.otherwise == "ungraded":
        low = max([one.rank for one in held]) if held else -1
        high = max([low, *[one.reach for one in unknown]]) if unknown else low
        return Span(low, high, _pending(unknown), (), rows)
    # No row holds and the text has no rule for that: whatever row turns out to hold brings the top down.
    top = len(sheet.pack.level_order) - 1
    unknown = [one._replace(reach=top) for one in unknown]
    holes = () if unknown else (_hole(name, method, sheet),)
    return Span(-1, top, _pending(unknown), holes, Rows(held, failed, unknown))


def _pending(unknown: Iterable[Judged]) -> tuple[Pending, ...]:
    return tuple([Pending(one.reach, one.truth.open) for one in unknown]) if unknown else ()


def _hole(name: str, method: Method, sheet: Sheet) -> Hole:
    """Return the combination of known facts that no row of the table covers."""
    view = sheet.view()
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


def _highest(name: str, method: Method, sheet: Sheet) -> Span:
    parts = {part: span(part, sheet) for part in method.highest_of}
    low = max(part.low for part in parts.values())
    high = max(part.high for part in parts.values())
    matter = [part for part in parts.values() if part.high > low]
    found = Span(
        low,
        high,
        tuple(pending for part in matter for pending in part.pending),
        tuple(hole for part in matter for hole in part.holes),
        Rows().and_those(*(part.rows for part in parts.values())),
        tuple(note for part in parts.values() for note in part.notes),
    )
    if high == -1 and method.otherwise == "no_rule" and "otherwise" in method.model_fields_set:
        hole = Hole(name, tuple((part, "none") for part in parts), method.clause)
        return found._replace(high=len(sheet.pack.level_order) - 1, holes=(hole,))
    return found


# ----------------------------------------------------------------------------------------- range of another method
@dataclass(frozen=True, slots=True)
class _Range:
    """The ranks that another method allows; None while it is not known, with what is open in it."""

    ends: tuple[int, int] | None
    open: Leaves = NOTHING
    holes: tuple[Hole, ...] = ()
    rows: Rows = Rows()


def _within(within: Within, inner: Span, sheet: Sheet) -> Span:
    view = sheet.view()
    allowed = _range(within.range_by, sheet)
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
    return Span(low, high, pending, holes, inner.rows.and_those(allowed.rows), notes)


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


def _range(name: str, sheet: Sheet) -> _Range:
    """Return the range of the first row that holds; an earlier row that may hold leaves it unknown."""
    judged, open_ = sheet.judged(name), NOTHING
    rows = Rows.of(judged)
    for one in judged:
        if one.value is None:
            open_ |= one.truth.open
        elif one.value:
            ends, missing = _ends(one.row.range, sheet.view())
            open_ |= missing
            return _Range(None if open_ else ends, open_, (), rows)
    holes = () if open_ else (_hole(name, sheet.pack.methods[name], sheet),)
    return _Range(None, open_, holes, rows)


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
