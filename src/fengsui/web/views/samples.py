"""Invented rows for the larger components of the developers' page: matrix, coverage, gloss, tiles, plan and actual.

Rules
* Nothing here is read from a case or a plan; the clauses are of no plan.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fengsui.cases import pages as p
from fengsui.cases import plan_pages as plan
from fengsui.cases import wall_pages as wall
from fengsui.documents.pages import Paper, Part

COLUMNS = tuple(
    plan.Column(label, rank, short)
    for rank, (label, short) in enumerate(
        (("Ⅰ级 特别重大", "Ⅰ"), ("Ⅱ级 重大", "Ⅱ"), ("Ⅲ级 较大", "Ⅲ"), ("Ⅳ级 一般", "Ⅳ")), start=1
    )
)


def matrix(cite: p.Cite) -> plan.MatrixView:
    """Cells that are merged, that differ, and one that the text leaves empty."""
    propose, approve = plan.MarkView("提", "建议", "应急工作组"), plan.MarkView("批", "批准", "领导小组")
    grave = plan.RuleView("", (propose, approve), ("先口头，24 小时内补签",), "", (cite,))
    own = plan.RuleView("", (plan.MarkView("批", "批准", "事件发生处室"),), (), "", (cite,))
    unset = plan.RuleView("已查明原因", (plan.MarkView("批", "批准", "谁来定", "who_ends"),), (), "", (cite,))
    return plan.MatrixView(
        "incident",
        "事件",
        COLUMNS,
        (
            plan.ActRow("启动响应", (plan.CellView(2, (grave,)), plan.CellView(2, (own,)))),
            plan.ActRow(
                "结束响应",
                (plan.CellView(1, (grave,)), plan.CellView(1, (), "没有写谁批准"), plan.CellView(2, (unset,))),
            ),
        ),
    )


def coverage(cite: p.Cite) -> plan.Coverage:
    """All four states of a clause."""
    first = ("done", "done", "vague", "declared", "done", "none")
    labels = {"done": "执行", "vague": "原文无数值", "none": "未建模", "declared": "宣示"}
    chapters = tuple(
        plan.Chapter(name, tuple(plan.CoverCell(cite, state, labels[state]) for state in states))  # type: ignore[arg-type]
        for name, states in (("一、总则", first), ("二、响应", ("done",) * 9), ("三、保障", ("declared",) * 4))
    )
    return plan.Coverage(chapters, 12, 1, 1, 5, "93")


def glosses() -> tuple[plan.Block, ...]:
    """A sentence that is carried out, one without a number, one that nothing can be made of, and a summary."""
    done = plan.PlanClause("g-1", "示例 2.1", "第二部分", "", ("处室发现后 1 小时内报工作组。",))
    vague = plan.PlanClause("g-2", "示例 2.2", "第二部分", "", ("本单位补定：及时为 2 小时。",))
    none = plan.PlanClause("g-3", "示例 2.3", "第二部分", "", (), "没有可判定的条件")
    own = plan.PlanClause("g-4", "示例 2.4", "第二部分", "组件页自拟的一句摘要。", ("结束后 30 日内交报告。",))
    return (
        plan.Block("二", ("二、报告",), ()),
        plan.Block("二", ("自拟原文：发现后一小时内报告。",), (done,), "done"),
        plan.Block("二", ("自拟原文：及时续报。",), (vague,), "vague"),
        plan.Block("二", ("自拟原文：应当高度重视。",), (none,)),
        plan.Block("二", (), (own,), "done"),
    )


def tiles(now: datetime, levels: tuple[p.LevelBadge, ...]) -> tuple[wall.Tile, ...]:
    """Each level, a case without a level, an exercise, one that is calm."""
    soon, late = now + timedelta(minutes=17), now - timedelta(minutes=12)
    graded = tuple(
        wall.Tile(
            f"示例{level.short[0]}市",
            wall.WallCase(f"EX-2026-000{n}", "incident", level, "响应", 3, n == 1, title="示例事件", next_due=due),
            more=n % 2,
            open=3,
            overdue=int(n == 1),
        )
        for n, (level, due) in enumerate(zip(levels, (late, soon, None, soon), strict=True), start=1)
    )
    new = wall.WallCase("EX-2026-0009", "incident", None, "研判", 1, 0)
    drill = wall.WallCase("EX-2026-Y001", "incident", levels[2], "响应", 1, 0, exercise=True)
    return (
        *graded,
        wall.Tile("示例戊市", new, open=1),
        wall.Tile("示例己市", drill, open=1, exercise=True),
        wall.Tile("示例庚市"),
    )


def gan() -> dict[str, Any]:
    """In time, late, and not done yet."""
    rows = (
        {"word": "报", "label": "报告", "what": "首报", "by": "处室", "a": 0, "b": 12, "e": 8, "result": "✓ 早 6 分"},
        {
            "word": "办",
            "label": "办理",
            "what": "断网取证",
            "by": "技术组",
            "a": 4,
            "b": 30,
            "e": 52,
            "result": "迟 33 分",
        },
        {"word": "评", "label": "评估", "what": "复盘", "by": "工作组", "a": 60, "b": 90, "e": 0, "result": "待起算"},
    )
    return {
        "rows": [row | {"late": int(str(row["e"])) > int(str(row["b"]))} for row in rows],
        "ticks": [(n * 25, f"T+{n * 45}") for n in range(4)],
    }


def paper(cite: p.Cite, level: p.LevelBadge) -> Paper:
    """A first report of an exercise, recorded later than it was made."""
    rows = (("事件级别", "Ⅲ级 较大"), ("发现时间", "11月21日1时26分"), ("个人信息", "不清楚"))
    return Paper(
        number="报告编号：EX-2026-0001-01",
        signed="签发：示例岗位",
        house="示例单位",
        title="网络安全事件首次报告（第1报）",
        to="示例上级单位",
        parts=(
            Part(lines=("现将“示例平台中断”（EX-2026-0001）截至11月21日2时11分的情况报告如下。",)),
            Part("一、基本情况", rows=rows),
            Part("二、已采取的措施", lines=("已断开互联，保全日志；1时52分启动Ⅲ级响应。",)),
            Part("三、尚不清楚的情况", lines=("不清楚：个人信息。", "待核实：影响人数。")),
        ),
        cites=(cite,),
        plan="示例预案",
        version="1",
        enclosed=("日志.zip 1.2 MB 519c7be2",),
        by=("示例单位", "应急工作组"),
        day="2026年11月21日2时11分",
        entered="2026年11月21日2时40分",
        code="519c7be2",
        level=level,
        exercise=True,
    )


def asks() -> dict[str, Any]:
    """The end of a response, before it is confirmed: the three kinds of consequences."""
    stops = ("应急工作组续报（11-26 04:30 前）〔自拟 1.1〕", "应急工作组值守〔自拟 1.2〕")
    return {
        "follows": (
            ("停止", stops),
            ("起算", ("应急工作组调查评估〔自拟 2.1〕",)),
            ("仍未了", ("处室首报〔自拟 3〕",)),
        ),
        "number": "EX-2026-0001",
        "press": "结束响应",
    }
