"""Measures reports a second: `python -m bench.reports [--cases 1000] [--clients 1 8 32] [--seconds 8]`.

`--cases 1000 1000000` asks for a database of a million cases as well. Filling that takes far longer than
measuring, once for each kind of database: `make bench-reports ARGS="--cases 1000000 --databases postgresql --keep"`
keeps the database in `var/bench` and measures in it again the next time.

Rules
- Two web processes of four threads, as `fengsui serve` starts them (or of `--threads`), over a database of their own in
  a folder that is thrown away. PostgreSQL keeps its promises here: fsync and synchronous commits are on.
- The worker is left out (`--worker` lets it run beside, on the same processors).
- After filling the database is vacuumed and written out: what is measured is a house that runs, not one that is filled.
- After each load every accepted report is counted in the database, and a sample of chains is held against itself.
- `--bare` holds each load against a bare Django view (`yardstick`); `bench.reports.turns` holds two trees against each
  other.
- Clients run on the same machine: their processor time is part of what it takes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.support import postgresql

from bench.reports import clients, yardstick
from fengsui.server import clock

DURABLE = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c shared_buffers=512MB -c max_wal_size=4GB"
KEPT = Path(__file__).resolve().parent.parent.parent / "var" / "bench"
HEAD = f"{'database':<11}{'cases':>10}{'clients':>9}{'reports/s':>11}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}"
HEAD += f"{'errors':>8}{'server ms':>11}{'load':>6}"


def main() -> int:
    """Print a line per database, number of cases and number of clients; 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m bench.reports", description=__doc__)
    parser.add_argument(
        "--cases",
        type=int,
        nargs="+",
        default=[1000],
        help="cases in the database before (1000; the million is asked for: --cases 1000 1000000)",
    )
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--databases", nargs="+", default=["postgresql", "sqlite"], choices=["postgresql", "sqlite"])
    parser.add_argument("--threads", type=int, default=4, help="of each web process (4, as `fengsui serve`)")
    parser.add_argument("--bare", action="store_true", help="beside each load a bare Django view (PostgreSQL)")
    parser.add_argument("--worker", action="store_true", help="let the worker run beside")
    parser.add_argument("--keep", action="store_true", help="keep the filled database in var/bench")
    asked = parser.parse_args()
    print(HEAD)
    failed = 0
    for database in asked.databases:
        for cases in asked.cases:
            failed += _measured(database, cases, asked)
    return 1 if failed else 0


def _measured(database: str, cases: int, asked: argparse.Namespace) -> int:
    failed = 0
    with house(database, KEPT / f"reports-{cases}-{database}" if asked.keep else None) as env:
        told = _filled(env, cases, max(asked.clients))
        accepted = _house(env, "look")["accepted"]
        for many in asked.clients:
            with served(env, asked.worker, asked.threads) as (port, process):
                warm(port, told["keys"][0])
                before = spent(process)
                found = clients.load(port, told["keys"][:many], facts(), asked.seconds, f"{many}-{time.time_ns()}")
                used = spent(process) - before
            accepted += len(found.latencies)
            _line(database, cases, many, found, used)
            if asked.bare and database == "postgresql":
                bare = yardstick.rate(env, port, many, facts(), asked.seconds, asked.threads)
                print(
                    f"  a bare view with one insert, right after: {bare:,.0f} a second, ratio {found.rate / bare:.3f}"
                )
            for error in found.errors[:3]:
                print(f"  {error}", file=sys.stderr)
            failed += len(found.errors)
        seen = _house(env, "look")
        print(f"  {seen['verified']} chains hold, {seen['accepted']} of {accepted} accepted reports are there")
        failed += seen["accepted"] != accepted
    return failed


def _filled(env: dict[str, str], cases: int, clients_: int) -> dict[str, Any]:
    """Return what the clients need, from a house filled now or before."""
    done = Path(env["FENGSUI_DATA_DIR"]) / "filled.json"
    if done.exists():
        _house(env, "upgrade")
        told: dict[str, Any] = json.loads(done.read_text())
    else:
        _house(env, "make")
        _house(env, "fill", cases)
        told = {"keys": []}
    if len(told["keys"]) < clients_:
        told["keys"] += _house(env, "keys", clients_ - len(told["keys"]))["keys"]
    done.write_text(json.dumps(told))
    return told


def _line(database: str, cases: int, many: int, found: clients.Found, used: float) -> None:
    shares = "".join(f"{found.percentile(share):>9.1f}" for share in (0.5, 0.95, 0.99))
    each = 1000 * used / max(1, len(found.latencies))
    busy = f"{len(found.errors):>8}{each:>11.1f}{os.getloadavg()[0]:>6.1f}"
    print(f"{database:<11}{cases:>10,}{many:>9}{found.rate:>11.1f}{shares}{busy}", flush=True)


def facts() -> dict[str, Any]:
    """What is reported: enough to be graded."""
    since = clock.now().astimezone(ZoneInfo("Asia/Shanghai")) - timedelta(minutes=40)
    return {"interrupted_at": f"{since:%Y-%m-%d %H:%M}", "people": "20万", "function_lost": True, "fallback": False}


@contextmanager
def house(database: str, kept: Path | None = None) -> Iterator[dict[str, str]]:
    """The environment of a database of its own, in a folder that is kept or thrown away."""
    folder = kept or Path(tempfile.mkdtemp(prefix="fengsui-reports-"))
    with ExitStack() as stack:
        if kept is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        url = f"sqlite:///{folder / 'fengsui.sqlite3'}"
        if database == "postgresql":
            url = stack.enter_context(postgresql.started(folder / "pg", DURABLE))
        more = {
            "FENGSUI_DATA_DIR": str(folder / "data"),
            "FENGSUI_DATABASE_URL": url,
            "FENGSUI_API_RATE": "1000000",
            "DJANGO_SETTINGS_MODULE": "bench.pages.settings",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FENGSUI_")}
        yield kept | more


def _house(env: dict[str, str], *asked: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.reports.house", *map(str, asked)]
    said = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


@contextmanager
def served(env: dict[str, str], worker: bool, threads: int) -> Iterator[tuple[int, int]]:
    """The port and the process of `fengsui serve`."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    words = ["serve", "--port", str(port), "--threads", str(threads), *([] if worker else ["--no-worker"])]
    command = [sys.executable, "-m", "fengsui.main", *words]
    env = env | {"DJANGO_SETTINGS_MODULE": "fengsui.server.settings"}
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        clients.up(port)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def warm(port: int, key: str) -> None:
    """Let every process read the plan once before anything is measured."""
    for _ in range(8):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/api/v1/me", headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"the key does not open: {answer.status} {answer.read().decode()[:500]}")
        connection.close()
    clients.load(port, [key] * 4, facts(), 1.0, f"warm-{time.time_ns()}")


def spent(process: int) -> float:
    """Return the processor seconds of a process and of those it started."""
    ticks, per = 0, os.sysconf("SC_CLK_TCK")
    for one in (process, *_children(process)):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / per


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        for one in (task / "children").read_text().split():
            found += [int(one), *_children(int(one))]
    return found


if __name__ == "__main__":
    sys.exit(main())
