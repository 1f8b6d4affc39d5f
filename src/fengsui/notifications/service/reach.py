"""Writes of a person's own addresses: which channels he is reached by, in which order, and his quiet hours.

Rules
- Everybody keeps his own; nobody else's. What is written down is sealed; only its mask is shown again.
- At most `MOST` addresses: an urgent letter goes to all of them.
"""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction

from fengsui.directory import selectors as directory
from fengsui.directory.selectors import PersonRef
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.notifications.channels.kinds import Outcome
from fengsui.notifications.models import Address, Quiet
from fengsui.notifications.sealing import Unreadable, seal
from fengsui.notifications.selectors.reaching import ChannelRef, channels_of, mask, reaches
from fengsui.notifications.service.channels import fits, tried
from fengsui.notifications.service.sending import UNREADABLE

MOST = 5


@transaction.atomic
def add_address(person: str, channel: str, value: str, *, at: datetime) -> str:
    """Put an address at the end of a person's order, or change the one he has on this channel; return its id."""
    who = person_of(person)
    where = _channel(who, channel)
    kept = value.strip()
    fits(where.how, kept)
    rows = Address.objects.filter(root=who.root, person=person)
    row = rows.filter(channel=where.id).first()
    if row is None:
        last = rows.order_by("-place").values_list("place", flat=True).first()
        if rows.count() >= MOST:
            why, why_en = f"最多 {MOST} 个", f"{MOST} at most"
            raise refuse("bad_input", what="地址", what_en="the addresses", why=why, why_en=why_en)
        place = 0 if last is None else last + 1
        row = Address(id=new_id(at), root=who.root, person=person, channel=where.id, place=place, created_at=at)
    row.value, row.shown, row.verified_at = seal({"value": kept}) if kept else "", mask(kept), None
    row.save()
    ledger.record(who.root, "address_set", {"person": person, "channel": where.name}, actor=person, at=at)
    return row.pk


@transaction.atomic
def drop_address(person: str, address: str, *, at: datetime) -> None:
    """Take an address out of a person's order."""
    who = person_of(person)
    row = Address.objects.filter(root=who.root, person=person, pk=address).first()
    if row is None:
        raise refuse("absent")
    row.delete()
    ledger.record(who.root, "address_dropped", {"person": person}, actor=person, at=at)


@transaction.atomic
def raise_address(person: str, address: str, *, at: datetime) -> None:
    """Put an address one place further up."""
    who = person_of(person)
    rows = list(Address.objects.filter(root=who.root, person=person).order_by("place", "pk"))
    index = next((at_ for at_, row in enumerate(rows) if row.pk == address), None)
    if index is None:
        raise refuse("absent")
    if index:
        rows[index - 1], rows[index] = rows[index], rows[index - 1]
    for place, row in enumerate(rows):
        row.place = place
    Address.objects.bulk_update(rows, ["place"])


@transaction.atomic
def set_quiet(person: str, since: time | None, until: time | None, *, at: datetime) -> None:
    """Set the hours without letters that are not urgent; none takes them away."""
    who = person_of(person)
    if (since is None) != (until is None) or (since is not None and since == until):
        why, why_en = "起止都写，且不相同", "give both ends, and not the same"
        raise refuse("bad_input", what="免打扰", what_en="the quiet hours", why=why, why_en=why_en)
    Quiet.objects.filter(root=who.root, person=person).delete()
    if since is not None and until is not None:
        Quiet(id=new_id(at), root=who.root, person=person, since=since, until=until).save(force_insert=True)


def try_address(person: str, address: str, *, at: datetime) -> Outcome:
    """Send a marked test to one's own address and return the whole answer; one that is accepted counts as tried."""
    who = person_of(person)
    target = next((one for one in reaches(who.root, [who])[person].targets if one.id == address), None)
    if target is None:
        raise refuse("absent")
    try:
        outcome = tried(target.channel.kind, target.channel.wire(), target.value, at)
    except Unreadable:
        return Outcome(False, UNREADABLE.both, answered=False)
    if outcome.accepted and address:
        Address.objects.filter(root=who.root, pk=address).update(verified_at=at)
    return outcome


def person_of(id: str) -> PersonRef:
    """Return a person who is known. Raises Refused (`absent`)."""
    who = directory.person(id)
    if who is None:
        raise refuse("absent")
    return who


def _channel(who: PersonRef, id: str) -> ChannelRef:
    """Return a channel that is open to a person. Raises Refused (`absent`)."""
    for one in channels_of(who.root, who.organisation):
        if id == one.id and one.active:
            return one
    raise refuse("absent")
