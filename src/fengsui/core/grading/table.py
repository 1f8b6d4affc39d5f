"""The rows of a pack made ready: a row is judged once for every class of answers, and what it says is kept (ADR 0020).

Rules
- A row looks at a fact only through the tests on it. Values to which every test answers the same, for the same
  reasons, are one class; what a row says depends on nothing but the classes of its facts and on the readings.
- The first view of a combination is judged by `conditions.judge`; every later one gets that very answer. So what is
  quick and what is plain cannot differ.
- What is stated is put into its class by its text. What is computed, or looks at the state of the case, is put there
  by asking the tests again for each view.
- One table serves one pack with one set of readings. When it has seen too much, a new one takes its place.

Example: of 1 000 000 people and of 1 300 000 every test of the plan says the same: one class, one answer of each row.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from fengsui.core.book import Book, Installed, Unset
from fengsui.core.case import Case
from fengsui.core.conditions import Known, Stated, Truth, View, all_tests, judge, remember
from fengsui.core.grading.result import NONE, Criterion
from fengsui.core.pack import Condition, Pack, ReadingRef, Row, Test, Value

MOST = 50_000
"""After how many new combinations a table is left behind."""
MOST_KEPT = 20_000
"""How many outcomes a table keeps."""
MOST_TABLES = 128
"""How many sets of readings of one pack are kept ready: the options of unset switches are such sets too."""
_ABSENT, _NIL = object(), object()
"""What nobody mentioned, and what nobody mentioned where all the rest was checked."""
Codes = list[int]
Key = tuple[int, ...]
Ask = Callable[[], View]
AnyLine: TypeAlias = "Line[Judged] | Line[Truth]"
_T = TypeVar("_T")


class Judged(NamedTuple):
    """A row and what a view says of it; `reach` is the rank up to which a row not known yet matters.

    `timed` rows ask for a length of time: only these may turn with time alone.
    """

    value: bool | None
    rank: int
    criterion: Criterion
    method: str
    row: Row
    truth: Truth
    reach: int
    timed: bool


class Rows(NamedTuple):
    """Rows sorted out by what the view says of them, each group in file order."""

    held: Sequence[Judged] = ()
    failed: Sequence[Judged] = ()
    unknown: Sequence[Judged] = ()

    @classmethod
    def of(cls, judged: list[Judged]) -> Rows:
        """Return the rows sorted out."""
        held = [one for one in judged if one.value]
        failed = [one for one in judged if one.value is False]
        known = len(held) + len(failed) == len(judged)
        return cls(held, failed, () if known else [one for one in judged if one.value is None])

    def and_those(self, *others: Rows) -> Rows:
        """Return these rows and those of others; a row that several have counts once."""
        return Rows(*(_once([one for rows in group for one in rows]) for group in zip(self, *others, strict=True)))


def _once(rows: list[Judged]) -> Sequence[Judged]:
    return list({(one.method, one.row.id): one for one in rows}.values())


class Slot:
    """One subject of the rows, and the class of each answer to it."""

    def __init__(self, name: str, tests: Iterable[Test], pack: Pack, unset: Container[str]) -> None:
        self.name, self.tests = name, tuple(dict.fromkeys(tests))
        rule = pack.facts.get(name)
        self.defined = rule is not None and rule.means is not None
        self.inputs = (*rule.derive.elapsed, rule.derive.minus) if rule is not None and rule.derive else ()
        self.body = any(test.type.kind == "body" for test in self.tests)
        self.stated = rule is not None and not (self.defined or self.inputs or self.body)
        # What an unset switch would stand for is not among the answers of the tests, so the value itself counts.
        operands = (operand for test in self.tests for operand in test.operand)
        self.exact = any(isinstance(operand, ReadingRef) and operand.name in unset for operand in operands)
        self.known: dict[object, int] = {}
        self._classes: dict[object, int] = {}

    def code(self, view: View) -> int:
        """Return the class of what the view knows of the subject."""
        said = view.facts.get(self.name, _NIL if view.rest_none else _ABSENT)
        if self.body or not (self.stated or isinstance(said, Known)):
            return self._class(view)
        found = self.known.get(said)
        if found is None:
            found = self.known[said] = self._class(view)
        return found

    def _class(self, view: View) -> int:
        return self._classes.setdefault(self._look(view), len(self._classes))

    def _look(self, view: View) -> object:
        """Return what tells one class from another; a defined fact is told by the facts that it asks."""
        if self.defined and not isinstance(view.facts.get(self.name), Known):
            return None
        return view.look(self.name) if self.exact else tuple(judge(test, view) for test in self.tests)


class Line(Generic[_T]):
    """One condition and what was made of it, by the classes of its subjects."""

    def __init__(self, places: set[int], make: Callable[[View], _T]) -> None:
        self.places, self._make = places, make
        self.pick = _picker(places)
        self.kept: dict[object, _T] = {}

    def of(self, codes: Codes, view: Ask) -> _T:
        """Return what the condition gives; the view is asked for where the combination is new."""
        key = self.pick(codes)
        found = self.kept.get(key)
        if found is None:
            found = self.kept[key] = self._make(view())
        return found


class Part:
    """Conditions that share facts with each other and with no others: what they say together is told by a number."""

    def __init__(self, places: Iterable[int], lines: Iterable[AnyLine]) -> None:
        self.pick, self._lines = _picker(places), tuple(lines)
        self.kept: dict[object, int] = {}
        self._said: dict[tuple[Truth, ...], int] = {}

    def of(self, codes: Codes, view: Ask) -> int:
        """Return the number of what the conditions say."""
        key = self.pick(codes)
        found = self.kept.get(key)
        if found is None:
            said = (line.of(codes, view) for line in self._lines)
            truths = tuple(one.truth if isinstance(one, Judged) else one for one in said)
            found = self.kept[key] = self._said.setdefault(truths, len(self._said))
        return found


class Table:
    """Every condition of a pack's grading under one set of readings: rows of methods, scope and uplifts."""

    def __init__(self, pack: Pack, unset: Container[str]) -> None:
        self.pack, self.seen = pack, 0
        self.names = (NONE, *pack.level_order)
        self.grows = any(rule.derive for rule in pack.facts.values())
        self._slots(pack, unset)
        spec = pack.grading.grade
        self.scope = [(rule, self._line(rule.when, partial(judge, rule.when))) for rule in pack.grading.scope]
        self.uplift = [(up, self._line(up.when, partial(judge, up.when))) for up in (spec.uplift if spec else ())]
        self._rows = {name: [self._row(name, row) for row in pack.rows(name)] for name in pack.methods}
        self._quick = {name: [(line.kept, line.pick) for line in lines] for name, lines in self._rows.items()}
        lines: list[AnyLine] = [line for group in self._rows.values() for line in group]
        lines += [line for _, line in self.uplift]
        self._parts = [Part(places, group) for places, group in _apart(lines)]
        self._quick_parts = [(part.kept, part.pick) for part in self._parts]
        self.outcomes: dict[Key, Any] = {}
        self.intervals: dict[Key, Any] = {}

    def _slots(self, pack: Pack, unset: Container[str]) -> None:
        subjects: dict[str, list[Test]] = {}
        for test in (test for when in _conditions(pack) for test in _tests(when, pack)):
            subjects.setdefault(test.subject, []).append(test)
        slots = [Slot(name, tests, pack, unset) for name, tests in subjects.items()]
        self.slots = sorted(slots, key=lambda slot: not slot.stated)
        self.place = {slot.name: n for n, slot in enumerate(self.slots)}
        self._stated = [(slot.name, slot.known) for slot in self.slots if slot.stated]
        self._others = [slot for slot in self.slots if not slot.stated]
        self._bodies = any(slot.body for slot in slots)
        self._feeds = {name for slot in slots for name in slot.inputs}

    def _row(self, method: str, row: Row) -> Line[Judged]:
        order = self.pack.level_order
        rank = order.index(row.level) if row.level else -1
        timed = any(test.type.kind == "duration" for test in _tests(row.when, self.pack))
        return self._line(row.when, partial(_judged, method, row, rank, timed))

    def _line(self, when: Condition, make: Callable[[View], _T]) -> Line[_T]:
        return Line({self.place[test.subject] for test in _tests(when, self.pack)}, make)

    def codes(self, facts: Mapping[str, Stated], rest_none: bool, view: Ask) -> Codes:
        """Return the class of every subject; the view of these facts is asked for where an answer is new."""
        get, unsaid = facts.get, _NIL if rest_none else _ABSENT
        try:
            found = [known[get(name, unsaid)] for name, known in self._stated]
        except KeyError:
            self.seen += 1
            found = [slot.code(view()) for slot in self.slots[: len(self._stated)]]
        return found + [slot.code(view()) for slot in self._others] if self._others else found

    def supposed(self, codes: Codes, subject: str, value: Value, view: Ask) -> Codes:
        """Return the classes with one subject at a value; `view` is the view that supposes it."""
        if self._bodies or subject in self._feeds:
            return self.codes(view().facts, view().rest_none, view)
        place = self.place[subject]
        code = self.slots[place].known.get(Known(value, (subject,)))
        return [*codes[:place], self.slots[place].code(view()) if code is None else code, *codes[place + 1 :]]

    def key(self, codes: Codes, view: Ask) -> Key:
        """Return what every row and uplift says, as one key: by it `outcomes` and `intervals` keep what follows."""
        try:
            return tuple([kept[pick(codes)] for kept, pick in self._quick_parts])
        except KeyError:
            self.seen += 1
            return tuple([part.of(codes, view) for part in self._parts])

    def judged(self, method: str, codes: Codes, view: Ask) -> list[Judged]:
        """Return what each row of a method says, in file order; `view` is asked for where a combination is new."""
        try:
            return [kept[pick(codes)] for kept, pick in self._quick[method]]
        except KeyError:
            self.seen += 1
            return [line.of(codes, view) for line in self._rows[method]]


