"""`fengsui work`: the worker, a loop over plain functions.

Rules
- Each round asks three functions, each with the round's time: what fell due, what must be told, what must be sent.
- Work is claimed in the database, so several workers share it; the round after a crash finds what was left.
- Once a day SQLite counts its tables again (`statistics`).
- A function that fails is logged and asked again in the next round; it never stops the others.
- After each round the worker leaves a sign of life (`server.pulse`); one that works once and ends is none to wait for.
"""

import argparse
import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from fengsui.cases import service as cases
from fengsui.notifications import service as notifications
from fengsui.server import clock, statistics
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
        ended = threading.Event()
        if not options["once"]:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: ended.set())
        pulse = Pulse()
        while not ended.is_set():
            done = work_once(clock.now())
            if not options["once"]:
                pulse.beat(clock.now(), clock.steady(), done.fault)
            elif not done.busy:
                return
            ended.wait(0 if done.busy else options["pause"])


def jobs() -> list[Job]:
    """What a worker does in a round, in this order."""
    return [cases.pass_due, cases.recognise, notifications.follow, notifications.deliver, statistics.keep]


@dataclass(frozen=True, slots=True)
class Round:
    """What became of a round: whether anything was done, so that another may find more, and the job that failed."""

    busy: bool
    fault: str = ""


def work_once(at: datetime) -> Round:
    """One round at this moment."""
    close_old_connections()
    done = [_attempt(job, at) for job in jobs()]
    return Round(any(one.busy for one in done), next((one.fault for one in done if one.fault), ""))


def _attempt(job: Job, at: datetime) -> Round:
    try:
        return Round(bool(job(at=at)))
    except Exception:
        name = f"{job.__module__.rpartition('.')[2]}.{job.__name__}"
        log.exception("%s failed; it will be asked again", name)
        return Round(False, name)
