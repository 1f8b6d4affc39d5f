"""The only reader of the clock.

Rules
- A time is an aware UTC datetime of whole seconds: what is stored, hashed and compared has no fractions.
- Everything else takes its time as an argument `at`: the middleware gives it to views, the commands to services.
- `steady` is no time of day: it says which start of the machine this is and the seconds of a counter that nobody can
  set. Held against `now` it shows a clock that leapt; processes on one machine read the same counter. A rehearsal
  moves both: time passes.
- Tests and rehearsals move the clock with FENGSUI_CLOCK_OFFSET: a number of seconds, or `@path` of a file that holds
  that number and is read again at every call. `fengsui doctor` reports a problem while it is set.
"""

import functools
import os
import platform
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


def now() -> datetime:
    """The present moment in UTC, in whole seconds, moved by FENGSUI_CLOCK_OFFSET."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=offset())


def offset() -> int:
    """Seconds by which the clock is moved; 0 in real use."""
    setting = os.environ.get("FENGSUI_CLOCK_OFFSET", "")
    if setting.startswith("@"):
        path = Path(setting[1:])
        setting = path.read_text(encoding="ascii") if path.exists() else ""
    return int(setting.strip() or 0)


def steady() -> tuple[str, float]:
    """The start of this machine, and the seconds of its steady counter."""
    return _boot(), time.monotonic() + offset()


@functools.cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:36]
    except OSError:
        return f"{platform.node()}:{os.getpid()}"[:36]
