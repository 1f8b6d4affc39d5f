"""Findings about parts of a plan that pull against each other: contradictions of the text, inversions, conflicts.

Rules
- A switch is a contradiction once its options cite different clauses (CONTRA-TEXT), else two senses of one sentence.
- Inversions compare the same act or the same event along a scale: what is lighter should not take more hands, and what
  is graver should not be told to fewer.
- A conflict of office is told where one body judges its own work, or where one person sits on both ends of a chain.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from fengsui.core.lint.authority import bodies_of
from fengsui.core.lint.places import Cited, duties, found, grants, steps
from fengsui.core.lint.worlds import together
from fengsui.core.pack import BodyRef, Duty, Grant, Pack, Step, Who
from fengsui.core.pack.acts import ACT_NAMES
from fengsui.core.problems import Problem
from fengsui.core.timing import Days, Length, Months, Soft, WorkingDays

SCALE_OF = {"activate": "level", "end": "response", "issue": "colour", "lift": "colour", "investigate": "level"}
_HOLDER = re.compile(r"[（(]([^（）()]{4,})[）)]")
NUMBERS = (Length, Days, WorkingDays, Months)
Placed = tuple[Cited, Grant]


def tensions(pack: Pack) -> Iterator[Problem]:
    """Yield every finding about parts that do not go together."""
    placed = [(at, at.thing) for at in grants(pack) if isinstance(at.thing, Grant)]
    yield from _switches(pack)
    yield from _ways(pack, placed)
    yield from _hands(pack, placed)
    yield from _harder_to_end(pack, placed)
    yield from _told(pack)
    yield from _own_work(pack, placed)
    yield from _one_person(pack, placed)
    yield from _two_limits(pack)
    yield from _unlawful(pack)


# ------------------------------------------------------------------------------------------------ switches
def _switches(pack: Pack) -> Iterator[Problem]:
    for name, switch in pack.readings.switches.items():
        if len(switch.options) < 2:
            continue
        place = ("readings.yaml", f"switches.{name}")
        label = {"reading": switch.zh, "reading_en": switch.en or switch.zh}
        said = {"options": "；".join(option.zh for option in switch.options.values())}
        said["options_en"] = "; ".join(option.en or option.zh for option in switch.options.values())
        differ = len({option.clause for option in switch.options.values()}) > 1
        clauses = tuple(dict.fromkeys(c for option in switch.options.values() for c in option.clause))
        yield found(pack, "CONTRA-TEXT" if differ else "READING-SENSE", place, clauses, **label, **said)


def _ways(pack: Pack, placed: Sequence[Placed]) -> Iterator[Problem]:
    """Ways to one act that the author declared to stand side by side."""
    told: set[frozenset[str]] = set()
    for at, grant in placed:
        ways = frozenset((grant.id, *grant.beside))
        if len(ways) > 1 and not any(ways <= one for one in told):
            told.add(ways)
            zh, en = ACT_NAMES.get(grant.act, (grant.act, grant.act))
            yield found(pack, "CONTRA-WAYS", at, act=zh, act_en=en, grants="、".join((grant.id, *grant.beside)))


# ------------------------------------------------------------------------------------------------ inversions
def _hands(pack: Pack, placed: Sequence[Placed]) -> Iterator[Problem]:
    """A lighter value of the same act that takes more parties than a graver one."""
    for kind, act in dict.fromkeys((grant.kind, grant.act) for _, grant in placed):
        scale = "colour" if kind == "warning" else SCALE_OF.get(act, "")
        order = pack.words.domain.scales.get(scale, ())
        count = {value: _fewest(pack, placed, kind, act, {scale: value}) for value in order}
        known = [value for value in order if count[value] is not None]
        for light, grave in itertools.pairwise(known):
            (few, _), (many, at) = count[grave], count[light]  # type: ignore[misc]
            if many > few:
                yield found(pack, "INVERT-HANDS", at, **_words(pack, act, scale, light, grave, many, few))


def _fewest(
    pack: Pack, placed: Sequence[Placed], kind: str, act: str, world: dict[object, object]
) -> tuple[int, Cited] | None:
    """Return the least number of parties that the act takes in a world; None where nobody here may."""
    found_ = [
        (sum(len(link.who) for link in grant.links), at)
        for at, grant in placed
        if (grant.kind, grant.act) == (kind, act)
        and grant.links
        and not grant.outside
        and together(pack, (grant.when,), world) is not None
    ]
    return min(found_, key=lambda pair: pair[0]) if found_ else None


def _words(pack: Pack, act: str, scale: str, light: str, grave: str, many: int, few: int) -> dict[str, str]:
    zh, en = ACT_NAMES.get(act, (act, act))
    words = {**_value_words(pack, scale, light, "lighter"), **_value_words(pack, scale, grave, "graver")}
    return {"act": zh, "act_en": en, **words, "many": str(many), "few": str(few)}


def _value_words(pack: Pack, scale: str, value: str, key: str) -> dict[str, str]:
    return {key: pack.label(scale, value), f"{key}_en": pack.label(scale, value, "en")}


def _harder_to_end(pack: Pack, placed: Sequence[Placed]) -> Iterator[Problem]:
    """Where one body starts a response alone and cannot end it: it takes another's consent, or one outside."""
    starts = [g for _, g in placed if (g.kind, g.act) == ("incident", "activate") and g.by]
    ends = [(at, g) for at, g in placed if (g.kind, g.act) == ("incident", "end") and (g.links or g.outside)]
    for response in pack.words.domain.scales.get("response", ()):
        for at, grant in ends:
            world = {"response": response, **_counterpart(pack, response)}
            begun = _holders([g for g in starts if together(pack, (g.when, grant.when), world) is not None])
            needed = {body for link in grant.links for who in link.who for body in bodies_of(who)}
            needed |= {body for who in grant.outside for body in bodies_of(who)}
            if begun and needed - begun:
                words = {**_value_words(pack, "response", response, "response"), "grant": grant.id}
                words |= {"starter": _names(pack, begun), "others": _names(pack, needed - begun)}
                yield found(pack, "END-HARDER", at, **words)


