"""Problem codes of the record's own texts: the ladder. They join the one registry when this module is imported."""

from fengsui.core.problems import Code, declare

SILENT, ENDS, AGAIN = "ladder_silent", "ladder_ends", "ladder_again"
declare(
    Code(
        SILENT,
        "error",
        "硬时限的阶梯没有在到期时（when: due）提醒责任人。",
        "The hard ladder does not tell the holders at the due time (when: due).",
        "加一级：rung: due、when: due、to: [holders]。",
        "Add a rung: rung: due, when: due, to: [holders].",
        "hard: []",
    ),
    Code(
        ENDS,
        "error",
        "硬时限的阶梯在逾期后到某一级就不再提醒责任人。",
        "The hard ladder stops telling the holders at some rung after the due time.",
        "加一级不带 until 的：rung: daily、when: +1d、every: 1d、to: [holders]。",
        "Add a rung without until: rung: daily, when: +1d, every: 1d, to: [holders].",
        "hard: [{rung: due, when: due, to: [holders]}]",
    ),
    Code(
        AGAIN,
        "error",
        "第 {n} 级写得不对：{why}。",
        "Rung {n} is not right: {why_en}.",
        "every 和 until 只写在到期之后（when: due 或 +…）的级上，until 晚于 when。",
        "Write every and until only on rungs after the due time (when: due or +…), until later than when.",
        "when: 50% with every: 10min",
    ),
)
