"""Folding: one event after another onto a case (`evolve`), a whole log into a case (`replay`).

Rules
- An event carries its effect (`level`, `response`, `colour`, ...): nothing is decided again on replay.
- Folding follows `seq`; an event of another case, a gap in `seq` or a broken digest is refused with `bad_log`.
- An event type without an effect of its own is only appended; later readers (obligations, playbooks) look at it.

What the content of an event may hold (absent when empty)

    body seat raw      who spoke, as `office@A`; the seat used; the word of the rule (`owner`)
    acting             the seat was sat in by delegation: {"of", "by", "document", "whom", "until", "acts"}
    grant chain verb   the grant used; the chain and the verb of a link
    value to duty      value asked; addressees (resolved, `office@A`); duties a report discharges
    facts unknown unverified rest_none source as in the act
    assets lead asset  all affected systems; the one that gives `asset.*`; the `asset.*` facts that this event brings
    matter step choices form form_id documents reason note target reading as in the act
    level response colour commander outcome   the effect
    ratify             {"by": [...], "within": text} on an act of a fast path
    by_word            {"means", "registrars"} ; registered {"paper", "date", "signed_by", "channel", "receipt"}
    with guided_by answered_by creates        who takes part, guides, answers; the body created
    passed             evidence or order of our own gates (`product:`) passed with a written reason
    pattern key cases count   the pattern, what the cases share, which they are, how many of them count
    obligation due rule level why             of system events and of voided chains
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from fengsui.core.case import Affected, Assessment, Case, Chain, Event, Fact, Filled
from fengsui.core.problems import Problem, Refused

Changes = dict[str, Any]


def evolve(case: Case | None, event: Event) -> Case:
    """Return the case after the event. Raises Refused (`bad_log`) for an event that does not fit the log."""
    _check(case, event)
    return fold(case, event)


def fold(case: Case | None, event: Event) -> Case:
    """Fold an event that was sealed a moment ago and needs no check."""
    if case is None:
        return _opened(event)
    common: Changes = {"events": (*case.events, event), "head": event.digest, "before": case, "pin": event.pin}
    effect = EFFECTS.get(event.type)
    changes = effect(case, event) if effect else {}
    return case.but(**common, **_evidence(case, event), **changes)


def replay(events: Iterable[Event]) -> Case:
    """Fold a whole log. Raises Refused (`bad_log`) for an empty or broken one."""
    case: Case | None = None
    for event in events:
        case = evolve(case, event)
    if case is None:
        raise Refused(Problem("bad_log", {"why": "没有记录", "why_en": "there is no event"}))
    return case


def _check(case: Case | None, event: Event) -> None:
    seq, head = (case.seq, case.head) if case else (0, "")
    if event.seq != seq + 1:
        raise Refused(Problem("bad_log", {"why": f"第{seq + 1}条缺失", "why_en": f"event {seq + 1} is missing"}))
    if (case is None) != (event.type == "opened") or (case is not None and event.case != case.id):
        raise Refused(Problem("bad_log", {"why": "不是本案的记录", "why_en": "an event of another case"}))
    if event.previous != head or not event.intact:
        raise Refused(
            Problem("bad_log", {"why": f"第{event.seq}条与链不符", "why_en": f"event {event.seq} breaks the chain"})
        )


def _text(event: Event, key: str) -> str | None:
    value = event.content.get(key)
    return None if value is None else str(value)


def _map(event: Event, key: str) -> Mapping[str, Any]:
    value = event.content.get(key)
    return value if isinstance(value, Mapping) else {}


def _list(event: Event, key: str) -> tuple[str, ...]:
    value = event.content.get(key)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def _opened(event: Event) -> Case:
    kind: Any = event.content["kind"]
    mode: Any = event.content.get("mode", "live")
    return Case(
        id=event.case,
        kind=kind,
        mode=mode,
        organisation=str(event.content["organisation"]),
        root=str(event.content["root"]),
        title=str(event.content.get("title", "")),
        owner=_text(event, "owner"),
        tier=_text(event, "tier"),
        opened_at=event.at,
        pin=event.pin,
        phase="open",
        events=(event,),
        head=event.digest,
        facts=_register(event),
        assets=_affected(event),
        lead=_text(event, "lead"),
        link=_text(event, "link"),
        line={tier: str(organisation) for tier, organisation in _map(event, "line").items()},
    )


def _register(event: Event) -> dict[str, Fact]:
    """Return the facts that an event brings from the asset register."""
    return {
        f"asset.{name.removeprefix('asset.')}": Fact(_value(value), True, "register", event.seq, event.at)
        for name, value in _map(event, "asset").items()
    }


def _affected(event: Event) -> tuple[Affected, ...]:
    rows: Any = event.content.get("assets") or ()
    return tuple(Affected(str(row["id"]), row.get("owner"), dict(row.get("facts") or {})) for row in rows)


def _systems(case: Case, event: Event) -> Changes:
    """The affected systems as they now are. Another lead brings its own facts, and the former one's go with it."""
    if "assets" not in event.content:
        return {}
    lead = _text(event, "lead")
    left = {k: v for k, v in case.facts.items() if lead == case.lead or not k.startswith("asset.")}
    return {"assets": _affected(event), "lead": lead, "facts": {**left, **_register(event)}}


