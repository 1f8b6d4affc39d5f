"""Putting an archive in the place of an installation, and holding what came of it against itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from fengsui.server import wholeness
from fengsui.server.archive import tables
from fengsui.server.archive.container import CHUNK, SECRET, BadArchive, Manifest, checked, members, sync_folder


@dataclass(frozen=True)
class Restored:
    """What was restored, the migrations it still needed, and what became of its chains and evidence."""

    manifest: Manifest
    migrated: tuple[str, ...]
    whole: wholeness.Wholeness


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Put a whole archive in the place of this installation, migrate it, verify it.

    Raises BadArchive before anything is touched: for an archive that does not fit its manifest or this version, and for
    a target that holds something already, unless it may be replaced.
    """
    manifest = checked(path)
    why = tables.fits(manifest) or _fixed() or ("" if replace else _occupied())
    if why:
        raise BadArchive(f"{path} cannot be restored: {why}")
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.DATA_DIR) as name:
        folder = Path(name)
        _unpack_files(path, folder)
        tables.load(path, manifest, folder)
        _place_files(folder)
    if SECRET in manifest.members:
        _place_secret(path)
    return Restored(manifest, _migrated(), wholeness.look())


def _fixed() -> str:
    """Why the folder of evidence cannot be exchanged for another one; empty when it can."""
    store = settings.DATA_DIR / "files"
    return f"{store} is a mount: unmount it, restore, move the files onto it" if os.path.ismount(store) else ""


def _occupied() -> str:
    table = tables.occupied()
    store = settings.DATA_DIR / "files"
    if table:
        return f"the database holds rows already ({table}); --replace puts the archive in their place"
    if store.exists() and any(store.iterdir()):
        return f"{store} holds files already; --replace puts those of the archive in their place"
    return ""


def _unpack_files(path: Path, folder: Path) -> None:
    (folder / "files").mkdir()
    for name, source in members(path, "files/"):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(source, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())


def _place_files(folder: Path) -> None:
    store = settings.DATA_DIR / "files"
    if store.exists():
        store.rename(folder / "before")
    (folder / "files").rename(store)
    sync_folder(settings.DATA_DIR)


def _place_secret(path: Path) -> None:
    """The secret key of the archive becomes that of the data folder; one that is set elsewhere goes on ruling."""
    target = settings.DATA_DIR / SECRET
    for _name, source in members(path, SECRET):
        beside = target.with_name(f".{SECRET}.part")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(source.read())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
        sync_folder(target.parent)


def _migrated() -> tuple[str, ...]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
    return tuple(f"{step.app_label}.{step.name}" for step, _ in plan)
