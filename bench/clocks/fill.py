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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from itertools import count
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
TABLES: tuple[type[Model], ...] = (models.Case, models.Event, models.Obligation)
STAMP = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def main(many: int) -> None:
    """Live the life, copy it, look at a sample."""
    start = time.monotonic()
    call_command("migrate", verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("pragma synchronous=off")
            cursor.execute("pragma cache_size=-1000000")
    life = lived()
    open_ = models.Obligation.objects.filter(case=life, live=True).count()
    with without_indexes():
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


@contextmanager
def without_indexes() -> Iterator[None]:
    """Take the indexes away while rows come in bulk, and build them at once afterwards: many times quicker."""
    with connection.schema_editor(atomic=False) as editor:
        for table in TABLES:
            for index in table._meta.indexes:
                editor.remove_index(table, index)
    yield
    with connection.schema_editor(atomic=False) as editor:
        for table in TABLES:
            for index in table._meta.indexes:
                editor.add_index(table, index)


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
    chance, names = random.Random(many), _names()
    due = models.Obligation.objects.get(case=life, live=True, due__isnull=False).due
    sealed = [
        (event, canonical(event.body).decode()) for event in models.Event.objects.filter(case=life).order_by("seq")
    ]
    owed = [(one, json.dumps(one.data)) for one in models.Obligation.objects.filter(case=life)]
    waiting: dict[type[Model], list[list[Any]]] = {table: [] for table in TABLES}
    for n, days in enumerate(_days(many), start=1):
        move = Move(timedelta(days=days), timedelta(minutes=chance.randrange(12 * 60), seconds=chance.randrange(60)))
        id = next(names)(life.id)
        waiting[models.Event] += _events(sealed, id, move, names)
        head = waiting[models.Event][-1][_places(models.Event)["digest"]]
        waiting[models.Case].append(_case(life, id, f"JS-2024-{n + 1:07d}", head, move))
        waiting[models.Obligation] += _owed(owed, id, move, due - timedelta(hours=1), names)
        if n % BATCH == 0:
            flush(waiting)
    flush(waiting)


def _days(many: int) -> Iterator[int]:
    for n in range(many - 1):
        burst = (n + 1) // AT_ONCE  # the life itself is the first of the first
        yield MOMENTS[burst] if burst < len(MOMENTS) else OTHERS[n % len(OTHERS)]


class Move:
    """A life moved by whole days and a part of the same day: its due times move by the days."""

    def __init__(self, days: timedelta, part: timedelta) -> None:
        self.days, self.by = days, days + part
        self.known: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Return a text with every moment moved."""
        return STAMP.sub(self._moved, text)

    def _moved(self, found: re.Match[str]) -> str:
        if found[0] not in self.known:
            self.known[found[0]] = stamp(moment(found[0]) + self.by)
        return self.known[found[0]]


def _case(life: models.Case, id: str, number: str, head: str, move: Move) -> list[Any]:
    next_at = life.next_at + move.days if life.next_at else None
    at = {"opened_at": life.opened_at + move.by, "last_at": life.last_at + move.by, "next_at": next_at}
    return _row(life, id=id, number=number, head=head, **at)


def _events(
    sealed: list[tuple[models.Event, str]], case: str, move: Move, names: Iterator[Callable[[str], str]]
) -> Iterator[list[Any]]:
    """Yield the rows of a log, chained to each other anew."""
    previous = ""
    for event, text in sealed:
        body = text.replace(event.case_id, case).replace(f'"previous":"{event.previous}"', f'"previous":"{previous}"')
        body = move.text(body)
        digest = "sha256:" + hashlib.sha256(body.encode()).hexdigest()
        seal = {"body": body, "previous": previous, "digest": digest, "code": digest[7:15]}
        at = {"at": event.at + move.by, "recorded_at": event.recorded_at + move.by}
        yield _row(event, id=next(names)(event.id), case_id=case, **seal, **at)
        previous = digest


def _owed(
    owed: list[tuple[models.Obligation, str]],
    case: str,
    move: Move,
    rung_at: datetime,
    names: Iterator[Callable[[str], str]],
) -> Iterator[list[Any]]:
    """Yield the rows of what is owed, each with its next reminder after `rung_at`."""
    for one, text in owed:
        data = move.text(text)
        values = {"opened": one.opened + move.by, "data": data, "rung_at": rung_at}
        if one.due is not None:
            row = models.Obligation(state=one.state, live=one.live, by=one.by, due=one.due + move.days)
            row.opened, row.data, row.rung_at = values["opened"], json.loads(data), rung_at
            reminders.schedule(row, ladder.default())
            values |= {"due": row.due, "next_rung": row.next_rung, "next_at": row.next_at}
        yield _row(one, id=next(names)(one.id), case_id=case, **values)


def _row(like: Model, **changed: Any) -> list[Any]:
    """Return the row of another one as its table writes it, with some columns changed."""
    row = list(_plainly(like))
    for name, value in changed.items():
        row[_places(type(like))[name]] = _plain(value)
    return row


_KEPT: dict[int, list[Any]] = {}


def _plainly(like: Model) -> list[Any]:
    if id(like) not in _KEPT:
        _KEPT[id(like)] = [_plain(getattr(like, field.attname)) for field in like._meta.concrete_fields]
    return _KEPT[id(like)]


@cache
def _places(table: type[Model]) -> dict[str, int]:
    return {field.attname: n for n, field in enumerate(table._meta.concrete_fields)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if connection.vendor == "sqlite" and isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return value


def _names() -> Iterator[Callable[[str], str]]:
    """Yield makers of new names of the same moment as another, in order: indexes grow at their end."""
    for n in count(1):
        yield lambda like, n=n: f"{like[:14]}7{n >> 36:03x}-{0x8000 | n >> 24 & 0xFFF:04x}-{n & 0xFFFFFF:012x}"


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
    root = models.Case.objects.values_list("root", flat=True)[0]
    for row in models.Case.objects.filter(root=root, number__in=numbers):
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
    rows = models.Obligation.objects.filter(root=row.root, case=row).order_by("key")
    return [model_to_dict(models.Case.objects.get(pk=row.pk)), *(model_to_dict(one, exclude=["id"]) for one in rows)]


if __name__ == "__main__":
    main(int(sys.argv[1]))
