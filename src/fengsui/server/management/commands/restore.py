"""`fengsui restore FILE`: puts an archive of `fengsui backup` in the place of this installation."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fengsui.server.archive import restore
from fengsui.server.archive.container import BadArchive


class Command(BaseCommand):
    """Checks the archive, restores, migrates, verifies every chain; ends with 1 when anything does not hold."""

    help = "Restore what `fengsui backup` wrote, then hold every chain against itself."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive")
        parser.add_argument("--replace", action="store_true", help="put it in the place of what stands here")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = restore(options["file"].absolute(), replace=options["replace"])
        except BadArchive as error:
            raise CommandError(str(error)) from error
        said = found.manifest
        self.stdout.write(
            f"Restored what version {said.version} wrote at {said.made_at}: {sum(said.rows.values())} rows"
        )
        for name in found.migrated:
            self.stdout.write(f"migrated {name}")
        self.stdout.write(found.whole.told())
        for fault in found.whole.faults:
            self.stderr.write(fault)
        if found.whole.faults:
            sys.exit(1)
