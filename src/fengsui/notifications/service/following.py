"""From pointers to messages: what is told to whom is written down, in the transaction that removes the pointer.

Rules
- A piece of news is written once for a person, however often its pointer comes: what stands already is left alone.
- Letters to one person about one case within `GATHER` become one letter: what comes after one that just went out waits
  until the time is over. An urgent one waits for nothing, not for the quiet hours of the person either.
- A reminder that repeats is not repeated to who has read the one before, unless it is urgent.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from fengsui.cases import selectors as cases
from fengsui.cases import service as record
from fengsui.cases.selectors import News
from fengsui.core.problems import FengsuiError
from fengsui.directory import selectors as directory
from fengsui.directory.selectors import PersonRef
from fengsui.ledger.ids import new_id
from fengsui.ledger.once import page
from fengsui.notifications.models import Message
from fengsui.notifications.selectors.reaching import Reach, reaches
from fengsui.notifications.service.recipients import Recipients

FOLLOWER = "notifications"
GATHER = timedelta(minutes=2)
REPEATS = re.compile(r"(rung:[^:]+:)\d+(:.+)")
logger = logging.getLogger(__name__)


class Round:
    """What one round of the follower knows already of one root: who sits where, how they are reached."""

    def __init__(self, root: str, at: datetime) -> None:
        self.root, self.at = root, at
        self.recipients = Recipients(root, at)
        self._reaches: dict[str, Reach] = {}

    def reaches(self, people: Iterable[PersonRef]) -> dict[str, Reach]:
        wanted = [one for one in people if one.id not in self._reaches]
        if wanted:
            self._reaches |= reaches(self.root, wanted)
        return self._reaches


def follow(at: datetime) -> int:
    """Write the messages that fresh events and reminders call for; return how many pointers were dealt with."""
    done = 0
    for root in directory.roots():
        pointers = record.claim(root, FOLLOWER, at)
        if pointers:
            # What pointers speak of was committed before they were claimed: the reads of one round are one moment.
            with page():
                this = Round(root, at)
                done += sum(_followed(this, pointer) for pointer in pointers)
    return done


def _followed(this: Round, pointer: record.FreshRef) -> bool:
    """Deal with one pointer; one that fails is left for when its lease ends."""
    try:
        with transaction.atomic():
            if pointer.seq:
                record.catch_up(this.root, pointer.case, this.at)
            found = cases.news(this.root, pointer.case, pointer.seq, pointer.obligation, pointer.rung, this.at)
            write(this, found)
            record.finish(pointer)
        return True
    except (FengsuiError, DatabaseError, ValueError, KeyError, TypeError, AttributeError):
        logger.exception("follow: pointer %s is tried again when its lease ends", pointer.id)
        return False


def write(this: Round, found: Iterable[News]) -> None:
    """Write the messages of some pieces of news about one case."""
    told = [(news, this.recipients.of(news)) for news in found]
    people = {one.id: one for _news, those in told for one in those}
    if not people:
        return
    this.reaches(people.values())  # of all of them at once
    case = told[0][0].case
    standing = set(
        Message.objects.filter(
            root=this.root, case=case, about__in={news.about for news, _those in told}, person__in=people
        ).values_list("about", "person", "channel")
    )
    quiet = any(not news.urgent for news, _those in told)
    waits = _gathering(this.root, case, people, this.at) if quiet else {}
    rows = []
    for news, those in told:
        heard = _heard(this.root, news)
        for who in those:
            if who.id not in heard:
                rows += messages(news, who, this, waits.get(who.id))
    fresh = [row for row in rows if (row.about, row.person, row.channel) not in standing]
    Message.objects.bulk_create(fresh, ignore_conflicts=True)


def messages(news: News, who: PersonRef, this: Round, gathered: datetime | None = None) -> list[Message]:
    """Return the notice and, where the person is reached from outside, the letter to come; not saved yet.

    `gathered` is the moment before which a letter that is not urgent waits for others.
    """
    at, reach = this.at, this.reaches([who])[who.id]
    made = [_message(this.root, who.id, "inapp", news, at, state="sent", sent_at=at)]
    if reach.of(exercise=news.exercise):
        begin = at if news.urgent else max(at, gathered or at)
        begin = reach.not_before(begin, urgent=news.urgent)
        made.append(_message(this.root, who.id, "outside", news, at, next_at=begin))
    return made


def _message(
    root: str,
    person: str,
    channel: str,
    news: News,
    at: datetime,
    *,
    state: str = "waiting",
    sent_at: datetime | None = None,
    next_at: datetime | None = None,
) -> Message:
    return Message(
        id=new_id(at),
        root=root,
        case=news.case,
        number=news.number,
        about=news.about,
        person=person,
        channel=channel,
        subject=(("【演练】" if news.exercise else "") + news.subject)[:300],
        text=news.text,
        exercise=news.exercise,
        urgent=news.urgent,
        created_at=at,
        state=state,
        sent_at=sent_at,
        next_at=next_at,
    )


def _gathering(root: str, case: str, people: Iterable[str], at: datetime) -> dict[str, datetime]:
    """Return, for who had a letter about this case just now, when the next may follow."""
    sent = Message.objects.filter(
        root=root, case=case, channel="outside", person__in=list(people), sent_at__gt=at - GATHER
    )
    found: dict[str, datetime] = {}
    for person, when in sent.values_list("person", "sent_at"):
        if when is not None:
            found[person] = max(found.get(person, when + GATHER), when + GATHER)
    return found


def _heard(root: str, news: News) -> set[str]:
    """Return who has read an earlier notice of the same reminder: `rung:over:3:…` repeats `rung:over:2:…`."""
    match = REPEATS.fullmatch(news.about)
    if news.urgent or match is None:
        return set()
    rows = Message.objects.filter(
        root=root,
        case=news.case,
        about__startswith=match[1],
        about__endswith=match[2],
        channel="inapp",
        read_at__isnull=False,
    )
    return set(rows.values_list("person", flat=True))
