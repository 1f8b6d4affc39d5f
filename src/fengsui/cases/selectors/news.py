"""What followers tell people about an event or a reminder: to which parties, in which words.

Rules
- A new obligation is told to those who owe it, and so is an urging; a report to those it is addressed to; an open
  link to those whose turn it is; a due time passed to those whom the ladder names at the due time.
- A reminder is told to those its rung of the ladder names, while they still owe it; nothing is told of an obligation
  that is over, or of a rung that has moved away with its due time. What comes late says so (补提醒).
- The event of a due time and the rung at the due time are one thing to tell: who follows first tells it.
- The person who did something is not told of it himself, except that a clock of his own has run down.
- Words are Chinese: they go into mail boxes of the organisation. They name posts and numbers, not persons,
  and not the title: what is written freely must stay where it can be erased.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fengsui.cases import models
from fengsui.cases.ladder import Ring, Rung
from fengsui.cases.selectors import log
from fengsui.cases.selectors.ladders import Stand, ladders_of, stand
from fengsui.cases.selectors.lateness import ABOUT, announcement
from fengsui.cases.selectors.owed import as_of, limit_label, party_data
from fengsui.cases.selectors.words import Words, event_label
from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.canon import stamp
from fengsui.core.case import SYSTEM, Case, Event, Party
from fengsui.core.conditions import parse_party, placed
from fengsui.core.obligations import LIVE
from fengsui.core.timing import show_due, show_duration, show_instant

LATE = timedelta(minutes=2)
"""A reminder that comes so much after its moment is marked."""
HALF = 50


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell. `about` is unique within the case, so that nobody is told twice; `by` did it himself.

    `late`: the rung of a time that has passed already; an urgent one is told to everybody, on duty or not.
    """

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
    late: bool = False


def news(root: str, case: str, seq: int, obligation: str, rung: str, at: datetime) -> tuple[News, ...]:
    """Return what there is to tell about event `seq`, or about a reminder of an obligation."""
    row = models.Case.objects.get(root=root, pk=case)
    book = log.book_of(row)
    words = Words(book.pack, root, row.organisation)
    if not seq:
        return tuple(_reminder(row, book, words, obligation, rung, at))
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
        yield from _passed(row, book, event, words, at)
    if event.type in ("returned", "voided", "threshold_crossed"):
        yield _news(row, f"{event.type}:{event.seq}", _seats_of(case), event_label(event, book.pack), words, by=by)


def _born(owed: models.Obligation, words: Words) -> str:
    return f"应办：{owed.owes}（{_due(owed, words)}）"


def _due(owed: models.Obligation, words: Words) -> str:
    if owed.due is None or owed.data["kind"] == "soft":
        return limit_label(owed, words)
    return f"{'原则上 ' if owed.data['in_principle'] else ''}{show_due(owed.due, _zone(words))} 前"


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


def _passed(row: models.Case, book: Book, event: Event, words: Words, at: datetime) -> Iterator[News]:
    """Tell that a due time or watch time passed, unless the time has moved since."""
    owed = _owed(row, str(event.content["obligation"]))
    place = stand(owed, ladders_of(row.root, row.organisation)) if owed else None
    if owed is not None and place is not None and stamp(place.aim) == event.content["due"]:
        rung = place.ladder.at_due or Rung("due", None, timedelta(), ("holders",))
        yield _rung(row, book, words, owed, place, Ring(rung.name, place.aim, rung), at)


def _reminder(row: models.Case, book: Book, words: Words, key: str, rung: str, at: datetime) -> Iterator[News]:
    owed = _owed(row, key)
    place = stand(owed, ladders_of(row.root, row.organisation)) if owed else None
    ring = place.ring(rung) if place else None
    if owed is not None and place is not None and ring is not None and ring.at <= at:
        yield _rung(row, book, words, owed, place, ring, at)


