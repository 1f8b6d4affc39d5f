"""Names for rows: UUID version 7 (RFC 9562, section 5.7), made at the edge and handed on as text.

Rules
- The first 48 bits are the moment given in milliseconds, so that rows made together lie together on the disk.
- The rest is chance; it is drawn here and nowhere else. The core never makes a name.
"""

import secrets
import uuid
from datetime import UTC, datetime


def new_id(at: datetime) -> str:
    """Return a new UUIDv7 as text for a row made at `at` (aware)."""
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    high, low = secrets.randbits(12), secrets.randbits(62)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low))


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
