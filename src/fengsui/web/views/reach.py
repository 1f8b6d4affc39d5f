"""A person's own addresses and quiet hours, and the answer to a roll call.

Rules
* Everybody keeps his own; a try shows the whole answer of the channel.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fengsui.core.problems import Refused
from fengsui.notifications import selectors, service
from fengsui.web.forms.admin import AdminForm
from fengsui.web.forms.channels import AddressForm, QuietForm
from fengsui.web.templatetags.fengsui import stamp
from fengsui.web.views.frame import at, kept, lang, missing, person, posted, receipt, show, signed_in, warn, warn_of

DEEDS = ("add", "quiet", "try", "drop", "raise")


@require_http_methods(["GET", "POST"])
@signed_in
def channels(request: HttpRequest) -> HttpResponse:
    """The addresses in their order: add, drop, raise, try; the quiet hours."""
    bound: dict[str, AdminForm] = {}
    typed = kept(request) if request.method == "GET" else None
    outcome: Any = None
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in DEEDS:
            raise missing()
        if do in ("add", "quiet"):
            form = bound[do] = _form(request, do, request.POST)
            if form.is_valid() and _did(request, do, form.cleaned_data, form):
                return redirect("my-channels")
        elif do == "try":
            outcome = _try(request)
        elif _did(request, do, {"id": request.POST.get("id", "")}, None):
            return redirect("my-channels")
    forms = bound | {name: _again(request, name, typed) for name in ("add", "quiet") if name not in bound}
    context = {
        "at_page": "me",
        "rows": selectors.addresses(person(request).id, lang=lang()),
        "forms": forms,
        "outcome": outcome,
    }
    return show(request, "session/channels.html", context, status=422 if bound else 200)


def _again(request: HttpRequest, name: str, typed: QueryDict | None) -> AdminForm:
    """The form, empty, or as it was typed before a sign-in came between."""
    if typed is None or typed.get("do") != name:
        return _form(request, name, None)
    form = _form(request, name, typed)
    form.forget_errors()
    return form


def _form(request: HttpRequest, name: str, data: Any) -> AdminForm:
    who = person(request).id
    if name == "add":
        open_ = [
            (id, label, kind.address.said(lang())) for id, kind, label in selectors.open_channels(who, lang=lang())
        ]
        return AddressForm(data, channels=open_, auto_id="add-%s")
    quiet = selectors.quiet_hours(who)
    return QuietForm(data, initial={"since": quiet[0], "until": quiet[1]} if quiet else {}, auto_id="quiet-%s")


def _did(request: HttpRequest, do: str, data: dict[str, Any], form: AdminForm | None) -> bool:
    """Do it, or note at the form why not."""
    who, moment = person(request).id, at(request)
    try:
        if do == "add":
            service.add_address(who, data["channel"], data["value"], at=moment)
        elif do == "quiet":
            service.set_quiet(who, data["since"], data["until"], at=moment)
        elif do == "drop":
            service.drop_address(who, data["id"], at=moment)
        elif do == "raise":
            service.raise_address(who, data["id"], at=moment)
    except Refused as refused:
        if form is None:
            warn_of(request, refused.problem)
            return True
        form.refused((refused.problem,), lang())
        return False
    receipt(request, _("已改"), time=stamp(moment))
    return True


def _try(request: HttpRequest) -> Any:
    try:
        return service.try_address(person(request).id, request.POST.get("id", ""), at=at(request))
    except Refused as refused:
        warn_of(request, refused.problem)
        return None


@posted("me")
def present(request: HttpRequest) -> HttpResponse:
    """Answer the roll call by one button."""
    try:
        service.answer(person(request).id, at=at(request))
    except Refused:
        warn(request, _("点名已截止，或已应答"))
    else:
        receipt(request, _("已应答点名"), time=stamp(at(request)))
    return redirect("me")
