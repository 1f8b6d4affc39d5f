"""The ladder of an organisation in words: in force, or a text that is tried; what is wrong with a text.

Each rung stands beside its first moment on a duty of an hour, for that is what a plan's author has in mind.
"""

from datetime import UTC, datetime, timedelta

from fengsui.cases import ladder, models
from fengsui.cases.ladder import Ladder, Ladders, Ring, Rung
from fengsui.cases.ladder_pages import LadderPage, RungRow
from fengsui.cases.selectors.words import pick
from fengsui.core.problems import Lang, PackError, Problem
from fengsui.core.timing import show_duration
from fengsui.directory import selectors as directory
from fengsui.ledger.problems import IN_PLAN, no_such
from fengsui.library import selectors as library

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
"""The preview: a duty of an hour."""


def ladder_page(root: str, organisation: str, lang: Lang, text: str | None = None) -> LadderPage:
    """Return the ladder in force, or what `text` would be. Raises PackError for a text that is none."""
    own = {row.organisation: row for row in models.Ladder.objects.filter(root=root)}
    line = directory.line(root, organisation)
    nearest = next((one for one in line if one.id in own and own[one.id].text), None)
    row = own[nearest.id] if nearest else None
    shown = text if text is not None else row.text if row else ladder.default_text()
    ladders = ladder.read(shown)
    return LadderPage(
        organisation=organisation,
        owner=nearest.name if nearest else "",
        own=nearest is not None and nearest.id == organisation,
        text=shown,
        paper=row.paper if row else "",
        by=row.by if row else "",
        at=row.at if row else None,
        pending=any(own[one.id].pending for one in line if one.id in own),
        hard=_rows(root, organisation, ladders.hard, lang),
        soft=_rows(root, organisation, ladders.soft, lang),
    )


def check_ladder(root: str, organisation: str, text: str) -> None:
    """Hold a text against the language of ladders and the plan in force. Raises PackError with every problem."""
    problems = unknown_bodies(root, organisation, ladder.read(text))
    if problems:
        raise PackError(problems)


def unknown_bodies(root: str, organisation: str, ladders: Ladders) -> list[Problem]:
    """Return a problem for each body named in a ladder that the plan in force does not know."""
    known = library.bodies(root, organisation)
    named = {one for rungs in (ladders.hard, ladders.soft) for rung in rungs.rungs for one in rung.to}
    lacking = sorted(one for one in named if known is not None and one not in known and not _is_word(one))
    return [no_such(("机构", "body"), one, IN_PLAN, known or ()).problem for one in lacking]


def _is_word(to: str) -> bool:
    return to in ("holders", "recipients") or to.partition(" ")[0] == "above"


def _rows(root: str, organisation: str, one: Ladder, lang: Lang) -> tuple[RungRow, ...]:
    pin = library.governing(root, organisation)
    bodies = library.pack(root, pin.pack).bodies if pin else {}

    def whom(to: str) -> str:
        if to in _WHOM:
            return pick(_WHOM[to], lang)
        if to.startswith("above"):
            steps = to.partition(" ")[2]
            return pick((f"上 {steps} 级机构", f"the body {steps} steps up"), lang)
        body = bodies.get(to)
        return (body.zh if lang == "zh" else body.en or body.zh) if body else to

    firsts = {
        rung.name: one.ring(f"{rung.name}:1" if rung.every else rung.name, BEGIN, BEGIN + HOUR) for rung in one.rungs
    }
    rows = [
        RungRow(
            rung.name,
            _when(rung, lang),
            pick(("、", ", "), lang).join(whom(to) for to in rung.to),
            _again(rung, lang),
            _example(firsts[rung.name], lang),
            rung.urgent,
        )
        for rung in one.rungs
    ]
    far = BEGIN + timedelta(days=9999)
    return tuple(sorted(rows, key=lambda row: ring.at if (ring := firsts[row.name]) else far))


_WHOM = {
    "holders": ("责任人", "those who owe it"),
    "recipients": ("报送对象", "those it is owed to"),
    "above": ("上一级机构", "the next body up"),
}


def _when(rung: Rung, lang: Lang) -> str:
    if rung.share is not None:
        return pick((f"时间过去 {rung.share}%", f"{rung.share}% of the time gone"), lang)
    if rung.at_due:
        return pick(("到时", "at the time"), lang)
    length = show_duration(abs(rung.shift), lang)
    return pick(
        (f"到时前 {length}", f"{length} before") if rung.before else (f"过时 {length}", f"{length} after"), lang
    )


def _again(rung: Rung, lang: Lang) -> str:
    if rung.every is None:
        return ""
    every = show_duration(rung.every, lang)
    if rung.until is None:
        return pick((f"每 {every}，直到办结", f"every {every} while owed"), lang)
    until = show_duration(rung.until, lang)
    return pick((f"每 {every}，直到过时 {until}", f"every {every} until {until} after"), lang)


def _example(ring: Ring | None, lang: Lang) -> str:
    if ring is None:
        return pick(("时限更长才有", "longer duties only"), lang)
    minutes = int((ring.at - BEGIN).total_seconds() // 60)
    if minutes >= 120 and minutes % 60 == 0:
        return pick((f"第 {minutes // 60} 小时", f"hour {minutes // 60}"), lang)
    return pick((f"第 {minutes} 分钟", f"minute {minutes}"), lang)
