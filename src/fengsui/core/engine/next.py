"""what_next: 4.3 turned round. For each act, who may take which link, or what stands in the way (language 4.5).

Rules
- It runs the same judgement as `decide`, without a person: what it shows as `may` an able second person with the
  evidence can do, and what `decide` accepts stands here.
- An act whose value matters (a level, a colour) lists in `values` those for which its line holds.
- `offers` is the same for one person: what he may do now, from which seat, and the reason where he may not.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from fengsui.core.book import Book
from fengsui.core.case import ACTS, EVENT_OF, SYSTEM, Act, Actor, Case, Party, Seat
from fengsui.core.conditions import View, exists, parse_party, resolve
from fengsui.core.delegation import reaching
from fengsui.core.engine.ask import default_value, scale_of
from fengsui.core.engine.free import HANDLERS, bound_options
from fengsui.core.engine.granted import WANT_VALUE, live
from fengsui.core.engine.invariants import violation
from fengsui.core.engine.refusals import SUBJECTS, Teller, both, listed, parties_of, thing_label
from fengsui.core.engine.steps import first_things
from fengsui.core.grants import (
    Answer,
    Asked,
    Option,
    Slot,
    Voice,
    belongs,
    grants_of,
    hear,
    is_forbidden,
    needs_lacking,
    seated,
    weigh,
)
from fengsui.core.grants import lacking as evidence_lacking
from fengsui.core.pack import Grant, Pack, ReadingRef, tests
from fengsui.core.playbooks import StepState, steps
from fengsui.core.problems import Problem

State = Literal[
    "may", "undecided", "needs_interpretation", "not_given", "outside", "forbidden", "out_of_order", "wait_for", "done"
]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain as people see it: verb, who may, who did, when, and whether as a deputy."""

    verb: str
    who: tuple[Party, ...]
    person: str | None = None
    seat: str | None = None
    at: datetime | None = None
    turn: bool = False
    acting: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """One line of what can be done next.

    `who` may fill the link `verb`; empty for a free act, open to every seat of the case (`free`). `values` are the
    levels or colours for which the line holds, `value` the one proposed. `missing` is the evidence still lacking.
    `to` is the addressee that a grant names, `target` the event or obligation that is answered.
    """

    act: str
    state: State
    verb: str = "do"
    who: tuple[Party, ...] = ()
    since: datetime | None = None
    grant: str | None = None
    chain: str | None = None
    links: tuple[Link, ...] = ()
    missing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    value: str | None = None
    values: tuple[str, ...] = ()
    to: str | None = None
    clause: tuple[str, ...] = ()
    form: str | None = None
    needs: tuple[str, ...] = ()
    with_: tuple[Party, ...] = ()
    step: str | None = None
    target: str | None = None
    free: bool = False
    problem: Problem | None = None
    option: Option | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What one person may do about a line: the seat, and the reason where he may not."""

    next: Next
    seat: Seat | None
    allowed: bool
    problem: Problem | None = None


def what_next(book: Book, case: Case, at: datetime, only: Container[str] | None = None) -> tuple[Next, ...]:
    """Return, for each act of the case's kind, who may do it now or why nobody may; then steps and answers due.

    `only` narrows the answer to some acts, without steps and answers.
    """
    found: list[Next] = []
    for act in ACTS[case.kind]:
        if act not in ("open", "step", "rebase") and (only is None or act in only):
            found += _act(book, case, act, at)
    if only is not None:
        return tuple(found)
    found += [line for state in steps(book, case, at) for line in _step_lines(book, case, state, at)]
    return (*found, *_answers(book, case, at))


def _act(book: Book, case: Case, act: str, at: datetime) -> Iterator[Next]:
    why = violation(book, case, act, at)
    if why:
        yield Next(act, "out_of_order", problem=Teller(book.main.pack, case, act).order(*why))
    elif act in HANDLERS:
        yield from _free(book, case, act, at)
    else:
        yield from _granted(book, case, act, at)


# ---------------------------------------------------------------------------------------------- free acts


def _free(book: Book, case: Case, act: str, at: datetime) -> Iterator[Next]:
    barred = [o for o in weigh(book, case, Asked(act), at) if o.grant.forbidden and o.truth.value is True]
    everyone = next((o for o in barred if o.grant.forbidden == "everyone"), None)
    if everyone:
        yield _forbidden(book, case, act, everyone)
        return
    yield Next(act, "may", free=True)
    for to in _addressees(book, case, act):
        options = bound_options(book, case, act, to, at)
        if live(options) or any(o.truth.value is None for o in options):
            yield from _lines(book, case, Asked(act, None, to), options, at)


def _addressees(book: Book, case: Case, act: str) -> tuple[str, ...]:
    """Return the addressees that the grants of a free act name."""
    found: list[str] = []
    for grant in grants_of(case, act, book.main.pack):
        found += [str(text) for test in tests(grant.when) if test.subject == "to" for text in test.operand]
        found += [getattr(who, "body", "") for who in grant.answered_by]
    return tuple(dict.fromkeys(name for name in found if name in book.main.pack.bodies))


# ---------------------------------------------------------------------------------------------- acts under a grant


def _granted(book: Book, case: Case, act: str, at: datetime) -> Iterator[Next]:
    """Yield one line per grant that applies to some value of the act, or why none does."""
    by_line: dict[object, tuple[Next, list[str]]] = {}
    for value in _values(book, case, act):
        options = _with_chains(book, case, Asked(act, value), at)
        for line in _lines(book, case, Asked(act, value), options, at):
            key = (line.state, line.grant, line.chain, line.verb, line.who, line.open)
            by_line.setdefault(key, (line, []))[1].extend([value] if value else [])
    default = default_value(act, case, book.main.pack)
    lines = [(line, tuple(values)) for line, values in by_line.values()]
    if any(line.state in ("may", "outside", "needs_interpretation") and line.grant for line, _ in lines):
        lines = [pair for pair in lines if pair[0].grant]
    for line, values in lines:
        proposed = line.value if line.chain else default if default in values else None
        yield replace(line, value=proposed, values=values)


def _values(book: Book, case: Case, act: str) -> tuple[str | None, ...]:
    scale = scale_of(act, case.kind, book.main.pack)
    if scale is None:
        return (None,)
    members = book.main.pack.words.domain.scales[scale]
    return members if act in WANT_VALUE else (None, *members) if act == "activate" else (None,)


def _with_chains(book: Book, case: Case, asked: Asked, at: datetime) -> tuple[Option, ...]:
    """Return the grants weighed, once for each matter that has a chain of its own under way (readings)."""
    targets = {c.target for c in case.chains.values() if c.state == "open" and c.act == asked.act}
    found = list(weigh(book, case, asked, at))
    for target in sorted(t for t in targets if t is not None):
        found += [o for o in weigh(book, case, replace(asked, target=target), at) if o.chain]
    return tuple(found)


def _lines(book: Book, case: Case, asked: Asked, options: tuple[Option, ...], at: datetime) -> Iterator[Next]:
    """Yield the lines of one act with one value."""
    pack = book.main.pack
    barred = next((o for o in options if o.grant.forbidden == "everyone" and o.truth.value is True), None)
    if barred:
        yield _forbidden(book, case, asked.act, barred)
        return
    applying = live(options)
    if applying:
        for option in applying:
            if not _other_value(option, asked):
                yield from _option(book, case, asked, option, at)
        return
    teller = Teller(pack, case, asked.act)
    if any(o.truth.value is None for o in options):
        problem = teller.ignorance(options)
        state: State = "needs_interpretation" if problem.code == "needs_interpretation" else "undecided"
        who = parties_of(s for o in options if o.truth.value is None for s in o.slots)
        yield Next(asked.act, state, who=who, open=problem.open, clause=problem.clause, to=asked.to, problem=problem)
        return
    problem = teller.not_given(options)
    yield Next(asked.act, "not_given", clause=problem.clause, to=asked.to, problem=problem)


def _other_value(option: Option, asked: Asked) -> bool:
    chain = option.chain
    return chain is not None and asked.value is not None and chain.value is not None and chain.value != asked.value


def _forbidden(book: Book, case: Case, act: str, option: Option) -> Next:
    problem = Teller(book.main.pack, case, act).forbidden(option)
    return Next(act, "forbidden", clause=option.grant.clause, grant=option.grant.id, problem=problem)


def _option(book: Book, case: Case, asked: Asked, option: Option, at: datetime) -> Iterator[Next]:
    grant = option.grant
    base = Next(
        asked.act,
        "may",
        since=option.chain.since if option.chain else None,
        grant=grant.id,
        chain=option.chain.id if option.chain else None,
        links=links(option),
        value=option.chain.value if option.chain else asked.value,
        to=asked.to,
        clause=grant.clause,
        form=grant.form,
        target=option.chain.target if option.chain else None,
        with_=resolve(grant.with_, View(book, book.main, case, at)),
        option=option,
    )
    teller = Teller(book.main.pack, case, asked.act)
    if grant.hole:
        yield replace(base, state="not_given", problem=teller.hole(grant))
        return
    needs = () if option.chain else _needs(book, case, asked, grant, at)
    for slot in option.turn:
        unset = slot.unset
        state: State = "needs_interpretation" if len(unset) == len(slot.parties) else "may"
        if grant.outside:
            state = "outside"
        if state == "may" and waits(needs):
            state = "wait_for"
        nowhere = absent(slot.parties, case, book.main.pack)
        if state == "may" and nowhere:
            yield replace(base, state="not_given", verb=slot.verb, who=slot.parties, problem=teller.absent(nowhere))
            continue
        open_ = tuple(f"reading {name}" for name in unset)
        yield replace(base, state=state, verb=slot.verb, who=slot.parties, open=open_, missing=needs, needs=needs)
    if not option.turn and grant.outside:
        yield replace(base, state="outside", problem=teller.outside(option))


def _needs(book: Book, case: Case, asked: Asked, grant: Grant, at: datetime) -> tuple[str, ...]:
    act = Act(asked.act, SYSTEM, value=asked.value, to=(asked.to,) if asked.to else ())
    view = View(book, book.main, case, at, act)
    fields = set(book.main.pack.forms[grant.form].fields) if grant.form else set()
    return tuple(name for name in evidence_lacking(grant, act, case, view) if name not in fields)


def waits(needs: Iterable[str]) -> bool:
    """Return whether something is lacking that nobody can bring along: a state of the case, not a paper or a fact."""
    return any(name in SUBJECTS and name not in ("reason", "value", "reading", "registration") for name in needs)


def absent(parties: Iterable[Party], case: Case, pack: Pack) -> str:
    """Return a body of these where none of them stands now, else ""."""
    bodies = [party.body for party in parties if party.body]
    return bodies[0] if bodies and not any(exists(body, case, pack) for body in bodies) else ""


def links(option: Option) -> tuple[Link, ...]:
    """Return the chain's links with who filled them."""
    turn = option.turn
    return tuple(
        Link(
            slot.verb,
            slot.parties,
            slot.filled.person if slot.filled else None,
            slot.filled.seat if slot.filled else None,
            slot.filled.at if slot.filled else None,
            any(slot is one for one in turn),
            slot.filled.acting if slot.filled else None,
        )
        for slot in option.slots
    )


