"""The files of a pack, from a directory or from texts, into one `Pack` or all of its problems; and back again.

What the single values mean is said by `pack`; what a place is, by `reading`; which names clash, by `names`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TextIO, cast

import yaml
from yaml.emitter import Emitter
from yaml.representer import Representer
from yaml.resolver import BaseResolver
from yaml.serializer import Serializer

import fengsui
from fengsui.core import canon
from fengsui.core.loader.names import check_names
from fengsui.core.loader.reading import Read, decode, join, read
from fengsui.core.loader.references import check_references
from fengsui.core.loader.scenarios import Scenario, read_scenarios
from fengsui.core.pack import FILES, Fault, Pack
from fengsui.core.pack import read as read_pack
from fengsui.core.pack.vocabulary import near
from fengsui.core.problems import PackError, Problem, Where
from fengsui.core.timing import WorkCalendar

DATA_FILES = tuple(f"{name}.yaml" for name in FILES)
PROSE_FILES = ("text.md", "CHANGELOG.md")
_PACKS = Path(fengsui.__file__).parent / "packs"


def shipped() -> Mapping[str, Path]:
    """Return the directories of the packs that travel with Fengsui, by id."""
    return {head.parent.name: head.parent for head in sorted(_PACKS.glob("*/pack.yaml"))}


def find(name: str) -> Path:
    """Return the directory that a person means by a path or by the id of a shipped pack. Raises PackError."""
    path = Path(name)
    if name in shipped() and not (path / "pack.yaml").is_file():
        return shipped()[name]
    path = path.parent if path.name == "pack.yaml" else path
    if not path.is_dir():
        raise _missing(name)
    return path


def load(path: str | Path) -> Pack:
    """Load a pack from its directory. Raises PackError with all problems, sorted by file and line."""
    texts, problems = _read_directory(Path(path))
    return _load(texts, problems, Path(path).resolve().name)


@lru_cache(maxsize=16)
def load_shipped(name: str) -> Pack:
    """Return a pack that a scenario names beside its own: a shipped one by id, or a directory. Raises PackError."""
    return load(find(name))


def load_texts(files: Mapping[str, str | bytes]) -> Pack:
    """Load a pack from the texts of its files by name (`pack.yaml`, ...). Raises PackError."""
    return _load(files, [], None)


def texts_of(path: str | Path) -> Mapping[str, str]:
    """Return the texts of a pack's files by name, scenarios included. Raises PackError."""
    raw, problems = _read_directory(Path(path))
    texts = {}
    for name, content in raw.items():
        texts[name], faults = decode(content, name)
        problems += faults
    if problems:
        raise PackError(_sorted(problems))
    return texts


def load_scenarios(path: str | Path) -> tuple[Scenario, ...]:
    """Return the scenarios of a pack's directory, or of one scenario file. Raises PackError."""
    path = Path(path)
    files = sorted((path / "scenarios").glob("*.yaml")) if path.is_dir() else [path]
    texts: dict[str, bytes] = {}
    problems: list[Problem] = []
    for file in files:
        name = f"scenarios/{file.name}" if path.is_dir() else file.name
        content = _bytes(file, name, problems)
        if content is not None:
            texts[name] = content
    if problems:
        raise PackError(problems)
    return read_scenarios(texts)


def read_data(path: str | Path) -> Read:
    """Read one YAML (or JSON) file, such as facts, with its places. Raises PackError when it cannot be opened."""
    problems: list[Problem] = []
    content = _bytes(Path(path), str(path), problems)
    if content is None:
        raise PackError(problems)
    return read(content, str(path))


def dump(pack: Pack) -> Mapping[str, str]:
    """Return the texts of a pack's files (without scenarios and changelog); loading them gives the same digest."""
    texts = {f"{name}.yaml": _write(data) for name, data in pack.raw.items()}
    return texts if pack.text is None else {**texts, "text.md": pack.text}


