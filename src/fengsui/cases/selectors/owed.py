"""Obligations on their way to a page: out of the engine or out of their row, one shape, one set of words.

Rules
- A row is a photograph of the last event; `as_of` brings it to the moment of asking (overdue, past the watch time)
  without replaying the case.
- The look of a row is one of six: late, soon (less than a quarter or half an hour left), ok, idle, done.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q
from django.db.models.fields.json import KT

from fengsui.cases import models
from fengsui.cases.pages import ActLink, LevelBadge, ObligationRow, RecipientRow
from fengsui.cases.selectors.words import KIND_LABELS, KIND_STATES, STATE_LABELS, Words, act_label, pick
from fengsui.core.canon import moment, stamp
from fengsui.core.case import Party, Seat
from fengsui.core.obligations import LIVE, Obligation
from fengsui.core.pack import Body, Duty, ReadingRef
from fengsui.core.pack.acts import ACT_NAMES

SOON = timedelta(minutes=30)
REPORTS = frozenset({"report"})
UNDECIDED = "undecided"
"""An obligation of which nobody knows whether it is owed is no deadline to put on a wall."""


class Owed(NamedTuple):
    """Of an obligation's row what it takes to count and sort it: a desk counts many and shows few."""

    pk: str
    case_id: str
    state: str
    due: datetime | None
    data: dict[str, Any]


class Live(NamedTuple):
    """Of a live obligation's row what the line of its case says."""

    case_id: str
    state: str
    due: datetime | None
    owes: str
    kind: str

    def overdue(self, at: datetime) -> bool:
        """Return whether it is overdue at a moment (`as_of`)."""
        return self.state == "overdue" or passed(self.state, self.due, self.kind, at)


@dataclass(frozen=True, slots=True)
class CaseBit:
    """What a row says of its case."""

    number: str = ""
    title: str = ""
    level: LevelBadge | None = None
    exercise: bool = False


def fields_of(obligation: Obligation) -> dict[str, Any]:
    """Return the columns of an obligation's row."""
    return {
        "duty": obligation.duty,
        "state": obligation.state,
        "live": obligation.live,
        "owes": obligation.owes.zh[:300],
        "by": [party.text for party in obligation.by],
        "to": [recipient.party.text for recipient in obligation.to],
        "opened": obligation.opened,
        "due": obligation.due,
        "data": data_of(obligation),
    }


def data_of(obligation: Obligation) -> dict[str, Any]:
    """Return the rest of an obligation as JSON: enough to show it without replaying its case."""
    return {
        "trigger": obligation.trigger,
        "occurrence": obligation.occurrence,
        "by": [party_data(party) for party in obligation.by],
        "to": [{**party_data(r.party), "served_at": _stamp(r.served_at)} for r in obligation.to],
        "start": _stamp(obligation.start),
        "estimated": obligation.estimated,
        "kind": obligation.kind,
        "word": obligation.word,
        "in_principle": obligation.in_principle,
        "born_late": obligation.born_late,
        "optional": obligation.optional or "",
        "open": list(obligation.open),
        "met_at": _stamp(obligation.met_at),
        "met_seq": obligation.met_seq,
        "watch_at": _stamp(obligation.watch_at),
        "form": obligation.form or "",
        "discharge": obligation.discharge,
        "clause": list(obligation.clause),
        "source": obligation.source,
        "owes_en": obligation.owes.en or "",
        "product": obligation.product or "",
    }


def row_of(obligation: Obligation) -> models.Obligation:
    """Return an unsaved row with what the engine says now: pages treat both alike."""
    return models.Obligation(key=obligation.key, **fields_of(obligation))


class Sum(NamedTuple):
    """How many obligations of a case are open, how many of them overdue, and the nearest due time that is decided."""

    open: int = 0
    overdue: int = 0
    due: datetime | None = None


def as_of(row: models.Obligation | Owed, at: datetime) -> str:
    """Return the state of a row at a moment: time passes between two events."""
    if passed(row.state, row.due, row.data["kind"], at):
        return "overdue"
    watch = row.data.get("watch_at")
    if row.state == "open" and watch and at > moment(watch):
        return "watch_passed"
    return str(row.state)


