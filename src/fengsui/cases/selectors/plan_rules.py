"""The bodies of an installed plan and who may do what, as values: for readers that are programs."""

from dataclasses import dataclass

from fengsui.cases.selectors.plan_page import carried_out
from fengsui.core.explain import explain
from fengsui.core.problems import Lang


@dataclass(frozen=True, slots=True)
class Named:
    """An id and what it is called."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A body of the plan; `under` the body above it, `many` where there are several units of it."""

    id: str
    label: str
    kind: str
    under: str
    many: bool
    posts: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A rule of who may do which acts, read aloud."""

    id: str
    acts: tuple[str, ...]
    says: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanRules:
    """What an installed plan says of bodies and of who may do what, as the reader's organisation carries it out."""

    bodies: tuple[BodyRow, ...]
    grants: tuple[GrantRow, ...]


def plan_rules(person: str, pack: str, version: str, *, lang: Lang = "zh") -> PlanRules | None:
    """Return them, or None for a plan that is not installed in the reader's root."""
    found = carried_out(person, pack, version, lang)
    if found is None:
        return None
    plan = found.pack
    bodies = tuple(
        BodyRow(
            id=name,
            label=plan.label("body", name, lang),
            kind=body.kind,
            under=body.under or "",
            many=body.many,
            posts=tuple(
                Named(post, label.zh if lang == "zh" else label.en or label.zh) for post, label in body.posts.items()
            ),
        )
        for name, body in plan.bodies.items()
    )
    acts = {grant.id: grant.act for grant in plan.grants}
    grants = tuple(
        GrantRow(one.rule, tuple(acts[one.rule].split()), one.text, one.clauses)
        for one in explain(plan, lang=lang, readings=found.readings)
        if one.sort == "grant"
    )
    return PlanRules(bodies, grants)
