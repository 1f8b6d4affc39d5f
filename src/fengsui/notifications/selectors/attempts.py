"""Every attempt to reach somebody: of a case, and for the page of administration by case, person and outcome."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from fengsui.directory import selectors as directory
from fengsui.notifications.channels.registry import KINDS
from fengsui.notifications.models import Attempt, Channel, Message
from fengsui.notifications.selectors.reaching import EMAIL


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try to reach a person: message, channel, state of the message, outcome of this try and the whole answer."""

    message: str
    person: str
    channel: str
    state: str
    at: datetime
    outcome: str
    detail: str
    target: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message on the page of attempts: for whom, about which case, what became of it, and every try."""

    id: str
    at: datetime
    number: str
    person: str
    name: str
    urgent: bool
    exercise: bool
    state: str
    next_at: datetime | None
    sent_at: datetime | None
    read_at: datetime | None
    attempts: tuple[AttemptRow, ...] = field(default=())


def attempts(root: str, case: str) -> tuple[AttemptRow, ...]:
    """Return every attempt to tell somebody about a case, the newest first."""
    rows = Attempt.objects.filter(root=root, message__root=root, message__case=case).select_related("message")
    return tuple(_row(row, {}) for row in rows.order_by("-at", "-pk"))


def messages(
    root: str,
    organisations: Collection[str],
    *,
    number: str = "",
    people: Collection[str] | None = None,
    failed: bool = False,
    before: str = "",
    limit: int = 50,
) -> tuple[MessageRow, ...]:
    """Return the newest outside messages to people of some organisations, with their tries.

    `number` is a case, `people` are ids; `before` the id of the last message of the page before (ids are in the order
    of time).
    """
    rows = Message.objects.filter(root=root, channel="outside")
    if failed:
        rows = rows.filter(state="failed")
    if number:
        rows = rows.filter(number=number)
    if before:
        rows = rows.filter(pk__lt=before)
    told = {one.id for one in directory.people_of_all(root, organisations)}
    rows = rows.filter(person__in=told if people is None else told & set(people))
    found = list(rows.order_by("-pk")[:limit])
    names = {id: one.name for id, one in directory.people(root, {row.person for row in found}).items()}
    read = _read(root, found)
    tries = _tries(root, [row.pk for row in found])
    return tuple(_message(row, names, read, tries.get(row.pk, ())) for row in found)


def _message(
    row: Message, names: dict[str, str], read: dict[tuple[str, str, str], datetime], tries: Iterable[AttemptRow]
) -> MessageRow:
    return MessageRow(
        row.pk,
        row.created_at,
        row.number,
        row.person,
        names.get(row.person, ""),
        row.urgent,
        row.exercise,
        row.state,
        row.next_at,
        row.sent_at,
        read.get((row.case, row.about, row.person)),
        tuple(tries),
    )


def _read(root: str, rows: list[Message]) -> dict[tuple[str, str, str], datetime]:
    """Return when the notices of these messages were read: the acknowledgement."""
    notices = Message.objects.filter(
        root=root,
        channel="inapp",
        case__in={row.case for row in rows},
        about__in={row.about for row in rows},
        person__in={row.person for row in rows},
        read_at__isnull=False,
    )
    read = notices.values_list("case", "about", "person", "read_at")
    return {(case, about, who): at for case, about, who, at in read if at is not None}


def _tries(root: str, ids: list[str]) -> dict[str, list[AttemptRow]]:
    rows = Attempt.objects.filter(root=root, message__in=ids).select_related("message").order_by("at", "pk")
    names = dict(Channel.objects.filter(root=root).values_list("pk", "name")) | {EMAIL: KINDS[EMAIL].label.zh}
    found: dict[str, list[AttemptRow]] = {}
    for row in rows:
        found.setdefault(row.message_id, []).append(_row(row, names))
    return found


def _row(row: Attempt, names: dict[str, str]) -> AttemptRow:
    return AttemptRow(
        row.message_id,
        row.message.person,
        names.get(row.channel, row.channel),
        row.message.state,
        row.at,
        row.outcome,
        row.detail,
        row.target,
        row.kind,
    )
