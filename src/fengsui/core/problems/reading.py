"""What is wrong with a value, a condition or a name in a pack."""

from fengsui.core.problems.tree import Code, declare

declare(
    Code(
        "bad_value",
        "error",
        "“{text}”不是{type}。",
        "'{text}' is not a {type}.",
        "按{type}的写法改正，例如 {example}。",
        "Write it as a {type}, for example {example}.",
        "within: 1 hour",
    ),
    Code(
        "bad_condition",
        "error",
        "条件写法不成立：{why}。",
        "This condition is not well formed: {why}.",
        "条件写成“对象: 检验”的映射；或者用 any、all、not。",
        "Write a mapping of subject: test, or any, all, not.",
        "when: [{a: yes}, {b: yes}]",
    ),
    Code(
        "missing_key",
        "error",
        "缺少必填项 {key}。",
        "The key {key} is required.",
        "补上 {key}。",
        "Add {key}.",
        "- {act: end, by: group}   # no clause",
    ),
    Code(
        "no_order",
        "error",
        "“{subject}”没有先后轻重，不能用“{word}”比较。",
        "'{subject}' has no order, so '{word}' cannot be used.",
        "改用等于、属于之一，或换成标度。",
        "Test for equality or membership, or make it a scale.",
        "class: at least content",
    ),
    Code(
        "unknown_key",
        "error",
        "不认识的键“{key}”。{mean}",
        "Unknown key '{key}'. {mean}",
        "改正拼写；自己的备注用 x- 开头的键。",
        "Correct the spelling; notes of your own take a key that begins with x-.",
        "clasue: S3-001",
    ),
    Code(
        "unknown_name",
        "error",
        "没有声明过的{sort}“{name}”。{mean}",
        "No {sort} named '{name}' is declared. {mean}",
        "改正拼写，或先声明它。",
        "Correct the spelling, or declare it first.",
        "by: leading_grup",
    ),
    Code(
        "knowledge_test",
        "error",
        "定级和定义事实里不能检验“{word}”。",
        "'{word}' may not be tested in grading or in defined facts.",
        "改为检验事实的值；未知由引擎处理。",
        "Test the value; the engine itself handles what is unknown.",
        "when: {impact: unknown}",
    ),
)
