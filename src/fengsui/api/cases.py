"""Cases over HTTP: report one, find and read them, do what can be done next.

Rules
- Every address asks the selectors and services that the pages ask, as the person of the key; nothing is decided here.
- A POST may carry `Idempotency-Key`: the same key gives the same receipt again, and another content is refused.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Header, Path, Query, Router, Status
from pydantic import Field

from fengsui.api import schemas
from fengsui.api.answers import lang, problem
from fengsui.api.asking import ACT, READ, REMEMBERED, REPORT, at, who
from fengsui.cases import selectors as cases
from fengsui.cases import service
from fengsui.cases.pages import CasePage, CaseRef, Receipt
from fengsui.core.case import Act, Actor, ByWord, Registration, Seat
from fengsui.core.pack.acts import Kind
from fengsui.ledger.once import Moved
from fengsui.ledger.problems import refuse

router = Router(tags=["cases"])
reports = Router(tags=["report"])
Number = Annotated[str, Path(max_length=40, description="number of the case", examples=["LJ-2026-0037"])]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=80,
        pattern=r"^[\x21-\x7e]+$",
        description="chosen by the caller, one for each thing to do: sent again, it is done only once",
        examples=["monitor-7f3a-1"],
    ),
]
Word = Annotated[str | None, Field(max_length=200)]
Row = TypeVar("Row")


class Filters(schemas.In):
    """The filters of the list, as in the address of the page."""

    level: Word = None
    stage: Word = None
    unit: Word = None
    kind: Kind | None = None
    mode: Literal["live", "exercise"] | None = None
    overdue: Literal["1"] | None = None
    q: Word = None


# ---------------------------------------------------------------------------------------------- report


@reports.get("", response=schemas.ReportForm, auth=REPORT, summary="What a report may say")
def report_form(request: HttpRequest, kind: Kind = "incident", organisation: Word = None) -> Any:
    """Units, systems and facts of the plan in force: what may be filled into a report, as the report page offers it."""
    page = cases.report_page(who(request).person.id, at(request), kind=kind, organisation=organisation, lang=lang())
    return _there(page)


@reports.post("/preview", response=schemas.PreviewOut, auth=REPORT, summary="What a report would mean")
def preview(request: HttpRequest, said: schemas.PreviewIn) -> Any:
    """The level and the clocks that a report with these facts would give now. Nothing is stored."""
    home = said.organisation or who(request).person.organisation
    _there(cases.report_page(who(request).person.id, at(request), kind=said.kind, organisation=home, lang=lang()))
    found = cases.preview(
        who(request).person.id,
        home,
        kind=said.kind,
        owner=said.owner,
        asset=None,
        assets=said.assets,
        facts=schemas.fact_texts(said.facts),
        unverified=said.unverified,
        rest_none=said.rest_none,
        at=at(request),
        lang=lang(),
    )
    faults = [{"place": f"body.facts.{name}", "code": "bad_act", "detail": text} for name, text in found.problems]
    return {"grade": found.grade, "clocks": found.clocks, "problems": faults}


@router.post("", response={201: schemas.ReceiptOut}, auth=REMEMBERED, summary="Report")
def report(request: HttpRequest, response: HttpResponse, said: schemas.ReportIn, key: IdempotencyKey = None) -> Any:
    """Open a case: graded, its obligations opened, those to be told told. The answer is the receipt."""
    try:
        done = _opened(request, said, key)
    except Moved:
        request.auth = REMEMBERED.again(request)  # type: ignore[attr-defined]
        done = _opened(request, said, key)
    response["Location"] = reverse("api:case", args=[done.number])
    return Status(201, done)


def _opened(request: HttpRequest, said: schemas.ReportIn, key: str | None) -> Receipt:
    me = who(request).person
    home = said.organisation or me.organisation
    return service.open_case(
        me.id,
        home,
        kind=said.kind,
        title=said.title,
        owner=said.owner,
        assets=said.assets,
        facts=schemas.fact_texts(said.facts),
        unknown=said.unknown,
        unverified=said.unverified,
        rest_none=said.rest_none,
        source=said.source,
        note=said.note,
        mode=said.mode,
        seat=Seat.parse(said.seat, home) if said.seat else None,
        link=said.link,
        happened_at=said.happened_at,
        files=_uploads(said.files),
        at=at(request),
        key=key,
        head=who(request).head,
        lang=lang(),
    )


# ---------------------------------------------------------------------------------------------- read


@router.get("", response=schemas.CaseList, auth=READ, summary="Find cases")
def case_list(
    request: HttpRequest,
    response: HttpResponse,
    filters: Query[Filters],
    after: Annotated[str | None, Query(max_length=40, description="the last number of the page before")] = None,
) -> Any:
    """The cases that the key's person may see, the newest first, a page at a time; `next` is the address of more."""
    chosen = {name: value.strip() for name, value in filters.model_dump().items() if value and value.strip()}
    page = cases.cases(who(request).person.id, chosen, after or None, at(request), lang=lang())
    more = f"{request.path}?{urlencode({**chosen, 'after': page.after})}" if page.after else None
    return {"items": page.rows, "next": _linked(response, more)}


