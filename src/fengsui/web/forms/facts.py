"""Facts as a form: a value and how sure it is (已核实, 待核实, 不清楚), in the names `f.<fact>` and `k.<fact>`.

Rules
* "不清楚" is an answer: it empties the value. A fact known before and unknown now is sent as unknown; one that nobody
  ever answered is not sent at all.
* A value without a sign of certainty counts as unverified; certainty without a value is an error, said by its field.
* Values stay the language's own text; whether "2h" is a length is the engine's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from fengsui.cases.pages import Choice, Cite, FactRow
from fengsui.core.case import FactText


def text(typed: QueryDict, name: str) -> str:
    """One typed value, without the spaces around it; empty when there is none."""
    return str(typed.get(name) or "").strip()


LENGTHS = (("小时", "h"), ("分钟", "min"), ("天", "d"), ("时", "h"), ("分", "min"), ("秒", "s"))


def written(kind: str, said: str) -> str:
    """What people write beside the unit of a field, in the language's own text: 30 is 30%, 500万元 is 500万 CNY.

    Anything else is left as it is; the plan's types judge it.
    """
    if kind == "percent" and re.fullmatch(r"[\d.]+", said):
        return f"{said}%"
    if kind == "money" and not re.search(r"[A-Z]{3}$", said):
        return f"{said.removesuffix('元').strip()} CNY"
    if kind == "count":
        return re.sub(r"(?<=[0-9万亿])[人个台次起]$", "", said)
    if kind == "duration":
        for word, unit in LENGTHS:
            said = said.replace(word, unit)
        return said.replace(" ", "")
    return said


@dataclass(frozen=True, slots=True)
class Error:
    """One thing to mend: the field's anchor, and the sentence that stands at the field too."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class BoundFact:
    """A fact of the page with what was typed."""

    row: FactRow
    value: str
    chosen: tuple[str, ...]
    state: str
    error: str = ""

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def label(self) -> str:
        return self.row.label

    @property
    def kind(self) -> str:
        return self.row.kind

    @property
    def many(self) -> bool:
        return self.row.many

    @property
    def options(self) -> tuple[Choice, ...]:
        return self.row.options

    @property
    def unit(self) -> str:
        return self.row.unit

    @property
    def judged(self) -> bool:
        return self.row.judged

    @property
    def source(self) -> str:
        return self.row.source

    @property
    def as_of(self) -> object:
        return self.row.as_of

    @property
    def cite(self) -> Cite | None:
        return self.row.cite


@dataclass(slots=True)
class Facts:
    """What a form says about facts, ready for an act."""

    known: dict[str, FactText] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)


def bind(rows: Iterable[FactRow], typed: QueryDict | None, errors: Iterable[Error] = ()) -> tuple[BoundFact, ...]:
    """The rows with what was typed in place of what is recorded."""
    wrong = {error.anchor: error.text for error in errors}
    return tuple(_bind(row, typed, wrong.get(f"fact-{row.name}", "")) for row in rows)


def _bind(row: FactRow, typed: QueryDict | None, error: str) -> BoundFact:
    if typed is None or f"k.{row.name}" not in typed and f"f.{row.name}" not in typed:
        return BoundFact(row, row.value, tuple(row.value.split()) if row.options else (), row.state, error)
    values = [str(value) for value in typed.getlist(f"f.{row.name}")]
    state = text(typed, f"k.{row.name}") or "unverified"
    return BoundFact(row, " ".join(values), tuple(values), state, error)


def read(rows: Iterable[FactRow], typed: QueryDict) -> Facts:
    """What the form says: new values, what became unknown, what is not verified, and what has to be mended."""
    facts = Facts()
    for row in rows:
        _read(row, typed, facts)
    return facts


def _read(row: FactRow, typed: QueryDict, facts: Facts) -> None:
    said = [str(value).strip() for value in typed.getlist(f"f.{row.name}") if str(value).strip()]
    values = [written(row.kind, value) for value in said]
    state = text(typed, f"k.{row.name}") or ("unverified" if values else "unknown")
    if state == "unknown" or not values and row.kind == "set":
        if row.state in ("verified", "unverified"):
            facts.unknown.append(row.name)
            facts.changed.append(row.name)
        return
    if not values:
        facts.errors.append(
            Error(f"fact-{row.name}", _("“%(label)s”选了已知，还要填值；不知道就选“不清楚”") % {"label": row.label})
        )
        return
    facts.known[row.name] = tuple(values) if row.many else values[0]
    if state == "unverified":
        facts.unverified.append(row.name)
    if " ".join(values) != row.value or state != row.state:
        facts.changed.append(row.name)
