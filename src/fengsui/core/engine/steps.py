"""Doing a step of a playbook (language 6).

Rules
- A step that does not exist on this case is *not given*; one whose condition is open is *undecided*.
- Order, documents to wait for, evidence and forms are guards; a gate of ours (`product:`) is passed with a reason.
- A step that is an act is done by that act: asking for the step asks for the act.
- Of a menu at least so many options are chosen; an option with its own approver wants that seat; forbidden ones never.
"""

from __future__ import annotations

from dataclasses import replace

from fengsui.core.case import Party, Seat
from fengsui.core.conditions import Leaf, View, conjunction, judge, resolve
from fengsui.core.delegation import acting, reaching
from fengsui.core.engine.ask import Ask, check_form, default_value, spoken_for
from fengsui.core.engine.drafts import Draft, kept
from fengsui.core.engine.free import paper_content
from fengsui.core.engine.granted import granted
from fengsui.core.engine.invariants import violation
from fengsui.core.engine.refusals import bad_act, both, listed, thing_label
from fengsui.core.forms import blanks
from fengsui.core.grants import needs_lacking, seated
from fengsui.core.pack import Pack, Step
from fengsui.core.playbooks import StepState, steps
from fengsui.core.problems import Problem, Refused


def step(ask: Ask) -> list[Draft]:
    """Return what a step leaves in the log. Raises Refused."""
    state = _state(ask)
    rule = state.step
    if state.state == "done":
        raise Refused(ask.teller().order("这一步已经完成", "this step is done"))
    if state.state == "undecided":
        raise Refused(_undecided(ask, rule))
    passable = bool(rule.product and ask.act.reason)
    if rule.act and rule.act != "step":
        if state.state == "waits" and not passable:
            raise Refused(_waits(ask, state))
        return _as_act(ask, rule.act)
    seat = _seat(ask, state)
    if state.state == "waits" and not passable:
        raise Refused(_waits(ask, state))
    _choices(ask, rule)
    lacks = _lacks(ask, rule)
    if lacks and not passable:
        raise Refused(ask.teller(seat).missing(lacks, rule.clause, rule.form, passable=bool(rule.product)))
    if rule.form:
        check_form(rule.form, ask.act.form, ask.pack)
    return [_event(ask, state, seat, (*state.waits_for, *lacks))]


def _state(ask: Ask) -> StepState:
    if ask.act.step is None:
        raise bad_act("没有写明是哪一步", "no step is named")
    for state in steps(ask.book, ask.case, ask.at):
        if state.name == ask.act.step:
            return state
    raise Refused(_absent(ask, ask.act.step))


def _absent(ask: Ask, name: str) -> Problem:
    """Return why the step is not there: its playbook has not begun, its condition is false or still open."""
    rule = ask.pack.steps[name]
    playbook = ask.pack.playbooks[name.partition(".")[0]]
    truth = conjunction(judge(when, ask.view) for when in (playbook.when, rule.when))
    if truth.value is None:
        return _open(ask, truth.open, rule)
    why = {"why": "在现在的情形下没有这一步", "why_en": "this step does not exist in the present circumstances"}
    why |= {"elsewhere": "", "elsewhere_en": ""}
    return ask.teller().problem("not_given", rule.clause, words=why)


def _undecided(ask: Ask, rule: Step) -> Problem:
    return _open(ask, judge(rule.when, ask.view).open, rule)


def _open(ask: Ask, leaves: frozenset[Leaf], rule: Step) -> Problem:
    only_readings = bool(leaves) and all(leaf.sort == "reading" for leaf in leaves)
    code = "needs_interpretation" if only_readings else "undecided"
    return ask.teller().problem(code, rule.clause, rightful=resolve(rule.by, ask.view), open_=leaves)


def _as_act(ask: Ask, act: str) -> list[Draft]:
    """Ask for the act that the step is."""
    why = violation(ask.book, ask.case, act, ask.at)
    value = ask.act.value or default_value(act, ask.case, ask.pack)
    again = replace(ask, act=replace(ask.act, name=act, step=None, value=value))
    if why:
        raise Refused(again.teller().order(*why))
    return granted(again)


