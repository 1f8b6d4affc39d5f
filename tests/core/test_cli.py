"""The plan commands as their users meet them: answers, JSON, exit status, and clear words for broken input."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fengsui.cli import run
from fengsui.core.loader import shipped

TESTS = Path(__file__).parent.parent / "packs"
SNIPPET = str(TESTS / "good" / "s3-end-four-ways")
CLOCK = str(TESTS / "good" / "s1-report-clock")
BASE = str(TESTS / "bad" / "base")
COMMANDS = ("lint", "test", "grade", "play", "trace", "explain", "diff")

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    def command(*argv: str, now: Callable[[], datetime] | None = None) -> tuple[int, str, str]:
        status = run(list(argv), now)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return status, out, err

    return command


def as_json(answer: tuple[int, str, str]) -> dict:
    return json.loads(answer[1])


@pytest.fixture
def facts(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        file = tmp_path / "facts.yaml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


# ------------------------------------------------------------------------------------------------ use
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(say: Say, name: str) -> None:
    status, out, _ = say(name, "--help")
    assert status == 0
    assert f"fengsui {name} " in out and "example:" in out and "exit status" in out


@pytest.mark.parametrize(
    "argv", [[], ["lint"], ["lint", BASE, "--nonsense"], ["sing"], ["grade", BASE], ["diff", BASE]]
)
def test_wrong_use_is_status_two(say: Say, argv: list[str]) -> None:
    status, out, err = say(*argv)
    assert (status, out) == (2, "")
    assert "usage:" in err


@pytest.mark.parametrize("name", ["lint", "test", "trace", "explain"])
def test_a_pack_that_is_not_there_is_a_problem(say: Say, name: str) -> None:
    status, out, err = say(name, "no-such-pack")
    assert (status, out) == (1, "")
    assert "no-such-pack" in err and "demo-linjiang" in err


# ------------------------------------------------------------------------------------------------ lint
def test_lint_of_a_clean_pack_is_well_and_counts(say: Say) -> None:
    status, out, _ = say("lint", BASE, "--errors")
    assert status == 0 and out.startswith("base 1.0.0：条款 6 条；错误 0，警告 0，提示 ")


def test_lint_tells_every_problem_with_file_line_and_remedy(say: Say, tmp_path: Path) -> None:
    pack = Path(shutil.copytree(BASE, tmp_path / "base"))
    duties = pack / "duties.yaml"
    duties.write_text(duties.read_text("utf-8").replace("owes: 总结", "owse: 总结"), encoding="utf-8")
    (pack / "facts.yaml").write_text("facts:\n  a: b: c\n", encoding="utf-8")
    status, out, err = say("lint", str(pack))
    assert (status, out) == (1, "")
    assert "duties.yaml:6: 错误 unknown_key" in err and "是不是“owes”？" in err
    assert "facts.yaml:2: 错误 yaml_syntax" in err
    assert "→" in err


def test_lint_with_an_overlay_tells_its_own_lines(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "overlay.yaml"
    duty = "{id: own, on: opened, owes: 报, by: owner, to: group, every: 1d, clause: own:a}"
    file.write_text(f"language: 1\nfor: base\nduties:\n  incident:\n    - {duty}\n", encoding="utf-8")
    status, out, _ = say("lint", BASE, "--overlay", str(file), "--errors")
    assert status == 1 and f"{file}:5" in out and "END" in out
    file.write_text("language: 1\nfor: base\ngrants: {}\n", encoding="utf-8")
    status, out, err = say("lint", BASE, "--overlay", str(file))
    assert status == 1 and "overlay_weakens" in out + err


def test_lint_reads_the_plan_s_text_beside_the_pack(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text("一、总则\n调查在响应结束后日内完成。\n三、附则\n", encoding="utf-8")
    status, out, _ = say("lint", BASE, "--text", str(file))
    assert status == 0 and f"{file}:2: 警告 NUM-LOST" in out and "text_numbering" in out and "STRUCT" in out


def test_lint_lists_every_combination_left_out(say: Say) -> None:
    _, out, _ = say("lint", "cn-tax-system", "--gaps")
    table = out.partition("\n信息泄露: ")[2].splitlines()
    count = int(table[0].partition("/")[0])
    assert count > 4 and table[1].startswith("  敏感信息泄露数量：")


def test_lint_in_english_and_as_json(say: Say) -> None:
    status, out, _ = say("lint", BASE, "--lang", "en", "--json")
    data = json.loads(out)
    assert status == 0
    assert data["pack"] == "base" and data["digest"].startswith("sha256:")
    assert {"code", "severity", "message", "hint", "file", "line", "clause"} <= set(data["problems"][0])
    assert all(ord(sign) < 0x3000 or "（" in sign for sign in data["problems"][0]["hint"])


def test_problems_of_a_broken_pack_come_as_json_too(say: Say, tmp_path: Path) -> None:
    pack = tmp_path / "p"
    pack.mkdir()
    (pack / "pack.yaml").write_bytes(b"\xff\xfe")
    status, out, err = say("lint", str(pack), "--json")
    assert (status, err) == (1, "")
    assert [(p["code"], p["file"], p["line"]) for p in json.loads(out)["problems"]][0] == ("not_utf8", "pack.yaml", 1)


# ------------------------------------------------------------------------------------------------ grade
def test_grade_answers_with_level_reasons_and_clauses(say: Say, facts: Callable[[str], str]) -> None:
    data = as_json(say("grade", CLOCK, "--facts", facts("影响人数: 10万\n"), "--at", "2024-03-01 09:00", "--json"))
    assert (data["level"], data["lowest"], data["highest"], data["status"]) == ("II", "II", "II", "decided")
    assert [(row["id"], row["clause"]) for row in data["met"]][0] == ("people.II", ["C0"])
    assert [row["id"] for row in data["failed"]] == ["people.I"]
    assert data["next_question"] is None


def test_grade_with_an_unknown_fact_gives_bounds_and_asks(say: Say, facts: Callable[[str], str]) -> None:
    answer = say("grade", CLOCK, "--facts", facts("impact: unknown\n"), "--at", "2024-03-01 09:00", "--json")
    data = as_json(answer)
    assert answer[0] == 0
    assert (data["level"], data["lowest"], data["highest"]) == (None, "none", "I")
    assert all("impact" in "".join(row["missing"]) and row["clause"] for row in data["open"])
    assert (data["next_question"]["fact"], data["next_question"]["clause"]) == ("impact", ["C0"])


def test_grade_reads_standard_input_and_speaks_chinese(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = io.TextIOWrapper(io.BytesIO('{"影响人数": "3万"}'.encode()))
    monkeypatch.setattr("sys.stdin", piped)
    status, out, _ = say("grade", CLOCK, "--facts", "-", now=lambda: datetime(2024, 3, 1, tzinfo=UTC))
    assert status == 0
    assert "级别: 较大（III）" in out and "people.III → 较大（III）: 影响人数（一）" in out


def test_grade_needs_a_moment_and_a_readable_one(say: Say, facts: Callable[[str], str]) -> None:
    file = facts("impact: 3\n")
    assert "no_moment" in say("grade", CLOCK, "--facts", file)[2]
    assert "bad_value" in say("grade", CLOCK, "--facts", file, "--at", "tomorrow")[2]


def test_grade_tells_a_faulty_facts_file_with_its_line(say: Say, facts: Callable[[str], str]) -> None:
    status, _, err = say("grade", CLOCK, "--facts", facts("impact: 3\nimpcat: 4\n"), "--at", "2024-03-01 09:00")
    assert status == 1
    assert "facts.yaml:2: 错误 unknown_name" in err and "impact" in err
    assert "missing_file" in say("grade", CLOCK, "--facts", "no.yaml", "--at", "2024-03-01 09:00")[2]


def test_grade_takes_readings_by_id_or_chinese_name(say: Say, facts: Callable[[str], str]) -> None:
    at = ("--at", "2024-03-01 12:00", "--json")
    file = facts("facts: {began: 2024-03-01 10:30}\nrest: none\n")
    assert as_json(say("grade", BASE, "--facts", file, *at))["level"] is None
    for name in ("outage_III=1h", "较大的中断时长=1h"):
        assert as_json(say("grade", BASE, "--facts", file, "--set", name, *at))["level"] == "III"
    assert "bad_reading" in say("grade", BASE, "--facts", file, "--set", "outage_III=soon", *at)[1]


# ------------------------------------------------------------------------------------------------ test, play
def test_a_pack_whose_scenarios_hold_passes(say: Say) -> None:
    status, out, _ = say("test", SNIPPET)
    assert (status, out) == (0, "s3-end-four-ways 1.0.0：场景 5 个，未通过 0 个\n")


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A copy of the snippet in which one expectation and one act are wrong."""
    pack = Path(shutil.copytree(SNIPPET, tmp_path / "s3-end-four-ways"))
    file = pack / "scenarios" / "end.yaml"
    text = file.read_text("utf-8").replace("state: overdue", "state: open")
    file.write_text(
        text.replace("who: owner, do: investigate, to: group}", "who: group, do: investigate}"), encoding="utf-8"
    )
    return pack


