"""A plan's text → findings about its words, line by line: what no pack can show.

Rules
- Numbers that the text has lost, brackets that do not pair, English words in Chinese sentences, traditional characters
  among simplified ones, sentences written twice, persons, annexes that are not there, chapters that are absent.
- Nothing is mended and nothing of the text is kept: a finding quotes at most a dozen characters around the fault.
- Numbering by the plan's own levels, damaged characters and personal numbers are found by `trace`.

Example: `lint_text(pack, text, "plan.txt")`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from fengsui.core.lint.standards import cited_in, laws_known, problem_of
from fengsui.core.pack import Pack
from fengsui.core.problems import Problem, Where

_LOST = (
    re.compile(
        r"(?<![\d一二三四五六七八九十百两半几每本当整余多约第按以内外前后超某若周隔])(?:后|前|日|内|于|达|排|每日|实行|保持)(?:小时|日内|天内|个工作日|分钟)"
    ),
    re.compile(r"(?:分为|划分为|涉及个|多个|涉及)级"),
    re.compile(r"文号[:：]?[)）]|发〔?[\]〕]?号"),
    re.compile(r"(?:GB|gb)[/／][TZ]\s*[)）、，。]"),
)
_SOFT = ("立即", "及时", "尽快", "第一时间", "迅速", "马上", "适时", "定期", "抓紧", "尽早", "限时")
_VAGUE = (
    "必要时",
    "视情况",
    "根据需要",
    "视情",
    "酌情",
    "较长时间",
    "长时间",
    "大面积",
    "一定程度",
    "严重后果",
    "重要情况",
    "重大事项",
    "有关规定",
)
_CHAPTERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("预警", "warnings", ("预警",)),
    ("演练", "drills", ("演练", "演习")),
    ("培训", "training", ("培训",)),
    ("信息发布", "publicity", ("信息发布", "对外发布", "新闻发布", "发布信息", "发布相关信息")),
    ("联系方式", "contacts", ("联系方式", "联系电话", "通讯录", "联络表")),
    ("经费保障", "budget", ("经费", "资金", "预算")),
    ("专家", "experts", ("专家",)),
    ("预案评估修订", "review of the plan", ("评估一次", "修订", "适时评估", "定期评估")),
    ("重要时期保障", "key periods", ("重要活动", "重大活动", "重要时期", "敏感时期", "重保", "两会")),
    ("级别调整", "change of level", ("级别调整", "调整级别", "升级", "降级", "调整响应", "响应级别的调整", "响应调整")),
    ("应急结束", "end of the response", ("应急结束", "响应结束", "响应终止", "行动结束", "响应的结束")),
    ("责任追究", "accountability", ("责任追究", "惩处", "追究", "处分", "奖惩")),
    ("表彰奖励", "commendation", ("表彰", "奖励", "嘉奖")),
    ("附表或表单", "forms", ("附表", "报告表", "报送表", "登记表", "记录表")),
    ("事件分级", "levels", ("事件分级", "四级", "三级", "分级")),
)
_PERSONS = re.compile(r"\[姓名\]|\[电话\]|\[手机\]|\[联系方式\]")
_ANNEX = re.compile(r"(?:见|详见|按照|填写|如)?附[件表](?:[一二三四五六七八九十\d]*)")
_OF_ISSUE = re.compile(r"自(印发|发布|公布|下发)之日")
_DATED = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_LATIN = re.compile(r"(?<=[\u4e00-\u9fff])\s*\b([a-z]{2,12})\b\s*(?=[\u4e00-\u9fff])")
_OPEN_LIST = re.compile(r"[、，][^、，。；]{1,16}等(?=[，。；）)方有内相各问因现信情要措人单部工])")
_PAIRS = {"（": "）", "《": "》", "“": "”", "〔": "〕", "(": ")"}
_TRADITIONAL = frozenset(
    "網絡應級預響動與統態門開關機構團體況處報領導責實險評備環節據進過達電種數業務員會議導織發現總結經濟"
)
_SENTENCE = re.compile(r"[^。；！？]+[。；！？]")
SHORTEST = 24
"""A sentence shorter than this may stand twice without being told."""


def lint_text(pack: Pack, text: str, file: str) -> tuple[Problem, ...]:
    """Return what is odd about the words of a plan's text, by line; `file` names it in problems."""
    lines = text.split("\n")
    found = [*_lines(lines, file), *_items(lines, file), *_twice(lines, file), *_whole(pack, text, file)]
    return tuple(sorted(found, key=lambda problem: (problem.where.line or 0, problem.code)))


