"""`fengsui demo`: the fictional bureau with a running incident, then the service on it.

Rules
- The demo lives in its own folder (`demo` in the data folder) and is made anew at each start, so that its clocks run.
- It is made through the services, with past times: nothing is written into tables.
- Its sign-ins lie in `demo.json` beside its database: only where that file lies do the pages offer them, and the guide.
- `--reset` empties the folder first: letters, evidence and sessions of the last demo go too.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from fengsui.server import clock
from fengsui.server.management.commands.serve import check_port


class Command(BaseCommand):
    """Builds, prints the sign-ins, serves."""

    help = "Build the fictional bureau with a running incident, print the sign-ins and serve it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        parser.add_argument("--keep", action="store_true", help="go on with the demo of the last start")
        parser.add_argument("--reset", action="store_true", help="empty the demo's folder before it is made anew")
        parser.add_argument("--build-only", action="store_true", help="build and print, but do not serve")

    def handle(self, *args: Any, **options: Any) -> None:
        from fengsui.server import demo

        if not options["build_only"]:
            check_port(options["host"], options["port"])
        database = Path(connection.settings_dict["NAME"])
        if options["keep"] and not database.exists():
            raise CommandError("There is no demo to go on with: run `fengsui demo` without --keep.")
        if options["keep"] and options["reset"]:
            raise CommandError("Either --keep the last demo or --reset it.")
        if not options["keep"]:
            remove(database)
            if options["reset"]:
                empty(settings.DATA_DIR)
            call_command("migrate", interactive=False, verbosity=0)
            people = demo.build(at=clock.now())
            (settings.DATA_DIR / "demo.json").write_text(json.dumps([person._asdict() for person in people]), "utf-8")
            self.announce(people)
        if not options["build_only"]:
            call_command("serve", host=options["host"], port=options["port"])

    def announce(self, people: Any) -> None:
        """Prints who can sign in, with role, name and password."""
        self.stdout.write("The demo is ready. Sign in as:\n")
        for person in people:
            self.stdout.write(f"  {person.role:<10}\t{person.username:<12}\t{person.password}")
        self.stdout.write("")


def remove(database: Path) -> None:
    """Removes the last demo; refuses to touch a file that is not inside the demo's own folder."""
    if settings.DATA_DIR.name != "demo" or database.parent != settings.DATA_DIR:
        raise CommandError(f"{database} is not the demo's own database; start it with `fengsui demo`.")
    connection.close()
    for end in ("", "-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)


def empty(folder: Path) -> None:
    """Removes what the last demo left in its own folder, except the key that signs sessions of this start."""
    for each in folder.iterdir():
        if each.name == "secret-key":
            continue
        shutil.rmtree(each) if each.is_dir() else each.unlink()
