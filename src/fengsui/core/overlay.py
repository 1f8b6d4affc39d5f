"""A pack and an organisation's own additions → the pack as that organisation works by it, or all problems at once.

Rules
- An overlay only adds: readings, units for bodies, values of open sets, duties, closing steps, form fields, ties to a
  regime. What exists is never written again, removed, replaced or shortened (`overlay_weakens`).
- What the plan holds in a `locked` file stays: neither the file nor a reading that it uses is touched
  (`overlay_locked`). A locked grading is one standard for all who adopted the plan.
- Whatever is added cites a clause of the organisation's own: `clause: own:...` (`overlay_clause`).
- The merged pack is read again whole, by the same rules as any pack. Problems name the overlay's own file and line.

Example: `apply(pack, "language: 1\\nfor: demo\\nreadings: {hotline_hours: 24h}").pack`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from pydantic import ValidationError

from fengsui.core.book import bad_readings
from fengsui.core.canon import digest
from fengsui.core.loader import Read, digest_of, read
from fengsui.core.loader.names import check_names
from fengsui.core.loader.reading import join
from fengsui.core.loader.references import check_references
from fengsui.core.pack import FILES, Fault, Overlay, OverlayFile, Pack, Vocabulary
from fengsui.core.pack import read as read_pack
from fengsui.core.pack.model import fault_of, language_keys, with_ids
from fengsui.core.pack.overlay import OwnPlace
from fengsui.core.pack.vocabulary import CASE_KINDS, SORTS, near
from fengsui.core.problems import Code, PackError, Problem, Where, declare

declare(
    Code(
        "overlay_weakens",
        "error",
        "本单位补充只能增加，不能{what}。",
        "An overlay only adds; it cannot {what}.",
        "去掉这一处；要改预案本身，由预案的编制单位修订。",
        "Remove it; to change the plan itself ask the unit that issued it.",
        "duties: {incident: [{id: O1, replaces: O2, ...}]}",
    ),
    Code(
        "overlay_locked",
        "error",
        "预案锁定了 {file}，本单位补充不能动它：{what}。",
        "The plan locks {file}; an overlay cannot touch it: {what}.",
        "去掉这一处；这部分全系统一个标准。",
        "Remove it; this part is one standard for everybody.",
        "locked: [grading], and an overlay with grading:",
    ),
    Code(
        "overlay_clause",
        "error",
        "本单位补充的条款要写成“own:…”，这里写的是“{clause}”。",
        "What an organisation adds cites a clause 'own:...', not '{clause}'.",
        "写明本单位的依据，例如 own:局办2026-3号。",
        "Name your own ground, for example own:order-2026-3.",
        "clause: S0-117 in an overlay",
    ),
    Code(
        "overlay_for",
        "error",
        "这份补充是给预案“{for}”的，不是给“{pack}”的。",
        "This overlay is for the plan '{for}', not for '{pack}'.",
        "改正 for，或选对预案。",
        "Correct `for`, or choose the other plan.",
        "for: another-plan",
    ),
)

_USED = re.compile(r"\$([A-Za-z0-9][A-Za-z0-9_.-]*)")
_SECTION_FILE = {"terms": "terms", "duties": "duties", "playbooks": "playbooks", "forms": "forms"}
_NOT_OURS = tuple(name for name in FILES if name not in (*_SECTION_FILE, "readings"))
Data = Mapping[str, Any]


def apply(pack: Pack, text: str | bytes, file: str = "overlay.yaml") -> Overlay:
    """Return the pack with the overlay applied. Raises PackError with every problem, each at its place in `file`."""
    return apply_read(pack, read(text, file))


def apply_read(pack: Pack, found: Read) -> Overlay:
    """Return the pack with an overlay that was read already. Raises PackError."""
    if not found.problems and not isinstance(found.data, dict):
        found.add("bad_shape", (1, 1), wanted="映射", wanted_en="mapping", found="别的", found_en="something else")
    if found.problems:
        raise PackError(found.problems)
    data = cast(Data, found.data)
    problems = list(_allowed(pack, found, data))
    if problems:  # what is not allowed is said first: its further faults would only confuse
        raise PackError(_sorted(problems))
    merged, places = _merge(pack, data)
    own = {key: (path, _line(found, path)) for key, path in places.items()}
    made = _read(pack, merged, found, data, own)
    overlay = Overlay(
        pack=made,
        of=pack.digest,
        digest=digest(data),
        file=found.file,
        readings=dict(data.get("readings", {})),
        binds={name: dict(units) for name, units in data.get("bind", {}).items()},
        ties=dict(data.get("ties", {})),
        places=own,
    )
    problems = [*_readings(overlay, found), *_binds(overlay, found), *_ties(overlay, found)]
    if problems:
        raise PackError(_sorted(problems))
    return overlay


# ------------------------------------------------------------------------------------------------ what may be said
def _allowed(pack: Pack, found: Read, data: Data) -> Iterator[Problem]:
    if data.get("for", pack.id) != pack.id:
        yield _problem(found, ("for",), "overlay_for", **{"for": str(data["for"]), "pack": pack.id})
    for name in _NOT_OURS:
        if name in data and name not in pack.head.locked:
            yield _weakens(found, (name,), f"改写 {name}.yaml", f"rewrite {name}.yaml")
    yield from _locked(pack, found, data)
    for check in (_terms, _duties, _playbooks, _forms):
        yield from check(pack, found, data)


def _locked(pack: Pack, found: Read, data: Data) -> Iterator[Problem]:
    for name in pack.head.locked:
        if name in data:
            yield _lock(found, (name,), name, f"补充写了 {name}", f"it writes {name}")
        if name in ("bodies", "readings"):
            for reading in _mapping(data.get("bind")):
                yield _lock(found, ("bind", reading), name, f"为“{reading}”绑定机构", f"it binds '{reading}'")
    for section in ("readings", "bind"):
        for reading in _mapping(data.get(section)):
            file = locked_by(pack, reading)
            if file is not None:
                said = pack.label("reading", reading), pack.label("reading", reading, "en")
                yield _lock(found, (section, reading), file, f"定了“{said[0]}”", f"it decides '{said[1]}'")


def locked_by(pack: Pack, reading: str) -> str | None:
    """Return the locked file that uses a reading, or None: to decide it is to edit that file."""
    for name in pack.head.locked:
        if name not in ("readings", "bodies") and reading in _USED.findall(str(pack.raw.get(name, ""))):
            return name
    return None


def _terms(pack: Pack, found: Read, data: Data) -> Iterator[Problem]:
    for name, own in _mapping(_mapping(data.get("terms")).get("sets")).items():
        here = ("terms", "sets", name)
        there = pack.terms.sets.get(name)
        if there is None:
            yield _unknown(found, here, "type", name, pack.terms.sets)
            continue
        if there.open != "other":
            yield _weakens(found, here, f"给没有开放的“{there.zh}”加值", f"add values to '{name}', which is closed")
        for value in _mapping(_mapping(own).get("values")):
            if value in there.values or value == "other":
                yield _weakens(
                    found, (*here, "values", value), f"重写已有的值“{value}”", f"rewrite the value '{value}'"
                )
        yield from _own_clause(found, here, own)


def _duties(pack: Pack, found: Read, data: Data) -> Iterator[Problem]:
    theirs = [duty.id for duty in pack.duties]
    for kind in CASE_KINDS:
        for n, duty in enumerate(_list(_mapping(data.get("duties")).get(kind))):
            here = ("duties", kind, n)
            name, replaced = _mapping(duty).get("id"), _mapping(duty).get("replaces")
            if name in theirs:
                yield _weakens(found, (*here, "id"), f"重写预案的义务“{name}”", f"rewrite the plan's duty '{name}'")
            if replaced in theirs:
                said = f"取代预案的义务“{replaced}”", f"replace the plan's duty '{replaced}'"
                yield _weakens(found, (*here, "replaces"), *said)
            yield from _own_clause(found, here, duty)


def _playbooks(pack: Pack, found: Read, data: Data) -> Iterator[Problem]:
    for name, own in _mapping(data.get("playbooks")).items():
        here = ("playbooks", name)
        if name not in pack.playbooks:
            yield _unknown(found, here, "playbook", name, pack.playbooks)
            continue
        for n, stage in enumerate(_list(_mapping(own).get("steps"))):
            together = _mapping(stage).get("together")
            group = _list(together) if together is not None else [stage]
            for m, step in enumerate(group):
                path = (*here, "steps", n, *(("together", m) if together is not None else ()))
                yield from _own_step(pack, found, path, name, step)


def _own_step(pack: Pack, found: Read, path: tuple[object, ...], playbook: str, step: object) -> Iterator[Problem]:
    name = _mapping(step).get("id")
    if f"{playbook}.{name}" in pack.steps:
        yield _weakens(found, (*path, "id"), f"重写预案的步骤“{name}”", f"rewrite the plan's step '{name}'")
    yield from _own_clause(found, path, step)


def _forms(pack: Pack, found: Read, data: Data) -> Iterator[Problem]:
    for name, own in _mapping(data.get("forms")).items():
        here = ("forms", name)
        if name not in pack.forms:
            yield _unknown(found, here, "form", name, pack.forms)
            continue
        for field in _mapping(_mapping(own).get("fields")):
            if field in pack.forms[name].fields:
                yield _weakens(
                    found, (*here, "fields", field), f"重写已有的栏目“{field}”", f"rewrite the field '{field}'"
                )
        yield from _own_clause(found, here, own)


def _own_clause(found: Read, path: tuple[object, ...], thing: object) -> Iterator[Problem]:
    for clause in str(_mapping(thing).get("clause", "own:")).split():
        if not clause.startswith("own:"):
            yield _problem(found, (*path, "clause"), "overlay_clause", clause=clause)


# ------------------------------------------------------------------------------------------------ merging
def _merge(pack: Pack, data: Data) -> tuple[dict[str, Any], dict[tuple[str, str], str]]:
    """Return the raw files with what is appended, and where each appended part stands in the overlay."""
    raw: dict[str, Any] = copy.deepcopy(dict(pack.raw))
    places: dict[tuple[str, str], str] = {}
    for name, own in _mapping(_mapping(data.get("terms")).get("sets")).items():
        values = _mapping(_mapping(own).get("values"))
        raw["terms"]["sets"][name]["values"] |= values
        places |= {("terms.yaml", f"sets.{name}.values.{v}"): f"terms.sets.{name}.values.{v}" for v in values}
    for name, own in _mapping(data.get("forms")).items():
        fields = _mapping(_mapping(own).get("fields"))
        raw["forms"]["forms"][name]["fields"] |= fields
        places |= {("forms.yaml", f"forms.{name}.fields.{f}"): f"forms.{name}.fields.{f}" for f in fields}
    for kind in CASE_KINDS:
        if kind in _mapping(data.get("duties")):
            into = raw.setdefault("duties", {}).setdefault(kind, [])
            places |= _append(into, _list(data["duties"][kind]), ("duties.yaml", kind), f"duties.{kind}")
    for name, own in _mapping(data.get("playbooks")).items():
        into, path = raw["playbooks"]["playbooks"][name]["steps"], f"playbooks.{name}.steps"
        places |= _append(into, _list(_mapping(own).get("steps")), ("playbooks.yaml", path), path)
    return raw, places


def _append(into: list[Any], own: Sequence[object], there: tuple[str, str], here: str) -> dict[tuple[str, str], str]:
    first = len(into)
    into += copy.deepcopy(list(own))
    return {(there[0], join(there[1], first + n)): join(here, n) for n in range(len(own))}


def _read(
    pack: Pack, merged: Mapping[str, object], found: Read, data: Data, own: Mapping[tuple[str, str], OwnPlace]
) -> Pack:
    """Read the merged files as a pack. Raises PackError."""
    problems = [_fault(found, fault) for fault in _typed(merged, data)]
    if problems:
        raise PackError(_sorted(problems))
    made, faults = read_pack(merged)
    faults = (*check_names(merged), *faults, *(check_references(made) if made else ()))
    if made is None or faults:
        raise PackError(_sorted([_merged_fault(found, fault, own) for fault in faults]))
    return replace(_onto(pack, made, data), digest=digest_of(merged, pack.text), origin=pack.digest)


def _onto(pack: Pack, made: Pack, data: Data) -> Pack:
    """Return the pack as it stands, with the parts that the merged files add.

    What was there is taken from the pack itself, not read anew: a rule changed in memory (mutation, what-if) stays so.
    """
    theirs = {duty.id: duty for duty in pack.duties}
    own = {duty.get("id") for kind in CASE_KINDS for duty in _list(_mapping(data.get("duties")).get(kind))}
    books, forms, sets = dict(pack.playbooks), dict(pack.forms), dict(pack.terms.sets)
    for name, added in _mapping(data.get("playbooks")).items():
        last = made.playbooks[name].steps[-len(added["steps"]) :] if added["steps"] else ()
        books[name] = books[name].model_copy(update={"steps": (*books[name].steps, *last)})
    for name, added in _mapping(data.get("forms")).items():
        fields = {field: made.forms[name].fields[field] for field in _mapping(added["fields"])}
        forms[name] = forms[name].model_copy(update={"fields": {**forms[name].fields, **fields}})
    for name in _mapping(_mapping(data.get("terms")).get("sets")):
        sets[name] = made.terms.sets[name]
    return replace(
        pack,
        terms=pack.terms.model_copy(update={"sets": sets}),
        duties=tuple(theirs.get(d.id, d) for d in made.duties if d.id in theirs or d.id in own),
        playbooks=books,
        forms=forms,
        words=made.words,
        raw=made.raw,
    )


def _typed(merged: Mapping[str, object], data: Data) -> Iterator[Fault]:
    """Yield the faults of the overlay's own file, read against the names of the merged pack."""
    words = Vocabulary.of(merged)
    shaped = {**data, "duties": with_ids("duties", data.get("duties", {}))}
    try:
        OverlayFile.model_validate(shaped, context=words)
    except ValidationError as error:
        for one in error.errors():
            yield fault_of("overlay", OverlayFile, one)


