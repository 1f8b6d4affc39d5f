"""The report page: what may be opened, and what facts not yet submitted would mean. Nothing is stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fengsui.cases.pages import Choice, Cite, ClockRow, Preview, ReportPage
from fengsui.cases.selectors import access, tree
from fengsui.cases.selectors.facts import form_facts
from fengsui.cases.selectors.grades import beside, grade_view
from fengsui.cases.selectors.owed import kind_word, limit_label, row_of
from fengsui.cases.selectors.systems import choices, chosen, register_rows
from fengsui.cases.selectors.words import CASE_KINDS, KIND_LABELS, Words, pick
from fengsui.core import engine, obligations
from fengsui.core.book import Book
from fengsui.core.case import Act, Actor, Case, FactText, Kind, Opening, Seat
from fengsui.core.grading import grade
from fengsui.core.obligations import Obligation
from fengsui.core.pack import BadValue, parse_value, tests
from fengsui.core.problems import FengsuiError, Lang
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library

NOBODY = "preview"
KINDS: tuple[Kind, ...] = ("incident", "warning", "key_period", "standing")
OF_UNITS = ("incident", "warning")
"""Kinds that happen in one unit, to one system; the others are the whole organisation's."""


def report_page(
    person: str, at: datetime, *, kind: str = "incident", organisation: str | None = None, lang: Lang = "zh"
) -> ReportPage | None:
    """Return the report form of an organisation in which the person holds a seat, or None."""
    who = access.reader(person, at)
    if who is None or kind not in KINDS:
        return None
    chosen = access.reports_to(who, organisation)
    home = directory.organisation(who.root, chosen) if chosen else None
    pin = library.governing(who.root, chosen) if chosen else None
    if home is None or pin is None:
        return None
    homes = {seat.organisation for seat in who.seats}
    book = library.book_of(who.root, pin)
    words = Words(book.pack, who.root, home.id, lang)
    known = {row.id: row.name for row in directory.organisations(who.root)}
    return ReportPage(
        organisation=home.id,
        organisation_label=home.name,
        organisations=tuple(Choice(id, known[id]) for id in sorted(homes) if id in known),
        kind=kind,
        kinds=tuple(Choice(name, pick(CASE_KINDS[name], lang)) for name in KINDS if _used(book, name)),
        plan=words.title,
        zone=home.zone,
        owners=_owners(words, who) if kind in OF_UNITS else (),
        assets=choices(who.root, home.id, words) if kind in OF_UNITS else (),
        facts=tuple(row for row in form_facts(words) if kind in OF_UNITS or row.name in _looked_at(book, kind)),
        clock_cite=_clock_cite(words),
        unset=(),
    )


def preview(
    person: str,
    organisation: str,
    *,
    kind: Kind,
    owner: str | None,
    asset: str | None,
    assets: Sequence[str] = (),
    facts: Mapping[str, FactText],
    at: datetime,
    unverified: Sequence[str] = (),
    unknown: Sequence[str] = (),
    rest_none: bool = False,
    lang: Lang = "zh",
) -> Preview:
    """Return the grade and the clocks that a report with these facts would give at `at`."""
    who = access.reader(person, at)
    sits = who is not None and organisation in {seat.organisation for seat in who.seats}
    home = directory.organisation(who.root, organisation) if who and sits else None
    if who is None or home is None:
        raise LookupError("nobody")
    book = library.book_for(who.root, organisation)
    words = Words(book.pack, who.root, organisation, lang)
    problems, good = _read(facts, words)
    affected = register_rows(who.root, organisation, chosen(asset, assets))
    case = _supposed(book, home, kind, owner, affected, good, unverified, unknown, rest_none, at)
    if case is None:
        return Preview(None, (), tuple(problems))
    found = grade(book, case, at) if kind == "incident" else None
    clocks = [one for one in obligations.owed(book, case, at) if one.live]
    return Preview(
        grade=grade_view(found, words) if found else None,
        clocks=tuple(_clock(one, words, at) for one in sorted(clocks, key=_first)),
        problems=tuple(problems),
        beside=beside(book, case, words, at) if found else (),
    )


