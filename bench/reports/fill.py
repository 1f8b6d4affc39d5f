"""Many copies of one reported case, written inside the database itself: other ids, another number, logs chained anew.

Rules
- Every table that names the case comes along. The ids of a copy are those of an earlier time, in their own order, so
  that indexes look as after years of reports.
- A log is canonical text, in which id and previous digest are replaced, and SHA-256 of it: computed by the database.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from fengsui.cases import models
from fengsui.core.canon import canonical

TABLES: tuple[type[Model], ...] = (
    models.Event,
    models.Beside,
    models.Obligation,
    models.Involved,
    models.Gram,
    models.Mention,
    models.Submission,
)
BATCH = 50_000


def write(life: models.Case, many: int) -> None:
    """Write so many copies of a case."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function("hashed", 1, _hashed, deterministic=True)
    ids = _ids(life)
    statements = [_statement(one, ids, life, place) for place, one in enumerate(_rows(life))]
    for first in range(1, many + 1, BATCH):
        last = min(first + BATCH - 1, many)
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("set local session_replication_role = replica")
            for statement, values in statements:
                cursor.execute(statement, [first, last, *values])


def settle() -> None:
    """Leave nothing for later that filling began: dead rows, statistics, pages that are not written out yet."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("vacuum (analyze)")
            cursor.execute("checkpoint")
        else:
            cursor.execute("analyze")


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(life: models.Case) -> list[Model]:
    found: list[Model] = [life]
    for table in TABLES:
        named = {"event__case": life} if table is models.Mention else {"case": life}
        rows = table._default_manager.filter(**named)
        found += rows.order_by("seq") if table is models.Event else rows
    return found


def _ids(life: models.Case) -> dict[str, int]:
    """Return the place of each row by its id: what makes the ids of a copy."""
    return {row.pk: place for place, row in enumerate(_rows(life))}


def _name(place: int) -> str:
    """Return the id of a copy's row, of the number `n` of the copy, as an expression."""
    if connection.vendor == "postgresql":
        return f"lpad(to_hex(n), 8, '0') || '-0000-7000-8000-{place:012x}'"
    return f"printf('%%08x', n) || '-0000-7000-8000-{place:012x}'"


def _statement(row: Model, ids: dict[str, int], life: models.Case, place: int) -> tuple[str, list[Any]]:
    columns, values = [], []
    said: list[str] = []
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        columns.append(f'"{field.column}"')
        made = _made(row, field.column, value, ids, life)
        if made is None:
            said.append("%s")
            values.append(field.get_db_prep_save(value, connection))
        else:
            said.append(made)
    series = (
        "select n from generate_series(%s::int, %s::int) n"
        if connection.vendor == "postgresql"
        else "with recursive s(n, z) as (select %s, %s union all select n + 1, z from s where n < z) select n from s"
    )
    table = row._meta.db_table
    return (
        f"with copy(n) as ({series}) insert into {table} ({', '.join(columns)}) select {', '.join(said)} from copy",
        values,
    )


def _made(row: Model, column: str, value: Any, ids: dict[str, int], life: models.Case) -> str | None:
    """Return the expression that makes a column of a copy, or None where it is the same for all."""
    number = "lpad(n::text, 7, '0')" if connection.vendor == "postgresql" else "printf('%%07d', n)"
    if isinstance(value, str) and value in ids:
        return _name(ids[value])
    if isinstance(row, models.Case):
        if column == "number":
            return f"'COPY-' || {number}"
        return _digest(life, life.seq, ids) if column == "head" else None
    if isinstance(row, models.Submission) and column == "key":
        return f"'copy-' || {number}"
    if isinstance(row, models.Event):
        texts = {"body": _body, "digest": _digest, "code": _code, "previous": _previous}
        return texts[column](life, row.seq, ids) if column in texts else None
    return None


def _text(life: models.Case, seq: int, ids: dict[str, int]) -> str:
    """Return the canonical text of a copy's event, as an expression."""
    event = models.Event.objects.get(case=life, seq=seq)
    text = "'" + canonical(event.body).decode().replace("'", "''").replace("%", "%%") + "'"
    text = f"replace({text}, '{life.pk}', {_name(ids[life.pk])})"
    return f"replace({text}, '{event.previous}', {_previous(life, seq, ids)})" if event.previous else text


def _digest(life: models.Case, seq: int, ids: dict[str, int]) -> str:
    text = _text(life, seq, ids)
    if connection.vendor == "postgresql":
        return f"'sha256:' || encode(sha256(convert_to({text}, 'UTF8')), 'hex')"
    return f"'sha256:' || hashed({text})"


def _previous(life: models.Case, seq: int, ids: dict[str, int]) -> str:
    return _digest(life, seq - 1, ids) if seq > 1 else "''"


def _code(life: models.Case, seq: int, ids: dict[str, int]) -> str:
    return f"substr({_digest(life, seq, ids)}, 8, 8)"


def _body(life: models.Case, seq: int, ids: dict[str, int]) -> str:
    text = _text(life, seq, ids)
    return f"({text})::jsonb" if connection.vendor == "postgresql" else text
