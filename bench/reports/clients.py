"""Clients that report as fast as they are answered, each over one connection that stays open.

Rules
- They speak HTTP by hand: what a library of the client would cost is not the service's, on the same two processors.
"""

from __future__ import annotations

import json
import multiprocessing as mp
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

PROCESSES = 2
BODY = {
    "title": "门户网站无法访问",
    "owner": "dept@operations",
    "source": "监测平台",
    "note": "监测平台告警，首页连续三次无响应。",
}


@dataclass
class Found:
    """What the clients saw: seconds of each accepted report, and what was not accepted."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Accepted reports a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0


def load(port: int, keys: list[str], facts: dict[str, Any], seconds: float, mark: str) -> Found:
    """Let one client per key report for so many seconds; return what they saw."""
    context = mp.get_context("spawn")
    queue = context.Queue()
    shares = [keys[n::PROCESSES] for n in range(PROCESSES)]
    start = time.monotonic() + 1.5
    workers = [
        context.Process(target=_process, args=(port, share, facts, start, seconds, f"{mark}-{n}", queue))
        for n, share in enumerate(shares)
        if share
    ]
    for worker in workers:
        worker.start()
    found = Found(seconds=seconds)
    for _ in workers:
        latencies, errors = queue.get()
        found.latencies += latencies
        found.errors += errors
    for worker in workers:
        worker.join()
    return found


def _process(
    port: int, keys: list[str], facts: dict[str, Any], start: float, seconds: float, mark: str, queue: Any
) -> None:
    latencies: list[float] = []
    errors: list[str] = []
    clients = [
        threading.Thread(target=_client, args=(port, key, facts, start, seconds, f"{mark}-{n}", latencies, errors))
        for n, key in enumerate(keys)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    queue.put((latencies, errors))


def _client(
    port: int,
    key: str,
    facts: dict[str, Any],
    start: float,
    seconds: float,
    mark: str,
    latencies: list[float],
    errors: list[str],
) -> None:
    body = json.dumps(BODY | {"facts": facts, "unverified": list(facts)}).encode()
    head = (
        "POST /api/v1/cases HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept-Language: zh\r\n"
        f"Authorization: Bearer {key}\r\nContent-Length: {len(body)}\r\nIdempotency-Key: bench-{mark}-"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        time.sleep(max(0.0, start - time.monotonic()))
        end, number = start + seconds, 0
        while time.monotonic() < end:
            number += 1
            began = time.perf_counter()
            connection.sendall(f"{head}{number}\r\n\r\n".encode() + body)
            status, said = _answer(connection)
            if status == b"201":
                latencies.append(time.perf_counter() - began)
            else:
                errors.append(f"{status.decode()} {said.decode()[:300]}")


def _answer(connection: socket.socket) -> tuple[bytes, bytes]:
    """Return status and body of an answer that says its length."""
    said = _more(connection)
    while b"\r\n\r\n" not in said:
        said += _more(connection)
    head, _, body = said.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += _more(connection)
    return head.split(b" ", 2)[1], body


def _more(connection: socket.socket) -> bytes:
    said = connection.recv(65536)
    if not said:
        raise ConnectionError("the service hung up")
    return said


def up(port: int) -> None:
    """Wait until something answers there."""
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the service did not start")
