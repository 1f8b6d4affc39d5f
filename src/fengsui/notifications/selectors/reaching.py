"""How a person is reached from outside: the channels open to an organisation, the person's addresses in his order.

Rules
- A channel serves its organisation and all below it; two of one name: the nearest wins.
- E-mail is there without being set up, through the mail server of the installation. A channel of the kind `email` that
  an organisation sets up stands in its place: that is how it is closed, or opened to exercises.
- A person with a mail address in the directory has it as his last address, unless he put e-mail in his own order.
- An address whose secrets cannot be read counts as none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from fengsui.directory import selectors as directory
from fengsui.directory.selectors import PersonRef
from fengsui.ledger.masking import hide
from fengsui.notifications.channels.judging import secrets_of
from fengsui.notifications.channels.kinds import Kind, Wire
from fengsui.notifications.channels.registry import KINDS
from fengsui.notifications.models import Address, Channel, Quiet
from fengsui.notifications.sealing import Unreadable, unseal

EMAIL = "email"
"""The id of the e-mail that is there without being set up."""


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A channel as the sender knows it. `secrets` are still sealed."""

    id: str
    kind: str
    name: str
    organisation: str
    settings: Mapping[str, str]
    secrets: str = field(repr=False)
    active: bool
    exercises: bool

    @property
    def how(self) -> Kind:
        return KINDS[self.kind]

    def wire(self) -> Wire:
        """The channel ready for one call. Raises Unreadable."""
        wire = Wire(self.kind, self.settings, unseal(self.secrets))
        hide(*secrets_of(wire))
        return wire


@dataclass(frozen=True, slots=True)
class Target:
    """One address of a person on a channel that is open; `value` in the clear, for the sender alone."""

    id: str
    channel: ChannelRef
    value: str = field(repr=False)
    shown: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How one person is reached from outside: addresses in his order, and the hours he wants to be left alone."""

    targets: tuple[Target, ...] = ()
    quiet: tuple[time, time] | None = None
    zone: str = "Asia/Shanghai"

    def of(self, *, exercise: bool) -> tuple[Target, ...]:
        """Return what a message may use."""
        return tuple(one for one in self.targets if one.channel.exercises or not exercise)

    def not_before(self, at: datetime, *, urgent: bool) -> datetime:
        """Return from when a letter may go out: now, or at the end of the person's quiet hours."""
        if urgent or self.quiet is None:
            return at
        here = at.astimezone(ZoneInfo(self.zone))
        since, until = self.quiet
        now = here.time()
        within = since <= now < until if since < until else now >= since or now < until
        if not within:
            return at
        day = here.date() + timedelta(days=1 if now >= until else 0)
        return datetime.combine(day, until, ZoneInfo(self.zone)).astimezone(at.tzinfo)


BUILT_IN = ChannelRef(EMAIL, EMAIL, "电子邮件", "", {}, "", True, False)


def channels_of(root: str, organisation: str) -> tuple[ChannelRef, ...]:
    """Return every channel that an organisation sees, its own first, switched off or not; e-mail always among them."""
    line = [one.id for one in directory.line(root, organisation)]
    rows = sorted(
        Channel.objects.filter(root=root, organisation__in=line),
        key=lambda row: (line.index(row.organisation), row.created_at, row.pk),
    )
    found: dict[str, ChannelRef] = {}
    for row in rows:
        found.setdefault(row.name, channel_ref(row))
    mail = next((one for one in found.values() if one.kind == EMAIL), None)
    others = [one for one in found.values() if one.kind != EMAIL]
    return (mail or BUILT_IN, *others)


def channel_ref(row: Channel) -> ChannelRef:
    return ChannelRef(
        row.pk, row.kind, row.name, row.organisation, row.settings, row.secrets, row.active, row.exercises
    )


def reaches(root: str, people: Iterable[PersonRef]) -> dict[str, Reach]:
    """Return how each of some people is reached, by id; a fixed number of queries for each organisation of theirs."""
    wanted = {one.id: one for one in people}
    open_to: dict[str, dict[str, ChannelRef]] = {}
    for organisation in {one.organisation for one in wanted.values()}:
        open_to[organisation] = {
            one.id: one for one in channels_of(root, organisation) if one.active and one.kind in KINDS
        }
    rows: dict[str, list[Address]] = {}
    for row in Address.objects.filter(root=root, person__in=wanted).order_by("place", "pk"):
        rows.setdefault(row.person, []).append(row)
    quiet = {row.person: (row.since, row.until) for row in Quiet.objects.filter(root=root, person__in=wanted)}
    return {
        id: Reach(_targets(who, rows.get(id, []), open_to[who.organisation]), quiet.get(id), who.zone)
        for id, who in wanted.items()
    }


def _targets(who: PersonRef, rows: list[Address], channels: Mapping[str, ChannelRef]) -> tuple[Target, ...]:
    mail = next((one for one in channels.values() if one.kind == EMAIL), None)
    found = []
    for row in rows:
        channel = mail if row.channel == EMAIL else channels.get(row.channel)
        value = _value(row)
        if channel is not None and value is not None:
            found.append(Target(row.pk, channel, value, row.shown))
    if mail is not None and who.email and not any(one.channel.kind == EMAIL for one in found):
        found.append(Target("", mail, who.email, mask(who.email)))
    return tuple(found)


def _value(row: Address) -> str | None:
    try:
        return unseal(row.value).get("value", "")
    except Unreadable:
        return None


def mask(value: str) -> str:
    """Return enough of an address to recognise one's own: `138•••00`, `zh•••@example.org`."""
    name, at, host = value.partition("@")
    if at:
        return f"{name[:2]}•••@{host}"[:80]
    if len(value) < 6:
        return "•••" if value else ""
    return f"{value[:3]}•••{value[-2:]}"
