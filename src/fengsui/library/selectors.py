"""Reads of the library: which book an organisation works by, and the book that a case is pinned to.

Rules
- A pack, a set of readings and a calendar never change under their digest, so they are kept in memory by digest.
- `book_for` is what the next case is opened with; `book_of` rebuilds the book of a pin, however old.
- Nothing is read without a root.
- A plan of several tiers, adopted at the top of a tree, governs every organisation below that has adopted nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from fengsui.core import lint, loader, overlay
from fengsui.core.book import Book, Installed
from fengsui.core.pack import BadValue, Overlay, Pack, parse_value
from fengsui.core.pack.values import NAMES_ZH
from fengsui.core.problems import PackError, Problem
from fengsui.core.timing import WorkCalendar
from fengsui.ledger.once import foresee, once, steady, unread
from fengsui.ledger.problems import IN_PLAN, no_such, refuse
from fengsui.library import models


@dataclass(frozen=True, slots=True)
class Pin:
    """What a case is pinned to, as digests of rows of this library."""

    pack: str
    readings: str
    calendar: str
    settings: tuple[tuple[str, str], ...] = ()
    overlay: str = ""
    regimes: tuple[tuple[str, str], ...] = ()
    """Pack and readings of each regime beside the plan."""

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Pin":
        """Read the parts out of the value of a book's pin, as the case row keeps it."""
        main = value["packs"][0]
        settings = tuple(sorted(value.get("settings", {}).items()))
        beside = tuple((one["pack"], one["readings"]) for one in value["packs"][1:])
        return cls(main["pack"], main["readings"], value["calendar"], settings, main["overlay"], beside)


@dataclass(frozen=True, slots=True)
class PackRef:
    """An installed pack in a list."""

    digest: str
    name: str
    version: str
    title: str
    installed_at: datetime


@dataclass(frozen=True, slots=True)
class RegimeRow:
    """A regime beside an organisation's plan; `pack` and `readings` are digests."""

    name: str
    title: str
    version: str
    pack: str
    readings: str
    since: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A reading set by the plan's owner."""

    name: str
    value: str
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OverlayRow:
    """A version of an organisation's own additions (number 0: the draft), and whether its next case works by it."""

    number: int
    digest: str
    text: str
    actor: str
    at: datetime
    in_force: bool


def pack(root: str, digest: str) -> Pack:
    """Return an installed pack. Raises Refused (`absent`)."""
    return _pack(root, digest)


@once
def packs(root: str) -> tuple[PackRef, ...]:
    """Return the installed packs, the newest first."""
    rows = models.Pack.objects.filter(root=root).order_by("-installed_at", "-pk")
    return tuple(PackRef(*row) for row in rows.values_list("digest", "name", "version", "title", "installed_at"))


@once
def installed(root: str, name: str, version: str) -> Pack | None:
    """Return the installed pack of a name and version, or None."""
    rows = models.Pack.objects.filter(root=root, name=name, version=version).order_by("-installed_at")
    digest = rows.values_list("digest", flat=True).first()
    return _pack(root, digest) if digest else None


@steady
def governing(root: str, organisation: str) -> Pin | None:
    """Return what the organisation's next case is pinned to, or None while it has adopted nothing."""
    rows = models.Governing.objects.filter(root=root).values_list(
        "organisation", "pack__digest", "readings__digest", "overlay__digest", "settings"
    )
    row = rows.filter(organisation=organisation).first()
    if row is None and organisation != root:
        row = rows.filter(organisation=adopter(root, organisation)).first()
    if row is None:
        return None
    home, pack, values, own, settings = row
    beside = tuple((one.pack, one.readings) for one in regimes(root, home))
    return Pin(pack, values, current_calendar(root), tuple(sorted(settings.items())), own or "", beside)


@steady
def regimes(root: str, organisation: str) -> tuple[RegimeRow, ...]:
    """Return the regimes an organisation has put beside its plan, by id."""
    rows = models.Regime.objects.filter(root=root, organisation=organisation).order_by("name")
    columns = ("name", "pack__title", "pack__version", "pack__digest", "readings__digest", "since")
    return tuple(RegimeRow(*row) for row in rows.values_list(*columns))


