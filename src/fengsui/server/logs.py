"""The log of the service: one line an event, as text or as JSON, without any secret.

Rules
- Every line says the moment (UTC), level, logger and message; inside a request also its id and the person's id. Persons
  are named by their id, never by their name; an address is told as its route, without what was asked in it.
- A request ends with one line: method, route, status, milliseconds. Static files and monitors have none.
- The id of a request is the proxy's X-Request-ID where that is plain, or made here; the answer carries it.
- Whatever is written passes `masking.mask`, tracebacks included.
"""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from pythonjsonlogger.json import JsonFormatter

from fengsui.ledger import masking
from fengsui.server import clock

Handler = Callable[[HttpRequest], HttpResponse]
PLAIN = re.compile(r"[\w.:/+=-]{1,64}")
QUIET = ("/static/", "/health", "/metrics", "/favicon.ico")
"""Where these addresses begin, a request leaves no line: they are asked for again and again, by machines."""
FIELDS = ("request", "person", "method", "route", "status", "milliseconds")
log = logging.getLogger("fengsui.request")
_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def request_line(get_response: Handler) -> Handler:
    """Gives the request its id, lets every line inside it carry that, and writes the line at its end."""

    def handle(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if PLAIN.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        token, began = _request.set(request), clock.steady()[1]
        try:
            response = get_response(request)
            response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
            if not request.path.startswith(QUIET):
                spent = round((clock.steady()[1] - began) * 1000)
                done = {"method": request.method, "route": route(request), "status": response.status_code}
                log.info("%(method)s %(route)s %(status)s", done, extra=done | {"milliseconds": spent})
            return response
        finally:
            _request.reset(token)

    return handle


def route(request: HttpRequest) -> str:
    """The pattern of the address: what it names (a case, a code, a person) stays out of the log."""
    match = request.resolver_match
    return f"/{match.route}" if match else "unknown"


class InRequest(logging.Filter):
    """Lets everything pass, and says in which request, and for whom, a line was written."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = _request.get()
        if request is not None:
            record.request = getattr(request, "id", "")
            # Who is signed in to the pages, or whose key the HTTP interface was shown.
            person = getattr(request, "person", None) or getattr(getattr(request, "auth", None), "person", None)
            if person is not None:
                record.person = person.id
        elif hasattr(record, "request"):
            del record.request  # Django puts the request itself there, which nobody should write out
        return True


class TextFormatter(logging.Formatter):
    """A line for people: moment, level, logger, message, and the fields that are there as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        more = "".join(f" {name}={getattr(record, name)}" for name in _told(record))
        head, *rest = super().format(record).split("\n")
        return masking.mask("\n".join([head + more, *rest]))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return _moment(record)


def _told(record: logging.LogRecord) -> list[str]:
    """The fields that the message does not say itself."""
    said = {"method", "route", "status"} if record.name == log.name else set[str]()
    return [name for name in FIELDS if name not in said and hasattr(record, name)]


class JsonLines(JsonFormatter):
    """One JSON object a line."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data |= {
            "moment": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": masking.mask(record.message),
        }
        log_data |= {name: _plain(getattr(record, name)) for name in FIELDS if hasattr(record, name)}
        log_data |= {name: masking.mask(str(value)) for name, value in message_dict.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else masking.mask(str(value))


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def configuration(style: str) -> dict[str, Any]:
    """What Django and granian are given for `logging`; `style` is text or json."""
    formatters = {
        "text": {"()": TextFormatter, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": JsonLines, "json_ensure_ascii": False},
    }
    stderr = {"class": "logging.StreamHandler", "formatter": style, "filters": ["in_request"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"in_request": {"()": InRequest}},
        "formatters": formatters,
        "handlers": {"stderr": stderr},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "propagate": True},
            "_granian": {"level": "WARNING"},
            "axes": {"level": "ERROR"},
        },
    }