def _conditions(pack: Pack) -> Iterator[Condition]:
    spec = pack.grading.grade
    yield from (rule.when for rule in pack.grading.scope)
    yield from (up.when for up in (spec.uplift if spec else ()))
    yield from (row.when for name in pack.methods for row in pack.rows(name))


def _tests(when: Condition, pack: Pack) -> Iterator[Test]:
    """Yield the tests of a condition and of the defined facts it asks; a reading is the same for the whole table."""
    return (test for test in all_tests(when, pack) if not test.subject.startswith("$"))


def _picker(places: Iterable[int]) -> Callable[[Codes], object]:
    """Return what picks the classes of some subjects; nothing to pick is the same for everybody."""
    ordered = sorted(places)
    return itemgetter(*ordered) if ordered else _nothing


def _nothing(_: Codes) -> None:
    return None


def _apart(lines: Iterable[AnyLine]) -> Iterable[tuple[set[int], list[AnyLine]]]:
    """Return the conditions in groups that have no subject in common, each with its subjects."""
    groups: list[tuple[set[int], list[AnyLine]]] = []
    for line in lines:
        touched = [group for group in groups if group[0] & line.places]
        groups = [group for group in groups if group not in touched]
        places = line.places.union(*(places for places, _ in touched))
        groups.append((places, [one for _, members in touched for one in members] + [line]))
    return groups


