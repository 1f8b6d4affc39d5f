"""Writes of people: who they are, their administrative office, how they sign in.

A password that an administrator sets is a one-time one: shown once, nowhere stored readably, and changed by its person
before anything else is done.
"""

import secrets
from datetime import datetime
from typing import Any

from axes.utils import reset as forget_failures
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fengsui.directory.models import Organisation, Person, SignIn
from fengsui.directory.service.checks import email_of, home_of, named, person_of, same
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import no_such, refuse


@transaction.atomic
def create_person(
    organisation: str,
    name: str,
    *,
    actor: str,
    at: datetime,
    username: str = "",
    password: str = "",
    email: str = "",
    office: str = "",
    key: str | None = None,
) -> str:
    """Create a person, with a sign-in when `username` is given; return the id. The password meets the policy."""
    home = home_of(organisation)
    made = _made_before(home, key, name, email, office, username)
    if made is not None:
        return made.pk
    _known_office(office)
    row = Person(
        id=key or new_id(at),
        root=home.root,
        organisation=home,
        name=named(name, "姓名", "the name"),
        email=email_of(email),
        office=office,
        created_at=at,
    )
    row.save(force_insert=True)
    if username:
        _sign_in(row, username, password)
    content = {"id": row.pk, "organisation": organisation, "office": office, "username": username}
    ledger.record(row.root, "person_created", content, actor=actor, at=at)
    return row.pk


@transaction.atomic
def enrol(
    organisation: str, name: str, *, username: str, email: str, actor: str, at: datetime, key: str | None = None
) -> tuple[str, str]:
    """Create a person, with a one-time password where a user name is given; return the id and that password.

    The same form sent twice shows a new one-time password while its person has not set his own. Raises Refused, also
    `key_reused` where that form made somebody else.
    """
    home, username = home_of(organisation), username.strip()
    before = _made_before(home, key, name, email, "", username)
    if before is not None and not (before.active and _waits(before)):
        raise refuse("key_reused")
    made = before.pk if before else create_person(organisation, name, email=email, actor=actor, at=at, key=key)
    if not username:
        return made, ""
    return made, reset_password(home.root, made, username=username, actor=actor, at=at)


def _made_before(
    home: Organisation, key: str | None, name: str, email: str, office: str, username: str
) -> Person | None:
    """Return whom this form made before. Raises Refused (`key_reused`) where anything of him is other."""
    said = {"organisation_id": home.pk, "name": name.strip(), "email": email, "office": office}
    row = same(Person, home.root, key, **said)
    if row is not None and _account(row).get("user__username", "") != username:
        raise refuse("key_reused")
    return row


def _account(row: Person) -> dict[str, Any]:
    found = SignIn.objects.filter(root=row.root, person=row.pk).values("user__username", "once").first()
    return dict(found or {})


def _waits(row: Person) -> bool:
    """Whether a person has not set a password of his own: without a sign-in, or with a one-time one."""
    return bool(_account(row).get("once", True))


@transaction.atomic
def bind(user: Any, organisation: str, name: str, office: str, *, actor: str, at: datetime) -> str:
    """Put a person with an administrative office behind an account that has none; return the person's id.

    This is how the first officers of an installation come to be. An account that has a person keeps it.
    """
    found = SignIn.objects.filter(pk=user.pk).first()
    if found is not None:
        return found.person
    made = create_person(organisation, name, office=office, actor=actor, at=at)
    row = person_of(made)
    SignIn(user=user, root=row.root, person=row.pk).save(force_insert=True)
    ledger.record(row.root, "account_bound", {"person": row.pk, "username": user.get_username()}, actor=actor, at=at)
    return made


@transaction.atomic
def set_office(person: str, office: str, *, actor: str, at: datetime) -> None:
    """Give a person an administrative office, or take it (""). One who holds another is refused."""
    row = person_of(person)
    _known_office(office)
    if office and row.office and row.office != office:
        raise refuse("second_office")
    if office == row.office:
        return
    Person.objects.filter(pk=row.pk).update(office=office)
    ledger.record(row.root, "office_set", {"person": row.pk, "office": office}, actor=actor, at=at)


