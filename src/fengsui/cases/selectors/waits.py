"""Who waits for whom on a case, since when: what was put to a body and is not answered yet.

Rules
- A report or request to a body that then owes something is waited for by whoever sent it, from that moment.
- An open chain is waited for by whoever filled its last link.
- Watches that are kept up, duties that may be left undone, and one's own work are not waited for.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from fengsui.cases.pages import WaitRow
from fengsui.cases.selectors.words import Words, act_label
from fengsui.core.case import Case
from fengsui.core.conditions import same_body
from fengsui.core.engine import Offer
from fengsui.core.obligations import Obligation

ASKED = ("reported", "requested")


def waits(case: Case, owed: Iterable[Obligation], offers: Iterable[Offer], words: Words) -> tuple[WaitRow, ...]:
    """Return what is waited for, the longest first."""
    found = {(row.who, row.whom, row.what): row for row in (*_put(case, owed, words), *_turns(case, offers, words))}
    return tuple(sorted(found.values(), key=lambda row: row.since))


def _put(case: Case, owed: Iterable[Obligation], words: Words) -> Iterator[WaitRow]:
    for one in owed:
        event = case.event(one.trigger) if one.live and one.source == "duty" and one.trigger else None
        if event is None or event.type not in ASKED or one.kind == "keep" or one.optional:
            continue
        who = str(event.content.get("body", ""))
        if same_body(who, one.by) or not any(same_body(str(to), one.by) for to in _addressed(event.content.get("to"))):
            continue
        what = words.say(one.owes.zh, one.owes.en or one.owes.zh)
        yield WaitRow(words.body(who), words.parties(one.by), what, event.at, words.cites(one.clause))


def _addressed(to: object) -> tuple[object, ...]:
    return tuple(to) if isinstance(to, list | tuple) else ()


def _turns(case: Case, offers: Iterable[Offer], words: Words) -> Iterator[WaitRow]:
    said: dict[str, tuple[datetime, str]] = {
        chain.id: (chain.filled[-1].at, chain.filled[-1].seat)
        for chain in case.chains.values()
        if chain.state == "open" and chain.filled
    }
    for offer in offers:
        line = offer.next
        if line.chain in said and line.who:
            since, seat = said[line.chain]
            yield WaitRow(words.body(seat), words.parties(line.who), act_label(line.act, words.lang), since)
