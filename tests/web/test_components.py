"""The component page in the browser: every component in every state, in every face, also for a plan without levels."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.support import css
from tests.support.axe import violations
from tests.web.test_walk import FACES, NARROW, look, narrow_enough, shoot

SITE = "tests.web.worlds:build_s3"
SITE_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PARTS = css.SHEETS.parents[2] / "templates/parts"
SHOWN = {
    "obligations": [f'.obs > li[data-s="{look}"]' for look in ("late", "soon", "ok", "idle", "done")]
    + [".obs .cd.late", ".obs .cd.word", ".obs .k.me"],
    "levels": [
        f'.lv{look}[data-lv="{n}"]' for n in (1, 2, 3, 4) for look in ("", ".sm", ".xl", ".nd", ".xl.nd", ".sm.nd")
    ]
    + ['.fires[data-lv="1"]', ".set i[data-lv]", ".warn-c"],
    "stages": [".steps .done", ".steps .now", ".steps .next", ".dots .d", ".dots .c"],
    "clauses": ["a.cite", ".pop .quote", ".pop .said"],
    "approvals": [".auth .done", ".auth .now", ".appr .go", ".appr .then", ".appr .quote", ".appr footer .cap"],
    "grading": [".why .hit", ".why .will", ".why .open", ".why .failed", ".verdict .ask", ".clocks .late"],
    "facts": [f'.fact input[value="{state}"]:checked' for state in ("verified", "unverified", "unknown")]
    + [".fact .emsg"],
    "records": [".tl .broken", ".tl .tag.pend"],
    "axes": [".axis .now", ".axis .past", ".lane .axis", ".gan .bad .ac", ".gan .pl"],
    "plans": [".mx .gap", ".mx [colspan]", ".gloss u.m", ".gloss .song"]
    + [f".cov .{state}" for state in ("done", "vague", "none", "declared")],
    "tiles": ['.tile[data-lv="1"]', ".tile.calm", ".tile.dr", ".tile .od"],
    "answers": [
        ".empty span",
        ".empty a",
        ".toast",
        ".toast.no",
        ".errs a",
        ".refusal",
        ".dlg .stop",
        ".paper .vf",
        ".paper .mark",
    ],
}


def components(page: Page, sign_in) -> Page:
    sign_in(page, "maker")
    page.goto("/dev/components/")
    page.locator("details.more").evaluate_all("all => all.forEach(each => { each.open = true; })")
    return page


@pytest.mark.shots
@pytest.mark.parametrize("face", FACES)
def test_every_component_is_sound(face, request, new_page, sign_in, troubles):
    troubles.expect("status of 403")
    page = components(new_page(**FACES[face]), sign_in)
    faults = violations(page)
    shoot(page, request.config.getoption("--shots"), face, "components")
    assert not faults, "\n".join(faults)
    assert narrow_enough(page)
    page.goto("/")
    faults = look(page, "nobody", face, request)
    assert not faults, "\n".join(faults)


def test_every_component_stands_there_in_every_state(new_page, sign_in, troubles):
    troubles.expect("status of 403")
    page = components(new_page(), sign_in)
    missing = [state for states in SHOWN.values() for state in states if not page.locator(f"main {state}").count()]
    assert not missing


def test_every_part_is_shown_on_the_component_page():
    named = set()
    waiting = [css.SHEETS.parents[2] / "templates/dev/components.html"]
    while waiting:
        text = waiting.pop().read_text(encoding="utf-8")
        found = set(re.findall(r'include "parts/(\w+\.html)"', text)) - named
        named |= found
        waiting += [PARTS / name for name in found]
    frame = {"account.html", "alarms.html", "clock.html", "live.html", "toast.html", "tour.html"}
    assert {path.name for path in PARTS.glob("*.html")} - named <= frame


def test_a_plan_without_levels_stands_with_six_stages_and_no_badge(new_page, sign_in, troubles):
    troubles.expect("status of 403")
    page = components(new_page(**NARROW), sign_in)
    panel = page.locator("#without-levels")
    expect(panel.locator(".steps li")).to_have_count(6)
    expect(panel.locator(".lv")).to_have_count(0)
    assert narrow_enough(page)
