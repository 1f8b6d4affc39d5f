"""Plans over HTTP: what is installed, and what one of them says of bodies, duties, acts and open questions."""

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router

from fengsui.api import schemas
from fengsui.api.answers import lang
from fengsui.api.asking import READ, who
from fengsui.cases import selectors as cases
from fengsui.ledger.problems import refuse

router = Router(tags=["plans"])


@router.get("", response=schemas.PlanList, auth=READ, summary="Installed plans")
def plans(request: HttpRequest) -> Any:
    """The plans and regimes installed here, the plan in force first."""
    return {"items": cases.plans_page(who(request).person.id)}


@router.get("/{pack}/{version}", response=schemas.PlanOut, auth=READ, summary="One plan")
def plan(
    request: HttpRequest,
    pack: Annotated[str, Path(max_length=100, examples=["demo-linjiang"])],
    version: Annotated[str, Path(max_length=40, examples=["1.0.0"])],
) -> Any:
    """A plan as it is carried out in the organisation of the key's person: bodies, duties, grants, parameters."""
    me = who(request).person.id
    page = cases.plan_page(me, pack, version, lang=lang())
    rules = cases.plan_rules(me, pack, version, lang=lang())
    if page is None or rules is None:
        raise refuse("absent")
    head = ("id", "version", "title", "issuer", "in_force_from", "digest", "adopted", "overlay", "regime", "clauses")
    return {
        **{name: getattr(page, name) for name in head},
        **asdict(rules),
        "duties": page.body.duties,
        "parameters": page.questions,
    }
