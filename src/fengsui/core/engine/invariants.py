"""The thin life cycle the engine owns (language 4.5): what cannot be, whatever a plan grants.

Rules
- A level is confirmed after an assessment of the same case; nothing ends that was not begun.
- One response is in force at a time, changed only by `adjust` or `end`; a warning is issued once and then adjusted.
- A case is closed after its end, dismissal or transfer, with no hard obligation open without a waiver. A warning that
  was never issued has nothing to end: it is closed as it stands.
- What a regime asks of bodies outside keeps no case open here.
- After closing only `record` is left.
- An act that the plan gives to nobody (only holes) is answered so, in order or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from fengsui.core.book import Book
from fengsui.core.case import Case
from fengsui.core.obligations import Obligation, owed

Why = tuple[str, str] | None
Check = Callable[[Case], Why]


def violation(book: Book, case: Case, act: str, at: datetime) -> Why:
    """Return why the act is impossible now, in Chinese and English, or None."""
    if _only_holes(book, case, act):
        return None
    if act == "open":
        return ("本案已经立案", "the case is already open")
    if case.phase == "closed" and act != "record":
        return ("本案已归档，只能补充记事", "the case is closed; only records may be added")
    if act == "close":
        return _close(book, case, at)
    check = CHECKS.get((case.kind, act)) or CHECKS.get(("", act))
    return check(case) if check else None


def _only_holes(book: Book, case: Case, act: str) -> bool:
    """Return whether the plan gives the act to nobody at all: then that is the answer, at any time."""
    grants = book.main.pack.grants_for(case.kind, act)
    return case.phase != "closed" and bool(grants) and all(grant.hole for grant in grants)


def _assessed(case: Case) -> Why:
    return None if case.assessments else ("本案还没有研判", "the case has not been assessed")


def _running(case: Case) -> Why:
    return ("本案的处置已经结束", "the case is over") if case.phase == "ended" else None


def _no_response(case: Case) -> Why:
    return ("响应已经启动；改变它须用调整或结束", "a response is in force") if case.response_active else None


def _issued(case: Case) -> Why:
    return None if case.issued_active else ("没有正在发布的预警", "no warning is in force")


def _warning_response(case: Case) -> Why:
    return _issued(case) or _no_response(case)


def _not_issued(case: Case) -> Why:
    if case.issued_active:
        return ("预警已经发布；改变它须用调整或解除", "the warning is in force")
    return _running(case)


def _response(case: Case) -> Why:
    return None if case.response_active else ("没有正在进行的响应", "no response is in force")


def _leveled(case: Case) -> Why:
    return None if case.level is not None else ("还没有定级", "no level has been confirmed")


def _adjustable(case: Case) -> Why:
    return _running(case) or _leveled(case)


def _declared(case: Case) -> Why:
    return None if case.declared_active else ("没有正在进行的重保期", "no key period is in force")


def _not_declared(case: Case) -> Why:
    return ("重保期已经宣布", "the key period is in force") if case.declared_active else _running(case)


CHECKS: Mapping[tuple[str, str], Check] = {
    ("", "confirm"): _assessed,
    ("incident", "activate"): _no_response,
    ("warning", "activate"): _warning_response,
    ("incident", "adjust"): _adjustable,
    ("warning", "adjust"): _issued,
    ("incident", "end"): _response,
    ("key_period", "end"): _declared,
    ("key_period", "declare"): _not_declared,
    ("", "issue"): _not_issued,
    ("", "lift"): _issued,
    ("", "dismiss"): _running,
    ("", "transfer"): _running,
}


def _elsewhere(one: Obligation, book: Book) -> bool:
    """Return whether a regime asks it of bodies outside only: what they owe one another holds nothing open here."""
    bodies = [book.pack.bodies.get(party.body) for party in one.by]
    return bool(bodies) and all(body is not None and body.kind == "external" for body in bodies)


def _close(book: Book, case: Case, at: datetime) -> Why:
    never_issued = case.kind == "warning" and case.phase == "open"
    if case.kind != "standing" and case.phase != "ended" and not never_issued:
        return ("本案还没有结束、销案或移交", "the case has not ended, been dismissed or transferred")
    late = [o for o in owed(book, case, at) if o.kind == "hard" and o.state in ("open", "overdue", "undecided")]
    late = [o for o in late if not (o.pack and _elsewhere(o, book))]
    if not late:
        return None
    zh = "、".join(dict.fromkeys(o.owes.zh for o in late))
    en = ", ".join(dict.fromkeys(o.owes.en or o.owes.zh for o in late))
    return (f"还有没办完也没免办的硬时限义务：{zh}", f"hard obligations are open without a waiver: {en}")
