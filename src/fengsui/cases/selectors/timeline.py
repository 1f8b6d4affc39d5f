"""The log as people read it: one line per event, with who, what, when, and what lies beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fengsui.cases import models
from fengsui.cases.pages import EventRow
from fengsui.cases.selectors.systems import affected
from fengsui.cases.selectors.words import Words, event_label, event_mark
from fengsui.core.case import SYSTEM, Case, Event
from fengsui.core.obligations import Obligation

TOKEN = "text:"
BAD = frozenset({"due_passed", "returned", "voided", "ratification_refused"})
DONE = frozenset({"reported", "confirmed", "ended", "closed", "investigated", "lifted"})


def files_beside(root: str, case: str) -> dict[int, tuple[str, ...]]:
    """Return the files of a case by event: name, size, and the first of its SHA-256."""
    found: dict[int, tuple[str, ...]] = {}
    for row in models.File.objects.filter(root=root, case=case).order_by("pk"):
        line = "（已依法删除）" if row.erased_at else f"{row.name} {_size(row.size)}"
        found[row.seq] = (*found.get(row.seq, ()), f"{line} {row.digest.removeprefix('sha256:')[:8]}")
    return found


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"


def texts_beside(root: str, *cases: str) -> dict[str, str]:
    """Return the free texts of cases by token; an erased one says so."""
    rows = models.Beside.objects.filter(root=root, case__in=cases).values_list("token", "text", "erased_at")
    return {token: "（已依法删除）" if erased_at else text for token, text, erased_at in rows}


def event_rows(
    case: Case,
    events: Iterable[Event],
    words: Words,
    texts: Mapping[str, str],
    owed: Iterable[Obligation],
    files: Mapping[int, tuple[str, ...]],
) -> tuple[EventRow, ...]:
    """Return the lines of some events of a case, given in the order of its log, the newest first."""
    corrected = {str(event.content.get("target")) for event in case.events if event.type == "corrected"}
    known = {one.key: one for one in owed}
    rows = []
    for event in events:
        row = event_row(event, words, texts, str(event.seq) in corrected, known)
        papers = tuple(words.say("附件：", "file: ") + line for line in files.get(event.seq, ()))
        rows.append(replace(row, detail=(*row.detail, *papers)))
    return tuple(reversed(rows))


def event_row(
    event: Event,
    words: Words,
    texts: Mapping[str, str],
    corrected: bool = False,
    owed: Mapping[str, Obligation] | None = None,
) -> EventRow:
    """Return one line."""
    system = event.person == SYSTEM.person
    return EventRow(
        seq=event.seq,
        type=event.type,
        word=event_mark(event),
        label=_label(event, words, texts),
        who=words.say("系统", "system") if system else words.spoke(event.content, event.seats),
        code=event.digest.removeprefix("sha256:")[:8],
        at=event.at,
        recorded_at=event.recorded_at,
        detail=tuple(_details(event, words, texts, owed or {})),
        system=system,
        late_entry=event.at != event.recorded_at and not system,
        corrected=corrected,
        tone="bad" if event.type in BAD else "done" if event.type in DONE else "",
    )


def free(text: Any, texts: Mapping[str, str]) -> str:
    """Return the words a token stands for, or the text itself."""
    if isinstance(text, list | tuple):
        return " ".join(free(part, texts) for part in text)
    plain = str(text)
    return texts.get(plain, "") if plain.startswith(TOKEN) else plain


def _label(event: Event, words: Words, texts: Mapping[str, str]) -> str:
    label = event_label(event, words.pack, words.lang)
    content = event.content
    for key, scale in (("response", "response"), ("level", "level"), ("colour", "colour")):
        badge = words.level(str(content.get(key) or ""), scale)
        if badge is not None:
            return f"{label} {badge.label}"
    if event.type == "linked" and content.get("value"):
        badge = words.level(str(content["value"])) or words.level(str(content["value"]), "colour")
        return f"{label} {badge.label}" if badge else label
    if event.type == "opened":
        return f"{words.say('报告', 'reported')}：{free(content.get('title', ''), texts)}"
    return label


def _details(event: Event, words: Words, texts: Mapping[str, str], owed: Mapping[str, Obligation]) -> list[str]:
    content: Mapping[str, Any] = event.content
    found = []
    if content.get("to"):
        found.append("→ " + words.join(words.body(str(to)) for to in content["to"]))
    found += _facts(content, words, texts)
    if content.get("obligation"):
        key = str(content["obligation"])
        found.append(
            owed[key].owes.zh
            if key in owed and words.lang == "zh"
            else key
            if key not in owed
            else owed[key].owes.en or owed[key].owes.zh
        )
    if content.get("reading"):
        value = str(content.get("value", ""))
        found.append(f"{words.pack.label('reading', str(content['reading']), words.lang)}：{value}")
    if event.type == "pattern":
        found += _group(content, words)
    for key in ("reason", "note"):
        if content.get(key):
            found.append(free(content[key], texts))
    found += _papers(content, words, texts)
    return [line for line in found if line]


def _facts(content: Mapping[str, Any], words: Words, texts: Mapping[str, str]) -> list[str]:
    doubtful = set(content.get("unverified") or ())
    said = affected(content, words)
    for name, value in (content.get("facts") or {}).items():
        mark = words.say("（待核实）", " (unverified)") if name in doubtful else ""
        said.append(f"{words.pack.label('fact', name, words.lang)}：{words.value(name, value, texts)}{mark}")
    unknown = [words.pack.label("fact", name, words.lang) for name in content.get("unknown") or ()]
    if unknown:
        said.append(words.say("不清楚：", "unknown: ") + words.join(unknown))
    if content.get("rest_none"):
        said.append(words.say("逐项核对，无其他情形", "everything else checked: nothing"))
    return said


def _group(content: Mapping[str, Any], words: Words) -> list[str]:
    """Return what a case hears of its group: what they share and how many they are, not which."""
    pattern = words.pack.patterns.get(str(content.get("pattern")))
    same = zip(pattern.same, content.get("key") or (), strict=False) if pattern else ()
    shared = [f"{words.pack.label('fact', fact, words.lang)}：{words.value(fact, value)}" for fact, value in same]
    count = content.get("count")
    return shared + ([words.say(f"共 {count} 起", f"{count} in all")] if count else [])


def _papers(content: Mapping[str, Any], words: Words, texts: Mapping[str, str]) -> list[str]:
    found = []
    word = content.get("by_word")
    if word:
        found.append(
            words.say(f"口头（{word['means']}），两人登记，待补签", f"by word ({word['means']}), to be signed")
        )
    paper = content.get("registered")
    if paper:
        receipt = paper.get("receipt", "")
        signed = free(paper.get("signed_by", ""), texts)
        found.append(
            words.say(f"纸件 {paper['date']} {signed} {receipt}", f"paper {paper['date']} {signed} {receipt}").strip()
        )
    if content.get("documents"):
        names = words.join(words.thing(str(name)) for name in content["documents"])
        found.append(words.say("证据：", "evidence: ") + names)
    return found
