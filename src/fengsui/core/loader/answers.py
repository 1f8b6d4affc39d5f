"""A facts file → values of a pack: names and values by id or in Chinese, every fault with its line.

Rules
- Either a mapping of facts, or a mapping with `facts:` and perhaps `unknown:`, `rest: none`, `readings:`, `at:`.
- 是 有 mean yes, 否 无 没有 mean no; a value of a scale or set may be given by its label; 未知 is a recorded unknown.
- A fact that is not mentioned is unknown; `rest: none` says that every other fact was checked and is nil.

Example: `{系统损失: 严重, shutdown: yes, 业务处理能力: 未知}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic_core import PydanticCustomError

from fengsui.core.loader.reading import Read, join
from fengsui.core.pack import Pack, Type
from fengsui.core.pack.vocabulary import near
from fengsui.core.problems import PackError

FactText = str | tuple[str, ...]
_KEYS = ("facts", "unknown", "rest", "readings", "at")
_UNKNOWN = frozenset({"unknown", "未知", "不详", "null", "~"})
_YES_NO = {"是": "yes", "有": "yes", "否": "no", "无": "no", "没有": "no", "不是": "no"}


@dataclass
class Answers:
    """What a facts file says; a fact whose value is None was recorded as unknown."""

    facts: dict[str, FactText | None] = field(default_factory=dict)
    rest_none: bool = False
    readings: dict[str, str] = field(default_factory=dict)
    at: str | None = None


def answers(pack: Pack, read: Read) -> Answers:
    """Return the answers of a facts file. Raises PackError with every problem found."""
    found = Answers()
    data = read.data
    if data is None or not isinstance(data, Mapping):
        if not read.problems:
            read.add(
                "bad_shape", (1, 1), wanted="事实的映射", wanted_en="mapping of facts", found="别的", found_en="text"
            )
        raise PackError(read.problems)
    if "facts" in data and "facts" not in pack.facts:
        _structured(pack, read, data, found)
    else:
        _facts(pack, read, data, "", found)
    if read.problems:
        raise PackError(read.problems)
    return found


def fact_name(pack: Pack, text: str) -> str | None:
    """Return the fact that a person means by id, label or alias."""
    return text if text in pack.facts else pack.resolve_name("fact", text)


def value_text(pack: Pack, type_: Type, text: object) -> FactText:
    """Return a value as the language writes it, from an id or from what people call it."""
    if type_.many:
        items = text if isinstance(text, list) else [text]
        one = Type(type_.kind, type_.name)
        return tuple(str(value_text(pack, one, item)) for item in items)
    word = str(text)
    if type_.kind == "yes_no":
        return _YES_NO.get(word, word)
    if type_.kind in ("scale", "set"):
        return pack.resolve_name(f"{type_.kind}:{type_.name}", word) or word
    return (pack.resolve_name("body", word) or word) if type_.kind == "body" else word


def reading_text(pack: Pack, name: str, value: str) -> tuple[str, str]:
    """Return the id of a reading and its value as the language writes it, from ids or from what people call them."""
    found = name if name in pack.words.parameters else pack.resolve_name("reading", name.removeprefix("$")) or name
    switch = pack.readings.switches.get(found)
    if switch is not None:
        options = {word: option for option, body in switch.options.items() for word in (option, body.zh, body.en)}
        return found, options.get(value, value)
    type_ = pack.words.parameters.get(found)
    text = value_text(pack, type_, value) if type_ else value
    return found, text if isinstance(text, str) else " ".join(text)


def _structured(pack: Pack, read: Read, data: Mapping[str, object], found: Answers) -> None:
    for key in data:
        if key not in _KEYS and not key.startswith("x-"):
            read.add("unknown_key", read.places.get(key), key, key=key, **near(key, _KEYS))
    facts = data["facts"]
    if isinstance(facts, Mapping):
        _facts(pack, read, facts, "facts", found)
    else:
        read.add(
            "bad_shape",
            read.places.get("facts"),
            "facts",
            wanted="映射",
            wanted_en="mapping",
            found="别的",
            found_en="other",
        )
    _unknown(pack, read, data.get("unknown", []), found)
    readings = data.get("readings", {})
    if isinstance(readings, Mapping):
        found.readings = dict(reading_text(pack, str(name), str(value)) for name, value in readings.items())
    else:
        _mapping_wanted(read, "readings")
    found.at = str(data["at"]) if "at" in data else None
    if "rest" in data:
        found.rest_none = data["rest"] == "none"
        if not found.rest_none:
            place = read.places.get("rest")
            read.add("bad_value", place, "rest", text=str(data["rest"]), type="none", type_en="none", example="none")


def _mapping_wanted(read: Read, path: str) -> None:
    params = {
        "wanted": "“事实: 值”的映射",
        "wanted_en": "mapping of facts",
        "found": "别的",
        "found_en": "something else",
    }
    read.add("bad_shape", read.places.get(path), path, **params)


def _unknown(pack: Pack, read: Read, names: object, found: Answers) -> None:
    for n, name in enumerate(names if isinstance(names, list) else [names]):
        path = join("unknown", n) if isinstance(names, list) else "unknown"
        fact = _named(pack, read, str(name), path)
        if fact:
            found.facts[fact] = None


def _facts(pack: Pack, read: Read, data: Mapping[str, object], path: str, found: Answers) -> None:
    for key, raw in data.items():
        if key.startswith("x-"):
            continue
        here = join(path, key)
        name = _named(pack, read, key, here)
        if name is None:
            continue
        if isinstance(raw, str) and raw in _UNKNOWN:
            found.facts[name] = None
            continue
        if pack.facts[name].derive or pack.facts[name].means:
            read.add("derived_fact", read.places.get(here), here, fact=pack.label("fact", name), name=name)
            continue
        type_ = pack.facts[name].type
        text = value_text(pack, type_, raw)
        try:
            pack.words.value(list(text) if isinstance(text, tuple) else text, type_)
        except PydanticCustomError as error:
            context = error.context or {}
            read.add(str(context["code"]), read.places.get(here), here, **context["params"])
        found.facts[name] = text


def _named(pack: Pack, read: Read, text: str, path: str) -> str | None:
    name = fact_name(pack, text)
    if name is None:
        labels = [label.zh for _, label in pack.labelled("fact")]
        guess = near(text, (*pack.facts, *labels))
        read.add("unknown_name", read.places.get(path), path, sort="事实", sort_en="fact", name=text, **guess)
    return name
