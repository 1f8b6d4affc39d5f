"""The same rows in a PostgreSQL: `python -m bench.pages.postgres FILE` copies an SQLite file into the database set."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import postgresql

TUNED = "-c shared_buffers=512MB -c work_mem=16MB -c maintenance_work_mem=256MB -c max_wal_size=4GB"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL whose data stay in the folder."""
    with postgresql.started(folder, TUNED) as url:
        yield url


def main(source: str) -> None:
    """Make the tables and copy every row."""
    import django

    django.setup()
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    old = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    tables = [model for app in apps.get_app_configs() for model in app.get_models(include_auto_created=True)]
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # rows come table by table, parents later
        for model in tables:
            table = model._meta.db_table
            named = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
            cursor.execute(f'truncate "{table}" cascade')
        for model in tables:
            table = model._meta.db_table
            named = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
            with cursor.cursor.copy(f'copy "{table}" ({named}) from stdin') as into:
                for row in old.execute(f'select {named} from "{table}"'):
                    into.write_row([None if cell is None else str(cell) for cell in row])
        cursor.execute("set session_replication_role = default")
        cursor.execute("analyze")
    old.close()


if __name__ == "__main__":
    main(sys.argv[1])
