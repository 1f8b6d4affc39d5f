"""An installed plan clause by clause: where a citation leads."""

from fengsui.cases.pages import PlanClause, PlanPage
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
    return PlanPage(
        found.id, found.version, words.title, found.head.issuer, tuple(_clause(id, words) for id in found.clauses)
    )


def _clause(id: str, words: Words) -> PlanClause:
    cite = words.cite(id)
    why = words.pack.clauses[id].not_executable or ""
    return PlanClause(id, cite.short, cite.at, cite.says, cite.rules, why, cite.text)
