"""What waits for one leader's word: one card for one decision, the most pressing first.

Rules
- Only chains in which it is the reader's turn, and signatures he owes under what was done by his word.
- Most pressing: what has a due time, the nearest first; then the gravest value; then what has waited longest.
- A card for each decision of the `GLANCE` most pressing cases; the others are lines, which lead to their cases.
- A decision that asks for nothing more than itself can be made on its card; whatever else is asked for has its page.
"""

from collections.abc import Mapping
from datetime import datetime

from fengsui.cases.pages import ActLink, ChainView, LevelBadge, ObligationRow
from fengsui.cases.selectors import access, approvals
from fengsui.cases.selectors.forms import REASONED
from fengsui.cases.selectors.owed import mine, urgency
from fengsui.cases.selectors.rows import case_rows, obligation_rows, open_obligations
from fengsui.cases.selectors.words import Words
from fengsui.cases.shift_pages import ApprovalCard, ApprovalsPage
from fengsui.core.engine import Offer
from fengsui.core.pack.acts import irreversible
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory

SIGNED = ("ratify", "countersign")


def approvals_page(person: str, at: datetime, *, lang: Lang = "zh") -> ApprovalsPage:
    """Return the page of one person; empty for who decides nothing."""
    who = access.reader(person, at)
    if who is None:
        raise LookupError("nobody")
    homes = {row.id: row.name for row in directory.organisations(who.root)}
    rows = approvals.pressing(approvals.my_turns(who))
    found = approvals.turns(rows[: approvals.GLANCE], who, at, lang, then=True)
    cards = [_card(turn, view, homes) for turn in found for view in turn.views]
    rest = tuple(case_rows(rows[approvals.GLANCE :], who, at, lang))
    return ApprovalsPage(tuple(sorted(cards, key=_pressing)), rest, _signatures(who, at, lang))


def _pressing(card: ApprovalCard) -> tuple[float, int, float]:
    due = card.due.timestamp() if card.due else float("inf")
    rank = card.chain.value.rank if card.chain.value else 9
    return (due, rank, card.chain.since.timestamp())


def _card(turn: approvals.Turn, view: ChainView, homes: Mapping[str, str]) -> ApprovalCard:
    row, words = turn.row, turn.words
    turn_of = next(offer for offer in turn.offers if offer.next.chain == view.id and offer.allowed)
    limits = [one for one in turn.owed if one.live and one.discharge == view.act and one.due]
    first = min(limits, key=lambda one: one.due or turn.at, default=None)
    return ApprovalCard(
        chain=view,
        number=row.number,
        title=row.title,
        unit=words.body(row.owner) or homes.get(row.organisation, ""),
        mode=row.mode,
        seen=turn.case.seq,
        before=_before(turn, view),
        due=first.due if first else None,
        start=first.start if first else None,
        seat=turn_of.seat.text if turn_of.seat else "",
        verb=turn_of.next.verb,
        direct=_direct(turn_of, words),
        ask=_ask(turn, words),
    )


def _before(turn: approvals.Turn, view: ChainView) -> LevelBadge | None:
    """Return what stands now, where the decision would change it."""
    case, words = turn.case, turn.words
    now = words.level(case.colour, "colour") if case.kind == "warning" else words.level(case.level)
    return now if now is not None and view.value is not None and now.id != view.value.id else None


def _direct(offer: Offer, words: Words) -> bool:
    line, spec = offer.next, words.pack.grading.grade
    reasoned = line.act in ("assess", "confirm") and spec is not None and spec.reason_required
    colour = words.level(line.value, "colour")
    grave = irreversible(line.act, colour.rank if colour else None)
    return not (line.form or line.needs or line.missing or grave or line.act in REASONED or reasoned)


def _ask(turn: approvals.Turn, words: Words) -> ActLink | None:
    may = any(offer.allowed for offer in turn.offers if offer.next.act == "request")
    return ActLink(approvals.PASS_ON, words.say("转请", "pass on")) if may else None


def _signatures(who: access.Reader, at: datetime, lang: Lang) -> tuple[ObligationRow, ...]:
    """Return what the reader owes under what was done by his word or ahead of him, within its hours."""
    kept = [row for row in open_obligations(who, at) if row.data["source"] in SIGNED and mine(row, who.seats)]
    return tuple(sorted(obligation_rows(kept, who, at, lang), key=urgency)) if kept else ()
