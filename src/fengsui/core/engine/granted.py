"""Acts that the plan gives to somebody: one link of a chain, or the act itself (language 4.3).

Rules
- If any live grant accepts, the act is accepted; otherwise the refusal that says most is given.
- Links bind to what was put before them: the hash covers the proposal and the state its condition looks at. A chain
  whose condition fell away, whose content changed or whose act became impossible is voided by an event of the system.
- `product:` marks a gate of ours: evidence that is lacking is passed with a written reason, which stays on the record.
- A link with no person here is filled by registration of the paper; a link may be filled by word, registered by two
  persons of other seats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from fengsui.core.book import Book
from fengsui.core.canon import digest
from fengsui.core.case import EVENT_OF, SYSTEM, Act, Case, Chain, Party, Seat
from fengsui.core.conditions import View, judge, resolve, said_from
from fengsui.core.delegation import acting
from fengsui.core.engine.ask import Ask, barring, check_form, check_paper, own_seats, scale_of
from fengsui.core.engine.drafts import Draft, kept
from fengsui.core.engine.invariants import violation
from fengsui.core.engine.refusals import bad_act, refuse
from fengsui.core.grants import (
    Answer,
    Asked,
    Option,
    Slot,
    Voice,
    counterpart,
    hear,
    is_forbidden,
    lacking,
    seated,
    weigh,
)
from fengsui.core.pack import tests
from fengsui.core.problems import Problem, Refused
from fengsui.core.timing import ReadingRef, write_limit

PAYLOAD = ("value", "to", "reading", "form", "form_id", "documents", "choices", "reason", "note", "matter", "duty")
REASONED = ("settle",)
"""Acts that always want a written reason (language 1.4)."""
WANT_VALUE = ("assess", "confirm", "adjust", "issue")


def granted(ask: Ask, to: str | None = None) -> list[Draft]:
    """Return what an act under a grant leaves in the log. Raises Refused."""
    options = _options(ask, to)
    answers = list(_answers(ask, options))
    if not answers:
        raise Refused(_nobody(ask, options))
    best = min(answers, key=lambda pair: (pair[0].rank, bool(pair[0].option.grant.ratify)))
    answer, voice = best
    if answer.code is not None:
        raise Refused(ask.teller(voice.seat).answer(answer))
    _same_content(ask, answer.option)
    _papers(ask, answer, voice)
    return accept(ask, answer, voice)


def asked(act: Act, to: str | None = None) -> Asked:
    """Return what is asked, apart from who asks. A reading is decided one at a time, so chains are kept apart by it."""
    return Asked(act.name, act.value, to, act.reading if act.name in ("set", "settle") else None)


def _options(ask: Ask, to: str | None) -> tuple[Option, ...]:
    options = weigh(ask.book, ask.case, asked(ask.act, to), ask.at)
    for seat in barring(ask):
        for option in options:
            if is_forbidden(option, seat, ask.view, ask.case, ask.pack):
                raise Refused(ask.teller(seat).forbidden(option))
    return options


def _nobody(ask: Ask, options: tuple[Option, ...]) -> Problem:
    """Return the problem where no grant applies, or nobody with a seat of this case asks."""
    teller = ask.teller()
    if live(options):
        return teller.answer(min((_stranger(option) for option in live(options)), key=lambda a: a.rank))
    if any(option.truth.value is None for option in options):
        return teller.ignorance(options)
    return teller.not_given(options)


def _stranger(option: Option) -> Answer:
    return Answer(option, "not_given" if option.grant.hole else "outside" if option.grant.outside else "not_yours")


def live(options: Iterable[Option]) -> tuple[Option, ...]:
    """Return the grants that apply now; `forbidden` ones were asked before."""
    return tuple(option for option in options if option.truth.value is True and not option.grant.forbidden)


def _answers(ask: Ask, options: tuple[Option, ...]) -> Iterator[tuple[Answer, Voice]]:
    for option in live(options):
        lacks = evidence(ask, option)
        for voice in voices(ask):
            yield hear(option, voice, lacks, ask.case, ask.pack), voice


def evidence(ask: Ask, option: Option) -> tuple[str, ...]:
    """Return what the first link still lacks; a written reason passes a gate of ours."""
    act = ask.act
    passed = bool(option.grant.product and act.reason)
    lacks = () if passed else lacking(option.grant, act, ask.case, ask.view)
    if act.name in REASONED and not act.reason:
        lacks += ("reason",)
    if act.name in WANT_VALUE and act.value is None and scale_of(act.name, ask.case.kind, ask.pack):
        lacks += ("value",)
    if act.name in ("set", "settle"):
        lacks += tuple(key for key in ("reading", "value") if getattr(act, key) is None)
    return tuple(dict.fromkeys(lacks))


def voices(ask: Ask) -> Iterator[Voice]:
    """Yield the seats and the person to try: on the screen, by word of the one who spoke, or from the paper."""
    act = ask.act
    for seat in ask.seats:
        person = act.actor.person
        if act.by_word:
            person = act.by_word.said_by or f"by word: {seat.text}"
        paper = act.registered is not None and seat not in act.actor.seats
        yield Voice(seat, person, ask.at, act.verb, registered=paper)


# ---------------------------------------------------------------------------------------------- by word, on paper


def _papers(ask: Ask, answer: Answer, voice: Voice) -> None:
    """Check who registers a link that was filled by word or on paper. Raises Refused."""
    act, grant = ask.act, answer.option.grant
    chain = answer.option.chain
    if chain and ask.at < chain.filled[-1].at:
        raise refuse("bad_time", why="早于前一环节", why_en="it is earlier than the link before")
    if act.by_word:
        _registrars(ask, voice, bool(grant.in_person))
    if voice.registered:
        _paper(ask, answer)
    if grant.outside and not act.registered and not act.documents:
        raise Refused(ask.teller(voice.seat).missing(("registration",), grant.clause))


def _registrars(ask: Ask, voice: Voice, in_person: bool) -> None:
    word = ask.act.by_word
    assert word is not None
    first, second = word.registrars
    if first == second or not first or not second or voice.person in word.registrars:
        raise bad_act("口头办理须由另外两个人登记", "two other persons register what was said")
    if ask.act.actor.person not in word.registrars:
        raise bad_act("登记人须有一名是本人", "one of the registrars must be the person who writes it down")
    if voice.seat in ask.act.actor.seats or not own_seats(ask.act.actor, ask.case, ask.pack):
        raise bad_act("登记人须来自本案的其他岗位", "registrars hold other seats of this case")
    if not word.means.strip():
        raise bad_act("须写明口头方式", "the means (telephone, in person) must be said")
    if in_person:
        raise bad_act("这一环节须本人办理", "this link is to be filled in person")


def _paper(ask: Ask, answer: Answer) -> None:
    """A paper is registered by a seat of the chain or of the case's owner, for a seat that has no person here."""
    registrar = own_seats(ask.act.actor, ask.case, ask.pack)
    chain = [party for slot in answer.option.slots for party in slot.parties]
    owner = [Party(*_owner(ask.case))] if ask.case.owner else []
    if not any(seated(seat, party, ask.case, ask.pack) for seat in registrar for party in (*chain, *owner)):
        raise bad_act(
            "登记人须是这条链上的岗位或事发单位的岗位", "the registrar holds a seat of the chain or the owner's"
        )
    check_paper(ask.act, ask.seats[0], ask.case, ask.pack, answer.option.grant.clause)


