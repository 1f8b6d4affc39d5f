"""`fengsui doctor`: what is wrong with this installation, and what to do about it."""

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from fengsui.server import checks, clock

SIGNS = {"good": "ok     ", "advice": "advice ", "problem": "PROBLEM"}


class Command(BaseCommand):
    """Prints one line for each finding; ends with 1 when there is a problem."""

    help = "Check this installation and say how to mend what is wrong."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = checks.report(found := checks.findings(clock.now()))
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            for one in found:
                self.stdout.write(f"{SIGNS[one.grade]} {one.subject:<12} {one.text}")
                if one.remedy:
                    self.stdout.write(f"{'':20} -> {one.remedy}")
        if not report["healthy"]:
            sys.exit(1)