def installed_regimes(root: str, beside: Iterable[tuple[str, str]]) -> tuple[Installed, ...]:
    """Return regimes, given as digests of pack and readings, as a book takes them."""
    return tuple(Installed(_pack(root, one), readings(root, values)) for one, values in beside)


@steady
def adopter(root: str, organisation: str) -> str:
    """Return the organisation whose adoption governs this one: itself, or the topmost under a plan of several tiers."""
    if organisation == root or models.Governing.objects.filter(root=root, organisation=organisation).exists():
        return organisation
    top = models.Governing.objects.filter(root=root, organisation=root).values_list("pack__digest", flat=True).first()
    return root if top is not None and len(_pack(root, top).head.tiers) > 1 else organisation


def pin_for(root: str, organisation: str) -> Pin:
    """Return the pin of the next case. Raises Refused (`not_adopted`)."""
    found = governing(root, organisation)
    if found is None:
        raise refuse("not_adopted", organisation="本单位", organisation_en="This organisation")
    return found


def book_for(root: str, organisation: str) -> Book:
    """Return the book the organisation works by today. Raises Refused (`not_adopted`)."""
    return book_of(root, pin_for(root, organisation))


def book_of(root: str, pin: Pin) -> Book:
    """Return the book of a pin. Raises Refused (`absent`) when a part of it was never stored here."""
    return _book(root, pin)


def readings(root: str, digest: str) -> dict[str, str]:
    """Return the values of a set of readings."""
    row = models.ReadingSet.objects.filter(root=root, digest=digest).first()
    if row is None:
        raise refuse("absent")
    return dict(row.values)


def in_force(root: str, organisation: str, digest: str) -> str | None:
    """Return the digest of the readings of a pack in force, as the plan or beside it; None where it is not in force."""
    pin = governing(root, organisation)
    found = ((pin.pack, pin.readings), *pin.regimes) if pin else ()
    return next((values for one, values in found if one == digest), None)


def decisions(root: str, organisation: str, pack: str | None = None) -> tuple[DecisionRow, ...]:
    """Return every reading decided, of one plan or regime by its id or of all, the newest first."""
    rows = models.Decision.objects.filter(root=root, organisation=organisation).order_by("-number")
    rows = rows.filter(pack=pack) if pack else rows
    return tuple(DecisionRow(row.name, row.value, row.reason, row.actor, row.at) for row in rows)


def overlay_draft(root: str, organisation: str) -> OverlayRow | None:
    """Return the additions an organisation is writing for the plan in force, or None."""
    found = pack(root, pin_for(root, organisation).pack)
    row = models.OverlayDraft.objects.filter(root=root, organisation=organisation, pack=found.id).first()
    return OverlayRow(0, "", row.text, row.actor, row.at, False) if row else None


def overlays(root: str, organisation: str) -> tuple[OverlayRow, ...]:
    """Return the published versions of an organisation's additions to the plan in force, the newest first."""
    pin = pin_for(root, organisation)
    governing_ = models.Governing.objects.filter(root=root, organisation=organisation)
    in_force = governing_.values_list("overlay", flat=True).first()
    rows = models.Overlay.objects.filter(root=root, organisation=organisation, pack=pack(root, pin.pack).id)
    return tuple(
        OverlayRow(row.number, row.digest, row.text, row.actor, row.at, row.pk == in_force)
        for row in rows.order_by("-number")
    )


def check_overlay(root: str, organisation: str, text: str) -> tuple[Problem, ...]:
    """Return what is wrong with additions to the plan in force: everything that blocks, then what is worth a look."""
    pin = pin_for(root, organisation)
    below = pack(root, pin.pack)
    try:
        own = overlay.apply(below, text)
        beside = installed_regimes(root, pin.regimes)
        Book.build(below, readings(root, pin.readings), calendar=WorkCalendar(), overlay=own, regimes=beside)
    except PackError as error:
        return error.problems
    found = (own.placed(problem) for problem in lint.lint(own.pack))
    return tuple(p for p in found if p.severity == "error" or p.where.file == own.file)


