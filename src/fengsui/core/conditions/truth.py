"""Three values and what is open: strong Kleene logic over false < unknown < true (language 1.3).

Rules
- `all` is the minimum, `any` the maximum, `not` swaps. An unknown carries the leaves without which it stays unknown.
- One false part settles an `all`, one true part an `any`: then nothing is open, and only that part gave the reason.
- A leaf is a fact to find out, an act that has not happened yet, or a reading that the owner never made. If only
  readings are open the answer *needs interpretation*, otherwise it is *undecided*.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Sort = Literal["fact", "event", "reading"]
_WORDS: dict[Sort, str] = {"fact": "fact", "event": "not yet", "reading": "reading"}


class Leaf(NamedTuple):
    """One thing that is open; `name` is the fact, the subject of state (`level`), or the reading without `$`."""

    sort: Sort
    name: str

    @property
    def text(self) -> str:
        """`fact x`, `not yet x`, `reading x`: as problems and JSON say it."""
        return f"{_WORDS[self.sort]} {self.name}"


Leaves = frozenset[Leaf]
NOTHING: Leaves = frozenset()


class Truth(NamedTuple):
    """A judgement: true, false or None for unknown; what is open (only when unknown); the subjects that decided it."""

    value: bool | None
    open: Leaves = NOTHING
    by: tuple[str, ...] = ()


TRUE = Truth(True)
FALSE = Truth(False)


def negation(truth: Truth) -> Truth:
    """Return the opposite; an unknown stays what it is."""
    return truth if truth.value is None else Truth(not truth.value, NOTHING, truth.by)


def conjunction(parts: Iterable[Truth]) -> Truth:
    """Return whether all hold. Stops at the first false part."""
    return join(parts, settles=False)


def disjunction(parts: Iterable[Truth]) -> Truth:
    """Return whether one holds. Stops at the first true part."""
    return join(parts, settles=True)


def join(parts: Iterable[Truth], settles: bool) -> Truth:
    """Return the minimum (`settles` False) or the maximum (True) of the parts."""
    open_, unknown = NOTHING, False
    by: tuple[str, ...] = ()
    for part in parts:
        value, leaves, names = part
        if value is settles:
            return part
        if value is None:
            unknown = True
            open_ |= leaves
        by += names
    return Truth(None if unknown else not settles, open_, tuple(dict.fromkeys(by)) if len(by) > 1 else by)


def ignorance(open_: Iterable[Leaf]) -> Literal["needs_interpretation", "undecided"]:
    """Return the name of an answer that cannot be given, by what is open."""
    sorts = {leaf.sort for leaf in open_}
    return "needs_interpretation" if sorts == {"reading"} else "undecided"


def texts(open_: Iterable[Leaf]) -> tuple[str, ...]:
    """Return the leaves as text, in a fixed order."""
    return tuple(sorted(leaf.text for leaf in open_))
