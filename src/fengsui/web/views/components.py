"""Every component in every state, on invented rows: where a designer looks, and the browser tests walk.

Rules
* Only in debug mode, or for an account that Django calls staff. The rows are examples and say so; no case is read.
* A plan without levels stands beside one with levels: six stages, no badge, no question of grading.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_GET

from fengsui.cases import act_pages
from fengsui.cases import pages as p
from fengsui.web.forms import facts as fact_forms
from fengsui.web.forms.facts import Error
from fengsui.web.views import samples
from fengsui.web.views.desk import axis
from fengsui.web.views.frame import at, missing, show

CITE = p.Cite("x-1", "示例 1.1", "组件页自拟的一句摘要，不是任何预案的条文。", "第一部分 > 一", "示例预案 1.0")
OWN = p.Cite(
    "x-2",
    "示例 2.3",
    "",
    "第二部分 > 三",
    "示例预案 1.0",
    text="自拟的原文一句，只作版面示意。",
    rules=("初判重大以上的，处室立即报工作组。",),
)
LEVELS = (
    p.LevelBadge("I", "Ⅰ级 特别重大", "Ⅰ 特别重大", 1),
    p.LevelBadge("II", "Ⅱ级 重大", "Ⅱ 重大", 2),
    p.LevelBadge("III", "Ⅲ级 较大", "Ⅲ 较大", 3),
    p.LevelBadge("IV", "Ⅳ级 一般", "Ⅳ 一般", 4),
)

SETS = ((True, True, False, False), (False, True, True, True))


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """The page; not there for anybody else."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise missing()
    now = at(request)
    rows = obligations(now)
    context: dict[str, Any] = {
        "levels": LEVELS,
        "rows": rows,
        "stages": stages(now, levels=True),
        "stages_without_levels": stages(now, levels=False),
        "chains": chains(now),
        "grades": grades(now),
        "clocks": clocks(now),
        "facts": facts(),
        "events": events(now),
        "number": "EX-2026-0001",
        "errors": [Error("fact-people", "“影响人数”选了已知，还要填值；不知道就选“不清楚”")],
        "refusal": act_pages.RefusalView(
            "not_yours",
            "这一步不归你",
            "Ⅲ级响应由事件发生处室决定结束，应急工作组同意。",
            "由事件发生处室先作决定。",
            ("事件发生处室", "应急工作组"),
            cites=(CITE,),
        ),
        "conflict": {"text": "03:12 应急工作组已经先做了：批准结束Ⅰ级响应。", "hint": "看过现状再决定。", "when": now},
        "toasts": [
            {"text": "已报送应急工作组", "time": "03:14:02", "code": "a31f0c77", "href": "#", "more": "看回执"},
            {"text": "未送达：与服务器断开。改用电话登记", "failed": True},
        ],
        "marks": axis(rows, now),
        "cite": CITE,
        "own": OWN,
        "dots": {"stage_label": "响应", "dots": ("d", "d", "d", "c", "", "", "")},
        "sets": [tuple(zip(kept, samples.COLUMNS, strict=True)) for kept in SETS],
        "asks": samples.asks(),
        "drilled": {"mode": "exercise"},
        "outcome": {
            "accepted": False,
            "answered": True,
            "answer": 'HTTP 200\n{"errcode": 310000, "errmsg": "sign not match"}',
        },
        "choices": [p.Choice(badge.id, badge.label) for badge in LEVELS],
        "matrix": samples.matrix(CITE),
        "page": {"id": "example", "version": "1.0"},
        "coverage": samples.coverage(CITE),
        "glosses": samples.glosses(),
        "gan": samples.gan(),
        "tiles": samples.tiles(now, LEVELS),
        "paper": samples.paper(CITE, LEVELS[2]),
        "address": "example.invalid/v/519c7be2",
    }
    return show(request, "dev/components.html", context)