def passed(state: str, due: datetime | None, kind: str, at: datetime) -> bool:
    """Return whether a due time went by since the row was written."""
    return state in ("open", "watch_passed") and due is not None and kind == "hard" and at > due


def late(at: datetime) -> Q:
    """Return the condition that an obligation is overdue at a moment, as `passed` says it."""
    return Q(state="overdue") | Q(state__in=("open", "watch_passed"), due__lt=at, data__kind="hard")


def sums_of(root: str, cases: Collection[str], at: datetime) -> dict[str, Sum]:
    """Return how much is open on cases, by case: where many are only counted."""
    rows = models.Obligation.objects.filter(root=root, case__in=cases, live=True).order_by()
    told = rows.values_list("case_id").annotate(
        many=Count("pk"), late=Count("pk", filter=late(at)), nearest=Min("due", filter=~Q(state=UNDECIDED))
    )
    return {case: Sum(*sums) for case, *sums in told}


def live_of(root: str, cases: Collection[str]) -> dict[str, list[Live]]:
    """Return the live obligations of cases by case, the nearest due first, what has no due time last.

    Put in order here: asked to sort, a database walks the nearest due of the whole root instead of these cases.
    """
    rows = models.Obligation.objects.filter(root=root, case__in=cases, live=True)
    told = rows.values_list("pk", "case_id", "state", "due", "owes", KT("data__kind"))
    found: dict[str, list[Live]] = {}
    for _, *row in sorted(told, key=lambda one: (one[3] is None, str(one[3]), one[0])):
        live = Live(*row)
        found.setdefault(live.case_id, []).append(live)
    return found


def is_for(seat: Seat, party: Party | Mapping[str, Any]) -> bool:
    """Return whether a seat belongs to a party, for telling and marking: any post of the body counts.

    Who may act is stricter and the engine's to say (`acts_through`).
    """
    body, post, place, excluding, unset = _parts(party)
    if unset or seat.body != body or not _home(seat, party):
        return False
    if (place and seat.place != place) or (excluding and seat.place == excluding):
        return False
    return not post or seat.post == post


def _home(seat: Seat, party: Party | Mapping[str, Any]) -> bool:
    """Return whether the seat's organisation is one that the party means; where it says none, the case's own."""
    homes = party.homes if isinstance(party, Party) else party.get("homes", ())
    return not homes or seat.organisation in homes


def mine(row: models.Obligation | Owed, seats: Iterable[Seat]) -> bool:
    """Return whether one of the seats owes it; a lent one where its paper covers what discharges it."""
    mine_to_do = [seat for seat in seats if not seat.acts or row.data["discharge"].partition(" ")[0] in seat.acts]
    return any(is_for(seat, party) for seat in mine_to_do for party in row.data["by"])


def obligation_row(
    row: models.Obligation, words: Words, seats: Sequence[Seat], at: datetime, case: CaseBit, *, link: bool = True
) -> ObligationRow:
    """Return one row of a page."""
    state, data = as_of(row, at), row.data
    kind = kind_word(row, words)
    my = mine(row, seats)
    return ObligationRow(
        key=row.key,
        duty=row.duty,
        kind_word=kind,
        kind_label=pick(KIND_LABELS[kind], words.lang),
        look=look(row, state, at),
        state=state,
        state_label=_state_label(row, state, words),
        owes=words.say(row.owes, data["owes_en"] or row.owes),
        by=words.parties(data["by"]),
        to=tuple(_recipient(party, words) for party in data["to"]),
        cites=words.cites(data["clause"]),
        start=_moment(data["start"]),
        due=row.due,
        met_at=_moment(data["met_at"]),
        watch_at=_moment(data["watch_at"]),
        limit_label=limit_label(row, words),
        kind=data["kind"],
        note=_note(row, state, words),
        mine=my,
        act=_link(row, words, my) if link and state in LIVE else None,
        case_number=case.number,
        case_title=case.title,
        case_level=case.level,
        exercise=case.exercise,
        regime=regime_of(row.duty, words),
    )


