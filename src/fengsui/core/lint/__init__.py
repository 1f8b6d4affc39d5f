"""Pack → findings: what is wrong with a pack, and what is odd about the plan it holds.

Rules
- The codes are the families that plans share (COVER, DEAD, UNUSED, LEVEL, WARN, ACTOR, RECIP, CLOCK, LIMIT, FREQ, TIME,
  END, CHAIN, AUTH, CONFLICT, CONTRA, GAP, ORDER, SHADOW, INVERT, SOFT, THRESH, BODY, EXT, OUTSIDE, SCOPE, ANNEX, DATE,
  LAW, MISSING, READING, INFERRED, HOLE, TERM, REGIME, CLIMB, DUP, TEXT, PII; of a text also NUM, OCR, TYPO, STRUCT).
- An `error` blocks publishing; a `warning` or `note` is for the plan's owner to see.
- References to things that do not exist never get here: `loader` refuses them.

Example: `[p for p in lint(pack) if p.severity == "error"]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fengsui.core.lint import codes, codes_open, codes_text
from fengsui.core.lint.authority import authority
from fengsui.core.lint.beside import beside as together
from fengsui.core.lint.levels import levels
from fengsui.core.lint.owing import owing
from fengsui.core.lint.plan import coverage, plan
from fengsui.core.lint.silence import silence
from fengsui.core.lint.standards import citations
from fengsui.core.lint.tables import counted, say_cube, tables, uncovered
from fengsui.core.lint.tensions import tensions
from fengsui.core.lint.text import lint_text
from fengsui.core.lint.uses import ambiguous, unused
from fengsui.core.pack import Pack
from fengsui.core.problems import Problem

_GRAVITY = {"error": 0, "warning": 1, "note": 2}


def lint(pack: Pack, beside: Sequence[Pack] = (), ties: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """Return every finding about a pack: errors, then warnings, then notes, each by file and line.

    `beside` are regimes that are to run beside it: then also what of them is not tied to the plan (`ties`: by hand).
    """
    checks = (plan, ambiguous, unused, authority, owing, levels, tables, silence, tensions, citations)
    findings = [problem for check in checks for problem in check(pack)]
    findings += together(pack, beside, ties or {}) if beside else ()
    return tuple(sorted(findings, key=_place))


def _place(problem: Problem) -> tuple[int, str, int, str, str]:
    where = problem.where
    return _GRAVITY[problem.severity], where.file, where.line or 0, where.path, problem.code


__all__ = [
    "codes",
    "codes_open",
    "codes_text",
    "counted",
    "coverage",
    "lint",
    "lint_text",
    "say_cube",
    "uncovered",
]
