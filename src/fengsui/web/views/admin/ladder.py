"""The ladder of reminders: what rings when, written by the plan's author, tried before it holds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fengsui.cases import selectors as cases
from fengsui.cases import service
from fengsui.directory import selectors as directory
from fengsui.web.forms import admin as forms
from fengsui.web.views.admin.desk import Deed, administers, by, chosen, conduct, page
from fengsui.web.views.frame import lang


@require_http_methods(["GET", "POST"])
@administers("ladder")
def ladder(request: HttpRequest) -> HttpResponse:
    """The ladder in force in words; another one tried on an hour's duty, put in force by a paper, or taken back."""
    where, scope = chosen(request)
    now = cases.ladder_page(where.root, where.id, lang())

    def seen(data: dict[str, Any]) -> dict[str, Any]:
        cases.check_ladder(where.root, where.id, data["text"])
        return data

    def tried(data: dict[str, Any]) -> HttpResponse:
        form = forms.LadderForm(initial=data, auto_id="set-%s")
        return page(request, "ladder", {"forms": {"set": form}, **context(str(data["text"]))})

    def put(data: dict[str, Any]) -> None:
        service.set_ladder(where.root, where.id, data["text"], data["paper"], **by(request))

    def drop(data: dict[str, Any]) -> None:
        service.drop_ladder(where.root, where.id, data["reason"], **by(request))

    def context(text: str | None = None) -> dict[str, Any]:
        shown = now if text is None else cases.ladder_page(where.root, where.id, lang(), text)
        names = directory.names_of(where.root, {now.by})
        return {"where": where, "scope": scope, "ladder": shown, "tried": text is not None, "names": names}

    deeds = {
        "preview": Deed("ladder", forms.LadderForm, seen, then=tried, initial={"text": now.text}),
        "set": Deed(
            "ladder", forms.LadderForm, put, _("阶梯已生效，未了义务的提醒随后改排"), initial={"text": now.text}
        ),
        "drop": Deed("ladder", forms.ReasonForm, drop, _("已撤回，按上级或出厂的阶梯提醒")),
    }
    return conduct(request, "ladder", deeds, context)
