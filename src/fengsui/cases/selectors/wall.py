"""The wall: a superior organisation over the outlines of all units below it (design 6).

Rules
- Of a case below it tells number, unit, level, phase and counts, and nothing before its outline could be seen.
- Title and next due time are told of a case the reader may open besides: the plan brought his body in.
- Exercises stand apart: violet, and in no count.
- Queries are counted by kinds of rows, never by cases or units; all read what is under way or lately changed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet

from fengsui.cases import models
from fengsui.cases.pages import LevelBadge
from fengsui.cases.selectors import access, log
from fengsui.cases.selectors.owed import UNDECIDED, Sum, obligation_row, sums_of
from fengsui.cases.selectors.rows import bit, read_words, words_for, words_of
from fengsui.cases.selectors.words import STAGES, Words, pick
from fengsui.cases.wall_pages import (
    Kept,
    LevelCount,
    Region,
    Tile,
    WallCase,
    WallDue,
    WallNews,
    WallPage,
    WallWarning,
)
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory

MOST = 300
"""The most cases and changes a wall looks at: beyond that it is no glance."""
SHOWN = 8
DUE = 6
STRIP = 8
"""The most units in a row."""
OUTLINE = ("root", "organisation", "number", "kind", "mode", "title", "level", "stage", "pin", "pin_digest")
"""Of a case's row what its tile is made of."""
LATELY = timedelta(hours=24)
LOOK_BACK = timedelta(days=30)
IN_FORCE = ("issued", "response")
TOLD: Mapping[str, tuple[str, str]] = {
    "opened": ("报告", "reported"),
    "confirmed": ("定级", "level"),
    "adjusted": ("调级", "level changed"),
    "activated": ("启动响应", "response started"),
    "ended": ("响应结束", "response ended"),
    "dismissed": ("结束", "dismissed"),
    "transferred": ("移交", "transferred"),
    "investigated": ("完成调查评估", "investigated"),
    "closed": ("归档", "closed"),
    "issued": ("发布预警", "warning issued"),
    "lifted": ("解除预警", "warning lifted"),
    "due_passed": ("一项义务逾期", "an obligation is overdue"),
}
"""What changes an outline: its birth, level, phase, and the count of what is overdue."""


def wall(person: str, at: datetime, *, lang: Lang = "zh") -> WallPage | None:
    """Return the wall, or None for a person whose organisation has nobody below."""
    who = access.reader(person, at)
    if who is None or not who.below:
        return None
    names = {row.id: _name(row, lang) for row in directory.organisations(who.root)}
    # In the order of the index of what is under way: by organisation or mode a database looks at all that ever was.
    incidents = access.below(who).filter(active=True, kind="incident").order_by("-opened_at", "-pk")
    active = list(incidents.filter(mode="live").only(*OUTLINE)[:MOST])
    active += incidents.exclude(mode="live").only(*OUTLINE)[: MOST - len(active)]
    known: dict[tuple[str, str], Words] = {}
    cases = _cases(active, who, at, lang, known)
    counts = _counts(incidents)
    levels = _levels(counts, [found.level for found in cases.values() if found.level], who, lang)
    return WallPage(
        organisation=names[who.person.organisation],
        units=len(who.below),
        troubled=len({organisation for organisation, _ in counts}),
        cases=sum(counts.values()),
        ungraded=sum(many for (_, level), many in counts.items() if not level),
        highest=next((one.level for one in levels if one.count), None),
        levels=levels,
        regions=_regions(who, names, [(row, cases[row.pk]) for row in active]),
        kept=kept(who, at),
        warnings=_warnings(who, names, lang, known),
        due=_due(who, names, at, lang, known),
        news=_news(who, names, at, lang, known),
    )


def has_wall(person: str, at: datetime) -> bool:
    """Return whether there is a wall for this person."""
    who = access.reader(person, at)
    return who is not None and bool(who.below)


def kept(who: access.Reader, at: datetime) -> Kept:
    """Return how the units below kept what fell due in the last thirty days, in cases whose outline may be seen."""
    rows = models.Obligation.objects.filter(
        root=who.root, organisation__in=who.below, due__gt=at - LOOK_BACK, due__lte=at
    )
    # Asked of each case of these days; the cases that may be seen are all there ever were.
    rows = rows.filter(Exists(access.below(who).filter(mode="live", pk=OuterRef("case"))))
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    overdue = sum(counts.get(state, 0) for state in ("open", "watch_passed", "overdue"))
    met, late = counts.get("met", 0), counts.get("late", 0)
    every = met + late + overdue
    return Kept(met, late, overdue, round(1000 * met / every) if every else None)


