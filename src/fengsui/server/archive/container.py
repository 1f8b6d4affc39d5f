"""The tar and its manifest: members go in with their digests, and come out only when all of them fit.

Rules
- The manifest is the last member: an archive that was cut off has none.
- Names come from the manifest and are of the few forms below; nothing is ever unpacked to a place that a tar names.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
SECRET = "secret-key"
NAMES = re.compile(r"database\.sqlite3|tables/[a-z0-9_]+\.copy|secret-key|files/[\w-]+/[\w-]{1,4}/[\w-]+", re.ASCII)
CHUNK = 1 << 20
WORDS = str | int


class BadArchive(Exception):
    """A file that is no whole archive of this format; the sentence says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Member:
    """What the manifest says of a member: size in bytes and SHA-256."""

    size: int
    sha256: str


@dataclass
class Manifest:
    """What an archive says of itself. `migrations` as `app.name`; `rows` and `columns` by table."""

    version: str
    made_at: str
    database: str
    migrations: list[str]
    rows: dict[str, int]
    columns: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def text(self) -> bytes:
        """The manifest as it stands in the archive."""
        members = {name: {"size": one.size, "sha256": one.sha256} for name, one in self.members.items()}
        said = {**self.__dict__, "format": FORMAT, "members": members}
        return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()


class Writer:
    """Puts members into a tar and their digests into the manifest."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self.tar, self.manifest = tar, manifest

    def add(self, name: str, path: Path) -> None:
        """Put a file in under a name."""
        with path.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            read = _Digesting(source)
            self._put(name, size, read)
            self.manifest.members[name] = Member(size, read.sha256.hexdigest())

    def close(self) -> None:
        """Put the manifest in."""
        text = self.manifest.text()
        self._put(MANIFEST, len(text), io.BytesIO(text))

    def _put(self, name: str, size: int, source: Any) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self.tar.addfile(info, source)


class _Digesting:
    """A file that is hashed while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.sha256 = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self.source.read(size)
        self.sha256.update(found)
        return found


@contextmanager
def written(path: Path, manifest: Manifest) -> Iterator[Writer]:
    """A new archive, readable by its owner alone, that stands under its name when the block ends without a fault."""
    beside = path.with_name(f".{path.name}.part")
    mode: Any = "w:gz" if path.suffix in {".gz", ".tgz"} else "w"
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode=mode, format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar, manifest)
                yield writer
                writer.close()
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Let a name that was put into a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checked(path: Path) -> Manifest:
    """Read an archive to its end and return its manifest. Raises BadArchive where anything does not fit."""
    found: dict[str, Member] = {}
    manifest = None
    try:
        with tarfile.open(path, "r:*") as tar:
            for info in tar:
                if manifest is not None or not info.isreg() or info.name in found:
                    raise BadArchive(f"{path}: {info.name} does not belong there: this is no archive of Fengsui")
                source = tar.extractfile(info)
                assert source is not None
                if info.name == MANIFEST:
                    manifest = _manifest(path, source.read())
                else:
                    found[info.name] = Member(info.size, _sha256(source))
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise BadArchive(f"{path} cannot be read to its end: {error}") from error
    if manifest is None:
        raise BadArchive(f"{path} has no manifest at its end: it was cut off, or is no archive of Fengsui")
    _compare(path, manifest.members, found)
    return manifest


def _manifest(path: Path, text: bytes) -> Manifest:
    try:
        said = json.loads(text)
        if said.pop("format") != FORMAT:
            raise BadArchive(f"{path} has another format than {FORMAT}: restore it with the version that made it")
        members = {name: Member(int(one["size"]), str(one["sha256"])) for name, one in said.pop("members").items()}
        return Manifest(**said, members=members)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadArchive(f"{path}: its manifest cannot be understood ({error!r})") from error


def _compare(path: Path, said: dict[str, Member], found: dict[str, Member]) -> None:
    for name in sorted(said.keys() | found.keys()):
        if not NAMES.fullmatch(name):
            raise BadArchive(f"{path}: {name} is no name that an archive of Fengsui has")
        if name not in said or name not in found:
            raise BadArchive(f"{path}: {name} is {'missing' if name in said else 'not in its manifest'}")
        if said[name] != found[name]:
            raise BadArchive(f"{path}: {name} is not what was written: its SHA-256 differs from the manifest")


def _sha256(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while part := source.read(CHUNK):
        digest.update(part)
    return digest.hexdigest()


def members(path: Path, prefix: str) -> Iterator[tuple[str, IO[bytes]]]:
    """The members whose name begins so, in order, of an archive that was checked."""
    with tarfile.open(path, "r:*") as tar:
        for info in tar:
            source = tar.extractfile(info) if info.name.startswith(prefix) else None
            if source is not None:
                yield info.name, source
