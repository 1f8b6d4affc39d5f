"""Making an archive of what stands now."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

import fengsui
from fengsui.core.canon import stamp
from fengsui.server.archive import tables
from fengsui.server.archive.container import NAMES, SECRET, Manifest, written


def back_up(path: Path, at: datetime, *, with_secret: bool = False) -> Manifest:
    """Write everything into one archive at `path`, which then holds it whole, and return what it says of itself.

    Raises OSError where it cannot be written; what stood at `path` before stands there still.
    """
    manifest = Manifest(fengsui.__version__, stamp(at), tables.vendor(), [], {})
    # The copy of the database lies beside the archive, where the room is, not in a small /tmp.
    with tempfile.TemporaryDirectory(prefix=".fengsui-backup-", dir=path.parent) as name:
        folder = Path(name)
        dumped = tables.dump(folder, manifest)
        with written(path, manifest) as archive:
            for file in dumped:
                archive.add(file.name if file.name == tables.SQLITE else f"tables/{file.name}", file)
                file.unlink()
            for file in evidence():
                with suppress(FileNotFoundError):  # erased since it was listed
                    archive.add(f"files/{file.relative_to(settings.DATA_DIR / 'files').as_posix()}", file)
            if with_secret:
                (folder / SECRET).write_text(settings.SECRET_KEY, encoding="ascii")
                archive.add(SECRET, folder / SECRET)
    return manifest


def evidence() -> list[Path]:
    """The files in the store, those half written by a crash among them: they are nobody's and do no harm."""
    store = settings.DATA_DIR / "files"
    found = sorted(path for path in store.rglob("*") if path.is_file()) if store.exists() else []
    return [path for path in found if NAMES.fullmatch(f"files/{path.relative_to(store).as_posix()}")]
