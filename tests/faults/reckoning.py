"""Which reminders every obligation should have had, reckoned from its life alone, held against what was told.

Pure: it knows neither the tables of the worker nor the program's own reading of a ladder, and works both out again.

Rules
- A life is what the log says: spans in which an obligation stood unchanged, the first of them its birth.
- A rung that stands at a moment while the obligation is owed must be told, after that moment and in time; what is
  undecided only before its due time. What was over at birth is told by nothing, but that the due time passed is.
- A due time that moves keeps what was rung; moved to before what was rung, what comes after it is told anew.
- A rung may be left out where a later one, told in time for both, tells the same people.
- Whatever the obligation's end or change came too close to may be told or not. Everything else that is told is surplus,
  and so is what is told before its moment. A person who is told twice of one moment is told double.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import yaml

SECOND = timedelta(seconds=1)
SETTLES = timedelta(seconds=15)
"""How long an act may take from its moment until it stands in the log: the patience of who sends it."""
AT_DUE = ("due", "watch")
UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of a ladder, as its text says it."""

    name: str
    when: str
    to: frozenset[str]
    every: timedelta | None
    until: timedelta | None
    urgent: bool

    @property
    def before(self) -> bool:
        return self.when[-1] == "%" or self.when[0] == "-"

    def moments(self, begin: datetime, aim: datetime, end: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield the name under which each moment up to `end` is told, and the moment."""
        begin = min(begin, aim)
        if self.when == "due":
            first, name = aim + SECOND, "due"
        elif self.when[-1] == "%":
            whole = (aim - begin) // SECOND
            first, name = begin + whole * int(self.when[:-1]) // 100 * SECOND, f"rung:{self.name}"
        else:
            first, name = aim + length(self.when), f"rung:{self.name}"
            if self.before and first <= begin + (aim - begin) / 2:
                return
        if not self.every:
            yield from [(name, first)] if first <= end else []
            return
        last = end if self.until is None else min(end, aim + self.until)
        for number in range(max(0, (last - first) // self.every + 1)):
            yield f"{name}:{number + 1}", first + number * self.every


def length(text: str) -> timedelta:
    """Return a length as a ladder writes it: `-10min`, `+1h`, `1d`."""
    sign = -1 if text[0] == "-" else 1
    number = text.lstrip("+-").rstrip("dhimn")
    return sign * int(number) * UNITS[text.lstrip("+-")[len(number) :]]


def ladder(text: str) -> dict[str, list[Rung]]:
    """Return the rungs of the hard and the soft ladder."""
    return {
        kind: [
            Rung(
                one["rung"],
                str(one["when"]),
                frozenset(one["to"]),
                length(one["every"]) if "every" in one else None,
                length(one["until"]) if "until" in one else None,
                one.get("urgent") in (True, "yes"),
            )
            for one in rungs
        ]
        for kind, rungs in yaml.safe_load(text).items()
    }


@dataclass(frozen=True, slots=True)
class Span:
    """How an obligation stood from a moment on; `aim` is the time it is rung about, None where there is none."""

    since: datetime
    live: bool
    decided: bool = True
    hard: bool = True
    begin: datetime | None = None
    aim: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """One obligation; the spans in order, no two alike in a row. `told_born`: its birth is announced to somebody."""

    case: str
    key: str
    spans: tuple[Span, ...]
    told_born: bool = True

    @classmethod
    def of(cls, case: str, key: str, spans: Iterable[Span], told_born: bool = True) -> Life:
        """Put a life together from how it stood after each event."""
        kept: list[Span] = []
        for span in spans:
            if not kept or replace(span, since=kept[-1].since) != kept[-1]:
                kept.append(span)
        return cls(case, key, tuple(kept), told_born)


Sign = tuple[str, datetime | None]
"""A reminder of one obligation: its name (`born` for the birth), and the time it is about."""


@dataclass(frozen=True, slots=True)
class Want:
    """One reminder: its moment, since when it could be told, whether it must be or may be, and to whom."""

    name: str
    aim: datetime | None
    at: datetime
    start: datetime
    must: bool
    to: frozenset[str] = frozenset()
    urgent: bool = False

    @property
    def sign(self) -> Sign:
        return self.name, self.aim

    @property
    def late(self) -> bool:
        """Whether the time it is about has passed."""
        return self.aim is not None and self.at > self.aim


@dataclass(frozen=True, slots=True)
class Told:
    """One person told of one reminder of an obligation."""

    case: str
    key: str
    name: str
    aim: datetime | None
    person: str
    at: datetime

    @property
    def sign(self) -> Sign:
        return self.name, self.aim


Bound = Callable[[datetime], datetime]
"""Until when what could be told from a moment on must be told."""
Audience = Callable[[Life, Want, datetime], Collection[str]]
"""Who is to be told of a reminder by whoever tells it at a moment."""


@dataclass
class Reckoning:
    """What should have been told until `ended`, held against what was; `counts`, `late` and `faults` are the result."""

    rungs: dict[str, list[Rung]]
    audience: Audience
    bound: Bound
    ended: datetime
    counts: Counter[str] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def compare(self, lives: Sequence[Life], told: Iterable[Told]) -> None:
        """Name what is missing, surplus, double and late."""
        heard: dict[tuple[str, str], list[Told]] = {}
        for one in told:
            heard.setdefault((one.case, one.key), []).append(one)
        for life in lives:
            self._of_one(life, heard.pop((life.case, life.key), []))
        for one in (one for those in heard.values() for one in those):
            self._fault("surplus", one, f"to {one.person}: there is no such obligation")

    def wanted(self, life: Life) -> list[Want]:
        """Return every reminder that an obligation must or may have had, each once, in order."""
        found: dict[Sign, Want] = {}
        low = high = birth = life.spans[0].since  # up to where it was surely rung, and perhaps
        _put(found, Want("born", None, birth, birth, life.told_born and self._stays(life)))
        before: datetime | None = None
        for span, end in zip(life.spans, [*(span.since for span in life.spans[1:]), None], strict=True):
            if span.aim and before and before != span.aim:
                low, high = min(low, span.aim), min(high, span.aim)
            before = span.aim or before
            over = min(end or self.ended, self.ended)
            rings = self._rings(span, over if end is None else end + SETTLES)
            for ring in rings:
                # That the time passed is said by the log itself, whatever was rung before.
                sure = ring.at > high or ring.name in AT_DUE
                if ring.at > low or ring.name in AT_DUE:
                    _put(found, replace(ring, must=sure and self.bound(ring.start) <= over))
            low = max([low, *(ring.at for ring in rings if self.bound(ring.start) <= over)])
            high = max([high, *(ring.at for ring in rings)])
        return sorted(found.values(), key=lambda want: want.at)

    def _stays(self, life: Life) -> bool:
        """Whether it was owed long enough after its birth for that to be told."""
        over = next((span.since for span in life.spans if not span.live), self.ended)
        return self.bound(life.spans[0].since) <= min(over, self.ended)

    def _rings(self, span: Span, end: datetime) -> list[Want]:
        if not span.live or span.aim is None or span.begin is None:
            return []
        found = []
        for rung in self.rungs["hard" if span.hard else "soft"]:
            urgent = rung.urgent or (span.hard and not rung.before)
            for name, at in rung.moments(span.begin, span.aim, end) if span.decided or rung.before else ():
                name = "watch" if name == "due" and not span.hard else name
                found.append(Want(name, span.aim, at, max(at, span.since), False, rung.to, urgent))
        return found

    def _of_one(self, life: Life, told: list[Told]) -> None:
        wants = {want.sign: want for want in self.wanted(life)}
        heard: dict[Sign, list[Told]] = {}
        for one in told:
            if one.sign in wants:
                heard.setdefault(one.sign, []).append(one)
            else:
                self._fault("surplus", one, f"to {one.person} at {one.at}: no rung of its life stands there")
        for sign, want in wants.items():
            if sign in heard:
                self._told(life, want, heard[sign])
            elif want.must:
                self._untold(life, want, [wants[other] for other in heard])
        times = Counter((one.person, one.aim, wants[one.sign].at) for those in heard.values() for one in those)
        for (person, aim, at), many in times.items():
            if many > 1 and aim:
                self._fault("double", Told(life.case, life.key, str(at), aim, person, at), f"{many} times to {person}")

    def _untold(self, life: Life, want: Want, told: list[Want]) -> None:
        """Nothing was told of what had to be: unless a later one told the same people, or there is nobody to tell."""
        made_up = any(
            want.at <= other.at and other.start <= self.bound(want.start) and want.to <= other.to
            for other in told
            if want.aim and other.aim
        )
        if made_up or self.audience(life, want, want.start):
            self._count(want, "due")
            self.counts["made up by a later one"] += made_up
        if not made_up and self.audience(life, want, want.start):
            self._fault("missing", _of(life, want), f"of {want.at}: never told")

    def _told(self, life: Life, want: Want, told: list[Told]) -> None:
        self._count(want, "due" if want.must else "told at the edge")
        first, last = min(one.at for one in told), max(one.at for one in told)
        if first < want.at:
            self._fault("surplus", told[0], f"at {first}: before its moment {want.at}")
        if want.must and want.aim:
            self.late.append((last - want.start).total_seconds())
        if want.must and last > self.bound(want.start):
            self._fault("late", told[0], f"of {want.at}: told at {last}")
        should, did = set(self.audience(life, want, first)), Counter(one.person for one in told)
        for person in sorted(should - set(did)):
            self._fault("missing", told[0], f"told at {first}, but not to {person}")
        for person in sorted(set(did) - should):
            self._fault("surplus", told[0], f"told to {person}, whom it is not for")
        for person, many in did.items():
            if many > 1 and not want.aim:
                self._fault("double", told[0], f"{many} times to {person}")

    def _count(self, want: Want, what: str) -> None:
        self.counts[f"{'reminders' if want.aim else 'births'} {what}"] += 1

    def _fault(self, kind: str, one: Told, text: str) -> None:
        self.counts[kind] += 1
        self.faults.append(f"{kind}: {one.case} {one.key}: {one.name} about {one.aim} {text}")


def _of(life: Life, want: Want) -> Told:
    return Told(life.case, life.key, want.name, want.aim, "", want.at)


def _put(found: dict[Sign, Want], want: Want) -> None:
    """Keep a reminder; one that must be told in one span is not made optional by another."""
    kept = found.get(want.sign)
    if kept is None or (want.must and not kept.must):
        found[want.sign] = want


Words = Counter[tuple[str, str]]
"""How often a person has some words to get, or got them."""


def letters(came: Words, sent: Words, waiting: Words) -> tuple[list[str], int]:
    """Hold what came to people outside against what was written down as sent or waits; return faults and duplicates.

    One duplicate of each is right: who sends may die between sending and writing it down.
    """
    faults, twice = [], 0
    for one in came | sent:
        known = sent[one] + waiting[one]
        if came[one] < sent[one]:
            faults.append(f"missing: {one} was written down as sent {sent[one]} times and came {came[one]} times")
        if came[one] > 2 * known:
            kind = "double" if known else "surplus"
            faults.append(f"{kind}: {one} came {came[one]} times, for {known} messages")
        twice += max(0, min(came[one], 2 * known) - known)
    return faults, twice
