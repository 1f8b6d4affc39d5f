"""Who is told of a piece of news: the persons who hold, at this moment, a seat that it is for.

Rules
- Where a seat has a roster and somebody is on duty for it, who is on duty is told in place of all who hold it: also a
  substitute, who holds another seat. Where the roster has a hole, or there is none, all who hold it are told.
- An urgent rung of a time that has passed is told to all: to those on duty and to everybody who holds the seat.
- The roster decides who is rung. Who may act, and who owes, it does not touch.
"""

from __future__ import annotations

from datetime import datetime

from fengsui.cases import selectors as cases
from fengsui.cases.selectors import News
from fengsui.directory import selectors as directory
from fengsui.directory.selectors import PersonRef, SeatHeld


class Recipients:
    """Answers for one round of the follower: many pieces of news ask for the same seats at the same moment."""

    def __init__(self, root: str, at: datetime) -> None:
        self.root, self.at = root, at
        self._held: dict[tuple[str, str], tuple[SeatHeld, ...]] = {}
        self._on_duty: dict[str, tuple[SeatHeld, ...]] = {}

    def of(self, news: News) -> tuple[PersonRef, ...]:
        """Return who is told; not the one who did it himself."""
        found: dict[str, PersonRef] = {}
        for party in news.parties:
            for organisation in party.get("homes") or (news.organisation,):
                rung = self._rung(organisation, party["body"], everybody=news.urgent and news.late)
                found |= {one.person.id: one.person for one in rung if cases.is_for(one.seat, party)}
        found.pop(news.by, None)
        return tuple(found.values())

    def _rung(self, organisation: str, body: str, *, everybody: bool) -> tuple[SeatHeld, ...]:
        """Return who is rung for a body: who is on duty, and who holds a seat that nobody is on duty for."""
        watch = tuple(one for one in self._duty(organisation) if one.seat.body == body)
        watched = set() if everybody else {one.seat.text for one in watch}
        held = self._holders(organisation, body)
        return (*watch, *(one for one in held if one.seat.text not in watched))

    def _holders(self, organisation: str, body: str) -> tuple[SeatHeld, ...]:
        key = (organisation, body)
        if key not in self._held:
            self._held[key] = directory.holders(self.root, organisation, {body}, self.at)
        return self._held[key]

    def _duty(self, organisation: str) -> tuple[SeatHeld, ...]:
        if organisation not in self._on_duty:
            self._on_duty[organisation] = directory.on_duty(self.root, organisation, self.at)
        return self._on_duty[organisation]