def _owner(case: Case) -> tuple[str, str | None, str | None]:
    seat = Seat.parse(str(case.owner), case.organisation)
    return seat.body, seat.post, seat.place


# ---------------------------------------------------------------------------------------------- what was shown


def shown(book: Book, case: Case, act: str, chain: str | None = None) -> str:
    """Return the hash of what is put before whoever fills the next link: the proposal and the state of the case.

    A page keeps it and sends it back as `Act.content`; where it differs by then, the act is `content_changed`.
    """
    asked_of = case.chains.get(chain) if chain else None
    proposed = [asked_of.id, asked_of.content] if asked_of else None
    return digest({"pin": book.pin.digest, "act": act, "chain": proposed, "state": _state(case)})


def _state(case: Case) -> dict[str, str | None]:
    assessed = case.assessments[-1].level if case.assessments else None
    return {"level": case.level, "response": case.response, "colour": case.colour, "assessed": assessed}


def proposal(option: Option, content: Mapping[str, object], view: View, case: Case) -> str:
    """Return the hash a chain is bound to: what was proposed, and how each test of the grant's condition stood."""
    stood = {str(n): judge(test, view).value for n, test in enumerate(tests(option.grant.when))}
    payload = {key: content[key] for key in PAYLOAD if key in content}
    return digest({"grant": option.grant.id, "payload": payload, "tests": stood, "state": _state(case)})


