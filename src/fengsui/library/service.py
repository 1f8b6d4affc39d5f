"""Writes of the library: install, adopt, read (decide readings), add (overlays), attach a text, keep the calendar.

Rules
- A pack is installed whole and never changed: the same files give the same digest and the same row.
- What does not load or has lint errors is not installed; the caller gets all problems at once (`PackError`).
- A reading is decided by a person, at a moment, with a reason. Each decision makes a new set of readings with its
  own digest; running cases stay with theirs (`cases` pins them).
- An overlay may be drafted with faults and is published without; versions are kept, running cases stay on theirs.
- Every change is an entry of the ledger, in the transaction of the change.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chinese_calendar.constants import holidays, workdays
from django.db import IntegrityError, transaction

from fengsui.core import lint, loader, overlay, timing
from fengsui.core.book import Book, Installed
from fengsui.core.canon import digest
from fengsui.core.pack import Overlay, Pack
from fengsui.core.problems import PackError, Problem
from fengsui.core.timing import WorkCalendar
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import HERE, IN_PLAN, no_such, refuse
from fengsui.library import models, selectors

NATIONAL = "chinese-calendar"
SETTINGS = {"countersign_within": "24h"}
"""What an installation decides beside the plan, pinned with it: how long a link by word may wait for its signature."""


def shipped(name: str) -> dict[str, str]:
    """Return the files of a pack that comes with Fengsui. Raises Refused (`no_such_name`)."""
    found = loader.shipped()
    if name not in found:
        raise no_such(("预案包", "pack"), name, ("随附预案包", "the shipped packs"), found)
    return dict(loader.texts_of(found[name]))


@transaction.atomic
def install(root: str, files: Mapping[str, str], *, actor: str, at: datetime) -> str:
    """Install a pack given as file texts by name; return its digest. Raises PackError with every problem."""
    found = loader.load_texts(files)
    problems = lint.lint(found)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise PackError(errors)
    selectors.remember(found)
    if models.Pack.objects.filter(root=root, digest=found.digest).exists():
        return found.digest
    row = models.Pack(
        id=new_id(at),
        root=root,
        digest=found.digest,
        name=found.id,
        version=found.version,
        title=found.head.zh,
        files=dict(files),
        warnings=[problem.as_json("zh") for problem in problems],
        installed_by=actor,
        installed_at=at,
    )
    row.save(force_insert=True)
    content = {"pack": found.id, "version": found.version, "digest": found.digest}
    ledger.record(root, "pack_installed", content, actor=actor, at=at)
    return found.digest


@transaction.atomic
def adopt(root: str, organisation: str, pack_digest: str, *, actor: str, at: datetime) -> None:
    """Let an installed pack govern an organisation's next cases.

    Readings of the same plan are kept where they fit; an organisation that had adopted nothing begins with the
    readings and regimes that governed it so far. Readings of a locked file are the root's. The organisation's overlay
    of the same plan stays in force: where it no longer fits, PackError tells all its problems, and it is corrected or
    withdrawn first.
    """
    row = models.Pack.objects.filter(root=root, digest=pack_digest).first()
    if row is None:
        raise refuse("absent")
    if not models.Calendar.objects.filter(root=root).exists():
        seed_calendar(root, actor=actor, at=at)
    found = selectors.pack(root, pack_digest)
    if found.head.kind == "regime":
        why = {"why": "这是并行制度，只能与预案并行", "why_en": "it is a regime, which runs beside a plan"}
        raise refuse("bad_input", what="预案", what_en="the plan", **why)
    before = selectors.adopter(root, organisation)
    if before != organisation:
        _begin_with_regimes(root, before, organisation, at)
    own = _overlay_in_force(root, organisation, found.id)
    kept = _fitting(found, _with_locked(root, organisation, found, _values(root, before, found.id)))
    _trial(found, kept, selectors.applied(root, pack_digest, own.digest if own else ""), _beside(root, organisation))
    chosen = _keep_readings(root, kept, at)
    values = {"pack": row, "readings": chosen, "overlay": own, "since": at}
    models.Governing.objects.update_or_create(
        root=root,
        organisation=organisation,
        defaults=values,
        create_defaults={"id": new_id(at), "settings": dict(SETTINGS), **values},
    )
    content = {"organisation": organisation, "digest": pack_digest, "readings": chosen.digest}
    ledger.record(root, "pack_adopted", content, actor=actor, at=at)


@transaction.atomic
def set_reading(root: str, organisation: str, name: str, value: str, reason: str, *, actor: str, at: datetime) -> str:
    """Decide a reading ("" unsets it) for the cases to come; return the new readings digest.

    `value` is language text ("15min", "group"); `name` a parameter, a switch or `watch.<soft word>`; a regime's carries
    its id (`cac-2025:watch.promptly`).
    """
    if not reason.strip():
        raise refuse("bad_input", what="理由", what_en="the reason", why="未填写", why_en="it is empty")
    row = _governing(root, organisation)
    regime, colon, plain = name.partition(":")
    if colon:
        return _set_beside(root, organisation, regime, plain, value, reason, actor, at)
    found = selectors.pack(root, row.pack.digest)
    if name not in reading_names(found):
        raise no_such(("解读", "reading"), name, IN_PLAN, reading_names(found))
    file = overlay.locked_by(found, name) if organisation != root else None
    if file is not None:
        what = {"what": f"定“{found.label('reading', name)}”", "what_en": f"deciding '{name}'"}
        raise PackError([Problem("overlay_locked", {"file": f"{file}.yaml", **what})])
    values = {**_values(root, organisation), name: value}
    if not value:
        del values[name]
    own = _overlay_in_force(root, organisation, found.id)
    _trial(found, values, selectors.applied(root, found.digest, own.digest if own else ""), _beside(root, organisation))
    row.readings = _keep_readings(root, values, at)
    row.save(update_fields=["readings"])
    if organisation == root:
        _spread(root, found, name, at)
    _decide(root, organisation, found.id, name, value, reason, actor, at)
    content = {"organisation": organisation, "name": name, "value": value, "readings": row.readings.digest}
    ledger.record(root, "reading_set", content, actor=actor, at=at)
    return row.readings.digest


@transaction.atomic
def adopt_regime(root: str, organisation: str, pack_digest: str, *, actor: str, at: datetime) -> None:
    """Let an installed regime run beside an organisation's plan in its next cases; a newer version takes its place.

    Readings decided for it are kept where they fit. Raises PackError where it does not fit beside the plan, Refused.
    """
    row = _governing(root, organisation)
    pack = models.Pack.objects.filter(root=root, digest=pack_digest).first()
    if pack is None:
        raise refuse("absent")
    found = selectors.pack(root, pack_digest)
    kept = _fitting(found, _regime_values(root, organisation, found.id))
    others = [one for one in _beside(root, organisation) if one.pack.id != found.id]
    _trial_of(root, row, [*others, Installed(found, kept)])
    values = {"pack": pack, "readings": _keep_readings(root, kept, at), "since": at}
    models.Regime.objects.update_or_create(
        root=root,
        organisation=organisation,
        name=found.id,
        defaults=values,
        create_defaults={"id": new_id(at), **values},
    )
    content = {"organisation": organisation, "regime": found.id, "digest": pack_digest}
    ledger.record(root, "regime_adopted", content, actor=actor, at=at)


@transaction.atomic
def drop_regime(root: str, organisation: str, name: str, reason: str, *, actor: str, at: datetime) -> None:
    """Let the cases to come run without a regime; open cases keep theirs."""
    if not reason.strip():
        raise refuse("bad_input", what="理由", what_en="the reason", why="未填写", why_en="it is empty")
    row = models.Regime.objects.select_for_update().filter(root=root, organisation=organisation, name=name).first()
    if row is None:
        raise refuse("absent")
    content = {"organisation": organisation, "regime": name, "digest": row.pack.digest, "reason": reason}
    row.delete()
    ledger.record(root, "regime_dropped", content, actor=actor, at=at)


def _set_beside(
    root: str, organisation: str, regime: str, name: str, value: str, reason: str, actor: str, at: datetime
) -> str:
    """Decide a reading of a regime for the cases to come; return the digest of its readings."""
    row = models.Regime.objects.select_for_update().filter(root=root, organisation=organisation, name=regime).first()
    if row is None:
        raise no_such(("并行制度", "regime"), regime, HERE)
    found = selectors.pack(root, row.pack.digest)
    if name not in reading_names(found):
        where = (found.head.zh, found.head.en or found.head.zh)
        raise no_such(("解读", "reading"), name, where, reading_names(found))
    values = {**row.readings.values, name: value}
    if not value:
        del values[name]
    others = [one for one in _beside(root, organisation) if one.pack.id != regime]
    _trial_of(root, _governing(root, organisation), [*others, Installed(found, values)])
    row.readings = _keep_readings(root, values, at)
    row.save(update_fields=["readings"])
    _decide(root, organisation, regime, name, value, reason, actor, at)
    content = {"organisation": organisation, "name": f"{regime}:{name}", "value": value}
    ledger.record(root, "reading_set", {**content, "readings": row.readings.digest}, actor=actor, at=at)
    return row.readings.digest


def _beside(root: str, organisation: str) -> tuple[Installed, ...]:
    rows = selectors.regimes(root, organisation)
    return selectors.installed_regimes(root, ((row.pack, row.readings) for row in rows))


def _trial_of(root: str, row: models.Governing, regimes: Sequence[Installed]) -> Book:
    """Build the book that the next case would have with these regimes: what does not fit is refused here."""
    own = selectors.applied(root, row.pack.digest, row.overlay.digest if row.overlay else "")
    return _trial(selectors.pack(root, row.pack.digest), row.readings.values, own, regimes)


def _regime_values(root: str, organisation: str, name: str) -> dict[str, str]:
    row = models.Regime.objects.select_related("readings").filter(root=root, organisation=organisation, name=name)
    found = row.first()
    return dict(found.readings.values) if found else {}


@transaction.atomic
def set_setting(root: str, organisation: str, name: str, value: str, *, actor: str, at: datetime) -> None:
    """Decide a parameter of the installation (`SETTINGS`) for the cases to come. Raises PackError, Refused."""
    row = _governing(root, organisation)
    if name not in SETTINGS:
        raise no_such(("设置", "setting"), name, ("系统", "the system"), SETTINGS)
    if row.settings.get(name) == value:
        return
    try:
        timing.parse_limit(value)
    except ValueError:
        why = {"why": f"“{value}”不是时限，写成 24h 或 2h30min", "why_en": f"'{value}' is no limit such as 24h"}
        raise refuse("bad_input", what="补签时限", what_en="the time for a signature", **why) from None
    changed = {**row.settings, name: value}
    Book.build(selectors.pack(root, row.pack.digest), calendar=WorkCalendar(), settings=changed)
    row.settings = changed
    row.save(update_fields=["settings"])
    content = {"organisation": organisation, "name": name, "value": value}
    ledger.record(root, "setting_set", content, actor=actor, at=at)


@transaction.atomic
def draft_overlay(root: str, organisation: str, text: str, *, actor: str, at: datetime) -> tuple[Problem, ...]:
    """Keep what an organisation is writing as its own additions, faults and all; return what stands in the way."""
    found = selectors.pack(root, _governing(root, organisation).pack.digest)
    values = {"text": text, "actor": actor, "at": at}
    models.OverlayDraft.objects.update_or_create(
        root=root,
        organisation=organisation,
        pack=found.id,
        defaults=values,
        create_defaults={"id": new_id(at), **values},
    )
    return selectors.check_overlay(root, organisation, text)


@transaction.atomic
def publish_overlay(root: str, organisation: str, *, actor: str, at: datetime) -> str:
    """Put the draft in force for the cases to come; return its digest. Raises PackError where an error blocks it."""
    row = _governing(root, organisation)
    draft = selectors.overlay_draft(root, organisation)
    if draft is None:
        raise refuse("absent")
    errors = [p for p in selectors.check_overlay(root, organisation, draft.text) if p.severity == "error"]
    if errors:
        raise PackError(errors)
    found = overlay.apply(selectors.pack(root, row.pack.digest), draft.text)
    row.overlay = _keep_overlay(root, organisation, found, draft.text, actor, at)
    row.save(update_fields=["overlay"])
    content = {"organisation": organisation, "pack": found.pack.id, "digest": found.digest}
    ledger.record(root, "overlay_published", content, actor=actor, at=at)
    return found.digest


@transaction.atomic
def withdraw_overlay(root: str, organisation: str, reason: str, *, actor: str, at: datetime) -> None:
    """Let the cases to come work by the plan alone; published versions are kept, and cases stay on theirs."""
    if not reason.strip():
        raise refuse("bad_input", what="理由", what_en="the reason", why="未填写", why_en="it is empty")
    row = _governing(root, organisation)
    if row.overlay is None:
        raise refuse("absent")
    content = {"organisation": organisation, "digest": row.overlay.digest, "reason": reason}
    row.overlay = None
    row.save(update_fields=["overlay"])
    ledger.record(root, "overlay_withdrawn", content, actor=actor, at=at)


@transaction.atomic
def attach_text(root: str, organisation: str, pack_digest: str, text: str, *, actor: str, at: datetime) -> None:
    """Attach the plan's own text, which its owner has, to an installed pack: only this organisation sees it."""
    row = models.Pack.objects.filter(root=root, digest=pack_digest).first()
    if row is None:
        raise refuse("absent")
    if not text.strip():
        raise refuse("bad_input", what="原文", what_en="the text", why="为空", why_en="it is empty")
    sum_ = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    values = {"text": text, "digest": sum_, "actor": actor, "at": at}
    models.PlanText.objects.update_or_create(
        root=root,
        organisation=organisation,
        pack=row,
        defaults=values,
        create_defaults={"id": new_id(at), **values},
    )
    ledger.record(root, "text_attached", {"pack": pack_digest, "text": sum_}, actor=actor, at=at)


