"""Checks the translations: every file compiles, nothing is fuzzy or empty, every placeholder is kept.

Rules
- The interface is written in Chinese; `locale/en` must be complete.
- What a page marks for translation must be in the catalogue: a missing entry is an error here, not a Chinese word on
  an English page.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent / "src/fengsui"
IN_TEMPLATE = re.compile(r"""\{%\s*(?:trans|translate)\s+(?P<quote>["'])(?P<text>.+?)(?P=quote)""")
IN_EXPRESSION = re.compile(r"""\b_\((?P<quote>["'])(?P<text>.+?)(?P=quote)\)""")
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?(?P<options>[^%]*)%\}(?P<text>.*?)\{%\s*(?:plural|endblocktrans)", re.S)
CALLS = {"_", "gettext", "gettext_lazy", "ngettext"}


def main() -> int:
    """Prints each fault; 1 when there is one."""
    catalogues = sorted(PACKAGE.glob("locale/*/LC_MESSAGES/django.po"))
    faults = [] if catalogues else ["There is no catalogue: locale/en/LC_MESSAGES/django.po is missing."]
    for path in catalogues:
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        faults += [f"{path.name}: {fault}" for fault in entries(catalog)]
        faults += [f"{path.name}: missing: {text!r} ({where})" for text, where in marked() if not catalog.get(text)]
    print("\n".join(faults) or "The translations are complete.")
    return 1 if faults else 0


def entries(catalog: Catalog) -> list[str]:
    """The faults of a catalogue's own entries."""
    faults = []
    for entry in catalog:
        if not entry.id:
            continue
        if entry.fuzzy:
            faults.append(f"line {entry.lineno}: fuzzy: {entry.id!r}")
        if not entry.string or (isinstance(entry.string, tuple) and not all(entry.string)):
            faults.append(f"line {entry.lineno}: not translated: {entry.id!r}")
        faults += [f"line {entry.lineno}: {error}" for error in entry.check(catalog)]
    return faults


def marked() -> list[tuple[str, str]]:
    """What pages and Python mark for translation, with the file it is in."""
    found = []
    for path in sorted(PACKAGE.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        found += [(match["text"], path.name) for way in (IN_TEMPLATE, IN_EXPRESSION) for match in way.finditer(text)]
        found += [(block_text(match), path.name) for match in BLOCK.finditer(text)]
    for path in sorted(PACKAGE.rglob("*.py")):
        found += [(text, path.name) for text in in_python(ast.parse(path.read_text(encoding="utf-8")))]
    return found


def in_python(tree: ast.Module) -> Iterator[str]:
    """The constant texts that Python code hands to gettext."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[0]
        if name in CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def block_text(match: "re.Match[str]") -> str:
    """The catalogue's key of a blocktranslate: variables as %(name)s, trimmed when it says so."""
    text = re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", match["text"])
    if "trimmed" in match["options"]:
        text = " ".join(line.strip() for line in text.strip().splitlines() if line.strip())
    return text


if __name__ == "__main__":
    sys.exit(main())
