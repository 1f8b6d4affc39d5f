"""The report form: where, when, what happened, how far it reaches. It becomes the act `open`, or a list to mend.

Rules
* Only a title and an owner are asked for; every fact may stay unknown.
* The same reading serves the preview, where errors stay beside the fields and nothing is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from fengsui.cases.pages import ReportPage
from fengsui.core.case import FactText
from fengsui.core.timing import parse_instant
from fengsui.web.forms import facts as fact_forms
from fengsui.web.forms.facts import Error


@dataclass(slots=True)
class Report:
    """What a report says."""

    title: str = ""
    owner: str = ""
    asset: str = ""
    note: str = ""
    mode: str = "live"
    link: str = ""
    facts: dict[str, FactText] = field(default_factory=dict)
    unverified: tuple[str, ...] = ()
    rest_none: bool = False
    source: str = ""
    errors: list[Error] = field(default_factory=list)


def read(page: ReportPage, typed: QueryDict, at: datetime) -> Report:
    """What was typed, with what has to be mended."""
    found = fact_forms.read(page.facts, typed)
    report = Report(
        title=typed.get("title", "").strip(),
        owner=typed.get("owner", "") or (page.owners[0].id if len(page.owners) == 1 else ""),
        asset=typed.get("asset", ""),
        note=typed.get("note", "").strip(),
        mode="exercise" if typed.get("mode") == "exercise" else "live",
        link=typed.get("link", "").strip(),
        facts=found.known,
        unverified=tuple(found.unverified),
        rest_none=typed.get("rest_none") == "1",
        source=typed.get("source", "").strip(),
        errors=list(found.errors),
    )
    if not report.title:
        report.errors.insert(0, Error("title", _("写一句标题：什么系统，出了什么事")))
    if page.owners and not report.owner:
        report.errors.append(Error("owner", _("选事件发生单位")))
    _instants(page, report, at)
    return report


def _instants(page: ReportPage, report: Report, at: datetime) -> None:
    zone = ZoneInfo(page.zone)
    for row in page.facts:
        text = report.facts.get(row.name)
        if row.kind != "instant" or not isinstance(text, str):
            continue
        try:
            moment = parse_instant(text, zone)
        except ValueError:
            wrong = _("“%(text)s”不是时刻，写成 2026-11-21 01:26") % {"text": text}
            report.errors.append(Error(f"fact-{row.name}", wrong))
            continue
        if moment > at:
            late = _("“%(label)s”晚于现在") % {"label": row.label}
            report.errors.append(Error(f"fact-{row.name}", late))
