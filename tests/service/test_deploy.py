"""The files under deploy/ fit the product: every setting, command and address in them is one that there is.

Where systemd or nginx are installed they read the files themselves.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.urls import resolve
from tools import bundle

from fengsui import main
from fengsui.cases.service import beside
from fengsui.server import configuration, environment

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])


def texts() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in DEPLOY.iterdir()}


def test_the_file_of_settings_is_taken_as_it_stands(tmp_path: Path) -> None:
    text = texts()["fengsui.toml"].replace("/var/lib/fengsui", str(tmp_path))
    file = tmp_path / "fengsui.toml"
    file.write_text(text, encoding="utf-8")
    found = environment.read({"FENGSUI_CONFIG": str(file)})
    assert "127.0.0.1" in found.allowed_hosts, "the checks of the machine itself"
    assert found.https and found.log == "json" and found.database["NAME"] == "fengsui"
    # And with every line that is only proposed.
    file.write_text(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.M), encoding="utf-8")
    assert set(tomllib.loads(file.read_text())) <= {name.lower() for name in configuration.KNOWN}
    assert environment.read({"FENGSUI_CONFIG": str(file)}).email["EMAIL_HOST"] == "mail.example.org"


def test_every_setting_and_command_that_is_named_is_one_that_there_is() -> None:
    guide = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    for name, text in {**texts(), "operate.md": guide}.items():
        settings = set(re.findall(r"FENGSUI_([A-Z_]+)", text))
        assert settings <= set(configuration.KNOWN), (name, settings - set(configuration.KNOWN))
        commands = re.findall(r"(?:bin/fengsui|^    (?:sudo -u fengsui )?fengsui|\"fengsui\",) \"?([a-z]+)", text, re.M)
        assert set(commands) <= {*main.SERVICE, *main.PLAN}, (name, commands)
    assert any("fengsui work" in text for text in texts().values())


def test_a_machine_in_service_is_never_told_to_install_what_the_tests_need() -> None:
    targets = dict(re.findall(r"^([a-z-]+):([^\n]*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for name in ("README.md", "README.zh-CN.md", "docs/operate.md", "docs/tutorial.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M))
        assert "setup-run" in named and "setup" not in named, name
        assert {target for target in named if "## " not in targets[target]} == set(), name
        assert "python3-venv" in text or name == "docs/tutorial.md", name


def test_what_a_unit_starts_takes_the_words_it_is_given() -> None:
    for path in DEPLOY.glob("*.service"):
        line = re.search(r"bin/fengsui ([^\n]*)", path.read_text(encoding="utf-8"))
        assert line, path
        asked = re.sub(r'["\'].*', "", line[1]).split()
        done = subprocess.run(
            [sys.executable, "-m", "fengsui.main", asked[0], "--help"], capture_output=True, text=True, check=True
        )
        assert not [word for word in asked if word.startswith("--") and word not in done.stdout], path


def test_the_units_run_as_a_user_of_their_own_and_may_write_only_their_folder() -> None:
    for path in DEPLOY.glob("*.service"):
        text = path.read_text(encoding="utf-8")
        assert {"User=fengsui", "ProtectSystem=strict", "NoNewPrivileges=yes", "UMask=0077"} <= set(text.splitlines())


def test_a_service_that_fails_for_long_is_never_given_up() -> None:
    for name in ("fengsui-web.service", "fengsui-worker@.service"):
        unit, service = texts()[name].split("[Service]")
        assert "\nStartLimitIntervalSec=0\n" in unit and "\nRestart=always\n" in service


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/fengsui/venv/bin/fengsui", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    names = [str(tmp_path / path.name.replace("@.", "@1.")) for path in UNITS]
    said = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True, check=False)
    about = [line for line in (said.stdout + said.stderr).splitlines() if "fengsui" in line]
    assert not about


def test_nginx_passes_on_what_the_service_reads_and_keeps_state_and_figures_inside() -> None:
    site, proxy = texts()["nginx.conf"], texts()["nginx-proxy.conf"]
    assert site.count("{") == site.count("}")
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in proxy and "proxy_set_header Host $host;" in proxy
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy
    inside = re.search(r"location ~ (\S+) \{(.*?)\}", site, re.S)
    assert inside and "deny all;" in inside[2]
    for address in ("/health", "/health/ready", "/metrics"):
        assert resolve(address) and re.match(inside[1], address)
    assert resolve("/sign-in/") and "location = /sign-in/" in site
    taken = re.search(r"client_max_body_size (\d+)m;", site)
    assert taken and int(taken[1]) << 20 > beside.MANY * beside.LIMIT, "an act with as much evidence as it may have"


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not installed here")
def test_nginx_reads_its_files(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=x",
        "-keyout",
        key,
        "-out",
        certificate,
    ]
    subprocess.run(made, capture_output=True, check=True)
    site = texts()["nginx.conf"].replace("/etc/fengsui/tls", str(tmp_path)).replace("/etc/nginx", str(tmp_path))
    (tmp_path / "fengsui.conf").write_text(site, encoding="utf-8")
    (tmp_path / "fengsui-proxy.conf").write_text(texts()["nginx-proxy.conf"], encoding="utf-8")
    whole = f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/fengsui.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    command = ["nginx", "-t", "-e", str(tmp_path / "log"), "-c", str(tmp_path / "nginx.conf")]
    said = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    assert said.returncode == 0, said.stderr


def test_the_container_is_built_from_debian_and_the_bundle_alone_and_runs_as_nobody_special() -> None:
    text = texts()["Containerfile"]
    assert re.findall(r"^FROM (.*)$", text, re.M) == ["debian:12-slim"]
    assert "\nUSER fengsui\n" in text and "pip install" not in text
    assert "127.0.0.1 fengsui" in text, "its own health check asks by this name"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\nARG VERSION={version}\n" in text and "*-offline" not in text, "one bundle, though dist/ may hold several"
    for builds in re.findall(r"podman build ([^\n]*)", text + (ROOT / "docs/operate.md").read_text(encoding="utf-8")):
        assert "--format docker" in builds, "podman's own format drops the health check"
    assert "/health/ready" in text and resolve("/health/ready")


def test_the_bundle_is_installed_over_a_virtual_environment_that_was_left_without_pip(tmp_path: Path) -> None:
    folder, venv = tmp_path / "bundle", tmp_path / "venv"
    (folder / "wheels").mkdir(parents=True)
    (folder / "requirements.txt").write_text("# nothing to fetch\n")
    (folder / "install.sh").write_text(bundle.INSTALL.replace("@PYTHON@", "{}.{}".format(*sys.version_info)))
    sums = "".join(f"{bundle.sha256(folder / name)}  {name}\n" for name in ("requirements.txt", "install.sh"))
    (folder / "SHA256SUMS").write_text(sums)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (venv / "bin/fengsui").write_text("#!/bin/sh\necho fengsui was here\n")
    (venv / "bin/fengsui").chmod(0o755)
    command, env = ["sh", folder / "install.sh", venv], {**os.environ, "PYTHON": sys.executable}
    said = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert said.returncode == 0, said.stderr
    assert "fengsui was here" in said.stdout, "what is there is not removed"
    assert subprocess.run([venv / "bin/python", "-m", "pip", "--version"], capture_output=True).returncode == 0
