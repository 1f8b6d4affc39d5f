"""The examples of docs/api.md are commands that work: each is sent as it stands there, in its order."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fengsui.directory import service as directory
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def commands() -> list[list[str]]:
    """Every curl of the page, as words."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("curl ")]


def send(words: list[str], names: dict[str, str]) -> Any:
    """Send a command as curl would."""
    for name, value in names.items():
        words = [word.replace(f"${name}", value) for word in words]
    headers, body, address = {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            address = word
    media = headers.pop("Content-Type", "")
    if body is None:
        return Client().get(address, headers=headers)
    return Client().post(address, body, content_type=media, headers=headers)


def test_every_example_of_the_page_of_the_interface_works(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fengsui.server.clock.now", lambda: world.now)
    until = world.now + timedelta(days=1)
    me = world.people["owner"]
    names = {"KEY": directory.make_token(me, "例子", ["read", "report", "act"], until=until, at=world.now), "AT": ""}
    found = commands()
    assert len(found) >= 12
    for words in found:
        answer = send(list(words), names)
        assert answer.status_code in (200, 201), (words[-1], answer.content.decode())
        if answer.status_code == 201:
            names["NUMBER"] = answer.json()["number"]
