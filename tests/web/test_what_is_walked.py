"""Nothing is left out: every address is in a walk or named here with its reason, and every component is looked at."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, resolve

from fengsui.web import urls
from tests.web import test_admin_pages, test_components, test_plan_pages, test_shift, test_walk, test_wall

SAMPLES = {"case": "/cases/XX-2026-0001/", "log": "/cases/XX-2026-0001/events/", "code": "/v/00000000"}
SAMPLES |= {"plan": "/plans/some/1.0.0/", "clause": "/plans/some/1.0.0/source/?clause=x"}
SAMPLES |= {"document": "/cases/XX-2026-0001/docs/1/"}
BESIDE = {
    "a panel of a page that is walked": "desk-panels case-panels approval-panels wall-panels report-preview prolong",
    "only posted to; what it answers is walked": "views beside read present tour-dismiss sign-out language theme",
    "a file": "export verifier archive-file audit-file cases-file admin-table admin-rollcall-file document-word",
}
COMPONENTS = (
    "obs lv fires set steps dots cite auth appr why fact clocks tl axis lane gan mx cov gloss tile empty toast dlg errs"
)
"""The classes of the design's list of components; `paper` stands among them by its parts."""


def walked() -> Iterator[str]:
    """The addresses of all walks, with samples for what they find."""
    tables = [test_walk.DUTY, *test_walk.OTHERS.values(), test_shift.WALKED, test_wall.WALKED, test_plan_pages.PAGES]
    for table in tables:
        yield from (address.format(**SAMPLES) for address in table.values())
    for named in test_admin_pages.PAGES.values():
        yield from (f"/admin/{address}" for address in named)
    yield from (f"/admin/{kind}/some/" for _, kind in test_admin_pages.SINGLE.values())
    yield from ("/sign-in/", "/dev/components/")


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The names of all addresses of pages; the health page for monitors and the interface have stories of their own."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from names(one.url_patterns)
        elif one.name:
            yield one.name


def test_every_address_is_in_a_walk_or_named_with_a_reason():
    seen = {resolve(re.sub(r"[?#].*", "", address)).url_name for address in walked()}
    beside = set(" ".join(BESIDE.values()).split())
    known = set(names(urls.urlpatterns))
    left_out = known - seen - beside
    assert not left_out, f"walk over it, or say in BESIDE why not: {sorted(left_out)}"
    assert not beside - known
    assert not seen & beside


@pytest.mark.parametrize("component", [*COMPONENTS.split(), "paper"])
def test_every_component_of_the_design_is_asked_for_on_the_component_page(component):
    asked = " ".join(state for states in test_components.SHOWN.values() for state in states)
    assert re.search(rf"\.{component}\b", asked)