def test_a_failing_scenario_tells_file_line_expected_and_found(say: Say, wrong: Path) -> None:
    status, out, _ = say("test", str(wrong))
    lines = (wrong / "scenarios" / "end.yaml").read_text("utf-8").splitlines()
    line = 1 + next(n for n, text in enumerate(lines) if "duty: summary, state: open}" in text)
    assert status == 1
    assert f"scenarios/end.yaml:{line}" in out
    assert "应为 open，实为 overdue" in out
    assert "未通过 1 个" in out
    data = as_json(say("test", str(wrong), "--json"))
    assert (data["scenarios"], data["failed"]) == (5, 1)
    assert {failure["line"] for failure in data["failures"]} >= {line}


def test_accept_rewrites_expectations_and_leaves_what_it_cannot(say: Say, wrong: Path) -> None:
    status, out, _ = say("test", str(wrong), "--accept")
    text = (wrong / "scenarios/end.yaml").read_text("utf-8")
    assert "state: overdue" in text
    assert status == 1  # the act that was refused stays for the author
    assert "改写期望 1 处，留下 1 处" in out


def test_mutation_names_the_rules_that_no_scenario_protects(say: Say, tmp_path: Path) -> None:
    found = as_json(say("test", SNIPPET, "--mutate", "--json"))
    assert [(bare["rule"], bare["by"]) for bare in found["unprotected"]] == [("summary", "threshold")]
    assert found["made"].keys() == {"drop", "threshold", "limit", "any_all", "holder"} and found["made"]["drop"] > 0
    pack = Path(shutil.copytree(SNIPPET, tmp_path / "s3-end-four-ways"))
    scenarios = pack / "scenarios" / "end.yaml"
    kept = scenarios.read_text("utf-8").split("  - scenario: Ⅳ级三方都签才算")[0]
    scenarios.write_text(kept, encoding="utf-8")
    status, out, _ = say("test", str(pack), "--mutate")
    assert status == 1
    assert "end_IV" in out and "end_III" not in out
    assert "去掉一条规则：" in out and "换一个承担者：" in out


