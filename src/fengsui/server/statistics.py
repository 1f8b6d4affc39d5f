"""What SQLite knows of its own tables: how many rows share a value, so that it chooses the right index.

Rules
- Without it SQLite takes a root (which every row shares) to be as narrow as an id, and walks a table for one row.
- A worker has it counted when it starts and once a day. A sample of each index is enough: it takes a second even in a
  database of a million events.
- PostgreSQL counts by itself.
"""

from datetime import datetime, timedelta

from django.db import connection

EVERY = timedelta(days=1)
SAMPLE = 20_000
"""Rows of each index that are looked at: what is more common than this is taken to be as rare as this."""
_counted: list[datetime] = []


def keep(at: datetime) -> int:
    """Count again if that was not done for a day; a job of the worker, which leaves nothing to be done after it."""
    if not _counted or at - _counted[-1] >= EVERY:
        _counted[:] = [at]
        count()
    return 0


def count() -> None:
    """Count now, where the database does not do it by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={SAMPLE}")
            cursor.execute("ANALYZE")
