"""Who asks by HTTP: the person behind a key, within its scope, not too often.

Rules
- The only way in is `Authorization: Bearer fengsui_…`; a session's cookie means nothing here, so nothing can be forged
  from a browser.
- What is asked is asked as the key's person, with the seats held at that moment; the services decide.
- Each web process counts the requests of a key by the minute; one key too many waits, the others do not notice.
"""

import threading
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security.http import HttpAuthBase

from fengsui.directory import selectors as directory
from fengsui.directory import service, tokens
from fengsui.directory.tokens import Scope


class NoToken(Exception):
    """There is no key, or none that is in force."""


class NotInScope(Exception):
    """The key does not open this."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__(scope)


class TooMany(Exception):
    """The key has asked too often; `wait` in seconds."""

    def __init__(self, limit: int, wait: int) -> None:
        self.limit, self.wait = limit, wait
        super().__init__(limit, wait)


class Counter:
    """How often each key asked in the present minute."""

    def __init__(self) -> None:
        self._minute, self._asked, self._lock = 0, dict[str, int](), threading.Lock()

    def first(self, token: str, at: datetime) -> bool:
        """Return whether this is the key's first request of the minute."""
        with self._lock:
            return self._asked.get(token) == 1 and self._minute == int(at.timestamp()) // 60

    def count(self, token: str, at: datetime, limit: int) -> None:
        """Count a request. Raises TooMany."""
        minute, second = divmod(int(at.timestamp()), 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._asked = minute, {}
            self._asked[token] = asked = self._asked.get(token, 0) + 1
        if asked > limit:
            raise TooMany(limit, 60 - second)


COUNTER = Counter()


class Key(HttpAuthBase):
    """Lets a key through that opens one of these scopes."""

    openapi_scheme = "bearer"

    def __init__(self, *scopes: Scope) -> None:
        super().__init__()
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> Any:
        """Return who asks. Raises NoToken, NotInScope, TooMany."""
        said = request.headers.get("Authorization", "")
        scheme, _, text = said.partition(" ")
        found = directory.bearer(text.strip(), at(request)) if scheme.lower() == "bearer" else None
        if found is None:
            raise NoToken
        COUNTER.count(found.token, at(request), settings.API_RATE)
        if not set(self.scopes) & set(found.scopes):
            raise NotInScope(self.scopes[0])
        if COUNTER.first(found.token, at(request)):
            service.mark_used(found.person.root, found.token, at=at(request))
        return found


READ, REPORT, ACT = Key("read"), Key("report"), Key("act")
ANY = Key(*tokens.SCOPES)


def who(request: HttpRequest) -> directory.Bearer:
    """Return who asks."""
    return request.auth  # type: ignore[attr-defined, no-any-return]


def at(request: HttpRequest) -> datetime:
    """Return the moment of the request, read once by the server's middleware."""
    return request.at  # type: ignore[attr-defined, no-any-return]
