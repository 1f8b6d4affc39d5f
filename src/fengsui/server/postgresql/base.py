"""Django's PostgreSQL, which looks at a kept connection without a question to the database.

Rules
- A server that ended a connection has closed its socket or written a last word into it: while there is nothing to read,
  a connection used `LATELY` is taken as usable, at no cost to anybody. Everything else `SELECT 1` decides.
- A machine or a network that fell silent within that time shows by the next statement.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus, TransactionStatus
from psycopg.pq.abc import PGconn

from fengsui.server import clock

LATELY = 2.0
"""Seconds."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Asked once for each request, before its first statement (`CONN_HEALTH_CHECKS`)."""

    looked_at = -LATELY

    def is_usable(self) -> bool:
        """Return whether the connection can be used for another request."""
        before, self.looked_at = self.looked_at, clock.steady()[1]
        lately = self.connection is not None and self.looked_at - before < LATELY
        return (lately and _still(self.connection.pgconn)) or super().is_usable()


def _still(connection: PGconn) -> bool:
    """Return whether a connection is idle and its server has said nothing since."""
    if connection.status != ConnStatus.OK or connection.transaction_status != TransactionStatus.IDLE:
        return False
    looked = select.poll()
    looked.register(connection.socket, select.POLLIN)
    return not looked.poll(0)