@transaction.atomic
def deactivate(person: str, *, actor: str, at: datetime) -> None:
    """End a person's sign-in and seats; what the person did stays in the logs."""
    row = person_of(person)
    if not row.active:
        return
    Person.objects.filter(pk=row.pk).update(active=False)
    for binding in SignIn.objects.filter(root=row.root, person=row.pk).select_related("user"):
        binding.user.is_active = False
        binding.user.save(update_fields=["is_active"])
    ledger.record(row.root, "person_deactivated", {"person": row.pk}, actor=actor, at=at)


def _sign_in(row: Person, username: str, password: str) -> SignIn:
    accounts = get_user_model()
    if not username or len(username) > 150:
        what = {"what": "用户名", "what_en": "the user name", "why": "为空或过长", "why_en": "it is empty or too long"}
        raise refuse("bad_input", **what)
    if accounts.objects.filter(username=username).exists():
        raise refuse("taken", what="用户名", what_en="the user name", name=username)
    _meets_policy(password, accounts(username=username))
    user = accounts.objects.create_user(username=username, password=password, email=row.email)
    found = SignIn(user=user, root=row.root, person=row.pk)
    found.save(force_insert=True)
    return found


def _known_office(office: str) -> None:
    if office not in Person.OFFICES:
        raise no_such(("岗位", "office"), office, ("系统", "the system"), Person.OFFICES[1:])


@transaction.atomic
def change_person(root: str, person: str, *, name: str, email: str, actor: str, at: datetime) -> None:
    """Change a person's name or address; the ledger keeps which of them changed, not what it was."""
    row = _in(root, person)
    wanted = {"name": named(name, "姓名", "the name"), "email": email_of(email.strip())}
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if not changed:
        return
    Person.objects.filter(pk=row.pk).update(**wanted)
    ledger.record(root, "person_changed", {"person": row.pk, "changed": changed}, actor=actor, at=at)


@transaction.atomic
def reset_password(root: str, person: str, *, actor: str, at: datetime, username: str = "") -> str:
    """Give a person a one-time password and return it: it is shown once and stored nowhere readably.

    A person without a sign-in gets one under `username`. Failures counted before are forgotten.
    """
    row = _in(root, person)
    once = secrets.token_urlsafe(12)
    found = SignIn.objects.select_related("user").filter(root=root, person=row.pk).first()
    if found is None:
        found = _sign_in(row, username.strip(), once)
    found.user.set_password(once)
    found.user.save(update_fields=["password"])
    SignIn.objects.filter(pk=found.pk).update(once=True)
    forget_failures(username=found.user.get_username())
    ledger.record(root, "password_reset", {"person": row.pk}, actor=actor, at=at)
    return once


@transaction.atomic
def set_own_password(person: str, old: str, new: str, *, at: datetime) -> None:
    """Change one's own password: the old one fits, the new one is another and meets the policy. Raises Refused."""
    row = person_of(person)
    found = SignIn.objects.select_related("user").filter(root=row.root, person=row.pk).first()
    if found is None or not found.user.check_password(old):
        raise refuse("bad_input", what="现用口令", what_en="the present password", why="不对", why_en="it does not fit")
    if new == old:
        raise refuse("bad_input", what="新口令", what_en="the new password", why="与现用相同", why_en="it is the same")
    _meets_policy(new, found.user)
    found.user.set_password(new)
    found.user.save(update_fields=["password"])
    SignIn.objects.filter(pk=found.pk).update(once=False)
    ledger.record(row.root, "password_changed", {"person": row.pk}, actor=row.pk, at=at)


@transaction.atomic
def unlock(root: str, person: str, *, actor: str, at: datetime) -> None:
    """Let a person try again before the lock-out ends. Raises Refused (`absent`) where nothing is locked."""
    row = _in(root, person)
    found = SignIn.objects.select_related("user").filter(root=root, person=row.pk).first()
    if found is None or not forget_failures(username=found.user.get_username()):
        raise refuse("absent")
    ledger.record(root, "unlocked", {"person": row.pk}, actor=actor, at=at)


def _in(root: str, person: str) -> Person:
    """Return an active person of a root, locked. Raises Refused (`absent`)."""
    row = Person.objects.select_for_update().filter(root=root, pk=person, active=True).first()
    if row is None:
        raise refuse("absent")
    return row


def _meets_policy(password: str, user: object) -> None:
    try:
        validate_password(password, user)  # type: ignore[arg-type]
    except ValidationError as error:
        why = " ".join(error.messages)
        raise refuse("bad_input", what="口令", what_en="the password", why=why) from None
