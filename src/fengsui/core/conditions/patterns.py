"""Whether an event is one that a rule waits for: its name, speaker, addressee and level (language 5.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from fengsui.core.case import Event
from fengsui.core.conditions.parties import resolve, same_body
from fengsui.core.pack import EventPattern, ReadingRef, Test

if TYPE_CHECKING:
    from fengsui.core.conditions.view import View

_COMPARE: Mapping[str, Callable[[int, list[int]], bool]] = {
    "eq": lambda rank, other: rank == other[0],
    "in": lambda rank, other: rank in other,
    "ne": lambda rank, other: rank != other[0],
    "ge": lambda rank, other: rank >= other[0],
    "le": lambda rank, other: rank <= other[0],
    "gt": lambda rank, other: rank > other[0],
    "lt": lambda rank, other: rank < other[0],
}


def matches(pattern: EventPattern, event: Event, view: View) -> bool:
    """Return whether the event fits the pattern; bodies are resolved as the view sees them."""
    return _called(pattern, view) in event.names and _fits(pattern, view)(event)


def matching(patterns: Iterable[EventPattern], view: View) -> tuple[Event, ...]:
    """Return the events of the view's case that fit one of the patterns, in their order."""
    fitting = [events for pattern in patterns if (events := _fitting(pattern, view))]
    if len(fitting) < 2:
        return fitting[0] if fitting else ()
    found = {event.seq: event for events in fitting for event in events}
    return tuple(found[seq] for seq in sorted(found))


def _fitting(pattern: EventPattern, view: View) -> tuple[Event, ...]:
    assert view.case is not None
    named = view.case.named(_called(pattern, view))
    return tuple(filter(_fits(pattern, view), named)) if named and pattern.asks else named


def _called(pattern: EventPattern, view: View) -> str:
    return view.installed.names.event(pattern.name) if view.beside else pattern.name


def _fits(pattern: EventPattern, view: View) -> Callable[[Event], bool]:
    """Return whether an event of that name has the speaker, addressee and level that the pattern waits for."""
    by = resolve(pattern.by, view) if pattern.by else ()
    to = resolve(pattern.to, view) if pattern.to else ()

    def fits(event: Event) -> bool:
        if pattern.by and not same_body(str(event.content.get("body", "")), by):
            return False
        if pattern.to and not any(same_body(one, to) for one in addressees(event)):
            return False
        return pattern.level is None or _level_fits(pattern.level, event, view)

    return fits


def addressees(event: Event) -> tuple[str, ...]:
    """Return to whom a report or request went."""
    return event.addressees


def _level_fits(test: Test, event: Event, view: View) -> bool:
    said, order = event.content.get("level"), view.pack.level_order
    if said not in order:
        return False
    wanted = [view.reading(o.name, test.type) if isinstance(o, ReadingRef) else o for o in test.operand]
    ranks = [order.index(str(w)) for w in wanted if w is not None]
    return bool(ranks) and _COMPARE[test.op](order.index(str(said)), ranks)
