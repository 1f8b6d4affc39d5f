"""Who administers what: the one table of the administrative offices (三员分立).

Rules
- The system administrator keeps organisations, bodies outside, people, systems and the installation of packs; the
  security administrator gives offices, appoints, lends seats and unlocks; the auditor reads everything and changes
  nothing; the plan's author adopts what is installed. Nobody holds two offices, and nobody changes his own.
- A page that an office does not read is absent (404). An act that an office may not do is refused with the name of the
  office that may (`not_your_office`).
- An administrator administers his own organisation and those below it.
- The roster of a body is kept by its head, too (`OF_HEADS`): whom the plan calls first among several posts of a body.
- An office opens administration and reading, never an act on a case: that is the plan's to give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fengsui.core.case import Seat
from fengsui.ledger.problems import refuse

if TYPE_CHECKING:
    from fengsui.directory.selectors.known import PersonRef

Area = Literal[
    "index",
    "organisations",
    "posts",
    "people",
    "assets",
    "delegations",
    "roster",
    "packs",
    "overlay",
    "calendar",
    "ladder",
    "settings",
    "locked",
    "tokens",
    "channels",
    "attempts",
    "rollcall",
    "ledger",
]
SYSTEM, SECURITY, AUDITOR, AUTHOR = "system_admin", "security_admin", "auditor", "plan_author"
LABELS: Mapping[str, tuple[str, str]] = {
    SYSTEM: ("系统管理员", "system administrator"),
    SECURITY: ("安全管理员", "security administrator"),
    AUDITOR: ("审计员", "auditor"),
    AUTHOR: ("预案管理员", "plan author"),
}
READS: Mapping[Area, tuple[str, ...]] = {
    "index": (SYSTEM, SECURITY, AUDITOR, AUTHOR),
    "organisations": (SYSTEM, SECURITY, AUDITOR, AUTHOR),
    "posts": (SYSTEM, SECURITY, AUDITOR, AUTHOR),
    "people": (SYSTEM, SECURITY, AUDITOR),
    "assets": (SYSTEM, AUDITOR, AUTHOR),
    "delegations": (SECURITY, AUDITOR),
    "roster": (SECURITY, AUDITOR),
    "packs": (SYSTEM, AUDITOR, AUTHOR),
    "overlay": (AUDITOR, AUTHOR),
    "calendar": (SYSTEM, AUDITOR, AUTHOR),
    "ladder": (AUDITOR, AUTHOR),
    "settings": (AUDITOR, AUTHOR),
    "locked": (SECURITY, AUDITOR),
    "tokens": (SECURITY, AUDITOR),
    "channels": (SYSTEM, AUDITOR),
    "attempts": (SYSTEM, AUDITOR),
    "rollcall": (SYSTEM, SECURITY, AUDITOR),
    "ledger": (SECURITY, AUDITOR),
}
"""Which offices may look at a page."""


@dataclass(frozen=True, slots=True)
class Duty:
    """An act of administration: on which page it stands, which offices do it, and what it is called."""

    area: Area
    offices: tuple[str, ...]
    zh: str
    en: str


DUTIES: Mapping[str, Duty] = {
    "organisation": Duty("organisations", (SYSTEM,), "维护单位", "keeping organisations"),
    "unit": Duty("posts", (SYSTEM,), "维护处室和外部单位", "keeping units and outside bodies"),
    "appoint": Duty("posts", (SECURITY,), "任免", "appointing"),
    "person": Duty("people", (SYSTEM,), "维护人员和口令", "keeping people and passwords"),
    "office": Duty("people", (SECURITY,), "授予管理岗位", "giving administrative offices"),
    "asset": Duty("assets", (SYSTEM,), "维护系统台账", "keeping the register of systems"),
    "delegate": Duty("delegations", (SECURITY,), "登记授权", "lending seats"),
    "roster": Duty("roster", (SECURITY,), "排值班表", "keeping the roster"),
    "install": Duty("packs", (SYSTEM,), "装入预案包", "installing packs"),
    "adopt": Duty("packs", (AUTHOR,), "采用预案", "adopting a plan"),
    "overlay": Duty("overlay", (AUTHOR,), "编写本单位补充", "writing the organisation's additions"),
    "calendar": Duty("calendar", (AUTHOR,), "录入工作日历", "entering the work calendar"),
    "ladder": Duty("ladder", (AUTHOR,), "编写提醒阶梯", "writing the ladder of reminders"),
    "setting": Duty("settings", (AUTHOR,), "更改设置", "changing settings"),
    "channel": Duty("channels", (SYSTEM,), "维护通道", "keeping channels"),
    "resend": Duty("attempts", (SYSTEM,), "重发通知", "sending again"),
    "unlock": Duty("locked", (SECURITY,), "解除锁定", "unlocking"),
    "revoke_token": Duty("tokens", (SECURITY,), "吊销接口令牌", "revoking tokens"),
}


TOP: tuple[Area, ...] = ("calendar", "ledger")
"""What is one for the whole tree: only offices of its topmost organisation see it."""
NOT_ONESELF = ("office", "appoint", "delegate")
"""What nobody does for himself."""
OF_HEADS = ("roster",)
"""What the head of a body does for his own body, without an office: who holds the first of several posts of it."""


def reads(person: PersonRef, area: Area) -> bool:
    """Return whether a person's office may look at a page of administration."""
    return person.office in READS[area] and (area not in TOP or person.organisation == person.root)


def areas(person: PersonRef) -> tuple[Area, ...]:
    """Return the pages of a person's office, in the order of the table."""
    return tuple(area for area in READS if reads(person, area))


def may(person: PersonRef, duty: str) -> bool:
    """Return whether a person's office may do an act of administration."""
    return person.office in DUTIES[duty].offices and reads(person, DUTIES[duty].area)


def heads(seats: Iterable[Seat], duty: str, organisation: str, posts: Mapping[str, Sequence[str]]) -> tuple[Seat, ...]:
    """Return the seats from which a duty is done for their own body there; `posts` are those of each body, in order."""
    if duty not in OF_HEADS:
        return ()
    first = {body: names[0] for body, names in posts.items() if len(names) > 1}
    own = (seat for seat in seats if seat.organisation == organisation and not seat.acts)
    return tuple(seat for seat in own if seat.post and first.get(seat.body) == seat.post)


def demand(person: PersonRef, duty: str, on: str = "") -> None:
    """Let a person through to an act, done to the person `on`. Raises Refused (`not_your_office`, `not_yourself`)."""
    one = DUTIES[duty]
    if not may(person, duty):
        zh, en = "、".join(LABELS[who][0] for who in one.offices), ", ".join(LABELS[who][1] for who in one.offices)
        raise refuse("not_your_office", doing=one.zh, doing_en=one.en, offices=zh, offices_en=en)
    if on == person.id and duty in NOT_ONESELF:
        raise refuse("not_yourself", doing=one.zh, doing_en=one.en)
