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
from typing import Literal, NamedTuple

from fengsui.core.book import Book
from fengsui.core.case import Case, Event, Party
from fengsui.core.conditions import View, judge, matching, resolve, texts
from fengsui.core.pack import Pack, Playbook, Step
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
    plays = view.remember("plays", _plays)
    return tuple([state for play in plays if play.rule.kind in (None, view.case.kind) for state in _run(play, view)])


def has(case: Case, name: str) -> bool:
    """Return whether a document, form or matter of that name is on the case."""
    if name in case.documents or case.named(name):
        return True
    return any(event.content.get("form_id") == name for event in case.events)


class Task(NamedTuple):
    """A step with its full name and the events that do it: `event`, and that of the act that it is."""

    name: str
    rule: Step
    event: str
    act: str | None


class Play(NamedTuple):
    """A playbook with its name and the stages of its tasks."""

    name: str
    rule: Playbook
    stages: tuple[tuple[Task, ...], ...]


def _plays(pack: Pack) -> tuple[Play, ...]:
    """Return the playbooks of a pack as they are run, made once."""
    return tuple(
        Play(name, rule, tuple(tuple(_task(name, step) for step in stage) for stage in rule.stages))
        for name, rule in pack.playbooks.items()
    )


def _task(playbook: str, step: Step) -> Task:
    name = f"{playbook}.{step.id}"
    return Task(name, step, f"step {name}", EVENT_OF[step.act] if step.act else None)


def _run(play: Play, view: View) -> Iterator[StepState]:
    """Yield the steps of a playbook that has begun, as far as they exist or may exist."""
    begun = matching(play.rule.start, view)
    if not begun or judge(play.rule.when, view).value is not True:
        return
    unfinished: list[str] = []
    for stage in play.stages:
        found = (_state(play.name, task, begun[-1], unfinished, view) for task in stage)
        states = [state for state in found if state is not None]
        unfinished = unfinished + [state.step.id for state in states if _holds_back(state)]
        yield from states


def _holds_back(state: StepState) -> bool:
    return state.state in ("ready", "waits") and not state.step.optional


def _state(playbook: str, task: Task, start: Event, unfinished: list[str], view: View) -> StepState | None:
    case, step = view.case, task.rule
    assert case is not None
    truth, done = judge(step.when, view), _done(task, start, case)
    if truth.value is False and done is None:
        return None
    waits = () if step.pre_authorised else tuple(unfinished)
    if step.waits_for and not has(case, step.waits_for):
        waits += (step.waits_for,)
    state: State = "done" if done else "undecided" if truth.value is None else "waits" if waits else "ready"
    return StepState(
        name=task.name,
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


def _done(task: Task, start: Event, case: Case) -> Event | None:
    """Return the event that did the step after its playbook began."""
    acts = [event for event in case.named(task.act) if event.type == task.act] if task.act else []
    done = [event for event in (*case.named(task.event), *acts) if event.seq > start.seq]
    return min(done, key=lambda event: event.seq) if done else None
