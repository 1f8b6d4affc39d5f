"""Findings about grants: contradictions, chains, outside acts, climbs that end nowhere, holes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from fengsui.core.lint.places import Cited, everything, found, grants
from fengsui.core.lint.worlds import say, together
from fengsui.core.pack import AnyOf, BodyRef, Grant, Pack, Who, tests
from fengsui.core.pack.acts import ACT_NAMES
from fengsui.core.problems import Problem

DECIDING = frozenset(["do", "decide", "approve", "concur", "sign", "issue", "record"])


def authority(pack: Pack) -> Iterator[Problem]:
    """Yield every finding about the grants of a pack."""
    cited = [(at, at.thing) for at in grants(pack) if isinstance(at.thing, Grant)]
    for at, grant in cited:
        yield from _chain(pack, at, grant)
    yield from _contradictions(pack, cited)
    yield from _climbs(pack)
    if _needs_confirm(pack):
        yield found(pack, "CHAIN-CONFIRM", ("grants.yaml", "incident"))


def bodies_of(who: Who) -> tuple[str, ...]:
    """Return the bodies a rule names outright; readings name none."""
    if isinstance(who, BodyRef):
        return (who.body,)
    return tuple(body for one in who.of for body in bodies_of(one)) if isinstance(who, AnyOf) else ()


def _act(grant: Grant) -> dict[str, str]:
    zh, en = ACT_NAMES.get(grant.act, (grant.act, grant.act))
    return {"act": zh, "act_en": en}


def _body(pack: Pack, who: Who) -> dict[str, str]:
    text = who.text if isinstance(who, BodyRef) else "、".join(bodies_of(who))
    return {"body": pack.body_label(text), "body_en": pack.body_label(text, "en")}


# ------------------------------------------------------------------------------------------------ one grant
def _chain(pack: Pack, at: Cited, grant: Grant) -> Iterator[Problem]:
    act = _act(grant)
    if grant.hole:
        yield found(pack, "HOLE", at, **act, why=grant.hole)
        return
    if grant.outside and not grant.record_by:
        yield found(pack, "ACTOR", at, **act, **_body(pack, grant.outside[0]))
    links = grant.links
    if links and not any(link.verb in DECIDING for link in links):
        yield found(pack, "CHAIN-APPROVER", at, **act, grant=grant.id)
    proposers = {who for link in links if link.verb in ("propose", "opinion") for who in link.who}
    for link in links:
        for who in link.who:
            if link.verb in ("approve", "concur") and who in proposers:
                yield found(pack, "CHAIN-SAME", at, **act, **_body(pack, who), grant=grant.id)
            if link.verb in ("do", "decide", "approve", "sign") and _contractor(pack, who):
                yield found(pack, "AUTH", at, **act, **_body(pack, who))


def _contractor(pack: Pack, who: Who) -> bool:
    return any(pack.bodies[name].binds == "contract" for name in bodies_of(who) if name in pack.bodies)


# ------------------------------------------------------------------------------------------------ two grants
def _contradictions(pack: Pack, cited: list[tuple[Cited, Grant]]) -> Iterator[Problem]:
    for (_, first), (at, second) in itertools.combinations(cited, 2):
        if (first.kind, first.act) != (second.kind, second.act) or first.forbidden or second.forbidden:
            continue
        if first.id in second.beside or second.id in first.beside:
            continue
        world = together(pack, (first.when, second.when))
        if world is not None:
            said = {"world": say(pack, world) or "任何情形", "world_en": say(pack, world, "en") or "always"}
            yield found(pack, "CONTRA", at, **_act(second), first=first.id, second=second.id, **said)


# ------------------------------------------------------------------------------------------------ the way to a level
def _needs_confirm(pack: Pack) -> bool:
    if pack.grants_for("incident", "confirm"):
        return False
    return any(test.subject == "level" for at in everything(pack) for test in tests(at.when))


def _climbs(pack: Pack) -> Iterator[Problem]:
    """Walk from every body that may assess, for every level it may say: does anybody go on?"""
    assess = [grant for grant in pack.grants_for("incident", "assess") if grant.links]
    confirm = [grant for grant in pack.grants_for("incident", "confirm") if grant.links or grant.hole or grant.outside]
    if not confirm:
        return
    told: set[tuple[str, str]] = set()
    for grant in assess:
        for body in dict.fromkeys(b for who in grant.links[-1].who for b in bodies_of(who)):
            for level in pack.level_order:
                if (body, level) not in told and not _goes_on(pack, grant, body, level, [*assess, *confirm]):
                    told.add((body, level))
                    yield _dead_end(pack, grant, body, level)


def _goes_on(pack: Pack, grant: Grant, body: str, level: str, nexts: list[Grant]) -> bool:
    tiers = pack.head.tiers or (None,)
    here = [tier for tier in tiers if together(pack, (grant.when,), _tier(tier)) is not None]
    said: dict[object, object] = {"assessed": level, "assessed_by": body}
    return all(
        any(together(pack, (one.when,), {**said, **_tier(tier)}) is not None for one in nexts if one is not grant)
        for tier in here
    )


def _tier(tier: str | None) -> dict[object, object]:
    return {} if tier is None else {"site.tier": tier}


def _dead_end(pack: Pack, grant: Grant, body: str, level: str) -> Problem:
    at = next(one for one in grants(pack) if one.thing is grant)
    labels = {"level": pack.label("level", level), "level_en": pack.label("level", level, "en")}
    return found(pack, "CLIMB", at, body=pack.body_label(body), body_en=pack.body_label(body, "en"), **labels)
