"""Golden logs: what an earlier release wrote is still read the same (language 4.7).

One file per release, never rewritten: `python -m tests.core.test_golden_logs 0.2.0` adds the next one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from fengsui.core import engine, loader
from fengsui.core.canon import moment
from fengsui.core.case import Case, Event, broken_link
from fengsui.core.simulate import run

GOLDEN = Path(__file__).parent / "golden"


def event_of(row: dict[str, Any]) -> Event:
    """Return the event that a stored row holds."""
    by = row.pop("by")
    times = {key: moment(row.pop(key)) for key in ("at", "recorded_at")}
    return Event(person=by["person"], seats=tuple(by["seats"]), **times, **row)


def state_of(case: Case) -> dict[str, object]:
    """Return what a log comes to."""
    return {
        "phase": case.phase,
        "level": case.level,
        "response": case.response,
        "outcome": case.outcome,
        "facts": {name: fact.value for name, fact in case.facts.items()},
        "assessed": [[a.level, a.by] for a in case.assessments],
        "chains": {c.id: [c.state, [f.seat for f in c.filled]] for c in case.chains.values()},
        "steps": sorted(case.steps_done),
        "documents": sorted(case.documents),
        "waived": sorted(case.waived),
        "head": case.head,
    }


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_the_log_of_a_release_replays_to_the_same_case(file: Path) -> None:
    stories = json.loads(file.read_text("utf-8"))
    assert len(stories) >= 3
    for story in stories:
        events = tuple(event_of(dict(row)) for row in story["events"])
        assert broken_link(events) is None
        assert state_of(engine.replay(events)) == story["state"], story["scenario"]


def write(version: str) -> None:
    """Write the lives of the shipped plan as the golden log of a release."""
    folder = loader.shipped()["chongqing-finance-regulator"]
    lives = [s for s in loader.load_scenarios(folder) if s.where.file.endswith("lives.yaml")]
    stories = []
    for scenario in lives:
        done = run(loader.load(folder), scenario)
        assert done.case is not None and done.passed
        rows = [event.body() | {"digest": event.digest} for event in done.events]
        stories.append({"scenario": scenario.name, "events": rows, "state": state_of(done.case)})
    text = json.dumps(stories, ensure_ascii=False, indent=1, sort_keys=True)
    (GOLDEN / f"{version}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    write(sys.argv[1])
