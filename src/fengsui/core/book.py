"""A book is one value: the main pack with its readings, its regimes, and the work calendar (design 4).

Rules
- A book says everything a decision depends on besides the case, the act and the moment.
- Its pin names every part by digest; a case keeps the pin it was opened with.
- A reading nobody has set is `Unset`, never a guess; a case may have settled it for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

from fengsui.core.canon import digest
from fengsui.core.pack import Overlay, Pack, Type, Value
from fengsui.core.pack.joined import PLAIN, Names, join
from fengsui.core.pack.values import BadValue, parse_value
from fengsui.core.problems import Code, PackError, Problem, Where, declare
from fengsui.core.timing import WorkCalendar

LANGUAGE = "1"

declare(
    Code(
        "bad_reading",
        "error",
        "解读“{name}”不能取“{value}”。",
        "The reading '{name}' cannot take the value '{value}'.",
        "可取：{known}。",
        "Possible: {known}.",
        "starter_of_I: somebody",
    ),
    Code(
        "not_beside",
        "error",
        "“{id}”不能与“{plan}”并行：只有制度（kind: regime）能与一个预案并行，而且只能一次。",
        "'{id}' cannot run beside '{plan}': only a regime runs beside a plan, and only once.",
        "预案单独采用；并行的只写制度的标识。",
        "Adopt plans by themselves; name only regimes beside them.",
        "regimes: [chongqing-finance-regulator]",
    ),
    Code(
        "overlay_reading",
        "error",
        "解读“{name}”在应用里已经确定，本单位补充里又写了一次。",
        "The reading '{name}' is decided in the application and again in the overlay.",
        "留下一处：在应用里改为待定，或从补充里去掉。",
        "Keep one of the two: unset it in the application, or take it out of the overlay.",
        "readings: {starter_of_I: group} beside a decided reading",
    ),
)


@dataclass(frozen=True, slots=True)
class Unset:
    """A reading that the plan's owner has not decided."""

    name: str


