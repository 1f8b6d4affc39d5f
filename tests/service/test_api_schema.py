"""The schema of the HTTP interface holds: whatever may be sent by it is answered by it, and nothing makes a fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from fengsui.api import asking
from fengsui.directory import service as directory
from fengsui.server.wsgi import application
from tests.world import World

pytestmark = pytest.mark.django_db
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            # What the plan refuses of a well-formed request is 422 too: no schema can say who may do what tonight.
            "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "413", "422"]},
        },
    }
)
EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 4}
"""Requests for each address, well formed and not: enough to meet every kind of field, few enough for every day."""


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The server ends old connections with a request; the test's own goes on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def filled(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A bureau with cases under way, and a key of the unit's head."""
    monkeypatch.setattr("fengsui.server.clock.now", lambda: world.now)
    asking.COUNTER = asking.Counter()
    case = world.open("owner", facts={"important_system": "yes"}, note="值班电话")
    world.at("+2min").submit("owner", case, "assess", value="III", reason="核对过", documents=("evidence",))
    world.open("owner", title="另一件")
    until = world.now + timedelta(days=1)
    token = directory.make_token(world.people["owner"], "检验", ["read", "report", "act"], until=until, at=world.now)
    return {"number": case.number, "token": token}


@pytest.mark.parametrize("mode", EXAMPLES)
def test_every_address_answers_as_its_schema_says(mode: GenerationMode, filled: dict[str, Any], settings: Any) -> None:
    settings.API_RATE = 1_000_000
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=CONFIG)
    tried = [_try(found.ok(), mode, filled) for found in schema.get_all_operations()]
    assert len(tried) == 14 and sum(tried) > 14


def _try(operation: Any, mode: GenerationMode, filled: dict[str, Any]) -> int:
    """Send what the schema allows (or what it does not) to one address, mostly of a case that is there."""
    count = 0
    there = {"number": filled["number"]} if "{number}" in operation.path else None
    given_ = operation.as_strategy(generation_mode=mode, path_parameters=there)

    @given(case=given_)
    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def one(case: Any) -> None:
        nonlocal count
        count += 1
        case.call_and_validate(headers={"Authorization": f"Bearer {filled['token']}"})

    one()
    return count
