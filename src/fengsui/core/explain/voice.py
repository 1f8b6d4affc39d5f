"""The parts of a sentence: values, subjects, conditions, bodies, limits, clocks, events (language 0.1).

Rules
- Everything is said with the pack's labels; an unset reading is read 〔its question：待定〕.
- 且 joins, 或者 stands between; an `any` whose branches hold more than one test is read with ①②, because 且 and 或 in
  one breath are ambiguous.
- 以上 and 及以上 include the value; 超过 and 不足 do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from fengsui.core import timing
from fengsui.core.explain.labels import SUBJECTS, WORDS, event_label, pick
from fengsui.core.pack import (
    All,
    AnyOf,
    AnyOfThese,
    BodyRef,
    Clock,
    Condition,
    EventPattern,
    Money,
    Not,
    Pack,
    ReadingRef,
    SameAs,
    Start,
    Test,
    Type,
    Who,
    parse_value,
)
from fengsui.core.problems import Lang

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ZH_SCALE = {"ge": "{s}达到{v}及以上", "le": "{s}为{v}及以下", "gt": "{s}重于{v}", "lt": "{s}轻于{v}"}
_ZH_AMOUNT = {"ge": "{s}{v}以上（含）", "le": "{s}{v}以下（含）", "gt": "{s}超过{v}", "lt": "{s}不足{v}"}
_EN_ORDER = {
    "ge": "{s} is at least {v}",
    "le": "{s} is at most {v}",
    "gt": "{s} is more than {v}",
    "lt": "{s} is less than {v}",
}


@dataclass(frozen=True)
class Voice:
    """A pack read in one language, with the readings that are set (text by name)."""

    pack: Pack
    lang: Lang = "zh"
    readings: Mapping[str, str] = field(default_factory=dict)

    def say(self, zh: str, en: str) -> str:
        """Return the sentence part in the language of this voice."""
        return zh if self.lang == "zh" else en

    def listed(self, parts: Iterable[str]) -> str:
        """Return A、B."""
        return self.say("、", ", ").join(parts)

    def either(self, parts: Iterable[str]) -> str:
        """Return A或B."""
        return self.say("或", " or ").join(parts)

    def clauses(self, ids: tuple[str, ...]) -> str:
        """Return the closing brackets with the short citations."""
        cites = list(dict.fromkeys(self.pack.cite(clause) for clause in ids))
        joint = "；" if any(" " in cite for cite in cites) else " "
        return self.say(f"（{joint.join(cites)}）", f" ({joint.replace('；', '; ').join(cites)})")

    # ----------------------------------------------------------------------------------- values and readings
    def reading(self, name: str, type_: Type | None = None) -> str:
        """Return 〔question：待定〕, or 〔question：value〕 once it is set."""
        label = self.pack.label("reading", name, self.lang)
        text = self.readings.get(name)
        value = self.say("待定", "not set") if text is None else self._reading_value(name, text, type_)
        return self.say(f"〔{label}：{value}〕", f"[{label}: {value}]")

    def _reading_value(self, name: str, text: str, type_: Type | None) -> str:
        switch = self.pack.readings.switches.get(name)
        if switch and text in switch.options:
            option = switch.options[text]
            return self.say(option.zh, option.en or option.zh)
        if type_ is None:
            type_ = self.pack.words.parameters.get(name)
        return self.value(parse_value(text, type_, self.pack.words.domain), type_) if type_ else text

    def value(self, value: object, type_: Type) -> str:
        """Return a typed value with its label."""
        if isinstance(value, ReadingRef):
            return self.reading(value.name, type_)
        if isinstance(value, bool):
            return self.say("是", "yes") if value else self.say("否", "no")
        if isinstance(value, frozenset):
            return self.listed(self._name(str(item), type_) for item in sorted(value))
        if isinstance(value, str | tuple):
            return self._word(value, type_)
        return self._amount(value, type_)

    def _word(self, value: str | tuple[str, ...], type_: Type) -> str:
        if isinstance(value, tuple):
            low, high = (self.pack.label("level", end, self.lang) for end in value)
            return self.say(f"{low}至{high}", f"{low} to {high}")
        return self.body(value) if type_.kind == "body" else self._name(value, type_)

    def _name(self, value: str, type_: Type) -> str:
        name = type_.name or ""
        if name.startswith("$"):
            option = self.pack.readings.switches[name[1:]].options.get(value)
            return value if option is None else self.say(option.zh, option.en or option.zh)
        if name == "#tier":
            return self.pack.label("tier", value, self.lang)
        if name.startswith("#"):
            return pick(WORDS.get(value) or (value, value), self.lang)
        return self.pack.label(f"{type_.kind}:{name}", value, self.lang)

    def _amount(self, value: object, type_: Type) -> str:
        if isinstance(value, timedelta):
            return timing.show_duration(value, self.lang)
        if isinstance(value, datetime):
            return timing.show_instant(value, self.pack.zone)
        if isinstance(value, Money):
            return f"{self.number(value.amount)} {value.currency}"
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, int | Decimal):
            return self.number(Decimal(value)) + ("%" if type_.kind == "percent" else "")
        return str(value)

    def number(self, amount: Decimal) -> str:
        """Return a number with 万 and 亿 where it is a whole number of them."""
        for unit, sign in ((10**8, "亿"), (10**4, "万")):
            if self.lang == "zh" and amount and amount % unit == 0:
                return f"{amount // unit:f}{sign}"
        return f"{amount:,f}" if self.lang == "en" else f"{amount:f}"

    # -------------------------------------------------------------------------------------------- conditions
    def subject(self, name: str) -> str:
        """Return what a condition is about."""
        if name.startswith("$"):
            label = self.pack.label("reading", name[1:], self.lang)
            return self.say(f"“{label}”", f"'{label}'")
        if name.startswith("step."):
            return self.step(name.removeprefix("step."))
        if name in self.pack.facts:
            return self.pack.label("fact", name, self.lang)
        return pick(SUBJECTS.get(name) or (name, name), self.lang)

    def step(self, name: str) -> str:
        """Return the label of a step, quoted."""
        step = self.pack.steps.get(name)
        zh, en = (step.zh, step.en or step.zh) if step else (name, name)
        return self.say(f"“{zh}”", f"'{en}'")

    def condition(self, condition: Condition) -> str:
        """Return a condition as it stands at the beginning of a sentence."""
        return self._condition(condition, inner=False)

    def _condition(self, condition: Condition, *, inner: bool) -> str:
        match condition:
            case Test():
                return self.test(condition)
            case Not(part):
                said = self._condition(part, inner=False)
                return self.say(f"并非（{said}）", f"not ({said})")
            case All(parts):
                said = self.say("，且", " and ").join(self._condition(part, inner=True) for part in parts)
                return said
        return self._any(condition, inner)

    def _any(self, condition: AnyOfThese, inner: bool) -> str:
        parts = condition.parts
        if len(parts) == 1:
            return self._condition(parts[0], inner=inner)
        if any(not isinstance(part, Test) for part in parts):
            said = self.say("；", "; ").join(
                f"{CIRCLED[n] if n < len(CIRCLED) else n + 1}{self._condition(part, inner=False)}"
                for n, part in enumerate(parts)
            )
            return self.say(f"有下列之一（{said}）", f"one of these ({said})")
        said = self.say("，或者", " or ").join(self.test(part) for part in parts if isinstance(part, Test))
        return self.say(f"（{said}）", f"({said})") if inner else said

    def test(self, test: Test) -> str:
        """Return one test."""
        subject = self.subject(test.subject)
        if test.op in ("known", "unknown"):
            return self._knowledge(test, subject)
        if test.type.kind == "yes_no" and test.op in ("eq", "ne") and isinstance(test.operand[0], bool):
            return self._yes_no(test, subject, test.operand[0] is (test.op == "eq"))
        said = [self.value(operand, test.type) for operand in test.operand]
        if test.op in _EN_ORDER:
            forms = _EN_ORDER if self.lang == "en" else _ZH_SCALE if test.type.kind == "scale" else _ZH_AMOUNT
            return forms[test.op].format(s=subject, v=said[0])
        return self._equality(test.op, subject, said)

    def _equality(self, op: str, subject: str, said: list[str]) -> str:
        if op == "includes":
            return self.say(f"{subject}包括{said[0]}", f"{subject} includes {said[0]}")
        if op == "ne":
            return self.say(f"{subject}不为{said[0]}", f"{subject} is not {said[0]}")
        return self.say(f"{subject}为{self.either(said)}", f"{subject} is {self.either(said)}")

    def _yes_no(self, test: Test, subject: str, yes: bool) -> str:
        if test.subject.startswith("step."):
            return self.say(f"{subject}{'已' if yes else '未'}完成", f"{subject} {'done' if yes else 'not done'}")
        if yes:
            return subject
        return self.say(f"{subject}为否", f"not ({subject})")

    def _knowledge(self, test: Test, subject: str) -> str:
        known = test.op == "known"
        if test.subject in SUBJECTS and test.subject not in ("site.tier", "mode", "phase"):
            return self.say(
                f"{'已有' if known else '尚无'}{subject}", f"{subject} {'exists' if known else 'is not there yet'}"
            )
        return self.say(
            f"{subject}{'已知' if known else '尚不知'}", f"{subject} is {'known' if known else 'not known'}"
        )

    # ------------------------------------------------------------------------------------ bodies and events
    def body(self, text: str) -> str:
        """Return the label of a body, post or unit."""
        return self.pack.body_label(text, self.lang)

    def who(self, who: Who | Iterable[Who]) -> str:
        """Return the bodies a rule names."""
        match who:
            case BodyRef():
                return self.body(who.text)
            case ReadingRef(name):
                return self.reading(name, Type("body"))
            case AnyOf(of):
                return self.either(self.who(one) for one in of)
            case SameAs(duties):
                return self.say(f"原收件机构（{'、'.join(duties)}）", f"the recipients of {', '.join(duties)}")
        return self.listed(self.who(one) for one in who)

    def event(self, pattern: EventPattern, kind: str = "incident") -> str:
        """Return the name of what happens, with its speaker, addressee and level."""
        name = self._event_name(pattern.name, kind)
        by = self.who(pattern.by) if pattern.by else ""
        to = self.who(pattern.to) if pattern.to else ""
        level = self.test(pattern.level) if pattern.level else ""
        if self.lang == "en":
            parts = (f"by {by}" if by else "", f"to {to}" if to else "", f"({level})" if level else "")
            return " ".join(part for part in (name, *parts) if part)
        return f"{by}{name}{to}" + (f"（{level}）" if level else "")

    def _event_name(self, name: str, kind: str) -> str:
        sort, _, rest = name.partition(" ")
        if sort == "step" and rest:
            return self.step(rest)
        if sort == "fact" and rest:
            label = self.pack.label("fact", rest, self.lang)
            return self.say(f"“{label}”说明", f"'{label}' is stated")
        if sort == "pattern" and rest:
            pattern = self.pack.patterns.get(rest)
            label = rest if pattern is None else self.say(pattern.zh, pattern.en or pattern.zh)
            return self.say(f"“{label}”出现", f"'{label}' appears")
        if name in self.pack.terms.matters:
            return self.pack.label("matter", name, self.lang)
        return event_label(name, kind, self.lang)

    def events(self, patterns: Iterable[EventPattern], kind: str = "incident") -> str:
        """Return A或B."""
        return self.either(self.event(pattern, kind) for pattern in patterns)

    def after(self, patterns: Iterable[EventPattern], kind: str) -> str:
        """Return when something begins: 研判后; for a matter 有…时; for the year 每年."""
        patterns = tuple(patterns)
        said = self.events(patterns, kind)
        if all(pattern.name in self.pack.terms.matters for pattern in patterns):
            return self.say(f"有{said}时", f"When there is {said}")
        if all(pattern.name == "year" for pattern in patterns):
            return self.say("每年", "Each year")
        return self.say(f"{said}后", f"After {said}")

    # ------------------------------------------------------------------------------------- limits and clocks
    def limit(self, limit: timing.Limit | ReadingRef | None) -> str:
        """Return 在1小时内, a soft word, or nothing where no limit was written."""
        match limit:
            case None | timing.NoLimit():
                return ""
            case ReadingRef(name):
                label = self.reading(name)
                return self.say(f"在{label}内", f"within {label}")
            case timing.Soft(word):
                return self.pack.label("soft_word", word, self.lang).split("、")[0]
        length = timing.show_limit(limit, self.lang)
        return self.say(f"在{length}内", f"within {length}")

    def every(self, every: timing.Every | ReadingRef) -> str:
        """Return 每1日17:00一次."""
        if isinstance(every, ReadingRef):
            length = self.reading(every.name)
            return self.say(f"每{length}一次", f"every {length}")
        length, hour = timing.show_limit(every.interval, self.lang), every.at
        at = "" if hour is None else f"{hour:%H:%M}" if isinstance(hour, time) else self.reading(hour.name)
        return self.say(f"每{length}{at}一次", f"every {length}{f' at {at}' if at else ''}")

    def clock(self, clock: Clock, kind: str) -> str:
        """Return where a clock begins."""
        said = self.listed(self._start(start, kind) for start in clock.of)
        if clock.pick == "only":
            return self.say(f"时限自{said}起算。", f" The time runs from {said}.")
        which = self.say("最早者" if clock.pick == "earliest" else "最晚者", f"the {clock.pick}")
        return self.say(f"时限自{said}中的{which}起算。", f" The time runs from {which} of {said}.")

    def _start(self, start: Start, kind: str) -> str:
        if start.sort == "reading":
            return self.reading(start.name)
        if start.sort == "fact":
            return self.pack.label("fact", start.name, self.lang)
        return self._event_name(start.name, kind)