def _fault(found: Read, fault: Fault) -> Problem:
    key = fault.params.get("key", "")
    if fault.code == "unknown_key" and key in language_keys() and len(fault.path) > 1:
        return _weakens(found, fault.path, f"改写“{key}”", f"rewrite '{key}'")
    return _problem(found, fault.path, fault.code, **fault.params)


def _merged_fault(found: Read, fault: Fault, own: Mapping[tuple[str, str], OwnPlace]) -> Problem:
    """Return a fault of the merged pack at the overlay's own place."""
    path, here = "", ""
    for key in fault.path:
        part = key if isinstance(key, int) else str(key)
        path = join(path, part)
        if here and join(here, part) in found.places:
            here = join(here, part)
        elif place := own.get((f"{fault.file}.yaml", path)):
            here = place[0]
    return Problem(fault.code, _without_place(fault), Where(found.file, _line(found, here), here))


def _without_place(fault: Fault) -> dict[str, str]:
    """The first of two equal ids is named by the merged pack's path; here it says the file alone."""
    return (
        {**fault.params, "first": fault.params["first"].partition("|")[0]}
        if "first" in fault.params
        else {**fault.params}
    )


# ------------------------------------------------------------------------------------------------ readings, units, ties
def _readings(overlay: Overlay, found: Read) -> Iterator[Problem]:
    for name, value in overlay.readings.items():
        for problem in bad_readings(overlay.pack, {name: value}):
            yield replace(problem, where=_where(found, ("readings", name)))


