"""Delivery: what is to leave the house is claimed under a lease, sent as letters, and every try is a row.

Rules
- Messages to one person about one case that wait at the same time are one letter; an urgent one is a letter by itself.
- A message is `sent` when one channel accepted it. What was accepted nowhere is tried again, urgent ones sooner; after
  `TRIES` it is `failed`, stays visible, and is sent again by hand.
- Claiming is one transaction and recording a letter is one: of two workers one sends; after a crash the lease runs out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from fengsui.cases import selectors as cases
from fengsui.directory import offices
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.notifications.channels.kinds import Letter, Text, Wire
from fengsui.notifications.models import Attempt, Message
from fengsui.notifications.sealing import Unreadable
from fengsui.notifications.selectors.reaching import Reach, reaches
from fengsui.notifications.service.sending import LEFT_OUT, Job, Try, send_all

LEASE = timedelta(minutes=2)
URGENT_LEASE = timedelta(seconds=45)
"""After a worker died an urgent letter goes out sooner, even if the channel may then get it twice."""
BATCH = 60
TRIES = 8
AGAIN = {False: timedelta(minutes=2), True: timedelta(seconds=30)}
"""The first pause before another try, by urgency; each further one is twice as long."""
NOWHERE = Text("没有可用的通道", "no channel can be used")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Messages that go out as one letter."""

    id: str
    rows: tuple[Message, ...]

    @property
    def person(self) -> str:
        return self.rows[0].person


def deliver(at: datetime) -> int:
    """Send what is due to be sent by `at`; return how many letters were dealt with."""
    done, begun = 0, time.monotonic()
    for root in directory.roots():
        # A lease runs from when it is taken: the root before may have waited for a channel that does not answer.
        now = at + timedelta(seconds=int(time.monotonic() - begun))
        if Message.objects.filter(root=root, next_at__lte=now, state="waiting").exists():
            done += _deliver(root, bundled(_claim(root, now), now), now)
    return done


