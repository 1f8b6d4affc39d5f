"""Reads of the keys to the HTTP interface: whose a key is, and which keys there are.

Rules
- An unknown key, a wrong secret, an ended or revoked key and one of a person who left look the same: None.
- A list never shows a secret or its digest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fengsui.directory import tokens
from fengsui.directory.models import Token
from fengsui.directory.selectors.known import PersonRef, person_ref


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who speaks by a key, and what the key opens."""

    token: str
    person: PersonRef
    scopes: tuple[str, ...]
    last_used_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A key in a list."""

    id: str
    name: str
    person: str
    person_name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    state: Literal["live", "expired", "revoked"]


def bearer(text: str, at: datetime) -> Bearer | None:
    """Return who speaks by a key at the moment, or None."""
    found = tokens.parts(text)
    if found is None:
        return None
    id, secret = found
    row = Token.objects.select_related("person__organisation").filter(pk=id).first()
    if row is None or not tokens.same(row.digest, secret):
        return None
    if row.revoked_at is not None or row.expires_at <= at or not row.person.active:
        return None
    return Bearer(row.pk, person_ref(row.person), tuple(row.scopes), row.last_used_at, row.expires_at)


def tokens_of(root: str, person: str, at: datetime) -> tuple[TokenRow, ...]:
    """Return the keys of one person, those in force first, the newest first."""
    rows = Token.objects.select_related("person").filter(root=root, person=person).order_by("-created_at", "-pk")
    return _listed(rows, at)


def tokens_within(root: str, organisations: Iterable[str], at: datetime) -> tuple[TokenRow, ...]:
    """Return the keys of the people of some organisations, those in force first, the newest first."""
    rows = Token.objects.select_related("person").filter(root=root, person__organisation__in=tuple(organisations))
    return _listed(rows.order_by("-created_at", "-pk")[:500], at)


def _listed(rows: Iterable[Token], at: datetime) -> tuple[TokenRow, ...]:
    return tuple(sorted((_row(row, at) for row in rows), key=lambda row: row.state != "live"))


def _row(row: Token, at: datetime) -> TokenRow:
    return TokenRow(
        id=row.pk,
        name=row.name,
        person=row.person_id,
        person_name=row.person.name,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        state="revoked" if row.revoked_at else "expired" if row.expires_at <= at else "live",
    )