@transaction.atomic
def seed_calendar(root: str, *, actor: str, at: datetime) -> str:
    """Fill the work calendar with every published year that the library `chinese-calendar` holds."""
    years = sorted({day.year for day in holidays})
    off = [day for day in holidays if day.weekday() < 5]
    days = [(day, False) for day in off] + [(day, True) for day in workdays]
    return _calendar(root, years, days, NATIONAL, actor, at)


@transaction.atomic
def publish_year(
    root: str, year: int, off: Iterable[date], work: Iterable[date], source: str, *, actor: str, at: datetime
) -> str:
    """Enter a newly published year: weekdays off and weekend days worked; return the calendar's digest."""
    days = [(day, False) for day in off] + [(day, True) for day in work]
    strange = [day for day, worked in days if day.year != year or (day.weekday() < 5) == worked]
    if strange:
        why = " ".join(day.isoformat() for day in strange)
        raise refuse("bad_input", what="工作日历", what_en="the work calendar", why=why)
    return _calendar(root, [year], days, source, actor, at)


def reading_names(pack: Pack) -> tuple[str, ...]:
    """Return every name an owner may decide in a pack."""
    return (*pack.words.parameters, *pack.readings.switches)


def _trial(
    pack: Pack, values: Mapping[str, str], own: Overlay | None = None, regimes: Iterable[Installed] = ()
) -> Book:
    """Build the book as a trial: wrong values are refused here, before any row is written."""
    return Book.build(pack, values, calendar=WorkCalendar(), overlay=own, regimes=regimes)


