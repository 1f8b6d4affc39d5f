"""Holds this tree against another: `python -m bench.reports.turns ../other [../another]`.

    git worktree add ../other HEAD~1

Rules
- Where neighbours share the machine, only what runs in turns can be compared: each side reports so often, then the
  other, and the ratio of each pair is taken. What is counted is processor time, of the process and of its PostgreSQL.
- Each side is a process in its own tree with a database of its own (`turn`); Linux and PostgreSQL only.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent.parent
SIDE = Path(__file__).with_name("turn.py")
Cost = tuple[float, float]


class Side:
    """The reports of one tree."""

    def __init__(self, tree: Path, stack: ExitStack) -> None:
        env = os.environ | {"PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = stack.enter_context(subprocess.Popen([sys.executable, str(SIDE)], cwd=tree, env=env, **pipes))  # type: ignore[call-overload]
        stack.callback(self.process.stdin.close)
        self.costs: list[Cost] = []
        self._answer()

    def turn(self, many: int) -> None:
        """Report so often."""
        self.process.stdin.write(f"{many}\n")
        self.process.stdin.flush()
        mine, database = json.loads(self._answer())
        self.costs.append((mine, database))

    def _answer(self) -> str:
        said = str(self.process.stdout.readline())
        if not said:
            raise SystemExit("a side ended: its own words stand above")
        return said


def main() -> None:
    """Print the cost of a report on each side, and the ratio of the pairs."""
    words = argparse.ArgumentParser(prog="python -m bench.reports.turns", description=__doc__)
    words.add_argument("other", type=Path, help="another checkout of this repository")
    words.add_argument("here", type=Path, nargs="?", default=HERE, help="instead of this one")
    words.add_argument("--rounds", type=int, default=20)
    words.add_argument("--each", type=int, default=40, help="reports of a turn")
    asked = words.parse_args()
    with ExitStack() as stack:
        other, here = (Side(tree.resolve(), stack) for tree in (asked.other, asked.here))
        for number in range(asked.rounds):
            for side in (other, here) if number % 2 else (here, other):
                side.turn(asked.each)
    for name, side in (("other", other), ("here", here)):
        service, database = (statistics.median(part) for part in zip(*side.costs, strict=True))
        print(
            f"{name:<6} service {service:5.2f} ms   PostgreSQL {database:5.2f} ms   both {service + database:5.2f} ms"
        )
    pairs = [[b / a for a, b in zip(*both, strict=True)] for both in zip(other.costs, here.costs, strict=True)]
    ratios = [statistics.median(part) for part in zip(*pairs, strict=True)]
    print(f"here / other, median of {asked.rounds} pairs: service {ratios[0]:.3f}   PostgreSQL {ratios[1]:.3f}")


if __name__ == "__main__":
    main()
