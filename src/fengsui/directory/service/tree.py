"""Writes of the tree: organisations, their units, the local names of bodies, and who the outside bodies are."""

from datetime import datetime

from django.db import transaction

from fengsui.directory.models import Organisation, Unit
from fengsui.directory.service.checks import code_of, insert, known_body, known_zone, named, same
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse


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
    key: str | None = None,
) -> str:
    """Create an organisation and return its id. Without `parent` it is the top of a new tree (its own root).

    `code` begins the numbers of its cases (`LJ` in LJ-2026-0037); `zone` is an IANA name.
    """
    known_zone(zone)
    above = Organisation.objects.filter(pk=parent).first() if parent else None
    if parent and above is None:
        raise refuse("absent")
    said: dict[str, object] = {
        "parent_id": parent,
        "code": code,
        "zone": zone,
        "tier": tier,
        "name_en": name_en,
        "name": name.strip(),
    }
    said |= {"outlines_from_opening": outlines_from_opening}
    made = same(Organisation, above.root, key, **said) if above else None
    if made is not None:
        return made.pk
    id = key or new_id(at)
    row = Organisation(
        id=id,
        root=above.root if above else id,
        parent=above,
        name=named(name, "单位名称", "the name"),
        name_en=name_en,
        code=code_of(code),
        zone=zone,
        tier=tier,
        outlines_from_opening=outlines_from_opening,
        created_at=at,
    )
    insert(row, "单位代码", "the code", code)
    ledger.record(row.root, "organisation_created", {"id": id, "name": name, "code": code}, actor=actor, at=at)
    return id


@transaction.atomic
def create_unit(
    root: str, organisation: str, body: str, place: str, name: str, *, actor: str, at: datetime, contact: str = ""
) -> None:
    """Put down one unit of a body (`office`, `info`, 信息中心), or with an empty place a body's local name."""
    known_body(root, organisation, body)
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
    known_body(root, organisation, body)
    _unit(root, organisation, body, "", name, contact, external=True, linked=linked, at=at)
    content = {"organisation": organisation, "body": body, "name": name, "linked": linked}
    ledger.record(root, "external_created", content, actor=actor, at=at)


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
        name=named(name, "名称", "the name"),
        external=external,
        linked=linked,
        contact=contact,
    )
    insert(row, "处室", "the unit", f"{body}@{place}" if place else body)


@transaction.atomic
def change_organisation(
    root: str,
    organisation: str,
    *,
    actor: str,
    at: datetime,
    name: str,
    name_en: str,
    zone: str,
    tier: str,
    outlines_from_opening: bool,
) -> None:
    """Change what an organisation is called and where it stands. Its code stays: numbers of cases carry it."""
    row = Organisation.objects.select_for_update().filter(root=root, pk=organisation).first()
    if row is None:
        raise refuse("absent")
    known_zone(zone)
    wanted = {"name": named(name, "单位名称", "the name"), "name_en": name_en.strip(), "zone": zone, "tier": tier}
    wanted["outlines_from_opening"] = outlines_from_opening  # type: ignore[assignment]
    _change(row, wanted, "organisation_changed", actor, at)


@transaction.atomic
def change_unit(root: str, unit: str, *, name: str, contact: str, actor: str, at: datetime) -> None:
    """Change what a unit or an outside body is called, or how it is reached."""
    row = Unit.objects.select_for_update().filter(root=root, pk=unit).first()
    if row is None:
        raise refuse("absent")
    wanted = {"name": named(name, "名称", "the name"), "contact": contact.strip()}
    _change(row, wanted, "unit_changed", actor, at)


def _change(row: Organisation | Unit, wanted: dict[str, str], type: str, actor: str, at: datetime) -> None:
    """Write what differs, and nothing where nothing does."""
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    ledger.record(row.root, type, {"id": row.pk, **changed}, actor=actor, at=at)