@steady
def current_calendar(root: str) -> str:
    """Return the digest of the work calendar in use. Raises Refused (`absent`) before one was seeded."""
    found = models.Calendar.objects.filter(root=root).order_by("-number").values_list("digest", flat=True).first()
    if found is None:
        raise refuse("absent")
    return found


def calendar_years(root: str) -> frozenset[int]:
    """Return the years that the calendar in use knows. Raises Refused (`absent`) before one was seeded."""
    return _calendar(root, current_calendar(root)).years


def bodies(root: str, organisation: str) -> dict[str, tuple[str, ...]] | None:
    """Return the bodies of the adopted pack with their posts; None while nothing is adopted."""
    pin = governing(root, organisation)
    if pin is None:
        return None
    return {name: tuple(body.posts) for name, body in pack(root, pin.pack).bodies.items()}


def check_asset(root: str, organisation: str, attributes: Mapping[str, str]) -> None:
    """Hold attributes of a system against the `asset.*` facts of the adopted pack. Raises Refused."""
    pin = governing(root, organisation)
    if pin is None:
        return
    found = book_of(root, pin).pack
    known = {name: rule.type for name, rule in found.facts.items() if name.startswith("asset.")}
    for name, text in attributes.items():
        if name not in known:
            raise no_such(("资产属性", "attribute"), name, IN_PLAN, known)
        try:
            parse_value(text, known[name], found.words.domain)
        except BadValue as bad:
            wanted = NAMES_ZH.get(bad.type.kind, "、".join(bad.known))
            raise refuse("bad_input", what=name, why=f"“{bad.text}”不是{wanted}", why_en=str(bad)) from None


@once
def plan_text(root: str, organisation: str, digest: str) -> str | None:
    """Return the plan's own text: from the pack where it ships whole, else as the organisation attached it."""
    shipped = pack(root, digest).text
    if shipped is not None:
        return shipped
    rows = models.PlanText.objects.filter(root=root, organisation=organisation, pack__digest=digest)
    return rows.values_list("text", flat=True).first()


def read_plan_texts(root: str, digest: str, organisations: Iterable[str]) -> None:
    """Read in one query which text each of several organisations attached to a plan that does not ship its own."""
    homes = [home for _, home, _ in unread(plan_text, ((root, id, digest) for id in organisations))]
    if len(homes) < 2 or pack(root, digest).text is not None:
        return
    rows = models.PlanText.objects.filter(root=root, organisation__in=homes, pack__digest=digest)
    found = dict(rows.values_list("organisation", "text"))
    for home in homes:
        foresee(plan_text, (root, home, digest), found.get(home))


@lru_cache(maxsize=32)
def _pack(root: str, digest: str) -> Pack:
    row = models.Pack.objects.filter(root=root, digest=digest).first()
    if row is None:
        raise refuse("absent")
    return _loaded.get(digest) or remember(loader.load_texts(row.files))


def remember(pack: Pack) -> Pack:
    """Keep a pack just loaded: the same digest is the same pack, whoever installed it."""
    _loaded[pack.digest] = pack
    while len(_loaded) > KEPT:
        del _loaded[next(iter(_loaded))]
    return pack


KEPT = 32
_loaded: dict[str, Pack] = {}


@lru_cache(maxsize=64)
def _book(root: str, pin: Pin) -> Book:
    return Book.build(
        _pack(root, pin.pack),
        readings(root, pin.readings),
        calendar=_calendar(root, pin.calendar),
        settings=dict(pin.settings),
        overlay=applied(root, pin.pack, pin.overlay),
        regimes=installed_regimes(root, pin.regimes),
    )


@lru_cache(maxsize=64)
def applied(root: str, pack_digest: str, digest: str) -> Overlay | None:
    """Return a published overlay applied to an installed pack; None for no digest. Raises Refused, PackError."""
    if not digest:
        return None
    row = models.Overlay.objects.filter(root=root, digest=digest).first()
    if row is None:
        raise refuse("absent")
    return overlay.apply(_pack(root, pack_digest), row.text)


@lru_cache(maxsize=16)
def _calendar(root: str, digest: str) -> WorkCalendar:
    row = models.Calendar.objects.filter(root=root, digest=digest).first()
    if row is None:
        raise refuse("absent")
    return WorkCalendar.of_data(row.rows)
