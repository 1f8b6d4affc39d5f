"""One sentence per rule: grading, grants, duties, steps (language 0.1).

Holes are read 原文未授权; a limit that the text does not name is read （未写时限）; what was inferred or is our own
gate says so before the citation. What ends or discharges a duty, and where its clock begins, follows the citation.
"""

from __future__ import annotations

from collections.abc import Iterator

from fengsui.core import timing
from fengsui.core.explain.labels import act_label, verb_label
from fengsui.core.explain.voice import Voice
from fengsui.core.pack import ALWAYS, Condition, Duty, Grant, Link, Menu, Method, Playbook, ReadingRef, Row, Step
from fengsui.core.pack.rules import GradeSpec, ScopeRule, Uplift
from fengsui.core.pack.terms import Honest


def closing(rule: Honest, voice: Voice) -> str:
    """Return the marks of honesty, the full stop and the citation."""
    marks = ""
    if rule.inferred:
        marks += voice.say(f"（推定：{rule.inferred}）", f" (inferred: {rule.inferred})")
    if rule.product:
        marks += voice.say(f"（本系统要求：{rule.product}）", f" (required by this system: {rule.product})")
    return f"{marks}{voice.say('。', '.')}{voice.clauses(rule.clause)}"


# ------------------------------------------------------------------------------------------------- grading
def scope(rule: ScopeRule, voice: Voice) -> str:
    """Return when a case belongs elsewhere."""
    when = voice.condition(rule.when)
    if rule.hand_over:
        said = voice.say(f"{when}的，移交{rule.hand_over}", f"If {when}, the case is handed over to {rule.hand_over}")
    else:
        said = voice.say(f"{when}的，{rule.out}", f"If {when}: {rule.out}")
    return said + closing(rule, voice)


def row(one: Row, condition: Condition, voice: Voice) -> str:
    """Return one row of a method, a ladder's threshold included."""
    always = condition == ALWAYS
    when = "" if always else voice.condition(condition)
    result = _result(one, voice)
    said = voice.say(f"{when}的，{result}" if when else result, f"If {when}: {result}" if when else result)
    return said + closing(one.rule, voice)


def _result(one: Row, voice: Voice) -> str:
    if one.none:
        return voice.say("此项不计", "this column adds nothing")
    if one.level is not None:
        level = voice.pack.label("level", one.level, voice.lang)
        return voice.say(f"为{level}", level)
    allowed = voice.value(one.range, voice.pack.words.type("range"))
    return voice.say(f"级别范围为{allowed}", f"the range is {allowed}")


def method(name: str, spec: Method, voice: Voice) -> str:
    """Return what a method is, and what it means when nothing fits."""
    label = voice.say(spec.zh, spec.en or spec.zh)
    said = label
    if spec.highest_of:
        parts = voice.listed(_method_label(part, voice) for part in spec.highest_of)
        said = voice.say(f"{label}取{parts}中最高的级别", f"{label} is the highest of {parts}")
    else:
        said = voice.say(f"{label}：{_otherwise(spec, voice)}", f"{label}: {_otherwise(spec, voice)}")
    if spec.within:
        by, effect = _method_label(spec.within.range_by, voice), _effect(spec.within.effect, voice)
        said += voice.say(f"，{by}给出范围，超出范围的{effect}", f"; {by} gives the range; outside it: {effect}")
    return said + closing(spec, voice)


def _otherwise(spec: Method, voice: Voice) -> str:
    if spec.otherwise == "ungraded":
        return voice.say("各项都不符合的，不定级", "if nothing fits, it is not graded")
    if all(rule.range is not None for rule in spec.rules):
        return voice.say("只定范围，不定级别", "it gives a range, not a level")
    return voice.say("各项都不符合的，原文没有规定", "if nothing fits, the text has no rule")


def _method_label(name: str, voice: Voice) -> str:
    spec = voice.pack.methods[name]
    return voice.say(spec.zh, spec.en or spec.zh)


