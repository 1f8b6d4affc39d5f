"""Groups of like cases over one root, and whether there are enough of them (language 5.4).

Rules
- A case counts when it is open, fits the pattern's `cases`, and was opened within the window before the moment asked.
- Cases are alike when every fact of `same` is known of each and equal; one of which a fact is unknown is in no group.
  Exercises are never counted with the real thing.
- `distinct: site` counts organisations (of the case's tier, where the plan has tiers), `distinct: owner` owning units,
  a fact its values; else cases are counted.
- While the number or the window is an unset reading the group is information: `holds` is None and says what is open.
- A group that holds is told once to each of its cases (`untold`), by the system event `pattern` (`engine.recognise`).

Who looks over which cases, and when, belongs to the service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from fengsui.core import timing
from fengsui.core.case import Case, Event
from fengsui.core.conditions import Known, View, judge
from fengsui.core.pack import Type
from fengsui.core.pack.rules import Pattern

OVER = ("ended", "closed")
COUNT, WINDOW = Type("count"), Type("duration")
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Like cases: the pattern, the values they share, the cases (oldest first), and how many of them count."""

    pattern: str
    key: tuple[str, ...]
    cases: tuple[str, ...]
    count: int
    holds: bool | None
    open: tuple[str, ...] = ()


def groups(name: str, pattern: Pattern, views: Sequence[View]) -> tuple[Group, ...]:
    """Return the groups of a pattern among views of cases at one moment; all views look through the same pack."""
    like: dict[Key, list[View]] = {}
    for view in sorted(views, key=lambda v: (v.case.opened_at, v.case.id) if v.case else (v.at, "")):
        key = _key(pattern, view) if _counts(pattern, view) else None
        if key is not None and view.case is not None:
            like.setdefault((view.case.mode, *key), []).append(view)
    return tuple(_group(name, pattern, key[1:], members) for key, members in like.items())


def untold(group: Group, cases: Iterable[Case]) -> tuple[Case, ...]:
    """Return the cases of a group that holds to which it was not told yet."""
    if not group.holds:
        return ()
    return tuple(case for case in cases if case.id in group.cases and not told(group, case))


def told(group: Group, case: Case) -> bool:
    """Return whether the case has heard of this group: of what it shares, and of one of its cases."""
    return any(
        event.type == "pattern"
        and event.content.get("pattern") == group.pattern
        and _list(event, "key") == group.key
        and not set(_list(event, "cases")).isdisjoint(group.cases)
        for event in case.events
    )


def _list(event: Event, key: str) -> tuple[str, ...]:
    return tuple(cast("list[str]", event.content.get(key, ())))


def _counts(pattern: Pattern, view: View) -> bool:
    case = view.case
    if case is None or case.phase in OVER or judge(pattern.cases, view).value is not True:
        return False
    window = _length(pattern.window, view)
    return window is None or view.at - case.opened_at <= window


def _key(pattern: Pattern, view: View) -> Key | None:
    looks = [view.look(fact) for fact in pattern.same]
    return tuple(cast(Known, look).value for look in looks) if all(isinstance(x, Known) for x in looks) else None


def _group(name: str, pattern: Pattern, key: Key, members: list[View]) -> Group:
    count = len(set(_distinct(pattern.distinct, members)))
    needed, window = _number(pattern.is_, members[0]), _length(pattern.window, members[0])
    open_ = tuple(f"reading {text[1:]}" for text in _unset(pattern, members[0]))
    return Group(
        pattern=name,
        key=tuple(str(value) for value in key),
        cases=tuple(view.case.id for view in members if view.case),
        count=count,
        holds=None if needed is None or window is None else count >= needed,
        open=open_,
    )


def _distinct(what: str | None, members: Iterable[View]) -> Iterable[object]:
    for view in members:
        assert view.case is not None
        own: Mapping[str | None, object] = {
            None: view.case.id,
            "site": view.case.line.get(view.case.tier or "", view.case.organisation),
            "organisation": view.case.organisation,
            "owner": view.case.owner,
        }
        found = own[what] if what in own else view.look(str(what))
        yield found.value if isinstance(found, Known) else found


def _number(text: str, view: View) -> int | None:
    plain = text.removeprefix("at least ")
    if plain.startswith("$"):
        return cast("int | None", view.reading(plain[1:], COUNT))
    return int(plain.replace("_", ""))


def _length(text: str, view: View) -> timedelta | None:
    if text.startswith("$"):
        return cast("timedelta | None", view.reading(text[1:], WINDOW))
    return timing.parse_duration(text)


def _unset(pattern: Pattern, view: View) -> tuple[str, ...]:
    texts = (pattern.window, pattern.is_.removeprefix("at least "))
    return tuple(text for text in texts if text.startswith("$") and view.reading_text(text[1:]) is None)
