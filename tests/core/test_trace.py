"""A plan's text against its pack: Markdown and Chinese numbering, what is found, lost, unanswered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fengsui.core.loader import load, load_texts, shipped, texts_of
from fengsui.core.pack import Pack
from fengsui.core.trace import Locator, parse_locator, read_text, trace

BASE = texts_of(Path(__file__).parent.parent / "packs" / "bad" / "base")

PLAIN = """市某局预案

第一篇 总则

一、目的

为了做好工作，制定本预案。

二、分级

事件分为四级。

（一）符合下列情形之一的，为重大：

1. 系统停机。
2. 数据丢失。

第二篇 处置

一、报告

处室立即报告。

（一）期限

一小时内报告。

第三章 附则

本预案由办公室解释。
"""


def pack_with(**at: str) -> Pack:
    """Return a pack whose clauses C1 to C6 stand at the given places."""
    lines = ["clauses:"]
    for name, place in at.items():
        lines.append(f'  {name}: {{cite: "{place}", at: "{place}", says: 一句。}}')
    return load_texts({**BASE, "clauses.yaml": "\n".join(lines) + "\n"})


def all_at(place: str) -> dict[str, str]:
    return {f"C{n}": place for n in range(1, 6)}


def test_the_demo_s_text_and_its_pack_answer_each_other_whole() -> None:
    pack = load(shipped()["demo-linjiang"])
    assert pack.text is not None
    coverage = trace(pack, pack.text)
    assert coverage.lost == ()
    assert coverage.unanswered == ()
    assert len(coverage.counted) > 100


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("第一篇 > 一 ¶1", 7),
        ("第一篇 > 二 ¶1", 11),
        ("第一篇 > 二 > （一） ¶0", 13),
        ("第一篇 > 二 > (一) ¶1 item 1.", 15),
        ("第一篇 > 二 > （一） ¶2 item 2. part 1", 16),
        ("第一篇 二（一）2", 16),
        ("第二篇 > 一 ¶1", 22),
        ("第二篇 > 一 > （一） ¶1", 26),
        ("第三章 ¶1", 30),
    ],
)
def test_a_locator_finds_its_paragraph_in_chinese_numbering(place: str, line: int) -> None:
    coverage = trace(pack_with(**all_at(place)), PLAIN)
    assert coverage.lines["C1"] == (line,)


@pytest.mark.parametrize("place", ["第九篇 > 一", "第一篇 > 三 ¶1", "第一篇 > 一 ¶9", "第一篇 > 二 > （一） item 7."])
def test_a_place_that_is_not_there_is_lost_with_the_line_of_its_clause(place: str) -> None:
    coverage = trace(pack_with(**all_at(place)), PLAIN, "plan.txt")
    assert coverage.lost == ("C1", "C2", "C3", "C4", "C5")
    problem = coverage.problems[0]
    assert (problem.code, problem.where.file, problem.where.line) == ("text_clause_lost", "clauses.yaml", 2)


def test_a_paragraph_no_clause_answers_is_told_with_its_line() -> None:
    coverage = trace(pack_with(**all_at("第二篇 > 一 ¶1")), PLAIN, "plan.txt")
    places = {(p.line, p.place) for p in coverage.unanswered}
    assert (7, "第一篇 > 一 ¶1") in places
    assert (22, "第二篇 > 一 ¶1") not in places
    assert 1 not in {line for line, _ in places}  # the title wants no answer
    told = [p for p in coverage.problems if p.code == "text_unanswered"]
    assert {p.where.line for p in told} == {line for line, _ in places}


def test_decimal_numbers_and_markdown_are_read() -> None:
    parts = ["# 预案", "> 虚构", "## 1 总则", "### 1.1 目的", "**1.1.1** 为了工作。", "**1.1.2** 分四级：", "- 甲"]
    text = "\n\n".join([*parts, "## 2 处置", "2.1 立即报告。"])
    found = [(p.line, p.path, p.number) for p in read_text(text) if p.number]
    assert (9, ("1.1.1",), 1) in found
    assert (17, ("2.1",), 1) in found
    coverage = trace(pack_with(C1="1.1.1", C2="1.1.2", C3="2.1", C4="1.1.2 ¶2", C5="1.1.1"), text)
    assert coverage.lost == ()
    assert coverage.lines["C3"] == (17,)


@pytest.mark.parametrize(
    ("text", "locator"),
    [
        ("第四篇 三(三)", Locator(("第四篇", "三", "(三)"))),
        ("第四篇 > 三 > （三） ¶1", Locator(("第四篇", "三", "(三)"), range(1, 2))),
        ("第二篇 > 一 ¶1-2", Locator(("第二篇", "一"), range(1, 3))),
        ("第一篇 > 四 > （一） ¶1 item 1. part 2", Locator(("第一篇", "四", "(一)"), range(1, 2), "1")),
        ("4.1.2", Locator(("4.1.2",))),
        ("附则", Locator(("附则",))),
    ],
)
def test_locators_are_read_as_they_are_cited(text: str, locator: Locator) -> None:
    assert parse_locator(text) == locator


def test_the_answer_as_json_holds_no_sentence_of_the_text() -> None:
    data = json.dumps(trace(pack_with(**all_at("第一篇 > 一")), PLAIN).as_json("zh"), ensure_ascii=False)
    assert "处室立即报告" not in data
    assert '"answered": 1' in data


def test_an_empty_text_loses_every_clause() -> None:
    coverage = trace(pack_with(**all_at("1.1")), "")
    assert len(coverage.lost) == 5
    assert coverage.counted == ()


def test_lost_doubled_and_misplaced_numbers_are_pointed_out() -> None:
    text = (
        "第一篇 总则\n\n一、目的\n\n甲。\n\n三、范围\n\n乙。\n\n三、依据\n\n丙。\n\n第二章 附则\n\n（二）解释\n\n丁。\n"
    )
    told = [(p.where.line, p.message("zh")) for p in trace(pack_with(**all_at("第一篇")), text).problems]
    told = [(line, said) for line, said in told if "编号" in said]
    assert [line for line, _ in told] == [7, 15, 17]
    assert "之前缺2" in told[0][1]


def test_chinese_numbers_above_ten_are_counted() -> None:
    ten = "一二三四五六七八九"
    numbers = (*ten, "十", *(f"十{n}" for n in ten), "二十", "二十一")
    text = "\n\n".join(f"{number}、题\n\n甲。" for number in numbers)
    assert not [p for p in trace(pack_with(**all_at("一")), text).problems if p.code == "text_numbering"]


@pytest.mark.parametrize(
    ("line", "code"),
    [("完成\ufffd小时值班", "text_mojibake"), ("()总体预案", "text_mojibake"), ("。1)系统中断", "text_mojibake")]
    + [("联系人 139" + "0" * 8, "text_personal"), ("电话 023-12345678", "text_personal")],
)
def test_lost_signs_and_telephone_numbers_are_pointed_out(line: str, code: str) -> None:
    problems = trace(pack_with(**all_at("一")), f"一、题\n\n{line}\n", "plan.txt").problems
    assert [(p.where.file, p.where.line) for p in problems if p.code == code] == [("plan.txt", 3)]


def test_a_text_that_lost_its_numbers_is_named_by_its_lines() -> None:
    text = "总则\n事件分为四级。\n\n处室立即报告。\n期限不明。\n"
    coverage = trace(pack_with(**all_at("总则 [L2-4]")), text)
    assert set(coverage.lines.values()) == {(2, 4)}
    assert [p.line for p in coverage.counted] == [2, 4, 5]
    assert [p.line for p in coverage.unanswered] == [5]
    assert trace(pack_with(**all_at("总则 [L9]")), text).lost


def test_numbered_headings_of_a_text_without_marks_want_no_answer() -> None:
    text = "1 总则\n1.1 目的\n为了做好工作。\n1.2.1 符合下列情形的:\n。1)指挥\n值班24小时\n"
    assert [p.line for p in trace(pack_with(**all_at("1.1")), text).counted] == [3, 4, 6]
