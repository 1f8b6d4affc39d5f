"""New rows of one table written in one statement: as `bulk_create`, without what it prepares for other cases.

Rules
- Every row has its id already, and no column is computed by the database: what every table of the service is like.
- A conflict raises IntegrityError; the caller's transaction decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

MOST = 500
"""Rows of one statement."""


def insert(rows: Sequence[Model]) -> None:
    """Write new rows, all of one table."""
    for first in range(0, len(rows), MOST):
        part = rows[first : first + MOST]
        head, marks, names, fields = _prepared(type(part[0]), connection.vendor)
        values = [
            field.get_db_prep_save(getattr(row, name), connection)
            for row in part
            for name, field in zip(names, fields, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(head + ", ".join([marks] * len(part)), values)


@lru_cache(maxsize=64)
def _prepared(table: type[Model], vendor: str) -> tuple[str, str, tuple[str, ...], tuple[Field[Any, Any], ...]]:
    fields = tuple(table._meta.concrete_fields)
    named = ", ".join(f'"{field.column}"' for field in fields)
    marks = f"({', '.join(['%s'] * len(fields))})"
    return f'insert into "{table._meta.db_table}" ({named}) values ', marks, tuple(f.attname for f in fields), fields
