"""How answers look at a terminal: plain text, Chinese by default; with --json one JSON value on standard output."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence

from fengsui.core.pack import Pack
from fengsui.core.problems import Lang, Problem

_SEVERITY = {"error": ("错误", "error"), "warning": ("警告", "warning"), "note": ("提示", "note")}


def lang_of(options: argparse.Namespace) -> Lang:
    """Return the language asked for."""
    return "en" if options.lang == "en" else "zh"


def say(*lines: str) -> None:
    """Write lines to standard output."""
    for line in lines:
        sys.stdout.write(line + "\n")


def as_json(value: object) -> None:
    """Write one JSON value to standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def broken(options: argparse.Namespace, problems: Sequence[Problem]) -> int:
    """Show problems that kept a command from answering: JSON on standard output, or sentences on standard error."""
    lang = lang_of(options)
    if options.json:
        as_json({"problems": [problem.as_json(lang) for problem in problems]})
    else:
        for problem in problems:
            sys.stderr.write("\n".join(problem_lines(problem, lang)) + "\n")
    return 1


def problem_lines(problem: Problem, lang: Lang) -> list[str]:
    """Return a problem as a line with its place and code, and a line with its remedy."""
    where = problem.where
    place = f"{where.file}:{where.line}" if where.line else where.file
    severity = _SEVERITY[problem.severity][lang == "en"]
    clause = f" [{' '.join(problem.clause)}]" if problem.clause else ""
    path = f" ({where.path})" if where.path else ""
    head = f"{place}: " if place else ""
    return [
        f"{head}{severity} {problem.code}{path}{clause}",
        f"    {problem.message(lang)}",
        f"    → {problem.hint(lang)}",
    ]


def counted(problems: Iterable[Problem], lang: Lang) -> str:
    """Return how many problems there are of each severity."""
    counts = dict.fromkeys(_SEVERITY, 0)
    for problem in problems:
        counts[problem.severity] += 1
    parts = [f"{n} {_SEVERITY[s][1]}{'s' if n != 1 else ''}" for s, n in counts.items()]
    return ", ".join(parts) if lang == "en" else "，".join(f"{_SEVERITY[s][0]} {n}" for s, n in counts.items())


def cites(pack: Pack, clauses: Iterable[str]) -> str:
    """Return clauses as the screen shows them: （第四篇 三(三)）."""
    found = list(dict.fromkeys(pack.cite(clause) for clause in clauses))
    return f"（{'、'.join(found)}）" if found else ""


def level(pack: Pack, name: str | None, lang: Lang) -> str:
    """Return a level with its id: 重大（II）."""
    if name is None:
        return "无" if lang == "zh" else "none"
    label = pack.label("level", name, lang)
    if label == name:
        return {"none": "不够级" if lang == "zh" else "below all levels"}.get(name, name)
    return f"{label}（{name}）" if lang == "zh" else f"{label} ({name})"
