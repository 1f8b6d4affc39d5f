"""Which records of a log are documents, and what the letter of each is called.

Rules
- A report is its own document; so is a request, an order, an urging, a decision that others are told.
- A link of a chain that is not its last puts a matter to the next one: it is a request.
- What the plan calls a form is what its letter is called; the count of reports stands behind it.
"""

from collections.abc import Mapping
from typing import Any

from fengsui.cases.selectors.words import Words, act_label, event_label
from fengsui.core.case import Event

REPORT, REQUEST, NOTICE, ORDER = "report", "request", "notice", "order"
NAMES = {
    REPORT: ("报告", "report"),
    REQUEST: ("请示", "request"),
    NOTICE: ("通知", "notice"),
    ORDER: ("命令", "order"),
}
MARKS = {REPORT: "报", REQUEST: "请", NOTICE: "通", ORDER: "令"}
KINDS: Mapping[str, str] = {
    "reported": REPORT,
    "investigated": REPORT,
    "requested": REQUEST,
    "linked": REQUEST,
    "ordered": ORDER,
    **dict.fromkeys(("urged", "published", "confirmed", "activated", "adjusted", "ended", "dismissed"), NOTICE),
    **dict.fromkeys(("transferred", "issued", "lifted", "declared"), NOTICE),
}
"""The kind of document that a record of this type is."""


def kind_of(type_: str, content: Mapping[str, Any]) -> str | None:
    """Return the kind of document that a record is, or None."""
    if type_ == "linked" and content.get("last"):
        return None
    return KINDS.get(type_)


def title(event: Event, words: Words, count: int) -> str:
    """Return what a letter is called; `count` is the place of a report among the case's reports, from 1."""
    kind = kind_of(event.type, event.content)
    if kind == REPORT:
        return _report(event, words, count)
    name = words.say(*NAMES[str(kind)])
    if event.type == "urged":
        return words.say("催办通知", "Urging")
    about = _about(event, words)
    return words.say(f"关于{about}的{name}", f"{name.capitalize()}: {about}")


def _report(event: Event, words: Words, count: int) -> str:
    form = str(event.content.get("form_id") or "")
    if event.type == "investigated":
        return words.pack.label("form", form, words.lang) if form else words.say("调查评估报告", "Investigation")
    if form:
        return words.pack.label("form", form, words.lang) + words.say(f"（第{count}报）", f" (report {count})")
    if count == 1:
        return words.say("报告（初报）", "Report (first)")
    return words.say(f"报告（续报，第{count}报）", f"Report (further, {count})")


def _about(event: Event, words: Words) -> str:
    """Return what is asked, ordered or told: the act, with its matter or its level."""
    label, value = matter(event, words), badge_of(event.content, words)
    return f"{label}{words.say(f'（{value}）', f' ({value})')}" if value else label


def matter(event: Event, words: Words) -> str:
    """Return what a record is about: its matter, the act that a link leads to, the act itself."""
    content: Mapping[str, Any] = event.content
    if event.type == "requested" and content.get("matter"):
        return words.pack.label("matter", str(content["matter"]), words.lang)
    if event.type == "linked":
        return act_label(str(content["act"]), words.lang)
    return event_label(event, words.pack, words.lang)


def badge_of(content: Mapping[str, Any], words: Words) -> str:
    """Return the level, response or colour that a record sets or asks for; empty where it names none."""
    for key, scale in (("response", "response"), ("level", "level"), ("colour", "colour"), ("value", "level")):
        badge = words.level(str(content.get(key) or ""), scale)
        if badge is not None:
            return badge.label
    badge = words.level(str(content.get("value") or ""), "colour")
    return badge.label if badge else ""
