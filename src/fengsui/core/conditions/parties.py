"""Who a rule's body, post or `$reading` means on one case, and who sits there (language 2).

Rules
- A derived body (`from: asset.owner`) is resolved from the case when it is read, so a change of owner moves the rule.
- An unset reading is a party with a hole: it exists, nobody sits in it, and it says which reading is missing.
- `per: organisation` means the case's own organisation, with `tier` the one of that tier in the case's own line of the
  tree; any other body with a `tier` is that organisation's too. A tier that the line lacks has nobody here.
- `many` without a place means any of its units; `everyone_else` means every unit but the owner.
- A regime's body is the plan's where both are one, else `cac-2025:police`. `asset.operator` is the owner's unit unless
  the register names another.
- A temporary body is there only between the event that creates it and the event that ends it.
- A seat without post speaks for its body; a seat in a post speaks for the body only where `acts_through` names the post
  (S2: a member alone is not the leading group). A rule that names a post means that post.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from fengsui.core.case import Case, Party, Seat
from fengsui.core.pack import AnyOf, Body, BodyRef, Pack, ReadingRef, SameAs, Who
from fengsui.core.pack.acts import EVENT_OF

if TYPE_CHECKING:
    from fengsui.core.conditions.view import View

FROM_CASE = {"case.issued_by": "issued_by", "case.commander": "commander"}


@lru_cache(4096)
def parse_party(text: str, raw: str = "") -> Party:
    """Read `body[.post][@place]`."""
    head, _, place = text.partition("@")
    body, _, post = head.partition(".")
    return Party(body, post or None, place or None, raw=raw or text)


def resolve(who: Who | Iterable[Who], view: View) -> tuple[Party, ...]:
    """Return the parties that a rule's word means now; several for `{any: [..]}` and for lists."""
    match who:
        case BodyRef():
            found = view.meant.get(who)
            if found is None:
                found = view.meant[who] = _body(who, view)
            return found
        case ReadingRef(name):
            return _read(name, view)
        case AnyOf(of):
            return resolve(of, view)
        case SameAs():
            return ()
    each = [resolve(one, view) for one in who]
    return each[0] if len(each) == 1 else tuple(dict.fromkeys(chain.from_iterable(each)))


def _read(name: str, view: View) -> tuple[Party, ...]:
    text = view.reading_text(name)
    if text is None:
        hole = view.installed.names.own(name)
        return (Party("", unset=hole, raw=f"${hole}"),)
    named = parse_party(text, f"${name}")
    if named.place or named.body not in view.pack.bodies:
        return (placed(named, view.case, view.plan.pack),)
    return tuple(replace(p, raw=f"${name}") for p in _body(BodyRef(named.body, named.post), view))


def _body(ref: BodyRef, view: View) -> tuple[Party, ...]:
    if view.beside:
        return resolve(BodyRef(view.installed.names.body(ref.body), ref.post), view.plan)
    body = view.pack.bodies[ref.body]
    if body.kind == "derived":
        return (placed(_derived(ref, body, view), view.case, view.pack),)
    return (placed(Party(ref.body, ref.post, raw=ref.text), view.case, view.pack),)


def _derived(ref: BodyRef, body: Body, view: View) -> Party:
    """Return the body found on the case; where the case does not say, the derived name itself, in which nobody sits."""
    if isinstance(body.from_, dict):
        return _mapped(ref, body.from_, view)
    if body.from_ == "everyone_else":
        owner = _place(view.owner)
        return Party(body.is_ or ref.body, ref.post, excluding=owner, raw=ref.text)
    found = _source(body.from_ or "", view)
    if found is None:
        return Party(ref.body, ref.post, raw=ref.text)
    unit = parse_party(found)
    return Party(unit.body, ref.post, unit.place, raw=ref.text)


def _mapped(ref: BodyRef, source: Mapping[str, str], view: View) -> Party:
    """Return the unit that the organisation bound to the fact's value, or that somebody chose by hand for this case.

    While the fact is unknown the derived name itself stands, in which nobody sits; a value bound to nobody is a hole.
    """
    name = source["in"].removeprefix("$")
    bound, known = view.installed.binds.get(name, {}), view.look(source["by"])
    value = getattr(known, "value", None)
    unit = bound.get(value) if isinstance(value, str) else None
    chosen = parse_party(unit or view.reading_text(name) or "")
    if chosen.body in view.pack.bodies:
        return replace(chosen, post=ref.post or chosen.post, raw=ref.text)
    if bound and value is None:
        return Party(ref.body, ref.post, raw=ref.text)
    return Party("", ref.post, unset=name, raw=ref.text)


