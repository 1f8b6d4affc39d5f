"""One case whole, for one reader at one moment: the log is folded once and everything on the page comes from it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from fengsui.cases import models
from fengsui.cases.act_pages import ActBeside
from fengsui.cases.pages import (
    ActLink,
    CasePage,
    CaseRef,
    ChainCheck,
    Choice,
    LevelBadge,
    ObligationRow,
    Participant,
    ReadingRow,
    ReportHop,
    StageStep,
)
from fengsui.cases.selectors import access, stages
from fengsui.cases.selectors.approvals import chain_views
from fengsui.cases.selectors.facts import case_facts, options_of
from fengsui.cases.selectors.grades import beside, grade_view
from fengsui.cases.selectors.offers import offer_views, tasks
from fengsui.cases.selectors.owed import is_for, obligation_row, row_of, urgency
from fengsui.cases.selectors.rows import bit
from fengsui.cases.selectors.sight import Sight, sight
from fengsui.cases.selectors.systems import systems
from fengsui.cases.selectors.timeline import event_rows, files_beside
from fengsui.cases.selectors.waits import waits
from fengsui.cases.selectors.words import CASE_KINDS, STAGES, Words, pick
from fengsui.core.book import Book
from fengsui.core.case import Case
from fengsui.core.conditions import View, homes, parse_party
from fengsui.core.engine import Offer
from fengsui.core.grading import Grade
from fengsui.core.obligations import Obligation
from fengsui.core.patterns import groups
from fengsui.core.playbooks import steps
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory

EVENTS, OPEN, DONE = 20, 24, 10
"""So many of the last records, of the most pressing obligations (all of one's own besides) and of those last done stand
on the page; pages of their own hold all."""
BESIDE = 4
"""So many of what is owed stand beside the form of an act."""


def case_page(person: str, ref: CaseRef, at: datetime, *, lang: Lang = "zh", then: bool = True) -> CasePage:
    """Return the page. `ref` came from `case_for`, which decided that the person may open it.

    `then` False leaves out what would follow from the decisions under way.
    """
    seen = sight(person, ref, at, lang)
    row, book, case, words, moment = seen.row, seen.book, seen.case, seen.words, seen.at
    offers, owed, found, gone = seen.offers, seen.owed, seen.found, done(seen)
    return CasePage(
        ref=access.ref_of(row),
        title=row.title,
        kind_label=pick(CASE_KINDS[row.kind], lang),
        mode=row.mode,
        phase=case.phase,
        organisation=_organisation(row, lang),
        owner=words.body(case.owner or ""),
        plan=words.title,
        plan_id=book.pack.id,
        plan_version=book.pack.version,
        zone=seen.who.person.zone,
        opened_at=case.opened_at,
        happened=_happened(case, words),
        stages=_stages(book, case, words, offers),
        obligations=pressing_rows(seen),
        open_all=len(asked(seen)),
        lasting_all=sum(one.kind == "keep" for one in asked(seen)),
        done=lines(seen, gone[:DONE]),
        done_all=len(gone),
        done_late=sum(1 for one in gone if one.state == "late"),
        offers=offer_views(offers, words),
        chains=chain_views(book, case, offers, words, moment, seen.texts, seen.seats, owed=owed, then=then),
        tasks=tasks(steps(book, case, moment), offers, words, seen.seats),
        facts=case_facts(case, words, seen.texts),
        grade=grade_view(found, words) if found else None,
        events=event_rows(case, case.events[-EVENTS:], words, seen.texts, owed, files_beside(row.root, row.pk)),
        check=_check(row, case, at),
        participants=_participants(book, case, owed, words, at),
        readings=readings_open(book, case, owed, offers, found, words),
        level=words.level(case.level),
        proposed=_proposed(case, words),
        response=words.level(case.response, "response"),
        colour=words.level(case.colour, "colour"),
        has_levels=bool(book.pack.level_order),
        rest_none_at=case.rest_none_at,
        linked=_linked(seen.who, case),
        waits=waits(case, owed, offers, words),
        systems=systems(case, words),
        beside=beside(book, case, words, moment) if found else (),
        hops=_hops(case, words),
    )


def act_beside(person: str, ref: CaseRef, act: str, at: datetime, *, lang: Lang = "zh") -> ActBeside:
    """Return what stands beside the form of an act. `ref` came from `case_for`."""
    seen = sight(person, ref, at, lang)
    owed = asked(seen)
    grade = seen.found if act in ("assess", "confirm") else None
    return ActBeside(
        title=seen.row.title,
        mode=seen.row.mode,
        level=seen.words.level(seen.case.level),
        grade=grade_view(grade, seen.words) if grade else None,
        obligations=lines(seen, owed[:BESIDE]),
        open=len(owed),
    )


def _hops(case: Case, words: Words) -> tuple[ReportHop, ...]:
    """Return who told whom of the case, each pair once: at its first report."""
    found: dict[tuple[str, tuple[str, ...]], ReportHop] = {}
    for event in case.events:
        to = tuple(words.body(text) for text in addressed(event.content)) if event.type == "reported" else ()
        if to:
            who = words.spoke(event.content, event.seats)
            found.setdefault((who, to), ReportHop(who, to, event.at, event.seq))
    return tuple(found.values())


def readings_open(
    book: Book, case: Case, owed: Iterable[Obligation], offers: Iterable[Offer], found: Grade | None, words: Words
) -> tuple[ReadingRow, ...]:
    """Return the readings nobody set that this case meets: in its duties, its acts or its grading."""
    listed = list(offers)
    names: dict[str, str] = {}
    for one in owed:
        if one.live:
            names |= {party.unset: words.say("义务的责任单位待定", "holder not set") for party in one.by if party.unset}
            names |= {
                r.party.unset: words.say("义务的接收单位待定", "recipient not set") for r in one.to if r.party.unset
            }
            names |= dict.fromkeys(
                _readings(one.open), words.say("义务是否需办或何时起算待定", "duty or clock not set")
            )
    for offer in listed:
        names |= dict.fromkeys(_readings(offer.next.open), words.say("谁有权办理待定", "who may act is not set"))
    if found is not None:
        names |= dict.fromkeys(found.missing_readings, words.say("定级标准待定", "grading not set"))
    names |= dict.fromkeys(
        _uncounted(book, case), words.say("是否构成多案情形待定", "whether several cases are one is not set")
    )
    may = any(offer.allowed and offer.next.act == "settle" for offer in listed)
    unset = {name: why for name, why in names.items() if name not in case.settled and name not in book.decided}
    return tuple(reading_row(name, why, may, words) for name, why in unset.items())


def _uncounted(book: Book, case: Case) -> list[str]:
    """Return the readings without which nobody can say whether this case and others make a pattern of the plan."""
    view = View(book, None, case, case.events[-1].recorded_at)
    found = (group for name, pattern in book.pack.patterns.items() for group in groups(name, pattern, [view]))
    return [reading for group in found for reading in _readings(group.open)]


def reading_row(name: str, why: str, may: bool, words: Words) -> ReadingRow:
    """Return one unset reading."""
    pack = words.pack
    switch, parameter = pack.readings.switches.get(name), pack.readings.parameters.get(name)
    options: tuple[Choice, ...] = ()
    if switch is not None:
        options = tuple(
            Choice(id, option.zh if words.lang == "zh" else option.en or option.zh)
            for id, option in switch.options.items()
        )
    elif parameter is not None:
        options = options_of(parameter.type, words)
    rule = switch or parameter
    link = ActLink("settle", words.say("为本案解读", "settle"), {"reading": name}) if may else None
    return ReadingRow(
        name, pack.label("reading", name, words.lang), words.cites(rule.clause if rule else ()), options, why, link
    )


def _readings(leaves: Iterable[str]) -> list[str]:
    return [leaf.removeprefix("reading ") for leaf in leaves if leaf.startswith("reading ")]


def asked(seen: Sight) -> list[Obligation]:
    """Return the obligations that still ask something of somebody, the most pressing first."""
    return sorted((one for one in seen.owed if one.live), key=urgency)


def pressing_rows(seen: Sight) -> tuple[ObligationRow, ...]:
    """Return the most pressing of them, and all that the reader's own bodies owe."""
    first, rest = asked(seen)[:OPEN], asked(seen)[OPEN:]
    own = [one for one in rest if any(is_for(seat, party) for seat in seen.seats for party in one.by)]
    return lines(seen, (*first, *own))


def done(seen: Sight) -> list[Obligation]:
    """Return the obligations that are done with, the last first: not those that nobody asks for any more."""
    gone = [one for one in seen.owed if not one.live and one.state not in ("cancelled", "superseded")]
    return sorted(gone, key=lambda one: one.met_at or seen.case.opened_at, reverse=True)


def lines(seen: Sight, owed: Iterable[Obligation]) -> tuple[ObligationRow, ...]:
    """Return obligations as lines of the page."""
    case = bit(seen.row, seen.words)
    return tuple(obligation_row(row_of(one), seen.words, seen.seats, seen.at, case) for one in owed)


def _stages(book: Book, case: Case, words: Words, offers: Iterable[Offer]) -> tuple[StageStep, ...]:
    reached = stages.reached(book, case)
    here = stages.now(book, case)
    names = [name for name, _ in stages.of(book, case.kind)]
    acts = {"assess": "assess", "level": "confirm", "response": "activate", "ended": "end"}
    acts |= {"investigated": "investigate", "closed": "close", "issued": "issue", "lifted": "lift"}
    found, before = [], case.opened_at
    for number, name in enumerate(names):
        seq = reached.get(name)
        if seq is not None:
            at = case.event(seq).at
            state = "now" if name == here else "done"
            found.append(StageStep(name, pick(STAGES[name], words.lang), state, at, _took(at, before, number, words)))
            before = at
            continue
        state = "done" if number < names.index(here) else "next"
        note = words.say("未经过", "passed by") if state == "done" else _who(acts.get(name, ""), offers, words)
        found.append(StageStep(name, pick(STAGES[name], words.lang), state, None, note))
    return tuple(found)


def _took(at: datetime, before: datetime, number: int, words: Words) -> str:
    seconds = int((at - before).total_seconds())
    if not number or seconds < 60:
        return ""
    minutes = seconds // 60
    if minutes < 60:
        return words.say(f"{minutes} 分", f"{minutes} min")
    hours = minutes // 60
    return (
        words.say(f"{hours} 小时", f"{hours} h") if hours < 48 else words.say(f"{hours // 24} 天", f"{hours // 24} d")
    )


def _who(act: str, offers: Iterable[Offer], words: Words) -> str:
    parties = [party for offer in offers if offer.next.act == act for party in offer.next.who]
    return words.parties(parties)


def _happened(case: Case, words: Words) -> tuple[tuple[str, datetime], ...]:
    """Return the times told as facts, and the report."""
    found = []
    for name, rule in words.pack.facts.items():
        fact = case.facts.get(name)
        if rule.type.kind == "instant" and fact is not None and isinstance(fact.value, str):
            at = words.instant(fact.value)
            if at is not None:
                found.append((words.pack.label("fact", name, words.lang), at))
    return (*sorted(found, key=lambda pair: pair[1]), (words.say("报告", "reported"), case.opened_at))


def _participants(
    book: Book, case: Case, owed: Iterable[Obligation], words: Words, at: datetime
) -> tuple[Participant, ...]:
    told: dict[str, datetime] = {}
    roles: dict[str, list[str]] = {}
    for one in owed:
        for party in one.by:
            if not party.unset:
                told[party.text] = min(one.opened, told.get(party.text, one.opened))
                roles.setdefault(party.text, []).append(
                    one.owes.zh if words.lang == "zh" else one.owes.en or one.owes.zh
                )
    for event in case.events:
        for to in addressed(event.content):
            told[to] = min(event.at, told.get(to, event.at))
    people = _people(book, case, told, words, at)
    return tuple(
        Participant(
            label=words.body(text),
            role=_role(text, case, roles.get(text, []), words),
            people=people.get(text, ()),
            told_at=since,
            acknowledged_at=_acknowledged(case, text),
            last_at=_last(case, text),
            external=_external(text, words),
        )
        for text, since in told.items()
    )


def addressed(content: Mapping[str, object]) -> list[str]:
    """Return the bodies that an event tells of the case: its addressees, and who takes part."""
    named = (content.get("to"), content.get("with"))
    return [str(one) for each in named if isinstance(each, list | tuple) for one in each]


def _people(book: Book, case: Case, told: Iterable[str], words: Words, at: datetime) -> dict[str, tuple[str, ...]]:
    """Return who sits in each body now, in the organisations that it means on this case; deputies are called so."""
    deputy = words.say("（代行）", " (acting)")
    parties = {text: parse_party(text) for text in told}
    bodies: dict[str, set[str]] = {}
    for party in parties.values():
        for organisation in homes(party.body, case, book.pack):
            bodies.setdefault(organisation, set()).add(party.body)
    held = [h for home, named in bodies.items() if home for h in directory.holders(case.root, home, named, at)]
    found: dict[str, tuple[str, ...]] = {}
    for text, party in parties.items():
        there = [h for h in held if h.seat.body == party.body and party.place in (None, h.seat.place)]
        found[text] = tuple(dict.fromkeys(f"{h.person.name}{deputy if h.seat.acting_for else ''}" for h in there))
    return found


def _role(text: str, case: Case, roles: list[str], words: Words) -> str:
    if case.owner and text.partition(".")[0] == case.owner:
        return words.say("主办", "owner")
    if any(row.owner == text for row in case.assets):
        return words.join([*roles[:2], words.say("涉事系统主管，参加", "owner of an affected system, takes part")])
    return words.join(roles[:2])


def _acknowledged(case: Case, text: str) -> datetime | None:
    seq = case.acknowledged.get(text)
    return case.event(seq).at if seq else None


def _last(case: Case, text: str) -> datetime | None:
    said = [event.at for event in case.events if event.content.get("body") == text]
    return said[-1] if said else None


def _external(text: str, words: Words) -> bool:
    body = words.pack.bodies.get(parse_party(text).body)
    return body is not None and body.kind == "external"


def _proposed(case: Case, words: Words) -> LevelBadge | None:
    if not case.assessments or case.assessments[-1].level == case.level:
        return None
    return words.level(case.assessments[-1].level, proposed=True)


def _check(row: models.Case, case: Case, at: datetime) -> ChainCheck:
    """The fold has just recomputed every digest; what is left is the head that the row remembers."""
    whole = row.head == case.head
    return ChainCheck(whole, case.seq, case.head, at, None if whole else case.seq)


def _organisation(row: models.Case, lang: Lang) -> str:
    home = directory.organisation(row.root, row.organisation)
    if home is None:
        return ""
    return home.name if lang == "zh" or not home.name_en else home.name_en


def _linked(who: access.Reader, case: Case) -> str:
    """Return the number of the case this one comes from, where the reader may open it."""
    if not case.link:
        return ""
    return access.readable(who).filter(pk=case.link).values_list("number", flat=True).first() or ""
