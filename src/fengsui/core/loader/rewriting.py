"""A YAML text with some of its values replaced in place: the rest, comments and layout included, stays as it was.

Used by `fengsui test --accept`: the author reviews the difference before he keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from fengsui.core.loader.reading import join

Span = tuple[int, int]


def rewrite(text: str, values: Mapping[str, object]) -> tuple[str, frozenset[str]]:
    """Return the text with the value at each path replaced, and the paths that were found."""
    spans = dict(_spans(text))
    done = {path: value for path, value in values.items() if path in spans}
    for path in sorted(done, key=lambda p: spans[p], reverse=True):
        start, end = spans[path]
        text = text[:start] + flow(done[path]) + text[end:]
    return text, frozenset(done)


def flow(value: object) -> str:
    """Return a value in one line, as a scenario writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return _scalar(str(value))


def _scalar(text: str) -> str:
    plain = text and text == text.strip() and not text.startswith(tuple("\"'!&*%@`|>{}[],#?-"))
    if plain and not any(sign in text for sign in (": ", " #", ",", "[", "]", "{", "}", "\n")) and text[-1:] != ":":
        return text
    return "'" + text.replace("'", "''") + "'"


def _spans(text: str) -> Iterator[tuple[str, Span]]:
    """Yield the place of every value as character offsets."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is not None:
        yield from _below(node, "", starts)


def _below(node: yaml.Node, path: str, starts: list[int]) -> Iterator[tuple[str, Span]]:
    yield path, (_offset(node.start_mark, starts), _offset(node.end_mark, starts))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _below(value, join(path, str(key.value)), starts)
    elif isinstance(node, yaml.SequenceNode):
        for n, value in enumerate(node.value):
            yield from _below(value, join(path, n), starts)


def _offset(mark: yaml.Mark, starts: list[int]) -> int:
    return starts[mark.line] + mark.column
