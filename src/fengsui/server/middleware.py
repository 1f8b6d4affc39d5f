"""What every request passes through: its time, its headers, the life of its session.

Rules
- `request.at` is the moment of the request, read once; views hand it on and never ask for the time themselves.
- A request with a NUL in its address, a cookie or what a form says is refused: no row holds one, and databases differ
  in what they do with it. The bodies of the interface look at their own texts.
- A page may load only what this server holds, and carries no script or style inside its text.
- Sessions, forms, accounts and messages are of the pages: the interface knows a key and nothing else, and none of them
  looks at its requests.
- A session lives as long as somebody uses it. A request with the header `Fengsui-Live: 1` is a screen refreshing
  itself and does not prolong it.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

from fengsui.api import answers
from fengsui.ledger.once import page
from fengsui.server import clock

Handler = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
INTERFACE = "/api/"
"""Takes no forms, and answers with problem documents."""
RENEW_AFTER = 60
"""Seconds between two writes of a session that only prolong it: a request is not a database write."""


def of_pages(middleware: type[MiddlewareMixin]) -> type[MiddlewareMixin]:
    """Return a middleware of Django's as the pages have it, which lets the interface pass by."""

    class OfPages(middleware):  # type: ignore[valid-type, misc]
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return self.get_response(request) if of_interface(request) else super().__call__(request)  # type: ignore[no-any-return]

        def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
            look = None if of_interface(request) else getattr(super(), "process_view", None)
            return look(request, *view) if look else None

    return OfPages


Sessions, Forms, Accounts = map(of_pages, (SessionMiddleware, CsrfViewMiddleware, AuthenticationMiddleware))
Messages = of_pages(MessageMiddleware)


def of_interface(request: HttpRequest) -> bool:
    """Return whether a program asks the HTTP interface, and not a person a page."""
    return request.path.startswith(INTERFACE)


def request_time(get_response: Handler) -> Handler:
    """Sets `request.at`, and `request.steady`: against which the watchman holds the clock."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.at = clock.now()  # type: ignore[attr-defined]
        request.steady = clock.steady()  # type: ignore[attr-defined]
        return get_response(request)

    return handle


def without_nul(get_response: Handler) -> Handler:
    """Refuses a request that names something with a NUL; see the rules above."""

    def handle(request: HttpRequest) -> HttpResponse:
        places = _places_of_nul(request)
        if not places:
            return get_response(request)
        if of_interface(request):
            fault = {"type": "nul", "msg": "it holds NUL"}
            return answers.faulty(request, [answers.fault({"loc": place, **fault}) for place in places])
        raise BadRequest("it holds NUL")

    return handle


def _places_of_nul(request: HttpRequest) -> list[tuple[str, ...]]:
    said = [("path", "", request.path), *(("cookie", *pair) for pair in request.COOKIES.items())]
    said += [("query", name, value) for name, values in request.GET.lists() for value in values]
    if not of_interface(request):
        said += [("body", name, value) for name, values in request.POST.lists() for value in values]
    return [(place, name) if name else (place,) for place, name, value in said if "\0" in value]


def reads_once(get_response: Handler) -> Handler:
    """Lets a page that writes nothing read the same thing only once."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with page():
            return get_response(request)

    return handle


def headers(get_response: Handler) -> Handler:
    """Adds the security headers, and forbids any store of pages: a case never stays in a shared computer's cache."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    return handle


def idle_session(get_response: Handler) -> Handler:
    """Prolongs the session of a person who is at work; see the rules above."""

    def handle(request: HttpRequest) -> HttpResponse:
        if of_interface(request):
            return get_response(request)
        session = request.session
        moment = int(request.at.timestamp())  # type: ignore[attr-defined]
        at_work = request.headers.get("Fengsui-Live") != "1"
        if at_work and session.get("_auth_user_id") and abs(moment - session.get("seen", 0)) >= RENEW_AFTER:
            session["seen"] = moment
        return get_response(request)

    return handle