def _same_content(ask: Ask, option: Option) -> None:
    act, chain = ask.act, option.chain
    why = None
    if act.content is not None and act.content != shown(ask.book, ask.case, act.name, chain.id if chain else None):
        why = ("打开之后案情或提请内容有了变化", "the case or the proposal changed since it was opened")
    elif chain and act.value is not None and chain.value is not None and act.value != chain.value:
        why = (f"提请的是{chain.value}，不是{act.value}", f"what was proposed is {chain.value}, not {act.value}")
    if why:
        params = {"why": why[0], "why_en": why[1]}
        raise Refused(ask.teller().problem("content_changed", option.grant.clause, words=params))


def voids(book: Book, case: Case, at: datetime) -> list[Draft]:
    """Return the events that void chains which no longer hold: condition, content, or the act itself fell away."""
    found = []
    for chain in case.chains.values():
        why = _why_void(book, case, chain, at) if chain.state == "open" else None
        if why:
            found.append(Draft("voided", "system", (), kept(chain=chain.id, act=chain.act, grant=chain.grant, why=why)))
    return found


def _why_void(book: Book, case: Case, chain: Chain, at: datetime) -> str | None:
    if violation(book, case, chain.act, at):
        return "order"
    first = case.event(chain.filled[0].seq).content
    what = Asked(chain.act, chain.value, None, chain.target)
    for option in weigh(book, case, what, at):
        if option.grant.id == chain.grant and option.truth.value is False:
            return "condition"
        if option.grant.id == chain.grant and option.truth.value is True:
            view = View(book, book.main, case, at, Act(chain.act, SYSTEM, value=chain.value))
            return None if proposal(option, first, view, case) == chain.content else "content"
    return None


# ---------------------------------------------------------------------------------------------- what it leaves


def accept(ask: Ask, answer: Answer, voice: Voice) -> list[Draft]:
    """Return the link, and with the last link the act itself with its effects."""
    option, slot = answer.option, answer.slot
    assert slot is not None
    payload = _payload(ask, option)
    if len(option.slots) == 1:
        return [_act_event(ask, option, payload, _spoken(ask, slot, voice), last=(slot, voice)), *_after(ask, option)]
    link = _link(ask, option, slot, voice, payload)
    if not option.last:
        return [link]
    first = option.chain
    proposed = dict(ask.case.event(first.filled[0].seq).content) if first else payload
    carried = {key: proposed[key] for key in PAYLOAD if key in proposed}
    done = replace(ask, act=replace(ask.act, value=first.value if first else ask.act.value))
    act = _act_event(done, option, carried, {"chain": link.content["chain"]}, last=(slot, voice))
    return [link, act, *_after(ask, option)]


def _payload(ask: Ask, option: Option) -> dict[str, object]:
    act = ask.act
    form = option.grant.form if act.form else None
    if form:
        check_form(form, act.form, ask.pack)
    return kept(
        value=act.value,
        to=act.to,
        reading=act.reading,
        form=act.form,
        form_id=form,
        documents=act.documents,
        choices=act.choices,
        reason=act.reason,
        note=act.note,
        matter=act.matter,
        duty=act.duty,
    )


def _link(ask: Ask, option: Option, slot: Slot, voice: Voice, payload: Mapping[str, object]) -> Draft:
    chain, what = option.chain, asked(ask.act)
    view = View(ask.book, ask.book.main, ask.case, ask.at, Act(what.act, SYSTEM, value=what.value))
    own = kept(
        act=ask.act.name,
        chain=chain.id if chain else f"{option.grant.id}#{ask.case.seq + 1}",
        target=what.target,
        shown=None if chain else proposal(option, payload, view, ask.case),
        last=option.last,
    )
    spoken = _spoken(ask, slot, voice)
    person, by = _persons(ask, voice)
    return Draft("linked", person, (voice.seat.text,), {**payload, **spoken, **own, "grant": option.grant.id}, by)


def _persons(ask: Ask, voice: Voice) -> tuple[str, str | None]:
    """Return who filled it and who registered it."""
    word = ask.act.by_word
    if word:
        return voice.person, "+".join(word.registrars)
    return voice.person, ask.act.actor.person if ask.act.registered else None


