"""Several affected systems on one case: which leads, what the case then knows, who takes part (language 2, 9.5).

Rules
- An affected system is a row of the register: its `id`, its `owner`, its `asset.*` values as text.
- The lead is the gravest: highest `asset.protection_grade`, then `asset.cii: yes`, then the order given. A row that
  does not say its grade is the lightest. `asset.x` is the value of the lead, never a mixture of several rows.
- `asset.count` is the number of affected systems; it is counted, never stated.
- The owner of the lead owns the case, unless the report names the owner; owners of the others are `with`. A system
  added later may become the lead and give the facts; the case stays with its owner, for a value moves no hands.
- The event carries what follows (`lead`, `asset`, `with`), so that replay chooses nothing.

Example: `Affecting.of(rows, pack).event_content(None, "office@A")` is what `opened` holds of two systems.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fengsui.core.case import Affected, Case
from fengsui.core.engine.ask import typed
from fengsui.core.engine.drafts import kept
from fengsui.core.engine.refusals import bad_act
from fengsui.core.pack import BadValue, Pack, parse_value
from fengsui.core.problems import Refused

COUNT = "asset.count"
REGISTER = "register"
"""The source of a fact that came with an affected system."""
GRADE, CII = "asset.protection_grade", "asset.cii"


def read_rows(rows: Iterable[Mapping[str, str]], pack: Pack) -> tuple[Affected, ...]:
    """Return the systems that rows of the register mean. Raises Refused (`bad_act`)."""
    found = tuple(_row(row, n, pack) for n, row in enumerate(rows, start=1))
    ids = [row.id for row in found]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        raise bad_act(f"系统“{twice}”写了两次", f"the system '{twice}' is named twice")
    return found


def _row(row: Mapping[str, str], n: int, pack: Pack) -> Affected:
    owner = row.get("owner") or None
    if owner is not None:
        check_owner(owner, pack)
    facts = read_facts({name: value for name, value in row.items() if name not in ("id", "owner")}, pack)
    return Affected(str(row.get("id") or n), owner, facts)


def check_owner(owner: str, pack: Pack) -> None:
    """Refuse (`bad_act`) an owner that is no body of the plan, or not one unit of a body with many."""
    head = owner.partition("@")[0]
    body = head.partition(".")[0]
    if body not in pack.bodies:
        raise bad_act(f"没有机构“{owner}”", f"there is no body '{owner}'")
    if pack.bodies[body].many and "@" not in owner:
        raise bad_act(f"须写明是哪一个{pack.body_label(head)}", f"say which {head} it is")


def read_facts(values: Mapping[str, str], pack: Pack) -> dict[str, str]:
    """Return `asset.*` values by their full names, held against the types of the pack. Raises Refused (`bad_act`)."""
    facts = {f"asset.{name.removeprefix('asset.')}": str(value) for name, value in values.items()}
    if COUNT in facts:
        raise counted(pack)
    for name in facts.keys() & pack.facts.keys():
        typed(facts[name], pack.facts[name].type, pack, pack.facts[name].zh)
    return facts


def counted(pack: Pack) -> Refused:
    """Return the refusal of a number of systems that somebody states."""
    label = pack.label("fact", COUNT)
    return bad_act(
        f"“{label}”由系统按涉事系统清点，不能填报", "affected systems are counted from those named, not stated"
    )


def gravest(rows: Iterable[Affected], pack: Pack) -> Affected:
    """Return the lead: the first of the gravest rows."""
    return max(rows, key=lambda row: (_rank(row.facts.get(GRADE), pack), row.facts.get(CII) == "yes"))


def _rank(text: str | None, pack: Pack) -> float:
    """Return where a protection grade stands; a row that does not say it comes last."""
    rule = pack.facts.get(GRADE)
    if text is None:
        return -1.0
    if rule is not None and rule.type.kind == "scale":
        members = pack.words.domain.scales.get(str(rule.type.name), ())
        return float(members.index(text)) if text in members else -1.0
    try:
        return float(parse_value(text, rule.type, pack.words.domain) if rule else text)  # type: ignore[arg-type]
    except (BadValue, TypeError, ValueError):
        return -1.0


@dataclass(frozen=True, slots=True)
class Affecting:
    """All affected systems of a case with their lead."""

    rows: tuple[Affected, ...]
    lead: Affected
    pack: Pack

    @classmethod
    def of(cls, rows: tuple[Affected, ...], pack: Pack) -> Affecting:
        """Return the systems with the gravest in the lead; there is at least one."""
        return cls(rows, gravest(rows, pack), pack)

    def event_content(self, case: Case | None, owner: str | None = None) -> dict[str, object]:
        """Return what the event holds: all rows, the lead, the facts that change with it, the other owners."""
        moved = case is None or case.lead != self.lead.id
        facts = {**(self.lead.facts if moved else {}), **count_of(len(self.rows), self.pack)}
        others = dict.fromkeys(row.owner for row in self.rows if row.owner and row.owner != owner)
        rows = [kept(id=row.id, owner=row.owner, facts=row.facts) for row in self.rows]
        return kept(**{"assets": rows, "lead": self.lead.id, "asset": facts, "with": list(others)})


def count_of(n: int, pack: Pack) -> dict[str, str]:
    """Return the number of affected systems as the fact that the pack knows, if it asks for it."""
    return {COUNT: str(n)} if COUNT in pack.facts else {}


def added(case: Case, rows: Iterable[Mapping[str, str]], pack: Pack) -> dict[str, object]:
    """Return the content of an event that adds systems to a running case. Raises Refused (`bad_act`)."""
    more = read_rows(rows, pack)
    there = _standing(case)
    known = {row.id for row in there}
    again = next((row.id for row in more if row.id in known), None)
    if again is not None:
        raise bad_act(f"系统“{again}”已经列入本案", f"the system '{again}' is on this case already")
    return Affecting.of((*there, *more), pack).event_content(case, case.owner)


def _standing(case: Case) -> tuple[Affected, ...]:
    """Return the systems of the case; one that was named without its id is the first."""
    if case.assets:
        return case.assets
    facts = {name: fact.value for name, fact in case.facts.items() if fact.source == REGISTER and name != COUNT}
    said = {name: value for name, value in facts.items() if isinstance(value, str)}
    return (Affected("1", case.owner, said),) if said else ()


def put_right(case: Case, rows: Iterable[Mapping[str, str]], pack: Pack) -> dict[str, object]:
    """Return the content of a correction: the systems that are affected, instead of those named before."""
    return Affecting.of(read_rows(rows, pack), pack).event_content(None, case.owner)
