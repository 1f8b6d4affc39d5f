"""Every bad pack is refused, or found by the linter, with the problem that it carries: code, file, line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from fengsui.core.lint import lint
from fengsui.core.loader import load, load_texts, read_scenarios, texts_of
from fengsui.core.problems import PackError, Problem

BAD = Path(__file__).parent.parent / "packs" / "bad"
BASE = texts_of(BAD / "base")


@dataclass(frozen=True)
class Bad:
    """One mistake and what must be said of it."""

    name: str
    data: dict

    @property
    def says(self) -> list[dict]:
        said = self.data["says"]
        return said if isinstance(said, list) else [said]

    def files(self) -> dict[str, str]:
        files = dict(BASE)
        if "remove" in self.data:
            del files[self.data["remove"]]
        elif "add" in self.data:
            files[self.data["file"]] = self.data["add"]
        for change in (self.data, self.data.get("also", {})):
            if "from" in change:
                before = files[change["file"]]
                assert change["from"] in before, f"{self.name}: nothing to change"
                files[change["file"]] = before.replace(change["from"], change["to"], 1)
        return files


def _all() -> list[Bad]:
    found = []
    for file in sorted(BAD.glob("*.yaml")):
        for data in yaml.safe_load(file.read_text(encoding="utf-8"))["bad"]:
            found.append(Bad(f"{file.stem}: {data['bad']}", data))
    return found


ALL = _all()
NOTES = {(p.code, p.where.file, p.message()) for p in lint(load_texts(BASE))}


def problems_of(bad: Bad) -> tuple[Problem, ...]:
    files = bad.files()
    scenarios = {name: text for name, text in files.items() if name.startswith("scenarios/")}
    try:
        pack = load_texts(files)
        read_scenarios(scenarios)
    except PackError as error:
        return error.problems
    return tuple(p for p in lint(pack) if (p.code, p.where.file, p.message()) not in NOTES)


@pytest.mark.parametrize("bad", [bad for bad in ALL if "folder" not in bad.data], ids=lambda bad: bad.name)
def test_a_bad_pack_is_told_with_its_place(bad: Bad) -> None:
    found = problems_of(bad)
    said = sorted((p.code, p.where.file, p.where.line or 0) for p in found)
    wanted = sorted((s["code"], s.get("file", bad.data["file"]), s.get("line", 0)) for s in bad.says)
    assert said == wanted, "\n".join(f"{p.where} {p.code} {p.message()}" for p in found)
    for expected in bad.says:
        if "hint" in expected:
            assert any(expected["hint"] in p.message() for p in found if p.code == expected["code"])


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.name)
def test_a_problem_speaks_both_languages_whole(bad: Bad) -> None:
    for problem in [] if "folder" in bad.data else problems_of(bad):
        for lang in ("zh", "en"):
            sentence = problem.message(lang) + problem.hint(lang)
            assert not re.search(r"\{[a-z_]+\}", sentence), f"a parameter is missing: {sentence}"
        assert problem.message("zh") != problem.message("en")


def test_a_directory_bears_the_name_of_its_pack(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    for name, text in BASE.items():
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as refused:
        load(folder)
    assert [(p.code, p.where.line) for p in refused.value.problems] == [("other_folder", 2)]


def test_the_base_of_the_bad_packs_has_no_fault() -> None:
    assert [p.code for p in lint(load_texts(BASE)) if p.severity != "note"] == []


def test_the_twelve_planted_mistakes_are_among_them() -> None:
    assert sum(1 for bad in ALL if bad.data.get("planted")) == 12
    assert len(ALL) >= 90
