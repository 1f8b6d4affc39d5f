"""Fills one database: `python -m bench.clocks.fill 10000`.

Rules
- The life: an incident of level II, reported, confirmed, responded to and ended, its watch times passed: six open
  obligations, one of them hard, due thirty days later at midnight.
- A copy is the life moved by whole days and some minutes of the same day, so its due time moves by whole days.
- `AT_ONCE` copies each fall due at the moments written to `moments.json`; the others on later midnights.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.forms.models import model_to_dict  # noqa: E402
from tests.world import World  # noqa: E402

from fengsui.cases import ladder, models, selectors, service  # noqa: E402
from fengsui.cases.pages import CaseRef  # noqa: E402
from fengsui.cases.service import reminders  # noqa: E402
from fengsui.core.canon import canonical, moment, stamp  # noqa: E402

AT_ONCE = 1000
MOMENTS = (0, 2, 4)
"""Days after the life's own due time at which `AT_ONCE` fall due together."""
OTHERS = range(6, 29)
SAMPLE = 25
BATCH = 2000
STAMP = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def main(many: int) -> None:
    """Live the life, copy it, look at a sample."""
    start = time.monotonic()
    call_command("migrate", verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("pragma synchronous=off")
    life = lived()
    open_ = models.Obligation.objects.filter(case=life, live=True).count()
    write(life, many // open_)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    due = models.Obligation.objects.filter(case=life, live=True, due__isnull=False).get().due
    moments = [stamp(due + timedelta(days=days)) for days in MOMENTS]
    Path(os.environ["FENGSUI_DATA_DIR"], "moments.json").write_text(json.dumps(moments))
    look(many)
    said = f"{models.Obligation.objects.filter(live=True).count():,} open obligations"
    said += f", {models.Case.objects.count():,} cases, {models.Event.objects.count():,} events"
    print(f"  {time.monotonic() - start:.0f} s  {said}; {SAMPLE} chains hold", file=sys.stderr)


def lived() -> models.Case:
    """Return the case that was lived."""
    world = World.build()
    case = world.open("owner")
    world.at("+1min").submit("owner", case, "assess", value="II", reason="长时间中断")
    for act, more in (("confirm", {"value": "II", "reason": "同意"}), ("activate", {"value": "II"}), ("end", {})):
        world.at("+1min").submit("group", case, act, **more)
    world.at("+1d")
    while service.pass_due(world.now):
        pass
    models.Fresh.objects.all().delete()
    return models.Case.objects.get(pk=case.case)


def write(life: models.Case, many: int) -> None:
    """Write so many copies, their tables in bulk."""
    chance = random.Random(many)
    due = models.Obligation.objects.get(case=life, live=True, due__isnull=False).due
    events = list(models.Event.objects.filter(case=life).order_by("seq"))
    sealed = [(event, canonical(event.body).decode()) for event in events]
    owed = list(models.Obligation.objects.filter(case=life))
    waiting: dict[type[Model], list[list[Any]]] = {models.Case: [], models.Event: [], models.Obligation: []}
    for n, days in enumerate(_days(many), start=1):
        by = timedelta(days=days, minutes=chance.randrange(12 * 60), seconds=chance.randrange(60))
        case = _copy(life, f"JS-2024-{n + 1:07d}", by, chance)
        waiting[models.Event] += _events(sealed, case, by, chance)
        waiting[models.Case].append(_values(case))
        waiting[models.Obligation] += _owed(owed, case, by, timedelta(days=days), due - timedelta(hours=1), chance)
        if n % BATCH == 0:
            flush(waiting)
    flush(waiting)


def _days(many: int) -> Iterator[int]:
    for n in range(many - 1):
        burst = (n + 1) // AT_ONCE  # the life itself is the first of the first
        yield MOMENTS[burst] if burst < len(MOMENTS) else OTHERS[n % len(OTHERS)]


def _copy(life: models.Case, number: str, by: timedelta, chance: random.Random) -> models.Case:
    row = models.Case(**{field.attname: getattr(life, field.attname) for field in life._meta.concrete_fields})
    row.id, row.number = _name(life.id, chance), number
    row.opened_at, row.last_at = life.opened_at + by, life.last_at + by
    row.next_at = life.next_at + timedelta(days=by.days) if life.next_at else None
    return row


def _events(
    sealed: list[tuple[models.Event, str]], case: models.Case, by: timedelta, chance: random.Random
) -> Iterator[list[Any]]:
    """Yield the rows of a log, chained to each other anew; the last digest goes to the case."""
    previous = ""
    for event, text in sealed:
        body = text.replace(event.case_id, case.id).replace(
            f'"previous":"{event.previous}"', f'"previous":"{previous}"'
        )
        body = STAMP.sub(lambda found: stamp(moment(found.group()) + by), body)
        digest = "sha256:" + hashlib.sha256(body.encode()).hexdigest()
        row = {field.attname: getattr(event, field.attname) for field in event._meta.concrete_fields}
        row |= {"id": _name(event.id, chance), "case_id": case.id, "body": body, "previous": previous}
        row |= {"digest": digest, "code": digest[7:15], "at": event.at + by, "recorded_at": event.recorded_at + by}
        yield [_plain(value) for value in row.values()]
        previous = digest
    case.head = previous


def _owed(
    owed: list[models.Obligation],
    case: models.Case,
    by: timedelta,
    days: timedelta,
    rung_at: datetime,
    chance: random.Random,
) -> Iterator[list[Any]]:
    """Yield the rows of what is owed, each with its next reminder after `rung_at`."""
    for one in owed:
        row = models.Obligation(**{field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields})
        row.id, row.case_id, row.opened, row.rung_at = _name(one.id, chance), case.id, one.opened + by, rung_at
        row.due = one.due + days if one.due else None
        row.data = json.loads(STAMP.sub(lambda found: stamp(moment(found.group()) + by), json.dumps(one.data)))
        reminders.schedule(row, ladder.default())
        yield _values(row)


def _values(row: Model) -> list[Any]:
    return [_plain(getattr(row, field.attname)) for field in row._meta.concrete_fields]


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if connection.vendor == "sqlite" and isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return value


def _name(like: str, chance: random.Random) -> str:
    """Return a new name of the same moment."""
    drawn = chance.getrandbits(74)
    return f"{like[:14]}7{drawn >> 62:03x}-{0x8000 | drawn >> 48 & 0x3FFF:04x}-{drawn & 0xFFFFFFFFFFFF:012x}"


def flush(waiting: dict[type[Model], list[list[Any]]]) -> None:
    """Write what waits, parents first."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("set local session_replication_role = replica")
        for table, rows in waiting.items():
            named = ", ".join(f'"{field.column}"' for field in table._meta.concrete_fields)
            name = table._meta.db_table
            if connection.vendor == "postgresql":
                with cursor.cursor.copy(f"copy {name} ({named}) from stdin") as into:
                    for row in rows:
                        into.write_row(row)
            else:
                marks = ", ".join("?" * len(table._meta.concrete_fields))
                cursor.cursor.connection.executemany(f"insert into {name} ({named}) values ({marks})", rows)
            rows.clear()


def look(many: int) -> None:
    """Hold a sample of copies against the product: the chain, and what a rebuild makes of it."""
    chance = random.Random(many)
    numbers = [f"JS-2024-{chance.randrange(2, models.Case.objects.count()):07d}" for _ in range(SAMPLE)]
    for row in models.Case.objects.filter(number__in=numbers):
        ref = CaseRef(row.pk, row.number, row.organisation, row.kind, row.seq, row.root)
        if not selectors.verify(ref, row.last_at).whole:
            raise SystemExit(f"{row.number}: the chain is broken")
        with transaction.atomic():
            before = _state(row)
            service.rebuild(row.root, row.pk)
            after = _state(row)
            transaction.set_rollback(True)
        if before != after:
            raise SystemExit(f"{row.number}: a rebuild changes\n{before}\n{after}")


def _state(row: models.Case) -> list[dict[str, Any]]:
    rows = models.Obligation.objects.filter(case=row).order_by("key")
    return [model_to_dict(models.Case.objects.get(pk=row.pk)), *(model_to_dict(one, exclude=["id"]) for one in rows)]


if __name__ == "__main__":
    main(int(sys.argv[1]))
