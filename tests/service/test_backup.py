"""Backup and restore: what comes back is equal row by row, its chains hold; what was tampered with is not taken.

The archive is made by the command in this process; it is restored by the real command into another installation.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from fengsui.cases import service
from fengsui.server.archive import backup, restore, tables
from fengsui.server.archive.container import BadArchive, checked
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
PAPER = b"%PDF-1.7 paper"


class Elsewhere:
    """Another installation: its data folder and its database."""

    def __init__(self, folder: Path) -> None:
        self.data = folder
        self.url = at(str(folder / "other.sqlite3"))
        if connection.vendor == "postgresql":
            self.url = at(name := f"{connection.settings_dict['NAME']}_restored")
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                cursor.execute(f"CREATE DATABASE {name}")

    def run(self, *command: object, **more: str) -> subprocess.CompletedProcess[str]:
        """One `fengsui` command there."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FENGSUI_", "DJANGO_"))}
        own = {"FENGSUI_DATA_DIR": str(self.data), "FENGSUI_DATABASE_URL": self.url, "FENGSUI_CONFIG": ""}
        asked = [sys.executable, "-m", "fengsui.main", *map(str, command)]
        return subprocess.run(asked, env=kept | own | more, text=True, capture_output=True, check=False)


def ask(url: str, statement: str) -> list[Any]:
    """The answer of a database past the product."""
    if url.startswith("sqlite"):
        there: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
    else:
        there = psycopg.connect(url)
    try:
        found = there.execute(statement)
        answer = list(found.fetchall()) if found.description else []
        there.commit()
    finally:
        there.close()
    return answer


def rows(url: str, table: str, columns: list[str]) -> list[str]:
    """The rows of a table as text, in an order of their own."""
    named = ", ".join(f'cast("{one}" as text)' for one in columns)
    return sorted(map(repr, ask(url, f"SELECT {named} FROM {table}")))