def _judged(method: str, row: Row, rank: int, timed: bool, view: View) -> Judged:
    truth = judge(row.when, view)
    level = NONE if row.none else row.level
    range_ = row.range if isinstance(row.range, tuple) else None
    criterion = Criterion(row.id, method, level, row.clause, truth.by, truth.open, (), range_)
    return Judged(truth.value, rank, criterion, method, row, truth, rank, timed)


def table_of(book: Book, installed: Installed, case: Case | None) -> Table:
    """Return the table of an installed pack under the readings that are set on a case."""
    settled = case is not None and bool(case.settled)
    found: Table | None = None if settled else installed.made.get("table")
    if found is None or found.seen > MOST:
        found = _shared(book, installed, case)
        if not settled:
            installed.made["table"] = found
    return found


def _shared(book: Book, installed: Installed, case: Case | None) -> Table:
    """Return the table that all books with these readings have in common."""
    key = (*installed.decisions, *sorted(case.settled.items())) if case and case.settled else installed.decisions
    tables = remember(installed.pack, "tables", _no_tables)
    found = tables.get(key)
    if found is None or found.seen > MOST:
        if len(tables) >= MOST_TABLES:
            tables.clear()
        switches = installed.pack.readings.switches
        unset = [name for name in switches if isinstance(book.text_of(name, case, installed), Unset)]
        found = tables[key] = Table(installed.pack, unset)
    return found


def _no_tables(_: Pack) -> dict[tuple[tuple[str, str], ...], Table]:
    return {}
