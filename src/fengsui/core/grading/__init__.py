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
    under_options,
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
from fengsui.core.grading.spans import Judged, Pending, Span, Spans, span
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
    spec = view.pack.grading.grade
    left, unsure = _scope(view)
    if left is not None:
        status: Status = "handed_over" if left.hand_over else "out_of_scope"
        return Grade(status, None, None, None, view.at, handed_to=left.hand_over, clause=left.clause, notes=_left(left))
    if spec is None or not view.pack.level_order:
        return Grade("no_scale", None, None, None, view.at)
    return _graded(view, spec, unsure, ask)


def _scope(view: View) -> tuple[ScopeRule | None, tuple[Criterion, ...]]:
    """Return the scope rule that takes the case away, or those that may."""
    unsure = []
    for rule in view.pack.grading.scope:
        truth = judge(rule.when, view)
        if truth.value:
            return rule, ()
        if truth.value is None:
            unsure.append(Criterion(rule.id, "scope", None, rule.clause, missing=truth.open))
    return None, tuple(unsure)


def _left(rule: ScopeRule) -> tuple[Remark, ...]:
    why = rule.out or rule.hand_over or ""
    return (Remark(why, why, rule.clause),)


def _graded(view: View, spec: GradeSpec, unsure: tuple[Criterion, ...], ask: bool) -> Grade:
    spans: Spans = {}
    whole = _independent(view, spec, _official(view, spec, spans))
    judged = tuple({(one.method, one.row.id): one for one in whole.rows}.values())
    open_rows = tuple(one for one in judged if one.truth.value is None and _matters(one, whole))
    idle = tuple(one for one in judged if one.truth.value is None and not _matters(one, whole))
    beside = {name: span(name, view, spans) for name in spec.beside}
    methods = tuple(dict.fromkeys(one.method for one in judged))
    inquiry = Inquiry(view, whole, methods, lambda v: _official(v, spec, {})) if ask else None
    raises, lowers = inquiry.changes() if inquiry else ((), ())
    return Grade(
        status=_status(whole),
        level=_level(whole.low, view) if whole.low == whole.high and whole.low >= 0 else None,
        lowest=_name(whole.low, view),
        highest=_name(whole.high, view),
        at=view.at,
        met=_criteria(sorted((o for o in judged if o.truth.value), key=lambda o: -o.rank), view),
        failed=_criteria((o for o in judged if o.truth.value is False), view),
        open=(*_criteria(open_rows, view), *unsure),
        idle=_criteria(idle, view),
        asks=whole.open,
        next_question=inquiry.next_question() if inquiry else None,
        raises=raises,
        lowers=lowers,
        crosses=_crosses(judged, view),
        methods={name: _method(name, one, name in beside, view) for name, one in spans.items()},
        holes=whole.holes if whole.low < whole.high else (),
        discrepancies=_discrepancies(whole, beside, view),
        offers=_offers(spec, view),
        notes=(*whole.notes, *_unverified(judged, view)),
        clause=spec.clause,
    )


# ---------------------------------------------------------------------------------------- the official method
def _official(view: View, spec: GradeSpec, spans: Spans) -> Span:
    """Return the interval of the official method; while the reading that names it is unset, the hull of its options."""
    if not spec.by.startswith("$"):
        return span(spec.by, view, spans)
    name = spec.by[1:]
    chosen = view.reading_text(name)
    if chosen is not None:
        return span(chosen, view, spans)
    switch = view.pack.readings.switches.get(name)
    options = [o.means or key for key, o in switch.options.items()] if switch else list(view.pack.methods)
    found = [span(option, view, spans) for option in options]
    low, high = min(one.low for one in found), max(one.high for one in found)
    differ = len({(one.low, one.high) for one in found}) > 1
    pending = tuple(pending for one in found for pending in one.pending)
    if differ:
        pending += (Pending(high, frozenset({Leaf("reading", name)})),)
    rows = tuple(row for one in found for row in one.rows)
    return Span(low, high, pending, tuple(h for one in found for h in one.holes), rows)


def _independent(view: View, spec: GradeSpec, whole: Span) -> Span:
    """Return the interval as narrow as it is under every option of the switches that are open (language 1.4)."""
    found = [_official(option, spec, {}) for option in under_options(whole.open, view)]
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
    return tuple(_criterion(one, view) for one in judged)


def _criterion(one: Judged, view: View) -> Criterion:
    row, truth = one.row, one.truth
    level = NONE if row.none else row.level
    range_ = row.range if isinstance(row.range, tuple) else None
    return Criterion(row.id, one.method, level, row.clause, truth.by, truth.open, _doubtful(truth.by, view), range_)


def _doubtful(names: Iterable[str], view: View) -> tuple[str, ...]:
    """Return the facts among these whose last value nobody has verified (待核实): they count, and are marked."""
    facts = view.case.facts if view.case is not None else {}
    if not facts:
        return ()
    called = view.installed.names.fact if view.beside else str
    return tuple(name for name in names if called(name) in facts and not facts[called(name)].verified)


def _unverified(judged: Iterable[Judged], view: View) -> tuple[Remark, ...]:
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


def _offers(spec: GradeSpec, view: View) -> tuple[Remark, ...]:
    return tuple(Remark(up.zh, up.en or up.zh, up.clause) for up in spec.uplift if judge(up.when, view).value)


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
