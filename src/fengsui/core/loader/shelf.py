"""Packs as they were read, kept on disk by the digest of their files: the second reading takes a few milliseconds.

Rules
- The name of a kept pack is the digest of its files, its folder's name, the version of Fengsui, pydantic and Python,
  size and age of the program's own files: whatever changes, it is read anew, after a `git pull` too. What is kept
  begins with its own digest; what is torn or tampered with is read anew too.
- Only values of the core come back: any other class in a kept file is refused, so that opening one runs nothing.
- Only packs without problems are kept, the newest of them. A directory that cannot be written is no problem.
- Which directory is the caller's: it belongs to the person or the installation, never to a pack.

Example: `shelf.load(shipped()["demo-linjiang"], Path("~/.cache/fengsui").expanduser())`.
"""

from __future__ import annotations

import gc
import hashlib
import io
import marshal
import pickle
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pydantic

import fengsui
from fengsui.core.loader import packs
from fengsui.core.pack import Pack

MOST = 32
"""How many packs are kept."""
_CORE = Path(__file__).resolve().parent.parent
_PLAIN = {
    "builtins": {"set", "frozenset"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "zoneinfo": {"ZoneInfo"},
}


class Stored(Mapping[Any, Any]):
    """Plain data of a pack that few ask for (the files as written, their places): read when somebody looks."""

    def __init__(self, kept: bytes) -> None:
        self._kept = kept
        self._data: dict[Any, Any] | None = None

    def _mapping(self) -> dict[Any, Any]:
        if self._data is None:
            self._data = cast("dict[Any, Any]", marshal.loads(zlib.decompress(self._kept)))
        return self._data

    def __getitem__(self, key: object) -> Any:
        return self._mapping()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._mapping())

    def __len__(self) -> int:
        return len(self._mapping())

    def __eq__(self, other: object) -> bool:
        return self._mapping() == (other._mapping() if isinstance(other, Stored) else other)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type[Stored], tuple[bytes]]:
        return Stored, (self._kept,)


def load(path: str | Path, shelf: Path) -> Pack:
    """Load a pack from its directory, or from the shelf if these very files were read before. Raises PackError."""
    path = Path(path)
    try:
        kept = shelf / f"{_name(path)}.pack"
    except OSError:
        return packs.load(path)
    found = _thawed(kept)
    if found is None:
        found = packs.load(path)
        _keep(kept, freeze(found))
    return found


@lru_cache(maxsize=1)
def _made_by() -> str:
    """Return what makes a pack out of its files: the versions, and the program's own files as they lie there."""
    own = sorted(file for part in ("*.py", "pack/*.py", "loader/*.py") for file in _CORE.glob(part))
    files = " ".join(f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in own)
    return f"{fengsui.__version__} {pydantic.VERSION} {sys.version} {files}"


def _name(path: Path) -> str:
    """Return the digest of all that a pack is read from: the names of its files, and what its data files say."""
    found = hashlib.sha256(f"{_made_by()}\0{path.name}".encode())
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        content = file.read_bytes() if name in (*packs.DATA_FILES, "text.md") else b""
        found.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


# ------------------------------------------------------------------------------------------------ bytes
def freeze(pack: Pack) -> bytes:
    """Return a pack as bytes, with their digest before them."""
    raw, positions = (Stored(zlib.compress(marshal.dumps(dict(part)))) for part in (pack.raw, pack.positions))
    written = io.BytesIO()
    _Pickler(written, protocol=5).dump(replace(pack, raw=raw, positions=positions))
    body = written.getvalue()
    return hashlib.sha256(body).digest() + body


def thaw(kept: bytes) -> Pack | None:
    """Return the pack that `freeze` wrote, or None for bytes that are not quite those."""
    body = kept[32:]
    if hashlib.sha256(body).digest() != kept[:32]:
        return None
    collecting = gc.isenabled()
    gc.disable()  # many small values that all stay: looking through them meanwhile doubles the time
    try:
        found = _OnlyValues(io.BytesIO(body)).load()
    except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError, ValueError):
        return None
    finally:
        if collecting:
            gc.enable()
    return found if isinstance(found, Pack) else None


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: object) -> Any:
        """Write small values as a call of their class: to set their fields one by one takes three times as long."""
        if isinstance(value, ZoneInfo):
            return ZoneInfo, (value.key,)
        if is_dataclass(value) and not isinstance(value, type) and hasattr(type(value), "__slots__"):
            return type(value), tuple(getattr(value, one.name) for one in fields(value))
        return NotImplemented


class _OnlyValues(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return a class of the core or a plain value's; refuse everything else, functions of the core too."""
        found = super().find_class(module, name) if module.startswith("fengsui.core.") else None
        if isinstance(found, type) or (name in _PLAIN.get(module, ())):
            return found or super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no value of a pack")


# ------------------------------------------------------------------------------------------------ files
def _thawed(kept: Path) -> Pack | None:
    try:
        return thaw(kept.read_bytes())
    except OSError:
        return None


def _keep(kept: Path, body: bytes) -> None:
    """Write a pack beside the others, whole or not at all, and drop the oldest ones."""
    part = kept.with_suffix(f".{hashlib.sha256(body).hexdigest()[:8]}.part")
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_bytes(body)
        part.replace(kept)
        others = sorted(kept.parent.glob("*.pack"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in others[MOST:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


__all__ = ["MOST", "Stored", "freeze", "load", "thaw"]