def _cases(
    rows: list[models.Case], who: access.Reader, at: datetime, lang: Lang, known: dict[tuple[str, str], Words]
) -> dict[str, WallCase]:
    ids = [row.pk for row in rows]
    read_words(rows)
    sums = sums_of(who.root, ids, at)
    whole = access.whole_of(who, ids)
    return {row.pk: _case(row, sums.get(row.pk, Sum()), row.pk in whole, words_of(row, lang, known)) for row in rows}


def _case(row: models.Case, owed: Sum, whole: bool, words: Words) -> WallCase:
    found = WallCase(
        number=row.number,
        kind=row.kind,
        level=words.level(row.level),
        stage_label=pick(STAGES[row.stage], words.lang),
        open=owed.open,
        overdue=owed.overdue,
        exercise=row.mode == "exercise",
    )
    if not whole:
        return found
    return replace(found, title=row.title, next_due=owed.due, readable=True)


def _counts(incidents: QuerySet[models.Case]) -> dict[tuple[str, str], int]:
    """Return how many live incidents there are, of all, by organisation and level."""
    return Counter(incidents.filter(mode="live").values_list("organisation", "level"))


def _levels(
    counts: Mapping[tuple[str, str], int], met: list[LevelBadge], who: access.Reader, lang: Lang
) -> tuple[LevelCount, ...]:
    """Return the counts by level, the gravest first: those of the reader's own plan, and any other that is met."""
    every = {level.id: level for level in (*_own_levels(who, lang), *met)}
    sums = {id: sum(many for (_, level), many in counts.items() if level == id) for id in every}
    most = max(sums.values(), default=0)
    found = sorted(every.values(), key=lambda level: level.rank)
    return tuple(LevelCount(level, sums[level.id], -(-10 * sums[level.id] // most) if most else 0) for level in found)


def _own_levels(who: access.Reader, lang: Lang) -> list[LevelBadge]:
    words = words_for(who, lang)
    order = words.pack.words.domain.scales.get("level", ()) if words else ()
    return [badge for id in order if words and (badge := words.level(id))]


def _regions(
    who: access.Reader, names: Mapping[str, str], incidents: list[tuple[models.Case, WallCase]]
) -> tuple[Region, ...]:
    """Return the units in the order of the tree: those with units of their own under their name."""
    of: dict[str, list[WallCase]] = {}
    for row, found in incidents:
        of.setdefault(row.organisation, []).append(found)
    below = set(who.below)
    units = [unit for unit in directory.organisations(who.root) if unit.id in below]
    children: dict[str, list[str]] = {}
    for unit in units:
        children.setdefault(unit.parent, []).append(unit.id)
    first = children.get(who.person.organisation, [])
    plain = [id for id in first if id not in children]
    groups = [("", plain)] if plain else []
    groups += [(names[id], [id, *_under(id, children)]) for id in first if id in children]
    return tuple(Region(title, _strips([_tile(names[id], of.get(id, [])) for id in group])) for title, group in groups)


def _under(id: str, children: Mapping[str, list[str]]) -> list[str]:
    return [each for child in children.get(id, ()) for each in (child, *_under(child, children))]


def _strips(tiles: list[Tile]) -> tuple[tuple[Tile, ...], ...]:
    """Cut tiles into rows of nearly the same length."""
    rows = -(-len(tiles) // STRIP)
    size, longer = divmod(len(tiles), rows)
    cuts = [0]
    for number in range(rows):
        cuts.append(cuts[-1] + size + (number < longer))
    return tuple(tuple(tiles[start:end]) for start, end in zip(cuts, cuts[1:], strict=False))


def _tile(name: str, cases: list[WallCase]) -> Tile:
    live = [case for case in cases if not case.exercise]
    drills = [case for case in cases if case.exercise]
    shown = sorted(live or drills, key=_gravity)
    return Tile(
        name=name,
        case=shown[0] if shown else None,
        more=max(0, len(shown) - 1),
        open=sum(case.open for case in shown),
        overdue=sum(case.overdue for case in shown),
        exercise=bool(drills) and not live,
        drill_beside=bool(drills and live),
    )


def _gravity(case: WallCase) -> tuple[int, int, str]:
    return (case.level.rank if case.level else 9, -case.overdue, case.number)


def _warnings(
    who: access.Reader, names: Mapping[str, str], lang: Lang, known: dict[tuple[str, str], Words]
) -> tuple[WallWarning, ...]:
    """Return the warnings in force, of the units below and of the reader's own organisation, the gravest first."""
    rows = access.visible(who).filter(active=True, kind="warning", mode="live", stage__in=IN_FORCE)
    there = list(rows.filter(organisation__in=(who.person.organisation, *who.below)).order_by("-opened_at")[:SHOWN])
    read_words(there)
    whole = access.whole_of(who, [row.pk for row in there])
    found = []
    for row in there:
        words = words_of(row, lang, known)
        colour = words.level(row.colour, "colour")
        if colour is not None:
            stage, title = pick(STAGES[row.stage], lang), row.title if row.pk in whole else ""
            found.append(WallWarning(row.number, names[row.organisation], colour, stage, title))
    return tuple(sorted(found, key=lambda one: one.colour.rank))


def _due(
    who: access.Reader, names: Mapping[str, str], at: datetime, lang: Lang, known: dict[tuple[str, str], Words]
) -> tuple[WallDue, ...]:
    """Return the nearest due times of the cases below that the reader may open."""
    rows = models.Obligation.objects.filter(root=who.root, organisation__in=who.below, live=True, due__isnull=False)
    rows = rows.exclude(state=UNDECIDED)
    open_to = access.readable(who).filter(pk=OuterRef("case"), organisation__in=who.below, active=True, mode="live")
    nearest = list(rows.filter(Exists(open_to)).select_related("case").order_by("due", "pk")[:DUE])
    read_words([one.case for one in nearest])
    found = []
    for one in nearest:
        words = words_of(one.case, lang, known)
        row = obligation_row(one, words, (), at, bit(one.case, words), link=False)
        found.append(WallDue(names[one.organisation], row))
    return tuple(found)


def _news(
    who: access.Reader, names: Mapping[str, str], at: datetime, lang: Lang, known: dict[tuple[str, str], Words]
) -> tuple[WallNews, ...]:
    """Return what changed the outlines below in the last day, the newest first."""
    since = at - LATELY
    rows = access.below(who).filter(last_at__gte=since).order_by("-last_at")
    told_at = dict(rows.values_list("pk", "told_at")[:MOST])
    whole = access.whole_of(who, list(told_at))
    events = models.Event.objects.filter(
        root=who.root, case__in=list(told_at), type__in=list(TOLD), recorded_at__gte=since
    ).order_by("-recorded_at", "-case_id", "-seq")
    latest = events.values_list("pk", "case_id", "recorded_at")[:MOST]
    seen = [pk for pk, case, moment in latest if case in whole or _could_be_seen(told_at[case], moment, who)]
    shown = list(events.filter(pk__in=seen[:SHOWN]).select_related("case"))
    read_words([event.case for event in shown])
    found: list[WallNews] = []
    for event in shown:
        text = _said(event, words_of(event.case, lang, known))
        bad, drill = event.type == "due_passed", event.case.mode == "exercise"
        found.append(WallNews(event.recorded_at, names[event.case.organisation], event.case.number, text, drill, bad))
    return tuple(found)


def _could_be_seen(told_at: datetime | None, moment: datetime, who: access.Reader) -> bool:
    """Return whether the outline could be seen when this happened: what lay before is not told afterwards."""
    return who.outlines_from_opening or (told_at is not None and moment >= told_at)


def _said(event: models.Event, words: Words) -> str:
    label = pick(TOLD[event.type], words.lang)
    content = log.event_of(event.body, event.digest).content
    level = words.level(str(content.get("level") or "")) if event.type in ("confirmed", "adjusted") else None
    told = level or words.level(str(content.get("colour") or ""), "colour")
    return f"{label} {told.label}" if told else label


def _name(row: directory.OrganisationRef, lang: Lang) -> str:
    return row.name if lang == "zh" or not row.name_en else row.name_en