def _effect(effect: str, voice: Voice) -> str:
    if effect.startswith("$"):
        return voice.say("按", "") + voice.reading(effect[1:])
    words = {
        "clamp": ("收回到范围内", "drawn into it"),
        "warn": ("只提示", "a warning"),
        "ignore": ("不处理", "ignored"),
    }
    return voice.say(*words[effect])


def official(spec: GradeSpec, voice: Voice) -> str:
    """Return which method counts and which are shown beside it."""
    by = voice.reading(spec.by[1:]) if spec.by.startswith("$") else _method_label(spec.by, voice)
    beside = voice.listed(_method_label(name, voice) for name in spec.beside)
    said = voice.say(f"定级以{by}为准", f"The grade follows {by}")
    if beside:
        said += voice.say(f"，并列显示{beside}，不取其一", f"; {beside} is shown beside it")
    if spec.reason_required:
        said += voice.say("，须写明理由", "; a reason is required")
    return said + closing(spec, voice)


def uplift(one: Uplift, voice: Voice) -> str:
    """Return an offer to raise."""
    when = voice.condition(one.when)
    label = voice.say(one.zh, one.en or one.zh)
    return voice.say(f"{when}的，可提请：{label}", f"If {when}, it may be proposed: {label}") + closing(one, voice)


# -------------------------------------------------------------------------------------------------- grants
def grant(one: Grant, voice: Voice) -> str:
    """Return who may do an act, when and how."""
    act = act_label(one.act, one.kind, voice.lang)
    when = _when(one.when, voice)
    if one.outside:
        return when + _outside(one, act, voice) + closing(one, voice)
    said = voice.say(f"{when}{act}：", f"{when}{act}: ")
    if one.hole:
        said += voice.say(f"原文未授权（{one.hole}）", f"the text gives it to nobody ({one.hole})")
    elif one.forbidden:
        who = voice.say("任何机构", "everyone") if one.forbidden == "everyone" else voice.who(one.forbidden)
        said += voice.say(f"{who}不得为之", f"forbidden to {who}")
    else:
        said += voice.say("，", ", ").join(_link(link, voice) for link in one.links)
    return said + "".join(_extras(one, voice)) + closing(one, voice)


def _when(condition: Condition, voice: Voice) -> str:
    if condition == ALWAYS:
        return ""
    said = voice.condition(condition)
    return voice.say(f"{said}时，", f"When {said}, ")


def _outside(one: Grant, act: str, voice: Voice) -> str:
    who = voice.who(one.outside)
    said = voice.say(f"{act}由{who}决定", f"{act}: decided outside by {who}")
    if one.record_by:
        recorder = voice.who(one.record_by)
        said += voice.say(f"，{recorder}登记", f", recorded by {recorder}")
    return said


def _link(link: Link, voice: Voice) -> str:
    who, verb = voice.who(link.who), verb_label(link.verb, voice.lang)
    if link.verb == "sign" and len(link.who) > 1:
        return voice.say(f"{who}共同签署", f"{who} sign jointly")
    return voice.say(f"{who}{verb}", f"{who} {verb}")


def _extras(one: Grant, voice: Voice) -> Iterator[str]:
    if one.needs:
        yield _needs(one.needs, voice)
    if one.form:
        yield _form(one.form, voice)
    if one.with_:
        who = voice.who(one.with_)
        yield voice.say(f"，{who}参加", f", with {who}")
    if one.guided_by:
        who = voice.who(one.guided_by)
        yield voice.say(f"，{who}指导", f", guided by {who}")
    if one.answered_by:
        who = voice.who(one.answered_by)
        yield voice.say(f"，{who}答复", f", answered by {who}")
    if one.ratify:
        who, limit = voice.who(one.ratify.by), voice.limit(one.ratify.within)
        yield voice.say(
            f"，立即生效，事后由{who}{limit}追认", f", at once in force, to be ratified by {who} {limit}".rstrip()
        )
    if one.creates:
        body = voice.body(one.creates)
        yield voice.say(f"，同时成立{body}", f", which creates {body}")
    if one.then == "publish":
        yield voice.say("，并对外公布", ", and it is published")
    elif one.then:
        yield voice.say(f"，随后{act_label(one.then)}", f", then {act_label(one.then, one.kind, 'en')}")
    if one.in_person:
        yield voice.say("，须本人办理", ", in person")


