"""Organisations, their bodies and posts, and the seats lent: pages of the directory."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fengsui.core.pack.acts import ACT_NAMES, ACTS, VERB_NAMES, VERBS
from fengsui.directory import offices, service
from fengsui.directory import selectors as directory
from fengsui.library import registers
from fengsui.library import selectors as library
from fengsui.notifications import selectors as notifications
from fengsui.web.forms import admin as forms
from fengsui.web.views.admin.desk import Deed, administers, by, chosen, conduct, page, within
from fengsui.web.views.frame import at, lang, missing, person


@require_GET
@administers("index")
def index(request: HttpRequest) -> HttpResponse:
    """What is missing in the own organisation, and the way to every page of the office."""
    who = person(request)
    holders = {row.office for row in directory.people_rows(who.root, [who.organisation], at(request)) if row.active}
    reached = (who.organisation, *directory.below(who.root, who.organisation))
    year = at(request).year
    adopted = library.governing(who.root, who.organisation) is not None
    years = {row.year for row in registers.years(who.root)}
    return page(
        request,
        "index",
        {
            "adopted": adopted,
            "empty": directory.empty_posts(who.root, who.organisation, at(request), lang=lang()),
            "nobody": [words[lang() == "en"] for id, words in offices.LABELS.items() if id not in holders],
            "locked": directory.locked_names(who.root, at(request), reached),
            "findings": [
                (one.said(lang()), one.names)
                for one in notifications.findings(who.root, at(request), within=frozenset({who.organisation}))
            ],
            "unknown_years": [one for one in (year, year + 1) if one not in years],
        },
    )


@require_http_methods(["GET", "POST"])
@administers("organisations")
def organisations(request: HttpRequest) -> HttpResponse:
    """The tree, and a new organisation below one of it."""
    scope = directory.scope(person(request))
    parents = [(one.organisation.id, one.organisation.name) for one in scope]
    reached = dict(parents)

    def create(data: dict[str, Any]) -> Any:
        asked = {name: data[name] for name in ("name", "code", "parent", "zone", "tier", "name_en")}
        asked["outlines_from_opening"] = data["outlines_from_opening"]
        return service.create_organisation(**asked, key=data["key"], **by(request))

    tiers = _tiers(request)
    form = partial(forms.NewOrganisationForm, parents=parents, tiers=tiers)
    done = Deed("organisation", form, create, _("单位已建立"))
    return conduct(
        request, "organisations", {"create": done}, lambda: {"scope": scope, "reached": reached, "tiers": tiers}
    )


@require_http_methods(["GET", "POST"])
@administers("organisations")
def organisation(request: HttpRequest, id: str) -> HttpResponse:
    """One organisation as it stands in the tree."""
    scope = {one.organisation.id: one.organisation for one in directory.scope(person(request))}
    if id not in scope:
        raise missing()
    row = scope[id]

    def change(data: dict[str, Any]) -> None:
        data.pop("key")
        service.change_organisation(row.root, row.id, **data, **by(request))

    initial = {name: getattr(row, name) for name in ("name", "name_en", "tier", "zone", "outlines_from_opening")}
    tiers = _tiers(request)
    form = partial(forms.OrganisationForm, tiers=tiers)
    done = Deed("organisation", form, change, _("单位信息已改"), reverse("admin-organisations"), initial=initial)
    return conduct(
        request, "organisation", {"change": done}, lambda: {"row": row, "tier": tiers.get(row.tier, row.tier)}
    )


def _tiers(request: HttpRequest) -> dict[str, str]:
    """The tiers of the plan with what they are called."""
    plan = directory.plan_of(person(request).root, person(request).organisation)
    return {tier: plan.label("tier", tier, lang()) for tier in plan.head.tiers} if plan else {}


def _seats(
    request: HttpRequest, where: directory.OrganisationRef
) -> tuple[tuple[directory.BodyRow, ...], list[tuple[str, str]]]:
    """The bodies of the plan in force, and every seat in them to choose from."""
    bodies = directory.bodies_page(where.root, where.id, at(request), lang=lang()) or ()
    return bodies, [(post.seat, post.label) for body in bodies for post in body.posts]


@require_http_methods(["GET", "POST"])
@administers("posts")
def posts(request: HttpRequest) -> HttpResponse:
    """The bodies and posts of the plan in force: who holds them, what nobody holds, units and outside bodies."""
    where, scope = chosen(request)
    bodies, seats = _seats(request, where)
    deeds = _posts_deeds(request, where, scope, bodies, seats)

    def context() -> dict[str, Any]:
        plan = library.governing(where.root, where.id)
        empty = sum(body.empty for body in bodies if body.kind != "external")
        names = {one.organisation.id: one.organisation.name for one in scope}
        return {"where": where, "scope": scope, "bodies": bodies, "adopted": plan, "empty": empty, "names": names}

    return conduct(request, "posts", deeds, context)


def _posts_deeds(
    request: HttpRequest,
    where: directory.OrganisationRef,
    scope: tuple[directory.Branch, ...],
    bodies: tuple[directory.BodyRow, ...],
    seats: list[tuple[str, str]],
) -> dict[str, Deed]:
    people = _people(request, scope) if offices.may(person(request), "appoint") else []

    def appoint(data: dict[str, Any]) -> Any:
        head, _at, place = data["seat"].partition("@")
        body, _dot, post = head.partition(".")
        times = {"since": data["since"], "until": data["until"], "key": data["key"]}
        return service.appoint(
            data["person"], body, post=post, place=place, organisation=where.id, **times, **by(request)
        )

    def end(data: dict[str, Any]) -> None:
        within(request, "appointment", data["id"])
        service.end_appointment(data["id"], until=data["until"], **by(request))

    def unit(data: dict[str, Any]) -> None:
        asked = (data["body"], data["place"], data["name"])
        service.create_unit(where.root, where.id, *asked, contact=data["contact"], **by(request))

    def outside(data: dict[str, Any]) -> None:
        more = {"contact": data["contact"], "linked": data["linked"]}
        service.create_external(where.root, where.id, data["body"], data["name"], **more, **by(request))

    inner = [(body.id, body.label) for body in bodies if body.kind != "external"]
    outer = [(body.id, body.label) for body in bodies if body.kind == "external" and not body.units]
    linked = [(one.organisation.id, one.organisation.name) for one in scope if one.organisation.id != where.id]
    return {
        "appoint": Deed("appoint", partial(forms.AppointForm, seats=seats, people=people), appoint, _("任职已登记")),
        "end": Deed("appoint", forms.EndForm, end, _("任职已终止")),
        "unit": Deed("unit", partial(forms.UnitForm, bodies=inner), unit, _("处室已建立")),
        "external": Deed(
            "unit", partial(forms.ExternalForm, bodies=outer, linked=linked), outside, _("外部单位已登记")
        ),
    }


def _people(request: HttpRequest, scope: tuple[directory.Branch, ...]) -> list[tuple[str, str]]:
    """Whom this office may seat: everybody it reaches but itself."""
    who = person(request)
    rows = directory.people_of_all(who.root, [one.organisation.id for one in scope])
    several = len(scope) > 1
    return [
        (one.id, f"{one.name} · {one.organisation_name}" if several else one.name) for one in rows if one.id != who.id
    ]


@require_http_methods(["GET", "POST"])
@administers("posts")
def unit(request: HttpRequest, id: str) -> HttpResponse:
    """One unit or outside body: its name and channel."""
    home = within(request, "unit", id)
    row = next(one for one in directory.units(person(request).root, home) if one.id == id)

    def change(data: dict[str, Any]) -> None:
        service.change_unit(person(request).root, id, name=data["name"], contact=data["contact"], **by(request))

    back = f"{reverse('admin-posts')}?org={home}"
    initial = {"name": row.name, "contact": row.contact}
    done = Deed("unit", forms.RenameForm, change, _("已改"), back, initial=initial)
    return conduct(request, "unit", {"change": done}, lambda: {"row": row, "back": back})


@require_http_methods(["GET", "POST"])
@administers("delegations")
def delegations(request: HttpRequest) -> HttpResponse:
    """The seats lent by papers: to whom, for which acts, until when."""
    where, scope = chosen(request)
    seats = _seats(request, where)[1]

    def lend(data: dict[str, Any]) -> Any:
        asked = {name: data[name] for name in ("to", "acts", "document", "since", "until", "key")}
        return service.delegate(where.id, data["of"], person=data["person"] or None, **asked, **by(request))

    def revoke(data: dict[str, Any]) -> None:
        within(request, "delegation", data["id"])
        service.revoke_delegation(data["id"], **by(request))

    named = {**ACT_NAMES, **VERB_NAMES}
    every = dict.fromkeys((*(act for kind in ACTS.values() for act in kind), *VERBS))
    acts = [(name, named[name][lang() == "en"] if name in named else name) for name in every]
    said = dict(acts)
    form = partial(forms.DelegateForm, seats=seats, people=_people(request, scope), acts=acts)
    deeds = {
        "delegate": Deed("delegate", form, lend, _("授权已登记")),
        "revoke": Deed("delegate", forms.RowForm, revoke, _("授权已收回")),
    }

    def context() -> dict[str, Any]:
        rows = directory.delegation_rows(where.root, where.id, at(request), lang=lang())
        told = [(row, [said.get(act, act) for act in row.acts]) for row in rows]
        return {"where": where, "scope": scope, "rows": told}

    return conduct(request, "delegations", deeds, context)