def _evidence(case: Case, event: Event) -> Changes:
    names = _list(event, "documents")
    return {"documents": {**case.documents, **dict.fromkeys(names, event.seq)}} if names else {}


def _value(value: object) -> str | tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, list | tuple) else str(value)


def _facts(case: Case, event: Event) -> Changes:
    doubtful, source = _list(event, "unverified"), _text(event, "source") or ""
    said = {
        name: Fact(_value(value), name not in doubtful, source, event.seq, event.at)
        for name, value in _map(event, "facts").items()
    }
    said |= {name: Fact(None, True, source, event.seq, event.at) for name in _list(event, "unknown")}
    changes = _systems(case, event)
    if said:
        changes["facts"] = {**changes.get("facts", case.facts), **said}
    if event.content.get("rest_none"):
        changes["rest_none_at"] = event.at
    return changes


def _assessed(case: Case, event: Event) -> Changes:
    if "level" not in event.content:
        return {}
    said = Assessment(str(event.content["level"]), _text(event, "body") or "", event.seq, event.at)
    return {"assessments": (*case.assessments, said)}


def _confirmed(_: Case, event: Event) -> Changes:
    return {"level": _text(event, "level"), "level_by": _text(event, "body")}


def _activated(case: Case, event: Event) -> Changes:
    body = _text(event, "body")
    changes: Changes = {"response_active": True, "phase": "active", "activated_by": body, "outcome": None}
    changes["commander"] = _text(event, "commander") or body
    if "response" in event.content:
        changes["response"] = _text(event, "response")
    return changes


def _adjusted(_: Case, event: Event) -> Changes:
    return {key: _text(event, key) for key in ("level", "response", "colour") if key in event.content}


def _issued(_: Case, event: Event) -> Changes:
    changes: Changes = {"issued_by": _text(event, "body"), "issued_active": True, "phase": "active", "outcome": None}
    if "colour" in event.content:
        changes["colour"] = _text(event, "colour")
    return changes


def _over(outcome: str) -> Callable[[Case, Event], Changes]:
    def effect(_: Case, __: Event) -> Changes:
        stopped = {"response_active": False, "issued_active": False, "declared_active": False}
        return {"phase": "ended", "outcome": outcome, **stopped}

    return effect


def _declared(_: Case, __: Event) -> Changes:
    return {"declared_active": True, "phase": "active", "outcome": None}


def _adopted(_: Case, __: Event) -> Changes:
    return {"adopted": True, "phase": "active"}


def _closed(_: Case, __: Event) -> Changes:
    return {"phase": "closed"}


def _stepped(case: Case, event: Event) -> Changes:
    return {"steps_done": {**case.steps_done, str(event.content["step"]): event.seq}}


def _settled(case: Case, event: Event) -> Changes:
    return {"settled": {**case.settled, str(event.content["reading"]): str(event.content["value"])}}


def _waived(case: Case, event: Event) -> Changes:
    return {"waived": {**case.waived, str(event.content["obligation"]): event.seq}}


def _acknowledged(case: Case, event: Event) -> Changes:
    return {"acknowledged": {**case.acknowledged, str(event.content.get("body", "")): event.seq}}


def _linked(case: Case, event: Event) -> Changes:
    chain_id = str(event.content["chain"])
    chain = case.chains.get(chain_id) or _new_chain(event, chain_id)
    filled = Filled(
        verb=str(event.content["verb"]),
        seat=str(event.content.get("seat", "")),
        person=event.person,
        seq=event.seq,
        at=event.at,
        by_word="by_word" in event.content,
        registered_by=event.registered_by,
        acting=_map(event, "acting") or None,
    )
    state: Any = "done" if event.content.get("last") else "open"
    chain = replace(chain, filled=(*chain.filled, filled), state=state)
    return {"chains": {**case.chains, chain_id: chain}}


def _new_chain(event: Event, chain_id: str) -> Chain:
    return Chain(
        id=chain_id,
        act=str(event.content["act"]),
        grant=str(event.content["grant"]),
        value=_text(event, "value"),
        target=_text(event, "target"),
        filled=(),
        content=str(event.content["shown"]),
        since=event.at,
    )


def _chain_over(state: str) -> Callable[[Case, Event], Changes]:
    def effect(case: Case, event: Event) -> Changes:
        chain_id = str(event.content["chain"])
        over: Any = state
        return {"chains": {**case.chains, chain_id: replace(case.chains[chain_id], state=over)}}

    return effect


EFFECTS: Mapping[str, Callable[[Case, Event], Changes]] = {
    "stated": _facts,
    "corrected": _facts,
    "assessed": _assessed,
    "confirmed": _confirmed,
    "activated": _activated,
    "adjusted": _adjusted,
    "ended": _over("ended"),
    "lifted": _over("lifted"),
    "dismissed": _over("dismissed"),
    "transferred": _over("transferred"),
    "issued": _issued,
    "declared": _declared,
    "adopted": _adopted,
    "closed": _closed,
    "stepped": _stepped,
    "settled": _settled,
    "waived": _waived,
    "acknowledged": _acknowledged,
    "linked": _linked,
    "returned": _chain_over("returned"),
    "withdrawn": _chain_over("withdrawn"),
    "voided": _chain_over("void"),
}
"""The events that change more than the log."""
