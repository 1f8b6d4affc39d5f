"""Opening a case: its number, its pin, the facts of its system from the register, the first events.

Rules
- Numbers are per root and year of the organisation's zone, live and exercise apart: LJ-2026-0037, LJ-2026-Y0003.
  A number is drawn in the transaction of the opening; a refused opening gives it back.
- The case is pinned to the pack, the readings and the calendar in force at that moment; later ones move nothing.
- Attributes of the affected systems enter as facts, those of the gravest, and are never asked again.
- The tier of the case, and which organisations stand above it, are taken from the tree of organisations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fengsui.cases import models
from fengsui.cases.pages import Receipt
from fengsui.cases.selectors import access, tree
from fengsui.cases.selectors.systems import chosen
from fengsui.cases.service import beside, door, finding
from fengsui.core.book import Book
from fengsui.core.canon import stamp
from fengsui.core.case import Act, Kind, Mode, Opening, Seat
from fengsui.core.pack.acts import KINDS
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.library import selectors as library


def open_case(
    actor: str,
    organisation: str,
    *,
    kind: Kind,
    at: datetime,
    title: str = "",
    owner: str | None = None,
    asset: str | None = None,
    assets: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    unknown: Sequence[str] = (),
    unverified: Sequence[str] = (),
    rest_none: bool = False,
    source: str = "",
    note: str = "",
    mode: Mode = "live",
    seat: Seat | None = None,
    link: str | None = None,
    happened_at: datetime | None = None,
    files: Sequence[beside.Upload] = (),
    key: str | None = None,
    lang: Lang = "zh",
) -> Receipt:
    """Open a case in an organisation and state what is known; return the receipt with the new number.

    `asset`, `assets` are ids of the register; `owner` a unit (`office@info`), by default that of the gravest system;
    `link` the number of the case it comes from; facts language text ("2h"). Raises Refused, the engine's too.
    """
    at = door.whole(at)
    root, home = _home(actor, organisation)
    _check(kind, mode, happened_at, at)
    book = library.book_for(root, organisation)
    affected = door.affected(root, organisation, chosen(asset, assets))
    opening = _opening(home, book, kind, mode, title, owner or "", affected, _linked(actor, link, at), at)
    act = Act(
        "open",
        door.acting(actor, organisation, at),
        seat=seat,
        opening=opening,
        facts=facts or {},
        unknown=tuple(unknown),
        unverified=tuple(unverified),
        rest_none=rest_none,
        source=source,
        note=note or None,
        happened_at=happened_at,
    )
    request = door.request_of("", replace(act, opening=replace(opening, case="")), files)

    def attempt() -> Receipt:
        if (first := door.first_receipt(root, actor, key, request)) is not None:
            return first
        row = _row(home, book, opening, title, at)
        receipt = door.begin(row, book, act, at, tuple(files), lang)
        finding.remember_title(row)
        door.remember(row, actor, key, request, receipt, at)
        return receipt

    return door.tried(attempt)


def _home(actor: str, organisation: str) -> tuple[str, directory.OrganisationRef]:
    who = directory.person(actor)
    home = directory.organisation(who.root, organisation) if who else None
    if who is None or home is None:
        raise refuse("absent")
    return who.root, home


def _check(kind: Kind, mode: Mode, happened_at: datetime | None, at: datetime) -> None:
    if kind not in KINDS or mode not in ("live", "exercise"):
        raise refuse("bad_input", what="案件种类", what_en="the kind of case", why=f"{kind}/{mode}")
    if happened_at is not None and happened_at > at:
        raise refuse("future_time", when=stamp(happened_at))


def _linked(person: str, number: str | None, at: datetime) -> str | None:
    if not number:
        return None
    found = access.case_for(person, number, at)
    if found is None:
        raise refuse("absent")
    return found.id


def _opening(
    home: directory.OrganisationRef,
    book: Book,
    kind: Kind,
    mode: Mode,
    title: str,
    owner: str,
    affected: tuple[Mapping[str, str], ...],
    link: str | None,
    at: datetime,
) -> Opening:
    if len(title) > 300:
        raise refuse(
            "bad_input", what="标题", what_en="the title", why="超过 300 字", why_en="longer than 300 characters"
        )
    tier, line = tree.standing(home.root, home.id, book.pack)
    return Opening(
        case=new_id(at),
        kind=kind,
        mode=mode,
        organisation=home.id,
        root=home.root,
        title=title,
        owner=owner or tree.sole_owner(kind, affected, book.pack) or None,
        tier=tier,
        line=line,
        assets=affected,
        link=link,
    )


def _row(home: directory.OrganisationRef, book: Book, opening: Opening, title: str, at: datetime) -> models.Case:
    return models.Case(
        id=opening.case,
        root=home.root,
        organisation=home.id,
        number=_number(home, opening.mode, at),
        kind=opening.kind,
        mode=opening.mode,
        title=title,
        owner=opening.owner or "",
        pin=book.pin.value,
        pin_digest=book.pin.digest,
        opened_at=at,
    )


def _number(home: directory.OrganisationRef, mode: Mode, at: datetime) -> str:
    year = at.astimezone(ZoneInfo(home.zone)).year
    top = directory.organisation(home.root, home.root)
    if top is None:
        raise AssertionError("every root is an organisation")
    row, _ = models.Counter.objects.get_or_create(
        root=home.root, year=year, mode=mode, defaults={"id": new_id(at), "last": 0}
    )
    row = models.Counter.objects.select_for_update().get(pk=row.pk)
    row.last += 1
    row.save(update_fields=["last"])
    mark = "Y" if mode == "exercise" else ""
    return f"{top.code}-{year}-{mark}{row.last:04d}"
