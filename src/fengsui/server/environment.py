"""What the operator sets, read once, checked all at once; `configuration.py` has the table and says where it stands.

Rules
- Every one has a default that is safe, so that nothing has to be set to try it.
- All problems are reported together, each with the variable, or file and line, and what to write instead.
- The secret key is made on first use and kept in the data directory, readable by its owner only.
"""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from fengsui.ledger import masking
from fengsui.server import configuration

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
    old_secret_keys: list[str]
    allowed_hosts: list[str]
    trusted_origins: list[str]
    https: bool
    idle_minutes: int
    api_rate: int
    time_zone: str
    database: dict[str, Any]
    email: dict[str, Any]
    private_channels: bool
    roll_call: tuple[int, int] | None
    log: str
    ping_url: str
    metrics_from: tuple[IPv4Network | IPv6Network, ...]
    file: Path | None
    file_holds: tuple[str, ...]
    """The settings that the file gave."""


class _Reader:
    """Reads settings and gathers what is wrong with them."""

    def __init__(self, variables: Mapping[str, str]):
        self.found = configuration.load(variables)
        self.problems = list(self.found.problems)

    def wrong(self, name: str, remedy: str) -> None:
        """Notes that the value of a setting cannot be used."""
        value = "wrong" if configuration.KNOWN[name].secret else repr(self.text(name))
        self.problems.append(f"{self.found.place(name)} is {value}: {remedy}")

    def text(self, name: str, default: str = "") -> str:
        assert name in configuration.KNOWN, f"{name} is missing in the table of settings"
        return self.found.values.get(name) or default

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, "yes" if default else "no").lower()
        if value not in {"yes", "no", "true", "false", "1", "0"}:
            self.wrong(name, "write yes or no.")
        return value in {"yes", "true", "1"}

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if value.isascii() and value.isdigit() and low <= int(value) <= high:
            return int(value)
        self.wrong(name, f"write a whole number from {low} to {high}.")
        return default


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """The settings in these variables. Raises BadEnvironment with every problem found."""
    reader = _Reader(variables)
    data = Path(reader.text("DATA_DIR", "var")).absolute()
    result = Environment(
        data=data,
        debug=reader.flag("DEBUG", False),
        secret_key=_secret_key(reader, data),
        old_secret_keys=reader.words("OLD_SECRET_KEYS"),
        allowed_hosts=reader.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]"),
        trusted_origins=reader.words("TRUSTED_ORIGINS"),
        https=reader.flag("HTTPS", False),
        idle_minutes=reader.number("IDLE_MINUTES", 30, 1, 24 * 60),
        api_rate=reader.number("API_RATE", 600, 1, 1_000_000),
        time_zone=_time_zone(reader),
        database=_database(reader, data),
        email=_email(reader),
        private_channels=reader.flag("PRIVATE_CHANNELS", False),
        roll_call=_roll_call(reader),
        log=_log(reader),
        ping_url=_ping_url(reader),
        metrics_from=_metrics_from(reader),
        file=reader.found.file,
        file_holds=tuple(name for name, place in reader.found.places.items() if not place.startswith("FENGSUI_")),
    )
    masking.hide(str(result.database.get("PASSWORD", "")), *result.old_secret_keys, for_good=True)
    if reader.problems:
        raise BadEnvironment(reader.problems)
    return result


def _secret_key(reader: _Reader, data: Path) -> str:
    given = reader.text("SECRET_KEY")
    if given:
        if len(given) < 32:
            place = reader.found.place("SECRET_KEY")
            reader.problems.append(f"{place} is too short: give 32 characters or more, or leave it unset.")
        return given
    path = data / "secret-key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _new_key(path)
    except OSError as error:
        place = reader.found.place("DATA_DIR")
        reader.problems.append(f"{place}: {data} cannot be written ({error.strerror}): name another folder.")
        return secrets.token_urlsafe(48)
    kept = path.read_text(encoding="ascii").strip()
    if not kept:
        reader.problems.append(f"{path} is empty: bring the key back, or remove the file and a new key is made.")
    masking.hide(kept, for_good=True)
    return kept


def _new_key(path: Path) -> None:
    """Put a new key there as a whole: of two processes that start together the first one's stands."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as file:  # for its owner alone
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)


def _roll_call(reader: _Reader) -> tuple[int, int] | None:
    """Return day and hour, or None where nobody is to be called."""
    text = reader.text("ROLL_CALL", "1 10").lower()
    if text == "no":
        return None
    words = [int(word) for word in text.split() if word.isascii() and word.isdigit()]
    if len(words) == len(text.split()) == 2 and 1 <= words[0] <= 20 and words[1] <= 23:
        return words[0], words[1]
    reader.wrong("ROLL_CALL", "write the day (1 to 20) and the hour (0 to 23), such as 1 10, or no.")
    return None


def _log(reader: _Reader) -> str:
    style = reader.text("LOG", "text").lower()
    if style not in {"text", "json"}:
        reader.wrong("LOG", "write text or json.")
    return style


def _ping_url(reader: _Reader) -> str:
    address = reader.text("PING_URL")
    if address and (urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).hostname):
        reader.wrong("PING_URL", "write an address that begins with https:// or http://.")
    return address


def _metrics_from(reader: _Reader) -> tuple[IPv4Network | IPv6Network, ...]:
    found = []
    for word in reader.words("METRICS_FROM", "127.0.0.1,::1"):
        try:
            found.append(ip_network(word))
        except ValueError:
            reader.wrong("METRICS_FROM", f"{word} is no address: write some such as 10.0.0.5,10.1.0.0/16.")
    return tuple(found)


def _time_zone(reader: _Reader) -> str:
    from zoneinfo import ZoneInfo

    name = reader.text("TIME_ZONE", "Asia/Shanghai")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError):
        reader.wrong("TIME_ZONE", "write a zone such as Asia/Shanghai.")
    return name


def _database(reader: _Reader, data: Path) -> dict[str, Any]:
    url = reader.text("DATABASE_URL", f"sqlite:///{data / 'fengsui.sqlite3'}")
    try:
        return database(url)
    except ValueError as error:
        reader.problems.append(f"{reader.found.place('DATABASE_URL')} cannot be used: {masking.mask(str(error))}")
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
    # Our queries take milliseconds; compiling one (JIT) takes hundreds. What the address says comes later and wins.
    parts["options"] = f"-c jit=off {parts.get('options', '')}".strip()
    return {
        "ENGINE": "fengsui.server.postgresql",
        **found,
        "OPTIONS": parts,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _email(reader: _Reader) -> dict[str, Any]:
    host = reader.text("EMAIL_HOST")
    security = reader.text("EMAIL_SECURITY", "starttls").lower()
    if security not in {"starttls", "tls", "none"}:
        reader.wrong("EMAIL_SECURITY", "write starttls, tls or none.")
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