class Settled(Protocol):
    """What a book needs of a case: the readings settled for it alone."""

    @property
    def settled(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Installed:
    """A pack with the readings an organisation has decided, as text by name."""

    pack: Pack
    readings: Mapping[str, str] = field(default_factory=dict)
    overlay: Overlay | None = None
    """The organisation's own additions; `pack` is then the merged one, and its readings are among `readings`."""
    names: Names = PLAIN
    """What the things of this pack are called on a case; filled by `Book.build` for a regime beside a plan."""
    made: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What others made of this pack under these readings, by name, and may find again."""

    @property
    def decided(self) -> Mapping[str, str]:
        """The readings decided beside the overlay: those that the library keeps by their digest."""
        own = self.overlay.readings if self.overlay else {}
        return {name: value for name, value in self.readings.items() if name not in own}

    @cached_property
    def decisions(self) -> tuple[tuple[str, str], ...]:
        """All readings, by name: a key for what is made of a pack and its readings."""
        return tuple(sorted(self.readings.items()))

    @property
    def binds(self) -> Mapping[str, Mapping[str, str]]:
        """Units by map and value: what an overlay binds to the bodies that the plan derives from a map."""
        return self.overlay.binds if self.overlay else {}

    @property
    def ties(self) -> Mapping[str, str]:
        """Things of regimes (`cac-2025:police`) by the own thing that an overlay says they are."""
        return self.overlay.ties if self.overlay else {}


@dataclass(frozen=True)
class Pin:
    """What a case is bound to: digests of packs, readings and calendar; the pin's own digest stands in every event."""

    value: Mapping[str, object]
    digest: str


@dataclass(frozen=True)
class Book:
    """The main pack, regimes beside it, and the work calendar. Make it with `build`."""

    main: Installed
    calendar: WorkCalendar
    regimes: tuple[Installed, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        pack: Pack,
        readings: Mapping[str, str] | None = None,
        *,
        calendar: WorkCalendar,
        regimes: Iterable[Installed] = (),
        settings: Mapping[str, str] | None = None,
        overlay: Overlay | None = None,
    ) -> Book:
        """Return the book, or raise PackError where readings do not fit.

        `settings` are the installation's own parameters: `countersign_within`, a limit for signing what was said.
        `overlay` is the organisation's own file, applied to this very pack by `core.overlay`.
        """
        main, problems = _installed(pack, readings or {}, overlay)
        problems += bad_readings(main.pack, main.readings)
        main, beside, faults = _beside(main, tuple(regimes))
        if problems := [*problems, *faults]:
            raise PackError(problems)
        return cls(main, calendar, beside, dict(settings or {}))

    @property
    def pack(self) -> Pack:
        """The main pack, with the words of the regimes beside it (`pack.joined`)."""
        return self.main.pack

    @property
    def parts(self) -> tuple[Installed, ...]:
        """The plan, then its regimes."""
        return (self.main, *self.regimes)

    def regime(self, id: str) -> Installed | None:
        """Return a regime by its pack's id."""
        return next((one for one in self.regimes if one.pack.id == id), None)

    @cached_property
    def decided(self) -> frozenset[str]:
        """The names of all readings that are set, a regime's with its id."""
        return frozenset(part.names.own(name) for part in self.parts for name in part.readings)

    def asks(self, kind: str) -> dict[str, tuple[str | None, tuple[str, ...]]]:
        """Return the form and clauses of every duty of plan and regimes for a kind of case, by its name on a case."""
        return self._asked.get(kind, {})

    @cached_property
    def _asked(self) -> dict[str, dict[str, tuple[str | None, tuple[str, ...]]]]:
        found: dict[str, dict[str, tuple[str | None, tuple[str, ...]]]] = {}
        for part, duty in ((one, duty) for one in self.parts for duty in one.pack.duties):
            form = part.names.own(duty.form) if duty.form else None
            found.setdefault(duty.kind, {})[part.names.own(duty.id)] = (form, part.names.clauses(duty.clause))
        return found

    @cached_property
    def pin(self) -> Pin:
        """The pin of this book (language 9.1)."""
        packs = [
            {
                "id": part.pack.id,
                "version": part.pack.version,
                "pack": part.pack.origin or part.pack.digest,
                "overlay": part.overlay.digest if part.overlay else "",
                "readings": digest(part.decided),
            }
            for part in self.parts
        ]
        value: dict[str, object] = {"language": LANGUAGE, "packs": packs, "calendar": self.calendar.digest}
        value |= {"settings": dict(self.settings)} if self.settings else {}
        return Pin(value, digest(value))

    def text_of(self, name: str, case: Settled | None = None, part: Installed | None = None) -> str | Unset:
        """Return a reading as text: a parameter's value, a switch's option; what the case settled counts if unset.

        `part` is the pack whose reading it is, the plan where nothing is said.
        """
        part = part or self.main
        found = part.readings.get(name)
        if found is None and case is not None:
            found = case.settled.get(part.names.own(name))
        return Unset(name) if found is None else found

    def value_of(self, name: str, type_: Type, case: Settled | None = None) -> Value | Unset:
        """Return a reading as a typed value; a switch stands for what its option `means`."""
        found = self.text_of(name, case)
        if isinstance(found, Unset):
            return found
        switch = self.pack.readings.switches.get(name)
        text = (switch.options[found].means or found) if switch else found
        return parse_value(text, type_, self.pack.words.domain)


def _installed(pack: Pack, readings: Mapping[str, str], overlay: Overlay | None) -> tuple[Installed, list[Problem]]:
    """Return the main pack as this organisation works by it; a reading is decided in one place, never in two."""
    if overlay is None:
        return Installed(pack, dict(readings)), []
    if overlay.of != pack.digest:
        raise ValueError("the overlay was applied to another pack")
    twice = [name for name in overlay.readings if name in readings]
    problems = [
        Problem("overlay_reading", {"name": pack.label("reading", name), "name_en": name}, Where(overlay.file))
        for name in twice
    ]
    return Installed(overlay.pack, {**overlay.readings, **readings}, overlay), problems


def _beside(main: Installed, regimes: tuple[Installed, ...]) -> tuple[Installed, tuple[Installed, ...], list[Problem]]:
    """Return the plan with the words of its regimes, and the regimes with what their things are called on a case."""
    if not regimes:
        return main, (), []
    problems = [problem for one in regimes for problem in bad_readings(one.pack, one.readings)]
    ids = [one.pack.id for one in regimes]
    problems += [
        Problem("not_beside", {"id": one.pack.id, "plan": main.pack.id})
        for one in regimes
        if one.pack.head.kind != "regime" or main.pack.head.kind == "regime" or ids.count(one.pack.id) > 1
    ]
    joined = join(main.pack, [one.pack for one in regimes], main.ties)
    named = tuple(replace(one, names=names) for one, names in zip(regimes, joined.names, strict=True))
    return replace(main, pack=joined.pack), named, [*problems, *joined.problems]


def bad_readings(pack: Pack, readings: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return a problem for each reading that the pack does not declare or whose value does not fit its type."""
    return tuple(problem for name, value in readings.items() for problem in _bad_reading(pack, name, value))


def _bad_reading(pack: Pack, name: str, value: str) -> tuple[Problem, ...]:
    known: Iterable[str]
    if name in pack.readings.switches:
        known = pack.readings.switches[name].options
        fits = value in known
    elif name in pack.words.parameters:
        type_ = pack.words.parameters[name]
        known, fits = (type_.text,), _parses(pack, value, type_)
    else:
        known, fits = (*pack.words.parameters, *pack.readings.switches), False
    params = {"name": name, "value": value, "known": "、".join(known)}
    return () if fits else (Problem("bad_reading", params, Where("readings")),)


def _parses(pack: Pack, value: str, type_: Type) -> bool:
    try:
        parse_value(value, type_, pack.words.domain)
    except BadValue:
        return False
    return True