# ---------------------------------------------------------------------------------------------- steps, answers


def _step_lines(book: Book, case: Case, state: StepState, at: datetime) -> Iterator[Next]:
    """Yield the line of a step; a step that is an act and ready has the lines of that act."""
    if state.step.act and state.state == "ready":
        for line in _act(book, case, state.step.act, at):
            yield replace(line, step=state.name)
    else:
        yield _step(book, case, state, at)


def _step(book: Book, case: Case, state: StepState, at: datetime) -> Next:
    rule = state.step
    needs = needs_lacking(rule.needs, Act("step", SYSTEM), case, View(book, book.main, case, at))
    unset = tuple(f"reading {party.unset}" for party in state.by if party.unset)
    not_yet = waits(needs)
    known: dict[str, State] = {"done": "done", "waits": "wait_for", "undecided": "undecided", "ready": "may"}
    shown = known[state.state]
    if shown == "may" and not_yet:
        shown = "wait_for"
    if shown == "may" and unset and len(unset) == len(state.by):
        shown = "needs_interpretation"
    if case.phase == "closed" and shown == "may":
        shown = "out_of_order"
    nowhere = absent(state.by, case, book.main.pack) if shown == "may" else ""
    if nowhere:
        shown = "not_given"
    return Next(
        "step" if not rule.act else rule.act,
        shown,
        who=state.by,
        since=state.done_at or state.start.at,
        missing=(*first_things(state, book.main.pack), *needs),
        open=state.open or unset,
        clause=rule.clause,
        form=rule.form,
        needs=needs,
        with_=state.with_,
        step=state.name,
        problem=Teller(book.main.pack, case, "step").absent(nowhere) if nowhere else None,
    )


