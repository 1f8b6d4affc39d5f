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
)
