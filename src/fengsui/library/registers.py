"""Reads for the pages of administration: what the register of systems asks, what is installed and what is in force.

Rules
- The attributes of a system are the `asset.*` facts of the plan that governs the organisation, and of the regimes
  beside it; the count of systems is computed and never asked.
"""

from dataclasses import dataclass
from datetime import date, datetime

from fengsui.core import loader
from fengsui.core.pack import Pack, Type
from fengsui.core.pack.values import EXAMPLES
from fengsui.core.problems import Lang
from fengsui.library import models, selectors

COMPUTED = ("asset.count", "asset.owner")
"""Counted from the case, or a column of its own."""


@dataclass(frozen=True, slots=True)
class AssetField:
    """One attribute of a system: its name in the plan, what it is called, its values where they are listed."""

    name: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...]
    many: bool
    example: str


@dataclass(frozen=True, slots=True)
class InstalledRow:
    """An installed pack: who put it in, what is worth a look in it, and whether the organisation works by it."""

    digest: str
    name: str
    version: str
    title: str
    regime: bool
    warnings: int
    installed_by: str
    installed_at: datetime
    in_force: bool


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of the work calendar: days off and days worked beside the week, and where they are from."""

    year: int
    source: str
    off: int
    worked: int


def asset_fields(root: str, organisation: str, *, lang: Lang = "zh") -> tuple[AssetField, ...]:
    """Return what the register asks of a system; nothing while no plan is adopted."""
    pin = selectors.governing(root, organisation)
    if pin is None:
        return ()
    found = selectors.book_of(root, pin).pack
    names = [name for name in found.facts if name.startswith("asset.") and name not in COMPUTED]
    return tuple(_field(found, name, lang) for name in names)


def _field(pack: Pack, name: str, lang: Lang) -> AssetField:
    type_ = pack.facts[name].type
    label = pack.label("fact", name, lang)
    return AssetField(name, label, type_.kind, _options(pack, type_, lang), type_.many, EXAMPLES.get(type_.kind, ""))


def _options(pack: Pack, type_: Type, lang: Lang) -> tuple[tuple[str, str], ...]:
    if type_.kind == "yes_no":
        return (("yes", "是" if lang == "zh" else "yes"), ("no", "否" if lang == "zh" else "no"))
    if type_.kind in ("scale", "set"):
        named = type_.name in ("level", "response", "colour")
        labels = pack.labelled(str(type_.name) if named else f"{type_.kind}:{type_.name}")
        return tuple((id, label.zh if lang == "zh" else (label.en or label.zh)) for id, label in labels)
    if type_.kind == "body":
        return tuple((name, pack.label("body", name, lang)) for name in pack.bodies)
    return ()


def installed_rows(root: str, organisation: str) -> tuple[InstalledRow, ...]:
    """Return the installed packs, those in force first, then the newest."""
    pin = selectors.governing(root, organisation)
    used = {pin.pack, *(one for one, _ in pin.regimes)} if pin else set()
    rows = models.Pack.objects.filter(root=root).defer("files").order_by("-installed_at", "-pk")
    found = [
        InstalledRow(
            digest=row.digest,
            name=row.name,
            version=row.version,
            title=row.title,
            regime=selectors.pack(root, row.digest).head.kind == "regime",
            warnings=len(row.warnings),
            installed_by=row.installed_by,
            installed_at=row.installed_at,
            in_force=row.digest in used,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda row: not row.in_force))


def shipped_packs() -> tuple[str, ...]:
    """Return the names of the packs that come with Fengsui."""
    return tuple(loader.shipped())


def years(root: str) -> tuple[YearRow, ...]:
    """Return the years of the work calendar, the latest first."""
    rows = models.CalendarYear.objects.filter(root=root).order_by("-year")
    days: dict[int, list[bool]] = {}
    for day, worked in models.CalendarDay.objects.filter(root=root).values_list("day", "worked"):
        days.setdefault(day.year, []).append(worked)
    return tuple(
        YearRow(row.year, row.source, days.get(row.year, []).count(False), days.get(row.year, []).count(True))
        for row in rows
    )


def days_of(root: str, year: int) -> tuple[tuple[date, bool], ...]:
    """Return the days of a year that differ from the week: day, and whether it is worked."""
    return tuple(
        models.CalendarDay.objects.filter(root=root, day__year=year).order_by("day").values_list("day", "worked")
    )


def settings_of(root: str, organisation: str) -> dict[str, str] | None:
    """Return what the installation decides beside the plan; None while nothing is adopted."""
    pin = selectors.governing(root, organisation)
    return dict(pin.settings) if pin else None


def governs_itself(root: str, organisation: str) -> bool:
    """Return whether the organisation has adopted for itself, so that settings and additions are its own."""
    return models.Governing.objects.filter(root=root, organisation=organisation).exists()
