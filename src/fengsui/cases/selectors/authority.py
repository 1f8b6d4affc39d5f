"""The matrix and the duties of a plan in words: who may what at which level, who owes whom what by when.

Everything here follows from the plan, its readings and the language alone, so a caller may keep it by them.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

from fengsui.cases.pages import Cite
from fengsui.cases.plan_pages import (
    ActRow,
    CellView,
    Column,
    DutyView,
    MarkView,
    MatrixView,
    RuleView,
    Source,
)
from fengsui.cases.selectors.owed import above
from fengsui.cases.selectors.words import CASE_KINDS, KIND_LABELS, ROMAN, VERB_MARKS, pick
from fengsui.core.book import bad_readings
from fengsui.core.explain import Voice, act_label, verb_label
from fengsui.core.matrix import Cell, Rule, Table, matrix, scale_of, values_of
from fengsui.core.pack import ALWAYS, BodyRef, Duty, Pack, ReadingRef
from fengsui.core.pack.acts import EVENT_OF
from fengsui.core.problems import Lang
from fengsui.core.timing import Every, NoLimit, Soft, parse_duration, show_duration, show_limit

MARKS = {**VERB_MARKS, "with": "参", "guided_by": "导", "answered_by": "复", "ratify": "追", "outside": "外"}
MARKS |= {"forbidden": "禁"}
DECIDED = (
    "confirm",
    "activate",
    "adjust",
    "publish",
    "end",
    "dismiss",
    "transfer",
    "close",
    "issue",
    "lift",
    "declare",
)
"""Acts whose single holder decides (定); the others are done (办), the order is given (令)."""
LABELS = {
    "with": ("参加", "takes part"),
    "guided_by": ("指导", "guides"),
    "answered_by": ("答复", "answers"),
    "ratify": ("事后追认", "ratifies"),
    "outside": ("由外部决定", "decides outside"),
    "forbidden": ("不得为之", "must not"),
}
COLOURS = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}
KINDS = {"investigated": "评", "handed_over": "交", "urged": "催", "drilled": "练", "reviewed": "修"}
_NAMES = {event: act for act, event in EVENT_OF.items()}


class Told:
    """A plan told in one language under some readings."""

    def __init__(self, pack: Pack, readings: dict[str, str], lang: Lang) -> None:
        known = {name: text for name, text in readings.items() if not bad_readings(pack, {name: text})}
        self.pack, self.readings, self.lang = pack, known, lang
        self.voice = Voice(pack, lang, known)

    def say(self, zh: str, en: str) -> str:
        """Return one of two."""
        return zh if self.lang == "zh" else en

    def cites(self, clauses: Iterable[str]) -> tuple[Cite, ...]:
        """Return clauses as short links; what they say stands on the same page or one step away."""
        return tuple(link(self.pack, clause) for clause in dict.fromkeys(clauses))

    # ------------------------------------------------------------------------------------ matrix
    @cached_property
    def matrix(self) -> tuple[MatrixView, ...]:
        """The tables of all kinds of case."""
        return tuple(self._table(table) for table in matrix(self.pack, self.readings, self.lang))

    def _table(self, table: Table) -> MatrixView:
        rows = tuple(
            ActRow(
                act_label(row.act, table.kind, self.lang), tuple(self._cell(row.act, table.kind, c) for c in row.cells)
            )
            for row in table.rows
        )
        return MatrixView(table.kind, pick(CASE_KINDS[table.kind], self.lang), self.columns(table.kind), rows)

    def columns(self, kind: str) -> tuple[Column, ...]:
        """Return the values of the scale that rules a kind of case, gravest first."""
        scale = scale_of(self.pack, kind)
        order = tuple(reversed(self.pack.words.domain.scales.get(scale, ())))
        return tuple(self._column(scale, value, rank) for rank, value in enumerate(order, start=1))

    def _column(self, scale: str, value: str, rank: int) -> Column:
        label, roman = self.pack.label(scale, value, self.lang), ROMAN.get(value, "")
        if roman and not label.startswith(roman):
            label = self.say(f"{roman}级 {label}", f"{roman} {label}")
        return Column(label, min(rank, 4), roman or COLOURS.get(value, label[:1]))

    def _cell(self, act: str, kind: str, cell: Cell) -> CellView:
        return CellView(
            len(cell.values), tuple(self._rule(act, rule) for rule in cell.rules), self._lack(act, kind, cell)
        )

    def _lack(self, act: str, kind: str, cell: Cell) -> str:
        label = act_label(act, kind, self.lang)
        if cell.lack == "unwritten":
            return self.say(f"未写明由谁{label}", f"not written: who may {label}")
        if cell.lack == "hole":
            return self.say("原文未授权", "the text gives it to nobody")
        return self.say("由谁办：待定", "not decided who") if cell.lack == "unset" else ""

    def _rule(self, act: str, rule: Rule) -> RuleView:
        marks = tuple(
            MarkView(self._mark(act, mark.verb), self._verb(mark.verb), mark.who, mark.unset) for mark in rule.marks
        )
        return RuleView(rule.when, marks, rule.notes, rule.hole, self.cites(rule.clause))

    def _mark(self, act: str, verb: str) -> str:
        if verb in ("do", "decide") and act == "order":
            return "令"
        return "定" if verb == "do" and act in DECIDED else MARKS.get(verb, "办")

    def _verb(self, verb: str) -> str:
        return pick(LABELS[verb], self.lang) if verb in LABELS else verb_label(verb, self.lang)

    # ------------------------------------------------------------------------------------ duties
    @cached_property
    def duties(self) -> tuple[DutyView, ...]:
        """Every duty in the plan's order."""
        return tuple(self.duty(duty) for duty in self.pack.duties)

    def duty(self, duty: Duty) -> DutyView:
        """Return one duty."""
        kind = duty_kind(duty, self.pack)
        columns = self.columns(duty.kind)
        at = values_of(self.pack, duty.kind, duty.when)
        order = tuple(reversed(self.pack.words.domain.scales.get(scale_of(self.pack, duty.kind), ())))
        named = tuple(self._readings(duty))
        return DutyView(
            id=duty.id,
            kind_word=kind,
            kind_label=pick(KIND_LABELS[kind], self.lang),
            owes=self.say(duty.owes.zh, duty.owes.en or duty.owes.zh),
            by=self.voice.who(duty.by),
            to=self.voice.who(duty.to) if duty.to else "",
            when="" if duty.when == ALWAYS else self.voice.condition(duty.when),
            limit=self.limit(duty),
            note=self._note(duty),
            values=tuple(value in at for value in order) if 0 < len(at) < len(order) else (),
            columns=columns,
            scope=self._scope(duty, bool(columns)),
            source=self._source(duty, named),
            readings=tuple(name for name in named if name not in self.readings),
            cites=self.cites(duty.clause),
        )

    def _scope(self, duty: Duty, columns: bool) -> str:
        if duty.kind in ("standing", "key_period"):
            return pick(CASE_KINDS[duty.kind], self.lang)
        own = {"incident": ("各级", "every level"), "warning": ("各色预警", "every warning")}
        return pick(own[duty.kind], self.lang) if columns else self.say("不分级", "no levels")

    def limit(self, duty: Duty) -> str:
        """Return the limit as the plan writes it."""
        head = self.say("原则上 ", "in principle ") if duty.in_principle else ""
        parts = []
        if duty.keep is not None:
            parts.append(self.say("持续", "kept up"))
        if duty.every is not None:
            parts.append(self.voice.every(duty.every))
        match duty.within:
            case ReadingRef(name):
                parts.append(self._value(name))
            case Soft(word):
                parts.append(self.pack.label("soft_word", word, self.lang).split("、")[0])
            case None | NoLimit():
                parts += [] if parts else [self.say("未写时限", "no limit written")]
            case limit:
                parts.append(show_limit(limit, self.lang))
        return head + self.say("，", ", ").join(parts)

    def _value(self, name: str) -> str:
        text = self.readings.get(name)
        if text is None:
            return self.say("待定", "not set")
        try:
            return show_duration(parse_duration(text), self.lang)
        except ValueError:
            return text

    def _note(self, duty: Duty) -> str:
        """Return when we remind of a soft word: our watch time, never a limit of the text."""
        if not isinstance(duty.within, Soft):
            return ""
        watch = self.readings.get(f"watch.{duty.within.word}")
        if watch is None:
            return ""
        length = show_duration(parse_duration(watch), self.lang)
        return self.say(f"{length}提醒", f"reminder after {length}")

    def _readings(self, duty: Duty) -> Iterator[str]:
        if isinstance(duty.within, ReadingRef):
            yield duty.within.name
        if isinstance(duty.within, Soft):
            yield f"watch.{duty.within.word}"
        if isinstance(duty.every, ReadingRef):
            yield duty.every.name
        elif isinstance(duty.every, Every) and isinstance(duty.every.at, ReadingRef):
            yield duty.every.at.name
        if isinstance(duty.keep, ReadingRef):
            yield duty.keep.name

    def _source(self, duty: Duty, named: tuple[str, ...]) -> Source:
        if named:
            return "decided" if all(name in self.readings for name in named) else "open"
        written = duty.keep is not None or duty.every is not None
        return "unwritten" if isinstance(duty.within, None | NoLimit) and not written else "text"


def link(pack: Pack, clause: str) -> Cite:
    """Return a clause as a bare link: its short citation and where it stands."""
    regime, colon, plain = clause.partition(":")
    own = pack.beside.get(regime) if colon else None
    if own is not None:
        return Cite(plain, f"{own.head.zh} {own.cite(plain)}", pack=own.id, version=own.version)
    return Cite(clause, pack.cite(clause), pack=pack.id, version=pack.version)


def duty_kind(duty: Duty, pack: Pack) -> str:
    """Return the one character of a duty (ui.md 4), as its obligations bear it."""
    known = KINDS.get(duty.done_by[0].name) if duty.done_by else None
    if known or duty.done_by or duty.keep is not None:
        return known or "办"
    holders = {who.body for who in duty.by if isinstance(who, BodyRef)}
    return (
        "报"
        if not duty.to or any(above(pack.bodies, holders, b.body) for b in duty.to if isinstance(b, BodyRef))
        else "通"
    )
