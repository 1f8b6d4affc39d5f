"""Scenario files: the author's tests, read with their places; what they mean belongs to `simulate`.

Rules
- A file holds `scenarios:`, a list; each has `scenario:` (its name), perhaps `row:`, `given:` and `steps:`.
- `given: {regimes: [cac-2025]}` runs a plan with regimes; a regime's own scenario names its plan, `given: {plan: id}`.
  What is a regime's is written `cac-2025:x`, and `expect: {grades: {cac-2025: {level: major}}}` is its grade.
- Keys are checked here, with a near name; values stay as written (text, lists, mappings).

Example: `- {scenario: 三级响应, given: {response: III}, steps: [{at: 2024-01-10 09:00, who: owner, do: end}]}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from fengsui.core.loader.reading import Read, join, read
from fengsui.core.pack.vocabulary import near
from fengsui.core.problems import PackError, Problem, Where


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SCENARIO_KEYS = _words("scenario zh en row given steps note inferred product")
GIVEN_KEYS = _words(
    "case site tier owner asset assets readings facts unknown rest opened title mode level assessed response colour"
    " issued issued_by ended phase log docs done cases calendar link plan regimes overlay"
)
SHARED_KEYS = _words("readings cases calendar plan regimes overlay")
STEP_KEYS = _words(
    "at who do as value to for matter form with facts unknown unverified rest reason note reading target person"
    " registrars means said_by paper answer gives waits_for refused rightful missing open clause happens expect source"
    " channel receipt signed_by recorded_at duty choices content ratify assets acting"
)
EXPECT_KEYS = _words(
    "grade grades owed not_owed steps fact next phase level response colour pattern chain title owner lead"
)
GRADE_KEYS = _words(
    "level by status lowest highest open next_question crosses methods offers discrepancy raises lowers"
)
OWED_KEYS = _words(
    "duty by to state due opened start kind strength born_late word estimated clause watch_at key with optional open"
    " pack"
)
_SHAPES = {"dict": ("映射", "mapping"), "list": ("列表", "list"), "str": ("文字", "text")}


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One line of a scenario, as written, and where it stands."""

    data: Mapping[str, object]
    where: Where


@dataclass(frozen=True, slots=True)
class Scenario:
    """One test in the author's words: what is given, what is done, what is expected."""

    name: str
    given: Mapping[str, object]
    steps: tuple[ScenarioStep, ...]
    where: Where
    row: str | None = None


def read_scenarios(texts: Mapping[str, str | bytes]) -> tuple[Scenario, ...]:
    """Read scenario files given by name. Raises PackError with every problem found in all of them."""
    found: list[Scenario] = []
    problems: list[Problem] = []
    for file in sorted(texts):
        result = read(texts[file], file)
        found += _scenarios(result)
        problems += result.problems
    names: dict[str, Scenario] = {}
    for scenario in found:
        first = names.setdefault(scenario.name, scenario)
        if first is not scenario:
            params = {"sort": "场景", "sort_en": "scenario", "id": scenario.name, "first": str(first.where.line)}
            problems.append(Problem("duplicate_id", params, scenario.where))
    if problems:
        raise PackError(problems)
    return tuple(found)


def _scenarios(result: Read) -> Iterator[Scenario]:
    data = result.data
    if data is None:
        return
    if not isinstance(data, dict):
        _shape(result, "", "映射", "mapping", data)
        return
    _keys(result, data, {"scenarios"}, "")
    entries = data.get("scenarios", [])
    if not isinstance(entries, list):
        _shape(result, "scenarios", "列表", "list", entries)
        return
    for n, entry in enumerate(entries):
        if scenario := _scenario(result, entry, join("scenarios", n)):
            yield scenario


def _scenario(result: Read, entry: object, path: str) -> Scenario | None:
    if not isinstance(entry, dict):
        _shape(result, path, "映射", "mapping", entry)
        return None
    _keys(result, entry, SCENARIO_KEYS, path)
    name, given, steps = entry.get("scenario"), entry.get("given", {}), entry.get("steps")
    for key, value in (("scenario", name), ("steps", steps)):
        if value is None:
            result.add("missing_key", result.places.get(path), path, key=key)
    if not isinstance(given, dict):
        _shape(result, join(path, "given"), "映射", "mapping", given)
        given = {}
    _keys(result, given, GIVEN_KEYS, join(path, "given"))
    _cases(result, given.get("cases", []), join(join(path, "given"), "cases"))
    if not isinstance(steps, list):
        if steps is not None:
            _shape(result, join(path, "steps"), "列表", "list", steps)
        return None
    done = tuple(_steps(result, steps, join(path, "steps")))
    row = entry.get("row")
    return Scenario(str(name), _without_notes(given), done, _where(result, path), str(row) if row else None)


def _cases(result: Read, cases: object, path: str) -> None:
    """Check the other cases of a scenario: each is given as a case is, but for what all of them share."""
    if not isinstance(cases, list):
        _shape(result, path, "列表", "list", cases)
        return
    for n, entry in enumerate(cases):
        if isinstance(entry, dict):
            _keys(result, entry, GIVEN_KEYS - SHARED_KEYS, join(path, n))
        else:
            _shape(result, join(path, n), "映射", "mapping", entry)


def _steps(result: Read, steps: list[object], path: str) -> Iterator[ScenarioStep]:
    for n, step in enumerate(steps):
        here = join(path, n)
        if not isinstance(step, dict):
            _shape(result, here, "映射", "mapping", step)
            continue
        _keys(result, step, STEP_KEYS, here)
        if "expect" in step:
            _expect(result, step["expect"], join(here, "expect"))
        yield ScenarioStep(_without_notes(step), _where(result, here))


def _expect(result: Read, expect: object, path: str) -> None:
    if not isinstance(expect, dict):
        _shape(result, path, "映射", "mapping", expect)
        return
    _keys(result, expect, EXPECT_KEYS, path)
    if isinstance(expect.get("grade"), dict):
        _keys(result, cast("dict[str, object]", expect["grade"]), GRADE_KEYS, join(path, "grade"))
    grades = expect.get("grades", {})
    for name, one in grades.items() if isinstance(grades, dict) else ():
        _keys(result, one if isinstance(one, dict) else {}, GRADE_KEYS, join(join(path, "grades"), name))
    owed = expect.get("owed", [])
    for n, item in enumerate(owed if isinstance(owed, list) else []):
        here = join(join(path, "owed"), n)
        if isinstance(item, dict):
            _keys(result, item, OWED_KEYS, here)
        else:
            _shape(result, here, "映射", "mapping", item)


def _keys(result: Read, data: Mapping[str, object], known: Iterable[str], path: str) -> None:
    for key in data:
        if key not in known and not key.startswith("x-"):
            here = join(path, key)
            result.add("unknown_key", result.places.get(here), here, key=key, **near(key, known))


def _shape(result: Read, path: str, zh: str, en: str, found: object) -> None:
    found_zh, found_en = _SHAPES.get(type(found).__name__, ("空", "nothing"))
    place = result.places.get(path)
    result.add("bad_shape", place, path, wanted=zh, wanted_en=en, found=found_zh, found_en=found_en)


def _where(result: Read, path: str) -> Where:
    place = result.places.get(path)
    return Where(result.file, place[0] if place else None, path)


def _without_notes(data: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in data.items() if not key.startswith("x-")}
