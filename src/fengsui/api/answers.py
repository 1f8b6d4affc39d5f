"""Problem documents (RFC 9457) for everything that is not done, and the status each goes with.

Rules
- A document says what happened in a sentence, where (`place`), by which clause, and what to do next (`next`); Chinese
  or English as Accept-Language asks.
- Absent and forbidden look the same: 404. What the plan refuses is 422, what another did first 409.
- `type` leads to the code on the page of the interface; `code` is stable, sentences may be improved.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language

from fengsui.api.problems import STATUS
from fengsui.cases import selectors as cases
from fengsui.cases.pages import CaseRef
from fengsui.core.problems import Lang, Problem

MEDIA_TYPE = "application/problem+json"
TITLES: Mapping[str, tuple[str, str]] = {
    "bad_request": ("请求不成立", "Bad request"),
    "failed": ("服务器出错", "Server error"),
    "unavailable": ("数据库没有应答", "Database unavailable"),
    "absent": ("没有", "Not found"),
    "no_such_address": ("没有", "Not found"),
    "no_token": ("未认证", "Not authenticated"),
    "not_allowed_here": ("方法不对", "Method not allowed"),
    "not_in_scope": ("范围不够", "Out of scope"),
    "not_json": ("不是 JSON", "Not JSON"),
    "not_owed_now": ("义务已了", "No longer owed"),
    "body_too_large": ("太大", "Too large"),
    "too_many": ("太频繁", "Too many requests"),
    "key_reused": ("键已用过", "Key reused"),
    "too_busy": ("太忙", "Busy"),
}


def lang() -> Lang:
    """Return the language that the request asks for."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def problem(
    request: HttpRequest,
    code: str,
    params: Mapping[str, str] | None = None,
    *,
    place: str = "",
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """Return the document of a problem of the interface itself."""
    found = Problem(code, params or {})
    title = TITLES[code][lang() == "en"]
    return _answer(request, found, title, found.message(lang()), found.hint(lang()), place, errors, headers)


def refused(request: HttpRequest, found: Problem, person: str, ref: CaseRef | None) -> JsonResponse:
    """Return the document of what a service or the plan refused: ids in words, as on the page."""
    view = cases.refusal(person, ref, found, lang=lang())
    title = TITLES[found.code][lang() == "en"] if found.code in TITLES else view.heading
    headers = {"Retry-After": "1"} if found.code == "too_busy" else None
    more = {"rightful": list(view.rightful), "missing": list(view.missing), "open": list(view.open)}
    place = str(found.where) or str(found.params.get("place", ""))
    return _answer(request, found, title, view.text, view.hint, place, (), headers, **more)


def _answer(
    request: HttpRequest,
    found: Problem,
    title: str,
    detail: str,
    hint: str,
    place: str,
    errors: Iterable[Mapping[str, str]],
    headers: Mapping[str, str] | None,
    **more: Any,
) -> JsonResponse:
    status = STATUS.get(found.code, 422)
    document = {
        "type": f"/api/#{found.code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": found.code,
        "place": place,
        "clause": list(found.clause),
        "next": hint,
        "instance": request.path,
        "rightful": [],
        "missing": [],
        "open": [],
        "errors": [dict(one) for one in errors],
        **more,
    }
    return JsonResponse(
        document,
        status=status,
        headers=dict(headers or {}),
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def say(zh: str, en: str) -> str:
    """Return one of two wordings."""
    return zh if lang() == "zh" else en


FAULTS: Mapping[str, str] = {
    "missing": "缺这一项",
    "extra_forbidden": "没有这一项",
    "literal_error": "不是可选的值",
    "string_too_long": "太长",
    "string_too_short": "太短",
    "string_pattern_mismatch": "格式不对",
    "too_long": "太多",
    "json_invalid": "不是 JSON",
    "host": "服务器不叫这个名字，见 FENGSUI_ALLOWED_HOSTS",
    "unreadable": "读不懂",
}


def fault(one: Mapping[str, Any]) -> dict[str, str]:
    """Return a fault found by the schema: where, which kind, in words."""
    place = [str(part) for part in one["loc"] if part not in ("said", "filters")]  # names of ours, not of the request
    zh = FAULTS.get(one["type"], "写得不对")
    return {"place": ".".join(place), "code": str(one["type"]), "detail": say(zh, str(one["msg"]))}


def faulty(request: HttpRequest, faults: Sequence[Mapping[str, str]]) -> JsonResponse:
    """Return the document of a request that is not well formed: every fault, and the place where there is one."""
    place = faults[0]["place"] if len(faults) == 1 else ""
    return problem(request, "bad_request", {"count": str(len(faults))}, place=place, errors=faults)