def _seat(ask: Ask, state: StepState) -> Seat:
    for seat in ask.seats:
        if any(seated(seat, party, ask.case, ask.pack) for party in state.by):
            return seat
    unset = [Leaf("reading", party.unset) for party in state.by if party.unset]
    if unset:
        problem = ask.teller().problem("needs_interpretation", state.step.clause, rightful=state.by, open_=unset)
        raise Refused(problem)
    raise Refused(ask.teller().problem("not_yours", state.step.clause, rightful=state.by))


def _waits(ask: Ask, state: StepState) -> Problem:
    """Return what comes first: earlier steps by name, or the instruction that is not there yet."""
    names = first_things(state, ask.pack)
    params = both("missing", lambda lang: listed((thing_label(name, ask.pack, lang) for name in names), lang))
    return ask.teller().problem("wait_for", state.step.clause, missing=names, words=params)


def first_things(state: StepState, pack: Pack) -> tuple[str, ...]:
    """Return what a waiting step waits for: earlier steps by their full name, else the document."""
    full = ((name, f"{state.playbook}.{name}") for name in state.waits_for)
    return tuple(long if long in pack.steps else name for name, long in full)


def _choices(ask: Ask, rule: Step) -> None:
    menu, chosen = rule.choose, ask.act.choices
    if menu is None:
        if chosen:
            raise bad_act("这一步没有选项", "this step has no options")
        return
    for name in chosen:
        if name in menu.forbid:
            who = {"who": "任何人", "who_en": "Nobody"}
            act = {"act": menu.forbid[name].zh, "act_en": menu.forbid[name].en or name}
            raise Refused(ask.teller().problem("forbidden", rule.clause, words={**who, **act}))
        if name not in menu.of:
            raise bad_act(f"没有选项“{name}”", f"there is no option '{name}'")
        _approved(ask, rule, name)
    if len(set(chosen)) < menu.at_least:
        raise Refused(ask.teller().missing(("choice",), rule.clause))


def _approved(ask: Ask, rule: Step, name: str) -> None:
    assert rule.choose is not None
    who = rule.choose.of[name].by
    if who is None:
        return
    parties: tuple[Party, ...] = resolve(who, ask.view)
    mine = reaching(ask.act.actor.seats, "step", ask.at)
    if any(seated(seat, party, ask.case, ask.pack) for seat in mine for party in parties):
        return
    unset = [Leaf("reading", party.unset) for party in parties if party.unset]
    code = "needs_interpretation" if unset else "not_yours"
    raise Refused(ask.teller().problem(code, rule.clause, rightful=parties, open_=unset))


def _lacks(ask: Ask, rule: Step) -> tuple[str, ...]:
    view = View(ask.book, ask.book.main, ask.case, ask.at, ask.act)
    lacks = needs_lacking(rule.needs, ask.act, ask.case, view)
    return (*lacks, *blanks(ask.pack, rule.form, ask.act.form)) if rule.form else lacks


def _event(ask: Ask, state: StepState, seat: Seat, passed: tuple[str, ...]) -> Draft:
    act, rule = ask.act, state.step
    content = kept(
        step=state.name,
        body=Seat(seat.organisation, seat.body, None, seat.place).text,
        seat=seat.text,
        acting=acting(seat),
        raw=next((p.raw for p in state.by if seated(seat, p, ask.case, ask.pack)), ""),
        choices=act.choices,
        documents=act.documents,
        form=act.form,
        form_id=rule.form,
        reason=act.reason,
        note=act.note,
        passed=passed,
        registered=paper_content(act),
        **{
            "with": [party.text for party in state.with_],
            "guided_by": [party.text for party in resolve(rule.guided_by, ask.view)],
        },
    )
    by = act.actor.person if spoken_for(act) else None
    return Draft("stepped", act.actor.person, (seat.text,), content, by)
