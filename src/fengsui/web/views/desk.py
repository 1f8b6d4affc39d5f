"""The duty desk: who owes what to whom now, and what to do first.

Rules
* Rows come sorted by the selector; here they are only put under the headings of the clock.
* One button on the screen is filled: the most pressing row that is this person's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fengsui.cases import selectors as cases
from fengsui.cases.pages import DeskPage, ObligationRow
from fengsui.web.views import live
from fengsui.web.views.frame import at, lang, person, show, signed_in


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    title: str
    rows: tuple[ObligationRow, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One obligation on tonight's axis; `x` in percent, `y` in pixels."""

    row: ObligationRow
    x: float
    y: int
    look: str


@require_GET
@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    page = cases.desk(person(request).id, at(request), lang=lang())
    panels = _panels(request, page)
    return show(request, "desk/desk.html", live.context(panels, reverse("desk-panels")) | {"at_page": "desk"})


@require_GET
@signed_in
def desk_panels(request: HttpRequest) -> HttpResponse:
    """What has changed on it."""
    page = cases.desk(person(request).id, at(request), lang=lang())
    return live.answer(request, _panels(request, page), reverse("desk-panels") + _query(request))


def _query(request: HttpRequest) -> str:
    return "?show=mine" if request.GET.get("show") == "mine" else ""


def _panels(request: HttpRequest, page: DeskPage) -> list[live.Panel]:
    now = at(request)
    mine = request.GET.get("show") == "mine"
    rows = tuple(row for row in page.obligations if row.mine) if mine else page.obligations
    first = next((row for row in rows if row.mine and row.act and row.look != "idle"), None)
    groups = grouped(rows, now)
    counts = (page.active, page.mine, page.overdue, first or page.approvals)
    say = live.Panel("p-say", "desk/_say.html", counts, {"page": page, "first": first})
    if not page.reads:
        return [say]
    return [
        say,
        live.Panel("p-tonight", "desk/_tonight.html", [g.title for g in groups] + list(rows), axis(rows, now)),
        live.Panel(
            "p-obligations",
            "desk/_obligations.html",
            (groups, mine),
            {"groups": groups, "first": first, "only": mine, "page": page},
        ),
        live.Panel("p-approvals", "desk/_approvals.html", (page.approvals, page.more_approvals), {"page": page}),
        live.Panel("p-cases", "desk/_cases.html", (page.active, page.cases), {"cases": page.cases, "page": page}),
        live.Panel("p-recent", "desk/_recent.html", page.recent, {"recent": page.recent}),
    ]


def grouped(rows: Sequence[ObligationRow], now: datetime) -> tuple[Group, ...]:
    """The rows under: overdue, within the hour, at once, today, three days, later, lasting, not yet begun."""
    titles = [
        _("已逾期"),
        _("一小时内"),
        _("立即、及时"),
        _("今日"),
        _("三日内"),
        _("三日以后"),
        _("时限待定"),
        _("持续"),
        _("待起算"),
    ]
    groups: list[list[ObligationRow]] = [[] for _title in titles]
    for row in rows:
        groups[_group(row, now)].append(row)
    named = enumerate(zip(titles, groups, strict=True))
    return tuple(Group(title, tuple(found), n >= LASTING) for n, (title, found) in named if found)


LASTING = 7
"""From this heading on rows are folded: nothing is to be done about them now."""


def _group(row: ObligationRow, now: datetime) -> int:
    if row.look == "late":
        return 0
    if row.look == "idle":
        return 8
    if row.kind == "keep":
        return 7
    if row.due is None:
        return 2 if row.kind == "soft" else 6
    left = row.due - now
    today = row.due.astimezone(get_current_timezone()).date() == now.astimezone(get_current_timezone()).date()
    if left <= timedelta(hours=1):
        return 1
    return 3 if today else 4 if left <= timedelta(days=3) else 5


LANES = 3
KNEE = 56.0
"""Percent of the axis that the near hour takes."""
CLEAR = 5.0
"""Percent on either side of now that stay free of the hours."""


def axis(rows: Sequence[ObligationRow], now: datetime) -> dict[str, Any]:
    start = now - timedelta(minutes=24)
    knee = (now + timedelta(minutes=95)).replace(minute=0, second=0)
    end = knee + timedelta(hours=6)

    def place(moment: datetime) -> float:
        if moment <= knee:
            return max(0.0, (moment - start) / (knee - start) * KNEE)
        return KNEE + (moment - knee) / (end - knee) * (96.0 - KNEE)

    due = [row for row in rows if row.due and start <= row.due <= end and row.look in ("late", "soon", "ok")]
    marks, last = [], [-99.0] * LANES
    for row in sorted(due, key=lambda each: each.due or now):
        x = place(row.due) if row.due else 0.0
        lane = next((n for n, taken in enumerate(last) if x - taken > 13), LANES - 1)
        last[lane] = x
        look = "bad" if row.look == "late" else "me" if row.mine else "near" if row.look == "soon" else ""
        marks.append(Mark(row, x, 6 + 38 * lane, look))
    first = start.replace(minute=30 if start.minute < 30 else 0, second=0)
    first = first if first >= start else first + timedelta(hours=1)
    ticks = [first + timedelta(minutes=30 * n) for n in range(5) if first + timedelta(minutes=30 * n) <= knee]
    ticks += [knee + timedelta(hours=n) for n in range(1, 6)]
    lanes = 1 + max((mark.y // 38 for mark in marks), default=0)
    placed = [(place(tick), tick) for tick in ticks]
    clear = [(x, tick) for x, tick in placed if not -CLEAR < x - place(now) < CLEAR]
    return {"marks": marks, "ticks": clear, "now_x": place(now), "lanes": lanes}
