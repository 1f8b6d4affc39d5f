"""The pages of one installed plan: the plan as it is carried out, its text beside it, two versions compared.

Rules
- A plan is shown as the reader's organisation carries it out: with its overlay and readings where it is in force there.
- Absent and of another root look the same: None.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fengsui.cases.plan_pages import Block, ChangeView, DiffPage, PlanPage, SourcePage, VersionRow
from fengsui.cases.selectors.authority import link
from fengsui.cases.selectors.plan_body import blocks_of, body_of, parts_of
from fengsui.cases.selectors.questions import questions_of
from fengsui.cases.selectors.words import Words, pick
from fengsui.core.diff import Change, diff
from fengsui.core.pack import Pack
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library

EXCERPT = 4
"""How many pieces of the text the plan's own page shows: those in which the text leaves a number open."""
SIGNS = {"added": "+", "removed": "-", "changed": "~"}
WEIGHTS = {
    "major": ("规则变了，版本号首位加一", "rules changed: a major version"),
    "minor": ("只增规则，版本号次位加一", "rules added only: a minor version"),
    "patch": ("只改文字，版本号末位加一", "words only: a patch"),
    "": ("没有差别", "no difference"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An installed plan on its way to a page: as installed, as carried out, its readings, what runs beside it."""

    installed: Pack
    pack: Pack
    words: Words
    readings: Mapping[str, str]
    beside: tuple[Pack, ...]
    ties: Mapping[str, str]
    in_force: frozenset[str]
    """Digests of the plan and the regimes in force in the reader's organisation."""

    @property
    def adopted(self) -> bool:
        """Whether this very version is in force, as the plan or beside it."""
        return self.installed.digest in self.in_force


def plan_page(person: str, pack: str, version: str, *, lang: Lang = "zh") -> PlanPage | None:
    """Return one installed plan, or None."""
    shown = carried_out(person, pack, version, lang)
    if shown is None:
        return None
    words, head = shown.words, shown.installed.head
    text = library.plan_text(words.root, words.organisation, shown.installed.digest)
    asked = questions_of(Words(shown.installed, words.root, words.organisation, lang))
    return PlanPage(
        id=head.id,
        version=head.version,
        title=words.title,
        issuer=head.issuer,
        in_force_from=str(head.in_force_from or ""),
        digest=shown.installed.digest,
        adopted=shown.adopted,
        overlay=shown.pack is not shown.installed,
        regime=head.kind == "regime",
        clauses=sum(1 for id in shown.pack.clauses if ":" not in id),
        body=body_of(shown.pack, shown.readings, lang, shown.beside, shown.ties),
        blocks=_excerpt(blocks_of(shown.pack, shown.readings, text, lang)),
        text=bool(text),
        versions=_versions(shown),
        questions=asked.questions,
        unset=asked.unset,
        beside=tuple(words.say(one.head.zh, one.head.en or one.head.zh) for one in shown.beside),
    )


def source_page(
    person: str, pack: str, version: str, *, part: int | None = None, clause: str = "", lang: Lang = "zh"
) -> SourcePage | None:
    """Return a part of a plan's text beside what carries it out: by number, or the part that holds a clause."""
    shown = carried_out(person, pack, version, lang)
    if shown is None:
        return None
    words, head = shown.words, shown.installed.head
    text = library.plan_text(words.root, words.organisation, shown.installed.digest)
    parts = parts_of(blocks_of(shown.pack, shown.readings, text, lang))
    holds = (n for n, (_, blocks) in enumerate(parts) if any(clause == one.id for b in blocks for one in b.clauses))
    chosen = min(max(next(holds, 0) if part is None else part, 0), len(parts) - 1)
    names = tuple(name for name, _ in parts)
    blocks = tuple(parts[chosen][1]) if parts else ()
    return SourcePage(head.id, head.version, words.title, bool(text), blocks, names, chosen)


def diff_page(person: str, pack: str, old: str, new: str, *, lang: Lang = "zh") -> DiffPage | None:
    """Return what differs between two installed versions of a plan, or None where one is missing."""
    who = directory.person(person)
    before = library.installed(who.root, pack, old) if who else None
    after = library.installed(who.root, pack, new) if who else None
    if who is None or before is None or after is None:
        return None
    found, words = diff(before, after), Words(after, who.root, who.organisation, lang)
    groups = tuple((name, rows) for name, rows in _groups(found.changes, before, after, lang) if rows)
    weight = pick(WEIGHTS[found.weight or ""], lang)
    return DiffPage(pack, words.title, old, new, found.advice, weight, groups)


def carried_out(person: str, pack: str, version: str, lang: Lang) -> Shown | None:
    """Return an installed plan as the reader's organisation carries it out, or None."""
    who = directory.person(person)
    found = library.installed(who.root, pack, version) if who else None
    if who is None or found is None:
        return None
    pin = library.governing(who.root, who.organisation)
    plain = Words(found, who.root, who.organisation, lang)
    in_force = {pin.pack: pin.readings, **dict(pin.regimes)} if pin else {}
    values = in_force.get(found.digest)
    readings = library.readings(who.root, values) if values else {}
    if pin is None or pin.pack != found.digest:
        return Shown(found, found, plain, readings, (), {}, frozenset(in_force))
    beside = tuple(library.pack(who.root, one) for one, _ in pin.regimes)
    own = library.applied(who.root, pin.pack, pin.overlay)
    if own is None:
        return Shown(found, found, plain, readings, beside, {}, frozenset(in_force))
    merged = Words(own.pack, who.root, who.organisation, lang)
    return Shown(found, own.pack, merged, {**own.readings, **readings}, beside, own.ties, frozenset(in_force))


def _excerpt(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    silent = [block for block in blocks if block.state == "vague"]
    carried = [block for block in blocks if any(one.rules for one in block.clauses)]
    return tuple((silent or carried or list(blocks))[:EXCERPT])


def _versions(shown: Shown) -> tuple[VersionRow, ...]:
    rows = [row for row in library.packs(shown.words.root) if row.name == shown.installed.id]
    before = [row.version for row in rows[1:]] + [""]
    return tuple(
        VersionRow(
            row.version,
            row.installed_at,
            row.digest in shown.in_force,
            older if older != row.version else "",
        )
        for row, older in zip(rows, before, strict=True)
    )


def _groups(
    changes: Iterable[Change], before: Pack, after: Pack, lang: Lang
) -> Iterator[tuple[str, tuple[ChangeView, ...]]]:
    rows = list(changes)
    duties = [one for one in rows if one.sort == "duty"]
    words = [one for one in rows if one.weight == "patch" and one not in duties]
    rules = [one for one in rows if one not in duties and one not in words]
    for label, group in ((("义务", "Duties"), duties), (("权限与其他规则", "Grants and other rules"), rules)):
        yield pick(label, lang), tuple(_change(one, before, after, lang) for one in group)
    yield pick(("文字与条款", "Words and clauses"), lang), tuple(_change(one, before, after, lang) for one in words)


def _change(one: Change, before: Pack, after: Pack, lang: Lang) -> ChangeView:
    named = (one.rule,) if one.sort == "clause" else one.clause
    cites = tuple(link(after if clause in after.clauses else before, clause) for clause in dict.fromkeys(named))
    return ChangeView(SIGNS[one.change], one.zh if lang == "zh" else one.en, one.weight, cites)  # type: ignore[arg-type]
