"""The ladder: when whom is reminded of an obligation, as data (design 5). Pure: takes times, never asks for them.

Rules
- There are two: `hard` about a due time, `soft` about the owner's watch time. A rung stands at a share of the time
  (`50%`), a length before (`-10min`) or after (`+10min`), or at the time itself (`due`).
- The instant of a due time is still in time: `due` rings one second later.
- A length before the due time counts only where it lies in the second half of the time: a short duty has few rungs.
- A rung after the due time may come again (`every`), up to `until` or as long as it is owed.
- Names are stable: `half`, and `over:1`, `over:2` for one that comes again.
- What no worker rang in time is rung once: a missed rung is left out where a later one tells the same people anyway.
- An overdue hard deadline is never silent: the hard ladder has a rung at `due` that tells the holders.

Example: `default().hard.next(start, due, after)` is the first `Ring` after a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from importlib.resources import files

from fengsui.cases.ladder_text import Rung, read_rungs
from fengsui.core.problems import PackError

SECOND = timedelta(seconds=1)
FILE = "ladder.yaml"


@dataclass(frozen=True, slots=True)
class Ring:
    """One moment of a rung: the name that no other moment of the obligation's ladder has."""

    name: str
    at: datetime
    rung: Rung


@dataclass(frozen=True)
class Ladder:
    """The rungs about one time, in the order of the file."""

    rungs: tuple[Rung, ...]

    def next(self, begin: datetime, due: datetime, after: datetime) -> Ring | None:
        """Return the first ring strictly after a moment; of two at once the one written first."""
        found = (_after(rung, begin, due, after) for rung in self.rungs)
        return min((ring for ring in found if ring), key=lambda ring: ring.at, default=None)

    def missed(self, begin: datetime, due: datetime, after: datetime, at: datetime) -> tuple[Ring, ...]:
        """Return what is to be rung at `at` if nothing was since `after`: the latest of each audience, in order."""
        found = [ring for rung in self.rungs if (ring := _upto(rung, begin, due, at)) and ring.at > after]
        kept, told = [], set[str]()
        for ring in sorted(found, key=lambda ring: ring.at, reverse=True):
            if not told.issuperset(ring.rung.to):
                kept.append(ring)
                told.update(ring.rung.to)
        return tuple(reversed(kept))

    def ring(self, name: str, begin: datetime, due: datetime) -> Ring | None:
        """Return the ring of a name, or None where the ladder has it no longer."""
        base, _, number = name.partition(":")
        rung = next((rung for rung in self.rungs if rung.name == base), None)
        first = _first(rung, begin, due) if rung else None
        if rung is None or first is None or bool(number) != bool(rung.every):
            return None
        return Ring(name, first + (rung.every or SECOND) * (int(number) - 1 if number else 0), rung)

    @cached_property
    def at_due(self) -> Rung | None:
        """The rung at the due time itself."""
        return next((rung for rung in self.rungs if rung.at_due), None)

    def rings(self, begin: datetime, due: datetime, until: datetime) -> Iterator[Ring]:
        """Yield every ring up to a moment, in order: what a page shows of a ladder."""
        ring = self.next(begin, due, begin)
        while ring and ring.at <= until:
            yield from (Ring(*one) for one in self._at(begin, due, ring.at))
            ring = self.next(begin, due, ring.at)

    def _at(self, begin: datetime, due: datetime, at: datetime) -> Iterator[tuple[str, datetime, Rung]]:
        for rung in self.rungs:
            ring = _after(rung, begin, due, at - SECOND)
            if ring and ring.at == at:
                yield ring.name, ring.at, rung


@dataclass(frozen=True)
class Ladders:
    """The two ladders of an organisation."""

    hard: Ladder
    soft: Ladder


@lru_cache(maxsize=256)
def read(text: str) -> Ladders:
    """Read the ladders out of YAML. Raises PackError with every problem and its line."""
    rungs, problems = read_rungs(text, FILE)
    if problems:
        raise PackError(problems)
    return Ladders(Ladder(rungs["hard"]), Ladder(rungs["soft"]))


def default_text() -> str:
    """Return the ladders that an organisation has until it writes its own, without the remarks for developers."""
    text = files("fengsui.cases").joinpath(FILE).read_text(encoding="utf-8")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))


@lru_cache(maxsize=1)
def default() -> Ladders:
    """Return those ladders."""
    return read(default_text())


def _first(rung: Rung, begin: datetime, due: datetime) -> datetime | None:
    begin = min(begin, due)
    length = due - begin
    if rung.share is not None:
        return begin + timedelta(seconds=int(length.total_seconds()) * rung.share // 100)
    if rung.shift < timedelta():
        return due + rung.shift if due + rung.shift > begin + length / 2 else None
    return due + max(rung.shift, SECOND)


def _after(rung: Rung, begin: datetime, due: datetime, moment: datetime) -> Ring | None:
    first = _first(rung, begin, due)
    if first is None:
        return None
    if first > moment:
        return _numbered(rung, first, 0, due)
    return _numbered(rung, first, (moment - first) // rung.every + 1, due) if rung.every else None


def _upto(rung: Rung, begin: datetime, due: datetime, moment: datetime) -> Ring | None:
    first = _first(rung, begin, due)
    if first is None or first > moment:
        return None
    if not rung.every:
        return Ring(rung.name, first, rung)
    end = moment if rung.until is None else max(first, min(moment, due + rung.until))
    return _numbered(rung, first, (end - first) // rung.every, due)


def _numbered(rung: Rung, first: datetime, n: int, due: datetime) -> Ring | None:
    if not rung.every:
        return Ring(rung.name, first, rung)
    at = first + n * rung.every
    return None if n and rung.until is not None and at > due + rung.until else Ring(f"{rung.name}:{n + 1}", at, rung)
