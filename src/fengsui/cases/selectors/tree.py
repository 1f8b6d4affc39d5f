"""Where an organisation stands in its tree, as a plan of several tiers sees it: tier and line of a case, its seats.

Rules
- The tier of a case and the bodies of other tiers come from the tree of organisations alone; nobody types them.
- An organisation without a tier of the plan belongs to the nearest one above it that has one.
- Seats count on a case in its own organisation and in those above it; which of them a body means, the engine says.
- Where the plan knows one owner of what happens (the authority itself), an organisation's case is that body's.
"""

from collections.abc import Iterable, Mapping

from fengsui.core.case import Kind, Seat
from fengsui.core.pack import Pack
from fengsui.directory import selectors as directory
from fengsui.ledger.problems import refuse


def standing(root: str, organisation: str, pack: Pack) -> tuple[str | None, dict[str, str]]:
    """Return the tier of an organisation's cases and, by tier, the organisations from there upwards.

    Raises Refused (`no_tier`) where a plan of several tiers governs an organisation that has none of them.
    """
    tiers = pack.head.tiers
    if len(tiers) < 2:
        return (tiers[0] if tiers else None), {}
    line: dict[str, str] = {}
    for one in directory.line(root, organisation):
        above = tiers[: tiers.index(next(reversed(line)))] if line else tiers
        if one.tier in above:
            line[one.tier] = one.id
    if not line:
        raise refuse("no_tier", plan=pack.head.zh, plan_en=pack.head.en or pack.head.zh, tiers="、".join(tiers))
    return next(iter(line)), line


def sole_owner(kind: Kind, affected: Iterable[Mapping[str, str]], pack: Pack) -> str:
    """Return the body whose every incident or warning is, or "": one of several units, or that of a system affected."""
    if kind not in ("incident", "warning") or any(row.get("owner") for row in affected):
        return ""
    kinds = {body.is_ for body in pack.bodies.values() if body.kind == "derived" and body.from_ == "asset.owner"}
    named = [name for name in kinds if name and not pack.bodies[name].many]
    return named[0] if len(named) == 1 else ""


def seats_on(seats: Iterable[Seat], root: str, organisation: str) -> tuple[Seat, ...]:
    """Return the seats that may count on a case of an organisation: in it, or in one above it."""
    held = tuple(seats)
    if all(seat.organisation == organisation for seat in held):
        return held
    there = {one.id for one in directory.line(root, organisation)}
    return tuple(seat for seat in held if seat.organisation in there)