def _needs(needs: tuple[str | Condition, ...], voice: Voice) -> str:
    said = voice.listed(
        voice.pack.label("document", need, voice.lang) if isinstance(need, str) else voice.condition(need)
        for need in needs
    )
    return voice.say(f"，须有{said}", f", which needs {said}")


def _form(form: str, voice: Voice) -> str:
    label = voice.pack.label("form", form, voice.lang)
    return voice.say(f"，用《{label}》", f", on the form '{label}'")


# -------------------------------------------------------------------------------------------------- duties
def duty(one: Duty, voice: Voice) -> str:
    """Return what is owed: when it begins, under which condition, by whom, within what, to whom, until when."""
    begins = voice.after(one.on, one.kind)
    when = "" if one.when == ALWAYS else voice.condition(one.when)
    if voice.lang == "en":
        return _duty_en(one, begins, when, voice)
    condition = f"{when}的，" if when else ""
    said = f"{begins}，{condition}{voice.who(one.by)}{_with(one, voice)}{_measure(one, voice)}{one.owes.zh}"
    return said + "".join(_duty_tail(one, voice)) + closing(one, voice) + _duty_end(one, voice)


def _duty_en(one: Duty, begins: str, when: str, voice: Voice) -> str:
    owes = one.owes.en or one.owes.zh
    condition = f" if {when}," if when else ""
    measure = _measure(one, voice)
    said = (
        f"{begins},{condition} {voice.who(one.by)} owes{_with(one, voice)}: {owes}{f' ({measure})' if measure else ''}"
    )
    return said + "".join(_duty_tail(one, voice)) + closing(one, voice) + _duty_end(one, voice)


def _with(one: Duty | Step, voice: Voice) -> str:
    if not one.with_:
        return ""
    who = voice.who(one.with_)
    return voice.say(f"会同{who}", f" with {who}")


def _measure(one: Duty, voice: Voice) -> str:
    """Return the words before what is owed: in principle, the limit, continuously, how often."""
    parts = []
    if one.in_principle:
        parts.append(voice.say("原则上", "in principle"))
    if one.keep is not None:
        parts.append(_keep(one.keep, voice))
    if one.every is not None:
        parts.append(voice.every(one.every))
    limit = voice.limit(one.within)
    if limit:
        parts.append(limit)
    return voice.say("", " ").join(parts)


def _keep(keep: bool | str | ReadingRef, voice: Voice) -> str:
    if isinstance(keep, ReadingRef):
        hours = voice.reading(keep.name)
        return voice.say(f"持续（每天{hours}）", f"continuously ({hours} a day)")
    if keep is True:
        return voice.say("持续", "continuously")
    hours = timing.show_duration(timing.parse_duration(str(keep)), voice.lang)
    return voice.say(f"持续（每天{hours}）", f"continuously ({hours} a day)")


def _duty_tail(one: Duty, voice: Voice) -> Iterator[str]:
    if isinstance(one.within, timing.NoLimit):
        yield voice.say("（未写时限）", " (no limit written)")
    if one.to:
        to = voice.who(one.to)
        yield voice.say(f"，报{to}", f", to {to}")
    if one.optional:
        yield voice.say(f"（可免：{one.optional}）", f" (may be waived: {one.optional})")


def _duty_end(one: Duty, voice: Voice) -> str:
    """Return the second sentence of a duty: its clock, its form, what ends it, what discharges it."""
    clock = voice.clock(one.from_, one.kind) if one.from_ else ""
    parts = list(_ends(one, voice))
    if not parts:
        return clock
    return clock + voice.say("，".join(parts) + "。", f" {parts[0][0].upper()}{', '.join(parts)[1:]}.")


