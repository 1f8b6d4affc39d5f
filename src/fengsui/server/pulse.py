"""The pulse of a worker: its sign of life in the database, and the word to an outside watcher that all is well.

Rules
- A beat every few seconds, whatever the round did; a database that is away is told once and does not stop the worker.
- Work that puts a row aside and goes on only logs it. Errors that keep coming for minutes are a fault of the worker,
  as a job that fails in every round is.
- The outside watcher (FENGSUI_PING_URL) is asked for once a minute while no alarm stands. It raises the alarm when the
  requests stay away, so nothing is sent when something is wrong: that also covers a machine that died.
- The request goes out beside the work, with a short patience. Its failing is logged once, until it succeeds again.
"""

import logging
import os
import platform
import threading
import urllib.request
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError

from fengsui.directory import selectors as directory
from fengsui.notifications import pulse, watchman
from fengsui.server import clock

EVERY = 5.0
"""Seconds of the steady counter between two beats."""
GAP = 150.0
"""Seconds after which an error is a new one: what is put aside comes back each minute."""
GOES_ON = 180.0
"""Seconds for which errors must come again and again before they are the worker's fault and no passing one."""
PING_EVERY = 60.0
PATIENCE = 10
"""Seconds that the outside watcher may take to answer."""
log = logging.getLogger(__name__)


class Errors(logging.Handler):
    """Hears the errors that the work itself logs, and names who goes on logging them."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.name_of, self.first, self.last = "", float("-inf"), float("-inf")

    def emit(self, record: logging.LogRecord) -> None:
        ticks = clock.steady()[1]
        if ticks - self.last > GAP:
            self.first = ticks
        self.last, self.name_of = ticks, record.name.rpartition(".")[2]

    def fault(self, ticks: float) -> str:
        """Return the part of the work that has been logging errors for a while and still is."""
        goes_on = ticks - self.last <= GAP and self.last - self.first >= GOES_ON
        return self.name_of if goes_on else ""


class Pulse:
    """One worker's. `beat` is asked after every round."""

    def __init__(self, name: str = "") -> None:
        self.name = name or f"{platform.node()}:{os.getpid()}"
        self.errors = Errors()
        logging.getLogger("fengsui").addHandler(self.errors)
        self.beaten = self.asked = float("-inf")
        self.away = self.unheard = False

    def beat(self, at: datetime, steady: pulse.Steady, fault: str = "") -> None:
        """Write the sign of life if it is time, and tell the outside watcher if it is time and all is well."""
        if steady[1] - self.beaten < EVERY:
            return
        self.beaten = steady[1]
        try:
            leap = pulse.beat(self.name, at=at, steady=steady, fault=fault or self.errors.fault(steady[1]))
            if leap:
                log.error("the clock leapt by %d seconds", leap / timedelta(seconds=1))
            if settings.PING_URL and steady[1] - self.asked >= PING_EVERY:
                self.asked = steady[1]  # also where it is not well: the questions are not asked at every beat
                if healthy(at, steady):
                    threading.Thread(target=self.ping, args=(settings.PING_URL,), daemon=True).start()
            self.away = False
        except DatabaseError as error:
            if not self.away:
                log.error("no sign of life can be written: %s", error)
            self.away = True

    def ping(self, address: str) -> None:
        """Ask for the address of the outside watcher."""
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE):
                self.unheard = False
        except (OSError, ValueError) as error:
            if not self.unheard:
                log.warning("the outside watcher does not answer: %s", error)
            self.unheard = True


def healthy(at: datetime, steady: pulse.Steady) -> bool:
    """Return whether no alarm stands in any organisation."""
    return not any(watchman.alarms(root, at, steady) for root in directory.roots() or ("",))
