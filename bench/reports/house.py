"""The house that is reported to: `python -m bench.reports.house make|keys|fill|upgrade|look`.

Rules
- The house is the fictional bureau of the demo; every client has a key of its own, of the same unit.
- `look` holds a sample of chains against themselves and counts: every accepted report is there once.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from bench.reports import fill  # noqa: E402
from fengsui.cases import models, selectors, service  # noqa: E402
from fengsui.cases.pages import CaseRef  # noqa: E402
from fengsui.directory import selectors as directory  # noqa: E402
from fengsui.directory import service as people  # noqa: E402
from fengsui.server import clock, demo  # noqa: E402

SAMPLE = 200
REPORTERS = ("平台运行处处长", "平台运行处联络员")
"""Who holds the keys: nobody may hold more than twenty."""


def make() -> dict[str, object]:
    """Build the bureau."""
    call_command("migrate", verbosity=0)
    demo.build(clock.now())
    return {"cases": models.Case.objects.count()}


def keys(many: int) -> dict[str, object]:
    """Make so many keys more: what the clients need."""
    now, who = clock.now(), reporters(directory.roots()[0])
    until = now + timedelta(days=1)
    made = [people.make_token(who[n % len(who)], f"客户端 {n}", ["report"], until=until, at=now) for n in range(many)]
    return {"keys": made}


def reporters(root: str) -> list[str]:
    """Return the persons who report."""
    return [one.id for one in directory.people_of(root, root) if one.name in REPORTERS]


def copies(many: int) -> dict[str, object]:
    """Report once through the service, and copy that case in bulk."""
    root = directory.roots()[0]
    done = service.open_case(
        reporters(root)[0],
        root,
        kind="incident",
        title="门户网站无法访问",
        owner="dept@operations",
        at=clock.now(),
        key="0",
    )
    fill.write(models.Case.objects.get(pk=done.case), many)
    fill.settle()
    return {"cases": models.Case.objects.count()}


def upgrade() -> dict[str, object]:
    """Bring a house that was kept to the tables of today."""
    call_command("migrate", verbosity=0)
    return {"cases": models.Case.objects.count()}


def look() -> dict[str, object]:
    """Hold a sample of chains against themselves."""
    chance = random.Random(7)
    made = list(models.Submission.objects.order_by("-pk").values_list("case", flat=True)[:2000])
    every = list(models.Case.objects.order_by("pk").values_list("pk", flat=True)[:100_000])
    sample = {*chance.sample(made, min(SAMPLE, len(made))), *chance.sample(every, min(SAMPLE, len(every)))}
    for row in models.Case.objects.filter(pk__in=sample):
        ref = CaseRef(row.pk, row.number, row.organisation, row.kind, row.seq, row.root)
        if not selectors.verify(ref, row.opened_at).whole:
            raise SystemExit(f"{row.number}: the chain is broken")
    keyed = models.Submission.objects.filter(key__startswith="bench-").exclude(key__startswith="bench-warm").count()
    return {"cases": models.Case.objects.count(), "accepted": keyed, "verified": len(sample)}


if __name__ == "__main__":
    asked, *numbers = sys.argv[1:]
    said = {"make": make, "keys": keys, "fill": copies, "upgrade": upgrade, "look": look}[asked](*map(int, numbers))
    print(json.dumps(said))
