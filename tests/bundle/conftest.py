"""The bundle is built and installed when it is asked for by its mark: `make test-bundle`."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.suffix == ".py" and config.option.markexpr != "bundle" else None
