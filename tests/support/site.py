"""A real service for browser tests: granian in a process of its own, on a database and a clock of its own.

Rules
- What a builder makes is made once per test run and copied, so that each module of tests starts from the same state.
- Tests move the clock of all processes of a site with `set_clock` and `advance`; no test sleeps.
- `work` runs the worker until nothing is left: due times and notices come when the test asks for them.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60


@dataclass
class Site:
    """A data folder with its clock, and the server on it while it runs."""

    data: Path
    people: dict[str, str]
    roles: dict[str, str]
    begins: datetime = datetime.min.replace(tzinfo=UTC)
    """When its stories begin: the moment at which it was filled."""
    url: str = ""
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def now(self) -> datetime:
        """The time on this site's clock: UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=self._offset())  # noqa: TID251

    def set_clock(self, moment: datetime) -> None:
        """Moves the clock of every process of this site to this moment; from there it goes on."""
        offset = round((moment - datetime.now(UTC)).total_seconds())  # noqa: TID251
        (self.data / "clock").write_text(str(offset), encoding="ascii")

    def advance(self, **duration: float) -> None:
        """Moves the clock on, for example `advance(minutes=31)`."""
        (self.data / "clock").write_text(
            str(self._offset() + round(timedelta(**duration).total_seconds())), encoding="ascii"
        )

    def work(self) -> None:
        """Lets a worker do all that is due now."""
        run_fengsui(self.data, "work", "--once")

    def start(self) -> None:
        """Starts the server on a free port and waits until it answers."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        words = ["serve", "--port", str(port), "--workers", "1", "--no-worker"]
        with (self.data / "server.log").open("wb") as log:
            self.process = subprocess.Popen(command(*words), env=environment(self.data), stdout=log, stderr=log)
        ends = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"the server did not start:\n{self.log()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends the server."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=30)

    def log(self) -> str:
        """What the server wrote."""
        return (self.data / "server.log").read_text(errors="replace")

    def _offset(self) -> int:
        return int((self.data / "clock").read_text(encoding="ascii"))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def build(builder: str, data: Path, at: datetime | None = None) -> Site:
    """A site filled by `module:function`, with its clock at `at` (or at the present)."""
    data.mkdir(parents=True)
    site = Site(data=data, people={}, roles={})
    site.set_clock(at or datetime.now(UTC))  # noqa: TID251
    words = [sys.executable, "-m", "tests.support.build_site", builder]
    done = subprocess.run(words, env=environment(data), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{builder} failed:\n{done.stdout}{done.stderr}")
    for person in json.loads(done.stdout.splitlines()[-1]):
        site.people[person["username"]] = person["password"]
        site.roles.setdefault(person["role"], person["username"])
    site.begins = site.now()
    return site


def copy(template: Site, data: Path) -> Site:
    """The same site in another folder, not started, its clock where the template's story begins."""
    shutil.copytree(template.data, data)
    site = Site(data=data, people=template.people, roles=template.roles, begins=template.begins)
    site.set_clock(template.begins)
    return site


def run_fengsui(data: Path, *words: str) -> str:
    """Runs a `fengsui` command on this data folder; returns what it printed, raises when it failed."""
    done = subprocess.run(command(*words), env=environment(data), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"fengsui {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "fengsui.main", *words]


def environment(data: Path) -> dict[str, str]:
    """The environment of a site's processes: nothing of the tests' own settings reaches them."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FENGSUI_") and name != "DJANGO_SETTINGS_MODULE"
    }
    return kept | {"FENGSUI_CONFIG": "", "FENGSUI_DATA_DIR": str(data), "FENGSUI_CLOCK_OFFSET": f"@{data / 'clock'}"}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