def _source(source: str, view: View) -> str | None:
    if source == "asset.owner":
        return view.owner
    if source in FROM_CASE:
        return getattr(view.case, FROM_CASE[source]) if view.case else None
    found = view.facts.get(source)
    if source == "asset.operator" and not isinstance(found, str):
        return view.owner  # the register names no other: who owns a system operates it
    return found if isinstance(found, str) else None


def _place(text: str | None) -> str | None:
    return parse_party(text).place if text else None


def home(body: str, case: Case, pack: Pack) -> str:
    """Return the organisation to which a body belongs on a case; empty where its tier has nobody here."""
    spec = pack.bodies.get(body)
    if spec is None or spec.tier is None or not case.line:
        return case.organisation
    return case.line.get(spec.tier, "")


def homes(body: str, case: Case, pack: Pack) -> tuple[str, ...]:
    """Return the organisations whose seats in a body count on a case.

    Units of a `many` body may also be put down by an organisation above: other provinces, by headquarters.
    """
    own, spec, tiers = home(body, case, pack), pack.bodies.get(body), pack.head.tiers
    if spec is None or not spec.many or spec.per or spec.tier not in tiers:
        return (own,)
    above = (case.line.get(tier) for tier in reversed(tiers[: tiers.index(spec.tier)]))
    return (own, *(organisation for organisation in above if organisation))


def placed(party: Party, case: Case | None, pack: Pack) -> Party:
    """Return a party with the organisations it means on a case; without tiers it is the case's own, unsaid."""
    body = pack.bodies.get(party.body)
    if case is None or body is None or not (case.line or body.per):
        return party
    return replace(party, homes=homes(party.body, case, pack))


def at_home(seat: Seat, case: Case, pack: Pack) -> bool:
    """Return whether a seat's organisation is its body's on this case."""
    return seat.body in pack.bodies and seat.organisation in homes(seat.body, case, pack)


def said_from(text: str, case: Case, pack: Pack) -> Seat:
    """Return the seat that an event of the case names (`office.head@A`), in the organisation of its body."""
    seat = Seat.parse(text, case.organisation)
    return replace(seat, organisation=home(seat.body, case, pack))


def sits(seat: Seat, party: Party, pack: Pack) -> bool:
    """Return whether a seat is one of the party's: same body, unit and organisation, and a post that speaks for it."""
    if party.unset or seat.body != party.body:
        return False
    if party.homes and seat.organisation not in party.homes:
        return False
    if (party.place and seat.place != party.place) or (party.excluding and seat.place == party.excluding):
        return False
    if party.post:
        return seat.post == party.post
    return speaks(seat, pack)


def speaks(seat: Seat, pack: Pack) -> bool:
    """Return whether the seat speaks for its whole body: it has no post, or one of `acts_through`."""
    body = pack.bodies.get(seat.body)
    return seat.post is None or (body is not None and seat.post in body.acts_through)


def same_body(said: str, meant: Iterable[Party]) -> bool:
    """Return whether `body[.post][@place]` is one of the parties; a party without post or place takes any."""
    one = parse_party(said)
    for p in meant:
        if one.body != p.body or p.unset or (p.post is not None and one.post != p.post):
            continue
        if (p.place is None or one.place == p.place) and (p.excluding is None or one.place != p.excluding):
            return True
    return False


def exists(body: str, case: Case, pack: Pack) -> bool:
    """Return whether the body is there now; only a temporary one can be absent."""
    spec = pack.bodies.get(body)
    if spec is None or spec.kind != "temporary":
        return True
    begins = {EVENT_OF.get(pattern.name, pattern.name) for pattern in spec.created_by}
    ends = {EVENT_OF.get(pattern.name, pattern.name) for pattern in spec.ends_on}
    there = False
    for event in case.events:
        if begins & set(event.names) and event.content.get("creates", body) == body:
            there = True
        elif ends & set(event.names):
            there = False
    return there
