"""What the log of a case says of each obligation's life, and the notices that people got: the two sides to be compared.

The log is replayed event by event through the engine; no row that a worker reads or writes is asked. Who sits where is
asked of the directory.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from fengsui.cases import models
from fengsui.cases.selectors import is_for, log
from fengsui.core import obligations
from fengsui.core.book import Book
from fengsui.core.canon import moment
from fengsui.core.case import SYSTEM, Case, Party
from fengsui.core.conditions import parse_party, placed
from fengsui.core.obligations import Obligation
from fengsui.directory import selectors as directory
from fengsui.notifications.models import Message
from tests.faults.reckoning import Life, Span, Told, Want

ABOUT = re.compile(r"(born|due|watch|rung:[a-z0-9_]+(?::\d+)?):(?:(\d{4}-\d\d-\d\dT[\d:]+Z):)?(.+)")
"""What a notice says it is about: a reminder, the time that it is about, the obligation."""


class Record:
    """Everything that the logs say of some cases."""

    def __init__(self, began: datetime) -> None:
        self.lives: list[Life] = []
        self._cases: dict[str, tuple[models.Case, Book, Case]] = {}
        self._owed: dict[tuple[str, str], Obligation] = {}
        for row in models.Case.objects.filter(opened_at__gte=began):
            self._cases[row.number] = row, log.book_of(row), log.fold(row.root, row.pk)
            self.lives += self._lives(row.number)

    def _lives(self, number: str) -> Iterator[Life]:
        _, book, case = self._cases[number]
        spans: dict[str, list[Span]] = {}
        born: dict[str, bool] = {}
        for event in case.events:
            if event.seq < case.seq and case.event(event.seq + 1).recorded_at == event.recorded_at:
                continue  # what stood for no time at all
            for one in obligations.owed(book, case.as_of(event.seq), event.recorded_at):
                self._owed[number, one.key] = one
                began = case.event(one.trigger).recorded_at == event.recorded_at
                born.setdefault(one.key, one.live and began)
                spans.setdefault(one.key, []).append(_span(one, event.recorded_at))
        for key, those in spans.items():
            yield Life.of(number, key, those, told_born=born[key])

    def told(self) -> Iterator[Told]:
        """Yield the notices about obligations of these cases, one for each person."""
        rows = Message.objects.filter(number__in=self._cases, channel="inapp")
        for number, about, person, at in rows.values_list("number", "about", "person", "created_at"):
            if found := ABOUT.fullmatch(about):
                yield Told(number, found[3], found[1], moment(found[2]) if found[2] else None, person, at)

    def audience(self, life: Life, want: Want, at: datetime) -> Collection[str]:
        """Return who is to be told of a reminder: who sits at `at` where it is for, who is on duty before others."""
        row, book, case = self._cases[life.case]
        owed = self._owed[life.case, life.key]
        parties = owed.by if want.name == "born" else tuple(_parties(owed, want.to, book))
        everybody = want.urgent and want.late
        found = {
            person
            for party in (placed(party, case, book.pack) for party in parties)
            for person in _sitting(row, party, at, everybody=everybody)
        }
        if want.name == "born" and case.event(owed.trigger).person != SYSTEM.person:
            found.discard(case.event(owed.trigger).person)
        return found


def _span(one: Obligation, at: datetime) -> Span:
    aim = {"hard": one.due, "soft": one.watch_at}.get(one.kind)
    rung = one.live and (one.state != "undecided" or bool(one.by))
    decided = one.state != "undecided"
    return Span(at, rung, decided, one.kind == "hard", one.start or one.opened, aim if rung else None)


def _parties(owed: Obligation, to: Iterable[str], book: Book) -> Iterator[Party]:
    for word in to:
        if word == "holders":
            yield from owed.by
        elif word == "recipients":
            yield from (one.party for one in owed.to)
        elif word.startswith("above"):
            for holder in owed.by:
                yield from _above(holder.body, int(word.partition(" ")[2] or 1), book)
        else:
            yield parse_party(word)


def _above(body: str, steps: int, book: Book) -> Iterator[Party]:
    for _ in range(steps):
        body = (book.pack.bodies[body].under or "") if body in book.pack.bodies else ""
    if body:
        yield parse_party(body)


def _sitting(row: models.Case, party: Party, at: datetime, *, everybody: bool) -> Iterator[str]:
    if party.unset:
        return
    for organisation in party.homes or (row.organisation,):
        held = [one for one in directory.holders(row.root, organisation, {party.body}, at) if is_for(one.seat, party)]
        watch = [one for one in directory.on_duty(row.root, organisation, at) if is_for(one.seat, party)]
        watched = set() if everybody else {one.seat.text for one in watch}
        yield from (one.person.id for one in watch)
        yield from (one.person.id for one in held if one.seat.text not in watched)
