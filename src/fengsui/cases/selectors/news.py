"""What followers tell people about an event or a reminder: to which parties, in which words.

Rules
- A new obligation is told to those who owe it, and so is an urging; a report to those it is addressed to; an open
  link to those whose turn it is; a due time passed to those who owed it, those they owed it to, and the next body up.
- A reminder (a rung) is told to those who still owe it; nothing is told of an obligation that is over.
- The person who did something is not told of it himself, except that a clock of his own has run down.
- Words are Chinese: they go into mail boxes of the organisation. They name posts and numbers, not persons,
  and not the title: what is written freely must stay where it can be erased.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fengsui.cases import models
from fengsui.cases.selectors import log
from fengsui.cases.selectors.owed import as_of, limit_label, party_data
from fengsui.cases.selectors.words import Words, event_label
from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.case import SYSTEM, Case, Event, Party
from fengsui.core.conditions import parse_party, placed
from fengsui.core.obligations import LIVE
from fengsui.core.timing import show_due

RUNGS = {"half": "时限过半", "soon": "时限将到"}


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell. `about` is unique within the case, so that nobody is told twice; `by` did it himself."""

    case: str
    number: str
    organisation: str
    about: str
    parties: tuple[Mapping[str, str], ...]
    subject: str
    text: str
    exercise: bool
    urgent: bool = False
    by: str = ""


def news(root: str, case: str, seq: int, obligation: str, rung: str, at: datetime) -> tuple[News, ...]:
    """Return what there is to tell about event `seq`, or about a reminder of an obligation."""
    row = models.Case.objects.get(root=root, pk=case)
    book = log.book_of(row)
    words = Words(book.pack, root, row.organisation)
    if not seq:
        return tuple(_reminder(row, words, obligation, rung, at))
    whole = log.fold(root, case)
    return tuple(_of_event(row, book, whole.as_of(seq), whole.event(seq), words, at))


def _of_event(row: models.Case, book: Book, case: Case, event: Event, words: Words, at: datetime) -> Iterator[News]:
    by = "" if event.person == SYSTEM.person else event.person
    for owed in models.Obligation.objects.filter(root=row.root, case=row, live=True):
        if owed.data["trigger"] == event.seq and as_of(owed, at) in LIVE:
            yield _news(row, f"born:{owed.key}", owed.data["by"], _born(owed, words), words, by=by)
    if event.type == "reported":
        parties = [party_data(placed(parse_party(str(text)), case, book.pack)) for text in _list(event, "to")]
        yield _news(row, f"reported:{event.seq}", parties, _said(event, "向本单位报告", words), words, by=by)
    if event.type == "linked" and not event.content.get("last"):
        yield from _turn(row, book, case, event, words, by, at)
    if event.type == "urged":
        yield _news(
            row,
            f"urged:{event.seq}",
            _urged(row, book, case, event, at),
            _urging(event, words),
            words,
            urgent=True,
            by=by,
        )
    if event.type in ("due_passed", "watch_passed"):
        yield from _passed(row, book, case, event, words)
    if event.type in ("returned", "voided", "threshold_crossed"):
        yield _news(row, f"{event.type}:{event.seq}", _seats_of(case), event_label(event, book.pack), words, by=by)


def _born(owed: models.Obligation, words: Words) -> str:
    return f"应办：{owed.owes}（{_due(owed, words)}）"


def _due(owed: models.Obligation, words: Words) -> str:
    if owed.due is None or owed.data["kind"] == "soft":
        return limit_label(owed, words)
    return f"{show_due(owed.due, _zone(words))} 前"


def _zone(words: Words) -> ZoneInfo:
    return words.pack.zone


def _said(event: Event, what: str, words: Words) -> str:
    return f"{words.join(words.body(seat) for seat in event.seats)}{what}"


def _urging(event: Event, words: Words) -> str:
    return f"催办：{words.join(words.body(seat) for seat in event.seats)}在等你办理"


def _urged(row: models.Case, book: Book, case: Case, event: Event, at: datetime) -> list[Mapping[str, str]]:
    """Return who is urged: those who owe the obligation named, or those whose turn it is in the chain named."""
    if event.content.get("target"):
        return _whose_turn(book, case, str(event.content["target"]), at)
    key = str(event.content.get("obligation", ""))
    owed = models.Obligation.objects.filter(root=row.root, case=row, key=key, live=True).first()
    return list(owed.data["by"]) if owed else []


def _whose_turn(book: Book, case: Case, chain: str, at: datetime) -> list[Mapping[str, str]]:
    lines = engine.what_next(book, case, max(at, case.events[-1].recorded_at))
    return [party_data(party) for line in lines if line.chain == chain for party in line.who]


def _turn(
    row: models.Case, book: Book, case: Case, event: Event, words: Words, by: str, at: datetime
) -> Iterator[News]:
    parties = _whose_turn(book, case, str(event.content["chain"]), at)
    label = f"待办理：{event_label(event, book.pack).partition('：')[0]}"
    yield _news(row, f"turn:{event.seq}", parties, label, words, urgent=True, by=by)


def _passed(row: models.Case, book: Book, case: Case, event: Event, words: Words) -> Iterator[News]:
    key = str(event.content["obligation"])
    owed = models.Obligation.objects.filter(root=row.root, case=row, key=key, live=True).first()
    if owed is None:
        return
    hard = event.type == "due_passed"
    holders = list(owed.data["by"])
    text = f"{'已逾期' if hard else '已过自定提醒时间'}：{owed.owes}（{words.parties(holders)}，{_due(owed, words)}）"
    above = [party_data(placed(p, case, book.pack)) for p in _above(book, holders)]
    parties = holders + ([*owed.data["to"], *above] if hard else [])
    yield _news(row, f"{event.type}:{event.seq}", parties, text, words, urgent=hard)


def _above(book: Book, holders: Iterable[Mapping[str, str]]) -> Iterator[Party]:
    for holder in holders:
        body = book.pack.bodies.get(holder["body"])
        if body is not None and body.under:
            yield parse_party(body.under)


def _reminder(row: models.Case, words: Words, key: str, rung: str, at: datetime) -> Iterator[News]:
    owed = models.Obligation.objects.filter(root=row.root, case=row, key=key, live=True).first()
    if owed is None or as_of(owed, at) not in LIVE:
        return
    text = f"{RUNGS.get(rung, '提醒')}：{owed.owes}（{_due(owed, words)}）"
    yield _news(row, f"rung:{key}:{rung}", owed.data["by"], text, words, urgent=rung == "soon")


def _news(
    row: models.Case,
    about: str,
    parties: Iterable[Mapping[str, str]],
    what: str,
    words: Words,
    *,
    urgent: bool = False,
    by: str = "",
) -> News:
    text = f"{row.number} {what}\n依据：{words.title} {words.pack.version}"
    return News(
        case=row.pk,
        number=row.number,
        organisation=row.organisation,
        about=about[:220],
        parties=tuple(party for party in parties if not party["unset"]),
        subject=f"{row.number} {what}"[:300],
        text=text,
        exercise=row.mode == "exercise",
        urgent=urgent,
        by=by,
    )


def _seats_of(case: Case) -> list[Mapping[str, str]]:
    if case.owner is None:
        return []
    return [party_data(parse_party(case.owner))]


def _list(event: Event, key: str) -> list[Any]:
    value = event.content.get(key)
    return list(value) if isinstance(value, list | tuple) else []
