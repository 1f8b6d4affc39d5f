"""A shipped pack as its own tests look at it: loaded once, its scenarios by name, the clauses that its rules cite.

What holds of every shipped pack stands in `test_packs.py`; that no rule can be changed unnoticed is
`fengsui test --mutate`, which `make test` runs for each pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from fengsui.core import loader
from fengsui.core.loader import Scenario
from fengsui.core.pack import Pack

NAMES = tuple(sorted(loader.shipped()))


@dataclass(frozen=True)
class Shipped:
    """One shipped pack by its id."""

    id: str

    @cached_property
    def folder(self) -> Path:
        """Where its files are."""
        return loader.shipped()[self.id]

    @cached_property
    def pack(self) -> Pack:
        """The pack itself."""
        return loader.load(self.folder)

    @cached_property
    def scenarios(self) -> Mapping[str, Scenario]:
        """Its scenarios by name."""
        return {scenario.name: scenario for scenario in loader.load_scenarios(self.folder)}

    @cached_property
    def rows(self) -> set[str]:
        """The acceptance rows that are scenarios."""
        return {scenario.row for scenario in self.scenarios.values() if scenario.row}

    @cached_property
    def answered(self) -> set[str]:
        """The clauses that a rule cites."""
        return set().union(*(cited(raw) for file, raw in self.pack.raw.items() if file != "clauses"))

    @cached_property
    def silent(self) -> set[str]:
        """The clauses that say why nothing of them can be executed."""
        return {name for name, clause in self.pack.clauses.items() if clause.not_executable}


@cache
def shipped(name: str) -> Shipped:
    """Return a shipped pack; it is read once for all tests."""
    return Shipped(name)


def cited(raw: object) -> set[str]:
    """Return every clause that some rule below cites."""
    if isinstance(raw, Mapping):
        own = set(str(raw["clause"]).split()) if isinstance(raw.get("clause"), str) else set()
        return own.union(*(cited(value) for value in raw.values()))
    return set().union(*(cited(item) for item in raw)) if isinstance(raw, list) else set()
