"""Whose key it is, over HTTP."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from fengsui.api import schemas
from fengsui.api.answers import lang
from fengsui.api.asking import ANY, at, who
from fengsui.cases import selectors as cases
from fengsui.ledger.problems import refuse

router = Router(tags=["key"])


@router.get("", response=schemas.MeOut, auth=ANY, summary="Whose key this is")
def me(request: HttpRequest) -> Any:
    """The key's person with the seats held now, what the key opens, and until when."""
    bearer = who(request)
    bar = cases.person_bar(bearer.person.id, at(request), lang=lang())
    if bar is None:
        raise refuse("absent")
    return {
        "person": bearer.person.id,
        "label": bar.label,
        "organisation": bar.organisation,
        "organisation_id": bearer.person.organisation,
        "zone": bar.zone,
        "seats": bar.seats,
        "scopes": bearer.scopes,
        "expires_at": bearer.expires_at,
    }
