"""A service outside, for tests: a real HTTP server on loopback that keeps every call and answers as it is told.

gateway.answers(200, {"errcode": 0})        # from now on
gateway.answers(500, "broken", path="/b")   # on one path only
gateway.calls[-1].json()                    # what came last
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Came:
    """One call that came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Gateway:
    """The server: what came, and what it answers."""

    url: str = ""
    calls: list[Came] = field(default_factory=list)
    told: dict[str, tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)
    silent: threading.Event | None = None
    """Nobody is answered before it is set."""
    together: threading.Barrier | None = None
    """Calls are answered only together; one that comes alone gets a 500."""

    def answers(self, status: int, body: Any = "", path: str = "", headers: dict[str, str] | None = None) -> None:
        raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.told[path] = (status, raw, headers or {})

    def on(self, path: str) -> list[Came]:
        return [call for call in self.calls if call.path == path]


@contextmanager
def running() -> Iterator[Gateway]:
    """A gateway at work."""
    gateway = Gateway(told={"": (200, b"{}", {})})

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:  # whoever sent it was killed over it: half a letter is none
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            gateway.calls.append(Came(self.command, parts.path, parse_qs(parts.query), headers, body))
            if gateway.silent is not None:
                gateway.silent.wait(30)
            status, raw, more = gateway.told.get(parts.path, gateway.told[""])
            if gateway.together is not None:
                try:
                    gateway.together.wait(5)
                except threading.BrokenBarrierError:
                    status = 500
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET = do_PUT = answer

        def log_message(self, *_: Any) -> None:
            """Nothing: the calls themselves are kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        if gateway.silent is not None:
            gateway.silent.set()
        server.shutdown()
        server.server_close()
        thread.join()
