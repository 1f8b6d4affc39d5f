"""Secrets of this installation, so that no log and no kept answer of a channel ever says one.

Rules
- Whoever reads a secret (a setting, a decrypted credential) gives it to `hide` once; from then on `mask` replaces it.
- What looks like a secret by its place (a bearer token, `password=`, the user part of an address), or is a key to the
  HTTP interface, is replaced too; the id in such a key stays, it says which.
- Those of the settings (`for_good`) are never forgotten; of the others the newest `MOST` are remembered.
- A value of fewer than `SHORTEST` characters is not remembered: it would blot out common words.
"""

import re
from urllib.parse import quote

MASK = "***"
SHORTEST = 6
MOST = 1000
"""Values remembered at most, the newest: a process that runs for months must not grow."""
_hidden: dict[str, None] = {}
_settings: dict[str, None] = {}
_PLACES = (
    re.compile(r"(?i)\b((?:bearer|basic)\s+)[\w.~+/=-]{8,}"),
    re.compile(
        r"(?i)\b((?:password|passwd|pwd|secret|secret_key|token|access_token|api_?key|sendkey|sign|signature)"
        r"(?:=|[\"']?:\s?)[\"']?)[^\s\"'&,;)]{6,}"
    ),
    re.compile(r"\b(fengsui_[0-9a-f]{32}_)[\w-]+"),
    re.compile(r"([?&]key=)[^\s\"'&]+"),
    re.compile(r"(\w+://[^\s/:@]*:)[^\s/@]+(?=@)"),
)


def hide(*values: str, for_good: bool = False) -> None:
    """Remember secrets; each also as it stands in an address."""
    kept = _settings if for_good else _hidden
    for value in values:
        for written in {value, quote(value, safe="")} if len(value) >= SHORTEST else ():
            kept.pop(written, None)
            kept[written] = None
    while len(_hidden) > MOST:
        _hidden.pop(next(iter(tuple(_hidden))), None)


def mask(text: str) -> str:
    """Return the text with every known secret, and what looks like one, replaced."""
    for value in (*tuple(_settings), *tuple(_hidden)):
        if value in text:
            text = text.replace(value, MASK)
    for place in _PLACES:
        text = place.sub(rf"\g<1>{MASK}", text)
    return text
