"""A PostgreSQL of the tests' own: system binaries, a folder of its own, a socket instead of a port.

Rules
- DATABASE_URL wins when it is set: then nothing is started.
- PostgreSQL refuses to run as root, so root starts it as the user `postgres`.
- Durability is switched off: the data live for one test run.
- A PostgreSQL that cannot be started is a failure with its own log in the message, never a skip.
"""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c listen_addresses=''"


class CannotStart(Exception):
    """PostgreSQL is missing or would not start; the message says what to do."""


@contextmanager
def running() -> Iterator[str]:
    """The address of a PostgreSQL server that is up for the length of the block."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="fengsui-pg-"))
    try:
        with started(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def started(folder: Path, more: str = "") -> Iterator[str]:
    """The address of a PostgreSQL on a folder, made there if there is none; its data outlive the block."""
    binaries, data = _binaries(), folder / "data"
    folder.mkdir(parents=True, exist_ok=True)
    _own(folder)
    if not data.exists():
        _run(binaries / "initdb", "-D", data, "-A", "trust", "-U", "fengsui", "-E", "UTF8", "--no-locale", "-N")
    options = f"{QUICK} -k {folder} {more}"
    _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql://fengsui@/postgres?host={folder}"
    finally:
        _run(binaries / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")


def crashed(folder: Path, more: str = "") -> None:
    """Shut a PostgreSQL down as a power cut would, without writing anything out, and start it again."""
    binaries, data = _binaries(), folder / "data"
    _run(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"{QUICK} -k {folder} {more}", "start")


def _binaries() -> Path:
    found = []
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        found.append(Path(told))
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for path in found:
        if (path / "initdb").exists():
            return path
    raise CannotStart("PostgreSQL's programs are not installed: `make setup` as root, or apt-get install postgresql")


def _own(folder: Path) -> None:
    if getpass.getuser() == "root" or os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    folder.chmod(0o700)


def _run(program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # The server inherits what it is started with: with pipes the call would wait for its end.
    with tempfile.TemporaryFile() as said:
        status = subprocess.run(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/", check=False)
        if status.returncode:
            said.seek(0)
            raise CannotStart(f"{' '.join(command)}\n{said.read().decode(errors='replace')}{_log(arguments)}")


def _log(arguments: tuple[object, ...]) -> str:
    logs = [value for value in arguments if isinstance(value, Path) and value.name == "log" and value.exists()]
    return "\n".join(path.read_text(errors="replace") for path in logs)
