"""What every write of the directory is held against before a row is touched: texts, codes, zones, names of the plan."""

from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from fengsui.core.case import Seat
from fengsui.directory.models import Asset, Organisation, Person, Unit
from fengsui.ledger.models import Rooted
from fengsui.ledger.problems import HERE, IN_PLAN, no_such, refuse
from fengsui.library import selectors as library

Row = TypeVar("Row", bound=Rooted)


def insert(row: Organisation | Unit | Asset, what: str, what_en: str, name: str) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise refuse("taken", what=what, what_en=what_en, name=name) from None


def home_of(id: str) -> Organisation:
    """Return an organisation that is there. Raises Refused (`absent`)."""
    row = Organisation.objects.filter(pk=id).first()
    if row is None:
        raise refuse("absent")
    return row


def person_of(id: str) -> Person:
    row = Person.objects.filter(pk=id).first()
    if row is None:
        raise refuse("absent")
    return row


def known_body(root: str, organisation: str, body: str) -> None:
    known_post(root, organisation, body, "")


def known_post(root: str, organisation: str, body: str, post: str) -> None:
    known = library.bodies(root, organisation)
    if known is None:
        return
    if body not in known:
        raise no_such(("机构", "body"), body, IN_PLAN, known)
    if post and post not in known[body]:
        raise no_such(("岗位", "post"), post, (body, body), known[body])


def named(text: str, what: str, what_en: str) -> str:
    kept = text.strip()
    if not kept or len(kept) > 200:
        raise refuse("bad_input", what=what, what_en=what_en, why="为空或过长", why_en="it is empty or too long")
    return kept


def code_of(code: str) -> str:
    if not (code.isascii() and code.isalnum() and code.isupper() and 2 <= len(code) <= 12):
        raise refuse(
            "bad_input", what="单位代码", what_en="the code", why="2 到 12 个大写字母或数字", why_en="2 to 12 capitals"
        )
    return code


def email_of(email: str) -> str:
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise refuse(
                "bad_input", what="电子邮箱", what_en="the e-mail", why="格式不对", why_en="not an address"
            ) from None
    return email


def known_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise refuse("bad_input", what="时区", what_en="the zone", why=f"没有 {zone}", why_en=f"no {zone}") from None


def same(table: type[Row], root: str, key: str | None, **content: object) -> Row | None:
    """Return the row that this form made before, if it was sent before with this content.

    A key is only a claim: the id of any row can be sent as one. Every field given is therefore held against the row as
    it stands now. Raises Refused (`key_reused`) where one differs.
    """
    row = table.objects.filter(pk=key, root=root).first() if key else None  # type: ignore[attr-defined]
    if row is None:
        if key and table.objects.filter(pk=key).exists():  # type: ignore[attr-defined]
            raise refuse("key_reused")
        return None
    if any(getattr(row, field) != value for field, value in content.items()):
        raise refuse("key_reused")
    return row


def given(**fields: object) -> dict[str, object]:
    """Return the fields that were said at all: what was left empty was filled by the moment of the first sending."""
    return {field: value for field, value in fields.items() if value is not None}


def known_place(root: str, organisation: str, body: str, place: str) -> None:
    """Refuse a unit of a body that the organisation has not put down. Raises Refused (`no_such_name`)."""
    there = Unit.objects.filter(root=root, organisation=organisation, body=body).values_list("place", flat=True)
    if place and place not in set(there):
        raise no_such(("处室", "unit"), place, HERE, there)


def known_seat(home: Organisation, text: str) -> tuple[str, str, str]:
    """Return body, post and place of a seat (`office.head@A`). Raises Refused (`no_such_name`)."""
    seat = Seat.parse(text, home.pk)
    body, post, place = seat.body, seat.post or "", seat.place or ""
    known_post(home.root, home.pk, body, post)
    known_place(home.root, home.pk, body, place)
    return body, post, place


def known_unit(organisation: Organisation, text: str) -> None:
    """Refuse the name of a unit (`office@info`) that the organisation has not put down. Raises Refused."""
    body, _, place = text.partition("@")
    if body:
        known_body(organisation.root, organisation.pk, body)
    rows = Unit.objects.filter(root=organisation.root, organisation=organisation)
    if place and not rows.filter(body=body, place=place).exists():
        known = (f"{row.body}@{row.place}" for row in rows.exclude(place=""))
        raise no_such(("处室", "unit"), text, HERE, known)
