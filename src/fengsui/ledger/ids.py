"""Names for rows: UUID version 7 (RFC 9562, section 5.7), made at the edge and handed on as text.

Rules
- The first 48 bits are the moment given in milliseconds, so that rows made together lie together on the disk.
- The rest is chance; it is drawn here and nowhere else. The core never makes a name.
"""

import os
import secrets
import uuid
from datetime import UTC, datetime
from functools import lru_cache

VARIANT = "89ab"
"""What the fourth part begins with: two bits are the standard's, two are chance."""


def new_id(at: datetime) -> str:
    """Return a new UUIDv7 as text for a row made at `at` (aware)."""
    chance = os.urandom(10).hex()
    variant = VARIANT[int(chance[3], 16) % 4]
    return f"{_beginning(at)}{chance[:3]}-{variant}{chance[4:7]}-{chance[7:19]}"


@lru_cache(maxsize=8)
def _beginning(at: datetime) -> str:
    """Return the part of an id that rows of one moment share, of which a report makes forty."""
    time = f"{int(at.timestamp() * 1000) & (2**48 - 1):012x}"
    return f"{time[:8]}-{time[8:]}-7"


def first_id(at: datetime) -> str:
    """Return an id that is not after any made at `at` or later: where to begin to read rows in the order of time."""
    milliseconds = max(0, int(at.timestamp() * 1000))  # a search may ask for a time before there were any
    return str(uuid.UUID(int=milliseconds << 80))


def made_at(id: str) -> datetime:
    """Return the moment at which a row was made, by its id."""
    return datetime.fromtimestamp((uuid.UUID(id).int >> 80) / 1000, UTC)


def new_salt() -> str:
    """Return 128 bits of chance as hexadecimal text, for digests of what may have to be erased."""
    return secrets.token_hex(16)
