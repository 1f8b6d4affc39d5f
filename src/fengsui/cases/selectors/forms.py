"""What one act needs now, for one person: its fields, who may, what follows; the act page decides nothing itself.

Rules
- The line shown is the one this person may take; where there is none, the one that says best why not.
- `content` is the hash of what is shown; it comes back with the act, and a changed state is told (`content_changed`).
- Nothing here is a guard: whatever the form leaves open, the engine judges when the act is submitted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fengsui.cases.act_pages import ActForm, FormField
from fengsui.cases.pages import CaseRef, ChainView, Choice, FactRow, ReadingRow
from fengsui.cases.selectors import access
from fengsui.cases.selectors.approvals import chain_views, consequences, link_rows
from fengsui.cases.selectors.case_page import readings_open
from fengsui.cases.selectors.facts import case_facts, options_of
from fengsui.cases.selectors.meant import act_meant
from fengsui.cases.selectors.offers import ANSWERS, button, offer_view
from fengsui.cases.selectors.owed import is_for, outside_holders
from fengsui.cases.selectors.sight import sight
from fengsui.cases.selectors.systems import choices, further
from fengsui.cases.selectors.words import ACT_MARKS, VERB_MARKS, Words, act_label, event_label, pick
from fengsui.core import engine
from fengsui.core.book import Book
from fengsui.core.case import Case, Event, Party, Seat
from fengsui.core.conditions import parse_party
from fengsui.core.delegation import reaching
from fengsui.core.engine import Offer
from fengsui.core.forms import filled, qualified
from fengsui.core.grading import grade
from fengsui.core.obligations import Obligation
from fengsui.core.pack import Menu
from fengsui.core.pack.acts import IRREVERSIBLE, VERB_NAMES, irreversible
from fengsui.core.problems import Lang
from fengsui.core.timing import show_instant
from fengsui.directory import selectors as directory

REASONED = frozenset({"settle", "waive", "correct"})
NOTED = frozenset({"record", "report", "request", "hand_over", "order", "acknowledge", "urge", "publish"})
BACK_DATED = frozenset({"state", "report", "record", "acknowledge"})
FOLLOWED = frozenset({"assess", "confirm", "activate", "adjust", "investigate", "declare", *IRREVERSIBLE})
SCALES = {"assess": "level", "confirm": "level", "activate": "response", "issue": "colour"}


@dataclass(frozen=True)
class Desk:
    """Everything an act form is made from."""

    book: Book
    case: Case
    at: datetime
    words: Words
    seats: tuple[Seat, ...]
    person: str
    part: Mapping[str, str]
    act: str
    offers: tuple[Offer, ...]
    owed: tuple[Obligation, ...]
    texts: Mapping[str, str]


def act_form(
    person: str, ref: CaseRef, act: str, at: datetime, *, part: Mapping[str, str], lang: Lang = "zh"
) -> ActForm | None:
    """Return the form of an act, or None for an act that this kind of case does not know."""
    if access.reader(person, at) is None:
        return None
    seen = sight(person, ref, at, lang)
    name = act_meant(act, part, seen.case)
    if name is None:
        return None
    desk = Desk(
        book=seen.book,
        case=seen.case,
        at=seen.at,
        words=seen.words,
        seats=seen.seats,
        person=person,
        part=part,
        act=name,
        offers=seen.offers,
        owed=seen.owed,
        texts=seen.texts,
    )
    return _form(desk)


def _form(desk: Desk) -> ActForm:
    lines = _lines(desk)
    chosen = _chosen(desk, lines)
    line = chosen.next if chosen else None
    answer = desk.part.get("answer", "")
    may = [offer for offer in lines if offer.allowed]
    values = () if answer else _values(desk, may or lines)
    starts, stops, remains = _follows(desk, chosen, answer)
    forms = _form_ids(desk, chosen)
    chain = _chain(desk, chosen)
    last = line is None or sum(link.at is None for link in line.links) <= 1
    return ActForm(
        act=desk.act,
        label=_label(desk, chosen, answer),
        word=VERB_MARKS.get(line.verb, "") if line and line.chain else ACT_MARKS.get(desk.act, "办"),
        allowed=bool(may),
        offer=offer_view(chosen, desk.words) if chosen else None,
        verb=_verb(chosen, answer),
        verb_label=pick(VERB_NAMES.get(line.verb, ("", "")), desk.words.lang) if line else "",
        verbs=_verbs(desk, may),
        chain=chain,
        content=_content(desk, chosen),
        seats=(seats := _seats(desk, chosen)),
        acting=_acting(desk, seats),
        values=values,
        value=desk.part.get("value") or (line.value if line and line.value else "") or _suggested(desk, values),
        value_label=_value_label(desk, line.value if line else None),
        recipients=_recipients(desk),
        to=tuple(text for text in desk.part.get("to", "").split() if text),
        duties=_duties(desk),
        duty=tuple(text for text in desk.part.get("duty", "").split() if text),
        matters=desk.words.choices("matter") if desk.act == "record" else (),
        targets=_targets(desk),
        target=desk.part.get("target", ""),
        readings=_readings(desk),
        reading_values=_reading_values(desk),
        form=next(iter(forms), ""),
        form_label=desk.words.join(desk.words.pack.label("form", one, desk.words.lang) for one in forms),
        fields=_fields(desk, forms),
        facts=_facts(desk),
        systems=_systems(desk),
        documents=_documents(desk),
        choices=_choices(desk),
        choose_at_least=_at_least(desk),
        step=desk.part.get("step", ""),
        steps=_steps(desk, lines),
        wants_reason=_wants_reason(desk, chosen, answer),
        wants_note=desk.act in NOTED,
        by_word=bool(_word_seats(desk, chosen)),
        word_for=_word_seats(desk, chosen),
        registrars=_registrars(desk),
        register_for=_outside(desk, lines),
        dated_back=desk.act in BACK_DATED,
        grave=(grave := tuple(each.id for each in values if _irreversible(desk, each.id))),
        irreversible=(bool(grave) or not values and _irreversible(desk)) and last and not answer and bool(may),
        stops=stops,
        remains=remains,
        starts=starts,
        readings_open=_unset(desk, chosen),
    )


def _lines(desk: Desk) -> list[Offer]:
    step = desk.part.get("step")
    if desk.act == "step" and step:
        return [offer for offer in desk.offers if offer.next.step == step]
    if desk.act == "step":
        return [offer for offer in desk.offers if offer.next.act == "step"]
    found = [offer for offer in desk.offers if offer.next.act == desk.act and offer.next.step is None]
    answer, target = desk.part.get("answer"), desk.part.get("target")
    if answer in ANSWERS:
        return [offer for offer in found if offer.next.verb == answer and offer.next.target == target]
    found = [offer for offer in found if offer.next.verb not in ANSWERS]
    reading = desk.part.get("reading")
    if reading and any(offer.next.target == reading for offer in found):
        return [offer for offer in found if offer.next.target == reading]
    return found


def _chosen(desk: Desk, lines: Sequence[Offer]) -> Offer | None:
    wanted = desk.part.get("verb"), desk.part.get("value")

    def fit(offer: Offer) -> tuple[bool, bool, bool]:
        line = offer.next
        return (
            not offer.allowed,
            bool(wanted[0]) and line.verb != wanted[0],
            bool(wanted[1]) and wanted[1] not in (line.value, *line.values),
        )

    return min(lines, key=fit, default=None)


def _label(desk: Desk, chosen: Offer | None, answer: str) -> str:
    words = desk.words
    if answer:
        told = {"return": ("退回", "return"), "withdraw": ("撤回", "withdraw"), **ANSWERS}
        head = pick(told.get(answer, (answer, answer)), words.lang)
        return f"{head}{words.say('', ' ')}{act_label(desk.act, words.lang)}"
    if desk.act == "step" and desk.part.get("step"):
        return words.thing(desk.part["step"])
    label = act_label(desk.act, words.lang)
    said = button(desk.act, chosen.next.verb, words) if chosen else label
    if chosen and said != label and (chosen.next.chain or len(chosen.next.links) > 1):
        return f"{label}{words.say('：', ': ')}{said}"
    return label


def _verb(chosen: Offer | None, answer: str) -> str:
    if answer or chosen is None or not chosen.next.grant:
        return ""
    return chosen.next.verb


def _verbs(desk: Desk, may: Iterable[Offer]) -> tuple[Choice, ...]:
    verbs = dict.fromkeys(offer.next.verb for offer in may if offer.next.grant)
    return tuple(Choice(verb, pick(VERB_NAMES.get(verb, (verb, verb)), desk.words.lang)) for verb in verbs)


def _chain(desk: Desk, chosen: Offer | None) -> ChainView | None:
    """Return the chain under way that the act goes on with, or the one it would begin."""
    if chosen is None or not chosen.next.links:
        return None
    line = chosen.next
    if line.chain:
        views = chain_views(desk.book, desk.case, desk.offers, desk.words, desk.at, desk.texts, owed=desk.owed)
        return next((view for view in views if view.id == line.chain), None)
    cites = desk.words.cites(line.clause)
    return ChainView(
        id="",
        act=desk.act,
        title=act_label(desk.act, desk.words.lang),
        value=None,
        links=link_rows(line.links, desk.words, desk.case.root),
        since=desk.at,
        content="",
        cites=cites,
        quote=cites[0].text if cites else "",
    )


def _content(desk: Desk, chosen: Offer | None) -> str:
    if chosen is None or not chosen.next.grant or chosen.next.free or chosen.next.step:
        return ""
    return engine.shown(desk.book, desk.case, desk.act, chosen.next.chain)


def _seats(desk: Desk, chosen: Offer | None) -> tuple[Choice, ...]:
    """Return the seats to speak from: the one that the line accepts, or all of the person's own for a free act."""
    words = desk.words
    if chosen is not None and chosen.allowed and chosen.seat is not None and not chosen.next.free:
        return (Choice(chosen.seat.text, words.seat(chosen.seat)),)
    mine = reaching(desk.seats, desk.act, desk.at, desk.part.get("answer")) or desk.seats
    return tuple(Choice(seat.text, words.seat(seat)) for seat in mine)


