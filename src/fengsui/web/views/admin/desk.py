"""What every page of administration shares: who may look, what may be done, and how a form becomes a change.

Rules
* A page is absent for an office that does not read it. A deed is refused with 403 for an office that may not do it.
* A page is a set of deeds: a form, the service that does it, the receipt. A form that does not hold comes back with
  422 and everything typed; one that was done leads back to the page, so that a reload repeats nothing.
* An organisation is chosen in the address (`?org=`), within what the office reaches.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from fengsui.core.problems import PackError, Problem, Refused
from fengsui.directory import offices
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from fengsui.web.forms.admin import AdminForm
from fengsui.web.templatetags.fengsui import stamp
from fengsui.web.views.frame import View, at, kept, lang, missing, person, receipt, show, signed_in


@dataclass(frozen=True)
class Deed:
    """Something to do on a page: whose duty it is, its form, what does it, what is said then, where it leads.

    `then` instead of `back` answers with a page of its own: for what is shown once. `on` is the person it is done to.
    """

    duty: str
    form: Callable[..., AdminForm]
    do: Callable[[dict[str, Any]], Any]
    said: str = ""
    back: str = ""
    on: str = ""
    initial: Mapping[str, Any] = field(default_factory=dict)
    then: Callable[[Any], HttpResponse] | None = None


def administers(area: offices.Area) -> Callable[[View], View]:
    """Lets through the offices that read a page; for everybody else it is absent."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        @signed_in
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not offices.reads(person(request), area):
                raise missing()
            request.area = area  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def conduct(
    request: HttpRequest, template: str, deeds: Mapping[str, Deed], context: Callable[[], Mapping[str, Any]]
) -> HttpResponse:
    """Shows the page with its forms; does what was submitted, or shows it again with what stands in the way."""
    bound: dict[str, AdminForm] = {}
    problems: tuple[Problem, ...] = ()
    status = 200
    if request.method == "POST":
        name = request.POST.get("do", "")
        if name not in deeds:
            raise missing()
        answer, bound[name], problems = _done(request, name, deeds[name])
        if answer is not None:
            return answer
        forbidden = any(one.code in ("not_your_office", "not_yourself") for one in problems)
        status = 403 if forbidden else 422
    return page(request, template, _forms(request, deeds, bound) | dict(context()), problems, status, bound)


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    problems: tuple[Problem, ...] = (),
    status: int = 200,
    bound: Mapping[str, AdminForm] | None = None,
) -> HttpResponse:
    """A page of administration in its frame."""
    who = person(request)
    shared = {
        "at_page": "admin",
        "area": request.area,  # type: ignore[attr-defined]
        "areas": [(area, _titles()[area], reverse(f"admin-{area}")) for area in offices.areas(who)],
        "title": _titles()[request.area],  # type: ignore[attr-defined]
        "may": {duty for duty in offices.DUTIES if offices.may(who, duty)},
        "office": offices.LABELS[who.office][lang() == "en"],
        "errors": _errors(bound or {}),
    }
    return show(request, f"admin/{template}.html", shared | dict(context), status=status)


def _done(request: HttpRequest, name: str, deed: Deed) -> tuple[HttpResponse | None, AdminForm, tuple[Problem, ...]]:
    form = deed.form(request.POST, request.FILES, auto_id=f"{name}-%s")
    try:
        offices.demand(person(request), deed.duty, deed.on or request.POST.get("person", ""))
        if not form.is_valid():
            return None, form, ()
        result = deed.do(form.cleaned_data)
    except (Refused, PackError) as refused:
        problems = refused.problems if isinstance(refused, PackError) else (refused.problem,)
        form.is_valid()
        form.refused(problems, lang())
        return None, form, problems
    except Lines as lines:
        for sentence in lines.sentences:
            form.add_error(None, sentence)
        return None, form, ()
    if deed.then is not None:
        return deed.then(result), form, ()
    receipt(request, deed.said, time=stamp(at(request)))
    return redirect(deed.back or request.get_full_path()), form, ()


class Lines(Exception):
    """What a form is refused for, in sentences of its own."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__(*sentences)


def _forms(request: HttpRequest, deeds: Mapping[str, Deed], bound: Mapping[str, AdminForm]) -> dict[str, Any]:
    """The form of every deed that this office may do; one that was submitted as it was typed."""
    typed = kept(request) if request.method == "GET" else None
    found = {}
    for name, deed in deeds.items():
        if not offices.may(person(request), deed.duty):
            continue
        if name in bound:
            found[name] = bound[name]
        elif typed is not None and typed.get("do") == name:
            found[name] = deed.form(typed, auto_id=f"{name}-%s")
            found[name].forget_errors()  # what a sign-in interrupted is not wrong yet
        else:
            initial = {"key": new_id(at(request)), **deed.initial}
            found[name] = deed.form(initial=initial, auto_id=f"{name}-%s")
    return {"forms": found}


def _errors(bound: Mapping[str, AdminForm]) -> list[dict[str, str]]:
    """Every sentence of the forms submitted, each leading to its field."""
    found = []
    for name, form in bound.items():
        for field_name, sentences in form.errors.items():
            anchor = f"f-{name}" if field_name == "__all__" else f"{name}-{field_name}"
            label = "" if field_name == "__all__" else f"{form.fields[field_name].label or ''}："
            found += [{"anchor": anchor, "text": f"{label}{sentence}"} for sentence in sentences]
    return found


def chosen(request: HttpRequest) -> tuple[directory.OrganisationRef, tuple[directory.Branch, ...]]:
    """The organisation that the address names, own by default, and what there is to choose from."""
    scope = directory.scope(person(request))
    wanted = request.GET.get("org") or person(request).organisation
    found = next((branch.organisation for branch in scope if branch.organisation.id == wanted), None)
    if found is None:
        raise missing()
    return found, scope


def within(request: HttpRequest, table: str, id: str) -> str:
    """The organisation of a row, if the office reaches it; otherwise the row is absent."""
    home = directory.home_of(person(request).root, table, id)
    if home is None or home not in {branch.organisation.id for branch in directory.scope(person(request))}:
        raise missing()
    return home


def by(request: HttpRequest) -> dict[str, Any]:
    """Who does it, and when."""
    return {"actor": person(request).id, "at": at(request)}


def _titles() -> dict[str, str]:
    return {
        "index": _("概览"),
        "organisations": _("单位"),
        "posts": _("机构与岗位"),
        "people": _("人员"),
        "assets": _("系统台账"),
        "delegations": _("授权"),
        "roster": _("值班表"),
        "packs": _("预案包"),
        "overlay": _("本单位补充"),
        "calendar": _("工作日历"),
        "ladder": _("提醒阶梯"),
        "settings": _("设置"),
        "locked": _("锁定"),
        "tokens": _("接口令牌"),
        "channels": _("通道"),
        "attempts": _("发送记录"),
        "rollcall": _("点名"),
        "ledger": _("变更记录"),
    }
