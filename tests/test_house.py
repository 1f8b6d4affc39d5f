"""The house in order: names, versions, generated pages, contracts and claims of the documents agree with the code."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tools import docs

import fengsui
from fengsui import main

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/fengsui"
APPS = "ledger library directory cases watch exercises readiness documents notifications".split()  # noqa: SIM905
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked() -> list[Path]:
    """The files of the repository; in a tree without git, all files that are not made."""
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in told.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """Every tracked text file with its content."""
    found = []
    for path in tracked():
        try:
            found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def is_module(path: Path) -> bool:
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_version_is_the_same_in_the_package_the_project_and_the_changelog():
    newest = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert newest and newest[1] == fengsui.__version__ == PROJECT["project"]["version"]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_command_of_the_readme_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    commands = [line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.splitlines()]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    made = {line.split()[1] for line in commands if line.startswith("make ")}
    assert {"demo", "test"} <= made <= targets
    for line in commands:
        if line.startswith(".venv/bin/fengsui "):
            words = line.partition("#")[0].split()[1:]
            assert words[0] in {*main.PLAN, *main.SERVICE, "--help"}, line
            assert all((ROOT / word).exists() for word in words if word.startswith("src/")), line


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "docs/map.md"])
def test_every_link_of_a_document_leads_to_a_file(name):
    path = ROOT / name
    links = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    assert not [link for link in links if not link.startswith("https:") and not (path.parent / link).exists()]


def test_every_decision_is_listed():
    listed = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    assert not [path.name for path in (ROOT / "docs/adr").glob("0*.md") if path.name not in listed]


@pytest.mark.parametrize("page", docs.PAGES)
def test_a_generated_page_is_fresh(page):
    written = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert written == docs.PAGES[page](), f"docs/{page} is stale: run `make docs`"


def test_every_module_of_the_core_and_every_service_says_what_it_is_for():
    rooms = ["core/**/*.py", "*/service.py", "*/service/*.py", "*/selectors.py", "*/selectors/*.py"]
    paths = [path for room in rooms for path in SOURCE.glob(room)]
    paths = [path for path in paths if path.read_text(encoding="utf-8").strip()]
    assert len(paths) > len(APPS)
    assert not [str(path) for path in paths if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]


def test_every_app_has_the_same_files():
    wanted = ["apps", "models", "service", "selectors", "migrations"]
    assert not [f"{app}/{name}" for app in APPS for name in wanted if not is_module(SOURCE / app / name)]


def test_nobody_hides_in_utils_or_helpers():
    refused = {"utils", "helpers", "common", "managers", "signals", "tasks"}
    assert not [str(path) for path in SOURCE.rglob("*.py") if path.stem in refused or path.parent.name in refused]


def test_no_module_passes_the_stop_sign_and_no_function_sixty_lines():
    long = []
    for path in SOURCE.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 600:
            long.append(f"{path.name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > 60:
                    long.append(f"{path.name}:{node.lineno} {node.name}: {size} lines")
    assert not long


def test_the_import_contract_is_kept():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from fengsui.main import main\ntry: main(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules)"
    )
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    assert not {"django", "pydantic", "yaml"} & set(done.stdout.split())


def test_plan_commands_need_no_django():
    done = run("-c", "import sys; import fengsui.cli; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    assert "django" not in done.stdout.split()


@pytest.mark.parametrize("command", [*main.PLAN, *main.SERVICE])
def test_every_command_has_its_own_help_and_a_place_in_the_documents(command, tmp_path, monkeypatch):
    monkeypatch.setenv("FENGSUI_DATA_DIR", str(tmp_path))
    done = run("-m", "fengsui.main", command, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: fengsui")
    written = "".join((ROOT / name).read_text(encoding="utf-8") for name in ["README.md", "docs/operate.md"])
    assert f"fengsui {command}" in written or f"`{command}`" in written


@pytest.mark.parametrize(("words", "status"), [(["--help"], 0), (["--version"], 0), ([], 2), (["nonsense"], 2)])
def test_the_command_ends_with_the_promised_status(words, status):
    done = run("-m", "fengsui.main", *words)
    assert done.returncode == status
    assert "Traceback" not in done.stderr


def test_locks_have_hashes_and_no_address():
    for name in ["base", "dev"]:
        text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
        assert "://" not in text
        pinned = re.findall(r"^([a-z0-9._-]+)==", text, re.M | re.I)
        wanted = (ROOT / f"requirements/{name}.in").read_text(encoding="utf-8")
        asked = re.findall(r"^([A-Za-z0-9._-]+)", wanted, re.M)
        assert {one.lower().split("[")[0] for one in asked} - {one.lower() for one in pinned} <= {"-c"}
        assert all("--hash=sha256:" in part for part in re.split(r"\n(?=\S)", text) if "==" in part)


def test_the_project_asks_for_what_the_lock_pins():
    asked = (ROOT / "requirements/base.in").read_text(encoding="utf-8")
    listed = [line for line in asked.splitlines() if line and not line.startswith("#")]
    assert sorted(listed, key=str.lower) == sorted(PROJECT["project"]["dependencies"], key=str.lower)


def test_the_tree_names_no_registry_and_no_path_of_one_machine():
    registry = re.compile(
        r"pypi\.org|pythonhosted|npmjs\.(?:org|com)|registry\.npm|deb\.debian\.org|mirrors?\.\w+\.", re.I
    )
    machine = re.compile(r"(?<![\w./>-])/(?:work|root|home/\w+|Users|farm)/[\w.]")
    here = str(Path(__file__).relative_to(ROOT))
    found = []
    for name, text in texts():
        if name == here:
            continue
        found += [f"{name}: {match[0]}" for pattern in (registry, machine) for match in pattern.finditer(text)]
    assert not found


def test_the_tree_holds_no_mobile_number_and_no_foreign_asset():
    number = re.compile(r"(?<![\w.])1[3-9]\d{9}(?![\w.])")
    asset = re.compile(r"(?:src|href)=[\"']https?://(?!127\.|localhost)|@import\s+url\(\s*[\"']?https?:")
    found = []
    for name, text in texts():
        if not name.startswith("requirements/"):
            found += [f"{name}: {match[0]}" for match in number.finditer(text)]
        if name.endswith((".html", ".css", ".js")):
            found += [f"{name}: {match[0]}" for match in asset.finditer(text)]
    assert not found


def test_pages_carry_no_style_or_script_inside_their_text():
    inside = re.compile(r"\sstyle=|\son(?:click|change|submit|load|input|keydown)=|<style\b|<script(?![^>]*\bsrc=)")
    found = []
    for path in SOURCE.rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        found += [f"{path.relative_to(SOURCE)}: {match[0].strip()}" for match in inside.finditer(text)]
    assert not found


def test_every_file_of_a_pack_travels_in_the_wheel():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["fengsui"]
    data = [path for path in tracked() if SOURCE in path.parents and path.suffix != ".py"]
    assert data
    left = [path for path in data if not any(path.relative_to(SOURCE).match(one) for one in flat(patterns))]
    assert not [str(path) for path in left if path not in in_folders(patterns)]


def flat(patterns: list[str]) -> list[str]:
    return [one for one in patterns if "**" not in one]


def in_folders(patterns: list[str]) -> set[Path]:
    return {path for one in patterns if "**" in one for path in SOURCE.glob(one)}


def test_no_english_sentence_of_a_problem_is_filled_with_chinese_words():
    chinese = re.compile(r"[\u4e00-\u9fff]")
    found = []
    for path in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in ("refuse", "Problem"):
                continue
            words = {word.arg: word.value for word in call.keywords}
            for name in (one for one in words if one and one not in ("example", None) and f"{one}_en" not in words):
                told = {str(part.value) for part in ast.walk(words[name]) if isinstance(part, ast.Constant)}
                if None not in words and any(map(chinese.search, told)):
                    found.append(f"{path.relative_to(SOURCE)}:{call.lineno} {name}")
    assert not found
