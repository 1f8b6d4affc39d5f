"""An act as asked: read, resolved to ids and checked for form before anybody is asked whether it is allowed.

Rules
- Labels and aliases are accepted from people and become ids here; an unknown name is `bad_act`, with a near name.
- Fact values, form answers and readings are typed now, so that nothing unreadable enters the log.
- Times: `at` is when it happened, `recorded_at` when it is written. On the screen both are equal. Only facts,
  reports, records, receipts, links by word and papers of others may be dated back, never before the case (4.7).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any

from fengsui.core.book import Book, bad_readings
from fengsui.core.case import ACTS, FREE_ACTS, SYSTEM, Act, Actor, Case, FactText, Party, Seat
from fengsui.core.conditions import View, exists, home, resolve
from fengsui.core.delegation import reaching
from fengsui.core.engine.refusals import Teller, bad_act, refuse
from fengsui.core.grants import belongs, counterpart
from fengsui.core.pack import BadValue, BodyRef, Pack, Type, parse_value
from fengsui.core.problems import Refused

BACK_DATED = ("state", "report", "record", "acknowledge")
ANSWERS = ("return", "withdraw", "ratify", "refuse_ratification", "countersign")
SCALE_OF = {"assess": "level", "confirm": "level", "activate": "response", "issue": "colour"}
"""The scale that an act's value is of; `adjust` is of the level, for a warning of the colour."""


@dataclass(frozen=True)
class Ask:
    """An act ready to be judged: on which case, when, and from which seats of this case its person may speak."""

    book: Book
    case: Case
    act: Act
    at: datetime
    recorded_at: datetime
    seats: tuple[Seat, ...]

    @property
    def pack(self) -> Pack:
        """The main pack of the book."""
        return self.book.main.pack

    @cached_property
    def view(self) -> View:
        """The case at the moment the act happened."""
        return View(self.book, self.book.main, self.case, self.at, self.act)

    def teller(self, seat: Seat | None = None) -> Teller:
        """Return who words the refusals of this act."""
        return Teller(self.pack, self.case, self.act.name, seat or next(iter(self.seats), None))


def ask(book: Book, case: Case, act: Act, at: datetime, recorded_at: datetime | None) -> Ask:
    """Return the act, checked for form. Raises Refused: `bad_act`, `bad_time`."""
    if act.name not in ACTS[case.kind]:
        raise _unknown("动作", "act", str(act.name), ACTS[case.kind])
    happened, recorded = times(act, at, recorded_at, case)
    if act.name != "rebase" and book.pin.digest != case.pin:
        raise bad_act("不是本案所依据的预案版本", "this is not the book that the case is pinned to")
    if spoken_for(act):
        _check_spoken_for(act, case, book.main.pack)
    return Ask(
        book, case, read(act, case, book, happened), happened, recorded, seats(act, case, book.main.pack, happened)
    )


# ---------------------------------------------------------------------------------------------- times


def times(act: Act, at: datetime, recorded_at: datetime | None, case: Case | None) -> tuple[datetime, datetime]:
    """Return when it happened and when it is written, in whole seconds. Raises Refused (`bad_time`)."""
    recorded = second(recorded_at or at)
    happened = second(act.happened_at or (act.by_word.at if act.by_word else None) or at)
    if happened > recorded:
        raise refuse("bad_time", why="发生时间晚于登记时间", why_en="it cannot happen after it is recorded")
    outside = act.by_word or (act.registered and (act.verb == "record" or spoken_for(act)))
    if happened < recorded and act.name not in BACK_DATED and not outside:
        raise refuse("bad_time", why="这个动作不能补记为过去", why_en="this act may not be dated back")
    if case is not None and happened < case.opened_at:
        raise refuse("bad_time", why="早于立案", why_en="it is earlier than the case")
    if case is not None and recorded < case.events[-1].recorded_at:
        raise refuse("bad_time", why="早于最后一条记录", why_en="it is earlier than the last event")
    return happened, recorded


def second(at: datetime) -> datetime:
    """Return a moment in whole seconds. Raises Refused (`bad_time`) for a time without zone."""
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise refuse("bad_time", why="没有时区", why_en="it has no zone")
    return at.replace(microsecond=0) if at.microsecond else at


