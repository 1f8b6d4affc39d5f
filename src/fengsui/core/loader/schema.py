"""JSON Schema of a pack's files, for editors that complete keys and mark misspelt ones while an author types.

Rules
- Made from the models of `pack`, so it cannot differ from them: keys, which of them are needed, closed words.
- It knows shapes, not meanings: whether a body or a limit exists is said by `load`.
- `x-…` notes are allowed everywhere.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from fengsui.core.pack import FILES, Duty, FormField, Grant, OverlayFile

Schema = dict[str, Any]
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_YES_NO: Schema = {"enum": ["yes", "no", True, False]}
_MADE: Mapping[type, frozenset[str]] = {Grant: frozenset({"kind"}), Duty: frozenset({"kind"})}
"""Keys that the file's own structure says, and nobody writes."""

_SHORT: frozenset[type] = frozenset({FormField})
"""Records that may also be written as one word: `unit: text`."""


def json_schemas() -> Mapping[str, Schema]:
    """Return one JSON Schema (2020-12) per file of a pack, and of an overlay, by file name."""
    files: Mapping[str, type[BaseModel]] = {**FILES, "overlay": OverlayFile}
    return {f"{name}.yaml": _file(name, model) for name, model in files.items()}


def _file(name: str, model: type[BaseModel]) -> Schema:
    parts: dict[str, Schema] = {}
    top = _object(model, parts)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"{name}.yaml"}
    return {**head, **top, "$defs": dict(sorted(parts.items()))}


def _object(model: type[BaseModel], parts: dict[str, Schema]) -> Schema:
    made = _MADE.get(model, frozenset())
    fields = {(f.alias or name): f for name, f in model.model_fields.items() if name not in made}
    needed = [key for key, f in fields.items() if f.is_required() and not (model is Grant and key == "id")]
    found: Schema = {
        "type": "object",
        "description": " ".join((model.__doc__ or "").split()),
        "properties": {key: _value(field.annotation, bool(field.metadata), parts) for key, field in fields.items()},
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }
    return {**found, "required": needed} if needed else found


def _value(annotation: object, validated: bool, parts: dict[str, Schema]) -> Schema:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _reference(annotation, parts)
    origin, inner = get_origin(annotation), [one for one in get_args(annotation) if one is not type(None)]
    if origin is Annotated:
        return _value(inner[0], True, parts)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, types.UnionType):
        return _either([_value(one, validated, parts) for one in inner])
    if origin is dict and len(inner) == 2 and not validated:
        return {"type": "object", "additionalProperties": _value(inner[1], False, parts)}
    if origin is tuple and _models(inner[0]):
        return {"type": "array", "items": _value(inner[0], False, parts)}
    if annotation is bool:
        return _YES_NO
    return _SCALAR if annotation is str and validated else {}


def _models(annotation: object) -> bool:
    """Whether an annotation holds a model: only such tuples are lists of records, others are read by validators."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(_models(one) for one in get_args(annotation))


def _either(choices: list[Schema]) -> Schema:
    if {} in choices:
        return {}
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def _reference(model: type[BaseModel], parts: dict[str, Schema]) -> Schema:
    name = model.__name__
    if name not in parts:
        parts[name] = {}
        parts[name] = _object(model, parts)
        if model in _SHORT:
            parts[name] = {"anyOf": [_SCALAR, parts[name]]}
    return {"$ref": f"#/$defs/{name}"}
