"""New rows of one table written in one statement: as `bulk_create`, without what it prepares for other cases.

Rules
- Every row has its id already, and no column is computed by the database: what every table of the service is like.
- A conflict raises IntegrityError; the caller's transaction decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import BooleanField, CharField, Field, ForeignKey, IntegerField, Model, TextField

MOST = 500
"""Rows of one statement."""


def insert(rows: Sequence[Model]) -> None:
    """Write new rows, all of one table."""
    for first in range(0, len(rows), MOST):
        part = rows[first : first + MOST]
        head, marks, columns = _prepared(type(part[0]), connection.vendor)
        values = [prepare(getattr(row, name)) for row in part for name, prepare in columns]
        with connection.cursor() as cursor:
            cursor.execute(head + ", ".join([marks] * len(part)), values)


@lru_cache(maxsize=64)
def _prepared(table: type[Model], vendor: str) -> tuple[str, str, tuple[tuple[str, Callable[[Any], Any]], ...]]:
    fields = tuple(table._meta.concrete_fields)
    named = ", ".join(f'"{field.column}"' for field in fields)
    marks = f"({', '.join(['%s'] * len(fields))})"
    columns = tuple((field.attname, _prepare(field)) for field in fields)
    return f'insert into "{table._meta.db_table}" ({named}) values ', marks, columns


def _prepare(field: Field[Any, Any]) -> Callable[[Any], Any]:
    """Return what makes a column's value ready; texts, numbers and truths are so already."""
    kept = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(kept, CharField | TextField | IntegerField | BooleanField):
        return _as_it_is
    return lambda value: field.get_db_prep_save(value, connection)


def _as_it_is(value: Any) -> Any:
    return value
