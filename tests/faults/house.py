"""The house under fire: `python -m tests.faults.house make|look`, in the environment of its database.

`make` builds the fictional bureau, a channel of its own that leads to the test, and keys; `look` holds everything that
was accepted, due and sent against what the test saw, and prints counts and faults as JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db.models import Q  # noqa: E402

from fengsui.cases import models  # noqa: E402
from fengsui.cases.ladder import Ring  # noqa: E402
from fengsui.cases.selectors.ladders import Stand, ladders_of, stand  # noqa: E402
from fengsui.core.canon import moment, stamp  # noqa: E402
from fengsui.directory import selectors as directory  # noqa: E402
from fengsui.directory import service as people  # noqa: E402
from fengsui.ledger.ids import made_at  # noqa: E402
from fengsui.notifications import service as notifications  # noqa: E402
from fengsui.notifications.models import Attempt, Message  # noqa: E402
from fengsui.server import clock, demo, wholeness  # noqa: E402

PATIENCE = timedelta(seconds=60)
REPORTER, HEAD, ADMIN = "平台运行处处长", "应急办主任", "系统管理员"


def make(gateway: str) -> dict[str, Any]:
    """Build the bureau; return the keys of who reports and who decides."""
    call_command("migrate", verbosity=0)
    now = clock.now()
    demo.build(now)
    root = next(root for root in directory.roots() if directory.people_of(root, root))
    everybody = {one.name: one.id for one in directory.people_of(root, root)}
    wire = {"url": gateway}
    channel = notifications.create_channel(root, "webhook", "故障测试", wire, actor=everybody[ADMIN], at=now)
    for number, person in enumerate(everybody.values()):
        notifications.add_address(person, channel, f"person-{number}", at=now)
    until, scopes = now + timedelta(days=1), ["read", "report", "act"]
    return {
        name: people.make_token(everybody[person], "故障测试", scopes, until=until, at=now)
        for name, person in (("reporter", REPORTER), ("head", HEAD))
    }


@dataclass
class Look:
    """What is counted, and what does not fit."""

    seen: dict[str, Any]
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    late: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = datetime.fromisoformat(self.seen["began"])
        self.ended = datetime.fromisoformat(self.seen["ended"])
        self.outages = [tuple(map(datetime.fromisoformat, pair)) for pair in self.seen["outages"]]

    def fault(self, text: str) -> None:
        self.counts["faults"] += 1
        if len(self.faults) < 40:
            self.faults.append(text)

    def bound(self, due: datetime) -> datetime:
        """Until when what was due at a moment must be announced: `PATIENCE` after the outages in its way."""
        start = due
        for since, until in self.outages:
            if since <= start + PATIENCE and until > start:
                start = until
        return start + PATIENCE


def look(seen: dict[str, Any]) -> dict[str, Any]:
    """Hold the database against what the clients and the gateway saw."""
    found = Look(seen)
    _accepted(found)
    _reminders(found)
    _letters(found)
    whole = wholeness.look()
    for text in whole.faults:
        found.fault(text)
    waiting = models.Fresh.objects.count()
    if waiting:
        found.fault(f"{waiting} pointers were never dealt with")
    late = sorted(found.late)
    share = (
        {name: late[min(len(late) - 1, int(part * len(late)))] for name, part in (("p50", 0.5), ("p99", 0.99))}
        if late
        else {}
    )
    return {
        **found.counts,
        "chains": whole.told(),
        "late": share | {"max": late[-1] if late else 0},
        "told": found.faults,
    }


def _accepted(found: Look) -> None:
    """Every accepted act is in the log once; what was not accepted at most once."""
    texts = Counter(models.Beside.objects.filter(at__gte=found.began).values_list("text", flat=True))
    kept = {
        (one.key): (one.receipt, one.case.number)
        for one in models.Submission.objects.filter(at__gte=found.began).select_related("case")
    }
    codes = {
        (number, seq): code
        for number, seq, code in models.Event.objects.filter(recorded_at__gte=found.began).values_list(
            "case__number", "seq", "code"
        )
    }
    for act in found.seen["acts"]:
        times = texts[act["text"]]
        if not act["receipt"]:
            found.counts["given up"] += 1
            if times > 1:
                found.fault(f"{act['key']}: not accepted, and {times} times in the log")
            continue
        found.counts["accepted"] += 1
        receipt = act["receipt"]
        if times != 1:
            found.fault(f"{act['key']}: accepted, and {times} times in the log")
        if act["key"] not in kept:
            found.fault(f"{act['key']}: accepted, and its receipt is not kept")
        if codes.get((receipt["number"], receipt["seq"])) != receipt["code"]:
            found.fault(f"{act['key']}: the log has another event at {receipt['number']} {receipt['seq']}")


def _reminders(found: Look) -> None:
    """Every ring of an obligation was told, or a later one told the same people after an outage.

    Of one that was done, those rings that could be told before.
    """
    sent: dict[tuple[str, str], datetime] = {}
    for case, about, at in Message.objects.values_list("case", "about", "created_at"):
        sent[(case, about)] = min(at, sent.get((case, about), at))
    rows = models.Obligation.objects.filter(case__opened_at__gte=found.began)
    for row in rows.filter(Q(live=True) | Q(state__in=("met", "late"))).select_related("case"):
        done = moment(row.data["met_at"]) if not row.live else None
        row.live = True  # as it was; not saved
        place = stand(row, ladders_of(row.root, row.organisation))
        if place is None:
            continue
        found.counts["obligations" if done is None else "obligations done"] += 1
        rings = _rings(place, made_at(row.pk), done or found.ended - PATIENCE)
        for number, ring in enumerate(rings):
            if done is None or found.bound(ring.at) < done:
                _rung(found, row, place, ring, rings[number + 1 :], sent)


def _rings(place: Stand, after: datetime, end: datetime) -> list[Ring]:
    rings = []
    while (ring := place.next(after)) and ring.at <= end:
        rings.append(ring)
        after = ring.at
    return rings


def _rung(
    found: Look,
    row: models.Obligation,
    place: Stand,
    ring: Ring,
    later: list[Ring],
    sent: dict[tuple[str, str], datetime],
) -> None:
    found.counts["reminders due"] += 1
    soft = row.data["kind"] == "soft"
    at = sent.get((row.case_id, _about(row, place, ring, soft=soft)))
    if at is not None:
        found.late.append((at - ring.at).total_seconds())
        if at > found.bound(ring.at):
            found.fault(f"{row.case.number} {row.key}: {ring.name} of {stamp(ring.at)} was told at {stamp(at)}")
        return
    for other in later:
        told = sent.get((row.case_id, _about(row, place, other, soft=soft)))
        if told and set(ring.rung.to) <= set(other.rung.to) and other.at <= found.bound(ring.at):
            found.counts["made up by a later one"] += 1
            return
    found.fault(f"{row.case.number} {row.key}: {ring.name} of {stamp(ring.at)} was never told")


def _about(row: models.Obligation, place: Stand, ring: Ring, *, soft: bool) -> str:
    name = ("watch" if soft else "due") if ring.rung.at_due else f"rung:{ring.name}"
    return f"{name}:{stamp(place.aim)}:{row.key}"[:220]


def _letters(found: Look) -> None:
    """Every letter came to the gateway, one duplicate at most."""
    came = Counter(found.seen["letters"])
    sent = Message.objects.filter(channel="outside", created_at__gte=found.began, state="sent")
    told = Attempt.objects.filter(message__in=sent.values("pk"), outcome="sent", kind="webhook")
    letters = dict(told.values_list("message", "letter"))
    for letter in set(letters.values()):
        found.counts["letters"] += 1
        found.counts["letters sent twice"] += came[letter] == 2
        if came[letter] not in (1, 2):
            found.fault(f"letter {letter} came {came[letter]} times")
    found.counts["messages"] = Message.objects.filter(created_at__gte=found.began).count()
    late = Message.objects.filter(
        channel="outside", state="waiting", urgent=True, created_at__lt=found.ended - PATIENCE
    )
    for number, about, created in late.values_list("number", "about", "created_at"):
        if found.ended > found.bound(created):
            found.fault(f"{number}: the urgent letter {about} was never sent")


if __name__ == "__main__":
    asked, argument = sys.argv[1:]
    said = make(argument) if asked == "make" else look(json.loads(Path(argument).read_text(encoding="utf-8")))
    print(json.dumps(said, ensure_ascii=False))
