"""A thousand due in one second, two workers: `python -m bench.clocks.burst` prints JSON, seconds after that second.

Rules
- The workers are `fengsui work` as it is run in earnest. When both have shown a sign of life, their clock is moved to
  shortly before the moment.
- A claim counts when it is committed: this process looks every few milliseconds how many are left.
- The second after the due instant is the first in which it has passed; delays count from its beginning.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import django

django.setup()

from fengsui.cases import models, service  # noqa: E402
from fengsui.core.canon import moment  # noqa: E402
from fengsui.notifications.models import Beat  # noqa: E402

WORKERS = 2
AHEAD, PATIENCE = 8, 240
"""Seconds before the moment at which the clock starts, and after it until which we wait."""
LOOK = 0.01


def main() -> None:
    """Use the next unused moment."""
    folder = Path(os.environ["FENGSUI_DATA_DIR"])
    left = json.loads((folder / "moments.json").read_text())
    due = moment(left.pop(0))
    prepare(due, due - timedelta(minutes=5))
    (folder / "moments.json").write_text(json.dumps(left))
    offset = folder / "offset"
    offset.write_text(str(round(due.timestamp() - 300 - now())))
    workers = work(f"@{offset}")
    try:
        offset.write_text(str(round(due.timestamp() + 1 - AHEAD - now())))
        print(json.dumps(watch(due, due.timestamp() + 1 - int(offset.read_text()))))
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()


def now() -> float:
    """The real time, in seconds, with fractions."""
    return time.clock_gettime(time.CLOCK_REALTIME)


def work(offset: str) -> list[subprocess.Popen[bytes]]:
    """Start the workers and wait until each has worked a round."""
    Beat.objects.all().delete()
    env = os.environ | {"FENGSUI_CLOCK_OFFSET": offset}
    workers = [subprocess.Popen([sys.executable, "manage.py", "work"], env=env) for _ in range(WORKERS)]
    while Beat.objects.count() < WORKERS:
        time.sleep(0.2)
    return workers


def prepare(due: datetime, at: datetime) -> None:
    """Let nothing else wait at the moment: what came before it was rung and told, earlier bursts are silent."""
    models.Obligation.objects.filter(due__lt=due).update(next_rung="", next_at=None)
    models.Case.objects.filter(next_at__lt=due).update(next_at=None)
    for root in models.Case.objects.values_list("root", flat=True).distinct():
        while service.ring(root, at):
            pass
    models.Fresh.objects.all().delete()


def watch(due: datetime, zero: float) -> dict[str, float]:
    """Return when which share was claimed, and when the events stood in the logs."""
    root = models.Case.objects.values_list("root", flat=True).first()
    waiting = models.Obligation.objects.filter(root=root, next_at__lte=due + timedelta(seconds=1))
    many = left = waiting.count()
    claimed: list[float] = []
    while left and now() < zero + PATIENCE:
        time.sleep(LOOK)
        before, left = left, waiting.count()
        claimed += [now() - zero] * (before - left)
    told = models.Event.objects.filter(root=root, type="due_passed", at=due)
    written = told.count()
    while written < many and now() < zero + PATIENCE:
        time.sleep(1)
        written = told.count()
    found = {"many": many, "left": left, "p50": part(claimed, 50), "p99": part(claimed, 99), "max": part(claimed, 100)}
    return found | {"written": written, "after": now() - zero}


def part(found: list[float], percent: int) -> float:
    """Return a percentile of delays in order."""
    return found[min(len(found) - 1, len(found) * percent // 100)] if found else float("nan")


if __name__ == "__main__":
    main()
