"""Signing in and out, and a person's own page: notices, language and colours.

Rules
* A wrong name and a wrong password look the same.
* What was typed before a session ended comes back after the sign-in and is never submitted by itself.
* A notice is read when its person says so; looking at the page changes nothing.
"""

from __future__ import annotations

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import auth
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fengsui.core.problems import Refused
from fengsui.directory import service
from fengsui.notifications import selectors as notifications
from fengsui.notifications import service as outbox
from fengsui.web.forms.admin import PasswordForm
from fengsui.web.views import tour
from fengsui.web.views.frame import at, lang, person, posted, receipt, show, signed_in, stamp

FACES = {"theme": ("light", "dark"), "density": ("roomy",)}
"""What a person may choose for a browser, beside what it is by itself."""
KEPT_FOR = 12 * 3600
"""Seconds that typed input waits for a sign-in."""


def _safe(request: HttpRequest, address: str) -> str:
    hosts = {request.get_host()}
    return address if url_has_allowed_host_and_scheme(address, hosts, request.is_secure()) else reverse("desk")


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; a person who is signed in already goes on."""
    where = _safe(request, request.POST.get("next") or request.GET.get("next") or reverse("desk"))
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect(where)
        return show(request, "session/sign_in.html", {"next": where, "cards": tour.cards()})
    name, password = request.POST.get("username", "").strip(), request.POST.get("password", "")
    _on_our_clock(request)
    user = auth.authenticate(request, username=name, password=password)
    if user is None:
        context = {
            "next": where,
            "username": name,
            "kept": request.POST.get("kept", ""),
            "errors": [
                {
                    "anchor": "username",
                    "text": _locked() if getattr(request, "axes_locked_out", False) else _("用户名或口令不对"),
                }
            ],
        }
        return show(request, "session/sign_in.html", context, status=422)
    auth.login(request, user)
    request.session["seen"] = int(at(request).timestamp())
    _restore(request, request.POST.get("kept", ""))
    return redirect(where)


def _on_our_clock(request: HttpRequest) -> None:
    """Counts wrong passwords at the request's own moment, like everything else."""
    AxesProxyHandler.update_request(request)
    request.axes_attempt_time = at(request)  # type: ignore[attr-defined]


def _locked() -> str:
    """The same for a name that exists and for one that does not."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return _("连续输错，这个用户名已锁定。%(minutes)s 分后再试，或由安全管理员解除锁定") % {"minutes": minutes}


def _restore(request: HttpRequest, blob: str) -> None:
    if not blob:
        return
    try:
        where, data = signing.loads(blob, max_age=KEPT_FOR)
    except signing.BadSignature:
        return
    request.session["kept"] = {where: data}
    receipt(request, _("已重新登录，填写内容还在，尚未提交"))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    auth.logout(request)
    return redirect("sign-in")


@require_GET
@signed_in
def prolong(request: HttpRequest) -> HttpResponse:
    """Tells a person's own press of 继续 apart from a screen that refreshes itself."""
    request.session["seen"] = int(at(request).timestamp())
    return stamp(request, HttpResponse(status=204))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the language of this browser."""
    response = redirect(_safe(request, request.POST.get("next", "/")))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=31536000, httponly=True, samesite="Lax")
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps the face of this browser: light, dark or as the system has it; larger for a projector or as usual."""
    response = redirect(_safe(request, request.headers.get("Referer", "/")))
    for name, values in FACES.items():
        chosen = request.POST.get(name)
        if chosen in values:
            response.set_cookie(name, chosen, max_age=31536000, httponly=True, samesite="Lax")
        elif chosen is not None:
            response.delete_cookie(name)
    return response


@require_GET
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """A person's own page: what he was told, his seats, colours, language, sign-out."""
    who = person(request).id
    told = {"notices": notifications.notices(who), "called": notifications.called(who, at(request))}
    return show(request, "session/me.html", {"at_page": "me", **told})


@require_http_methods(["GET", "POST"])
@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """A person's own new password; where the present one is a one-time one, before anything else."""
    form = PasswordForm(request.POST if request.method == "POST" else None, auto_id="password-%s")
    context = {"at_page": "me", "form": form, "once": person(request).once}
    if request.method == "GET":
        return show(request, "session/password.html", context)
    if form.is_valid():
        try:
            service.set_own_password(
                person(request).id, form.cleaned_data["old"], form.cleaned_data["new"], at=at(request)
            )
        except Refused as refused:
            form.refused((refused.problem,), lang())
        else:
            auth.update_session_auth_hash(request, auth.get_user_model().objects.get(pk=str(request.user.pk)))
            receipt(request, _("口令已改"))
            return redirect("desk")
    return show(request, "session/password.html", context, status=422)


@posted("me")
def read(request: HttpRequest) -> HttpResponse:
    """Marks one notice as read, or all that the page showed; those of other persons stay as they are."""
    only = request.POST.get("only")
    ids = (only,) if only else tuple(request.POST.getlist("notice"))
    outbox.read(person(request).id, ids, at=at(request))
    return redirect("me")
