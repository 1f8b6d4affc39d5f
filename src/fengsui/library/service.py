"""Writes of the library: install, adopt, read (decide readings), attach a text, keep the work calendar.

Rules
- A pack is installed whole and never changed: the same files give the same digest and the same row.
- What does not load or has lint errors is not installed; the caller gets all problems at once (`PackError`).
- A reading is decided by a person, at a moment, with a reason. Each decision makes a new set of readings with its
  own digest; running cases stay with theirs (`cases` pins them).
- Every change is an entry of the ledger, in the transaction of the change.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from chinese_calendar.constants import holidays, workdays
from django.db import IntegrityError, transaction

from fengsui.core import lint, loader
from fengsui.core.book import Book
from fengsui.core.canon import digest
from fengsui.core.pack import Pack
from fengsui.core.problems import PackError
from fengsui.core.timing import WorkCalendar
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.library import models, selectors

NATIONAL = "chinese-calendar"
SETTINGS = {"countersign_within": "24h"}
"""What an installation decides beside the plan, pinned with it: how long a link by word may wait for its signature."""


def shipped(name: str) -> dict[str, str]:
    """Return the files of a pack that comes with Fengsui. Raises Refused (`no_such_name`)."""
    found = loader.shipped()
    if name not in found:
        where = {"where": "随附预案包", "where_en": "the shipped packs"}
        raise refuse("no_such_name", what="预案包", what_en="pack", name=name, known=" ".join(found), **where)
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
    """Let an installed pack govern an organisation's next cases. Readings of the same plan are kept where they fit."""
    row = models.Pack.objects.filter(root=root, digest=pack_digest).first()
    if row is None:
        raise refuse("absent")
    if not models.Calendar.objects.filter(root=root).exists():
        seed_calendar(root, actor=actor, at=at)
    found = selectors.pack(root, pack_digest)
    kept = _fitting(found, _values(root, organisation))
    _trial(found, kept)
    chosen = _keep_readings(root, kept, at)
    values = {"pack": row, "readings": chosen, "since": at}
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

    `value` is language text ("15min", "group"); `name` a parameter, a switch or `watch.<soft word>`.
    """
    if not reason.strip():
        raise refuse("bad_input", what="理由", what_en="the reason", why="未填写", why_en="it is empty")
    rows = models.Governing.objects.select_for_update().select_related("pack")
    row = rows.filter(root=root, organisation=organisation).first()
    if row is None:
        raise refuse("not_adopted", organisation="本单位", organisation_en="This organisation")
    found = selectors.pack(root, row.pack.digest)
    if name not in reading_names(found):
        where = {"where": "预案", "where_en": "the plan"}
        raise refuse(
            "no_such_name", what="解读", what_en="reading", name=name, known=" ".join(reading_names(found)), **where
        )
    values = {**_values(root, organisation), name: value}
    if not value:
        del values[name]
    _trial(found, values)
    row.readings = _keep_readings(root, values, at)
    row.save(update_fields=["readings"])
    _decide(root, organisation, found.id, name, value, reason, actor, at)
    content = {"organisation": organisation, "name": name, "value": value, "readings": row.readings.digest}
    ledger.record(root, "reading_set", content, actor=actor, at=at)
    return row.readings.digest


@transaction.atomic
def set_setting(root: str, organisation: str, name: str, value: str, *, actor: str, at: datetime) -> None:
    """Decide a parameter of the installation (`SETTINGS`) for the cases to come. Raises PackError, Refused."""
    row = (
        models.Governing.objects.select_for_update()
        .select_related("pack")
        .filter(root=root, organisation=organisation)
        .first()
    )
    if row is None:
        raise refuse("not_adopted", organisation="本单位", organisation_en="This organisation")
    if name not in SETTINGS:
        raise refuse("no_such_name", what="设置", what_en="setting", name=name, where="系统", known=" ".join(SETTINGS))
    changed = {**row.settings, name: value}
    Book.build(selectors.pack(root, row.pack.digest), calendar=WorkCalendar(), settings=changed)
    row.settings = changed
    row.save(update_fields=["settings"])
    content = {"organisation": organisation, "name": name, "value": value}
    ledger.record(root, "setting_set", content, actor=actor, at=at)


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


def _trial(pack: Pack, values: Mapping[str, str]) -> Book:
    """Build the book as a trial: wrong values are refused here, before any row is written."""
    return Book.build(pack, values, calendar=WorkCalendar())


def _fitting(pack: Pack, values: Mapping[str, str]) -> dict[str, str]:
    names = set(reading_names(pack))
    return {name: value for name, value in values.items() if name in names}


def _values(root: str, organisation: str) -> dict[str, str]:
    row = models.Governing.objects.select_related("readings").filter(root=root, organisation=organisation).first()
    return dict(row.readings.values) if row else {}


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
