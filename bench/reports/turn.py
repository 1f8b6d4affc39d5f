"""One side of `turns`: reports in one process; each line read says how many, each answer what they cost.

Run by the path of this file with another tree as working folder and import path: what is imported is that tree's, by
names that older trees have as well.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.reports.__main__ import _house, facts, house  # type: ignore[attr-defined]
from bench.reports.clients import BODY

WARM = 150
"""Reports before anything is measured."""


def main() -> None:
    """Answer on standard output: milliseconds of the processor of this process and of PostgreSQL, for each report."""
    with house("postgresql") as found:
        env = dict(found)
        _house(env, "make")
        key = _house(env, "keys", 1)["keys"][0]
        report = _reporter(env, key)
        for _ in range(WARM):
            report()
        folder = env["FENGSUI_DATA_DIR"].rpartition("/")[0]
        print("ready", flush=True)
        for line in sys.stdin:
            print(json.dumps(_cost(report, int(line), folder)), flush=True)


def _reporter(env: dict[str, str], key: str) -> Callable[[], None]:
    os.environ.update(env | {"DJANGO_SETTINGS_MODULE": "fengsui.server.settings"})
    import django

    django.setup()
    logging.disable(logging.INFO)
    from django.db import close_old_connections
    from django.test import Client

    client: Any = Client(headers={"authorization": f"Bearer {key}", "host": "127.0.0.1"})
    said = facts()
    body = json.dumps(BODY | {"facts": said, "unverified": list(said)}).encode()

    def report() -> None:
        close_old_connections()  # as a server does before each request; the test client leaves it out
        once = {"idempotency-key": f"turn-{time.time_ns()}"}
        answer = client.post("/api/v1/cases", body, content_type="application/json", headers=once)
        if answer.status_code != 201:
            raise RuntimeError(answer.content.decode()[:500])

    return report


def _cost(report: Callable[[], None], many: int, folder: str) -> tuple[float, float]:
    began, database = time.process_time(), _spent(folder)
    for _ in range(many):
        report()
    return 1000 * (time.process_time() - began) / many, (_spent(folder) - database) / many


def _spent(folder: str) -> float:
    """Return the milliseconds of the processor that the processes of a PostgreSQL took, by Linux's own account."""
    total = 0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.readlink(process / "cwd").startswith(folder):
                total += int((process / "schedstat").read_text().split()[0])
        except OSError:
            continue  # it has ended
    return total / 1e6


if __name__ == "__main__":
    main()
