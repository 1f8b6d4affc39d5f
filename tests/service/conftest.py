"""What the stories of the service share: a world in a database."""

import pytest

from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    """A bureau under the S3 plan with the cast in place, 2024-01-10 09:00."""
    return World.build()
