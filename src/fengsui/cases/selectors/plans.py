"""Installed plans: the list, and one clause by clause, where a citation leads."""

from collections.abc import Mapping

from fengsui.cases.plan_pages import PlanClause, PlanPage, PlanRow
from fengsui.cases.selectors.words import Words
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library


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
    pin = library.governing(who.root, who.organisation)
    rows = [
        PlanRow(one.name, one.version, one.title, pin is not None and pin.pack == one.digest, one.installed_at)
        for one in library.packs(who.root)
    ]
    return tuple(sorted(rows, key=lambda row: not row.adopted))


def _decided(root: str, organisation: str, digest: str) -> Mapping[str, str]:
    pin = library.governing(root, organisation)
    return library.readings(root, pin.readings) if pin is not None and pin.pack == digest else {}


def _clause(id: str, words: Words) -> PlanClause:
    cite = words.cite(id)
    why = words.pack.clauses[id].not_executable or ""
    return PlanClause(id, cite.short, cite.at, cite.says, cite.rules, why, cite.text)
