"""Opening a case: its number, its pin, the facts of its system from the register, the first events.

Rules
- Numbers are per root and year of the organisation's zone, live and exercise apart: LJ-2026-0037, LJ-2026-Y0003.
  A number is drawn in the transaction of the opening; a refused opening gives it back.
- The case is pinned to the pack, the readings and the calendar in force at that moment; later ones move nothing.
- Attributes of the affected systems enter as facts, those of the gravest, and are never asked again.
- The tier of the case, and which organisations stand above it, are taken from the tree of organisations.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import connection

from fengsui.cases import models
from fengsui.cases.pages import Receipt
from fengsui.cases.selectors import access, tree
from fengsui.cases.selectors.systems import chosen
from fengsui.cases.service import beside, door, finding, projection
from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.canon import stamp
from fengsui.core.case import Act, Kind, Mode, Opening, Seat
from fengsui.core.pack.acts import KINDS
from fengsui.core.problems import Lang, Refused
from fengsui.directory import selectors as directory
from fengsui.ledger import selectors as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.once import Head, Moved, standing
from fengsui.ledger.problems import refuse
from fengsui.ledger.rows import called, document, insert, made, place
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
    head: Head | None = None,
    lang: Lang = "zh",
) -> Receipt:
    """Open a case in an organisation and state what is known; return the receipt with the new number.

    `asset`, `assets` are ids of the register; `owner` a unit (`office@info`), by default that of the gravest system;
    `link` the number of the case it comes from; `head` that of the administration, where the caller has it already;
    facts language text ("2h"). Raises Refused, the engine's too; and Moved where the head was remembered and is no
    longer that: nothing is said under it then, neither a receipt nor a refusal.
    """
    at = door.whole(at)
    top = directory.root_of(actor)
    if top is None:
        raise refuse("absent")
    head = head or ledger.administration(top)
    with standing(top, head.digest), _confirmed(top, head):
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
        return _written(home, book, act, request, tuple(files), actor, key, at, head, lang)


@contextmanager
def _confirmed(root: str, head: Head) -> Iterator[None]:
    """Let nothing be refused under a head that is no longer that. Raises Moved."""
    try:
        yield
    except Refused:
        ledger.still(root, head)
        raise


def _written(
    home: directory.OrganisationRef,
    book: Book,
    act: Act,
    request: str,
    files: tuple[beside.Upload, ...],
    actor: str,
    key: str | None,
    at: datetime,
    head: Head,
    lang: Lang,
) -> Receipt:
    """Decide, compute every row, and only then write: openings of one root wait for each other at the number alone."""

    def first() -> Receipt | None:
        ledger.still(home.root, head)
        return door.first_receipt(home.root, actor, key, request)

    def attempt() -> Receipt:
        return draft.write(home, at, door.submission(draft.row, actor, key, request, draft.receipt, at), head)

    try:
        draft = _draft(home, book, act, files, at, lang)
    except Refused:
        known = first()
        if known is None:
            raise
        return known
    # Whether the key was used before is asked where its row cannot be written: nearly never.
    return door.tried(attempt, first, alone=draft.in_one_call and not connection.in_atomic_block)


@dataclass(frozen=True, slots=True)
class Draft:
    """A new case with all its rows, lacking nothing but its number."""

    row: models.Case
    events: tuple[models.Event, ...]
    pointers: tuple[models.Fresh, ...]
    grams: tuple[models.Gram, ...]
    aside: beside.Aside
    born: projection.Born
    receipt: Receipt

    @property
    def in_one_call(self) -> bool:
        """Whether the database takes all of it at once, which is a transaction by itself."""
        return connection.vendor == "postgresql" and not self.aside.files

    def write(
        self, home: directory.OrganisationRef, at: datetime, keyed: list[models.Submission], head: Head
    ) -> Receipt:
        """Write the rows; the number, which others wait for, last of all. Raises Moved."""
        texts = beside.text_rows(self.aside, self.row, at)
        rows = (keyed, self.events, self.pointers, self.grams, texts, *self.born.groups)
        drawing = _drawing(home, cast("Mode", self.row.mode), at)
        if self.in_one_call:
            self.row.number = drawing.opened(document(*rows), document([self.row]), head)
        else:
            ledger.still(home.root, head)
            insert(*rows)
            beside.keep_files(self.aside, self.row, self.events[0].seq, at)
            self.row.number = drawing.number()
            insert([self.row])
        return replace(self.receipt, number=self.row.number)


def _draft(
    home: directory.OrganisationRef,
    book: Book,
    act: Act,
    files: tuple[beside.Upload, ...],
    at: datetime,
    lang: Lang,
) -> Draft:
    if act.opening is None:
        raise AssertionError("an opening opens")
    row = _row(home, book, act.opening, at)
    asked, aside = beside.set_aside(act, book.pack, files)
    events = engine.decide(book, None, asked, at)
    case = door.grown(None, events)
    rows = door.event_rows(row, events)
    born = projection.born(row, book, case, at, {one.seq: one.pk for one in rows})
    return Draft(
        row=row,
        events=tuple(rows),
        pointers=tuple(door.pointers(row, events)),
        grams=tuple(finding.grams_of(row)),
        aside=aside,
        born=born,
        receipt=door.receipt_for(row, book, case, act, events, lang),
    )


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


def _row(home: directory.OrganisationRef, book: Book, opening: Opening, at: datetime) -> models.Case:
    return made(
        models.Case,
        id=opening.case,
        root=home.root,
        organisation=home.id,
        kind=opening.kind,
        mode=opening.mode,
        title=opening.title,
        owner=opening.owner or "",
        pin=book.pin.value,
        pin_digest=book.pin.digest,
        opened_at=at,
    )


NEXT = """insert into cases_counter (id, root, year, mode, last) values (%s, %s, %s, %s, 1)
on conflict (root, year, mode) do update set last = cases_counter.last + 1 returning last"""
OPEN = "select cases_open(%s::jsonb, %s::jsonb, %s, %s, %s, %s::integer, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where the next number comes from; the counter stays locked until the transaction ends."""

    counter: str
    root: str
    year: int
    mode: Mode
    beginning: str

    def number(self) -> str:
        """Draw the next number."""
        with connection.cursor() as cursor:
            cursor.execute(NEXT, [self.counter, self.root, self.year, self.mode])
            return f"{self.beginning}{cursor.fetchone()[0]:04d}"

    def opened(self, rows: str, opened: str, head: Head) -> str:
        """Write the rows of a case, and its own with the number in it; return the number. Raises Moved."""
        at, known = str(place(models.Case, "number")), "" if head.read else head.digest
        drawn = called(OPEN, rows, opened, at, self.counter, self.root, self.year, self.mode, self.beginning, known)
        if drawn is None:
            raise Moved
        return str(drawn)


def _drawing(home: directory.OrganisationRef, mode: Mode, at: datetime) -> Drawing:
    top = directory.organisation(home.root, home.root)
    if top is None:
        raise AssertionError("every root is an organisation")
    year = at.astimezone(ZoneInfo(home.zone)).year
    return Drawing(new_id(at), home.root, year, mode, f"{top.code}-{year}-{'Y' if mode == 'exercise' else ''}")
