"""Writes of the register of systems: one row at a time, or a whole table at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fengsui.core.problems import Problem, Refused
from fengsui.directory.models import Asset
from fengsui.directory.service.checks import home_of, insert, known_unit, named, same
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.library import selectors as library


@transaction.atomic
def create_asset(
    organisation: str,
    name: str,
    owner: str,
    attributes: Mapping[str, str],
    *,
    actor: str,
    at: datetime,
    key: str | None = None,
) -> str:
    """Put a system into the register. `owner` is a unit (`office@info`); attributes are `asset.*` values as text."""
    home = home_of(organisation)
    said = {"organisation_id": home.pk, "name": name.strip(), "owner": owner, "attributes": dict(attributes)}
    made = same(Asset, home.root, key, **said)
    if made is not None:
        return made.pk
    known_unit(home, owner)
    library.check_asset(home.root, organisation, attributes)
    row = Asset(
        id=key or new_id(at), root=home.root, organisation=home, name=named(name, "名称", "the name"), owner=owner
    )
    row.attributes = dict(attributes)
    insert(row, "系统", "the system", name)
    content = {"id": row.pk, "organisation": organisation, "name": name, "owner": owner, "attributes": row.attributes}
    ledger.record(home.root, "asset_created", content, actor=actor, at=at)
    return row.pk


@transaction.atomic
def change_asset(
    root: str,
    asset: str,
    *,
    name: str,
    owner: str,
    attributes: Mapping[str, str],
    active: bool,
    actor: str,
    at: datetime,
) -> None:
    """Change a system of the register, take it out of use or back into it. Cases keep what they were opened with."""
    row = Asset.objects.select_for_update().select_related("organisation").filter(root=root, pk=asset).first()
    if row is None:
        raise refuse("absent")
    known_unit(row.organisation, owner)
    library.check_asset(root, row.organisation_id, attributes)
    wanted = {"name": named(name, "名称", "the name"), "owner": owner, "attributes": dict(attributes), "active": active}
    changed = {field: value for field, value in wanted.items() if getattr(row, field) != value}
    if not changed:
        return
    if Asset.objects.filter(root=root, organisation=row.organisation, name=name).exclude(pk=row.pk).exists():
        raise refuse("taken", what="系统", what_en="the system", name=name)
    Asset.objects.filter(pk=row.pk).update(**changed)
    ledger.record(root, "asset_changed", {"id": row.pk, **changed}, actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class AssetLine:
    """One line of a table of systems, as read: its number in the file, and its values."""

    line: int
    name: str
    owner: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What stands in the way of one line."""

    line: int
    name: str
    problem: Problem


def import_assets(
    organisation: str, lines: Sequence[AssetLine], *, actor: str, at: datetime
) -> tuple[tuple[LineProblem, ...], int, int]:
    """Put a table of systems into the register, all lines or none; return what is wrong, and how many came or changed.

    A line whose name is known changes that system; attributes which the table does not have stay as they are.
    """
    wrong: list[LineProblem] = []
    made = changed = 0
    try:
        with transaction.atomic():
            for one in lines:
                try:
                    new = _import(organisation, one, actor, at)
                    made, changed = made + new, changed + (not new)
                except Refused as refused:
                    wrong.append(LineProblem(one.line, one.name, refused.problem))
            if wrong:
                raise _NothingWritten
    except _NothingWritten:
        return tuple(wrong), 0, 0
    return (), made, changed


class _NothingWritten(Exception):
    """Takes back every line of a table in which one is wrong."""


def _import(organisation: str, one: AssetLine, actor: str, at: datetime) -> bool:
    """Write one line; return whether it is a new system."""
    row = Asset.objects.filter(organisation=organisation, name=one.name).first()
    if row is None:
        create_asset(organisation, one.name, one.owner, dict(one.attributes), actor=actor, at=at)
        return True
    attributes = {key: value for key, value in {**row.attributes, **one.attributes}.items() if value}
    change_asset(
        row.root,
        row.pk,
        name=one.name,
        owner=one.owner or row.owner,
        attributes=attributes,
        active=True,
        actor=actor,
        at=at,
    )
    return False