LOOKS: tuple[tuple[str, str, str, tuple[int | None, ...], dict[str, Any]], ...] = (
    ("late", "overdue", "逾期：斜纹轨，左缘红线，读秒照走", (-72, -12, None), {"kind_word": "办", "act": "催办"}),
    ("soon", "open", "临近：剩余不足四分之一或不足 30 分钟", (-43, 17, None), {"mine": True, "act": "去报送"}),
    ("ok", "open", "从容：墨色", (-60, 133, None), {"kind_word": "批", "limit_label": "4 小时", "act": "查看"}),
    ("soon", "open", "软性词：不是死限，写原词与自定提醒", (-5, None, None), {"kind": "soft", "limit_label": "立即"}),
    ("ok", "open", "参数待定：不计时，写明缺哪一项", (0, None, None), {"kind": "unset", "state_label": "时限待定"}),
    ("ok", "running", "持续：没有截止", (-90, None, None), {"kind": "keep", "state_label": "持续中"}),
    ("idle", "undecided", "待起算：虚轨，写明何事起算", (None, None, None), {"kind_word": "评"}),
    ("done", "met", "已了，按时", (-90, -30, -45), {}),
    ("done", "late", "已了，迟：永不消红", (-90, -30, -22), {}),
    ("done", "cancelled", "已取消：级别变了", (None, None, None), {"kind": "no_limit", "state_label": "已取消"}),
)
"""Look, engine's state, what is owed, minutes from now of start, due and done, and what differs."""


def obligations(now: datetime) -> tuple[p.ObligationRow, ...]:
    """The six looks, and the states that have no due time."""
    base: dict[str, Any] = {"kind_word": "报", "kind_label": "报告义务", "state_label": "待起算", "by": "甲"}
    base |= {"to": (p.RecipientRow("乙"),), "cites": (CITE,), "case_number": "EX-2026-0001", "limit_label": "1 小时"}
    rows = []
    for n, (look, state, owes, minutes, more) in enumerate(LOOKS):
        start, due, met_at = (None if m is None else now + timedelta(minutes=m) for m in minutes)
        said = base | more | {"start": start, "due": due, "met_at": met_at}
        said["act"] = p.ActLink("report", said["act"]) if "act" in said else None
        rows.append(p.ObligationRow(f"D{n}:1:0", f"D{n}", look=look, state=state, owes=owes, **said))
    return tuple(rows)


def stages(now: datetime, *, levels: bool) -> tuple[p.StageStep, ...]:
    """Seven stages; six for a plan without levels."""
    names = [("open", "报告"), ("assessed", "研判"), ("level", "定级"), ("response", "响应"), ("ended", "结束")]
    names += [("investigated", "调查评估"), ("closed", "归档")]
    kept = [each for each in names if levels or each[0] != "level"]
    here = [each[0] for each in kept].index("response")
    return tuple(
        p.StageStep(
            name,
            label,
            "done" if n < here else "now" if n == here else "next",
            now - timedelta(minutes=20 * (here - n)) if n <= here else None,
            "" if n <= here else "由谁批准",
        )
        for n, (name, label) in enumerate(kept)
    )


def chains(now: datetime) -> tuple[p.ChainView, ...]:
    """A decision whose turn is mine, and one that waits for others."""
    links = (
        p.LinkRow("提", "propose", "建议", "应急工作组", "done", now - timedelta(minutes=8)),
        p.LinkRow("审", "opinion", "意见", "专家组", "done", now - timedelta(minutes=4), by_word=True),
        p.LinkRow("批", "approve", "批准", "领导小组", "now"),
    )
    then = (
        p.Follow("starts", "起算：30 日内交调查评估报告"),
        p.Follow("stops", "停止：每日 17:00 日报"),
        p.Follow("remains", "仍须办：2 项"),
    )
    base: dict[str, Any] = {
        "links": links,
        "since": now - timedelta(minutes=8),
        "content": "",
        "cites": (OWN,),
        "then": then,
    }
    own = (p.ActLink("end", "批准", {"verb": "approve"}, True), p.ActLink("end", "退回", {"answer": "return"}))
    other = (p.ActLink("end", "登记口头批准…"), p.ActLink("urge", "催批"))
    spoken = replace(links[2], state="done", at=now - timedelta(minutes=2), by_word=True, registered=True)
    signed = (p.ActLink("end", "补签"),)
    return (
        p.ChainView("c1", "end", "结束响应", LEVELS[0], quote="自拟的原文一句。", mine=True, acts=own, **base),
        p.ChainView(
            "c2", "adjust", "调整级别", LEVELS[1], acts=other, note="你无批准权。口头批准须两人在场登记。", **base
        ),
        p.ChainView(
            "c3",
            "end",
            "结束响应",
            LEVELS[2],
            acts=signed,
            note="口头批准已登记，24 小时内补签。",
            **base | {"links": (*links[:2], spoken)},
        ),
    )


