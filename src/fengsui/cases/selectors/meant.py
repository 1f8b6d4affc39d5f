"""Which act an address means on a case: an act of its kind, or the act that an event's answer goes to."""

from collections.abc import Mapping
from typing import cast

from fengsui.cases.pages import CaseRef
from fengsui.cases.selectors import log
from fengsui.cases.selectors.offers import ANSWERS
from fengsui.core.canon import natural
from fengsui.core.case import ACTS, EVENT_OF, Case, Kind


def act_named(ref: CaseRef, act: str, part: Mapping[str, str]) -> str | None:
    """Return the act that an address means on a case, or None for one that this kind of case does not know.

    Only an answer to an event has to look at the log; every other act is told by the kind of the case.
    """
    if act in ANSWERS:
        return act_meant(act, part, log.fold(ref.root, ref.id))
    return _of_kind(act, cast("Kind", ref.kind))


def act_meant(act: str, part: Mapping[str, str], case: Case) -> str | None:
    """Return the act meant; ratifying and signing are answers to the act of an event."""
    if act not in ANSWERS:
        return _of_kind(act, case.kind)
    target = natural(part.get("target", ""))
    if target is None or not 1 <= target <= case.seq:
        return None
    event = case.event(target)
    named = str(event.content.get("act", ""))
    return named or next((name for name, left in EVENT_OF.items() if left == event.type), None)


def _of_kind(act: str, kind: Kind) -> str | None:
    return act if act in ACTS[kind] and act != "open" else None
