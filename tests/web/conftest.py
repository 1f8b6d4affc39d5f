"""What the stories of the pages share that need no browser: a bureau, its people at the pages, its clock."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.world import World

CROSSED = ("desktop-dark", "phone-light")
"""Faces left to `make shots`: each width and each theme is in one of the other two."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Looks at pages in two of their four faces, unless pictures are wanted: then in all."""
    if config.getoption("--shots"):
        return
    left = [item for item in items if getattr(item, "callspec", None) and item.callspec.params.get("face") in CROSSED]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture
def world(db, monkeypatch) -> World:
    """The bureau of the service's stories, with the clock of the pages at its time."""
    built = World.build().at("+1min")
    set_clock(monkeypatch, built)
    return built


@pytest.fixture
def clock(monkeypatch) -> Callable[[World], None]:
    """Sets the clock of the pages to the world's time."""
    return lambda world: set_clock(monkeypatch, world)


def set_clock(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    offset = (world.now - datetime.now(UTC)).total_seconds()  # noqa: TID251 - how far the pages' clock is moved
    monkeypatch.setenv("FENGSUI_CLOCK_OFFSET", str(round(offset) + 2))


@pytest.fixture
def at_the_page(world) -> Callable[..., Client]:
    """A signed-in client for a person of the cast."""

    def client(part: str, **options) -> Client:
        made = Client(**options)
        made.force_login(get_user_model().objects.get(username=f"{world.root[-6:]}-{part}"))
        return made

    return client
