"""Writes the official Chinese work calendar into the core: `python tools/calendar_cn.py`.

The rows come from the chinese-calendar package (holidays and make-up days as the State Council publishes them each
year). The core carries them as data, so that the command line gives the same due times as the service without it;
tests/core/test_timing.py holds the two against each other. Run it when a new year is out.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import yaml
from chinese_calendar import constants, is_workday

TARGET = Path(__file__).parents[1] / "src/fengsui/core/calendar_cn.yaml"
HEAD = """\
# Work calendar of China: weekdays that are off, weekend days that are worked, and the years that are covered.
# Written by tools/calendar_cn.py from the chinese-calendar package; do not edit.
"""


def years() -> range:
    """Return the years the package covers."""
    days = sorted(constants.holidays)
    return range(days[0].year, days[-1].year + 1)


def rows() -> dict[str, list[str]]:
    """Return years, `off` (weekdays not worked) and `work` (weekend days worked), as text in order."""
    first, last = date(years()[0], 1, 1), date(years()[-1], 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {
        "years": [str(year) for year in years()],
        "off": [str(day) for day in days if day.weekday() < 5 and not is_workday(day)],
        "work": [str(day) for day in days if day.weekday() >= 5 and is_workday(day)],
    }


if __name__ == "__main__":
    TARGET.write_text(HEAD + yaml.safe_dump(rows(), default_flow_style=None, width=118, sort_keys=False))
    print(f"{TARGET.name}: {years()[0]} to {years()[-1]}")
