"""The tutorial works: its files make the pack, its commands say what it shows, step by step as it is read."""

import contextlib
import re
from pathlib import Path

import pytest

from fengsui.core import loader
from fengsui.core.mutate import unprotected
from fengsui.main import main

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def follow(folder: Path, capsys: pytest.CaptureFixture[str]) -> int:
    """Do what the page says from top to bottom inside a folder; return how many lines of output were compared."""
    compared = 0
    for kind, text in BLOCK.findall(TUTORIAL.read_text("utf-8")):
        if kind == "markdown":
            (folder / "plan.md").write_text(text, "utf-8")
        elif kind == "yaml":
            name, _, rest = text.removeprefix("# ").partition("\n")
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(rest, "utf-8")
        elif kind == "console":
            compared += session(text, capsys)
    return compared


def session(text: str, capsys: pytest.CaptureFixture[str]) -> int:
    """Run the commands of one block; every line shown below a command must be in what it prints."""
    compared = 0
    for part in text.split("$ fengsui ")[1:]:
        command, *shown = part.rstrip("\n").split("\n")
        with contextlib.suppress(SystemExit):
            main(command.split())
        said = capsys.readouterr().out.splitlines()
        assert [line for line in shown if not any(shows(line, one) for one in said)] == [], command
        compared += len(shown)
    return compared


def shows(line: str, said: str) -> bool:
    """A line is shown whole, or up to its dots."""
    return said.startswith(line[:-1]) if line.endswith("…") else said == line


def test_the_tutorial_does_what_it_shows_and_leaves_no_rule_unprotected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert follow(tmp_path, capsys) >= 12
    folder = tmp_path / "city-library"
    left = unprotected(loader.load(folder), loader.load_scenarios(folder), None)
    assert [f"{mutant.rule}: {mutant.change}" for mutant in left] == []


def test_the_examples_it_points_to_are_there() -> None:
    named = re.findall(r"`(src/fengsui/packs/[^`]+)`", TUTORIAL.read_text("utf-8"))
    root = TUTORIAL.parent.parent
    assert named and [name for name in named if not (root / name).exists()] == []
