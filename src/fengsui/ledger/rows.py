"""New rows of many tables written in one call: as `bulk_create`, without what that prepares for other cases.

Rules
- Every row has its id already, and no column is computed by the database: what every table of the service is like.
- PostgreSQL takes them all as one document, by a function that `tables` writes; SQLite by one INSERT a table.
- A conflict raises IntegrityError; the caller's transaction decides what becomes of it.
- A row that is only written may be `made`: the same object as the class itself makes, without a question to each field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection
from django.db.models import DateTimeField, Field, ForeignKey, JSONField, Model
from django.db.models.base import ModelState
from psycopg import Cursor
from pydantic_core import to_json

MOST = 500
"""Rows of one statement on SQLite."""
CALL = "select ledger_insert(%s::jsonb)"
Prepare = Callable[[Any], Any]
_Row = TypeVar("_Row", bound=Model)


def made(table: type[_Row], **values: Any) -> _Row:
    """Return a new row with these values, by the names of attributes (`case_id`), the others at their defaults."""
    row = table.__new__(table)
    plain, made_anew = _defaults(table)
    said = row.__dict__
    said["_state"] = ModelState()
    said.update(plain)
    said.update(values)
    for name, make in made_anew:
        if name not in values:
            said[name] = make()
    return row


def insert(*groups: Sequence[Model]) -> None:
    """Write new rows; those of one group are of one table."""
    filled = [rows for rows in groups if rows]
    if not filled:
        return
    if connection.vendor == "postgresql":
        called(CALL, document(*filled))
    else:
        for rows in filled:
            for first in range(0, len(rows), MOST):
                _inserted(rows[first : first + MOST])


def called(statement: str, *values: str | int) -> Any:
    """Return the one value that a statement of PostgreSQL answers. What is given travels beside it, not in its text."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        found = cursor.execute(statement, values).fetchone()
        return found[0] if found else None


def document(*groups: Sequence[Model]) -> str:
    """Return rows as `ledger_insert` takes them: by table, the columns and each row as a list."""
    tables = {type(rows[0])._meta.db_table: _listed(rows) for rows in groups if rows}
    return to_json(tables, inf_nan_mode="constants").decode()


def place(table: type[Model], column: str) -> int:
    """Return where a column stands in the rows of a document."""
    return _named(table)[0].index(column)


def _listed(rows: Sequence[Model]) -> dict[str, Any]:
    names, read = _named(type(rows[0]))
    return {"columns": names, "rows": [read(row) for row in rows]}


def _inserted(rows: Sequence[Model]) -> None:
    table, named = _head(type(rows[0]))
    marks = f"({', '.join(['%s'] * (named.count(',') + 1))})"
    values = [value for row in _values(rows) for value in row]
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {table} ({named}) values " + ", ".join([marks] * len(rows)), values)


def _values(rows: Sequence[Model]) -> Iterator[list[Any]]:
    """Yield the values of each row as SQLite takes them; texts, numbers and truths are so already."""
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
def _named(table: type[Model]) -> tuple[tuple[str, ...], Callable[[Model], tuple[Any, ...]]]:
    """Return the columns of a table, and what reads them from a row."""
    fields = table._meta.concrete_fields
    return tuple(str(field.column) for field in fields), attrgetter(*(field.attname for field in fields))


@lru_cache(maxsize=64)
def _defaults(table: type[Model]) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...]]:
    """Return the defaults of the columns, and apart those that are made anew for each row, such as a list."""
    fields = table._meta.concrete_fields
    anew = {one.attname: one.default for one in fields if one.has_default() and callable(one.default)}
    return {one.attname: one.get_default() for one in fields if one.attname not in anew}, tuple(anew.items())


@lru_cache(maxsize=64)
def _columns(table: type[Model]) -> tuple[Callable[[Model], tuple[Any, ...]], tuple[tuple[int, Field[Any, Any]], ...]]:
    """Return what reads the columns of a row, and the places of those that are not texts, numbers or truths."""
    fields = [field.target_field if isinstance(field, ForeignKey) else field for field in table._meta.concrete_fields]
    return _named(table)[1], tuple(
        (n, one) for n, one in enumerate(fields) if isinstance(one, DateTimeField | JSONField)
    )


def _prepare(field: Field[Any, Any]) -> Prepare:
    """Return what makes the values of a column ready for this database."""
    if isinstance(field, JSONField):
        return lambda value: connection.ops.adapt_json_value(value, field.encoder)
    return connection.ops.adapt_datetimefield_value
