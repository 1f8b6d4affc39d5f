"""Writes of channels: set up, changed, switched off, tried. Every change is an entry of the ledger, without secrets.

Rules
- A secret left empty when a channel is changed stays as it is; it is never shown again.
- A dry run goes through the channel as it stands, marked as a test, and returns the whole answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from fengsui.directory import selectors as directory
from fengsui.directory.service.checks import same
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import no_such, refuse
from fengsui.notifications.channels.carrier import permit_form
from fengsui.notifications.channels.kinds import Fault, Kind, Letter, Outcome, Wire
from fengsui.notifications.channels.registry import KINDS
from fengsui.notifications.models import Address, Channel
from fengsui.notifications.sealing import Unreadable, seal, unseal
from fengsui.notifications.selectors.reaching import EMAIL, channel_ref
from fengsui.notifications.service.sending import UNREADABLE, ask

TEST = "【测试】烽燧通道试发"
Values = Mapping[str, str]


@transaction.atomic
def create_channel(
    organisation: str,
    kind: str,
    name: str,
    values: Values,
    *,
    actor: str,
    at: datetime,
    exercises: bool = False,
    key: str | None = None,
) -> str:
    """Set up a channel of an organisation and return its id. Raises Refused.

    The same form sent twice finds the first channel; its key with other content, secrets too, is `key_reused`.
    """
    root = _root_of(actor, organisation)
    open_, secrets = _parted(_kind(kind), values, {})
    said = {"organisation": organisation, "kind": kind, "name": _named(name), "exercises": exercises}
    made = same(Channel, root, key, settings=open_, **said)
    if made is not None:
        if _secrets_of(made) != secrets:
            raise refuse("key_reused")
        return made.pk
    row = Channel(id=key or new_id(at), root=root, settings=open_, secrets=seal(secrets), created_at=at, **said)
    _insert(row)
    content = {"id": row.pk, "organisation": organisation, "kind": kind, "name": row.name, "exercises": exercises}
    ledger.record(root, "channel_created", content, actor=actor, at=at)
    return row.pk


@transaction.atomic
def change_channel(
    channel: str, name: str, values: Values, *, actor: str, at: datetime, exercises: bool = False
) -> None:
    """Change a channel; a secret that comes empty stays. The ledger says which fields changed, not to what."""
    row = _row(actor, channel)
    how = _kind(row.kind)
    kept = _secrets_of(row)
    open_, secrets = _parted(how, values, kept)
    changed = [field for field in open_ if open_[field] != row.settings.get(field, "")]
    changed += [field for field in secrets if secrets[field] != kept.get(field)]
    changed += [
        word
        for word, was, now in (("name", row.name, _named(name)), ("exercises", row.exercises, exercises))
        if was != now
    ]
    if not changed:
        return
    row.name, row.settings, row.secrets, row.exercises = _named(name), open_, seal(secrets), exercises
    _saved(row)
    ledger.record(row.root, "channel_changed", {"id": row.pk, "name": row.name, "changed": changed}, actor=actor, at=at)


@transaction.atomic
def switch_channel(channel: str, active: bool, *, actor: str, at: datetime) -> None:
    """Switch a channel on or off; addresses on it stay."""
    row = _row(actor, channel)
    if row.active == active:
        return
    Channel.objects.filter(root=row.root, pk=row.pk).update(active=active)
    kind = "channel_opened" if active else "channel_closed"
    ledger.record(row.root, kind, {"id": row.pk, "name": row.name}, actor=actor, at=at)


def dry_run(channel: str, to: str, *, actor: str, at: datetime) -> Outcome:
    """Send a marked test through a channel, to `to` or to the actor's own address on it; return the whole answer.

    Who tried which channel is an entry of the ledger: a test goes wherever its sender says.
    """
    who = directory.person(actor)
    if who is None:
        raise refuse("absent")
    row = Channel(kind=EMAIL, pk=EMAIL, root=who.root, name=EMAIL) if channel == EMAIL else _row(actor, channel)
    try:
        outcome = tried(row.kind, channel_ref(row).wire(), to or own_value(row, actor), at)
    except Unreadable:
        outcome = Outcome(False, UNREADABLE.both, answered=False)
    content = {"id": row.pk, "name": row.name, "accepted": outcome.accepted}
    ledger.record(who.root, "channel_tried", content, actor=actor, at=at)
    return outcome


def tried(kind: str, wire: Wire, to: str, at: datetime) -> Outcome:
    """Send a marked test to one value. Raises Refused where the value does not fit the kind."""
    how = _kind(kind)
    fits(how, to)
    letter = Letter(new_id(at), TEST, f"{TEST}。收到即通道可用，不用回复。", (to,) if to else (), at, "TEST")
    return ask(how, wire, letter)


def own_value(row: Channel, person: str) -> str:
    """Return the value of a person's own address on a channel; empty where there is none."""
    own = Address.objects.filter(root=row.root, person=person, channel=row.pk).first()
    if own is None and row.kind == EMAIL:
        own = Address.objects.filter(root=row.root, person=person, channel=EMAIL).first()
    if own is not None:
        return unseal(own.value).get("value", "")
    who = directory.person(person)
    return who.email if who and row.kind == EMAIL else ""


