"""Ways out of the house: channels with a dry run, every attempt with its answer, the results of the roll call."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fengsui.directory import selectors as directory
from fengsui.notifications import selectors, service
from fengsui.web.forms import channels as forms
from fengsui.web.forms.admin import RowForm, SwitchForm
from fengsui.web.views import files
from fengsui.web.views.admin.desk import Deed, administers, by, chosen, conduct, page
from fengsui.web.views.frame import at, lang, missing, person

PAGE = 50
EMAIL = "email"


@require_http_methods(["GET", "POST"])
@administers("channels")
def channels(request: HttpRequest) -> HttpResponse:
    """The channels that serve an organisation; a new one, its kind chosen in the address."""
    where, scope = chosen(request)
    kind = selectors.KINDS.get(request.GET.get("kind", ""))
    deeds = {}
    if kind is not None:

        def create(data: dict[str, Any]) -> Any:
            asked = {"exercises": data["exercises"], "key": data["key"], **by(request)}
            return service.create_channel(where.id, kind.name, data["name"], forms.values(data), **asked)

        back = f"{reverse('admin-channels')}?org={where.id}"
        form = partial(forms.ChannelForm, kind=kind)
        told = {"name": kind.label.said(lang()), **forms.initial(kind, {})}
        deeds["create"] = Deed("channel", form, create, _("通道已建立，试发一次再用"), back, initial=told)

    def context() -> dict[str, Any]:
        rows = selectors.channel_rows(where.root, where.id, lang=lang())
        reached = {branch.organisation.id for branch in scope}
        return {
            "where": where,
            "scope": scope,
            "rows": [(row, row.organisation in reached or row.id == EMAIL) for row in rows],
            "homes": {one.id: one.name for one in directory.line(where.root, where.id)},
            "kinds": selectors.kinds(lang()),
            "kind": kind,
        }

    return conduct(request, "channels", deeds, context)


@require_http_methods(["GET", "POST"])
@administers("channels")
def channel(request: HttpRequest, id: str) -> HttpResponse:
    """One channel: its settings, on or off, and a dry run with the whole answer."""
    ref, row = _channel(request, id)
    kind = ref.how

    def change(data: dict[str, Any]) -> None:
        service.change_channel(id, data["name"], forms.values(data), exercises=data["exercises"], **by(request))

    def switch(data: dict[str, Any]) -> None:
        service.switch_channel(id, data["active"], **by(request))

    def dry_run(data: dict[str, Any]) -> Any:
        return service.dry_run(id, data["to"].strip(), **by(request))

    def answer(outcome: Any) -> HttpResponse:
        return page(request, "answer", {"outcome": outcome, "row": row, "back": reverse("admin-channel", args=[id])})

    told = {"name": ref.name, "exercises": ref.exercises, **forms.initial(kind, dict(ref.settings))}
    form = partial(forms.ChannelForm, kind=kind, kept=selectors.kept_secrets(ref))
    said = _("通道已启用") if request.POST.get("active") == "1" else _("通道已停用")
    other = {"active": "0" if ref.active else "1"}
    deeds = {"try": Deed("channel", partial(forms.TryForm, kind=kind), dry_run, then=answer)}
    if id != EMAIL:
        deeds |= {
            "change": Deed("channel", form, change, _("已改"), initial=told),
            "switch": Deed("channel", SwitchForm, switch, said, initial=other),
        }
    return conduct(request, "channel", deeds, lambda: {"row": row})


def _channel(request: HttpRequest, id: str) -> tuple[selectors.ChannelRef, selectors.ChannelRow]:
    """A channel within what the office reaches, and the e-mail that is always there."""
    who = person(request)
    reached = {branch.organisation.id for branch in directory.scope(who)}
    ref = selectors.BUILT_IN if id == EMAIL else selectors.channel(who.root, id)
    if ref is None or (id != EMAIL and ref.organisation not in reached):
        raise missing()
    return ref, selectors.channel_row(who.root, ref.organisation or who.organisation, ref, lang=lang())


@require_http_methods(["GET", "POST"])
@administers("attempts")
def attempts(request: HttpRequest) -> HttpResponse:
    """Every letter that left the house or should have: its tries and answers; one is sent again by hand."""
    who = person(request)
    reached = [branch.organisation.id for branch in directory.scope(who)]
    asked = {name: request.GET.get(name, "").strip() for name in ("number", "who", "failed")}

    def resend(data: dict[str, Any]) -> None:
        service.resend(data["id"], **by(request))

    def context() -> dict[str, Any]:
        rows = selectors.messages(
            who.root,
            reached,
            number=asked["number"],
            people=directory.named_like(who.root, asked["who"]) if asked["who"] else None,
            failed=bool(asked["failed"]),
            before=request.GET.get("before", ""),
            limit=PAGE + 1,
        )
        kept = {name: value for name, value in asked.items() if value}
        more = urlencode({**kept, "before": rows[PAGE - 1].id}) if len(rows) > PAGE else ""
        return {"rows": rows[:PAGE], "asked": asked, "more": more}

    return conduct(request, "attempts", {"resend": Deed("resend", RowForm, resend, _("已排入重发"))}, context)


@require_GET
@administers("rollcall")
def rollcall(request: HttpRequest) -> HttpResponse:
    """The results of a month, by body."""
    months, month, rows = _calls(request)
    told = {"months": months, "month": month, "rows": rows, "begins": settings.ROLL_CALL}
    return page(request, "rollcall", told)


@require_GET
@administers("rollcall")
def rollcall_file(request: HttpRequest) -> HttpResponse:
    """The same as a file, a line for each person."""
    _months, month, rows = _calls(request)
    head = (_("月份"), _("单位"), _("机构"), _("人员"), _("应答"), _("应答时刻"))

    def lines() -> Iterator[tuple[str, ...]]:
        for row in rows:
            for name, when in row.people:
                said = _("到") if when else _("未应答")
                yield (month, row.organisation_name, row.label, name, said, files.local(when))

    return files.file(request, f"rollcall-{month}", head, lines())


def _calls(request: HttpRequest) -> tuple[tuple[str, ...], str, tuple[selectors.CallRow, ...]]:
    who = person(request)
    months = selectors.months(who.root)
    month = request.GET.get("month") or (months[0] if months else "")
    if month and month not in months:
        raise missing()
    reached = [branch.organisation.id for branch in directory.scope(who)]
    rows = selectors.call_rows(who.root, reached, month, at(request), lang=lang()) if month else ()
    return months, month, rows
