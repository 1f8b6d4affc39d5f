"""The pulse of a worker: its sign of life in the database, and the word to an outside watcher that all is well.

Rules
- A beat every few seconds, whatever the round did; a database that is away is told once and does not stop the worker.
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

EVERY = 5.0
"""Seconds of the steady counter between two beats."""
PING_EVERY = 60.0
PATIENCE = 10
"""Seconds that the outside watcher may take to answer."""
log = logging.getLogger(__name__)


class Pulse:
    """One worker's. `beat` is asked after every round."""

    def __init__(self, name: str = "") -> None:
        self.name = name or f"{platform.node()}:{os.getpid()}"
        self.beaten = self.pinged = float("-inf")
        self.away = self.unheard = False

    def beat(self, at: datetime, steady: pulse.Steady, fault: str = "") -> None:
        """Write the sign of life if it is time, and tell the outside watcher if it is time and all is well."""
        if steady[1] - self.beaten < EVERY:
            return
        self.beaten = steady[1]
        try:
            leap = pulse.beat(self.name, at=at, steady=steady, fault=fault)
            if leap:
                log.error("the clock leapt by %d seconds", leap / timedelta(seconds=1))
            if settings.PING_URL and steady[1] - self.pinged >= PING_EVERY and healthy(at, steady):
                self.pinged = steady[1]
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
