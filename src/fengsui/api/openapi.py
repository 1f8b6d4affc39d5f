"""The schema of the interface completed: what every address answers when something is wrong, its headers, examples.

Rules
- What Django Ninja says of requests and answers comes from `schemas`; here stands what is the same everywhere.
- The schema is served by this server, and the page that shows it loads nothing from elsewhere.
"""

from collections.abc import Iterator
from typing import Any

from fengsui.api.answers import MEDIA_TYPE
from fengsui.api.schemas import ProblemDocument

DESCRIPTION = """\
Report incidents, read cases, do what the plan lets you do: the same services as the pages, as the person of the key.
向系统报告事件、读取案件、办理预案许可的动作；与页面同一套服务，以令牌本人的席位办理。

- `Authorization: Bearer fengsui_…`; a key is made under *My page → API tokens*, ends, and has scopes.
- Answers and refusals are Chinese, or English with `Accept-Language: en`. Moments are UTC.
- `Idempotency-Key` makes a POST safe to repeat. `seen` tells what you had read; another's act since then is a 409.
- Lists go on by `next` (also in the header `Link`), never by page number.
"""
SHARED: dict[str, str] = {
    "401": "No key, or one that ended",
    "403": "The key does not open this",
    "404": "Absent, or not yours to see",
    "405": "The address does not take the method",
    "422": "The request is not well formed, or the plan refuses; `code`, `clause` and `next` say why",
    "429": "Too many requests by this key; see the header Retry-After",
    "500": "The server failed; nothing was written",
    "503": "The database did not answer; send again with the same Idempotency-Key",
}
FOR_POST: dict[str, str] = {
    "409": "Somebody else was first, the content shown has changed, or the case is busy",
    "413": "The body is too large",
    "415": "The body is not application/json",
}
HEADERS: dict[str, dict[str, Any]] = {
    "401": {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}},
    "405": {"Allow": {"schema": {"type": "string"}, "required": True}},
    "409": {"Retry-After": {"schema": {"type": "string"}, "description": "seconds, where the case was busy"}},
    "429": {"Retry-After": {"schema": {"type": "string"}, "description": "seconds", "required": True}},
    "503": {"Retry-After": {"schema": {"type": "string"}, "description": "seconds", "required": True}},
    "201": {"Location": {"schema": {"type": "string"}, "description": "address of the case", "required": True}},
}
LINK = {"Link": {"schema": {"type": "string"}, "description": 'the next page, rel="next"'}}
EXAMPLES: dict[tuple[str, str], Any] = {
    ("/api/v1/cases", "post"): {
        "title": "门户网站无法访问",
        "owner": "dept@operations",
        "facts": {"important_system": True, "discovered_at": "2026-11-21 01:26"},
        "unverified": ["important_system"],
        "source": "监测平台",
    },
    ("/api/v1/report/preview", "post"): {"owner": "dept@operations", "facts": {"important_system": True}},
    ("/api/v1/cases/{number}/acts/{act}", "post"): {"value": "III", "reason": "核对过分级标准", "seen": 2},
    ("/api/v1/cases/{number}/obligations/{key}/discharge", "post"): {"note": "已电话报告", "seen": 4},
}


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with problem answers, headers, examples and the one way in."""
    parts = schema["components"]
    parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer …"}}
    model = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    parts["schemas"] |= model.pop("$defs", {}) | {"ProblemDocument": model}
    for path, method, operation in operations(schema):
        operation["security"] = [{"key": []}]
        _problems(operation, SHARED | (FOR_POST if method == "post" else {}))
        _headers(operation, _goes_on(operation, parts["schemas"]))
        if (path, method) in EXAMPLES:
            operation["requestBody"]["content"]["application/json"]["example"] = EXAMPLES[path, method]
    return schema


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return every address with its method and what is said of it."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _problems(operation: dict[str, Any], told: dict[str, str]) -> None:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    answers |= {status: {"description": text, "content": content} for status, text in sorted(told.items())}
    operation["responses"] = answers


def _goes_on(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Return whether the answer is a page of a list: it has the address of the next one."""
    content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
    return "next" in schemas.get(name, {}).get("properties", {})


def _headers(operation: dict[str, Any], paged: bool) -> None:
    for status, answer in operation["responses"].items():
        if status in HEADERS:
            answer["headers"] = HEADERS[status]
        if status == "200" and paged:
            answer["headers"] = LINK
