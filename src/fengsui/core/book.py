"""A book is one value: the main pack with its readings, its regimes, and the work calendar (design 4).

Rules
- A book says everything a decision depends on besides the case, the act and the moment.
- Its pin names every part by digest; a case keeps the pin it was opened with.
- A reading nobody has set is `Unset`, never a guess; a case may have settled it for itself.
- What the engine does not run yet is refused here with `not_built`, never answered by half.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from fengsui.core.canon import digest
from fengsui.core.pack import Pack, Type, Value
from fengsui.core.pack.values import BadValue, parse_value
from fengsui.core.problems import Code, PackError, Problem, Where, declare
from fengsui.core.timing import WorkCalendar

LANGUAGE = "1"

declare(
    Code(
        "not_built",
        "error",
        "这个版本还不能执行{feature}。",
        "This version cannot execute {feature} yet.",
        "先不用这一项，或等支持它的版本。",
        "Leave it out for now, or wait for the version that supports it.",
        "patterns: {same_type: ...}",
    ),
    Code(
        "bad_reading",
        "error",
        "解读“{name}”不能取“{value}”。",
        "The reading '{name}' cannot take the value '{value}'.",
        "可取：{known}。",
        "Possible: {known}.",
        "starter_of_I: somebody",
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
    ) -> Book:
        """Return the book, or raise PackError: features not built, readings that do not fit.

        `settings` are the installation's own parameters: `countersign_within`, a limit for signing what was said.
        """
        book = cls(Installed(pack, dict(readings or {})), calendar, tuple(regimes), dict(settings or {}))
        problems = [*not_built(pack), *bad_readings(pack, book.main.readings)]
        if book.regimes:
            problems.append(_missing_feature("regimes"))
        if problems:
            raise PackError(problems)
        return book

    @property
    def pack(self) -> Pack:
        """The main pack."""
        return self.main.pack

    @cached_property
    def pin(self) -> Pin:
        """The pin of this book (language 9.1)."""
        packs = [
            {
                "id": part.pack.id,
                "version": part.pack.version,
                "pack": part.pack.digest,
                "overlay": "",
                "readings": digest(part.readings),
            }
            for part in (self.main, *self.regimes)
        ]
        value: dict[str, object] = {"language": LANGUAGE, "packs": packs, "calendar": self.calendar.digest}
        value |= {"settings": dict(self.settings)} if self.settings else {}
        return Pin(value, digest(value))

    def text_of(self, name: str, case: Settled | None = None) -> str | Unset:
        """Return a reading as text: a parameter's value, a switch's option; what the case settled counts if unset."""
        found = self.main.readings.get(name)
        if found is None and case is not None:
            found = case.settled.get(name)
        return Unset(name) if found is None else found

    def value_of(self, name: str, type_: Type, case: Settled | None = None) -> Value | Unset:
        """Return a reading as a typed value; a switch stands for what its option `means`."""
        found = self.text_of(name, case)
        if isinstance(found, Unset):
            return found
        switch = self.pack.readings.switches.get(name)
        text = (switch.options[found].means or found) if switch else found
        return parse_value(text, type_, self.pack.words.domain)


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


NOT_BUILT: Mapping[str, tuple[str, str]] = {
    "regimes": ("并行制度", "regimes beside the plan"),
    "patterns": ("多案情形", "patterns over several cases"),
    "overlays": ("本单位增补", "overlays"),
    "delegation": ("授权代行", "delegation"),
}
"""What the language says and this engine does not run yet: key, Chinese and English name."""


def not_built(pack: Pack) -> tuple[Problem, ...]:
    """Return a `not_built` problem for each feature that the pack uses and the engine does not run."""
    used = {
        "regimes": pack.head.kind == "regime",
        "patterns": bool(pack.patterns),
        "overlays": bool(pack.head.locked),
    }
    return tuple(_missing_feature(name) for name, uses in used.items() if uses)


def _missing_feature(name: str) -> Problem:
    zh, en = NOT_BUILT[name]
    return Problem("not_built", {"feature": zh, "feature_en": en}, Where(path=name))
