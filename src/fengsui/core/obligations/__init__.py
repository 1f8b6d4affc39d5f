"""What is owed on a case: by whom, to whom, by when, and how it stands (language 5).

Rules
- An obligation is born of an event that matches a duty's `on`; what is in `when` is looked at afresh every time.
- Its clock starts where the duty says and does not depend on the moment of asking: a regrade recomputes from there.
- Met and late are final. A soft word never makes anything late: past the owner's watch time it is `watch_passed`.
- What is unknown stays visible with its due time (`undecided`); what is not set says so (`unset`, `clock_unset`).
- A step with `within`, a fast path to ratify, a word to be signed and a settled reading owe something too.

- A regime beside the plan asks by its own duties, grade and clocks, over the same events; what it asks carries its id.
  A report to a body that plan and regime share serves both.

States (language 5.2): met late overdue open watch_passed undecided running ended cancelled superseded waived.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from fengsui.core.book import Book
from fengsui.core.case import Case
from fengsui.core.conditions import View
from fengsui.core.grading import first_crossing
from fengsui.core.obligations.aftermath import COUNTERSIGN, Aftermath
from fengsui.core.obligations.duties import Ledger
from fengsui.core.obligations.model import LIVE, SETTLED, Kind, Obligation, Recipient, State
from fengsui.core.obligations.prepared import duties_of
from fengsui.core.playbooks import StepState, steps_of

__all__ = [
    "COUNTERSIGN",
    "LIVE",
    "SETTLED",
    "Kind",
    "Obligation",
    "Outlook",
    "Recipient",
    "State",
    "next_moment",
    "owed",
]


class Outlook:
    """What is owed on a case at a moment, and when time alone changes that: each computed once, when asked for."""

    def __init__(self, book: Book, case: Case, at: datetime) -> None:
        self.book, self.case, self.at = book, case, at

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The case as the plan sees it, and as each regime does."""
        view = View(self.book, None, self.case, self.at)
        return (view, *map(view.through, self.book.regimes))

    @cached_property
    def steps(self) -> tuple[StepState, ...]:
        """The steps of the plan's playbooks."""
        return steps_of(self.views[0])

    @cached_property
    def owed(self) -> tuple[Obligation, ...]:
        """Every obligation, whatever its state, in the order of their birth."""
        after = Aftermath(self.views[0])
        found = [o for view in self.views for o in Ledger(view).owed()]
        found += [o for state in self.steps if state.step.within for o in after.of_step(state)]
        found += after.of_decisions()
        return tuple(sorted(_supersede(found, self.book), key=lambda o: (o.opened, o.trigger, o.duty, o.occurrence)))

    @cached_property
    def next_moment(self) -> datetime | None:
        """The next moment when time alone changes something on the case, or None."""
        moments = [m for one in self.owed if one.live for m in (one.due, one.watch_at) if m is not None]
        if self.case.phase in ("open", "active") and self.case.kind == "incident":
            crossings = (first_crossing(view) for view in self.views)
            moments += [moment for moment in crossings if moment is not None]
        return min((m for m in moments if m > self.at), default=None)


def owed(book: Book, case: Case, at: datetime) -> tuple[Obligation, ...]:
    """Return every obligation of the case at a moment, whatever its state, in the order of their birth."""
    return Outlook(book, case, at).owed


def next_moment(book: Book, case: Case, at: datetime) -> datetime | None:
    """Return the next moment after `at` when time alone changes something on the case, or None."""
    return Outlook(book, case, at).next_moment


def _supersede(found: list[Obligation], book: Book) -> list[Obligation]:
    """Mark the open twin that a live obligation replaces (language 5.1 `replaces`)."""
    replaces = {name: other for part in book.parts for name, other in duties_of(part).replaces.items()}
    if not replaces:
        return found
    gone = {
        (replaces[o.duty], o.trigger) for o in found if o.duty in replaces and o.state not in ("cancelled", "undecided")
    }
    return [o.but(state="superseded") if o.live and (o.duty, o.trigger) in gone else o for o in found]
