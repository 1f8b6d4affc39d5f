"""Who is told of a piece of news: the persons who hold, at this moment, a seat that it is for."""

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

    def of(self, news: News) -> tuple[PersonRef, ...]:
        """Return who is told; not the one who did it himself."""
        found: dict[str, PersonRef] = {}
        for party in news.parties:
            for organisation in party.get("homes") or (news.organisation,):
                held = self._holders(organisation, party["body"])
                found |= {one.person.id: one.person for one in held if cases.is_for(one.seat, party)}
        found.pop(news.by, None)
        return tuple(found.values())

    def _holders(self, organisation: str, body: str) -> tuple[SeatHeld, ...]:
        key = (organisation, body)
        if key not in self._held:
            self._held[key] = directory.holders(self.root, organisation, {body}, self.at)
        return self._held[key]