def test_a_pack_without_scenarios_does_not_pass(say: Say) -> None:
    assert say("test", BASE)[0] == 1
    assert "no_scenario" in say("test", SNIPPET, "--only", "没有的")[2]


def test_play_tells_events_obligations_refusals_and_what_is_next(say: Say) -> None:
    data = as_json(say("play", SNIPPET, "Ⅲ级处室决定、工作组同意，三十日内总结", "--json"))
    assert {"events", "grade", "obligations", "refusals", "what_next", "failures"} <= set(data)
    owed = data["obligations"][0]
    assert {"duty", "by", "to", "opened", "due", "state", "clause"} <= set(owed)
    assert (owed["duty"], owed["by"], owed["to"], owed["state"]) == ("summary", ["office@A"], ["group"], "late")
    refusal = data["refusals"][0]
    assert {"code", "message", "rightful", "clause"} <= set(refusal)
    assert refusal["code"] == "wait_for" and refusal["clause"] == ["C4"]
    assert data["failures"] == []


def test_play_tells_a_story_at_the_terminal(say: Say) -> None:
    status, out, _ = say("play", SNIPPET, "Ⅲ级处室")
    assert status == 0
    assert "被拒绝" in out and "义务" in out
    assert "[迟] 调查总结" in out and "2024-02-09 24:00" in out
    assert say("play", SNIPPET, "Ⅲ级处室", "--lang", "en")[0] == 0