def _acting(desk: Desk, seats: Sequence[Choice]) -> str:
    """Return the sentence that names both, where the seat that would speak is another's."""
    lent = next((seat for seat in desk.seats if seats and seat.acting_for and seat.text == seats[0].id), None)
    if lent is None:
        return ""
    words, own = desk.words, desk.words.body(lent.own)
    until = show_instant(lent.until, desk.book.pack.zone) if lent.until else ""
    end = words.say(f"，至 {until}", f", until {until}") if until else ""
    return f"{own}{words.say('', ' ')}{words.seat(lent)}{end}"


def _values(desk: Desk, lines: Iterable[Offer]) -> tuple[Choice, ...]:
    if desk.act not in ("assess", "confirm", "activate", "adjust", "issue"):
        return ()
    listed = list(lines)
    chain = next((offer.next for offer in listed if offer.next.chain and offer.next.value), None)
    ids = [chain.value] if chain else [value for offer in listed for value in offer.next.values]
    scale = _scale(desk)
    order = desk.words.pack.words.domain.scales.get(scale, ())
    found = [name for name in reversed(order) if name in ids]
    badges = [desk.words.level(name, scale) for name in found]
    return tuple(Choice(badge.id, badge.label) for badge in badges if badge is not None)


def _irreversible(desk: Desk, value: str | None = None) -> bool:
    """Return whether nothing takes the act back, of a warning with the colour chosen or the one it has."""
    colour = desk.words.level(value or desk.case.colour, "colour")
    return irreversible(desk.act, colour.rank if colour else None)