# ---------------------------------------------------------------------------------------------- who


def seats(act: Act, case: Case, pack: Pack, at: datetime) -> tuple[Seat, ...]:
    """Return the seats to try: the one named, or all that belong to this case. Raises Refused (`bad_act`).

    A delegated seat is tried where it reaches this act at its moment; where no other is left, `not_yours` says why not.
    """
    if act.actor == SYSTEM:
        raise bad_act("系统不办理动作", "the system does not act")
    if not act.actor.person:
        raise bad_act("没有写明是谁", "nobody is named")
    if act.seat is not None:
        if act.seat not in act.actor.seats and not (act.by_word or act.registered):
            raise bad_act("本人没有这个岗位", "this person does not hold that seat")
        found = _standing((act.seat,), act, case, pack)
    else:
        found = _standing(act.actor.seats, act, case, pack)
    usable = reaching(found, act.name, at, act.answer)
    if found and not usable:
        raise Refused(Teller(pack, case, act.name, found[0]).problem("not_yours", rightful=(party_of(found[0]),)))
    return usable


def party_of(seat: Seat) -> Party:
    """Return a seat as the party that it is: to name whose it is."""
    return Party(seat.body, seat.post, seat.place)


def _standing(held: tuple[Seat, ...], act: Act, case: Case, pack: Pack) -> tuple[Seat, ...]:
    """Return the seats that belong to this case. Raises Refused where all are of bodies that do not stand now."""
    found = tuple(seat for seat in held if belongs(seat, case, pack))
    if found:
        return found
    absent = [seat for seat in held if seat.body in pack.bodies and not exists(seat.body, case, pack)]
    if absent:
        raise Refused(Teller(pack, case, act.name, absent[0]).absent(absent[0].body))
    return found


def own_seats(actor: Actor, case: Case, pack: Pack) -> tuple[Seat, ...]:
    """Return the person's own seats in this case, whatever seat he speaks for."""
    return tuple(seat for seat in actor.seats if belongs(seat, case, pack))


def barring(ask: Ask) -> tuple[Seat, ...]:
    """Return the seats for which a ban holds: those that ask, and a deputy's own, which no delegation takes off."""
    deputy = any(seat.acting_for for seat in ask.seats)
    own = own_seats(ask.act.actor, ask.case, ask.pack) if deputy else ()
    return tuple(dict.fromkeys((*ask.seats, *own)))


def spoken_for(act: Act) -> bool:
    """Return whether somebody writes down what another seat said, by word or on paper."""
    return act.seat is not None and act.seat not in act.actor.seats


def _check_spoken_for(act: Act, case: Case, pack: Pack) -> None:
    """Only links of a chain are filled by word; papers of bodies that have no person here may be written down.

    Raises Refused: `bad_act`, or `missing` where the paper lacks its hash, date or signatory.
    """
    free = act.name in (*FREE_ACTS, "hand_over", "correct", "waive", "step")
    if act.answer or (free and act.by_word) or not (act.by_word or act.registered):
        raise bad_act("只能由这个岗位的人自己办理", "only the person in that seat may do this")
    if not own_seats(act.actor, case, pack):
        raise bad_act("登记人须来自本案的岗位", "the registrar holds a seat of this case")
    if free and act.registered and act.seat is not None:
        check_paper(act, act.seat, case, pack, ())


def check_paper(act: Act, seat: Seat, case: Case, pack: Pack, clause: tuple[str, ...]) -> None:
    """Refuse a paper for a seat that has a person here, or one without hash, date or signatory."""
    body = pack.bodies.get(seat.body)
    if body is None or (body.kind != "external" and home(seat.body, case, pack)):
        raise bad_act("这个岗位在系统里有人，应由本人办理", "this seat has a person here, who acts in person")
    paper = act.registered
    if paper is None or not (paper.paper and paper.date and paper.signed_by):
        raise Refused(Teller(pack, case, act.name, seat).missing(("registration",), clause))


# ---------------------------------------------------------------------------------------------- reading


