"""What the pages of a shift are given: what waits for a leader's word, the hand-over of a case, saved views.

Rules
* As in `pages`: frozen rows, texts in the reader's language, aware UTC times; made by `selectors`, never written back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fengsui.cases.act_pages import ActForm
from fengsui.cases.pages import (
    ActLink,
    CaseRef,
    CaseRow,
    ChainView,
    Choice,
    EventRow,
    LevelBadge,
    ObligationRow,
    Participant,
    TaskRow,
    WaitRow,
)


@dataclass(frozen=True, slots=True)
class ApprovalCard:
    """One decision: the chain, the case it belongs to, what the value is now, until when it is owed.

    `direct`: nothing but the decision itself is asked, so that it can be made on the card, with `seen` and `seat`.
    """

    chain: ChainView
    number: str
    title: str
    unit: str
    mode: str
    seen: int
    before: LevelBadge | None = None
    due: datetime | None = None
    start: datetime | None = None
    seat: str = ""
    verb: str = ""
    direct: bool = False
    ask: ActLink | None = None  # to pass the question on


@dataclass(frozen=True, slots=True)
class ApprovalsPage:
    """What waits for this person: chains in which it is his turn, and his signatures under what was said by word."""

    cards: tuple[ApprovalCard, ...]
    rest: tuple[CaseRow, ...]  # cases that wait beyond those with a card
    signatures: tuple[ObligationRow, ...]

    @property
    def waiting(self) -> int:
        """How many decisions wait: those with a card, and the other cases."""
        return len(self.cards) + len(self.rest)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The last hand-over of a case; `acknowledge` is the button of the one who takes over."""

    who: str
    to: str
    note: str
    at: datetime
    seq: int
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledge: ActLink | None = None


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """Something nobody knows yet: `kind` is unknown | unverified | reading | question."""

    kind: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """The one page that a shift reads."""

    ref: CaseRef
    title: str
    mode: str
    phase: str
    owner: str
    stage: str
    level: LevelBadge | None
    proposed: LevelBadge | None
    response: LevelBadge | None
    opened_at: datetime
    until: datetime
    head: str
    running: tuple[TaskRow, ...]
    lasting: tuple[ObligationRow, ...]
    due: tuple[ObligationRow, ...]  # the most pressing of those that fall due within the next hours
    due_all: int  # how many do
    later: tuple[ObligationRow, ...]
    later_all: int
    waits: tuple[WaitRow, ...]
    said: tuple[EventRow, ...]
    unknown: tuple[UnknownRow, ...]
    people: tuple[Participant, ...]
    handed: HandedOver | None = None
    form: ActForm | None = None


@dataclass(frozen=True, slots=True)
class SavedView:
    """Filters that this person gave a name; `query` as in the address."""

    id: str
    name: str
    query: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class CaseListPage:
    """One page of cases; `after` continues it. The lists are the choices that the filters offer."""

    rows: tuple[CaseRow, ...]
    after: str | None
    levels: tuple[Choice, ...]
    stages: tuple[Choice, ...]
    units: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    views: tuple[SavedView, ...] = ()