def _owed(row: models.Case, key: str) -> models.Obligation | None:
    return models.Obligation.objects.filter(root=row.root, case=row, key=key, live=True).first()


def _rung(
    row: models.Case, book: Book, words: Words, owed: models.Obligation, place: Stand, ring: Ring, at: datetime
) -> News:
    """Return the news of a ring: its audience, and words that say how the time stands.

    A hard deadline that has come or passed is urgent, whatever the ladder says: it waits for no gathering and no quiet
    hours.
    """
    soft = owed.data["kind"] == "soft"
    said = f"{_time_says(place, ring, soft)}：{owed.owes}（{words.parties(owed.data['by'])}，{_due(owed, words)}）"
    if at - ring.at > LATE:
        said += f"（补提醒，应于 {show_instant(ring.at, _zone(words))}）"
    what = ("watch" if soft else "due") if ring.rung.at_due else f"rung:{ring.name}"
    return _news(
        row,
        announcement(owed.key, place.aim, what),
        list(_audience(row, book, owed, ring.rung)),
        said,
        words,
        urgent=ring.rung.urgent or not (soft or ring.rung.before),
        late=ring.at > place.aim,
    )


def _time_says(place: Stand, ring: Ring, soft: bool) -> str:
    """Return how the time stands: 时限过半, 时限将到, 已逾期; of a soft word the owner's own time, never a deadline."""
    passed = "已过自定提醒时间" if soft else "已逾期"
    if ring.rung.at_due:
        return passed
    if not ring.rung.before:
        return f"{passed} {show_duration(ring.at - place.aim)}"
    if ring.rung.share == HALF:
        return "自定提醒时间过半" if soft else "时限过半"
    left = show_duration(place.aim - ring.at)
    return f"{'距自定提醒时间' if soft else '时限将到，还有'} {left}"


def _audience(row: models.Case, book: Book, owed: models.Obligation, rung: Rung) -> Iterator[Mapping[str, str]]:
    """Yield the parties a rung names: those who owe it, to whom, the n-th body above, a body of the plan."""
    holders = list(owed.data["by"])
    others = [one for one in rung.to if one not in ("holders", "recipients")]
    if "holders" in rung.to:
        yield from holders
    if "recipients" in rung.to:
        yield from owed.data["to"]
    if others:
        case = log.fold(row.root, row.pk)
        for one in others:
            word, _, steps = one.partition(" ")
            named = _above(book, holders, int(steps or 1)) if word == "above" else _body(book, one)
            yield from (party_data(placed(party, case, book.pack)) for party in named)


def _above(book: Book, holders: Iterable[Mapping[str, str]], steps: int) -> Iterator[Party]:
    for holder in holders:
        upper = holder["body"]
        for _ in range(steps):
            body = book.pack.bodies.get(parse_party(upper).body) if upper else None
            upper = (body.under or "") if body is not None else ""
        if upper:
            yield parse_party(upper)


def _body(book: Book, name: str) -> Iterator[Party]:
    if name in book.pack.bodies:
        yield parse_party(name)


def _news(
    row: models.Case,
    about: str,
    parties: Iterable[Mapping[str, str]],
    what: str,
    words: Words,
    *,
    urgent: bool = False,
    by: str = "",
    late: bool = False,
) -> News:
    text = f"{row.number} {what}\n依据：{words.title} {words.pack.version}"
    return News(
        case=row.pk,
        number=row.number,
        organisation=row.organisation,
        about=about[:ABOUT],
        parties=tuple(party for party in parties if not party["unset"]),
        subject=f"{row.number} {what}"[:300],
        text=text,
        exercise=row.mode == "exercise",
        urgent=urgent,
        by=by,
        late=late,
    )


def _seats_of(case: Case) -> list[Mapping[str, str]]:
    if case.owner is None:
        return []
    return [party_data(parse_party(case.owner))]


def _list(event: Event, key: str) -> list[Any]:
    value = event.content.get(key)
    return list(value) if isinstance(value, list | tuple) else []