def read(act: Act, case: Case | None, book: Book, at: datetime) -> Act:
    """Return the act with ids for labels and checked values. Raises Refused (`bad_act`)."""
    pack = book.main.pack
    _readable(act)
    found: dict[str, Any] = {"value": _value(act, case, pack)}
    if act.to:
        found["to"] = tuple([_addressee(text, case, book, at) for text in act.to])
    if act.facts:
        found["facts"] = dict([_fact(name, value, pack) for name, value in act.facts.items()])
    if act.unknown:
        found["unknown"] = tuple([_stated(name, pack) for name in act.unknown])
    if act.unverified:
        found["unverified"] = tuple([_name("事实", "fact", name, pack) for name in act.unverified])
    if act.matter is not None:
        found["matter"] = _name("记事种类", "matter", act.matter, pack)
    if act.step is not None:
        _known_step(act.step, pack)
    if act.documents:
        found["documents"] = tuple([_document(name, pack) for name in act.documents])
    if act.reading is not None:
        found["reading"] = _name("解读", "reading", act.reading, pack)
    if act.answer is not None and act.answer not in ANSWERS:
        raise _unknown("答复", "answer", act.answer, ANSWERS)
    said = {name: value for name, value in found.items() if value != getattr(act, name)}
    return replace(act, **said) if said else act


def _unknown(sort: str, sort_en: str, name: str, known: Iterable[str]) -> Refused:
    close = difflib.get_close_matches(name, [str(k) for k in known], n=1, cutoff=0.6)
    mean, mean_en = (f"，是不是“{close[0]}”", f", did you mean '{close[0]}'") if close else ("", "")
    return bad_act(f"没有{sort}“{name}”{mean}", f"there is no {sort_en} '{name}'{mean_en}")


_FIELDS = tuple(field.name for field in fields(Act))
_all_of = attrgetter(*_FIELDS)
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def _readable(act: Act) -> None:
    """Refuse text that cannot be written down (lone surrogates, control characters)."""
    for name, value in zip(_FIELDS, _all_of(act), strict=True):
        if value and not (_speakable(value) if name == "actor" else _writable(value)):
            raise bad_act(f"{name} 里有不能保存的字符", f"{name} holds characters that cannot be kept")


@lru_cache(1024)
def _speakable(actor: Actor) -> bool:
    """The same people act again and again."""
    return _writable(actor)


def _writable(value: object) -> bool:
    if isinstance(value, str):
        return _UNWRITABLE.search(value) is None
    if isinstance(value, tuple | list):
        return all(map(_writable, value))
    if isinstance(value, Mapping):
        return all(map(_writable, (*value.keys(), *value.values())))
    if hasattr(value, "__slots__") and not isinstance(value, datetime):
        return all(map(_writable, filter(None, [getattr(value, name, None) for name in value.__slots__])))
    return True


def _name(sort: str, key: str, text: str, pack: Pack) -> str:
    found = pack.resolve_name(key, text) if isinstance(text, str) else None
    watch = text if key == "reading" and text in pack.words.parameters else None
    if found is None and watch is None:
        raise _unknown(sort, key, str(text), (name for name, _ in pack.labelled(key)))
    return found or str(watch)


def _known_step(text: str, pack: Pack) -> None:
    if text not in pack.steps:
        raise _unknown("步骤", "step", str(text), pack.steps)


def _document(text: str, pack: Pack) -> str:
    """Return the id of a declared kind of evidence; any other paper keeps its own name."""
    if not isinstance(text, str) or not text.strip():
        raise bad_act("材料没有名称", "a document has no name")
    found = (pack.resolve_name(sort, text) for sort in ("document", "form", "matter"))
    return next((name for name in found if name), text)


def _addressee(text: str, case: Case | None, book: Book, at: datetime) -> str:
    """Return `body[.post][@place]`; a derived body becomes the unit it means on this case."""
    pack = book.main.pack
    head, _, place = str(text).partition("@")
    body, _, post = head.partition(".")
    found = pack.resolve_name("body", body) or pack.resolve_name("body", str(text))
    if found is None or (post and post not in pack.bodies[found].posts):
        raise _unknown("机构", "body", str(text), pack.bodies)
    if place or case is None:
        return f"{found}{'.' + post if post else ''}{'@' + place if place else ''}"
    parties = resolve(BodyRef(found, post or None), View(book, book.main, case, at))
    return parties[0].text if parties else found


