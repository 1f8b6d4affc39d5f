"""What of a duty is the same on every case: its names there, and what its obligations say whenever they are born.

Rules
- Made once for a pack with its names, and kept with it: plan and regimes call their things differently.
- An event begins a duty only where it has one of the names of the duty's `on`; all other duties are passed by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fengsui.core.book import Installed
from fengsui.core.pack import Duty, SameAs
from fengsui.core.pack.acts import EVENT_OF
from fengsui.core.pack.joined import Names

_ACT = {event: act for act, event in EVENT_OF.items()}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A duty, its name and form on a case, the names of the events that begin it, and the fields of all it makes.

    `same_as`: it is owed to those to whom other duties are owed.
    """

    duty: Duty
    name: str
    form: str | None
    begins: frozenset[str]
    same_as: bool
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Duties:
    """The duties of one pack in their order, by kind of case, and which duty takes the place of which (`replaces`)."""

    kinds: Mapping[str, tuple[Prepared, ...]]
    replaces: Mapping[str, str]

    def of(self, kind: str) -> tuple[Prepared, ...]:
        """Return the duties of one kind of case."""
        return self.kinds.get(kind, ())


def duties_of(part: Installed) -> Duties:
    """Return the duties of a part of the book, made ready once."""
    found: Duties | None = part.made.get("duties")
    if found is None:
        found = part.made["duties"] = _made_ready(part)
    return found


def _made_ready(part: Installed) -> Duties:
    names, kinds = part.names, dict[str, list[Prepared]]()
    for duty in part.pack.duties:
        kinds.setdefault(duty.kind, []).append(_prepared(duty, names))
    replaces = {names.own(duty.id): names.own(duty.replaces) for duty in part.pack.duties if duty.replaces}
    return Duties({kind: tuple(duties) for kind, duties in kinds.items()}, replaces)


def _prepared(duty: Duty, names: Names) -> Prepared:
    name, form = names.own(duty.id), names.own(duty.form) if duty.form else None
    fields = {
        "source": "duty",
        "duty": name,
        "owes": duty.owes,
        "state": "open",
        "clause": names.clauses(duty.clause),
        "discharge": _discharge(duty, names),
        "in_principle": duty.in_principle,
        "born_late": False,
        "optional": duty.optional,
        "form": form,
        "product": duty.product,
        "pack": names.prefix.removesuffix(":"),
    }
    begins = frozenset(names.event(pattern.name) for pattern in duty.on)
    return Prepared(duty, name, form, begins, any(isinstance(who, SameAs) for who in duty.to), fields)


def _discharge(duty: Duty, names: Names) -> str:
    """Return the act, step or matter that fulfils a duty."""
    called = (names.event(pattern.name) for pattern in duty.done_by)
    return next((_ACT.get(name, name) for name in called), "report")
