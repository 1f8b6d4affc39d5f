"""The ledger's entries in words: what a type and a field are called, and a value as people say it.

Rules
* A machine's id is told by the name of what it is the id of, or left out; a case's always stands.
* A moment is told in the reader's zone; words of the language of plans and of the house by their labels.
* A field or a word without a label stands as it is: an entry hides nothing that was said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from fengsui.core.pack.acts import ACT_NAMES, VERB_NAMES
from fengsui.directory import offices, tokens
from fengsui.notifications import selectors as notifications
from fengsui.web.templatetags.fengsui import short
from fengsui.web.views.frame import lang

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENTS = ("since", "until")


def told(content: Mapping[str, Any], names: Mapping[str, str], zone: ZoneInfo) -> list[tuple[str, str]]:
    """Return an entry's fields with their values; `names` are those of the people and organisations it speaks of."""
    called, found = fields(), []
    for key, value in content.items():
        text = _moment(value, zone) if key in MOMENTS else _said(value, {**_words(key), **names})
        if key == "case":  # a number where the reader may see the case, otherwise what finds it
            text = text or str(value)
        if text and not (key == "id" and _said_anyway(content)):
            found.append((called.get(key, key), text))
    return found


def _said_anyway(content: Mapping[str, Any]) -> bool:
    """Whether the other fields say what the entry is about."""
    return any(key in content for key in ("name", "seat", "of"))


def _moment(value: object, zone: ZoneInfo) -> str:
    try:
        return f"{datetime.fromisoformat(str(value)).astimezone(zone):%Y-%m-%d %H:%M}" if value else ""
    except ValueError:
        return str(value)


def _said(value: object, named: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return " ".join(filter(None, (_said(one, named) for one in value)))
    if isinstance(value, dict):
        return " ".join(f"{key}={_said(one, named)}" for key, one in value.items())
    if isinstance(value, bool):
        return _("是") if value else _("否")
    text = "" if value is None else str(value)
    if text in named:
        return named[text]
    if ID.fullmatch(text):
        return ""
    return short(text) if text.startswith("sha256:") else text


def _words(key: str) -> dict[str, str]:
    """What the words of a field are called."""
    place = int(lang() == "en")
    if key == "changed":
        return fields()
    if key == "kind":
        kinds = {name: kind.label.said(lang()) for name, kind in notifications.KINDS.items()}
        return {**kinds, "own": _("本岗位"), "substitute": _("替班")}
    if key == "turn":
        return {"shift": _("每班换人"), "week": _("每周换人")}
    pairs: Mapping[str, Mapping[Any, tuple[str, str]]] = {
        "office": offices.LABELS,
        "acts": {**ACT_NAMES, **VERB_NAMES},
        "scopes": tokens.LABELS,
    }
    return {str(word): pair[place] for word, pair in pairs.get(key, {}).items()}


def _of_shifts() -> dict[str, str]:
    return {
        "first": _("从哪天起"),
        "weeks": _("排几周"),
        "hours": _("交班时刻"),
        "turn": _("怎样轮"),
        "shifts": _("班数"),
        "shift": _("班次"),
        "other": _("换来的班次"),
        "instead": _("替下的班次"),
        "listed": _("未了义务"),
    }


def fields() -> dict[str, str]:
    """What each field of an entry is called."""
    return {
        **_of_shifts(),
        "id": _("对象"),
        "organisation": _("单位"),
        "person": _("人员"),
        "people": _("人员"),
        "to": _("给"),
        "name": _("名称"),
        "name_en": _("英文名称"),
        "code": _("单位代码"),
        "zone": _("时区"),
        "tier": _("层级"),
        "outlines_from_opening": _("下级立案即可见概况"),
        "body": _("机构"),
        "place": _("代号"),
        "contact": _("联系渠道"),
        "linked": _("本系统里的单位"),
        "username": _("用户名"),
        "created": _("新建账户"),
        "email": _("个人邮箱"),
        "office": _("管理岗位"),
        "seat": _("岗位"),
        "of": _("谁的岗位"),
        "since": _("起"),
        "until": _("止"),
        "document": _("授权文号"),
        "acts": _("可办的动作"),
        "changed": _("改了"),
        "owner": _("主管单位"),
        "attributes": _("属性"),
        "active": _("在用"),
        "kind": _("种类"),
        "scopes": _("范围"),
        "channel": _("通道"),
        "exercises": _("演练也用"),
        "accepted": _("对方收下"),
        "value": _("值"),
        "paper": _("依据"),
        "source": _("依据文件"),
        "text": _("文本"),
        "digest": _("摘要"),
        "pack": _("预案包"),
        "version": _("版本"),
        "regime": _("并行制度"),
        "readings": _("解读"),
        "overlay": _("本单位补充"),
        "reason": _("理由"),
        "years": _("年份"),
        "case": _("事件"),
        "seq": _("序号"),
        "count": _("条数"),
    }


def types() -> dict[str, str]:
    """What each type of entry is called."""
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
        "token_made": _("建立令牌"),
        "token_revoked": _("吊销令牌"),
        "erased": _("抹去原文"),
    }
