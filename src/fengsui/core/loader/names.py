"""Ids of a pack: how they are written, that none is used twice, that none differs from another only in case.

Rules
- `[A-Za-z0-9][A-Za-z0-9_-]*`; only a fact may have dots (`asset.cii`, `std.x`).
- Unique per sort of thing; duties and grants also across case kinds; parameters with switches; scales with sets.
- A scale, fact or matter may not take a word that the language itself uses.
Works on raw files, so that it also speaks about packs whose rules have other faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fengsui.core.loader.reading import join
from fengsui.core.pack import Fault
from fengsui.core.pack.acts import CHAIN_EVENTS, EVENT_OF, KINDS, SYSTEM_EVENTS
from fengsui.core.pack.values import PLAIN_KINDS
from fengsui.core.pack.vocabulary import BODY_SUBJECTS, LEVEL_SUBJECTS

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_DOTTED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9][A-Za-z0-9_-]*)*")
_SUBJECTS = frozenset(
    (*LEVEL_SUBJECTS, *BODY_SUBJECTS, "response", "colour", "phase", "mode", "site.tier", "any", "all", "not")
)
_EVENTS = frozenset((*EVENT_OF.values(), *CHAIN_EVENTS, *SYSTEM_EVENTS))

Found = tuple[str, str, tuple[object, ...]]
"""An id, its file and its path."""


@dataclass(frozen=True, slots=True)
class Group:
    """Ids that must not clash: their sort, how they are written, the words they may not take."""

    zh: str
    en: str
    ids: Sequence[Found]
    pattern: re.Pattern[str] = _ID
    reserved: frozenset[str] = frozenset()


def check_names(raw: Mapping[str, object]) -> Iterator[Fault]:
    """Yield every fault in the ids of the raw files (by subject: `terms`, `bodies`, ...)."""
    for group in _groups(raw):
        yield from _check(group)


def _check(group: Group) -> Iterator[Fault]:
    seen: dict[str, Found] = {}
    for name, file, path in group.ids:
        params = {"id": name, "sort": group.zh, "sort_en": group.en}
        if not group.pattern.fullmatch(name):
            yield Fault(file, path, "bad_id", params)
        if name in group.reserved:
            yield Fault(file, path, "reserved_name", params)
        first = seen.setdefault(name.casefold(), (name, file, path))
        if first[2] != path or first[1] != file:
            code = "duplicate_id" if first[0] == name else "id_case"
            place = f"{first[1]}|{_joined(first[2])}"
            yield Fault(file, path, code, {**params, "other": first[0], "first": place})


def _joined(path: tuple[object, ...]) -> str:
    text = ""
    for key in path:
        text = join(text, key if isinstance(key, int) else str(key))
    return text


def _groups(raw: Mapping[str, object]) -> Iterator[Group]:
    yield Group(
        "术语", "term", (*_keys(raw, "terms", "scales"), *_keys(raw, "terms", "sets")), _ID, frozenset(PLAIN_KINDS)
    )
    yield Group("事项", "matter", _keys(raw, "terms", "matters"), _ID, _EVENTS)
    yield Group("材料", "document", _keys(raw, "terms", "documents"))
    yield Group("机构", "body", _keys(raw, "bodies", "bodies"), _ID, frozenset({"everyone"}))
    yield Group("事实", "fact", _keys(raw, "facts", "facts"), _DOTTED, _SUBJECTS)
    yield Group("定级方法", "method", _keys(raw, "grading", "methods"))
    yield Group("范围规则", "scope rule", _entries(raw, "grading", "scope"))
    yield Group("权限", "grant", [e for kind in KINDS for e in _entries(raw, "grants", kind)])
    yield Group("义务", "duty", [e for kind in KINDS for e in _entries(raw, "duties", kind)])
    yield Group("多案情形", "pattern", _keys(raw, "duties", "patterns"))
    yield Group("处置规程", "playbook", _keys(raw, "playbooks", "playbooks"))
    yield Group("表单", "form", _keys(raw, "forms", "forms"))
    parameters, switches = _keys(raw, "readings", "parameters"), _keys(raw, "readings", "switches")
    yield Group("解读", "reading", (*parameters, *switches))
    yield Group("弹性时限词", "soft word", _keys(raw, "readings", "soft_words"), _ID, frozenset({"none"}))
    yield Group("条款", "clause", _keys(raw, "clauses", "clauses"))
    yield from _inner(raw)


def _inner(raw: Mapping[str, object]) -> Iterator[Group]:
    for sort in ("scales", "sets"):
        for name, file, path in _keys(raw, "terms", sort):
            values = tuple(_keys(raw, *(file, *map(str, path)), "values"))
            yield Group(f"{name} 的值", f"value of {name}", values)
    for file, path, key, zh, en in (
        ("bodies", ("bodies",), "posts", "岗位", "post"),
        ("forms", ("forms",), "fields", "栏目", "field"),
        ("readings", ("switches",), "options", "选项", "option"),
    ):
        for name, _, _ in _keys(raw, file, *path):
            yield Group(zh, en, _keys(raw, file, *path, name, key))
    for name, _, _ in _keys(raw, "grading", "methods"):
        yield Group("规则", "rule", _entries(raw, "grading", "methods", name, "rules"))
    for name, _, _ in _keys(raw, "playbooks", "playbooks"):
        yield Group("步骤", "step", _steps(raw, name))


def _steps(raw: Mapping[str, object], playbook: str) -> list[Found]:
    path = ("playbooks", playbook, "steps")
    stages = _at(raw, "playbooks", *path)
    found = _entries(raw, "playbooks", *path)
    for n, stage in enumerate(stages if isinstance(stages, list) else ()):
        if isinstance(stage, Mapping) and isinstance(stage.get("together"), list):
            found += _ids(stage["together"], "playbooks", (*path, n, "together"))
    return found


def _at(raw: Mapping[str, object], *path: str) -> object:
    data: object = raw
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _keys(raw: Mapping[str, object], file: str, *path: str) -> list[Found]:
    data = _at(raw, file, *path)
    if not isinstance(data, Mapping):
        return []
    return [(str(key), file, (*path, key)) for key in data if not str(key).startswith("x-")]


def _entries(raw: Mapping[str, object], file: str, *path: str) -> list[Found]:
    data = _at(raw, file, *path)
    return _ids(data, file, path) if isinstance(data, list) else []


def _ids(entries: Sequence[object], file: str, path: tuple[object, ...]) -> list[Found]:
    found: list[Found] = []
    for n, entry in enumerate(entries):
        if isinstance(entry, Mapping) and isinstance(entry.get("id"), str):
            found.append((entry["id"], file, (*path, n, "id")))
    return found
