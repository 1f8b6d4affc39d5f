"""The log of a case and what proves it: the whole timeline, its export, the printed code, the program that verifies.

Rules
* The export and the log are for whoever may open the case; absent and forbidden look the same.
* A code is told to anybody, but wrong ones not without end: an address that guesses is told to wait. Who is signed in
  does not guess.
* The program that verifies is given to everybody: it holds no secret, and a stranger needs it.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from fengsui.cases import selectors as cases
from fengsui.cases.pages import CaseRef
from fengsui.core.canon import natural
from fengsui.directory import selectors as directory
from fengsui.documents import selectors as papers
from fengsui.web.views.frame import at, lang, missing, person, show, signed_in

WRONG, WHILE = 30, 600
"""So many wrong codes in so many seconds from one address, and no more are looked up."""


@require_GET
@signed_in
def events(request: HttpRequest, number: str) -> HttpResponse:
    """The whole log of a case, a page at a time."""
    before = request.GET.get("before", "")
    ref = case_of(request, number)
    page = cases.record_page(ref, natural(before), at(request), lang=lang())
    context = {"at_page": "cases", "page": page, "number": ref.number, "before": before, "papers": papers.numbers(ref)}
    return show(request, "records/events.html", context)


@require_GET
@signed_in
def obligations(request: HttpRequest, number: str) -> HttpResponse:
    """What is open on a case, or what is done, a page at a time."""
    after = request.GET.get("after", "")
    which: Literal["open", "done"] = "done" if request.GET.get("of") == "done" else "open"
    page = cases.obligations_page(person(request).id, case_of(request, number), which, after, at(request), lang=lang())
    return show(request, "records/obligations.html", {"at_page": "cases", "page": page, "of": which, "after": after})


@require_GET
@signed_in
def export(request: HttpRequest, number: str) -> StreamingHttpResponse:
    """The log as a file that anybody can verify."""
    ref = case_of(request, number)
    answer = StreamingHttpResponse(cases.export(ref, at(request)), content_type="application/jsonl; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{ref.number}.jsonl"'
    return answer


def case_of(request: HttpRequest, number: str) -> CaseRef:
    """The case of an address, for whoever may open it."""
    ref = cases.case_for(person(request).id, number, at(request))
    if ref is None:
        raise missing()
    return ref


@require_GET
def verifier(request: HttpRequest) -> HttpResponse:
    """The program, as it is."""
    answer = HttpResponse(
        files("fengsui").joinpath("verify.py").read_bytes(), content_type="text/x-python; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="fengsui-verify.py"'
    return answer


@require_GET
def ask_code(request: HttpRequest) -> HttpResponse:
    """Leads from the form to the code's own address."""
    code = request.GET.get("code", "").strip().replace(" ", "")
    if code and "/" not in code:
        return redirect("code", code=code)
    return show(request, "records/code.html", {"code": "", "rows": ()})


@require_GET
def code(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a printed code is genuine, and of what."""
    known = directory.person_for(request.user)
    address = f"code-{_asked_from(request)}"
    if known is None and cache.get(address, 0) >= WRONG:
        return show(request, "records/code.html", {"code": code, "rows": (), "wait": True}, status=429)
    rows = cases.by_code(code, at(request), person=known.id if known else "", lang=lang())
    if not rows and known is None:
        cache.set(address, cache.get(address, 0) + 1, WHILE)
    request.person = known  # type: ignore[attr-defined]
    with timezone.override(known.zone if known else None):
        return show(request, "records/code.html", {"code": code, "rows": rows}, status=200 if rows else 404)


def _asked_from(request: HttpRequest) -> str:
    """Return the address that asks: behind the proxy of FENGSUI_HTTPS, which is believed, the one it named last."""
    named = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return named.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