def _binds(overlay: Overlay, found: Read) -> Iterator[Problem]:
    pack = overlay.pack
    maps = {s["in"].removeprefix("$"): (s["by"], b.is_) for b in pack.bodies.values() if isinstance(s := b.from_, dict)}
    for name, units in overlay.binds.items():
        if name not in maps:
            yield _unknown(found, ("bind", name), "reading", name, maps)
            continue
        fact, wanted = maps[name]
        values = pack.words.domain.members(pack.facts[fact].type)
        for value, unit in units.items():
            here = ("bind", name, value)
            if value not in values:
                yield _unknown(found, here, "type", value, values)
            body, _, post = unit.partition("@")[0].partition(".")
            if body not in pack.bodies or (wanted and body != wanted):
                yield _unknown(found, here, "body", body, [wanted] if wanted else pack.bodies)
            elif post and post not in pack.bodies[body].posts:
                yield _unknown(found, here, "post", post, pack.bodies[body].posts)


def _ties(overlay: Overlay, found: Read) -> Iterator[Problem]:
    pack = overlay.pack
    names = (*pack.bodies, *pack.facts, *pack.terms.matters)
    for thing, own in overlay.ties.items():
        regime, _, name = thing.partition(":")
        if not regime or not name:
            said = {"type": "制度的事物", "type_en": "thing of a regime", "example": "cac-2025:police"}
            yield _problem(found, ("ties", thing), "bad_value", text=thing, **said)
        if own not in names:
            yield _unknown(found, ("ties", thing), "body", own, names)


