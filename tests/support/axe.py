"""Accessibility checks with axe-core, which travels inside a pinned wheel.

Only what is broken is asked for: to list what is sound as well takes axe two to three times as long.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """One line for each broken rule on the page as it stands: rule, help, first place."""
    page.evaluate(_script())
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {name: {"enabled": False} for name in without},
        "resultTypes": ["violations"],
    }
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]} (x{len(one['nodes'])})" for one in found]
