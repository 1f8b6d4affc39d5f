"""Clocks: where a limit starts, when it ends, and what is missing to say so (language 1.2, 5.1).

Rules
- A reading that is not set leaves the limit, the clock or the interval open by name; nothing is guessed.
- Of several starts the earliest known counts, or the latest once all are known.
- An event that comes again never restarts a clock: the first since the trigger counts, else the last before it.
- A soft word gives no due time, only the owner's watch time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, cast

from fengsui.core import timing
from fengsui.core.case import Event
from fengsui.core.conditions import Known, View, texts
from fengsui.core.obligations.model import Kind
from fengsui.core.pack import Clock, Duty, ReadingRef, Start

OVER = ("dismissed", "transferred")
"""The events after which nothing is owed on an incident that was not yet due."""


class Running(NamedTuple):
    """A clock as far as it is known: its start and due time, its kind, the watch time, and what is open."""

    start: datetime | None
    due: datetime | None
    estimated: bool
    kind: Kind
    word: str | None = None
    watch_at: datetime | None = None
    open: tuple[str, ...] = ()


class Clocks:
    """The clocks of one case as one view sees it."""

    def __init__(self, view: View) -> None:
        self.view, self.book, self.pack = view, view.book, view.pack
        self._ends = ("lifted", "transferred") if view.case and view.case.kind == "warning" else OVER

    def over(self, event: Event) -> bool:
        """Return whether the event leaves nothing to do: the warning is lifted, the case dismissed or handed on."""
        return event.type in self._ends

    def every(self, duty: Duty) -> timing.Every | None:
        """Return the recurrence with its readings filled in; None when there is none or it cannot be computed."""
        every = duty.every
        if isinstance(every, ReadingRef):
            text = self.view.reading_text(every.name)
            every = timing.parse_every(text) if text else None
        if every is not None and isinstance(every.at, ReadingRef):
            hour = self.view.reading_text(every.at.name)
            every = replace(every, at=timing.parse_hour(hour)) if hour else None
        return every

    def limited(
        self, within: timing.Limit | ReadingRef | None, start: datetime | None, lacking: tuple[str, ...]
    ) -> Running:
        """Return what a limit makes of a start."""
        limit = self.limit(within)
        if limit is None:
            assert isinstance(within, ReadingRef)
            return Running(start, None, False, "unset", open=(f"reading {within.name}",))
        if isinstance(limit, timing.NoLimit):
            return Running(start, None, False, "no_limit")
        if isinstance(limit, timing.Soft):
            return Running(start, None, False, "soft", limit.word, self.watch(limit.word, start), lacking)
        if start is None:
            return Running(None, None, False, "clock_unset", open=lacking)
        due = timing.due(limit, start, self.pack.zone, self.book.calendar)
        return Running(start, due.at, due.estimated, "hard")

    def limit(self, within: timing.Limit | ReadingRef | None) -> timing.Limit | None:
        """Return the limit a rule names; None while its reading is not set."""
        if within is None:
            return timing.NoLimit()
        if not isinstance(within, ReadingRef):
            return within
        text = self.view.reading_text(within.name)
        return self.written(text) if text else None

    def written(self, text: str) -> timing.Limit:
        """Return the limit that a text names, read once per pack."""
        return self.view.remember(("limit", text), lambda pack: timing.parse_limit(text, pack.words.domain.soft_words))

    def watch(self, word: str, start: datetime | None) -> datetime | None:
        """Return when the owner's watch time for a soft word runs out."""
        text = self.view.reading_text(f"watch.{word}")
        return start + timing.parse_duration(text) if text and start else None

    def lacks(self, duty: Duty) -> tuple[str, ...]:
        """Return the readings without which the next occurrence cannot be computed."""
        every = duty.every
        refs = [every] if isinstance(every, ReadingRef) else [every.at] if every else []
        names = [ref.name for ref in refs if isinstance(ref, ReadingRef)]
        return tuple(f"reading {name}" for name in names if self.view.reading_text(name) is None)

    def unkept(self, duty: Duty) -> tuple[str, ...]:
        """Return the reading without which nobody knows how long something is to be kept up."""
        keep = duty.keep
        unset = isinstance(keep, ReadingRef) and self.view.reading_text(keep.name) is None
        return (f"reading {keep.name}",) if isinstance(keep, ReadingRef) and unset else ()

    def start(self, clock: Clock | None, trigger: Event) -> tuple[datetime | None, tuple[str, ...]]:
        """Return when a clock starts, or what is open: the earliest known start counts, the latest needs them all."""
        if clock is None:
            return trigger.at, ()
        if len(clock.of) == 1:
            return self.one_start(clock.of[0], trigger)
        found = [self.one_start(one, trigger) for one in clock.of]
        known = [moment for moment, _ in found if moment is not None]
        lacking = tuple(leaf for _, leaves in found for leaf in leaves)
        if clock.pick == "latest":
            return (None, lacking) if lacking else (max(known), ())
        return (min(known), ()) if known else (None, lacking)

    def one_start(self, start: Start, trigger: Event) -> tuple[datetime | None, tuple[str, ...]]:
        """Return one start's moment, or what is open about it."""
        if start.sort == "reading":
            name = self.view.reading_text(start.name)
            if name is None:
                return None, (f"reading {start.name}",)
            start = Start("fact" if name in self.pack.facts else "event", name)
        if start.sort == "fact":
            look = self.view.look(start.name)
            return (cast(datetime, look.value), ()) if isinstance(look, Known) else (None, texts(look.open))
        name = self.view.installed.names.event(start.name)
        named = self.view.case.named(name) if self.view.case else ()
        if not named:
            return None, (f"not yet {start.name}",)
        return next((e.at for e in named if e.seq >= trigger.seq), named[-1].at), ()
