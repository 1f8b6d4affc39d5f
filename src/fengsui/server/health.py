"""`/health`: one line of JSON for a monitor; 200 while the service can do its work, else 503.

Rules
- It says whether the database answers and whether reminders flow; it names no organisation, person or case.
- It asks for no sign-in, so it costs a few small queries and tells nothing else.
"""

from datetime import datetime

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

import fengsui
from fengsui.directory import selectors as directory
from fengsui.notifications import selectors as notifications


def health(request: HttpRequest) -> JsonResponse:
    """The state of the service at `request.at`."""
    at = request.at  # type: ignore[attr-defined]
    database = _database()
    reminders = database and reminders_flow(at)
    healthy = database and reminders
    body = {"status": "ok" if healthy else "failing", "database": database, "reminders": reminders}
    return JsonResponse(body | {"version": fengsui.__version__, "at": at.isoformat()}, status=200 if healthy else 503)


def reminders_flow(at: datetime) -> bool:
    """Whether nothing that should have been sent by this moment still waits; False before the tables are there."""
    try:
        return all(notifications.flow(root, at).ok for root in directory.roots())
    except DatabaseError:
        return False


def favicon(request: HttpRequest) -> HttpResponse:
    """Nothing: pages name their icon themselves, but a browser asks here for answers that are no page."""
    return HttpResponse(status=204, headers={"Cache-Control": "max-age=86400"})


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False
