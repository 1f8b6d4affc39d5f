"""What things are called on the pages, in the reader's language: bodies by their local names, levels, limits, events.

Rules
- Labels come from the pack and, for units and outside bodies, from the directory (甲处, not office@A).
- The subject of a sentence is a post, never a person's name; names are asked for where a page shows persons.
- One character stands for a kind: 报 通 办 批 审 提 评 交 催 界 练 修 (ui.md 4).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal

from fengsui.cases.pages import Choice, Cite, LevelBadge
from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.case import Act, Case, Event, Party, Seat
from fengsui.core.conditions import Leaf, parse_party
from fengsui.core.engine.refusals import act_label, leaf_label, thing_label
from fengsui.core.explain import explain
from fengsui.core.pack import BadValue, Pack, ReadingRef, Type, parse_value
from fengsui.core.pack.acts import EVENT_OF, VERB_NAMES
from fengsui.core.pack.values import EXAMPLES, NAMES_ZH, Money
from fengsui.core.problems import Lang
from fengsui.core.timing import (
    CalendarYear,
    Days,
    Length,
    Limit,
    Months,
    NoLimit,
    Soft,
    WorkingDays,
    parse_instant,
    show_duration,
    show_instant,
)
from fengsui.core.trace import trace
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library

ROMAN = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}
VERB_MARKS = {
    "propose": "提",
    "opinion": "意",
    "decide": "定",
    "do": "办",
    "approve": "批",
    "concur": "审",
    "sign": "会",
    "issue": "发",
    "record": "记",
}
ACT_MARKS = {
    "open": "报",
    "state": "事",
    "report": "报",
    "record": "记",
    "request": "请",
    "step": "办",
    "acknowledge": "签",
    "urge": "催",
    "hand_over": "交",
    "correct": "正",
    "waive": "免",
    "settle": "解",
    "rebase": "换",
    "publish": "发",
    "close": "归",
    "assess": "研",
    "confirm": "定",
    "activate": "启",
    "order": "令",
    "adjust": "调",
    "end": "结",
    "investigate": "评",
    "dismiss": "销",
    "transfer": "移",
    "issue": "发",
    "lift": "解",
    "adopt": "采",
    "set": "解",
    "review": "修",
    "train": "训",
    "drill": "练",
    "declare": "宣",
}
KIND_LABELS = {
    "报": ("报告义务", "a report"),
    "通": ("通知通报义务", "a notice"),
    "办": ("办理义务", "a task"),
    "批": ("待批准", "an approval"),
    "审": ("待会签同意", "a concurrence"),
    "提": ("待提出建议", "a proposal"),
    "评": ("调查评估义务", "an investigation"),
    "交": ("交接义务", "a handover"),
    "催": ("催办", "an urging"),
    "界": ("将达门槛", "a threshold"),
    "练": ("演练义务", "a drill"),
    "修": ("预案修订义务", "a review of the plan"),
}
STATE_LABELS = {
    "met": ("按时", "on time"),
    "late": ("迟", "late"),
    "overdue": ("逾期", "overdue"),
    "open": ("未了", "open"),
    "watch_passed": ("已过自定提醒", "past our watch time"),
    "undecided": ("是否需办待定", "not yet decided"),
    "running": ("持续中", "running"),
    "ended": ("已结束", "ended"),
    "cancelled": ("不再需要", "no longer owed"),
    "superseded": ("已由后一项取代", "superseded"),
    "waived": ("已免办", "waived"),
}
KIND_STATES = {
    "no_limit": ("未写时限", "no limit written"),
    "unset": ("时限待定", "limit not set"),
    "clock_unset": ("待起算", "clock not started"),
    "soft": ("", ""),
}
CASE_KINDS = {
    "incident": ("事件", "incident"),
    "warning": ("预警", "warning"),
    "standing": ("常态", "standing case"),
    "key_period": ("重保", "key period"),
}
STAGES = {
    "report": ("报告", "reported"),
    "assess": ("研判", "assessed"),
    "level": ("定级", "level"),
    "response": ("响应", "response"),
    "ended": ("结束", "ended"),
    "investigated": ("调查评估", "investigated"),
    "closed": ("归档", "closed"),
    "issued": ("发布", "issued"),
    "lifted": ("解除", "lifted"),
    "adopted": ("采用", "adopted"),
    "declared": ("宣布", "declared"),
}
OTHER_EVENTS = {
    "linked": ("办理一环", "link filled"),
    "returned": ("退回", "returned"),
    "withdrawn": ("撤回", "withdrawn"),
    "voided": ("作废", "void"),
    "ratified": ("追认", "ratified"),
    "ratification_refused": ("不予追认", "ratification refused"),
    "countersigned": ("补签", "countersigned"),
    "year": ("新年度", "new year"),
    "pattern": ("多案情形", "pattern"),
    "due_passed": ("时限已过", "due time passed"),
    "watch_passed": ("自定提醒已过", "watch time passed"),
    "threshold_crossed": ("达到门槛", "threshold crossed"),
    "calendar_applied": ("工作日历更新", "work calendar applied"),
}
OTHER_MARKS = {"linked": "批", "returned": "退", "withdrawn": "撤", "voided": "废", "countersigned": "签"}
LEAVES: Mapping[str, Literal["fact", "event", "reading"]] = {"fact": "fact", "not yet": "event", "reading": "reading"}
_ACT_OF = {event: act for act, event in EVENT_OF.items()}


def pick(pair: tuple[str, str], lang: Lang) -> str:
    """Return the word of the language asked."""
    return pair[0] if lang == "zh" else pair[1]


def event_label(event: Event, pack: Pack, lang: Lang = "zh") -> str:
    """Return what an event is called: the act that made it, with its matter, step or addressee."""
    content: Mapping[str, Any] = event.content
    if event.type == "linked":
        verb = pick(VERB_NAMES.get(str(content.get("verb")), ("办理", "fill")), lang)
        return f"{act_label(str(content['act']), lang)}{'：' if lang == 'zh' else ': '}{verb}"
    if event.type == "stepped":
        return thing_label(str(content.get("step")), pack, lang)
    if event.type == "recorded" and content.get("matter"):
        return pack.label("matter", str(content["matter"]), lang)
    if event.type == "pattern" and content.get("pattern") in pack.patterns:
        pattern = pack.patterns[str(content["pattern"])]
        return pattern.zh if lang == "zh" else pattern.en or pattern.zh
    if event.type in OTHER_EVENTS:
        return pick(OTHER_EVENTS[event.type], lang)
    return act_label(_ACT_OF.get(event.type, event.type), lang)


def event_mark(event: Event) -> str:
    """Return the one character of an event's box."""
    if event.type == "linked":
        return VERB_MARKS.get(str(event.content.get("verb")), "办")
    return ACT_MARKS.get(_ACT_OF.get(event.type, ""), OTHER_MARKS.get(event.type, "界"))


