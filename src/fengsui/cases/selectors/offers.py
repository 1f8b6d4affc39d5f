"""What may be done on a case: by this reader now, or by whom, or what stands in the way (what_next for the eye)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fengsui.cases.pages import ActLink, OfferView, TaskRow
from fengsui.cases.selectors.owed import is_for
from fengsui.cases.selectors.words import ACT_MARKS, VERB_MARKS, Words, act_label, pick
from fengsui.core.case import Seat
from fengsui.core.engine import Next, Offer
from fengsui.core.pack.acts import VERB_NAMES
from fengsui.core.playbooks import StepState
from fengsui.core.problems import Problem

GROUPS: Mapping[str, str] = {
    "report": "report",
    "state": "report",
    "request": "report",
    "step": "task",
    "record": "keep",
    "acknowledge": "keep",
    "urge": "keep",
    "hand_over": "keep",
    "correct": "keep",
    "waive": "keep",
    "settle": "keep",
    "rebase": "keep",
}
STATES = {
    "may": ("可办", "may be done"),
    "undecided": ("情况待定", "undecided"),
    "needs_interpretation": ("待解读", "needs interpretation"),
    "not_given": ("原文未授权", "not given"),
    "outside": ("由外部作出", "done outside"),
    "forbidden": ("禁止", "forbidden"),
    "out_of_order": ("还不能办", "out of order"),
    "wait_for": ("等前一步", "waits"),
    "done": ("已办", "done"),
}
STEP_STATES = {
    "done": ("done", ("已完成", "done")),
    "ready": ("ready", ("可办", "ready")),
    "waits": ("waits", ("等前面的步骤", "waits")),
    "undecided": ("waits", ("是否需办待定", "undecided")),
}
ANSWERS = {"ratify": ("追认", "ratify"), "countersign": ("补签", "sign")}


@dataclass(frozen=True, slots=True)
class _Key:
    act: str
    verb: str
    grant: str
    chain: str
    target: str
    state: str


def offer_views(offers: Iterable[Offer], words: Words) -> tuple[OfferView, ...]:
    """Return the lines of a case page but steps: those this reader may do first, then the others with the reason."""
    shown: dict[object, OfferView] = {}
    for offer in offers:
        line = offer.next
        if line.step is not None or line.act == "step":
            continue
        key = _Key(line.act, line.verb, line.grant or "", line.chain or "", line.target or "", line.state)
        if key not in shown or (offer.allowed and not shown[key].allowed):
            shown[key] = offer_view(offer, words)
    return tuple(sorted(_without_doubles(shown.values()), key=lambda view: not view.allowed))


def offer_view(offer: Offer, words: Words) -> OfferView:
    """Return one line."""
    line = offer.next
    return OfferView(
        act=line.act,
        label=_label(line, words),
        word=VERB_MARKS.get(line.verb, "") if line.chain else ACT_MARKS.get(line.act, "办"),
        allowed=offer.allowed,
        who=_who(line, words),
        state=line.state,
        reason=_reason(offer, words),
        hint=words.local(offer.problem.hint(words.lang)) if offer.problem else "",
        rightful=_rightful(offer, words),
        cites=words.cites(line.clause or (offer.problem.clause if offer.problem else ())),
        since=line.since if line.chain or line.target else None,
        link=_link(line, words) if offer.allowed else None,
        group=GROUPS.get(line.act, "decide"),
    )


def tasks(
    states: Iterable[StepState], offers: Iterable[Offer], words: Words, seats: Iterable[Seat]
) -> tuple[TaskRow, ...]:
    """Return the steps of the playbooks in the order of the plan."""
    allowed = {offer.next.step: offer for offer in offers if offer.next.step}
    held = tuple(seats)
    return tuple(_task(state, allowed.get(state.name), words, held) for state in states)


def told(problem: Problem, words: Words) -> tuple[str, ...]:
    """Return the bodies a refusal names, in words."""
    return tuple(dict.fromkeys(words.body(text) for text in problem.rightful))


def _task(state: StepState, offer: Offer | None, words: Words, seats: tuple[Seat, ...]) -> TaskRow:
    shown, label = STEP_STATES[state.state]
    rule = state.step
    if rule.optional and state.state == "ready":
        shown, label = "optional", ("视需要", "optional")
    mine = any(is_for(seat, party) for seat in seats for party in state.by)
    may = offer is not None and offer.allowed and mine
    before = (name if "." in name else f"{state.playbook}.{name}" for name in state.waits_for)
    needs = [words.thing(name) for name in (*before, *(offer.next.missing if offer else ()))]
    if rule.pre_authorised:
        needs.insert(0, words.say("已预先授权，不必等批准", "authorised in advance"))
    zh = rule.zh if words.lang == "zh" else rule.en or rule.zh
    link = ActLink("step", words.say("完成", "done"), {"step": state.name}) if may and state.state == "ready" else None
    playbook = words.pack.playbooks[state.playbook]
    return TaskRow(
        id=state.name,
        playbook=(playbook.zh if words.lang == "zh" else playbook.en or playbook.zh) or state.playbook,
        label=zh,
        by=words.parties(state.by),
        state=shown,
        state_label=pick(label, words.lang),
        cites=words.cites(rule.clause),
        with_=words.parties(state.with_),
        needs=tuple(dict.fromkeys(needs)),
        limit_label=words.limit(rule.within) if rule.within else "",
        at=state.done_at,
        link=link,
    )


def _without_doubles(views: Iterable[OfferView]) -> Iterable[OfferView]:
    """Of an act that may be done leave out the lines of the same act that merely cannot (another way to it)."""
    listed = list(views)
    may = {(view.act, view.state) for view in listed if view.allowed}
    acts = {act for act, _ in may}
    return [view for view in listed if view.allowed or view.act not in acts or view.state == "may"]


def _label(line: Next, words: Words) -> str:
    label = act_label(line.act, words.lang)
    if line.verb in ANSWERS:
        return f"{pick(ANSWERS[line.verb], words.lang)}{words.say('', ' ')}{label}"
    if line.chain or len(line.links) > 1:
        verb = pick(VERB_NAMES.get(line.verb, (line.verb, line.verb)), words.lang)
        label = f"{label}{words.say('：', ': ')}{verb}"
    level = words.level(line.value) or words.level(line.value, "colour")
    return f"{label} {level.short}" if level else label


def _who(line: Next, words: Words) -> str:
    if line.free:
        return words.say("本案各方", "every body of this case")
    who = words.parties(line.who)
    return f"{who}{words.say('，会同', ', with ')}{words.parties(line.with_)}" if line.with_ and who else who


def _reason(offer: Offer, words: Words) -> str:
    line = offer.next
    if offer.problem is not None:
        return words.local(offer.problem.message(words.lang))
    if line.problem is not None:
        return words.local(line.problem.message(words.lang))
    if not offer.allowed:
        return pick(STATES[line.state], words.lang)
    if line.needs:
        return words.say("须附：", "needs: ") + words.join(words.thing(name) for name in line.needs)
    if line.form:
        return words.say("须填：", "form: ") + words.pack.label("form", line.form, words.lang)
    return ""


def _rightful(offer: Offer, words: Words) -> tuple[str, ...]:
    if offer.allowed:
        return ()
    named = told(offer.problem, words) if offer.problem else ()
    return named or tuple(dict.fromkeys(words.party(party) for party in offer.next.who))


def _link(line: Next, words: Words) -> ActLink:
    part: dict[str, str] = {}
    if line.verb in ANSWERS:
        part = {"answer": line.verb, "target": line.target or ""}
    elif line.chain or len(line.links) > 1:
        part["verb"] = line.verb
    if line.value:
        part["value"] = line.value
    if line.to:
        part["to"] = line.to
    if line.chain and line.target and line.act in ("settle", "set"):
        part["reading"] = line.target
    return ActLink(line.act, button(line.act, line.verb, words), part)


def button(act: str, verb: str, words: Words) -> str:
    """Return the two to four characters of a button."""
    if verb in ANSWERS:
        return pick(ANSWERS[verb], words.lang)
    if verb not in ("do", "decide", "record"):
        return pick(VERB_NAMES.get(verb, (verb, verb)), words.lang)
    return act_label(act, words.lang)
