"""The acts of the roster that somebody else must hear of: a swap asked and answered, a shift handed over.

Rules
- The act and its notice stand in one transaction: nobody is asked without being told.
- A notice goes as any other: on the page at once, outside by the person's addresses. It is urgent where the shift in
  question begins within `SOON`, and quiet hours do not hold it back then.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from fengsui.cases import selectors as cases
from fengsui.cases.selectors import News
from fengsui.core.timing import show_instant
from fengsui.directory import selectors as directory
from fengsui.directory import service as roster
from fengsui.notifications.models import Message
from fengsui.notifications.service.following import Round, messages
from fengsui.notifications.service.reach import person_of

SOON = timedelta(hours=12)


@transaction.atomic
def ask_swap(
    person: str, shift: str, to: str, *, at: datetime, other: str = "", note: str = "", key: str | None = None
) -> str:
    """Offer one's own shift to another person and tell him; return the swap's id. Raises as the directory's does."""
    who = person_of(person)
    id = roster.ask_swap(who.root, shift, to, actor=person, at=at, other=other, note=note, key=key)
    asked = _swap(who.root, id)
    text = f"换班待你答复：{_when(asked.shift, who.zone)}"
    if asked.other is not None:
        text += f"，换你的 {_when(asked.other, who.zone)}"
    tail = f"\n{who.name}：{asked.note}" if asked.note else f"\n{who.name}"
    _tell(to, f"swap:{id}:asked", text, f"{text}{tail}\n在“值班”页答复。", asked.shift.since - at <= SOON, at)
    return id


@transaction.atomic
def answer_swap(person: str, swap: str, *, accept: bool, at: datetime) -> None:
    """Answer a swap and tell the one who asked. Raises as the directory's does."""
    who = person_of(person)
    roster.answer_swap(who.root, swap, accept=accept, actor=person, at=at)
    asked = _swap(who.root, swap)
    said = "同意换班" if accept else "不同意换班"
    text = f"{said}：{_when(asked.shift, who.zone)}"
    _tell(asked.by.id, f"swap:{swap}:answered", text, f"{text}\n{who.name}", asked.shift.since - at <= SOON, at)


@transaction.atomic
def hand_over(
    person: str, organisation: str, seat: str, to: str, note: str, *, at: datetime, key: str | None = None
) -> str:
    """Hand a seat's duty over with everything that stands open, and tell the next; return the relief's id."""
    who = person_of(person)
    listed = cases.open_keys(who.root, organisation, at)
    id = roster.hand_over(organisation, seat, to, note, listed, actor=person, at=at, key=key)
    text = f"交班给你：未了义务 {len(listed)} 项，待你签收"
    _tell(to, f"relief:{id}", text, f"{text}\n{who.name}\n在“值班”页签收。", True, at)
    return id


def _swap(root: str, id: str) -> directory.SwapRef:
    found = directory.swap(root, id)
    assert found is not None  # it was made, or answered, in this very transaction
    return found


def _when(shift: directory.ShiftRef, zone: str) -> str:
    here = ZoneInfo(zone)
    return f"{show_instant(shift.since, here)} 至 {show_instant(shift.until, here)}"


def _tell(person: str, about: str, subject: str, text: str, urgent: bool, at: datetime) -> None:
    who = person_of(person)
    news = News("", "", "", about, (), subject, text, exercise=False, urgent=urgent)
    Message.objects.bulk_create(messages(news, who, Round(who.root, at)), ignore_conflicts=True)
