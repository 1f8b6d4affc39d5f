"""Whoever runs a released version comes to this one with everything he has.

The databases of released versions lie in `released/`; each is loaded, upgraded and looked at in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

RELEASED = sorted((Path(__file__).parent / "released").glob("*.sql.gz"))
CHANGED = {"cases_obligation", "notifications_message", "notifications_attempt"}
"""Tables whose rows are written anew by migrations: reminders by the ladder, messages by outside channels."""


@pytest.fixture
def address(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """An empty database beside that of the tests."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.sqlite3'}"
        return
    known, name = connection.get_connection_params(), f"{connection.settings_dict['NAME']}_old"
    told = {one: str(known[one]) for one in ("user", "host", "port", "password") if known.get(one)}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
        yield f"postgresql:///{name}?" + "&".join(f"{one}={value}" for one, value in told.items())
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.name)
def test_a_released_version_is_brought_to_this_one_with_everything_kept(
    released: Path, address: str, tmp_path: Path
) -> None:
    said = upgraded(released, address, tmp_path)
    assert said["rows"]["cases_event"] == 49 and said["rows"]["ledger_entry"] == 50
    assert set(said["lost"]) <= CHANGED, said["lost"]
    assert said["whole"].endswith("whole") and said["whole"].startswith("4 cases with 49 events"), said
    assert not said["faults"] and not said["fault"], said
    assert (said["signed"], said["case"]) == (302, 200) and said["cases"] == 4


def upgraded(released: Path, address: str, folder: Path) -> dict[str, Any]:
    """What became of a database of that version."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FENGSUI_")}
    own = {"FENGSUI_DATABASE_URL": address, "FENGSUI_DATA_DIR": str(folder / "data"), "FENGSUI_CONFIG": ""}
    own["DJANGO_SETTINGS_MODULE"] = "fengsui.server.settings"
    command = [sys.executable, "-m", "tests.support.released", str(released)]
    done = subprocess.run(command, env=kept | own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
