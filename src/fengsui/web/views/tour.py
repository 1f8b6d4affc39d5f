"""The demo's own help: sign-in cards by role, and a strip of five steps that can be put away.

Rules
* Only a demo has them: the command `fengsui demo` lays `demo.json` into the demo's folder, nothing else does.
* The strip is put away for this browser, by a cookie; it works without a script.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fengsui.cases.pages import Person

COOKIE = "tour"
YEAR = 31536000


def people() -> list[dict[str, str]]:
    """Who can sign in to this demo: role, username, password; nobody where it is no demo."""
    file = settings.DATA_DIR / "demo.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else []


def cards() -> list[dict[str, str]]:
    """The sign-in cards, those of the story first, each with what there is to see; the others without."""
    known = {person["username"]: person for person in people()}
    first = [{**known[name], "sees": sees} for name, sees in _parts().items() if name in known]
    return first + [{**person, "sees": ""} for name, person in known.items() if name not in _parts()]


def _parts() -> dict[str, str]:
    return {
        "zhiban": _("首次报告还剩十二分钟，先做哪件"),
        "zuzhang": _("一件升级等你批准，手机上一张卡片"),
        "lianluo": _("事发处室：报告、补充事实、处置"),
        "zhuren": _("应急办：上月事件在调查，预警在响应"),
        "dongan": _("下级单位：自己的事件，自己的时限"),
        "shenji": _("审计员：全部只读，逐条核对"),
    }


def steps(request: HttpRequest, at_page: str, bar: Person | None) -> list[dict[str, Any]]:
    """The steps of the guide with where each leads, without pages that this person does not have.

    None for nobody, where it is no demo, or where it was put away.
    """
    if bar is None or request.COOKIES.get(COOKIE) == "off" or not (settings.DATA_DIR / "demo.json").exists():
        return []
    reads = bool(bar.seats or bar.records)
    told = (
        ("desk", reverse("desk"), _("看最急的一项"), reads),
        ("cases", reverse("cases") + "?stage=response", _("打开今夜的事件"), reads),
        ("report", reverse("report"), _("试报一起，看级别怎么算"), bar.reports),
        ("approvals", reverse("approvals"), _("换领导小组组长，批一张卡"), bool(bar.seats)),
        ("plans", reverse("plans"), _("看预案怎样成为规则"), True),
    )
    return [{"href": href, "label": label, "here": name == at_page} for name, href, label, there in told if there]


@require_POST
def dismiss(request: HttpRequest) -> HttpResponse:
    """Puts the strip away in this browser."""
    response = redirect("desk")
    response.set_cookie(COOKIE, "off", max_age=YEAR, httponly=True, samesite="Lax")
    return response
