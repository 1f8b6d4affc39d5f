"""Reads the style sheets: rules with the blocks they stand in, and the sheets without what old browsers do not know.

Rules
- A block is what its prelude says and what stands between its braces; comments, strings and brackets are stepped over.
- `rules` gives each rule of declarations with the preludes around it, outermost first.
- `without(text, "@supports")` leaves out whole blocks: the sheet as a browser reads it that knows none of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHEETS = Path(__file__).resolve().parents[2] / "src/fengsui/web/static/fengsui/css"
PIECE = re.compile(r"""("[^"]*"|'[^']*'|\([^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\))|([{};])""")


@dataclass(frozen=True)
class Rule:
    """One selector (or descriptor block such as @page) with its declarations."""

    sheet: str
    around: tuple[str, ...]
    prelude: str
    body: str

    @property
    def optional(self) -> bool:
        """Whether it stands inside @supports."""
        return any(prelude.startswith("@supports") for prelude in self.around)


def sheets() -> dict[str, str]:
    """All style sheets by name, without their comments."""
    return {path.name: _bare(path.read_text(encoding="utf-8")) for path in sorted(SHEETS.glob("*.css"))}


def _bare(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def rules(sheet: str, text: str) -> Iterator[Rule]:
    """Every block that holds declarations."""
    around: list[str] = []
    since, declares = 0, False
    for piece in PIECE.finditer(text):
        mark = piece[2]
        if mark == "{":
            around.append(" ".join(text[since : piece.start()].split()))
            since, declares = piece.end(), False
        elif mark == ";" and around:
            declares = True
        elif mark == "}":
            body = " ".join(text[since : piece.start()].split())
            if declares or body:
                yield Rule(sheet, tuple(around[:-1]), around[-1], body)
            around.pop()
            since, declares = piece.end(), False
        elif mark == ";":
            since = piece.end()


def without(text: str, opener: str) -> str:
    """The sheet without the blocks that begin with `opener`."""
    text = _bare(text)
    while (start := text.find(opener)) >= 0:
        depth = 0
        for piece in re.compile(r"[{}]").finditer(text, start):
            depth += 1 if piece[0] == "{" else -1
            if depth == 0:
                text = text[:start] + text[piece.end() :]
                break
    return text
