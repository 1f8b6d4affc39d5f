"""The list of cases and one case whole.

Rules
* Every filter stands in the address; the next page is asked for by the key of the last row, never by a number.
* A case is asked for by naming who asks; absent and forbidden look the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fengsui.cases import selectors as cases
from fengsui.cases import service
from fengsui.cases.pages import CasePage, CaseRow, OfferView
from fengsui.core.problems import Refused
from fengsui.documents import selectors as papers
from fengsui.web.views import files, live
from fengsui.web.views.frame import at, lang, missing, person, posted, show, signed_in, warn_of

FILTERS = ("level", "stage", "unit", "kind", "mode", "overdue", "q")


@require_GET
@signed_in
def case_list(request: HttpRequest) -> HttpResponse:
    """Find a case. The bare address opens with the person's default view; `?all=1` is the list whole."""
    if not request.GET:
        kept = cases.default_view(person(request).id, at(request))
        if kept:
            return redirect(f"{reverse('cases')}?{kept}")
    chosen = _chosen(request)
    after = request.GET.get("after") or None
    page = cases.cases(person(request).id, chosen, after, at(request), lang=lang())
    more = f"?{urlencode({**chosen, 'after': page.after})}" if page.after else ""
    here = next((view for view in page.views if dict(parse_qsl(view.query)) == chosen), None)
    context = {"at_page": "cases", "page": page, "chosen": chosen, "more": more, "after": after, "view": here}
    return show(request, "cases/list.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name].strip() for name in FILTERS if request.GET.get(name, "").strip()}


@require_GET
@signed_in
def case_file(request: HttpRequest) -> StreamingHttpResponse:
    """The cases that the list finds, as a file."""
    rows, whole = cases.every_case(person(request).id, _chosen(request), at(request), files.MOST, lang=lang())
    head = [_("编号"), _("事件"), _("种类"), _("级别"), _("阶段"), _("主办"), _("报告"), _("最近记录"), _("未了义务")]
    head += [_("逾期"), _("演练")]
    zone, drill = get_current_timezone(), _("是")
    return files.streamed(request, "cases", head, (_cells(row, zone, drill) for row in rows), whole=whole)


def _cells(row: CaseRow, zone: tzinfo, drill: str) -> list[str]:
    """A line of the file; made while it is sent, when the page's zone and language are no longer set."""
    level = row.level or row.proposed
    named = [row.number, row.title, row.kind_label, level.label if level else "", row.stage_label, row.unit]
    times = [files.local(row.opened_at, zone), files.local(row.last_at, zone)]
    return [*named, *times, str(row.open), str(row.overdue), drill if row.mode == "exercise" else ""]


@posted("cases")
def views(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list under a name, or forget one of one's views."""
    mine, query = person(request).id, request.POST.get("query", "")
    if request.POST.get("drop"):
        service.drop_view(mine, request.POST["drop"])
        return redirect(f"{reverse('cases')}?{query or 'all=1'}")
    try:
        name, first = request.POST.get("name", ""), request.POST.get("default") == "1"
        service.save_view(mine, name, query, default=first, at=at(request))
    except Refused as refused:
        warn_of(request, refused.problem)
    return redirect(f"{reverse('cases')}?{query or 'all=1'}")


@require_GET
@signed_in
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case."""
    page = _page(request, number)
    panels = _panels(page)
    extra = {"at_page": "cases", "page": page, "number": page.ref.number, "anchors": _anchors(page)}
    return show(request, "cases/case.html", live.context(panels, _address(page)) | extra)


@require_GET
@signed_in
def case_panels(request: HttpRequest, number: str) -> HttpResponse:
    """What has changed on it."""
    page = _page(request, number)
    return live.answer(request, _panels(page), _address(page))


def _page(request: HttpRequest, number: str) -> CasePage:
    ref = cases.case_for(person(request).id, number, at(request))
    if ref is None:
        raise missing()
    return cases.case_page(person(request).id, ref, at(request), lang=lang())


def _address(page: CasePage) -> str:
    return reverse("case-panels", args=[page.ref.number])


def _panels(page: CasePage) -> list[live.Panel]:
    first = next((row for row in page.obligations if row.mine and row.act and row.look != "idle"), None)
    offer = None if first else _turn(page)
    number = page.ref.number
    sheets = papers.numbers(page.ref)
    base: dict[str, Any] = {"page": page, "number": number, "first": first, "first_offer": offer, "papers": sheets}
    head = (page.title, page.stages, page.level, page.proposed, page.response, page.colour, page.phase, first, offer)
    parts: list[tuple[str, Any]] = [
        ("head", (head, page.beside)),
        ("waits", (page.waits, page.hops)),
        ("obligations", (page.obligations, page.open_all, page.done, page.done_all)),
        ("next", (page.offers, page.readings)),
        ("approvals", page.chains),
        ("tasks", page.tasks),
        ("participants", page.participants),
        ("grade", (page.grade, page.level, page.proposed)),
        ("facts", (page.facts, page.rest_none_at)),
        ("timeline", (page.events, replace(page.check, checked_at=page.opened_at))),
    ]
    return [live.Panel(f"p-{name}", f"cases/_{name}.html", rows, base) for name, rows in parts]


FORWARD = {
    "report": ("assess", "issue", "declare", "adopt"),
    "assess": ("confirm",),
    "level": ("activate",),
    "issued": ("activate",),
    "ended": ("investigate",),
    "investigated": ("close",),
    "lifted": ("close",),
}
"""Which acts lead on from which stage."""


def _turn(page: CasePage) -> OfferView | None:
    """The act that waits for this person: a link of a chain under way, or the one that leads on from this stage."""
    may = [offer for offer in page.offers if offer.allowed and offer.link]
    waiting = [offer for offer in may if offer.since and offer.group == "decide"]
    here = next((stage.id for stage in page.stages if stage.state == "now"), "")
    onward = [offer for offer in may if offer.act in FORWARD.get(here, ())]
    return next(iter(waiting + onward), None)


def _anchors(page: CasePage) -> list[tuple[str, str, int | None]]:
    allowed = sum(1 for offer in page.offers if offer.allowed)
    found: list[tuple[str, str, int | None]] = [
        ("p-waits", "waits", len(page.waits)),
        ("p-obligations", "obligations", page.open_all),
        ("p-next", "next", allowed),
        ("p-approvals", "approvals", len(page.chains)),
        ("p-tasks", "tasks", len(page.tasks)),
        ("p-grade", "grade", None),
        ("p-facts", "facts", sum(1 for fact in page.facts if fact.state != "unasked")),
        ("p-timeline", "timeline", page.check.length),
        ("p-participants", "participants", len(page.participants)),
    ]
    return [each for each in found if each[2] != 0 or each[1] in ("obligations", "next")]
