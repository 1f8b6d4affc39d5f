"""How grave an incident is, with reasons and with what is still open (language 3).

Rules
- A level is always an interval; *decided* is the case of one level. Ignorance never turns into a level, and learning a
  fact never moves a bound outwards.
- `scope` comes first: a case that belongs to another plan is not graded here; a scope that is not known does not stop.
- `grade: by` is the official method; those `beside` are computed and shown, and a contradiction is a discrepancy.
- An uplift is an offer. Only the act `adjust`, under its grant, changes a level.

Example: three hours down, 99 999 people, impact not known, some threat: bounded IV..III, next question the impact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from fengsui.core.book import Book, Installed
from fengsui.core.case import Case, FactText
from fengsui.core.conditions import (
    SUBJECTS,
    Among,
    Known,
    Leaf,
    Leaves,
    Look,
    Open,
    View,
    held_back,
    ignorance,
    judge,
    turning_points,
)
from fengsui.core.grading.questions import Inquiry
from fengsui.core.grading.result import (
    NONE,
    Change,
    Criterion,
    Cross,
    Discrepancy,
    Grade,
    Hole,
    MethodGrade,
    Question,
    Remark,
    Status,
)
from fengsui.core.grading.spans import Pending, Sheet, Span, span
from fengsui.core.grading.table import MOST_KEPT, Judged, Rows
from fengsui.core.pack.rules import GradeSpec, ScopeRule

__all__ = [
    "NONE",
    "Change",
    "Criterion",
    "Cross",
    "Discrepancy",
    "Grade",
    "Hole",
    "MethodGrade",
    "Question",
    "Remark",
    "first_crossing",
    "grade",
    "grade_view",
]


def grade(
    book: Book,
    case_or_facts: Case | Mapping[str, FactText | None],
    at: datetime,
    *,
    rest_none: bool = False,
    ask: bool = True,
    installed: Installed | None = None,
) -> Grade:
    """Return the grade of a case, or of bare facts (None is a recorded *unknown*), at a moment.

    `ask` False leaves out the next question, `raises` and `lowers`, which cost many gradings. `installed` is the part
    of the book that grades, the plan where nothing is said; a regime speaks of its own levels and facts.
    """
    if isinstance(case_or_facts, Case):
        return _grade(Sheet.of(View(book, installed, case_or_facts, at)), at, ask)
    if installed is not None and installed.names.prefix:
        return _grade(Sheet.of(View.of_facts(book, case_or_facts, at, rest_none, installed)), at, ask)
    return _grade(Sheet.of_facts(book, case_or_facts, at, rest_none), at, ask)


def grade_view(view: View, *, ask: bool = True) -> Grade:
    """Return the grade of what a view shows."""
    return _grade(Sheet.of(view), view.at, ask)


def first_crossing(view: View) -> datetime | None:
    """Return the first moment at which time alone meets a criterion, or None: that of the first of `crosses`."""
    if not _runs(view):
        return None
    sheet = Sheet.of(view)
    outcome = _outcome_here(sheet)
    return next((moment for moment, _ in _ahead(outcome.whole.rows, view)), None) if outcome else None


def _grade(sheet: Sheet, at: datetime, ask: bool) -> Grade:
    left, unsure = _scope(sheet) if sheet.table.scope else (None, ())
    if left is not None:
        status: Status = "handed_over" if left.hand_over else "out_of_scope"
        return Grade(status, None, None, None, at, handed_to=left.hand_over, clause=left.clause, notes=_left(left))
    spec = _spec(sheet)
    return _graded(sheet, spec, at, unsure, ask) if spec else Grade("no_scale", None, None, None, at)


def _spec(sheet: Sheet) -> GradeSpec | None:
    """Return how the pack grades; None where it has no levels."""
    return sheet.pack.grading.grade if sheet.pack.level_order else None


def _scope(sheet: Sheet) -> tuple[ScopeRule | None, tuple[Criterion, ...]]:
    """Return the scope rule that takes the case away, or those that may."""
    unsure = []
    for rule, line in sheet.table.scope:
        truth = line.of(sheet.codes, sheet.view)
        if truth.value:
            return rule, ()
        if truth.value is None:
            unsure.append(Criterion(rule.id, "scope", None, rule.clause, missing=truth.open))
    return None, tuple(unsure)


def _left(rule: ScopeRule) -> tuple[Remark, ...]:
    why = rule.out or rule.hand_over or ""
    return (Remark(why, why, rule.clause),)


def _graded(sheet: Sheet, spec: GradeSpec, at: datetime, unsure: tuple[Criterion, ...], ask: bool) -> Grade:
    outcome = _outcome(sheet, spec)
    whole, fields = outcome.whole, outcome.fields.copy()
    fields["at"] = at
    if ask:
        fields["inquire"] = partial(Inquiry, sheet, whole, partial(_probe, spec=spec))
    if unsure:
        fields["open"] = (*outcome.fields["open"], *unsure)
    if sheet.grows:
        fields["foresee"] = partial(_crosses, whole.rows, sheet)
    doubtful = sheet.doubtful()
    if doubtful:
        _mark(fields, whole, sheet, doubtful)
    return Grade.of(fields)


class Outcome(NamedTuple):
    """All of a grade that follows from what the rows say: the same for every view of which they say the same."""

    whole: Span
    fields: dict[str, Any]


def _outcome_here(sheet: Sheet) -> Outcome | None:
    """Return the outcome of a case that is graded here; None where it belongs elsewhere, or nothing grades it."""
    spec = _spec(sheet)
    if spec is None or (sheet.table.scope and _scope(sheet)[0]):
        return None
    return _outcome(sheet, spec)


def _outcome(sheet: Sheet, spec: GradeSpec) -> Outcome:
    """Return the outcome, kept by what the rows say; a hole shows the values themselves and is not kept."""
    kept, key = sheet.table.outcomes, sheet.key()
    found: Outcome | None = kept.get(key)
    if found is None:
        found = _weighed(sheet, spec)
        if not found.whole.holes and len(kept) < MOST_KEPT:
            kept[key] = found
    return found


def _weighed(sheet: Sheet, spec: GradeSpec) -> Outcome:
    whole = _independent(sheet, spec, _official(sheet, spec))
    beside = {name: span(name, sheet) for name in spec.beside}
    low, high, (held, failed, unknown), names = whole.low, whole.high, whole.rows, sheet.table.names
    asks = whole.open
    matter = [one for one in unknown if _matters(one, low, asks)]
    fields = {
        "status": _status(whole),
        "level": names[low + 1] if low == high >= 0 else None,
        "lowest": names[low + 1],
        "highest": names[high + 1],
        "met": _criteria(sorted(held, key=lambda one: -one.rank)),
        "failed": _criteria(failed),
        "open": _criteria(matter),
        "idle": _criteria(one for one in unknown if one not in matter),
        "asks": asks,
        "methods": {name: _method(name, one, name in beside, sheet) for name, one in sheet.spans.items()},
        "holes": whole.holes if low < high else (),
        "discrepancies": _discrepancies(whole, beside, sheet),
        "offers": _offers(sheet),
        "notes": whole.notes,
        "clause": spec.clause,
    }
    return Outcome(whole, fields)


# ---------------------------------------------------------------------------------------- the official method
def _official(sheet: Sheet, spec: GradeSpec) -> Span:
    """Return the interval of the official method; while the reading that names it is unset, the hull of its options."""
    if not spec.by.startswith("$"):
        return span(spec.by, sheet)
    name, pack = spec.by[1:], sheet.pack
    chosen = sheet.view().reading_text(name)
    if chosen is not None:
        return span(chosen, sheet)
    switch = pack.readings.switches.get(name)
    options = [o.means or key for key, o in switch.options.items()] if switch else list(pack.methods)
    found = [span(option, sheet) for option in options]
    low, high = min(one.low for one in found), max(one.high for one in found)
    differ = len({(one.low, one.high) for one in found}) > 1
    pending = tuple(pending for one in found for pending in one.pending)
    if differ:
        pending += (Pending(high, frozenset({Leaf("reading", name)})),)
    rows = Rows().and_those(*(one.rows for one in found))
    return Span(low, high, pending, tuple(h for one in found for h in one.holes), rows)


def _independent(sheet: Sheet, spec: GradeSpec, whole: Span) -> Span:
    """Return the interval as narrow as it is under every option of the switches that are open (language 1.4)."""
    found = [_official(option, spec) for option in sheet.under_options(whole.open)]
    if not found:
        return whole
    low, high = min(one.low for one in found), max(one.high for one in found)
    return whole._replace(low=max(low, whole.low), high=min(high, whole.high))


def _probe(sheet: Sheet, spec: GradeSpec) -> Span:
    """Return the official interval of a supposition, kept by what the rows say."""
    kept, key = sheet.table.intervals, sheet.key()
    found: Span | None = kept.get(key)
    if found is None:
        found = _official(sheet, spec)
        if len(kept) < MOST_KEPT:
            kept[key] = found
    return found


def _matters(one: Judged, low: int, asks: Leaves) -> bool:
    """Whether a row that is not known could still move an end of the whole."""
    return (one.reach > low or one.row.level is None) and bool(one.truth.open & asks)


def _status(whole: Span) -> Status:
    if whole.low == whole.high:
        return "decided" if whole.low >= 0 else "ungraded"
    if not whole.open:
        return "no_rule"
    return "needs_interpretation" if ignorance(whole.open) == "needs_interpretation" else "bounded"


# ------------------------------------------------------------------------------------------------- reasons
def _criteria(judged: Iterable[Judged]) -> tuple[Criterion, ...]:
    return tuple(one.criterion for one in judged)


def _mark(fields: dict[str, Any], whole: Span, sheet: Sheet, doubtful: frozenset[str]) -> None:
    """Mark the facts whose last value nobody has verified (待核实): they count, and are said."""
    for group in ("met", "failed", "open", "idle"):
        fields[group] = tuple([_marked(criterion, doubtful) for criterion in fields[group]])
    names = dict.fromkeys(name for one in whole.rows.held for name in one.truth.by if name in doubtful)
    if names:
        zh = "、".join(sheet.pack.label("fact", name) for name in names)
        en = ", ".join(sheet.pack.label("fact", name, "en") for name in names)
        fields["notes"] = (*whole.notes, Remark(f"待核实：{zh}", f"Not verified: {en}"))


def _marked(criterion: Criterion, doubtful: frozenset[str]) -> Criterion:
    if doubtful.isdisjoint(criterion.by):
        return criterion
    return replace(criterion, unverified=tuple(name for name in criterion.by if name in doubtful))


# ------------------------------------------------------------------------------------------- what time will bring
def _runs(view: View) -> bool:
    """Return whether anything grows with time alone."""
    return any(view.running_since(name) for name in view.may_run())


def _crosses(rows: Rows, sheet: Sheet) -> tuple[Cross, ...]:
    """Return the criteria that time alone will meet, each at its first moment."""
    view, names = sheet.view(), sheet.table.names
    ahead = _ahead(rows, view) if _runs(view) else ()
    found = [Cross(one.row.id, names[one.rank + 1], moment, one.row.clause) for moment, one in ahead]
    return tuple(sorted(found, key=lambda cross: (cross.at, cross.id)))


def _ahead(rows: Rows, view: View) -> Iterator[tuple[datetime, Judged]]:
    """Yield the rows that time alone will meet, each with its first moment, the earliest first."""
    met: set[tuple[str, str]] = set()
    for moment, turning in sorted(_turning(rows, view).items()):
        later = view.changed(at=moment)
        for one in turning:
            name = (one.method, one.row.id)
            if name not in met and judge(one.row.when, later).value:
                met.add(name)
                yield moment, one


def _turning(rows: Rows, view: View) -> dict[datetime, list[Judged]]:
    """Return the rows that do not hold, by the moments to come at which time may turn them."""
    found: dict[datetime, list[Judged]] = {}
    timed = [one for one in (*rows.failed, *rows.unknown) if one.timed and one.rank >= 0]
    for one in timed:
        moments = [moment for moment in turning_points(one.row.when, view) if moment > view.at]
        if moments and not held_back(one.row.when, view):
            for moment in moments:
                found.setdefault(moment, []).append(one)
    return found


def _method(name: str, one: Span, beside: bool, sheet: Sheet) -> MethodGrade:
    low, high, names = one.low, one.high, sheet.table.names
    adds_nothing = any(row.method == name and row.row.none for row in one.rows.held)
    status: Status = "decided" if low == high == -1 and adds_nothing else _status(one)
    level = names[low + 1] if low == high >= 0 else None
    clause = sheet.pack.methods[name].clause
    return MethodGrade(name, status, level, names[low + 1], names[high + 1], clause, beside)


def _discrepancies(whole: Span, beside: Mapping[str, Span], sheet: Sheet) -> tuple[Discrepancy, ...]:
    names, methods = sheet.table.names, sheet.pack.methods
    return tuple(
        Discrepancy(name, names[one.low + 1], names[one.high + 1], methods[name].clause)
        for name, one in beside.items()
        if one.low > whole.high or one.high < whole.low
    )


def _offers(sheet: Sheet) -> tuple[Remark, ...]:
    held = (up for up, line in sheet.table.uplift if line.of(sheet.codes, sheet.view).value)
    return tuple(Remark(up.zh, up.en or up.zh, up.clause) for up in held)


# --------------------------------------------------------------------------------- the subject `grade`
def _look(view: View) -> Look:
    """Return the engine's own grade as a condition sees it: a level, none, or one of several."""
    outcome = _outcome_here(Sheet.of(view))
    if outcome is None:
        return Known(None, ("grade",))
    low, high, order = outcome.whole.low, outcome.whole.high, view.pack.level_order
    if low == high:
        return Known(order[low] if low >= 0 else None, ("grade",))
    open_: Leaves = outcome.whole.open or frozenset({Leaf("event", "grade")})
    values = tuple(None if rank < 0 else order[rank] for rank in range(low, high + 1))
    return Among(values, open_, ("grade",)) if values else Open(open_)


SUBJECTS["grade"] = _look