@router.get("/{number}", response=schemas.CaseOut, auth=READ, summary="One case", url_name="case")
def case(request: HttpRequest, number: Number) -> Any:
    """A case with its stages, grade, facts, chains under way and those who wait."""
    page = _page(request, number)
    own = {name: getattr(page, name) for name in schemas.CaseOut.model_fields if hasattr(page, name)}
    return own | {
        "number": page.ref.number,
        "seq": page.ref.seq,
        "kind": page.ref.kind,
        "happened": [{"label": label, "at": moment} for label, moment in page.happened],
        "head": page.check.head,
        "whole": page.check.whole,
    }


@router.get("/{number}/obligations", response=schemas.ObligationList, auth=READ, summary="What is owed")
def obligations(
    request: HttpRequest,
    response: HttpResponse,
    number: Number,
    after: Annotated[str, Query(max_length=160, description="the last key of the page before")] = "",
) -> Any:
    """The obligations of a case, a page at a time: open ones first, the most pressing first.

    Where another page has another `seq`, something was done in between: what is open may have moved.
    """
    ref = _ref(request, number)
    rows, last = cases.obligations_of(who(request).person.id, ref, after, at(request), lang=lang())
    more = f"{request.path}?{urlencode({'after': last})}" if last else None
    return {"seq": ref.seq, "items": rows, "next": _linked(response, more)}


@router.get("/{number}/next", response=schemas.NextOut, auth=READ, summary="What can be done next")
def what_next(request: HttpRequest, number: Number) -> Any:
    """Every act of the case: whether the key's person may do it now, or by whom, and what stands in the way."""
    page = _page(request, number)
    return {"seq": page.ref.seq, "offers": [_offer(one) for one in page.offers], "tasks": page.tasks}


@router.get("/{number}/events", response=schemas.EventList, auth=READ, summary="Its records")
def events(
    request: HttpRequest,
    response: HttpResponse,
    number: Number,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="the last seq of the page before")] = None,
) -> Any:
    """The chain of records, the newest first, a hundred a page, held against itself."""
    page = cases.record_page(_ref(request, number), before, at(request), lang=lang())
    more = f"{request.path}?{urlencode({'before': page.before})}" if page.before else None
    whole = {"head": page.check.head, "whole": page.check.whole}
    return {"items": page.events, "next": _linked(response, more), **whole}


# ---------------------------------------------------------------------------------------------- do


@router.get("/{number}/acts/{act}", response=schemas.ActFormOut, auth=READ, summary="What an act takes")
def act_form(
    request: HttpRequest,
    number: Number,
    act: Annotated[str, Path(max_length=40)],
    verb: Word = None,
    value: Word = None,
    duty: Word = None,
    to: Word = None,
    step: Word = None,
    target: Word = None,
    answer: Word = None,
) -> Any:
    """The form of an act as it can be done now by the key's person, or why it cannot; the parts are those of `link`."""
    ref = _ref(request, number)
    said = {"verb": verb, "value": value, "duty": duty, "to": to, "step": step, "target": target, "answer": answer}
    part = {name: text for name, text in said.items() if text}
    form = _there(cases.act_form(who(request).person.id, ref, act, at(request), part=part, lang=lang()))
    own = {name: getattr(form, name) for name in schemas.ActFormOut.model_fields if hasattr(form, name)}
    offer = form.offer
    why = {"reason": offer.reason, "rightful": offer.rightful, "cites": offer.cites} if offer else {}
    return {"reason": "", "rightful": (), "cites": ()} | own | why | {"seq": ref.seq}


