"""What steps, fast paths, words of mouth and settled readings leave to do (language 1.4, 4.1, 4.2, 6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from fengsui.core import timing
from fengsui.core.case import Event, Party
from fengsui.core.conditions import View, parse_party, resolve
from fengsui.core.obligations.clocks import Clocks, Running
from fengsui.core.obligations.model import LIVE, Obligation, State
from fengsui.core.pack import Label, ReadingRef
from fengsui.core.playbooks import StepState

COUNTERSIGN = "countersign_within"
"""The installation's parameter: within what limit a word of mouth is to be signed."""


class Aftermath:
    """One case as one view sees it."""

    def __init__(self, view: View) -> None:
        assert view.case is not None
        self.view, self.book, self.case, self.at = view, view.book, view.case, view.at
        self.clocks = Clocks(view)

    def of_step(self, step: StepState) -> Iterator[Obligation]:
        """Yield what a step with a limit owes; the step itself discharges it."""
        if step.state == "undecided":
            return
        clock = self.clocks.limited(step.step.within, step.start.at, ())
        rule = step.step
        made = self.plain(f"step {step.name}", step.start, Label(rule.zh, rule.en), step.by, clock, rule.clause)
        made = made.but(
            source="step",
            discharge=rule.act or f"step {step.name}",
            with_=step.with_,
            met_at=step.done_at,
            met_seq=step.done_seq,
            optional=rule.optional,
            form=rule.form,
        )
        yield made.but(state=self.stopped(made))

    def stopped(self, made: Obligation) -> State:
        """Return the state of a step's obligation: what was not yet due when the case was over is cancelled."""
        state = self.simple(made)
        ends = (e.at for e in self.case.events[made.trigger :] if self.clocks.over(e))
        end = next(ends, None)
        if end is None or state not in LIVE or (made.kind == "hard" and made.due is not None and made.due < end):
            return state
        return "cancelled"

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
        clock = self.clocks.limited(self.written_limit(str(ratify["within"])), event.at, ())
        label = Label("追认", "ratify")
        made = self.plain("ratify", event, label, by, clock, self.clauses(event))
        return self.answered(made.but(source="ratify", discharge="ratify"), ("ratified", "ratification_refused"))

    def countersignature(self, event: Event) -> Obligation:
        """Return the duty to sign what was said by word (our own gate; the limit is the installation's)."""
        within = self.book.settings.get(COUNTERSIGN)
        clock = self.clocks.limited(timing.parse_limit(within) if within else ReadingRef(COUNTERSIGN), event.at, ())
        by = (self.party(str(event.content.get("body", ""))),)
        made = self.plain(
            "countersign", event, Label("补签口头意见", "sign what was said"), by, clock, self.clauses(event)
        )
        made = made.but(source="countersign", discharge="countersign", product="口头办理须补签")
        return self.answered(made, ("countersigned",))

    def settlement(self, event: Event) -> Obligation:
        """Return the duty to decide for the plan what was settled for one case."""
        grants = self.book.pack.grants_for("standing", "set")
        by = tuple(p for grant in grants for link in grant.links for p in resolve(link.who, self.view))
        name = str(event.content["reading"])
        label = Label(f"为预案确定“{self.book.pack.label('reading', name)}”", f"decide '{name}' for the plan")
        clock = Running(event.at, None, False, "no_limit")
        made = self.plain("settle", event, label, by, clock, self.clauses(event))
        return self.answered(made.but(source="settle", discharge="rebase"), ("rebased",))

    def plain(
        self, duty: str, event: Event, owes: Label, by: tuple[Party, ...], clock: Running, clause: tuple[str, ...]
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
                made = made.but(met_at=event.at, met_seq=event.seq)
                break
        return made.but(state=self.simple(made))

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
        return self.clocks.written(text)

    def clauses(self, event: Event) -> tuple[str, ...]:
        """Return the clauses of the grant under which an event happened."""
        name = event.content.get("grant")
        return next((grant.clause for grant in self.book.pack.grants if grant.id == name), ())
