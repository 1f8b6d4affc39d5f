"""Canonical bytes and digests: one definition for packs, readings, calendars, pins and events.

Rules
- UTF-8 JSON, keys sorted, no spaces, strings in Unicode NFC, numbers only as integers (everything else is text).
- A moment is written in UTC with whole seconds and a closing `Z`.
- A digest is `sha256:` and 64 hexadecimal digits.
- A number that a person or an address names is digits, at most nine: whatever holds it, it fits.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime

_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
DIGITS = 9
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def stamp(at: datetime) -> str:
    """Return a moment as text: UTC, whole seconds, `Z`. Raises ValueError for a time without zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its zone")
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat()[:19] + "Z"


def moment(text: str) -> datetime:
    """Read back what `stamp` wrote. Raises ValueError for anything else."""
    if not _STAMP.fullmatch(text):
        raise ValueError(f"{text!r} is no moment in UTC")
    return datetime.fromisoformat(text)


def natural(text: str) -> int | None:
    """Return the number that digits write; None for anything else, and for more than nine of them."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS else None


def plain(value: object) -> object:
    """Return the value as JSON data: mappings, lists, text, integers, booleans, None. Raises TypeError otherwise."""
    kind = type(value)
    if kind is str:
        return value if value.isascii() else unicodedata.normalize("NFC", value)  # type: ignore[attr-defined, arg-type]
    if value is None or kind is int or kind is bool:
        return value
    if type(value) is dict or isinstance(value, Mapping):
        return {k if type(k) is str and k.isascii() else plain(str(k)): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return _unusual(value)


def _unusual(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted((plain(v) for v in value), key=str)
    raise TypeError(f"not canonical data: {type(value).__name__}")


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a value."""
    return _JSON.encode(plain(value)).encode()


def digest(value: object) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()
