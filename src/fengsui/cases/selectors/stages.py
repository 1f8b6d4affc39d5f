"""The stages of a case for the eye (ui.md 4): which are there, which is now. They decide nothing; the plan does.

An incident goes 报告 研判 定级 响应 结束 调查评估 归档; without levels in the plan there is no 定级. Other kinds have
their own short row.
"""

from collections.abc import Mapping

from fengsui.core.book import Book
from fengsui.core.case import Case

EVENTS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "incident": (
        ("report", ("opened",)),
        ("assess", ("assessed",)),
        ("level", ("confirmed",)),
        ("response", ("activated",)),
        ("ended", ("ended", "dismissed", "transferred")),
        ("investigated", ("investigated",)),
        ("closed", ("closed",)),
    ),
    "warning": (
        ("report", ("opened",)),
        ("issued", ("issued",)),
        ("response", ("activated",)),
        ("lifted", ("lifted", "transferred")),
        ("closed", ("closed",)),
    ),
    "standing": (("report", ("opened",)), ("adopted", ("adopted",)), ("closed", ("closed",))),
    "key_period": (
        ("report", ("opened",)),
        ("declared", ("declared",)),
        ("ended", ("ended",)),
        ("closed", ("closed",)),
    ),
}
OPTIONAL = frozenset({"response"})
"""Stages a warning may pass by; an incident shows them all."""


def of(book: Book, kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the stages of a kind of case under a plan: (id, events that reach it)."""
    found = EVENTS[kind]
    if kind == "incident" and not book.pack.level_order:
        found = tuple(stage for stage in found if stage[0] != "level")
    if kind == "warning" and not book.pack.grants_for("warning", "activate"):
        found = tuple(stage for stage in found if stage[0] not in OPTIONAL)
    return found


def reached(book: Book, case: Case) -> Mapping[str, int]:
    """Return the seq of the event that last reached each stage."""
    found: dict[str, int] = {}
    for name, types in of(book, case.kind):
        seqs = [event.seq for event in case.events if event.type in types]
        if seqs:
            found[name] = seqs[-1]
    return found


def now(book: Book, case: Case) -> str:
    """Return the stage a case stands in: the furthest one reached."""
    got = reached(book, case)
    return [name for name, _ in of(book, case.kind) if name in got][-1]
