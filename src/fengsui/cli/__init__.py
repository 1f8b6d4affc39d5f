"""The plan commands: `fengsui lint | test | grade | play | trace | explain | diff`. Core only; no Django.

Rules
- Exit status: 0 all is well, 1 a problem or an expectation not met, 2 wrong use of the command.
- PACK is a directory or the id of a shipped pack; names may be ids or Chinese names.
- Broken input is a problem with file and line on standard error (with --json in the JSON), never a traceback.
- The one command line lives in `fengsui.main`; the clock is handed in by the caller.

Example: `run(["lint", "demo-linjiang"])`.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

Clock = Callable[[], datetime]


def run(argv: list[str], now: Clock | None = None) -> int:
    """Run one plan command. `now` gives the present moment where a command needs one and `--at` is absent."""
    parser = _parser()
    try:
        options = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    return _carry_out(options, now)


def _carry_out(options: argparse.Namespace, now: Clock | None) -> int:
    from fengsui.cli import commands, show
    from fengsui.core.problems import PackError, Refused

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show a sign shows a question mark
    try:
        return int(getattr(commands, options.command)(options, now))
    except PackError as error:
        return show.broken(options, error.problems)
    except Refused as refused:
        return show.broken(options, (refused.problem,))
    except BrokenPipeError:
        sys.stderr.close()
        return 1


# ------------------------------------------------------------------------------------------------ arguments
_PACK = "a pack's directory, or the id of a shipped pack"


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fengsui", description="Plans as data: check, test, grade, play, read aloud.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _lint(commands)
    _test(commands)
    _grade(commands)
    _play(commands)
    _trace(commands)
    _explain(commands)
    _diff(commands)
    return parser


def _command(commands: _Commands, name: str, what: str, example: str) -> argparse.ArgumentParser:
    found = commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=f"example:\n  {example}\n\nexit status: 0 well, 1 a problem or an expectation not met, 2 wrong use",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--json", action="store_true", help="answer as JSON on standard output")
    found.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of sentences (default: zh)")
    return found


def _lint(commands: _Commands) -> None:
    what = "check a pack: every problem with file, line and remedy"
    parser = _command(commands, "lint", what, "fengsui lint demo-linjiang --errors")
    parser.add_argument("pack", metavar="PACK", help=_PACK)
    parser.add_argument("--errors", action="store_true", help="show errors only; warnings and notes are counted")
    parser.add_argument("--text", metavar="FILE", help="also check the words of the plan's own text")
    parser.add_argument("--gaps", action="store_true", help="list every combination of facts that no rule covers")
    parser.add_argument("--overlay", metavar="FILE", help="check it together with an organisation's own additions")
    with_ = "regimes beside it: what of them is not tied to the plan"
    parser.add_argument("--with", dest="beside", metavar="PACK", nargs="+", default=[], help=with_)


def _test(commands: _Commands) -> None:
    what = "run the scenarios of a pack and compare what they expect"
    parser = _command(commands, "test", what, "fengsui test demo-linjiang --mutate")
    parser.add_argument("pack", metavar="PACK", help=_PACK)
    parser.add_argument("--only", metavar="TEXT", help="only scenarios whose name or row holds TEXT")
    parser.add_argument(
        "--mutate",
        action="store_true",
        help="change each rule in turn (drop, threshold, limit, any/all, holder): what does no scenario notice?",
    )
    parser.add_argument("--accept", action="store_true", help="rewrite expectations that differ, for review")


def _grade(commands: _Commands) -> None:
    what = "grade facts by a pack, with reasons, bounds and the next question"
    example = "echo '{interrupted_at: 2026-03-02 07:00, asset.important: yes}' | fengsui grade demo-linjiang --facts -"
    parser = _command(commands, "grade", what, example)
    parser.add_argument("pack", metavar="PACK", help=_PACK)
    parser.add_argument("--facts", metavar="FILE", required=True, help="YAML or JSON of facts; - reads standard input")
    parser.add_argument("--at", metavar="TIME", help="moment in the pack's zone, '2026-03-02 10:00' (default: now)")
    parser.add_argument("--rest-none", action="store_true", help="every fact not mentioned was checked and is nil")
    parser.add_argument("--set", metavar="READING=VALUE", action="append", default=[], help="set a reading")


def _play(commands: _Commands) -> None:
    what = "play a scenario: what happened, what is owed, what may be done next"
    parser = _command(commands, "play", what, "fengsui play chongqing-finance-regulator S3-G41")
    parser.add_argument("pack", metavar="PACK", help=_PACK)
    parser.add_argument("scenario", metavar="SCENARIO", help="name or row of a scenario, or a scenario file")
    parser.add_argument("--name", metavar="NAME", help="which scenario of a file that holds several")


def _trace(commands: _Commands) -> None:
    what = "hold a pack against the text of its plan: where clauses stand, what no clause answers"
    parser = _command(commands, "trace", what, "fengsui trace demo-linjiang plan.txt")
    parser.add_argument("pack", metavar="PACK", help=_PACK)
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", help="the plan as plain text or Markdown (default: the pack's text.md)"
    )


def _explain(commands: _Commands) -> None:
    what = "read a plan aloud, one sentence a rule"
    parser = _command(commands, "explain", what, "fengsui explain demo-linjiang end_III")
    parser.add_argument("pack", metavar="PACK", help=_PACK)
    parser.add_argument("rule", metavar="RULE", nargs="?", help="a rule's id, or a clause: only its sentences")


def _diff(commands: _Commands) -> None:
    what = "compare two packs in rules, and say which version number that takes"
    parser = _command(commands, "diff", what, "fengsui diff packs/old packs/new")
    parser.add_argument("old", metavar="A", help=_PACK)
    parser.add_argument("new", metavar="B", help=_PACK)
