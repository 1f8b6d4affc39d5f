"""The processes under fire: two web services and two workers, each started again at once when it dies, as systemd does.

Rules
- A process of the fleet is a session of its own: `kill` ends it with everything it started, and nothing else.
- Killing a web service ends either all of it or only the process that serves, which granian starts again.
- An outage is a time in which the database is down, or no worker is up; `outages` has them in order.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psycopg

from fengsui.server import clock

LOOK = 0.2
"""Seconds between two looks at the processes."""


class Process:
    """One process that is kept alive; `ready` says whether it does its work."""

    def __init__(
        self, name: str, words: list[str], env: dict[str, str], log: Path, asks: Callable[[int], bool]
    ) -> None:
        self.name, self.words, self.env, self.log, self.asks = name, words, env, log, asks
        self.ready, self.starts = False, 0
        self.start()

    def start(self) -> None:
        """Start it, in a session of its own."""
        self.ready, self.starts = False, self.starts + 1
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "fengsui.main", *self.words]
            self.process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, start_new_session=True)

    def kill(self, chance: random.Random) -> str:
        """Kill -9: all of it, or of a web service at times only the process that serves."""
        children = _children(self.process.pid)
        if self.words[0] == "serve" and children and chance.random() < 0.5:
            self.ready = False
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)
            return f"{self.name} (the serving process)"
        self.end(signal.SIGKILL)
        return self.name

    def end(self, how: signal.Signals) -> None:
        """End it with everything it started."""
        self.ready = False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)

    def look(self) -> None:
        """Start it again where it died; ask whether it is at work."""
        if self.process.poll() is not None:
            self.start()
        if not self.ready:
            self.ready = self.asks(self.process.pid)


class Fleet:
    """Everything that is kept alive, and when it was not."""

    def __init__(self, url: str, env: dict[str, str], folder: Path) -> None:
        self.url, self.outages, self.up = url, list[tuple[datetime, datetime]](), True
        self.ports = [_free_port() for _ in range(2)]
        self.all: list[Process] = []
        for number, port in enumerate(self.ports, 1):
            words = ["serve", "--no-worker", "--workers", "1", "--port", str(port)]
            self.all.append(
                Process(f"web {number}", words, env, folder / f"web{number}.log", lambda _, p=port: answers(p))
            )
        for number in (1, 2):
            log = folder / f"worker{number}.log"
            self.all.append(Process(f"worker {number}", ["work", "--pause", "0.5"], env, log, self._beats))
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()

    @property
    def ready(self) -> bool:
        """Whether everything is at work."""
        return self.up and all(one.ready for one in self.all)

    def wait(self, seconds: float) -> None:
        """Wait until everything is at work."""
        until = time.monotonic() + seconds
        while not self.ready:
            if time.monotonic() > until:
                raise AssertionError(f"not up after {seconds} s: {[one.name for one in self.all if not one.ready]}")
            time.sleep(LOOK)

    def close(self) -> None:
        """End everything in order."""
        self._ended.set()
        self._keeper.join()
        for one in self.all:
            one.end(signal.SIGTERM)
        for one in self.all:
            try:
                one.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                one.end(signal.SIGKILL)
                one.process.wait()

    def _keep(self) -> None:
        since: datetime | None = None
        while not self._ended.wait(LOOK):
            for one in self.all:
                one.look()
            workers = [one for one in self.all if one.words[0] == "work"]
            fine = self.up and any(one.ready for one in workers)
            if not fine and since is None:
                since = clock.now()
            elif fine and since is not None:
                self.outages.append((since, clock.now()))
                since = None

    def _beats(self, pid: int) -> bool:
        """Whether a worker has left a sign of life since it was started."""
        try:
            with psycopg.connect(self.url, connect_timeout=2, autocommit=True) as there:
                found = there.execute("SELECT 1 FROM notifications_beat WHERE worker LIKE %s", [f"%:{pid}"]).fetchone()
                return found is not None
        except psycopg.Error:
            return False


def answers(port: int) -> bool:
    """Whether a web service serves pages."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _children(process: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += [int(one) for one in (task / "children").read_text().split()]
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
