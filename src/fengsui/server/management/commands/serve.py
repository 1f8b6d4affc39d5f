"""`fengsui serve`: the web service in granian, with one worker beside it."""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

RESTART_AFTER = 3
"""Seconds between two looks at the worker."""


class Command(BaseCommand):
    """Starts the service; ends with Ctrl-C or SIGTERM."""

    help = "Start the web service and its worker."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        parser.add_argument("--workers", type=int, default=2, help="web processes (default 2)")
        parser.add_argument("--threads", type=int, default=4, help="threads in each web process (default 4)")
        parser.add_argument("--no-worker", action="store_true", help="leave due times and notices to `fengsui work`")
        parser.add_argument("--migrate", action="store_true", help="bring a PostgreSQL up to date first")

    def handle(self, *args: Any, **options: Any) -> None:
        check_port(options["host"], options["port"])
        prepare_database(migrate=options["migrate"])
        self.stdout.write(f"Fengsui is at http://{options['host']}:{options['port']}  (Ctrl-C ends it)")
        self.stdout.flush()
        with contextlib.nullcontext() if options["no_worker"] else worker():
            web_server(options).serve()


def check_port(host: str, port: int) -> None:
    """Says so before anything is started when this address cannot be listened on."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        remedy = "end the program that uses it, or choose another with --port"
        raise CommandError(f"{host}:{port} cannot be used ({os.strerror(error.errno or 0)}): {remedy}.") from None


def prepare_database(*, migrate: bool) -> None:
    """Brings SQLite up to date; a PostgreSQL only when asked, because several machines may share it."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if not migrate and connection.vendor != "sqlite":
        raise CommandError("The database is older than this version: back it up, then run `fengsui migrate`.")
    call_command("migrate", interactive=False, verbosity=0)
    # The web processes are started after this; none may inherit an open connection.
    connection.close()


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """Keeps one worker process at work: one that dies is started again, because a silent service rings nobody."""
    ended = threading.Event()
    process = start_worker()

    def keep() -> None:
        nonlocal process
        while not ended.wait(RESTART_AFTER):
            if process.poll() is not None:
                process = start_worker()

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        process.terminate()
        try:
            process.wait(timeout=60)  # a round of letters waits for its channels
        except subprocess.TimeoutExpired:
            process.kill()


def start_worker() -> "subprocess.Popen[bytes]":
    """One worker as a process of its own, in the environment of this one."""
    return subprocess.Popen([sys.executable, "-m", "fengsui.main", "work"])


def web_server(options: dict[str, Any]) -> Any:
    """Granian, ready to serve. WSGI with two processes of four threads was the fastest of the servers measured."""
    from granian import Granian
    from granian.constants import Interfaces

    connection.close()
    return Granian(
        target="fengsui.server.wsgi:application",
        address=options["host"],
        port=options["port"],
        interface=Interfaces.WSGI,
        workers=options["workers"],
        blocking_threads=options["threads"],
        log_access=False,
        log_dictconfig=dict(settings.LOGGING),
        respawn_failed_workers=True,
        websockets=False,
    )