def grades(now: datetime) -> tuple[p.GradeView, ...]:
    """Decided, bounded with the deciding question, and waiting for a reading."""
    rows = (
        p.CriterionRow(
            "2c", "met", "对公众利益的威胁和影响均严重", "威胁与影响均达到严重。", LEVELS[1], (CITE,), unverified=True
        ),
        p.CriterionRow("t", "will", "中断将满 3 小时", "", LEVELS[1], (CITE,), at=now + timedelta(minutes=53)),
        p.CriterionRow("1b", "open", "关键数据受损且影响特别严重", "", LEVELS[0], (OWN,), ("关键数据受损",)),
        p.CriterionRow("3a", "failed", "一般系统中断", "", LEVELS[2], (CITE,)),
    )
    ask = p.QuestionRow("key_data", "关键数据受损", (("是", "升到Ⅰ级"), ("否", "定在Ⅱ级")))
    unset = ("Ⅰ级响应由谁启动：待定",)
    return (
        p.GradeView(
            "decided",
            "按重大事件处置",
            "对照 1 套标准、10 项情形，命中 1 项。从高取Ⅱ级。",
            LEVELS[1],
            LEVELS[1],
            LEVELS[1],
            rows,
        ),
        p.GradeView("bounded", "还定不下来", "已够Ⅱ级，是否到Ⅰ级要看一条事实。", None, LEVELS[1], LEVELS[0], rows, ask),
        p.GradeView(
            "needs_interpretation", "等待解读", "标准里有一项本单位没有定。", None, None, LEVELS[0], (), None, (), unset
        ),
    )


def clocks(now: datetime) -> tuple[p.ClockRow, ...]:
    """What would start."""
    hour = timedelta(hours=1)
    return (
        p.ClockRow("报", "报告义务", "报告初判结果", "应急工作组", now + hour, "发现后 1 小时", (CITE,)),
        p.ClockRow("报", "报告义务", "报告公安机关", "市网安总队", now - hour, "发现后 1 小时", (CITE,), passed=True),
        p.ClockRow("办", "办理", "研判事件等级", "", None, "立即", (CITE,)),
    )


def facts() -> tuple[fact_forms.BoundFact, ...]:
    """Every kind of answer, one of them wrong."""
    threat = (p.Choice("none", "无"), p.Choice("some", "一定"), p.Choice("serious", "严重"))
    rows = (
        p.FactRow("outage", "主要功能中断", "duration", value="28min", state="verified", source="监控平台", cite=CITE),
        p.FactRow("people", "影响人数", "count", unit="人", state="unverified"),
        p.FactRow("key_data", "关键数据受损", "yes_no", state="unknown", cite=CITE),
        p.FactRow(
            "threat", "对公众利益的威胁", "scale", options=threat, value="serious", state="unverified", judged=True
        ),
    )
    return fact_forms.bind(rows, QueryDict("k.people=verified"), [Error("fact-people", "填人数；不知道就选“不清楚”")])


def events(now: datetime) -> tuple[p.EventRow, ...]:
    """Records of people and of the system, one of them entered late."""
    second = timedelta(seconds=1)
    return (
        p.EventRow(4, "linked", "批", "领导小组批准结束Ⅰ级响应", "领导小组", "e41b07c9", now, now),
        p.EventRow(
            3, "due_passed", "催", "报告初判结果已逾期", "", "b9125ef0", now - 90 * second, now, system=True, tone="bad"
        ),
        p.EventRow(
            2,
            "reported",
            "报",
            "报应急工作组",
            "处室",
            "519c7be2",
            now - 900 * second,
            now,
            ("电话",),
            late_entry=True,
            tone="done",
        ),
        p.EventRow(
            1, "opened", "报", "首报", "处室", "1a0b66c5", now - 1800 * second, now - 1800 * second, corrected=True
        ),
    )
