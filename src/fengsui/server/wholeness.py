"""Everything that can be held against itself, held against itself: chains of cases, chains of the ledger, evidence."""

from __future__ import annotations

from dataclasses import dataclass, field

from fengsui.cases import selectors as cases
from fengsui.directory import selectors as directory
from fengsui.ledger import selectors as ledger


@dataclass
class Wholeness:
    """How much was looked at, and a sentence for everything that does not fit."""

    cases: int = 0
    events: int = 0
    streams: int = 0
    entries: int = 0
    files: int = 0
    faults: list[str] = field(default_factory=list)

    def told(self) -> str:
        """One line: what was looked at and how it came out."""
        looked = f"{self.cases} cases with {self.events} events, {self.streams} ledgers with {self.entries} entries"
        return f"{looked}, {self.files} files: {'whole' if not self.faults else f'{len(self.faults)} FAULTS'}"


def look() -> Wholeness:
    """Hold every chain and every file of every root against itself; one pass over the log."""
    found = Wholeness()
    for root in directory.roots():
        _cases(root, found)
        _files(root, found)
    for root, stream in ledger.streams():
        _ledger(root, stream, found)
    return found


def _cases(root: str, found: Wholeness) -> None:
    for number, length, broken_at in cases.chains(root):
        found.cases += 1
        found.events += length
        if broken_at is not None:
            found.faults.append(f"case {number}: its log does not hold from event {broken_at}")


def _ledger(root: str, stream: str, found: Wholeness) -> None:
    check = ledger.verify(root, stream)
    found.streams += 1
    found.entries += check.count
    if not check.ok:
        found.faults.append(f"ledger {root} {stream}: it does not hold from entry {check.broken_at}")


def _files(root: str, found: Wholeness) -> None:
    for number, name, fits in cases.evidence(root):
        found.files += 1
        if not fits:
            found.faults.append(f"case {number}: {name} is missing, or not what was handed in")