def _scale(desk: Desk) -> str:
    if desk.act == "adjust":
        return "level" if desk.case.kind == "incident" else "colour"
    return SCALES.get(desk.act, "level") if desk.case.kind != "warning" or desk.act != "activate" else "response"


def _suggested(desk: Desk, values: Sequence[Choice]) -> str:
    """Return the level to start with: what the engine computes, what was assessed, what was confirmed."""
    ids = {choice.id for choice in values}
    case = desk.case
    told = {"confirm": case.assessments[-1].level if case.assessments else None, "activate": case.level}
    if desk.act == "assess" and case.kind == "incident":
        told["assess"] = grade(desk.book, case, desk.at, ask=False).level
    found = told.get(desk.act)
    if found is not None and found in ids:
        return found
    return next(iter(ids)) if len(ids) == 1 else ""


def _value_label(desk: Desk, value: str | None) -> str:
    badge = desk.words.level(value, _scale(desk)) if value else None
    return badge.label if badge else ""


def _recipients(desk: Desk) -> tuple[Choice, ...]:
    if desk.act not in ("report", "request", "hand_over"):
        return ()
    words, pack = desk.words, desk.words.pack
    owed = [r.party.text for one in desk.owed if one.live for r in one.to if not r.party.unset and _mine(desk, one)]
    units = [unit.text for unit in directory.units(words.root, words.organisation) if unit.place]
    plain = [name for name, body in pack.bodies.items() if body.kind != "derived" and not body.many]
    own = [seat.body for seat in desk.seats if not seat.place]
    if desk.act == "hand_over":  # a shift is mostly handed to the next one of the same body
        return tuple(Choice(text, words.body(text)) for text in dict.fromkeys((*own, *plain, *units)))
    found = dict.fromkeys((*desk.part.get("to", "").split(), *owed, *plain, *units))
    return tuple(Choice(text, words.body(text)) for text in found if text and text not in own)