@dataclass(frozen=True)
class Words:
    """The words of one pack in one organisation for one reader's language."""

    pack: Pack
    root: str
    organisation: str
    lang: Lang = "zh"

    def say(self, zh: str, en: str) -> str:
        """Return one of two."""
        return zh if self.lang == "zh" else en

    def join(self, words: Iterable[str]) -> str:
        """Join words, each once."""
        return self.say("、", ", ").join(dict.fromkeys(word for word in words if word))

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str]:
        """The local names of units and outside bodies; under a plan of several tiers also those of the line above."""
        line = [self.organisation]
        if len(self.pack.head.tiers) > 1:
            line = [one.id for one in directory.line(self.root, self.organisation)]
            directory.read_units(self.root, line)
        found = (unit for id in reversed(line) for unit in directory.units(self.root, id))
        return {(unit.body, unit.place): unit.name for unit in found}

    def local(self, sentence: str) -> str:
        """Return a sentence of the engine with the local names of units where it has their short ones."""
        called: dict[str, set[str]] = {}
        for (_, place), name in self.names.items():
            called.setdefault(place, set()).add(name)
        for place, names in called.items():
            if place and len(names) == 1:
                (name,) = names
                sentence = sentence.replace(f"（{place}）", f"（{name}）").replace(f" ({place})", f" ({name})")
        return sentence

    def body(self, text: str) -> str:
        """Return the name of `body[.post][@place]` or `$reading`."""
        if not text:
            return ""
        if text.startswith("$"):
            return self.unset(text[1:])
        party = parse_party(text)
        local = self.names.get((party.body, party.place or ""))
        if local is None:
            return self.pack.body_label(text, self.lang)
        post = self.pack.label("post", f"{party.body}.{party.post}", self.lang) if party.post else ""
        return f"{local}{post}" if self.lang == "zh" or not post else f"{local}, {post}"

    def seat(self, seat: Seat) -> str:
        """Return the name of a seat to speak from: `代领导小组组长行使（局办3号）` where it is another's."""
        return self.deputy(seat.text, seat.document) if seat.acting_for else self.body(seat.text)

    def deputy(self, of: str, document: str) -> str:
        """Return that somebody acts for a seat, by which paper."""
        paper = (f"（{document}）", f" ({document})") if document else ("", "")
        return self.say(f"代{self.body(of)}行使{paper[0]}", f"acting for {self.body(of)}{paper[1]}")

    def spoke(self, content: Mapping[str, Any], seats: Iterable[str]) -> str:
        """Return who spoke in an event; of a deputy both names: whose seat it is, and who sat there."""
        acting = content.get("acting")
        if not acting:
            return self.join(self.body(text) for text in seats)
        own = self.body(str(acting.get("by", "")))
        said = self.deputy(str(acting["of"]), str(acting.get("document", "")))
        return f"{own}{self.say('', ' ')}{said}" if own else said

    def unset(self, reading: str) -> str:
        """Return how a holder nobody set is shown."""
        label = self.pack.label("reading", reading, self.lang)
        return self.say(f"〔{label}：待定〕", f"[{label}: not set]")

    def party(self, party: Party | Mapping[str, str]) -> str:
        """Return the name of a party, of the engine or out of a row."""
        unset, raw, text = _party(party)
        if unset:
            return self.unset(unset)
        if raw in self.pack.bodies and self.pack.bodies[raw].kind == "derived" and "@" not in text:
            return self.pack.body_label(raw, self.lang)
        return self.body(text)

    def parties(self, parties: Iterable[Party | Mapping[str, str]]) -> str:
        """Return the names of parties."""
        return self.join(self.party(party) for party in parties)

    def of(self, name: str) -> tuple["Words", str]:
        """Return the words of the pack that an id belongs to, a regime's or the plan's, and the id within it."""
        prefix, _, plain = name.partition(":")
        regime = self.regimes.get(prefix)
        return (regime, plain) if regime else (self, name)

    @cached_property
    def regimes(self) -> Mapping[str, "Words"]:
        """The words of the regimes beside the plan, by id."""
        return {id: replace(self, pack=pack) for id, pack in self.pack.beside.items()}

    def cites(self, clauses: Iterable[str]) -> tuple[Cite, ...]:
        """Return clauses as the screen shows them."""
        return tuple(self.cite(clause) for clause in dict.fromkeys(clauses))

    def cite(self, clause: str) -> Cite:
        """Return one clause: short citation, summary, place, and where it leads."""
        own, plain = self.of(clause)
        if own is not self:
            return replace(own.cite(plain), short=self.pack.cite(clause))
        found = self.pack.clauses.get(clause)
        if found is None:
            return Cite(clause, clause)
        says = found.says if self.lang == "zh" or not found.says_en else found.says_en
        return Cite(
            id=clause,
            short=found.cite,
            says=says,
            at=found.at,
            source=f"{self.title} {self.pack.version}",
            pack=self.pack.id,
            version=self.pack.version,
            text=self.own_words.get(clause, ""),
            rules=self.rules.get(clause, ()),
        )

    @property
    def title(self) -> str:
        """The plan's title."""
        head = self.pack.head
        return head.zh if self.lang == "zh" or not head.en else head.en

    @cached_property
    def own_words(self) -> Mapping[str, str]:
        """The plan's own words by clause, where the pack ships its text or the organisation attached it."""
        return own_words(
            self.pack, library.plan_text(self.root, self.organisation, self.pack.origin or self.pack.digest)
        )

    @cached_property
    def rules(self) -> Mapping[str, tuple[str, ...]]:
        """The rules that cite each clause, read aloud."""
        return aloud(self.pack, self.lang)

    def level(self, id: str | None, scale: str = "level", *, proposed: bool = False) -> LevelBadge | None:
        """Return the badge of a level, a response level or a colour; None without a value."""
        order = self.pack.words.domain.scales.get(scale, ())
        if not id or id not in order:
            return None
        label = self.pack.label(scale, id, self.lang)
        roman = ROMAN.get(id, "")
        if scale != "level" or not roman or label.startswith(roman):
            return LevelBadge(id, label, label, len(order) - order.index(id), proposed)
        full = self.say(f"{roman}级 {label}", f"{roman} {label}")
        return LevelBadge(id, full, f"{roman} {label}", len(order) - order.index(id), proposed)

    def bound(self, id: str | None) -> LevelBadge | None:
        """Return the badge of a bound; None where it is below all levels."""
        return None if id in (None, "none") else self.level(id, proposed=True)

    def limit(self, limit: Limit | ReadingRef | None, book: Book | None = None, in_principle: bool = False) -> str:
        """Return a limit as the plan writes it: 2小时, 30日内, 立即, 未写时限, 待定."""
        if isinstance(limit, ReadingRef):
            text = book.text_of(limit.name) if book else None
            return text if isinstance(text, str) else self.say("时限待定", "limit not set")
        head = self.say("原则上 ", "in principle ") if in_principle else ""
        return head + self._limit(limit)

    def _limit(self, limit: Limit | None) -> str:
        match limit:
            case Length(delta):
                return show_duration(delta, self.lang)
            case Days(n):
                return self.say(f"{n} 日", f"{n} d")
            case WorkingDays(n):
                return self.say(f"{n} 个工作日", f"{n} working days")
            case Months(n):
                return self.say(f"{n} 个月", f"{n} months")
            case CalendarYear():
                return self.say("当年内", "this year")
            case Soft(word):
                return self.pack.label("soft_word", word, self.lang)
            case NoLimit() | None:
                return self.say("未写时限", "no limit written")

    def leaf(self, text: str) -> str:
        """Return the words of an open leaf given as text (`fact x`, `not yet x`, `reading x`)."""
        sort, _, name = text.rpartition(" ")
        if sort not in LEAVES:
            return self.thing(text)
        return leaf_label(Leaf(LEAVES[sort], name), self.pack, self.lang)

    def thing(self, name: str) -> str:
        """Return the words of whatever a refusal names: a body, a fact, a document, a step."""
        if name.partition("@")[0].partition(".")[0] in self.pack.bodies or name.startswith("$"):
            return self.body(name)
        return thing_label(name, self.pack, self.lang)

    def value(self, fact: str, value: Any, texts: Mapping[str, str] | None = None) -> str:
        """Return the value of a fact as people read it."""
        rule = self.pack.facts.get(fact)
        return self.typed(value, rule.type if rule else Type("text"), texts)

    def typed(self, value: Any, type_: Type, texts: Mapping[str, str] | None = None) -> str:
        """Return a value in the language's own text as people read it, by its type."""
        if isinstance(value, list | tuple):
            return self.join(self.typed(part, Type(type_.kind, type_.name), texts) for part in value)
        text = str(value)
        if texts and text in texts:
            return texts[text]
        if text == "unknown":
            return self.say("不清楚", "unknown")
        if type_.kind == "yes_no":
            return {"yes": self.say("是", "yes"), "no": self.say("否", "no")}.get(text, text)
        if type_.kind in ("scale", "set"):
            sort = type_.name if type_.name in ("level", "response", "colour") else f"{type_.kind}:{type_.name}"
            return self.pack.label(sort, text, self.lang)
        if type_.kind == "body":
            return self.body(text)
        return self._measure(text, type_)

    def bad_value(self, bad: BadValue) -> str:
        """Return the sentence for a text that is not a value of its type, with an example."""
        kind = bad.type.kind
        example = self.join(self.typed(name, bad.type) for name in bad.known[:8]) or EXAMPLES.get(kind, "")
        zh = f"“{bad.text}”不是{NAMES_ZH.get(kind, kind)}，写成 {example}"
        return self.say(zh, f"'{bad.text}' is not a {bad.type.text}; write {example}")

    def instant(self, text: str) -> datetime | None:
        """Return the moment that an instant fact says, or None where it cannot be read."""
        try:
            return parse_instant(text, self.pack.zone)
        except ValueError:
            return None

    def _measure(self, text: str, type_: Type) -> str:
        try:
            typed = parse_value(text, type_, self.pack.words.domain)
        except BadValue:
            return text
        if isinstance(typed, timedelta):
            return show_duration(typed, self.lang)
        if isinstance(typed, datetime):
            return show_instant(typed, self.pack.zone)
        if isinstance(typed, int) and not isinstance(typed, bool):
            return f"{typed:,}"
        if isinstance(typed, Money):
            return self._money(typed)
        return text

    def _money(self, money: Money) -> str:
        if self.lang == "en" or money.currency != "CNY":
            return f"{money.amount:,} {money.currency}"
        for unit, size in (("亿元", 10**8), ("万元", 10**4)):
            if money.amount and money.amount % (size // 100) == 0 and money.amount >= size:
                return f"{(money.amount / size).normalize():f}{unit}"
        return f"{money.amount:,}元"

    def choices(self, sort: str) -> tuple[Choice, ...]:
        """Return the values of a scale or set as choices."""
        return tuple(Choice(name, self.pack.label(sort, name, self.lang)) for name, _ in self.pack.labelled(sort))

    def done(self, act: Act, pack: Pack) -> str:
        """Return what a receipt says was done."""
        if act.answer:
            said = {
                "return": ("退回", "returned"),
                "withdraw": ("撤回", "withdrawn"),
                "ratify": ("追认", "ratified"),
                "refuse_ratification": ("不予追认", "ratification refused"),
                "countersign": ("补签", "countersigned"),
            }
            return pick(said.get(act.answer, (act.answer, act.answer)), self.lang)
        if act.name == "step" and act.step:
            return thing_label(act.step, pack, self.lang)
        return act_label(act.name, self.lang)

    def waiting(self, book: Book, case: Case, chain: str, at: datetime) -> str:
        """Return whose turn it is in a chain."""
        return self.join(
            self.party(party)
            for found in engine.what_next(book, case, at)
            if found.chain == chain
            for party in found.who
        )


@lru_cache(maxsize=16)
def _aloud(pack: str, lang: Lang, held: "Held") -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for reading in explain(held.thing, lang=lang):
        for clause in reading.clauses:
            found[clause] = (*found.get(clause, ()), reading.text)
    return found


def aloud(pack: Pack, lang: Lang) -> Mapping[str, tuple[str, ...]]:
    """Return the reading aloud of every rule by the clause it cites; made once per pack and language."""
    return _aloud(pack.digest, lang, Held(pack))


class Held:
    """A pack (or several) as an argument that is not looked at: the digest before it is the key."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=16)
def _own_words(pack: str, text: str, held: Held) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for paragraph in trace(held.thing, text).paragraphs:
        for clause in paragraph.clauses:
            found[clause] = f"{found[clause]}\n{paragraph.text}" if clause in found else paragraph.text
    return found


def own_words(pack: Pack, text: str | None) -> Mapping[str, str]:
    """Return the plan's own words by clause, where its text is at hand."""
    return _own_words(pack.digest, text, Held(pack)) if text else {}


def _party(party: Party | Mapping[str, str]) -> tuple[str, str, str]:
    if isinstance(party, Party):
        return party.unset or "", party.raw, party.text
    return party["unset"], party["raw"], party["text"]


__all__ = ["Held", "Words", "act_label", "aloud", "event_label", "event_mark", "own_words", "pick"]