def _fact(name: str, value: FactText, pack: Pack) -> tuple[str, FactText]:
    fact = _stated(name, pack)
    rule = pack.facts[fact]
    return fact, typed(value, rule.type, pack, rule.zh)


def _stated(name: str, pack: Pack) -> str:
    """Return the id of a fact that people state: not one that is defined, derived or counted."""
    fact = _name("事实", "fact", name, pack)
    rule = pack.facts[fact]
    if rule.means is not None or rule.derive is not None or fact == "asset.count":
        raise bad_act(f"“{rule.zh}”由系统算出，不能填报", f"'{rule.zh}' is computed, not stated")
    return fact


def typed(value: object, type_: Type, pack: Pack, label: str) -> FactText:
    """Return a value's text with ids for labels. Raises Refused (`bad_act`) where it does not fit the type."""
    text: FactText = (
        tuple(_member(v, type_, pack) for v in value)
        if isinstance(value, list | tuple)
        else (_member(value, type_, pack))
    )
    try:
        parse_value(text if not isinstance(text, tuple) else list(text), type_, pack.words.domain)
    except BadValue as bad:
        known = "、".join(bad.known) or type_.text
        raise bad_act(f"“{label}”不能填“{value}”，可填：{known}", f"'{label}' cannot be '{value}': {known}") from bad
    return text


def check_form(form: str, answers: Mapping[str, str], pack: Pack) -> None:
    """Refuse an answer that does not fit its field's type. Raises Refused (`bad_act`); `unknown` always fits."""
    for name, field in pack.forms[form].fields.items():
        answer = answers.get(name, "").strip()
        if answer and answer != "unknown":
            typed(answer.split("、") if field.type.many else answer, field.type, pack, field.zh or name)


def _member(value: object, type_: Type, pack: Pack) -> str:
    text = str(value)
    if type_.kind in ("scale", "set") and type_.name:
        return pack.resolve_name(f"{type_.kind}:{type_.name}", text) or text
    if type_.kind == "yes_no":
        return {"是": "yes", "否": "no"}.get(text, text)
    return (pack.resolve_name("body", text) or text) if type_.kind == "body" else text


def scale_of(act: str, kind: str, pack: Pack) -> str | None:
    """Return the scale of an act's value, where the pack has it."""
    name = SCALE_OF.get(act)
    if act == "adjust":
        name = "colour" if kind == "warning" else "level"
    if act == "activate" and "response" not in pack.words.domain.scales:
        name = "level"
    if act == "activate" and kind == "warning":
        name = None
    return name if name in pack.words.domain.scales else None


def _value(act: Act, case: Case | None, pack: Pack) -> str | None:
    if case is None:
        return act.value
    if act.name in ("set", "settle"):
        return _reading_value(act, pack)
    scale = scale_of(act.name, case.kind, pack)
    if scale is None:
        return act.value
    if act.value is not None:
        return str(typed(act.value, Type("scale", scale), pack, pack.label("scale", scale)))
    return default_value(act.name, case, pack)


def default_value(act: str, case: Case, pack: Pack) -> str | None:
    """Return the value an act brings when none is said: of the chain under way, of the assessment, of the level."""
    under_way = {c.value for c in case.chains.values() if c.state == "open" and c.act == act}
    if len(under_way) == 1:
        return under_way.pop()
    if act == "confirm":
        return case.assessments[-1].level if case.assessments else None
    if act == "activate" and case.kind == "incident":
        scale = scale_of(act, case.kind, pack)
        return case.level if scale == "level" else counterpart(case.level, "level", "response", pack)
    return None


def _reading_value(act: Act, pack: Pack) -> str | None:
    if act.reading is None or act.value is None or act.answer:
        return act.value
    name = _name("解读", "reading", act.reading, pack)
    value = act.value
    if name in pack.readings.switches:
        labels = {option.zh: key for key, option in pack.readings.switches[name].options.items()}
        value = labels.get(value, value)
    elif name in pack.words.parameters:
        value = str(typed(value, pack.words.parameters[name], pack, pack.label("reading", name)))
    for problem in bad_readings(pack, {name: value}):
        raise bad_act(problem.message("zh"), problem.message("en"))
    return value