def _answers(book: Book, case: Case, at: datetime) -> Iterator[Next]:
    """Yield what waits to be ratified or signed."""
    answered = {(e.type, str(e.content.get("target"))) for e in case.events}
    for event in case.events:
        target = str(event.seq)
        if "ratify" in event.content and not {("ratified", target), ("ratification_refused", target)} & answered:
            ratify = event.content["ratify"]
            by = ratify["by"] if isinstance(ratify, dict) else ()
            who = tuple(party for text in by for party in _party(text, book, case, at))
            yield Next(_act_of(event.type), "may", "ratify", who, event.at, target=target)
        if "by_word" in event.content and ("countersigned", target) not in answered:
            who = tuple(parse_party(text) for text in event.seats)
            yield Next(
                _act_of(event.type, event.content.get("act")), "may", "countersign", who, event.at, target=target
            )


def _party(text: str, book: Book, case: Case, at: datetime) -> tuple[Party, ...]:
    return (
        resolve(ReadingRef(text[1:]), View(book, book.main, case, at)) if text.startswith("$") else (parse_party(text),)
    )


def _act_of(type_: str, act: object = None) -> str:
    return str(act) if act else next((a for a, e in EVENT_OF.items() if e == type_), type_)


# ---------------------------------------------------------------------------------------------- one person's offers


