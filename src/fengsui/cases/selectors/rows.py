"""Lines of the lists and the desk: cases without replay, from their rows alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from fengsui.cases import models
from fengsui.cases.pages import (
    CaseRow,
    Choice,
    DeskPage,
    EventRow,
    ObligationRow,
    Person,
)
from fengsui.cases.selectors import access, approvals, finding, log, stages
from fengsui.cases.selectors.owed import CaseBit, Live, Owed, as_of, live_of, mine, obligation_row, pressing
from fengsui.cases.selectors.timeline import event_row, texts_beside
from fengsui.cases.selectors.words import CASE_KINDS, STAGES, Words, pick
from fengsui.cases.shift_pages import CaseListPage, SavedView
from fengsui.core.book import Book
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.ledger.once import once
from fengsui.library import selectors as library

PAGE = 30
BATCH = 500
"""How many cases of a list as a file are read at once."""
DESK = 300
"""The most obligations that a desk counts."""
SHOWN, SHOWN_CASES = 24, 10
"""The most obligations and cases that a desk shows: a desk is not a list."""
RECENT = 12


def person_bar(person: str, at: datetime, *, lang: Lang = "zh") -> Person | None:
    """Return who is signed in, with what is in hand: for the top bar of every page."""
    who = access.reader(person, at)
    if who is None:
        return None
    rows = in_hand(who, at)
    return _person(who, lang, len(rows), sum(as_of(row, at) == "overdue" for row in rows), at)


@once
def in_hand(who: access.Reader, at: datetime) -> tuple[Owed, ...]:
    """Return what this person is to do. What lasts (值守, 监测) has no end to reach: it is shown, and not counted."""
    found = open_obligations(who, at) if who.seats else ()
    return tuple(row for row in found if row.data["kind"] != "keep" and mine(row, who.seats))


def desk(person: str, at: datetime, *, lang: Lang = "zh") -> DeskPage:
    """Return the duty desk: what this person has in hand and what his bodies wait for, the most pressing first."""
    who = access.reader(person, at)
    if who is None:
        raise LookupError("nobody")
    found, my = open_obligations(who, at), in_hand(who, at)
    active = access.visible(who).filter(active=True, kind="incident").order_by("-opened_at", "-pk")
    late = sum(as_of(row, at) == "overdue" for row in my)
    waiting, more = approvals.waiting(who, at, lang=lang)
    return DeskPage(
        person=_person(who, lang, len(my), late, at),
        obligations=_most_pressing(found, my, who, at, lang),
        cases=tuple(case_rows(active[:SHOWN_CASES], who, at, lang)),
        approvals=waiting,
        more_approvals=more,
        recent=_recent(who, lang),
        active=active.count(),
        mine=len(my),
        overdue=late,
        whole_unit=sum(row.data["kind"] != "keep" for row in found),
        reads=bool(who.seats or who.whole),
    )


def cases(
    person: str, filters: Mapping[str, str], after: str | None, at: datetime, *, lang: Lang = "zh"
) -> CaseListPage:
    """Return a page of cases, the newest first, by filters of the address; `after` is the key of the last row shown."""
    who = access.reader(person, at)
    if who is None:
        raise LookupError("nobody")
    rows = _filtered(access.visible(who), filters, who, at)
    if after:
        rows = rows.filter(_beyond(after, who))
    page = list(rows.order_by("-opened_at", "-pk")[: PAGE + 1])
    more = page[PAGE - 1].number if len(page) > PAGE else None
    words = words_for(who, lang)
    return CaseListPage(
        rows=tuple(case_rows(page[:PAGE], who, at, lang)),
        after=more,
        levels=words.choices("level") if words else (),
        stages=tuple(Choice(name, pick(label, lang)) for name, label in STAGES.items()),
        units=_units(who),
        kinds=tuple(Choice(name, pick(label, lang)) for name, label in CASE_KINDS.items()),
        views=views(who),
    )


def every_case(
    person: str, filters: Mapping[str, str], at: datetime, most: int, *, lang: Lang = "zh"
) -> tuple[Iterator[CaseRow], bool]:
    """Return at most so many cases by the filters of the list, read while they are taken, and whether they are all."""
    who = access.reader(person, at)
    if who is None:
        raise LookupError("nobody")
    rows = _filtered(access.visible(who), filters, who, at).order_by("-opened_at", "-pk")
    return _batches(rows, who, at, most, lang), not rows[most : most + 1].exists()


def _batches(rows: QuerySet[models.Case], who: access.Reader, at: datetime, most: int, lang: Lang) -> Iterator[CaseRow]:
    page = list(rows[: min(BATCH, most)])
    while page:
        yield from case_rows(page, who, at, lang)
        most -= len(page)
        page = list(rows.filter(_older(page[-1].opened_at, page[-1].pk))[: min(BATCH, most)]) if most > 0 else []


def views(who: access.Reader) -> tuple[SavedView, ...]:
    """Return the reader's own views, by name."""
    rows = models.SavedView.objects.filter(root=who.root, person=who.person.id).order_by("name")
    return tuple(SavedView(row.pk, row.name, row.query, row.default) for row in rows)