def _mine(desk: Desk, one: Obligation) -> bool:
    return any(is_for(seat, party) for seat in desk.seats for party in one.by)


def _duties(desk: Desk) -> tuple[Choice, ...]:
    """Return the open duties of this person that the act may discharge, each once."""
    if desk.act != "report":
        return ()
    mine = [
        one for one in desk.owed if one.live and one.source == "duty" and one.discharge == "report" and _mine(desk, one)
    ]
    found = {one.duty: one.owes.zh if desk.words.lang == "zh" else one.owes.en or one.owes.zh for one in mine}
    return tuple(Choice(id, label) for id, label in found.items())


def _targets(desk: Desk) -> tuple[Choice, ...]:
    words, case = desk.words, desk.case
    if desk.act in ("waive", "urge"):
        live = [one for one in desk.owed if one.live and (desk.act == "urge" or _above(desk, one))]
        chains = [line.next for line in desk.offers if line.next.chain and line.next.who and desk.act == "urge"]
        asked = {str(line.chain): f"{act_label(line.act, words.lang)}（{words.parties(line.who)}）" for line in chains}
        owed = {
            one.key: f"{words.say(one.owes.zh, one.owes.en or one.owes.zh)}（{words.parties(one.by)}）" for one in live
        }
        return tuple(Choice(key, label) for key, label in {**asked, **owed}.items())
    if desk.act == "correct":
        mine = {seat.text for seat in desk.seats}
        said = [event for event in reversed(case.events) if mine & set(event.seats)]
        return tuple(
            Choice(str(event.seq), f"{event.seq} {event_label(event, words.pack, words.lang)}") for event in said
        )
    if desk.act == "acknowledge":
        told = [event for event in reversed(case.events) if _told(desk, event)]
        return tuple(
            Choice(str(event.seq), f"{event.seq} {event_label(event, words.pack, words.lang)}") for event in told
        )
    return ()


def _above(desk: Desk, one: Obligation) -> bool:
    """Return whether a seat of this person holds the obligation or stands above its holder."""
    if _mine(desk, one):
        return True
    bodies, own = desk.words.pack.bodies, {seat.body for seat in desk.seats}
    for party in one.by:
        name = party.body
        while name in bodies and bodies[name].under:
            name = str(bodies[name].under)
            if name in own:
                return True
    return False


def _told(desk: Desk, event: Event) -> bool:
    """Return whether an event is one to acknowledge: addressed to this person, or a shift that another handed over."""
    if event.type == "handed_over" and event.person != desk.person:
        return not event.content.get("to") or _for_me(desk, event.content["to"])
    return _for_me(desk, event.content.get("to"))


def _for_me(desk: Desk, to: object) -> bool:
    named = [parse_party(str(text)) for text in to] if isinstance(to, list | tuple) else []
    return any(is_for(seat, party) for seat in desk.seats for party in named)


def _readings(desk: Desk) -> tuple[Choice, ...]:
    if desk.act not in ("settle", "set"):
        return ()
    pack, lang = desk.words.pack, desk.words.lang
    unset = [name for name in (*pack.words.parameters, *pack.readings.switches) if name not in desk.book.decided]
    names = [name for name in unset if name not in desk.case.settled] if desk.act == "settle" else unset
    first = [name for name in (desk.part.get("reading", ""),) if name]
    return tuple(Choice(name, pack.label("reading", name, lang)) for name in dict.fromkeys((*first, *names)))


