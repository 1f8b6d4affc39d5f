"""Reads of the roll call: whether a person is called, the results of a month by body, who never answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.notifications.models import RollAnswer, RollCall

NEVER = 2
"""So many closed roll calls in a row without an answer make a finding."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """The roll call of one body: who was called, who answered and when."""

    organisation: str
    organisation_name: str
    body: str
    label: str
    opened_at: datetime
    closes_at: datetime
    closed: bool
    people: tuple[tuple[str, datetime | None], ...]

    @property
    def answered(self) -> int:
        return sum(at is not None for _name, at in self.people)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name, at in self.people if at is None)


def called(person: str, at: datetime) -> datetime | None:
    """Return until when a person is asked to answer a roll call; None when he is not, or has answered."""
    who = directory.person(person)
    if who is None:
        return None
    rows = RollAnswer.objects.filter(
        root=who.root, person=person, answered_at=None, call__root=who.root, call__closes_at__gt=at
    )
    return rows.order_by("call__closes_at").values_list("call__closes_at", flat=True).first()


def months(root: str) -> tuple[str, ...]:
    """Return the months with a roll call, the newest first."""
    return tuple(RollCall.objects.filter(root=root).order_by("-month").values_list("month", flat=True).distinct()[:60])


def call_rows(
    root: str, organisations: Collection[str], month: str, at: datetime, *, lang: Lang = "zh"
) -> tuple[CallRow, ...]:
    """Return the results of a month for some organisations, by body."""
    calls = RollCall.objects.filter(root=root, month=month, organisation__in=organisations).order_by(
        "organisation", "body"
    )
    answers: dict[str, list[RollAnswer]] = {}
    for row in RollAnswer.objects.filter(root=root, call__in=calls):
        answers.setdefault(row.call_id, []).append(row)
    names = directory.names_of(root, {row.person for those in answers.values() for row in those})
    homes = {one.id: one for one in directory.organisations(root)}
    found = []
    for call in calls:
        plan = directory.plan_of(root, call.organisation)
        people = sorted(
            ((names.get(row.person, ""), row.answered_at) for row in answers.get(call.pk, [])),
            key=lambda one: (one[1] is not None, one[0]),
        )
        home = homes.get(call.organisation)
        label = directory.label_of(plan, call.body, "", "", {}, lang)
        found.append(
            CallRow(
                call.organisation,
                home.name if home else "",
                call.body,
                label,
                call.opened_at,
                call.closes_at,
                call.closes_at <= at,
                tuple(people),
            )
        )
    return tuple(found)


def never_answered(root: str, at: datetime) -> tuple[str, ...]:
    """Return who was called in the last `NEVER` closed months and answered in none of them."""
    closed = RollCall.objects.filter(root=root, closes_at__lte=at).order_by("-month")
    last = list(closed.values_list("month", flat=True).distinct()[:NEVER])
    if len(last) < NEVER:
        return ()
    rows = RollAnswer.objects.filter(root=root, call__root=root, call__month__in=last)
    asked: dict[str, set[str]] = {}
    heard: set[str] = set()
    for person, month, when in rows.values_list("person", "call__month", "answered_at"):
        asked.setdefault(person, set()).add(month)
        if when is not None:
            heard.add(person)
    return tuple(sorted(id for id, those in asked.items() if len(those) == NEVER and id not in heard))
