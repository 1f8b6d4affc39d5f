"""Writes of the keys to the HTTP interface: made by their person, revoked by him or by the security administrator.

Rules
- An end is always given, at most 366 days away; at least one scope; never more than `MANY` in force.
- Making and revoking are entries of the ledger; the entries hold no secret and no digest of one.
- When a key was last used is written at most once a minute: a request is not a write.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from fengsui.directory import tokens
from fengsui.directory.models import Person, Token
from fengsui.directory.service.checks import same
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse

WRITTEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def make_token(
    person: str, name: str, scopes: Sequence[str], *, until: datetime, at: datetime, key: str | None = None
) -> str:
    """Make a key for a person and return it whole, for the one time it is shown; "" when the form was sent twice.

    `until` is when it ends (aware). Raises Refused: `absent`, `bad_input`.
    """
    row = Person.objects.select_for_update().filter(pk=person, active=True).first()
    if row is None:
        raise refuse("absent")
    kept = [scope for scope in tokens.SCOPES if scope in scopes]
    if same(Token, row.root, key, person_id=row.pk, name=name.strip(), scopes=kept, expires_at=until) is not None:
        return ""
    _holds(row, name, kept, scopes, until, at)
    secret = tokens.new_secret()
    made = Token(
        id=key or new_id(at),
        root=row.root,
        person=row,
        name=name.strip(),
        scopes=kept,
        digest=tokens.digest_of(secret),
        created_at=at,
        expires_at=until,
    )
    made.save(force_insert=True)
    content = {"id": made.pk, "person": row.pk, "name": made.name, "scopes": kept, "until": until}
    ledger.record(row.root, "token_made", content, actor=row.pk, at=at)
    return tokens.written(made.pk, secret)


@transaction.atomic
def revoke_token(root: str, token: str, *, actor: str, at: datetime) -> None:
    """End a key now. Raises Refused (`absent`) where there is none in force."""
    row = Token.objects.select_for_update().filter(root=root, pk=token, revoked_at=None, expires_at__gt=at).first()
    if row is None:
        raise refuse("absent")
    Token.objects.filter(pk=row.pk).update(revoked_at=at)
    ledger.record(root, "token_revoked", {"id": row.pk, "person": row.person_id}, actor=actor, at=at)


def mark_used(root: str, token: str, *, at: datetime) -> None:
    """Note that a key in force was used, where that was not noted within the last minute."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - WRITTEN_EVERY)
    Token.objects.filter(stale, root=root, pk=token, revoked_at=None).update(last_used_at=at)


def _holds(row: Person, name: str, kept: Sequence[str], asked: Sequence[str], until: datetime, at: datetime) -> None:
    what = {"what": "令牌", "what_en": "the token"}
    if not name.strip() or len(name.strip()) > 60:
        raise refuse("bad_input", **what, why="名称为空或超过 60 字", why_en="its name is empty or too long")
    if not kept or set(asked) - set(kept):
        known = " ".join(tokens.SCOPES)
        raise refuse("bad_input", **what, why=f"范围从 {known} 中选", why_en=f"its scopes are among {known}")
    if not at < until <= at + tokens.LONGEST:
        days = tokens.LONGEST.days
        why = {"why": f"须写明止期，且不超过 {days} 天", "why_en": f"it must end within {days} days"}
        raise refuse("bad_input", **what, **why)
    if Token.objects.filter(root=row.root, person=row, revoked_at=None, expires_at__gt=at).count() >= tokens.MANY:
        why = {"why": f"已有 {tokens.MANY} 个在用", "why_en": f"there are {tokens.MANY} in force"}
        raise refuse("bad_input", **what, **why)
