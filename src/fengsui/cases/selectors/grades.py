"""The engine's grade as people read it: what holds, what will, what is open, what to ask next."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from fengsui.cases.pages import CriterionRow, GradeBeside, GradeView, QuestionRow
from fengsui.cases.selectors.words import Words
from fengsui.core.book import Book
from fengsui.core.case import Case
from fengsui.core.grading import NONE, Change, Criterion, Grade, grade

STATUS = {
    "decided": ("可以定级", "decided"),
    "ungraded": ("不够级", "below all levels"),
    "bounded": ("尚不能定级", "bounded"),
    "no_rule": ("预案没有写明", "no rule"),
    "needs_interpretation": ("等归口单位解读", "needs interpretation"),
    "no_scale": ("本预案不分级", "this plan has no levels"),
    "handed_over": ("转另一预案处置", "handed over to another plan"),
    "out_of_scope": ("不属于本预案", "out of scope"),
}


def grade_view(found: Grade, words: Words) -> GradeView | None:
    """Return the grade for a page; None for a plan without levels."""
    if found.status == "no_scale":
        return None
    return GradeView(
        status=found.status,
        status_label=words.say(*STATUS[found.status]),
        summary=_summary(found, words),
        level=words.level(found.level, proposed=True) if found.level not in (None, NONE) else None,
        lowest=words.bound(found.lowest),
        highest=words.bound(found.highest),
        criteria=tuple(_criteria(found, words)),
        question=_question(found, words),
        raises=tuple(_change(change, words) for change in found.raises),
        unset=tuple(words.pack.label("reading", name, words.lang) for name in found.missing_readings),
        discrepancies=tuple(_discrepancy(found, words)),
        offers=tuple(words.say(offer.zh, offer.en) for offer in (*found.offers, *found.notes)),
    )


def beside(book: Book, case: Case, words: Words, at: datetime) -> tuple[GradeBeside, ...]:
    """Return the grades of the regimes beside the plan, in their own words; what they ask is named as on the case."""
    found = []
    for part in book.regimes:
        own, _ = words.of(part.names.prefix)
        view = grade_view(grade(book, case, at, installed=part), own)
        if view is not None:
            asked = view.question and replace(view.question, fact=part.names.fact(view.question.fact))
            found.append(GradeBeside(part.pack.id, own.title, replace(view, question=asked)))
    return tuple(found)


def bounds(lowest: str | None, highest: str | None, words: Words) -> str:
    """Return an interval in words: 较大, 一般至重大, 不够级."""
    low, high = words.bound(lowest), words.bound(highest)
    none = words.say("不够级", "no level")
    if lowest == highest:
        return low.short if low else none
    return f"{low.short if low else none}{words.say('至', ' to ')}{high.short if high else none}"


def _summary(found: Grade, words: Words) -> str:
    total = len(found.met) + len(found.failed) + len(found.open) + len(found.idle)
    head = words.say(
        f"对照 {total} 种情形，命中 {len(found.met)} 种", f"{total} criteria compared, {len(found.met)} met"
    )
    if found.crosses:
        head += words.say(f"，将触及 {len(found.crosses)} 种", f", {len(found.crosses)} will be reached")
    if found.open:
        head += words.say(f"，{len(found.open)} 种缺事实", f", {len(found.open)} lack facts")
    tail = {
        "decided": words.say("从高取级。", "the gravest counts."),
        "ungraded": words.say("都不成立，按日常处置。", "none holds: routine operation."),
        "bounded": words.say(
            f"目前在{bounds(found.lowest, found.highest, words)}之间。",
            f"between {bounds(found.lowest, found.highest, words)}.",
        ),
    }.get(found.status, words.say(*STATUS[found.status]) + words.say("。", "."))
    return f"{head}{words.say('；', '; ')}{tail}"


def _criteria(found: Grade, words: Words) -> Iterable[CriterionRow]:
    will = {crossing.id: crossing.at for crossing in found.crosses}
    for criterion in found.met:
        yield _criterion(criterion, "met", words, None)
    rest = (*found.open, *found.failed, *found.idle)
    for criterion in rest:
        if criterion.id in will:
            yield _criterion(criterion, "will", words, will[criterion.id])
    for state, group in (("open", found.open), ("failed", (*found.failed, *found.idle))):
        yield from (_criterion(one, state, words, None) for one in group if one.id not in will)


def _criterion(criterion: Criterion, state: str, words: Words, at: datetime | None) -> CriterionRow:
    missing = [words.leaf(leaf.text) for leaf in sorted(criterion.missing)]
    facts = tuple(words.pack.label("fact", name, words.lang) for name in criterion.by if not name.startswith("$"))
    level = criterion.level if criterion.level != NONE else None
    cites = words.cites(criterion.clause)
    return CriterionRow(
        id=criterion.id,
        state=state,
        heading=words.join(missing if state == "open" else facts) or criterion.id,
        says=cites[0].says if cites else "",
        level=words.level(level),
        cites=cites,
        facts=tuple(missing) if state == "open" else facts,
        at=at,
        unverified=bool(criterion.unverified),
    )


def _question(found: Grade, words: Words) -> QuestionRow | None:
    asked = found.next_question
    if asked is None:
        return None
    outcomes = tuple(
        (words.value(change.fact, change.value), bounds(change.lowest, change.highest, words))
        for change in (*found.raises, *found.lowers)
        if change.fact == asked.fact
    )
    return QuestionRow(asked.fact, words.pack.label("fact", asked.fact, words.lang), tuple(dict.fromkeys(outcomes)))


def _change(change: Change, words: Words) -> str:
    fact, value = words.pack.label("fact", change.fact, words.lang), words.value(change.fact, change.value)
    result = bounds(change.lowest, change.highest, words)
    return words.say(f"{fact}若为{value}，则{result}", f"{fact}: {value} would give {result}")


def _discrepancy(found: Grade, words: Words) -> Iterable[str]:
    for one in found.discrepancies:
        method = words.pack.methods[one.method].zh
        interval = bounds(one.lowest, one.highest, words)
        yield words.say(f"另一方法“{method}”为{interval}，两者不一致", f"'{method}' gives {interval}: they disagree")
