"""Fills one SQLite file: `python -m bench.pages.fill 10000`, called by `bench.pages` with its data folder set."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.forms.models import model_to_dict  # noqa: E402

from bench.pages import copies, lives  # noqa: E402
from fengsui.cases import models, selectors, service  # noqa: E402
from fengsui.cases.pages import CaseRef  # noqa: E402
from fengsui.ledger.ids import new_id  # noqa: E402

LIVING = 25
"""One case in so many is under way."""
SAMPLE = 40


def main(many: int) -> None:
    """Make the world, live the lives, copy them, look at a sample."""
    start = time.monotonic()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("pragma synchronous=off")
    world = lives.world()
    lived = [*lives.closed(world), *lives.living(world)]
    lives.heavy(world)
    say(start, f"{len(lived)} lives lived in {len(world.homes)} organisations")
    wanted = copies.wanted(world, lived, many - len(lived) - 1, many // LIVING)
    events = copies.write(_numbered(wanted, world.root.id))
    say(start, f"{models.Case.objects.count()} cases, {models.Event.objects.count()} events ({events} copied)")
    (settings.DATA_DIR / "filled").touch()
    look(many)
    say(start, f"{SAMPLE} copies hold and a rebuild changes nothing")


def say(start: float, what: str) -> None:
    """Tell how far the fill is."""
    print(f"  {time.monotonic() - start:6.0f} s  {what}", file=sys.stderr, flush=True)


def _numbered(wanted: Iterator[copies.Wanted], root: str) -> Iterator[dict[Any, copies.Rows]]:
    """Yield each copy under the next number of its year."""
    chance = random.Random(1)
    last = {row.year: row.last for row in models.Counter.objects.filter(root=root, mode="live")}
    for one in wanted:
        year = int(one.edition.opened[:4])
        last[year] = last.get(year, 0) + 1
        yield copies.copy(one, f"ZJ-{year}-{last[year]:04d}", chance)
    for year, number in last.items():
        made = {"id": new_id(lives.NOW)}
        models.Counter.objects.update_or_create(
            root=root, year=year, mode="live", defaults={"last": number}, create_defaults={**made, "last": number}
        )


def look(many: int) -> None:
    """Hold a sample of copies against the product: the chain, and every row that can be computed."""
    chance = random.Random(many)
    numbers = list(models.Case.objects.values_list("pk", flat=True).order_by("pk"))
    for id in chance.sample(numbers, min(SAMPLE, len(numbers))):
        row = models.Case.objects.get(pk=id)
        ref = CaseRef(row.pk, row.number, row.organisation, row.kind, row.seq, row.root)
        if not selectors.verify(ref, lives.NOW).whole:
            raise SystemExit(f"{row.number}: the chain is broken")
        with transaction.atomic():
            before = state(row)
            service.rebuild(row.root, row.pk)
            after = state(row)
            transaction.set_rollback(True)
        if before != after:
            raise SystemExit(f"{row.number}: a rebuild changes\n{differences(before, after)}")


def state(row: models.Case) -> dict[str, Any]:
    """Return everything computed of a case, by table and what names a row."""
    found: dict[str, Any] = {"case": model_to_dict(models.Case.objects.get(pk=row.pk))}
    of = {models.Obligation: "key", models.Involved: "party"}
    for table, key in of.items():
        rows = (model_to_dict(one, exclude=["id"]) for one in table.objects.filter(case=row.pk))
        found |= {f"{table.__name__} {one[key]}": one for one in rows}
    mentions = models.Mention.objects.filter(event__root=row.root, event__case=row.pk)
    return found | {"mentions": sorted(mentions.values_list("event__seq", "word"))}


def differences(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return the rows that differ."""
    keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    return "\n".join(
        f"{key}:\n  was {json.dumps(before.get(key), default=str)}\n  is  {json.dumps(after.get(key), default=str)}"
        for key in sorted(keys)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