def _read(facts: Mapping[str, FactText], words: Words) -> tuple[list[tuple[str, str]], dict[str, FactText]]:
    """Return what could not be read, with a sentence, and the facts that could."""
    problems, good = [], {}
    for name, value in facts.items():
        rule = words.pack.facts.get(name)
        if rule is None:
            continue
        try:
            raw = list(value) if isinstance(value, tuple) else value
            parse_value(raw, rule.type, words.pack.words.domain)
            good[name] = value
        except BadValue as bad:
            problems.append((name, words.bad_value(bad)))
    return problems, good


def _supposed(
    book: Book,
    home: directory.OrganisationRef,
    kind: Kind,
    owner: str | None,
    affected: tuple[Mapping[str, str], ...],
    facts: Mapping[str, FactText],
    unverified: Sequence[str],
    unknown: Sequence[str],
    rest_none: bool,
    at: datetime,
) -> Case | None:
    """Open the case in memory, as if it were reported now by somebody of the plan."""
    seat = Seat(home.id, next(iter(book.pack.bodies)))
    tier, line = tree.standing(home.root, home.id, book.pack)
    opening = Opening(
        case=NOBODY,
        kind=kind,
        organisation=home.id,
        root=home.root,
        owner=owner or tree.sole_owner(kind, affected, book.pack) or None,
        tier=tier,
        line=line,
        assets=affected,
    )
    act = Act(
        "open",
        Actor(NOBODY, (seat,)),
        opening=opening,
        facts=facts,
        unknown=tuple(unknown),
        unverified=tuple(name for name in unverified if name in facts),
        rest_none=rest_none,
        source=NOBODY,
        note=NOBODY,
    )
    try:
        return engine.replay(engine.decide(book, None, act, at.replace(microsecond=0)))
    except FengsuiError:
        return None


def _clock(one: Obligation, words: Words, at: datetime) -> ClockRow:
    row = row_of(one)
    kind = kind_word(row, words)
    notes = []
    if one.state == "undecided":
        notes.append(words.say("视：", "depends on: ") + words.join(words.leaf(leaf) for leaf in one.open))
    if one.estimated:
        notes.append(words.say("估算", "estimated"))
    return ClockRow(
        kind_word=kind,
        kind_label=pick(KIND_LABELS[kind], words.lang),
        owes=one.owes.zh if words.lang == "zh" else one.owes.en or one.owes.zh,
        to=words.parties(r.party for r in one.to) or words.parties(one.by),
        due=one.due if one.kind != "soft" else None,
        limit_label=limit_label(row, words),
        cites=words.cites(one.clause),
        note=words.say("；", "; ").join(notes),
        passed=one.due is not None and at > one.due,
    )


def _first(one: Obligation) -> tuple[bool, float]:
    return (one.due is None, one.due.timestamp() if one.due else 0.0)


def _owners(words: Words, who: access.Reader) -> tuple[Choice, ...]:
    """Return the units an incident may happen in: those of the body that owners are, the reader's own first."""
    owner = [body for body in words.pack.bodies.values() if body.kind == "derived" and body.from_ == "asset.owner"]
    kinds = {body.is_ for body in owner if body.is_} or {name for name, body in words.pack.bodies.items() if body.many}
    units = [unit for unit in directory.units(words.root, words.organisation) if unit.place and unit.body in kinds]
    mine = {(seat.body, seat.place) for seat in who.seats}
    ordered = sorted(units, key=lambda unit: (unit.body, unit.place) not in mine)
    return tuple(Choice(unit.text, unit.name) for unit in ordered)


def _clock_cite(words: Words) -> Cite | None:
    """Return the clause of the first duty whose clock starts from a fact."""
    for duty in words.pack.duties_for("incident"):
        if duty.from_ is not None:
            return words.cite(duty.clause[0])
    return None


def _looked_at(book: Book, kind: str) -> set[str]:
    """Return the subjects that the rules of a kind of case test."""
    rules = [grant.when for grant in book.pack.grants if grant.kind == kind]
    rules += [duty.when for duty in book.pack.duties if duty.kind == kind]
    return {test.subject for when in rules for test in tests(when)}


def _used(book: Book, kind: str) -> bool:
    return any(grant.kind == kind for grant in book.pack.grants) or bool(book.pack.duties_for(kind))


__all__ = ["preview", "report_page"]
