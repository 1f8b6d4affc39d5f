"""Under which words the audit finds an event: the persons who spoke or registered, the clauses it was done under.

Rules
- A clause is the plan's: that of the grant or step the event names, and of the obligations it met or let pass.
- Clauses of a regime carry its id (`cac-2025:R1`), as everywhere.
- Computed from book and fold alone; `projection.rebuild` writes the same rows again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from fengsui.cases import models
from fengsui.core.book import Book
from fengsui.core.case import SYSTEM, Case, Event
from fengsui.core.obligations import Obligation
from fengsui.ledger.ids import new_id
from fengsui.ledger.rows import made

PERSON, CLAUSE = "person:", "clause:"


def words_of(
    row: models.Case, book: Book, case: Case, owed: Sequence[Obligation], since: int, pks: Mapping[int, str]
) -> list[models.Mention]:
    """Return the words of every event after `since`, ready to be written; `pks` are the ids of the events by seq."""
    grants = {grant.id: tuple(grant.clause) for grant in book.pack.grants}
    return [
        made(models.Mention, id=new_id(case.event(seq).recorded_at), root=row.root, event_id=pks[seq], word=word)
        for seq in range(since + 1, case.seq + 1)
        for word in dict.fromkeys(_words(case.event(seq), book, grants, owed))
    ]


def _words(event: Event, book: Book, grants: dict[str, tuple[str, ...]], owed: Iterable[Obligation]) -> Iterator[str]:
    for person in (event.person, event.registered_by):
        if person and person != SYSTEM.person:
            yield PERSON + person
    step = book.pack.steps.get(str(event.content.get("step", "")))
    yield from (CLAUSE + name for name in grants.get(str(event.content.get("grant", "")), ()))
    yield from (CLAUSE + name for name in (step.clause if step else ()))
    for one in owed:
        if one.met_seq == event.seq or one.key == event.content.get("obligation"):
            yield from (CLAUSE + name for name in one.clause)
