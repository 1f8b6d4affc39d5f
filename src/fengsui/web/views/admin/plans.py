"""Installed packs, the organisation's own additions, the work calendar, the settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fengsui.core.timing import parse_duration, show_duration
from fengsui.directory import selectors as directory
from fengsui.library import registers, service
from fengsui.library import selectors as library
from fengsui.library.uploads import read_zip
from fengsui.web.forms import admin as forms
from fengsui.web.views.admin.desk import Deed, administers, by, chosen, conduct
from fengsui.web.views.frame import lang, person


@require_http_methods(["GET", "POST"])
@administers("packs")
def packs(request: HttpRequest) -> HttpResponse:
    """What is installed, what is in force; a pack put in; a plan adopted, a regime beside it."""
    where, scope = chosen(request)

    def install(data: dict[str, Any]) -> Any:
        file = data["file"]
        texts = read_zip(file.read(), file.name) if file else service.shipped(data["shipped"])
        return service.install(where.root, texts, **by(request))

    def adopt(data: dict[str, Any]) -> None:
        service.adopt(where.root, where.id, data["id"], **by(request))

    def beside(data: dict[str, Any]) -> None:
        service.adopt_regime(where.root, where.id, data["id"], **by(request))

    def drop(data: dict[str, Any]) -> None:
        service.drop_regime(where.root, where.id, data["id"], data["reason"], **by(request))

    shipped = partial(forms.InstallForm, shipped=registers.shipped_packs())
    deeds = {
        "install": Deed("install", shipped, install, _("预案包已装入")),
        "adopt": Deed("adopt", forms.RowForm, adopt, _("从下一案起采用")),
        "beside": Deed("adopt", forms.RowForm, beside, _("从下一案起并行")),
        "drop": Deed("adopt", forms.DropForm, drop, _("从下一案起不再并行")),
    }

    def context() -> dict[str, Any]:
        rows = registers.installed_rows(where.root, where.id)
        names = directory.names_of(where.root, {row.installed_by for row in rows})
        return {"where": where, "scope": scope, "rows": rows, "names": names}

    return conduct(request, "packs", deeds, context)


@require_http_methods(["GET", "POST"])
@administers("overlay")
def overlay(request: HttpRequest) -> HttpResponse:
    """The organisation's own additions to its plan: drafted with faults, published without, taken back."""
    where, scope = chosen(request)
    adopted = registers.governs_itself(where.root, where.id)
    draft = library.overlay_draft(where.root, where.id) if adopted else None
    versions = library.overlays(where.root, where.id) if adopted else ()
    in_force = next((one for one in versions if one.in_force), None)
    text = draft.text if draft else in_force.text if in_force else _starter(where) if adopted else ""

    def keep(data: dict[str, Any]) -> None:
        service.draft_overlay(where.root, where.id, data["text"], **by(request))

    def publish(data: dict[str, Any]) -> None:
        service.draft_overlay(where.root, where.id, data["text"], **by(request))
        service.publish_overlay(where.root, where.id, **by(request))

    def withdraw(data: dict[str, Any]) -> None:
        service.withdraw_overlay(where.root, where.id, data["reason"], **by(request))

    deeds = {
        "draft": Deed("overlay", forms.OverlayForm, keep, _("草稿已存"), initial={"text": text}),
        "publish": Deed("overlay", forms.OverlayForm, publish, _("从下一案起生效"), initial={"text": text}),
        "withdraw": Deed("overlay", forms.ReasonForm, withdraw, _("从下一案起只按预案")),
    }

    def context() -> dict[str, Any]:
        problems = library.check_overlay(where.root, where.id, draft.text) if draft else ()
        names = directory.names_of(where.root, {one.actor for one in versions})
        said = [(str(one.where), one.severity, one.message(lang()), one.hint(lang())) for one in problems]
        more = {"draft": draft, "versions": versions, "in_force": in_force, "names": names, "said": said}
        return {"where": where, "scope": scope, "adopted": adopted, **more}

    return conduct(request, "overlay", deeds if adopted else {}, context)


def _starter(where: directory.OrganisationRef) -> str:
    """The head that every file of additions has."""
    found = library.pack(where.root, library.pin_for(where.root, where.id).pack)
    return f"language: 1\nfor: {found.id}\n"


@require_http_methods(["GET", "POST"])
@administers("calendar")
def calendar(request: HttpRequest) -> HttpResponse:
    """The years that the work calendar knows; a published year entered or corrected."""
    root = person(request).root

    def publish(data: dict[str, Any]) -> Any:
        asked = (data["year"], data["off"], data["work"], data["source"])
        return service.publish_year(root, *asked, **by(request))

    def context() -> dict[str, Any]:
        year = request.GET.get("year", "")
        rows = registers.years(root)
        days = registers.days_of(root, int(year)) if year in {str(row.year) for row in rows} else ()
        return {"rows": rows, "year": year, "days": days}

    return conduct(
        request, "calendar", {"publish": Deed("calendar", forms.YearForm, publish, _("年度已录入"))}, context
    )


def _length(values: Mapping[str, str] | None) -> str:
    """The hours of a countersignature in words."""
    text = (values or {}).get("countersign_within", "")
    return show_duration(parse_duration(text), lang()) if text else ""


@require_http_methods(["GET", "POST"])
@administers("settings")
def settings(request: HttpRequest) -> HttpResponse:
    """What the installation decides beside the plan, for the cases to come."""
    where, scope = chosen(request)
    values = registers.settings_of(where.root, where.id)
    own = registers.governs_itself(where.root, where.id)

    def change(data: dict[str, Any]) -> None:
        for name in service.SETTINGS:
            if data[name] != (values or {}).get(name):
                service.set_setting(where.root, where.id, name, data[name], **by(request))

    deeds = {"change": Deed("setting", forms.SettingForm, change, _("设置已改"), initial=values or {})}
    return conduct(
        request,
        "settings",
        deeds if own else {},
        lambda: {"where": where, "scope": scope, "values": values, "own": own, "countersign": _length(values)},
    )
