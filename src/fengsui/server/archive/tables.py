"""The database of one moment as files, and back; SQLite as its own file, PostgreSQL as `COPY` of every table.

Rules
- SQLite: its online backup, one snapshot; writers go on meanwhile.
- PostgreSQL: every table in one transaction that sees one moment. Tables are made again by the very migrations that
  made them, so no programs of PostgreSQL are needed, and `psql` reads the members with `\\copy` if need be (ADR 28).
- Loading is one transaction on both: the database is the old one or the restored one, never half of either.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from fengsui.server.archive.container import CHUNK, BadArchive, Manifest, members

SQLITE = "database.sqlite3"
MIGRATIONS = "django_migrations"


def vendor() -> str:
    """`sqlite` or `postgresql`."""
    return connection.vendor


def applied() -> list[str]:
    """The migrations that this database has, as `app.name`."""
    return sorted(".".join(one) for one in MigrationRecorder(connection).applied_migrations())


def ours() -> list[str]:
    """The tables of this product that the database has, also those of another version of it."""
    apps = {one.partition(".")[0] for one in applied()}
    return sorted(
        name for name in connection.introspection.table_names() if name.partition("_")[0] in apps | {"django"}
    )


def dump(folder: Path, manifest: Manifest) -> list[Path]:
    """Write the database into a folder; fill in what the manifest says of it. Returns the files."""
    return _dump_sqlite(folder, manifest) if vendor() == "sqlite" else _dump_postgresql(folder, manifest)


def _dump_sqlite(folder: Path, manifest: Manifest) -> list[Path]:
    path = folder / SQLITE
    connection.ensure_connection()
    copy = sqlite3.connect(path)
    try:
        connection.connection.backup(copy)
        for table in ours():
            manifest.rows[table] = copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        found = copy.execute(f"SELECT app, name FROM {MIGRATIONS}").fetchall()
        manifest.migrations = sorted(".".join(one) for one in found)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
    return [path]


def _dump_postgresql(folder: Path, manifest: Manifest) -> list[Path]:
    paths = []
    connection.close()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        manifest.migrations = applied()
        for table in ours():
            manifest.columns[table] = [
                one.name for one in connection.introspection.get_table_description(cursor, table)
            ]
            path = folder / f"{table}.copy"
            with path.open("wb") as file, cursor.cursor.copy(_copy(table, manifest.columns[table], "TO STDOUT")) as out:
                for part in out:
                    file.write(part)
            manifest.rows[table] = cursor.cursor.rowcount
            paths.append(path)
    return paths


def _copy(table: str, columns: list[str], way: str) -> str:
    quote = connection.ops.quote_name
    return f"COPY {quote(table)} ({', '.join(map(quote, columns))}) {way}"


def occupied() -> str:
    """The first table that holds what somebody entered; empty for a new installation."""
    made_by_migrations = {MIGRATIONS, "django_content_type", "auth_permission"}
    with connection.cursor() as cursor:
        for table in ours():
            if table not in made_by_migrations:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
                if cursor.fetchone():
                    return table
    return ""


def fits(manifest: Manifest) -> str:
    """Why this installation cannot take such an archive; empty when it can."""
    if manifest.database != vendor():
        return f"it holds a database of {manifest.database}, and FENGSUI_DATABASE_URL names one of {vendor()}"
    known = {".".join(one) for one in MigrationExecutor(connection).loader.disk_migrations}
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        return f"it was made by version {manifest.version}, which is newer ({newer[0]}): install that version first"
    return ""


def load(path: Path, manifest: Manifest, folder: Path) -> None:
    """Put the database of a checked archive in the place of this one."""
    if vendor() == "sqlite":
        _load_sqlite(path, folder)
    else:
        _load_postgresql(path, manifest)


def _load_sqlite(path: Path, folder: Path) -> None:
    kept = folder / SQLITE
    for _name, source in members(path, SQLITE):
        with kept.open("wb") as file:
            shutil.copyfileobj(source, file, CHUNK)
    copy = sqlite3.connect(kept)
    connection.close()
    target = sqlite3.connect(connection.settings_dict["NAME"], timeout=10)
    try:
        said = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            raise BadArchive(f"{path}: SQLite finds a fault in its database: {said}")
        copy.backup(target)
    except sqlite3.OperationalError as error:
        raise BadArchive(
            f"the database cannot be replaced ({error}): stop the service and its workers first"
        ) from error
    finally:
        target.close()
        copy.close()


def _load_postgresql(path: Path, manifest: Manifest) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if found := ours():
            cursor.execute(f"DROP TABLE {', '.join(map(connection.ops.quote_name, found))} CASCADE")
        _make_tables(set(manifest.migrations))
        cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, manifest.columns))}")
        for name, source in members(path, "tables/"):
            table = name.removeprefix("tables/").removesuffix(".copy")
            with cursor.cursor.copy(_copy(table, manifest.columns[table], "FROM STDIN")) as into:
                for part in _parts(source):
                    into.write(part)
        for table, columns in manifest.columns.items():
            if "id" in columns:
                _count_on(cursor, table)


def _make_tables(wanted: set[str]) -> None:
    """Run exactly the migrations that the archive's database had."""
    executor = MigrationExecutor(connection)
    whole = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    executor.migrate(None, plan=[step for step in whole if f"{step[0].app_label}.{step[0].name}" in wanted])


def _parts(source: IO[bytes]) -> Iterator[bytes]:
    while part := source.read(CHUNK):
        yield part


def _count_on(cursor: Any, table: str) -> None:
    """Let a table that numbers its rows go on after the last."""
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [connection.ops.quote_name(table)])
    (sequence,) = cursor.fetchone()
    if sequence:
        cursor.execute(f"SELECT setval(%s, coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table}", [sequence])
