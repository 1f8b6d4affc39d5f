"""What follows from a plan and its readings alone, made once for both: matrix, duties, coverage, findings.

Rules
- Kept by the digest of the pack, its readings, the regimes beside it and the language; nothing of a case is in it.
- A clause is carried out where a rule cites it; it is vague where the number of such a rule is not the text's own: a
  soft word, no limit, a reading. What is `not_executable` declares only, and does not count against the coverage.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby

from fengsui.cases.plan_pages import Block, Body, Chapter, Coverage, CoverCell, Finding, Findings, PlanClause, State
from fengsui.cases.selectors.authority import Told, link
from fengsui.cases.selectors.words import Held, pick
from fengsui.core import lint
from fengsui.core.explain import explain
from fengsui.core.lint.places import everything
from fengsui.core.pack import Duty, Grant, Pack, ReadingRef, Step
from fengsui.core.pack.terms import Clause
from fengsui.core.problems import Lang, Problem
from fengsui.core.timing import Every, NoLimit, Soft
from fengsui.core.trace import Paragraph, trace

STATES: Mapping[State, tuple[str, str]] = {
    "done": ("执行", "carried out"),
    "vague": ("原文无数值", "no number in the text"),
    "none": ("未建模", "not modelled"),
    "declared": ("宣示", "declares"),
}
_CITED = re.compile(
    r"(?<=[。.])\s?[（(][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*[）)](?=$|时限|以|至|用|取代|级别| )"
)
GRAVITY = {"error": ("必改", "must"), "warning": ("应改", "should"), "note": ("可改", "may")}
_PLACE = re.compile(r"\[L[\d-]+\]|¶.*|\bitem\b.*|\bpart\b.*")


def body_of(
    pack: Pack,
    readings: Mapping[str, str],
    lang: Lang,
    beside: tuple[Pack, ...] = (),
    ties: Mapping[str, str] | None = None,
) -> Body:
    """Return what follows from a plan, its readings and the regimes beside it."""
    key = (pack.digest, tuple(sorted(readings.items())), tuple(one.digest for one in beside), lang)
    return _body(key, tuple(sorted((ties or {}).items())), Held((pack, beside)))


@lru_cache(maxsize=24)
def _body(
    key: tuple[str, tuple[tuple[str, str], ...], tuple[str, ...], Lang], ties: tuple[tuple[str, str], ...], held: Held
) -> Body:
    pack, beside = held.thing
    _, readings, _, lang = key
    told = Told(pack, dict(readings), lang)
    found = lint.lint(pack, beside, dict(ties))
    return Body(
        matrix=told.matrix,
        duties=told.duties,
        coverage=coverage(pack, lang),
        findings=tuple(_findings(found, pack, beside, lang)),
        posts=sum(len(body.posts) for body in pack.bodies.values()),
    )


# ------------------------------------------------------------------------------------------------ coverage
def coverage(pack: Pack, lang: Lang) -> Coverage:
    """Return the clauses by chapter with what became of each."""
    states = clause_states(pack)
    chapters = tuple(
        Chapter(name, tuple(_cell(pack, id, states[id], lang) for id in ids)) for name, ids in chapters_of(pack)
    )
    counts = {state: sum(1 for one in states.values() if one == state) for state in STATES}
    asked = len(states) - counts["declared"]
    percent = f"{100 * (counts['done'] + counts['vague']) / asked:.1f}".removesuffix(".0") if asked else "100"
    return Coverage(chapters, counts["done"], counts["vague"], counts["none"], counts["declared"], percent)


def _cell(pack: Pack, id: str, state: State, lang: Lang) -> CoverCell:
    return CoverCell(link(pack, id), state, pick(STATES[state], lang))


def clause_states(pack: Pack) -> dict[str, State]:
    """Return what became of each clause of a plan, the regimes' beside it left out."""
    done: set[str] = set()
    vague: set[str] = set()
    for cited in everything(pack):
        done.update(cited.clause)
        if _is_vague(cited.thing):
            vague.update(cited.clause)
    return {id: _state(id, clause, done, vague) for id, clause in pack.clauses.items() if ":" not in id}


def _state(id: str, clause: Clause, done: set[str], vague: set[str]) -> State:
    if id in vague:
        return "vague"
    return "done" if id in done else "declared" if clause.not_executable else "none"


def _is_vague(thing: object) -> bool:
    """Whether the number or the holder of a rule is not the text's own."""
    if isinstance(thing, Grant):
        return bool(thing.hole) or any(isinstance(who, ReadingRef) for link_ in thing.links for who in link_.who)
    if isinstance(thing, Duty):
        hour = thing.every.at if isinstance(thing.every, Every) else thing.every
        silent = thing.within is None and thing.every is None and thing.keep is None
        return silent or isinstance(thing.within, Soft | NoLimit | ReadingRef) or isinstance(hour, ReadingRef)
    return isinstance(thing, Step) and isinstance(thing.within, Soft | ReadingRef)


def chapter_of(clause: Clause) -> str:
    """Return the chapter a clause stands in, by the first number of its place."""
    head = _PLACE.sub("", clause.at or clause.cite).split(">")[0].strip()
    number = re.match(r"(\d+)(?:\.\d+)*", head)
    return number[1] if number else head or clause.cite