@router.post("/{number}/acts/{act}", response=schemas.ReceiptOut, auth=ACT, summary="Do an act")
def do_act(
    request: HttpRequest,
    number: Number,
    act: Annotated[str, Path(max_length=40)],
    said: schemas.ActIn,
    key: IdempotencyKey = None,
) -> Receipt:
    """Do one act on a case as the key's person. What the plan refuses is answered with clause and remedy."""
    ref = _ref(request, number)
    part = {"target": said.target or ""}
    name = _there(cases.act_named(ref, act, part))
    return _submit(request, ref, _act(name, said, ref, who(request).person.id), said.seen, said.files, key)


@router.post(
    "/{number}/obligations/{key}/discharge", response=schemas.ReceiptOut, auth=ACT, summary="Discharge an obligation"
)
def discharge(
    request: HttpRequest,
    number: Number,
    key: Annotated[str, Path(max_length=160, description="key of the obligation", examples=["first_report:2:0"])],
    said: schemas.DischargeIn,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Do what discharges an obligation: the report, step, record or signature that it asks for."""
    ref = _ref(request, number)
    found = _there(cases.discharge(ref, key, at(request), lang=lang()))
    if not (found.live or cases.sent_before(who(request).person.id, ref, idempotency_key)):
        return problem(request, "not_owed_now", {"state": found.state[0], "state_en": found.state[1]})
    part = found.link.part
    name = _there(cases.act_named(ref, found.link.act, part))
    whole = schemas.ActIn(
        **said.model_dump(exclude={"to", "files"}, exclude_unset=True),
        to=said.to or part.get("to", "").split(),
        duty=part.get("duty", "").split(),
        **{one: part[one] for one in ("step", "matter", "answer", "target") if part.get(one)},  # type: ignore[arg-type]
    )
    asked = _act(name, whole, ref, who(request).person.id)
    return _submit(request, ref, asked, said.seen, said.files, idempotency_key)


def _submit(
    request: HttpRequest, ref: CaseRef, act: Act, seen: int | None, files: list[schemas.FileIn], key: str | None
) -> Receipt:
    request.ref = ref  # type: ignore[attr-defined]  # a refusal is put into the words of this case's plan
    return service.submit(
        ref.id,
        act,
        actor=who(request).person.id,
        at=at(request),
        seen=seen,
        key=key,
        files=_uploads(files),
        lang=lang(),
    )


def _act(name: str, said: schemas.ActIn, ref: CaseRef, person: str) -> Act:
    """Return the act asked for; the service fills person and seats."""
    same = ("verb", "value", "matter", "step", "reason", "note", "target", "reading", "content", "answer")
    lists = ("to", "duty", "unknown", "unverified", "choices", "documents")
    more: dict[str, Any] = {name: getattr(said, name) for name in same}
    more |= {name: tuple(getattr(said, name)) for name in lists}
    seat = Seat.parse(said.seat, ref.organisation) if said.seat else None
    if said.register_for:
        seat = Seat.parse(said.register_for, "")
    word, paper = said.by_word, said.registered
    if word is not None:
        more["by_word"] = ByWord(word.means, word.at, (person, word.second), word.said_by or "")
        seat = Seat.parse(said.seat, "") if said.seat else None
    if paper is not None:
        more["registered"] = Registration(**paper.model_dump())
    return Act(
        name,
        Actor(""),
        seat=seat,
        facts=schemas.fact_texts(said.facts),
        rest_none=said.rest_none,
        source=said.source,
        form=dict(said.form),
        happened_at=said.happened_at,
        assets=tuple({"id": id} for id in said.assets),
        **more,
    )


def _uploads(files: list[schemas.FileIn]) -> tuple[service.Upload, ...]:
    return tuple(service.Upload(one.name, one.bytes, one.media_type) for one in files)


def _offer(one: Any) -> Mapping[str, Any]:
    own = {name: getattr(one, name) for name in schemas.OfferOut.model_fields if hasattr(one, name)}
    return own | {"next": one.hint}


def _ref(request: HttpRequest, number: str) -> CaseRef:
    return _there(cases.case_for(who(request).person.id, number, at(request)))


def _page(request: HttpRequest, number: str) -> CasePage:
    return cases.case_page(who(request).person.id, _ref(request, number), at(request), lang=lang())


def _there(row: Row | None) -> Row:
    """Return what a selector found. Raises Refused (`absent`): absent and forbidden look the same."""
    if row is None:
        raise refuse("absent")
    return row


def _linked(response: HttpResponse, more: str | None) -> str | None:
    if more:
        response["Link"] = f'<{more}>; rel="next"'
    return more
