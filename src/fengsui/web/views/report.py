"""Reporting: fill in what is known; level and clocks follow while facts change; then one press.

Rules
* The page, the preview and the submission read the same form in the same way.
* Without script the button 计算级别 asks for the preview and keeps everything typed; nothing is stored.
* Submitting opens the case through the service and shows the receipt on the case's own page.
"""

from __future__ import annotations

import secrets
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from fengsui.cases import selectors as cases
from fengsui.cases import service
from fengsui.cases.pages import Preview, ReportPage
from fengsui.core.case import Kind
from fengsui.core.problems import Refused
from fengsui.web.forms import facts as fact_forms
from fengsui.web.forms import report as forms
from fengsui.web.forms.acts import uploads
from fengsui.web.forms.facts import Error
from fengsui.web.templatetags.fengsui import stamp
from fengsui.web.views.frame import at, kept, lang, missing, panel, person, receipt, show, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def report(request: HttpRequest) -> HttpResponse:
    """The form, and its submission."""
    page = _page(request, request.POST or request.GET)
    if request.method == "GET":
        typed = kept(request)
        given = forms.read(page, typed or QueryDict(), at(request))
        return _show(request, page, typed, _preview(request, page, given))
    given = forms.read(page, request.POST, at(request))
    if "compute" in request.POST:
        only_facts = [error for error in given.errors if error.anchor.startswith("fact-")]
        return _show(request, page, request.POST, _preview(request, page, given), errors=only_facts)
    if given.errors:
        return _show(request, page, request.POST, _preview(request, page, given), errors=given.errors, status=422)
    return _open(request, page, given)


@require_POST
@signed_in
def preview(request: HttpRequest) -> HttpResponse:
    """Level and clocks for what is typed so far."""
    page = _page(request, request.POST)
    given = forms.read(page, request.POST, at(request))
    shown = _preview(request, page, given)
    return panel(request, "report/_preview.html", {"page": page, "preview": shown, "oob": True})


def _page(request: HttpRequest, data: QueryDict) -> ReportPage:
    page = cases.report_page(
        person(request).id,
        at(request),
        kind=data.get("kind") or "incident",
        organisation=data.get("organisation") or None,
        lang=lang(),
    )
    if page is None:
        raise missing()
    return page


def _preview(request: HttpRequest, page: ReportPage, given: forms.Report) -> Preview:
    return cases.preview(
        person(request).id,
        page.organisation,
        kind=cast(Kind, page.kind),
        owner=given.owner or None,
        asset=None,
        assets=given.assets,
        facts=given.facts,
        unverified=given.unverified,
        rest_none=given.rest_none,
        at=at(request),
        lang=lang(),
    )


def _open(request: HttpRequest, page: ReportPage, given: forms.Report) -> HttpResponse:
    try:
        done = service.open_case(
            person(request).id,
            page.organisation,
            kind=cast(Kind, page.kind),
            mode=given.mode,
            title=given.title,
            owner=given.owner,
            assets=given.assets,
            link=given.link,
            facts=given.facts,
            unverified=given.unverified,
            rest_none=given.rest_none,
            source=given.source,
            note=given.note,
            files=uploads(request.FILES.getlist("files")),
            at=at(request),
            key=request.POST.get("key") or None,
            lang=lang(),
        )
    except Refused as refused:
        view = cases.refusal(person(request).id, None, refused.problem, lang=lang())
        return _show(request, page, request.POST, _preview(request, page, given), status=422, refusal=view)
    receipt(request, _("已报告，编号 %(number)s") % {"number": done.number}, time=stamp(done.at), code=done.code)
    return redirect("case", number=done.number)


def _show(
    request: HttpRequest,
    page: ReportPage,
    typed: QueryDict | None,
    shown: Preview,
    *,
    errors: list[Error] | None = None,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    problems = [Error(f"fact-{name}", text) for name, text in shown.problems] if typed is not None else []
    every = [*(errors or []), *problems]
    facts = fact_forms.bind(page.facts, typed, every)
    context = {
        "at_page": "report",
        "page": page,
        "preview": shown,
        "typed": typed if typed is not None else QueryDict(),
        "given": typed is not None,
        "instants": [fact for fact in facts if fact.kind == "instant"],
        "sets": [fact for fact in facts if fact.kind == "set" and not fact.row.from_asset],
        "others": [fact for fact in facts if fact.kind not in ("instant", "set") and not fact.row.from_asset],
        "errors": errors or [],
        "wrong": {error.anchor: error.text for error in every},
        "key": request.POST.get("key") or secrets.token_hex(16),
        "submit_label": submit_label(shown),
        **said,
    }
    return show(request, "report/report.html", context, status=status)


def submit_label(shown: Preview) -> str:
    """What pressing the button sets going."""
    n = len(shown.clocks)
    if not n:
        return _("提交报告")
    return ngettext("提交报告，起算 %(n)s 项时限", "提交报告，起算 %(n)s 项时限", n) % {"n": n}
