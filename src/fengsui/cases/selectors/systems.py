"""Affected systems: rows of the register as the engine takes them, and as the pages show those of a case.

Rules
- A system enters a case as the register has it at that moment; later changes of the register move no case.
- The case keeps ids and values; names are looked up, also of systems no longer in use.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fengsui.cases.pages import Choice, SystemRow
from fengsui.cases.selectors.words import Words
from fengsui.core.case import Case
from fengsui.directory import selectors as directory


def chosen(one: str | None, several: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of systems that were picked, each once, the first picked first."""
    return tuple(dict.fromkeys(id for id in (one or "", *several) if id))


def register_rows(root: str, organisation: str, ids: Sequence[str]) -> tuple[dict[str, str], ...]:
    """Return the systems in use with these ids as the engine takes them; ids that are not there are left out."""
    if not ids:
        return ()
    known = {row.id: row for row in directory.assets(root, organisation)}
    return tuple({**known[id].attributes, "id": id, "owner": known[id].owner} for id in ids if id in known)


def systems(case: Case, words: Words) -> tuple[SystemRow, ...]:
    """Return the affected systems of a case, the one that gives the facts first."""
    rows = []
    for one in sorted(case.assets, key=lambda row: row.id != case.lead):
        found = directory.asset(words.root, one.id)
        rows.append(
            SystemRow(
                id=one.id,
                label=found.name if found else one.id,
                owner=words.body(one.owner) if one.owner else "",
                attributes=words.join(attributes(one.facts, words)),
                lead=one.id == case.lead,
            )
        )
    return tuple(rows)


def affected(content: Mapping[str, Any], words: Words) -> list[str]:
    """Return what an event says of affected systems: their names, the one that gives the facts first."""
    ids = [str(row["id"]) for row in content.get("assets") or ()]
    ordered = sorted(ids, key=lambda id: id != content.get("lead"))
    names = [row.name if row else id for id in ordered for row in (directory.asset(words.root, id),)]
    return [words.say("涉事系统：", "affected systems: ") + words.join(names)] if names else []


def lead_name(case: Case, words: Words) -> str:
    """Return the name of the system that gives `asset.*`, where the case knows which one it is."""
    found = directory.asset(words.root, case.lead) if case.lead else None
    return found.name if found else ""


def further(case: Case, words: Words) -> tuple[Choice, ...]:
    """Return the systems of the register that are not on the case yet."""
    there = {one.id for one in case.assets}
    return tuple(choice for choice in choices(words.root, words.organisation, words) if choice.id not in there)


def choices(root: str, organisation: str, words: Words) -> tuple[Choice, ...]:
    """Return the systems of an organisation to pick from: name, and as a hint owner and values."""
    return tuple(
        Choice(row.id, row.name, words.join([words.body(row.owner), *attributes(row.attributes, words)]))
        for row in directory.assets(root, organisation)
    )


def attributes(values: Mapping[str, str], words: Words) -> list[str]:
    """Return values of the register, each with what the plan calls it."""
    return [f"{words.pack.label('fact', name, words.lang)} {words.value(name, text)}" for name, text in values.items()]
