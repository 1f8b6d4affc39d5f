"""What is wrong with a scenario, and where it does not come true."""

from fengsui.core.problems.tree import Code, declare

declare(
    Code(
        "bad_scenario",
        "error",
        "场景写得不对：{why}。",
        "The scenario is not well formed: {why}.",
        "改正这一行；写法见 docs/pack-format.md。",
        "Correct this line; docs/pack-format.md shows how.",
        "do: fly",
    ),
    Code(
        "expectation",
        "error",
        "“{key}”应为 {expected}，实为 {found}。",
        "'{key}' should be {expected}, but is {found}.",
        "改预案或改场景；确认现在的结果是对的，可以用 fengsui test --accept 改写期望。",
        "Change the plan or the scenario; where the result is right, fengsui test --accept rewrites the expectation.",
        "expect: {level: II}",
    ),
    Code(
        "unreachable",
        "error",
        "照预案的授权走不到 {state}。",
        "The plan's own grants never lead to {state}.",
        "检查 given 里的级别、解读和事发单位，或改用 log 写出经过。",
        "Check level, readings and owner under given, or write the course of events under log.",
        "given: {response: I} while the starter of I is not set",
    ),
    Code(
        "unexpected_refusal",
        "error",
        "“{act}”应当办成，却被拒绝：{why}",
        "'{act}' should have been accepted, but was refused: {why}",
        "若拒绝是对的，写上 refused: {code}。",
        "Where the refusal is right, write refused: {code}.",
        "do: end, without refused:",
    ),
    Code(
        "unexpected_acceptance",
        "error",
        "“{act}”应当被拒绝（{code}），却办成了。",
        "'{act}' should have been refused ({code}), but was accepted.",
        "改预案，或去掉 refused。",
        "Change the plan, or remove refused.",
        "refused: not_yours",
    ),
)
