"""The engine: `decide` turns an act into events, `evolve` folds an event, `what_next` says what may follow.

Pure: the same book, events and times give the same result on every machine; nothing is asked of a clock, a database
or luck. Decisions are never taken again on replay.

Example

    events = decide(book, case, Act("end", actor), at)   # or Refused, with the clause and who may
    for event in events:
        case = evolve(case, event)
"""

from fengsui.core.engine.decide import decide
from fengsui.core.engine.fold import evolve, replay
from fengsui.core.engine.granted import shown
from fengsui.core.engine.next import Link, Next, Offer, offers, what_next
from fengsui.core.engine.system import happen, recalendar, recognise, tick

__all__ = [
    "Link",
    "Next",
    "Offer",
    "decide",
    "evolve",
    "happen",
    "offers",
    "recalendar",
    "recognise",
    "replay",
    "shown",
    "tick",
    "what_next",
]
