"""Installed plans: the list, and one clause by clause, where a citation leads."""

from collections.abc import Mapping

from fengsui.cases.plan_pages import PlanClause, PlanPage, PlanRow
from fengsui.cases.selectors.words import Words
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library

AUTHOR = "plan_author"
"""The office that may decide what no plan gives to somebody."""


def plan_page(person: str, pack: str, version: str, *, lang: Lang = "zh") -> PlanPage | None:
    """Return the clauses of a plan installed in the reader's root, or None."""
    who = directory.person(person)
    found = library.installed(who.root, pack, version) if who else None
    if who is None or found is None:
        return None
    words = Words(found, who.root, who.organisation, lang)
    clauses = tuple(_clause(id, words) for id in found.clauses)
    readings = len(found.words.parameters) + len(found.readings.switches)
    unset = readings - len(_decided(who.root, who.organisation, found.digest))
    return PlanPage(found.id, found.version, words.title, found.head.issuer, clauses, readings, unset)


def plans_page(person: str) -> tuple[PlanRow, ...]:
    """Return the plans installed in the reader's root, the one in force first."""
    who = directory.person(person)
    if who is None:
        return ()
    rows = [_row(one, who) for one in library.packs(who.root)]
    return tuple(sorted(rows, key=lambda row: (not row.adopted, row.regime)))


def _row(one: library.PackRef, who: directory.PersonRef) -> PlanRow:
    """Return one installed plan; a regime may be put beside the plan in force by the plan's author."""
    adopted = library.in_force(who.root, who.organisation, one.digest) is not None
    regime = library.pack(who.root, one.digest).head.kind == "regime"
    may = regime and who.office == AUTHOR and library.governing(who.root, who.organisation) is not None
    return PlanRow(one.name, one.version, one.title, adopted, one.installed_at, regime, may)


def _decided(root: str, organisation: str, digest: str) -> Mapping[str, str]:
    found = library.in_force(root, organisation, digest)
    return library.readings(root, found) if found else {}


def _clause(id: str, words: Words) -> PlanClause:
    cite = words.cite(id)
    why = words.pack.clauses[id].not_executable or ""
    return PlanClause(id, cite.short, cite.at, cite.says, cite.rules, why, cite.text)
