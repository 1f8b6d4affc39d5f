"""A plan and the regimes beside it: what of a regime nobody ties to the plan, and what cannot be tied (REGIME).

Rules
- What is the same question should be asked once: each fact, matter and body of a regime that is not one of the plan is
  listed, with the plan's things of the same type and a like name, for a `std` word or the overlay's `ties`.
- A difference is never an error of the plan: beside it the regime's thing simply has a name of its own. Only types that
  contradict each other block.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from fengsui.core.pack import Pack
from fengsui.core.pack.joined import Names, join
from fengsui.core.problems import Code, Problem, Where, declare

declare(
    Code(
        "REGIME",
        "note",
        "并行制度的{sort}“{name}”（{id}）在本预案里没有对应的，会另外单列。{like}",
        "The regime's {sort_en} '{name_en}' ({id}) is nothing of the plan; it stands by itself. {like_en}",
        "同一件事的，两边写同一个 is: std.…，或由本单位在 overlay.yaml 的 ties 里对应。",
        "Where both are one thing, say the same `is: std...` in both, or tie them in overlay.yaml.",
        "fengsui lint demo-linjiang --with cac-2025",
    ),
    Code(
        "REGIME-TYPE",
        "error",
        "并行制度的“{thing}”与“{own}”对不上：{why}。",
        "The regime's '{thing}' does not fit '{own}': {why_en}.",
        "两边改成同一类型。",
        "Give both the same type.",
        "asset.cii: count beside asset.cii: yes_no",
    ),
)

_SORTS = {"facts": ("事实", "fact"), "matters": ("事项", "matter"), "bodies": ("机构", "body")}


def beside(plan: Pack, regimes: Sequence[Pack], ties: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what of each regime stands by itself beside the plan, and what contradicts it."""
    joined = join(plan, regimes, ties)
    for problem in joined.problems:
        yield Problem("REGIME-TYPE", problem.params, problem.where)
    for regime, names in zip(regimes, joined.names, strict=True):
        yield from _untied(plan, regime, names)


def _untied(plan: Pack, regime: Pack, names: Names) -> Iterator[Problem]:
    asked = {name: fact for name, fact in regime.facts.items() if fact.means is None and fact.derive is None}
    tables: tuple[tuple[str, Mapping[str, object], Mapping[str, object], Mapping[str, str]], ...] = (
        ("facts", asked, plan.facts, names.facts),
        ("matters", regime.terms.matters, plan.terms.matters, names.matters),
        ("bodies", regime.bodies, plan.bodies, names.bodies),
    )
    for sort, theirs, ours, called in tables:
        for name, thing in theirs.items():
            if called[name] == names.own(name):
                yield _found(sort, name, thing, regime, _like(thing, ours))


def _like(thing: object, ours: Mapping[str, object]) -> tuple[str, ...]:
    """Return the plan's things of the same type whose label is like this one's."""
    type_ = getattr(thing, "type", None)
    labels = {str(getattr(one, "zh", "")): name for name, one in ours.items() if getattr(one, "type", None) == type_}
    close = difflib.get_close_matches(str(getattr(thing, "zh", "")), list(labels), n=3, cutoff=0.5)
    return tuple(labels[label] for label in close)


def _found(sort: str, name: str, thing: object, regime: Pack, like: tuple[str, ...]) -> Problem:
    zh, en = str(getattr(thing, "zh", name)), getattr(thing, "en", None)
    params = {"sort": _SORTS[sort][0], "sort_en": _SORTS[sort][1], "name": zh, "name_en": str(en or zh)}
    params |= {"id": f"{regime.id}:{name}", "like": "", "like_en": ""}
    if like:
        params |= {"like": f"也许是：{'、'.join(like)}。", "like_en": f"Perhaps: {', '.join(like)}."}
    file = "terms.yaml" if sort == "matters" else f"{sort}.yaml"
    place = regime.positions.get((file, f"{sort}.{name}"))
    clause = tuple(f"{regime.id}:{c}" for c in getattr(thing, "clause", ()))
    return Problem(
        "REGIME", params, Where(f"{regime.id}/{file}", place[0] if place else None, f"{sort}.{name}"), clause
    )
