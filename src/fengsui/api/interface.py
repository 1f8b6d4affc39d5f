"""The HTTP interface, version 1: its rooms, and what becomes of everything that goes wrong.

Rules
- Every answer that is not a success is a problem document, also for an address, a method or a body that does not fit.
- No cookie is read or set; nothing of an answer is kept by a cache.
"""

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

import fengsui
from fengsui.api import answers, asking, cases, key, openapi, plans
from fengsui.core.problems import Refused
from fengsui.directory.tokens import LABELS

logger = logging.getLogger("fengsui.api")


class Readable(JSONRenderer):
    """JSON in UTF-8 as people read it."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class Interface(NinjaAPI):
    """Django Ninja with the schema completed by what every address answers when something is wrong."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        """Return the schema."""
        return openapi.complete(super().get_openapi_schema(*args, **kwargs))


api = Interface(
    title="Fengsui 烽燧",
    version="1",
    description=openapi.DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    renderer=Readable(),
    openapi_url="/openapi.json",
    openapi_extra={"info": {"x-release": fengsui.__version__}},
)
api.add_router("/me", key.router)
api.add_router("/report", cases.reports)
api.add_router("/cases", cases.router)
api.add_router("/plans", plans.router)


@api.exception_handler(asking.NoToken)
def _no_token(request: HttpRequest, _error: Any) -> HttpResponse:
    return answers.problem(request, "no_token", headers={"WWW-Authenticate": 'Bearer realm="fengsui"'})


@api.exception_handler(asking.NotInScope)
def _not_in_scope(request: HttpRequest, error: Any) -> HttpResponse:
    zh, en = LABELS[error.scope]
    return answers.problem(request, "not_in_scope", {"scope": zh, "scope_en": en})


@api.exception_handler(asking.TooMany)
def _too_many(request: HttpRequest, error: Any) -> HttpResponse:
    told = {"limit": str(error.limit), "wait": str(error.wait)}
    return answers.problem(request, "too_many", told, headers={"Retry-After": str(error.wait)})


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    person = asking.who(request).person.id
    return answers.refused(request, error.problem, person, getattr(request, "ref", None))


@api.exception_handler(ValidationError)
def _bad_request(request: HttpRequest, error: Any) -> HttpResponse:
    return answers.faulty(request, [answers.fault(one) for one in error.errors])


@api.exception_handler(HttpError)
def _not_read(request: HttpRequest, _error: Any) -> HttpResponse:
    """Ninja's own word for a body that is no JSON."""
    fault = {"place": "body", "code": "json", "detail": answers.say("不是 JSON", "it is not JSON")}
    return answers.faulty(request, [fault])


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, _error: Any) -> HttpResponse:
    limit = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024} MB"
    return answers.problem(request, "body_too_large", {"limit": limit})


@api.exception_handler(Http404)
def _absent(request: HttpRequest, _error: Any) -> HttpResponse:
    return answers.problem(request, "no_such_address")


@api.exception_handler(OperationalError)
def _unavailable(request: HttpRequest, error: Any) -> HttpResponse:
    """The connection may have broken while the transaction was being made fast: it may stand."""
    logger.error("%s %s: the database did not answer: %s", request.method, request.path, str(error).partition("\n")[0])
    return answers.problem(request, "unavailable", headers={"Retry-After": "2"})


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Any) -> HttpResponse:
    logger.exception("%s %s failed", request.method, request.path, exc_info=error)
    return answers.problem(request, "failed")


def no_such_address(request: HttpRequest, **_rest: str) -> HttpResponse:
    """What every address of the interface answers that is none of its own."""
    return answers.problem(request, "no_such_address")


def patterns() -> list[URLPattern]:
    """Return the addresses of the interface, each behind what is the same for all."""
    found: list[URLPattern] = []
    for one in api.urls[0]:
        if isinstance(one, URLPattern) and one.callback is not None:
            one.callback = _guarded(one.callback)
            found.append(one)
    return found


def _not_the_bearer(request: HttpRequest) -> HttpResponse | None:
    """Return what a key is answered that was remembered and opens nothing any more: no fault is told to it."""
    found = getattr(request, "auth", None)
    if found is None or found.head.read:
        return None
    try:
        asking.REMEMBERED.again(request)
    except (asking.NoToken, asking.NotInScope, OperationalError) as error:
        return api.on_exception(request, error)
    return None


UNKNOWN = {"type": "extra_forbidden", "msg": "Extra inputs are not permitted"}


@functools.cache
def _asked() -> Mapping[tuple[str, str], frozenset[str]]:
    """Return what each address may be asked in its query."""
    return {
        (path, method): frozenset(one["name"] for one in operation.get("parameters", ()) if one["in"] == "query")
        for path, method, operation in openapi.operations(api.get_openapi_schema())
    }


def _address(request: HttpRequest) -> tuple[str, str]:
    route = request.resolver_match.route if request.resolver_match else ""
    return "/" + route.replace("<", "{").replace(">", "}"), str(request.method).lower()


def _guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and request.content_type != "application/json":
            return answers.problem(request, "not_json")
        strange = [name for name in request.GET if name not in _asked().get(_address(request), request.GET)]
        if strange:
            faults = [answers.fault({"loc": ("query", name), **UNKNOWN}) for name in strange]
            return answers.faulty(request, faults)
        response = view(request, *args, **kwargs)
        if 400 <= response.status_code < 500 and (changed := _not_the_bearer(request)) is not None:
            return changed
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            told = {"method": str(request.method), "allowed": allowed}
            return answers.problem(request, "not_allowed_here", told, headers={"Allow": allowed})
        return response

    return guarded
