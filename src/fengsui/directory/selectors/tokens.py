"""Reads of the keys to the HTTP interface: whose a key is, and which keys there are.

Rules
- An unknown key, a wrong secret, an ended or revoked key and one of a person who left look the same: None.
- A list never shows a secret or its digest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q

from fengsui.directory import tokens
from fengsui.directory.models import Token
from fengsui.directory.selectors.known import PersonRef, person, root_of
from fengsui.ledger import selectors as ledger
from fengsui.ledger.once import Head, remembered_head, standing, steady

OVER = 500
"""The most keys that are over in one list."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who speaks by a key, what the key opens, and the head of the administration's ledger that it was held against."""

    token: str
    person: PersonRef
    scopes: tuple[str, ...]
    expires_at: datetime
    head: Head


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


def bearer(text: str, at: datetime, *, remembered: bool = False) -> Bearer | None:
    """Return who speaks by a key at the moment, or None.

    Where it may be `remembered`, the administration is taken as this process saw it last: whoever writes has to find
    that head still in force (`Head`).
    """
    found = tokens.parts(text)
    if found is None:
        return None
    id, secret = found
    root = _root_of(id)
    if root is None:
        return None
    head = (remembered_head(root) if remembered else None) or ledger.administration(root)
    with standing(root, head.digest):
        kept = _kept(root, id)
        who = person(kept.person) if kept else None
    if kept is None or who is None or not tokens.same(kept.digest, secret) or kept.expires_at <= at:
        return None
    return Bearer(id, who, kept.scopes, kept.expires_at, head)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a key is held against."""

    person: str
    digest: str
    scopes: tuple[str, ...]
    expires_at: datetime


@steady
def _kept(root: str, id: str) -> _Kept | None:
    row = Token.objects.filter(root=root, pk=id, revoked_at=None).first()
    return _Kept(row.person_id, row.digest, tuple(row.scopes), row.expires_at) if row else None


_ROOTS: dict[str, str] = {}


def _root_of(id: str) -> str | None:
    """Return the root of a key, which never changes, or None where there is no such key."""
    if id not in _ROOTS:
        row = Token.objects.filter(pk=id).values_list("root", "person").first()
        if row is None or root_of(row[1]) != row[0]:
            return None
        _ROOTS[id] = row[0]
    return _ROOTS[id]


def tokens_of(root: str, person: str, at: datetime) -> tuple[TokenRow, ...]:
    """Return the keys of one person, those in force first, the newest first."""
    rows = Token.objects.select_related("person").filter(root=root, person=person).order_by("-created_at", "-pk")
    return _listed(rows, at)


def tokens_within(root: str, organisations: Iterable[str], at: datetime) -> tuple[TokenRow, ...]:
    """Return the keys of the people of some organisations, those in force first, the newest first.

    All in force, for each can be revoked only from this list; of those over, `OVER` at most.
    """
    rows = Token.objects.select_related("person").filter(root=root, person__organisation__in=tuple(organisations))
    rows, live = rows.order_by("-created_at", "-pk"), Q(revoked_at=None, expires_at__gt=at)
    return _listed((*rows.filter(live), *rows.exclude(live)[:OVER]), at)


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
