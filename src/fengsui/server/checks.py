"""What `fengsui doctor` looks at: each check gives findings, each finding a problem and its remedy.

Rules
- A check never changes anything, and one that breaks is itself a finding.
- `problem` must be mended before real use; `advice` is worth a thought; `good` says what was looked at.
"""

import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from fengsui.core import loader
from fengsui.core.problems import PackError, Refused
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library
from fengsui.notifications import selectors as notifications
from fengsui.notifications import watchman
from fengsui.server import clock, configuration


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report."""

    grade: str
    subject: str
    text: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


Check = Callable[[datetime], Iterator[Finding]]


def findings(at: datetime) -> list[Finding]:
    """All findings of all checks at this moment, in the order of the checks."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found += check(at)
        except Exception as error:  # a broken check must not hide the others
            if any(str(error).strip() == one.text for one in found):
                continue  # told already: a database that is away breaks several
            text = f"{type(error).__name__}: {error}"
            found.append(Finding("problem", check.__name__, text, "mend what the sentence names, then ask again"))
    return found


def environment(at: datetime) -> Iterator[Finding]:
    """Secrets that others may read, debug mode, plain HTTP to the outside. Misspelt names end the doctor before."""
    yield from _file_of_settings()
    if settings.DEBUG:
        yield Finding("problem", "environment", "debug mode shows secrets in error pages", "unset FENGSUI_DEBUG")
    outside = [host for host in settings.ALLOWED_HOSTS if host not in {"127.0.0.1", "localhost", "[::1]"}]
    if outside and not settings.SESSION_COOKIE_SECURE:
        remedy = "put a proxy with TLS in front and set FENGSUI_HTTPS=yes"
        yield Finding("problem", "environment", f"{', '.join(outside)} would be served without HTTPS", remedy)
    yield Finding("good", "environment", f"data in {settings.DATA_DIR}, hosts {', '.join(settings.ALLOWED_HOSTS)}")


def _file_of_settings() -> Iterator[Finding]:
    path = settings.CONFIG_FILE
    if path is None:
        return
    secret = [name.lower() for name in settings.CONFIG_HOLDS if configuration.KNOWN[name].secret]
    if secret and path.stat().st_mode & stat.S_IROTH:
        text = f"{path} holds {', '.join(secret)}, and everybody on this machine may read it"
        yield Finding("problem", "environment", text, f"chmod o-rwx {path}")
    yield Finding("good", "environment", f"settings from {path}: {', '.join(sorted(settings.CONFIG_HOLDS)).lower()}")


def clock_is_real(at: datetime) -> Iterator[Finding]:
    """The clock is not moved."""
    if clock.offset():
        text = f"the clock is moved by {clock.offset()} seconds"
        yield Finding("problem", "clock", text, "unset FENGSUI_CLOCK_OFFSET: due times would be wrong")
    else:
        yield Finding("good", "clock", f"{at.isoformat()}, shown in {settings.TIME_ZONE}")


def database(at: datetime) -> Iterator[Finding]:
    """The database answers, is of this version, and keeps what it confirms."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        remedy = "start the database, or correct FENGSUI_DATABASE_URL"
        yield Finding("problem", "database", str(error).strip(), remedy)
        return
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Finding("problem", "database", f"{len(waiting)} changes wait", "back it up, `fengsui migrate`")
    yield from _durability()
    yield Finding("good", "database", f"{connection.vendor} answers")


def _durability() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            safe = cursor.fetchone()[0] >= 2
        else:
            cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            safe = cursor.fetchone() == ("on", "on")
    if not safe:
        text = "a power cut could lose a confirmed act"
        yield Finding("problem", "database", text, "set fsync and synchronous_commit to on")


def space(at: datetime) -> Iterator[Finding]:
    """How much the data folder can take; too little is an alarm of the watchman."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    yield Finding("good", "space", f"{free // (1 << 20)} MiB are left at {settings.DATA_DIR}")


def alarms(at: datetime) -> Iterator[Finding]:
    """What the watchman says: the same alarms as the bar on the pages and `/health`."""
    found = {
        alarm.code: alarm for root in directory.roots() or ("",) for alarm in watchman.alarms(root, at, clock.steady())
    }
    for alarm in found.values():
        since = f", since {alarm.since.isoformat()}" if alarm.since else ""
        yield Finding("problem", alarm.code, f"{alarm.text('en')}{since}", alarm.remedy("en"))
    yield Finding("good", "watchman", f"asked {len(watchman.SENTENCES)} questions, {len(found)} alarms")


def workers(at: datetime) -> Iterator[Finding]:
    """Who is at work."""
    for row in watchman.beats():
        yield Finding("good", "worker", f"{row.worker} gave a sign of life at {row.at.isoformat()}")
    if not watchman.beats():
        text = "no worker gave a sign of life yet: without one nobody is reminded"
        yield Finding("advice", "worker", text, "start `fengsui serve`, or `fengsui work` beside it")


def mail(at: datetime) -> Iterator[Finding]:
    """Notices can leave the house."""
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield Finding("good", "mail", f"through {settings.EMAIL_HOST}:{settings.EMAIL_PORT}")
    else:
        yield Finding(
            "advice",
            "mail",
            "no mail server: letters are only kept as files in mail/ of the data folder",
            "set FENGSUI_EMAIL_HOST",
        )


def people(at: datetime) -> Iterator[Finding]:
    """Everybody with a post can be reached from outside, by channels that work."""
    for root in directory.roots():
        for one in notifications.findings(root, at):
            remedy = "see Administration, Channels, and the persons' own pages"
            yield Finding("advice", "people", one.en, remedy)
    yield Finding("good", "people", f"looked at {len(directory.roots())} organisations")


def calendar(at: datetime) -> Iterator[Finding]:
    """Working days are known for this year and, from November on, for the next."""
    wanted = {at.year, at.year + (at.month >= 11)}
    for root in directory.roots() or [None]:
        known = _years(root)
        for year in sorted(wanted - known):
            text = f"the working days of {year} are not known: due times that need them are marked as estimated"
            yield Finding("advice", "calendar", text, "enter the official notice of holidays, or update Fengsui")
        yield Finding("good", "calendar", f"working days known from {min(known)} to {max(known)}")


def _years(root: str | None) -> frozenset[int]:
    """Of the calendar in use; while nothing is adopted, of the one that ships and will be taken then."""
    with suppress(Refused):
        if root:
            return library.calendar_years(root)
    return loader.work_calendar().years


def packs(at: datetime) -> Iterator[Finding]:
    """The shipped plan packs load."""
    for name, path in loader.shipped().items():
        try:
            pack = loader.load(path)
        except PackError as error:
            remedy = f"`fengsui lint {name}` shows each; reinstall this version"
            yield Finding("problem", "packs", f"{name} has {len(error.problems)} problems", remedy)
        else:
            yield Finding("good", "packs", f"{name} {pack.version}")


CHECKS: list[Check] = [environment, clock_is_real, database, alarms, workers, space, mail, people, calendar, packs]


def report(found: list[Finding]) -> dict[str, Any]:
    """The findings as plain data for `--json`."""
    return {"healthy": not any(one.grade == "problem" for one in found), "findings": [one.as_json() for one in found]}
