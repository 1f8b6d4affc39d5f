"""Chains under way as people read them: what is put before whom, who has spoken, what follows from the last link."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models.fields.json import KT

from fengsui.cases import models
from fengsui.cases.pages import ActLink, ChainView, Follow, LinkRow
from fengsui.cases.selectors import access, log, tree
from fengsui.cases.selectors.owed import is_for
from fengsui.cases.selectors.timeline import free, texts_beside
from fengsui.cases.selectors.words import VERB_MARKS, Words, act_label, pick
from fengsui.core import engine, obligations
from fengsui.core.book import Book
from fengsui.core.case import EVENT_OF, FREE_ACTS, Actor, Case, Chain, Event, Seat, seal
from fengsui.core.engine import Link, Offer
from fengsui.core.obligations import Obligation
from fengsui.core.pack.acts import VERB_NAMES
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.ledger.once import once

WAITING = 50
GLANCE = 5
"""Of so many cases, the most pressing, a desk and the page of approvals show what waits for the reader."""
MANY = 500
PASS_ON = "request"


@dataclass(frozen=True, slots=True)
class Turn:
    """A case in which an open chain waits for the reader, folded, with what he may do on it."""

    row: models.Case
    book: Book
    case: Case
    words: Words
    at: datetime
    offers: tuple[Offer, ...]
    owed: tuple[Obligation, ...]
    views: tuple[ChainView, ...]


def waiting(who: access.Reader, at: datetime, *, lang: Lang = "zh") -> tuple[tuple[ChainView, ...], bool]:
    """Return the chains in which it is this reader's turn, of the `GLANCE` most pressing cases; whether more wait.

    What would follow from his word is left out: that is asked where he gives it.
    """
    rows = pressing(my_turns(who))
    found = turns(rows[:GLANCE], who, at, lang, then=False)
    views = (replace(view, number=turn.row.number) for turn in found for view in turn.views)
    return tuple(views), len(rows) > GLANCE


@once
def my_turns(who: access.Reader) -> tuple[models.Case, ...]:
    """Return the cases in which a chain waits for this reader, without replay: of the longest waiting `WAITING`."""
    if not who.seats:
        return ()
    rows = access.readable(who).filter(waits=True).order_by("last_at")
    return tuple([row for row in rows[:MANY] if _my_turn(row, who)][:WAITING])


def pressing(rows: Sequence[models.Case]) -> list[models.Case]:
    """Return cases in the order in which a decision on them is due; what has no due time by how long it has waited."""
    owed = models.Obligation.objects.filter(root__in={row.root for row in rows}, case__in=[row.pk for row in rows])
    asked = owed.filter(live=True, due__isnull=False).values_list("case_id", "due", KT("data__discharge"))
    due: dict[str, datetime] = {}
    for case, moment, act in asked if rows else ():
        if act in EVENT_OF and act not in FREE_ACTS:
            due[case] = min(moment, due.get(case, moment))
    return sorted(rows, key=lambda row: (row.pk not in due, due.get(row.pk) or row.last_at or row.opened_at))


def turns(rows: Iterable[models.Case], who: access.Reader, at: datetime, lang: Lang, *, then: bool) -> Iterable[Turn]:
    """Fold each case that waits for this reader and keep the chains that are truly his turn.

    `then`: with what would follow from his word.
    """
    rows = list(rows)
    texts = texts_beside(who.root, *(row.pk for row in rows))
    for row in rows:
        book, case = log.book_of(row), log.fold(row.root, row.pk)
        words = Words(book.pack, row.root, row.organisation, lang)
        moment = max(at, case.events[-1].recorded_at)
        actor = Actor(who.person.id, tree.seats_on(who.seats, row.root, row.organisation))
        offers = engine.offers(book, case, actor, moment, only={PASS_ON, *_under_way(case)})
        owed = obligations.owed(book, case, moment) if then else ()
        views = chain_views(book, case, offers, words, moment, texts, owed=owed, then=then)
        mine = tuple(view for view in views if view.mine)
        if mine:
            yield Turn(row, book, case, words, moment, offers, owed, mine)


def _under_way(case: Case) -> Iterable[str]:
    return (chain.act for chain in case.chains.values() if chain.state == "open")


def chain_views(
    book: Book,
    case: Case,
    offers: Iterable[Offer],
    words: Words,
    at: datetime,
    texts: Mapping[str, str],
    seats: tuple[Seat, ...] = (),
    *,
    owed: Iterable[Obligation] | None = None,
    then: bool = True,
) -> tuple[ChainView, ...]:
    """Return every open chain of a case, with what this reader may answer, or withdraw from one of `seats`.

    `owed` is what is owed on the case at the moment, where that is known already; `then` False leaves out what would
    follow.
    """
    offered = list(offers)
    open_ = [chain for chain in case.chains.values() if chain.state == "open"]
    before = list(obligations.owed(book, case, at) if owed is None and open_ else owed or ())
    views = ((chain, _view(book, case, chain, offered, words, at, texts, before if then else None)) for chain in open_)
    return tuple(replace(view, acts=(*view.acts, *_withdraw(chain, seats, words))) for chain, view in views)


def link_rows(links: Iterable[Link], words: Words, root: str = "") -> tuple[LinkRow, ...]:
    """Return the links of a chain: done, now, next."""
    listed = list(links)
    names = directory.people(root, [link.person for link in listed if link.person]) if root else {}
    return tuple(
        LinkRow(
            word=VERB_MARKS.get(link.verb, "办"),
            verb=link.verb,
            verb_label=pick(VERB_NAMES.get(link.verb, (link.verb, link.verb)), words.lang),
            who=words.spoke({"acting": link.acting}, [link.seat]) if link.seat else words.parties(link.who),
            state="done" if link.at else "now" if link.turn else "next",
            at=link.at,
            person=names[link.person].name if link.person in names else "",
        )
        for link in listed
    )


def consequences(
    book: Book,
    case: Case,
    act: str,
    value: str | None,
    at: datetime,
    words: Words,
    owed: Iterable[Obligation],
    *,
    cited: bool = False,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return what starts, stops and remains of what is `owed` when an act is done now, by supposing its event.

    `cited`: with the clauses, and without the word that says which of the three it is.
    Only an aid for the eye: what is written in truth is decided when the act is done.
    """
    before = {o.key: o for o in owed}
    after = {o.key: o for o in obligations.owed(book, _supposed(book, case, act, value, at), at)}
    starts = [o for key, o in after.items() if o.live and (key not in before or not before[key].live)]
    stops = [o for key, o in before.items() if o.live and (key not in after or not after[key].live)]
    remains = [o for key, o in after.items() if o.live and key in before and before[key].live]
    return (
        tuple(_line(o, words, words.say("起算", "starts"), cited) for o in starts),
        tuple(_line(o, words, words.say("停止", "stops"), cited) for o in stops),
        tuple(_line(o, words, words.say("仍须办", "remains"), cited) for o in remains),
    )


