"""The wall: every unit below at one glance, refreshed by itself, with nothing to press.

Rules
* `?big=1` is for a projector: no bar, larger type, dark unless the person chose light.
* A person whose organisation has nobody below finds no page here.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from fengsui.cases import selectors as cases
from fengsui.cases.wall_pages import WallPage
from fengsui.web.views import live
from fengsui.web.views.frame import at, lang, missing, person, show, signed_in


@require_GET
@signed_in
def wall(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    page, big = _page(request), request.GET.get("big") == "1"
    context = live.context(_panels(page), reverse("wall-panels")) | {"at_page": "wall", "page": page, "big": big}
    if big and "theme" not in request.COOKIES:
        context["theme"] = "dark"
    return show(request, "wall/wall.html", context)


@require_GET
@signed_in
def wall_panels(request: HttpRequest) -> HttpResponse:
    """What has changed on it."""
    return live.answer(request, _panels(_page(request)), reverse("wall-panels"))


def _page(request: HttpRequest) -> WallPage:
    page = cases.wall(person(request).id, at(request), lang=lang())
    if page is None:
        raise missing()
    return page


def _panels(page: WallPage) -> list[live.Panel]:
    parts = {
        "say": (page.cases, page.troubled, page.ungraded, page.levels),
        "kept": page.kept,
        "warnings": page.warnings,
        "tiles": page.regions,
        "due": page.due,
        "news": page.news,
    }
    return [live.Panel(f"p-{name}", f"wall/_{name}.html", rows, {"page": page}) for name, rows in parts.items()]
