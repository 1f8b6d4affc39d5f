"""`fengsui work`: the worker, two loops over plain functions.

Rules
- Each round asks functions, each with the round's time: what fell due, what must be told; beside it what must be sent.
- Sending is a loop of its own: a channel that does not answer never makes a due moment late.
- Work is claimed in the database, so several workers share it; the round after a crash finds what was left.
- Once a day SQLite counts its tables again (`statistics`).
- A database older than this version ends it with a sentence; one that does not answer is asked again in each round.
- A function that fails is logged and asked again in the next round; it never stops the others.
- After each round the worker leaves a sign of life (`server.pulse`); one that works once and ends is none to wait for.
"""

import argparse
import contextlib
import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection

from fengsui.cases import service as cases
from fengsui.notifications import service as notifications
from fengsui.server import clock, statistics
from fengsui.server.management.commands.serve import prepare_database
from fengsui.server.pulse import Pulse

log = logging.getLogger(__name__)
Job = Callable[..., int | None]


class Command(BaseCommand):
    """Works until SIGTERM or Ctrl-C; a round that has begun is finished first."""

    help = "Start a worker: due times, notices and their delivery."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="work until nothing is left, then end")
        parser.add_argument("--pause", type=float, default=1.0, help="seconds between two rounds (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        with contextlib.suppress(OperationalError):
            prepare_database(migrate=False)
        if options["once"]:
            while work_once(clock.now()).busy:
                pass
            return
        ended = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: ended.set())
        work(ended, options["pause"])


def clocks() -> list[Job]:
    """What never waits for anybody outside: time that passes, and what has to be told of it."""
    return [cases.pass_due, cases.recognise, notifications.follow]


def sending() -> list[Job]:
    """What may wait for a channel, or takes its time."""
    return [notifications.deliver, notifications.roll_call, statistics.keep]


def jobs() -> list[Job]:
    """Everything a worker does, in this order."""
    return [*clocks(), *sending()]


def work(ended: threading.Event, pause: float) -> None:
    """Both loops until `ended`, the sending one beside; where one of them breaks, the worker ends as a whole."""
    pulse, faults = Pulse(), {"clocks": "", "sending": ""}

    def sent(done: Round) -> None:
        faults["sending"] = done.fault

    def rung(done: Round) -> None:
        faults["clocks"] = done.fault
        pulse.beat(clock.now(), clock.steady(), faults["clocks"] or faults["sending"])

    sender = threading.Thread(target=_loop, args=(sending, ended, pause, sent), name="sending")
    sender.start()
    _loop(clocks, ended, pause, rung)
    sender.join()


def _loop(
    jobs: Callable[[], list[Job]], ended: threading.Event, pause: float, after: Callable[["Round"], None]
) -> None:
    try:
        while not ended.is_set():
            done = _round(jobs(), clock.now())
            after(done)
            ended.wait(0 if done.busy else pause)
    finally:
        ended.set()
        connection.close()


@dataclass(frozen=True, slots=True)
class Round:
    """What became of a round: whether anything was done, so that another may find more, and the job that failed."""

    busy: bool
    fault: str = ""


def work_once(at: datetime) -> Round:
    """One round of everything at this moment."""
    return _round(jobs(), at)


def _round(jobs: list[Job], at: datetime) -> Round:
    close_old_connections()
    done = [_attempt(job, at) for job in jobs]
    return Round(any(one.busy for one in done), next((one.fault for one in done if one.fault), ""))


def _attempt(job: Job, at: datetime) -> Round:
    name = f"{job.__module__.rpartition('.')[2]}.{job.__name__}"
    try:
        return Round(bool(job(at=at)))
    except OperationalError as error:
        # The database is away or broke off: where in the program it was noticed tells nothing, so one line is enough.
        log.error("%s failed, the database did not answer: %s", name, str(error).partition("\n")[0])
        return Round(False, name)
    except Exception:
        log.exception("%s failed; it will be asked again", name)
        return Round(False, name)
