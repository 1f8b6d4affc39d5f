"""The ledger of administrative changes: searched by person, kind, words and time; the whole chain checked on demand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fengsui.core.canon import natural
from fengsui.directory import selectors as directory
from fengsui.ledger import selectors as ledger
from fengsui.ledger.service import ADMINISTRATION
from fengsui.web.templatetags.fengsui import short
from fengsui.web.views.admin.desk import administers, page
from fengsui.web.views.frame import person

PAGE = 50


@require_GET
@administers("ledger")
def entries(request: HttpRequest) -> HttpResponse:
    """Entries, the newest first, by what the address asks for."""
    root, zone = person(request).root, ZoneInfo(person(request).zone)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "type", "since", "until")}
    before = request.GET.get("before", "")
    found = ledger.search(
        root,
        ADMINISTRATION,
        type=asked["type"],
        words=asked["q"],
        ids=directory.named_like(root, asked["q"]) if asked["q"] else (),
        since=_day(asked["since"], zone),
        until=_day(asked["until"], zone, timedelta(days=1)),
        before=natural(before),
        limit=PAGE + 1,
    )
    rows = found[:PAGE]
    names = directory.names_of(root, _ids(rows))
    kinds = [(type, _labels().get(type, type)) for type in ledger.types(root, ADMINISTRATION)]
    kept = {name: str(value) for name, value in asked.items() if value}
    more = urlencode({**kept, "before": str(rows[-1].seq)}) if len(found) > PAGE else ""
    return page(
        request,
        "ledger",
        {
            "rows": [_row(row, names) for row in rows],
            "asked": asked,
            "kinds": kinds,
            "more": more,
            "check": ledger.verify(root, ADMINISTRATION) if request.GET.get("check") == "1" else None,
        },
    )


def _day(text: str, zone: ZoneInfo, plus: timedelta = timedelta(0)) -> datetime | None:
    try:
        return (datetime.combine(date.fromisoformat(text), time(), zone) + plus).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        return None


def _ids(rows: tuple[ledger.EntryRow, ...]) -> set[str]:
    told = {str(value) for row in rows for value in row.content.values() if isinstance(value, str)}
    return told | {row.actor for row in rows}


def _row(row: ledger.EntryRow, names: dict[str, str]) -> dict[str, Any]:
    told = [
        (key, names.get(str(value), _said(value))) for key, value in row.content.items() if value not in ("", [], None)
    ]
    return {
        "seq": row.seq,
        "type": _labels().get(row.type, row.type),
        "actor": names.get(row.actor) or _("装机时"),
        "at": row.at,
        "digest": row.digest,
        "told": told,
    }


def _said(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_said(one) for one in value if one not in ("", None))
    if isinstance(value, dict):
        return " ".join(f"{key}={_said(one)}" for key, one in value.items())
    if isinstance(value, bool):
        return _("是") if value else _("否")
    text = str(value)
    return short(text) if text.startswith("sha256:") else text


def _labels() -> dict[str, str]:
    return {
        "organisation_created": _("建立单位"),
        "organisation_changed": _("更改单位"),
        "unit_created": _("建立处室"),
        "unit_changed": _("更改处室或外部单位"),
        "external_created": _("登记外部单位"),
        "person_created": _("建立人员"),
        "person_changed": _("更改人员"),
        "person_deactivated": _("停用人员"),
        "account_bound": _("账户对应人员"),
        "office_set": _("授予管理岗位"),
        "appointed": _("任职"),
        "appointment_ended": _("免职"),
        "delegated": _("授权"),
        "delegation_revoked": _("收回授权"),
        "shift_put": _("加班次"),
        "roster_filled": _("排班"),
        "roster_cleared": _("清空班表"),
        "shift_given_up": _("撤下班次"),
        "shift_substituted": _("换人值班"),
        "swap_asked": _("请人换班"),
        "swap_accepted": _("同意换班"),
        "swap_declined": _("不同意换班"),
        "swap_withdrawn": _("撤回换班"),
        "shift_handed_over": _("交班"),
        "shift_taken_over": _("接班签收"),
        "password_reset": _("重置口令"),
        "password_changed": _("本人改口令"),
        "unlocked": _("解除锁定"),
        "asset_created": _("登记系统"),
        "asset_changed": _("更改系统"),
        "pack_installed": _("装入预案包"),
        "pack_adopted": _("采用预案"),
        "reading_set": _("确定解读"),
        "regime_adopted": _("并行制度"),
        "regime_dropped": _("停止并行"),
        "setting_set": _("更改设置"),
        "overlay_published": _("发布本单位补充"),
        "ladder_set": _("更改提醒阶梯"),
        "ladder_dropped": _("撤回提醒阶梯"),
        "overlay_withdrawn": _("撤回本单位补充"),
        "text_attached": _("附上原文"),
        "calendar_set": _("录入工作日历"),
        "channel_created": _("建立通道"),
        "channel_changed": _("更改通道"),
        "channel_tried": _("试发"),
        "channel_opened": _("启用通道"),
        "channel_closed": _("停用通道"),
        "address_set": _("本人写通道地址"),
        "address_dropped": _("本人去掉通道地址"),
    }