# ------------------------------------------------------------------------------------------------ small words
def _mapping(value: object) -> dict[str, Any]:
    """Return a mapping without notes; anything else is empty here, and its shape is told by the model."""
    return {k: v for k, v in value.items() if not str(k).startswith("x-")} if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _problem(found: Read, path: Sequence[object], code: str, **params: str) -> Problem:
    return Problem(code, params, _where(found, path))


def _weakens(found: Read, path: Sequence[object], zh: str, en: str) -> Problem:
    return _problem(found, path, "overlay_weakens", what=zh, what_en=en)


def _lock(found: Read, path: Sequence[object], file: str, zh: str, en: str) -> Problem:
    return _problem(found, path, "overlay_locked", file=f"{file}.yaml", what=zh, what_en=en)


def _unknown(found: Read, path: Sequence[object], sort: str, name: str, known: Any) -> Problem:
    zh, en = SORTS.get(sort, ("处置规程", sort))
    return _problem(found, path, "unknown_name", sort=zh, sort_en=en, name=name, **near(name, known))


def _where(found: Read, path: Sequence[object]) -> Where:
    """Return the deepest place on the path that the file has."""
    here, data = "", found.data
    for key in path:
        if isinstance(data, Mapping) and key in data:
            here, data = join(here, str(key)), data[key]
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            here, data = join(here, key), data[key]
    return Where(found.file, _line(found, here), here)


def _line(found: Read, path: str) -> int | None:
    place = found.places.get(path)
    return place[0] if place else None


def _sorted(problems: Sequence[Problem]) -> list[Problem]:
    unique = {(p.where, p.code, tuple(sorted(p.params.items()))): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.where.line or 0, p.where.path, p.code))
