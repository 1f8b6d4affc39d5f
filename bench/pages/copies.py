"""Copies of a life: other ids, another week, another organisation, a title of its own; written in bulk.

Rules
- Rows are taken as they lie in the tables and written as they are read: every table that names the case comes along.
- An edition is a life moved by whole weeks: dates in all rows move, its log is sealed again, and its obligations are
  asked of the engine again, for a month is not four weeks.
- A copy is an edition in another organisation with ids of its own; its log is sealed once more.
- The pairs of characters of a title are those of the copy's own title.
- Forms' keys (`Submission`) are not copied: none was used.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.db.models import Model

from bench.pages import NOW
from bench.pages.lives import TITLES, Home, Life, World
from fengsui.cases import models
from fengsui.cases.selectors import log
from fengsui.cases.selectors.finding import grams
from fengsui.cases.selectors.owed import fields_of
from fengsui.core import engine
from fengsui.core.canon import canonical, digest
from fengsui.core.obligations import owed
from fengsui.notifications.models import Attempt, Message

BY_CASE: Mapping[type[Model], str] = {
    models.Case: "id = %s",
    models.Event: "case_id = %s",
    models.Beside: "case_id = %s",
    models.Obligation: "case_id = %s",
    models.Involved: "case_id = %s",
    models.Mention: "event_id in (select id from cases_event where case_id = %s)",
    Message: '"case" = %s',
    Attempt: 'message_id in (select id from notifications_message where "case" = %s)',
}
"""The tables that hold something of a case, parents first, and how to find it."""
NAMED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|20\d\d-\d\d-\d\d")
NONE, CELL, ROW, TABLE = "\x00", "\x1f", "\x1e", "\x1d"
Rows = list[list[str]]


def columns(table: type[Model]) -> list[str]:
    """Return the columns of a table in the order in which rows are read and written."""
    return [field.column for field in table._meta.concrete_fields]


@dataclass
class Edition:
    """A life moved by so many weeks: its rows as one text, ready to be copied."""

    life: Life
    weeks: int
    rows: dict[type[Model], Rows]

    @classmethod
    def of(cls, life: Life, weeks: int) -> Edition:
        """Read a life out of the tables and move it."""
        text = _read(life.case)
        if weeks:
            text = NAMED.sub(lambda found: _moved(found.group(), weeks), text)
        edition = cls(life, weeks, _split(text))
        events = edition.rows[models.Event]
        body = columns(models.Event).index("body")
        for row in events:
            row[body] = canonical(json.loads(row[body])).decode()
        _seal(edition.rows)
        if weeks:
            edition._ask_again()
        return edition

    @cached_property
    def text(self) -> str:
        """All rows of all tables."""
        return TABLE.join(ROW.join(CELL.join(row) for row in self.rows[table]) for table in BY_CASE)

    @cached_property
    def own(self) -> frozenset[str]:
        """The ids of rows, which a copy replaces by its own."""
        return frozenset(row[0] for rows in self.rows.values() for row in rows)

    @cached_property
    def number(self) -> str:
        """The number that the copies replace."""
        return self.cell("number")

    @cached_property
    def opened(self) -> str:
        """When the case was opened, as the table writes it."""
        return self.cell("opened_at")

    @cached_property
    def title(self) -> tuple[str, str]:
        """The token of the title in the first event, and its salt."""
        token = str(self.events[0]["content"]["title"])
        names = columns(models.Beside)
        row = next(row for row in self.rows[models.Beside] if row[names.index("token")] == token)
        return token, row[names.index("salt")]

    @property
    def events(self) -> list[dict[str, Any]]:
        """The bodies of the log."""
        at = columns(models.Event).index("body")
        return [json.loads(row[at]) for row in self.rows[models.Event]]

    def cell(self, name: str) -> str:
        """Return a column of the row of the case."""
        return self.rows[models.Case][0][columns(models.Case).index(name)]

    def _ask_again(self) -> None:
        """Write the obligations as the engine sees them on the moved log."""
        at = columns(models.Event).index("digest")
        digests = [row[at] for row in self.rows[models.Event]]
        case = engine.replay(log.event_of(body, seal) for body, seal in zip(self.events, digests, strict=True))
        row = models.Case.objects.get(pk=self.life.case)
        last = datetime.fromisoformat(self.cell("last_at") + "+00:00")
        found = {one.key: fields_of(one) for one in owed(log.book_of(row), case, last)}
        names = columns(models.Obligation)
        for kept in self.rows[models.Obligation]:
            for name, value in found[kept[names.index("key")]].items():
                kept[names.index(name)] = _written(value)


def _written(value: object) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read(case: str) -> str:
    with connection.cursor() as cursor:
        return TABLE.join(_table(cursor, table, where, case) for table, where in BY_CASE.items())


def _table(cursor: Any, table: type[Model], where: str, case: str) -> str:
    wanted = ", ".join(f'"{name}"' for name in columns(table))
    order = "seq" if table is models.Event else "id"
    cursor.execute(f"select {wanted} from {table._meta.db_table} where {where} order by {order}", [case])
    return ROW.join(CELL.join(map(_plain, row)) for row in cursor.fetchall())


def _plain(cell: object) -> str:
    return NONE if cell is None else str(int(cell)) if isinstance(cell, bool) else str(cell)


def _split(text: str) -> dict[type[Model], Rows]:
    parts = zip(BY_CASE, text.split(TABLE), strict=True)
    return {table: [row.split(CELL) for row in part.split(ROW)] if part else [] for table, part in parts}


def _moved(found: str, weeks: int) -> str:
    if len(found) == 10:
        return _day(found, weeks)
    # A row's name begins with its moment.
    high = int(found[:8] + found[9:13], 16) - weeks * 7 * 86_400_000
    return f"{high >> 16:08x}-{high & 0xFFFF:04x}{found[13:]}" if found[14] == "7" and found > BORN else found


BORN = f"{int((NOW - timedelta(days=100)).timestamp() * 1000) >> 16:08x}"
"""Names made after this belong to lives; earlier ones to organisations and people, which do not move."""


@cache
def _day(text: str, weeks: int) -> str:
    return (date.fromisoformat(text) - timedelta(weeks=weeks)).isoformat()


def _seal(rows: dict[type[Model], Rows]) -> None:
    """Chain the events to each other anew and put the last digest on the case."""
    names = columns(models.Event)
    body, before, seal, code = (names.index(name) for name in ("body", "previous", "digest", "code"))
    previous = ""
    for row in rows[models.Event]:
        row[body] = row[body].replace(f'"previous":"{row[before]}"', f'"previous":"{previous}"', 1)
        row[before] = previous
        previous = row[seal] = "sha256:" + hashlib.sha256(row[body].encode()).hexdigest()
        row[code] = previous[7:15]
    rows[models.Case][0][columns(models.Case).index("head")] = previous


# ---------------------------------------------------------------------------------------------- copies


@dataclass(frozen=True)
class Wanted:
    """A copy to be made: of which edition, where, under which title."""

    edition: Edition
    home: Home
    title: str


def wanted(world: World, lives: list[Life], many: int, living: int) -> Iterator[Wanted]:
    """Return so many copies, `living` of them under way, the rest of the last three years; the earliest first."""
    chance = random.Random(2030)
    homes = {kind: [home for home in world.homes if home.kind == kind] for kind in ("province", "bureau")}
    weeks = range(-(-many // 700) + 1)
    found, editions = [], {}
    for n in range(many):
        live = n < living
        among = [life for life in lives if life.live == live]
        if live:
            home = world.homes[n % len(world.homes)]
            life = chance.choice([one for one in among if one.home.kind == home.kind])
        else:
            life = chance.choices(among, [one.share for one in among])[0]
            home = chance.choice(homes[life.home.kind])
        key = (life.case, 0 if live else chance.choice(weeks[:150]))
        if key not in editions:
            editions[key] = Edition.of(life, key[1])
        found.append(Wanted(editions[key], home, f"{chance.choice(TITLES)}（{chance.choice(TITLES)} {n % 977}）"))
    return iter(sorted(found, key=lambda one: one.edition.opened))


def copy(one: Wanted, number: str, chance: random.Random) -> dict[type[Model], Rows]:
    """Return the rows of a copy under a number of its own."""
    edition, token = one.edition, one.edition.title[0]
    names = _others(edition.life.home, one.home)
    text = NAMED.sub(lambda found: _renamed(found.group(), edition.own, names, chance), edition.text)
    said = "text:" + digest({"salt": edition.title[1], "text": one.title})
    rows = _split(text.replace(edition.number, number).replace(token, said))
    _seal(rows)
    beside = columns(models.Beside)
    for row in rows[models.Beside]:
        if row[beside.index("token")] == said:
            row[beside.index("text")] = one.title
    rows[models.Case][0][columns(models.Case).index("title")] = one.title
    rows[models.Gram] = _grams(rows[models.Case][0], one.title, chance)
    return rows


def _grams(case: list[str], title: str, chance: random.Random) -> Rows:
    """Return the pairs of characters of a title of its own."""
    names = columns(models.Case)
    id, root = case[names.index("id")], case[names.index("root")]
    values = ({"id": _name(id, chance), "root": root, "word": word, "case_id": id} for word in sorted(grams(title)))
    return [[value[name] for name in columns(models.Gram)] for value in values]


def _renamed(found: str, own: frozenset[str], names: dict[str, str], chance: random.Random) -> str:
    if found in names:
        return names[found]
    if found not in own:
        return found
    names[found] = _name(found, chance)
    return names[found]


def _name(like: str, chance: random.Random) -> str:
    """Return a new name of the same moment."""
    drawn = chance.getrandbits(74)
    return f"{like[:14]}7{drawn >> 62:03x}-{0x8000 | drawn >> 48 & 0x3FFF:04x}-{drawn & 0xFFFFFFFFFFFF:012x}"


def _others(own: Home, other: Home) -> dict[str, str]:
    """Return what each name of one organisation is in the other: itself, its people, its systems."""
    names = {own.id: other.id}
    names |= {own.people[key]: other.people[key] for key in own.people}
    return names | {own.assets[key]: other.assets[key] for key in own.assets}


def write(copies: Iterable[dict[type[Model], Rows]], batch: int = 500) -> int:
    """Write copies into their tables in batches; return how many events that were."""
    waiting: dict[type[Model], list[list[str | None]]] = {table: [] for table in (*BY_CASE, models.Gram)}
    events = 0
    for n, rows in enumerate(copies, start=1):
        for table, own in rows.items():
            waiting[table] += [[None if cell == NONE else cell for cell in row] for row in own]
        events += len(rows[models.Event])
        if n % batch == 0:
            _flush(waiting)
    _flush(waiting)
    return events


def _flush(waiting: dict[type[Model], list[list[str | None]]]) -> None:
    raw = connection.connection
    raw.execute("begin")
    for table, rows in waiting.items():
        marks = ", ".join("?" * len(columns(table)))
        named = ", ".join(f'"{name}"' for name in columns(table))
        raw.executemany(f"insert into {table._meta.db_table} ({named}) values ({marks})", rows)
        rows.clear()
    raw.execute("commit")
