"""The register of systems: its rows, one row, a whole table in and out."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from fengsui.directory import selectors as directory
from fengsui.directory import service
from fengsui.library import registers
from fengsui.web.forms import admin as forms
from fengsui.web.views.admin.desk import Deed, Lines, administers, by, chosen, conduct, within
from fengsui.web.views.files import safe
from fengsui.web.views.frame import at, lang, person

Where = directory.OrganisationRef


@require_http_methods(["GET", "POST"])
@administers("assets")
def assets(request: HttpRequest) -> HttpResponse:
    """The systems of an organisation; a new one; a table of them."""
    where, scope = chosen(request)
    fields = registers.asset_fields(where.root, where.id, lang=lang())
    owners = _owners(request, where)

    def create(data: dict[str, Any]) -> Any:
        values = _attributes(data, fields)
        return service.create_asset(where.id, data["name"], data["owner"], values, key=data["key"], **by(request))

    deeds = {
        "create": Deed("asset", partial(forms.AssetForm, owners=owners, attributes=fields), create, _("系统已登记")),
        "import": Deed("asset", forms.ImportForm, partial(_import, request, where, fields), _("表格已导入")),
    }

    def context() -> dict[str, Any]:
        rows = directory.asset_rows(where.root, where.id)
        return {"where": where, "scope": scope, "rows": [_shown(row, fields, dict(owners)) for row in rows]}

    return conduct(request, "assets", deeds, context)


@require_http_methods(["GET", "POST"])
@administers("assets")
def asset(request: HttpRequest, id: str) -> HttpResponse:
    """One system of the register."""
    home = within(request, "asset", id)
    root = person(request).root
    where = directory.organisation(root, home)
    row = directory.asset(root, id)
    assert where is not None and row is not None
    fields = registers.asset_fields(root, home, lang=lang())

    def change(data: dict[str, Any]) -> None:
        kept = {name: text for name, text in row.attributes.items() if name not in {one.name for one in fields}}
        values = {**kept, **_attributes(data, fields)}
        asked = {"name": data["name"], "owner": data["owner"], "active": data["active"], "attributes": values}
        service.change_asset(root, id, **asked, **by(request))

    back = f"{reverse('admin-assets')}?org={home}"
    several = {one.name for one in fields if one.many}
    told = {name: text.split() if name in several else text for name, text in row.attributes.items()}
    initial = {"name": row.name, "owner": row.owner, "active": row.active, **told}
    form = partial(forms.AssetForm, owners=_owners(request, where), attributes=fields)
    done = Deed("asset", form, change, _("系统已改"), back, initial=initial)
    return conduct(request, "asset", {"change": done}, lambda: {"row": row, "back": back})


@require_GET
@administers("assets")
def table(request: HttpRequest) -> HttpResponse:
    """The register as CSV: to look at, and as the table to fill in."""
    where, _scope = chosen(request)
    fields = registers.asset_fields(where.root, where.id, lang=lang())
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([forms.NAME[0], forms.OWNER[0], *(one.label for one in fields)])
    owners = _owners(request, where)
    # Two units of one name stay apart: the table comes back in by what stands in it.
    called = [name for _text, name in owners]
    named = {text: name for text, name in owners if called.count(name) == 1}
    for row in directory.asset_rows(where.root, where.id):
        if row.active:
            cells = (row.name, named.get(row.owner, row.owner), *_cells(row, fields))
            rows.writerow([safe(cell) for cell in cells])
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="systems-{where.code}.csv"'
    return answer


def _cells(row: directory.AssetRef, fields: tuple[registers.AssetField, ...]) -> list[str]:
    return [_told(one, row.attributes.get(one.name, "")) for one in fields]


def _told(field: registers.AssetField, text: str) -> str:
    named = dict(field.options)
    return "、".join(named.get(part, part) for part in text.split(" ")) if named and text else text


def _shown(row: directory.AssetRef, fields: tuple[registers.AssetField, ...], owners: dict[str, str]) -> dict[str, Any]:
    told = [(one.label, _told(one, row.attributes[one.name])) for one in fields if row.attributes.get(one.name)]
    return {"row": row, "owner": owners.get(row.owner, row.owner), "told": told}


def _owners(request: HttpRequest, where: Where) -> list[tuple[str, str]]:
    """The units that may own a system: those of bodies with many, and bodies of one."""
    bodies = directory.bodies_page(where.root, where.id, at(request), lang=lang()) or ()
    found = []
    for body in bodies:
        named = [(unit.text, unit.name) for unit in body.units]
        found += named or ([] if body.many else [(body.id, body.label)])
    return found


def _attributes(data: dict[str, Any], fields: tuple[registers.AssetField, ...]) -> dict[str, str]:
    """The attributes that have a value, in the plan's own writing."""
    told = {one.name: data[one.name] for one in fields}
    texts = {name: " ".join(value) if isinstance(value, list) else value for name, value in told.items()}
    return {name: text for name, text in texts.items() if text}


def _import(request: HttpRequest, where: Where, fields: tuple[registers.AssetField, ...], data: dict[str, Any]) -> None:
    """Puts a table in, all of it or nothing."""
    owners = {name: text for text, name in _owners(request, where)}
    lines, wrong = forms.table_lines(data["text"], fields, owners)
    if wrong:
        raise Lines(list(wrong))
    problems, _made, _changed = service.import_assets(where.id, lines, **by(request))
    if problems:
        told = [
            _("第 %(line)s 行“%(name)s”：%(why)s")
            % {"line": one.line, "name": one.name, "why": one.problem.message(lang()) + one.problem.hint(lang())}
            for one in problems
        ]
        head = ngettext("整表没有写入：%(n)s 行有误。", "整表没有写入：%(n)s 行有误。", len(told)) % {"n": len(told)}
        raise Lines([head, *told])
