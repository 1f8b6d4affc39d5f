"""What the operator sets: environment variables, read once, checked all at once.

Rules
- Every name starts with FENGSUI_; every one has a default that is safe, so that nothing has to be set to try it.
- All problems are reported together, each with the name of the variable and what to write instead.
- The secret key is made on first use and kept in the data directory, readable by its owner only.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
"""WAL lets readers go on while one writes; FULL because a confirmed act must survive a power cut."""


class BadEnvironment(Exception):
    """Environment variables that cannot be used; `problems` holds one sentence each."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Environment:
    """The checked settings of one installation."""

    data: Path
    debug: bool
    secret_key: str
    allowed_hosts: list[str]
    trusted_origins: list[str]
    https: bool
    idle_minutes: int
    time_zone: str
    database: dict[str, Any]
    email: dict[str, Any]
    private_channels: bool


class _Reader:
    """Reads variables and gathers what is wrong with them."""

    def __init__(self, variables: Mapping[str, str]):
        self.variables = variables
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.variables.get(f"FENGSUI_{name}", "").strip() or default

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, "yes" if default else "no").lower()
        if value not in {"yes", "no", "true", "false", "1", "0"}:
            self.problems.append(f"FENGSUI_{name} is {value!r}: write yes or no.")
        return value in {"yes", "true", "1"}

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if value.isascii() and value.isdigit() and low <= int(value) <= high:
            return int(value)
        self.problems.append(f"FENGSUI_{name} is {value!r}: write a whole number from {low} to {high}.")
        return default


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """The settings in these variables. Raises BadEnvironment with every problem found."""
    reader = _Reader(variables)
    data = Path(reader.text("DATA_DIR", "var")).absolute()
    result = Environment(
        data=data,
        debug=reader.flag("DEBUG", False),
        secret_key=_secret_key(reader, data),
        allowed_hosts=reader.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]"),
        trusted_origins=reader.words("TRUSTED_ORIGINS"),
        https=reader.flag("HTTPS", False),
        idle_minutes=reader.number("IDLE_MINUTES", 30, 1, 24 * 60),
        time_zone=_time_zone(reader),
        database=_database(reader, data),
        email=_email(reader),
        private_channels=reader.flag("PRIVATE_CHANNELS", False),
    )
    if reader.problems:
        raise BadEnvironment(reader.problems)
    return result


def _secret_key(reader: _Reader, data: Path) -> str:
    given = reader.text("SECRET_KEY")
    if given:
        if len(given) < 32:
            reader.problems.append("FENGSUI_SECRET_KEY is too short: give 32 characters or more, or leave it unset.")
        return given
    path = data / "secret-key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        # Two processes may start together: the first to create the file wins, the other reads it.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        reader.problems.append(f"FENGSUI_DATA_DIR {data} cannot be written ({error.strerror}): name another folder.")
        return secrets.token_urlsafe(48)
    return path.read_text(encoding="ascii").strip() or secrets.token_urlsafe(48)


def _time_zone(reader: _Reader) -> str:
    from zoneinfo import ZoneInfo

    name = reader.text("TIME_ZONE", "Asia/Shanghai")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError):
        reader.problems.append(f"FENGSUI_TIME_ZONE is {name!r}: write a zone such as Asia/Shanghai.")
    return name


def _database(reader: _Reader, data: Path) -> dict[str, Any]:
    url = reader.text("DATABASE_URL", f"sqlite:///{data / 'fengsui.sqlite3'}")
    try:
        return database(url)
    except ValueError as error:
        reader.problems.append(f"FENGSUI_DATABASE_URL cannot be used: {error}")
        return {}


def database(url: str) -> dict[str, Any]:
    """Django's settings for a database address.

    `sqlite:////absolute/file` or `postgresql://user:password@host:port/name`; a socket folder is `?host=/folder`.
    Raises ValueError for any other address.
    """
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return _sqlite(unquote(url.removeprefix("sqlite:///")))
    if scheme in {"postgresql", "postgres"}:
        return _postgresql(url)
    raise ValueError("write sqlite:////absolute/file or postgresql://user:password@host:port/name")


def _sqlite(name: str) -> dict[str, Any]:
    # IMMEDIATE: a transaction that will write asks for the lock at once and waits, instead of failing halfway.
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": options}


def _postgresql(url: str) -> dict[str, Any]:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except psycopg.Error as error:
        raise ValueError(str(error).strip()) from error
    taken = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    found: dict[str, Any] = {key: parts.pop(word, "") for key, word in taken.items()}
    if not found["NAME"]:
        raise ValueError("the name of the database is missing at the end of the address")
    return {
        "ENGINE": "django.db.backends.postgresql",
        **found,
        "OPTIONS": parts,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _email(reader: _Reader) -> dict[str, Any]:
    host = reader.text("EMAIL_HOST")
    security = reader.text("EMAIL_SECURITY", "starttls").lower()
    if security not in {"starttls", "tls", "none"}:
        reader.problems.append(f"FENGSUI_EMAIL_SECURITY is {security!r}: write starttls, tls or none.")
    return {
        "EMAIL_BACKEND": f"django.core.mail.backends.{'smtp' if host else 'filebased'}.EmailBackend",
        "EMAIL_HOST": host or "localhost",
        "EMAIL_PORT": reader.number("EMAIL_PORT", {"tls": 465, "none": 25}.get(security, 587), 1, 65535),
        "EMAIL_HOST_USER": reader.text("EMAIL_USER"),
        "EMAIL_HOST_PASSWORD": reader.text("EMAIL_PASSWORD"),
        "EMAIL_USE_TLS": security == "starttls",
        "EMAIL_USE_SSL": security == "tls",
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": reader.text("EMAIL_FROM", "fengsui@localhost"),
    }
