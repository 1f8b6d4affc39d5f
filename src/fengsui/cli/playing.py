"""`fengsui test` and `fengsui play`: scenarios run on the live engine, shown as a duty officer would tell them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from fengsui.cli import show
from fengsui.cli.show import cites, lang_of, level, say
from fengsui.core import loader, simulate
from fengsui.core.case import Event
from fengsui.core.loader import Scenario
from fengsui.core.pack import Pack
from fengsui.core.pack.acts import ACT_NAMES, EVENT_OF
from fengsui.core.pack.vocabulary import near
from fengsui.core.problems import Lang, PackError, Problem, Where
from fengsui.core.simulate import Run
from fengsui.core.timing import show_due, show_instant

_STATES: Mapping[str, str] = {
    "met": "已办",
    "late": "迟办",
    "open": "待办",
    "overdue": "超时",
    "watch_passed": "过了提醒时间",
    "undecided": "待定",
    "running": "持续中",
    "ended": "已止",
    "cancelled": "已撤",
    "superseded": "被取代",
    "waived": "免办",
}
_ACT_OF = {event: act for act, event in EVENT_OF.items()}


# ------------------------------------------------------------------------------------------------ test
def test(options: argparse.Namespace) -> int:
    """Run a pack's scenarios; 1 when one fails, when there is none, or with --mutate when a rule is unprotected."""
    path = loader.find(options.pack)
    pack, scenarios = loader.load(path), loader.load_scenarios(path)
    if options.only:
        scenarios = tuple(s for s in scenarios if options.only in s.name or options.only == s.row)
    if not scenarios:
        raise PackError([Problem("no_scenario", {"name": options.only or "*", "mean": ""}, Where(str(path)))])
    if options.mutate:
        return _mutate(options, pack, scenarios)
    runs = simulate.run_all(pack, scenarios)
    if options.accept:
        return _accept(options, path, runs)
    return _report(options, pack, runs)


def _report(options: argparse.Namespace, pack: Pack, runs: tuple[Run, ...]) -> int:
    lang = lang_of(options)
    failed = [run for run in runs if run.failures]
    if options.json:
        failures = [_failure(run, problem.problem, lang) for run in failed for problem in run.failures]
        counts = {"scenarios": len(runs), "failed": len(failed)}
        show.as_json({"pack": pack.id, "version": pack.version, **counts, "failures": failures})
        return int(bool(failed))
    for run in failed:
        say(f"✗ {run.scenario.name}" + (f" [{run.scenario.row}]" if run.scenario.row else ""))
        for failure in run.failures:
            where = failure.problem.where
            say(f"    {where.file}:{where.line}  {failure.problem.message(lang)}")
    if lang == "en":
        say(f"{pack.id} {pack.version}: {len(runs)} scenarios, {len(failed)} failed")
    else:
        say(f"{pack.id} {pack.version}：场景 {len(runs)} 个，未通过 {len(failed)} 个")
    return int(bool(failed))


def _failure(run: Run, problem: Problem, lang: Lang) -> dict[str, object]:
    return {"scenario": run.scenario.name, "row": run.scenario.row, **problem.as_json(lang)}


def _accept(options: argparse.Namespace, path: Path, runs: tuple[Run, ...]) -> int:
    """Write what happened into the scenario files wherever a compared value differed."""
    wanted: dict[str, dict[str, object]] = {}
    left: list[Problem] = []
    for run in runs:
        for failure in run.failures:
            where, found = failure.problem.where, failure.difference
            if found is None or found.found is None:
                left.append(failure.problem)
            else:
                step = run.scenario.steps[failure.step].where.path
                wanted.setdefault(where.file, {})[f"{step}.{found.path}"] = found.found
    changed = sum(_rewrite(path / file, values, left) for file, values in wanted.items())
    lang = lang_of(options)
    if options.json:
        show.as_json({"rewritten": changed, "left": [problem.as_json(lang) for problem in left]})
        return int(bool(left))
    for problem in left:
        say(*show.problem_lines(problem, lang))
    said = f"{changed} expectations rewritten, {len(left)} left; review the difference before you keep it"
    say(said if lang == "en" else f"改写期望 {changed} 处，留下 {len(left)} 处；请先核对改动再保留")
    return int(bool(left))


def _rewrite(file: Path, values: dict[str, object], left: list[Problem]) -> int:
    text, done = loader.rewrite(file.read_text(encoding="utf-8"), values)
    file.write_text(text, encoding="utf-8")
    for path in values:
        if path not in done:
            left.append(Problem("not_accepted", {"path": path}, Where(f"scenarios/{file.name}", None, path)))
    return len(done)


def _mutate(options: argparse.Namespace, pack: Pack, scenarios: tuple[Scenario, ...]) -> int:
    """Report the rules that no scenario protects: dropped, nothing fails."""
    from fengsui.core import mutate

    lang = lang_of(options)
    bare = mutate.unprotected(pack, scenarios)
    if options.json:
        names = [{"rule": m.rule, "sort": m.what, "change": m.change, "clause": list(m.clause)} for m in bare]
        show.as_json({"pack": pack.id, "scenarios": len(scenarios), "unprotected": names})
        return int(bool(bare))
    for mutant in bare:
        say(f"{mutant.what} {mutant.rule}: {mutant.change}{cites(pack, mutant.clause)}")
    if lang == "en":
        say(f"{pack.id}: {len(scenarios)} scenarios; {len(bare)} rules are protected by none")
    else:
        say(f"{pack.id}：场景 {len(scenarios)} 个；没有场景保护的规则 {len(bare)} 条")
    return int(bool(bare))


