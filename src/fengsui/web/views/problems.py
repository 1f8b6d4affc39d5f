"""Pages for what went wrong: each says what happened, whether anything was lost, and what to do now.

Rules
* Absent and forbidden look the same: both are "没有这一页".
* A problem page never shows an exception; the server's log has it.
* These pages stand without a database, but for the one that keeps what a signed-in person typed.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

import fengsui
from fengsui.web.views.frame import SHEETS, keep, words


def _problem(request: HttpRequest, status: int, title: str, lines: list[str], again: bool = False) -> HttpResponse:
    context: dict[str, Any] = {
        "now": getattr(request, "at", None),
        "zone": settings.TIME_ZONE,
        "zone_label": _("北京时间"),
        "sheets": SHEETS,
        "version": fengsui.__version__,
        "words": words(),
        "code": status,
        "title": title,
        "lines": lines,
        "again": again,
    }
    return render(request, "problems/problem.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return _problem(
        request,
        400,
        _("这次提交读不懂"),
        [_("发来的内容不完整或过大，没有写入记录。"), _("返回上一页，填写内容还在；检查附件大小后再提交一次。")],
        again=True,
    )


def forbidden(request: HttpRequest, reason: str = "", exception: Exception | None = None) -> HttpResponse:
    """403, also for a form whose token does not fit: what was typed stands in the form again."""
    if request.method == "POST" and request.user.is_authenticated:
        request.session["kept"] = {request.get_full_path(): keep(request.POST)}
    return _problem(
        request,
        403,
        _("这次提交没有通过核对"),
        [
            _("本页打开太久，或在别处退出过登录，没有写入记录。"),
            _("返回重试，填写内容还在；看过再提交。"),
        ],
        again=True,
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: absent, or not for this person."""
    return _problem(
        request,
        404,
        _("没有这一页"),
        [_("地址有误，或你的席位看不到它。"), _("从事件列表里找，或核对编号。")],
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return _problem(
        request,
        500,
        _("系统出错"),
        [
            _("这一步没有完成；已写入的记录不受影响，时限照走。"),
            _("返回再试一次；仍不行，改用电话报告，事后补记，并告知系统管理员。"),
        ],
        again=True,
    )
