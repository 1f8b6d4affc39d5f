"""An obligation as a value: a duty on one case, with its clock, its recipients and how it stands (language 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fengsui.core.case import Party
from fengsui.core.pack import Label

Kind = Literal["hard", "soft", "no_limit", "unset", "clock_unset", "keep"]
State = Literal[
    "met",
    "late",
    "overdue",
    "open",
    "watch_passed",
    "undecided",
    "running",
    "ended",
    "cancelled",
    "superseded",
    "waived",
]
LIVE: tuple[State, ...] = ("open", "overdue", "undecided", "watch_passed", "running")
SETTLED: tuple[State, ...] = ("met", "late", "waived", "superseded", "cancelled", "ended")


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom something is owed, and when it was served."""

    party: Party
    served_at: datetime | None = None


@dataclass(frozen=True)
class Obligation:
    """A duty on one case. `key` is `duty:trigger:occurrence`; `discharge` names the act or step that fulfils it.

    `pack` is the id of the regime that asks for it, empty for the plan itself. What a regime asks carries its id
    (`cac-2025:R1`) in duty, key, form and clauses.
    """

    key: str
    source: Literal["duty", "step", "ratify", "countersign", "settle"]
    duty: str
    trigger: int
    occurrence: int
    owes: Label
    by: tuple[Party, ...]
    to: tuple[Recipient, ...]
    with_: tuple[Party, ...]
    opened: datetime
    start: datetime | None
    due: datetime | None
    estimated: bool
    kind: Kind
    word: str | None
    state: State
    clause: tuple[str, ...]
    discharge: str = "report"
    in_principle: bool = False
    born_late: bool = False
    optional: str | None = None
    open: tuple[str, ...] = ()
    met_at: datetime | None = None
    met_seq: int | None = None
    watch_at: datetime | None = None
    form: str | None = None
    product: str | None = None
    pack: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, object]) -> Obligation:
        """Return an obligation with these fields, all of them: every report makes many, so they are set at once."""
        found = object.__new__(cls)
        object.__setattr__(found, "__dict__", fields)
        return found

    def but(self, **changes: object) -> Obligation:
        """Return the obligation with some fields changed, copied at once."""
        found = object.__new__(Obligation)
        found.__dict__.update(self.__dict__)
        found.__dict__.update(changes)
        return found

    @property
    def live(self) -> bool:
        """Whether it still asks something of somebody."""
        return self.state in LIVE
