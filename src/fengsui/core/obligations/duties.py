"""What the duties of the plan make of the events of a case: one obligation per trigger and occurrence (language 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import cast

from fengsui.core import timing
from fengsui.core.case import Case, Event, Party
from fengsui.core.conditions import Truth, View, addressees, judge, matches, parse_party, resolve, same_body, texts
from fengsui.core.forms import blanks
from fengsui.core.obligations.clocks import Clocks, Running
from fengsui.core.obligations.model import Obligation, Recipient, State
from fengsui.core.pack import ALWAYS, BodyRef, Duty, EventPattern, SameAs
from fengsui.core.pack.acts import EVENT_OF

_ACT = {event: act for act, event in EVENT_OF.items()}
Serving = tuple[Event | None, ...]
"""Who was served by which event: one place per recipient, and last the first event that answers at all."""


@dataclass(frozen=True, slots=True)
class Window:
    """One occurrence of a duty: when it opens, when the next one does, and where its stream stopped."""

    number: int
    opens: datetime
    closes: datetime | None = None
    stopped: datetime | None = None


class Ledger:
    """One case at one moment; keeps the views it looked through."""

    def __init__(self, view: View) -> None:
        assert view.case is not None
        self.view, self.book, self.case, self.at = view, view.book, view.case, view.at
        self.names = view.installed.names
        self.clocks = Clocks(self.view)
        self._kept: dict[str, tuple[Obligation, ...]] = {}
        self._views: dict[tuple[int, datetime], View] = {(self.case.seq, self.at): view}

    def view_at(self, seq: int, at: datetime) -> View:
        """Return the view right after event `seq`, at a moment."""
        found = self._views.get((seq, at))
        if found is None:
            found = self._views[seq, at] = View(self.book, self.view.installed, self.case.as_of(seq), at)
        return found

    def of_duty(self, duty: Duty) -> tuple[Obligation, ...]:
        """Return the obligations that the events of the case gave birth to."""
        if duty.id not in self._kept:
            self._kept[duty.id] = tuple(self._of_duty(duty))
        return self._kept[duty.id]

    def _of_duty(self, duty: Duty) -> Iterator[Obligation]:
        triggers = [e for e in self.case.events if self.any(duty.on, e)]
        for trigger, later in pairwise([*triggers, None]):
            assert trigger is not None
            serving: Serving = ()
            for window in self.windows(duty, trigger, later):
                serving = self.serving(duty, trigger, window, serving)
                made = self.obligation(duty, trigger, window, serving)
                if made is not None:
                    yield made

    def any(self, patterns: Iterable[EventPattern], event: Event) -> bool:
        """Return whether one of the patterns fits the event."""
        return any(matches(pattern, event, self.view) for pattern in patterns)

    def windows(self, duty: Duty, trigger: Event, later: Event | None) -> Iterator[Window]:
        """Yield the occurrences that opened so far; what recurs or is kept up ends with its `until`, or when a later
        trigger begins it anew."""
        stop = self.stop(duty, trigger)
        ends = min((m for m in (stop, later.at if later else None) if m is not None), default=None)
        every = self.clocks.every(duty)
        if every is None:
            yield Window(0, trigger.at, None, ends if duty.keep or duty.every else stop)
            return
        opens: datetime = trigger.at
        for number, tick in enumerate(timing.ticks(every, trigger.at, None, self.book.pack.zone)):
            yield Window(number, opens, tick, ends)
            if tick > self.at or (ends is not None and tick >= ends):
                return
            opens = tick

    def stop(self, duty: Duty, trigger: Event) -> datetime | None:
        """Return when the duty ended: by its `until`, by the lifting of the warning, by dismissal or transfer."""
        for event in self.case.events[trigger.seq :]:
            if self.any(duty.until, event) or self.clocks.over(event):
                return event.at
        return None

    def obligation(self, duty: Duty, trigger: Event, window: Window, serving: Serving) -> Obligation | None:
        """Return one occurrence, or None where the plan never asked for it."""
        truth = self.truth(duty, trigger, window)
        if window.number and truth.value is False:
            return None
        clock = self.clock(duty, trigger, window)
        to, met = self.served(duty, serving)
        made = Obligation(
            key=f"{self.names.own(duty.id)}:{trigger.seq}:{window.number}",
            source="duty",
            duty=self.names.own(duty.id),
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
            clause=self.names.clauses(duty.clause),
            discharge=self.discharge(duty),
            in_principle=duty.in_principle,
            optional=duty.optional,
            open=tuple(dict.fromkeys(self.names.leaf(text) for text in (*texts(truth.open), *clock.open))),
            met_at=met.at if met else None,
            met_seq=met.seq if met else None,
            watch_at=clock.watch_at,
            form=self.names.own(duty.form) if duty.form else None,
            product=duty.product,
            pack=self.names.prefix.removesuffix(":"),
        )
        state = self.kept(made, truth, window) if duty.keep else self.state(made, duty, truth, window)
        return replace(made, state=state, born_late=self.born_late(made, duty, state))

    def truth(self, duty: Duty, trigger: Event, window: Window) -> Truth:
        """Return whether the duty's condition holds: at the trigger (`keep`), at the end of a past window, or now."""
        if duty.on_regrade == "keep":
            return judge(duty.when, self.view_at(trigger.seq, trigger.at))
        if window.closes is not None and window.closes < self.at:
            return judge(duty.when, self.view_at(_seq_at(self.case, window.closes), window.closes))
        return judge(duty.when, self.view)

    def clock(self, duty: Duty, trigger: Event, window: Window) -> Running:
        """Return start and due time of one occurrence."""
        if duty.keep:
            return Running(window.opens, None, False, "keep", open=self.clocks.unkept(duty))
        if duty.every is not None and duty.within is None:
            return Running(
                window.opens, window.closes, False, "hard" if window.closes else "unset", open=self.clocks.lacks(duty)
            )
        start, lacking = (window.opens, ()) if window.number else self.clocks.start(duty.from_, trigger)
        return self.clocks.limited(duty.within, start, lacking)

    def serving(self, duty: Duty, trigger: Event, window: Window, before: Serving) -> Serving:
        """Return the event that served each recipient of an occurrence, and last the first event that answers at all.

        An event that came late for older occurrences serves all of these, and not the one that runs as well: a daily
        report five minutes late is not the report of the next day.
        """
        by = resolve(duty.by, self.view)
        events = [e for e in self.case.events[trigger.seq :] if e.at <= self.at and self.answers(e, duty, by)]
        events = [e for e in events if not window.number or e.at > window.opens]

        def first(place: int, party: Party | None) -> Event | None:
            used = before[place] if place < len(before) else None
            for e in events:
                spent = e is used and window.closes is not None and e.at <= window.closes
                if not spent and (party is None or self.reaches(e, party, duty)):
                    return e
            return None

        return tuple(first(n, party) for n, party in enumerate((*self.recipients(duty), None)))

    def recipients(self, duty: Duty) -> tuple[Party, ...]:
        """Return to whom a duty is owed; `same_as` means those to whom the other duties are owed on this case."""
        found: list[Party] = []
        for who in duty.to:
            if isinstance(who, SameAs):
                found += [party for name in who.duties if name != duty.id for party in self.asked_for(name)]
            else:
                found += resolve(who, self.view)
        return tuple(dict.fromkeys(found))

    def asked_for(self, name: str) -> Iterator[Party]:
        """Yield the recipients of a duty as far as it is asked for here, or was fulfilled."""
        for duty in self.view.pack.duties_for(self.case.kind):
            for one in self.of_duty(duty) if duty.id == name else ():
                if one.state not in ("cancelled", "superseded"):
                    yield from (recipient.party for recipient in one.to)

    def served(self, duty: Duty, serving: Serving) -> tuple[tuple[Recipient, ...], Event | None]:
        """Return the recipients with the moment each was served, and the event that served the last one."""
        to = [Recipient(party) for party in self.recipients(duty)]
        *first, answer = serving
        to = [replace(r, served_at=e.at) if e else r for r, e in zip(to, first, strict=True)]
        waiting = [e for r, e in zip(to, first, strict=True) if not r.party.unset]
        if not waiting:
            nobody = bool(to) and not duty.done_by
            return tuple(to), (None if nobody else answer)
        done = None if None in waiting else max(cast("list[Event]", waiting), key=lambda e: (e.at, e.seq))
        return tuple(to), done

    def answers(self, event: Event, duty: Duty, by: tuple[Party, ...]) -> bool:
        """Return whether an event may discharge the duty: its `done_by`, or a report of the holder."""
        if duty.done_by:
            return self.any(duty.done_by, event)
        if event.type not in ("reported", "recorded"):
            return False
        named = [name for name in cast("Iterable[str]", event.content.get("duty") or ()) if self.mine(name)]
        if named and self.names.own(duty.id) not in named:
            return False
        if not named and duty.form and not self.carries(event, self.names.own(duty.form)):
            return False  # a first report is not the daily one, though both go to the same body
        form = duty.form and event.content.get("form_id") == self.names.own(duty.form)
        if not (named or duty.to or form):
            return False
        if any(p.unset for p in by) or event.registered_by is not None:
            return True
        said = [str(event.content.get(key, "")) for key in ("body", "seat")]
        return any(same_body(one, by) for one in said) or (self.by_operator(duty) and self.of_the_house(said[0]))

    def mine(self, name: str) -> bool:
        """Return whether a duty named by a report is of this pack: what it says of another pack's binds only that."""
        return name.startswith(self.names.prefix) if self.names.prefix else ":" not in name

    def carries(self, event: Event, form: str) -> bool:
        """Return whether a report says what a form asks: it carries that form or none, or answers all its fields."""
        carried = event.content.get("form_id")
        if not carried or carried == form:
            return True
        if form.rpartition(":")[0] == str(carried).rpartition(":")[0]:
            return False
        answers = cast("Mapping[str, str]", event.content.get("form") or {})
        facts = {name: fact.value for name, fact in self.case.as_of(event.seq).facts.items()}
        return not blanks(self.book.pack, form, answers, carried=str(carried), facts=facts)

    def by_operator(self, duty: Duty) -> bool:
        """Return whether a regime asks the operator, who is the organisation whichever of its bodies speaks."""
        bodies = self.view.pack.bodies
        operators = {name for name, body in bodies.items() if body.from_ == "asset.operator"}
        return self.view.beside and any(isinstance(who, BodyRef) and who.body in operators for who in duty.by)

    def of_the_house(self, text: str) -> bool:
        """Return whether a body is one of the case's own organisation."""
        body = self.book.pack.bodies.get(parse_party(text).body)
        return body is not None and body.kind != "external" and body.tier in (None, self.case.tier)

    def reaches(self, event: Event, party: Party, duty: Duty) -> bool:
        """Return whether the event went to the party; what is not a report reaches everybody it does not exclude."""
        if party.unset:
            return False
        to = addressees(event)
        return any(same_body(one, (party,)) for one in to) if to or not duty.done_by else True

    def state(self, made: Obligation, duty: Duty, truth: Truth, window: Window) -> State:
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

    def kept(self, made: Obligation, truth: Truth, window: Window) -> State:
        """Return the state of what is to be kept up: a watch, reachability."""
        if made.key in self.case.waived:
            return "waived"
        if window.stopped is not None and window.stopped <= self.at:
            return "ended"
        return {True: "running", False: "cancelled", None: "undecided"}[truth.value]  # type: ignore[return-value]

    def discharge(self, duty: Duty) -> str:
        """Return the act, step or matter that fulfils a duty."""
        names = (self.names.event(pattern.name) for pattern in duty.done_by)
        return next((_ACT.get(name, name) for name in names), "report")

    def born_late(self, made: Obligation, duty: Duty, state: State) -> bool:
        """Return whether a regrade gave birth to the obligation after its own due time."""
        if state not in ("overdue", "late") or duty.when == ALWAYS or made.due is None:
            return False
        for event in self.case.events[made.trigger - 1 :]:
            if judge(duty.when, self.view_at(event.seq, event.at)).value is True:
                return event.at > made.due
        return False


def _broken(made: Obligation, stopped: datetime) -> bool:
    """Return whether a hard due time had already passed when the duty ended."""
    return made.kind == "hard" and made.due is not None and made.due < stopped


def _seq_at(case: Case, at: datetime) -> int:
    """Return the number of the last event recorded at or before a moment (at least the first)."""
    seqs = [event.seq for event in case.events if event.recorded_at <= at]
    return seqs[-1] if seqs else 1
