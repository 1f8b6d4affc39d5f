"""Drafts of events: what an accepted act leaves in the log, before it gets its number and its seal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fengsui.core.book import Book
from fengsui.core.canon import plain
from fengsui.core.case import Case, Event, seal
from fengsui.core.engine.fold import fold


@dataclass(frozen=True, slots=True)
class Draft:
    """One event to be: its type, who, from which seats, what."""

    type: str
    person: str
    seats: tuple[str, ...] = ()
    content: Mapping[str, object] = field(default_factory=dict)
    registered_by: str | None = None
    at: datetime | None = None


_ABSENT: tuple[object, ...] = (None, "", (), [], {}, False)


def kept(**content: object) -> dict[str, object]:
    """Return the content without what is absent: None, empty text, empty lists and mappings, False."""
    return {key: plain(value) for key, value in content.items() if value or value not in _ABSENT}


def append(
    book: Book, case: Case | None, case_id: str, drafts: Iterable[Draft], at: datetime, recorded_at: datetime
) -> tuple[tuple[Event, ...], Case | None]:
    """Return the sealed events and the case after them."""
    events: list[Event] = []
    for draft in drafts:
        event = Event(
            type=draft.type,
            case=case_id,
            seq=case.seq + 1 if case else 1,
            at=draft.at or at,
            recorded_at=recorded_at,
            person=draft.person,
            seats=draft.seats,
            content=dict(draft.content),
            pack=book.main.pack.id,
            pin=book.pin.digest,
            registered_by=draft.registered_by,
        )
        events.append(seal(event, case.head if case else ""))
        case = fold(case, events[-1])
    return tuple(events), case
