"""The acceptance rows of the plans: what each row states, and where it is seen.

python tools/acceptance.py            writes docs/acceptance.md
python tools/acceptance.py --check    changes nothing; 1 when a row is unanswered or the page is stale

Rules
- `tests/packs/acceptance/<plan>.yaml` freezes every row: id, question, and each thing that it states under `then`.
- A row has one state: `scenario` (the default: a shipped scenario carries its id), `test` (a test's name),
  `later` (an issue's number and why) or `outside` (of the language: why). `repair` says what a faulty row became.
- Each thing stated is `seen` in its scenario (a part of one step or of what is given, contained in it as written),
  found by `lint` (a code, perhaps with clause or rule) or told of as a `finding` (a row of docs/lint-findings.md),
  held by a `test`, or `not_compared` with the reason.
- A scenario with a row that no file knows, and a row without its scenario, are faults.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from fengsui.core import loader
from fengsui.core.lint import lint
from fengsui.core.loader import Scenario

ROOT = Path(__file__).resolve().parent.parent
ROWS = ROOT / "tests" / "packs" / "acceptance"
PAGE = ROOT / "docs" / "acceptance.md"
FINDINGS = ROOT / "docs" / "lint-findings.md"
STATES = ("test", "later", "outside")
WAYS = ("seen", "given", "lint", "finding", "test", "not_compared")

Row = Mapping[str, object]


def contains(whole: object, part: object) -> bool:
    """Say whether `part` stands in `whole`: keys of a mapping, items of a list in any order, scalars as text."""
    if isinstance(part, dict):
        return isinstance(whole, Mapping) and all(key in whole and contains(whole[key], part[key]) for key in part)
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(contains(item, one) for item in whole) for one in part)
    return str(whole) == str(part)


@functools.cache
def plans() -> Mapping[str, Mapping[str, object]]:
    """Every file of frozen rows, by its name."""
    return {path.stem: yaml.load(path.read_text("utf-8"), yaml.BaseLoader) for path in sorted(ROWS.glob("*.yaml"))}


@functools.cache
def scenarios(pack: str) -> Mapping[str, Scenario]:
    """The scenarios of a shipped pack that carry a row's id."""
    return {found.row: found for found in loader.load_scenarios(loader.shipped()[pack]) if found.row}


@functools.cache
def findings(pack: str) -> tuple[Mapping[str, str], ...]:
    """What lint says of a shipped pack: code, clauses and place as text."""
    return tuple(
        {"code": one.code, "clause": " ".join(one.clause), "path": one.where.path or ""}
        for one in lint(loader.load(loader.shipped()[pack]))
    )


def faults() -> Iterator[str]:
    """Yield a sentence for each row, or thing a row states, that is not answered."""
    for plan in plans().values():
        pack, rows = str(plan["pack"]), plan["rows"]
        assert isinstance(rows, dict)
        yield from (f"{row}: a scenario of {pack} has it, no file knows it" for row in scenarios(pack).keys() - rows)
        for row, data in rows.items():
            yield from (f"{row}: {fault}" for fault in _row_faults(pack, row, data))


def _row_faults(pack: str, row: str, data: Row) -> Iterator[str]:
    states = [state for state in STATES if state in data]
    if len(states) > 1:
        yield f"more than one state: {', '.join(states)}"
    if "test" in data:
        yield from _test_faults(str(data["test"]))
    if states:
        return
    scenario = scenarios(pack).get(row)
    if scenario is None:
        yield f"no scenario of {pack} has it, and it has no other state"
        return
    then = data.get("then")
    for key, stated in then.items() if isinstance(then, dict) else ():
        yield from (f"{key}: {fault}" for fault in _stated_faults(pack, scenario, stated))