def _reading_values(desk: Desk) -> tuple[Choice, ...]:
    name = desk.part.get("reading", "")
    pack, lang = desk.words.pack, desk.words.lang
    if desk.act not in ("settle", "set") or not name:
        return ()
    if name in pack.readings.switches:
        options = pack.readings.switches[name].options
        return tuple(Choice(id, one.zh if lang == "zh" else one.en or one.zh) for id, one in options.items())
    type_ = pack.words.parameters.get(name)
    return options_of(type_, desk.words) if type_ else ()


def _form_ids(desk: Desk, chosen: Offer | None) -> tuple[str, ...]:
    """Return the forms to fill: the grant's, or those of the duties meant; the plan's own carries a regime's."""
    if chosen is not None and chosen.next.form:
        return (chosen.next.form,)
    if desk.act not in ("report", "record", "investigate"):
        return ()
    wanted = set(desk.part.get("duty", "").split())
    mine = [one for one in desk.owed if one.live and one.form and one.discharge == desk.act and _mine(desk, one)]
    found = dict.fromkeys(str(one.form) for one in mine if not wanted or one.duty in wanted)
    return tuple(sorted(found, key=lambda form: ":" in form) if wanted else list(found)[:1])


def _fields(desk: Desk, forms: Sequence[str]) -> tuple[FormField, ...]:
    """Return what is to be asked: not what the facts of the case answer, nor a question that an earlier form asks."""
    found: list[FormField] = []
    shared = {name: fact.value for name, fact in desk.case.facts.items()}
    for form in forms:
        answered = filled(desk.words.pack, form, {}, facts=shared)
        if form != forms[0]:
            asked = dict.fromkeys(desk.words.pack.forms[forms[0]].fields, "asked")
            answered |= filled(desk.words.pack, form, asked, carried=forms[0])
        found += _asked(desk, form, answered, first=form == forms[0])
    return tuple(found)


def _asked(desk: Desk, form: str, answered: Mapping[str, str], first: bool) -> list[FormField]:
    words, known = desk.words, desk.case.facts
    texts, before = desk.texts, _before(desk, form)
    found = []
    for name, rule in words.pack.forms[form].fields.items():
        if name in answered:
            continue
        fact = known.get(name) if ":" not in form else None
        value = fact.value if fact is not None and isinstance(fact.value, str) else before.get(name, "")
        label = (rule.zh if words.lang == "zh" else rule.en or rule.zh) or words.pack.label("fact", name, words.lang)
        found.append(
            FormField(
                name=name if first else qualified(form, name),
                label=label,
                kind=rule.type.kind,
                required=not rule.later,
                later=rule.later,
                value=texts.get(value, value),
                options=options_of(rule.type, words),
                many=rule.type.many,
            )
        )
    return found


def _before(desk: Desk, form: str) -> dict[str, str]:
    """Return what earlier forms said in fields of the same question, the latest last: a letter its phone record."""
    found: dict[str, str] = {}
    for event in desk.case.events:
        carried, said = event.content.get("form_id"), event.content.get("form")
        if carried and carried != form and isinstance(said, Mapping):
            found |= filled(desk.words.pack, form, said, carried=str(carried))
    return found


def _facts(desk: Desk) -> tuple[FactRow, ...]:
    if desk.act not in ("state", "correct"):
        return ()
    return tuple(row for row in case_facts(desk.case, desk.words, desk.texts) if not row.from_asset)


def _systems(desk: Desk) -> tuple[Choice, ...]:
    """Return the systems to add, or for a correction all those to choose anew from."""
    words = desk.words
    if desk.act == "correct":
        return choices(words.root, words.organisation, words)
    return further(desk.case, words) if desk.act == "state" else ()


def _documents(desk: Desk) -> tuple[Choice, ...]:
    """Return the pieces of evidence the plan knows, those this act needs first."""
    if desk.act in ("state", "urge", "acknowledge", "hand_over", "waive"):
        return ()
    needed = [name for offer in _lines(desk) for name in (*offer.next.needs, *offer.next.missing)]
    names = dict.fromkeys([name for name in needed if _is_document(desk, name)])
    names |= dict.fromkeys(desk.words.pack.terms.documents)
    return tuple(Choice(name, desk.words.thing(name), _needed(desk, name in needed)) for name in names)


