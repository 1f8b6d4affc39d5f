"""`make bundle`: everything that a machine without a network needs, in one file: dist/fengsui-<version>-offline.tar.gz.

Rules
- Wheels of the locks, for this machine's kind and Python, and the project's own; nothing is built at the other end.
- `SHA256SUMS` covers every file, and pip holds every wheel against the locks' hashes once more.
- The same commit gives the same names in the same order; times and owners are taken out.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
BESIDE = ("LICENSE", "CHANGELOG.md", "docs/operate.md", "docs/api.md", "docs/channels.md", "docs/faults.md", "deploy")
INSTALL = """#!/bin/sh
# Installs Fengsui from this folder, without a network:   sh install.sh [FOLDER]     (default /opt/fengsui/venv)
# Ask for another Python with PYTHON=python3.12; it has to be of the version these wheels were gathered for.
set -eu
cd "$(dirname "$0")"
target=${1:-/opt/fengsui/venv}
python=${PYTHON:-python3}
stop() { echo "$1" >&2; exit 1; }
sha256sum --quiet --check SHA256SUMS || stop "This bundle is damaged or was changed: do not install it."
"$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")' \\
  || stop "These wheels are for Python @PYTHON@: name it with PYTHON=..., or make the bundle with yours."
# Without python3-venv a first try leaves a python that has no pip: then it is made again, over what is there.
"$target/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv "$target" \\
  || stop "A virtual environment cannot be made: apt-get install python3-venv"
# Everything anew: of a version that is there already pip would leave the old files, though this bundle may hold others.
"$target/bin/python" -m pip install --disable-pip-version-check -q --no-index --find-links wheels --require-hashes \\
  --force-reinstall -r requirements.txt
echo "$("$target/bin/fengsui" --version) is in $target; docs/operate.md says how to go on."
"""


def main() -> None:
    """Gathers, sums up, packs."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    name = f"fengsui-{version}-offline"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / name
        wheels = folder / "wheels"
        wheels.mkdir(parents=True)
        gather(wheels)
        own = next(wheels.glob(f"fengsui-{version}-*.whl"))
        locks = (ROOT / "requirements/base.txt").read_text(encoding="utf-8")
        write(folder / "requirements.txt", f"{locks}fengsui=={version} --hash=sha256:{sha256(own)}\n")
        write(folder / "install.sh", INSTALL.replace("@PYTHON@", f"{sys.version_info[0]}.{sys.version_info[1]}"))
        for one in BESIDE:
            beside(ROOT / one, folder / one)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        write(folder / "SHA256SUMS", "".join(f"{sha256(path)}  {path.relative_to(folder)}\n" for path in files))
        print(packed(folder, ROOT / "dist" / f"{name}.tar.gz"))


def gather(wheels: Path) -> None:
    """The wheels of the locks, checked by their hashes, and the project's own."""
    locked = ["--only-binary", ":all:", "--require-hashes", "-r", str(ROOT / "requirements/base.txt")]
    subprocess.run([*PIP, "download", *locked, "-d", str(wheels)], check=True)
    with tempfile.TemporaryDirectory() as clean:
        # From a copy: setuptools leaves its build folder where it builds, and would take what lay there before.
        shutil.copytree(ROOT / "src", Path(clean) / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for one in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / one, clean)
        own = ["--no-deps", "--no-build-isolation", "--no-index", "-w", str(wheels), clean]
        subprocess.run([*PIP, "wheel", *own], check=True)


def beside(source: Path, target: Path) -> None:
    """A file or folder of the project as it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def sha256(path: Path) -> str:
    """The digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def packed(folder: Path, target: Path) -> Path:
    """The folder as one file, which stands under its name when it is whole."""
    target.parent.mkdir(exist_ok=True)
    part = target.with_suffix(".part")

    def plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = info.mtime = 0
        info.uname = info.gname = ""
        info.mode = 0o755 if info.isdir() or info.name.endswith(".sh") else 0o644
        return info

    with tarfile.open(part, "w:gz", compresslevel=6) as tar:
        for path in sorted(folder.rglob("*")):
            tar.add(path, f"{folder.name}/{path.relative_to(folder)}", recursive=False, filter=plain)
    part.replace(target)
    return target


if __name__ == "__main__":
    main()
