"""`fengsui test` and `fengsui play`: scenarios run on the live engine, shown as a duty officer would tell them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fengsui.cli import show
from fengsui.cli.show import cites, lang_of, say
from fengsui.cli.story import story
from fengsui.core import loader, simulate
from fengsui.core.loader import Scenario
from fengsui.core.pack import Pack
from fengsui.core.pack.vocabulary import near
from fengsui.core.problems import Lang, PackError, Problem, Where
from fengsui.core.simulate import Run

if TYPE_CHECKING:
    from fengsui.core.mutate import Mutant


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
    say(said if lang == "en" else f"改写期望 {changed} 处，留下 {len(left)} 处；先核对改动再保留")
    return int(bool(left))


def _rewrite(file: Path, values: dict[str, object], left: list[Problem]) -> int:
    text, done = loader.rewrite(file.read_text(encoding="utf-8"), values)
    file.write_text(text, encoding="utf-8")
    for path in values:
        if path not in done:
            left.append(Problem("not_accepted", {"path": path}, Where(f"scenarios/{file.name}", None, path)))
    return len(done)


def _mutate(options: argparse.Namespace, pack: Pack, scenarios: tuple[Scenario, ...]) -> int:
    """Report the changes of rules that no scenario notices: a rule dropped, a threshold or limit moved, and so on."""
    from fengsui.core import mutate

    lang = lang_of(options)
    if not options.json:
        wait = (
            "each rule is changed in turn; this takes a while" if lang == "en" else "逐条改动规则重放全部场景，请稍候"
        )
        sys.stderr.write(f"{pack.id}: {wait}\n")
    tried = mutate.tried(pack, scenarios)
    bare = tried.unprotected
    if options.json:
        shown = {"unprotected": [_mutant(m) for m in bare], "shadowed": [_mutant(m) for m in tried.shadowed]}
        counts = {sort: tried.made.get(sort, 0) for sort in mutate.SORTS}
        show.as_json({"pack": pack.id, "scenarios": len(scenarios), "made": counts, **shown})
        return int(bool(bare))
    for mutant in bare:
        say(f"{mutant.what} {mutant.rule}: {mutant.change}{cites(pack, mutant.clause)}")
    for sort in mutate.SORTS:
        unseen = sum(mutant.sort == sort for mutant in bare)
        say(_CHANGES[sort][lang == "en"].format(made=tried.made.get(sort, 0), unseen=unseen))
    if tried.shadowed:
        say(_SHADOWED[lang == "en"].format(many=len(tried.shadowed)))
    if lang == "en":
        say(f"{pack.id}: {len(scenarios)} scenarios; {len(bare)} changes are noticed by none")
    else:
        say(f"{pack.id}：场景 {len(scenarios)} 个；没有场景察觉的改动 {len(bare)} 处")
    return int(bool(bare))


_CHANGES = {
    "drop": ("去掉一条规则：{made} 处，未察觉 {unseen} 处", "a rule dropped: {made}, unnoticed {unseen}"),
    "threshold": ("门槛移动一个单位：{made} 处，未察觉 {unseen} 处", "a threshold moved: {made}, unnoticed {unseen}"),
    "limit": ("时限移动一个单位：{made} 处，未察觉 {unseen} 处", "a limit moved: {made}, unnoticed {unseen}"),
    "any_all": ("且、或互换：{made} 处，未察觉 {unseen} 处", "all and any swapped: {made}, unnoticed {unseen}"),
    "holder": ("换一个承担者：{made} 处，未察觉 {unseen} 处", "another holder: {made}, unnoticed {unseen}"),
}
_SHADOWED = (
    "另有 {many} 处改的是从不单独起作用的标准（见 lint SHADOW），场景中已列为成立",
    "{many} more change criteria that never decide alone (lint SHADOW); scenarios show that they hold",
)


def _mutant(mutant: Mutant) -> dict[str, object]:
    named = {"rule": mutant.rule, "sort": mutant.what, "by": mutant.sort, "change": mutant.change}
    return {**named, "clause": list(mutant.clause)}


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
        say(*story(pack, run, lang_of(options)))
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
