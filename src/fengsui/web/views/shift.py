"""What waits for one person's word, one card for one decision; and the hand-over of a case, the page a shift reads.

Rules
* Nothing is decided here: a card posts to the page of its act, which answers for refusals and for who was first.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from fengsui.cases import selectors as cases
from fengsui.cases.shift_pages import ApprovalsPage
from fengsui.web.views import live
from fengsui.web.views.frame import at, lang, missing, person, show, signed_in


@require_GET
@signed_in
def approvals(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    panels = _panels(cases.approvals_page(person(request).id, at(request), lang=lang()))
    context = live.context(panels, reverse("approval-panels"))
    return show(request, "approvals/approvals.html", context | {"at_page": "approvals"})


@require_GET
@signed_in
def approval_panels(request: HttpRequest) -> HttpResponse:
    """What has changed on it."""
    panels = _panels(cases.approvals_page(person(request).id, at(request), lang=lang()))
    return live.answer(request, panels, reverse("approval-panels"))


def _panels(page: ApprovalsPage) -> list[live.Panel]:
    return [
        live.Panel("p-cards", "approvals/_cards.html", (page.cards, page.rest), {"page": page}),
        live.Panel("p-signatures", "approvals/_signatures.html", page.signatures, {"page": page}),
    ]


@require_GET
@signed_in
def handover(request: HttpRequest, number: str) -> HttpResponse:
    """What the next shift must know of a case, and the act that hands it over."""
    ref = cases.case_for(person(request).id, number, at(request))
    if ref is None:
        raise missing()
    page = cases.handover_page(person(request).id, ref, at(request), lang=lang())
    return show(request, "cases/handover.html", {"at_page": "cases", "page": page, "number": page.ref.number})
