"""Fills what is not filled yet and prints a table for each number of cases and each database."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.clock import machine
from bench.pages import postgres

HERE = Path(__file__).resolve().parent.parent.parent
KEPT = HERE / "var" / "bench"


def main() -> None:
    """Read the words of the command and do it."""
    words = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    words.add_argument("cases", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    words.add_argument("--rounds", type=int, default=15, help="answers that a median is taken of")
    words.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one")
    words.add_argument("--fresh", action="store_true", help="fill anew")
    asked = words.parse_args()
    print(machine())
    for many in asked.cases:
        data = filled(many, asked.fresh)
        if asked.database != "postgresql":
            run("measure", str(asked.rounds), data=data)
        if asked.database != "sqlite":
            with postgres.running(KEPT / f"{many}-postgresql") as url:
                copied(data, url, many)
                run("measure", str(asked.rounds), data=data, url=url)


def filled(many: int, fresh: bool) -> Path:
    """Return the data folder with so many cases."""
    data = KEPT / str(many)
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(KEPT / f"{many}-postgresql", ignore_errors=True)
    if not (data / "filled").exists():
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        print(f"filling {many:,} cases", file=sys.stderr)
        run("fill", str(many), data=data)
    run("upgrade", data=data)
    return data


def copied(data: Path, url: str, many: int) -> None:
    """Copy the rows into PostgreSQL unless they are there."""
    done = KEPT / f"{many}-postgresql" / "copied"
    if not done.exists():
        run("postgres", str(data / "fengsui.sqlite3"), data=data, url=url)
        done.touch()
    run("upgrade", data=data, url=url)


def run(part: str, *more: str, data: Path, url: str = "") -> None:
    """Run a part of the bench on a data folder and perhaps another database."""
    here = {name: value for name, value in os.environ.items() if not name.startswith("FENGSUI_")}
    here |= {"FENGSUI_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "bench.pages.settings"}
    if url:
        here["FENGSUI_DATABASE_URL"] = url
    subprocess.run([sys.executable, "-m", f"bench.pages.{part}", *more], env=here, cwd=HERE, check=True)


if __name__ == "__main__":
    main()
