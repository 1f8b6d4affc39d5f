"""What time and the outside world do to a case: events whose actor is the system (language 4.7).

Rules
- `tick` says what became true by waiting, once each: a new year of a standing plan, a due time passed, a watch time
  passed, a grading threshold crossed, a chain that no longer holds. Each carries the moment it became true.
- A plan adopted in mid-year owes its yearly duties from the first full calendar year on, unless `$first_year: yes`.
- `recalendar` moves a case to a calendar that knows more years: due times that were estimated become exact, nothing
  else may differ, and no act of a person is needed.
- `recognise` tells a case that it belongs to a group of like cases.
- `happen` writes down an event of the outside world (a matter) or of the system.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from fengsui.core.book import Book, Unset
from fengsui.core.canon import stamp
from fengsui.core.case import SYSTEM_EVENTS, Case, Event
from fengsui.core.engine.ask import second
from fengsui.core.engine.drafts import Draft, append, kept
from fengsui.core.engine.granted import voids
from fengsui.core.engine.refusals import bad_act, refuse
from fengsui.core.grading import grade
from fengsui.core.obligations import owed
from fengsui.core.patterns import Group


def tick(book: Book, case: Case, at: datetime) -> tuple[Event, ...]:
    """Return the events that are due by the passing of time alone. Raises Refused (`bad_time`) for an earlier time."""
    at = second(at)
    if at < case.events[-1].recorded_at:
        raise refuse("bad_time", why="早于最后一条记录", why_en="it is earlier than the last event")
    if case.phase == "closed":
        return ()
    drafts = [*_years(book, case, at), *_crossed(book, case, at)]
    events, after = append(book, case, case.id, drafts, at, at)
    assert after is not None
    passed, after = append(book, after, case.id, [*_passed(book, after, at), *voids(book, after, at)], at, at)
    return (*events, *passed)


def _draft(type_: str, at: datetime, **content: object) -> Draft:
    return Draft(type_, "system", (), kept(**content), at=at)


def _years(book: Book, case: Case, at: datetime) -> Iterator[Draft]:
    """Yield the beginnings of calendar years since the plan was adopted."""
    adopted = next((e.at for e in case.events if e.type == "adopted"), None)
    if case.kind != "standing" or adopted is None:
        return
    zone = book.pack.zone
    told = {str(e.content.get("year")) for e in case.events if e.type == "year"}
    if not isinstance(_text(book, case, "first_year"), Unset) and _text(book, case, "first_year") == "yes":
        first = str(adopted.astimezone(zone).year)
        if first not in told:
            yield _draft("year", adopted, year=first)
    for year in range(adopted.astimezone(zone).year + 1, at.astimezone(zone).year + 1):
        begins = datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)
        if begins <= at and str(year) not in told:
            yield _draft("year", begins, year=str(year))


def _text(book: Book, case: Case, name: str) -> str | Unset:
    return book.text_of(name, case)


def _crossed(book: Book, case: Case, at: datetime) -> Iterator[Draft]:
    """Yield the grading criteria that came to hold since the last event, because a running interval reached them."""
    if case.kind != "incident" or case.phase not in ("open", "active") or not book.pack.level_order:
        return
    told = {(e.content.get("rule"), e.content.get("due")) for e in case.events if e.type == "threshold_crossed"}
    since = case.events[-1].recorded_at
    for crossing in grade(book, case, since).crosses:
        if crossing.at <= at and (crossing.id, stamp(crossing.at)) not in told:
            moment = max(crossing.at, case.opened_at)
            yield _draft("threshold_crossed", moment, rule=crossing.id, level=crossing.level, due=stamp(crossing.at))


def _passed(book: Book, case: Case, at: datetime) -> Iterator[Draft]:
    """Yield the due times and watch times that passed, each once for one obligation and one due time."""
    told = {
        (e.type, e.content.get("obligation"), e.content.get("due"))
        for e in case.events
        if e.type in ("due_passed", "watch_passed")
    }
    for one in owed(book, case, at):
        moment, type_ = (one.due, "due_passed") if one.state == "overdue" else (one.watch_at, "watch_passed")
        if one.state not in ("overdue", "watch_passed") or moment is None:
            continue
        if (type_, one.key, stamp(moment)) in told:
            continue
        when = max(moment, one.opened, case.opened_at)
        yield _draft(type_, min(when, at), obligation=one.key, duty=one.duty, due=stamp(moment))


def recalendar(old: Book, new: Book, case: Case, at: datetime) -> tuple[Event, ...]:
    """Return the event that applies a newly published calendar year, or nothing if it adds none.

    Raises Refused (`bad_act`) where anything but further years differs, or the case is not pinned to the old book.
    """
    at = second(at)
    if old.calendar == new.calendar:
        return ()
    same_days = _days(old, old) == _days(new, old)
    if replace(old, calendar=new.calendar).pin != new.pin or old.pin.digest != case.pin or not same_days:
        raise bad_act("除新年份的工作日历以外还有不同", "something other than further calendar years differs")
    added = sorted(str(year) for year in new.calendar.years - old.calendar.years)
    draft = _draft("calendar_applied", at, **{"from": case.pin, "years": added})
    return append(new, case, case.id, [draft], at, max(at, case.events[-1].recorded_at))[0]


def _days(book: Book, known_to: Book) -> tuple[set[date], set[date]]:
    """Return a book's days off and days worked in the years that another book knows."""
    years = known_to.calendar.years
    return {d for d in book.calendar.off if d.year in years}, {d for d in book.calendar.work if d.year in years}


def recognise(book: Book, case: Case, group: Group, at: datetime) -> tuple[Event, ...]:
    """Return the event by which a case hears that it and others are a group (language 5.4), and what follows of it."""
    at = second(at)
    said = {"pattern": group.pattern, "key": list(group.key), "cases": list(group.cases), "count": str(group.count)}
    recorded = max(at, case.events[-1].recorded_at)
    events, after = append(book, case, case.id, [_draft("pattern", recorded, **said)], recorded, recorded)
    assert after is not None
    void, _ = append(book, after, case.id, voids(book, after, recorded), recorded, recorded)
    return (*events, *void)


def happen(book: Book, case: Case, name: str, at: datetime, note: str | None = None) -> tuple[Event, ...]:
    """Return a bare event of the outside world (a matter of the pack) or of the system. Raises Refused."""
    at = second(at)
    matter = book.pack.resolve_name("matter", name)
    if matter is not None:
        draft = Draft("recorded", "outside", (), kept(matter=matter, note=note), at=at)
    elif name in SYSTEM_EVENTS:
        year = str(at.astimezone(book.pack.zone).year) if name == "year" else None
        draft = Draft(name, "system", (), kept(year=year, note=note), at=at)
    elif name.startswith("pattern ") and name[8:] in book.pack.patterns:
        draft = Draft("pattern", "system", (), kept(pattern=name[8:], note=note), at=at)
    else:
        raise bad_act(f"没有外部记录“{name}”", f"nothing called '{name}' can happen by itself")
    recorded = max(at, case.events[-1].recorded_at)
    if at < case.opened_at:
        raise refuse("bad_time", why="早于立案", why_en="it is earlier than the case")
    events, after = append(book, case, case.id, [draft], at, recorded)
    assert after is not None
    void, _ = append(book, after, case.id, voids(book, after, recorded), recorded, recorded)
    return (*events, *void)
