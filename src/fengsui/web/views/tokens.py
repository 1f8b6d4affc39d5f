"""A person's own keys to the HTTP interface: made, shown once, revoked.

Rules
* The key stands on the page that answers its making, and on no other; the system keeps only a digest.
* A form sent twice makes one key: the second answer leads back to the list.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fengsui.core.problems import Refused
from fengsui.directory import selectors as directory
from fengsui.directory import service
from fengsui.ledger.ids import new_id
from fengsui.web.forms.admin import RowForm
from fengsui.web.forms.tokens import TokenForm
from fengsui.web.templatetags.fengsui import stamp
from fengsui.web.views.frame import at, kept, lang, missing, person, receipt, show, signed_in

USUAL = timedelta(days=90)
"""How long a key lives unless its person says otherwise."""


@require_http_methods(["GET", "POST"])
@signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    """The list, and the form that makes one more."""
    do = request.POST.get("do", "")
    if request.method == "GET":
        typed = kept(request)
        form = _form(typed if typed is not None and typed.get("do") == "make" else None, request)
        if form.is_bound:
            form.forget_errors()
        return _show(request, form)
    if do == "make":
        return _make(request)
    if do == "revoke":
        return _revoke(request)
    raise missing()


def _make(request: HttpRequest) -> HttpResponse:
    form = _form(request.POST, request)
    if not form.is_valid():
        return _show(request, form, status=422)
    said = form.cleaned_data
    try:
        made = service.make_token(
            person(request).id, said["name"], said["scopes"], until=said["until"], at=at(request), key=said["key"]
        )
    except Refused as refused:
        form.refused((refused.problem,), lang())
        return _show(request, form, status=422)
    if not made:
        return redirect("tokens")
    context = {"at_page": "me", "made": made, "name": said["name"], "host": request.get_host()}
    return show(request, "session/token.html", context | {"scheme": request.scheme})


def _revoke(request: HttpRequest) -> HttpResponse:
    form, me = RowForm(request.POST), person(request)
    own = {row.id: row.state for row in directory.tokens_of(me.root, me.id, at(request))}
    if not form.is_valid() or form.cleaned_data["id"] not in own:
        raise missing()
    if own[form.cleaned_data["id"]] == "live":  # pressed twice, or ended meanwhile: what was wanted is so
        service.revoke_token(me.root, form.cleaned_data["id"], actor=me.id, at=at(request))
    receipt(request, _("令牌已吊销"), time=stamp(at(request)))
    return redirect("tokens")


def _form(typed: Any, request: HttpRequest) -> TokenForm:
    initial = {"key": new_id(at(request)), "until": at(request) + USUAL}
    return TokenForm(typed, initial=initial, auto_id="token-%s", lang=lang())


def _show(request: HttpRequest, form: TokenForm, status: int = 200) -> HttpResponse:
    me = person(request)
    rows = directory.tokens_of(me.root, me.id, at(request))
    return show(request, "session/tokens.html", {"at_page": "me", "rows": rows, "form": form}, status=status)
