"""decide: what somebody asks becomes events, or a refusal with its reason (language 4.3).

Order: form of the act and its times, what cannot be (invariants), answers to chains, then free acts, steps and acts
under a grant. Facts given with another act are stated first, and the act is judged on the case as it then stands.
Whatever is accepted is followed by what it makes void.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fengsui.core.book import Book
from fengsui.core.case import Act, Case, Event
from fengsui.core.delegation import held
from fengsui.core.engine.answers import answer
from fengsui.core.engine.ask import Ask, ask
from fengsui.core.engine.drafts import Draft, append, kept
from fengsui.core.engine.free import HANDLERS, free, opening
from fengsui.core.engine.granted import granted, voids
from fengsui.core.engine.invariants import violation
from fengsui.core.engine.refusals import bad_act
from fengsui.core.engine.steps import step
from fengsui.core.problems import Refused


def decide(
    book: Book, case: Case | None, act: Act, at: datetime, recorded_at: datetime | None = None
) -> tuple[Event, ...]:
    """Return the sealed events that the act leaves, or raise Refused with the reason.

    `at` is the moment of asking; an act dated back carries `happened_at`, or is given with `recorded_at`. For `open`
    the case is None. The answer depends on nothing but the arguments.
    """
    if act.seat is not None:
        act = replace(act, seat=held(act.seat, act.actor))
    if case is None:
        drafts, happened, recorded = opening(book, act, at, recorded_at)
        assert act.opening is not None
        return append(book, None, act.opening.case, drafts, happened, recorded)[0]
    events: tuple[Event, ...] = ()
    if _states_too(act):
        events, case = _stated(book, case, act, at, recorded_at)
        act = replace(act, facts={}, unknown=(), unverified=(), rest_none=False, assets=())
    asked = ask(book, case, act, at, recorded_at)
    more, after = append(book, case, case.id, _drafts(asked), asked.at, asked.recorded_at)
    assert after is not None
    void, _ = append(book, after, case.id, voids(book, after, asked.recorded_at), asked.recorded_at, asked.recorded_at)
    return (*events, *more, *void)


def _states_too(act: Act) -> bool:
    says = bool(act.facts or act.unknown or act.rest_none or act.assets)
    return says and act.name not in ("state", "correct", "open")


def _stated(
    book: Book, case: Case, act: Act, at: datetime, recorded_at: datetime | None
) -> tuple[tuple[Event, ...], Case]:
    """State the facts that came with another act."""
    plain = Act(
        "state",
        act.actor,
        seat=act.seat if act.seat in act.actor.seats and not (act.seat and act.seat.acting_for) else None,
        facts=act.facts,
        unknown=act.unknown,
        unverified=act.unverified,
        rest_none=act.rest_none,
        assets=act.assets,
        source=act.source,
        reason=act.reason,
        note=act.note,
    )
    said = ask(book, case, plain, at, recorded_at)
    events, after = append(book, case, case.id, _drafts(said), said.at, said.recorded_at)
    assert after is not None
    return events, after


def _drafts(asked: Ask) -> list[Draft]:
    act = asked.act
    why = violation(asked.book, asked.case, act.name, asked.at)
    if why and act.answer not in ("ratify", "refuse_ratification", "countersign"):
        raise Refused(asked.teller().order(*why))
    if act.answer is not None:
        return answer(asked)
    if act.name in HANDLERS:
        return free(asked)
    if act.name == "step":
        return step(asked)
    if act.name == "settle":
        _only_unset(asked)
    if act.name == "rebase":
        return _rebase(asked)
    return granted(asked)


def _only_unset(asked: Ask) -> None:
    """Refuse to settle a reading that has a value (language 1.4)."""
    name = asked.act.reading
    if name is None:
        raise bad_act("没有写明是哪一项解读", "no reading is named")
    if name in asked.book.decided or name in asked.case.settled:
        raise Refused(asked.teller().order("这项解读已经有值，不能为本案另定", "this reading has a value already"))


def _rebase(asked: Ask) -> list[Draft]:
    """Move the case to the book given: its pin stands in the event and in all that follow."""
    if asked.book.pin.digest == asked.case.pin:
        raise Refused(asked.teller().order("本案已经依据这一版本", "the case stands on this version already"))
    return [replace(draft, content={**draft.content, **kept(**{"from": asked.case.pin})}) for draft in granted(asked)]
