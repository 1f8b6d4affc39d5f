"""What each plan command does; the arguments come from the parser, the rules from the core."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fengsui.cli import show
from fengsui.cli.show import cites, lang_of, level, say
from fengsui.core import loader
from fengsui.core.book import Book
from fengsui.core.loader import shelf
from fengsui.core.pack import Pack
from fengsui.core.pack.vocabulary import near
from fengsui.core.problems import Lang, PackError, Problem, Where
from fengsui.core.timing import parse_instant

if TYPE_CHECKING:
    from fengsui.core.grading import Grade
    from fengsui.core.loader import Read

Clock = Callable[[], datetime]


# ------------------------------------------------------------------------------------------------ lint
def lint(options: argparse.Namespace, now: Clock | None) -> int:
    """Check a pack, perhaps with an organisation's additions; 1 when it has an error."""
    from fengsui.core.lint import lint as check

    lang = lang_of(options)
    pack = _pack(options.pack)
    beside = [_pack(name) for name in options.beside]
    findings = check(pack, beside) if options.overlay is None else _with_overlay(pack, options.overlay, beside)
    findings += _of_text(pack, options.text) if options.text else ()
    shown = [p for p in findings if p.severity == "error" or not options.errors]
    if options.json:
        found = [p.as_json(lang) for p in shown]
        show.as_json({"pack": pack.id, "version": pack.version, "digest": pack.digest, "problems": found})
    else:
        for problem in shown:
            say(*show.problem_lines(problem, lang))
        if options.gaps:
            say(*_gaps(pack, lang))
        answered = {
            "zh": f"{pack.id} {pack.version}：条款 {len(pack.clauses)} 条；",
            "en": f"{pack.id} {pack.version}: ",
        }
        say(answered[lang] + show.counted(findings, lang))
    return int(any(p.severity == "error" for p in findings))


def _of_text(pack: Pack, name: str) -> tuple[Problem, ...]:
    """Return the findings about the words of a plan's text; which paragraphs are answered is said by `trace`."""
    from fengsui.core.lint import lint_text
    from fengsui.core.trace import trace as traced

    text, file = _text(pack, name)
    odd = [problem for problem in traced(pack, text, file).problems if problem.code in _ODD]
    return (*odd, *lint_text(pack, text, file))


_ODD = ("text_numbering", "text_mojibake", "text_personal")


def _gaps(pack: Pack, lang: Lang) -> list[str]:
    """Return every combination that a grading table leaves out, gathered, one line each."""
    from fengsui.core.lint import counted, say_cube, uncovered

    lines: list[str] = []
    for name, method in pack.methods.items():
        count, groups = counted(pack, name), uncovered(pack, name)
        if method.otherwise == "no_rule" and method.rules and count and groups:
            lines.append(f"{method.en or name if lang == 'en' else method.zh}: {count[0]}/{count[1]}")
            lines += [f"  {say_cube(pack, cube, lang)}" for cube in groups]
    return lines


def _with_overlay(pack: Pack, file: str, beside: list[Pack]) -> tuple[Problem, ...]:
    """Return the findings about a pack as an organisation works by it, those about its additions with their lines."""
    from fengsui.core.lint import lint as check
    from fengsui.core.overlay import apply_read

    own = apply_read(pack, loader.read_data(file))
    return tuple(own.placed(problem) for problem in check(own.pack, beside, own.ties))


# ------------------------------------------------------------------------------------------------ scenarios
def test(options: argparse.Namespace, now: Clock | None) -> int:
    """Run a pack's scenarios."""
    from fengsui.cli import playing

    return playing.test(options)


def play(options: argparse.Namespace, now: Clock | None) -> int:
    """Play one scenario."""
    from fengsui.cli import playing

    return playing.play(options)


# ------------------------------------------------------------------------------------------------ grade
def grade(options: argparse.Namespace, now: Clock | None) -> int:
    """Grade facts; 0 also where the answer is bounded: that is an answer."""
    from fengsui.core.grading import grade as graded
    from fengsui.core.loader import answers

    pack = _pack(options.pack)
    found = answers(pack, _facts(options.facts))
    readings = found.readings | _readings(pack, options.set)
    book = Book.build(pack, readings, calendar=loader.work_calendar())
    at = _moment(pack, options.at or found.at, now)
    result = graded(book, found.facts, at, rest_none=found.rest_none or options.rest_none)
    if options.json:
        show.as_json({"pack": pack.id, "version": pack.version, **result.as_json(lang_of(options))})
    else:
        say(*_grade_lines(pack, result, lang_of(options)))
    return 0


