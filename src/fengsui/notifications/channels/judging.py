"""How an answer is read: what counts as accepted, and the answer kept without secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from fengsui.notifications.channels.carrier import Answer, Call, carry, masked
from fengsui.notifications.channels.kinds import Letter, Outcome, Wire


def post(wire: Wire, letter: Letter, call: Call, accepted: Callable[[Answer], bool]) -> Outcome:
    """Make the call and judge its answer; secrets and the persons' values are masked in what is kept."""
    answer = carry(call)
    kept = masked(answer.shown(), (*secrets_of(wire), *letter.to))
    return Outcome(answer.ok and accepted(answer), kept, answered=bool(answer.status))


def secrets_of(wire: Wire) -> Iterator[str]:
    """Return every secret of a channel, also those written as `name = value` lines."""
    for value in wire.secrets.values():
        yield value
        for line in value.splitlines():
            yield line.partition("=")[2].strip()


def code_is_zero(answer: Answer, name: str, fine: object = 0) -> bool:
    """Return whether the answer is JSON whose `name` is the good code."""
    found = at_path(answer.text, name)
    return found is not None and str(found) == str(fine)


def at_path(text: str, path: str) -> Any:
    """Return the value at `a.0.b` of a JSON text, or None."""
    try:
        found = json.loads(text)
        for step in path.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (ValueError, LookupError, TypeError):
        return None
    return found
