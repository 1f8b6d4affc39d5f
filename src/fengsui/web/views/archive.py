"""The archive of closed cases and the audit of every record, with their lists as files.

Rules
* Every filter stands in the address; a day is one of the organisation's zone, the last day included.
* Their files are those of `files`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fengsui.cases import selectors as cases
from fengsui.cases.trail_pages import TrailRow
from fengsui.core.timing import YEARS
from fengsui.web.views import files
from fengsui.web.views.frame import at, lang, missing, person, show, signed_in

RECORDS = ("person", "clause", "number", "unit", "kind", "since", "until")
CASES = ("q", "unit", "kind", "level", "since", "until")


@require_GET
@signed_in
def audit(request: HttpRequest) -> HttpResponse:
    """Find records."""
    chosen = _chosen(request, RECORDS)
    page = cases.audit(person(request).id, _asked(chosen), request.GET.get("after", ""), at(request), lang=lang())
    if page is None:
        raise missing()
    return show(request, "records/audit.html", _context(request, chosen, page, "audit"))


@require_GET
@signed_in
def archive(request: HttpRequest) -> HttpResponse:
    """Find archived cases."""
    chosen = _chosen(request, CASES)
    page = cases.archive(person(request).id, _asked(chosen), request.GET.get("after", ""), at(request), lang=lang())
    if page is None:
        raise missing()
    return show(request, "records/archive.html", _context(request, chosen, page, "archive"))


def _context(request: HttpRequest, chosen: dict[str, str], page: Any, name: str) -> dict[str, Any]:
    more = f"?{urlencode({**chosen, 'after': page.after})}" if page.after else ""
    after = request.GET.get("after", "")
    return {"at_page": "archive", "tab": name, "page": page, "chosen": chosen, "more": more, "after": after}


def _chosen(request: HttpRequest, names: Sequence[str]) -> dict[str, str]:
    return {name: request.GET[name].strip() for name in names if request.GET.get(name, "").strip()}


def _asked(chosen: dict[str, str]) -> dict[str, object]:
    """The filters as the selectors take them; a day that cannot be read asks nothing."""
    found: dict[str, object] = {name: value for name, value in chosen.items() if name not in ("since", "until")}
    for name, days in (("since", 0), ("until", 1)):
        try:
            day = date.fromisoformat(chosen.get(name, "")) + timedelta(days=days)
            if day.year not in YEARS:
                raise ValueError(day)
            found[name] = datetime.combine(day, time(), get_current_timezone())
        except (ValueError, OverflowError):
            chosen.pop(name, None)
    return found


@require_GET
@signed_in
def audit_file(request: HttpRequest) -> HttpResponse:
    """The records found, as a file."""
    who, asked = person(request).id, _asked(_chosen(request, RECORDS))
    if cases.audit(who, asked, "", at(request), limit=1) is None:
        raise missing()
    rows = cases.every_record(who, asked, at(request), files.MOST + 1, lang=lang())
    head = [_("编号"), _("序"), _("单位"), _("记录时刻"), _("发生时刻"), _("种类"), _("事项"), _("席位"), _("人员")]
    head += [_("登记人"), _("条款"), _("短码"), _("演练")]
    return files.file(request, "audit", head, (_record(row) for row in rows))


def _record(row: TrailRow) -> list[str]:
    times = [files.local(row.recorded_at), files.local(row.at)]
    said = [row.type, row.label, row.who, row.person, row.registered_by]
    cited = " ".join(cite.short for cite in row.cites)
    return [row.number, str(row.seq), row.unit, *times, *said, cited, row.code, _("是") if row.exercise else ""]


@require_GET
@signed_in
def archive_file(request: HttpRequest) -> HttpResponse:
    """The archived cases found, as a file."""
    who, asked = person(request).id, _asked(_chosen(request, CASES))
    page = cases.archive(who, asked, "", at(request), limit=files.MOST + 1, lang=lang())
    if page is None:
        raise missing()
    head = [_("编号"), _("事件"), _("种类"), _("级别"), _("单位"), _("报告"), _("演练")]
    rows = (
        [
            row.number,
            row.title,
            row.kind_label,
            row.level.label if row.level else "",
            row.unit,
            files.local(row.opened_at),
            _("是") if row.mode == "exercise" else "",
        ]
        for row in page.rows
    )
    return files.file(request, "archive", head, rows)
