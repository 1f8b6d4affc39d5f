"""A person's notices, and whether messages flow at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fengsui.directory import selectors as directory
from fengsui.notifications.models import Message

SLOW = timedelta(minutes=5)
"""A message that waits longer than this means that reminders have stopped flowing, and the screen says so."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice of a person."""

    id: str
    at: datetime
    subject: str
    text: str
    number: str
    urgent: bool
    read: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """Whether reminders flow: how many messages wait, since when the oldest is due, how many were given up."""

    ok: bool
    waiting: int
    oldest: datetime | None
    failed: int


def notices(person: str, *, limit: int = 50) -> tuple[NoticeRow, ...]:
    """Return the newest notices of a person."""
    who = directory.person(person)
    if who is None:
        return ()
    rows = Message.objects.filter(root=who.root, person=person, channel="inapp", state="sent")
    return tuple(
        NoticeRow(row.pk, row.created_at, row.subject, row.text, row.number, row.urgent, row.read_at is not None)
        for row in rows.order_by("-created_at", "-pk")[:limit]
    )


def flow(root: str, at: datetime) -> Flow:
    """Compare what should have gone out by `at` with what was accepted.

    A message that waits for the end of quiet hours, or for its next try, is not late before that moment.
    """
    waiting = Message.objects.filter(root=root, next_at__isnull=False)
    oldest = waiting.order_by("next_at").values_list("next_at", flat=True).first()
    failed = Message.objects.filter(root=root, state="failed").count()
    return Flow(oldest is None or at - oldest <= SLOW, waiting.count(), oldest, failed)