def follows(starts: Iterable[str], stops: Iterable[str], remains: Sequence[str], words: Words) -> tuple[Follow, ...]:
    """Return what a card says of the consequences: each that starts or stops, and how many go on."""
    rest = words.say(f"仍须办：{len(remains)} 项", f"remains: {len(remains)}")
    return (
        *(Follow("starts", line) for line in starts),
        *(Follow("stops", line) for line in stops),
        *((Follow("remains", rest),) if remains else ()),
    )


def _supposed(book: Book, case: Case, act: str, value: str | None, at: datetime) -> Case:
    content: dict[str, object] = {}
    if act in ("assess", "confirm"):
        content["level"] = value or case.level or ""
    if act == "activate" and (value or case.level):
        content["response"] = value or case.level
    if act == "adjust" and value:
        content |= {"level": value, "response": value} if case.kind == "incident" else {"colour": value}
    if act == "issue":
        content["colour"] = value or ""
    last = case.events[-1]
    event = Event(EVENT_OF[act], case.id, case.seq + 1, at, at, "", (), content, last.pack, case.pin)
    return engine.evolve(case, seal(event, case.head))


def _line(owed: Obligation, words: Words, head: str, cited: bool) -> str:
    what = owed.owes.zh if words.lang == "zh" else owed.owes.en or owed.owes.zh
    by = f"{words.parties(owed.by)}{words.say('', ' ')}"
    due = (
        words.say("（{:%m-%d %H:%M} 前）", " (by {:%m-%d %H:%M})").format(owed.due.astimezone(words.pack.zone))
        if owed.due
        else ""
    )
    if cited:
        return f"{by}{what}{due}" + "".join(f"〔{cite.short}〕" for cite in words.cites(owed.clause))
    return f"{head}{words.say('：', ': ')}{by}{what}{due}"


