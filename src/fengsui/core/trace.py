"""The text of a plan against its pack: where each clause stands, and which paragraphs no clause answers.

Rules
- A text is read line by line: Markdown headings, 第一篇 第二章 第三节, 一、 （一） 1. 1.2.3 and **1.2.3** are numbers.
- A locator (`at` of a clause, else its `cite`) is a path of such numbers, then `¶n` or `¶n-m`, `item n.` and `part n`.
- `[L173]` or `[L113-137]` in a locator names lines of the text itself: the way to speak of a text that has lost its
  numbers. In such a text every sentence counts.
- A paragraph counts as answered when some clause points at it; title, date and remarks before the first number
  do not count, nor do numbered headings in a text without marks (`2.1 组织机构`).
- Text stays with its owner: nothing of it is kept here.

Example: `第四篇 > 三 > （三） ¶1` is the first paragraph under （三） of 三 of 第四篇.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from fengsui.core.pack import Pack
from fengsui.core.problems import Problem, Where

_CN = "一二三四五六七八九十百零〇"
_NUMBERS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"(第[{_CN}\d]+[篇编])(?=\s|$|[:：])")),
    (2, re.compile(rf"(第[{_CN}\d]+[章部])(?=\s|$|[:：])")),
    (3, re.compile(rf"(第[{_CN}\d]+节)(?=\s|$|[:：])")),
    (4, re.compile(rf"(第[{_CN}\d]+条)(?=\s|$|[:：])")),
    (5, re.compile(rf"([{_CN}]+)[、.]")),
    (6, re.compile(rf"(\([{_CN}]+\))")),
)
_DECIMAL = re.compile(r"(\d+(?:\.\d+)+)(?=[\s.、]|$|[^\d.])")
_WHOLE = re.compile(r"(\d+)(?=\s)")
_ITEM = re.compile(r"(\d+)[.、](?!\d)\s*|(\(\d+\))\s*|([-*+])\s+")
_TITLE = re.compile(r"(\d+(\.\d+)*\s+|。\d+[)）]\s*)[^\d\s]{1,20}(\s*[^\d\s]{1,10})?")
_LABEL = re.compile(rf"第[{_CN}\d]+[篇编章部节条]|\([{_CN}]+\)|\(\d+\)|\d+(?:\.\d+)*|[{_CN}]+")
_PARAGRAPH = re.compile(r"¶\s*(\d+)(?:-(\d+))?")
_LOCATOR_ITEM = re.compile(r"\bitem\s+(\S+)")
_DIGITS, _UNITS = "零一二三四五六七八九", {"十": 10, "百": 100}
_MOJIBAKE = re.compile(
    "[\ufffd\ue000-\uf8ff]|^[（(]\\s*[)）]|^。\\d+[)）]"
)  # lost signs: （一） become (), ① become 。1)
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")
_LINES = re.compile(r"\[L(\d+)(?:-(\d+))?\]")
_PART = re.compile(r"\bpart\s+\d+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the text: its line, the numbers above it, its place below them (0 = the heading itself)."""

    line: int
    path: tuple[str, ...]
    number: int
    item: str | None
    text: str
    clauses: tuple[str, ...] = ()

    @property
    def is_title(self) -> bool:
        """Whether it is a number and a few words: a heading in a text that has lost its marks."""
        return bool(_TITLE.fullmatch(self.text)) and not _is_sentence(self.text)

    @property
    def place(self) -> str:
        """As a locator is written."""
        item = f" item {self.item}" if self.item else ""
        return f"{' > '.join(self.path)} ¶{self.number}{item}".strip()


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in a text: the numbers above it, and perhaps the paragraph and the item; or its lines."""

    path: tuple[str, ...]
    paragraphs: range | None = None
    item: str | None = None
    lines: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What `trace` found: every paragraph with its clauses, the lines of each clause, and the problems."""

    paragraphs: tuple[Paragraph, ...]
    lines: dict[str, tuple[int, ...]]
    problems: tuple[Problem, ...]

    @property
    def counted(self) -> tuple[Paragraph, ...]:
        """Paragraphs that want an answer: all below a number, headings without a sentence excepted."""
        if not any(p.path for p in self.paragraphs):
            return tuple(p for p in self.paragraphs if _is_sentence(p.text))
        return tuple(p for p in self.paragraphs if p.path and (_is_sentence(p.text) or (p.number and not p.is_title)))

    @property
    def unanswered(self) -> tuple[Paragraph, ...]:
        """Paragraphs no clause points at."""
        return tuple(p for p in self.counted if not p.clauses)

    @property
    def lost(self) -> tuple[str, ...]:
        """Clauses whose place is not in the text."""
        return tuple(clause for clause, lines in self.lines.items() if not lines)

    def as_json(self, lang: str = "zh") -> dict[str, object]:
        """Return the coverage as plain data, without the sentences of the text."""
        counted = len(self.counted)
        return {
            "clauses": {c: list(lines) for c, lines in self.lines.items()},
            "found": sum(1 for lines in self.lines.values() if lines),
            "lost": list(self.lost),
            "paragraphs": counted,
            "answered": counted - len(self.unanswered),
            "unanswered": [{"line": p.line, "place": p.place} for p in self.unanswered],
            "problems": [p.as_json("en" if lang == "en" else "zh") for p in self.problems],
        }


