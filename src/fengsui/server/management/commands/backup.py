"""`fengsui backup FILE`: database and evidence of one moment in one file, while the service runs."""

import argparse
import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fengsui.server import clock
from fengsui.server.archive import back_up


class Command(BaseCommand):
    """Writes one archive; ends with 1 and leaves nothing behind when that fails."""

    help = "Write database and evidence into one file that `fengsui restore` reads."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write: a tar, compressed where it ends with .gz")
        parser.add_argument("--with-secret", action="store_true", help="put the secret key in: then guard it as such")
        parser.add_argument("--replace", action="store_true", help="write over a file of that name")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"].absolute()
        if path.exists() and not options["replace"]:
            raise CommandError(f"{path} is there already: choose another name, or write over it with --replace.")
        try:
            manifest = back_up(path, clock.now(), with_secret=options["with_secret"])
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error}") from error
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        rows, files = sum(manifest.rows.values()), sum(name.startswith("files/") for name in manifest.members)
        size = path.stat().st_size / (1 << 20)
        self.stdout.write(f"{path}: {rows} rows of {len(manifest.rows)} tables, {files} files, {size:.1f} MiB")
        self.stdout.write(f"sha256 {digest}")
        if not options["with_secret"]:
            self.stdout.write("The secret key is not in it: keep that elsewhere, or channels want their secrets anew.")
