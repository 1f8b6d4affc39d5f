"""What every page shares: who asks, in which language and zone, the frame around the page, and what was typed.

Rules
* A page is shown by `show`, a panel by `panel`; nothing else renders.
* An unsigned request is never an error page. A GET is sent to the sign-in; a POST is answered by the sign-in page with
  what was typed kept in it (signed), and the form stands filled again afterwards. Nothing is submitted by itself.
* The view names the person; whether the person may see something is the selectors' answer (None), and may do something
  the engine's.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import fengsui
from fengsui.cases import selectors as cases
from fengsui.core.problems import Lang, Problem
from fengsui.directory import offices
from fengsui.directory import selectors as directory
from fengsui.notifications import watchman
from fengsui.web.views import tour

View = Callable[..., HttpResponseBase]
SHEETS = tuple(
    f"fengsui/css/{name}.css" for name in ("reset", "tokens", "base", "layout", "parts", "pages", "util", "print")
)
UNKEPT = {"csrfmiddlewaretoken", "password", "key"}
"""Fields that are never kept over a sign-in: a new page brings its own."""


def lang() -> Lang:
    """The language of texts made by services: "zh" or "en"."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def at(request: HttpRequest) -> datetime:
    """The moment of the request, read once by the server's middleware."""
    return request.at  # type: ignore[attr-defined, no-any-return]


def person(request: HttpRequest) -> Any:
    """The person who is signed in, as the directory knows him."""
    return request.person  # type: ignore[attr-defined]


def signed_in(view: View) -> View:
    """Lets through a person whom the directory knows, with the organisation's zone active; see the rules above."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        found = directory.person_for(request.user)
        if found is None:
            return show(request, "problems/nobody.html", {}, status=403)
        request.person = found  # type: ignore[attr-defined]
        if found.once and request.path != reverse("password"):
            return redirect("password")
        with timezone.override(ZoneInfo(found.zone)):
            return view(request, *args, **kwargs)

    return guarded


def posted(page: str) -> Callable[[View], View]:
    """For a view that takes POST alone: a GET, as after a sign-in that came between, leads to its page."""

    def made(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs) if request.method == "POST" else redirect(page)

        return require_http_methods(["GET", "POST"])(signed_in(guarded))

    return made


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    where = request.get_full_path()
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"Cache-Control": "no-store"})
    if request.method == "POST":
        return show(
            request,
            "session/sign_in.html",
            {
                "next": where,
                "kept": signing.dumps([where, keep(request.POST)], compress=True),
                "expired": True,
                "files": any(request.FILES.values()),
            },
            status=401,
        )
    return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': where})}")


def keep(data: QueryDict) -> dict[str, list[str]]:
    """What was typed, without secrets and tokens."""
    return {name: [str(value) for value in values] for name, values in data.lists() if not _unkept(name)}


def _unkept(name: str) -> bool:
    return name in UNKEPT or name.startswith("secret-")


def kept(request: HttpRequest) -> QueryDict | None:
    """What was typed on this address before the session ended, once."""
    stored = request.session.get("kept", {}).get(request.get_full_path())
    if stored is None:
        return None
    del request.session["kept"][request.get_full_path()]
    request.session.modified = True
    data = QueryDict(mutable=True)
    for name, values in stored.items():
        data.setlist(name, values)
    return data


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A whole page inside the frame."""
    frame = _frame(request)
    frame["tour"] = tour.steps(request, str(context.get("at_page", "")), frame["bar"])
    return render(request, template, frame | dict(context), status=status)


