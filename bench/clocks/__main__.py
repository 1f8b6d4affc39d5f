"""Fills what is not filled yet, measures each, prints one table."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import postgresql

from bench.clock import machine

HERE = Path(__file__).resolve().parent.parent.parent
KEPT = HERE / "var" / "bench" / "clocks"
SAFE = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c shared_buffers=512MB -c max_wal_size=4GB"


def main() -> None:
    """Read the words of the command and do it."""
    words = argparse.ArgumentParser(prog="python -m bench.clocks", description=__doc__)
    words.add_argument("--many", type=int, nargs="*", default=[10_000, 1_000_000], help="open obligations")
    words.add_argument("--rounds", type=int, default=200, help="looks that a median is taken of")
    words.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one")
    words.add_argument("--fresh", action="store_true", help="fill anew")
    asked = words.parse_args()
    print(machine())
    for database in [asked.database] if asked.database else ["sqlite", "postgresql"]:
        measured = {}
        for many in asked.many:
            folder = KEPT / f"{many}-{database}"
            if asked.fresh:
                shutil.rmtree(folder, ignore_errors=True)
            with address(database, folder) as url:
                fill(many, folder, url)
                idle = run("idle", str(asked.rounds), data=folder, url=url)
                measured[many] = (json.loads(idle), json.loads(run("burst", data=folder, url=url)))
        table(database, measured)


@contextmanager
def address(database: str, folder: Path) -> Iterator[str]:
    """The address of the database of a folder: a file, or a server that writes for safety like one in earnest."""
    folder.mkdir(parents=True, exist_ok=True)
    if database == "sqlite":
        yield ""
        return
    with postgresql.started(folder / "server", SAFE) as url:
        yield url


def fill(many: int, folder: Path, url: str) -> None:
    """Fill a database unless it is filled and has a moment left."""
    moments = folder / "moments.json"
    if moments.exists() and json.loads(moments.read_text()):
        return
    if moments.exists():
        raise SystemExit(f"every moment of {folder} was used: --fresh")
    print(f"filling {many:,} in {folder.name}", file=sys.stderr)
    run("fill", str(many), data=folder, url=url)


def run(part: str, *more: str, data: Path, url: str = "") -> str:
    """Run a part of the bench on a data folder and perhaps another database; return what it prints."""
    here = {name: value for name, value in os.environ.items() if not name.startswith("FENGSUI_")}
    here |= {"FENGSUI_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "bench.pages.settings"}
    if url:
        here["FENGSUI_DATABASE_URL"] = url
    command = [sys.executable, "-m", f"bench.clocks.{part}", *more]
    return subprocess.run(command, env=here, cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout


def table(database: str, measured: dict[int, Any]) -> None:
    """Print the numbers of one database, sizes side by side."""
    print(f"\n{database:<34}" + "".join(f"{many:>14,}" for many in measured))
    lines = {
        "look, nothing due: wall ms": lambda idle, _: f"{idle['sweep']['wall']:.2f}",
        "look, nothing due: processor ms": lambda idle, _: f"{idle['sweep']['cpu']:.2f}",
        "whole round, nothing due: wall ms": lambda idle, _: f"{idle['round']['wall']:.2f}",
        "due in one second": lambda _, burst: f"{burst['many']:,}",
        "left unclaimed": lambda _, burst: f"{burst['left']:,}",
        "claimed: p50 s": lambda _, burst: f"{burst['p50']:.2f}",
        "claimed: p99 s": lambda _, burst: f"{burst['p99']:.2f}",
        "claimed: last s": lambda _, burst: f"{burst['max']:.2f}",
        "events in the logs": lambda _, burst: f"{burst['written']:,}",
        "the last of them after s": lambda _, burst: f"{burst['after']:.0f}",
    }
    for name, line in lines.items():
        print(f"{name:<34}" + "".join(f"{line(*both):>14}" for both in measured.values()))


if __name__ == "__main__":
    main()