def _facts(name: str) -> Read:
    if name == "-":
        return loader.read(sys.stdin.buffer.read(), "-")
    return loader.read_data(name)


def _readings(pack: Pack, given: list[str]) -> dict[str, str]:
    pairs = (word.partition("=") for word in given)
    return dict(loader.reading_text(pack, name.strip(), value.strip()) for name, _, value in pairs)


def _moment(pack: Pack, text: str | None, now: Clock | None) -> datetime:
    if text is None:
        if now is None:
            raise PackError([Problem("no_moment", {})])
        return now()
    try:
        return parse_instant(text, pack.zone)
    except ValueError:
        params = {"text": text, "type": "时刻", "type_en": "moment", "example": "2026-03-02 10:00"}
        raise PackError([Problem("bad_value", params, Where("--at"))]) from None


_STATUS: Mapping[str, tuple[str, str]] = {
    "decided": ("已经确定", "decided"),
    "ungraded": ("不够级", "below all levels"),
    "bounded": ("还不能确定", "not yet decided"),
    "no_rule": ("这种情形没有规则", "no rule fits"),
    "needs_interpretation": ("原文未写明，须先解读", "the plan's owner must decide a reading first"),
    "no_scale": ("本预案不分级", "this plan has no levels"),
    "handed_over": ("不按本预案处置，移交", "not graded here; handed over to"),
    "out_of_scope": ("不适用本预案", "out of the plan's scope"),
}


def _grade_lines(pack: Pack, result: Grade, lang: Lang) -> list[str]:
    en = lang == "en"
    status = _STATUS[result.status][en]
    lines = [f"{'Grade' if en else '定级'}: {status}"]
    if result.handed_to:
        lines[0] += f" {result.handed_to}"
    if result.level is not None:
        lines.append(f"  {'level' if en else '级别'}: {level(pack, result.level, lang)}")
    elif result.lowest is not None:
        ends = level(pack, result.lowest, lang), level(pack, result.highest, lang)
        lines.append(f"  {'between' if en else '介于'}: {ends[0]} {'and' if en else '与'} {ends[1]}")
    for key, zh, word in (("met", "成立", "met"), ("open", "待定", "open"), ("failed", "不成立", "failed")):
        lines += _criteria(pack, result, key, word if en else zh, lang)
    if result.next_question:
        label = pack.label("fact", result.next_question.fact, lang)
        lines.append(f"{'Ask next' if en else '最该先查明'}: {label}{cites(pack, result.next_question.clause)}")
    for change in (*result.raises, *result.lowers):
        lines.append(_change(pack, change.fact, change.value, change.lowest, change.highest, lang))
    lines += [f"{'Offer' if en else '可以'}: {o.en if en else o.zh}{cites(pack, o.clause)}" for o in result.offers]
    lines += [f"{'Note' if en else '说明'}: {n.en if en else n.zh}{cites(pack, n.clause)}" for n in result.notes]
    return lines


def _criteria(pack: Pack, result: Grade, key: str, word: str, lang: Lang) -> list[str]:
    rows = getattr(result, key)
    lines = [f"{word}:"] if rows else []
    for row in rows:
        said = [pack.label("fact", name, lang) for name in row.by]
        said += [_leaf(pack, text, lang) for text in sorted(leaf.text for leaf in row.missing)]
        detail = f": {'、'.join(said)}" if said else ""
        lines.append(f"  {row.id} → {level(pack, row.level, lang)}{detail}{cites(pack, row.clause)}")
    return lines


def _leaf(pack: Pack, text: str, lang: Lang) -> str:
    sort, _, name = text.partition(" ")
    if sort == "fact":
        return ("unknown: " if lang == "en" else "缺 ") + pack.label("fact", name, lang)
    if sort == "reading":
        return ("reading: " if lang == "en" else "待解读 ") + pack.label("reading", name, lang)
    return text


