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

    def __init__(self, *scopes: Scope, remembered: bool = False) -> None:
        super().__init__()
        self.scopes, self.remembered = scopes, remembered

    def __call__(self, request: HttpRequest) -> Any:
        """Return who asks. Raises NoToken, NotInScope, TooMany."""
        found = self._bearer(request, remembered=self.remembered)
        if self.remembered and not (found and self._opens(found)):
            found = self._bearer(request)
        if found is not None:
            COUNTER.count(found.token, at(request), settings.API_RATE)
        found = self._let_in(found)
        if COUNTER.first(found.token, at(request)):
            service.mark_used(found.person.root, found.token, at=at(request))
        return found

    def again(self, request: HttpRequest) -> directory.Bearer:
        """Return who asks, read anew, for a request that has been counted already. Raises NoToken, NotInScope."""
        return self._let_in(self._bearer(request))

    def _let_in(self, found: directory.Bearer | None) -> directory.Bearer:
        if found is None:
            raise NoToken
        if not self._opens(found):
            raise NotInScope(self.scopes[0])
        return found

    def _bearer(self, request: HttpRequest, *, remembered: bool = False) -> directory.Bearer | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return directory.bearer(text.strip(), at(request), remembered=remembered)

    def _opens(self, found: directory.Bearer) -> bool:
        return not set(self.scopes).isdisjoint(found.scopes)


READ, REPORT, ACT = Key("read"), Key("report"), Key("act")
ANY = Key(*tokens.SCOPES)
REMEMBERED = Key("report", remembered=True)
"""For the one address whose writing statement finds out whether what the process remembers still stands."""


def who(request: HttpRequest) -> directory.Bearer:
    """Return who asks."""
    return request.auth  # type: ignore[attr-defined, no-any-return]


def at(request: HttpRequest) -> datetime:
    """Return the moment of the request, read once by the server's middleware."""
    return request.at  # type: ignore[attr-defined, no-any-return]
