"""Every cited thing of a pack with its place, so that a finding can point at a file, a line and a clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fengsui.core.pack import ALWAYS, Condition, Duty, Grant, Pack, Step
from fengsui.core.pack.acts import KINDS
from fengsui.core.problems import Problem, Where


@dataclass(frozen=True, slots=True)
class Cited:
    """A thing that cites clauses: its sort, its id, where it stands, its condition."""

    sort: str
    name: str
    file: str
    path: str
    clause: tuple[str, ...]
    thing: object
    when: Condition = ALWAYS

    @property
    def zh(self) -> str:
        """As a finding names it in Chinese."""
        return f"{_SORTS[self.sort]} {self.name}"

    @property
    def en(self) -> str:
        """As a finding names it in English."""
        return f"{self.sort} {self.name}"


_SORTS = {
    "pack": "预案",
    "term": "术语",
    "matter": "事项",
    "body": "机构",
    "fact": "事实",
    "scope": "范围",
    "method": "方法",
    "rule": "规则",
    "grade": "定级",
    "uplift": "提级",
    "grant": "权限",
    "duty": "义务",
    "pattern": "多案情形",
    "step": "步骤",
    "form": "表单",
    "reading": "解读",
    "option": "选项",
}


def found(pack: Pack, code: str, at: Cited | tuple[str, str], clauses: Iterable[str] = (), /, **params: str) -> Problem:
    """Return a finding at a cited thing, or at a (file, path)."""
    file, path = (at.file, at.path) if isinstance(at, Cited) else at
    place = pack.positions.get((file, path))
    cited = at.clause if isinstance(at, Cited) else tuple(clauses)
    return Problem(code, params, Where(file, place[0] if place else None, path), cited)


def everything(pack: Pack) -> Iterator[Cited]:
    """Yield every thing of the pack that cites a clause."""
    yield Cited("pack", pack.id, "pack.yaml", "clause", pack.head.clause, pack.head)
    yield from _nouns(pack)
    yield from _grading(pack)
    yield from grants(pack)
    yield from duties(pack)
    yield from steps(pack)
    for name, pattern in pack.patterns.items():
        yield Cited("pattern", name, "duties.yaml", f"patterns.{name}", pattern.clause, pattern, pattern.cases)


def _nouns(pack: Pack) -> Iterator[Cited]:
    tables: tuple[tuple[str, str, str, Mapping[str, object]], ...] = (
        ("term", "terms.yaml", "scales", pack.terms.scales),
        ("term", "terms.yaml", "sets", pack.terms.sets),
        ("matter", "terms.yaml", "matters", pack.terms.matters),
        ("body", "bodies.yaml", "bodies", pack.bodies),
        ("fact", "facts.yaml", "facts", pack.facts),
        ("form", "forms.yaml", "forms", pack.forms),
        ("reading", "readings.yaml", "parameters", pack.readings.parameters),
        ("reading", "readings.yaml", "switches", pack.readings.switches),
    )
    for sort, file, key, table in tables:
        for name, thing in table.items():
            when = getattr(thing, "means", None) or ALWAYS
            yield Cited(sort, name, file, f"{key}.{name}", thing.clause, thing, when)  # type: ignore[attr-defined]
    for name, switch in pack.readings.switches.items():
        for option, body in switch.options.items():
            path = f"switches.{name}.options.{option}"
            yield Cited("option", f"{name}.{option}", "readings.yaml", path, body.clause, body)


def _grading(pack: Pack) -> Iterator[Cited]:
    file = "grading.yaml"
    for n, scope in enumerate(pack.grading.scope):
        yield Cited("scope", scope.id, file, f"scope[{n}]", scope.clause, scope, scope.when)
    for name, method in pack.methods.items():
        yield Cited("method", name, file, f"methods.{name}", method.clause, method)
        if method.within:
            clause = tuple(method.within.clause.split())
            yield Cited("method", name, file, f"methods.{name}.within", clause, method.within)
        for n, rule in enumerate(method.rules):
            path = f"methods.{name}.rules[{n}]"
            yield Cited("rule", f"{name}.{rule.id}", file, path, rule.clause, rule, rule.when)
    grade = pack.grading.grade
    if grade:
        yield Cited("grade", grade.by, file, "grade", grade.clause, grade)
        for n, uplift in enumerate(grade.uplift):
            yield Cited("uplift", uplift.zh, file, f"grade.uplift[{n}]", uplift.clause, uplift, uplift.when)


def grants(pack: Pack) -> Iterator[Cited]:
    """Yield the grants with their places."""
    for path, grant in _by_kind(pack.grants):
        yield Cited("grant", grant.id, "grants.yaml", path, grant.clause, grant, grant.when)


def duties(pack: Pack) -> Iterator[Cited]:
    """Yield the duties with their places."""
    for path, duty in _by_kind(pack.duties):
        yield Cited("duty", duty.id, "duties.yaml", path, duty.clause, duty, duty.when)


def _by_kind(rules: Iterable[Grant] | Iterable[Duty]) -> Iterator[tuple[str, Grant | Duty]]:
    count: dict[str, int] = dict.fromkeys(KINDS, 0)
    for rule in rules:
        yield f"{rule.kind}[{count[rule.kind]}]", rule
        count[rule.kind] += 1


def steps(pack: Pack) -> Iterator[Cited]:
    """Yield the steps with their places."""
    for name, playbook in pack.playbooks.items():
        for n, written in enumerate(playbook.steps):
            base = f"playbooks.{name}.steps[{n}]"
            if isinstance(written, Step):
                yield _step(name, written, base)
                continue
            for m, step in enumerate(written.together):
                yield _step(name, step, f"{base}.together[{m}]")


def _step(playbook: str, step: Step, path: str) -> Cited:
    return Cited("step", f"{playbook}.{step.id}", "playbooks.yaml", path, step.clause, step, step.when)
