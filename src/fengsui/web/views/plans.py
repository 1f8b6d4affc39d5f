"""Installed plans: the list, the clauses of one with what each became, and the readings that its owner decides.

Rules
* A citation leads to its clause without script.
* A reading is decided on its own page: the clauses side by side, what would change, then the reason. Where the plan
  names who decides, the decision is the act `set` on the case of the plan in force; nothing is decided here.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fengsui.cases import selectors as cases
from fengsui.cases import service
from fengsui.cases.plan_pages import QuestionPage
from fengsui.core.problems import PackError, Refused
from fengsui.web.forms.facts import Error, text
from fengsui.web.templatetags.fengsui import stamp
from fengsui.web.views.frame import at, kept, lang, missing, person, posted, receipt, show, signed_in

PART_DIGITS = 5


@require_GET
@signed_in
def plans(request: HttpRequest) -> HttpResponse:
    """The plans installed in the reader's root, with the one in force."""
    return show(request, "plans/list.html", {"at_page": "plans", "plans": cases.plans_page(person(request).id)})


def _page(request: HttpRequest, template: str, page: object | None) -> HttpResponse:
    """A page of a plan; absent and forbidden look the same."""
    if page is None:
        raise missing()
    return show(request, template, {"at_page": "plans", "page": page})


@require_GET
@signed_in
def plan(request: HttpRequest, pack: str, version: str) -> HttpResponse:
    """One plan by id and version."""
    return _page(request, "plans/plan.html", cases.plan_page(person(request).id, pack, version, lang=lang()))


@require_GET
@signed_in
def source(request: HttpRequest, pack: str, version: str) -> HttpResponse:
    """The text of a plan beside what carries it out: `?part=2`, or the part that holds `?clause=...`."""
    wanted = request.GET.get("part", "")
    part = int(wanted) - 1 if wanted.isdecimal() and len(wanted) < PART_DIGITS else None
    clause = request.GET.get("clause", "")
    return _page(
        request,
        "plans/source.html",
        cases.source_page(person(request).id, pack, version, part=part, clause=clause, lang=lang()),
    )


@require_GET
@signed_in
def health(request: HttpRequest, pack: str, version: str) -> HttpResponse:
    """Every finding about a plan."""
    return _page(request, "plans/health.html", cases.plan_page(person(request).id, pack, version, lang=lang()))


@require_GET
@signed_in
def compare(request: HttpRequest, pack: str, old: str, new: str) -> HttpResponse:
    """Two versions of a plan."""
    return _page(request, "plans/diff.html", cases.diff_page(person(request).id, pack, old, new, lang=lang()))


@require_GET
@signed_in
def additions(request: HttpRequest, pack: str, version: str) -> HttpResponse:
    """What the reader's organisation adds to a plan, beside the plan's own clauses."""
    found = cases.additions_page(person(request).id, pack, version, lang=lang())
    return _page(request, "plans/additions.html", found)


@posted("plans")
def beside(request: HttpRequest, pack: str, version: str) -> HttpResponse:
    """A regime put beside the plan in force for the cases to come, or taken away with a reason."""
    on = text(request.POST, "do") == "adopt"
    try:
        service.put_beside(
            person(request).id, pack, version, beside=on, reason=text(request.POST, "reason"), at=at(request)
        )
    except (Refused, PackError) as refused:
        said = [one.message(lang()) + one.hint(lang()) for one in _problems(refused)]
        found = cases.plans_page(person(request).id)
        return show(request, "plans/list.html", {"at_page": "plans", "plans": found, "errors": said}, status=422)
    label = _("%(what)s 从下一案起并行") if on else _("%(what)s 从下一案起不再并行")
    receipt(request, label % {"what": pack}, time=stamp(at(request)), code="")
    return redirect(reverse("plans"))


@require_GET
@signed_in
def regimes(request: HttpRequest) -> HttpResponse:
    """The regimes beside the plan: what each asks, side by side, and the clocks that run."""
    page = cases.regimes_page(person(request).id, at(request), lang=lang())
    return show(request, "regimes/regimes.html", {"at_page": "regimes", "page": page})


@require_GET
@signed_in
def questions(request: HttpRequest, pack: str, version: str) -> HttpResponse:
    """Every reading of a plan."""
    return _page(request, "plans/questions.html", cases.questions_page(person(request).id, pack, version, lang=lang()))


@require_http_methods(["GET", "POST"])
@signed_in
def question(request: HttpRequest, pack: str, version: str, name: str) -> HttpResponse:
    """One reading: asked, shown what it would change, decided."""
    typed = request.POST if request.method == "POST" else kept(request) or request.GET
    value = text(typed, "value") if "value" in typed else None
    page = cases.question_page(person(request).id, pack, version, name, at(request), value=value or None, lang=lang())
    if page is None:
        raise missing()
    if request.method == "POST" and text(typed, "do") == "decide":
        return _decide(request, page)
    return _show(request, page, typed, errors=[Error("value", page.problem)] if page.problem else [])


def _decide(request: HttpRequest, page: QuestionPage) -> HttpResponse:
    errors = list(_lacking(request, page))
    if errors:
        return _show(request, page, request.POST, errors=errors, status=422)
    value, reason, paper = (text(request.POST, name) for name in ("value", "reason", "paper"))
    try:
        done = service.decide_reading(
            person(request).id,
            page.plan.id,
            page.plan.version,
            page.question.name,
            value,
            reason,
            paper,
            at=at(request),
            key=text(request.POST, "key") or None,
            lang=lang(),
        )
    except (Refused, PackError) as refused:
        said = [one.message(lang()) + one.hint(lang()) for one in _problems(refused)]
        return _show(request, page, request.POST, errors=[Error("value", one) for one in said], status=422)
    label = _("%(what)s 已定：%(value)s") % {
        "what": page.question.label,
        "value": page.effect.text if page.effect else "",
    }
    if done is not None and done.waits_for:
        label = _("%(what)s 已提出，等%(who)s") % {"what": page.question.label, "who": done.waits_for}
    receipt(request, label, time=stamp(done.at if done else at(request)), code=done.code if done else "")
    return redirect(reverse("questions", args=[page.plan.id, page.plan.version]))


def _problems(refused: Refused | PackError) -> tuple[Any, ...]:
    return refused.problems if isinstance(refused, PackError) else (refused.problem,)


def _lacking(request: HttpRequest, page: QuestionPage) -> Any:
    if not text(request.POST, "value"):
        yield Error("value", _("先选定一种理解或填写数值"))
    elif page.problem:
        yield Error("value", page.problem)
    if not text(request.POST, "reason"):
        yield Error("reason", _("写明理由"))
    if page.way == "paper" and not text(request.POST, "paper"):
        yield Error("paper", _("写明批准文件的名称和文号"))


def _show(
    request: HttpRequest, page: QuestionPage, typed: QueryDict, *, errors: list[Error], status: int = 200
) -> HttpResponse:
    context = {
        "at_page": "plans",
        "page": page,
        "typed": typed,
        "errors": errors,
        "wrong": {error.anchor: error.text for error in errors},
        "key": text(typed, "key") or secrets.token_hex(16),
    }
    return show(request, "plans/question.html", context, status=status)
