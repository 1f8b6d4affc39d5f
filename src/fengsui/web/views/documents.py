"""The documents of a case: reports, requests, notices and orders as the letters they were.

Rules
* They are for whoever may open the case; absent and forbidden look the same.
* The page prints as the letter: everything around the sheet stays on the screen. Its Word file is the same letter.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from fengsui.core.canon import natural
from fengsui.documents import selectors as papers
from fengsui.documents import word
from fengsui.web.views.frame import at, lang, missing, show, signed_in
from fengsui.web.views.records import case_of


@require_GET
@signed_in
def documents(request: HttpRequest, number: str) -> HttpResponse:
    """The documents of a case."""
    before = request.GET.get("before", "")
    ref = case_of(request, number)
    page = papers.documents(ref, natural(before), at(request), lang=lang())
    return show(request, "documents/list.html", {"at_page": "cases", "page": page, "number": number, "before": before})


@require_GET
@signed_in
def document(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    """One document."""
    page = papers.document(case_of(request, number), seq, at(request), lang=lang())
    if page is None:
        raise missing()
    address = _address(request, page.paper.code) if page.paper else ""
    context = {"at_page": "cases", "page": page, "paper": page.paper, "number": number, "address": address}
    return show(request, "documents/document.html", context)


@require_GET
@signed_in
def word_file(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    """The same letter as a Word file; a letter that cannot be believed has none."""
    page = papers.document(case_of(request, number), seq, at(request), lang=lang())
    if page is None or page.paper is None:
        raise missing()
    content = word.written(page.paper, _address(request, page.paper.code), lang())
    answer = HttpResponse(content, content_type=word.TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{number}-{seq}.docx"'
    return answer


def _address(request: HttpRequest, code: str) -> str:
    return f"{request.get_host()}{reverse('code', args=[code])}"
