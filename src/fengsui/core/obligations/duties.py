"""What the duties of the plan make of the events of a case: one obligation per trigger and occurrence (language 5)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, cast

from fengsui.core import timing
from fengsui.core.case import Case, Event, Party
from fengsui.core.conditions import Truth, View, addressees, judge, matching, parse_party, resolve, same_body, texts
from fengsui.core.forms import blanks
from fengsui.core.obligations.clocks import Clocks, Running
from fengsui.core.obligations.model import Obligation, Recipient, State
from fengsui.core.pack import ALWAYS, BodyRef, Duty, EventPattern, SameAs, Who
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


class Report(NamedTuple):
    """A report or record, and the duties of this pack that it names.

    To a duty all are `alike` that name the same and were said by the same seat; what carries a form stands alone.
    """

    event: Event
    named: tuple[str, ...]
    alike: object


class Ledger:
    """One case at one moment; keeps the views it looked through."""

    def __init__(self, view: View) -> None:
        assert view.case is not None
        self.view, self.book, self.case, self.at = view, view.book, view.case, view.at
        self.names = view.installed.names
        self.clocks = Clocks(self.view)
        self._kept: dict[str, tuple[Obligation, ...]] = {}
        self._lanes: dict[str, tuple[tuple[Event, ...], ...]] = {}
        self._recipients: dict[str, tuple[Party, ...]] = {}
        self._fitting: dict[int, tuple[Event, ...]] = {}
        self._holders: dict[tuple[Who, ...], tuple[Party, ...]] = {}
        self._now: dict[int, Truth] = {}
        self._views: dict[tuple[int, datetime], View] = {(self.case.seq, self.at): view}

    def view_at(self, seq: int, at: datetime) -> View:
        """Return the view right after event `seq`, at a moment."""
        found = self._views.get((seq, at))
        if found is None:
            found = self._views[seq, at] = View(self.book, self.view.installed, self._folds[seq], at)
        return found

    @cached_property
    def _folds(self) -> dict[int, Case]:
        """The case after each of its events."""
        found, case, seq = {}, cast("Case | None", self.case), self.case.seq
        while case is not None:
            found[seq], case, seq = case, case.before, seq - 1
        return found

    def of_duty(self, duty: Duty) -> tuple[Obligation, ...]:
        """Return the obligations that the events of the case gave birth to."""
        if duty.id not in self._kept:
            self._kept[duty.id] = tuple(self._of_duty(duty))
        return self._kept[duty.id]

    def _of_duty(self, duty: Duty) -> Iterator[Obligation]:
        triggers = self.fitting(duty.on)
        for trigger, later in pairwise([*triggers, None]):
            assert trigger is not None
            serving: Serving = ()
            for window in self.windows(duty, trigger, later):
                serving = self.serving(duty, trigger, window, serving)
                made = self.obligation(duty, trigger, window, serving)
                if made is not None:
                    yield made

    def fitting(self, patterns: tuple[EventPattern, ...]) -> tuple[Event, ...]:
        """Return the events that fit one of a rule's patterns, in their order."""
        found = self._fitting.get(id(patterns))
        if found is None:
            found = self._fitting[id(patterns)] = matching(patterns, self.view)
        return found

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
        ends = (*after(trigger, self.fitting(duty.until))[:1], *after(trigger, self._over)[:1])
        return min(ends, key=lambda event: event.seq).at if ends else None

    @cached_property
    def _over(self) -> tuple[Event, ...]:
        """The events that leave nothing to do."""
        return tuple(event for event in self.case.events if self.clocks.over(event))

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
            by=self.holders(duty.by),
            to=to,
            with_=self.holders(duty.with_),
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
        return made.but(state=state, born_late=self.born_late(made, duty, state))

    def truth(self, duty: Duty, trigger: Event, window: Window) -> Truth:
        """Return whether the duty's condition holds: at the trigger (`keep`), at the end of a past window, or now."""
        if duty.on_regrade == "keep":
            return judge(duty.when, self.view_at(trigger.seq, trigger.at))
        if window.closes is not None and window.closes < self.at:
            return judge(duty.when, self.view_at(_seq_at(self.case, window.closes), window.closes))
        found = self._now.get(id(duty))
        if found is None:
            found = self._now[id(duty)] = judge(duty.when, self.view)
        return found

    def holders(self, who: tuple[Who, ...]) -> tuple[Party, ...]:
        """Return the parties that a duty's words mean now."""
        found = self._holders.get(who)
        if found is None:
            found = self._holders[who] = resolve(who, self.view)
        return found

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

        def first(place: int, events: tuple[Event, ...]) -> Event | None:
            used = before[place] if place < len(before) else None
            for e in after(trigger, events):
                spent = e is used and window.closes is not None and e.at <= window.closes
                if e.at <= self.at and not spent and (not window.number or e.at > window.opens):
                    return e
            return None

        return tuple(first(n, events) for n, events in enumerate(self.lanes(duty)))

    def lanes(self, duty: Duty) -> tuple[tuple[Event, ...], ...]:
        """Return the events that may serve each recipient of a duty, and last those that may discharge it at all."""
        found = self._lanes.get(duty.id)
        if found is None:
            events, to = self.answering(duty), self.recipients(duty)
            reached = (tuple(e for e in events if self.reaches(e, party, duty)) for party in to)
            found = self._lanes[duty.id] = (*reached, events)
        return found

    def answering(self, duty: Duty) -> tuple[Event, ...]:
        """Return the events that may discharge a duty, in their order: its `done_by`, or a report of the holder."""
        if duty.done_by:
            return self.fitting(duty.done_by)
        by = self.holders(duty.by)
        said: dict[object, bool] = {}
        for report in self._reports:
            if report.alike not in said and (report.named or duty.to or duty.form):
                said[report.alike] = self.answers(report.event, report.named, duty, by)
        return tuple(report.event for report in self._reports if said.get(report.alike))

    @cached_property
    def _reports(self) -> tuple[Report, ...]:
        """The reports and records of the case."""
        said = (event for event in self.case.events if event.type in ("reported", "recorded"))
        return tuple(self._report(event) for event in said)

    def _report(self, event: Event) -> Report:
        content = event.content
        named = tuple(n for n in cast("Iterable[str]", content.get("duty") or ()) if self.mine(n))
        alike = (named, content.get("body"), content.get("seat"), event.registered_by)
        return Report(event, named, event.seq if content.get("form_id") else alike)

    def recipients(self, duty: Duty) -> tuple[Party, ...]:
        """Return to whom a duty is owed; `same_as` means those to whom the other duties are owed on this case."""
        if duty.id not in self._recipients:
            self._recipients[duty.id] = self._resolved(duty)
        return self._recipients[duty.id]

    def _resolved(self, duty: Duty) -> tuple[Party, ...]:
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

    def answers(self, event: Event, named: tuple[str, ...], duty: Duty, by: tuple[Party, ...]) -> bool:
        """Return whether a report may discharge the duty; `named` are the duties it names."""
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
        asked = (bodies[who.body] for who in duty.by if isinstance(who, BodyRef) and who.body in bodies)
        return self.view.beside and any(body.from_ == "asset.operator" for body in asked)

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
    return max(1, bisect_right(case.events, at, key=lambda event: event.recorded_at))


def after(trigger: Event, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return those of some events, in their order, that came after another."""
    return events[bisect_right(events, trigger.seq, key=lambda event: event.seq) :]
