"""The roster: the week with one's own shifts first, swaps, the hand-over of a shift, the page on which it is filled.

Rules
* Times are those of the zone of the organisation whose roster it is.
* A person's own acts (asking, answering, handing over, signing) are refused by the services; who fills a roster is
  asked here of `directory.offices`, as on every page of administration.
* Words that were typed are never lost: where an act that carries them is refused, or a sign-in came between, the page
  stands again with them; where their form has gone meanwhile (the shift ended), they stand alone, to be taken along.
* How others answered is shown to who keeps the roster and to the offices that read it; to everybody else, his own line.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fengsui.cases import selectors as cases
from fengsui.core.problems import Refused
from fengsui.directory import offices, service
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from fengsui.notifications import selectors as notices
from fengsui.notifications import service as telling
from fengsui.web.forms.admin import AdminForm
from fengsui.web.forms.roster import ClearForm, FillForm, OwnForm, PutForm
from fengsui.web.templatetags.fengsui import stamp
from fengsui.web.views.frame import at, kept, lang, missing, person, receipt, show, signed_in, warn_of

Acts = dict[str, Callable[[], object]]
WORDS = ("ask", "hand")
"""Acts that carry words somebody typed."""
FORMS: dict[str, type[FillForm | PutForm | ClearForm]] = {"fill": FillForm, "put": PutForm, "clear": ClearForm}


@require_http_methods(["GET", "POST"])
@signed_in
def roster(request: HttpRequest) -> HttpResponse:
    """The week; a POST is an act on one's own shifts and swaps."""
    me, home = person(request), _organisation(request)
    page = directory.roster_page(me, home.id, _day(request.GET.get("week", "")), at(request), lang=lang())
    if page is None:
        raise missing()
    here = {one.shift.id for one in page.mine if one.people}
    if request.method == "POST":
        return _done(request, _own_acts, lambda wrong: _week(request, page, _typed(request, "id", here, wrong)))
    return _week(request, page, _typed(request, "id", here))


def _week(request: HttpRequest, page: directory.RosterPage, typed: dict[str, Any]) -> HttpResponse:
    me, home = person(request), page.organisation
    with timezone.override(ZoneInfo(home.zone)):
        month, since, until = _month(request, home.zone)
        only = "" if page.sees_all else me.id
        rows = notices.answers(me.root, home.id, since, min(until, at(request)), only=only)
        context = {"page": page, "at_page": "roster", "answers": rows, "month": month, "earlier": _before(month)}
        context |= {"next_week": page.monday + timedelta(days=7), "last_week": page.monday - timedelta(days=7)}
        return show(request, "roster/roster.html", context | typed, status=422 if typed.get("errors") else 200)


def _own_acts(request: HttpRequest) -> Acts:
    me, moment, said = person(request).id, at(request), _said(request)
    kind, _colon, rest = said["with"].partition(":")
    to, _colon, other = rest.partition(":")
    ask = {"other": other if kind == "s" else "", "note": said["note"], "key": said["key"]}
    id = said["id"]
    return {
        "ask": lambda: telling.ask_swap(me, id, to, at=moment, **ask),
        "accept": lambda: telling.answer_swap(me, id, accept=True, at=moment),
        "decline": lambda: telling.answer_swap(me, id, accept=False, at=moment),
        "withdraw": lambda: service.withdraw_swap(person(request).root, id, actor=me, at=moment),
    }


@require_http_methods(["GET", "POST"])
@signed_in
def handover(request: HttpRequest) -> HttpResponse:
    """What stands open in the organisation, handed over by who is on duty and signed by the next."""
    me, home = person(request), _organisation(request)
    page = directory.handover_page(me, home.id, at(request), lang=lang())
    if page is None:
        raise missing()
    here = {one.text for one in page.hands}
    if request.method != "POST":
        return _relief(request, page, _typed(request, "seat", here))

    def again(wrong: str) -> HttpResponse:
        return _relief(request, page, _typed(request, "seat", here, wrong))

    if request.POST.get("do") == "hand" and request.POST.get("seat", "") not in here:
        return again(_("现在不是你的班，没有交出。写的话还在本页，可以抄给接班的人"))
    return _done(request, lambda asked: _relief_acts(asked, home), again)


