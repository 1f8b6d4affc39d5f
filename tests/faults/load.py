"""Clients that report and decide over HTTP, and send again under the same key whatever was not answered.

Rules
- Every act carries a text of its own, by which it is found in the log.
- An answer that says no for a reason of the plan is a fault of this load; one that says wait is waited for.
- What is not accepted when the load ends was given up: it may be in the log, once at most.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fengsui.server import clock

ZONE = ZoneInfo("Asia/Shanghai")
MOMENTS = (15, 20, 24, 30, 40)
"""Minutes after discovery at which a duty of thirty minutes is reminded of: half time, last warnings, due, over."""
SOON = (1.2, 5.0)
"""Minutes until the one of them that a report is made for: so that all kinds come while the test runs."""
GIVE_UP = 90.0
"""Seconds that a client goes on asking after the load ended."""


class Client(threading.Thread):
    """One that reports a case and lets it be decided, then the next."""

    def __init__(self, name: str, ports: list[int], keys: Mapping[str, str], seed: int, ended: threading.Event) -> None:
        super().__init__(name=name)
        self.ports, self.keys, self.ended = ports, keys, ended
        self.chance = random.Random(f"{seed}-{name}")
        self.acts: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.tries = self.number = 0
        self.until = float("inf")

    def run(self) -> None:
        while not self.ended.is_set():
            self.number += 1
            self._life(f"{self.name}-{self.number}")
            self.ended.wait(self.chance.uniform(0.1, 0.6))

    def _life(self, mark: str) -> None:
        found = self._act("reporter", "/api/v1/cases", f"{mark}-report", "title", _report(self.chance))
        if found is None:
            return
        at = f"/api/v1/cases/{found['number']}/acts"
        for who, act, field, body in DECISIONS:
            if (
                self.ended.is_set()
                or self._act(who, f"{at}/{act}", f"{mark}-{act}-{body.get('verb', '')}", field, body) is None
            ):
                return

    def _act(self, who: str, path: str, key: str, field: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        text = f"故障测试 {key}"
        made: dict[str, Any] = {"key": key, "text": text, "receipt": None}
        self.acts.append(made)
        made["receipt"] = self._until_answered(who, path, key, json.dumps({**body, field: text}).encode())
        return made["receipt"]  # type: ignore[no-any-return]

    def _until_answered(self, who: str, path: str, key: str, body: bytes) -> dict[str, Any] | None:
        head = {"Authorization": f"Bearer {self.keys[who]}", "Content-Type": "application/json", "Idempotency-Key": key}
        give_up = float("inf")
        while time.monotonic() < give_up:
            if self.ended.is_set() and give_up == float("inf"):
                give_up = time.monotonic() + GIVE_UP
            self.tries += 1
            status, said = _ask(self.chance.choice(self.ports), path, head, body)
            if status in (200, 201):
                return json.loads(said)  # type: ignore[no-any-return]
            if 400 <= status < 500 and status not in (409, 429):
                self.refused.append(f"{status} {key}: {said.decode()[:300]}")
                return None
            time.sleep(self.chance.uniform(0.1, 0.5))
        return None


def _ask(port: int, path: str, head: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """One request; status 0 where there was no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("POST", path, body, dict(head))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def _report(chance: random.Random) -> dict[str, Any]:
    ago = chance.choice(MOMENTS) - chance.uniform(*SOON)
    found = clock.now().astimezone(ZONE) - timedelta(minutes=ago)
    facts = {
        "class": "equipment",
        "scenario": "none",
        "discovered": f"{found:%Y-%m-%d %H:%M}",
        "interrupted_at": f"{found - timedelta(minutes=4):%Y-%m-%d %H:%M}",
        "function_lost": True,
        "fallback": False,
        "districts": "30%",
        "people": "20万",
        "state_secret": False,
        "leaked": "0",
        "page_tampered": False,
        "crime": False,
        "public_damage": "rather_serious",
        "rights_damage": "some",
    }
    return {"owner": "dept@operations", "facts": facts, "unknown": ["loss"], "source": "监测平台"}


DECISIONS: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("reporter", "report", "note", {"to": ["cyber_office"], "duty": ["report_in"]}),
    ("reporter", "assess", "reason", {"value": "III"}),
    ("reporter", "confirm", "reason", {"verb": "propose", "value": "III"}),
    ("head", "confirm", "reason", {"verb": "approve", "value": "III"}),
    ("head", "activate", "note", {"value": "III"}),
    ("reporter", "record", "note", {"matter": "progress"}),
)
