"""`make test`: every check, part by part, with its time against the budget on two cores.

Rules
- All parts run, also after one has failed, so that one run shows everything; the status is 1 when any part failed.
- A budget that is exceeded is said loudly but fails nothing: a slow machine is not a broken product.

    python tools/check.py                 everything
    python tools/check.py static core     only these parts
"""

import os
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
PYTEST = [str(BIN / "python"), "-m", "pytest", "-q", "-n", "2"]
BY_FILE = ["--dist", "loadfile"]
Command = list[str]


@dataclass
class Part:
    """Commands that belong together, run one after the other; those of one tuple run side by side."""

    name: str
    minutes: int
    steps: list[tuple[Command, ...]]
    seconds: float = 0
    work: float = 0
    failed: list[str] = field(default_factory=list)


def parts() -> list[Part]:
    """What `make test` runs, in order."""
    fengsui = str(BIN / "fengsui")
    packs = sorted(str(path.parent.relative_to(ROOT)) for path in ROOT.glob("src/fengsui/packs/*/pack.yaml"))
    static: list[tuple[Command, ...]] = [
        ([str(BIN / "ruff"), "check", "-q", "src", "tests", "tools", "bench"],),
        ([str(BIN / "ruff"), "format", "-q", "--check", "src", "tests", "tools", "bench"],),
        ([str(BIN / "mypy"), "--no-error-summary"], [str(BIN / "lint-imports"), "--no-cache"]),
        ([str(BIN / "python"), "manage.py", "makemigrations", "--check", "--dry-run"],),
        ([str(BIN / "python"), "tools/messages.py"],),
        ([str(BIN / "python"), "tools/acceptance.py", "--check"],),
    ]
    core: list[tuple[Command, ...]] = [([*PYTEST, "tests/core", "tests/test_house.py"],)]
    core += [tuple([fengsui, "lint", pack] for pack in packs)]
    core += [tuple([fengsui, "test", pack] for pack in packs)]
    core += [tuple([fengsui, "test", "--mutate", pack] for pack in packs)]
    return [
        Part("static", 1, static),
        Part("core", 4, core),
        Part("sqlite", 3, [([*PYTEST, "tests/service", "--database", "sqlite"],)]),
        Part("postgresql", 4, [([*PYTEST, "tests/service", "--database", "postgresql"],)]),
        Part("browser", 9, [([*PYTEST, *BY_FILE, "tests/web"],)]),
    ]


def main(names: list[str]) -> int:
    """Runs the named parts, or all; prints the table and the closing line."""
    chosen = [part for part in parts() if part.name in names or not names]
    counts: Counter[str] = Counter()
    for part in chosen:
        print(f"\n== {part.name}", flush=True)
        run(part, counts)
    print("\npart          time   budget  cores' work")
    for part in chosen:
        over = "  OVER BUDGET" if part.seconds > part.minutes * 60 else ""
        state = f"  FAILED: {'; '.join(part.failed)}" if part.failed else ""
        print(f"{part.name:<11} {part.seconds:5.0f} s  {part.minutes * 60:4} s  {part.work:8.0f} s{over}{state}")
    failed = sum(len(part.failed) for part in chosen)
    print(f"\n{counts['passed']} passed, {max(counts['failed'] + counts['error'], failed)} failed")
    return 1 if failed else 0


def run(part: Part, counts: Counter[str]) -> None:
    """Runs the steps of one part; notes what failed and how long it took."""
    began, worked = time.perf_counter(), cores()
    for step in part.steps:
        started = [(command, start(command)) for command in step]
        for command, process in started:
            told = process.communicate()[0]
            show(command, told, process.returncode, counts)
            if process.returncode:
                part.failed.append(short(command))
    part.seconds, part.work = time.perf_counter() - began, cores() - worked


def cores() -> float:
    """Seconds that the commands so far kept a core busy: what the time would be on one idle core."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def start(command: Command) -> "subprocess.Popen[str]":
    """Starts one command without colour and input, its words gathered."""
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "COLUMNS": "120"}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def show(command: Command, told: str, status: int, counts: Counter[str]) -> None:
    """Prints what a command said: all of it when it failed, its end when it went well."""
    mark = "ok    " if status == 0 else f"FAILED ({status})"
    print(f"{mark} {short(command)}", flush=True)
    lines = told.rstrip().splitlines()
    for line in lines if status else lines[-2:]:
        print(f"    {line}")
    sys.stdout.flush()
    if "pytest" in command:
        for number, what in re.findall(r"(\d+) (passed|failed|error)", lines[-1] if lines else ""):
            counts[what] += int(number)


def short(command: Command) -> str:
    """A command as a person would write it."""
    words = [Path(word).name if word.startswith("/") else word for word in command]
    return " ".join(words).removeprefix("python -m ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
