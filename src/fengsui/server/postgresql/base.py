"""Django's PostgreSQL, which looks at a kept connection without a question to the database.

Rules
- A server that ended a connection has closed its socket or written a last word into it: as long as there is nothing to
  read, the connection is as usable as `SELECT 1` would show, at no cost to anybody. Where there is, `SELECT 1` decides.
- A network that fell silent shows in neither way before the next statement.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus, TransactionStatus
from psycopg.pq.abc import PGconn


class DatabaseWrapper(base.DatabaseWrapper):
    """Asked once for each request, before its first statement (`CONN_HEALTH_CHECKS`)."""

    def is_usable(self) -> bool:
        """Return whether the connection can be used for another request."""
        return self.connection is not None and (_still(self.connection.pgconn) or super().is_usable())


def _still(connection: PGconn) -> bool:
    """Return whether a connection is idle and its server has said nothing since."""
    if connection.status != ConnStatus.OK or connection.transaction_status != TransactionStatus.IDLE:
        return False
    looked = select.poll()
    looked.register(connection.socket, select.POLLIN)
    return not looked.poll(0)
