"""Who may do which act: grants held against a case, chains and their next links, and one seat's answer.

Rules (language 4.2, 4.3)
- A grant is a chain of links. The links of one stage are open together: only `sign` by several bodies has more than
  one, in any order. The stage whose turn it is, is the first with an unfilled link.
- `when` is judged each time: at the first link, at every later one, and after every event (the engine voids a chain
  whose condition fell away). Where the act brings the value that `when` tests (colour of a warning to be issued), it
  is judged with that value; a value that differs from what was assessed or confirmed must hold for both, of an
  adjustment too. A `forbidden` adjustment is judged by its outcome: nobody may raise to what is forbidden.
- The person of a link differs from all earlier persons of the chain, except `issue` and `do` after an approval.
- A seat with a post speaks for its body only where `acts_through` names the post.
- Evidence (`needs`, form fields) is asked for with the first link.

Left to others: what makes an act possible at all (invariants), its effect, and the sentence of a refusal (`engine`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache

from fengsui.core.book import Book
from fengsui.core.case import SYSTEM, Act, Case, Chain, Filled, Party, Seat
from fengsui.core.conditions import Truth, View, at_home, conjunction, exists, judge, resolve, said_from, sits
from fengsui.core.delegation import Limit, limit
from fengsui.core.forms import blanks
from fengsui.core.pack import Grant, Pack
from fengsui.core.pack.when import Condition, tests

AFTER_APPROVAL = ("issue", "do")
HELPFUL = (
    "no_second_person",
    "content_changed",
    "missing",
    "wait_for",
    "needs_interpretation",
    "undecided",
    "outside",
    "not_given",
    "not_yours",
)
"""Which refusal says most, first to last (language 4.3 step 5)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, apart from who asks: the act, the value it brings, one addressee, what it is about."""

    act: str
    value: str | None = None
    to: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One link of a chain on a case: the verb, who may fill it, and who did."""

    verb: str
    parties: tuple[Party, ...]
    filled: Filled | None = None

    @property
    def unset(self) -> tuple[str, ...]:
        """The readings that must be set before all of its holders are known."""
        return tuple(p.unset for p in self.parties if p.unset)


@dataclass(frozen=True)
class Option:
    """One grant held against a case: whether it applies, its links, and the chain under way if there is one."""

    grant: Grant
    truth: Truth
    view: View = field(compare=False, repr=False)
    chain: Chain | None = None

    @cached_property
    def stages(self) -> tuple[tuple[Slot, ...], ...]:
        """The links, stage by stage; the bodies they mean are looked up when somebody asks."""
        return _stages(self.grant, self.chain, self.view)

    @property
    def turn(self) -> tuple[Slot, ...]:
        """The links that may be filled now."""
        for stage in self.stages:
            waiting = tuple(slot for slot in stage if slot.filled is None)
            if waiting:
                return waiting
        return ()

    @property
    def slots(self) -> tuple[Slot, ...]:
        """All links in order."""
        return tuple(slot for stage in self.stages for slot in stage)

    @property
    def last(self) -> bool:
        """Whether one more link completes the act."""
        return sum(slot.filled is None for slot in self.slots) == 1


