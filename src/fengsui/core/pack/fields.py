"""How single fields of a pack are read: labels, clauses, bodies, conditions, limits, clocks, event patterns.

Each is a pydantic type whose validator finds the pack's `Vocabulary` in the validation context, so that nothing
stays plain text: a misspelt body, limit, event or clause is refused where it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo, model_validator

from fengsui.core import timing
from fengsui.core.pack.values import EXAMPLES, NAMES_ZH, Type, Value
from fengsui.core.pack.vocabulary import BodyRef, ReadingRef, Vocabulary, refuse
from fengsui.core.pack.when import Condition, Test, parse_condition, parse_test

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class Strict(BaseModel):
    """A frozen record that refuses unknown keys; `x-…` notes are kept in the raw files only."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _without_notes(cls, data: object) -> object:
        if isinstance(data, dict):
            return {k: v for k, v in data.items() if not str(k).startswith("x-")}
        return data


def words(info: ValidationInfo) -> Vocabulary:
    """Return the vocabulary that validation runs against."""
    return cast(Vocabulary, info.context)


def _bad(text: object, kind: str) -> None:
    refuse("bad_value", text=str(text), type=NAMES_ZH.get(kind, kind), type_en=kind, example=EXAMPLES.get(kind, kind))


def _text(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        _bad(raw, "text")
    return cast(str, raw)


def _id(raw: object) -> str:
    if not isinstance(raw, str) or not ID.fullmatch(raw):
        refuse(
            "bad_value", text=str(raw), type="标识（字母、数字、_ 和 -）", type_en="identifier", example="leading_group"
        )
    return raw


def _yes_no(raw: object) -> bool:
    if raw not in ("yes", "no", True, False):
        _bad(raw, "yes_no")
    return raw in ("yes", True) and raw != "no"


@dataclass(frozen=True, slots=True)
class Label:
    """What people read: Chinese, English where given, and the other names of one thing."""

    zh: str
    en: str | None = None
    aliases: tuple[str, ...] = ()


def _label(raw: object) -> Label:
    if isinstance(raw, Label):
        return raw
    if isinstance(raw, str) and raw:
        return Label(raw)
    if not isinstance(raw, dict) or not isinstance(raw.get("zh"), str):
        _bad(raw, "text")
    data = cast(dict[str, object], raw)
    for key in data:
        if key not in ("zh", "en", "aliases") and not key.startswith("x-"):
            refuse("unknown_key", (key,), key=key, mean="", mean_en="")
    return Label(str(data["zh"]), cast("str | None", data.get("en")), _texts(data.get("aliases", [])))


def _texts(raw: object) -> tuple[str, ...]:
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not all(isinstance(i, str) for i in items):
        _bad(raw, "text")
    return tuple(cast(list[str], items))


def _tiers(raw: object) -> dict[str, Label]:
    if isinstance(raw, dict):
        return {_id(name): _label(label) for name, label in raw.items()}
    return {name: Label(name) for name in _texts(raw)}


def _clauses(raw: object, info: ValidationInfo) -> tuple[str, ...]:
    if not isinstance(raw, str) or not raw.split():
        _bad(raw, "text")
    names = cast(str, raw).split()
    for name in names:
        if not name.startswith("own:"):
            words(info).known("clause", name, words(info).clauses)
    return tuple(names)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any one of several bodies."""

    of: tuple[Who, ...]


@dataclass(frozen=True, slots=True)
class SameAs:
    """The recipients of other duties (regimes)."""

    duties: tuple[str, ...]


Who = BodyRef | ReadingRef | AnyOf | SameAs


def parse_who(raw: object, vocabulary: Vocabulary, at: tuple[object, ...] = ()) -> Who:
    """Read a body, a post, `$reading`, `{any: [..]}` or `{same_as: [..]}`."""
    if isinstance(raw, str):
        if raw.startswith("$"):
            return vocabulary.reading(raw, at, Type("body"))
        return vocabulary.body(raw, at)
    if isinstance(raw, dict) and list(raw) == ["any"] and isinstance(raw["any"], list):
        return AnyOf(tuple(parse_who(item, vocabulary, (*at, "any", n)) for n, item in enumerate(raw["any"])))
    if isinstance(raw, dict) and list(raw) == ["same_as"]:
        names = _texts(raw["same_as"])
        return SameAs(tuple(vocabulary.known("duty", name, vocabulary.duties, (*at, "same_as")) for name in names))
    refuse("bad_value", at, text=str(raw), type="机构", type_en="body", example=EXAMPLES["body"])


def _parties(raw: object, info: ValidationInfo) -> tuple[Who, ...]:
    items = raw if isinstance(raw, list) else [raw]
    return tuple(parse_who(item, words(info), (n,) if isinstance(raw, list) else ()) for n, item in enumerate(items))


@dataclass(frozen=True, slots=True)
class EventPattern:
    """An event's name, and optionally its speaker, addressee and level (language 5.1)."""

    name: str
    by: Who | None = None
    to: Who | None = None
    level: Test | None = None

    @property
    def text(self) -> str:
        """The name alone, for readers."""
        return self.name

    @property
    def asks(self) -> bool:
        """Whether it asks for more than the name."""
        return self.by is not None or self.to is not None or self.level is not None


def parse_pattern(raw: object, vocabulary: Vocabulary, at: tuple[object, ...] = ()) -> EventPattern:
    """Read `assessed`, a matter, `fact x`, `step p.s`, `pattern p`, or `{assessed: {by: .., level: ..}}`."""
    if isinstance(raw, str):
        return EventPattern(vocabulary.known("event", raw, vocabulary.events(), at))
    if not isinstance(raw, dict) or len(raw) != 1:
        refuse("bad_value", at, text=str(raw), type="记录名", type_en="event", example="assessed")
    ((name, where),) = raw.items()
    vocabulary.known("event", name, vocabulary.events(), at)
    if not isinstance(where, dict):
        refuse("bad_value", at, text=str(where), type="映射", type_en="mapping", example="{by: group}")
    for key in where:
        if key not in ("by", "to", "level"):
            refuse("unknown_key", (*at, name, key), key=key, mean="", mean_en="")
    at = (*at, name)
    return EventPattern(
        name,
        by=parse_who(where["by"], vocabulary, (*at, "by")) if "by" in where else None,
        to=parse_who(where["to"], vocabulary, (*at, "to")) if "to" in where else None,
        level=parse_test("level", where["level"], vocabulary, at=(*at, "level")) if "level" in where else None,
    )


def _patterns(raw: object, info: ValidationInfo) -> tuple[EventPattern, ...]:
    items = raw if isinstance(raw, list) else [raw]
    found = (parse_pattern(item, words(info), (n,) if isinstance(raw, list) else ()) for n, item in enumerate(items))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Start:
    """One possible start of a clock: an instant fact, an event, or a reading that names one of them."""

    sort: Literal["fact", "event", "reading"]
    name: str


@dataclass(frozen=True, slots=True)
class Clock:
    """When a limit begins: the one start, or the earliest or latest of several (language 5.1)."""

    pick: Literal["only", "earliest", "latest"]
    of: tuple[Start, ...]


def parse_start(raw: object, vocabulary: Vocabulary, at: tuple[object, ...] = ()) -> Start:
    """Read one start of a clock."""
    text = _text(raw)
    if text.startswith("$"):
        name = vocabulary.reading(text, at).name
        for option, body in vocabulary.switches.get(name, {}).items():
            parse_start((body if isinstance(body, dict) else {}).get("means", option), vocabulary, at)
        return Start("reading", name)
    if text in vocabulary.facts:
        if vocabulary.facts[text] != Type("instant"):
            refuse("bad_value", at, text=text, type="时刻事实", type_en="instant fact", example="discovered")
        return Start("fact", text)
    return Start("event", vocabulary.known("event", text, vocabulary.events(), at))


def _clock(raw: object, info: ValidationInfo) -> Clock:
    if isinstance(raw, dict):
        if len(raw) != 1 or next(iter(raw)) not in ("earliest", "latest"):
            refuse("bad_value", text=str(raw), type="起算", type_en="clock start", example="{earliest: [a, b]}")
        ((pick, items),) = raw.items()
        return Clock(pick, tuple(parse_start(i, words(info), (pick, n)) for n, i in enumerate(items)))
    return Clock("only", (parse_start(raw, words(info)),))


def _limit(raw: object, info: ValidationInfo) -> timing.Limit | ReadingRef:
    text, vocabulary = _text(raw), words(info)
    if text.startswith("$"):
        ref = vocabulary.reading(text)
        for option, body in vocabulary.switches.get(ref.name, {}).items():
            means = (body if isinstance(body, dict) else {}).get("means", option)
            _parse_limit(str(means), vocabulary)
        if vocabulary.parameters.get(ref.name, Type("limit")).kind not in ("limit", "duration"):
            _bad(text, "limit")
        return ref
    return _parse_limit(text, vocabulary)


def _parse_limit(text: str, vocabulary: Vocabulary) -> timing.Limit:
    try:
        return timing.parse_limit(text, vocabulary.domain.soft_words)
    except ValueError:
        _bad(text, "limit")
        raise


def _every(raw: object, info: ValidationInfo) -> timing.Every | ReadingRef:
    text, vocabulary = _text(raw), words(info)
    if text.startswith("$"):
        ref = vocabulary.reading(text)
        if vocabulary.parameters.get(ref.name, Type("interval")).kind not in ("interval", "duration"):
            _bad(text, "interval")
        return ref
    try:
        every = timing.parse_every(text)
    except ValueError:
        _bad(text, "interval")
        raise
    if isinstance(every.at, ReadingRef):
        vocabulary.reading(str(every.at), (), Type("hour"))
    return every


def _keep(raw: object, info: ValidationInfo) -> bool | str | ReadingRef:
    if raw in ("yes", True):
        return True
    text = _text(raw)
    if text.startswith("$"):
        return words(info).reading(text)
    words(info).value(text, Type("duration"))
    return text


def _needs(raw: object, info: ValidationInfo) -> tuple[str | Condition, ...]:
    items = raw if isinstance(raw, list) else [raw]
    found: list[str | Condition] = []
    for n, item in enumerate(items):
        if isinstance(item, str):
            found.append(words(info).document(item, (n,)))
        else:
            found.append(parse_condition(item, words(info), at=(n,)))
    return tuple(found)


def _when(raw: object, info: ValidationInfo) -> Condition:
    return parse_condition(raw, words(info))


def _when_strict(raw: object, info: ValidationInfo) -> Condition:
    return parse_condition(raw, words(info), knowledge=False)


def _type(raw: object, info: ValidationInfo) -> Type:
    return words(info).type(_text(raw))


def _level(raw: object, info: ValidationInfo) -> str:
    return words(info).known("level", _text(raw), words(info).domain.scales.get("level", ()))


def _range(raw: object, info: ValidationInfo) -> tuple[str, str] | ReadingRef:
    text = _text(raw)
    if text.startswith("$"):
        return words(info).reading(text, (), Type("range"))
    return cast("tuple[str, str]", words(info).value(text, Type("range")))


def _date(raw: object, info: ValidationInfo) -> Value | ReadingRef:
    text = _text(raw)
    return (
        words(info).reading(text, (), Type("date")) if text.startswith("$") else words(info).value(text, Type("date"))
    )


def _form(raw: object, info: ValidationInfo) -> str:
    return words(info).known("form", _text(raw), words(info).forms)


def _body(raw: object, info: ValidationInfo) -> str:
    return words(info).body(_text(raw)).body


Text = Annotated[str, PlainValidator(_text)]
Id = Annotated[str, PlainValidator(_id)]
YesNo = Annotated[bool, PlainValidator(_yes_no)]
LabelField = Annotated[Label, PlainValidator(_label)]
Texts = Annotated[tuple[str, ...], PlainValidator(_texts)]
TiersField = Annotated[dict[str, Label], PlainValidator(_tiers)]
Clauses = Annotated[tuple[str, ...], PlainValidator(_clauses)]
Parties = Annotated[tuple[Who, ...], PlainValidator(_parties)]
Patterns = Annotated[tuple[EventPattern, ...], PlainValidator(_patterns)]
ClockField = Annotated[Clock, PlainValidator(_clock)]
LimitField = Annotated[timing.Limit | ReadingRef, PlainValidator(_limit)]
EveryField = Annotated[timing.Every | ReadingRef, PlainValidator(_every)]
KeepField = Annotated[bool | str | ReadingRef, PlainValidator(_keep)]
Needs = Annotated[tuple[str | Condition, ...], PlainValidator(_needs)]
When = Annotated[Condition, PlainValidator(_when)]
WhenStrict = Annotated[Condition, PlainValidator(_when_strict)]
TypeField = Annotated[Type, PlainValidator(_type)]
Level = Annotated[str, PlainValidator(_level)]
RangeField = Annotated[tuple[str, str] | ReadingRef, PlainValidator(_range)]
DateField = Annotated[Value | ReadingRef, PlainValidator(_date)]
FormName = Annotated[str, PlainValidator(_form)]
BodyName = Annotated[str, PlainValidator(_body)]
