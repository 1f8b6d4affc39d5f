"""Secrets at rest: sealed with Fernet under a key derived from the installation's secret key.

Rules
- Whoever has the database alone reads no secret; whoever has database and secret key reads all. A backup of both is
  kept apart.
- When the secret key is changed, the old one goes into FENGSUI_OLD_SECRET_KEYS; else secrets are unreadable and are
  entered again: a channel whose secrets cannot be read is a finding, not a crash.
- What was in clear once is masked in every log of this process.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from fengsui.ledger import masking

PURPOSE = b"fengsui notifications secrets 1"


class Unreadable(ValueError):
    """What was sealed under another key."""


def seal(secrets: Mapping[str, str]) -> str:
    """Return the sealed form of some secrets; empty for none."""
    if not secrets:
        return ""
    masking.hide(*secrets.values())
    return _box().encrypt(json.dumps(dict(secrets), ensure_ascii=False).encode()).decode()


def unseal(text: str) -> dict[str, str]:
    """Return what was sealed. Raises Unreadable."""
    if not text:
        return {}
    try:
        found = {str(name): str(value) for name, value in json.loads(_box().decrypt(text.encode())).items()}
    except InvalidToken:
        raise Unreadable("sealed under another secret key") from None
    masking.hide(*found.values())
    return found


def _box() -> MultiFernet:
    return _boxes((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _boxes(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