@dataclass(frozen=True, slots=True)
class Voice:
    """Who asks for one link, when, with which verb, and how it reaches us: on the screen, by word, on paper."""

    seat: Seat
    person: str
    at: datetime
    verb: str | None = None
    registered: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What one grant says to one voice: no code means accepted, and `slot` is the link it fills."""

    option: Option
    code: str | None
    slot: Slot | None = None
    missing: tuple[str, ...] = ()
    waits_for: tuple[Slot, ...] = ()
    limit: Limit | None = None

    @property
    def rank(self) -> int:
        """Accepted before all; then the refusal that says most."""
        return -1 if self.code is None else HELPFUL.index(self.code)


# ---------------------------------------------------------------------------------------------- seats and bodies


def seated(seat: Seat, party: Party, case: Case, pack: Pack) -> bool:
    """Return whether the seat is one of those that the party means on this case."""
    return at_home(seat, case, pack) and sits(seat, party, pack)


def belongs(seat: Seat, case: Case, pack: Pack) -> bool:
    """Return whether the seat is in a body of this case, so that the free acts are open to it."""
    return at_home(seat, case, pack) and exists(seat.body, case, pack)


# ---------------------------------------------------------------------------------------------- grants on a case


def grants_of(case: Case, act: str, pack: Pack) -> tuple[Grant, ...]:
    """Return the grants of an act on a case; `settle` and `rebase` belong to the holders of `set` (language 4.3)."""
    own = pack.grants_for(case.kind, act)
    if own or act not in ("settle", "rebase"):
        return own
    return tuple(g for g in pack.grants_for("standing", "set") if not g.hole)


def weigh(book: Book, case: Case, asked: Asked, at: datetime) -> tuple[Option, ...]:
    """Return every grant of the act, each with its truth, its links and its chain under way."""
    pack = book.main.pack
    grants = grants_of(case, asked.act, pack)
    if not grants:
        return ()
    plain = _view(book, case, asked, at)
    views = tuple(plain if one is case else _view(book, one, asked, at) for one in suppose(case, asked, pack))
    after = adjusted(case, asked)
    outcome = plain if after is case else _view(book, after, asked, at)
    found = []
    for grant in grants:
        chain = _chain(case, grant, asked)
        truth = conjunction(judge(grant.when, view) for view in ((outcome,) if grant.forbidden else views))
        found.append(Option(grant, truth, plain, chain))
    return tuple(found)


def _view(book: Book, case: Case, asked: Asked, at: datetime) -> View:
    return View(book, book.main, case, at, _act(asked))


@lru_cache(1024)
def _act(asked: Asked) -> Act:
    return Act(asked.act, SYSTEM, value=asked.value, to=(asked.to,) if asked.to else ())


def suppose(case: Case, asked: Asked, pack: Pack) -> tuple[Case, ...]:
    """Return the cases under which a grant must hold: as it stands, and with the value that the act brings."""
    value = asked.value
    if value is None:
        return (case,)
    if asked.act == "issue":
        return (case.but(colour=value),)
    says = asked.act == "confirm" or (asked.act == "adjust" and case.kind == "incident")
    if says and case.assessments and case.assessments[-1].level != value:
        said = replace(case.assessments[-1], level=value)
        return (case, case.but(assessments=(*case.assessments[:-1], said)))
    if asked.act == "activate" and case.kind == "incident" and case.level is not None:
        level = counterpart(value, "response", "level", pack)
        return (case,) if level in (None, case.level) else (case, case.but(level=level))
    return (case,)


def adjusted(case: Case, asked: Asked) -> Case:
    """Return the case as an adjustment would leave it: what is forbidden is forbidden by its outcome."""
    if asked.act != "adjust" or asked.value is None:
        return case
    return case.but(colour=asked.value) if case.kind == "warning" else case.but(level=asked.value)


def counterpart(value: str | None, scale: str, other: str, pack: Pack) -> str | None:
    """Return the value of the same rank on another scale of one ordinal; None where there is none."""
    here, there = pack.words.domain.scales.get(scale, ()), pack.words.domain.scales.get(other, ())
    if value is None or value not in here or here.index(value) >= len(there):
        return None
    return there[here.index(value)]


def _chain(case: Case, grant: Grant, asked: Asked) -> Chain | None:
    for chain in case.chains.values():
        if chain.state == "open" and (chain.act, chain.grant, chain.target) == (asked.act, grant.id, asked.target):
            return chain
    return None


def _stages(grant: Grant, chain: Chain | None, view: View) -> tuple[tuple[Slot, ...], ...]:
    assert view.case is not None
    filled = list(chain.filled) if chain else []
    stages = []
    for link in grant.links:
        together = [(who,) for who in link.who] if link.verb == "sign" else [link.who]
        stage = []
        for whos in together:
            parties = tuple(party for who in whos for party in resolve(who, view))
            stage.append(_slot(link.verb, parties, filled, view.case, view.pack))
        stages.append(tuple(stage))
    return tuple(stages)


def _slot(verb: str, parties: tuple[Party, ...], filled: list[Filled], case: Case, pack: Pack) -> Slot:
    for done in filled:
        seat = said_from(done.seat, case, pack)
        if done.verb == verb and any(sits(seat, party, pack) for party in parties):
            filled.remove(done)
            return Slot(verb, parties, done)
    return Slot(verb, parties)


# ---------------------------------------------------------------------------------------------- one seat's answer


def is_forbidden(option: Option, seat: Seat, view: View, case: Case, pack: Pack) -> bool:
    """Return whether a live `forbidden` grant meets this seat."""
    whom = option.grant.forbidden
    if whom is None or option.truth.value is not True:
        return False
    if whom == "everyone":
        return True
    return any(seated(seat, party, case, pack) for who in whom for party in resolve(who, view))


def hear(option: Option, voice: Voice, lacking: tuple[str, ...], case: Case, pack: Pack) -> Answer:
    """Return what a live grant says to a voice; `lacking` is the evidence that is not there yet."""
    grant = option.grant
    if grant.hole:
        return Answer(option, "not_given")
    slot = _own_slot(option, voice, case, pack)
    if grant.outside and (slot is None or voice.verb != "record"):
        return Answer(option, "outside")
    if slot is None:
        return _not_now(option, voice, case, pack)
    if voice.verb and not same_verb(voice.verb, slot.verb):
        return Answer(option, "wait_for", None, (), option.turn)
    short = limit(voice.seat, grant.act, at=voice.at, verb=slot.verb, in_person=grant.in_person)
    if short is not None:
        return Answer(option, "not_yours", slot, limit=short)
    if not second_person(slot, option.chain, voice):
        return Answer(option, "no_second_person", slot)
    if lacking and option.chain is None:
        return Answer(option, "missing", slot, lacking)
    return Answer(option, None, slot)


def _own_slot(option: Option, voice: Voice, case: Case, pack: Pack) -> Slot | None:
    mine = [s for s in option.turn if any(seated(voice.seat, p, case, pack) for p in s.parties)]
    fitting = [s for s in mine if voice.verb and same_verb(voice.verb, s.verb)]
    return next(iter(fitting or mine), None)


def _not_now(option: Option, voice: Voice, case: Case, pack: Pack) -> Answer:
    if any(slot.unset for slot in option.turn):
        return Answer(option, "needs_interpretation", None, (), option.turn)
    parties = (party for slot in option.slots for party in slot.parties)
    elsewhere = any(seated(voice.seat, party, case, pack) for party in parties)
    return Answer(option, "wait_for" if elsewhere else "not_yours", None, (), option.turn)


def same_verb(said: str, verb: str) -> bool:
    """`do` and `decide` are one and the same to those who press a button."""
    return said == verb or {said, verb} == {"do", "decide"}


def second_person(slot: Slot, chain: Chain | None, voice: Voice) -> bool:
    """Return whether this person may fill the link beside those who filled the earlier ones.

    A deputy may not issue what he approved himself, nor speak beside the one in whose place he sits.
    """
    earlier = chain.filled if chain else ()
    if not earlier:
        return True
    spoke = {f.person for f in earlier if not f.registered_by}
    if voice.person in {f.whom for f in earlier} or voice.seat.whom in spoke:
        return False
    deputy = voice.seat.acting_for is not None or any(f.acting for f in earlier if f.person == voice.person)
    everybody = {f.registered_by or f.person for f in earlier}
    if voice.registered or all(f.registered_by for f in earlier):
        return everybody != {voice.person}
    if not deputy and slot.verb in AFTER_APPROVAL and any(f.verb == "approve" for f in earlier):
        return True
    return voice.person not in spoke


# ---------------------------------------------------------------------------------------------- evidence


def lacking(grant: Grant, act: Act, case: Case, view: View) -> tuple[str, ...]:
    """Return the documents, conditions and form fields that the act still lacks, in the order of the rule."""
    found = list(_needs(grant.needs, act, case, view))
    if grant.form:
        found += blanks(view.pack, grant.form, act.form)
    spec = view.pack.grading.grade
    if spec and spec.reason_required and grant.act in ("assess", "confirm") and not act.reason:
        found.append("reason")
    return tuple(dict.fromkeys(found))


def _needs(needs: Iterable[str | Condition], act: Act, case: Case, view: View) -> Iterator[str]:
    for need in needs:
        if isinstance(need, str):
            there = need in case.documents or need in act.documents or (need == "reason" and act.reason)
            if not there:
                yield need
        elif judge(need, view).value is not True:
            yield from (test.subject for test in tests(need) if judge(test, view).value is not True)


def needs_lacking(needs: Iterable[str | Condition], act: Act, case: Case, view: View) -> tuple[str, ...]:
    """The same for a bare list of needs (a playbook's step)."""
    return tuple(dict.fromkeys(_needs(needs, act, case, view)))
