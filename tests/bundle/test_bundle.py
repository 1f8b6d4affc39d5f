"""The offline bundle is built, installed where there is no network, and what was installed works.

Where the system lets us, the installation runs in a network namespace of its own, in which not even loopback is up;
elsewhere pip alone is held to it (`--no-index`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.bundle
ROOT = Path(__file__).resolve().parents[2]
APART = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, unpacked."""
    done = subprocess.run([sys.executable, "tools/bundle.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    folder = tmp_path_factory.mktemp("bundle")
    with tarfile.open(done.stdout.strip()) as tar:
        tar.extractall(folder, filter="data")
    return next(folder.iterdir())


def alone(*command: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command without a network and without what this machine has set for pip."""
    apart = APART if not subprocess.run([*APART, "true"], capture_output=True, check=False).returncode else []
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FENGSUI_", "DJANGO_", "PIP_", "PYTHON"))
    }
    asked = [*apart, *map(str, command)]
    own = {"PYTHON": sys.executable, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", **(env or {})}
    return subprocess.run(asked, env=kept | own, capture_output=True, text=True, check=False)


def test_it_is_installed_without_a_network_and_works(bundle: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    done = alone("sh", bundle / "install.sh", venv)
    assert done.returncode == 0 and "fengsui 0." in done.stdout, done.stderr
    where = alone(venv / "bin/python", "-c", "import fengsui; print(fengsui.__file__)")
    assert str(venv) in where.stdout, where
    own = {"FENGSUI_DATA_DIR": str(tmp_path / "data"), "FENGSUI_ADMIN_PASSWORD": "a long walk along the river 41"}
    admin = alone(venv / "bin/fengsui", "createadmin", "admin", "--organisation", "某局", "--code", "MJ", env=own)
    assert admin.returncode == 0, admin.stderr
    assert alone(venv / "bin/fengsui", "work", "--once", env=own).returncode == 0
    saved = alone(venv / "bin/fengsui", "backup", tmp_path / "night.tar.gz", env=own)
    assert saved.returncode == 0 and "0 files" in saved.stdout, saved.stderr
    page = "import django; django.setup(); from django.test import Client; "
    page += "print(Client(SERVER_NAME='localhost').get('/sign-in/').status_code)"
    own["DJANGO_SETTINGS_MODULE"] = "fengsui.server.settings"
    assert alone(venv / "bin/python", "-c", page, env=own).stdout.strip() == "200"
    # Installed once more, as for an upgrade, it replaces files of the same version too.
    file = Path(where.stdout.strip()).parent / "verify.py"
    file.write_text("old")
    assert alone("sh", bundle / "install.sh", venv).returncode == 0 and file.read_text() != "old"


def test_a_bundle_that_was_changed_is_not_installed(bundle: Path, tmp_path: Path) -> None:
    wheel = next((bundle / "wheels").glob("fengsui-*.whl"))
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    done = alone("sh", bundle / "install.sh", tmp_path / "venv")
    wheel.write_bytes(whole)
    assert done.returncode == 1 and "do not install it" in done.stderr
    assert not (tmp_path / "venv").exists()
