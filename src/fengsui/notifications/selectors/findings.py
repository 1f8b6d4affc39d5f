"""What is wrong with reaching people: nobody reaches them from outside, channels that fail, roll calls unanswered,
hours of a roster with nobody on duty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fengsui.core.problems import Lang
from fengsui.core.timing import show_instant
from fengsui.directory import selectors as directory
from fengsui.notifications.channels import email
from fengsui.notifications.models import Attempt, Channel
from fengsui.notifications.sealing import Unreadable, unseal
from fengsui.notifications.selectors.channels import LATELY, is_broken
from fengsui.notifications.selectors.reaching import EMAIL, Reach, reaches
from fengsui.notifications.selectors.rollcall import never_answered

SOON = timedelta(days=7)
"""How far ahead a roster should be filled."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, with the persons or channels concerned by id and by name."""

    code: str
    zh: str
    en: str
    ids: tuple[str, ...]
    names: tuple[str, ...]

    def said(self, lang: Lang) -> str:
        return self.en if lang == "en" else self.zh


def findings(root: str, at: datetime, *, within: frozenset[str] | None = None) -> tuple[Finding, ...]:
    """Return what is wrong at a moment, only for organisations `within` where given; nothing where all is well."""
    found = [
        _of(
            "unreached",
            "{n} 人没有能用的外部通道",
            "{n} persons cannot be reached from outside",
            _unreached(root, at, within),
        ),
        _of("failing", "{n} 条通道发不出去", "{n} channels fail", failing(root).items()),
        _of(
            "silent",
            "{n} 人连续两次点名没有应答",
            "{n} persons answered two roll calls by nothing",
            _silent(root, at, within),
        ),
        _of(
            "roster_hole",
            "{n} 个岗位 7 日内有时段无人值班",
            "{n} seats have nobody on duty at some time within 7 days",
            _unwatched(root, at, within),
        ),
    ]
    return tuple(one for one in found if one.ids)


def _of(code: str, zh: str, en: str, those: Iterable[tuple[str, str]]) -> Finding:
    named = list(those)
    n = str(len(named))
    return Finding(
        code, zh.replace("{n}", n), en.replace("{n}", n), tuple(id for id, _ in named), tuple(name for _, name in named)
    )


def _silent(root: str, at: datetime, within: frozenset[str] | None) -> list[tuple[str, str]]:
    people = directory.people(root, never_answered(root, at)).values()
    return [(one.id, one.name) for one in people if within is None or one.organisation in within]


def _unwatched(root: str, at: datetime, within: frozenset[str] | None) -> list[tuple[str, str]]:
    """Return the seats with a hole in their roster within `SOON`, with when the first one begins."""
    found: dict[str, tuple[str, str]] = {}
    for home in directory.rostered(root, at):
        if within is not None and home.id not in within:
            continue
        zone, plan = ZoneInfo(home.zone), directory.plan_of(root, home.id)
        names = {(one.body, one.place): one.name for one in directory.units(root, home.id)}
        for hole in directory.holes(root, home.id, at, at + SOON):
            seat = f"{home.id} {hole.seat.text}"
            where = (hole.seat.body, hole.seat.post or "", hole.seat.place or "")
            label = directory.label_of(plan, *where, names, "zh")
            said = f"{home.name} {label} {show_instant(hole.since, zone)}"
            found[seat] = min(found.get(seat, (seat, said)), (seat, said))
    return list(found.values())


def _unreached(root: str, at: datetime, within: frozenset[str] | None) -> list[tuple[str, str]]:
    """Return who holds a seat and has no address on a channel that works."""
    people = {held.person.id: held.person for held in directory.seated(root, at)}
    wanted = [one for one in people.values() if within is None or one.organisation in within]
    ways, dead = reaches(root, wanted), failing(root)
    return [(one.id, one.name) for one in wanted if not _works(ways[one.id], dead)]


def _works(reach: Reach, dead: dict[str, str]) -> bool:
    open_ = [target.channel for target in reach.targets if target.channel.id not in dead]
    return any(channel.kind != EMAIL or email.leaves() for channel in open_)


def failing(root: str) -> dict[str, str]:
    """Return the channels in use that do not work, by id: the last tries all failed, or secrets cannot be read."""
    found = {}
    rows = Channel.objects.filter(root=root, active=True)
    for id, name, secrets in [(EMAIL, "电子邮件", ""), *rows.values_list("pk", "name", "secrets")]:
        tries = Attempt.objects.filter(root=root, channel=id).exclude(outcome="resend").order_by("-at", "-pk")
        if not _readable(secrets) or is_broken(list(tries.values_list("outcome", flat=True)[:LATELY])):
            found[id] = name
    return found


def _readable(secrets: str) -> bool:
    try:
        unseal(secrets)
    except Unreadable:
        return False
    return True
