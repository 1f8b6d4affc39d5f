"""The set-up of the browser tests itself: a real server, its headers, its clock, and the eye on trouble."""

from datetime import UTC, datetime

from tests.support.browser import Troubles

SITE = "tests.web.test_service_in_a_browser:build_nothing"
SITE_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def build_nothing(*, at):
    """A site without organisations."""
    return []


def test_the_health_page_answers_with_the_sites_own_time(site, page):
    page.goto("/health")
    assert '"status": "ok"' in page.content()
    assert "2026-03-02T01:0" in page.content()
    site.advance(days=30)
    page.reload()
    assert "2026-04-01T01:0" in page.content()


def test_every_answer_forbids_foreign_and_inline_code(site, page):
    answer = page.goto("/health")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_a_breach_of_the_content_policy_would_fail_a_test(site, browser):
    found = Troubles(site.url)
    context = browser.new_context(base_url=site.url)
    opened = context.new_page()
    found.watch(opened)
    opened.goto("/health")
    opened.evaluate('document.body.innerHTML = \'<p style="color:red">x</p><img src="http://127.0.0.2:9/x.png">\'')
    opened.wait_for_timeout(200)
    context.close()
    assert any("Content Security Policy" in one for one in found.unexpected())
