"""The log of a case as the core's values: rows into events, events into the fold, the chain held against itself.

Rules
- The rows are read and compared every time. What follows from the very same rows, to the last character, is kept in the
  process: the fold and its check (ADR 22). Nobody changes what comes back.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

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


Rows = tuple[tuple[str, str, int], ...]
"""A log as it is stored: body as text, digest, seq; in order."""
KEPT = 64
"""So many logs of late are kept folded."""


def rows_of(root: str, case: str) -> Rows:
    """Return the log of a case as it is stored."""
    rows = models.Event.objects.filter(root=root, case=case).order_by("seq")
    return tuple(rows.annotate(text=Cast("body", TextField())).values_list("text", "digest", "seq"))


def fold(root: str, case: str) -> Case:
    """Return the case as its log says it. Raises Refused (`bad_log`) for a log that was tampered with."""
    return _folded(rows_of(root, case))


@lru_cache(maxsize=KEPT)
def _folded(rows: Rows) -> Case:
    return engine.replay(event_of(json.loads(text), digest) for text, digest, _ in rows)


def book_of(row: models.Case) -> Book:
    """Return the book a case is pinned to."""
    return library.book_of(row.root, library.Pin.of(row.pin))


def check(ref: CaseRef, at: datetime) -> ChainCheck:
    """Hold the log of a case against itself: content, order, no gap, and the head that the case row remembers."""
    head = models.Case.objects.values_list("head", flat=True).get(root=ref.root, pk=ref.id)
    broken, count, last = first_break(rows_of(ref.root, ref.id))
    if broken is None and last != head:
        broken = count + 1
    return ChainCheck(whole=broken is None, length=count, head=last, checked_at=at, broken_at=broken)


@lru_cache(maxsize=KEPT)
def first_break(rows: Rows) -> tuple[int | None, int, str]:
    """Return the first seq that does not fit (or None), how many events fit, and the digest of the last that does."""
    previous, count = "", 0
    for text, digest, seq in rows:
        try:
            body = json.loads(text)
            event_of(body, digest)
            whole = body["seq"] == seq == count + 1 and body["previous"] == previous and canon.digest(body) == digest
        except (KeyError, TypeError, ValueError, AttributeError):
            whole = False
        if not whole:
            return seq, count, previous
        previous, count = digest, count + 1
    return None, count, previous