def _counterpart(pack: Pack, response: str) -> dict[object, object]:
    """Return the level of the same rank as a response."""
    responses, levels = pack.words.domain.scales["response"], pack.level_order
    return {"level": levels[responses.index(response)]} if len(levels) == len(responses) else {}


def _holders(rules: Sequence[Grant]) -> set[str]:
    return {body for grant in rules for link in grant.links for who in link.who for body in bodies_of(who)}


def _names(pack: Pack, bodies: set[str]) -> str:
    return "、".join(pack.body_label(name) for name in sorted(bodies))


def _told(pack: Pack) -> Iterator[Problem]:
    """Two duties of one event and holder, along the scale: the graver one tells somebody less."""
    placed = [(at, at.thing) for at in duties(pack) if isinstance(at.thing, Duty) and at.thing.to]
    for (_, first), (at, second) in itertools.permutations(placed, 2):
        if (first.kind, first.on, first.by) != (second.kind, second.on, second.by) or first.owes.zh != second.owes.zh:
            continue
        scale = _scale_between(pack, first, second)
        # A reading may stand for anybody: only bodies named outright can be missed.
        less = {one for one in set(_who(first.to)) - set(_who(second.to)) if not one.startswith("$")}
        if scale and less:
            names = "、".join(pack.body_label(body) for body in sorted(less))
            yield found(pack, "INVERT-TOLD", at, grave=second.id, light=first.id, less=names)


def _who(parties: Sequence[Who]) -> tuple[str, ...]:
    return tuple(one.text for one in parties if isinstance(one, BodyRef))