def text_digest(text: str) -> str:
    """Return the digest that `text:` in pack.yaml states for a text.md."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def work_calendar() -> WorkCalendar:
    """Return the work calendar of China that ships with Fengsui (weekdays off, weekend days worked)."""
    path = Path(__file__).parent.parent / "calendar_cn.yaml"
    return WorkCalendar.of_data(cast("Mapping[str, list[object]]", read(path.read_bytes(), path.name).data))


def digest_of(raw: Mapping[str, object], text: str | None) -> str:
    """Return a pack's digest: every file's data by file name, the text by its own digest (language 9.1)."""
    files: dict[str, object] = {f"{name}.yaml": data for name, data in raw.items()}
    if text is not None:
        files["text.md"] = text_digest(text)
    return canon.digest(files)


# ------------------------------------------------------------------------------------------------ loading
def _load(texts: Mapping[str, str | bytes], problems: list[Problem], folder: str | None) -> Pack:
    problems += _unknown_files(texts)
    if "pack.yaml" not in texts:
        raise PackError(_sorted([*problems, *_missing("pack.yaml").problems]))
    reads = {name.removesuffix(".yaml"): read(texts[name], name) for name in DATA_FILES if name in texts}
    text = _text(texts, problems)
    problems += [problem for found in reads.values() for problem in found.problems]
    raw = {name: found.data for name, found in reads.items() if found.data is not None}
    problems += [_placed(reads, fault) for fault in check_names(raw)]
    pack, faults = read_pack(raw)
    problems += _believable(faults, reads, problems)
    if pack is not None:
        problems += [_placed(reads, fault) for fault in (*check_references(pack), *_folder(pack, folder))]
    if problems or pack is None:
        raise PackError(_sorted(problems))
    positions = {(f.file, path): place for f in reads.values() for path, place in f.places.items()}
    return replace(pack, digest=digest_of(raw, text), text=text, positions=positions)


def _believable(faults: Sequence[Fault], reads: Mapping[str, Read], known: Sequence[Problem]) -> Iterator[Problem]:
    """Leave out what only follows: faults of a place already told, names that an unread part would have declared."""
    told = {problem.where for problem in known}
    partial = any(found.data is None for found in reads.values()) or any(f.code == "bad_shape" for f in faults)
    for fault in faults:
        unread = fault.file in reads and reads[fault.file].data is None
        follows = partial and fault.code in ("unknown_name", "bad_value", "no_order", "bad_condition")
        problem = _placed(reads, fault)
        if not unread and not follows and problem.where not in told:
            yield problem


def _folder(pack: Pack, folder: str | None) -> Iterator[Fault]:
    if folder is not None and folder != pack.id:
        yield Fault("pack", ("id",), "other_folder", {"id": pack.id, "folder": folder})


def _text(texts: Mapping[str, str | bytes], problems: list[Problem]) -> str | None:
    found = texts.get("text.md")
    if isinstance(found, bytes):
        found, faults = decode(found, "text.md")
        problems += faults
    return found


def _placed(reads: Mapping[str, Read], fault: Fault) -> Problem:
    """Turn a fault's path of keys into a place: follow the file's data as far as the path fits."""
    found = reads.get(fault.file) or Read(f"{fault.file}.yaml")
    here, data = "", found.data
    for key in fault.path:
        if isinstance(data, Mapping) and key in data:
            here, data = join(here, str(key)), data[key]
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            here, data = join(here, key), data[key]
    place = found.places.get(here)
    fault = _named_by_label(reads, fault)
    params = {**fault.params, "first": _line(reads, fault.params["first"])} if "first" in fault.params else fault.params
    return Problem(fault.code, params, Where(found.file, place[0] if place else None, here))


def _named_by_label(reads: Mapping[str, Read], fault: Fault) -> Fault:
    """Where a rule names a thing by its label or alias, say the id that belongs there."""
    if fault.code != "unknown_name" or fault.params.get("mean"):
        return fault
    for file, key in (("bodies", "bodies"), ("facts", "facts"), ("forms", "forms"), ("terms", "matters")):
        data = reads[file].data if file in reads else None
        things = data.get(key) if isinstance(data, Mapping) else None
        for name, thing in things.items() if isinstance(things, Mapping) else ():
            words = (
                (thing.get("zh"), thing.get("en"), *_list(thing.get("aliases"))) if isinstance(thing, Mapping) else ()
            )
            if fault.params.get("name") in words:
                mean = {"mean": f"规则里写标识“{name}”。", "mean_en": f"Rules name it by its id '{name}'."}
                return replace(fault, params={**fault.params, **mean})
    return fault


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _line(reads: Mapping[str, Read], place: str) -> str:
    file, _, path = place.partition("|")
    return str(reads[file].places.get(path, ("?",))[0])


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    unique = {(p.where, p.code, tuple(sorted(p.params.items()))): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.where.file, p.where.line or 0, p.where.path, p.code))


# ------------------------------------------------------------------------------------------------ files
def _read_directory(path: Path) -> tuple[dict[str, bytes], list[Problem]]:
    if not (path / "pack.yaml").is_file():  # before looking further: the directory may be anything
        raise _missing(str(path / "pack.yaml"))
    texts: dict[str, bytes] = {}
    problems: list[Problem] = []
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if file.is_dir() or any(part.startswith(".") for part in PurePosixPath(name).parts):
            continue
        content = _bytes(file, name, problems) if _is_known(name) else b""
        if content is not None:
            texts[name] = content
    return texts, problems


def _bytes(file: Path, name: str, problems: list[Problem]) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        problems.append(Problem("missing_file", {"file": name, "known": "、".join(shipped())}, Where(name)))
    except OSError as error:
        problems.append(unreadable(error, name))
    return None


def unreadable(error: OSError, name: str) -> Problem:
    """Return the problem of a file that cannot be opened, in words."""
    en = error.strerror or type(error).__name__
    known = {
        "IsADirectoryError": "这是一个目录",
        "PermissionError": "没有读取的权限",
        "FileNotFoundError": "没有这个文件",
    }
    return Problem("unreadable", {"why": known.get(type(error).__name__, en), "why_en": en}, Where(name))


def _is_known(name: str) -> bool:
    path = PurePosixPath(name)
    scenario = len(path.parts) == 2 and path.parts[0] == "scenarios" and path.suffix == ".yaml"
    return scenario or name in DATA_FILES or name in PROSE_FILES


def _unknown_files(texts: Iterable[str]) -> Iterator[Problem]:
    for name in texts:
        if not _is_known(name):
            yield Problem("unknown_file", {"file": name, **near(name, (*DATA_FILES, *PROSE_FILES))}, Where(name))


def _missing(name: str) -> PackError:
    return PackError([Problem("missing_file", {"file": name, "known": "、".join(shipped())}, Where(name))])


# ------------------------------------------------------------------------------------------------ writing
class _Dumper(
    yaml.emitter.Emitter, yaml.serializer.Serializer, yaml.representer.Representer, yaml.resolver.BaseResolver
):
    """Writes every scalar as plain text where YAML allows it: nothing is resolved, so `no` needs no quotes."""

    def __init__(self, stream: TextIO, **_: object) -> None:
        Emitter.__init__(self, stream, width=120, allow_unicode=True)
        Serializer.__init__(self)
        Representer.__init__(self, default_flow_style=None, sort_keys=False)  # type: ignore[arg-type]
        BaseResolver.__init__(self)

    def ignore_aliases(self, data: object) -> bool:
        """Write equal parts out twice: anchors are not part of the language."""
        return True


def _write(data: object) -> str:
    written = io.StringIO()
    yaml.dump(data, written, Dumper=_Dumper)
    return written.getvalue()
