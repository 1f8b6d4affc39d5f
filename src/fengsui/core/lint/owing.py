"""Findings about duties and playbooks: events that never come, limits, clocks, ends, recipients, who is bound."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from fengsui.core.lint.authority import bodies_of
from fengsui.core.lint.places import Cited, duties, found
from fengsui.core.pack import Duty, EventPattern, Pack
from fengsui.core.pack.acts import ACT_NAMES, ACTS, EVENT_OF, FREE_ACTS, Kind
from fengsui.core.problems import Problem
from fengsui.core.timing import Length, Soft

_ACT_OF = {event: act for act, event in EVENT_OF.items()}
_KINDS = {"incident": "事件", "warning": "预警", "standing": "常态", "key_period": "重保"}
_OF_THE_SYSTEM = frozenset({"opened", "year"})


def owing(pack: Pack) -> Iterator[Problem]:
    """Yield every finding about the duties and playbooks of a pack."""
    cited = [(at, at.thing) for at in duties(pack) if isinstance(at.thing, Duty)]
    for at, duty in cited:
        yield from _limits(pack, at, duty)
        yield from _people(pack, at, duty)
        for patterns in (duty.on, duty.until, duty.done_by):
            yield from _events(pack, at, duty.kind, patterns)
    for name, playbook in pack.playbooks.items():
        place = Cited("step", name, "playbooks.yaml", f"playbooks.{name}", (), playbook)
        if playbook.kind:
            yield from _events(pack, place, playbook.kind, playbook.start)
    for (_, first), (at, second) in itertools.combinations(cited, 2):
        if _same(first, second):
            yield found(pack, "DUP", at, first=first.id, second=second.id)
    yield from _soft(pack, [duty for _, duty in cited])


def _owes(duty: Duty) -> dict[str, str]:
    return {"owes": f"{duty.owes.zh}（{duty.id}）", "owes_en": f"{duty.owes.en or duty.owes.zh} ({duty.id})"}


def _limits(pack: Pack, at: Cited, duty: Duty) -> Iterator[Problem]:
    owes = _owes(duty)
    if duty.within is None and duty.every is None and not duty.keep:
        yield found(pack, "LIMIT", at, **owes)
    if (duty.every is not None or duty.keep) and not duty.until and duty.kind != "standing":
        yield found(pack, "END", at, **owes)
    if isinstance(duty.within, Length) and duty.from_ is None and any(e.name == "opened" for e in duty.on):
        trigger = {"trigger": "登记（opened）", "trigger_en": "opening the case"}
        yield found(pack, "CLOCK", at, **owes, **trigger)


def _people(pack: Pack, at: Cited, duty: Duty) -> Iterator[Problem]:
    owes = _owes(duty)
    if not duty.to and not duty.done_by and not duty.keep:
        yield found(pack, "RECIP", at, **owes)
    for body in dict.fromkeys(body for who in duty.by for body in bodies_of(who)):
        declared = pack.bodies.get(body)
        outside = declared is not None and declared.kind == "external" and declared.binds is None
        if outside and pack.head.kind == "plan":  # a regime binds the authorities by itself
            labels = {"body": pack.body_label(body), "body_en": pack.body_label(body, "en")}
            yield found(pack, "EXT", at, **owes, **labels)


def _events(pack: Pack, at: Cited, kind: Kind, patterns: Iterable[EventPattern]) -> Iterator[Problem]:
    """Yield events that this kind of case never has; and those nobody may cause, where no alternative is left."""
    names = dict.fromkeys(pattern.name for pattern in patterns)
    nobody = [event for event in names if _nobody(pack, kind, event)]
    for event in names:
        act = _ACT_OF.get(event)
        rule = {"rule": at.zh, "rule_en": at.en, "event": event}
        if act is not None and event not in _OF_THE_SYSTEM and act not in ACTS[kind]:
            yield found(pack, "DEAD-EVENT", at, kind=_KINDS[kind], kind_en=kind, **rule)
        elif act is not None and event in nobody and len(nobody) == len(names):
            zh, en = ACT_NAMES[act]
            yield found(pack, "DEAD-TRIGGER", at, act=zh, act_en=en, **rule)


def _nobody(pack: Pack, kind: Kind, event: str) -> bool:
    act = _ACT_OF.get(event)
    if act is None or event in _OF_THE_SYSTEM or act not in ACTS[kind]:
        return False
    if pack.head.kind == "regime":
        return False  # the acts are those of the plan beside it
    return (act not in FREE_ACTS or act in ("publish", "close")) and not _given(pack, kind, act)


def _given(pack: Pack, kind: Kind, act: str) -> bool:
    """Whether somebody may do an act, here or outside, alone or as the consequence of another."""
    follows = any(grant.then == act for grant in pack.grants if grant.kind == kind)
    return follows or any(grant.links or grant.outside for grant in pack.grants_for(kind, act))


def _same(first: Duty, second: Duty) -> bool:
    keys = ("kind", "on", "when", "by", "to", "owes", "done_by")
    return all(getattr(first, key) == getattr(second, key) for key in keys)


def _soft(pack: Pack, all_duties: list[Duty]) -> Iterator[Problem]:
    words = [duty.within.word for duty in all_duties if isinstance(duty.within, Soft)]
    words += [step.within.word for step in pack.steps.values() if isinstance(step.within, Soft)]
    for word in dict.fromkeys(words):
        label = pack.label("soft_word", word)
        place = ("readings.yaml", f"soft_words.{word}")
        yield found(pack, "SOFT", place, word=label, word_en=word, count=str(words.count(word)), id=word)
