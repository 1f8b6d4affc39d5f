"""Sending letters: several at a time, each bounded in time; no table is touched here.

Rules
- A letter goes along its targets in order and stops where it is accepted; an urgent one to all of them at once.
- A channel that twice did not answer at all is not asked again in this round: nobody waits behind a dead service.
- A robot in a group is one target for everybody: the same text goes there once and mentions all its persons.
- What has not begun when the round's time is over is left for the next round.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from fengsui.notifications.channels.kinds import Kind, Letter, Outcome, Text, Wire
from fengsui.notifications.selectors.reaching import Target

SIDE_BY_SIDE = 12
"""Letters that are sent at once."""
ENOUGH = 20.0
"""Seconds after which no further letter of a round is begun: well within the lease."""
SILENT = 2
LEFT_OUT = Text("这一轮没有再试：通道刚才没有应答", "left out in this round: the channel has just not answered")
UNREADABLE = Text(
    "通道的密钥读不出来，由系统管理员重新填写", "its secrets cannot be read: the system administrator enters them again"
)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One letter, its targets in order; `id` is the caller's."""

    id: str
    letter: Letter
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """One call that was made, or left out, for a letter."""

    target: Target
    outcome: Outcome


class PostRoom:
    """The post room of one round: what it sent already to a group, and who did not answer."""

    def __init__(self, jobs: Sequence[Job], wires: Mapping[str, Wire]) -> None:
        self.wires, self.begun = wires, time.monotonic()
        self._silent: Counter[str] = Counter()
        self._posted: dict[tuple[str, str], Outcome] = {}
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._named = _named(jobs)
        for key in self._named:
            self._locks[key] = threading.Lock()

    def late(self) -> bool:
        return time.monotonic() - self.begun > ENOUGH

    def send(self, target: Target, letter: Letter) -> Outcome:
        """Send to one target; never raises for what a channel does."""
        channel = target.channel
        if self._silent[channel.id] >= SILENT:
            return Outcome(False, LEFT_OUT.both, answered=False)
        if not channel.how.group:
            return self._call(target, replace(letter, to=(target.value,)))
        key = (channel.id, letter.whole)
        with self._locks[key]:
            if key not in self._posted:
                self._posted[key] = self._call(target, replace(letter, to=self._named[key]))
            return self._posted[key]

    def _call(self, target: Target, letter: Letter) -> Outcome:
        wire = self.wires.get(target.channel.id)
        if wire is None:
            return Outcome(False, UNREADABLE.both, answered=False)
        outcome = ask(target.channel.how, wire, letter)
        if not outcome.answered:
            self._silent[target.channel.id] += 1
        return outcome


def ask(how: Kind, wire: Wire, letter: Letter) -> Outcome:
    """Send one letter through a channel; a fault of the program is an outcome, too."""
    try:
        return how.send(wire, letter)
    except Exception as error:
        # The type alone: the words of an error may repeat an address, and addresses carry keys.
        logger.error("a channel of kind %s broke: %s", wire.kind, type(error).__name__)
        what = type(error).__name__
        return Outcome(False, Text(f"发送程序出错：{what}", f"the sending program broke: {what}").both)


def _named(jobs: Iterable[Job]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return whom each post to a group mentions."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for job in jobs:
        for target in job.targets:
            if target.channel.how.group:
                found.setdefault((target.channel.id, job.letter.whole), {})[target.value] = None
    return {key: tuple(sorted(value for value in values if value)) for key, values in found.items()}


def send_all(jobs: Sequence[Job], wires: Mapping[str, Wire]) -> Iterator[tuple[str, list[Try] | None]]:
    """Send letters and yield the tries of each as soon as it is through; None for one that was not begun.

    What was sent can so be written down at once: a process that is killed has little in its hands that nobody knows of.
    """
    room = PostRoom(jobs, wires)
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        walks = {job.id: [pool.submit(_along, walk, room) for walk in _walks(job)] for job in jobs}
        of = {future: id for id, futures in walks.items() for future in futures}
        left = Counter(of.values())
        for through in as_completed(of):
            id = of[through]
            left[id] -= 1
            if not left[id]:
                yield id, _tries(walks[id])


def _tries(futures: Sequence[Future[list[Try] | None]]) -> list[Try] | None:
    """Return the tries of a letter in the order of its targets; None where none of them was begun."""
    begun = [tries for tries in (future.result() for future in futures) if tries is not None]
    return [one for tries in begun for one in tries] if begun else None


def _walks(job: Job) -> list[Job]:
    """Return what is sent side by side of a letter: each target of an urgent one, the whole order of another."""
    if not job.letter.urgent or not job.targets:
        return [job]
    return [replace(job, targets=(target,)) for target in job.targets]


def _along(job: Job, room: PostRoom) -> list[Try] | None:
    if room.late():
        return None
    tries = []
    for target in job.targets:
        tries.append(Try(target, room.send(target, job.letter)))
        if tries[-1].outcome.accepted:
            break
    return tries
