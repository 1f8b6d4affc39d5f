"""The way from the `fengsui` command to Django's management commands.

Rules
- A wrong environment is told in sentences, without a traceback; so is a database that cannot be used.
- The demo has a folder and a database of its own: it can never touch what is set for real use.
"""

import os
import signal
import sys
from pathlib import Path

DEMO_KEEPS = ("FENGSUI_CLOCK_OFFSET", "FENGSUI_DATA_DIR")


def run(arguments: list[str]) -> int:
    """Runs a service command such as `["serve", "--port", "8000"]`; returns its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengsui.server.settings")
    if os.getpid() == 1:  # the first process of a container: SIGTERM does nothing until somebody minds it
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if arguments[0] == "demo":
        _demo_environment()
    from fengsui.server import environment

    try:
        environment.read()
    except environment.BadEnvironment as error:
        print("fengsui cannot start with these settings:", *error.problems, sep="\n  ", file=sys.stderr)
        return 2
    return _manage(arguments)


def _manage(arguments: list[str]) -> int:
    from django.core.management import ManagementUtility
    from django.db import OperationalError

    try:
        ManagementUtility(["fengsui", *arguments]).execute()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except OperationalError as error:
        print(f"The database cannot be used: {str(error).strip()}", file=sys.stderr)
        print("Start it, or correct FENGSUI_DATABASE_URL; `fengsui doctor` says more.", file=sys.stderr)
        return 1
    return 0


def _demo_environment() -> None:
    for name in [name for name in os.environ if name.startswith("FENGSUI_") and name not in DEMO_KEEPS]:
        del os.environ[name]
    os.environ["FENGSUI_CONFIG"] = ""  # nor may the file of settings
    os.environ["FENGSUI_DATA_DIR"] = str(Path(os.environ.get("FENGSUI_DATA_DIR", "var")) / "demo")
