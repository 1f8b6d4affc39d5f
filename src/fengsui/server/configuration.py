"""Where a setting comes from: the environment first, then one TOML file; and the table of all there are.

Rules
- `SETTINGS` is the one table: `environment.py` reads by it, `fengsui doctor` knows names from it, and the table in
  docs/operate.md is `table()`.
- In the file a setting has the same name in small letters without FENGSUI_: `idle_minutes = 30`. Lists may be lists.
- The file is the one that FENGSUI_CONFIG names, or `DEFAULT` where that exists. FENGSUI_CONFIG set to nothing: no file.
- Every fault is told, each with variable, or file and line, and what to write: a name that nothing reads is one.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fengsui.ledger import masking

PREFIX = "FENGSUI_"
DEFAULT = Path("/etc/fengsui/fengsui.toml")


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing the operator may set; `default` and `meaning` as the documents tell them."""

    name: str
    default: str
    meaning: str
    secret: bool = False
    """Never logged, and a file that holds it must be its owner's alone."""
    variable_only: bool = False
    """Read from the environment at every use: not from the file."""


SETTINGS = (
    Setting(
        "CONFIG",
        f"`{DEFAULT}` where it exists",
        "the file with settings; set to nothing, no file is read",
        variable_only=True,
    ),
    Setting("DATA_DIR", "`var`", "folder for the database, the secret key and evidence"),
    Setting(
        "DATABASE_URL",
        "SQLite in the data folder",
        "`sqlite:////absolute/file` or `postgresql://user:password@host:port/name`",
        secret=True,
    ),
    Setting(
        "SECRET_KEY",
        "made on first start, kept in the data folder",
        "must be the same on all machines of one service",
        secret=True,
    ),
    Setting(
        "OLD_SECRET_KEYS",
        "none",
        "keys that were in use before, with commas: what was sealed under them can still be read",
        secret=True,
    ),
    Setting("ALLOWED_HOSTS", "this machine", "names under which people reach the service, with commas"),
    Setting("HTTPS", "`no`", "`yes` behind a proxy with TLS that sets `X-Forwarded-Proto` and `X-Forwarded-For`"),
    Setting("TRUSTED_ORIGINS", "none", "addresses with scheme, if the proxy changes the host name"),
    Setting("IDLE_MINUTES", "`30`", "a session ends after this time without a person's own request"),
    Setting("TIME_ZONE", "`Asia/Shanghai`", "zone in which times are shown; they are stored in UTC"),
    Setting(
        "EMAIL_HOST",
        "none",
        "mail server for notices; without it notices appear in the pages, and letters are kept as files in `mail` of "
        "the data folder",
    ),
    Setting("EMAIL_PORT", "`587`, `465` with `tls`, `25` with `none`", "its port"),
    Setting("EMAIL_USER", "none", "the name to sign in with there"),
    Setting("EMAIL_PASSWORD", "none", "and the password", secret=True),
    Setting("EMAIL_FROM", "`fengsui@localhost`", "the sender of letters"),
    Setting("EMAIL_SECURITY", "`starttls`", "`starttls`, `tls` or `none`"),
    Setting(
        "PRIVATE_CHANNELS",
        "`no`",
        "`yes` lets channels reach loopback and private addresses: for a gateway in the own house",
    ),
    Setting("API_RATE", "`600`", "requests that one key to the HTTP interface may make in a minute of one web process"),
    Setting(
        "ROLL_CALL",
        "`1 10`",
        "day (1 to 20) and hour, in the organisation's zone, of the monthly roll call; `no` for none",
    ),
    Setting("LOG", "`text`", "`json` writes each line of the log as one JSON object"),
    Setting(
        "PING_URL",
        "none",
        "address of an outside watcher, asked for each minute while no alarm stands; it has to raise the alarm when "
        "the requests stay away",
        secret=True,
    ),
    Setting("METRICS_FROM", "`127.0.0.1,::1`", "addresses and networks that may read `/metrics`, with commas"),
    Setting("DEBUG", "`no`", "for developers only"),
    Setting(
        "CLOCK_OFFSET",
        "none",
        "moves the clock by seconds, or by the number in `@file`; for tests and rehearsals only",
        variable_only=True,
    ),
    Setting(
        "ADMIN_PASSWORD",
        "asked for",
        "the password that `fengsui createadmin` gives",
        secret=True,
        variable_only=True,
    ),
)
KNOWN = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Configuration:
    """What was set: each value as text, by its name without prefix, and where it stands; faults of file and names."""

    values: Mapping[str, str]
    places: Mapping[str, str]
    file: Path | None = None
    problems: list[str] = field(default_factory=list)

    def place(self, name: str) -> str:
        """Where a setting stands, or the variable to set."""
        return self.places.get(name, PREFIX + name)


