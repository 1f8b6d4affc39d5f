"""The page that shows the interface: every address with its fields and answers, out of the schema itself.

Rules
- Rendered here from `openapi.json`, in the pages' own style; no script and nothing from outside.
- Open to everybody who reaches the server: it tells the shape of the interface, and nothing of its contents.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

import fengsui
from fengsui.api.answers import TITLES, lang
from fengsui.api.interface import api
from fengsui.api.openapi import operations
from fengsui.api.problems import STATUS
from fengsui.core.problems import CODES, Lang

SHEETS = tuple(
    f"fengsui/css/{name}.css" for name in ("reset", "tokens", "base", "layout", "parts", "pages", "util", "print")
)
NAMES: Mapping[str, str] = {
    "Whose key this is": "令牌是谁的",
    "What a report may say": "报告可填什么",
    "What a report would mean": "报告会意味着什么（不存）",
    "Report": "报告事件",
    "Find cases": "查找案件",
    "One case": "一个案件",
    "What is owed": "案件的义务",
    "What can be done next": "下一步能办什么",
    "Its records": "案件的记录链",
    "What an act takes": "某个动作要填什么",
    "Do an act": "办一个动作",
    "Discharge an obligation": "履行一项义务",
    "Installed plans": "已装入的预案",
    "One plan": "一部预案",
}
"""The Chinese names of the addresses, by their English ones."""
SAID: Mapping[str, str] = {
    "门户网站无法访问": "The portal cannot be reached",
    "监测平台": "monitoring",
    "核对过分级标准": "checked against the criteria",
    "已电话报告": "reported by telephone",
}
"""What the examples of the schema say, for readers of English."""
PLAN_CODES = (
    *("bad_act", "bad_file", "bad_input", "bad_time", "forbidden", "future_time", "key_reused", "missing"),
    *("needs_interpretation", "no_second_person", "no_such_name", "no_tier", "not_adopted", "not_given", "not_yours"),
    *("out_of_order", "outside", "undecided", "wait_for"),
)
"""Codes of the services and of the plan that are answered with 422."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field: its name, its type (and the part of the page where that is shown), whether it must be there."""

    name: str
    kind: str
    part: str
    required: bool
    says: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer: its status, what it means, the part of the page that shows its content."""

    status: str
    says: str
    part: str


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One address with its method."""

    id: str
    method: str
    path: str
    name: str
    says: str
    parameters: tuple[FieldRow, ...]
    body: tuple[FieldRow, ...]
    answers: tuple[AnswerRow, ...]
    example: str


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A problem code: its status, its sentence, what to do."""

    code: str
    status: int
    says: str
    remedy: str


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """Show the interface."""
    schema = api.get_openapi_schema()
    context = {
        "now": request.at,  # type: ignore[attr-defined]
        "sheets": SHEETS,
        "version": fengsui.__version__,
        "addresses": [_address(*one, schema, lang()) for one in operations(schema)],
        "parts": list(_parts(schema)),
        "codes": codes(lang()),
        "scopes": ("read", "report", "act"),
        "host": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "api/reference.html", context)


@cache
def codes(lang: Lang) -> tuple[CodeRow, ...]:
    """Return the codes that the interface answers with."""
    wanted = sorted({*STATUS, *TITLES, *PLAN_CODES} - {"not_your_office"})
    return tuple(_code(code, lang) for code in wanted)


def _code(code: str, lang: Lang) -> CodeRow:
    kind = CODES[code]
    says, remedy = (kind.zh, kind.remedy_zh) if lang == "zh" else (kind.en, kind.remedy_en)
    return CodeRow(code, STATUS.get(code, 422), says, remedy)


def _address(path: str, method: str, operation: dict[str, Any], schema: dict[str, Any], lang: Lang) -> AddressRow:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = _resolved(content.get("schema", {}), schema)
    return AddressRow(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        name=NAMES[operation["summary"]] if lang == "zh" else operation["summary"],
        says=operation.get("description", ""),
        parameters=tuple(_parameter(one) for one in operation.get("parameters", ())),
        body=tuple(_fields(body)),
        answers=tuple(_answer(status, one) for status, one in sorted(operation["responses"].items())),
        example=_example(content, lang),
    )


def _example(content: dict[str, Any], lang: Lang) -> str:
    text = json.dumps(content["example"], ensure_ascii=False, indent=1) if "example" in content else ""
    for zh, en in SAID.items() if lang == "en" else ():
        text = text.replace(zh, en)
    return text


def _parameter(one: dict[str, Any]) -> FieldRow:
    kind, part = _kind(one["schema"])
    says = one.get("description") or one["schema"].get("description", "")
    return FieldRow(one["name"], kind, part, one.get("required", False), says, one["in"])


def _answer(status: str, one: dict[str, Any]) -> AnswerRow:
    shapes = [each["schema"] for each in one.get("content", {}).values() if "schema" in each]
    return AnswerRow(status, one.get("description", ""), _kind(shapes[0])[1] if shapes else "")


def _parts(schema: dict[str, Any]) -> Iterator[tuple[str, str, tuple[FieldRow, ...]]]:
    for name, one in sorted(schema["components"]["schemas"].items()):
        if one.get("type") == "object":
            yield name, one.get("description", ""), tuple(_fields(one))


def _fields(one: dict[str, Any]) -> Iterator[FieldRow]:
    required = set(one.get("required", ()))
    for name, field in one.get("properties", {}).items():
        kind, part = _kind(field)
        yield FieldRow(name, kind, part, name in required, field.get("description", ""))


def _kind(field: dict[str, Any]) -> tuple[str, str]:
    """Return how a type is said, and the part of the page that shows it."""
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        return name, name
    if "enum" in field or "const" in field:
        return " | ".join(map(str, field.get("enum", [field.get("const")]))), ""
    if "anyOf" in field:
        said = [_kind(one) for one in field["anyOf"] if one.get("type") != "null"]
        return " | ".join(kind for kind, _ in said), next((part for _, part in said if part), "")
    if field.get("type") == "array":
        kind, part = _kind(field.get("items", {}))
        return f"[{kind}]", part
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
        kind, part = _kind(field["additionalProperties"])
        return f"{{{kind}}}", part
    return str(field.get("format") or field.get("type", "")), ""


def _resolved(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = field.get("$ref", "").rsplit("/", 1)[-1]
    found: dict[str, Any] = schema["components"]["schemas"].get(name, {})
    return found