def at(name: str) -> str:
    """The address of a database beside that of the tests."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    known = connection.get_connection_params()
    told = {one: str(known[one]) for one in ("user", "host", "port", "password") if known.get(one)}
    return f"postgresql:///{name}?" + "&".join(f"{one}={value}" for one, value in told.items())


@pytest.fixture
def house(transactional_db: None, tmp_path: Path, settings: Any) -> World:
    """A bureau with a case, evidence, messages and a data folder of its own."""
    settings.DATA_DIR = tmp_path / "house"
    settings.DATA_DIR.mkdir()
    world = World.build()
    case = world.open("owner", title="备份前的事件")
    paper = (service.Upload("证据.pdf", PAPER),)
    world.at("+1min").submit("owner", case, "record", matter="progress", note="已断网", seen=1, files=paper)
    service.pass_due(world.at("+20min").now)
    return world


@pytest.fixture
def archive(house: World, tmp_path: Path) -> Path:
    """What `fengsui backup` wrote of it."""
    path = tmp_path / "night.tar.gz"
    call_command("backup", str(path), "--with-secret", stdout=io.StringIO())
    return path


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    yield Elsewhere(tmp_path / "elsewhere")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.settings_dict['NAME']}_restored WITH (FORCE)")


def test_what_is_restored_is_equal_row_by_row_and_its_chains_hold(
    archive: Path, house: World, elsewhere: Elsewhere, settings: Any
) -> None:
    said = elsewhere.run("restore", archive)
    assert said.returncode == 0, said.stderr
    assert "1 cases with " in said.stdout and "1 files: whole" in said.stdout
    assert not (said.stderr or "migrated" in said.stdout)
    manifest = checked(archive)
    assert manifest.rows["cases_event"] > 2 and manifest.rows["ledger_entry"] > 10
    for table in tables.ours():
        with connection.cursor() as cursor:
            columns = [one.name for one in connection.introspection.get_table_description(cursor, table)]
        here = rows(at(str(connection.settings_dict["NAME"])), table, columns)
        assert here == rows(elsewhere.url, table, columns) and len(here) == manifest.rows[table], table
    assert [path.read_bytes() for path in (elsewhere.data / "files").rglob("*") if path.is_file()] == [PAPER]
    key = elsewhere.data / "secret-key"
    assert key.read_text() == settings.SECRET_KEY and key.stat().st_mode & 0o777 == 0o600


def test_the_restored_service_numbers_on(archive: Path, elsewhere: Elsewhere) -> None:
    assert elsewhere.run("restore", archive).returncode == 0
    before = {int(one) for (one,) in ask(elsewhere.url, "SELECT id FROM auth_user")}
    made = elsewhere.run("createadmin", "afterwards", FENGSUI_ADMIN_PASSWORD="a long walk along the river 41")
    assert made.returncode == 0, made.stderr
    added = {int(one) for (one,) in ask(elsewhere.url, "SELECT id FROM auth_user")} - before
    assert added == {max(before) + 1}


def test_an_archive_that_was_tampered_with_is_refused_before_anything_is_touched(
    archive: Path, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    for name, change in TAMPERED.items():
        bad = tmp_path / f"{name}.tar"
        _rewritten(archive, bad, change)
        said = elsewhere.run("restore", bad)
        assert said.returncode == 1 and str(bad) in said.stderr, (name, said)
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[:-2000])
    assert elsewhere.run("restore", cut).returncode == 1
    assert not (elsewhere.data / "files").exists()


Members = dict[str, bytes]


def _changed_evidence(members: Members) -> None:
    name = next(one for one in members if one.startswith("files/"))
    members[name] = members[name][:-1] + b"!"


def _more(members: Members) -> None:
    members["files/../../etc/passwd"] = b"root"


def _less(members: Members) -> None:
    del members[next(one for one in members if one.startswith("files/"))]


def _of_a_newer_version(members: Members) -> None:
    said = json.loads(members["manifest.json"])
    said["migrations"].append("cases.9999_of_tomorrow")
    members["manifest.json"] = json.dumps(said).encode()


TAMPERED: dict[str, Callable[[Members], None]] = {
    "changed": _changed_evidence,
    "more": _more,
    "less": _less,
    "newer": _of_a_newer_version,
}


def _rewritten(source: Path, target: Path, change: Callable[[Members], None]) -> None:
    with tarfile.open(source) as tar:
        members = {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]
    change(members)
    members["manifest.json"] = members.pop("manifest.json")
    with tarfile.open(target, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def test_a_chain_that_was_broken_before_the_backup_is_told_after_the_restore(
    house: World, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_event SET digest = %s WHERE seq = 2", ["sha256:" + "0" * 64])
    call_command("backup", str(tmp_path / "broken.tar"), stdout=io.StringIO())
    said = elsewhere.run("restore", tmp_path / "broken.tar")
    assert said.returncode == 1 and "does not hold from event 2" in said.stderr


def test_what_stands_somewhere_is_replaced_only_when_that_is_said(archive: Path, elsewhere: Elsewhere) -> None:
    assert elsewhere.run("restore", archive).returncode == 0
    ask(elsewhere.url, "UPDATE cases_case SET title = 'later'")
    again = elsewhere.run("restore", archive)
    assert again.returncode == 1 and "--replace" in again.stderr
    assert ask(elsewhere.url, "SELECT title FROM cases_case") == [("later",)]
    assert elsewhere.run("restore", archive, "--replace").returncode == 0
    assert ask(elsewhere.url, "SELECT title FROM cases_case") != [("later",)]


def test_a_backup_that_fails_leaves_the_one_before_and_nothing_half(archive: Path, house: World, settings: Any) -> None:
    before = archive.read_bytes()
    with pytest.raises(CommandError, match="already"):
        call_command("backup", str(archive))
    lost = next(path for path in (settings.DATA_DIR / "files").rglob("*") if path.is_file())
    lost.unlink()
    lost.symlink_to(settings.DATA_DIR / "nowhere")
    (settings.DATA_DIR / "nowhere").mkdir()  # no file is read, so none is taken: the loss is told by the restore
    call_command("backup", str(archive), "--replace", stdout=io.StringIO())
    assert not any(name.startswith("files/") for name in checked(archive).members)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("backup", str(archive.parent / "absent" / "night.tar"))
    archive.write_bytes(before)
    assert not [path.name for path in archive.parent.iterdir() if path.name.startswith(".")]


def test_evidence_that_is_erased_while_it_is_saved_does_not_end_the_backup(
    house: World, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = settings.DATA_DIR / "files" / "root" / "aa" / "gone"
    monkeypatch.setattr(backup, "evidence", lambda: [gone])
    made = tmp_path / "night.tar"
    call_command("backup", str(made), stdout=io.StringIO())
    assert checked(made).members and not any(name.startswith("files/") for name in checked(made).members)


def test_a_folder_of_evidence_that_is_a_mount_is_told_before_anything_is_touched(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.path.ismount", lambda path: path.name == "files")
    monkeypatch.setattr(tables, "load", lambda *_: pytest.fail("touched"))
    with pytest.raises(BadArchive, match="mount"):
        restore(archive, replace=True)


def test_a_file_that_is_no_archive_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "text.tar").write_text("no tar at all")
    with pytest.raises(BadArchive, match="cannot be read"):
        checked(tmp_path / "text.tar")


def test_a_compressed_archive_with_a_broken_bit_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "night.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(info := tarfile.TarInfo("database.sqlite3"), io.BytesIO(b""))
        text = " ".join(str(n * n) for n in range(60_000)).encode()
        info.name, info.size = "secret-key", len(text)
        tar.addfile(info, io.BytesIO(text))
    whole = path.read_bytes()
    for place in range(1000, len(whole), len(whole) // 40):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        with pytest.raises(BadArchive):
            checked(path)