def _needed(desk: Desk, needed: bool) -> str:
    return desk.words.say("须附", "needed") if needed else ""


def _is_document(desk: Desk, name: str) -> bool:
    pack = desk.words.pack
    return name in pack.terms.documents or name in pack.forms or name in pack.terms.matters


def _menu(desk: Desk) -> Menu | None:
    step = desk.words.pack.steps.get(desk.part.get("step", ""))
    return step.choose if step is not None and desk.act == "step" else None


def _choices(desk: Desk) -> tuple[Choice, ...]:
    menu = _menu(desk)
    if menu is None:
        return ()
    lang = desk.words.lang
    return tuple(
        Choice(id, one.label.zh if lang == "zh" else one.label.en or one.label.zh) for id, one in menu.of.items()
    )


def _at_least(desk: Desk) -> int:
    menu = _menu(desk)
    return menu.at_least if menu is not None else 0


def _steps(desk: Desk, lines: Iterable[Offer]) -> tuple[Choice, ...]:
    if desk.act != "step" or desk.part.get("step"):
        return ()
    return tuple(Choice(str(o.next.step), desk.words.thing(str(o.next.step))) for o in lines if o.allowed)


def _wants_reason(desk: Desk, chosen: Offer | None, answer: str) -> bool:
    if answer in ("return", "refuse_ratification") or desk.act in REASONED:
        return True
    spec = desk.words.pack.grading.grade
    if desk.act in ("assess", "confirm") and spec is not None and spec.reason_required:
        return True
    return chosen is not None and "reason" in (*chosen.next.needs, *chosen.next.missing)


def _word_seats(desk: Desk, chosen: Offer | None) -> tuple[Choice, ...]:
    """Return the seats of others whose word this person may write down: those whose turn it is."""
    if chosen is None or not chosen.next.grant or chosen.next.free or not desk.seats:
        return ()
    lines = [offer.next for offer in _lines(desk) if offer.next.grant and offer.next.state == "may"]
    parties = [party for line in lines for party in line.who if not party.unset]
    held = [one for party in parties for one in _holders(desk, party)]
    own = {seat.text for seat in desk.seats}
    seats = {h.seat.text for h in held if any(is_for(h.seat, party) for party in parties)} - own
    return tuple(Choice(text, desk.words.body(text)) for text in sorted(seats))


def _holders(desk: Desk, party: Party) -> Iterable[directory.SeatHeld]:
    for organisation in party.homes or (desk.case.organisation,):
        yield from directory.holders(desk.case.root, organisation, {party.body}, desk.at)


def _registrars(desk: Desk) -> tuple[Choice, ...]:
    people = directory.people_of(desk.case.root, desk.case.organisation)
    return tuple(Choice(person.id, person.name) for person in people if person.id != desk.person)


def _outside(desk: Desk, lines: Iterable[Offer]) -> tuple[Choice, ...]:
    """Return the outside bodies that the act may be registered for, by paper."""
    if not desk.seats:
        return ()
    bodies = desk.words.pack.bodies
    texts = [party.text for offer in lines for party in offer.next.who if not party.unset]
    texts = [text for text in texts if bodies[text.partition("@")[0].partition(".")[0]].kind == "external"]
    if desk.act == "acknowledge":
        texts += [name for name, body in bodies.items() if body.kind == "external"]
    if desk.act == "report":
        texts += [text for one in desk.owed if one.live for text in outside_holders(one.by, desk.words)]
    return tuple(Choice(text, desk.words.body(text)) for text in dict.fromkeys(texts))


def _follows(desk: Desk, chosen: Offer | None, answer: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    if answer or desk.act not in FOLLOWED or chosen is None or not chosen.next.grant:
        return (), (), ()
    value = desk.part.get("value") or chosen.next.value
    if not value and desk.act in ("assess", "confirm", "issue", "adjust"):
        return (), (), ()
    return consequences(desk.book, desk.case, desk.act, value, desk.at, desk.words, desk.owed, cited=True)


def _unset(desk: Desk, chosen: Offer | None) -> tuple[ReadingRow, ...]:
    if chosen is None or not chosen.next.open:
        return ()
    return readings_open(desk.book, desk.case, (), [chosen], None, desk.words)