def offers(book: Book, case: Case, actor: Actor, at: datetime, only: Container[str] | None = None) -> tuple[Offer, ...]:
    """Return every line with whether this person may do it now, from which seat, and why not.

    `only` narrows the answer to some acts, without steps and answers.
    """
    mine = tuple(seat for seat in actor.seats if belongs(seat, case, book.main.pack))
    return tuple(_offer(book, case, actor, mine, line, at) for line in what_next(book, case, at, only))


def _offer(book: Book, case: Case, actor: Actor, mine: tuple[Seat, ...], line: Next, at: datetime) -> Offer:
    pack = book.main.pack
    teller = Teller(pack, case, line.act, next(iter(mine), None))
    reach = reaching(mine, line.act, at, line.verb if line.verb in ("ratify", "refuse_ratification") else None)
    if line.free:
        barred = _barred(book, case, line, mine, at)
        mine = reach
        if barred or not mine:
            return Offer(line, None, False, barred or teller.problem("not_yours"))
        return Offer(line, mine[0], True)
    if line.option is not None:
        return _offer_link(book, case, actor, mine, line, at)
    seat = next((s for s in reach for p in line.who if seated(s, p, case, pack)), None)
    if line.state == "may":
        if seat is None:
            return Offer(line, None, False, teller.problem("not_yours", line.clause, rightful=line.who))
        return Offer(line, seat, True)
    if line.state == "wait_for":
        params = both("missing", lambda lang: listed((thing_label(name, pack, lang) for name in line.missing), lang))
        return Offer(line, seat, False, teller.problem("wait_for", line.clause, missing=line.missing, words=params))
    return Offer(line, None, False, line.problem)


def _barred(book: Book, case: Case, line: Next, mine: tuple[Seat, ...], at: datetime) -> Problem | None:
    view = View(book, book.main, case, at)
    for option in weigh(book, case, Asked(line.act), at):
        for seat in mine:
            if is_forbidden(option, seat, view, case, book.main.pack):
                return Teller(book.main.pack, case, line.act, seat).forbidden(option)
    return None


def _offer_link(book: Book, case: Case, actor: Actor, mine: tuple[Seat, ...], line: Next, at: datetime) -> Offer:
    """Ask the grant itself, for this person's best seat."""
    pack, option = book.main.pack, line.option
    assert option is not None
    if line.state == "wait_for":
        seat = next((s for s in mine for p in line.who if seated(s, p, case, pack)), None)
        problem = Teller(pack, case, line.act, seat).missing(line.missing, line.clause, line.form)
        return Offer(line, seat, False, problem)
    view = View(book, book.main, case, at)
    for seat in mine:
        for one in weigh(book, case, Asked(line.act, line.value, line.to, line.target), at):
            if is_forbidden(one, seat, view, case, pack):
                return Offer(line, seat, False, Teller(pack, case, line.act, seat).forbidden(one))
    heard: list[tuple[Answer, Seat | None]] = []
    for seat in mine:
        verb = "record" if option.grant.outside else line.verb
        heard.append((hear(option, Voice(seat, actor.person, at, verb), (), case, pack), seat))
    if not heard:
        problem = line.problem or Teller(pack, case, line.act).problem("not_yours", line.clause, rightful=line.who)
        return Offer(line, None, False, problem)
    answer, best = min(heard, key=lambda pair: pair[0].rank)
    if answer.code is None:
        return Offer(line, best, True)
    return Offer(line, best, False, Teller(pack, case, line.act, best).answer(answer))


def turn_of(lines: Iterable[Next], act: str) -> tuple[Slot, ...]:
    """Return the links of an act that may be filled now."""
    return tuple(dict.fromkeys(slot for line in lines if line.act == act and line.option for slot in line.option.turn))
