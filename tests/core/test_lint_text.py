"""The words of a plan's text: what the linter tells of them, line by line, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from fengsui.core.lint import lint_text
from fengsui.core.lint.standards import citations_known, cited_in
from fengsui.core.loader import load_texts, shipped, texts_of
from fengsui.core.pack import Pack
from fengsui.core.problems import Problem

BASE = texts_of(Path(__file__).parent.parent / "packs" / "bad" / "base")
WHOLE = (
    "预警 演练 培训 信息发布 联系方式 经费 专家 每年评估一次 重要时期 级别调整 应急结束 责任追究 表彰 登记表 事件分级"
    " 网络安全法 数据安全法 个人信息保护法 突发事件应对法\n"
)


@pytest.fixture(scope="module")
def base() -> Pack:
    return load_texts(BASE)


def told(pack: Pack, line: str) -> list[Problem]:
    return list(lint_text(pack, WHOLE + line, "plan.txt"))


def test_a_text_without_fault_says_nothing(base: Pack) -> None:
    assert told(base, "（一）领导小组负责组织处置，30分钟内报告。\n（二）办公室负责联络（值班电话另行公布）。\n") == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("超出可承受时间后小时的。", "NUM-LOST"),
        ("调查工作在响应结束后日内完成。", "NUM-LOST"),
        ("各单位实行小时值班。", "NUM-LOST"),
        ("涉及多个级以上系统。", "NUM-LOST"),
        ("按照《分级指南》（GB/Z 20986-2007）办理。", "LAW-SUPERSEDED"),
        ("依据GB／Z20986—2007。", "LAW-SUPERSEDED"),
        ("依据GB/Z 20986-2021。", "LAW-FALSE"),
        ("按分类分级指南（GB/T 22239-2019）定级。", "LAW-FALSE"),
        ("宣传法规 and 政策。", "TYPO-LATIN"),
        ("王某某（办公室主任。", "TYPO-MARKS"),
        ("办公室主任）。", "TYPO-MARKS"),
        ("、控制事态，防止蔓延。", "OCR-MARK"),
        ("本预案自印发之日起实施。", "DATE-TEXT"),
        ("1.组织演习。\n2.组织值班。\n4.组织检查。", "NUM-ITEM"),
        ("九、附则\n九、通讯", "NUM-ITEM"),
    ],
)
def test_an_odd_line_is_told_with_its_number(base: Pack, line: str, code: str) -> None:
    found = told(base, line)
    assert [problem.code for problem in found] == [code]
    assert found[0].where.line == 2 + line.count("\n")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("组长：[姓名]，电话[电话]。", "PII-REDACTED"),
        ("各系統、网络。", "OCR-MIXED"),
        ("Ⅰ级和II级。", "OCR-ROMAN"),
        ("按格式填写（见附件）。", "ANNEX-TEXT"),
        ("报告时间、地点、影响等情况。", "OPEN-LIST"),
        ("办公室及时报告。", "SOFT-TEXT"),
        ("必要时扩大范围。", "THRESH-TEXT"),
    ],
)
def test_an_oddity_of_the_whole_text_is_told_once(base: Pack, line: str, code: str) -> None:
    assert [problem.code for problem in told(base, line)] == [code]


def test_a_soft_word_that_the_pack_does_not_know_is_told(base: Pack) -> None:
    assert {p.code for p in told(base, "值班员尽快报告。")} == {"SOFT-TEXT", "SOFT-UNDECLARED"}


def test_a_sentence_written_twice_names_the_first_line(base: Pack) -> None:
    said = "4.收集网站信息、分析重要信息并提出处置方案供领导小组参考使用。"
    found = told(base, f"{said}\n{said.replace('4.', '6.')}")
    assert ("DUP-TEXT", 3, "2") in [(p.code, p.where.line, p.params.get("first")) for p in found]


def test_chapters_and_laws_that_are_absent_are_told(base: Pack) -> None:
    found = lint_text(base, WHOLE.replace("演练", "").replace("数据安全法", ""), "plan.txt")
    assert [(p.code, p.params.get("chapter") or p.params.get("law")) for p in found] == [
        ("LAW-OMITTED", "《数据安全法》"),
        ("STRUCT", "演练"),
    ]


def test_a_law_later_than_the_plan_is_not_missed() -> None:
    old = load_texts({**BASE, "pack.yaml": BASE["pack.yaml"].replace("2024-01-01", "2018-01-01")})
    found = lint_text(old, WHOLE.replace("数据安全法 个人信息保护法", ""), "plan.txt")
    assert [p for p in found if p.code == "LAW-OMITTED"] == []


def test_every_row_of_the_table_is_found_by_its_own_words() -> None:
    for row in citations_known():
        assert row in cited_in(f"按照《{row.cited}》{row.near}")


def test_the_successor_of_a_standard_is_no_finding() -> None:
    for text in ("GB/T 20986-2023", "GB/T 22239-2019", "国家突发事件总体应急预案", "GB/Z 20986-20071"):
        assert cited_in(text) == ()


def test_the_demo_s_own_text_is_read_whole() -> None:
    path = shipped()["demo-linjiang"]
    texts = texts_of(path)
    pack = load_texts(texts)
    codes = {p.code for p in lint_text(pack, pack.text or "", "text.md")}
    assert not codes & {"NUM-LOST", "OCR-MARK", "OCR-MIXED", "TYPO-LATIN", "TYPO-MARKS", "LAW-SUPERSEDED", "LAW-FALSE"}
