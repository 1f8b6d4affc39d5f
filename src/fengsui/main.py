"""The one `fengsui` command.

Rules
- Plan commands (lint, test, grade, play, trace, explain, diff) go to `fengsui.cli` and need no Django.
- Service commands (serve, work, demo, doctor, createadmin, migrate, backup, restore) go to `fengsui.server`.
- Both are imported only when needed, so that `fengsui --help` answers at once.
"""

import argparse
import sys

PLAN = {
    "lint": "check a pack: every problem with file, line and remedy",
    "test": "run a pack's scenarios; --mutate shows the rules that none of them protects",
    "grade": "grade facts by a pack, with reasons and what is still open",
    "play": "play a scenario and print what happened and what is owed",
    "trace": "hold a pack against the text of its plan",
    "explain": "read a plan, or one rule of it, aloud",
    "diff": "compare two packs rule by rule",
}
SERVICE = {
    "serve": "start the web service and its worker",
    "work": "start only a worker: due times, notices",
    "demo": "build the fictional bureau with a running incident, then serve it",
    "doctor": "check this installation and say how to mend it",
    "createadmin": "create or re-enable an administrator's account",
    "migrate": "bring the database up to date with this version",
    "backup": "write database and evidence into one file",
    "restore": "put such a file in the place of this installation, and verify it",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs one command line. Returns 0, 1 (expectation or problem) or 2 (wrong use)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    command = arguments[0] if arguments else ""
    try:
        return _dispatch(command, arguments)
    except KeyboardInterrupt:
        return 130


def _dispatch(command: str, arguments: list[str]) -> int:
    if command in PLAN:
        from fengsui import cli
        from fengsui.server.clock import now

        return cli.run(arguments, now)
    if command in SERVICE:
        from fengsui.server import commands

        return commands.run(arguments)
    _usage().parse_args(arguments)
    _usage().print_help()
    return 2


def _usage() -> argparse.ArgumentParser:
    from fengsui import __version__

    lines = ["plans (no database needed):", *_table(PLAN), "", "service:", *_table(SERVICE)]
    parser = argparse.ArgumentParser(
        prog="fengsui",
        usage="fengsui COMMAND ...   (fengsui COMMAND --help tells more)",
        description="Fengsui 烽燧 executes emergency plans: who owes what to whom by when, and which clause says so.",
        epilog="\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"fengsui {__version__}")
    parser.add_argument("command", nargs="?", choices=[*PLAN, *SERVICE], metavar="COMMAND", help="one of those below")
    return parser


def _table(commands: dict[str, str]) -> list[str]:
    return [f"  {name:<12} {what}" for name, what in commands.items()]


if __name__ == "__main__":
    sys.exit(main())