def load(variables: Mapping[str, str]) -> Configuration:
    """Read the file that these variables name, and lay the variables over it. Secrets are hidden from all logs."""
    given = {
        name.removeprefix(PREFIX): value.strip()
        for name, value in variables.items()
        if name.startswith(PREFIX) and value.strip()
    }
    found = _file(variables)
    values = dict(found.values) | given
    places = dict(found.places) | {name: PREFIX + name for name in given}
    secret = (values[setting.name] for setting in SETTINGS if setting.secret and setting.name in values)
    masking.hide(*secret, for_good=True)
    return Configuration(values, places, found.file, [*_unread(variables), *found.problems])


def table() -> str:
    """All settings as a table for the documents."""
    rows = (f"| `{PREFIX}{one.name}` | {one.default} | {one.meaning} |" for one in SETTINGS)
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def _unread(variables: Mapping[str, str]) -> Iterator[str]:
    """Variables with our prefix that nothing reads: a misspelt one must not leave its default in force unsaid."""
    for name in sorted(name for name in variables if name.startswith(PREFIX)):
        if name.removeprefix(PREFIX) not in KNOWN:
            near = _nearest(name.removeprefix(PREFIX))
            yield f"{name} is nothing that is read: {f'set {PREFIX}{near}' if near else 'unset it'}."


def _nearest(name: str) -> str | None:
    return next(iter(get_close_matches(name.upper(), KNOWN, n=1)), None)


def _file(variables: Mapping[str, str]) -> Configuration:
    named = variables.get(f"{PREFIX}CONFIG")
    path = DEFAULT if named is None else Path(named.strip())
    if (named is None and not path.exists()) or (named is not None and not named.strip()):
        return Configuration({}, {})
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        return _refused(path, f"{path} cannot be read ({error.strerror}): correct {PREFIX}CONFIG or the file's owner.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return _refused(path, f"{path} is no TOML: {error}. Write lines such as idle_minutes = 30.")
    return _settings(path, text, data)


def _refused(path: Path, problem: str) -> Configuration:
    return Configuration({}, {}, path, [problem])


def _settings(path: Path, text: str, data: Mapping[str, Any]) -> Configuration:
    values: dict[str, str] = {}
    places: dict[str, str] = {}
    problems: list[str] = []
    for key, value in data.items():
        place = f"{path} line {_line(text, key)}, {key},"
        wrong = next(_faults(key, value), None)
        if wrong:
            problems.append(f"{place} {wrong}")
        else:
            values[key.upper()], places[key.upper()] = _text(value), place.rstrip(",")
    return Configuration(values, places, path, problems)


def _faults(key: str, value: Any) -> Iterator[str]:
    setting = KNOWN.get(key.upper())
    if setting is None or key != key.lower():
        near = _nearest(key)
        yield f"is nothing that is read: {f'write {near.lower()}' if near else 'leave it out'}."
    elif setting.variable_only:
        yield f"is read from the environment only: set {PREFIX}{setting.name} and leave it out here."
    elif isinstance(value, list) and not all(isinstance(one, str) for one in value):
        yield 'holds something else than texts: write a list such as ["a", "b"].'
    elif not isinstance(value, str | bool | int | list):
        yield 'is neither text, number, true, false nor a list: write one of these, such as "text".'


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, list) else str(value).strip()


def _line(text: str, key: str) -> int:
    """The line on which a key of the top level stands, or a table of that name begins."""
    pattern = re.compile(rf"""\s*(?:\[+\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)
