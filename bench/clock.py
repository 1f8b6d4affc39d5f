"""One measurement: a piece of work done over and over, its median, and its line in the table."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class Line:
    """One line: what was done, how long once of it takes (seconds of one core, median), over how many rounds."""

    what: str
    once: float
    spread: float
    rounds: int
    of: int
    target: str = ""

    def text(self) -> str:
        """Return the line of the table."""
        return (
            f"{self.what:<58} {duration(self.once):>10} {1 / self.once:>12,.0f}/s  "
            f"±{self.spread * 100:3.0f} %  {self.rounds} × {self.of:<6} {self.target}"
        ).rstrip()


def measure(
    what: str,
    work: Callable[[_T], object],
    items: Sequence[_T],
    *,
    rounds: int = 7,
    target: str = "",
    warm: bool = True,
) -> Line:
    """Return how long `work` takes for one of the items, in processor time; the first round is not counted if warm."""
    if warm:
        for item in items:
            work(item)
    found = [_round(work, items) / len(items) for _ in range(rounds)]
    median = statistics.median(found)
    return Line(what, median, (max(found) - min(found)) / 2 / median, rounds, len(items), target)


def _round(work: Callable[[_T], object], items: Sequence[_T]) -> float:
    gc.collect()
    start = time.process_time()
    for item in items:
        work(item)
    return time.process_time() - start


def duration(seconds: float) -> str:
    """Return a length of time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def bare() -> float:
    """Return how many seconds a bare loop of a million takes just now: how fast this machine is at this moment."""
    start = time.process_time()
    for _ in range(1_000_000):
        pass
    return time.process_time() - start


def machine() -> str:
    """Return what was measured on, and how long a bare loop of a million takes there just now."""
    loop = bare()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}; "
        f"{platform.python_implementation()} {platform.python_version()}; a bare loop of 1,000,000: {duration(loop)}"
    )
