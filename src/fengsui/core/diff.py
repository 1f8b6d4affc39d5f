"""Two packs compared in rules, and what that means for the version number (language 9.2).

Rules
- Rules are matched by id; a grant without one by its act and condition. Order of keys and files does not count.
- A rule changed or removed is a major change, a rule added a minor one; labels, clauses and notes are a patch.
- A change says what is different for people: "结束响应（响应 III）：还要应急办同意".

Example: `diff(load(old), load(new)).advice` is the version that the new pack should bear.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, cast

from fengsui.core.pack import Pack
from fengsui.core.pack.acts import ACT_NAMES, KINDS, VERB_NAMES
from fengsui.core.problems import Lang
from fengsui.core.timing import parse_limit, show_limit

Weight = Literal["major", "minor", "patch"]
_HEAVY: tuple[Weight, ...] = ("patch", "minor", "major")

_WORDS = frozenset(
    ("zh", "en", "aliases", "note", "says", "says_en", "cite", "at", "clause", "inferred", "product", "suggest", "law")
) | {"missing", "owes"}
"""Keys that change what people read, not what the engine does. A clause's `not_executable` is a word, too."""

_KEYS: Mapping[str, tuple[str, str]] = {
    "when": ("条件", "condition"),
    "by": ("由谁", "by"),
    "to": ("报给谁", "to"),
    "with": ("参加", "with"),
    "within": ("时限", "limit"),
    "from": ("起算", "clock start"),
    "every": ("间隔", "interval"),
    "until": ("到何时为止", "until"),
    "done_by": ("怎样算完成", "discharged by"),
    "on": ("起因", "trigger"),
    "owes": ("应做", "what is owed"),
    "form": ("表单", "form"),
    "needs": ("所需材料或条件", "needs"),
    "level": ("级别", "level"),
    "at_least": ("门槛", "thresholds"),
    "otherwise": ("都不符合时", "when nothing fits"),
    "highest_of": ("取其最高", "highest of"),
    "type": ("类型", "type"),
    "values": ("取值", "values"),
    "posts": ("岗位", "posts"),
    "options": ("选项", "options"),
    "fields": ("栏目", "fields"),
    "hole": ("空白", "hole"),
    "forbidden": ("禁止", "forbidden"),
    "outside": ("由外部办理", "done outside"),
    "waits_for": ("等待", "waits for"),
    "optional": ("可不做", "optional"),
    "in_principle": ("原则上", "in principle"),
    "keep": ("持续", "kept up"),
    "start": ("开始", "start"),
}
_SORTS: Mapping[str, tuple[str, str]] = {
    "pack": ("预案", "pack"),
    "scale": ("标度", "scale"),
    "set": ("术语", "set"),
    "matter": ("事项", "matter"),
    "document": ("材料", "document"),
    "body": ("机构", "body"),
    "fact": ("事实", "fact"),
    "scope": ("适用范围", "scope rule"),
    "method": ("定级方法", "method"),
    "rule": ("定级规则", "grading rule"),
    "grade": ("定级", "grade"),
    "grant": ("权限", "grant"),
    "duty": ("义务", "duty"),
    "pattern": ("多案情形", "pattern"),
    "playbook": ("处置规程", "playbook"),
    "step": ("步骤", "step"),
    "form": ("表单", "form"),
    "parameter": ("解读参数", "parameter"),
    "switch": ("解读选择", "switch"),
    "soft_word": ("弹性时限词", "soft word"),
    "clause": ("条款", "clause"),
}
_LIGHT = frozenset({"clause", "document"})

