"""Writes of seats: posts held, and seats lent by a paper. They are ended, never deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from fengsui.core.pack.acts import ACTS, VERBS
from fengsui.directory.models import Appointment, Delegation, Organisation, Person
from fengsui.directory.service.checks import given, known_place, known_post, known_seat, named, person_of, same
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import no_such, refuse


@transaction.atomic
def appoint(
    person: str,
    body: str,
    *,
    actor: str,
    at: datetime,
    post: str = "",
    place: str = "",
    organisation: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    key: str | None = None,
) -> str:
    """Seat a person in a body, or a post of it, from `since` (default: now) until `until`; return the id."""
    row = person_of(person)
    home = organisation or row.organisation_id
    said = {"organisation_id": home, "person_id": row.pk, "body": body, "post": post, "place": place, "until": until}
    made = same(Appointment, row.root, key, **said, **given(since=since))
    if made is not None:
        return made.pk
    known_post(row.root, home, body, post)
    known_place(row.root, home, body, place)
    start = since or at
    if until and until <= start:
        raise refuse(
            "bad_input", what="任期", what_en="the period", why="止期不晚于起期", why_en="it ends before it begins"
        )
    held = Appointment(
        id=key or new_id(at),
        root=row.root,
        organisation_id=home,
        person=row,
        body=body,
        post=post,
        place=place,
        since=start,
        until=until,
    )
    held.save(force_insert=True)
    content = {"id": held.pk, "person": person, "seat": [body, post, place], "since": start, "until": until}
    ledger.record(row.root, "appointed", content, actor=actor, at=at)
    return held.pk


@transaction.atomic
def end_appointment(appointment: str, *, actor: str, at: datetime, until: datetime | None = None) -> None:
    """End an appointment at `until` (default: now). Raises Refused: `absent`, `bad_input` where that is past.

    Who sat where until now is history, and what was done from that seat rests on it.
    """
    row = Appointment.objects.select_for_update().filter(pk=appointment).first()
    if row is None:
        raise refuse("absent")
    if row.until is not None and row.until <= at:
        return
    if until is not None and until < at.replace(second=0, microsecond=0):  # times are typed to the minute
        raise refuse("bad_input", what="止期", what_en="the end", why="已经过去", why_en="it is in the past")
    row.until = max(until or at, at)
    row.save(update_fields=["until"])
    ledger.record(row.root, "appointment_ended", {"id": row.pk, "until": row.until}, actor=actor, at=at)


@transaction.atomic
def delegate(
    organisation: str,
    of: str,
    *,
    document: str,
    until: datetime,
    actor: str,
    at: datetime,
    to: str = "",
    person: str | None = None,
    acts: Sequence[str] = (),
    since: datetime | None = None,
    key: str | None = None,
) -> str:
    """Lend the seat `of` (`leading_group.head`, `office.head@info`) to another post or to one person; return the id.

    `acts` are acts or kinds of link (`approve`); none means all that need not be done in person. `document` is the
    number of the paper. What was lent is not lent further: only one's own post opens a lent seat. Raises Refused:
    `absent`, `no_such_name`, `bad_input`, and `not_yourself` for a post that the actor holds in that time.
    """
    home = Organisation.objects.filter(pk=organisation).first()
    deputy = person_of(person) if person else None
    if home is None or (deputy is not None and deputy.root != home.root):
        raise refuse("absent")
    start = since or at
    _delegation_holds(of, to, deputy, acts, start, until)
    whose, whom = (known_seat(home, text) if text else ("", "", "") for text in (of, to))
    said: dict[str, Any] = {
        **dict(zip(("body", "post", "place", "to_body", "to_post", "to_place"), (*whose, *whom), strict=True)),
        "organisation_id": home.pk,
        "person_id": person or None,
        "acts": list(acts),
        "document": named(document, "授权文号", "the document"),
        "until": until,
    }
    made = same(Delegation, home.root, key, **said, **given(since=since))
    if made is not None:
        return made.pk
    _not_to(actor, home, deputy, whom, start, until)
    row = Delegation(id=key or new_id(at), root=home.root, since=start, **said)
    row.save(force_insert=True)
    lent = {"id": row.pk, "organisation": organisation, "of": of, "to": to, "person": person or ""}
    content = {**lent, "acts": list(acts), "document": document, "since": start, "until": until}
    ledger.record(home.root, "delegated", content, actor=actor, at=at)
    return row.pk


@transaction.atomic
def revoke_delegation(delegation: str, *, actor: str, at: datetime, document: str = "") -> None:
    """End a delegation now, before its time; `document` is the paper that takes it back, where there is one."""
    row = Delegation.objects.select_for_update().filter(pk=delegation).first()
    if row is None or row.until <= at:
        raise refuse("absent")
    row.until = at
    row.save(update_fields=["until"])
    ledger.record(row.root, "delegation_revoked", {"id": row.pk, "document": document}, actor=actor, at=at)


def _not_to(
    actor: str, home: Organisation, deputy: Person | None, to: tuple[str, str, str], since: datetime, until: datetime
) -> None:
    """Refuse a delegation to the actor himself, by his name or by a post that he holds in its time."""
    own = Appointment.objects.filter(root=home.root, organisation=home, person=actor, since__lt=until)
    held = set(own.filter(Q(until=None) | Q(until__gt=since)).values_list("body", "post", "place"))
    if (deputy is not None and deputy.pk == actor) or to in held:
        raise refuse("not_yourself", doing="登记授权", doing_en="lending seats")


def _delegation_holds(
    of: str, to: str, deputy: Person | None, acts: Sequence[str], since: datetime, until: datetime
) -> None:
    """Refuse a delegation to nobody, to two, to oneself, for acts the language does not know, or for no time."""
    known = (*dict.fromkeys(act for kind in ACTS.values() for act in kind), *VERBS, "ratify")
    strange = next((act for act in acts if act not in known), None)
    if strange is not None:
        raise no_such(("动作", "act"), strange, ("预案语言", "the language of plans"), known)
    if bool(to) == bool(deputy):
        raise refuse(
            "bad_input",
            what="授权",
            what_en="the delegation",
            why="须写明一个岗位或一个人",
            why_en="to one post or person",
        )
    if of == to:
        raise refuse("bad_input", what="授权", what_en="the delegation", why="不能授给本岗位", why_en="it is to itself")
    if until <= since:
        raise refuse(
            "bad_input", what="授权期", what_en="the period", why="止期不晚于起期", why_en="it ends before it begins"
        )