def regime_of(duty: str, words: Words) -> str:
    """Return the title of the regime that asks for a duty; nothing for one of the plan."""
    own, _ = words.of(duty)
    return own.title if own is not words else ""


def look(row: models.Obligation, state: str, at: datetime) -> str:
    """Return late, soon, ok, idle or done."""
    if state not in LIVE:
        return "done"
    if state in ("overdue",):
        return "late"
    if row.data["kind"] in ("unset", "clock_unset"):
        return "idle"
    if row.due is None:
        return "soon" if state == "watch_passed" else "ok"
    start = _moment(row.data["start"]) or row.opened
    left = row.due - at
    return "soon" if left < SOON or left * 4 < row.due - start else "ok"


def urgency(row: ObligationRow | Obligation) -> tuple[int, float]:
    """Return what rows are sorted by: overdue longest first, then the nearest due, then soft words, then the rest."""
    if row.due is not None:
        return (0, row.due.timestamp())
    if row.watch_at is not None:
        return (0, row.watch_at.timestamp())
    return (_RANK.get(row.kind, 3), row.start.timestamp() if row.start else 0.0)


def pressing(row: models.Obligation | Owed) -> tuple[int, float]:
    """Return the same of a row of the table, which need not become a line of a page for it."""
    until = row.due or _moment(row.data["watch_at"])
    if until is not None:
        return (0, until.timestamp())
    start = _moment(row.data["start"])
    return (_RANK.get(row.data["kind"], 3), start.timestamp() if start else 0.0)


_RANK = {"soft": 1, "no_limit": 2, "keep": 4}


def kind_word(row: models.Obligation, words: Words) -> str:
    """Return the one character, inferred from the obligation (ui.md 4)."""
    discharge, source = row.data["discharge"], row.data["source"]
    if source in ("ratify", "countersign"):
        return "批"
    known = {"investigate": "评", "hand_over": "交", "urge": "催", "drill": "练", "review": "修"}
    if discharge in known:
        return known[discharge]
    if discharge != "report" or row.data["kind"] == "keep":
        return "办"
    bodies = words.pack.bodies
    holders = {party["body"] for party in row.data["by"]}
    up = {bodies[name].under for name in holders if name in bodies}
    upward = any(to["body"] in up or above(bodies, holders, to["body"]) for to in row.data["to"])
    return "报" if upward or not row.data["to"] else "通"


def limit_label(row: models.Obligation, words: Words) -> str:
    """Return the limit as the plan says it."""
    data = row.data
    duty = duty_of(row, words)
    if data["source"] == "step":
        step = words.pack.steps.get(row.duty.removeprefix("step "))
        return words.limit(step.within if step else None)
    if duty is not None:
        if duty.keep is not None:
            return words.say("持续", "continuous")
        if duty.within is not None and not isinstance(duty.within, ReadingRef):
            return words.of(row.duty)[0].limit(duty.within, in_principle=data["in_principle"])
        if duty.within is None and duty.every is not None:
            return words.say("定期", "recurring")
    if row.due is not None and data["start"]:
        length = row.due - moment(data["start"])
        return words.say(f"{int(length.total_seconds() // 60)} 分钟", f"{int(length.total_seconds() // 60)} min")
    return pick(KIND_STATES.get(data["kind"], ("", "")), words.lang)


def duty_of(row: models.Obligation, words: Words) -> Duty | None:
    """Return the rule that an obligation is an instance of."""
    own, name = words.of(row.duty)
    return next((duty for duty in own.pack.duties if duty.id == name), None)


def above(bodies: Mapping[str, Body], holders: Iterable[str], to: str) -> bool:
    """Return whether a body stands above one of the holders: by `under`, or outside as a superior."""
    found, queue = set(), [name for name in holders if name in bodies]
    while queue:
        upper = bodies[queue.pop()].under
        if upper and upper not in found:
            found.add(upper)
            queue.append(upper)
    target = bodies.get(to)
    if to in found or target is None:
        return to in found
    return target.kind == "external" and any(word in target.zh for word in ("上级", "总局", "省"))


