"""The one way out over HTTP: a bounded call, its whole answer, and a guard against addresses of one's own house.

Rules
- http and https only; no redirect is followed: an answer that points elsewhere is an answer not accepted.
- Loopback, private and other addresses that are not public are refused, before the name is asked and again on the
  connection itself, unless the operator allows them (FENGSUI_PRIVATE_CHANNELS). Libraries that call by requests go by
  the same connections.
- Connecting, each read and the whole answer are bounded in time; the answer is bounded in size.
- An answer is kept without secrets: wherever the other side repeats one, dots stand.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from fengsui.ledger.masking import mask
from fengsui.notifications.channels.kinds import Fault, Text

CONNECT, READ, WHOLE = 5.0, 10.0, 15.0
"""Seconds to connect, to wait for the next bytes, and for everything."""
LIMIT = 8192
"""Bytes of an answer that are read."""
KEPT = 4000
"""Characters of an answer that are kept."""
DOTS = "•••"


class Barred(Fault):
    """An address that channels may not reach."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call as a kind composed it."""

    url: str
    body: bytes
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` 0 and the reason where nothing did."""

    status: int
    text: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def shown(self) -> str:
        return f"HTTP {self.status}\n{self.text}" if self.status else self.text


def carry(call: Call) -> Answer:
    """Make one call and return its answer; never raises for what the network or the other side does."""
    try:
        permit(call.url)
        return _carry(call)
    except Barred as barred:
        return Answer(0, barred.said.both)
    except (requests.RequestException, OSError, ValueError, UnicodeError) as error:
        # Not the message of the error: it repeats the address, and addresses carry keys.
        who, host = type(error).__name__, urlsplit(call.url).hostname
        return Answer(0, Text(f"没有应答：{who}（{host}）", f"no answer: {who} ({host})").both)


def _carry(call: Call) -> Answer:
    with requests.Session() as session:
        until = time.monotonic() + WHOLE
        headers = {"User-Agent": "fengsui", **call.headers}
        with session.request(
            call.method,
            call.url,
            data=call.body,
            headers=headers,
            timeout=(CONNECT, READ),
            allow_redirects=False,
            stream=True,
        ) as response:
            read = b""
            for part in response.iter_content(1):  # more at once would wait for it, however slowly it drips
                read += part
                if len(read) >= LIMIT or time.monotonic() > until:
                    break
            where = f"\nLocation: {response.headers['Location']}" if response.is_redirect else ""
            return Answer(response.status_code, read[:LIMIT].decode("utf-8", "replace") + where)


def permit_form(url: str) -> None:
    """Let an address through by its look alone. Raises Barred with a sentence."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Barred("地址须以 http:// 或 https:// 开头", "an address begins with http:// or https://")
    if parts.username or parts.password:
        raise Barred("地址里不写用户名和口令", "an address holds no user name and no password")
    if _number(parts.hostname) and not settings.PRIVATE_CHANNELS:
        _public(parts.hostname)


def permit(url: str) -> None:
    """Let an address through, also by what its name leads to. Raises Barred with a sentence."""
    permit_form(url)
    parts = urlsplit(url)
    if settings.PRIVATE_CHANNELS or _proxied(url):
        return  # behind a proxy the proxy decides where a name leads
    for found in socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM):
        _public(str(found[4][0]))


def _proxied(url: str) -> bool:
    return select_proxy(url, requests.utils.get_environ_proxies(url)) is not None


def _number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _public(number: str) -> None:
    address = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None) or address
    if not mapped.is_global or mapped.is_multicast:
        raise Barred(
            f"{number} 是内部地址，通道不能到；确需时由运维设 FENGSUI_PRIVATE_CHANNELS=yes",
            f"{number} is an address inside, closed to channels unless the operator sets FENGSUI_PRIVATE_CHANNELS=yes",
        )


class _Looked:
    """A connection that looks at whom it reached before it says anything: a name may have changed its address."""

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        if not settings.PRIVATE_CHANNELS:
            try:
                _public(str(made.getpeername()[0]))
            except Barred:
                made.close()
                raise
        return made


class _Http(_Looked, HTTPConnection):
    pass


class _Https(_Looked, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class Guarded(HTTPAdapter):
    """The transport of requests with guarded connections; connections through a proxy are the proxy's."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


# Every session of requests in this process mounts it: apprise opens its own, also to hosts that no address names.
requests.sessions.HTTPAdapter = Guarded  # type: ignore[misc]


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return a text bounded and without secrets, also where they stand quoted as in an address."""
    for secret in sorted({one for one in secrets if len(one) >= 4}, key=len, reverse=True):
        for written in {secret, quote(secret, safe=""), quote_plus(secret)}:
            text = text.replace(written, DOTS)
    return mask(text)[:KEPT].replace("\x00", "")
