"""A plan and the regimes beside it on one recipient: where the plan's own limit is longer, or has no number at all.

Rules
- A regime's first reports (owed once, to somebody, discharged by a report, from what begins a case) are held against
  everything that the plan tells the same recipient while the incident runs, what recurs left out.
- Bodies are one where the join says so (a `std` word, a tie of the overlay). Levels are never compared: each grades by
  its own table, so a finding names both duties and leaves their levels side by side.
- Nothing is decided here: both clocks run, and the shorter one is owed anyhow. The plan's owner sees what to revise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from fengsui.core.pack import AnyOf, BodyRef, Duty, Pack, ReadingRef, Who
from fengsui.core.pack.joined import PLAIN, Names, join
from fengsui.core.timing import DAY, Days, Length, Limit, Months, WorkingDays, parse_limit

BEGINS = frozenset({"opened", "assessed", "confirmed", "activated"})
OVER = frozenset({"ended", "investigated", "closed", "dismissed"})
MONTH = 30 * DAY


@dataclass(frozen=True, slots=True)
class Clash:
    """One recipient of a regime's first report: how the plan's own duty stands to it.

    `longer`: the plan allows more time. `no_number`: the plan says a soft word or nothing. `only`: the plan asks no
    report to this recipient; `ours` is then None.
    """

    sort: Literal["longer", "no_number", "only"]
    regime: str
    body: str
    theirs: Duty
    ours: Duty | None = None


def clashes(
    plan: Pack,
    regimes: Sequence[Pack],
    ties: Mapping[str, str],
    readings: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Clash, ...]:
    """Return where the plan is slower than a regime; `readings` are those decided, by pack id."""
    given = readings or {}
    joined = join(plan, regimes, ties)
    own = given.get(plan.id, {})
    ours = [(duty, _bodies(duty, PLAIN, own), _length(duty, own)) for duty in _tellings(plan)]
    found: list[Clash] = []
    for regime, names in zip(regimes, joined.names, strict=True):
        values = given.get(regime.id, {})
        for duty in first_reports(regime):
            length = _length(duty, values)
            for body in _bodies(duty, names, values) if length is not None else ():
                same = [(mine, other) for mine, bodies, other in ours if body in bodies]
                found += _against(regime.id, body, duty, length, same)
    return tuple(found)


def first_reports(pack: Pack) -> tuple[Duty, ...]:
    """Return the duties that tell somebody of an incident once, early."""
    return tuple(
        duty for duty in _tellings(pack) if all(on.name in BEGINS or on.name.startswith("fact ") for on in duty.on)
    )


def _tellings(pack: Pack) -> tuple[Duty, ...]:
    """Return the duties that tell somebody something once while the incident runs."""
    told = (duty for duty in pack.duties_for("incident") if duty.to and not duty.every and not duty.done_by)
    return tuple(duty for duty in told if duty.keep is None and not any(on.name in OVER for on in duty.on))


def _against(
    regime: str, body: str, theirs: Duty, length: timedelta | None, same: Sequence[tuple[Duty, timedelta | None]]
) -> Iterator[Clash]:
    if not same:
        yield Clash("only", regime, body, theirs)
    for mine, other in same:
        if other is None:
            yield Clash("no_number", regime, body, theirs, mine)
        elif length is not None and other > length:
            yield Clash("longer", regime, body, theirs, mine)


def _bodies(duty: Duty, names: Names, readings: Mapping[str, str]) -> frozenset[str]:
    """Return the recipients as they are called on a case."""
    return frozenset(names.body(name) if names.bodies else name for who in duty.to for name in _named(who, readings))


def _named(who: Who, readings: Mapping[str, str]) -> Iterator[str]:
    if isinstance(who, BodyRef):
        yield who.body
    elif isinstance(who, AnyOf):
        for one in who.of:
            yield from _named(one, readings)
    elif isinstance(who, ReadingRef) and who.name in readings:
        yield readings[who.name].partition("@")[0].partition(".")[0]


def _length(duty: Duty, readings: Mapping[str, str]) -> timedelta | None:
    """Return the limit as a length of time, days as whole days; None where there is no number."""
    limit: Limit | None
    if isinstance(duty.within, ReadingRef):
        text = readings.get(duty.within.name)
        limit = parse_limit(text) if text else None
    else:
        limit = duty.within
    match limit:
        case Length(delta):
            return delta
        case Days(n) | WorkingDays(n):
            return n * DAY
        case Months(n):
            return n * MONTH
    return None