def _relief(request: HttpRequest, page: directory.HandoverPage, typed: dict[str, Any]) -> HttpResponse:
    home = page.organisation
    rows, total = cases.open_lines(person(request).id, home.id, at(request), lang=lang())
    with timezone.override(ZoneInfo(home.zone)):
        context = {"page": page, "at_page": "roster", "rows": rows, "total": total}
        return show(request, "roster/handover.html", context | typed, status=422 if typed.get("errors") else 200)


def _relief_acts(request: HttpRequest, home: directory.OrganisationRef) -> Acts:
    me, moment, said = person(request), at(request), _said(request)
    words = {"note": said["note"], "key": said["key"]}
    return {
        "sign": lambda: service.sign_relief(me.root, said["id"], actor=me.id, at=moment),
        "hand": lambda: telling.hand_over(me.id, home.id, said["seat"], said["to"], at=moment, **words),
    }


def _said(request: HttpRequest) -> dict[str, Any]:
    form = OwnForm(request.POST)
    if not form.is_valid():
        raise missing()  # no page of ours posts this
    return form.cleaned_data


def _typed(request: HttpRequest, field: str, here: set[str], wrong: str = "") -> dict[str, Any]:
    """What was typed, refused just now or before a sign-in; `alone` where no form of the page (`field`) holds it."""
    data = request.POST if request.method == "POST" else kept(request)
    if data is None or data.get("do") not in WORDS:
        return {}
    place = data.get(field, "")
    errors = [{"anchor": f"note-{place}" if place in here else "alone", "text": wrong}] if wrong else []
    return {
        "typed": data,
        "with": data.get("with", ""),
        "alone": place not in here and data.get("note", ""),
        "errors": errors,
    }


def _done(
    request: HttpRequest, made: Callable[[HttpRequest], Acts], again: Callable[[str], HttpResponse] | None = None
) -> HttpResponse:
    """Do the act that was posted and lead back; a refusal is said there, or on the page itself with the words typed."""
    do = request.POST.get("do", "")
    again = again if do in WORDS else None
    wrong = OwnForm(request.POST).errors
    if again and set(wrong) == {"note"}:
        return again(str(wrong["note"][0]))
    act = made(request).get(do)
    if act is None:
        raise missing()
    try:
        act()
    except Refused as refused:
        if again:
            return again(refused.problem.message(lang()) + refused.problem.hint(lang()))
        if refused.problem.code == "absent":
            raise missing() from None
        warn_of(request, refused.problem)
    else:
        receipt(request, _("已记录"), time=stamp(at(request)))
    return redirect(request.get_full_path())


@require_http_methods(["GET", "POST"])
@signed_in
def fill(request: HttpRequest) -> HttpResponse:
    """The page of who keeps a roster: one seat, its shifts from now on, its holes, and what can be done about them."""
    me, home = person(request), _organisation(request)
    seats = directory.kept_seats(me, home.id, at(request), lang=lang())
    if not seats and not offices.reads(me, "roster"):
        raise missing()
    asked = request.GET.get("seat", "")
    seat = next((one for one in seats if one.text == asked), seats[0] if seats and not asked else None)
    with timezone.override(ZoneInfo(home.zone)):
        if seat is None:
            if asked or request.method == "POST":
                return _not_kept(request, home, seats)
            return _fill_page(request, home, seats, None, {})
        return _kept_roster(request, home, seats, seat)


def _not_kept(request: HttpRequest, home: directory.OrganisationRef, seats: tuple[directory.Post, ...]) -> HttpResponse:
    """Somebody else keeps this roster, or nobody does: an office is told whose it is, for others it is absent."""
    try:
        offices.demand(person(request), "roster")
    except Refused as refused:
        if offices.reads(person(request), "roster"):
            warn_of(request, refused.problem)
            return _fill_page(request, home, seats, None, {}, status=403)
    raise missing()


def _kept_roster(
    request: HttpRequest, home: directory.OrganisationRef, seats: tuple[directory.Post, ...], seat: directory.Post
) -> HttpResponse:
    do = request.POST.get("do", "")
    people = directory.candidates(person(request).root, home.id, seat.text, at(request))
    named = [(one.id, one.name if holds else _("%(name)s（替班）") % {"name": one.name}) for one, holds in people]
    forms = _forms(request, named)
    if request.method == "GET":
        return _fill_page(request, home, seats, seat, forms, people=named)
    if do in ("give_up", "substitute"):
        return _done(request, lambda asked: _row_acts(asked, home, seat))
    if do not in FORMS:
        raise missing()
    form = FORMS[do](request.POST, auto_id=f"{do}-%s", people=named)
    if form.is_valid():
        try:
            _change(request, home, seat, form)
        except Refused as refused:
            form.refused((refused.problem,), lang())
        else:
            receipt(request, _("班表已改"), time=stamp(at(request)))
            return redirect(request.get_full_path())
    return _fill_page(request, home, seats, seat, {**forms, do: form}, people=named, status=422)


