"""Brings the database of a released version to this one and says what became of it, as JSON.

    python -m tests.support.released FILE.sql.gz       in the environment of an empty database

Rules
- SQLite gets the released file itself; PostgreSQL the tables as the same migrations made them, and the same rows.
- The upgrade is the one of `fengsui serve --migrate`; afterwards people sign in and the worker works.
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import sys
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.test import Client  # noqa: E402

from fengsui.cases import models  # noqa: E402
from fengsui.server import clock, wholeness  # noqa: E402
from fengsui.server.management.commands import serve, work  # noqa: E402

WHO, PASSWORD = "zhiban", "linjiang-beacon-37"
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?(?:\+00)?")
CASE = re.compile(r'href="(/cases/[A-Z0-9-]+/)"')


def main(path: str) -> None:
    """Load, upgrade, look."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        script = file.read()
    old = sqlite3.connect(":memory:")
    old.executescript(script)
    if connection.vendor == "sqlite":
        with sqlite3.connect(connection.settings_dict["NAME"]) as target:
            target.executescript(script)
    else:
        _as_postgresql(old)
    before = {table: _rows(old.cursor(), table, columns) for table, columns in _tables(old).items()}
    serve.prepare_database(migrate=True)
    with connection.cursor() as cursor:
        lost = {table: len(rows - _rows(cursor, table, _tables(old)[table])) for table, rows in before.items() if rows}
    whole = wholeness.look()
    said = {"rows": {table: len(rows) for table, rows in before.items()}, "lost": {k: v for k, v in lost.items() if v}}
    said |= {"whole": whole.told(), "faults": whole.faults, "fault": work.work_once(clock.now()).fault}
    print(json.dumps(said | _seen()))


def _tables(old: sqlite3.Connection) -> dict[str, list[str]]:
    """The tables of then with those of their columns that there still are."""
    found = {}
    with connection.cursor() as cursor:
        for (table,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"):
            now = {one.name for one in connection.introspection.get_table_description(cursor, table)}
            then = [row[1] for row in old.execute(f"PRAGMA table_info({table})")]
            found[table] = [name for name in then if name in now]
    return found


def _as_postgresql(old: sqlite3.Connection) -> None:
    applied = set(old.execute("SELECT app, name FROM django_migrations"))
    with transaction.atomic(), connection.cursor() as cursor:
        executor = MigrationExecutor(connection)
        whole = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
        executor.migrate(None, plan=[one for one in whole if (one[0].app_label, one[0].name) in applied])
        for table, columns in _tables(old).items():
            named = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(f'TRUNCATE "{table}" CASCADE')
        for table, columns in _tables(old).items():
            named = ", ".join(f'"{name}"' for name in columns)
            with cursor.cursor.copy(f'COPY "{table}" ({named}) FROM STDIN') as into:
                for row in old.execute(f'SELECT {named} FROM "{table}"'):
                    into.write_row([None if cell is None else str(cell) for cell in row])
        for table, columns in _tables(old).items():
            if "id" in columns:
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
                if sequence := cursor.fetchone()[0]:
                    cursor.execute(f"SELECT setval(%s, (SELECT coalesce(max(id), 1) FROM {table}))", [sequence])


def _rows(cursor: Any, table: str, columns: list[str]) -> set[tuple[str | None, ...]]:
    """The rows of a table as texts that both databases say alike."""
    named = ", ".join(f'CAST("{name}" AS TEXT)' for name in columns)
    cursor.execute(f'SELECT {named} FROM "{table}"')
    return {tuple(_plain(cell) for cell in row) for row in cursor.fetchall()}


def _plain(text: str | None) -> str | None:
    if text is None or text in {"true", "false"}:
        return text and str(int(text == "true"))
    if moment := MOMENT.fullmatch(text):
        return f"{moment[1]}{(moment[2] or '').rstrip('0').rstrip('.')}"
    if text[0:1] in ("[", "{"):
        return json.dumps(json.loads(text), sort_keys=True)
    return text


def _seen() -> dict[str, Any]:
    """What somebody of then sees now: the desk, and a case."""
    client = Client(SERVER_NAME="localhost")
    signed = client.post("/sign-in/", {"username": WHO, "password": PASSWORD})
    desk = client.get("/cases/")
    case = CASE.search(desk.content.decode())
    page = client.get(case[1]) if case else desk
    return {"signed": signed.status_code, "case": page.status_code if case else 0, "cases": models.Case.objects.count()}


if __name__ == "__main__":
    main(sys.argv[1])
