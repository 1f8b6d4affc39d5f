"""Text of one YAML file → plain data in which every scalar is text, with the place of every value.

Rules
- Built from PyYAML's event stream (libyaml where it is installed), nothing is guessed: `12:30`, `no`, `08` stay text.
- Refused, each with its line: a key written twice, anchors, aliases, tags, a second document, a key without a value.
- A file is UTF-8 (a leading byte-order mark is passed over), not empty, at most 4 MB and 40 levels deep.
- A syntax error ends the reading of that file; everything else is collected.

Example: `read("a: [no, 08]", "x.yaml")` gives `{"a": ["no", "08"]}` and the place of `a[1]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from fengsui.core.problems import Problem, Where

Place = tuple[int, int]
"""Line and column, both counted from 1."""

LARGEST = 4 * 1024 * 1024
DEEPEST = 40

_Loader: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# What libyaml says, and what it means to somebody who writes a plan: (phrase, zh, en).
_MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        "cannot start any token",
        "这里不能用制表符或符号 @ ` % 开头；缩进用空格",
        "a tab or one of @ ` % cannot stand here; indent with spaces",
    ),
    (
        "mapping values are not allowed",
        "这里多了一个冒号，或缩进不对；含冒号的文字加引号",
        "a colon too many or a wrong indent; put text that holds a colon in quotes",
    ),
    (
        "could not find expected ':'",
        "上一行缺少冒号和空格（不能用全角“：”）",
        "a colon and a space are missing on the line before (a full-width colon does not count)",
    ),
    (
        "did not find expected ',' or",
        "括号没有闭合，或项与项之间缺少半角逗号",
        "a bracket is not closed, or a comma between items is missing",
    ),
    (
        "did not find expected '-'",
        "列表的缩进不齐，或少了“- ”",
        "the list is not aligned, or '- ' is missing",
    ),
    ("expected node content", "这里缺少一个值，或括号没有闭合", "a value is missing, or a bracket was left open"),
    ("did not find expected key", "缩进不齐，或引号、括号没有闭合", "a wrong indent, or a quote or bracket left open"),
    ("unexpected end of stream", "引号或括号没有闭合", "a quote or bracket was left open"),
    ("unknown escape", "双引号里的反斜线有特殊含义；改用单引号", "a backslash in double quotes; use single quotes"),
)


@dataclass
class Read:
    """What one file holds: `data` (None where nothing could be read), places by path, and the problems found."""

    file: str
    data: object = None
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, place: Place | None, path: str = "", **params: str) -> None:
        """Note a problem at a place of this file."""
        self.problems.append(Problem(code, params, Where(self.file, place[0] if place else None, path)))


def read(text: str | bytes, file: str) -> Read:
    """Read one YAML file from its text or bytes; `file` is the name used in problems. Never raises."""
    result = Read(file)
    decoded = _decode(text, result)
    if decoded is not None and _printable(decoded, result):
        _Builder(result).run(decoded)
    return result


def decode(raw: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """Return the text of a UTF-8 file without byte-order mark, or the problem that says what is wrong with it."""
    result = Read(file)
    return _decode(raw, result) or "", tuple(result.problems)


def join(path: str, key: str | int) -> str:
    """Return the path of a child: `a`, `a.b`, `a[0]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def _decode(text: str | bytes, result: Read) -> str | None:
    if len(text) > LARGEST:
        result.add("too_large", None, size=f"{LARGEST // 1024 // 1024} MB")
        return None
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        result.add("not_utf8", (text.count(b"\n", 0, error.start) + 1, 1))
        return None


def _printable(text: str, result: Read) -> bool:
    for number, line in enumerate(text.split("\n"), 1):
        for column, sign in enumerate(line, 1):
            if (sign < " " and sign not in "\t\r") or "\ud800" <= sign <= "\udfff" or sign in "\x7f\ufffe\uffff":
                result.add("control_character", (number, column), sign=f"U+{ord(sign):04X}")
                return False
    return True


class _Builder:
    """Turns the event stream of one file into plain data; collects problems instead of stopping at the first."""

    def __init__(self, result: Read) -> None:
        self.result = result
        self.events: Iterator[yaml.Event] = iter(())

    def run(self, text: str) -> None:
        self.events = yaml.parse(text, Loader=_Loader)
        try:
            self._stream()
        except yaml.MarkedYAMLError as error:
            self._syntax(error, text)
        except (yaml.YAMLError, RecursionError) as error:
            self.result.add("yaml_syntax", None, why=str(error))
            self.result.data = None

    def _stream(self) -> None:
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.result.add("second_document", _place(event))
                    self.result.data = None
                    return
            elif isinstance(event, yaml.NodeEvent):
                self.result.data = self._node(event, "", 0)
        if documents == 0:
            self.result.add("empty_file", None, file=self.result.file)

    def _node(self, event: yaml.Event, path: str, depth: int) -> object:
        self.result.places.setdefault(path, _place(event))
        if depth > DEEPEST:
            self.result.add("too_deep", _place(event), path, depth=str(DEEPEST))
            self._skip(event)
            return ""
        self._marks(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path, depth)
        if isinstance(event, yaml.ScalarEvent):
            if event.value == "" and event.style not in ("'", '"'):
                self.result.add("no_value", _place(event), path, key=path or self.result.file)
            return event.value
        return ""

    def _mapping(self, path: str, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self.result.add("bad_key", _place(event), path)
                self._skip(event)
                self._node(next(self.events), join(path, "?"), depth + 1)
                continue
            self._marks(event, path)
            self._entry(event, path, depth, found)
        return found

    def _entry(self, key: yaml.ScalarEvent, path: str, depth: int, found: dict[str, object]) -> None:
        child = join(path, key.value)
        if key.value in found:
            first = self.result.places[child][0]
            self.result.add("duplicate_key", _place(key), child, key=key.value, first=str(first))
            child += "#2"
        self.result.places[child] = _place(key)
        value = self._node(next(self.events), child, depth + 1)
        found.setdefault(key.value, value)

    def _sequence(self, path: str, depth: int) -> list[object]:
        found: list[object] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._node(event, join(path, len(found)), depth + 1))
        return found

    def _marks(self, event: yaml.Event, path: str) -> None:
        """Refuse anchors, aliases and tags: a plan is read as it stands."""
        place, anchor, tag = _place(event), getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self.result.add("alias", place, path, sign=f"{sign}{anchor}")
        if tag:
            self.result.add("tag", place, path, sign=str(tag))

    def _skip(self, event: yaml.Event) -> None:
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            following = next(self.events)
            if isinstance(following, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(following, yaml.CollectionEndEvent):
                depth -= 1

    def _syntax(self, error: yaml.MarkedYAMLError, text: str) -> None:
        said = " ".join(part for part in (error.context, error.problem) if part)
        opened = "unexpected end" in said or "expected ',' or" in said  # the place where it was left open says more
        mark = (opened and error.context_mark) or error.problem_mark or error.context_mark
        zh, en = next(((zh, en) for phrase, zh, en in _MEANINGS if phrase in said), (said, said))
        place = (mark.line + 1, mark.column + 1) if mark else None
        if place and any("：" in part for part in text.split("\n")[max(0, place[0] - 2) : place[0]]):
            zh, en = f"{zh}（附近有全角“：”，键后面要用半角冒号加空格）", f"{en} (there is a full-width colon nearby)"
        self.result.data = None
        self.result.add("yaml_syntax", place, why=zh, why_en=en)


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def strip_notes(data: object) -> object:
    """Return the data without `x-` notes at any depth."""
    if isinstance(data, Mapping):
        return {k: strip_notes(v) for k, v in data.items() if not str(k).startswith("x-")}
    if isinstance(data, list):
        return [strip_notes(v) for v in data]
    return data
