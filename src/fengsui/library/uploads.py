"""A pack as it comes through a page: a zip file of its texts, read before anything of it is believed.

Rules
- Only names and texts leave this module. A folder around the whole pack is taken off; hidden files are passed over.
- A zip is refused whole when it is none, holds too much, or has names that lead elsewhere; a file that is no UTF-8 is a
  problem with its line, beside those of all other files.
"""

import io
import zipfile
from pathlib import PurePosixPath

from fengsui.core import loader
from fengsui.core.problems import PackError, Problem
from fengsui.ledger.problems import refuse

LARGEST = 4 * 1024 * 1024
"""Bytes of the zip, and a quarter of what it may unfold to."""
MANY = 300


def read_zip(raw: bytes, name: str) -> dict[str, str]:
    """Return the texts of a pack by name. Raises Refused (`bad_file`), PackError for files that cannot be read."""
    if len(raw) > LARGEST:
        raise _bad(name, "过大", "it is too large")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            parts = [part for part in opened.infolist() if not part.is_dir() and not _hidden(part.filename)]
            if len(parts) > MANY or sum(part.file_size for part in parts) > 4 * LARGEST:
                raise _bad(name, "内容过多", "it holds too much")
            found = {part.filename: opened.read(part) for part in parts}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        raise _bad(name, "不是能读的 zip", "it is no zip that can be read") from None
    if any(PurePosixPath(each).is_absolute() or ".." in PurePosixPath(each).parts for each in found):
        raise _bad(name, "里面的路径指向别处", "names in it lead elsewhere")
    return _texts(_unfolded(found))


def _texts(found: dict[str, bytes]) -> dict[str, str]:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name, content in sorted(found.items()):
        texts[name], wrong = loader.decode(content, name)
        problems += wrong
    if problems:
        raise PackError(problems)
    return texts


def _unfolded(found: dict[str, bytes]) -> dict[str, bytes]:
    """Take off the one folder around everything, if there is one."""
    tops = {name.partition("/")[0] for name in found}
    if len(tops) != 1 or not all("/" in name for name in found):
        return found
    return {name.partition("/")[2]: content for name, content in found.items()}


def _hidden(name: str) -> bool:
    return any(part != ".." and part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _bad(name: str, why: str, why_en: str) -> Exception:
    limit = f"{LARGEST // 1024 // 1024} MB"
    return refuse("bad_file", name=name, why=why, why_en=why_en, allowed="zip", limit=limit)
