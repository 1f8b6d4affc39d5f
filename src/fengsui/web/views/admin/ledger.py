"""The ledger of administrative changes: searched by person, kind, words and time; the whole chain checked on demand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fengsui.cases import selectors as cases
from fengsui.core.canon import natural
from fengsui.directory import selectors as directory
from fengsui.ledger import selectors as ledger
from fengsui.ledger.service import ADMINISTRATION
from fengsui.web.views.admin import ledger_words as words
from fengsui.web.views.admin.desk import administers, page
from fengsui.web.views.frame import at, person

PAGE = 50


@require_GET
@administers("ledger")
def entries(request: HttpRequest) -> HttpResponse:
    """Entries, the newest first, by what the address asks for."""
    root, zone = person(request).root, ZoneInfo(person(request).zone)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "type", "since", "until")}
    before = request.GET.get("before", "")
    found = ledger.search(
        root,
        ADMINISTRATION,
        type=asked["type"],
        words=asked["q"],
        ids=directory.named_like(root, asked["q"]) if asked["q"] else (),
        since=_day(asked["since"], zone),
        until=_day(asked["until"], zone, timedelta(days=1)),
        before=natural(before),
        limit=PAGE + 1,
    )
    rows = found[:PAGE]
    ids = _ids(rows)
    names = {**directory.things_of(root, ids), **directory.names_of(root, ids), **_numbers(request, rows)}
    kinds = [(type, words.types().get(type, type)) for type in ledger.types(root, ADMINISTRATION)]
    kept = {name: str(value) for name, value in asked.items() if value}
    more = urlencode({**kept, "before": str(rows[-1].seq)}) if len(found) > PAGE else ""
    return page(
        request,
        "ledger",
        {
            "rows": [_row(row, names, zone) for row in rows],
            "asked": asked,
            "kinds": kinds,
            "more": more,
            "check": ledger.verify(root, ADMINISTRATION) if request.GET.get("check") == "1" else None,
        },
    )


def _day(text: str, zone: ZoneInfo, plus: timedelta = timedelta(0)) -> datetime | None:
    try:
        return (datetime.combine(date.fromisoformat(text), time(), zone) + plus).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        return None


def _ids(rows: tuple[ledger.EntryRow, ...]) -> set[str]:
    told = {one for row in rows for value in row.content.values() for one in _texts(value)}
    return told | {row.actor for row in rows}


def _numbers(request: HttpRequest, rows: tuple[ledger.EntryRow, ...]) -> dict[str, str]:
    """The numbers of the cases spoken of that the reader may see."""
    who, ids = person(request).id, {str(row.content["case"]) for row in rows if "case" in row.content}
    found = (cases.case_for(who, id, at(request)) for id in ids)
    return {one.id: one.number for one in found if one is not None}


def _texts(value: object) -> list[str]:
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else [str(value)]


def _row(row: ledger.EntryRow, names: dict[str, str], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "type": words.types().get(row.type, row.type),
        "actor": names.get(row.actor) or _("装机时"),
        "at": row.at,
        "digest": row.digest,
        "told": words.told(row.content, names, zone),
    }