def default_view(person: str, at: datetime) -> str:
    """Return the filters with which this person's list opens; empty for all cases."""
    who = access.reader(person, at)
    return next((view.query for view in views(who) if view.default), "") if who else ""


def case_rows(rows: Iterable[models.Case], who: access.Reader, at: datetime, lang: Lang) -> Iterable[CaseRow]:
    """Return the lines of cases, with the next due time of each, in two queries for all."""
    listed = list(rows)
    ids = [row.pk for row in listed]
    open_ = live_of(who.root, ids)
    whole = access.whole_of(who, ids)
    read_words(listed)
    names = {row.id: row.name for row in directory.organisations(who.root)}
    said: dict[tuple[str, str], Words] = {}
    return [
        _case_row(
            row, open_.get(row.pk, []), row.pk in whole, names, who.person.organisation, at, words_of(row, lang, said)
        )
        for row in listed
    ]


def read_words(rows: Iterable[models.Case]) -> None:
    """Read what the words of many cases are made of, names of units and texts of plans, in one query for all."""
    homes: dict[tuple[str, str], set[str]] = {}
    for row in {(row.pin_digest, row.organisation): row for row in rows}.values():
        pack = log.book_of(row).pack
        for one in (pack, *pack.beside.values()):
            homes.setdefault((row.root, one.origin or one.digest), set()).add(row.organisation)
    for root in {root for root, _ in homes}:
        directory.read_units(root, sorted(set().union(*homes.values())))
    for (root, digest), there in homes.items():
        library.read_plan_texts(root, digest, sorted(there))


def words_of(row: models.Case, lang: Lang, known: dict[tuple[str, str], Words]) -> Words:
    """Return the words of a case's plan in its organisation, made once per page."""
    key = (row.pin_digest, row.organisation)
    if key not in known:
        known[key] = Words(log.book_of(row).pack, row.root, row.organisation, lang)
    return known[key]


def bit(row: models.Case, words: Words) -> CaseBit:
    """Return what an obligation's line says of its case."""
    level = words.level(row.level) or words.level(row.proposed, proposed=True) or words.level(row.colour, "colour")
    return CaseBit(row.number, row.title, level, row.mode == "exercise")


def _case_row(
    row: models.Case,
    owed: Sequence[Live],
    whole: bool,
    names: Mapping[str, str],
    own: str,
    at: datetime,
    words: Words,
) -> CaseRow:
    book, lang = log.book_of(row), words.lang
    timed = [each for each in owed if each.due is not None]
    level = words.level(row.level) or words.level(row.colour, "colour")
    return CaseRow(
        number=row.number,
        title=row.title if whole else "",
        kind=row.kind,
        kind_label=pick(CASE_KINDS[row.kind], lang),
        mode=row.mode,
        unit=_unit(row, names, own, words),
        opened_at=row.opened_at,
        stage=row.stage,
        stage_label=pick(STAGES[row.stage], lang),
        dots=_dots(book, row),
        level=level,
        proposed=words.level(row.proposed, proposed=True) if whole else None,
        open=len(owed),
        overdue=sum(each.overdue(at) for each in owed),
        next_due=timed[0].due if timed and whole else None,
        next_label=timed[0].owes if timed and whole else "",
        outline=not whole,
        last_at=row.last_at if whole else None,
    )


def _unit(row: models.Case, names: Mapping[str, str], own: str, words: Words) -> str:
    """Return the unit a case belongs to; of another organisation, its name first."""
    unit, home = words.body(row.owner), names.get(row.organisation, "")
    if row.organisation == own or not unit:
        return unit or home
    return f"{home} {unit}"


def _dots(book: Book, row: models.Case) -> tuple[str, ...]:
    names = [name for name, _ in stages.of(book, row.kind)]
    here = names.index(row.stage) if row.stage in names else 0
    return tuple("d" if n < here else "c" if n == here else "" for n in range(len(names)))


@once
def open_obligations(who: access.Reader, at: datetime, organisation: str = "") -> tuple[Owed, ...]:
    """Return the obligations that are open in the reader's organisation or on cases that brought his body in.

    Of one organisation alone where it is named.
    """
    rows = models.Obligation.objects.filter(root=who.root, live=True, opened__lte=at)
    if organisation:
        rows = rows.filter(organisation=organisation)
    if not who.everything:
        own = Q(organisation__in=who.whole) if who.whole else Q(pk__in=())
        rows = rows.filter(own | access.brought_in(who, "case"))
    told = rows.values_list(*Owed._fields)
    # Two queries, for an index is walked in one direction only and what has no due time comes last.
    timed = tuple(Owed(*row) for row in told.filter(due__isnull=False).order_by("due", "pk")[:DESK])
    if len(timed) == DESK:
        return timed
    return (*timed, *(Owed(*row) for row in told.filter(due=None).order_by("due", "pk")[: DESK - len(timed)]))


