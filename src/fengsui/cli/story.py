"""A played scenario told at the terminal: what happened, what was refused, what is owed, what may be done next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from fengsui.cli.show import cites, level
from fengsui.core.case import Event
from fengsui.core.pack import Pack
from fengsui.core.pack.acts import ACT_NAMES, EVENT_OF, VERB_NAMES
from fengsui.core.problems import Lang
from fengsui.core.simulate import Run
from fengsui.core.timing import show_due, show_instant

_STATES: Mapping[str, str] = {
    "met": "按时",
    "late": "迟",
    "open": "未了",
    "overdue": "逾期",
    "watch_passed": "已过自定提醒",
    "undecided": "待定",
    "running": "持续中",
    "ended": "已结束",
    "cancelled": "不再需要",
    "superseded": "被取代",
    "waived": "已免办",
}
_EVENTS: Mapping[str, tuple[str, str]] = {
    "returned": ("退回", "returned"),
    "withdrawn": ("撤回", "withdrawn"),
    "voided": ("作废", "void"),
    "ratified": ("追认", "ratified"),
    "ratification_refused": ("不予追认", "not ratified"),
    "countersigned": ("补签", "countersigned"),
    "year": ("年度开始", "a year begins"),
    "due_passed": ("时限已过", "due time passed"),
    "watch_passed": ("自定提醒已过", "watch time passed"),
    "threshold_crossed": ("达到门槛", "threshold crossed"),
    "calendar_applied": ("工作日历更新", "calendar applied"),
}
_ACT_OF = {event: act for act, event in EVENT_OF.items()}


def story(pack: Pack, run: Run, lang: Lang) -> list[str]:
    """Return the story of a run as lines of text."""
    scenario = run.scenario
    lines = [scenario.name + (f" [{scenario.row}]" if scenario.row else "")]
    lines += [_event(pack, event, lang) for event in run.events]
    refused = [f"{_at(pack, one.at)}  {one.problem.message(lang)}" for one in run.refusals]
    lines += _part("被拒绝", "Refused", lang, refused)
    grade = run.grade
    if grade and grade.lowest:
        ends = dict.fromkeys((level(pack, grade.lowest, lang), level(pack, grade.highest, lang)))
        lines += ["", f"{'Grade' if lang == 'en' else '定级'}: {' – '.join(ends)}"]
    lines += _part("义务", "Owed", lang, list(_owed(pack, run, lang)))
    lines += _part("现在可以", "May be done next", lang, list(_next(pack, run, lang)))
    failures = [f"{f.problem.where.file}:{f.problem.where.line}  {f.problem.message(lang)}" for f in run.failures]
    return lines + _part("与期望不符", "Not as expected", lang, failures)


def _part(zh: str, en: str, lang: Lang, lines: list[str]) -> list[str]:
    return ["", en if lang == "en" else zh, *(f"  {line}" for line in lines)] if lines else []


def _at(pack: Pack, at: datetime) -> str:
    return show_instant(at, pack.zone)


def _event(pack: Pack, event: Event, lang: Lang) -> str:
    seats = "、".join(_who(pack, seat.partition("/")[2] or seat, lang) for seat in event.seats)
    return f"  {_at(pack, event.at)}  {_what(pack, event, lang)}  {seats}".rstrip()


def _what(pack: Pack, event: Event, lang: Lang) -> str:
    content, en = event.content, lang == "en"
    act = str(content.get("act")) if event.type == "linked" else _ACT_OF.get(event.type, "")
    name = ACT_NAMES[act][en] if act in ACT_NAMES else _EVENTS.get(event.type, (event.type, event.type))[en]
    if event.type == "linked":
        verb = str(content.get("verb"))
        name += f" · {VERB_NAMES.get(verb, (verb, verb))[en]}"
    return " ".join([name, *_details(pack, content, lang)])


def _details(pack: Pack, content: Mapping[str, object], lang: Lang) -> Iterator[str]:
    """Yield what an event is about: its level, step, matter, facts, addressees."""
    if content.get("value"):
        value = str(content["value"])
        yield pack.label("level" if value in pack.level_order else "colour", value, lang)
    if content.get("step"):
        step = pack.steps.get(str(content["step"]))
        yield ((step.en or step.zh) if lang == "en" else step.zh) if step else str(content["step"])
    if content.get("matter"):
        yield pack.label("matter", str(content["matter"]), lang)
    facts = content.get("facts")
    if isinstance(facts, Mapping):
        yield "、".join(pack.label("fact", name, lang) for name in facts)
    to = content.get("to")
    if isinstance(to, list | tuple) and to:
        yield "→ " + "、".join(_who(pack, str(one), lang) for one in to)


def _who(pack: Pack, text: str, lang: Lang) -> str:
    label = pack.body_label(text, lang)
    if not text.startswith("$"):
        return label
    return f"[{label}: not set]" if lang == "en" else f"〔{label}：待定〕"


def _owed(pack: Pack, run: Run, lang: Lang) -> Iterator[str]:
    for one in run.obligations:
        by = "、".join(_who(pack, party.text, lang) for party in one.by)
        to = "、".join(_who(pack, recipient.party.text, lang) for recipient in one.to)
        state = one.state if lang == "en" else _STATES.get(one.state, one.state)
        owes = (one.owes.en or one.owes.zh) if lang == "en" else one.owes.zh
        due = show_due(one.due, pack.zone) if one.due else "—"
        yield f"[{state}] {owes}: {by}{' → ' + to if to else ''}  {due}{cites(pack, one.clause)}"


def _next(pack: Pack, run: Run, lang: Lang) -> Iterator[str]:
    for line in run.what_next:
        if line.state != "may" or line.free:
            continue
        who = "、".join(_who(pack, party.text, lang) for party in line.who)
        step = pack.steps.get(line.step or "")
        about = [ACT_NAMES.get(line.act, (line.act, line.act))[lang == "en"]]
        about += [(step.en or step.zh) if lang == "en" else step.zh] if step else []
        about += [pack.label("level", line.value, lang)] if line.value else []
        yield f"{' '.join(about)}: {who}{cites(pack, line.clause)}"