def trace(pack: Pack, text: str, file: str = "text.md") -> Coverage:
    """Hold a pack against the text of its plan. `file` names the text in problems."""
    paragraphs = list(read_text(text))
    sections = {p.path for p in paragraphs} | {p.path[:n] for p in paragraphs for n in range(len(p.path))}
    lines: dict[str, tuple[int, ...]] = {}
    for clause_id, clause in pack.clauses.items():
        found = _find(paragraphs, sections, parse_locator(clause.at or clause.cite))
        lines[clause_id] = tuple(paragraphs[n].line for n in found)
        for n in found:
            paragraphs[n] = replace(paragraphs[n], clauses=(*paragraphs[n].clauses, clause_id))
    coverage = Coverage(tuple(paragraphs), lines, ())
    odd = (*_unanswered(coverage, file), *_numbering(coverage, file), *_signs(text, file))
    return replace(coverage, problems=(*_lost(pack, coverage), *sorted(odd, key=lambda p: p.where.line or 0)))


def read_text(text: str) -> Iterator[Paragraph]:
    """Yield the paragraphs of a text with the numbers they stand under."""
    stack: list[tuple[int, str]] = []
    count = 0
    for line_number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare or set(bare) <= set("-=*_ ") or re.fullmatch(r"[|:\-\s]+", bare):
            continue
        heading = _heading(bare)
        if heading:
            stack = _under(stack, *heading[:2])
            count = -1 if heading[2] else 0
            if not heading[2]:
                yield Paragraph(line_number, _path(stack), 0, None, heading[3])
                continue
        count = 1 if count < 0 else count + 1
        said, item = (heading[3], None) if heading else _item(bare)
        yield Paragraph(line_number, _path(stack), count, item, said)


def parse_locator(text: str) -> Locator:
    """Read a locator: `第四篇 > 三 > （三） ¶1 item 2. part 1`, `4.1.2`, `第四篇 三(三)`, `五、1`."""
    plain = _plain(text)
    if lines := _LINES.search(plain):
        return Locator((), lines=(int(lines[1]), int(lines[2] or lines[1])))
    paragraph, item = _PARAGRAPH.search(plain), _LOCATOR_ITEM.search(plain)
    path = _PART.sub("", _LOCATOR_ITEM.sub("", _PARAGRAPH.sub("", plain)))
    labels = tuple(label for part in path.split(">") for label in _labels(part.strip()))
    numbers = range(int(paragraph[1]), int(paragraph[2] or paragraph[1]) + 1) if paragraph else None
    return Locator(labels, numbers, item[1].strip(".、()") if item else None)


def _labels(part: str) -> Iterable[str]:
    return _LABEL.findall(part) or ([part] if part else [])


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _heading(bare: str) -> tuple[int, str, bool, str] | None:
    """Return rank, number, whether the line is itself a paragraph, and its words; None for a line without number."""
    marks = re.match(r"(#+)\s*", bare)
    bold = re.match(r"\*\*([^*]+)\*\*\s*", bare)
    plain = _plain(bold[1] if bold else bare[marks.end() :] if marks else bare)
    words = bare[bold.end() :] if bold else bare
    decimal = _DECIMAL.match(plain)
    if decimal:
        label = decimal[1]
        return 100 + label.count("."), label, bool(bold) or not marks, words
    for rank, pattern in _NUMBERS:
        found = pattern.match(plain)
        if found:
            return rank, found[1], False, words
    if marks and (whole := _WHOLE.match(plain)):
        return 100, whole[1], False, words
    return (len(marks[1]) + 50, plain, False, words) if marks and len(marks[1]) > 1 else None


def _under(stack: list[tuple[int, str]], rank: int, label: str) -> list[tuple[int, str]]:
    kept = [entry for entry in stack if entry[0] < rank]
    return [*kept, (rank, label)]


def _path(stack: list[tuple[int, str]]) -> tuple[str, ...]:
    """Return the labels above a paragraph; a decimal number says its whole path by itself."""
    labels = [label for _, label in stack]
    decimals = [label for rank, label in stack if rank >= 100]
    return tuple([label for label in labels if label not in decimals] + decimals[-1:])


