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
from fengsui.core.case import FactText, Mode
from fengsui.core.timing import parse_instant
from fengsui.web.forms import facts as fact_forms
from fengsui.web.forms.facts import Error, text


@dataclass(slots=True)
class Report:
    """What a report says."""

    title: str = ""
    owner: str = ""
    assets: tuple[str, ...] = ()
    note: str = ""
    mode: Mode = "live"
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
        title=text(typed, "title"),
        owner=text(typed, "owner") or (page.owners[0].id if len(page.owners) == 1 else ""),
        assets=tuple(dict.fromkeys(id for id in (text(typed, "asset"), *typed.getlist("assets")) if id)),
        note=text(typed, "note"),
        mode="exercise" if text(typed, "mode") == "exercise" else "live",
        link=text(typed, "link"),
        facts=found.known,
        unverified=tuple(found.unverified),
        rest_none=text(typed, "rest_none") == "1",
        source=text(typed, "source"),
        errors=list(found.errors),
    )
    if not report.title:
        report.errors.insert(0, Error("title", _("写一句标题：什么系统，出了什么事")))
    if page.owners and not (report.owner or report.assets):
        report.errors.append(Error("owner", _("选事件发生单位")))
    judged = [row.label for row in page.facts if row.judged and row.name in report.facts]
    if judged and not (report.note or report.source):
        report.errors.append(Error("note", _("“%(label)s”是判断，在简述里写明理由") % {"label": judged[0]}))
    _instants(page, report, at)
    return report


def _instants(page: ReportPage, report: Report, at: datetime) -> None:
    zone = ZoneInfo(page.zone)
    for row in page.facts:
        written = report.facts.get(row.name)
        if row.kind != "instant" or not isinstance(written, str):
            continue
        try:
            moment = parse_instant(written, zone)
        except ValueError:
            wrong = _("“%(text)s”不是时刻，写成 2026-11-21 01:26") % {"text": written}
            report.errors.append(Error(f"fact-{row.name}", wrong))
            continue
        if moment > at:
            late = _("“%(label)s”晚于现在") % {"label": row.label}
            report.errors.append(Error(f"fact-{row.name}", late))
