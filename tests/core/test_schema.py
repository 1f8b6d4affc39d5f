"""The JSON Schemas for editors: they fit every pack we have, and mark what the loader would refuse as misspelt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fengsui.core.loader import json_schemas, load, shipped
from fengsui.core.pack import FILES

GOOD = Path(__file__).parent.parent / "packs" / "good"
PACKS = [*shipped().values(), *(path for path in sorted(GOOD.iterdir()) if path.is_dir())]
SCHEMAS = json_schemas()


def misfits(data: object, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> list[str]:
    """Return where data does not fit; knows the few words of JSON Schema that the generator uses."""
    if "$ref" in schema:
        return misfits(data, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    if "anyOf" in schema:
        tries = [misfits(data, one, root, at) for one in schema["anyOf"]]
        return [] if [] in tries else tries[0]
    if "enum" in schema:
        return [] if data in schema["enum"] else [f"{at}: {data}"]
    kind = schema.get("type")
    if kind == "array":
        items = data if isinstance(data, list) else []
        wrong = [] if isinstance(data, list) else [f"{at}: no list"]
        return wrong + [m for n, one in enumerate(items) for m in misfits(one, schema["items"], root, f"{at}[{n}]")]
    if kind == "object":
        return _object(data, schema, root, at)
    return [f"{at}: no scalar"] if isinstance(kind, list) and isinstance(data, dict | list) else []


def _object(data: object, schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    if not isinstance(data, dict):
        return [f"{at}: no mapping"]
    found = [f"{at}: {key} is needed" for key in schema.get("required", []) if key not in data]
    for key, value in data.items():
        known = schema.get("properties", {}).get(key, schema.get("additionalProperties", False))
        if key.startswith("x-"):
            continue
        found += [f"{at}.{key}: unknown"] if known is False else misfits(value, known, root, f"{at}.{key}")
    return found


def test_every_file_of_a_pack_has_its_schema() -> None:
    assert set(SCHEMAS) == {f"{name}.yaml" for name in (*FILES, "overlay")}
    assert all(schema["$schema"].endswith("2020-12/schema") for schema in SCHEMAS.values())


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_a_good_pack_fits_the_schemas(path: Path) -> None:
    for name, data in load(path).raw.items():
        assert misfits(data, SCHEMAS[f"{name}.yaml"], SCHEMAS[f"{name}.yaml"]) == []


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("duties.yaml", {"incident": [{"id": "a", "on": "opened", "owse": "x", "by": "g", "clause": "C"}]}),
        ("duties.yaml", {"incident": [{"id": "a", "on": "opened", "by": "g", "clause": "C"}]}),
        ("duties.yaml", {"incidents": []}),
        ("bodies.yaml", {"bodies": {"a": {"zh": "甲", "kind": "extern", "clause": "C"}}}),
        ("grants.yaml", {"incident": {"act": "end"}}),
        ("playbooks.yaml", {"playbooks": {"p": {"start": "opened", "steps": [{"together": [{"idd": "a"}]}]}}}),
        ("pack.yaml", {"language": "1"}),
    ],
)
def test_what_the_loader_would_refuse_is_marked(file: str, data: object) -> None:
    assert misfits(data, SCHEMAS[file], SCHEMAS[file])
