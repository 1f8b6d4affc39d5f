"""A stage for stories of acts: a tiny plan, one case opened by `decide`, and one person in every seat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.case import Act, Actor, ByWord, Case, Event, Opening, Registration, Seat
from fengsui.core.engine import Next
from fengsui.core.problems import Problem, Refused
from tests.core.story import at

ORG = "org"
BODIES = """
bodies:
  leading_group: {zh: 领导小组, kind: standing, posts: {head: 组长, member: 成员}, acts_through: [head], clause: c}
  group: {zh: 工作组, kind: standing, under: leading_group, clause: c}
  office: {zh: 处室, kind: standing, many: yes, posts: {sysadmin: 管理员}, clause: c}
  owner: {zh: 事发处室, kind: derived, from: asset.owner, is: office, clause: c}
  others: {zh: 其它处室, kind: derived, from: everyone_else, is: office, clause: c}
  centre: {zh: 中心, kind: standing, clause: c}
  command: {zh: 指挥部, kind: temporary, created_by: activated, ends_on: ended, posts: {chief: 指挥长}, clause: c}
  vendor: {zh: 服务机构, kind: external, clause: c}
  superior: {zh: 上级, kind: external, clause: c}
"""
READINGS = """
parameters:
  starter: {zh: 由谁启动, type: body, clause: c}
  within: {zh: 多久追认, type: limit, clause: c}
switches:
  ending: {zh: 怎样结束, clause: c, options: {alone: {zh: 单独, clause: c}, joint: {zh: 共同, clause: c}}}
soft_words: {promptly: 及时}
"""
PAPER = Registration("sha256:" + "1" * 64, "2024-01-10", "一位负责人", "fax", "R-7")
REASON = {"reason": "见记录"}


def grants(*lines: str, kind: str = "incident") -> str:
    """Return a grants file of one kind; the clause is added."""
    return f"{kind}:\n" + "".join(f"  - {{{line}, clause: c}}\n" for line in lines)


def seat(text: str, organisation: str = ORG) -> Seat:
    """Return the seat a text names."""
    return Seat.parse(text, organisation)


class Stage:
    """One case and its cast; times are of one day unless a date is given."""

    def __init__(self, book: Book, kind: str = "incident", when: str = "09:00", **opening: object) -> None:
        self.book = book
        self.at = at(when)
        born = Opening("case-1", kind, ORG, ORG, **{"owner": "office@A", **opening})  # type: ignore[arg-type]
        act = Act("open", Actor("p:office@A", (seat("office@A"),)), opening=born)
        self.case: Case = engine.replay(engine.decide(book, None, act, self.at))

    def moment(self, when: str | None) -> datetime:
        """Move the clock on."""
        if when is not None:
            self.at = at(when)
        return self.at

    def act(self, who: str, name: str, person: str | None = None, **fields: object) -> Act:
        """Return an act of the person in a seat."""
        mine = seat(who)
        return replace(Act(name, Actor(person or f"p:{who}", (mine,))), **fields)  # type: ignore[arg-type]

    def do(self, who: str, name: str, when: str | None = None, **fields: object) -> tuple[Event, ...]:
        """Do it; it must be accepted."""
        return self.ask(self.act(who, name, **fields), when)  # type: ignore[arg-type]

    def ask(self, act: Act, when: str | None = None) -> tuple[Event, ...]:
        """Decide an act and fold what it leaves."""
        events = engine.decide(self.book, self.case, act, self.moment(when))
        for event in events:
            self.case = engine.evolve(self.case, event)
        return events

    def refused(self, who: str, name: str, when: str | None = None, **fields: object) -> Problem:
        """Ask for it; it must be refused. The case is left as it was."""
        return self.refused_act(self.act(who, name, **fields), when)  # type: ignore[arg-type]

    def refused_act(self, act: Act, when: str | None = None) -> Problem:
        """Ask for an act that must be refused."""
        with pytest.raises(Refused) as caught:
            engine.decide(self.book, self.case, act, self.moment(when))
        return caught.value.problem

    def by_word(self, who: str, name: str, registrar: str = "centre", **fields: object) -> Act:
        """Return a link filled by telephone, written down by the person of another seat and a second one."""
        word = ByWord("电话", self.at, (f"p:{registrar}", "p:second"), f"p:{who}")
        return Act(name, Actor(f"p:{registrar}", (seat(registrar),)), seat=seat(who), by_word=word, **fields)  # type: ignore[arg-type]

    def on_paper(self, who: str, name: str, registrar: str, person: str | None = None, **fields: object) -> Act:
        """Return a link of a seat that has no person here, registered from its paper."""
        writer = Actor(person or f"p:{registrar}", (seat(registrar),))
        return Act(name, writer, seat=seat(who), registered=PAPER, **fields)  # type: ignore[arg-type]

    def next(self, act: str, **like: object) -> list[Next]:
        """Return the lines of what_next about an act that have these values."""
        lines = engine.what_next(self.book, self.case, self.at)
        return [x for x in lines if x.act == act and all(getattr(x, k) == v for k, v in like.items())]

    def to_level(self, level: str, **facts: Mapping[str, str]) -> Stage:
        """Assess and confirm a level, by whoever the tiny plans let: the owner and the group."""
        self.do("office@A", "assess", value=level, **REASON)
        self.do("group", "confirm", value=level, **REASON)
        return self


def types(events: tuple[Event, ...]) -> list[str]:
    """Return the types of events."""
    return [event.type for event in events]
