"""Sitting in another's seat by delegation: how far it goes, until when, and what the log says of it (language 4.2).

Rules
- A delegated seat is one more seat of the person: the seat of the post that gave it, with the paper that says so.
- It covers the acts named (or links, such as `approve`); none named means all. It never covers what a grant wants done
  `in_person`, and it ends at `until`: looked at when the act happened, not when it was written.
- Own seats come first: nobody acts for another where his own post may act.
- The event names both: the seat in which was sat, and under `acting` whose it is, who sat there, the paper.
- A ban on a body holds for its people in any seat. In one chain nobody fills two links, in whatever seats; nor does a
  deputy fill a link beside the person in whose place he sits.

Where delegations are kept belongs to the directory; whether a seat may do an act, to `grants` and `engine`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from fengsui.core.canon import stamp
from fengsui.core.case import FREE_ACTS, VERBS, Actor, Seat

LOOSE = frozenset((*FREE_ACTS, "hand_over", "correct", "waive", "step"))
"""Acts without links: covered by their own name only."""
Limit = Literal["in_person", "acts", "over"]
"""Why a delegated seat does not reach: only in person, another act than those named, or past its end."""


def held(seat: Seat | None, actor: Actor) -> Seat | None:
    """Return the person's own or delegated seat that is meant by a seat as written; else what was written."""
    if seat is None or seat in actor.seats:
        return seat
    return next((one for one in actor.seats if same_place(one, seat)), seat)


def same_place(one: Seat, other: Seat) -> bool:
    """Return whether two seats are one and the same, whoever sits there."""
    return (one.organisation, one.text) == (other.organisation, other.text)


def limit(seat: Seat, act: str, *, at: datetime, verb: str | None = None, in_person: bool = False) -> Limit | None:
    """Return what keeps a delegated seat from an act, or from one link of it; None for everybody in his own seat.

    Without `verb` a delegation for a kind of link is let through: which link it is, is seen later.
    """
    if seat.acting_for is None:
        return None
    if seat.until is not None and seat.until <= at:
        return "over"
    if in_person:
        return "in_person"
    links = () if act in LOOSE else VERBS
    wanted = {act, verb} if verb else {act, *links}
    return "acts" if seat.acts and not wanted & set(seat.acts) else None


def reaching(seats: Iterable[Seat], act: str, at: datetime, answer: str | None = None) -> tuple[Seat, ...]:
    """Return the seats from which the act may be asked, own ones first. Ratifying is delegated by name only."""
    verb = answer if answer in ("ratify", "refuse_ratification") else None
    found = [seat for seat in seats if limit(seat, act, at=at, verb=verb) is None]
    return tuple(sorted(found, key=lambda seat: seat.acting_for is not None))


def acting(seat: Seat) -> Mapping[str, object] | None:
    """Return what an event says of a delegated seat; None for one's own."""
    if seat.acting_for is None:
        return None
    said = {"of": seat.acting_for, "by": seat.own, "document": seat.document, "whom": seat.whom}
    said |= {"until": stamp(seat.until)} if seat.until else {}
    return {name: value for name, value in said.items() if value} | ({"acts": list(seat.acts)} if seat.acts else {})