def _view(
    book: Book,
    case: Case,
    chain: Chain,
    offers: list[Offer],
    words: Words,
    at: datetime,
    texts: Mapping[str, str],
    owed: list[Obligation] | None,
) -> ChainView:
    own = [offer for offer in offers if offer.next.chain == chain.id]
    lines = [offer.next for offer in own]
    mine = any(offer.allowed for offer in own)
    grant = next((grant for grant in book.pack.grants if grant.id == chain.grant), None)
    first = next(event for event in case.events if event.content.get("chain") == chain.id)
    cites = words.cites(grant.clause if grant else ())
    now = words.join(words.party(party) for line in lines for party in line.who)
    said = [free(first.content[key], texts) for key in ("reason", "note") if first.content.get(key)]
    title = act_label(chain.act, words.lang)
    if said:
        title += words.say("：", ": ") + " ".join(said)
    return ChainView(
        id=chain.id,
        act=chain.act,
        title=title,
        value=words.level(chain.value, proposed=True) or words.level(chain.value, "colour", proposed=True),
        links=link_rows(lines[0].links, words, case.root) if lines else (),
        since=chain.filled[-1].at,
        content=engine.shown(book, case, chain.act, chain.id),
        cites=cites,
        quote=cites[0].text if cites else "",
        then=() if owed is None else follows(*consequences(book, case, chain.act, chain.value, at, words, owed), words),
        mine=mine,
        acts=tuple(_acts(chain, own, case, words)),
        note="" if mine else words.say(f"等{now}办理，你没有这一环的权限。", f"It is the turn of {now}, not yours."),
    )


def _acts(chain: Chain, own: list[Offer], case: Case, words: Words) -> Iterable[ActLink]:
    part: dict[str, str] = {}
    if chain.target:
        part["reading"] = chain.target
    if chain.value:
        part["value"] = chain.value
    for offer in own:
        if offer.allowed:
            verb = offer.next.verb
            label = pick(VERB_NAMES.get(verb, (verb, verb)), words.lang)
            yield ActLink(chain.act, label, {**part, "verb": verb}, primary=True)
            yield ActLink(chain.act, words.say("退回", "return"), {**part, "answer": "return", "target": chain.id})
    if own and not any(offer.allowed for offer in own):
        told = {key: value for key, value in part.items() if key != "reading"}
        yield ActLink("urge", words.say("催批", "urge"), {"target": chain.id})
        yield ActLink(chain.act, words.say("登记口头意见", "register a word"), {**told, "by_word": "1"})


def _withdraw(chain: Chain, seats: tuple[Seat, ...], words: Words) -> Iterable[ActLink]:
    """Whoever began a chain may take it back until the next link is filled."""
    if len(chain.filled) == 1 and any(seat.text == chain.filled[0].seat for seat in seats):
        yield ActLink(chain.act, words.say("撤回", "withdraw"), {"answer": "withdraw", "target": chain.id})


def _my_turn(row: models.Case, who: access.Reader) -> bool:
    return any(is_for(seat, party) for seat in who.seats for party in row.waits_for)


__all__ = ["Turn", "chain_views", "consequences", "link_rows", "my_turns", "pressing", "turns", "waiting"]