Rule = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: which rule, what sort of change, how heavy, and the sentence."""

    sort: str
    rule: str
    change: Literal["added", "removed", "changed"]
    weight: Weight
    zh: str
    en: str
    clause: tuple[str, ...] = ()

    def as_json(self, lang: Lang) -> dict[str, object]:
        """Return the change as plain data."""
        text = self.zh if lang == "zh" else self.en
        plain = {"sort": self.sort, "rule": self.rule, "change": self.change, "weight": self.weight, "text": text}
        return {**plain, "clause": list(self.clause)}


@dataclass(frozen=True, slots=True)
class Diff:
    """All differences of two packs, and the version that the new one should at least bear."""

    old: str
    new: str
    changes: tuple[Change, ...]
    same_text: bool = True

    @property
    def weight(self) -> Weight | None:
        """The heaviest change, or None where nothing differs."""
        heavy = [_HEAVY.index(change.weight) for change in self.changes]
        return _HEAVY[max(heavy)] if heavy else (None if self.same_text else "patch")

    @property
    def advice(self) -> str:
        """The version number that the changes ask for, counted from the old one."""
        major, minor, patch = (int(part) for part in self.old.split("-")[0].split("+")[0].split("."))
        if self.weight == "major":
            return f"{major + 1}.0.0"
        if self.weight == "minor":
            return f"{major}.{minor + 1}.0"
        return f"{major}.{minor}.{patch + 1}" if self.weight else self.old

    def lines(self, lang: Lang = "zh") -> list[str]:
        """Return the differences as lines of text."""
        marks = {"added": "+", "removed": "-", "changed": "~"}
        found = [f"{marks[c.change]} {c.zh if lang == 'zh' else c.en}" for c in self.changes]
        if not self.weight:
            return ["没有差别" if lang == "zh" else "no difference"]
        if lang == "en":
            return [
                *found,
                f"{len(found)} changes; {self.old} → {self.new}; asks for {self.advice} ({self.weight})",
            ]
        return [*found, f"共 {len(found)} 处；版本 {self.old} → {self.new}；按改动应为 {self.advice}（{self.weight}）"]

    def as_json(self, lang: Lang = "zh") -> dict[str, object]:
        """Return the differences as plain data."""
        changes = [change.as_json(lang) for change in self.changes]
        return {"old": self.old, "new": self.new, "weight": self.weight, "advice": self.advice, "changes": changes}


def diff(old: Pack, new: Pack) -> Diff:
    """Compare two packs rule by rule."""
    before, after = dict(_rules(old)), dict(_rules(new))
    changes: list[Change] = []
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if one is None and other is not None:
            changes.append(_added(new, key, other))
        elif other is None and one is not None:
            changes.append(_removed(old, key, one))
        elif one is not None and other is not None:
            changes += _changed(old, new, key, one, other)
    return Diff(old.version, new.version, tuple(changes), old.text == new.text)


Key = tuple[str, str]


# ------------------------------------------------------------------------------------------------ rules by name
def _rules(pack: Pack) -> Iterator[tuple[Key, Rule]]:
    raw = pack.raw
    head = {key: value for key, value in _map(raw.get("pack")).items() if key not in ("version", "text")}
    yield ("pack", pack.id), head
    for sort, file, key in (
        ("scale", "terms", "scales"),
        ("set", "terms", "sets"),
        ("matter", "terms", "matters"),
        ("document", "terms", "documents"),
        ("body", "bodies", "bodies"),
        ("fact", "facts", "facts"),
        ("form", "forms", "forms"),
        ("parameter", "readings", "parameters"),
        ("switch", "readings", "switches"),
        ("soft_word", "readings", "soft_words"),
        ("clause", "clauses", "clauses"),
        ("pattern", "duties", "patterns"),
    ):
        for name, body in _map(_map(raw.get(file)).get(key)).items():
            yield (sort, name), _map(body) or {"zh": body}
    yield from _grading(_map(raw.get("grading")))
    for kind in KINDS:
        for grant in _list(_map(raw.get("grants")).get(kind)):
            yield ("grant", _grant_key(kind, grant)), {**grant, "kind": kind}
        for duty in _list(_map(raw.get("duties")).get(kind)):
            yield ("duty", str(duty.get("id"))), {**duty, "kind": kind}
    yield from _playbooks(_map(_map(raw.get("playbooks")).get("playbooks")))


def _grading(raw: Rule) -> Iterator[tuple[Key, Rule]]:
    for scope in _list(raw.get("scope")):
        yield ("scope", str(scope.get("id"))), scope
    for name, method in _map(raw.get("methods")).items():
        body = _map(method)
        yield ("method", name), {key: value for key, value in body.items() if key != "rules"}
        for rule in _list(body.get("rules")):
            yield ("rule", f"{name}.{rule.get('id')}"), rule
    if "grade" in raw:
        yield ("grade", "grade"), _map(raw["grade"])


def _playbooks(raw: Rule) -> Iterator[tuple[Key, Rule]]:
    for name, playbook in raw.items():
        body, order = _map(playbook), []
        for stage in _list(body.get("steps")):
            steps = _list(stage.get("together")) if "together" in stage else [stage]
            order.append([step.get("id") for step in steps])
            for step in steps:
                yield ("step", f"{name}.{step.get('id')}"), step
        yield ("playbook", name), {**body, "steps": order}


def _grant_key(kind: str, grant: Rule) -> str:
    if "id" in grant:
        return str(grant["id"])
    return f"{kind} {grant.get('act')} {json.dumps(grant.get('when', ''), ensure_ascii=False, sort_keys=True)}"


def _map(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[dict[str, object]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


# ------------------------------------------------------------------------------------------------ sentences
def _name(pack: Pack, key: Key, rule: Rule) -> tuple[str, str]:
    """Return what people call a rule, in Chinese and English."""
    sort, name = key
    zh, en = _SORTS[sort]
    if sort == "grant":
        act = ACT_NAMES.get(str(rule.get("act")), (str(rule.get("act")),) * 2)
        zh, en = _text(pack, rule.get("when")), _text(pack, rule.get("when"), "en")
        return act[0] + (f"（{zh}）" if zh else ""), act[1] + (f" ({en})" if en else "")
    label = rule.get("owes") or rule.get("zh")
    said = label.get("zh") if isinstance(label, dict) else label
    return f"{zh}“{said or name}”（{name}）", f"{en} '{rule.get('en') or said or name}' ({name})"


def _added(pack: Pack, key: Key, rule: Rule) -> Change:
    zh, en = _name(pack, key, rule)
    weight: Weight = "patch" if key[0] in _LIGHT else "minor"
    return Change(*key, "added", weight, f"新增：{zh}", f"added: {en}", _clauses(rule))


def _removed(pack: Pack, key: Key, rule: Rule) -> Change:
    zh, en = _name(pack, key, rule)
    weight: Weight = "patch" if key[0] in _LIGHT else "major"
    return Change(*key, "removed", weight, f"删去：{zh}", f"removed: {en}", _clauses(rule))


def _changed(old: Pack, new: Pack, key: Key, one: Rule, other: Rule) -> Iterator[Change]:
    zh, en = _name(new, key, other)
    if key[0] == "grant" and _links(one) != _links(other):
        said = _chain(new, _links(one), _links(other))
        yield Change(*key, "changed", "major", f"{zh}：{said[0]}", f"{en}: {said[1]}", _clauses(other))
    for part in dict.fromkeys((*one, *other)):
        if one.get(part) == other.get(part) or part in ("by", "chain") and key[0] == "grant":
            continue
        word = _KEYS.get(part, (part, part))
        before, after = _text(old, one.get(part)), _text(new, other.get(part))
        was, now = _text(old, one.get(part), "en"), _text(new, other.get(part), "en")
        light = part in _WORDS or part.startswith("x-") or key[0] in _LIGHT
        yield Change(
            *key,
            "changed",
            "patch" if light else "major",
            f"{zh}：{word[0]}由“{before or '无'}”改为“{after or '无'}”",
            f"{en}: {word[1]} was '{was or 'none'}', now '{now or 'none'}'",
            _clauses(other),
        )


def _links(rule: Rule) -> list[tuple[str, str]]:
    """Return the chain of a grant as (verb, who) pairs; `by: X` is `do: X`."""
    if "by" in rule:
        return [("do", _plain(rule["by"]))]
    links: list[tuple[str, str]] = []
    for link in _list(rule.get("chain")):
        for verb, who in link.items():
            links += [(verb, _plain(one)) for one in (who if isinstance(who, list) else [who])]
    return links


def _chain(pack: Pack, one: list[tuple[str, str]], other: list[tuple[str, str]]) -> tuple[str, str]:
    gone = [link for link in one if link not in other]
    come = [link for link in other if link not in one]
    zh = [f"不再由{_who(pack, w)}{VERB_NAMES.get(v, (v, v))[0]}" for v, w in gone]
    zh += [f"还要{_who(pack, w)}{VERB_NAMES.get(v, (v, v))[0]}" for v, w in come]
    en = [f"{_who(pack, w, 'en')} no longer to {VERB_NAMES.get(v, (v, v))[1]}" for v, w in gone]
    en += [f"{_who(pack, w, 'en')} now to {VERB_NAMES.get(v, (v, v))[1]}" for v, w in come]
    if not gone and not come:
        return "权限链的次序变了", "the order of the chain has changed"
    return "，".join(zh), ", ".join(en)


def _who(pack: Pack, text: str, lang: Lang = "zh") -> str:
    return pack.body_label(text, lang)


def _text(pack: Pack, value: object, lang: Lang = "zh") -> str:
    """Return a raw value in words, with the labels of bodies, facts and readings where it names one."""
    comma, and_ = ("，", "、") if lang == "zh" else (", ", ", ")
    if isinstance(value, dict):
        return comma.join(
            f"{_subject(pack, key, lang)} {_text(pack, item, lang)}".strip() for key, item in value.items()
        )
    if isinstance(value, list):
        return and_.join(_text(pack, item, lang) for item in value)
    if value is None:
        return ""
    word = str(value)
    if word[:1].isdigit() and isinstance(value, str):
        with suppress(ValueError):
            return show_limit(parse_limit(word), lang)
    named = word.startswith("$") or word.partition(".")[0] in pack.bodies
    return pack.body_label(word, lang) if named else word


def _subject(pack: Pack, key: str, lang: Lang) -> str:
    names = {"response": "响应", "level": "级别", "assessed": "初判", "colour": "预警", "current": "现行级别"}
    return key if key in names and lang == "en" else names.get(key) or pack.label("fact", key, lang)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _clauses(rule: Rule) -> tuple[str, ...]:
    return tuple(str(rule.get("clause", "")).split())
