"""What is owed on a case: by whom, to whom, by when, and how it stands (language 5).

Rules
- An obligation is born of an event that matches a duty's `on`; what is in `when` is looked at afresh every time.
- Its clock starts where the duty says and does not depend on the moment of asking: a regrade recomputes from there.
- Met and late are final. A soft word never makes anything late: past the owner's watch time it is `watch_passed`.
- What is unknown stays visible with its due time (`undecided`); what is not set says so (`unset`, `clock_unset`).
- A step with `within`, a fast path to be ratified, a link by word to be signed and a settled reading owe something too.

States are those of language 5.2: met late overdue open watch_passed undecided running ended cancelled superseded waived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Literal, cast

from fengsui.core import timing
from fengsui.core.book import Book
from fengsui.core.case import Case, Event, Party
from fengsui.core.conditions import (
    Known,
    Truth,
    View,
    addressees,
    judge,
    matches,
    parse_party,
    resolve,
    same_body,
    texts,
)
from fengsui.core.grading import grade
from fengsui.core.pack import ALWAYS, Clock, Duty, EventPattern, Label, ReadingRef, Start
from fengsui.core.pack.acts import EVENT_OF
from fengsui.core.playbooks import StepState, steps

Kind = Literal["hard", "soft", "no_limit", "unset", "clock_unset", "keep"]
State = Literal[
    "met",
    "late",
    "overdue",
    "open",
    "watch_passed",
    "undecided",
    "running",
    "ended",
    "cancelled",
    "superseded",
    "waived",
]
LIVE: tuple[State, ...] = ("open", "overdue", "undecided", "watch_passed", "running")
SETTLED: tuple[State, ...] = ("met", "late", "waived", "superseded", "cancelled", "ended")
COUNTERSIGN = "countersign_within"
_ACT = {event: act for act, event in EVENT_OF.items()}


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom something is owed, and when it was served."""

    party: Party
    served_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty on one case. `key` is `duty:trigger:occurrence`; `discharge` names the act or step that fulfils it."""

    key: str
    source: Literal["duty", "step", "ratify", "countersign", "settle"]
    duty: str
    trigger: int
    occurrence: int
    owes: Label
    by: tuple[Party, ...]
    to: tuple[Recipient, ...]
    with_: tuple[Party, ...]
    opened: datetime
    start: datetime | None
    due: datetime | None
    estimated: bool
    kind: Kind
    word: str | None
    state: State
    clause: tuple[str, ...]
    discharge: str = "report"
    in_principle: bool = False
    born_late: bool = False
    optional: str | None = None
    open: tuple[str, ...] = ()
    met_at: datetime | None = None
    met_seq: int | None = None
    watch_at: datetime | None = None
    form: str | None = None
    product: str | None = None

    @property
    def live(self) -> bool:
        """Whether it still asks something of somebody."""
        return self.state in LIVE


def owed(book: Book, case: Case, at: datetime) -> tuple[Obligation, ...]:
    """Return every obligation of the case at a moment, whatever its state, in the order of their birth."""
    ledger = _Ledger(book, case, at)
    found = [o for duty in book.pack.duties_for(case.kind) for o in ledger.of_duty(duty)]
    found += [o for state in steps(book, case, at) if state.step.within for o in ledger.of_step(state)]
    found += ledger.of_decisions()
    return tuple(sorted(_supersede(found, book), key=lambda o: (o.opened, o.trigger, o.duty, o.occurrence)))


def next_moment(book: Book, case: Case, at: datetime) -> datetime | None:
    """Return the next moment after `at` when time alone changes something on the case, or None."""
    moments: list[datetime] = []
    for one in owed(book, case, at):
        if one.live:
            moments += [m for m in (one.due, one.watch_at) if m is not None]
    if case.phase in ("open", "active") and case.kind == "incident" and book.pack.level_order:
        moments += [crossing.at for crossing in grade(book, case, at).crosses]
    return min((m for m in moments if m > at), default=None)


def _supersede(found: list[Obligation], book: Book) -> list[Obligation]:
    """Mark the open twin that a live obligation replaces (language 5.1 `replaces`)."""
    replaces = {duty.id: duty.replaces for duty in book.pack.duties if duty.replaces}
    gone = {(replaces[o.duty], o.trigger) for o in found if o.duty in replaces and o.state != "cancelled"}
    return [replace(o, state="superseded") if o.live and (o.duty, o.trigger) in gone else o for o in found]


@dataclass(frozen=True, slots=True)
class _Clock:
    """Start and due time as far as they are known."""

    start: datetime | None
    due: datetime | None
    estimated: bool
    kind: Kind
    word: str | None = None
    watch_at: datetime | None = None
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Window:
    """One occurrence of a duty: when it opens, when the next one does, and where its stream stopped."""

    number: int
    opens: datetime
    closes: datetime | None = None
    stopped: datetime | None = None


class _Ledger:
    """One case at one moment; keeps the views it looked through."""

    def __init__(self, book: Book, case: Case, at: datetime) -> None:
        self.book, self.case, self.at = book, case, at
        self.view = View(book, None, case, at)
        self._views: dict[tuple[int, datetime], View] = {(case.seq, at): self.view}

    def view_at(self, seq: int, at: datetime) -> View:
        """Return the view right after event `seq`, at a moment."""
        found = self._views.get((seq, at))
        if found is None:
            found = self._views[seq, at] = View(self.book, None, self.case.as_of(seq), at)
        return found

    # ------------------------------------------------------------------ duties

    def of_duty(self, duty: Duty) -> Iterator[Obligation]:
        """Yield the obligations that the events of the case gave birth to."""
        triggers = [e for e in self.case.events if self.any(duty.on, e)]
        for trigger, later in pairwise([*triggers, None]):
            assert trigger is not None
            for window in self.windows(duty, trigger, later):
                made = self.obligation(duty, trigger, window)
                if made is not None:
                    yield made

    def any(self, patterns: Iterable[EventPattern], event: Event) -> bool:
        """Return whether one of the patterns fits the event."""
        return any(matches(pattern, event, self.view) for pattern in patterns)

    def windows(self, duty: Duty, trigger: Event, later: Event | None) -> Iterator[_Window]:
        """Yield the occurrences that opened so far; the stream of a recurring duty ends with its `until`, or when a
        later trigger begins a new one."""
        stop = self.stop(duty, trigger)
        every = self.every(duty)
        if every is None:
            yield _Window(0, trigger.at, None, stop)
            return
        ends = min((m for m in (stop, later.at if later else None) if m is not None), default=None)
        opens: datetime = trigger.at
        for number, tick in enumerate(timing.ticks(every, trigger.at, None, self.book.pack.zone)):
            yield _Window(number, opens, tick, ends)
            if tick > self.at or (ends is not None and tick >= ends):
                return
            opens = tick

    def stop(self, duty: Duty, trigger: Event) -> datetime | None:
        """Return when the duty ended: by its `until`, by the lifting of the warning, by dismissal or transfer."""
        over = {"warning": ("lifted", "transferred")}.get(self.case.kind, ("dismissed", "transferred"))
        for event in self.case.events[trigger.seq :]:
            if self.any(duty.until, event) or event.type in over:
                return event.at
        return None

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

    def obligation(self, duty: Duty, trigger: Event, window: _Window) -> Obligation | None:
        """Return one occurrence, or None where the plan never asked for it."""
        truth = self.truth(duty, trigger, window)
        if window.number and truth.value is False:
            return None
        clock = self.clock(duty, trigger, window)
        to, met = self.served(duty, trigger, window)
        made = Obligation(
            key=f"{duty.id}:{trigger.seq}:{window.number}",
            source="duty",
            duty=duty.id,
            trigger=trigger.seq,
            occurrence=window.number,
            owes=duty.owes,
            by=resolve(duty.by, self.view),
            to=to,
            with_=resolve(duty.with_, self.view),
            opened=window.opens,
            start=clock.start,
            due=clock.due,
            estimated=clock.estimated,
            kind=clock.kind,
            word=clock.word,
            state="open",
            clause=duty.clause,
            discharge=_discharge(duty),
            in_principle=duty.in_principle,
            optional=duty.optional,
            open=tuple(dict.fromkeys((*texts(truth.open), *clock.open))),
            met_at=met.at if met else None,
            met_seq=met.seq if met else None,
            watch_at=clock.watch_at,
            form=duty.form,
            product=duty.product,
        )
        state = self.kept(made, truth, window) if duty.keep else self.state(made, duty, truth, window)
        return replace(made, state=state, born_late=self.born_late(made, duty, state))

    def truth(self, duty: Duty, trigger: Event, window: _Window) -> Truth:
        """Return whether the duty's condition holds: at the trigger (`keep`), at the end of a past window, or now."""
        if duty.on_regrade == "keep":
            return judge(duty.when, self.view_at(trigger.seq, trigger.at))
        if window.closes is not None and window.closes < self.at:
            return judge(duty.when, self.view_at(_seq_at(self.case, window.closes), window.closes))
        return judge(duty.when, self.view)

    # ------------------------------------------------------------------ time

    def clock(self, duty: Duty, trigger: Event, window: _Window) -> _Clock:
        """Return start and due time of one occurrence."""
        if duty.keep:
            return _Clock(window.opens, None, False, "keep")
        if duty.every is not None and duty.within is None:
            return _Clock(
                window.opens, window.closes, False, "hard" if window.closes else "unset", open=self.lacks(duty)
            )
        start, lacking = (window.opens, ()) if window.number else self.start(duty.from_, trigger)
        return self.limited(duty.within, start, lacking)

    def limited(
        self, within: timing.Limit | ReadingRef | None, start: datetime | None, lacking: tuple[str, ...]
    ) -> _Clock:
        """Return what a limit makes of a start."""
        limit = self.limit(within)
        if limit is None:
            assert isinstance(within, ReadingRef)
            return _Clock(start, None, False, "unset", open=(f"reading {within.name}",))
        if isinstance(limit, timing.NoLimit):
            return _Clock(start, None, False, "no_limit")
        if isinstance(limit, timing.Soft):
            return _Clock(start, None, False, "soft", limit.word, self.watch(limit.word, start), lacking)
        if start is None:
            return _Clock(None, None, False, "clock_unset", open=lacking)
        due = timing.due(limit, start, self.book.pack.zone, self.book.calendar)
        return _Clock(start, due.at, due.estimated, "hard")

    def limit(self, within: timing.Limit | ReadingRef | None) -> timing.Limit | None:
        """Return the limit a rule names; None while its reading is not set."""
        if within is None:
            return timing.NoLimit()
        if not isinstance(within, ReadingRef):
            return within
        text = self.view.reading_text(within.name)
        return timing.parse_limit(text, self.book.pack.words.domain.soft_words) if text else None

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

    def start(self, clock: Clock | None, trigger: Event) -> tuple[datetime | None, tuple[str, ...]]:
        """Return when a clock starts, or what is open: the earliest known start counts, the latest needs them all."""
        if clock is None:
            return trigger.at, ()
        found = [self.one_start(one) for one in clock.of]
        known = [moment for moment, _ in found if moment is not None]
        lacking = tuple(leaf for _, leaves in found for leaf in leaves)
        if clock.pick == "latest":
            return (None, lacking) if lacking else (max(known), ())
        return (min(known), ()) if known else (None, lacking)

    def one_start(self, start: Start) -> tuple[datetime | None, tuple[str, ...]]:
        """Return one start's moment, or what is open about it."""
        if start.sort == "reading":
            name = self.view.reading_text(start.name)
            if name is None:
                return None, (f"reading {start.name}",)
            start = Start("fact" if name in self.book.pack.facts else "event", name)
        if start.sort == "fact":
            look = self.view.look(start.name)
            return (cast(datetime, look.value), ()) if isinstance(look, Known) else (None, texts(look.open))
        moments = [e.at for e in self.case.events if start.name in e.names]
        return (moments[-1], ()) if moments else (None, (f"not yet {start.name}",))

    # ------------------------------------------------------------------ how it stands

    def served(self, duty: Duty, trigger: Event, window: _Window) -> tuple[tuple[Recipient, ...], Event | None]:
        """Return the recipients with the moment each was served, and the event that served the last one."""
        by = resolve(duty.by, self.view)
        events = [e for e in self.case.events[trigger.seq :] if e.at <= self.at and self.answers(e, duty, by)]
        events = [e for e in events if not window.number or e.at > window.opens]
        to = [Recipient(party) for party in resolve(duty.to, self.view)]
        first = [next((e for e in events if self.reaches(e, r.party, duty)), None) for r in to]
        to = [replace(r, served_at=e.at) if e else r for r, e in zip(to, first, strict=True)]
        waiting = [e for r, e in zip(to, first, strict=True) if not r.party.unset]
        if not waiting:
            nobody = bool(to) and not duty.done_by
            return tuple(to), (events[0] if events and not nobody else None)
        done = None if None in waiting else max(cast("list[Event]", waiting), key=lambda e: (e.at, e.seq))
        return tuple(to), done

    def answers(self, event: Event, duty: Duty, by: tuple[Party, ...]) -> bool:
        """Return whether an event may discharge the duty: its `done_by`, or a report of the holder."""
        if duty.done_by:
            return self.any(duty.done_by, event)
        named = event.content.get("duty") or ()
        if event.type not in ("reported", "recorded") or (named and duty.id not in cast("list[str]", named)):
            return False
        if not (named or duty.to or (duty.form and event.content.get("form_id") == duty.form)):
            return False
        body = str(event.content.get("body", ""))
        return any(p.unset for p in by) or same_body(body, by) or event.registered_by is not None

    def reaches(self, event: Event, party: Party, duty: Duty) -> bool:
        """Return whether the event went to the party; what is not a report reaches everybody it does not exclude."""
        if party.unset:
            return False
        to = addressees(event)
        return any(same_body(one, (party,)) for one in to) if to or not duty.done_by else True

    def state(self, made: Obligation, duty: Duty, truth: Truth, window: _Window) -> State:
        """Return the state of language 5.2."""
        if made.key in self.case.waived:
            return "waived"
        if made.met_at is not None:
            return self.met(made, duty, truth)
        passed = made.due is not None and self.at > made.due
        if window.stopped is not None and window.stopped <= self.at and not _broken(made, window.stopped):
            return "cancelled"
        if truth.value is not True:
            return "cancelled" if truth.value is False else "undecided"
        if passed:
            return "overdue"
        return "watch_passed" if made.watch_at is not None and self.at > made.watch_at else "open"

    def met(self, made: Obligation, duty: Duty, truth: Truth) -> State:
        """Return met or late, or cancelled where the plan neither asked for it just before it was done nor asks now."""
        if truth.value is False:
            before = max(cast(int, made.met_seq) - 1, made.trigger)
            then = judge(duty.when, self.view_at(before, cast(datetime, made.met_at)))
            if then.value is not True:
                return "cancelled"
        late = made.kind == "hard" and made.due is not None and cast(datetime, made.met_at) > made.due
        return "late" if late else "met"

    def kept(self, made: Obligation, truth: Truth, window: _Window) -> State:
        """Return the state of what is to be kept up: a watch, reachability."""
        if made.key in self.case.waived:
            return "waived"
        if window.stopped is not None and window.stopped <= self.at:
            return "ended"
        return {True: "running", False: "cancelled", None: "undecided"}[truth.value]  # type: ignore[return-value]

    def born_late(self, made: Obligation, duty: Duty, state: State) -> bool:
        """Return whether a regrade gave birth to the obligation after its own due time."""
        if state not in ("overdue", "late") or duty.when == ALWAYS or made.due is None:
            return False
        for event in self.case.events[made.trigger - 1 :]:
            if judge(duty.when, self.view_at(event.seq, event.at)).value is True:
                return event.at > made.due
        return False

    # ------------------------------------------------------------------ what steps and decisions owe

    def of_step(self, step: StepState) -> Iterator[Obligation]:
        """Yield what a step with a limit owes; the step itself discharges it."""
        if step.state == "undecided":
            return
        clock = self.limited(step.step.within, step.start.at, ())
        rule = step.step
        made = self.plain(f"step {step.name}", step.start, Label(rule.zh, rule.en), step.by, clock, rule.clause)
        made = replace(
            made,
            source="step",
            discharge=rule.act or f"step {step.name}",
            with_=step.with_,
            met_at=step.done_at,
            met_seq=step.done_seq,
            optional=rule.optional,
            form=rule.form,
        )
        yield replace(made, state=self.simple(made))

    def of_decisions(self) -> Iterator[Obligation]:
        """Yield what fast paths, links by word and settled readings leave to do."""
        for event in self.case.events:
            if "ratify" in event.content:
                yield self.ratification(event)
            if "by_word" in event.content:
                yield self.countersignature(event)
            if event.type == "settled":
                yield self.settlement(event)

    def ratification(self, event: Event) -> Obligation:
        """Return the duty to ratify an act of the fast path."""
        ratify = cast("dict[str, object]", event.content["ratify"])
        by = tuple(self.party(text) for text in cast("list[str]", ratify["by"]))
        clock = self.limited(self.written_limit(str(ratify["within"])), event.at, ())
        label = Label("追认", "ratify")
        made = self.plain("ratify", event, label, by, clock, self.clauses(event))
        return self.answered(replace(made, source="ratify", discharge="ratify"), ("ratified", "ratification_refused"))

    def countersignature(self, event: Event) -> Obligation:
        """Return the duty to sign what was said by word (our own gate; the limit is the installation's)."""
        within = self.book.settings.get(COUNTERSIGN)
        clock = self.limited(timing.parse_limit(within) if within else ReadingRef(COUNTERSIGN), event.at, ())
        by = (self.party(str(event.content.get("body", ""))),)
        made = self.plain(
            "countersign", event, Label("补签口头意见", "sign what was said"), by, clock, self.clauses(event)
        )
        made = replace(made, source="countersign", discharge="countersign", product="口头办理须补签")
        return self.answered(made, ("countersigned",))

    def settlement(self, event: Event) -> Obligation:
        """Return the duty to decide for the plan what was settled for one case."""
        grants = self.book.pack.grants_for("standing", "set")
        by = tuple(p for grant in grants for link in grant.links for p in resolve(link.who, self.view))
        name = str(event.content["reading"])
        label = Label(f"为预案确定“{self.book.pack.label('reading', name)}”", f"decide '{name}' for the plan")
        clock = _Clock(event.at, None, False, "no_limit")
        made = self.plain("settle", event, label, by, clock, self.clauses(event))
        return self.answered(replace(made, source="settle", discharge="rebase"), ("rebased",))

    def plain(
        self, duty: str, event: Event, owes: Label, by: tuple[Party, ...], clock: _Clock, clause: tuple[str, ...]
    ) -> Obligation:
        """Return an obligation without recipients, not yet judged."""
        return Obligation(
            key=f"{duty}:{event.seq}:0",
            source="duty",
            duty=duty,
            trigger=event.seq,
            occurrence=0,
            owes=owes,
            by=by,
            to=(),
            with_=(),
            opened=event.at,
            start=clock.start,
            due=clock.due,
            estimated=clock.estimated,
            kind=clock.kind,
            word=clock.word,
            state="open",
            clause=clause,
            open=clock.open,
            watch_at=clock.watch_at,
        )

    def answered(self, made: Obligation, types: tuple[str, ...]) -> Obligation:
        """Fill in the event that answers event `made.trigger`."""
        target = str(made.trigger)
        for event in self.case.events[made.trigger :]:
            if event.type in types and str(event.content.get("target", target)) == target:
                made = replace(made, met_at=event.at, met_seq=event.seq)
                break
        return replace(made, state=self.simple(made))

    def simple(self, made: Obligation) -> State:
        """Return the state of an obligation without condition."""
        if made.key in self.case.waived:
            return "waived"
        if made.met_at is not None:
            return "late" if made.kind == "hard" and made.due is not None and made.met_at > made.due else "met"
        if made.due is not None and self.at > made.due:
            return "overdue"
        return "watch_passed" if made.watch_at is not None and self.at > made.watch_at else "open"

    def party(self, text: str) -> Party:
        """Return a party from an event's text; a `$reading` keeps its hole until it is set."""
        if not text.startswith("$"):
            return parse_party(text)
        return resolve(ReadingRef(text[1:]), self.view)[0]

    def written_limit(self, text: str) -> timing.Limit | ReadingRef:
        """Return the limit that an event names."""
        if text.startswith("$"):
            return ReadingRef(text[1:])
        return timing.parse_limit(text, self.book.pack.words.domain.soft_words)

    def clauses(self, event: Event) -> tuple[str, ...]:
        """Return the clauses of the grant under which an event happened."""
        name = event.content.get("grant")
        return next((grant.clause for grant in self.book.pack.grants if grant.id == name), ())


def _discharge(duty: Duty) -> str:
    """Return the act, step or matter that fulfils a duty."""
    return next((_ACT.get(pattern.name, pattern.name) for pattern in duty.done_by), "report")


def _broken(made: Obligation, stopped: datetime) -> bool:
    """Return whether a hard due time had already passed when the duty ended."""
    return made.kind == "hard" and made.due is not None and made.due < stopped


def _seq_at(case: Case, at: datetime) -> int:
    """Return the number of the last event recorded at or before a moment (at least the first)."""
    seqs = [event.seq for event in case.events if event.recorded_at <= at]
    return seqs[-1] if seqs else 1
