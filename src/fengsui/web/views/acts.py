"""Doing something on a case: one page for every act the engine knows.

Rules
* The page asks `act_form` what this act needs now; a POST becomes one call of `submit`. Nothing is decided here.
* 422: something has to be mended, or the plan says no (sentence, clause, who may). 409: somebody else was first (who,
  what, when). Both show the page again with everything that was typed, and the state as it is now.
* The key of the form makes a second press harmless: the service answers with the first receipt.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fengsui.cases import selectors as cases
from fengsui.cases import service
from fengsui.cases.act_pages import ActForm
from fengsui.cases.pages import CaseRef
from fengsui.core.canon import natural
from fengsui.core.problems import Refused
from fengsui.web.forms import acts as forms
from fengsui.web.forms import facts as fact_forms
from fengsui.web.forms.facts import Error, text
from fengsui.web.templatetags.fengsui import stamp
from fengsui.web.views.frame import at, kept, lang, missing, person, receipt, show, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """The page of one act, and its submission."""
    ref = cases.case_for(person(request).id, number, at(request))
    if ref is None:
        raise missing()
    part = {name: str(value) for name, value in request.GET.items() if value}
    form = cases.act_form(person(request).id, ref, act, at(request), part=part, lang=lang())
    if form is None:
        raise missing()
    if request.method == "GET":
        typed = kept(request) or forms.defaults(form, part)
        return _show(request, ref, form, typed)
    return _submit(request, ref, form, part)


def _submit(request: HttpRequest, ref: CaseRef, form: ActForm, part: Mapping[str, str]) -> HttpResponse:
    typed = request.POST.copy()
    if part.get("answer") and not text(typed, "answer"):
        # An answer to a chain is never taken for its next link, whatever the form left out.
        typed["answer"] = part["answer"]
    zone = ZoneInfo(person(request).zone)
    asked = forms.read(form, ref, typed, request.FILES, zone, at(request), person(request).id)
    if asked.errors:
        return _show(request, ref, form, typed, errors=asked.errors, status=422)
    key = text(typed, "key") or None
    try:
        done = service.submit(
            ref.id,
            asked.act,
            actor=person(request).id,
            at=at(request),
            seen=natural(text(typed, "seen")),
            key=key,
            files=asked.files,
            lang=lang(),
        )
    except service.Conflict as conflict:
        view = cases.refusal(person(request).id, ref, conflict.problem, lang=lang())
        said = {"text": view.text, "when": conflict.when, "hint": view.hint}
        return _again(request, ref, form, part, {"conflict": said}, 409)
    except Refused as refused:
        view = cases.refusal(person(request).id, ref, refused.problem, lang=lang())
        return _again(request, ref, form, part, {"refusal": view}, 422)
    label = done.label
    if done.waits_for:
        label = _("%(done)s，等%(who)s") % {"done": done.label, "who": done.waits_for}
    receipt(request, label, time=stamp(done.at), code=done.code)
    return _onward(text(typed, "next") or part.get("next", ""), ref.number)


def _onward(where: str, number: str) -> HttpResponse:
    """Back to the page that the act was done from: the cards of approval, the hand-over, else the case."""
    return redirect("approvals") if where == "approvals" else redirect(where if where == "handover" else "case", number)


def _again(
    request: HttpRequest, ref: CaseRef, form: ActForm, part: Mapping[str, str], said: dict[str, Any], status: int
) -> HttpResponse:
    """Shows the page on the state as it is now, with what was typed."""
    fresh = cases.case_for(person(request).id, ref.number, at(request)) or ref
    form = cases.act_form(person(request).id, fresh, form.act, at(request), part=part, lang=lang()) or form
    return _show(request, fresh, form, request.POST, status=status, **said)


def _show(
    request: HttpRequest,
    ref: CaseRef,
    form: ActForm,
    typed: QueryDict,
    *,
    errors: list[Error] | None = None,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    page = cases.act_beside(person(request).id, ref, form.act, at(request), lang=lang())
    context = {
        "at_page": "cases",
        "page": page,
        "number": ref.number,
        "form": form,
        "labels": _labels(form),
        "follows": _follows(form),
        "typed": typed,
        "facts": fact_forms.bind(form.facts, typed, errors or ()),
        "errors": errors or [],
        "wrong": {error.anchor: error.text for error in errors or ()},
        "key": secrets.token_hex(16),
        "seen": ref.seq,
        "back": reverse("case", args=[ref.number]),
        **said,
    }
    return show(request, "acts/act.html", context, status=status)


def _follows(form: ActForm) -> list[tuple[str, tuple[str, ...]]]:
    """The three kinds of consequences, those that there are."""
    kinds = [(_("停止"), form.stops), (_("起算"), form.starts), (_("仍未了"), form.remains)]
    return [(label, lines) for label, lines in kinds if lines]


def _labels(form: ActForm) -> dict[str, str]:
    """How the inputs are called for this act."""
    values = {"set": _("定为"), "settle": _("定为"), "issue": _("颜色"), "lift": _("颜色")}
    targets = {
        "correct": _("补正哪一条记录"),
        "waive": _("免办哪项义务"),
        "urge": _("催办哪项义务"),
        "hand_over": _("交接给谁"),
        "acknowledge": _("签收哪一条"),
    }
    return {
        "value": values.get(form.act, _("级别")),
        "target": targets.get(form.act, _("对象")),
        "matter": _("事项"),
        "reading": _("哪项待定"),
        "to": _("交给谁") if form.act == "hand_over" else _("报给谁"),
        "duty": _("履行哪项义务"),
        "choices": _("采取哪些措施"),
        "documents": _("已有的文书"),
        "verb": _("意见"),
        "assets": _("受影响的系统应为（全部重选）") if form.act == "correct" else _("又有系统受影响"),
    }