def _stated_faults(pack: str, scenario: Scenario, stated: object) -> Iterator[str]:
    ways = [way for way in WAYS if isinstance(stated, dict) and way in stated]
    if not ways:
        yield "stated, and neither seen nor explained"
        return
    assert isinstance(stated, dict)
    for part in _list(stated.get("seen")):
        if not any(contains(step.data, part) for step in scenario.steps):
            yield f"no step of “{scenario.name}” holds {part}"
    for part in _list(stated.get("given")):
        if not contains(scenario.given, part):
            yield f"“{scenario.name}” is not given {part}"
    for wanted in _list(stated.get("lint")):
        if not any(_found(one, wanted) for one in findings(pack)):
            yield f"lint does not find {wanted}"
    if "finding" in stated and f"| {stated['finding']} |" not in FINDINGS.read_text("utf-8"):
        yield f"docs/lint-findings.md has no {stated['finding']}"
    if "test" in stated:
        yield from _test_faults(str(stated["test"]))


def _found(finding: Mapping[str, str], wanted: object) -> bool:
    if not isinstance(wanted, dict):
        return finding["code"] == wanted
    return all(str(value) in finding[key].split() or str(value) == finding[key] for key, value in wanted.items())


def _test_faults(name: str) -> Iterator[str]:
    """A test is `tests/…/test_x.py::test_name`; it must stand there."""
    path, _, function = name.partition("::")
    file = ROOT / path
    if not file.is_file() or f"def {function}(" not in file.read_text("utf-8"):
        yield f"there is no test {name}"


def _list(value: object) -> list[object]:
    return [] if value is None else value if isinstance(value, list) else [value]


def page() -> str:
    """The table of every row with its state."""
    lines = ["# Acceptance rows", "", "<!-- Generated by `make docs`; change tests/packs/acceptance. -->", ""]
    lines += ["Every row of the five plans' acceptance lists, what it asks, and where it is answered. `make lint`", ""]
    lines[-2] += " compares each thing that a row states with the scenario that carries the row's id."
    for name, plan in plans().items():
        rows = plan["rows"]
        assert isinstance(rows, dict)
        lines += [f"## {name} · `{plan['pack']}`: {len(rows)} rows ({_counts(rows.values())})", ""]
        lines += ["| row | asks | state | remarks |", "|---|---|---|---|"]
        lines += [_line(str(plan["pack"]), row, data) for row, data in rows.items()]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _counts(rows: Iterable[Row]) -> str:
    kinds = [_state(data)[0] for data in rows]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))


def _state(data: Row) -> tuple[str, str]:
    for state in STATES:
        if state in data:
            return ("waits" if state == "later" else state), str(data[state])
    return "scenario", ""


def _line(pack: str, row: str, data: Row) -> str:
    state, text = _state(data)
    scenario = scenarios(pack).get(row)
    where = f"{state}: {text}" if text else f"scenario “{scenario.name}”" if scenario else "-"
    then = data.get("then")
    stated = then if isinstance(then, dict) else {}
    remarks = [f"faulty row; repair: {data['repair']}"] if "repair" in data else []
    remarks += [
        f"{key}: {_remark(one)}" for key, one in stated.items() if isinstance(one, dict) and not {"seen"} & one.keys()
    ]
    return f"| {row} | {data.get('when', '')} | {where} | {'; '.join(remarks).replace('|', '/')} |"


def _remark(stated: Mapping[str, object]) -> str:
    if "lint" in stated:
        return f"lint {stated['lint']}" if isinstance(stated["lint"], str) else "lint"
    if "finding" in stated:
        return f"[{stated['finding']}](lint-findings.md)"
    if "test" in stated:
        return f"test {stated['test']}"
    return str(stated.get("not_compared") or "in what is given")


def main(arguments: list[str]) -> int:
    """Check the rows, and write the page or compare it."""
    found = list(faults())
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    text = page()
    if "--check" not in arguments:
        PAGE.write_text(text, "utf-8")
        return 1 if found else 0
    stale = not PAGE.is_file() or PAGE.read_text("utf-8") != text
    if stale:
        print("docs/acceptance.md is stale: make docs", file=sys.stderr)
    return 1 if found or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
