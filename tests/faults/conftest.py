"""The fault test runs when it is asked for by its mark: `make test-faults`."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.suffix == ".py" and config.option.markexpr != "faults" else None