def _item(bare: str) -> tuple[str, str | None]:
    found = _ITEM.match(_plain(bare))
    if not found:
        return bare, None
    label = found[1] or (found[2] or "").strip("()")
    return bare, label or None


def _is_sentence(text: str) -> bool:
    return text.rstrip().endswith(("。", "：", ":", "；", "."))


def _find(paragraphs: list[Paragraph], sections: set[tuple[str, ...]], locator: Locator) -> tuple[int, ...]:
    if locator.lines:
        first, last = locator.lines
        return tuple(n for n, p in enumerate(paragraphs) if first <= p.line <= last)
    path, item = locator.path, locator.item
    exact = _section(sections, path)
    if exact is None and item is None and path and path[-1].isdigit():
        exact, item = _section(sections, path[:-1]), path[-1]
    if exact is None:
        return ()
    below = [n for n, p in enumerate(paragraphs) if p.path == exact]
    if item is not None:
        items = [n for n in below if paragraphs[n].item == item]
        same = [n for n in items if locator.paragraphs and paragraphs[n].number in locator.paragraphs]
        return tuple(same or items[:1])
    if locator.paragraphs is not None:
        return tuple(n for n in below if paragraphs[n].number in locator.paragraphs)
    return tuple(below)


def _section(sections: set[tuple[str, ...]], path: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the section a path names: itself, or the one section whose path ends with it."""
    if not path or path in sections:
        return path or None
    ending = [s for s in sections if s[-len(path) :] == path]
    return ending[0] if len(ending) == 1 else None


def _lost(pack: Pack, coverage: Coverage) -> Iterator[Problem]:
    for clause_id in coverage.lost:
        clause = pack.clauses[clause_id]
        place = pack.positions.get(("clauses.yaml", f"clauses.{clause_id}"))
        where = Where("clauses.yaml", place[0] if place else None, f"clauses.{clause_id}")
        yield Problem("text_clause_lost", {"clause": clause_id, "at": clause.at or clause.cite}, where, (clause_id,))


def _unanswered(coverage: Coverage, file: str) -> Iterator[Problem]:
    for paragraph in coverage.unanswered:
        yield Problem("text_unanswered", {"place": paragraph.place}, Where(file, paragraph.line))


# ------------------------------------------------------------------------------------------------ oddities of the text
def _numbering(coverage: Coverage, file: str) -> Iterator[Problem]:
    """Yield numbers that leave a gap, come twice, or do not begin with one among their equals."""
    last: dict[tuple[object, ...], int] = {}
    seen: set[tuple[str, ...]] = set()
    for paragraph in coverage.paragraphs:
        if not paragraph.path or paragraph.path in seen:
            continue
        seen.add(paragraph.path)
        label = paragraph.path[-1]
        kind, number = _counted(label)
        if number is None:
            continue
        above = label.rpartition(".")[0] if "." in label else paragraph.path[:-1]
        before = last.get((above, kind), 0)
        if number != before + 1:
            zh, en = (
                (f"之前缺{before + 1}", f"comes without {before + 1}")
                if number > before
                else ("与前重复", "comes again")
            )
            place = " > ".join(paragraph.path)
            yield Problem("text_numbering", {"place": place, "why": zh, "why_en": en}, Where(file, paragraph.line))
        last[above, kind] = number


def _counted(label: str) -> tuple[str, int | None]:
    """Return the form of a number (第…篇, （…）, decimal, plain) and its count; None for a heading in words."""
    if re.fullmatch(r"\d+(\.\d+)*", label):
        return "decimal", int(label.rpartition(".")[2])
    found = re.search(rf"[{_CN}]+|\d+", label)
    if found is None or not re.fullmatch(rf"(第[{_CN}\d]+[篇编章部节条])|\([{_CN}\d]+\)|[{_CN}]+", label):
        return "words", None
    return label.replace(found[0], ""), int(found[0]) if found[0].isdigit() else _chinese(found[0])


def _chinese(text: str) -> int:
    """Read a Chinese number below a thousand: 三, 十二, 二十, 一百零五."""
    total = digit = 0
    for sign in text:
        if sign in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[sign], 0
        else:
            digit = _DIGITS.index(sign)
    return total + digit


def _signs(text: str, file: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), 1):
        if odd := _MOJIBAKE.search(line.strip()):
            sign = odd[0] if odd[0].isascii() or len(odd[0]) > 1 else f"U+{ord(odd[0]):04X}"
            yield Problem("text_mojibake", {"sign": sign}, Where(file, number))
        if PERSONAL.search(line):
            yield Problem("text_personal", {}, Where(file, number))
