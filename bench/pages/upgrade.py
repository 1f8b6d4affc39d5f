"""Brings a filled database up to the newest tables, and has them counted: `python -m bench.pages.upgrade`."""

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from fengsui.server import statistics  # noqa: E402

call_command("migrate", verbosity=0)
statistics.count()