def panel(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A part of a page, with the server's time in its header so that the countdowns are set right."""
    response = render(request, template, {"now": at(request)} | dict(context), status=status)
    return stamp(request, response)


def stamp(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Puts the server's time and the end of the session into the headers of a panel."""
    response["Fengsui-Now"] = at(request).isoformat()
    ends = session_ends(request)
    if ends:
        response["Fengsui-Session-Ends"] = ends.isoformat()
    return response


def session_ends(request: HttpRequest) -> datetime | None:
    """When the session ends if nobody does anything more."""
    if not request.user.is_authenticated:
        return None
    seen = datetime.fromtimestamp(request.session.get("seen", int(at(request).timestamp())), UTC)
    return seen + timedelta(seconds=settings.SESSION_COOKIE_AGE)


def receipt(request: HttpRequest, text: str, *, time: str = "", code: str = "", href: str = "", more: str = "") -> None:
    """Keeps a receipt for the next page that is shown."""
    messages.success(request, text, extra_tags=json.dumps([time, code, href, more]))


def warn(request: HttpRequest, text: str) -> None:
    """Keeps a message that stays until it is read."""
    messages.error(request, text)


def warn_of(request: HttpRequest, problem: Problem) -> None:
    """Keeps what a service refused, with what to do now."""
    warn(request, problem.message(lang()) + problem.hint(lang()))


def missing() -> Http404:
    """Absent and forbidden look the same."""
    return Http404()


def _frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "person", None)
    moment = at(request)
    bar = cases.person_bar(user.id, moment, lang=lang()) if user else None
    zone = user.zone if user else settings.TIME_ZONE
    return {
        "now": moment,
        "zone": zone,
        "zone_label": _("北京时间") if zone == "Asia/Shanghai" else zone,
        "bar": bar,
        **standing(request),
        "administers": bool(user and offices.areas(user)),
        "rosters": bool(user and offices.reads(user, "roster")),
        "sheets": SHEETS,
        "theme": request.COOKIES.get("theme", "") if request.COOKIES.get("theme") in ("light", "dark") else "",
        "density": "roomy" if request.COOKIES.get("density") == "roomy" else "",
        "session_ends": session_ends(request),
        "receipts": _receipts(request),
        "version": fengsui.__version__,
        "words": words(reports=bool(bar and bar.reports)),
    }


def standing(request: HttpRequest) -> dict[str, Any]:
    """What the watchman says to who is signed in: the alarms, and what is compared to see whether they changed."""
    user = getattr(request, "person", None)
    found = watchman.standing(user.root, at(request), request.steady) if user else ()  # type: ignore[attr-defined]
    said = [{"text": one.text(lang()), "remedy": one.remedy(lang()), "since": one.since} for one in found]
    return {"alarms": said, "alarms_version": ".".join(f"{one.code}-{one.number}" for one in found)}


def _receipts(request: HttpRequest) -> list[dict[str, Any]]:
    found = []
    for message in messages.get_messages(request):
        time, code, href, more = json.loads(message.extra_tags) if message.extra_tags else ("", "", "", "")
        found.append(
            {
                "text": message.message,
                "time": time,
                "code": code,
                "href": href,
                "more": more,
                "failed": message.level >= messages.ERROR,
            }
        )
    return found


def words(*, reports: bool = False) -> dict[str, Any]:
    """The sentences that the scripts say; the key of the report page only for whom there is one."""
    return {
        "days": _("%(days)s 天 %(hours)s 小时"),
        "only_days": _("%(days)s 天"),
        "overdue": _("逾期"),
        "title_late": _("逾期 %(n)s"),
        "minutes_left": _("%(name)s，剩 %(minutes)s 分"),
        "now_overdue": _("%(name)s，已逾期"),
        "corrected": _("已校时，差 %(seconds)s 秒"),
        "sending": _("正在报送…"),
        "choose_file": _("选择文件"),
        "no_file": _("未选文件"),
        "draft_kept": _("草稿已存 %(at)s"),
        "offline": _("与服务器断开 %(at)s。读秒仍准，内容可能已旧。"),
        "newer": _("有更新"),
        "expired": _("登录已过期，填写内容还在本页。"),
        "sign_in_again": _("重新登录"),
        "ending": _("%(minutes)s 分后退出登录，填写内容不丢。"),
        "stay": _("继续"),
        "summary_only": _("本系统摘要，原文未附"),
        "source": _("出处"),
        "carries": _("执行"),
        "open_in_plan": _("在预案中打开"),
        "escape_closes": _("Esc 关闭"),
        "keys": _("键盘"),
        "back": _("返回"),
        "go_to": _("到%(page)s"),
        "ring_needs_touch": _("响铃已开，点一下本页后才有声音。"),
        "key_list": [
            ["/", _("查找事件")],
            *([["n", _("报告事件")]] if reports else []),
            ["j k", _("下一行、上一行")],
            ["Enter", _("本行主操作")],
            ["e", _("展开依据")],
            ["?", _("键表")],
        ],
    }
