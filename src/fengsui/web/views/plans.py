"""The clauses of an installed plan, each with what it became: where a citation leads without script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from fengsui.cases import selectors as cases
from fengsui.web.views.frame import lang, missing, person, show, signed_in


@require_GET
@signed_in
def plan(request: HttpRequest, pack: str, version: str) -> HttpResponse:
    """One plan by id and version."""
    page = cases.plan_page(person(request).id, pack, version, lang=lang())
    if page is None:
        raise missing()
    return show(request, "plans/plan.html", {"page": page})
