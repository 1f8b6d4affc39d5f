"""The regimes beside the plan: what each asks, where the plan is slower, what is one thing, and the clocks that run.

Rules
- Levels stand side by side under their own names and are never mapped onto each other.
- The comparison follows from the packs, readings and ties alone and is kept by them; the clocks are read anew.
- The clocks are those of the reader's own open incidents that were opened under a regime, the newest first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from fengsui.cases import models
from fengsui.cases.plan_pages import Finding
from fengsui.cases.regime_pages import (
    Ask,
    CaseClocks,
    ClashView,
    ClockMark,
    Lane,
    Part,
    RegimesPage,
    RegimeTies,
    Tie,
)
from fengsui.cases.selectors import access
from fengsui.cases.selectors.authority import Told, link
from fengsui.cases.selectors.owed import as_of, kind_word, look
from fengsui.cases.selectors.rows import words_of
from fengsui.cases.selectors.words import STATE_LABELS, Held, Words, pick
from fengsui.core.canon import moment
from fengsui.core.lint.beside import beside
from fengsui.core.lint.limits import Clash, clashes, first_reports
from fengsui.core.pack import Duty, Pack
from fengsui.core.pack.joined import join
from fengsui.core.problems import Lang
from fengsui.library import selectors as library

CASES = 6
LOOKED_AT = 40
"""How many of the newest open incidents are looked through for those under a regime."""
DAY = timedelta(hours=24)
ROW = 42
"""Pixels between two rows of marks that would cover each other."""
NEAR = 14.0
"""Percent of the axis that a mark's words take."""
ROWS = 2
TICKS = 8

Book = tuple[tuple[Pack, Mapping[str, str]], ...]


def regimes_page(person: str, at: datetime, *, lang: Lang = "zh") -> RegimesPage | None:
    """Return the regimes beside the plan that governs the reader's organisation; None for nobody."""
    who = access.reader(person, at)
    if who is None:
        return None
    installed = sum(1 for one in library.packs(who.root) if library.pack(who.root, one.digest).head.kind == "regime")
    pin = library.governing(who.root, who.person.organisation)
    if pin is None:
        return RegimesPage("", installed=installed)
    plan = library.pack(who.root, pin.pack)
    title = plan.head.zh if lang == "zh" else plan.head.en or plan.head.zh
    if not pin.regimes:
        return RegimesPage(title, installed=installed)
    own = library.applied(who.root, pin.pack, pin.overlay)
    first = (own.pack if own else plan, {**(own.readings if own else {}), **library.readings(who.root, pin.readings)})
    books: Book = (first, *((library.pack(who.root, p), library.readings(who.root, r)) for p, r in pin.regimes))
    page = _compared(title, books, own.ties if own else {}, lang)
    adopter = library.adopter(who.root, who.person.organisation)
    since = {row.name: row.since for row in library.regimes(who.root, adopter)}
    parts = tuple(replace(part, since=since.get(part.id)) for part in page.parts)
    return replace(page, parts=parts, installed=installed, clocks=tuple(_clocks(who, at, lang)))


# ------------------------------------------------------------------------------------------------ side by side
def _compared(title: str, books: Book, ties: Mapping[str, str], lang: Lang) -> RegimesPage:
    key = tuple((pack.digest, tuple(sorted(readings.items()))) for pack, readings in books)
    return _page(title, key, tuple(sorted(ties.items())), lang, Held(books))


@lru_cache(maxsize=8)
def _page(
    title: str,
    key: tuple[tuple[str, tuple[tuple[str, str], ...]], ...],
    tied: tuple[tuple[str, str], ...],
    lang: Lang,
    held: Held,
) -> RegimesPage:
    books: Book = held.thing
    ties = dict(tied)
    told = [Told(pack, dict(readings), lang) for pack, readings in books]
    packs = [pack for pack, _ in books]
    found = clashes(packs[0], packs[1:], ties, {pack.id: readings for pack, readings in books})
    return RegimesPage(
        plan=title,
        parts=tuple(_part(one) for one in told),
        clashes=tuple(_clashes(found, told)),
        ties=tuple(_ties(packs[0], told[1:], ties, lang)),
    )


def _part(told: Told) -> Part:
    pack, head = told.pack, told.pack.head
    first = first_reports(pack)
    asked = [duty for duty in pack.duties_for("incident") if duty.to and duty not in first]
    onward = [duty for duty in asked if all(one.name == "reported" for one in duty.on)]
    return Part(
        id=pack.id,
        version=pack.version,
        title=told.say(head.zh, head.en or head.zh),
        regime=head.kind == "regime",
        since=None,
        levels=told.columns("incident"),
        first=tuple(_ask(told, duty) for duty in first),
        onward=tuple(_ask(told, duty) for duty in onward),
        later=tuple(_ask(told, duty) for duty in asked if duty not in onward),
    )


def _ask(told: Told, duty: Duty) -> Ask:
    form = told.pack.forms.get(duty.form or "")
    fields = (told.say(one.zh or name, one.en or one.zh or name) for name, one in form.fields.items()) if form else ()
    return Ask(told.duty(duty), tuple(fields))