def _claim(root: str, at: datetime) -> list[Message]:
    """Claim a batch for `LEASE`, urgent ones first. A row that another worker holds is left alone."""
    with transaction.atomic():
        due = Message.objects.filter(root=root, next_at__lte=at, state="waiting").order_by("-urgent", "next_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:BATCH])
        mine = Message.objects.filter(root=root, pk__in=[row.pk for row in rows])
        mine.update(next_at=at + LEASE, tries=F("tries") + 1)
        mine.filter(urgent=True).update(next_at=at + URGENT_LEASE)
    for row in rows:
        row.tries += 1
    return rows


def bundled(rows: Iterable[Message], at: datetime) -> list[Bundle]:
    """Return messages as letters: one for a person and a case, but each urgent message its own."""
    found: dict[tuple[str, ...], list[Message]] = {}
    for row in rows:
        key = (row.pk,) if row.urgent or not row.case else (row.person, row.case)
        found.setdefault(key, []).append(row)
    for those in found.values():
        # In an order that does not depend on chance: what several people get from a group robot is one text.
        those.sort(key=lambda row: (row.created_at, row.about))
    # The id of the first message: the same letter sent again has the same name, so the other side may know it.
    return [Bundle(those[0].pk, tuple(those)) for those in found.values()]


def _deliver(root: str, bundles: Sequence[Bundle], at: datetime) -> int:
    people = directory.people(root, {bundle.person for bundle in bundles}, gone=False)  # who left is reached nowhere
    ways = reaches(root, people.values())
    now = {one.id: one for one in bundles if not _put_off(one, ways.get(one.person, Reach()), at)}
    jobs = [_job(bundle, ways.get(bundle.person, Reach()), at) for bundle in now.values()]
    done = 0
    for id, tries in send_all(jobs, wires(jobs)):
        _record(now[id], tries, at)
        done += tries is not None
    return done


def _put_off(bundle: Bundle, reach: Reach, at: datetime) -> bool:
    """Put a letter off that comes up in its person's quiet hours: a second try, or one that no worker sent in time."""
    later = reach.not_before(at, urgent=bundle.rows[0].urgent)
    if later == at:
        return False
    mine = Message.objects.filter(root=bundle.rows[0].root, pk__in=[row.pk for row in bundle.rows])
    mine.update(next_at=later, tries=Greatest(F("tries") - 1, 0))
    return True


def _job(bundle: Bundle, reach: Reach, at: datetime) -> Job:
    first = bundle.rows[0]
    more = len(bundle.rows) - 1
    letter = Letter(
        key=bundle.id,
        subject=first.subject if not more else f"{first.subject}（另 {more} 条）",
        text=first.text if not more else "\n\n".join(row.text for row in bundle.rows),
        to=(),
        at=at,
        number=first.number,
        urgent=first.urgent,
        exercise=first.exercise,
    )
    return Job(bundle.id, letter, reach.of(exercise=first.exercise))


def wires(jobs: Iterable[Job]) -> dict[str, Wire]:
    """Return the channels of some letters with their secrets in the clear; one that cannot be read is left out."""
    found: dict[str, Wire] = {}
    for channel in {target.channel.id: target.channel for job in jobs for target in job.targets}.values():
        try:
            found[channel.id] = channel.wire()
        except Unreadable:
            continue
    return found


@transaction.atomic
def _record(bundle: Bundle, tries: list[Try] | None, at: datetime) -> None:
    ids = [row.pk for row in bundle.rows]
    mine = Message.objects.filter(root=bundle.rows[0].root, pk__in=ids)
    # Where the lease ran out meanwhile, another worker may have sent it: a failure here takes nothing of that back.
    waiting = mine.filter(state="waiting")
    if tries is None or (tries and all(one.outcome.answer == LEFT_OUT.both for one in tries)):
        again = at if tries is None else at + AGAIN[bundle.rows[0].urgent]
        waiting.update(next_at=again, tries=Greatest(F("tries") - 1, 0))
        return
    made: list[Try | None] = [*tries] or [None]
    Attempt.objects.bulk_create([_attempt(row, bundle, one, at) for row in bundle.rows for one in made])
    if any(one.outcome.accepted for one in tries):
        mine.update(state="sent", sent_at=at, next_at=None)
        return
    for row in bundle.rows:
        waiting.filter(pk=row.pk).update(**_later(row, at))


def _later(row: Message, at: datetime) -> Mapping[str, object]:
    if row.tries >= TRIES:
        return {"state": "failed", "next_at": None}
    return {"next_at": at + AGAIN[row.urgent] * 2 ** (row.tries - 1)}


def _attempt(row: Message, bundle: Bundle, one: Try | None, at: datetime) -> Attempt:
    made = Attempt(id=new_id(at), root=row.root, message=row, letter=bundle.id, at=at, outcome="failed")
    if one is None:
        made.detail = NOWHERE.both
        return made
    made.channel, made.kind, made.target = one.target.channel.id, one.target.channel.kind, one.target.shown
    made.outcome = "sent" if one.outcome.accepted else "failed"
    made.detail = one.outcome.answer[:4000]
    return made


@transaction.atomic
def resend(message: str, *, actor: str, at: datetime) -> None:
    """Send a message again now, whatever became of it; the attempt row names who asked.

    Raises Refused (`absent`) unless the actor may see the case, or keeps the channels of the person's organisation.
    """
    who = directory.person(actor)
    row = Message.objects.filter(pk=message, root=who.root, channel="outside").first() if who else None
    if who is None or row is None or not (_keeps(who, row) or cases.case_for(actor, row.case, at)):
        raise refuse("absent")
    Attempt(id=new_id(at), root=row.root, message=row, at=at, outcome="resend", detail=actor).save(force_insert=True)
    Message.objects.filter(root=row.root, pk=row.pk).update(state="waiting", tries=0, next_at=at)


def _keeps(who: directory.PersonRef, row: Message) -> bool:
    told = directory.people(row.root, [row.person]).get(row.person)
    reached = {branch.organisation.id for branch in directory.scope(who)}
    return offices.may(who, "resend") and told is not None and told.organisation in reached


def read(person: str, ids: tuple[str, ...], *, at: datetime) -> int:
    """Mark notices of a person as read, which is their acknowledgement; return how many."""
    who = directory.person(person)
    if who is None:
        return 0
    rows = Message.objects.filter(root=who.root, person=person, pk__in=ids, read_at=None)
    return rows.update(read_at=at)
