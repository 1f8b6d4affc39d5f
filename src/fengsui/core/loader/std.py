"""The common words of the language, `std.yaml`: what `is: std.x` may say, and of which type (language 7.4).

Rules
- Facts, matters and bodies each have their own words; a form's field may be a word of the fields or of the facts.
- What is said must be of the word's type, and one word is said by one thing of a pack: what means the same twice over
  would be two answers to one question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from fengsui.core.loader.reading import read
from fengsui.core.pack import Fault, Label, Pack, Type
from fengsui.core.pack.vocabulary import near

STD = "std."
SORTS = ("facts", "matters", "bodies", "fields")


@dataclass(frozen=True, slots=True)
class Word:
    """One common word: its labels, and the type that its answers have (facts and fields)."""

    id: str
    label: Label
    type: Type | None = None


@lru_cache(maxsize=1)
def std_words() -> Mapping[str, Mapping[str, Word]]:
    """Return the words by sort (`facts`, `matters`, `bodies`, `fields`) and id, without `std.`."""
    path = Path(__file__).parent.parent / "std.yaml"
    data = cast("Mapping[str, Mapping[str, Mapping[str, str]]]", read(path.read_bytes(), path.name).data)
    return {sort: {name: _word(name, said) for name, said in data[sort].items()} for sort in SORTS}


def _word(name: str, said: Mapping[str, str]) -> Word:
    return Word(name, Label(said["zh"], said.get("en")), Type(said["type"]) if "type" in said else None)


def check_std(pack: Pack) -> Iterator[Fault]:
    """Yield every `is: std.x` that the language does not know, that has another type, or that is said twice."""
    words = std_words()
    facts = [(("facts", name), fact.is_, fact.type) for name, fact in pack.facts.items()]
    yield from _check("facts", facts, words["facts"])
    matters = [(("matters", name), matter.is_, None) for name, matter in pack.terms.matters.items()]
    yield from _check("terms", matters, words["matters"])
    bodies = [(("bodies", name), body.is_, None) for name, body in pack.bodies.items()]
    yield from _check("bodies", [one for one in bodies if (one[1] or "").startswith(STD)], words["bodies"])
    for name, form in pack.forms.items():
        fields = [(("forms", name, "fields", key), field.is_, field.type) for key, field in form.fields.items()]
        yield from _check("forms", fields, {**words["facts"], **words["fields"]})


Said = tuple[tuple[str, ...], str | None, Type | None]
"""Where a thing stands, the word it says, and its type."""


def _check(file: str, things: Iterable[Said], words: Mapping[str, Word]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for path, said, type_ in things:
        if said is None:
            continue
        at, name = (*path, "is"), said.removeprefix(STD)
        word = words.get(name) if said.startswith(STD) else None
        if word is None:
            known = near(said, tuple(STD + one for one in words))
            yield Fault(file, at, "unknown_name", {"sort": "公共词", "sort_en": "common word", "name": said, **known})
        elif word.type is not None and type_ != word.type:
            found = type_.text if type_ else ""
            yield Fault(file, at, "std_type", {"word": said, "type": word.type.text, "found": found})
        elif name in seen:
            yield Fault(file, at, "std_twice", {"word": said, "other": seen[name]})
        else:
            seen[name] = path[-1]
