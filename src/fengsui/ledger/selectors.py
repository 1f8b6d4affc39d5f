"""Reads of the ledger: its entries, and the check that no byte of it was changed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from fengsui.core.canon import digest
from fengsui.ledger.models import Entry
from fengsui.ledger.once import Head, Moved

ADMINISTRATION = "administration"
"""The one stream of a root that every change of library and directory goes to."""
HEAD = "select digest from ledger_entry where root = %s and stream = %s order by seq desc limit 1"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One administrative change as the audit shows it."""

    seq: int
    type: str
    content: dict[str, Any]
    actor: str
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class StreamCheck:
    """The stream held against itself: `broken_at` is the seq of the first entry that does not fit."""

    ok: bool
    count: int
    head: str
    broken_at: int | None = None


def sealed(entry: Entry) -> str:
    """Return the digest the entry must have, computed from everything it says."""
    return digest(
        {
            "root": entry.root,
            "stream": entry.stream,
            "seq": entry.seq,
            "type": entry.type,
            "content": entry.content,
            "actor": entry.actor,
            "at": entry.at,
            "previous": entry.previous,
        }
    )


def head(root: str, stream: str) -> str:
    """Return the digest of the last entry of a stream, "" for an empty one: the same as long as nothing was added."""
    with connection.cursor() as cursor:  # asked before everything else: not worth the making of a query each time
        cursor.execute(HEAD, [root, stream])
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def administration(root: str) -> Head:
    """Return the head of a root's administration as it is now."""
    return Head(head(root, ADMINISTRATION))


def still(root: str, head: Head) -> Head:
    """Return the head, now read. Raises Moved where it is another by now."""
    now = head if head.read else administration(root)
    if now.digest != head.digest:
        raise Moved
    return now


def entries(root: str, stream: str, *, after: int = 0, limit: int = 200) -> tuple[EntryRow, ...]:
    """Return entries of a stream in order, from the one after `after`."""
    rows = Entry.objects.filter(root=root, stream=stream, seq__gt=after).order_by("seq")[:limit]
    return tuple(_row(row) for row in rows)


def search(
    root: str,
    stream: str,
    *,
    type: str = "",
    words: str = "",
    ids: Iterable[str] = (),
    actors: Iterable[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[EntryRow, ...]:
    """Return entries of a stream, the newest first: of a type, an actor, a time, that speak of `words` or of an id.

    `before` is the seq of the last entry shown.
    """
    rows = Entry.objects.filter(root=root, stream=stream)
    rows = rows.filter(type=type) if type else rows
    rows = rows.filter(actor__in=tuple(actors)) if actors is not None else rows
    rows = rows.filter(at__gte=since) if since else rows
    rows = rows.filter(at__lt=until) if until else rows
    rows = rows.filter(seq__lt=before) if before else rows
    if words:
        # SQLite keeps JSON with escapes, PostgreSQL without.
        texts = {words, json.dumps(words)[1:-1], *ids}
        rows = rows.annotate(said=Cast("content", TextField()))
        found = Q(actor__in=tuple(ids))
        for text in texts:
            found |= Q(said__icontains=text)
        rows = rows.filter(found)
    return tuple(_row(row) for row in rows.order_by("-seq")[:limit])


def types(root: str, stream: str) -> tuple[str, ...]:
    """Return the types of entries that a stream has."""
    return tuple(
        Entry.objects.filter(root=root, stream=stream).order_by("type").values_list("type", flat=True).distinct()
    )


def streams() -> tuple[tuple[str, str], ...]:
    """Return every stream there is, with its root: those of the installation itself among them."""
    return tuple(Entry.objects.order_by("root", "stream").values_list("root", "stream").distinct())


def _row(row: Entry) -> EntryRow:
    return EntryRow(row.seq, row.type, row.content, row.actor, row.at, row.digest)


def verify(root: str, stream: str) -> StreamCheck:
    """Return whether every entry of the stream is what was written, in order and without a gap."""
    previous, count = "", 0
    for expected, entry in enumerate(_in_order(root, stream), start=1):
        if entry.seq != expected or entry.previous != previous or sealed(entry) != entry.digest:
            return StreamCheck(False, count, previous, broken_at=entry.seq)
        previous, count = entry.digest, expected
    return StreamCheck(True, count, previous)


def _in_order(root: str, stream: str) -> Iterator[Entry]:
    return Entry.objects.filter(root=root, stream=stream).order_by("seq").iterator(chunk_size=500)
