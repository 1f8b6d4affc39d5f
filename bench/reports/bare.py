"""The yardstick: a bare Django view that writes one row, for `yardstick` to serve. Imported by that server alone."""

from __future__ import annotations

import json
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from fengsui.server.environment import database

INSERT = "insert into bench_bare (title, body) values (%s, %s) returning id"

settings.configure(
    SECRET_KEY="not a secret: nothing is signed here",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # says the length of an answer
    USE_TZ=True,
    DATABASES={"default": database(os.environ["FENGSUI_DATABASE_URL"])},
)


@csrf_exempt
def bare(request: HttpRequest) -> JsonResponse:
    """Write what came as a row."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [json.loads(request.body)["title"], request.body.decode()])
        (id,) = cursor.fetchone()
    return JsonResponse({"id": id}, status=201)


urlpatterns = [path("api/v1/cases", bare)]
application = get_wsgi_application()
