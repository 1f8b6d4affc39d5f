"""The fixed vocabulary: kinds of case, acts, the event each act leaves, verbs of a chain (language 4.1).

New acts, verbs and events are language changes (language 9.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Kind = Literal["incident", "warning", "standing", "key_period"]

KINDS: tuple[Kind, ...] = ("incident", "warning", "standing", "key_period")

COMMON_ACTS = [
    "open",
    "state",
    "report",
    "record",
    "request",
    "step",
    "acknowledge",
    "urge",
    "hand_over",
    "correct",
    "waive",
    "settle",
    "rebase",
    "publish",
    "close",
]
"""Acts of every kind of case."""

FREE_ACTS = ("open", "state", "report", "record", "request", "acknowledge", "urge")
"""Acts free to everybody who holds a seat in a body of the case, unless a live grant names the addressee (4.3)."""

ACTS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        "incident": (
            *COMMON_ACTS,
            *["assess", "confirm", "activate", "order", "adjust", "end", "investigate", "dismiss", "transfer"],
        ),
        "warning": (*COMMON_ACTS, *["issue", "activate", "adjust", "lift", "transfer"]),
        "standing": (*COMMON_ACTS, *["adopt", "set", "review", "train", "drill"]),
        "key_period": (*COMMON_ACTS, "declare", "end"),
    }
)
"""The fixed vocabulary of language 4.1. A warning may become an incident by `transfer` (language 7.5)."""

EVENT_OF: Mapping[str, str] = MappingProxyType(
    {
        "open": "opened",
        "state": "stated",
        "report": "reported",
        "record": "recorded",
        "request": "requested",
        "step": "stepped",
        "acknowledge": "acknowledged",
        "urge": "urged",
        "hand_over": "handed_over",
        "correct": "corrected",
        "waive": "waived",
        "settle": "settled",
        "rebase": "rebased",
        "publish": "published",
        "close": "closed",
        "assess": "assessed",
        "confirm": "confirmed",
        "activate": "activated",
        "order": "ordered",
        "adjust": "adjusted",
        "end": "ended",
        "investigate": "investigated",
        "dismiss": "dismissed",
        "transfer": "transferred",
        "issue": "issued",
        "lift": "lifted",
        "adopt": "adopted",
        "set": "readings_set",
        "review": "reviewed",
        "train": "trained",
        "drill": "drilled",
        "declare": "declared",
    }
)
CHAIN_EVENTS = ("linked", "returned", "withdrawn", "voided", "ratified", "ratification_refused", "countersigned")
SYSTEM_EVENTS = ("year", "pattern", "due_passed", "watch_passed", "threshold_crossed", "calendar_applied")
VERBS = ("propose", "opinion", "decide", "do", "approve", "concur", "sign", "issue", "record")