def fits(how: Kind, value: str) -> None:
    """Let a value through that the kind can take. Raises Refused."""
    if (value or not how.group) and not how.pattern.fullmatch(value):
        what, what_en = how.address.zh, how.address.en
        raise refuse("bad_input", what=what, what_en=what_en, why="格式不对", why_en="not of the right form")


def _secrets_of(row: Channel) -> dict[str, str]:
    """Return the secrets of a channel; none where they cannot be read."""
    try:
        return unseal(row.secrets)
    except Unreadable:
        return {}


def _parted(how: Kind, values: Values, kept: Values) -> tuple[dict[str, str], dict[str, str]]:
    """Return open settings and secrets, both complete and sound. Raises Refused."""
    open_: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for field in how.fields:
        value = str(values.get(field.name, "")).strip().replace("\r\n", "\n") or (
            kept.get(field.name, "") if field.secret else field.default
        )
        if field.required and not value:
            raise refuse("bad_input", what=field.label.zh, what_en=field.label.en, why="空着", why_en="it is empty")
        if len(value) > 4000 or ("\n" in value and not field.lines):
            raise refuse(
                "bad_input", what=field.label.zh, what_en=field.label.en, why="过长或有换行", why_en="too long"
            )
        if value:
            (secrets if field.secret else open_)[field.name] = value
    try:
        _sound(how, Wire(how.name, open_, secrets))
    except Fault as wrong:
        why, why_en = wrong.said.zh, wrong.said.en
        raise refuse("bad_input", what="通道", what_en="the channel", why=why, why_en=why_en) from None
    return open_, secrets


def _sound(how: Kind, wire: Wire) -> None:
    """Look at the addresses and at what the kind itself checks. Raises Fault."""
    for name in ("base", "url"):
        if wire.settings.get(name):
            permit_form(wire.settings[name])
    if how.check is not None:
        how.check(wire)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise no_such(("通道类型", "kind of channel"), name, ("系统", "the system"), KINDS)
    return KINDS[name]


def _named(name: str) -> str:
    kept = name.strip()
    if not kept or len(kept) > 60:
        raise refuse("bad_input", what="名称", what_en="the name", why="为空或过长", why_en="it is empty or too long")
    return kept


def _root_of(actor: str, organisation: str) -> str:
    who = directory.person(actor)
    if who is None or directory.organisation(who.root, organisation) is None:
        raise refuse("absent")
    return who.root


def _row(actor: str, channel: str) -> Channel:
    who = directory.person(actor)
    row = Channel.objects.filter(root=who.root, pk=channel).first() if who else None
    if row is None:
        raise refuse("absent")
    return row


def _insert(row: Channel) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise refuse("taken", what="通道", what_en="the channel", name=row.name) from None


def _saved(row: Channel) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise refuse("taken", what="通道", what_en="the channel", name=row.name) from None
