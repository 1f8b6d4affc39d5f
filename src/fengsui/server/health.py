"""`/health`: one line of JSON for a monitor; 200 while the service can do its work, else 503.

Rules
- It says whether the database answers, and how late the worker is; it names no organisation, person or case.
- It asks for no sign-in, so it costs two small queries and tells nothing else.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

import fengsui


def health(request: HttpRequest) -> JsonResponse:
    """The state of the service at `request.at`."""
    at = request.at  # type: ignore[attr-defined]
    database = _database()
    body = {"status": "ok" if database else "failing", "database": database, "version": fengsui.__version__}
    return JsonResponse(body | {"at": at.isoformat()}, status=200 if database else 503)


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