def _scale_between(pack: Pack, light: Duty, grave: Duty) -> str | None:
    """Return the scale along which one duty begins where the other ends, the second being the graver."""
    for scale in ("current", "level", "assessed", "response", "colour"):
        order = pack.words.domain.scales.get(scale if scale in ("response", "colour") else "level", ())
        fits = [
            {value for value in order if together(pack, (duty.when,), {scale: value}) is not None}
            for duty in (light, grave)
        ]
        if all(0 < len(found_) < len(order) for found_ in fits):
            ranks = [[order.index(value) for value in found_] for found_ in fits]
            if max(ranks[0]) < min(ranks[1]):
                return scale
    return None


# ------------------------------------------------------------------------------------------------ conflicts of office
def _own_work(pack: Pack, placed: Sequence[Placed]) -> Iterator[Problem]:
    """An investigation by the unit whose incident it was, or by the body that led the handling."""
    leads = {
        body
        for _, grant in placed
        if grant.kind == "incident" and grant.act in ("activate", "order", "end")
        for link in grant.links
        for who in link.who
        for body in bodies_of(who)
    }
    for at, grant in placed:
        if grant.act != "investigate":
            continue
        for body in dict.fromkeys(b for link in grant.links for who in link.who for b in bodies_of(who)):
            if pack.bodies[body].from_ == "asset.owner" or (body in leads and not grant.outside):
                yield found(pack, "CONFLICT-OWN", at, body=pack.body_label(body), body_en=pack.body_label(body, "en"))


def _one_person(pack: Pack, placed: Sequence[Placed]) -> Iterator[Problem]:
    """One office-holder named in the posts of both the proposing and the approving body."""
    for at, grant in placed:
        for first, second in itertools.combinations(grant.links, 2):
            for one, other in itertools.product(_bodies(first.who), _bodies(second.who)):
                same = _holders_named(pack, one) & _holders_named(pack, other)
                if one != other and same:
                    names = {"one": pack.body_label(one), "other": pack.body_label(other), "holder": min(same)}
                    names |= {"one_en": pack.body_label(one, "en"), "other_en": pack.body_label(other, "en")}
                    yield found(pack, "CONFLICT-POST", at, **names)


def _bodies(parties: Sequence[Who]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(body for who in parties for body in bodies_of(who)))


def _holders_named(pack: Pack, body: str) -> set[str]:
    """Return who holds the posts that speak for a body, as their labels say: 主任（分管信息工作的副局长）."""
    spec = pack.bodies[body]
    posts = (spec.posts[name] for name in spec.acts_through or spec.posts)
    return {holder for post in posts for holder in _HOLDER.findall(post.zh)}


# ------------------------------------------------------------------------------------------------ limits, the law
def _two_limits(pack: Pack) -> Iterator[Problem]:
    """One report to one recipient under two limits: the same holder owes it by a number here and by a word there."""
    placed = [(at, at.thing) for at in duties(pack) if isinstance(at.thing, Duty) and at.thing.to]
    for (_, first), (at, second) in itertools.combinations(placed, 2):
        if first.kind != second.kind or not {e.name for e in first.on} & {e.name for e in second.on}:
            continue
        shared = [body for body in _who(first.to) if body in _who(second.to)]
        numbers = [isinstance(duty.within, NUMBERS) for duty in (first, second)]
        words = [isinstance(duty.within, Soft) for duty in (first, second)]
        if shared and any(numbers) and any(words) and together(pack, (first.when, second.when)) is not None:
            to = "、".join(pack.body_label(x) for x in shared)
            yield found(pack, "CONTRA-LIMIT", at, first=first.id, second=second.id, to=to)


def _unlawful(pack: Pack) -> Iterator[Problem]:
    for at in steps(pack):
        menu = at.thing.choose if isinstance(at.thing, Step) else None
        for label in menu.forbid.values() if menu else ():
            yield found(pack, "LAW-FORBIDDEN", at, option=label.zh, option_en=label.en or label.zh)
