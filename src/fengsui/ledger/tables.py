"""What PostgreSQL is given beside the tables of the models, written anew after every migration.

Rules
- `ledger_insert(document)` writes the rows of many tables in one call (`rows`): one planned statement per table, and
  one way to the database and back instead of one for each. The document names the columns of each table, and then each
  row is a list: a program of another version is refused, not misread.
- An id is looked up whole, never by its beginning: the second index for patterns, which Django gives to every primary
  key of text, is dropped. Each new row would pay for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, JSONField, Model

from fengsui.ledger.models import Rooted

FUNCTION = """create or replace function ledger_insert(document jsonb) returns void language plpgsql as $body$
begin
{statements}
end
$body$"""
STATEMENT = """if document ? '{table}' then
  if document->'{table}'->'columns' <> '{names}' then
    raise exception 'the columns of {table} are not those of the program that writes: it is of another version';
  end if;
  insert into "{table}" ({columns})
  select {values} from jsonb_array_elements(document->'{table}'->'rows') as given(said);
end if;"""
PATTERNS = """select indexname from pg_indexes
where schemaname = current_schema() and tablename = any(%s) and indexdef like '%%(id varchar_pattern_ops)%%'"""


def complete(using: str = DEFAULT_DB_ALIAS, **_rest: Any) -> None:
    """Write the function and drop the indexes for patterns; nothing on another database than PostgreSQL."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    tables = list(_tables())
    with connection.cursor() as cursor:
        standing = set(connection.introspection.table_names(cursor))
        there = [table for table in tables if table._meta.db_table in standing]
        cursor.execute(FUNCTION.format(statements="\n".join(map(_statement, there))))
        cursor.execute(PATTERNS, [[table._meta.db_table for table in there]])
        for (index,) in cursor.fetchall():
            cursor.execute(f'drop index "{index}"')


def _tables() -> Iterator[type[Model]]:
    return (model for model in apps.get_models() if issubclass(model, Rooted))


def _statement(table: type[Model]) -> str:
    fields = table._meta.concrete_fields
    return STATEMENT.format(
        table=table._meta.db_table,
        names=json.dumps([field.column for field in fields]),
        columns=", ".join(f'"{field.column}"' for field in fields),
        values=", ".join(_value(place, field) for place, field in enumerate(fields)),
    )


def _value(place: int, field: Field[Any, Any]) -> str:
    """Return the expression that takes the value of a column out of its row."""
    if isinstance(field, JSONField):
        return f"said->{place}"
    return f"(said->>{place})::{field.db_type(connections[DEFAULT_DB_ALIAS])}"
