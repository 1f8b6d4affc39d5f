"""What all tests share: the choice of database, and the browser (see tests/support)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import postgresql
from tests.support.browser import *  # noqa: F403


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="the database of the service tests; postgresql is started by the tests themselves",
    )
    parser.addoption("--shots", metavar="FOLDER", help="where the walk over the pages puts its screenshots")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


@pytest.fixture(scope="session", autouse=True)
def kept_packs(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The commands keep packs once read; those of the tests not in anybody's home."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.getbasetemp() / "cache")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Points Django at the database that `--database` names, one for each worker of pytest-xdist."""
    if request.config.getoption("--database") == "postgresql":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        with postgresql.running() as url:
            _use(url, TEST={"NAME": f"test_fengsui_{worker}"}, CONN_MAX_AGE=0)
            yield
            _close()
    else:
        # A file, not memory: two officers at once are two connections.
        path = tmp_path_factory.mktemp("database") / "tests.sqlite3"
        _use(f"sqlite:///{path}", TEST={"NAME": str(path)})
        yield
        _close()


def _use(url: str, **more: Any) -> None:
    from django.conf import settings
    from django.db import connections

    from fengsui.server.environment import database

    chosen = database(url) | more
    if "init_command" in chosen["OPTIONS"]:
        chosen["OPTIONS"]["init_command"] = chosen["OPTIONS"]["init_command"].replace("=FULL", "=OFF")
    connections.close_all()
    settings.DATABASES["default"] = chosen
    connections.settings = connections.configure_settings({"default": chosen})  # type: ignore[misc]
    if hasattr(connections._connections, "default"):
        del connections["default"]


def _close() -> None:
    from django.db import connections

    connections.close_all()