def _most_pressing(
    found: Sequence[Owed], my: Sequence[Owed], who: access.Reader, at: datetime, lang: Lang
) -> tuple[ObligationRow, ...]:
    """Return the lines that are shown: one's own before those of others, then all by their urgency."""
    own = {row.pk for row in my}
    first = sorted(found, key=lambda row: (row.pk not in own, pressing(row)))[:SHOWN]
    return obligation_rows(sorted(first, key=pressing), who, at, lang)


def obligation_rows(found: Sequence[Owed], who: access.Reader, at: datetime, lang: Lang) -> tuple[ObligationRow, ...]:
    """Return the lines of obligations in their order, of the cases that the reader may open."""
    cases = {row.pk: row for row in access.readable(who).filter(pk__in={row.case_id for row in found})}
    read_words(cases.values())
    rows = models.Obligation.objects.filter(root=who.root).in_bulk([row.pk for row in found])
    known: dict[tuple[str, str], Words] = {}
    listed = []
    for row in (rows[one.pk] for one in found if one.case_id in cases and one.pk in rows):
        words = words_of(cases[row.case_id], lang, known)
        listed.append(obligation_row(row, words, who.seats, at, bit(cases[row.case_id], words)))
    return tuple(listed)


def _recent(who: access.Reader, lang: Lang) -> tuple[EventRow, ...]:
    """Return the last events of the cases the reader may open."""
    if not who.whole:
        return ()
    own = access.readable(who).filter(last_at__isnull=False).order_by("-last_at")[:RECENT]
    cases = {row.pk: row for row in own}
    read_words(cases.values())
    found = models.Event.objects.filter(root=who.root, case__in=list(cases)).order_by("-recorded_at", "-seq")[:RECENT]
    known: dict[tuple[str, str], Words] = {}
    texts = texts_beside(who.root, *{each.case_id for each in found})
    return tuple(
        event_row(log.event_of(each.body, each.digest), words_of(cases[each.case_id], lang, known), texts)
        for each in found
    )


def _filtered(
    rows: QuerySet[models.Case], filters: Mapping[str, str], who: access.Reader, at: datetime
) -> QuerySet[models.Case]:
    for name in ("level", "stage", "kind", "mode"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if filters.get("unit"):
        rows = rows.filter(Q(owner=filters["unit"]) | Q(organisation=filters["unit"]))
    if filters.get("overdue"):
        late = models.Obligation.objects.filter(root=who.root, live=True, due__lt=at, data__kind="hard")
        rows = rows.filter(pk__in=late.exclude(state="undecided").values("case"))
    if filters.get("q"):
        rows = finding.matching(rows, filters["q"], who)
    return rows


def _beyond(number: str, who: access.Reader) -> Q:
    last = access.visible(who).filter(number=number).values_list("opened_at", "pk").first()
    if last is None:
        return Q(pk__in=())
    return _older(*last)


def _older(opened_at: datetime, pk: str) -> Q:
    # The first condition is implied by the second: it lets the index be walked from there.
    return Q(opened_at__lte=opened_at) & (Q(opened_at__lt=opened_at) | Q(pk__lt=pk))


def _units(who: access.Reader) -> tuple[Choice, ...]:
    own = directory.units(who.root, who.person.organisation)
    found = [Choice(unit.text, unit.name) for unit in own if unit.place]
    below = {row.id: row.name for row in directory.organisations(who.root)}
    return (*found, *(Choice(id, below[id]) for id in who.below))


def words_for(who: access.Reader, lang: Lang) -> Words | None:
    """Return the words of the plan that governs the reader's organisation."""
    pin = library.governing(who.root, who.person.organisation)
    return Words(library.pack(who.root, pin.pack), who.root, who.person.organisation, lang) if pin else None


def _person(who: access.Reader, lang: Lang, mine: int, overdue: int, at: datetime) -> Person:
    words = words_for(who, lang)
    seats = tuple(words.seat(seat) if words else seat.text for seat in who.seats)
    label = (seats[0] if seats else "") or who.person.name
    return Person(
        id=who.person.id,
        label=label,
        seats=seats,
        organisation=who.person.organisation_name,
        zone=who.person.zone,
        mine=mine,
        overdue=overdue,
        waiting=len(approvals.my_turns(who)),
        wall=bool(who.below),
        records=bool(who.whole),
        reports=access.reports_to(who, None) is not None,
    )
