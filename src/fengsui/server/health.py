"""`/health`: one line of JSON for a monitor; 200 while the service can do its work, else 503.

Rules
- It says whether the database answers and which alarms of the watchman stand, by their codes; it names no organisation,
  person or case.
- `/health/ready` says only whether this process can serve pages. A proxy asks that: an alarm is no reason to take the
  pages away from those who have to read it there.
- Both ask for no sign-in, so they cost a few small queries and tell nothing else.
"""

from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

import fengsui
from fengsui.directory import selectors as directory
from fengsui.notifications import watchman
from fengsui.notifications.pulse import Steady


def health(request: HttpRequest) -> JsonResponse:
    """The state of the service at `request.at`."""
    at: datetime = request.at  # type: ignore[attr-defined]
    alarms = standing(at, request.steady) if database() else None  # type: ignore[attr-defined]
    body: dict[str, Any] = {"status": "failing" if alarms or alarms is None else "ok", "database": alarms is not None}
    body |= {"alarms": list(alarms or ()), "version": fengsui.__version__, "at": at.isoformat()}
    return _answer(body)


def ready(request: HttpRequest) -> JsonResponse:
    """Whether this process can serve pages."""
    return _answer({"status": "ok" if database() else "failing"})


def _answer(body: dict[str, Any]) -> JsonResponse:
    answer = JsonResponse(body, status=200 if body["status"] == "ok" else 503)
    # A monitor asks every few seconds: Django would write each of these answers down as an error of the service.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def standing(at: datetime, steady: Steady) -> tuple[str, ...] | None:
    """The codes of all alarms of all organisations; None before the tables are there."""
    try:
        found = [alarm.code for root in directory.roots() or ("",) for alarm in watchman.standing(root, at, steady)]
    except DatabaseError:
        return None
    return tuple(dict.fromkeys(found))


def database() -> bool:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


def favicon(request: HttpRequest) -> HttpResponse:
    """Nothing: pages name their icon themselves, but a browser asks here for answers that are no page."""
    return HttpResponse(status=204, headers={"Cache-Control": "max-age=86400"})
