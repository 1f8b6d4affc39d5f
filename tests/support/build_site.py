"""Fills an empty data folder through the services: `python -m tests.support.build_site MODULE:FUNCTION`.

Rules
- It is a process of its own, because a browser test runs a real server on a database of its own.
- The function takes `at` and returns sign-ins with role, username and password, as `fengsui.server.demo.build` does.
- The sign-ins are printed as one line of JSON.
"""

import importlib
import json
import os
import sys

import django
from django.core.management import call_command


def main(builder: str) -> None:
    """Migrates, calls the builder at the present (moved) time, prints the sign-ins."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengsui.server.settings")
    django.setup()
    from fengsui.server import clock

    call_command("migrate", interactive=False, verbosity=0)
    module, function = builder.split(":")
    people = getattr(importlib.import_module(module), function)(at=clock.now())
    print(json.dumps([{"role": p.role, "username": p.username, "password": p.password} for p in people]))


if __name__ == "__main__":
    main(sys.argv[1])
