"""The reading aloud: one fixed sentence per construct, from labels only (language 0.1).

Authors review this reading, not the YAML; the plan pages show it. Chinese and English, nothing else is computed here.

Example: `explain(pack, "end.3")[0].text` is 响应为Ⅲ级时，结束：事件发生处室决定，应急工作组同意。（S3-091）
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fengsui.core.explain import nouns, rules
from fengsui.core.explain.labels import act_label, event_label, verb_label
from fengsui.core.explain.voice import Voice
from fengsui.core.pack import Pack
from fengsui.core.problems import Lang

__all__ = ["SORTS", "Reading", "Voice", "act_label", "event_label", "explain", "verb_label"]

SORTS: Mapping[str, tuple[str, str]] = {
    "scale": ("标度", "scales"),
    "set": ("术语", "sets"),
    "matter": ("可记录事项", "matters"),
    "body": ("机构", "bodies"),
    "fact": ("事实", "facts"),
    "scope": ("适用范围", "scope"),
    "method": ("定级方法", "methods"),
    "criterion": ("定级标准", "criteria"),
    "grade": ("定级", "grade"),
    "uplift": ("提级", "uplifts"),
    "grant": ("权限", "grants"),
    "duty": ("义务", "duties"),
    "playbook": ("处置规程", "playbooks"),
    "step": ("步骤", "steps"),
    "form": ("表单", "forms"),
    "reading": ("解读", "readings"),
    "soft_word": ("软性时限", "soft words"),
}
"""The sorts of sentences in the order in which a plan is read aloud."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence: the rule's id, its sort, the text with its citation, the clauses."""

    rule: str
    sort: str
    text: str
    clauses: tuple[str, ...]


def explain(
    pack: Pack, rule_id: str | None = None, lang: Lang = "zh", readings: Mapping[str, str] | None = None
) -> tuple[Reading, ...]:
    """Return the whole plan in sentences, or those of one id (a rule, a fact, `playbook.step`, `$reading`).

    `readings` are the decisions of the plan's owner, as text; without them every reading is read as not set.
    An id that nothing bears gives nothing.
    """
    voice = Voice(pack, lang, dict(readings or {}))
    found = _all(voice)
    if rule_id is None:
        return tuple(found)
    wanted = rule_id.removeprefix("$")
    return tuple(
        one
        for one in found
        if wanted in (one.rule, one.rule.partition(".")[2] if one.sort == "criterion" else one.rule)
    )


def _all(voice: Voice) -> Iterator[Reading]:
    yield from _terms(voice)
    yield from _grading(voice)
    for grant in voice.pack.grants:
        yield Reading(grant.id, "grant", rules.grant(grant, voice), grant.clause)
    for duty in voice.pack.duties:
        yield Reading(duty.id, "duty", rules.duty(duty, voice), duty.clause)
    yield from _playbooks(voice)
    for name, form in voice.pack.forms.items():
        yield Reading(name, "form", nouns.form(form, voice), form.clause)
    yield from _readings(voice)


def _terms(voice: Voice) -> Iterator[Reading]:
    pack = voice.pack
    for name, scale in pack.terms.scales.items():
        yield Reading(name, "scale", nouns.scale(scale, voice), scale.clause)
    for name, term_set in pack.terms.sets.items():
        yield Reading(name, "set", nouns.term_set(term_set, voice), term_set.clause)
    for name, matter in pack.terms.matters.items():
        yield Reading(name, "matter", nouns.matter(matter, voice), matter.clause)
    for name, body in pack.bodies.items():
        yield Reading(name, "body", nouns.body(body, voice), body.clause)
    for name, fact in pack.facts.items():
        yield Reading(name, "fact", nouns.fact(name, fact, voice), fact.clause)


def _grading(voice: Voice) -> Iterator[Reading]:
    pack = voice.pack
    for rule in pack.grading.scope:
        yield Reading(rule.id, "scope", rules.scope(rule, voice), rule.clause)
    for name, method in pack.methods.items():
        yield Reading(name, "method", rules.method(name, method, voice), method.clause)
        for row in pack.rows(name):
            yield Reading(f"{name}.{row.id}", "criterion", rules.row(row, row.when, voice), row.clause)
    if pack.grading.grade is not None:
        grade = pack.grading.grade
        yield Reading("grade", "grade", rules.official(grade, voice), grade.clause)
        for n, uplift in enumerate(grade.uplift, start=1):
            yield Reading(f"uplift.{n}", "uplift", rules.uplift(uplift, voice), uplift.clause)


def _playbooks(voice: Voice) -> Iterator[Reading]:
    for name, playbook in voice.pack.playbooks.items():
        yield Reading(name, "playbook", rules.playbook(name, playbook, voice), ())
        for place, stage in enumerate(playbook.stages, start=1):
            for step in stage:
                text = rules.step(step, place, len(stage) > 1, voice)
                yield Reading(f"{name}.{step.id}", "step", text, step.clause)


def _readings(voice: Voice) -> Iterator[Reading]:
    found = voice.pack.readings
    for name, parameter in found.parameters.items():
        yield Reading(name, "reading", nouns.parameter(name, parameter, voice), parameter.clause)
    for name, switch in found.switches.items():
        yield Reading(name, "reading", nouns.switch(name, switch, voice), switch.clause)
    for name, label in found.soft_words.items():
        yield Reading(name, "soft_word", nouns.soft_word(name, label, voice), ())
