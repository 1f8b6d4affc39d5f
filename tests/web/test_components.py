"""The component page in the browser: every component in every state, in every face, also for a plan without levels."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.support.axe import violations
from tests.web.test_walk import FACES, NARROW, narrow_enough, shoot

SITE = "tests.web.worlds:build_s3"
SITE_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.shots
@pytest.mark.parametrize("face", ["desktop-light", "phone-dark"])
def test_every_component_is_sound(face, request, new_page, sign_in, troubles):
    troubles.expect("status of 403")
    page = new_page(**FACES[face])
    sign_in(page, "maker")
    page.goto("/dev/components/")
    faults = violations(page)
    shoot(page, request.config.getoption("--shots"), face, "components")
    assert not faults, "\n".join(faults)
    assert narrow_enough(page)


def test_a_plan_without_levels_stands_with_six_stages_and_no_badge(new_page, sign_in, troubles):
    troubles.expect("status of 403")
    page = new_page(**NARROW)
    sign_in(page, "maker")
    page.goto("/dev/components/")
    panel = page.locator("#without-levels")
    expect(panel.locator(".steps li")).to_have_count(6)
    expect(panel.locator(".lv")).to_have_count(0)
    assert narrow_enough(page)
