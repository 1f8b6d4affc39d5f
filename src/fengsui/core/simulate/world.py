"""The stage of a scenario: one case, its book, and a cast in which every seat has one person.

Rules
- `who` is a body, a post, a unit (`office@B`), or a derived body (`owner`), by id or Chinese name; `person:` says who
  sits there, else each seat has its own person.
- A `many` body without a unit means unit A (the owner's unit where the case has one); `everyone_else` means unit B.
- A body without a place is that of the case: of its own organisation, or of the one of the body's tier in its line.
  `prov_office@P2` (a body `per: organisation`) is another organisation's, unless the case's own site is P2.
- Times are the pack's zone and never go back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.case import Act, Actor, ByWord, Case, Event, FactText, Party, Registration, Seat
from fengsui.core.conditions import View, home, resolve
from fengsui.core.obligations import owed
from fengsui.core.pack import BodyRef, Pack
from fengsui.core.patterns import Group, groups, untold
from fengsui.core.problems import PackError, Problem, Refused, Where
from fengsui.core.timing import parse_instant

ORGANISATION = "ORG"
ACTING = ("of", "document", "acts", "until")
PAPER = {"paper": "sha256:" + "0" * 64, "date": "1970-01-01", "signed_by": "signatory"}


NOWHERE = Where()


def wrong(why: str, why_en: str, where: Where = NOWHERE) -> PackError:
    """Return the fault of a scenario that cannot be played."""
    return PackError([Problem("bad_scenario", {"why": why, "why_en": why_en}, where)])


def texts(raw: object) -> tuple[str, ...]:
    """Return one text or a list of texts as a tuple."""
    if raw is None:
        return ()
    if isinstance(raw, list | tuple):
        return tuple(str(item) for item in raw)
    return (str(raw),)


def yes(raw: object) -> bool:
    """Read `yes`; everything else is no."""
    return str(raw) in ("yes", "True")


@dataclass
class World:
    """A case on its way through a scenario."""

    book: Book
    kind: str
    at: datetime
    owner: str | None = None
    case: Case | None = None
    site: str | None = None
    others: tuple[Case, ...] = ()

    @property
    def pack(self) -> Pack:
        """The plan that is played."""
        return self.book.main.pack

    @property
    def now(self) -> Case:
        """The case as it stands."""
        assert self.case is not None
        return self.case

    def instant(self, raw: object, where: Where) -> datetime:
        """Read a time of the scenario. Raises PackError."""
        try:
            return parse_instant(str(raw), self.pack.zone)
        except ValueError as error:
            raise wrong(f"“{raw}”不是时刻", f"'{raw}' is not an instant", where) from error

    # ------------------------------------------------------------------ the cast

    def home(self, body: str) -> str:
        """Return the organisation of a body on this case; of a tier that the line lacks, one that is not in it."""
        if self.case is None:
            return ORGANISATION
        return home(body, self.case, self.pack) or f"another {self.pack.bodies[body].tier}"

    def seat(self, who: str, where: Where = NOWHERE) -> Seat:
        """Return the seat that a name of the scenario means. Raises PackError for a body the plan does not know."""
        head, _, place = who.partition("@")
        body, _, post = head.partition(".")
        found = self.pack.resolve_name("body", body) or self.pack.resolve_name("body", who)
        if found is None:
            raise wrong(f"没有机构“{who}”", f"there is no body '{who}'", where)
        spec = self.pack.bodies[found]
        if spec.kind == "derived":
            return self._derived(found, post or None)
        if spec.per and place:
            return Seat(self.home(found) if place == self.site else place, found, post or None)
        if spec.many and not place:
            place = self._unit(found)
        return Seat(self.home(found), found, post or None, place or None)

    def _derived(self, body: str, post: str | None) -> Seat:
        spec = self.pack.bodies[body]
        if spec.from_ == "everyone_else":
            return Seat(self.home(spec.is_ or body), spec.is_ or body, post, "B")
        if spec.from_ == "asset.owner" and self.owner:
            seat = Seat.parse(self.owner, ORGANISATION)
            return Seat(self.home(seat.body), seat.body, post, seat.place)
        parties = resolve(BodyRef(body, post), View(self.book, self.book.main, self.case, self.at))
        return self.seat_of(parties[0]) if parties and parties[0].body else Seat(self.home(body), body, post)

    def _unit(self, body: str) -> str:
        seat = Seat.parse(self.owner, ORGANISATION) if self.owner else None
        return seat.place if seat and seat.body == body and seat.place else "A"

    def seat_of(self, party: Party) -> Seat:
        """Return a seat that the party means."""
        place = party.place
        if place is None and party.body in self.pack.bodies and self.pack.bodies[party.body].many:
            place = "B" if party.excluding == "A" else "A" if party.excluding else self._unit(party.body)
        return Seat(self.home(party.body), party.body, party.post, place)

    def actor(self, seat: Seat, person: str | None = None) -> Actor:
        """Return the person in the seat."""
        return Actor(person or f"p:{seat.text}", (seat,))

    # ------------------------------------------------------------------ acts

    def act(self, data: Mapping[str, object], where: Where = NOWHERE) -> Act:
        """Return the act that a step says. Raises PackError for names that no act can have."""
        name, step = str(data.get("do", "state")), None
        if name.startswith("step "):
            name, step = "step", name.removeprefix("step ").strip()
        seat = self.seat(str(data.get("who", "owner" if self.owner else self.anybody())), where)
        actor = self.actor(seat, str(data["person"]) if "person" in data else None)
        if "acting" in data:
            seat = self._deputy(data["acting"], seat, where)
            actor = Actor(actor.person, (*actor.seats, seat))
        word = self._word(data, seat, where) if "registrars" in data or "means" in data else None
        if word:
            actor = Actor(word.registrars[0], (self._another(seat),))
        paper = self._paper(data)
        choices, documents = self._with(step, texts(data.get("with")))
        return Act(
            name=name,
            actor=actor,
            verb=_maybe(data, "as"),
            seat=seat,
            value=_maybe(data, "value"),
            to=texts(data.get("to")),
            duty=texts(data.get("for") or data.get("duty")),
            facts=cast("Mapping[str, FactText]", _facts(data.get("facts"))),
            unknown=texts(data.get("unknown")),
            unverified=texts(data.get("unverified")),
            rest_none=data.get("rest") == "none",
            source=str(data.get("source", "")),
            matter=_maybe(data, "matter"),
            step=step,
            choices=(*choices, *texts(data.get("choices"))),
            form={str(k): str(v) for k, v in cast("Mapping[str, object]", data.get("form") or {}).items()},
            documents=documents,
            reason=_maybe(data, "reason") or (None if "do" in data else "scenario"),
            note=_maybe(data, "note"),
            target=self._target(self._about(name, data), _maybe(data, "answer")),
            reading=_maybe(data, "reading"),
            content=_maybe(data, "content"),
            by_word=word,
            registered=paper,
            answer=_maybe(data, "answer"),
            assets=systems(data.get("assets")),
        )

    def _deputy(self, raw: object, own: Seat, where: Where) -> Seat:
        """Return the seat that `acting: {of: leading_group.head, document: 3号, acts: [approve], until: ...}` gives."""
        said = cast("Mapping[str, object]", raw)
        if not isinstance(raw, Mapping) or "of" not in said or not said.keys() <= set(ACTING):
            raise wrong(f"acting 写 {'、'.join(ACTING)}", f"acting takes {', '.join(ACTING)}", where)
        seat = self.seat(str(said["of"]), where)
        return replace(
            seat,
            acting_for=seat.text,
            own=own.text,
            acts=texts(said.get("acts")),
            document=str(said.get("document", "")),
            until=self.instant(said["until"], where) if "until" in said else None,
            whom=f"p:{seat.text}",
        )

    def anybody(self) -> str:
        """Return a body of the house, where the scenario does not say who."""
        return next(name for name, body in self.pack.bodies.items() if body.kind in ("standing", "external"))

    def _word(self, data: Mapping[str, object], seat: Seat, where: Where) -> ByWord:
        names = texts(data.get("registrars")) or (f"p:{self._another(seat).text}", "registrar")
        if len(names) != 2:
            raise wrong("登记人须是两名", "there are two registrars", where)
        said_by = str(data.get("said_by") or data.get("person") or f"p:{seat.text}")
        return ByWord(str(data.get("means", "")), self.at, (names[0], names[1]), said_by)

    def _another(self, seat: Seat) -> Seat:
        for name, body in self.pack.bodies.items():
            if body.kind == "standing" and name != seat.body:
                return self.seat_of(Party(name))
        return seat

    def _paper(self, data: Mapping[str, object]) -> Registration | None:
        keys = ("paper", "signed_by", "channel", "receipt")
        if not any(key in data for key in keys) and data.get("as") != "record":
            return None
        said = {key: str(data[key]) for key in keys if key in data}
        return Registration(**{**PAPER, **said})

    def _with(self, step: str | None, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        rule = self.pack.steps.get(step or "")
        menu = rule.choose if rule else None
        options = {*menu.of, *menu.forbid} if menu else set()
        return tuple(n for n in names if n in options), tuple(n for n in names if n not in options)

    def _about(self, name: str, data: Mapping[str, object]) -> str | None:
        """Return what the step says the act is about; a waiver may name its duty under `for`."""
        if name in ("waive", "urge") and "target" not in data:
            return next(iter(texts(data.get("for") or data.get("duty"))), None)
        return _maybe(data, "target")

    def _target(self, text: str | None, answer: str | None) -> str | None:
        """Return what the act is about: a duty's open obligation, the latest event of a name, or one to be answered."""
        if self.case is None or answer in ("return", "withdraw"):
            return text
        if text is None:
            wanted = {"countersign": "by_word", "ratify": "ratify", "refuse_ratification": "ratify"}.get(answer or "")
            found = [e for e in self.case.events if wanted and wanted in e.content]
            return str(found[-1].seq) if found else None
        if text in self.book.asks(self.kind):
            mine = [o for o in owed(self.book, self.case, self.at) if o.duty == text]
            live = [o for o in mine if o.live] or mine
            return live[0].key if live else text
        named = [e for e in self.case.events if text in e.names]
        return str(named[-1].seq) if named else text

    def do(self, act: Act, at: datetime, recorded_at: datetime | None = None) -> tuple[Event, ...]:
        """Decide the act and fold what it leaves. Raises Refused."""
        events = engine.decide(self.book, self.case, act, at, recorded_at)
        self.fold(events)
        return events

    def fold(self, events: Iterable[Event]) -> None:
        """Fold events onto the case; a group that it now makes with the other cases is recognised at once."""
        for event in events:
            self.case = engine.evolve(self.case, event)
        if self.case is not None:
            self.recognise()

    def recognise(self) -> None:
        """Tell the case of the groups it belongs to that hold and that it has not heard of."""
        for group in self.groups() if self.others else ():
            if untold(group, (self.now,)):
                self.fold(engine.recognise(self.book, self.now, group, self.at))
                return

    def groups(self) -> tuple[Group, ...]:
        """Return the groups of like cases among this case and the others, by every pattern of the plan."""
        views = [View(self.book, None, case, self.at) for case in (self.now, *self.others)]
        return tuple(g for name, pattern in self.pack.patterns.items() for g in groups(name, pattern, views))


def _maybe(data: Mapping[str, object], key: str) -> str | None:
    return str(data[key]) if data.get(key) is not None else None


def _facts(raw: object) -> dict[str, FactText]:
    found: dict[str, FactText] = {}
    for name, value in (cast("Mapping[str, object]", raw) or {}).items():
        found[str(name)] = tuple(str(v) for v in value) if isinstance(value, list | tuple) else str(value)
    return found


def systems(raw: object) -> tuple[Mapping[str, str], ...]:
    """Return rows of the asset register as a scenario writes them: `{id: portal, owner: office@A, cii: yes}`."""
    rows = cast("list[Mapping[str, object]]", raw or [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise wrong("assets 须逐个写成映射", "assets is a list of mappings, one for each system")
    return tuple({str(name): str(value) for name, value in row.items()} for row in rows)


def facts_of(raw: object) -> dict[str, FactText]:
    """Return facts as a scenario writes them."""
    return _facts(raw)


__all__ = ["ORGANISATION", "Refused", "World", "facts_of", "systems", "texts", "wrong", "yes"]