def chapters_of(pack: Pack) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the chapters with the ids of their clauses, in the plan's order."""
    own = [(id, clause) for id, clause in pack.clauses.items() if ":" not in id]
    for name, group in groupby(own, lambda one: chapter_of(one[1])):
        yield name, tuple(id for id, _ in group)


# ------------------------------------------------------------------------------------------------ findings
def _findings(found: Iterable[Problem], pack: Pack, beside: tuple[Pack, ...], lang: Lang) -> Iterator[Findings]:
    regimes = {one.id: one for one in beside}
    for severity, labels in GRAVITY.items():
        these = [problem for problem in found if problem.severity == severity]
        order = list(dict.fromkeys(problem.code for problem in these))
        these.sort(key=lambda problem: order.index(problem.code))
        if these:
            told = tuple(_finding(problem, pack, regimes, lang) for problem in these)
            yield Findings(severity, pick(labels, lang), told)  # type: ignore[arg-type]


def _finding(problem: Problem, pack: Pack, regimes: Mapping[str, Pack], lang: Lang) -> Finding:
    cites = []
    for clause in dict.fromkeys(problem.clause):
        name, _, plain = clause.partition(":")
        cites.append(link(regimes[name], plain) if name in regimes else link(pack, clause))
    return Finding(problem.code, problem.message(lang), problem.hint(lang), tuple(cites))


# ------------------------------------------------------------------------------------------------ text and execution
def blocks_of(pack: Pack, readings: Mapping[str, str], text: str | None, lang: Lang) -> tuple[Block, ...]:
    """Return the plan piece by piece beside what carries it out: its own text, or our summaries without it."""
    return _blocks(pack.digest, tuple(sorted(readings.items())), text or "", lang, Held(pack))


@lru_cache(maxsize=16)
def _blocks(digest: str, readings: tuple[tuple[str, str], ...], text: str, lang: Lang, held: Held) -> tuple[Block, ...]:
    pack = held.thing
    shown = _Shown(pack, dict(readings), lang)
    if not text:
        return tuple(shown.block(chapter_of(clause), (), [id]) for id, clause in pack.clauses.items() if ":" not in id)
    return tuple(shown.blocks(trace(pack, text).paragraphs))


class _Shown:
    """The clauses of a plan as blocks."""

    def __init__(self, pack: Pack, readings: Mapping[str, str], lang: Lang) -> None:
        self.pack, self.lang, self.states = pack, lang, clause_states(pack)
        self.told: dict[str, tuple[str, ...]] = {}
        for reading in explain(pack, lang=lang, readings=readings):
            for clause in reading.clauses:
                self.told[clause] = (*self.told.get(clause, ()), uncited(reading.text))

    def blocks(self, paragraphs: Iterable[Paragraph]) -> Iterator[Block]:
        """Yield the paragraphs in order, those that go on with the same clauses together; then what has no place."""
        seen: set[str] = set()
        chapter, texts, ids = "", list[str](), list[str]()
        for one in paragraphs:
            new = [id for id in one.clauses if id not in seen]
            if texts and (new or not one.clauses):
                yield self.block(chapter, texts, ids)
                texts, ids = [], []
            if new:
                chapter = chapter_of(self.pack.clauses[new[0]])
            seen.update(new)
            texts, ids = [*texts, one.text.lstrip("#>*- ")], [*ids, *new]
        if texts:
            yield self.block(chapter, texts, ids)
        for id in self.states:
            if id not in seen:
                yield self.block(chapter_of(self.pack.clauses[id]), (), [id])

    def block(self, chapter: str, texts: Iterable[str], ids: Iterable[str]) -> Block:
        """Return one block."""
        clauses = tuple(self._clause(id) for id in ids)
        states = {self.states[one.id] for one in clauses}
        return Block(
            chapter, tuple(texts), clauses, "vague" if "vague" in states else "done" if "done" in states else ""
        )

    def _clause(self, id: str) -> PlanClause:
        clause = self.pack.clauses[id]
        says = clause.says if self.lang == "zh" or not clause.says_en else clause.says_en
        why = clause.not_executable or ""
        return PlanClause(id, clause.cite, clause.at or "", says, self.told.get(id, ()), why)


def uncited(sentence: str) -> str:
    """Return a sentence read aloud without the citation in it: it stands beside its clause already."""
    return _CITED.sub("", sentence).strip()


def parts_of(blocks: Iterable[Block]) -> list[tuple[str, list[Block]]]:
    """Return the blocks by part: a chapter, or small chapters together."""
    parts: list[tuple[str, list[Block]]] = []
    last = ""
    for chapter, group in groupby(blocks, lambda block: block.chapter):
        found = list(group)
        if parts and len(parts[-1][1]) + len(found) <= PART:
            last = parts[-1][0].partition("–")[0]
            name = f"{last}–{chapter}" if last and chapter != last else chapter or last
            parts[-1] = (name, [*parts[-1][1], *found])
        else:
            parts.append((chapter, found))
    return parts


PART = 36
"""How many blocks small chapters may fill together."""
