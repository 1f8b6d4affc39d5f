"""Two packs compared in rules, and the version number that the changes ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from fengsui.core.diff import Diff, diff
from fengsui.core.loader import load, load_texts, shipped, texts_of

BASE = texts_of(Path(__file__).parent.parent / "packs" / "bad" / "base")


def compared(file: str, before: str, after: str) -> Diff:
    assert before in BASE[file]
    other = {**BASE, file: BASE[file].replace(before, after)}
    return diff(load_texts(BASE), load_texts(other))


def test_a_pack_does_not_differ_from_itself() -> None:
    pack = load(shipped()["demo-linjiang"])
    same = diff(pack, pack)
    assert (same.changes, same.weight, same.advice) == ((), None, pack.version)
    assert same.lines() == ["没有差别"]


@pytest.mark.parametrize(
    ("file", "before", "after", "weight", "zh", "en"),
    [
        (
            "grants.yaml",
            "approve: leading_group]",
            "approve: leading_group, concur: owner]",
            "major",
            "结束响应（响应 at least II）：还要事发处室同意",
            "now to concur",
        ),
        (
            "grants.yaml",
            "chain: [propose: group, approve: leading_group]",
            "by: leading_group",
            "major",
            "不再由工作组建议，不再由领导小组批准，还要领导小组办理",
            "no longer to propose",
        ),
        (
            "duties.yaml",
            "within: 1h",
            "within: 30min",
            "major",
            "时限由“1小时”改为“30分钟”",
            "limit was '1 h', now '30 min'",
        ),
        ("duties.yaml", "within: 1h", "within: 25d", "major", "改为“25日”", "now '25 days'"),
        ("duties.yaml", "within: 1h", "within: 5 working days", "major", "改为“5个工作日”", "now '5 working days'"),
        ("duties.yaml", "within: 1h", "within: 12 months", "major", "改为“12个月”", "now '12 months'"),
        ("duties.yaml", "from: began, ", "", "major", "起算由“began”改为“无”", "clock start"),
        ("grading.yaml", "II: 10万", "II: 20万", "major", "门槛由“I 100万，II 10万", "thresholds"),
        ("bodies.yaml", "zh: 工作组", "zh: 应急工作组", "patch", "zh由“工作组”改为“应急工作组”", "was '工作组'"),
        ("clauses.yaml", "says: 处置。", "says: 报告和处置。", "patch", "条款", "clause"),
        ("duties.yaml", "owes: 总结", "owes: 调查总结", "patch", "应做由“总结”改为“调查总结”", "what is owed"),
    ],
)
def test_a_change_is_said_in_words(file: str, before: str, after: str, weight: str, zh: str, en: str) -> None:
    found = compared(file, before, after)
    assert found.weight == weight
    assert len(found.changes) == 1
    assert zh in found.changes[0].zh
    assert en in found.changes[0].en


def test_a_rule_added_is_minor_and_one_removed_is_major() -> None:
    line = "  - {act: assess, id: judge_again, when: {assessed: known}, by: group, clause: C3}\n"
    other = {**BASE, "grants.yaml": BASE["grants.yaml"].replace("warning:", line + "warning:")}
    old, new = load_texts(BASE), load_texts(other)
    there, back = diff(old, new), diff(new, old)
    assert [(c.change, c.rule, c.weight) for c in there.changes] == [("added", "judge_again", "minor")]
    assert [(c.change, c.rule, c.weight) for c in back.changes] == [("removed", "judge_again", "major")]
    assert (there.advice, back.advice) == ("1.1.0", "2.0.0")


def test_the_order_of_steps_is_a_change_of_the_playbook() -> None:
    lines = BASE["playbooks.yaml"].splitlines()
    swapped = [*lines[:5], *lines[6:], lines[5]]
    found = diff(load_texts(BASE), load_texts({**BASE, "playbooks.yaml": "\n".join(swapped) + "\n"}))
    assert [(c.sort, c.rule, c.weight) for c in found.changes] == [("playbook", "first", "major")]


def test_the_order_of_keys_and_files_is_no_change() -> None:
    swapped = (
        BASE["forms.yaml"]
        .replace("{zh: 报告, fields", "{fields")
        .replace("}}, clause: C3}", "}}, clause: C3, zh: 报告}")
    )
    assert swapped != BASE["forms.yaml"]
    assert diff(load_texts(BASE), load_texts({**BASE, "forms.yaml": swapped})).changes == ()


def test_grants_without_id_are_matched_by_act_and_condition() -> None:
    """A grant put before another does not make the following ones look changed."""
    line = "  - {act: confirm, hole: 没有写, when: {assessed: unknown}, clause: C4}\n  - {act: adjust, hole"
    other = {**BASE, "grants.yaml": BASE["grants.yaml"].replace("  - {act: adjust, hole", line, 1)}
    assert [c.change for c in diff(load_texts(BASE), load_texts(other)).changes] == ["added"]


def test_json_carries_the_sentence_the_weight_and_the_clause() -> None:
    data = compared("duties.yaml", "within: 1h", "within: 30min").as_json("en")
    (change,) = data["changes"]  # type: ignore[misc]
    assert (data["advice"], data["weight"]) == ("2.0.0", "major")
    assert (change["rule"], change["sort"], change["clause"]) == ("report", "duty", ["C3"])  # type: ignore[index]