def _governing(root: str, organisation: str) -> models.Governing:
    """Return the row of what governs an organisation, locked. Raises Refused (`not_adopted`)."""
    row = models.Governing.objects.select_for_update().filter(root=root, organisation=organisation).first()
    if row is None:
        raise refuse("not_adopted", organisation="本单位", organisation_en="This organisation")
    return row


def _overlay_in_force(root: str, organisation: str, pack: str) -> models.Overlay | None:
    """Return the organisation's overlay of a plan, if it is in force."""
    row = models.Governing.objects.select_related("overlay").filter(root=root, organisation=organisation).first()
    return row.overlay if row and row.overlay and row.overlay.pack == pack else None


def _keep_overlay(root: str, organisation: str, own: Overlay, text: str, actor: str, at: datetime) -> models.Overlay:
    rows = models.Overlay.objects.filter(root=root, organisation=organisation, pack=own.pack.id)
    number = (rows.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    values = {"pack": own.pack.id, "number": number, "digest": own.digest, "text": text, "actor": actor, "at": at}
    return models.Overlay.objects.create(id=new_id(at), root=root, organisation=organisation, **values)


def _with_locked(root: str, organisation: str, pack: Pack, values: Mapping[str, str]) -> dict[str, str]:
    """Return an organisation's readings with those of locked files as the root has decided them."""
    top = models.Governing.objects.select_related("pack", "readings").filter(root=root, organisation=root).first()
    if organisation == root or top is None or top.pack.name != pack.id:
        return dict(values)
    said = {name: value for name, value in values.items() if not overlay.locked_by(pack, name)}
    return said | {name: value for name, value in top.readings.values.items() if overlay.locked_by(pack, name)}


def _spread(root: str, pack: Pack, name: str, at: datetime) -> None:
    """Let a locked reading, decided at the root, hold for every organisation below that adopted the plan for itself."""
    if overlay.locked_by(pack, name) is None:
        return
    rows = models.Governing.objects.select_for_update(of=("self",)).select_related("pack", "readings").filter(root=root)
    for row in rows.filter(pack__name=pack.id).exclude(organisation=root):
        found = selectors.pack(root, row.pack.digest)
        values = _with_locked(root, row.organisation, found, row.readings.values)
        row.readings = _keep_readings(root, _fitting(found, values), at)
        row.save(update_fields=["readings"])


def _begin_with_regimes(root: str, above: str, organisation: str, at: datetime) -> None:
    for row in models.Regime.objects.filter(root=root, organisation=above):
        values = {"pack": row.pack, "readings": row.readings, "since": at}
        models.Regime.objects.get_or_create(
            root=root, organisation=organisation, name=row.name, defaults={"id": new_id(at), **values}
        )


def _fitting(pack: Pack, values: Mapping[str, str]) -> dict[str, str]:
    names = set(reading_names(pack))
    return {name: value for name, value in values.items() if name in names}


def _values(root: str, organisation: str, plan: str | None = None) -> dict[str, str]:
    """Return the readings in force in an organisation; where a plan is named, only if they are of that plan."""
    rows = models.Governing.objects.select_related("pack", "readings").filter(root=root, organisation=organisation)
    row = rows.first()
    return dict(row.readings.values) if row and plan in (None, row.pack.name) else {}


def _keep_readings(root: str, values: Mapping[str, str], at: datetime) -> models.ReadingSet:
    return _once(models.ReadingSet, root, digest(values), {"values": dict(values), "at": at}, at)


def _once(table: Any, root: str, key: str, values: Mapping[str, Any], at: datetime) -> Any:
    """Return the row of a digest, written now if nobody wrote it before or meanwhile."""
    found = table.objects.filter(root=root, digest=key).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return table.objects.create(id=new_id(at), root=root, digest=key, **values)
    except IntegrityError:
        return table.objects.get(root=root, digest=key)


def _decide(
    root: str, organisation: str, pack: str, name: str, value: str, reason: str, actor: str, at: datetime
) -> None:
    rows = models.Decision.objects.filter(root=root, organisation=organisation, pack=pack)
    number = (rows.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    models.Decision(
        id=new_id(at),
        root=root,
        organisation=organisation,
        pack=pack,
        name=name,
        value=value,
        reason=reason,
        actor=actor,
        at=at,
        number=number,
    ).save(force_insert=True)


def _calendar(
    root: str, years: Iterable[int], days: Iterable[tuple[date, bool]], source: str, actor: str, at: datetime
) -> str:
    for year in years:
        values = {"source": source}
        models.CalendarYear.objects.update_or_create(
            root=root, year=year, defaults=values, create_defaults={"id": new_id(at), **values}
        )
        models.CalendarDay.objects.filter(root=root, day__year=year).delete()
    models.CalendarDay.objects.bulk_create(
        models.CalendarDay(id=new_id(at), root=root, day=day, worked=worked, source=source) for day, worked in days
    )
    found = _rows(root)
    last = models.Calendar.objects.filter(root=root).order_by("-number").values_list("number", flat=True).first() or 0
    fields: dict[str, Any] = {"rows": found.as_data(), "at": at, "number": last + 1}
    row = _once(models.Calendar, root, found.digest, fields, at)
    models.Calendar.objects.filter(pk=row.pk).update(number=last + 1)
    ledger.record(root, "calendar_set", {"digest": found.digest, "years": list(years)}, actor=actor, at=at)
    return found.digest


def _rows(root: str) -> WorkCalendar:
    days = tuple(models.CalendarDay.objects.filter(root=root).values_list("day", "worked"))
    years = models.CalendarYear.objects.filter(root=root).values_list("year", flat=True)
    return WorkCalendar(
        off=frozenset(day for day, worked in days if not worked),
        work=frozenset(day for day, worked in days if worked),
        years=frozenset(years),
    )
