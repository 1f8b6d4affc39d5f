"""The fixed vocabulary: kinds of case, acts, the event each act leaves, verbs of a chain (language 4.1).

New acts, verbs and events are language changes (language 9.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Kind = Literal["incident", "warning", "standing", "key_period"]

KINDS: tuple[Kind, ...] = ("incident", "warning", "standing", "key_period")

COMMON_ACTS = (
    *("open", "state", "report", "record", "request", "step", "acknowledge", "urge"),
    *("hand_over", "correct", "waive", "settle", "rebase", "publish", "close"),
)
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
IRREVERSIBLE: Mapping[str, int] = MappingProxyType(
    {"end": 0, "dismiss": 0, "transfer": 0, "close": 0, "adopt": 0, "issue": 2, "lift": 2}
)
"""Acts that no later act takes back, with for how many of the gravest colours of a warning they are so; 0: always."""


def irreversible(act: str, rank: int | None = None) -> bool:
    """Return whether nothing takes an act back. `rank` is that of the colour meant, 1 the gravest; unknown counts."""
    gravest = IRREVERSIBLE.get(act)
    return gravest is not None and (gravest == 0 or rank is None or rank <= gravest)


CHAIN_EVENTS = ("linked", "returned", "withdrawn", "voided", "ratified", "ratification_refused", "countersigned")
SYSTEM_EVENTS = ("year", "pattern", "due_passed", "watch_passed", "threshold_crossed", "calendar_applied")
VERBS = ("propose", "opinion", "decide", "do", "approve", "concur", "sign", "issue", "record")

ACT_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "open": ("立案", "open a case"),
        "state": ("填报事实", "state facts"),
        "report": ("报告", "report"),
        "record": ("记事", "record"),
        "request": ("请求支援", "request support"),
        "step": ("完成处置步骤", "carry out a step"),
        "acknowledge": ("签收", "acknowledge"),
        "urge": ("催办", "urge"),
        "hand_over": ("交接", "hand over"),
        "correct": ("补正", "correct"),
        "waive": ("免办", "waive an obligation"),
        "settle": ("为本案解读", "settle a reading for this case"),
        "rebase": ("换用新版预案", "rebase on a newer version"),
        "publish": ("发布信息", "publish"),
        "close": ("归档", "close"),
        "assess": ("研判", "assess"),
        "confirm": ("定级", "confirm the level"),
        "activate": ("启动响应", "activate the response"),
        "order": ("决策指挥", "order"),
        "adjust": ("调整级别", "adjust the level"),
        "end": ("结束响应", "end the response"),
        "investigate": ("调查评估", "investigate"),
        "dismiss": ("销案", "dismiss"),
        "transfer": ("移交", "transfer"),
        "issue": ("发布预警", "issue the warning"),
        "lift": ("解除预警", "lift the warning"),
        "adopt": ("采用预案", "adopt the plan"),
        "set": ("设定解读", "set a reading"),
        "review": ("评估预案", "review the plan"),
        "train": ("培训", "train"),
        "drill": ("演练", "drill"),
        "declare": ("宣布重保期", "declare a key period"),
    }
)
"""What people call an act, in Chinese and English."""

VERB_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "propose": ("建议", "propose"),
        "opinion": ("提出意见", "give an opinion"),
        "decide": ("决定", "decide"),
        "do": ("办理", "do"),
        "approve": ("批准", "approve"),
        "concur": ("同意", "concur"),
        "sign": ("签署", "sign"),
        "issue": ("发布", "issue"),
        "record": ("登记", "record"),
    }
)
"""What people call a verb of a chain."""