def test_a_scenario_may_name_bodies_and_levels_in_chinese(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "scenarios:\n  - scenario: 中文\n    given: {response: Ⅱ级}\n    steps:\n"
        "      - {at: 2024-01-10 09:00, who: 领导小组, do: end, refused: not_yours, rightful: 应急工作组}\n"
        "      - {at: 2024-01-10 09:10, who: 应急处置工作组, do: end, gives: done}\n",
        encoding="utf-8",
    )
    status, out, err = say("play", SNIPPET, str(file))
    assert status == 0, out + err


def test_play_says_which_scenarios_there_are(say: Say) -> None:
    assert "no_scenario" in say("play", SNIPPET, "没有这个场景")[2]
    status, _, err = say("play", SNIPPET, "级")
    assert status == 1 and "可选" in err
    assert say("play", SNIPPET, "end.yaml", "--name", "Ⅳ级三方都签才算")[0] == 0


# ------------------------------------------------------------------------------------------------ trace, explain, diff
def test_trace_counts_and_fails_on_a_lost_clause(say: Say, tmp_path: Path) -> None:
    status, out, _ = say("trace", "demo-linjiang")
    assert status == 0 and "条款在原文中找到" in out
    short = tmp_path / "text.md"
    short.write_text("## 1 总则\n\n**1.1** 为了工作。\n", encoding="utf-8")
    status, out, _ = say("trace", "demo-linjiang", str(short))
    assert status == 1 and "text_clause_lost" in out
    data = as_json(say("trace", "demo-linjiang", "--json"))
    assert data["lost"] == [] and data["answered"] == data["paragraphs"]


def test_trace_says_that_a_text_is_needed_or_unreadable(say: Say, tmp_path: Path) -> None:
    assert "no_text" in say("trace", "chongqing-finance-regulator")[2]
    assert "unreadable" in say("trace", "demo-linjiang", str(tmp_path / "no.txt"))[2]
    bad = tmp_path / "gbk.txt"
    bad.write_bytes("第一篇 总则".encode("gbk"))
    assert "not_utf8" in say("trace", "demo-linjiang", str(bad))[2]


def test_explain_reads_the_plan_a_rule_or_a_clause_aloud(say: Say) -> None:
    whole = say("explain", SNIPPET)[1]
    assert "【权限】" in whole and "响应为Ⅲ级时" in whole
    one = say("explain", SNIPPET, "end_III")[1]
    assert one.startswith("响应为Ⅲ级时，结束") and one.count("\n") == 1
    assert "30日" in say("explain", SNIPPET, "C6")[1]
    data = as_json(say("explain", SNIPPET, "end_III", "--json", "--lang", "en"))
    assert data["sentences"][0]["clause"] == ["C4"]
    assert "end_III" in say("explain", SNIPPET, "end_VIII")[2]


def test_diff_speaks_in_rules(say: Say, tmp_path: Path) -> None:
    assert say("diff", SNIPPET, SNIPPET)[:2] == (0, "没有差别\n")
    pack = Path(shutil.copytree(SNIPPET, tmp_path / "s3-end-four-ways"))
    grants = pack / "grants.yaml"
    text = grants.read_text("utf-8").replace(
        "id: end_II, when: {response: II}, by: group",
        "id: end_II, when: {response: II}, chain: [do: group, concur: owner]",
    )
    grants.write_text(text, encoding="utf-8")
    status, out, _ = say("diff", SNIPPET, str(pack))
    assert status == 0
    assert "结束响应（响应 II）：还要事件发生处室同意" in out
    assert as_json(say("diff", SNIPPET, str(pack), "--json"))["advice"] == "2.0.0"


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_pack_is_clean_for_every_reader(say: Say, name: str) -> None:
    assert say("lint", name, "--errors")[0] == 0
    assert say("explain", name, "--lang", "en")[0] == 0
    assert say("diff", name, name)[:2] == (0, "没有差别\n")
