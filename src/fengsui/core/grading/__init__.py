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

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import attrgetter

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
from fengsui.core.grading.table import Judged
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
    "grade",
    "grade_view",
]


_RANK = attrgetter("rank")


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
        return grade_view(View(book, installed, case_or_facts, at), ask=ask)
    return grade_view(View.of_facts(book, case_or_facts, at, rest_none, installed), ask=ask)


def grade_view(view: View, *, ask: bool = True) -> Grade:
    """Return the grade of what a view shows."""
    sheet, spec = Sheet.of(view), view.pack.grading.grade
    left, unsure = _scope(sheet)
    if left is not None:
        status: Status = "handed_over" if left.hand_over else "out_of_scope"
        return Grade(status, None, None, None, view.at, handed_to=left.hand_over, clause=left.clause, notes=_left(left))
    if spec is None or not view.pack.level_order:
        return Grade("no_scale", None, None, None, view.at)
    return _graded(sheet, spec, unsure, ask)


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


def _graded(sheet: Sheet, spec: GradeSpec, unsure: tuple[Criterion, ...], ask: bool) -> Grade:
    view = sheet.view()
    whole = _independent(sheet, spec, _official(sheet, spec))
    judged = _each_once(whole.rows)
    beside = {name: span(name, sheet) for name in spec.beside}
    held, failed, open_rows, idle = _sorted_out(judged, whole)
    decided = whole.low == whole.high
    return Grade(
        status=_status(whole),
        level=_level(whole.low, view) if decided and whole.low >= 0 else None,
        lowest=_name(whole.low, view),
        highest=_name(whole.high, view),
        at=view.at,
        met=_criteria(held, view),
        failed=_criteria(failed, view),
        open=(*_criteria(open_rows, view), *unsure),
        idle=_criteria(idle, view),
        asks=whole.open,
        crosses=_crosses(judged, view),
        methods={name: _method(name, one, name in beside, view) for name, one in sheet.spans.items()},
        holes=() if decided else whole.holes,
        discrepancies=_discrepancies(whole, beside, view) if beside else (),
        offers=_offers(sheet) if spec.uplift else (),
        notes=(*whole.notes, *_unverified(judged, view)),
        clause=spec.clause,
        inquiry=Inquiry(sheet, whole, partial(_official, spec=spec)) if ask else None,
    )


def _each_once(rows: tuple[Judged, ...]) -> tuple[Judged, ...]:
    """Return the rows without those that two methods share."""
    return tuple({(one.method, one.row.id): one for one in rows}.values())


def _sorted_out(judged: Iterable[Judged], whole: Span) -> tuple[list[Judged], ...]:
    """Return the rows that hold, gravest first; that do not; that may, and still matter; that may in vain."""
    held: list[Judged] = []
    failed: list[Judged] = []
    matters: list[Judged] = []
    idle: list[Judged] = []
    for one in judged:
        value = one.truth.value
        if value is None:
            (matters if _matters(one, whole) else idle).append(one)
        else:
            (held if value else failed).append(one)
    held.sort(key=_RANK, reverse=True)
    return held, failed, matters, idle


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
    rows = tuple(row for one in found for row in one.rows)
    return Span(low, high, pending, tuple(h for one in found for h in one.holes), rows)


def _independent(sheet: Sheet, spec: GradeSpec, whole: Span) -> Span:
    """Return the interval as narrow as it is under every option of the switches that are open (language 1.4)."""
    found = [_official(option, spec) for option in sheet.under_options(whole.open)] if whole.open else ()
    if not found:
        return whole
    low, high = min(one.low for one in found), max(one.high for one in found)
    return replace(whole, low=max(low, whole.low), high=min(high, whole.high))


def _matters(one: Judged, whole: Span) -> bool:
    """Whether a row that is not known could still move an end of the whole."""
    return (one.reach > whole.low or one.row.level is None) and bool(one.truth.open & whole.open)


def _status(whole: Span) -> Status:
    if whole.low == whole.high:
        return "decided" if whole.low >= 0 else "ungraded"
    if not whole.open:
        return "no_rule"
    return "needs_interpretation" if ignorance(whole.open) == "needs_interpretation" else "bounded"


