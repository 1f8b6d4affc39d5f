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

from fengsui.cases import models, service  # noqa: E402
from fengsui.directory import selectors as directory  # noqa: E402
from fengsui.directory import service as people  # noqa: E402
from fengsui.notifications import service as notifications  # noqa: E402
from fengsui.notifications.models import Message  # noqa: E402
from fengsui.server import clock, demo, wholeness  # noqa: E402
from tests.faults.reckoning import Reckoning, Words, ladder, letters  # noqa: E402
from tests.faults.record import Record  # noqa: E402

PATIENCE = timedelta(seconds=60)
REPORTER, HEAD, ADMIN = "平台运行处处长", "应急办主任", "系统管理员"
EARLY = (1, 2, 3, 4, 6, 8, 10, 15, 25)
LADDER = f"""
hard:
{"".join(f"  - {{rung: at{share}, when: {share}%, to: [holders]}}{chr(10)}" for share in EARLY)}
  - {{rung: half, when: 50%, to: [holders]}}
  - {{rung: soon, when: 80%, to: [holders], urgent: yes}}
  - {{rung: last, when: -10min, to: [holders], urgent: yes}}
  - {{rung: due, when: due, to: [holders, recipients, above], urgent: yes}}
  - {{rung: over, when: +2min, every: 2min, until: +20min, to: [holders, above], urgent: yes}}
  - {{rung: still, when: +21min, every: 1min, to: [holders], urgent: yes}}
soft:
  - {{rung: early, when: 5%, to: [holders]}}
  - {{rung: watch, when: due, to: [holders]}}
  - {{rung: again, when: +30min, every: 1h, until: +4h, to: [holders]}}
"""
"""The house's own ladder: close enough that long duties, too, are reminded of while the test runs."""


def make(gateway: str) -> dict[str, Any]:
    """Build the bureau; return the keys of who reports and who decides, and the name of each person outside."""
    call_command("migrate", verbosity=0)
    now = clock.now()
    demo.build(now)
    root = next(root for root in directory.roots() if directory.people_of(root, root))
    everybody = {one.name: one.id for one in directory.people_of(root, root)}
    wire = {"url": gateway}
    channel = notifications.create_channel(root, "webhook", "故障测试", wire, actor=everybody[ADMIN], at=now)
    names = {person: f"person-{number}" for number, person in enumerate(everybody.values())}
    for person, name in names.items():
        notifications.add_address(person, channel, name, at=now)
    service.set_ladder(root, root, LADDER, "故障测试", actor=everybody[ADMIN], at=now)
    until, scopes = now + timedelta(days=1), ["read", "report", "act"]
    return {"people": names} | {
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
        "seconds": share | {"max": late[-1] if late else 0},
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
    """Every obligation had exactly the reminders that its life in the log calls for; nobody was told twice.

    What is looked at is what people got, their notices; `_letters` holds what left the house against these.
    """
    record = Record(found.began)
    done = Reckoning(ladder(LADDER), record.audience, found.bound, found.ended)
    done.compare(record.lives, record.told())
    over = sum(not life.spans[-1].live for life in record.lives)
    found.counts["obligations"], found.counts["obligations over"] = len(record.lives) - over, over
    found.counts["obligations that changed"] = sum(
        len(life.spans) - (not life.spans[-1].live) > 1 for life in record.lives
    )
    found.counts.update(done.counts)
    found.late += done.late
    for text in done.faults:
        found.fault(text)


def _letters(found: Look) -> None:
    """What came to the gateway is what each person was to be told there: nothing is lacking, one duplicate at most."""
    told = {"inapp": Counter[tuple[str, str, str]](), "outside": Counter[tuple[str, str, str]]()}
    wanted: dict[str, Words] = {"sent": Counter(), "waiting": Counter(), "failed": Counter()}
    for row in Message.objects.filter(person__in=found.seen["people"]):
        name = found.seen["people"][row.person]
        told[row.channel][row.number, row.about, name] += 1
        if row.channel == "outside":
            # What was sent before the test began went elsewhere.
            wanted[row.state if row.created_at >= found.began else "waiting"][name, row.text] += 1
        if row.state == "waiting" and row.urgent and found.ended > found.bound(max(row.created_at, found.began)):
            found.fault(f"missing: the urgent letter to {name} of {row.number} about {row.about} was never sent")
    for one in (told["inapp"] - told["outside"]) + (told["outside"] - told["inapp"]):
        found.fault(f"missing: {one} has a notice or a letter, and not both")
    came = Counter((letter["to"], text) for letter in found.seen["letters"] for text in letter["text"].split("\n\n"))
    faults, found.counts["came twice"] = letters(came, wanted["sent"], wanted["waiting"] + wanted["failed"])
    times = Counter(letter["key"] for letter in found.seen["letters"])
    faults += [f"double: letter {key} came {many} times" for key, many in times.items() if many > 2]
    found.counts["letters"], found.counts["letters twice"] = len(times), sum(many == 2 for many in times.values())
    found.counts["reminders that came"] = came.total()
    for text in faults:
        found.fault(text)
        found.counts[text.partition(":")[0]] += 1


if __name__ == "__main__":
    asked, argument = sys.argv[1:]
    said = make(argument) if asked == "make" else look(json.loads(Path(argument).read_text(encoding="utf-8")))
    print(json.dumps(said, ensure_ascii=False))
