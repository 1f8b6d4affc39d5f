"""Acts that need no grant: opening, saying, reporting, recording, passing on, correcting, waiving.

Rules
- `open state report record request acknowledge urge hand_over` are free to every seat of a body of the case, unless a
  live grant names the addressee: then only its holder may send there.
- A report that carries a form, or names a duty with a form, leaves no field blank; `unknown` is an answer.
- A fact that is a judgement (`judged`) is stated with a reason, a note or a source.
- `correct` belongs to the seat that spoke; `waive` to the obligation's holder or a body above it, with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from fengsui.core.book import Book
from fengsui.core.canon import natural
from fengsui.core.case import Act, Case, Event, Opening, Seat
from fengsui.core.conditions import addressees, parse_party, same_body
from fengsui.core.delegation import acting, reaching
from fengsui.core.engine.affected import Affecting, added, check_owner, count_of, put_right, read_facts, read_rows
from fengsui.core.engine.ask import Ask, barring, check_form, read, spoken_for, times
from fengsui.core.engine.drafts import Draft, kept
from fengsui.core.engine.granted import granted, live
from fengsui.core.engine.refusals import Teller, bad_act, refuse
from fengsui.core.forms import blanks, filled, fits, qualified
from fengsui.core.grants import Asked, Option, grants_of, is_forbidden, seated, weigh
from fengsui.core.obligations import Obligation, owed
from fengsui.core.pack import Pack, tests
from fengsui.core.problems import Refused

Handler = Callable[[Ask], list[Draft]]


# ---------------------------------------------------------------------------------------------- opening


def opening(book: Book, act: Act, at: datetime, recorded_at: datetime | None) -> tuple[list[Draft], datetime, datetime]:
    """Return the birth of a case, with the facts that came with it. Raises Refused."""
    new = act.opening
    if new is None or act.name != "open":
        raise bad_act("还没有立案", "there is no case yet")
    happened, recorded = times(act, at, recorded_at, None)
    pack = book.main.pack
    if new.kind not in ("incident", "warning", "standing", "key_period") or new.mode not in ("live", "exercise"):
        raise bad_act("没有这一种案", "there is no such kind of case")
    act = read(act, None, book, happened)
    _check_opening(new, pack)
    mine = reaching((act.seat,) if act.seat else act.actor.seats, "open", happened)
    seat = next((s for s in mine if s.body in pack.bodies), None)
    if seat is None or seat.organisation != new.organisation or seat.body not in pack.bodies:
        raise Refused(Teller(pack, None, "open", seat).problem("not_yours"))
    systems = _systems(new, pack)
    content = kept(
        kind=new.kind,
        mode=new.mode,
        organisation=new.organisation,
        root=new.root,
        title=new.title,
        owner=systems.pop("owner", new.owner),
        tier=new.tier,
        line=dict(new.line),
        **systems,
        link=new.link,
        body=Seat(seat.organisation, seat.body, None, seat.place).text,
        seat=seat.text,
        acting=acting(seat),
        note=act.note,
        documents=act.documents,
    )
    drafts = [Draft("opened", act.actor.person, (seat.text,), content)]
    said = stated_content(act)
    if said:
        drafts.append(Draft("stated", act.actor.person, (seat.text,), {**_spoken(seat), **said}))
    return drafts, happened, recorded


def _check_opening(new: Opening, pack: Pack) -> None:
    if not (new.case and new.organisation and new.root):
        raise bad_act("立案缺少案号或单位", "the case's id or organisation is missing")
    if new.owner is not None:
        check_owner(new.owner, pack)
    if new.asset and new.assets:
        raise bad_act("涉事系统写了两处", "affected systems are given in two places")
    if new.tier is not None and new.tier not in pack.head.tiers:
        raise bad_act(f"没有层级“{new.tier}”", f"there is no tier '{new.tier}'")
    if new.line and (not set(new.line) <= set(pack.head.tiers) or new.tier not in new.line):
        raise bad_act("上下级单位与预案的层级不合", "the line of organisations does not fit the plan's tiers")


def _systems(new: Opening, pack: Pack) -> dict[str, object]:
    """Return what `opened` holds of the affected systems: one, several with their lead and owner, or none."""
    if not new.assets:
        facts = read_facts(new.asset, pack)
        return {"asset": {**facts, **count_of(1, pack)}} if facts else {}
    found = Affecting.of(read_rows(new.assets, pack), pack)
    owner = new.owner or found.lead.owner
    return {"owner": owner, **found.event_content(None, owner)}


# ---------------------------------------------------------------------------------------------- free acts


def free(ask: Ask) -> list[Draft]:
    """Return what a free act leaves in the log. Raises Refused."""
    if any(grant.forbidden for grant in grants_of(ask.case, ask.act.name, ask.pack)):
        _not_forbidden(ask)
    return HANDLERS[ask.act.name](ask)


def _not_forbidden(ask: Ask) -> None:
    for to in ask.act.to or (None,):
        for option in weigh(ask.book, ask.case, Asked(ask.act.name, None, to), ask.at):
            for seat in barring(ask):
                if is_forbidden(option, seat, ask.view, ask.case, ask.pack):
                    raise Refused(ask.teller(seat).forbidden(option))


def _spoken(seat: Seat) -> dict[str, object]:
    body = Seat(seat.organisation, seat.body, None, seat.place).text
    return kept(body=body, seat=seat.text, acting=acting(seat))


def stated_content(act: Act) -> dict[str, object]:
    """Return the facts that an act states."""
    facts = {name: list(v) if isinstance(v, tuple) else v for name, v in act.facts.items()}
    return kept(
        facts=facts,
        unknown=act.unknown,
        unverified=act.unverified,
        rest_none=act.rest_none,
        source=act.source,
    )


def _one(ask: Ask) -> Seat:
    """Return the seat that speaks; where a person holds several, the one that owes something to the addressees."""
    if not ask.seats:
        raise Refused(ask.teller().problem("not_yours"))
    if len(ask.seats) > 1 and ask.act.name == "report":
        for seat in ask.seats:
            if any(_owes(seat, one, ask) for one in owed(ask.book, ask.case, ask.at) if one.live):
                return seat
    return ask.seats[0]


def _owes(seat: Seat, one: Obligation, ask: Ask) -> bool:
    to = [r.party for r in one.to if not r.party.unset]
    return any(seated(seat, p, ask.case, ask.pack) for p in one.by) and (
        not to or any(same_body(text, to) for text in ask.act.to)
    )


def _said(ask: Ask, type_: str, **content: object) -> list[Draft]:
    """Return one event with what every free act may carry; a paper of a body outside names its registrar."""
    act = ask.act
    seat = _one(ask)
    registered = paper_content(act)
    own = kept(
        to=act.to,
        matter=act.matter,
        documents=act.documents,
        form=act.form,
        reason=act.reason,
        note=act.note,
        source=act.source,
        registered=registered,
    )
    own |= kept(**content)
    by = act.actor.person if spoken_for(act) else None
    return [Draft(type_, act.actor.person, (seat.text,), {**_spoken(seat), **own}, by)]


def paper_content(act: Act) -> dict[str, object] | None:
    """Return the paper that came with an act: what a body outside said, or the receipt for what went to it."""
    paper = act.registered
    if paper is None:
        return None
    return kept(
        paper=paper.paper, date=paper.date, signed_by=paper.signed_by, channel=paper.channel, receipt=paper.receipt
    )


def _state(ask: Ask) -> list[Draft]:
    said = stated_content(ask.act)
    said |= added(ask.case, ask.act.assets, ask.pack) if ask.act.assets else {}
    if not said.keys() & {"facts", "unknown", "rest_none", "assets"}:
        raise bad_act("没有填报任何事实", "no fact is stated")
    judged = [name for name in ask.act.facts if ask.pack.facts[name].judged]
    if judged and not (ask.act.reason or ask.act.note or ask.act.source):
        clause = ask.pack.facts[judged[0]].clause
        raise Refused(ask.teller().missing(("reason",), clause))
    return _said(ask, "stated", **said)


def _report(ask: Ask) -> list[Draft]:
    act = ask.act
    if not act.to:
        raise bad_act("没有写明报给谁", "nobody is addressed")
    bound = _bound(ask)
    asks = ask.book.asks(ask.case.kind)
    for name in act.duty:
        if name not in asks:
            raise bad_act(f"没有义务“{name}”", f"there is no duty '{name}'")
    forms = _forms_of(ask)
    first = any(not _sent_before(ask, to, forms) for to in act.to)
    said = _filled(ask, forms, first)
    return _said(ask, "reported", duty=act.duty, form_id=next(iter(forms), None), grant=bound, form=said)


def _sent_before(ask: Ask, to: str, forms: tuple[str, ...]) -> bool:
    return any(e.content.get("form_id") in forms and to in addressees(e) for e in ask.case.events if forms)


def _filled(ask: Ask, forms: tuple[str, ...], first: bool) -> dict[str, str]:
    """Return the answers with what is known on the case already. Raises Refused where a field is blank or unfit."""
    said, carried = dict(ask.act.form), next(iter(forms), None)
    facts = {name: fact.value for name, fact in ask.case.facts.items()}
    for form in forms:
        lacks = tuple(blanks(ask.pack, form, ask.act.form, first=first, carried=carried, facts=facts))
        if lacks:
            asks = ask.book.asks(ask.case.kind).values()
            clause = next((c for f, c in asks if f == form), ask.pack.forms[form].clause)
            raise Refused(ask.teller().missing(lacks, clause, form))
        done = filled(ask.pack, form, ask.act.form, carried=carried, facts=facts)
        check_form(form, done, ask.pack)
        said |= {name if form == carried else qualified(form, name): answer for name, answer in done.items()}
    return said


def _forms_of(ask: Ask) -> tuple[str, ...]:
    """Return the forms that a report must fill: of the duties named, or of what its sender owes to the addressees."""
    asks = ask.book.asks(ask.case.kind)
    named = dict.fromkeys(form for name in ask.act.duty if (form := asks[name][0]))
    if named or not ask.act.form:
        return tuple(sorted(named, key=lambda form: ":" in form))  # the plan's own form carries the others
    open_ = [o for o in owed(ask.book, ask.case, ask.at) if o.live and o.form]
    mine = [str(o.form) for o in open_ if any(_owes(seat, o, ask) for seat in ask.seats)]
    whole = [form for form in mine if fits(ask.pack, form, ask.act.form)]
    if whole:
        return tuple(whole[:1])
    parts = {name.rpartition(":")[0] for name in ask.act.form}
    keys = {part: [name for name in ask.act.form if name.rpartition(":")[0] == part] for part in sorted(parts)}
    found = (next((f for f in mine if fits(ask.pack, f, keys[part])), None) for part in keys)
    return tuple(form for form in found if form)


def bound_options(book: Book, case: Case, act: str, to: str | None, at: datetime) -> tuple[Option, ...]:
    """Return the live grants of a free act that name this addressee."""
    options = weigh(book, case, Asked(act, None, to), at)
    return tuple(option for option in options if _names_addressee(option, to))


def _names_addressee(option: Option, to: str | None) -> bool:
    grant = option.grant
    if any(test.subject == "to" for test in tests(grant.when)):
        return to is not None
    answering = [getattr(who, "body", "") for who in grant.answered_by]
    return bool(answering) and (to is None or parse_party(to).body in answering)


def _bound(ask: Ask) -> str | None:
    """Return the grant under which the act goes to its addressees, if a grant names one. Raises Refused."""
    used = None
    for to in ask.act.to or (None,):
        options = bound_options(ask.book, ask.case, ask.act.name, to, ask.at)
        if live(options) or any(option.truth.value is None for option in options):
            used = str(granted(ask, to)[0].content["grant"])
    return used


def _record(ask: Ask) -> list[Draft]:
    act = ask.act
    if act.matter is None and not act.documents and not act.note:
        raise bad_act("没有写明记什么", "nothing is recorded")
    form = next((o.form for o in _open_forms(ask)), None) if act.form else None
    named = [form_ for name, (form_, _) in ask.book.asks(ask.case.kind).items() if name in act.duty and form_]
    form = next(iter(named), form)
    lacks = tuple(blanks(ask.pack, form, act.form)) if form else ()
    if form and lacks:
        raise Refused(ask.teller().missing(lacks, ask.pack.forms[form].clause, form))
    if form:
        check_form(form, act.form, ask.pack)
    return _said(ask, "recorded", duty=act.duty, form_id=form)


def _open_forms(ask: Ask) -> list[Obligation]:
    fields = set(ask.act.form)
    open_ = [o for o in owed(ask.book, ask.case, ask.at) if o.live and o.form]
    return [o for o in open_ if o.form and fields <= set(ask.pack.forms[o.form].fields)]


def _request(ask: Ask) -> list[Draft]:
    bound = _bound(ask)
    answering = {}
    for grant in grants_of(ask.case, "request", ask.pack):
        if grant.id == bound:
            answering = {"answered_by": [getattr(who, "body", "") for who in grant.answered_by]}
    return _said(ask, "requested", matter=ask.act.matter, grant=bound, **answering)


def _acknowledge(ask: Ask) -> list[Draft]:
    event = target_event(ask) if ask.act.target else None
    if event is not None and ask.at < event.at:
        raise refuse("bad_time", why="早于所签收的记录", why_en="it is earlier than what is acknowledged")
    return _said(ask, "acknowledged", target=ask.act.target)


def _urge(ask: Ask) -> list[Draft]:
    chain = ask.case.chains.get(str(ask.act.target))
    if chain is not None and chain.state == "open":
        return _said(ask, "urged", target=chain.id)
    one = target_obligation(ask)
    if not one.live:
        raise Refused(ask.teller().order("这项义务已经办结", "this obligation is over"))
    return _said(ask, "urged", obligation=one.key)


def _hand_over(ask: Ask) -> list[Draft]:
    if not ask.act.note:
        raise Refused(ask.teller().missing(("note",), ()))
    return _said(ask, "handed_over")


def _correct(ask: Ask) -> list[Draft]:
    event = target_event(ask)
    if not any(seat.text in event.seats for seat in ask.seats):
        rightful = tuple(parse_party(text) for text in event.seats)
        raise Refused(ask.teller().problem("not_yours", rightful=rightful))
    if not (ask.act.reason or ask.act.note):
        raise Refused(ask.teller().missing(("reason",), ()))
    said = stated_content(ask.act)
    said |= put_right(ask.case, ask.act.assets, ask.pack) if ask.act.assets else {}
    return _said(ask, "corrected", target=ask.act.target, **said)


def _waive(ask: Ask) -> list[Draft]:
    one = target_obligation(ask)
    if not one.live:
        raise Refused(ask.teller().order("这项义务已经办结", "this obligation is over"))
    if not any(above(seat, one, ask) for seat in ask.seats):
        raise Refused(ask.teller().problem("not_yours", one.clause, rightful=one.by))
    if not ask.act.reason:
        raise Refused(ask.teller().missing(("reason",), one.clause))
    return _said(ask, "waived", obligation=one.key)


def above(seat: Seat, one: Obligation, ask: Ask) -> bool:
    """Return whether the seat is the obligation's holder or of a body above it."""
    if any(seated(seat, party, ask.case, ask.pack) for party in one.by):
        return True
    for party in one.by:
        body = ask.pack.bodies.get(party.body)
        while body is not None and body.under:
            higher = parse_party(body.under)
            if seated(seat, higher, ask.case, ask.pack):
                return True
            body = ask.pack.bodies[body.under]
    return False


HANDLERS: Mapping[str, Handler] = {
    "state": _state,
    "report": _report,
    "record": _record,
    "request": _request,
    "acknowledge": _acknowledge,
    "urge": _urge,
    "hand_over": _hand_over,
    "correct": _correct,
    "waive": _waive,
}


# ---------------------------------------------------------------------------------------------- what is meant


def target_event(ask: Ask) -> Event:
    """Return the event an act names by its number. Raises Refused (`bad_act`)."""
    text = ask.act.target or ""
    number = natural(text) if text.isascii() else None
    if number is None or not 1 <= number <= ask.case.seq:
        raise bad_act(f"没有第“{text}”条记录", f"there is no event '{text}'")
    return ask.case.event(number)


def target_obligation(ask: Ask) -> Obligation:
    """Return the obligation an act names by its key. Raises Refused (`bad_act`)."""
    for one in owed(ask.book, ask.case, ask.at):
        if one.key == ask.act.target:
            return one
    raise bad_act(f"没有义务“{ask.act.target}”", f"there is no obligation '{ask.act.target}'")