def _ends(one: Duty, voice: Voice) -> Iterator[str]:
    if one.form:
        yield _form(one.form, voice).lstrip("，, ")
    if one.until:
        until = voice.events(one.until, one.kind)
        yield voice.say(f"至{until}为止", f"until {until}")
    if one.done_by:
        done = voice.events(one.done_by, one.kind)
        yield voice.say(f"以{done}为完成", f"done by {done}")
    if one.replaces:
        yield voice.say(f"取代义务{one.replaces}", f"replaces duty {one.replaces}")
    if one.on_regrade == "keep":
        yield voice.say("级别变化后照旧", "kept after a regrade")


# --------------------------------------------------------------------------------------------------- steps
def playbook(name: str, one: Playbook, voice: Voice) -> str:
    """Return when a playbook begins and how many stages it has."""
    label = playbook_label(name, one, voice)
    begins = voice.after(one.start, one.kind or "incident")
    when = "" if one.when == ALWAYS else voice.condition(one.when)
    if voice.lang == "en":
        return f"{begins},{f' if {when},' if when else ''} '{label}' begins: {len(one.stages)} stages in order."
    return f"{begins}，{f'{when}的，' if when else ''}按“{label}”依次处置，共{len(one.stages)}步。"


def playbook_label(name: str, one: Playbook, voice: Voice) -> str:
    """Return the name of a playbook."""
    return voice.say(one.zh or name, one.en or one.zh or name)


def step(one: Step, place: int, together: bool, voice: Voice) -> str:
    """Return one step with its place, holder, approval, evidence and waiting."""
    where = voice.say(f"第{place}步", f"Step {place}")
    if together:
        where += voice.say("（同时进行）", " (at the same time)")
    when = "" if one.when == ALWAYS else voice.condition(one.when)
    if voice.lang == "en":
        said = f"{where}:{f' if {when},' if when else ''} {voice.who(one.by)}{_with(one, voice)}: {one.en or one.zh}"
        limit = voice.limit(one.within)
        said += f" ({limit})" if limit else ""
    else:
        holder = f"{f'{when}的，' if when else ''}{voice.who(one.by)}{_with(one, voice)}"
        said = f"{where}，{holder}{voice.limit(one.within)}{one.zh}"
    return said + "".join(_step_tail(one, voice)) + closing(one, voice)


def _step_tail(one: Step, voice: Voice) -> Iterator[str]:
    if one.pre_authorised:
        yield voice.say("，无须批准", ", no approval needed")
    if one.act:
        yield voice.say(f"（即{act_label(one.act)}）", f" (this is the act: {act_label(one.act, lang='en')})")
    if one.guided_by:
        who = voice.who(one.guided_by)
        yield voice.say(f"，{who}指导", f", guided by {who}")
    if one.needs:
        yield _needs(one.needs, voice)
    if one.waits_for:
        document = voice.pack.label("document", one.waits_for, voice.lang)
        yield voice.say(f"，待{document}", f", waits for {document}")
    if one.form:
        yield _form(one.form, voice)
    if one.choose:
        yield _menu(one.choose, voice)
    if one.optional:
        yield voice.say(f"（可免：{one.optional}）", f" (may be left out: {one.optional})")


def _menu(menu: Menu, voice: Voice) -> str:
    options = []
    for choice in menu.of.values():
        label = voice.say(choice.label.zh, choice.label.en or choice.label.zh)
        by = f"{voice.say('由', 'by ')}{voice.who(choice.by)}{voice.say('批准', '')}" if choice.by else ""
        options.append(f"{label}{voice.say(f'（{by}）', f' ({by})')}" if by else label)
    forbidden = voice.listed(voice.say(label.zh, label.en or label.zh) for label in menu.forbid.values())
    said = voice.say(f"，至少选{menu.at_least}项：", f", at least {menu.at_least} of: ") + voice.listed(options)
    return said + (voice.say(f"；禁止：{forbidden}", f"; forbidden: {forbidden}") if forbidden else "")