def _clashes(found: Iterable[Clash], told: Sequence[Told]) -> Iterator[ClashView]:
    """Yield one line for each recipient and pair of duties; what only the regime asks comes last."""
    regimes = {one.pack.id: one for one in told[1:]}
    plan = told[0]
    order = ("longer", "no_number", "only")
    for one in sorted(found, key=lambda clash: order.index(clash.sort)):
        regime = regimes[one.regime]
        name = one.body.partition(":")[2] or one.body
        known = plan.pack if one.body in plan.pack.bodies else regime.pack
        title = regime.say(regime.pack.head.zh, regime.pack.head.en or regime.pack.head.zh)
        ours = plan.duty(one.ours) if one.ours else None
        to = known.label("body", one.body if known is plan.pack else name, plan.lang)
        yield ClashView(one.sort, to, title, regime.duty(one.theirs), ours)


def _ties(plan: Pack, told: Sequence[Told], ties: Mapping[str, str], lang: Lang) -> Iterator[RegimeTies]:
    names = join(plan, [one.pack for one in told], ties).names
    for one, called in zip(told, names, strict=True):
        pack = one.pack
        tables = (
            (("事实", "fact"), "fact", pack.facts, called.facts, plan.facts),
            (("机构", "body"), "body", pack.bodies, called.bodies, plan.bodies),
            (("事项", "matter"), "matter", pack.terms.matters, called.matters, plan.terms.matters),
        )
        tied = tuple(
            Tie(pick(label, lang), pack.label(sort, name, lang), plan.label(sort, theirs[name], lang))
            for label, sort, things, theirs, ours in tables
            for name in things
            if theirs.get(name) in ours
        )
        untied = tuple(
            Finding(
                problem.code,
                problem.message(lang),
                problem.hint(lang),
                tuple(link(pack, clause.partition(":")[2]) for clause in problem.clause),
            )
            for problem in beside(plan, [pack], {k: v for k, v in ties.items() if k.startswith(f"{pack.id}:")})
        )
        yield RegimeTies(one.say(pack.head.zh, pack.head.en or pack.head.zh), tied, untied)


# ------------------------------------------------------------------------------------------------ clocks
def _clocks(who: access.Reader, at: datetime, lang: Lang) -> Iterator[CaseClocks]:
    rows = access.readable(who).filter(active=True, kind="incident").order_by("-opened_at", "-pk")[:LOOKED_AT]
    cases = {row.pk: row for row in rows if len(row.pin["packs"]) > 1}
    cases = dict(list(cases.items())[:CASES])
    owed = models.Obligation.objects.filter(root=who.root, case__in=cases, due__isnull=False).order_by("due", "pk")
    by_case: dict[str, list[models.Obligation]] = {}
    for row in owed:
        by_case.setdefault(row.case_id, []).append(row)
    known: dict[tuple[str, str], Words] = {}
    for pk, found in ((pk, by_case.get(pk, [])) for pk in cases):
        if found:
            yield _case_clocks(cases[pk], found, words_of(cases[pk], lang, known), at)


def _case_clocks(case: models.Case, rows: Sequence[models.Obligation], words: Words, at: datetime) -> CaseClocks:
    marks = [(row, _mark(row, row.due, words, at)) for row in rows if row.due is not None]
    begins = min([case.opened_at, *(mark.start for _, mark in marks if mark.start)])
    near = [mark.due for _, mark in marks if mark.due <= begins + DAY]
    ends = max([at, *near]) + (max([at, *near]) - begins) * 0.12
    lanes: dict[str, list[ClockMark]] = {words.title: []}
    for row, mark in marks:
        lanes.setdefault(words.of(row.duty)[0].title, []).append(mark)
    return CaseClocks(
        number=case.number,
        title=case.title,
        now_x=_place(at, begins, ends),
        ticks=tuple(_ticks(begins, ends)),
        lanes=tuple(Lane(title, _placed(found, begins, ends)) for title, found in lanes.items() if found),
    )


def _mark(row: models.Obligation, due: datetime, words: Words, at: datetime) -> ClockMark:
    state = as_of(row, at)
    start = row.data["start"]
    return ClockMark(
        word=kind_word(row, words),
        owes=words.say(row.owes, row.data["owes_en"] or row.owes),
        to=words.parties(row.data["to"]),
        start=moment(start) if start else None,
        due=due,
        state=pick(STATE_LABELS[state], words.lang),
        look=look(row, state, at),
    )


def _place(when: datetime, begins: datetime, ends: datetime) -> float:
    return 100.0 * ((when - begins) / (ends - begins)) if ends > begins else 0.0


def _placed(marks: Iterable[ClockMark], begins: datetime, ends: datetime) -> tuple[ClockMark, ...]:
    """Put marks on the axis, on the first row where their words have room; what is beyond is only told in words."""
    last = [-NEAR] * ROWS
    found = []
    for mark in marks:
        x = _place(mark.due, begins, ends)
        row = next((n for n in range(ROWS) if x - last[n] >= NEAR), None)
        if mark.due > ends or row is None:
            found.append(replace(mark, shown=False))
            continue
        last[row] = x
        found.append(replace(mark, x=min(x, 90.0), y=6 + ROW * row))
    return tuple(found)


def _ticks(begins: datetime, ends: datetime) -> Iterator[tuple[float, datetime]]:
    steps = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=4), DAY, 7 * DAY)
    step = next((one for one in steps if (ends - begins) / one <= TICKS), 30 * DAY)
    first = begins.replace(minute=0, second=0, microsecond=0)
    for n in range(1, 4 * TICKS):
        tick = first + n * step
        if begins < tick < ends:
            yield _place(tick, begins, ends), tick