def _spoken(ask: Ask, slot: Slot, voice: Voice) -> dict[str, object]:
    """Return who spoke and how: the body, the rule's word for it, the paper or the telephone."""
    act = ask.act
    word = {"means": act.by_word.means, "registrars": list(act.by_word.registrars)} if act.by_word else None
    paper = act.registered
    registered = (
        kept(
            paper=paper.paper, date=paper.date, signed_by=paper.signed_by, channel=paper.channel, receipt=paper.receipt
        )
        if paper
        else None
    )
    return kept(
        verb=slot.verb,
        body=_body(slot, voice.seat),
        raw=_party(slot, voice.seat, ask).raw,
        seat=voice.seat.text,
        acting=acting(voice.seat),
        by_word=word,
        registered=registered,
    )


def _body(slot: Slot, seat: Seat) -> str:
    post = next((p.post for p in slot.parties if p.body == seat.body and p.post), None)
    return Seat(seat.organisation, seat.body, post, seat.place).text


def _party(slot: Slot, seat: Seat, ask: Ask) -> Party:
    return next((p for p in slot.parties if seated(seat, p, ask.case, ask.pack)), Party(seat.body))


def _act_event(
    ask: Ask,
    option: Option,
    payload: Mapping[str, object],
    spoken: Mapping[str, object],
    last: tuple[Slot, Voice],
) -> Draft:
    grant, (slot, voice) = option.grant, last
    speaker, seats = _speaker(option, slot, voice, ask)
    if grant.outside:
        speaker = {**speaker, "body": resolve(grant.outside, ask.view)[0].text, "raw": ""}
    person, by = _persons(ask, voice)
    content = {**payload, **spoken, **speaker, **_effect(ask), **_extras(ask, option), "grant": grant.id}
    content = {key: value for key, value in content.items() if key != "raw" or value}
    return Draft(EVENT_OF[ask.act.name], person, seats, content, by)


LESSER = ("propose", "opinion", "concur", "record")


def _speaker(option: Option, slot: Slot, voice: Voice, ask: Ask) -> tuple[dict[str, object], tuple[str, ...]]:
    """Return whose act it is: of a joint signature all signers, else the last who decided rather than agreed."""
    spoke = [(s, said_from(s.filled.seat, ask.case, ask.pack)) for s in option.slots if s.filled]
    spoke.append((slot, voice.seat))
    main = [pair for pair in spoke if pair[0].verb not in LESSER] or spoke
    one, seat = main[0] if main[0][0].verb == "sign" else main[-1]
    seats = tuple(dict.fromkeys(s.text for k, s in main)) if one.verb == "sign" else (seat.text,)
    whose = one.filled.acting if one.filled else acting(voice.seat)
    return kept(body=_body(one, seat), raw=_party(one, seat, ask).raw, seat=seat.text, acting=whose), seats


def _effect(ask: Ask) -> dict[str, object]:
    """Return what the act changes, written into the event so that replay decides nothing."""
    name, value, case = ask.act.name, ask.act.value, ask.case
    if name in ("assess", "confirm"):
        return kept(level=value)
    if name == "activate" and case.kind == "incident":
        return kept(response=value)
    if name == "issue":
        return kept(colour=value)
    if name == "adjust" and case.kind == "warning":
        return kept(colour=value)
    if name == "adjust":
        response = counterpart(value, "level", "response", ask.pack) if case.response_active else None
        return kept(level=value, response=response)
    return {}


def _extras(ask: Ask, option: Option) -> dict[str, object]:
    grant, view = option.grant, ask.view
    ratify = None
    if grant.ratify:
        by = [party.text for party in resolve(grant.ratify.by, view)]
        ratify = {"by": by, "within": _limit_text(option)}
    passed = lacking(grant, ask.act, ask.case, view) if grant.product and option.chain is None else ()
    return kept(
        **{
            "with": [party.text for party in resolve(grant.with_, view)],
            "guided_by": [party.text for party in resolve(grant.guided_by, view)],
            "answered_by": [party.text for party in resolve(grant.answered_by, view)],
            "creates": grant.creates,
            "ratify": ratify,
            "passed": passed,
        },
    )


def _limit_text(option: Option) -> str:
    assert option.grant.ratify is not None
    within = option.grant.ratify.within
    return f"${within.name}" if isinstance(within, ReadingRef) else write_limit(within)


def _after(ask: Ask, option: Option) -> list[Draft]:
    """Return the effects besides the act's own (`then: publish`)."""
    then = option.grant.then
    if not then:
        return []
    return [Draft(EVENT_OF[then], "system", (), kept(after=ask.act.name, grant=option.grant.id))]
