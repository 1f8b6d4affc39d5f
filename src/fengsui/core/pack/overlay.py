"""An organisation's own additions to a plan: the file `overlay.yaml` typed, and what it makes of a pack.

Rules
- One file, beside the pack: it says which pack it is `for`, and everything it adds carries `clause: own:...`.
- It sets readings, binds units to bodies, ties its bodies, matters and facts to those of a regime, and appends: values
  to a set that is open, duties, steps at the end of a playbook, fields of a form. No key takes anything away.
- What the rules mean is said by `rules`; whether the file weakens the plan, by `core.overlay`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import Field

from fengsui.core.pack.fields import Clauses, Id, LabelField, Strict, Text
from fengsui.core.pack.model import Pack
from fengsui.core.pack.rules import Duty, Stage
from fengsui.core.pack.terms import FormField
from fengsui.core.problems import Problem, Where


class OwnValues(Strict):
    """Values that an organisation appends to a set which the plan leaves open."""

    values: dict[str, LabelField]
    clause: Clauses


class OwnTerms(Strict):
    """The sets that an organisation appends values to."""

    sets: dict[str, OwnValues] = Field(default_factory=dict)


class OwnDuties(Strict):
    """Duties that an organisation lays upon itself, one key per kind of case."""

    incident: tuple[Duty, ...] = ()
    warning: tuple[Duty, ...] = ()
    standing: tuple[Duty, ...] = ()
    key_period: tuple[Duty, ...] = ()


class OwnSteps(Strict):
    """Steps that an organisation appends at the end of a playbook."""

    steps: tuple[Stage, ...]


class OwnFields(Strict):
    """Fields that an organisation appends to a form."""

    fields: dict[str, FormField]
    clause: Clauses


class OverlayFile(Strict):
    """`overlay.yaml`: beside a pack, never in it. `for` names the pack; `ties` joins a regime's thing to an own one."""

    language: Literal["1"]
    for_: Id = Field(alias="for")
    readings: dict[str, Text] = Field(default_factory=dict)
    bind: dict[str, dict[str, Text]] = Field(default_factory=dict)
    terms: OwnTerms = Field(default_factory=OwnTerms)
    duties: OwnDuties = Field(default_factory=OwnDuties)
    playbooks: dict[str, OwnSteps] = Field(default_factory=dict)
    forms: dict[str, OwnFields] = Field(default_factory=dict)
    ties: dict[str, Text] = Field(default_factory=dict)


OwnPlace = tuple[str, int | None]
"""A path of keys in the overlay's own file, and its line."""


@dataclass(frozen=True)
class Overlay:
    """A pack with an organisation's additions, made by `core.overlay.apply`.

    `pack` is the plan as it then reads; `of` the digest of the pack below; `digest` that of the overlay's own data.
    """

    pack: Pack
    of: str
    digest: str
    file: str = "overlay.yaml"
    readings: Mapping[str, str] = field(default_factory=dict)
    binds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ties: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[tuple[str, str], OwnPlace] = field(default_factory=dict, repr=False)
    """Where the appended parts stand: (file, path) in the merged pack to the place in the overlay's own file."""

    def placed(self, problem: Problem) -> Problem:
        """Return a finding about the merged pack with the overlay's own file and line, where it is about its parts."""
        where = problem.where
        for cut in _prefixes(where.path):
            own = self.places.get((where.file, cut))
            if own is not None:
                path = own[0] + where.path[len(cut) :]
                return replace(problem, where=Where(self.file, own[1], path))
        return problem


def _prefixes(path: str) -> list[str]:
    """Return the path and the paths above it, the longest first."""
    cuts = [n for n, sign in enumerate(path) if sign in ".["]
    return [path, *(path[:n] for n in reversed(cuts))]
