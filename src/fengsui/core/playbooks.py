"""Steps of the playbooks on a case: which exist, which are ready, what the others wait for (language 6).

Rules
- A playbook runs from the latest event that matches its `start`, while its condition holds; a step whose condition is
  false does not exist, one whose condition is undecided is shown as such and holds nobody back.
- Order is a guard: a step waits until every earlier existing step that is not optional is done; steps of one
  `together` group do not wait for each other; a `pre_authorised` step waits for nobody.
- `waits_for` names a document, form or matter that must be there first: the instruction.
- A step that is an act (`act: order`) is done by that act.

Deadlines belong to `obligations`; whether a person may do a step, to `engine`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fengsui.core.book import Book
from fengsui.core.case import Case, Event, Party
from fengsui.core.conditions import View, judge, matching, resolve, texts
from fengsui.core.pack import Playbook, Step
from fengsui.core.pack.acts import EVENT_OF

State = Literal["done", "ready", "waits", "undecided"]


@dataclass(frozen=True, slots=True)
class StepState:
    """One step on a case. `waits_for` names steps or the document that come first, `open` what its `when` lacks."""

    name: str
    playbook: str
    step: Step
    state: State
    by: tuple[Party, ...]
    with_: tuple[Party, ...]
    start: Event
    waits_for: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    done_at: datetime | None = None
    done_seq: int | None = None


def steps(book: Book, case: Case, at: datetime) -> tuple[StepState, ...]:
    """Return every step that exists or may exist on the case now, in the order of the plan."""
    return steps_of(View(book, None, case, at))


def steps_of(view: View) -> tuple[StepState, ...]:
    """Return every step that exists or may exist on the view's case, in the order of the plan."""
    assert view.case is not None
    found: list[StepState] = []
    for name, playbook in view.pack.playbooks.items():
        if playbook.kind in (None, view.case.kind):
            found += _steps_of(name, playbook, view, view.case)
    return tuple(found)


def has(case: Case, name: str) -> bool:
    """Return whether a document, form or matter of that name is on the case."""
    if name in case.documents or case.named(name):
        return True
    return any(event.content.get("form_id") == name for event in case.events)


def _steps_of(name: str, playbook: Playbook, view: View, case: Case) -> Iterator[StepState]:
    start = _start(playbook, view)
    if start is None or judge(playbook.when, view).value is not True:
        return
    unfinished: list[str] = []
    for stage in playbook.stages:
        states = [s for s in (_state(name, step, start, unfinished, view, case) for step in stage) if s]
        unfinished = unfinished + [s.step.id for s in states if _holds_back(s)]
        yield from states


def _start(playbook: Playbook, view: View) -> Event | None:
    return next(reversed(matching(playbook.start, view)), None)


def _holds_back(state: StepState) -> bool:
    return state.state in ("ready", "waits") and not state.step.optional


def _state(playbook: str, step: Step, start: Event, unfinished: list[str], view: View, case: Case) -> StepState | None:
    truth = judge(step.when, view)
    done = _done(f"{playbook}.{step.id}", step, start, case)
    if truth.value is False and done is None:
        return None
    waits = () if step.pre_authorised else tuple(unfinished)
    if step.waits_for and not has(case, step.waits_for):
        waits += (step.waits_for,)
    state: State = "done" if done else "undecided" if truth.value is None else "waits" if waits else "ready"
    return StepState(
        name=f"{playbook}.{step.id}",
        playbook=playbook,
        step=step,
        state=state,
        by=resolve(step.by, view),
        with_=resolve(step.with_, view),
        start=start,
        waits_for=waits if state == "waits" else (),
        open=texts(truth.open) if state == "undecided" else (),
        done_at=done.at if done else None,
        done_seq=done.seq if done else None,
    )


def _done(name: str, step: Step, start: Event, case: Case) -> Event | None:
    """Return the event that did the step after its playbook began."""
    acts = case.named(EVENT_OF[step.act]) if step.act else ()
    done = [*case.named(f"step {name}"), *(event for event in acts if event.type == EVENT_OF[str(step.act)])]
    return min((event for event in done if event.seq > start.seq), key=lambda event: event.seq, default=None)
