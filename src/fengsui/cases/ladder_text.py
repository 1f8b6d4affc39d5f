"""The text of a ladder: YAML into rungs, every problem with its line (the words of `fengsui.cases.ladder`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fengsui.cases.problems import AGAIN, ENDS, SILENT
from fengsui.core import timing
from fengsui.core.loader import Read
from fengsui.core.loader import read as read_yaml
from fengsui.core.pack.vocabulary import near
from fengsui.core.problems import Problem

KEYS = ("rung", "when", "to", "every", "until", "urgent")
WHOM = re.compile(r"holders|recipients|above( [1-9])?|[a-z][a-z0-9_]{0,99}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,9}")
SHARE = re.compile(r"([1-9]\d?)%")
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=400)
MOST = 20


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: at a `share` of the time in per cent, or `shift` from the due time; to whom, how often, until when."""

    name: str
    share: int | None
    shift: timedelta
    to: tuple[str, ...]
    every: timedelta | None = None
    until: timedelta | None = None
    urgent: bool = False

    @property
    def at_due(self) -> bool:
        """Whether it stands at the due time itself."""
        return self.share is None and not self.shift

    @property
    def before(self) -> bool:
        """Whether it rings before the due time."""
        return self.share is not None or self.shift < timedelta()


def read_rungs(text: str, file: str) -> tuple[dict[str, tuple[Rung, ...]], list[Problem]]:
    """Return the rungs of the two ladders as far as they can be read, and every problem."""
    result = read_yaml(text, file)
    data = result.data if isinstance(result.data, dict) else {}
    if result.data is not None and not isinstance(result.data, dict):
        _shape(result, "", "映射", "mapping")
    found = {name: _ladder(result, data, name) for name in ("hard", "soft")}
    for key in data:
        if key not in found:
            _unknown(result, key, key, tuple(found))
    if not result.problems:
        _never_silent(result, [rung for rung in found["hard"] if "holders" in rung.to])
    return found, result.problems


def _never_silent(result: Read, holders: list[Rung]) -> None:
    """Note where a hard ladder would leave its holders in peace: at the due time, or at last."""
    if not any(rung.at_due for rung in holders):
        result.add(SILENT, result.places.get("hard"), "hard")
    elif not any(rung.every is not None and rung.until is None for rung in holders):
        result.add(ENDS, result.places.get("hard"), "hard")


def _ladder(result: Read, data: Mapping[str, object], name: str) -> tuple[Rung, ...]:
    entries = data.get(name, [])
    if not isinstance(entries, list) or len(entries) > MOST:
        _shape(result, name, f"至多 {MOST} 项的列表", f"list of at most {MOST}")
        return ()
    found: dict[str, Rung] = {}
    for n, entry in enumerate(entries):
        here = f"{name}[{n}]"
        rung = _rung(result, entry, here, n + 1)
        if rung is not None and rung.name in found:
            _again(result, here, n + 1, f"名称“{rung.name}”已用过", f"the name '{rung.name}' is used already")
        if rung is not None:
            found[rung.name] = rung
    return tuple(found.values())


def _rung(result: Read, entry: object, here: str, n: int) -> Rung | None:
    if not isinstance(entry, dict):
        _shape(result, here, "映射", "mapping")
        return None
    before = len(result.problems)
    for key in entry:
        if key not in KEYS and not key.startswith("x-"):
            _unknown(result, f"{here}.{key}", key, KEYS)
    for key in ("rung", "when", "to"):
        if key not in entry:
            result.add("missing_key", result.places.get(here), here, key=key)
    if len(result.problems) > before:
        return None
    if not NAME.fullmatch(str(entry["rung"])):
        _value(result, f"{here}.rung", entry["rung"], ("级名", "rung name"), "half")
    share, shift = _when(result, entry["when"], f"{here}.when")
    to = _whom(result, entry["to"], f"{here}.to")
    every = _length(result, entry.get("every"), f"{here}.every")
    until = _length(result, entry.get("until"), f"{here}.until", signed=True)
    urgent = _yes(result, entry.get("urgent", "no"), f"{here}.urgent")
    rung = Rung(str(entry["rung"]), share, shift, to, every, until, urgent)
    _repeats(result, rung, here, n)
    return rung


def _repeats(result: Read, rung: Rung, here: str, n: int) -> None:
    if rung.until is not None and rung.every is None:
        _again(result, here, n, "有 until 而没有 every", "until without every")
    if rung.every is not None and rung.before:
        _again(result, here, n, "到期之前的级不重复", "a rung before the due time does not come again")
    if rung.until is not None and rung.until < rung.shift:
        _again(result, here, n, "until 早于 when", "until is earlier than when")


def _when(result: Read, text: object, here: str) -> tuple[int | None, timedelta]:
    if text == "due":
        return None, timedelta()
    if found := SHARE.fullmatch(str(text)):
        return int(found[1]), timedelta()
    if str(text)[:1] in ("-", "+"):
        try:
            length = timing.parse_duration(str(text)[1:])
        except ValueError:
            length = LONGEST * 2
        if length <= LONGEST:
            return None, -length if str(text)[0] == "-" else length
    _value(result, here, text, ("时点", "moment"), "50%、-10min、due、+30min")
    return None, timedelta()


def _whom(result: Read, value: object, here: str) -> tuple[str, ...]:
    named = value if isinstance(value, list) else [value]
    for one in named:
        if not isinstance(one, str) or not WHOM.fullmatch(one):
            _value(result, here, one, ("提醒对象", "whom to tell"), "[holders, recipients, above, above 2]")
    return tuple(dict.fromkeys("above" if one == "above 1" else str(one) for one in named))


def _length(result: Read, text: object, here: str, signed: bool = False) -> timedelta | None:
    if text is None:
        return None
    plain = str(text).removeprefix("+") if signed else str(text)
    try:
        length = timing.parse_duration(plain)
    except ValueError:
        length = timedelta()
    if not SHORTEST <= length <= LONGEST:
        what = ("一分钟到 400 天的时长", "length of a minute to 400 days")
        _value(result, here, text, what, "+6h" if signed else "30min")
        return None
    return length


def _yes(result: Read, text: object, here: str) -> bool:
    if text not in ("yes", "no"):
        _value(result, here, text, ("是或否", "yes or no"), "yes")
    return text == "yes"


def _value(result: Read, here: str, text: object, what: tuple[str, str], example: str) -> None:
    place = result.places.get(here)
    result.add("bad_value", place, here, text=str(text), type=what[0], type_en=what[1], example=example)


def _again(result: Read, here: str, n: int, zh: str, en: str) -> None:
    result.add(AGAIN, result.places.get(here), here, n=str(n), why=zh, why_en=en)


def _shape(result: Read, here: str, zh: str, en: str) -> None:
    result.add(
        "bad_shape",
        result.places.get(here),
        here,
        wanted=zh,
        wanted_en=en,
        found="别的形式",
        found_en="something of another form",
    )


def _unknown(result: Read, here: str, key: str, known: tuple[str, ...]) -> None:
    result.add("unknown_key", result.places.get(here), here, key=key, **near(key, known))
