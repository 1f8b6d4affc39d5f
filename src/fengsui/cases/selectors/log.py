"""The log of a case as the core's values: rows into events, events into the fold, the chain held against itself."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from fengsui.cases import models
from fengsui.cases.pages import CaseRef, ChainCheck
from fengsui.core import canon, engine
from fengsui.core.book import Book
from fengsui.core.canon import moment
from fengsui.core.case import Case, Event
from fengsui.library import selectors as library


def event_of(body: Mapping[str, Any], digest: str) -> Event:
    """Return the event whose sealed body is stored as JSON."""
    return Event(
        type=body["type"],
        case=body["case"],
        seq=body["seq"],
        at=moment(body["at"]),
        recorded_at=moment(body["recorded_at"]),
        person=body["by"]["person"],
        seats=tuple(body["by"]["seats"]),
        content=body["content"],
        pack=body["pack"],
        pin=body["pin"],
        registered_by=body["registered_by"],
        schema=body["schema"],
        engine=body["engine"],
        previous=body["previous"],
        digest=digest,
    )


def events_of(root: str, case: str) -> tuple[Event, ...]:
    """Return the events of a case in order."""
    rows = models.Event.objects.filter(root=root, case=case).order_by("seq").values_list("body", "digest")
    return tuple(event_of(body, digest) for body, digest in rows)


def fold(root: str, case: str) -> Case:
    """Return the case as its log says it. Raises Refused (`bad_log`) for a log that was tampered with."""
    return engine.replay(events_of(root, case))


def book_of(row: models.Case) -> Book:
    """Return the book a case is pinned to."""
    return library.book_of(row.root, library.Pin.of(row.pin))


def check(ref: CaseRef, at: datetime) -> ChainCheck:
    """Hold the log of a case against itself: content, order, no gap, and the head that the case row remembers."""
    rows = models.Event.objects.filter(root=ref.root, case=ref.id).order_by("seq").values_list("body", "digest", "seq")
    head = models.Case.objects.values_list("head", flat=True).get(root=ref.root, pk=ref.id)
    broken, count, last = first_break(rows)
    if broken is None and last != head:
        broken = count + 1
    return ChainCheck(whole=broken is None, length=count, head=last, checked_at=at, broken_at=broken)


def first_break(rows: Iterable[tuple[Mapping[str, Any], str, int]]) -> tuple[int | None, int, str]:
    """Return the first seq that does not fit (or None), how many events fit, and the digest of the last that does."""
    previous, count = "", 0
    for body, digest, seq in rows:
        try:
            event_of(body, digest)
            whole = body["seq"] == seq == count + 1 and body["previous"] == previous and canon.digest(body) == digest
        except (KeyError, TypeError, ValueError, AttributeError):
            whole = False
        if not whole:
            return seq, count, previous
        previous, count = digest, count + 1
    return None, count, previous