def _link(row: models.Obligation, words: Words, mine: bool) -> ActLink | None:
    """Return the button: what discharges it for the one who owes it, urging for the others."""
    data = row.data
    outside = () if mine else outside_holders(data["by"], words)
    if outside and data["discharge"] == "report":
        to = [party["text"] for party in data["to"] if not party["unset"]]
        told = {"register_for": outside[0], **({"to": to[0]} if to else {})}
        return ActLink("report", words.say("登记其报告", "register its report"), told)
    if not mine:
        return ActLink("urge", act_label("urge", words.lang), {"target": row.key})
    return discharge_link(row, words)


def discharge_link(row: models.Obligation, words: Words) -> ActLink:
    """Return the act that discharges an obligation, with what is known of it already."""
    data = row.data
    if data["source"] in ("ratify", "countersign"):
        label = words.say("追认", "ratify") if data["source"] == "ratify" else words.say("补签", "sign")
        return ActLink(data["source"], label, {"answer": data["source"], "target": str(data["trigger"])})
    discharge = data["discharge"]
    if discharge == "report":
        to = [party["text"] for party in data["to"] if not party["unset"]]
        return ActLink("report", words.say("去报送", "report"), {"duty": row.duty, **({"to": to[0]} if to else {})})
    if discharge.startswith("step "):
        return ActLink("step", words.say("去办理", "do"), {"step": discharge.removeprefix("step ")})
    if discharge in ACT_NAMES:
        return ActLink(discharge, act_label(discharge, words.lang), {"duty": row.duty})
    return ActLink("record", words.say("去记录", "record"), {"matter": discharge})


def outside_holders(parties: Iterable[Party | Mapping[str, Any]], words: Words) -> tuple[str, ...]:
    """Return the bodies outside among the holders of an obligation: what they say reaches the case by paper."""
    named = [data["text"] for data in (party_data(p) if isinstance(p, Party) else p for p in parties)]
    bodies = words.pack.bodies
    heads = {text: bodies.get(text.partition("@")[0].partition(".")[0]) for text in named}
    return tuple(text for text, body in heads.items() if body is not None and body.kind == "external")


def _recipient(party: Mapping[str, Any], words: Words) -> RecipientRow:
    return RecipientRow(words.party(party), _moment(party["served_at"]), bool(party["unset"]))


def _state_label(row: models.Obligation, state: str, words: Words) -> str:
    kind = row.data["kind"]
    if state == "open" and kind in KIND_STATES and KIND_STATES[kind][0]:
        return pick(KIND_STATES[kind], words.lang)
    return pick(STATE_LABELS[state], words.lang)


def _note(row: models.Obligation, state: str, words: Words) -> str:
    data = row.data
    notes = []
    if state == "undecided" or (state in LIVE and data["open"]):
        notes.append(words.say("待定：", "open: ") + words.join(words.leaf(leaf) for leaf in data["open"]))
    if data["born_late"]:
        notes.append(words.say("因调级而生，生时已过点", "born late by a regrade"))
    if data["estimated"]:
        notes.append(words.say("工作日历未公布，时限为估算", "estimated: the work calendar is not published"))
    if data["in_principle"] and state in ("overdue", "late"):
        notes.append(words.say("原则上；须写明理由", "in principle; give the reason"))
    if data["optional"] and state in LIVE:
        notes.append(words.say("可写明理由免办", "may be waived with a reason"))
    if data["product"]:
        notes.append(data["product"])
    return words.say("；", "; ").join(notes)


def party_data(party: Party) -> dict[str, Any]:
    """Return a party as a row keeps it."""
    return {
        "body": party.body,
        "post": party.post or "",
        "place": party.place or "",
        "excluding": party.excluding or "",
        "unset": party.unset or "",
        "raw": party.raw,
        "text": party.text,
        "homes": list(party.homes),
    }


def _parts(party: Party | Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    data = party_data(party) if isinstance(party, Party) else party
    return data["body"], data["post"], data["place"], data["excluding"], data["unset"]


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at is not None else None


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None
