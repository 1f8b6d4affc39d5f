"""Answers to what others did: return, withdraw, ratify or refuse it, sign what was said by word (language 4.1).

Rules
- `return` belongs to whoever's turn it is, with a reason; `withdraw` to the proposer, before the next link. Both end
  the chain.
- A fast path is ratified, or refused with a reason, by the body the grant names and another person; the effects of
  the act stay in the record either way.
- What was said by word is signed by the seat that spoke.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from fengsui.core.case import Chain, Event, Party, Seat
from fengsui.core.conditions import parse_party, resolve
from fengsui.core.delegation import acting
from fengsui.core.engine.ask import Ask
from fengsui.core.engine.drafts import Draft, kept
from fengsui.core.engine.free import target_event
from fengsui.core.engine.granted import asked
from fengsui.core.engine.refusals import bad_act
from fengsui.core.grants import Option, seated, weigh
from fengsui.core.pack import ReadingRef
from fengsui.core.problems import Refused


def answer(ask: Ask) -> list[Draft]:
    """Return what an answer leaves in the log. Raises Refused."""
    return ANSWERS[str(ask.act.answer)](ask)


def _open_chain(ask: Ask) -> tuple[Option, Chain]:
    """Return the chain under way that the act means: the one named, or the only one."""
    options = weigh(ask.book, ask.case, asked(ask.act), ask.at)
    found = [(o, o.chain) for o in options if o.chain and ask.act.target in (None, o.chain.id)]
    if not found:
        raise Refused(ask.teller().order("没有正在办理的提请", "there is no chain under way"))
    if len(found) > 1:
        raise bad_act("有几件提请在办，须写明是哪一件", "several chains are under way; say which")
    return found[0]


def _return(ask: Ask) -> list[Draft]:
    option, chain = _open_chain(ask)
    turn = [party for slot in option.turn for party in slot.parties]
    mine = [s for s in ask.seats if not (s.acting_for and option.grant.in_person)]
    seat = next((s for s in mine for p in turn if seated(s, p, ask.case, ask.pack)), None)
    if seat is None:
        raise Refused(ask.teller().problem("not_yours", option.grant.clause, rightful=tuple(turn)))
    return [_over(ask, "returned", chain, seat, option)]


def _withdraw(ask: Ask) -> list[Draft]:
    option, chain = _open_chain(ask)
    first = chain.filled[0]
    seat = next((s for s in ask.seats if s.text == first.seat), None)
    if seat is None:
        raise Refused(ask.teller().problem("not_yours", option.grant.clause, rightful=(parse_party(first.seat),)))
    if len(chain.filled) > 1:
        raise Refused(ask.teller(seat).order("后面的环节已经办理，不能撤回", "a later link is filled"))
    return [_over(ask, "withdrawn", chain, seat, option)]


def _over(ask: Ask, type_: str, chain: Chain, seat: Seat, option: Option) -> Draft:
    if type_ == "returned" and not ask.act.reason:
        raise Refused(ask.teller(seat).missing(("reason",), option.grant.clause))
    content = kept(chain=chain.id, act=chain.act, grant=chain.grant, reason=ask.act.reason, **_spoken(seat))
    return Draft(type_, ask.act.actor.person, (seat.text,), content)


def _spoken(seat: Seat) -> dict[str, object]:
    body = Seat(seat.organisation, seat.body, None, seat.place).text
    return kept(body=body, seat=seat.text, acting=acting(seat))


def _ratify(ask: Ask) -> list[Draft]:
    return [_judged(ask, "ratified")]


def _refuse_ratification(ask: Ask) -> list[Draft]:
    return [_judged(ask, "ratification_refused")]


def _judged(ask: Ask, type_: str) -> Draft:
    event = target_event(ask)
    if "ratify" not in event.content or answered(ask, event, ("ratified", "ratification_refused")):
        raise Refused(ask.teller().order("这条记录不需要追认", "nothing there waits to be ratified"))
    by = cast("dict[str, list[str]]", event.content["ratify"])["by"]
    parties = [party for text in by for party in _parties(text, ask)]
    seat = next((s for s in ask.seats for p in parties if seated(s, p, ask.case, ask.pack)), None)
    if seat is None:
        raise Refused(ask.teller().problem("not_yours", rightful=tuple(parties)))
    if event.person in (ask.act.actor.person, seat.whom):
        why = {"why": "追认人不能是当初办理的人", "why_en": "who did it cannot ratify it"}
        raise Refused(ask.teller(seat).problem("no_second_person", rightful=tuple(parties), words=why))
    if type_ == "ratification_refused" and not ask.act.reason:
        raise Refused(ask.teller(seat).missing(("reason",), ()))
    return _about(ask, type_, event, seat)


def _parties(text: str, ask: Ask) -> tuple[Party, ...]:
    return resolve(ReadingRef(text[1:]), ask.view) if text.startswith("$") else (parse_party(text),)


def _countersign(ask: Ask) -> list[Draft]:
    event = target_event(ask)
    if "by_word" not in event.content or answered(ask, event, ("countersigned",)):
        raise Refused(ask.teller().order("这条记录不需要补签", "nothing there waits to be signed"))
    seat = next((s for s in ask.seats if s.text in event.seats), None)
    if seat is None:
        rightful = tuple(parse_party(text) for text in event.seats)
        raise Refused(ask.teller().problem("not_yours", rightful=rightful))
    return [_about(ask, "countersigned", event, seat)]


def answered(ask: Ask, event: Event, types: tuple[str, ...]) -> bool:
    """Return whether an event already has its answer."""
    later = ask.case.events[event.seq :]
    return any(e.type in types and e.content.get("target") == str(event.seq) for e in later)


def _about(ask: Ask, type_: str, event: Event, seat: Seat) -> Draft:
    content = kept(
        target=str(event.seq),
        act=ask.act.name,
        reason=ask.act.reason,
        note=ask.act.note,
        documents=ask.act.documents,
        **_spoken(seat),
    )
    return Draft(type_, ask.act.actor.person, (seat.text,), content)


ANSWERS: Mapping[str, Callable[[Ask], list[Draft]]] = {
    "return": _return,
    "withdraw": _withdraw,
    "ratify": _ratify,
    "refuse_ratification": _refuse_ratification,
    "countersign": _countersign,
}