# ------------------------------------------------------------------------------------------------ line by line
def _lines(lines: list[str], file: str) -> Iterator[Problem]:
    for number, line in enumerate(lines, 1):
        where = Where(file, number)
        for row in cited_in(line):
            yield problem_of(row, where)
        for pattern in _LOST:
            if hit := pattern.search(line):
                yield Problem("NUM-LOST", {"text": _around(line, hit.start(), hit.end())}, where)
                break
        if _starts_oddly(line):
            yield Problem("OCR-MARK", {"text": line.strip()[:6]}, where)
        if hit := _LATIN.search(line):
            yield Problem("TYPO-LATIN", {"text": _around(line, hit.start(1), hit.end(1))}, where)
        if (place := _unpaired(line)) is not None:
            yield Problem("TYPO-MARKS", {"text": _around(line, place, place + 1)}, where)


def _starts_oddly(line: str) -> bool:
    """Whether a line begins with a mark that only closes or joins: its own number was damaged."""
    bare = line.strip()
    return bool(bare) and bare[0] in "、，；：" and len(bare) > 3


def _around(line: str, start: int, end: int) -> str:
    return line[max(0, start - 4) : end + 4].strip()


def _unpaired(line: str) -> int | None:
    """Return the place of a bracket or mark without its fellow on the line; full and half width count as one."""
    same = str.maketrans("()", "（）")
    plain, waiting = line.translate(same), []
    closers = {close: open_ for open_, close in _PAIRS.items() if open_ != "("}
    for place, sign in enumerate(plain):
        if sign in closers.values():
            waiting.append((sign, place))
        elif sign in closers:
            if not waiting or waiting[-1][0] != closers[sign]:
                if not re.search(r"[\d一二三四五六七八九十]$", plain[:place].strip("。 ")) and plain[:place].strip():
                    return place
            else:
                waiting.pop()
    return waiting[0][1] if waiting else None


def _items(lines: list[str], file: str) -> Iterator[Problem]:
    """Yield numbers of items and headings that leave a gap or come twice; a number one begins anew."""
    last: dict[int, int] = {}
    for number, line in enumerate(lines, 1):
        for rank, pattern in enumerate(_NUMBERED):
            hit = pattern.match(line.strip())
            if hit is None:
                continue
            count, before = _count(hit[1]), last.get(rank, 0)
            if before and count not in (1, before + 1):
                again = ("与前重复或倒退", "comes again or goes back")
                gap = (f"之前缺{before + 1}", f"comes without {before + 1}")
                zh, en = gap if count > before else again
                yield Problem("NUM-ITEM", {"item": hit[0].strip(), "why": zh, "why_en": en}, Where(file, number))
            last = {k: v for k, v in last.items() if k < rank} | {rank: count}
            break


_CN = "零一二三四五六七八九"
_NUMBERED = (
    re.compile(r"第([一二三四五六七八九十]+)[篇编章]"),
    re.compile(r"([一二三四五六七八九十]+)[、.．]"),
    re.compile(r"[（(]([一二三四五六七八九十]+)[)）]"),
    re.compile(r"(\d{1,2})(?:[.、．](?!\d)|(?=[\u4e00-\u9fff]))(?![年月日时个级条项名天分小])"),
    re.compile(r"[（(](\d{1,2})[)）]"),
)


def _count(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_CN.index(tens) if tens else 1) * 10 * bool(ten) + (_CN.index(ones) if ones else 0)