# ------------------------------------------------------------------------------------------------ play
def play(options: argparse.Namespace) -> int:
    """Play one scenario and tell it; 1 when an expectation was not met."""
    path = loader.find(options.pack)
    pack = loader.load(path)
    scenario = _chosen(options, path)
    run = simulate.run(pack, scenario)
    if options.json:
        show.as_json(run.as_json(lang_of(options)))
    else:
        say(*_story(pack, run, lang_of(options)))
    return int(bool(run.failures))


def _chosen(options: argparse.Namespace, path: Path) -> Scenario:
    name = options.name or options.scenario
    file = Path(options.scenario)
    if file.suffix in (".yaml", ".yml") and not file.is_file() and (path / "scenarios" / file.name).is_file():
        file = path / "scenarios" / file.name
    if file.suffix in (".yaml", ".yml"):
        scenarios = loader.load_scenarios(file)
        if options.name is None and len(scenarios) == 1:
            return scenarios[0]
    else:
        scenarios = loader.load_scenarios(path)
    exact = [s for s in scenarios if name in (s.name, s.row)]
    found = exact or [s for s in scenarios if name in s.name]
    if len(found) == 1 or exact:
        return found[0]
    guess = near(name, [s.name for s in scenarios])
    if len(found) > 1 or (options.name is None and file.suffix in (".yaml", ".yml")):
        some = "; ".join(s.name for s in (found or scenarios)[:8])
        guess = {"mean": f"可选：{some}", "mean_en": f"Choose one of: {some}"}
    raise PackError([Problem("no_scenario", {"name": name, **guess}, Where(str(path)))])


def _story(pack: Pack, run: Run, lang: Lang) -> list[str]:
    en = lang == "en"
    lines = [run.scenario.name + (f" [{run.scenario.row}]" if run.scenario.row else "")]
    lines += [_event(pack, event, lang) for event in run.events]
    if run.refusals:
        lines += ["", "Refused" if en else "被拒绝"]
        for one in run.refusals:
            problem = one.problem
            lines.append(f"  {_at(pack, one.at)}  {problem.code}: {problem.message(lang)}")
    grade = run.grade
    if grade and grade.lowest:
        ends = f"{level(pack, grade.lowest, lang)} – {level(pack, grade.highest, lang)}"
        lines += ["", f"{'Grade' if en else '定级'}: {grade.status} {ends}"]
    lines += _owed(pack, run, lang)
    lines += _next(pack, run, lang)
    if run.failures:
        lines += ["", "Not as expected" if en else "与期望不符"]
    lines += [f"  {f.problem.where.file}:{f.problem.where.line}  {f.problem.message(lang)}" for f in run.failures]
    return lines


def _at(pack: Pack, at: datetime | None) -> str:
    return show_instant(at, pack.zone) if at else "—"


def _event(pack: Pack, event: Event, lang: Lang) -> str:
    name = ACT_NAMES.get(_ACT_OF.get(event.type, event.type), (event.type, event.type))[lang == "en"]
    if event.type == "linked":
        act = str(event.content.get("act"))
        name = ACT_NAMES.get(act, (act, act))[lang == "en"] + f" · {event.content.get('verb')}"
    seats = "、".join(_seat(pack, seat, lang) for seat in event.seats)
    value = event.content.get("value") or event.content.get("matter") or event.content.get("step") or ""
    return f"  {_at(pack, event.at)}  {name} {value}  {seats}".rstrip()


def _seat(pack: Pack, text: str, lang: Lang) -> str:
    return pack.body_label(text.partition("/")[2] or text, lang)


def _owed(pack: Pack, run: Run, lang: Lang) -> list[str]:
    lines = ["", "Owed" if lang == "en" else "义务"] if run.obligations else []
    for one in run.obligations:
        by = "、".join(pack.body_label(party.text, lang) for party in one.by)
        to = "、".join(pack.body_label(r.party.text, lang) for r in one.to)
        state = one.state if lang == "en" else _STATES.get(one.state, one.state)
        owes = (one.owes.en or one.owes.zh) if lang == "en" else one.owes.zh
        due = show_due(one.due, pack.zone) if one.due else "—"
        lines.append(f"  [{state}] {owes}：{by}{' → ' + to if to else ''}  {due}{cites(pack, one.clause)}")
    return lines


def _next(pack: Pack, run: Run, lang: Lang) -> list[str]:
    ready = [line for line in run.what_next if line.state == "may" and not line.free]
    lines = ["", "May be done next" if lang == "en" else "现在可以"] if ready else []
    for line in ready:
        who = "、".join(pack.body_label(party.text, lang) for party in line.who)
        step = f" {line.step}" if line.step else ""
        act = ACT_NAMES.get(line.act, (line.act, line.act))[lang == "en"]
        lines.append(f"  {act}{step} {line.value or ''}：{who}{cites(pack, line.clause)}")
    return lines
