"""A text held against its pack."""

from fengsui.core.problems.tree import Code, declare

declare(
    Code(
        "text_clause_lost",
        "warning",
        "原文里找不到条款 {clause} 的位置“{at}”。",
        "The place '{at}' of clause {clause} is not in the text.",
        "核对 at 与原文的编号；或确认文本是同一版本。",
        "Check `at` against the numbering of the text, and that the text is of the same version.",
        "S3-091: {at: 第四篇 > 九}",
    ),
    Code(
        "text_unanswered",
        "note",
        "原文“{place}”没有任何条款对应。",
        "No clause points at '{place}' of the text.",
        "在 clauses.yaml 里加上这一条，由规则回答，或写明 not_executable。",
        "Add a clause for it, answered by rules or by not_executable.",
        "a paragraph between two numbered ones",
    ),
    Code(
        "text_numbering",
        "note",
        "原文编号“{place}”{why}。",
        "The number '{place}' of the text {why}.",
        "核对原文是否漏条、重号或用错层次；由归口单位在修订中更正。",
        "Check the text for a lost, doubled or misplaced number; its owner may mend it in the next revision.",
        "一、 三、",
    ),
    Code(
        "text_mojibake",
        "warning",
        "原文这一行有认不出的字符“{sign}”。",
        "This line of the text holds a character that stands for nothing: '{sign}'.",
        "从原件重新取得文本；缺失的数字不要猜。",
        "Get the text again from its original; do not guess lost digits.",
        "完成。\ufffd小时值班",
    ),
    Code(
        "text_personal",
        "warning",
        "原文这一行像是有个人联系方式。",
        "This line of the text seems to hold personal contact data.",
        "不要把它放进预案包；人员和电话写在通讯录里。",
        "Keep it out of the pack; people and numbers belong to the directory.",
        "联系人电话",
    ),
)
