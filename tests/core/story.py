"""Cases made of bare events, for tests that read a log and do not ask who might have written it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from fengsui.core import loader
from fengsui.core.book import Book
from fengsui.core.case import Case, Event, seal
from fengsui.core.engine.fold import evolve
from fengsui.core.pack import Pack
from fengsui.core.timing import parse_instant

ZONE = ZoneInfo("Asia/Shanghai")
BASE = {
    "pack": """
language: 1
id: tiny
zh: 小预案
version: 0.1.0
issuer: 某局
clause: c
""",
    "clauses": "clauses: {c: {cite: 一, at: 一, says: 一句话}}\n",
    "terms": """
scales:
  level: {zh: 级别, values: {IV: 一般, III: 较大, II: 重大, I: 特别重大}, clause: c}
  response: {zh: 响应, like: level, values: {IV: Ⅳ级, III: Ⅲ级, II: Ⅱ级, I: Ⅰ级}, clause: c}
  colour: {zh: 预警颜色, like: level, values: {blue: 蓝色, yellow: 黄色, orange: 橙色, red: 红色}, clause: c}
matters: {progress: {zh: 进展, clause: c}, done: {zh: 处理完毕, clause: c}}
documents: {instruction: 指令, image: 镜像}
""",
    "bodies": """
bodies:
  group: {zh: 工作组, kind: standing, clause: c}
  office: {zh: 处室, kind: standing, many: yes, clause: c}
  owner: {zh: 事发处室, kind: derived, from: asset.owner, is: office, clause: c}
  city: {zh: 市网信办, kind: external, clause: c}
  police: {zh: 网安, kind: external, clause: c}
""",
    "facts": """
facts:
  found: {zh: 发现时间, type: instant, clause: c}
  should: {zh: 应发现时间, type: instant, judged: yes, clause: c}
  major: {zh: 属重大, type: yes_no, clause: c}
""",
}


def pack(**files: str) -> Pack:
    """Return a tiny pack; a file given replaces the base's."""
    texts = {f"{name}.yaml": text for name, text in {**BASE, **files}.items()}
    return loader.load_texts(texts)


def book(set_to: Mapping[str, str] | None = None, settings: Mapping[str, str] | None = None, **files: str) -> Book:
    """Return the book of a tiny pack."""
    return Book.build(pack(**files), set_to, calendar=loader.work_calendar(), settings=settings)


def at(text: str) -> datetime:
    """Read a local time; `09:00` means 2024-01-10."""
    return parse_instant(text if "-" in text else f"2024-01-10 {text}", ZONE)


def case(*log: tuple[str, str] | tuple[str, str, dict[str, object]], kind: str = "incident") -> Case:
    """Fold `(time, type, content)` rows; the first row is the opening unless its type says otherwise."""
    rows = list(log)
    if not rows or rows[0][1] != "opened":
        rows.insert(0, (rows[0][0] if rows else "09:00", "opened"))
    opening: dict[str, object] = {"kind": kind, "organisation": "org", "root": "org", "owner": "office@A"}
    folded: Case | None = None
    for seq, (when, type_, *rest) in enumerate(rows, start=1):
        content = {**(opening if type_ == "opened" else {}), **(rest[0] if rest else {})}
        recorded = at(str(content.pop("recorded", when)))
        event = Event(type_, "case-1", seq, at(when), recorded, "p1", content=content)
        folded = evolve(folded, seal(event, folded.head if folded else ""))
    assert folded is not None
    return folded
