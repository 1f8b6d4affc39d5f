"""Reads of the notifications: a person's notices, every attempt, and whether reminders flow at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fengsui.directory import selectors as directory
from fengsui.notifications.models import Attempt, Message

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
class AttemptRow:
    """One try to reach a person: message, channel, state of the message, outcome of this try."""

    message: str
    person: str
    channel: str
    state: str
    at: datetime
    outcome: str
    detail: str


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


def attempts(root: str, case: str) -> tuple[AttemptRow, ...]:
    """Return every attempt to tell somebody about a case, the newest first."""
    rows = Attempt.objects.filter(root=root, message__root=root, message__case=case).select_related("message")
    return tuple(
        AttemptRow(
            row.message_id, row.message.person, row.message.channel, row.message.state, row.at, row.outcome, row.detail
        )
        for row in rows.order_by("-at", "-pk")
    )


def flow(root: str, at: datetime) -> Flow:
    """Compare what should have gone out by `at` with what was accepted."""
    waiting = Message.objects.filter(root=root, state="waiting")
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    failed = Message.objects.filter(root=root, state="failed").count()
    return Flow(oldest is None or at - oldest <= SLOW, waiting.count(), oldest, failed)
