"""People, their offices and passwords, the names locked after wrong ones, their keys to the HTTP interface."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fengsui.directory import selectors as directory
from fengsui.directory import service
from fengsui.web.forms import admin as forms
from fengsui.web.views.admin.desk import Deed, administers, by, chosen, conduct, page, within
from fengsui.web.views.frame import at, lang, missing, person


@require_http_methods(["GET", "POST"])
@administers("people")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of an organisation, and a new person."""
    where, scope = chosen(request)
    choices = [(one.organisation.id, one.organisation.name) for one in scope]

    def create(data: dict[str, Any]) -> tuple[str, str]:
        return service.enrol(
            data["organisation"],
            data["name"],
            username=data["username"],
            email=data["email"],
            key=data["key"],
            **by(request),
        )

    def then(made: tuple[str, str]) -> HttpResponse:
        id, once = made
        row = _row(request, id)
        return page(request, "once", {"row": row, "once": once})

    form = partial(forms.NewPersonForm, organisations=choices)
    deed = Deed("person", form, create, initial={"organisation": where.id}, then=then)

    def context() -> dict[str, Any]:
        rows = directory.people_rows(where.root, [where.id], at(request), lang=lang())
        return {"where": where, "scope": scope, "rows": rows}

    return conduct(request, "people", {"create": deed}, context)


@require_http_methods(["GET", "POST"])
@administers("people")
def one_person(request: HttpRequest, id: str) -> HttpResponse:
    """One person: name and address, office, one-time password, leaving."""
    within(request, "person", id)
    root, row = person(request).root, _row(request, id)

    def change(data: dict[str, Any]) -> None:
        service.change_person(root, id, name=data["name"], email=data["email"], **by(request))

    def office(data: dict[str, Any]) -> None:
        service.set_office(id, data["office"], **by(request))

    def reset(data: dict[str, Any]) -> str:
        return service.reset_password(root, id, username=data.get("username", ""), **by(request))

    def leave(_data: dict[str, Any]) -> None:
        service.deactivate(id, **by(request))

    def once(text: str) -> HttpResponse:
        return page(request, "once", {"row": _row(request, id), "once": text})

    deeds = {
        "change": Deed("person", forms.PersonForm, change, _("已改"), initial={"name": row.name, "email": row.email}),
        "office": Deed(
            "office",
            partial(forms.OfficeForm, lang=lang()),
            office,
            _("管理岗位已定"),
            on=id,
            initial={"office": row.office},
        ),
        "reset": Deed("person", partial(forms.ResetForm, known=row.username), reset, then=once),
        "leave": Deed("person", forms.AdminForm, leave, _("已停用"), reverse("admin-people")),
    }
    return conduct(request, "person", deeds if row.active else {}, lambda: {"row": row})


def _row(request: HttpRequest, id: str) -> directory.PersonRow:
    root = person(request).root
    home = within(request, "person", id)
    rows = directory.people_rows(root, [home], at(request), lang=lang())
    return next(one for one in rows if one.id == id)


@require_http_methods(["GET", "POST"])
@administers("locked")
def locked(request: HttpRequest) -> HttpResponse:
    """The user names that are locked after wrong passwords, within what the office reaches."""
    who = person(request)

    def unlock(data: dict[str, Any]) -> None:
        within(request, "person", data["id"])
        service.unlock(who.root, data["id"], **by(request))

    def context() -> dict[str, Any]:
        ends = directory.locked_names(who.root, at(request))
        reached = [one.organisation.id for one in directory.scope(who)] if ends else []
        rows = directory.people_rows(who.root, reached, at(request), lang=lang())
        return {"rows": [(row, ends[row.username]) for row in rows if row.locked]}

    return conduct(request, "locked", {"unlock": Deed("unlock", forms.RowForm, unlock, _("已解除锁定"))}, context)


@require_http_methods(["GET", "POST"])
@administers("tokens")
def tokens(request: HttpRequest) -> HttpResponse:
    """The keys of the people of an organisation; the security administrator ends them."""
    where, scope = chosen(request)
    rows = directory.tokens_within(where.root, [where.id], at(request))

    def revoke(data: dict[str, Any]) -> None:
        if data["id"] not in {row.id for row in rows}:
            raise missing()
        service.revoke_token(where.root, data["id"], **by(request))

    deed = Deed("revoke_token", forms.RowForm, revoke, _("令牌已吊销"))
    return conduct(request, "tokens", {"revoke": deed}, lambda: {"where": where, "scope": scope, "rows": rows})
