"""One case as one reader finds it at one moment: folded once, asked once, for whatever the page makes of it.

Rules
- Everything on a page comes from the same fold and the same moment; what a page does not need is not asked.
- The moment is never before the last record: a case is not looked at as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from fengsui.cases import models
from fengsui.cases.pages import CaseRef
from fengsui.cases.selectors import access, log, tree
from fengsui.cases.selectors.timeline import texts_beside
from fengsui.cases.selectors.words import Words
from fengsui.core import engine, obligations
from fengsui.core.book import Book
from fengsui.core.case import Actor, Case, Seat
from fengsui.core.engine import Offer
from fengsui.core.grading import Grade, grade
from fengsui.core.obligations import Obligation
from fengsui.core.problems import Lang
from fengsui.ledger.once import once


@dataclass(frozen=True)
class Sight:
    """A case before a reader: `at` is the moment it is looked at, `seats` those that count on it."""

    who: access.Reader
    row: models.Case
    book: Book
    case: Case
    words: Words
    seats: tuple[Seat, ...]
    at: datetime

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """What may be done, by this reader or by whom."""
        return engine.offers(self.book, self.case, Actor(self.who.person.id, self.seats), self.at)

    @cached_property
    def owed(self) -> tuple[Obligation, ...]:
        """Every obligation, whatever its state."""
        return obligations.owed(self.book, self.case, self.at)

    @cached_property
    def found(self) -> Grade | None:
        """The grade by the facts so far; None for a warning."""
        return grade(self.book, self.case, self.at) if self.case.kind == "incident" else None

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The free texts kept beside the log, by token."""
        return texts_beside(self.row.root, self.row.pk)


@once
def sight(person: str, ref: CaseRef, at: datetime, lang: Lang) -> Sight:
    """Return the case of a reference that `case_for` gave this person. Raises LookupError for nobody."""
    who = access.reader(person, at)
    if who is None:
        raise LookupError("nobody")
    row = models.Case.objects.get(root=ref.root, pk=ref.id)
    book, case = log.book_of(row), log.fold(ref.root, ref.id)
    seats = tree.seats_on(who.seats, row.root, row.organisation)
    words = Words(book.pack, row.root, row.organisation, lang)
    return Sight(who, row, book, case, words, seats, max(at, case.events[-1].recorded_at))
