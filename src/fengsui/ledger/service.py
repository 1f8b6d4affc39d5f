"""The ledger: who changed what in the administration, and when, as a hash chain per stream.

Rules
- Entries are only appended. Each covers its content and the digest of the entry before it.
- Called inside the transaction of the change it records: both stand or neither does.
- Two writers of one stream are put in order by the unique (root, stream, seq); the second writes after the first.
- Contents hold ids, digests and settings, never a password and no more about a person than the change needs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from fengsui.core.canon import moment, plain, stamp
from fengsui.ledger.ids import new_id
from fengsui.ledger.models import Entry
from fengsui.ledger.selectors import ADMINISTRATION, sealed

TRIES = 20


def append(stream: str, root: str, type: str, content: Mapping[str, Any], *, actor: str, at: datetime) -> str:
    """Append one entry and return its digest. `content` must be canonical data (see `core.canon`)."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _write(stream, root, type, content, actor, at)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def record(root: str, type: str, content: Mapping[str, Any], *, actor: str, at: datetime) -> str:
    """Append to the administration stream of the root."""
    return append(ADMINISTRATION, root, type, content, actor=actor, at=at)


def _write(stream: str, root: str, type: str, content: Mapping[str, Any], actor: str, at: datetime) -> str:
    last = Entry.objects.filter(root=root, stream=stream).order_by("-seq").first()
    entry = Entry(
        id=new_id(at),
        root=root,
        stream=stream,
        seq=last.seq + 1 if last else 1,
        type=type,
        content=plain(content),
        actor=actor,
        at=moment(stamp(at)),
        previous=last.digest if last else "",
    )
    entry.digest = sealed(entry)
    entry.save(force_insert=True)
    return entry.digest
