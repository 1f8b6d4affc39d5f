"""How many requests a second a bare Django view answers here and now: what a load of reports is held against.

Rules
- The same server, database, clients and seconds as the load beside it; one INSERT of what came, nothing else.
- PostgreSQL only. Its table goes when the measuring is done.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import psycopg

from bench.reports import clients

TABLE = "create table if not exists bench_bare (id bigserial primary key, title text not null, body jsonb not null)"


def rate(env: dict[str, str], port: int, many: int, facts: dict[str, Any], seconds: float, threads: int) -> float:
    """Return the requests a second of so many clients. Raises RuntimeError where one was not answered."""
    with psycopg.connect(env["FENGSUI_DATABASE_URL"], autocommit=True) as database:
        database.execute(TABLE)
        options = ["--workers", "2", "--blocking-threads", str(threads), "--port", str(port), "--no-ws"]
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", *options, "bench.reports.bare:application"]
        served = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            clients.up(port)
            clients.load(port, ["-"] * 4, facts, 1.0, "warm")
            found = clients.load(port, ["-"] * many, facts, seconds, "bare")
        finally:
            served.terminate()
            served.wait(timeout=30)
            database.execute("drop table bench_bare")
    if found.errors:
        raise RuntimeError(found.errors[0])
    return found.rate
