"""How times, lengths and citations are written on a page (ui.md, part six).

Rules
* A time of today is `03:30`, of this year `11-26 03:30`, else `2026-11-26 03:30`; midnight at the end of a day is 24:00
  of that day.
* A length below an hour is `17:13`, below a day `2:13:13`, below ten days `3 天 8 小时`, else `25 天`; the script
  counts in the same way.
* The zone is the one that the view activated; the present moment is `request.at`, never the clock.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fengsui.cases.pages import (
    ActLink,
    Choice,
    Cite,
    CriterionRow,
    FactRow,
    GradeView,
    ObligationRow,
    OfferView,
    TaskRow,
)
from fengsui.cases.plan_pages import Column, DutyView, MatrixView, PlanPage
from fengsui.cases.shift_pages import CaseListPage

register = template.Library()
DAY = 86400


@register.filter
def iso(value: datetime | None) -> str:
    """The moment for the script: ISO 8601 with offset."""
    return value.isoformat() if value else ""


@register.filter
def when(value: datetime | None, now: datetime) -> str:
    """The moment as short as it can be told at `now`."""
    if value is None:
        return ""
    zone = get_current_timezone()
    local, today = value.astimezone(zone), now.astimezone(zone).date()
    day, clock = local.date(), f"{local:%H:%M}"
    if clock == "00:00" and local.second == 0:
        day, clock = day - timedelta(days=1), "24:00"
    return _dated(day, clock, today)


@register.filter
def begins(value: datetime, on: datetime | date) -> str:
    """The moment at which something begins, with its day where that is not the one it stands under."""
    zone = get_current_timezone()
    local, under = value.astimezone(zone), on.astimezone(zone).date() if isinstance(on, datetime) else on
    return _dated(local.date(), f"{local:%H:%M}", under)


def _dated(day: date, clock: str, under: date) -> str:
    """A time of day, with as much of its day as differs from the one it stands under."""
    if day == under:
        return clock
    return f"{day:%m-%d} {clock}" if day.year == under.year else f"{day:%Y-%m-%d} {clock}"


@register.filter
def stamp(value: datetime | None) -> str:
    """Hours, minutes and seconds, for the chain of records."""
    return f"{value.astimezone(get_current_timezone()):%H:%M:%S}" if value else ""


@register.filter
def full(value: datetime | None) -> str:
    """Date and time whole."""
    return f"{value.astimezone(get_current_timezone()):%Y-%m-%d %H:%M}" if value else ""


@register.filter
def day(value: datetime | None) -> str:
    """The date with its weekday, as the head of the duty desk shows it."""
    if value is None:
        return ""
    local = value.astimezone(get_current_timezone())
    names = [_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日")]
    written = _("%(year)s年%(month)s月%(day)s日") % {"year": local.year, "month": local.month, "day": local.day}
    return f"{written} {names[local.weekday()]}"


@register.filter
def span(seconds: float) -> str:
    """A length of time; the script's `span` writes the same."""
    left = int(abs(seconds))
    hours, rest = divmod(left % DAY, 3600)
    if left >= 10 * DAY:
        return _("%(days)s 天") % {"days": left // DAY}
    if left >= DAY:
        return _("%(days)s 天 %(hours)s 小时") % {"days": left // DAY, "hours": hours}
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


@register.filter
def until(due: datetime, now: datetime) -> str:
    """How long it still is from `now` to `due`, or how long it has been."""
    return span((due - now).total_seconds())


@register.filter
def margin(row: ObligationRow) -> str:
    """早 15 分 or 迟 8 分: how an obligation that is done stands to its limit."""
    if not (row.due and row.met_at):
        return ""
    seconds = (row.due - row.met_at).total_seconds()
    length = words_of_length(abs(seconds))
    if seconds < 0:
        return _("迟 %(length)s") % {"length": length}
    return _("早 %(length)s") % {"length": length}


@register.filter
def words_of_length(seconds: float) -> str:
    """A length in words: 40 秒, 15 分, 2 小时 5 分, 3 天 8 小时."""
    whole = int(seconds)
    if whole < 60:
        return _("%(n)s 秒") % {"n": whole}
    if whole < 3600:
        return _("%(n)s 分") % {"n": whole // 60}
    if whole < DAY:
        hours, minutes = divmod(whole // 60, 60)
        head = _("%(n)s 小时") % {"n": hours}
        return f"{head} {_('%(n)s 分') % {'n': minutes}}" if minutes else head
    return span(whole)


@register.filter
def since(value: datetime | None, now: datetime) -> str:
    """How long ago, in words."""
    return words_of_length((now - value).total_seconds()) if value else ""


@register.filter
def number_tail(number: str) -> str:
    """The last part of a case number: what a narrow row shows, and what a confirmation asks for."""
    return number.rsplit("-", 1)[-1]


@register.filter
def short(digest: str) -> str:
    """The first eight characters of a digest, as the chain shows it."""
    return digest.rsplit(":", 1)[-1][:8]


@register.filter
def chunks(digest: str) -> str:
    """A whole digest in groups of eight, so that it breaks and can be compared by eye."""
    plain = digest.rsplit(":", 1)[-1]
    return " ".join(plain[start : start + 8] for start in range(0, len(plain), 8))


@register.filter
def uncited(sentence: str) -> str:
    """A sentence without the citation at its end, where the citation stands beside it as a link."""
    return re.sub(r"[〔\[][^〔\[]*[〕\]]$", "", sentence.strip())


@register.simple_tag
def clause_url(clause: Cite) -> str:
    """Where a clause stands in the text of its plan."""
    if not clause.pack:
        return "#"
    return _clause_at(clause.pack, clause.version, clause.id)


@lru_cache(maxsize=4096)
def _clause_at(pack: str, version: str, clause: str) -> str:
    return f"{reverse('plan-source', args=[pack, version])}?{urlencode({'clause': clause})}#{clause}"


@register.filter
def lacks(table: MatrixView) -> int:
    """How many cells of a matrix the text does not fill."""
    return sum(1 for row in table.rows for cell in row.cells if cell.lack)


@register.filter
def levels(duty: DutyView) -> list[tuple[bool, Column]]:
    """The columns of a duty's scale, with whether it is owed there."""
    return list(zip(duty.values, duty.columns, strict=True))


@register.simple_tag(takes_context=True)
def cite(context: Context, clause: Cite | None) -> SafeString | str:
    """A citation: a plain link to the clause in its plan, from which the script makes a pop-over.

    One answer says once what a clause holds; where it is cited again, the script looks that up by the address.
    """
    if clause is None:
        return ""
    href = clause_url(clause)
    if href != "#" and _said(context, href):
        return format_html('<a class="cite" href="{}" data-same>{}</a>', href, clause.short)
    return format_html(
        '<a class="cite" href="{}" data-says="{}" data-at="{}" data-source="{}" data-text="{}" data-rules="{}">{}</a>',
        href,
        clause.says,
        clause.at,
        clause.source,
        clause.text,
        "\n".join(clause.rules),
        clause.short,
    )


def _said(context: Context, href: str) -> bool:
    """Whether this answer has said what stands at the address; from now on it has."""
    request = context.get("request")
    if request is None:
        return False
    known: set[str] = request.__dict__.setdefault("cited", set())
    if href in known:
        return True
    known.add(href)
    return False


@register.simple_tag(takes_context=True)
def cites(context: Context, clauses: tuple[Cite, ...]) -> SafeString:
    """All citations of a row."""
    return SafeString("".join(cite(context, clause) for clause in clauses))


@register.simple_tag
def act_url(number: str, link: ActLink | str, **part: str) -> str:
    """Where an act of a case is done; what is already known about it goes into the query."""
    name = link if isinstance(link, str) else link.act
    named = part if isinstance(link, str) else {**link.part, **part}
    known = {key: value for key, value in named.items() if value}
    address = _act_at(number, name)
    return f"{address}?{urlencode(known)}" if known else address


@lru_cache(maxsize=1024)
def _act_at(number: str, act: str) -> str:
    return reverse("act", args=[number, act])


@register.simple_tag
def new_key() -> str:
    """The key of one form: pressing twice does not do it twice."""
    return secrets.token_hex(16)


@register.filter
def get(mapping: Mapping[str, object], key: str) -> object:
    """The entry of a mapping; empty when it has none."""
    return mapping.get(key, "")


@register.filter
def percent(tenths: int) -> str:
    """A share told in tenths of a percent: 97.4%."""
    return f"{tenths // 10}.{tenths % 10}%"


@register.filter
def position(value: float, digits: int = 2) -> str:
    """A number for the script, never with a comma."""
    return f"{value:.{digits}f}"


class _Of:
    """A page of a plan, the same as another where all that follows from plan and readings is the same."""

    def __init__(self, page: PlanPage) -> None:
        self.page = page
        self.key = (page.id, page.version, page.clauses, page.beside)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Of) and self.page.body is other.page.body and self.key == other.key

    def __hash__(self) -> int:
        return id(self.page.body)


@lru_cache(maxsize=64)
def _of_plan(template: str, language: str, of: _Of) -> SafeString:
    return render_to_string(template, {"page": of.page})


@register.simple_tag
def of_plan(template: str, page: PlanPage) -> SafeString:
    """A part that follows from a plan and its readings alone (`page.body`); made once for all who look at it."""
    return _of_plan(template, get_language() or "", _Of(page))


# ------------------------------------------------------------------ what of a list is shown, and under which heading


FEW = 8
"""So many obligations are read at a glance."""
WAITING = 4
"""How many criteria that wait for a fact stand open; the others are folded."""


@register.filter
def shown_criteria(grade: GradeView) -> list[CriterionRow]:
    """What carries the level or will raise it, and the first that wait for a fact; the rest is folded."""
    carried = grade.lowest.rank if grade.lowest else 9
    met = [row for row in grade.criteria if row.state == "met" and _rank(row) <= carried]
    will = [row for row in grade.criteria if row.state == "will" and _rank(row) < carried]
    return met + will + [row for row in grade.criteria if row.state == "open"][:WAITING]


def _rank(row: CriterionRow) -> int:
    return row.level.rank if row.level else 0


@register.filter
def folded_criteria(grade: GradeView) -> list[CriterionRow]:
    """Everything else: lighter ones that hold too, further ones that wait, and those that do not hold."""
    shown = shown_criteria(grade)
    return [row for row in grade.criteria if row not in shown]


@register.filter
def told(facts: Sequence[FactRow]) -> list[FactRow]:
    """Facts that somebody answered."""
    return [row for row in facts if row.state != "unasked"]


@register.filter
def told_count(facts: Sequence[FactRow]) -> int:
    """How many were answered."""
    return len(told(facts))


@register.filter
def unasked(facts: Sequence[FactRow]) -> list[FactRow]:
    """Facts that nobody answered yet."""
    return [row for row in facts if row.state == "unasked"]


@register.filter
def pressing(rows: Sequence[ObligationRow]) -> list[ObligationRow]:
    """What has an end to reach; all of them where there are only a few."""
    return [row for row in rows if row.kind != "keep"] if len(rows) > FEW else list(rows)


@register.filter
def lasting(rows: Sequence[ObligationRow]) -> list[ObligationRow]:
    """What is kept up and folded away in a long list: nothing is to be done about it now."""
    return [row for row in rows if row.kind == "keep"] if len(rows) > FEW else []


@register.filter
def done_count(rows: Sequence[TaskRow]) -> int:
    """How many steps are done."""
    return sum(1 for row in rows if row.state == "done")


@register.filter
def head_offers(offers: Sequence[OfferView]) -> list[OfferView]:
    """The few acts that stand in the head of a case: what this person decides, then reports."""
    wanted = ("state", "report", "end", "lift", "close")
    return [offer for offer in offers if offer.allowed and offer.link and offer.act in wanted][:4]


@register.filter
def offer_groups(offers: Sequence[OfferView]) -> list[dict[str, object]]:
    """The acts of a case: what you can do now, what waits for others, what everybody in the case may do."""
    mine = [offer for offer in offers if offer.allowed and offer.group != "keep"]
    others = [offer for offer in offers if not offer.allowed]
    free = [offer for offer in offers if offer.allowed and offer.group == "keep"]
    groups = [(_("轮到你的"), mine, False), (_("随时可做的"), free, True), (_("不归你或还不能做的"), others, True)]
    return [{"title": title, "rows": rows, "folded": folded} for title, rows, folded in groups if rows]


@register.filter
def panel_name(name: str) -> str:
    """The heading of a panel, for the page's own contents."""
    names = {
        "waits": _("在等谁"),
        "obligations": _("义务"),
        "next": _("能做什么"),
        "approvals": _("审批"),
        "tasks": _("任务"),
        "grade": _("定级"),
        "facts": _("事实"),
        "timeline": _("时间线"),
        "participants": _("参与单位"),
    }
    return names[name]


@register.filter
def filters(page: CaseListPage) -> list[tuple[str, str, tuple[Choice, ...]]]:
    """The choices of the list of cases: name in the address, label, values."""
    every = [
        ("level", _("级别"), page.levels),
        ("stage", _("阶段"), page.stages),
        ("unit", _("单位"), page.units),
        ("kind", _("种类"), page.kinds),
        ("mode", _("实战或演练"), (Choice("live", _("实战")), Choice("exercise", _("演练")))),
        ("overdue", _("时限"), (Choice("", ""), Choice("1", _("有逾期")))),
    ]
    return [(name, label, tuple(one for one in each if one.id)) for name, label, each in every if len(each) > 1]


@register.filter
def query(chosen: Mapping[str, str]) -> str:
    """Filters as they stand in an address."""
    return urlencode(chosen)


# ------------------------------------------------------------------ what was typed


@register.filter
def one(typed: QueryDict, name: str) -> str:
    """The value typed under a name."""
    return typed.get(name, "") or ""


@register.filter
def every(typed: QueryDict, name: str) -> list[str]:
    """All values chosen under a name."""
    return typed.getlist(name)


@register.filter
def of(name: str, prefix: str) -> str:
    """The name of an input: prefix and field."""
    return f"{prefix}{name}"
