"""Lists as files.

Rules
* A list as a file is CSV in UTF-8 with a mark at its beginning, so that office programs read Chinese; a cell that such
  a program would take for a formula begins with an apostrophe.
* A file ends after `MOST` lines; its name then says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import islice
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.timezone import get_current_timezone

from fengsui.web.views.frame import at

MOST = 10_000
MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "|", "＝", "＋", "－", "＠", "\t", "\r", "\n")
TYPE = "text/csv; charset=utf-8"
Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)


def file(request: HttpRequest, name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """A list that is at hand, as a file."""
    text, whole = written(head, rows)
    return _named(request, HttpResponse(text, content_type=TYPE), name, whole=whole)


def streamed(
    request: HttpRequest, name: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, whole: bool
) -> StreamingHttpResponse:
    """A list that is read while it is sent; `whole` says whether all of it is."""
    return _named(request, StreamingHttpResponse(lines(head, rows), content_type=TYPE), name, whole=whole)


def _named(request: HttpRequest, answer: Answer, name: str, *, whole: bool) -> Answer:
    cut = "" if whole else f"-first-{MOST}"
    answer["Content-Disposition"] = f'attachment; filename="{name}-{at(request):%Y%m%d-%H%M}{cut}.csv"'
    return answer


def written(head: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[str, bool]:
    """The text of a file, and whether all rows are in it."""
    found = iter(rows)
    text = "".join(lines(head, islice(found, MOST)))
    return text, next(found, None) is None


def lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a file, each with its end, the mark before the first."""
    yield MARK + _line(head)
    for row in rows:
        yield _line([safe(cell) for cell in row])


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def safe(cell: str) -> str:
    """A cell that no office program takes for a formula."""
    return f"'{cell}" if cell.lstrip(" \u3000").startswith(FORMULA) else cell


def local(moment: datetime | None, zone: tzinfo | None = None) -> str:
    """A moment as a list writes it, in the zone given or the one of the page."""
    return f"{moment.astimezone(zone or get_current_timezone()):%Y-%m-%d %H:%M:%S}" if moment else ""
