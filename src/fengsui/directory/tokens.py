"""What a key to the HTTP interface looks like and may open: `fengsui_<id>_<secret>`.

Rules
- The secret is 256 bits of chance, shown once; only its SHA-256 is kept. So much chance needs no slow digest.
- The id finds the row, the secret is compared in constant time.
- A scope narrows what the person may do, and never widens it.
"""

import hashlib
import hmac
import re
import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, get_args

Scope = Literal["read", "report", "act"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
LABELS: Mapping[Scope, tuple[str, str]] = {
    "read": ("读取", "read"),
    "report": ("报告事件", "report incidents"),
    "act": ("办理", "act"),
}
LONGEST = timedelta(days=366)
"""No key lives longer."""
MANY = 20
"""Keys that one person may have in force at a time."""
_SHAPE = re.compile(r"fengsui_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


def new_secret() -> str:
    """Return 256 bits of chance as 43 characters."""
    return secrets.token_urlsafe(32)


def written(id: str, secret: str) -> str:
    """Return the key as its person copies it."""
    return f"fengsui_{uuid.UUID(id).hex}_{secret}"


def parts(text: str) -> tuple[str, str] | None:
    """Return the row's id and the secret of a key, or None for what is no key at all."""
    found = _SHAPE.fullmatch(text)
    return (str(uuid.UUID(found[1])), found[2]) if found else None


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return "sha256:" + hashlib.sha256(secret.encode()).hexdigest()


def same(digest: str, secret: str) -> bool:
    """Return whether a secret is the one of which this is kept, in a time that does not tell."""
    return hmac.compare_digest(digest, digest_of(secret))
