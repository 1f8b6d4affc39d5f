"""The archive and the audit: closed cases, and every record by person, clause, time, unit and kind.

Rules
- They are for an organisation's own people and for auditors (design 6): the cases that are open to them as a whole.
  Whom a plan brought into a case from outside reads that case, not the archive.
- Pages go by key, the newest first. An event's id is a UUIDv7 of the moment it was recorded: its order is that of time.
- A person or a clause is looked up in `Mention`, which is walked in the same order.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from fengsui.cases import models
from fengsui.cases.pages import Choice, Cite
from fengsui.cases.selectors import access, log
from fengsui.cases.selectors.rows import case_rows, read_words, words_for, words_of
from fengsui.cases.selectors.words import CASE_KINDS, OTHER_EVENTS, Words, act_label, event_label, pick
from fengsui.cases.trail_pages import ArchivePage, AuditPage, TrailRow
from fengsui.core.case import EVENT_OF, SYSTEM
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import first_id

PAGE = 50
PERSON, CLAUSE = "person:", "clause:"


def audit(
    person: str, filters: Mapping[str, object], after: str, at: datetime, *, limit: int = PAGE, lang: Lang = "zh"
) -> AuditPage | None:
    """Return a page of records by filters, or None for whom there is no audit.

    `since` and `until` are moments (until is not included), `unit` an organisation's id or a unit as the plan writes
    it, `kind` a type of event, `person` a part of a name or an id, `clause` an id or what stands in its brackets.
    """
    who = access.reader(person, at)
    if who is None or not who.whole:
        return None
    words = words_for(who, lang)
    found = _records(who, filters, after, words, limit + 1)
    return AuditPage(
        rows=_trail(found[:limit], who, lang),
        after=found[limit - 1].pk if len(found) > limit else None,
        units=_units(who),
        kinds=_kinds(lang),
        clauses=_clauses(words),
        whole=who.everything,
    )


def archive(
    person: str, filters: Mapping[str, object], after: str, at: datetime, *, limit: int = PAGE, lang: Lang = "zh"
) -> ArchivePage | None:
    """Return a page of archived cases by filters, or None for whom there is no archive."""
    who = access.reader(person, at)
    if who is None or not who.whole:
        return None
    rows = _archived(who, filters, after)
    found = list(rows.order_by("-opened_at", "-pk")[: limit + 1])
    words = words_for(who, lang)
    return ArchivePage(
        rows=tuple(case_rows(found[:limit], who, at, lang)),
        after=found[limit - 1].number if len(found) > limit else None,
        units=_units(who),
        kinds=tuple(Choice(name, pick(label, lang)) for name, label in CASE_KINDS.items()),
        levels=words.choices("level") if words else (),
    )


def _archived(who: access.Reader, filters: Mapping[str, object], after: str) -> QuerySet[models.Case]:
    rows = models.Case.objects.filter(root=who.root, active=False)
    if not who.everything:
        rows = rows.filter(organisation__in=who.whole)
    for name in ("kind", "level"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if filters.get("unit"):
        rows = rows.filter(Q(owner=filters["unit"]) | Q(organisation=filters["unit"]))
    if filters.get("q"):
        rows = rows.filter(Q(number__icontains=filters["q"]) | Q(title__icontains=filters["q"]))
    if filters.get("since"):
        rows = rows.filter(opened_at__gte=filters["since"])
    if filters.get("until"):
        rows = rows.filter(opened_at__lt=filters["until"])
    if after:
        last = rows.filter(number=after).values_list("opened_at", "pk").first()
        beyond = Q(opened_at__lt=last[0]) | Q(opened_at=last[0], pk__lt=last[1]) if last else Q(pk__in=())
        rows = rows.filter(beyond)
    return rows


def _records(
    who: access.Reader, filters: Mapping[str, object], after: str, words: Words | None, limit: int
) -> list[models.Event]:
    """Return events by filters. Where a person or clause is asked for, its mentions lead; else the events do."""
    wanted = _wanted(who, filters, words)
    if wanted is None:
        return []
    if not wanted:
        rows = models.Event.objects.filter(root=who.root).filter(_of_events(who, filters, after, ""))
        return list(rows.select_related("case").order_by("-pk")[:limit])
    mentions = models.Mention.objects.filter(root=who.root, word__in=wanted[0])
    mentions = mentions.filter(_of_events(who, filters, after, "event__"))
    for words_too in wanted[1:]:
        also = models.Mention.objects.filter(root=who.root, word__in=words_too).values("event")
        mentions = mentions.filter(event__in=also)
    ids = list(dict.fromkeys(mentions.order_by("-event_id").values_list("event_id", flat=True)[: 2 * limit]))[:limit]
    return list(models.Event.objects.filter(root=who.root, pk__in=ids).select_related("case").order_by("-pk"))


def _wanted(who: access.Reader, filters: Mapping[str, object], words: Words | None) -> list[list[str]] | None:
    """Return the words asked for, each group one filter; None where nobody or nothing is called so."""
    found: list[list[str]] = []
    if filters.get("clause"):
        found.append([CLAUSE + id for id in _clause_ids(str(filters["clause"]), words)])
    if filters.get("person"):
        said = str(filters["person"])
        found.append([PERSON + id for id in (said, *directory.named_like(who.root, said))])
    return None if any(not group for group in found) else found


def _clause_ids(said: str, words: Words | None) -> list[str]:
    plain = said.strip("〔〕[] ")
    same = [cite.id for cite in _cites(words) if plain in (cite.id, cite.short.strip("〔〕[]"))]
    return same or [plain]


def _cites(words: Words | None) -> list[Cite]:
    if words is None:
        return []
    beside = [f"{id}:{name}" for id, pack in words.pack.beside.items() for name in pack.clauses]
    return [words.cite(name) for name in (*words.pack.clauses, *beside)]


def _clauses(words: Words | None) -> tuple[Choice, ...]:
    return tuple(Choice(cite.short.strip("〔〕[]"), cite.says) for cite in _cites(words))


def _of_events(who: access.Reader, filters: Mapping[str, object], after: str, at: str) -> Q:
    """Return the condition on events, seen from the field path `at`."""
    found = Q()
    if not who.everything:
        found &= Q(**{f"{at}organisation__in": who.whole})
    if filters.get("kind"):
        found &= Q(**{f"{at}type": filters["kind"]})
    if filters.get("unit"):
        found &= Q(**{f"{at}organisation": filters["unit"]}) | Q(**{f"{at}case__owner": filters["unit"]})
    if filters.get("number"):
        found &= Q(**{f"{at}case__number": filters["number"]})
    key = "event_id" if at else "pk"
    for name, sign in (("since", "gte"), ("until", "lt")):
        moment = filters.get(name)
        if isinstance(moment, datetime):
            found &= Q(**{f"{key}__{sign}": first_id(moment)})
    return found & Q(**{f"{key}__lt": after}) if after else found


def _trail(found: Sequence[models.Event], who: access.Reader, lang: Lang) -> tuple[TrailRow, ...]:
    known: dict[tuple[str, str], Words] = {}
    read_words([one.case for one in found])
    rows = models.Mention.objects.filter(root=who.root, event__in=found, word__startswith=CLAUSE)
    under: dict[str, list[str]] = {}
    for event, word in rows.order_by("pk").values_list("event_id", "word"):
        under.setdefault(event, []).append(word.removeprefix(CLAUSE))
    ids = {id for one in found for id in (one.body["by"]["person"], one.body.get("registered_by")) if id}
    people = {id: one.name for id, one in directory.people(who.root, ids).items()}
    names = {one.id: one.name for one in directory.organisations(who.root)}
    return tuple(
        _row(one, words_of(one.case, lang, known), under.get(one.pk, []), people, names.get(one.organisation, ""))
        for one in found
    )


def _row(one: models.Event, words: Words, under: list[str], people: Mapping[str, str], home: str) -> TrailRow:
    event = log.event_of(one.body, one.digest)
    system = event.person == SYSTEM.person
    return TrailRow(
        id=one.pk,
        number=one.case.number,
        unit=home,
        at=one.at,
        recorded_at=one.recorded_at,
        type=one.type,
        label=event_label(event, words.pack, words.lang),
        who=words.say("系统", "system") if system else words.spoke(event.content, event.seats),
        person=people.get(event.person, ""),
        registered_by=people.get(event.registered_by or "", ""),
        seq=one.seq,
        code=one.code,
        cites=words.cites(under),
        exercise=one.case.mode == "exercise",
    )


def _kinds(lang: Lang) -> tuple[Choice, ...]:
    acts = {event: act_label(act, lang) for act, event in EVENT_OF.items()}
    others = {name: pick(label, lang) for name, label in OTHER_EVENTS.items()}
    return tuple(Choice(name, label) for name, label in (acts | others).items())


def _units(who: access.Reader) -> tuple[Choice, ...]:
    """Return the units of the reader's own organisation and, for an auditor above others, the organisations below."""
    own = [Choice(unit.text, unit.name) for unit in directory.units(who.root, who.person.organisation) if unit.place]
    below = set(who.whole) - {who.person.organisation}
    return (*own, *(Choice(one.id, one.name) for one in directory.organisations(who.root) if one.id in below))


def every_record(
    person: str, filters: Mapping[str, object], at: datetime, most: int, *, lang: Lang = "zh"
) -> Iterator[TrailRow]:
    """Yield records by filters, page after page, `most` at the end."""
    after, left = "", most
    while left > 0:
        page = audit(person, filters, after, at, limit=min(500, left), lang=lang)
        yield from page.rows if page else ()
        left -= len(page.rows) if page else left
        if page is None or page.after is None:
            return
        after = page.after
