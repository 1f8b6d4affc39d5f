"""What the duties of the plan make of the events of a case: one obligation per trigger and occurrence (language 5)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, cast

from fengsui.core import timing
from fengsui.core.case import Case, Event, Party
from fengsui.core.conditions import Truth, View, addressees, judge, matching, parse_party, resolve, same_body, texts
from fengsui.core.forms import blanks
from fengsui.core.obligations.clocks import Clocks, Running
from fengsui.core.obligations.model import Obligation, Recipient, State
from fengsui.core.obligations.prepared import Prepared, duties_of
from fengsui.core.pack import ALWAYS, BodyRef, Duty, EventPattern, SameAs, Who

Serving = tuple[Event | None, ...]
"""Who was served by which event: one place per recipient, and last the first event that answers at all."""


class Window(NamedTuple):
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
        self.names, self.duties = view.installed.names, duties_of(view.installed).of(self.case.kind)
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

    def owed(self) -> list[Obligation]:
        """Return all obligations that the events of the case gave birth to, in the order of the duties."""
        begun = [duty for duty in self.duties if self.case.has_one_of(duty.begins)]
        return [one for duty in begun for one in self.of_duty(duty)]

    def of_duty(self, prepared: Prepared) -> tuple[Obligation, ...]:
        """Return the obligations that the events of the case gave birth to under one duty."""
        found = self._kept.get(prepared.name)
        if found is None:
            found = self._kept[prepared.name] = tuple(self._of_duty(prepared))
        return found

    def _of_duty(self, prepared: Prepared) -> Iterator[Obligation]:
        triggers = self.fitting(prepared.duty.on)
        for trigger, later in zip(triggers, (*triggers[1:], None), strict=False):
            serving: Serving = ()
            for window in self.windows(prepared.duty, trigger, later):
                serving = self.serving(prepared, trigger, window, serving)
                made = self.obligation(prepared, trigger, window, serving)
                if made is not None:
                    yield made

    def fitting(self, patterns: tuple[EventPattern, ...]) -> tuple[Event, ...]:
        """Return the events that fit one of a rule's patterns, in their order."""
        found = self._fitting.get(id(patterns))
        if found is None:
            found = self._fitting[id(patterns)] = matching(patterns, self.view)
        return found

    def windows(self, duty: Duty, trigger: Event, later: Event | None) -> Iterable[Window]:
        """Return the occurrences that opened so far; what recurs or is kept up ends with its `until`, or when a later
        trigger begins it anew."""
        stop = self.stop(duty, trigger)
        if not (duty.keep or duty.every):
            return (Window(0, trigger.at, None, stop),)
        ends = min((m for m in (stop, later.at if later else None) if m is not None), default=None)
        every = self.clocks.every(duty)
        return self._recurring(every, trigger.at, ends) if every else (Window(0, trigger.at, None, ends),)

    def _recurring(self, every: timing.Every, opens: datetime, ends: datetime | None) -> Iterator[Window]:
        for number, tick in enumerate(timing.ticks(every, opens, None, self.book.pack.zone)):
            yield Window(number, opens, tick, ends)
            if tick > self.at or (ends is not None and tick >= ends):
                return
            opens = tick

    def stop(self, duty: Duty, trigger: Event) -> datetime | None:
        """Return when the duty ended: by its `until`, by the lifting of the warning, by dismissal or transfer."""
        if not (duty.until or self._over):
            return None
        ends = (*after(trigger, self.fitting(duty.until))[:1], *after(trigger, self._over)[:1])
        return min(ends, key=lambda event: event.seq).at if ends else None

    @cached_property
    def _over(self) -> tuple[Event, ...]:
        """The events that leave nothing to do."""
        return tuple(event for event in self.case.events if self.clocks.over(event))

    def obligation(self, prepared: Prepared, trigger: Event, window: Window, serving: Serving) -> Obligation | None:
        """Return one occurrence, or None where the plan never asked for it."""
        duty = prepared.duty
        truth = self.truth(duty, trigger, window)
        if window.number and truth.value is False:
            return None
        clock = self.clock(duty, trigger, window)
        to, met = self.served(prepared, serving)
        fields = {
            **prepared.fields,
            "key": f"{prepared.name}:{trigger.seq}:{window.number}",
            "trigger": trigger.seq,
            "occurrence": window.number,
            "by": self.holders(duty.by),
            "to": to,
            "with_": self.holders(duty.with_),
            "opened": window.opens,
            "start": clock.start,
            "due": clock.due,
            "estimated": clock.estimated,
            "kind": clock.kind,
            "word": clock.word,
            "open": self.lacks(truth, clock),
            "met_at": met.at if met else None,
            "met_seq": met.seq if met else None,
            "watch_at": clock.watch_at,
        }
        made = Obligation.of(fields)
        state = self.kept(made, truth, window) if duty.keep else self.state(made, duty, truth, window)
        return made if state == "open" else made.but(state=state, born_late=self.born_late(made, duty, state))

    def lacks(self, truth: Truth, clock: Running) -> tuple[str, ...]:
        """Return what is open about condition and clock, as it is called on the case."""
        if not (truth.open or clock.open):
            return ()
        found = dict.fromkeys((*texts(truth.open), *clock.open))
        return tuple(dict.fromkeys(map(self.names.leaf, found)) if self.view.beside else found)

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

    def serving(self, prepared: Prepared, trigger: Event, window: Window, before: Serving) -> Serving:
        """Return the event that served each recipient of an occurrence, and last the first event that answers at all.

        An event that came late for older occurrences serves all of these, and not the one that runs as well: a daily
        report five minutes late is not the report of the next day.
        """
        lanes = self.lanes(prepared)
        if not lanes[-1]:
            return (None,) * len(lanes)
        used = before or (None,) * len(lanes)
        return tuple([self._first(trigger, window, *one) for one in zip(lanes, used, strict=True)])

    def _first(self, trigger: Event, window: Window, events: tuple[Event, ...], used: Event | None) -> Event | None:
        """Return the first of some events that serves an occurrence; `used` served the one before it."""
        for e in after(trigger, events):
            spent = e is used and window.closes is not None and e.at <= window.closes
            if e.at <= self.at and not spent and (not window.number or e.at > window.opens):
                return e
        return None

    def lanes(self, prepared: Prepared) -> tuple[tuple[Event, ...], ...]:
        """Return the events that may serve each recipient of a duty, and last those that may discharge it at all."""
        found = self._lanes.get(prepared.name)
        if found is None:
            events, to = self.answering(prepared), self.recipients(prepared)
            reached = [tuple([e for e in events if self.reaches(e, party, prepared.duty)]) for party in to]
            found = self._lanes[prepared.name] = (*reached, events)
        return found

    def answering(self, prepared: Prepared) -> tuple[Event, ...]:
        """Return the events that may discharge a duty, in their order: its `done_by`, or a report of the holder."""
        duty = prepared.duty
        if duty.done_by:
            return self.fitting(duty.done_by)
        if not self._reports:
            return ()
        by = self.holders(duty.by)
        said: dict[object, bool] = {}
        for report in self._reports:
            if report.alike not in said and (report.named or duty.to or duty.form):
                said[report.alike] = self.answers(report.event, report.named, prepared, by)
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

    def recipients(self, prepared: Prepared) -> tuple[Party, ...]:
        """Return to whom a duty is owed; `same_as` means those to whom the other duties are owed on this case."""
        if not prepared.same_as:
            return self.holders(prepared.duty.to)
        found = self._recipients.get(prepared.name)
        if found is None:
            found = self._recipients[prepared.name] = tuple(dict.fromkeys(self._resolved(prepared.duty)))
        return found

    def _resolved(self, duty: Duty) -> Iterator[Party]:
        for who in duty.to:
            if isinstance(who, SameAs):
                yield from (party for name in who.duties if name != duty.id for party in self.asked_for(name))
            else:
                yield from resolve(who, self.view)

    def asked_for(self, name: str) -> Iterator[Party]:
        """Yield the recipients of a duty as far as it is asked for here, or was fulfilled."""
        for prepared in self.duties:
            for one in self.of_duty(prepared) if prepared.duty.id == name else ():
                if one.state not in ("cancelled", "superseded"):
                    yield from (recipient.party for recipient in one.to)

    def served(self, prepared: Prepared, serving: Serving) -> tuple[tuple[Recipient, ...], Event | None]:
        """Return the recipients with the moment each was served, and the event that served the last one."""
        *first, answer = serving
        each = list(zip(self.recipients(prepared), first, strict=True))
        to = tuple([Recipient(party, e.at if e else None) for party, e in each])
        waiting = [e for party, e in each if not party.unset]
        if not waiting:
            nobody = bool(to) and not prepared.duty.done_by
            return to, (None if nobody else answer)
        done = None if None in waiting else max(cast("list[Event]", waiting), key=lambda e: (e.at, e.seq))
        return to, done

    def answers(self, event: Event, named: tuple[str, ...], prepared: Prepared, by: tuple[Party, ...]) -> bool:
        """Return whether a report may discharge the duty; `named` are the duties it names."""
        duty, form = prepared.duty, prepared.form
        if named and prepared.name not in named:
            return False
        if not named and form and not self.carries(event, form):
            return False  # a first report is not the daily one, though both go to the same body
        if not (named or duty.to or (form and event.content.get("form_id") == form)):
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
