"""Reads for the pages of channels and of a person's own addresses. No secret is ever among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.notifications.channels.kinds import Kind
from fengsui.notifications.channels.registry import KINDS
from fengsui.notifications.models import Address, Attempt, Channel, Quiet
from fengsui.notifications.sealing import Unreadable, unseal
from fengsui.notifications.selectors.reaching import EMAIL, ChannelRef, Target, channel_ref, channels_of, mask, reaches

LATELY = 3
"""So many tries in a row without one accepted mean that a channel does not work."""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel on a page; `own` where it is set up in the organisation itself. `secret` names which secrets it has."""

    id: str
    kind: str
    kind_label: str
    name: str
    organisation: str
    own: bool
    active: bool
    exercises: bool
    people: int
    last: str
    last_at: datetime | None
    settings: tuple[tuple[str, str], ...]
    secret: tuple[str, ...]
    readable: bool
    broken: bool


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One of a person's own addresses; `id` is empty for the mail address of the directory."""

    id: str
    channel: str
    channel_name: str
    kind: str
    shown: str
    verified_at: datetime | None
    open: bool


def kinds(lang: Lang = "zh") -> tuple[tuple[str, str], ...]:
    """Return the kinds of channel with what they are called."""
    return tuple((one.name, one.label.said(lang)) for one in KINDS.values())


def channel(root: str, id: str) -> ChannelRef | None:
    """Return one channel that was set up."""
    row = Channel.objects.filter(root=root, pk=id).first()
    return channel_ref(row) if row and row.kind in KINDS else None


def channel_rows(root: str, organisation: str, *, lang: Lang = "zh") -> tuple[ChannelRow, ...]:
    """Return every channel that serves an organisation, e-mail first."""
    return tuple(channel_row(root, organisation, one, lang=lang) for one in channels_of(root, organisation))


def kept_secrets(one: ChannelRef) -> tuple[str, ...]:
    """Return which secrets a channel has, by name; none where they cannot be read."""
    try:
        return tuple(unseal(one.secrets))
    except Unreadable:
        return ()


def channel_row(root: str, organisation: str, one: ChannelRef, *, lang: Lang = "zh") -> ChannelRow:
    """Return a channel as a page shows it to an organisation."""
    last = Attempt.objects.filter(root=root, channel=one.id).exclude(outcome="resend").order_by("-at", "-pk")
    tries = list(last.values_list("outcome", "at")[:LATELY])
    secret = kept_secrets(one)
    readable = bool(secret) or not one.secrets
    labels = {field.name: field.label.said(lang) for field in one.how.fields}
    return ChannelRow(
        one.id,
        one.kind,
        one.how.label.said(lang),
        _name(one, lang),
        one.organisation,
        one.organisation == organisation,
        one.active,
        one.exercises,
        Address.objects.filter(root=root, channel=one.id).count(),
        tries[0][0] if tries else "",
        tries[0][1] if tries else None,
        tuple((labels.get(name, name), value) for name, value in one.settings.items()),
        tuple(labels.get(name, name) for name in secret),
        readable,
        is_broken([outcome for outcome, _at in tries]),
    )


def is_broken(outcomes: list[str]) -> bool:
    """Return whether the last tries of a channel, the newest first, mean that it does not work."""
    return len(outcomes) >= LATELY and "sent" not in outcomes[:LATELY]


def _name(one: ChannelRef, lang: Lang) -> str:
    return one.name if one.id != EMAIL else one.how.label.said(lang)


def open_channels(person: str, *, lang: Lang = "zh") -> tuple[tuple[str, Kind, str], ...]:
    """Return the channels a person may put an address on: id, kind, name."""
    who = directory.person(person)
    if who is None:
        return ()
    return tuple((one.id, one.how, _name(one, lang)) for one in channels_of(who.root, who.organisation) if one.active)


def addresses(person: str, *, lang: Lang = "zh") -> tuple[AddressRow, ...]:
    """Return a person's own addresses in his order, the mail address of the directory where it counts."""
    who = directory.person(person)
    if who is None:
        return ()
    channels = {one.id: one for one in channels_of(who.root, who.organisation)}
    mail = next(one for one in channels.values() if one.kind == EMAIL)
    found = []
    for row in Address.objects.filter(root=who.root, person=person).order_by("place", "pk"):
        one = mail if row.channel == EMAIL else channels.get(row.channel)
        if one is not None:
            found.append(AddressRow(row.pk, one.id, _name(one, lang), one.kind, row.shown, row.verified_at, one.active))
    if who.email and not any(row.kind == EMAIL for row in found):
        found.append(AddressRow("", mail.id, _name(mail, lang), EMAIL, mask(who.email), None, mail.active))
    return tuple(found)


def targets(person: str) -> tuple[Target, ...]:
    """Return the addresses a letter to this person would take."""
    who = directory.person(person)
    return reaches(who.root, [who])[person].targets if who else ()


def quiet_hours(person: str) -> tuple[time, time] | None:
    """Return the hours in which a person wants no letter that is not urgent."""
    who = directory.person(person)
    row = Quiet.objects.filter(root=who.root, person=person).first() if who else None
    return (row.since, row.until) if row else None
