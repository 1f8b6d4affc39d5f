"""How a worker takes rows that no other worker has: one statement, inside the transaction that does the work."""

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def unlocked(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """Return the rows locked for this transaction, without those another has (on SQLite there is one writer anyway).

    The key stays free: a row that points to a locked one can still be written.
    """
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, no_key=True)
    return rows
