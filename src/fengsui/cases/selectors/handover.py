"""The one page that a shift reads when it takes over a case: nothing but what it must know for the next hours.

Rules
- It is cut out of the case page of the same moment: the two can never differ.
- What falls due within `AHEAD` and what is overdue stand open; the rest is counted and named.
- What was said last is what people said, not what the system noted.
- A hand-over is acknowledged by an event that names it, of another person than the one who handed over.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from fengsui.cases.pages import ActLink, CasePage, CaseRef, EventRow, Participant
from fengsui.cases.selectors.case_page import addressed, asked, case_page, lines
from fengsui.cases.selectors.forms import act_form
from fengsui.cases.selectors.sight import Sight, sight
from fengsui.cases.selectors.timeline import event_rows, files_beside, free
from fengsui.cases.shift_pages import HandedOver, HandoverPage, UnknownRow
from fengsui.core.case import SYSTEM, Case, Event
from fengsui.core.obligations import Obligation
from fengsui.core.problems import Lang

AHEAD = timedelta(hours=12)
FIRST = 24
"""So many of what falls due soon (all that is overdue besides) and of the rest stand on the page."""
SAID = 8
"""How many of the last things said stand on the page."""


def handover_page(person: str, ref: CaseRef, at: datetime, *, lang: Lang = "zh") -> HandoverPage:
    """Return the page. `ref` came from `case_for`, which decided that the person may open the case."""
    page, seen = case_page(person, ref, at, lang=lang, then=False), sight(person, ref, at, lang)
    until = at + AHEAD
    keep, due, later = _parts(asked(seen), until)
    first = [one for place, one in enumerate(due) if place < FIRST or one.state == "overdue"]
    return HandoverPage(
        ref=page.ref,
        title=page.title,
        mode=page.mode,
        phase=page.phase,
        owner=page.owner,
        stage=next((stage.label for stage in page.stages if stage.state == "now"), ""),
        level=page.level or page.colour,
        proposed=page.proposed,
        response=page.response,
        opened_at=page.opened_at,
        until=until,
        head=page.check.head,
        running=tuple(task for task in page.tasks if task.state == "ready"),
        lasting=lines(seen, keep),
        due=lines(seen, first),
        due_all=len(due),
        later=lines(seen, later[:FIRST]),
        later_all=len(later),
        waits=page.waits,
        said=_said(seen),
        unknown=tuple(_unknown(page, lang)),
        people=tuple(_reachable(page.participants)),
        handed=_handed(seen),
        form=act_form(person, ref, "hand_over", at, part={}, lang=lang) if page.phase != "closed" else None,
    )


def _parts(owed: Iterable[Obligation], until: datetime) -> tuple[list[Obligation], list[Obligation], list[Obligation]]:
    """Return what is kept up, what falls due soon or is asked for without a number, and the rest."""
    parts: tuple[list[Obligation], list[Obligation], list[Obligation]] = ([], [], [])
    for one in owed:
        soon = _soon(one.due, one.watch_at, until) or one.kind == "soft"
        parts[0 if one.kind == "keep" else 1 if soon else 2].append(one)
    return parts


def _soon(due: datetime | None, watch: datetime | None, until: datetime) -> bool:
    moment = due or watch
    return moment is not None and moment <= until


def _said(seen: Sight) -> tuple[EventRow, ...]:
    """Return what people said last, the newest first."""
    said = [e for e in seen.case.events if e.person != SYSTEM.person and e.type not in ("acknowledged", "handed_over")]
    files = files_beside(seen.row.root, seen.row.pk)
    return event_rows(seen.case, said[-SAID:], seen.words, seen.texts, seen.owed, files)


def _unknown(page: CasePage, lang: Lang) -> Iterable[UnknownRow]:
    if page.grade is not None and page.grade.question is not None:
        asked = page.grade.question
        yield UnknownRow("question", asked.label, "；".join(f"{answer}：{level}" for answer, level in asked.outcomes))
    for row in page.facts:
        if row.state == "unknown":
            yield UnknownRow("unknown", row.label, row.source)
        if row.state == "unverified":
            yield UnknownRow("unverified", row.label, f"{row.shown} {row.source}".strip())
    for reading in page.readings:
        yield UnknownRow("reading", reading.label, reading.effect)


def _reachable(rows: Iterable[Participant]) -> list[Participant]:
    """Return the bodies of the case, those that spoke or acknowledged last first."""

    def heard(row: Participant) -> float:
        return max((at.timestamp() for at in (row.last_at, row.acknowledged_at) if at), default=0.0)

    return sorted(rows, key=heard, reverse=True)


def _handed(seen: Sight) -> HandedOver | None:
    """Return the last hand-over of a case, and whether somebody has taken it."""
    case, words = seen.case, seen.words
    event = next((one for one in reversed(case.events) if one.type == "handed_over"), None)
    if event is None:
        return None
    taken = _taken(case, event)
    link = ActLink("acknowledge", words.say("接班签收", "take over"), {"target": str(event.seq)})
    return HandedOver(
        who=words.spoke(event.content, event.seats),
        to=words.join(words.body(text) for text in addressed(event.content)),
        note=free(event.content.get("note", ""), seen.texts),
        at=event.at,
        seq=event.seq,
        acknowledged_by=words.spoke(taken.content, taken.seats) if taken else "",
        acknowledged_at=taken.at if taken else None,
        acknowledge=link if taken is None and event.person != seen.who.person.id else None,
    )


def _taken(case: Case, handed: Event) -> Event | None:
    named = str(handed.seq)
    return next((one for one in case.events if one.type == "acknowledged" and one.content.get("target") == named), None)
