"""The follower of the log that tells people: outbox, delivery under a lease, every attempt a row (design 5).

Rules
- `follow` turns pointers into messages, unique by (event or reminder, person, channel), in the transaction that
  removes the pointer. People are found by the seats they hold at that moment.
- `deliver` claims a message by a conditional update with a lease, sends, then records the result. A crash in between
  lets the lease run out and it is sent again: we may ring twice, we never stay silent.
- A message that fails is tried again, later each time; after `TRIES` it is `failed`, stays visible and can be resent.
- Messages of an exercise begin with 【演练】.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from fengsui.cases import selectors as cases
from fengsui.cases import service as record
from fengsui.cases.selectors import News
from fengsui.core.problems import FengsuiError
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.notifications.channels import email, inapp
from fengsui.notifications.models import Attempt, Message

FOLLOWER = "notifications"
LEASE = timedelta(minutes=2)
BATCH = 100
TRIES = 8
CHANNELS: Mapping[str, Callable[[str, str, str], str | None]] = {"inapp": inapp.send, "email": email.send}
logger = logging.getLogger(__name__)


def follow(at: datetime) -> int:
    """Write the messages that fresh events and reminders call for; return how many pointers were dealt with."""
    done = 0
    for root in directory.roots():
        for pointer in record.claim(root, FOLLOWER, at):
            try:
                with transaction.atomic():
                    for news in cases.news(
                        pointer.root, pointer.case, pointer.seq, pointer.obligation, pointer.rung, at
                    ):
                        _write(root, news, at)
                    record.finish(pointer)
                done += 1
            except (FengsuiError, DatabaseError, ValueError, KeyError, TypeError, AttributeError):
                logger.exception("follow: pointer %s is tried again when its lease ends", pointer.id)
    return done


def deliver(at: datetime) -> int:
    """Send what is due to be sent by `at`; return how many attempts were made."""
    done = 0
    for root in directory.roots():
        rows = Message.objects.filter(root=root, state="waiting", next_at__lte=at).order_by("next_at", "pk")
        for row in rows[:BATCH]:
            if _claim(row, at):
                _send(row, at)
                done += 1
    return done


@transaction.atomic
def resend(message: str, *, actor: str, at: datetime) -> None:
    """Try a message again now, whatever became of it; the attempt row names who asked."""
    who = directory.person(actor)
    row = Message.objects.filter(pk=message, root=who.root).first() if who else None
    if who is None or row is None or cases.case_for(actor, row.case, at) is None:
        raise refuse("absent")
    Attempt(id=new_id(at), root=row.root, message=row, at=at, outcome="resend", detail=actor).save(force_insert=True)
    Message.objects.filter(pk=row.pk).update(state="waiting", tries=0, next_at=at)


def read(person: str, ids: tuple[str, ...], *, at: datetime) -> int:
    """Mark notices of a person as read; return how many."""
    who = directory.person(person)
    if who is None:
        return 0
    rows = Message.objects.filter(root=who.root, person=person, pk__in=ids, read_at=None)
    return rows.update(read_at=at)


def _write(root: str, news: News, at: datetime) -> None:
    for person in _people(root, news, at):
        for channel in ("inapp", "email") if person.email else ("inapp",):
            Message.objects.get_or_create(
                root=root,
                case=news.case,
                about=news.about,
                person=person.id,
                channel=channel,
                defaults={
                    "id": new_id(at),
                    "number": news.number,
                    "subject": ("【演练】" if news.exercise else "") + news.subject,
                    "text": news.text,
                    "exercise": news.exercise,
                    "urgent": news.urgent,
                    "created_at": at,
                    "next_at": at,
                },
            )


def _people(root: str, news: News, at: datetime) -> tuple[directory.PersonRef, ...]:
    """Return who holds, at this moment, a seat that the news is for; not the one who did it himself."""
    found: dict[str, directory.PersonRef] = {}
    for party in news.parties:
        for organisation in party.get("homes") or (news.organisation,):
            held = directory.holders(root, organisation, {party["body"]}, at)
            found |= {h.person.id: h.person for h in held if cases.is_for(h.seat, party)}
    found.pop(news.by, None)
    return tuple(found.values())


def _claim(row: Message, at: datetime) -> bool:
    mine = Message.objects.filter(root=row.root, pk=row.pk, state="waiting", next_at=row.next_at, tries=row.tries)
    return mine.update(next_at=at + LEASE, tries=row.tries + 1) == 1


def _send(row: Message, at: datetime) -> None:
    fault = CHANNELS[row.channel](row.subject, row.text, _address(row))
    tries = row.tries + 1
    if fault is None:
        changed = {"state": "sent", "sent_at": at, "next_at": None}
    elif tries >= TRIES:
        changed = {"state": "failed", "next_at": None}
    else:
        changed = {"next_at": at + LEASE * 2 ** (tries - 1)}
    outcome = "sent" if fault is None else "failed"
    with transaction.atomic():
        Attempt(id=new_id(at), root=row.root, message=row, at=at, outcome=outcome, detail=(fault or "")[:500]).save(
            force_insert=True
        )
        Message.objects.filter(root=row.root, pk=row.pk).update(**changed)


def _address(row: Message) -> str:
    if row.channel == "inapp":
        return row.person
    found = directory.people(row.root, [row.person]).get(row.person)
    return found.email if found else ""