def _twice(lines: list[str], file: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        for hit in _SENTENCE.finditer(re.sub(r"^[\s\d.、．()（）一二三四五六七八九十]+", "", line)):
            said = re.sub(r"\s", "", hit[0])
            if len(said) >= SHORTEST and first.setdefault(said, number) != number:
                yield Problem("DUP-TEXT", {"first": str(first[said])}, Where(file, number))


# ------------------------------------------------------------------------------------------------ the text as a whole
def _whole(pack: Pack, text: str, file: str) -> Iterator[Problem]:
    where = Where(file)
    simple = _simplified(text)
    yield from _counts(text, where)
    soft = {word: simple.count(word) for word in _SOFT if word in simple}
    if soft:
        yield Problem("SOFT-TEXT", {"words": _listed(soft)}, where)
    declared = "".join(label.zh + "".join(label.aliases) for label in pack.readings.soft_words.values())
    for word in soft:
        if pack.head.kind == "plan" and word not in declared and word not in ("定期", "限时", "适时"):
            yield Problem("SOFT-UNDECLARED", {"word": word}, where)
    vague = {word: simple.count(word) for word in _VAGUE if word in simple}
    if vague:
        yield Problem("THRESH-TEXT", {"words": _listed(vague)}, where)
    for zh, en, words in _CHAPTERS:
        if not any(word in simple for word in words):
            yield Problem("STRUCT", {"chapter": zh, "chapter_en": en}, where)
    yield from _laws(pack, simple, where)
    if (hit := _OF_ISSUE.search(simple)) and not _DATED.search(simple):
        yield Problem("DATE-TEXT", {"word": hit[1]}, Where(file, text[: simple.find(hit[0])].count("\n") + 1))


def _counts(text: str, where: Where) -> Iterator[Problem]:
    odd = [sign for sign in text if sign in _TRADITIONAL]
    plain = sum(sign in _SIMPLE for sign in text)
    if odd and plain:
        yield Problem("OCR-MIXED", {"count": str(len(odd)), "sign": odd[0]}, where)
    persons = _PERSONS.findall(text)
    if persons:
        what = "、".join(dict.fromkeys(one.strip("[]") for one in persons))
        yield Problem("PII-REDACTED", {"count": str(len(persons)), "what": what}, where)
    annexes = _ANNEX.findall(text)
    if annexes and not re.search(r"(?m)^\s*附[件表]\s*[一二三四五六七八九十\d]*\s*[:：]?\s*$", text):
        yield Problem("ANNEX-TEXT", {"count": str(len(annexes))}, where)
    if re.search(r"[ⅠⅡⅢⅣ]", text) and re.search(
        r"(?<![A-Za-z])I{1,3}V?级|(?<![A-Za-z])IV ?级", text.translate(_TO_SIMPLE)
    ):
        yield Problem("OCR-ROMAN", {}, where)
    lists = _OPEN_LIST.findall(text)
    if lists:
        yield Problem("OPEN-LIST", {"count": str(len(lists))}, where)


def _laws(pack: Pack, text: str, where: Where) -> Iterator[Problem]:
    issued = _issued(pack, text)
    for law in laws_known():
        if law.name not in text and (issued is None or issued >= law.since):
            yield Problem("LAW-OMITTED", {"law": law.zh, "law_en": law.en, "since": law.since.isoformat()}, where)


def _issued(pack: Pack, text: str) -> date | None:
    """Return when the plan was issued: what the pack says, else the last full date in its text."""
    if isinstance(pack.head.in_force_from, date):
        return pack.head.in_force_from
    found = re.findall(r"(\d{4})年(\d{1,2})月(\d{1,2})日", text)
    return max(date(int(y), int(m), int(d)) for y, m, d in found) if found else None


def _listed(words: dict[str, int]) -> str:
    return "、".join(f"{word}{count}处" for word, count in words.items())


_TO_SIMPLE = str.maketrans(
    "網絡應級預響動與統態門開關機構團體況處報領導責實險評備環節據進過達電種數業務員會議織發現總結經濟時規劃練習訓調"
    "終聯繫費專獎懲項範圍當並為啟辦訂適後內對國視長積嚴聞錄資算記盡緊馬個護",
    "网络应级预响动与统态门开关机构团体况处报领导责实险评备环节据进过达电种数业务员会议织发现总结经济时规划练习训调"
    "终联系费专奖惩项范围当并为启办订适后内对国视长积严闻录资算记尽紧马个护",
)
_SIMPLE = frozenset("网络应级预响动与统态门开关机构团体况处报领导责实险评备环节据进过达电种数业务员会议织发现总结经济")


def _simplified(text: str) -> str:
    """Return the text with the commonest traditional characters simplified, for looking words up."""
    return text.translate(_TO_SIMPLE)
