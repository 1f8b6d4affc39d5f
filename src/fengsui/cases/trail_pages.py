"""What the pages of the record are given: a case's whole log, a printed code, the audit. The rules of `pages` hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fengsui.cases.pages import CaseRef, CaseRow, ChainCheck, Choice, Cite, EventRow, LevelBadge, ObligationRow


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The log of one case, a page of it, the newest first; `before` continues it."""

    ref: CaseRef
    title: str
    mode: str
    level: LevelBadge | None
    plan: str
    events: tuple[EventRow, ...]
    before: int | None
    check: ChainCheck


@dataclass(frozen=True, slots=True)
class ObligationsPage:
    """The obligations of one case that are open (the most pressing first) or done (the last first), a page of them."""

    ref: CaseRef
    title: str
    mode: str
    level: LevelBadge | None
    rows: tuple[ObligationRow, ...]
    open: int
    done: int
    late: int  # of those that are done
    after: str  # continues it


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One event that carries a printed code. What it says besides is for those who may open its case."""

    number: str
    organisation: str
    what: str
    who: str
    system: bool
    at: datetime
    recorded_at: datetime
    seq: int
    code: str
    digest: str
    check: ChainCheck
    exercise: bool = False
    readable: bool = False

    @property
    def genuine(self) -> bool:
        """Whether the chain holds up to this event at least."""
        return self.check.broken_at is None or self.check.broken_at > self.seq


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One record as the audit lists it."""

    id: str
    number: str
    unit: str
    at: datetime
    recorded_at: datetime
    type: str
    label: str
    who: str
    person: str
    registered_by: str
    seq: int
    code: str
    cites: tuple[Cite, ...] = ()
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of records, the newest first; `after` continues it. The lists are what the filters offer."""

    rows: tuple[TrailRow, ...]
    after: str | None
    units: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    clauses: tuple[Choice, ...]
    whole: bool  # an auditor of everything


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """A page of archived cases, those opened last first; `after` continues it."""

    rows: tuple[CaseRow, ...]
    after: str | None
    units: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    levels: tuple[Choice, ...]
