"""What a look costs while nothing is due: `python -m bench.clocks.idle 200` prints JSON, milliseconds."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from fengsui.cases import models, service  # noqa: E402
from fengsui.core.canon import moment  # noqa: E402
from fengsui.server.management.commands.work import jobs  # noqa: E402


def main(rounds: int) -> None:
    """Look so many times, before the first moment; a database that was kept gets the newest tables first."""
    call_command("migrate", verbosity=0)
    at = moment(json.loads(Path(os.environ["FENGSUI_DATA_DIR"], "moments.json").read_text())[0]) - timedelta(minutes=50)
    for root in models.Case.objects.values_list("root", flat=True).distinct():
        while service.ring(root, at):
            pass
    models.Fresh.objects.all().delete()
    whole = jobs()
    found = {"sweep": cost(lambda: service.pass_due(at), rounds)}
    found["round"] = cost(lambda: [job(at=at) for job in whole], rounds)
    print(json.dumps(found))


def cost(look: Callable[[], object], rounds: int) -> dict[str, float]:
    """Return the median time and processor time of a call that finds nothing, in milliseconds."""
    walls, cpus = [], []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        look()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {"wall": statistics.median(walls) * 1000, "cpu": statistics.median(cpus) * 1000}


if __name__ == "__main__":
    main(int(sys.argv[1]))
