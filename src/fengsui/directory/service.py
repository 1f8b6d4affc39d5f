"""Writes of the directory: organisations, units, people, appointments, delegations, outside bodies, assets, sign-ins.

Rules
- Every change names its actor and its moment and is an entry of the ledger, in one transaction with the change.
- Who is appointed to what is checked against the pack that the organisation has adopted, once it has one.
- An administrative office (system, security, audit, plan) is held alone: three offices, three persons (三员分立).
- Rows are ended, never deleted: the log speaks of them.

Seats, not persons, are what the plan knows; a person's rights on a case are decided by the engine from the seats.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from fengsui.core.pack.acts import ACTS, VERBS
from fengsui.directory.models import Appointment, Asset, Delegation, Organisation, Person, SignIn, Unit
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.library import selectors as library


@transaction.atomic
def create_organisation(
    name: str,
    code: str,
    *,
    actor: str,
    at: datetime,
    parent: str | None = None,
    zone: str = "Asia/Shanghai",
    tier: str = "",
    name_en: str = "",
    outlines_from_opening: bool = False,
) -> str:
    """Create an organisation and return its id. Without `parent` it is the top of a new tree (its own root).

    `code` begins the numbers of its cases (`LJ` in LJ-2026-0037); `zone` is an IANA name.
    """
    _known_zone(zone)
    above = Organisation.objects.filter(pk=parent).first() if parent else None
    if parent and above is None:
        raise refuse("absent")
    id = new_id(at)
    row = Organisation(
        id=id,
        root=above.root if above else id,
        parent=above,
        name=_text(name, "单位名称", "the name"),
        name_en=name_en,
        code=_code(code),
        zone=zone,
        tier=tier,
        outlines_from_opening=outlines_from_opening,
        created_at=at,
    )
    _insert(row, "单位代码", "the code", code)
    ledger.record(row.root, "organisation_created", {"id": id, "name": name, "code": code}, actor=actor, at=at)
    return id


@transaction.atomic
def create_unit(
    root: str, organisation: str, body: str, place: str, name: str, *, actor: str, at: datetime, contact: str = ""
) -> None:
    """Put down one unit of a body (`office`, `info`, 信息中心), or with an empty place a body's local name."""
    _body(root, organisation, body)
    _unit(root, organisation, body, place, name, contact, external=False, linked="", at=at)
    content = {"organisation": organisation, "body": body, "place": place, "name": name}
    ledger.record(root, "unit_created", content, actor=actor, at=at)


