"""A record of the log as the letter it was: to whom, what its form said, how the case stood then, by whom, when.

Rules
- Nothing is invented: what the record does not hold is not written. How the case stood is read from the log up to this
  record, never from later.
- Fields stand in the plan's order under the plan's labels: first the short answers as a table, from the first long one
  on each under its own heading. A regime's fields follow under its title.
- What was erased says so where it stood.
- Moments are written as letters write them: 11月26日3时30分.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from fengsui.cases.pages import Cite, LevelBadge
from fengsui.cases.selectors.timeline import free
from fengsui.cases.selectors.words import Words
from fengsui.core import engine, obligations
from fengsui.core.book import Book
from fengsui.core.case import Case, Event
from fengsui.core.conditions import said_from
from fengsui.core.forms import qualified
from fengsui.core.obligations import Obligation
from fengsui.core.pack import Type
from fengsui.core.problems import Lang
from fengsui.core.timing import parse_instant
from fengsui.directory import selectors as directory
from fengsui.documents import kinds
from fengsui.documents.pages import Paper, Part

SHORT = 30
"""From so many characters on an answer is a paragraph of its own."""
NUMERALS = "一二三四五六七八九十"
BRACKETS = ("（", "(")


def written(moment: datetime, zone: tzinfo, lang: Lang, *, year: bool = True) -> str:
    """Return a moment as letters write it."""
    local = moment.astimezone(zone)
    if lang == "en":
        return f"{local:%d %B %Y, %H:%M}".lstrip("0") if year else f"{local:%d %B, %H:%M}".lstrip("0")
    head = f"{local.year}年" if year else ""
    return f"{head}{local.month}月{local.day}日{local.hour}时{local.minute}分"


@dataclass(frozen=True)
class Letter:
    """Everything a letter is made from: the case as it stood right after the record, and the record."""

    number: str
    book: Book
    case: Case
    words: Words
    texts: Mapping[str, str]
    files: tuple[str, ...]
    count: int

    @property
    def event(self) -> Event:
        """The record."""
        return self.case.events[-1]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the organisation whose case it is."""
        home = directory.organisation(self.words.root, self.words.organisation)
        return ZoneInfo(home.zone) if home else self.book.pack.zone

    @property
    def kind(self) -> str:
        """What kind of document it is."""
        return str(kinds.kind_of(self.event.type, self.event.content))

    def paper(self) -> Paper:
        """Return the letter."""
        event, words = self.event, self.words
        house, body = self._issuer()
        late = event.recorded_at != event.at
        return Paper(
            number=self._number(),
            signed=self._signed(),
            house=house,
            title=kinds.title(event, words, self.count),
            to=words.join(self.addressees()),
            parts=tuple(_numbered(self._parts(), words)),
            cites=self.cites(),
            plan=words.title,
            version=words.pack.version,
            enclosed=self.files,
            by=tuple(dict.fromkeys(line for line in (house, body) if line)),
            day=written(event.at, self.zone, words.lang),
            entered=written(event.recorded_at, self.zone, words.lang) if late else "",
            code=event.digest.removeprefix("sha256:")[:8],
            level=self.level(),
            exercise=self.case.mode == "exercise",
        )

    # ------------------------------------------------------------------------------------------ head and foot

    def _number(self) -> str:
        say = self.words.say
        if self.kind == kinds.REPORT:
            number = f"{self.number}-{self.count:02}"
            return say(f"报告编号：{number}", f"Report {number}")
        return say(f"编号：{self.number}，第{self.event.seq}条", f"{self.number}, record {self.event.seq}")

    def _signed(self) -> str:
        say, content = self.words.say, self.event.content
        paper: Any = content.get("registered") or {}
        signed = free(paper.get("signed_by", ""), self.texts)
        if signed:
            return say(f"签发：{signed}", f"Signed: {signed}")
        who = self.words.spoke(content, self.event.seats)
        return say(f"席位：{who}", f"Seat: {who}") if who else ""

    def _issuer(self) -> tuple[str, str]:
        """Return the organisation that issues the letter, and the body in it; of a body outside its name alone."""
        words, content = self.words, self.event.content
        text = str(content.get("body") or next(iter(self.event.seats), ""))
        seat = said_from(text, self.case, words.pack)
        spec = words.pack.bodies.get(seat.body)
        if spec is not None and spec.kind == "external":
            return words.body(text), ""
        home = directory.organisation(words.root, seat.organisation or words.organisation)
        return home.name if home else "", words.body(text)

    def addressees(self) -> tuple[str, ...]:
        """Return to whom it goes: named in the record, or whose turn the record made it."""
        content, words = self.event.content, self.words
        if content.get("to"):
            return tuple(words.body(to) for to in self.event.addressees)
        if self.event.type == "linked":
            asked = engine.what_next(self.book, self.case, self.event.recorded_at, {str(content["act"])})
            mine = [line for line in asked if line.chain == content.get("chain")]
            return tuple(words.party(party) for line in mine for party in line.who)
        if self.event.type == "urged":
            return self._urged()
        return ()

    def _urged(self) -> tuple[str, ...]:
        """Return whom an urging goes to: the holders of what is owed, or those whose turn it is in the chain."""
        if self._owed:
            return tuple(self.words.party(party) for one in self._owed for party in one.by)
        target = str(self.event.content.get("target", ""))
        asked = engine.what_next(self.book, self.case, self.event.recorded_at)
        return tuple(self.words.party(party) for line in asked if line.chain == target for party in line.who)

    @cached_property
    def _owed(self) -> tuple[Obligation, ...]:
        """The obligations that the record fulfils, or the one that it urges."""
        key = self.event.content.get("obligation")
        found = obligations.owed(self.book, self.case, self.event.recorded_at)
        return tuple(one for one in found if (one.key == key if key else one.met_seq == self.event.seq))

    def cites(self) -> tuple[Cite, ...]:
        """Return the clauses that demand or allow it."""
        content, pack = self.event.content, self.words.pack
        asks = self.book.asks(self.case.kind)
        named = [clause for duty in _list(content, "duty") if duty in asks for clause in asks[duty][1]]
        owed = [clause for one in self._owed for clause in one.clause]
        granted = [clause for grant in pack.grants if grant.id == content.get("grant") for clause in grant.clause]
        form = str(content.get("form_id") or "")
        formed = pack.forms[form].clause if form in pack.forms else ()
        return self.words.cites((*named, *owed, *granted, *formed))

    def level(self) -> LevelBadge | None:
        """Return the level as it stood: confirmed, else assessed, else the colour of a warning."""
        case, words = self.case, self.words
        said = case.assessments[-1].level if case.assessments else None
        return words.level(case.level) or words.level(said, proposed=True) or words.level(case.colour, "colour")

    # ------------------------------------------------------------------------------------------ what it says

    def _parts(self) -> Iterator[Part]:
        yield Part(lines=(self._opening(),))
        first, *others = self._forms() or ("",)
        fields = list(self._fields(first, first))
        long = next((n for n, (_, value) in enumerate(fields) if _is_long(value)), len(fields))
        asked = {label for label, _ in fields}
        standing = [row for row in self._standing() if row[0] not in asked]
        yield Part(self.words.say("基本情况", "The case"), rows=(*standing, *fields[:long]))
        yield from (Part(label, lines=_paragraphs(value)) for label, value in fields[long:])
        for form in others:
            title = self.words.of(form)[0].title
            yield Part(self.words.say(f"按《{title}》另报", f"Also for {title}"), rows=tuple(self._fields(form, first)))
        yield from self._free()
        yield from self._unknown()

    def _opening(self) -> str:
        say, title = self.words.say, self._title()
        at = written(self.event.at, self.zone, self.words.lang, year=False)
        about = say(f"“{title}”（{self.number}）", f"“{title}” ({self.number})")
        said = {
            kinds.REPORT: (f"现将{about}截至{at}的情况报告如下。", f"On {about}, as of {at}:"),
            kinds.REQUEST: (f"现就{about}请示如下。", f"We ask the following on {about}:"),
            kinds.NOTICE: (f"现就{about}通知如下。", f"Notice is given on {about}:"),
            kinds.ORDER: (f"现就{about}命令如下。", f"The following is ordered on {about}:"),
        }
        return say(*said[self.kind])

    def _title(self) -> str:
        return free(self.case.title, self.texts) if self.case.title else self.number

    def _standing(self) -> Iterator[tuple[str, str]]:
        """How the case stood: its level, its response, what the record sets or asks for."""
        say, words, case, content = self.words.say, self.words, self.case, self.event.content
        level = self.level()
        if level is not None and case.kind == "incident":
            mark = say("（拟定）", " (proposed)") if level.proposed else ""
            yield say("事件级别", "Level"), f"{level.label}{mark}"
        elif level is not None:
            yield say("预警级别", "Colour"), level.label
        response = words.level(case.response, "response") if case.response_active else None
        if response is not None:
            yield say("响应级别", "Response"), response.label
        if self.event.type == "linked":
            asked = kinds.badge_of(content, words)
            yield say("请示事项", "Asked for"), kinds.matter(self.event, words) + (f" {asked}" if asked else "")
        yield from self._what_is_owed()

    def _what_is_owed(self) -> Iterator[tuple[str, str]]:
        """What the record fulfils; of an urging what it urges, and until when."""
        say, urged = self.words.say, self.event.type == "urged"
        said = self.words.join(say(one.owes.zh, one.owes.en or one.owes.zh) for one in self._owed)
        if said:
            yield (say("催办事项", "What is owed") if urged else say("履行义务", "Fulfils")), said
        for due in {one.due for one in self._owed if urged and one.due}:
            yield say("时限", "Due"), written(due, self.zone, self.words.lang, year=False)

    def _forms(self) -> tuple[str, ...]:
        """Return the forms that the record carries: its own, then those of the duties it names."""
        content, asks = self.event.content, self.book.asks(self.case.kind)
        own = str(content.get("form_id") or "")
        named = [asks[duty][0] for duty in _list(content, "duty") if duty in asks]
        owed = [one.form for one in self._owed if self.event.type != "urged"]
        known = self.words.pack.forms
        return tuple(dict.fromkeys(str(form) for form in (own, *named, *owed) if form and form in known))

    def _fields(self, form: str, carried: str) -> Iterator[tuple[str, str]]:
        said: Any = self.event.content.get("form") or {}
        rules = self.words.pack.forms[form].fields if form else {}
        for name, rule in rules.items():
            value = said.get(name if form == carried else qualified(form, name))
            if value:
                label = self.words.say(rule.zh or "", rule.en or rule.zh or "")
                yield label or self.words.pack.label("fact", name, self.words.lang), self._value(value, rule.type)

    def _value(self, value: Any, type_: Type) -> str:
        if type_.kind == "instant" and value != "unknown":
            try:
                return written(parse_instant(str(value), self.zone), self.zone, self.words.lang, year=False)
            except ValueError:
                return str(value)
        return self.words.typed(value, type_, self.texts)

    def _free(self) -> Iterator[Part]:
        say, content, words = self.words.say, self.event.content, self.words
        for key, label in (
            ("reason", say("理由", "Reason")),
            ("note", say("说明", "Note")),
            ("source", say("来源", "Source")),
        ):
            if content.get(key):
                yield Part(label, lines=_paragraphs(free(content[key], self.texts)))
        chosen = _list(content, "choices")
        if chosen:
            yield Part(say("措施", "Measures"), lines=(words.join(words.thing(name) for name in chosen),))
        if content.get("documents"):
            named = words.join(words.thing(name) for name in _list(content, "documents"))
            yield Part(say("所附文书", "Documents"), lines=(named,))

    def _unknown(self) -> Iterator[Part]:
        """What was not known when it was reported, or not verified."""
        if self.kind not in (kinds.REPORT, kinds.REQUEST):
            return
        say, words, facts = self.words.say, self.words, self.case.facts
        open_ = [name for name, fact in facts.items() if fact.value is None]
        doubtful = [name for name, fact in facts.items() if fact.value is not None and not fact.verified]
        lines = []
        for names, label in ((open_, say("不清楚", "Unknown")), (doubtful, say("待核实", "Unverified"))):
            if names:
                listed = words.join(words.pack.label("fact", name, words.lang) for name in names)
                lines.append(f"{label}{say('：', ': ')}{listed}{say('。', '.')}")
        if lines:
            yield Part(say("尚不清楚的情况", "Not known yet"), lines=tuple(lines))


def _list(content: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = content.get(name)
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()


def _is_long(value: str) -> bool:
    return len(value) > SHORT or "\n" in value


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _numbered(parts: Iterable[Part], words: Words) -> Iterator[Part]:
    """Number the headings as letters do; what has a number of its own keeps it."""
    count = 0
    for part in parts:
        if not (part.rows or part.lines):
            continue
        if not part.heading:
            yield part
            continue
        count += 1
        yield Part(_heading(part.heading, count, words), part.rows, part.lines)


def _heading(text: str, count: int, words: Words) -> str:
    if text.startswith(BRACKETS):
        return text
    return words.say(f"{_numeral(count)}、{text}", f"{count}. {text}")


def _numeral(count: int) -> str:
    tens, ones = divmod(count, 10)
    head = ("" if tens == 1 else NUMERALS[tens - 1]) + "十" if tens else ""
    return head + (NUMERALS[ones - 1] if ones else "")