def _change(pack: Pack, fact: str, value: str, lowest: str, highest: str, lang: Lang) -> str:
    ends = [level(pack, one, lang) for one in dict.fromkeys((lowest, highest))]
    label = pack.label("fact", fact, lang)
    if lang == "en":
        return f"  if {label} were {value}: {' to '.join(ends)}"
    return f"  若{label}为 {value}：{'至'.join(ends)}"


# ------------------------------------------------------------------------------------------------ trace
def trace(options: argparse.Namespace, now: Clock | None) -> int:
    """Hold a pack against a text; 1 when a clause is not found in it."""
    from fengsui.core.trace import trace as traced

    lang, pack = lang_of(options), _pack(options.pack)
    text, file = _text(pack, options.text)
    coverage = traced(pack, text, file)
    if options.json:
        show.as_json({"pack": pack.id, **coverage.as_json(lang)})
        return int(bool(coverage.lost))
    for problem in coverage.problems:
        say(*show.problem_lines(problem, lang))
    found, counted = len(coverage.lines) - len(coverage.lost), len(coverage.counted)
    answered = counted - len(coverage.unanswered)
    if lang == "en":
        say(
            f"clauses found in the text: {found} of {len(coverage.lines)}; paragraphs answered: {answered} of {counted}"
        )
    else:
        say(f"条款在原文中找到 {found}/{len(coverage.lines)} 条；原文段落有条款对应 {answered}/{counted} 段")
    return int(bool(coverage.lost))


def _text(pack: Pack, name: str | None) -> tuple[str, str]:
    if name is None:
        if pack.text is None:
            raise PackError([Problem("no_text", {"pack": pack.id}, Where("text.md"))])
        return pack.text, "text.md"
    if name == "-":
        raw = sys.stdin.buffer.read()
    else:
        try:
            raw = Path(name).read_bytes()
        except OSError as error:
            raise PackError([loader.unreadable(error, name)]) from None
    text, problems = loader.decode(raw, name)
    if problems:
        raise PackError(problems)
    return text, name


# ------------------------------------------------------------------------------------------------ explain
def explain(options: argparse.Namespace, now: Clock | None) -> int:
    """Read a plan aloud, or the sentences of one rule or clause; 1 when nothing bears that name."""
    from fengsui.core.explain import SORTS
    from fengsui.core.explain import explain as read_aloud

    lang, pack = lang_of(options), _pack(options.pack)
    found = read_aloud(pack, lang=lang)
    if options.rule:
        found = read_aloud(pack, options.rule, lang) or tuple(r for r in found if options.rule in r.clauses)
        if not found:
            raise PackError([_no_rule(pack, options.rule)])
    if options.json:
        sentences = [{"rule": r.rule, "sort": r.sort, "text": r.text, "clause": list(r.clauses)} for r in found]
        show.as_json({"pack": pack.id, "version": pack.version, "sentences": sentences})
        return 0
    sort = ""
    for reading in found:
        if reading.sort != sort and not options.rule:
            sort = reading.sort
            say("", f"【{SORTS[sort][0]}】" if lang == "zh" else SORTS[sort][1].upper())
        say(f"{reading.text}  ‹{reading.rule}›")
    return 0


def _no_rule(pack: Pack, name: str) -> Problem:
    known = [*(g.id for g in pack.grants), *(d.id for d in pack.duties), *pack.steps, *pack.clauses, *pack.facts]
    return Problem(
        "unknown_name", {"sort": "规则", "sort_en": "rule", "name": name, **near(name, known)}, Where(pack.id)
    )


# ------------------------------------------------------------------------------------------------ diff
def diff(options: argparse.Namespace, now: Clock | None) -> int:
    """Compare two packs in rules; differences are an answer, not a problem."""
    from fengsui.core.diff import diff as compared

    lang = lang_of(options)
    result = compared(_pack(options.old), _pack(options.new))
    if options.json:
        show.as_json(result.as_json(lang))
    else:
        say(*result.lines(lang))
    return 0


def _pack(name: str) -> Pack:
    return shelf.load(loader.find(name), _kept())


def _kept() -> Path:
    """Return where packs once read are kept for this person."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fengsui" / "packs"