def _level(rank: int, view: View) -> str:
    return view.pack.level_order[rank]


def _name(rank: int, view: View) -> str:
    return NONE if rank < 0 else _level(rank, view)


# ------------------------------------------------------------------------------------------------- reasons
def _criteria(judged: Iterable[Judged], view: View) -> tuple[Criterion, ...]:
    if view.case is None:
        return tuple([one.criterion for one in judged])
    return tuple([_marked(one.criterion, view) for one in judged])


def _marked(criterion: Criterion, view: View) -> Criterion:
    doubtful = _doubtful(criterion.by, view)
    return replace(criterion, unverified=doubtful) if doubtful else criterion


def _doubtful(names: Iterable[str], view: View) -> tuple[str, ...]:
    """Return the facts among these whose last value nobody has verified (待核实): they count, and are marked."""
    facts = view.case.facts if view.case is not None else {}
    if not facts:
        return ()
    called = view.installed.names.fact if view.beside else str
    return tuple(name for name in names if called(name) in facts and not facts[called(name)].verified)


def _unverified(judged: Iterable[Judged], view: View) -> tuple[Remark, ...]:
    if view.case is None:
        return ()
    held = (name for one in judged if one.truth.value for name in one.truth.by)
    names = tuple(dict.fromkeys(_doubtful(held, view)))
    if not names:
        return ()
    zh = "、".join(view.pack.label("fact", name) for name in names)
    en = ", ".join(view.pack.label("fact", name, "en") for name in names)
    return (Remark(f"待核实：{zh}", f"Not verified: {en}"),)


def _crosses(judged: Iterable[Judged], view: View) -> tuple[Cross, ...]:
    """Return the criteria that time alone will meet, each at its first moment."""
    found = []
    if not any(view.running_since(name) for name in view.may_run()):
        return ()
    for one in judged:
        if one.truth.value is True or one.rank < 0:
            continue
        for moment in sorted({m for m in turning_points(one.row.when, view) if m > view.at}):
            if judge(one.row.when, view.changed(at=moment)).value:
                found.append(Cross(one.row.id, _level(one.rank, view), moment, one.row.clause))
                break
    return tuple(sorted(found, key=lambda cross: (cross.at, cross.id)))


def _method(name: str, one: Span, beside: bool, view: View) -> MethodGrade:
    spec = view.pack.methods[name]
    adds_nothing = any(row.method == name and row.row.none and row.truth.value for row in one.rows)
    status: Status = "decided" if one.low == one.high == -1 and adds_nothing else _status(one)
    level = _level(one.low, view) if one.low == one.high and one.low >= 0 else None
    return MethodGrade(name, status, level, _name(one.low, view), _name(one.high, view), spec.clause, beside)


def _discrepancies(whole: Span, beside: Mapping[str, Span], view: View) -> tuple[Discrepancy, ...]:
    return tuple(
        Discrepancy(name, _name(one.low, view), _name(one.high, view), view.pack.methods[name].clause)
        for name, one in beside.items()
        if one.low > whole.high or one.high < whole.low
    )


def _offers(sheet: Sheet) -> tuple[Remark, ...]:
    held = (up for up, line in sheet.table.uplift if line.of(sheet.codes, sheet.view).value)
    return tuple(Remark(up.zh, up.en or up.zh, up.clause) for up in held)


# --------------------------------------------------------------------------------- the subject `grade`
def _look(view: View) -> Look:
    """Return the engine's own grade as a condition sees it: a level, none, or one of several."""
    found = grade_view(view, ask=False)
    if found.lowest is None or found.highest is None:
        return Known(None, ("grade",))
    order = view.pack.level_order
    low, high = (-1 if end == NONE else order.index(end) for end in (found.lowest, found.highest))
    if low == high:
        return Known(found.level, ("grade",))
    open_: Leaves = found.asks or frozenset({Leaf("event", "grade")})
    values = tuple(None if rank < 0 else order[rank] for rank in range(low, high + 1))
    return Among(values, open_, ("grade",)) if values else Open(open_)


SUBJECTS["grade"] = _look