@transaction.atomic
def create_external(
    root: str,
    organisation: str,
    body: str,
    name: str,
    *,
    actor: str,
    at: datetime,
    contact: str = "",
    linked: str = "",
) -> None:
    """Put down who an outside body of the plan is; `linked` when it is an organisation installed here."""
    _body(root, organisation, body)
    _unit(root, organisation, body, "", name, contact, external=True, linked=linked, at=at)
    content = {"organisation": organisation, "body": body, "name": name, "linked": linked}
    ledger.record(root, "external_created", content, actor=actor, at=at)


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
) -> str:
    """Create a person, with a sign-in when `username` is given; return the id. The password meets the policy."""
    home = Organisation.objects.filter(pk=organisation).first()
    if home is None:
        raise refuse("absent")
    if office not in Person.OFFICES:
        raise refuse("no_such_name", what="岗位", name=office, where="系统", known=" ".join(Person.OFFICES[1:]))
    row = Person(
        id=new_id(at),
        root=home.root,
        organisation=home,
        name=_text(name, "姓名", "the name"),
        email=_email(email),
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
def set_office(person: str, office: str, *, actor: str, at: datetime) -> None:
    """Give a person an administrative office, or take it (""). One who holds another is refused."""
    row = _person(person)
    if office not in Person.OFFICES:
        raise refuse("no_such_name", what="岗位", name=office, where="系统", known=" ".join(Person.OFFICES[1:]))
    if office and row.office and row.office != office:
        raise refuse("second_office")
    Person.objects.filter(pk=row.pk).update(office=office)
    ledger.record(row.root, "office_set", {"person": row.pk, "office": office}, actor=actor, at=at)


@transaction.atomic
def appoint(
    person: str,
    body: str,
    *,
    actor: str,
    at: datetime,
    post: str = "",
    place: str = "",
    organisation: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> str:
    """Seat a person in a body, or a post of it, from `since` (default: now) until `until`; return the id."""
    row = _person(person)
    home = organisation or row.organisation_id
    _post(row.root, home, body, post)
    if place and not Unit.objects.filter(root=row.root, organisation=home, body=body, place=place).exists():
        known = Unit.objects.filter(root=row.root, organisation=home, body=body).values_list("place", flat=True)
        raise refuse("no_such_name", what="处室", name=place, where="本单位", known=" ".join(known) or "—")
    start = since or at
    if until and until <= start:
        raise refuse(
            "bad_input", what="任期", what_en="the period", why="止期不晚于起期", why_en="it ends before it begins"
        )
    held = Appointment(
        id=new_id(at),
        root=row.root,
        organisation_id=home,
        person=row,
        body=body,
        post=post,
        place=place,
        since=start,
        until=until,
    )
    held.save(force_insert=True)
    content = {"id": held.pk, "person": person, "seat": [body, post, place], "since": start, "until": until}
    ledger.record(row.root, "appointed", content, actor=actor, at=at)
    return held.pk


@transaction.atomic
def end_appointment(appointment: str, *, actor: str, at: datetime, until: datetime | None = None) -> None:
    """End an appointment at `until` (default: now)."""
    row = Appointment.objects.select_for_update().filter(pk=appointment).first()
    if row is None:
        raise refuse("absent")
    row.until = until or at
    row.save(update_fields=["until"])
    ledger.record(row.root, "appointment_ended", {"id": row.pk, "until": row.until}, actor=actor, at=at)


@transaction.atomic
def delegate(
    organisation: str,
    of: str,
    *,
    document: str,
    until: datetime,
    actor: str,
    at: datetime,
    to: str = "",
    person: str | None = None,
    acts: Sequence[str] = (),
    since: datetime | None = None,
) -> str:
    """Lend the seat `of` (`leading_group.head`, `office.head@info`) to another post or to one person; return the id.

    `acts` are acts or kinds of link (`approve`); none means all that need not be done in person. `document` is the
    number of the paper. What was lent is not lent further: only one's own post opens a lent seat. Raises Refused:
    `absent`, `no_such_name`, `bad_input`.
    """
    home = Organisation.objects.filter(pk=organisation).first()
    deputy = _person(person) if person else None
    if home is None or (deputy is not None and deputy.root != home.root):
        raise refuse("absent")
    start = since or at
    _delegation_holds(of, to, deputy, acts, start, until)
    whose, whom = (_known_seat(home, text) if text else ("", "", "") for text in (of, to))
    row = Delegation(
        **dict(zip(("body", "post", "place", "to_body", "to_post", "to_place"), (*whose, *whom), strict=True)),
        id=new_id(at),
        root=home.root,
        organisation=home,
        person=deputy,
        acts=list(acts),
        document=_text(document, "授权文号", "the document"),
        since=start,
        until=until,
    )
    row.save(force_insert=True)
    lent = {"id": row.pk, "organisation": organisation, "of": of, "to": to, "person": person or ""}
    content = {**lent, "acts": list(acts), "document": document, "since": start, "until": until}
    ledger.record(home.root, "delegated", content, actor=actor, at=at)
    return row.pk


@transaction.atomic
def revoke_delegation(delegation: str, *, actor: str, at: datetime, document: str = "") -> None:
    """End a delegation now, before its time; `document` is the paper that takes it back, where there is one."""
    row = Delegation.objects.select_for_update().filter(pk=delegation).first()
    if row is None or row.until <= at:
        raise refuse("absent")
    row.until = at
    row.save(update_fields=["until"])
    ledger.record(row.root, "delegation_revoked", {"id": row.pk, "document": document}, actor=actor, at=at)


def _delegation_holds(
    of: str, to: str, deputy: Person | None, acts: Sequence[str], since: datetime, until: datetime
) -> None:
    """Refuse a delegation to nobody, to two, to oneself, for acts the language does not know, or for no time."""
    known = (*dict.fromkeys(act for kind in ACTS.values() for act in kind), *VERBS, "ratify")
    strange = next((act for act in acts if act not in known), None)
    if strange is not None:
        raise refuse("no_such_name", what="动作", what_en="act", name=strange, where="预案语言", known=" ".join(known))
    if bool(to) == bool(deputy):
        raise refuse(
            "bad_input",
            what="授权",
            what_en="the delegation",
            why="须写明一个岗位或一个人",
            why_en="to one post or person",
        )
    if of == to:
        raise refuse("bad_input", what="授权", what_en="the delegation", why="不能授给本岗位", why_en="it is to itself")
    if until <= since:
        raise refuse(
            "bad_input", what="授权期", what_en="the period", why="止期不晚于起期", why_en="it ends before it begins"
        )


def _known_seat(home: Organisation, text: str) -> tuple[str, str, str]:
    """Return body, post and place of a seat. Raises Refused (`no_such_name`)."""
    head, _, place = text.partition("@")
    body, _, post = head.partition(".")
    _post(home.root, home.pk, body, post)
    if place and not Unit.objects.filter(root=home.root, organisation=home, body=body, place=place).exists():
        raise refuse("no_such_name", what="处室", name=place, where="本单位", known="—")
    return body, post, place


@transaction.atomic
def deactivate(person: str, *, actor: str, at: datetime) -> None:
    """End a person's sign-in and seats; what the person did stays in the logs."""
    row = _person(person)
    Person.objects.filter(pk=row.pk).update(active=False)
    for binding in SignIn.objects.filter(root=row.root, person=row.pk).select_related("user"):
        binding.user.is_active = False
        binding.user.save(update_fields=["is_active"])
    ledger.record(row.root, "person_deactivated", {"person": row.pk}, actor=actor, at=at)


@transaction.atomic
def create_asset(
    organisation: str, name: str, owner: str, attributes: Mapping[str, str], *, actor: str, at: datetime
) -> str:
    """Put a system into the register. `owner` is a unit (`office@info`); attributes are `asset.*` values as text."""
    home = Organisation.objects.filter(pk=organisation).first()
    if home is None:
        raise refuse("absent")
    body, _, place = owner.partition("@")
    if place and not Unit.objects.filter(root=home.root, organisation=home, body=body, place=place).exists():
        raise refuse("no_such_name", what="处室", name=owner, where="本单位", known="—")
    library.check_asset(home.root, organisation, attributes)
    row = Asset(id=new_id(at), root=home.root, organisation=home, name=_text(name, "名称", "the name"), owner=owner)
    row.attributes = dict(attributes)
    _insert(row, "系统", "the system", name)
    content = {"id": row.pk, "organisation": organisation, "name": name, "owner": owner, "attributes": row.attributes}
    ledger.record(home.root, "asset_created", content, actor=actor, at=at)
    return row.pk


def _unit(
    root: str,
    organisation: str,
    body: str,
    place: str,
    name: str,
    contact: str,
    *,
    external: bool,
    linked: str,
    at: datetime,
) -> None:
    row = Unit(
        id=new_id(at),
        root=root,
        organisation_id=organisation,
        body=body,
        place=place,
        name=_text(name, "名称", "the name"),
        external=external,
        linked=linked,
        contact=contact,
    )
    _insert(row, "处室", "the unit", f"{body}@{place}" if place else body)


def _sign_in(row: Person, username: str, password: str) -> None:
    accounts = get_user_model()
    if accounts.objects.filter(username=username).exists():
        raise refuse("taken", what="用户名", what_en="the user name", name=username)
    try:
        validate_password(password, accounts(username=username))
    except ValidationError as error:
        why = " ".join(error.messages)
        raise refuse("bad_input", what="口令", what_en="the password", why=why) from None
    user = accounts.objects.create_user(username=username, password=password, email=row.email)
    SignIn(user=user, root=row.root, person=row.pk).save(force_insert=True)


def _insert(row: Organisation | Unit | Asset, what: str, what_en: str, name: str) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise refuse("taken", what=what, what_en=what_en, name=name) from None


def _person(id: str) -> Person:
    row = Person.objects.filter(pk=id).first()
    if row is None:
        raise refuse("absent")
    return row


def _body(root: str, organisation: str, body: str) -> None:
    _post(root, organisation, body, "")


def _post(root: str, organisation: str, body: str, post: str) -> None:
    known = library.bodies(root, organisation)
    if known is None:
        return
    if body not in known:
        raise refuse("no_such_name", what="机构", what_en="body", name=body, where="预案", known=" ".join(known))
    if post and post not in known[body]:
        raise refuse(
            "no_such_name", what="岗位", what_en="post", name=post, where=body, known=" ".join(known[body]) or "—"
        )


def _text(text: str, what: str, what_en: str) -> str:
    kept = text.strip()
    if not kept or len(kept) > 200:
        raise refuse("bad_input", what=what, what_en=what_en, why="为空或过长", why_en="it is empty or too long")
    return kept


def _code(code: str) -> str:
    if not (code.isascii() and code.isalnum() and code.isupper() and 2 <= len(code) <= 12):
        raise refuse(
            "bad_input", what="单位代码", what_en="the code", why="2 到 12 个大写字母或数字", why_en="2 to 12 capitals"
        )
    return code


def _email(email: str) -> str:
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise refuse(
                "bad_input", what="电子邮箱", what_en="the e-mail", why="格式不对", why_en="not an address"
            ) from None
    return email


def _known_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise refuse("bad_input", what="时区", what_en="the zone", why=f"没有 {zone}", why_en=f"no {zone}") from None
