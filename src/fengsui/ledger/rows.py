"""New rows of one table written in one statement: as `bulk_create`, without what it prepares for other cases.

Rules
- Every row has its id already, and no column is computed by the database: what every table of the service is like.
- PostgreSQL takes them by COPY, which neither parses nor plans a text of hundreds of values; SQLite by one INSERT.
- A conflict raises IntegrityError; the caller's transaction decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, ForeignKey, JSONField, Model

MOST = 500
"""Rows of one statement on SQLite."""
Prepare = Callable[[Any], Any]


def insert(rows: Sequence[Model]) -> None:
    """Write new rows, all of one table."""
    if rows and connection.vendor == "postgresql":
        _copied(rows)
    else:
        for first in range(0, len(rows), MOST):
            _inserted(rows[first : first + MOST])


def _copied(rows: Sequence[Model]) -> None:
    table, named = _head(type(rows[0]))
    statement = f"copy {table} ({named}) from stdin"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for values in _values(rows):
            copy.write_row(values)


def _inserted(rows: Sequence[Model]) -> None:
    table, named = _head(type(rows[0]))
    marks = f"({', '.join(['%s'] * (named.count(',') + 1))})"
    values = [value for row in _values(rows) for value in row]
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {table} ({named}) values " + ", ".join([marks] * len(rows)), values)


def _values(rows: Sequence[Model]) -> Iterator[list[Any]]:
    """Yield the values of each row as the database takes them; texts, numbers and truths are so already."""
    read, prepared = _columns(type(rows[0]))
    ways = [(place, _prepare(field)) for place, field in prepared]
    for row in rows:
        values = list(read(row))
        for place, prepare in ways:
            if values[place] is not None:
                values[place] = prepare(values[place])
        yield values


@lru_cache(maxsize=64)
def _head(table: type[Model]) -> tuple[str, str]:
    return f'"{table._meta.db_table}"', ", ".join(f'"{field.column}"' for field in table._meta.concrete_fields)


@lru_cache(maxsize=64)
def _columns(table: type[Model]) -> tuple[Callable[[Model], tuple[Any, ...]], tuple[tuple[int, Field[Any, Any]], ...]]:
    """Return what reads the columns of a row, and the places of those that are not texts, numbers or truths."""
    fields = [field.target_field if isinstance(field, ForeignKey) else field for field in table._meta.concrete_fields]
    read = attrgetter(*(field.attname for field in table._meta.concrete_fields))
    return read, tuple((n, one) for n, one in enumerate(fields) if isinstance(one, DateTimeField | JSONField))


def _prepare(field: Field[Any, Any]) -> Prepare:
    """Return what makes the values of a column ready for this database."""
    if isinstance(field, JSONField):
        return lambda value: connection.ops.adapt_json_value(value, field.encoder)
    return connection.ops.adapt_datetimefield_value
