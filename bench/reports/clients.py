"""Clients that report as fast as they are answered, each over one connection that stays open."""

from __future__ import annotations

import http.client
import json
import multiprocessing as mp
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
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    body = json.dumps(BODY | {"facts": facts, "unverified": list(facts)}).encode()
    head = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Accept-Language": "zh"}
    time.sleep(max(0.0, start - time.monotonic()))
    end, number = start + seconds, 0
    while time.monotonic() < end:
        number += 1
        began = time.perf_counter()
        connection.request("POST", "/api/v1/cases", body, head | {"Idempotency-Key": f"bench-{mark}-{number}"})
        answer = connection.getresponse()
        said = answer.read()
        if answer.status == 201:
            latencies.append(time.perf_counter() - began)
        else:
            errors.append(f"{answer.status} {said.decode()[:300]}")
