"""Installed plans: the list."""

from fengsui.cases.plan_pages import PlanRow
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library

AUTHOR = "plan_author"
"""The office that may decide what no plan gives to somebody."""


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