def _row_acts(request: HttpRequest, home: directory.OrganisationRef, seat: directory.Post) -> Acts:
    """What is done to one shift of the seat that is kept; a shift of another seat is absent here."""
    me, moment, said = person(request), at(request), _said(request)
    id = said["id"]
    rows, _holes = directory.coming(me, home.id, seat.text, moment)
    if id not in {row.id for row in rows}:
        raise missing()
    who = said["to"]
    return {
        "give_up": lambda: service.give_up_shift(me.root, id, actor=me.id, at=moment),
        "substitute": lambda: service.substitute(me.root, id, who, actor=me.id, at=moment),
    }


def _change(
    request: HttpRequest, home: directory.OrganisationRef, seat: directory.Post, form: FillForm | PutForm | ClearForm
) -> None:
    said: dict[str, Any] = form.cleaned_data
    by: dict[str, Any] = {"actor": person(request).id, "at": at(request)}
    if isinstance(form, FillForm):
        how = {name: said[name] for name in ("first", "weeks", "hours", "turn", "key")}
        service.fill_roster(home.id, seat.text, form.people(), **how, **by)
    elif isinstance(form, PutForm):
        service.put_shift(home.id, seat.text, said["who"], said["since"], said["until"], key=said["key"], **by)
    else:
        service.clear_roster(home.id, seat.text, said["since"], **by)


def _forms(request: HttpRequest, people: list[tuple[str, str]]) -> dict[str, AdminForm]:
    """The forms, empty, or as they were typed before a sign-in came between."""
    typed = kept(request) if request.method == "GET" else None
    moment = at(request)
    here = moment.astimezone(timezone.get_current_timezone())
    initial = {"key": new_id(moment), "first": here.date() + timedelta(days=7 - here.weekday()), "since": moment}
    made: dict[str, AdminForm] = {}
    for name, form in FORMS.items():
        made[name] = form(initial=initial, auto_id=f"{name}-%s", people=people)
        if typed is not None and typed.get("do") == name:
            made[name] = form(typed, auto_id=f"{name}-%s", people=people)
            made[name].forget_errors()
    return made


def _fill_page(
    request: HttpRequest,
    home: directory.OrganisationRef,
    seats: tuple[directory.Post, ...],
    seat: directory.Post | None,
    forms: dict[str, AdminForm],
    *,
    people: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    me = person(request)
    rows, gaps = directory.coming(me, home.id, seat.text, at(request), lang=lang()) if seat else ((), ())
    choices = directory.rosters_for(me, at(request))
    context = {"at_page": "roster", "where": home, "choices": choices, "seats": seats, "seat": seat, "forms": forms}
    context |= {"rows": rows, "holes": gaps, "people": people or []}
    return show(request, "roster/fill.html", context, status=status)


def _organisation(request: HttpRequest) -> directory.OrganisationRef:
    """The organisation that the address names, one's own by default, if its roster may be read."""
    choices = directory.rosters_for(person(request), at(request))
    wanted = request.GET.get("org", "")
    found = next((one for one in choices if one.id == wanted or not wanted), None)
    if found is None:
        raise missing()
    return found


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        raise missing() from None
    if found is not None and not 2000 <= found.year <= 2199:
        raise missing()
    return found


def _month(request: HttpRequest, zone: str) -> tuple[str, datetime, datetime]:
    """The month asked for (`2026-11`), this one by default, with its first moment and that of the next."""
    here = ZoneInfo(zone)
    day = _day(f"{request.GET['month']}-01" if request.GET.get("month") else "")
    first = (day or at(request).astimezone(here).date()).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    since, until = (datetime(one.year, one.month, 1, tzinfo=here).astimezone(UTC) for one in (first, after))
    return f"{first:%Y-%m}", since, until


def _before(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01') - timedelta(days=1):%Y-%m}"
