"""One sentence per declared thing: scales, sets, matters, bodies, facts, forms, readings, soft words."""

from __future__ import annotations

from fengsui.core.explain.rules import closing
from fengsui.core.explain.voice import CIRCLED, Voice
from fengsui.core.pack import Body, FactRule, Form, Label, Parameter, Scale, Switch, TermSet, Type
from fengsui.core.pack.terms import Matter, Named
from fengsui.core.pack.values import NAMES_ZH

KINDS = {
    "standing": ("常设机构", "a standing body"),
    "temporary": ("临时机构", "a temporary body"),
    "derived": ("由案情确定的机构", "a body found from the case"),
    "external": ("外部机构", "an outside body"),
}
SOURCES = {
    "asset.owner": ("系统的主管单位", "the owner of the system"),
    "asset.user": ("系统的使用单位", "the user of the system"),
    "asset.builder": ("系统的建设单位", "the builder of the system"),
    "asset.operator": ("系统的运营单位", "the operator of the system"),
    "case.issued_by": ("发布预警的机构", "the body that issued the warning"),
    "case.commander": ("指挥响应的机构", "the body in command"),
    "everyone_else": ("其余各单位", "every other unit"),
}


def _label(label: Label, voice: Voice) -> str:
    return voice.say(label.zh, label.en or label.zh)


def _named(one: Named, voice: Voice) -> str:
    said = voice.say(one.zh, one.en or one.zh)
    if not one.aliases:
        return said
    return said + voice.say(f"（又称{'、'.join(one.aliases)}）", f" (also {', '.join(one.aliases)})")


def scale(one: Scale, voice: Voice) -> str:
    """Return an ordinal from light to grave."""
    values = voice.listed(_label(label, voice) for label in one.values.values())
    said = voice.say(f"{_named(one, voice)}由轻到重：{values}", f"{_named(one, voice)}, light to grave: {values}")
    for name, why in one.undeclared.items():
        value = _label(one.values[name], voice) if name in one.values else name
        said += voice.say(f"；{value}未经声明（{why}）", f"; {value} is used undeclared ({why})")
    return said + closing(one, voice)


def term_set(one: TermSet, voice: Voice) -> str:
    """Return the named values of a set."""
    values = voice.listed(_label(label, voice) for label in one.values.values())
    rest = voice.say("等，其他情形须写明", "; others with a reason") if one.open else ""
    return voice.say(f"{_named(one, voice)}：{values}{rest}", f"{_named(one, voice)}: {values}{rest}") + closing(
        one, voice
    )


def matter(one: Matter, voice: Voice) -> str:
    """Return a kind of thing that may be recorded."""
    return voice.say(f"可记录：{_named(one, voice)}", f"May be recorded: {_named(one, voice)}") + closing(one, voice)


def body(one: Body, voice: Voice) -> str:
    """Return who can act: its kind, what it belongs to, its posts, when it is there."""
    parts = [_named(one, voice), _origin(one, voice)]
    if one.under:
        upper = voice.body(one.under)
        parts.append(voice.say(f"隶属{upper}", f"under {upper}"))
    if one.many:
        parts.append(voice.say("有多个单位", "many units"))
    if one.posts:
        posts = voice.listed(_label(label, voice) for label in one.posts.values())
        parts.append(voice.say(f"设{posts}", f"with {posts}"))
    if one.acts_through:
        posts = voice.either(_label(one.posts[p], voice) for p in one.acts_through if p in one.posts)
        parts.append(voice.say(f"由{posts}代表", f"represented by {posts}"))
    if one.created_by or one.ends_on:
        begin, end = voice.events(one.created_by), voice.events(one.ends_on)
        parts.append(voice.say(f"自{begin}成立，至{end}撤销", f"from {begin} until {end}"))
    if one.constituted:
        parts.append(voice.say("本预案没有设立它", "not constituted by this plan"))
    return voice.say("，", ", ").join(parts) + closing(one, voice)


def _origin(one: Body, voice: Voice) -> str:
    if one.kind == "derived" and isinstance(one.from_, str) and one.from_ in SOURCES:
        return voice.say(f"即{SOURCES[one.from_][0]}", SOURCES[one.from_][1])
    if one.kind == "external" and one.binds:
        return voice.say(
            "外部机构，以合同约束" if one.binds == "contract" else "外部机构，以协议约束",
            f"outside, bound by {one.binds}",
        )
    return voice.say(*KINDS[one.kind])


def type_name(type_: Type, voice: Voice) -> str:
    """Return the name of a type for people."""
    if type_.name:
        sort = "scale" if type_.kind == "scale" else "set"
        label = voice.pack.label(sort, type_.name, voice.lang)
        return voice.say(f"{label}（可多项）", f"{label} (several)") if type_.many else label
    return voice.say(NAMES_ZH.get(type_.kind, type_.kind).split("（")[0], type_.kind.replace("_", " "))


def fact(name: str, one: FactRule, voice: Voice) -> str:
    """Return a question to the night: asked, defined or derived."""
    label = _named(one, voice)
    if one.means is not None:
        said = voice.say(f"{label}，是指：{voice.condition(one.means)}", f"{label} means: {voice.condition(one.means)}")
    elif one.derive is not None:
        said = _derived(label, one, voice)
    else:
        kind = type_name(one.type, voice)
        said = voice.say(f"{label}：填{kind}", f"{label}: a {kind}")
        if name.startswith("asset."):
            said += voice.say("，取自系统台账", ", from the asset register")
    if one.judged:
        said += voice.say("，须研判并写明依据", ", judged, with a reason")
    if one.initially is not None:
        first = voice.value(voice.pack.words.value(one.initially, one.type), one.type)
        said += voice.say(f"，未说明时为{first}", f", {first} until said otherwise")
    return said + closing(one, voice)


def _derived(label: str, one: FactRule, voice: Voice) -> str:
    assert one.derive is not None
    start, end = (voice.pack.label("fact", name, voice.lang) for name in one.derive.elapsed)
    said = voice.say(f"{label}，是{start}到{end}经过的时间", f"{label} is the time from {start} to {end}")
    if one.derive.minus:
        less = voice.pack.label("fact", one.derive.minus, voice.lang)
        said += voice.say(f"减去{less}", f" less {less}")
    return said + voice.say(f"；{end}不清楚时算到当前", f"; until now while {end} is open")


def form(one: Form, voice: Voice) -> str:
    """Return what a form must contain."""
    first = voice.listed(_field(name, voice, one) for name, field in one.fields.items() if not field.later)
    later = voice.listed(_field(name, voice, one) for name, field in one.fields.items() if field.later)
    said = voice.say(f"《{_named(one, voice)}》须填：{first}", f"'{_named(one, voice)}' must give: {first}")
    if later:
        said += voice.say(f"；首次可缺：{later}", f"; not yet in the first report: {later}")
    if one.missing:
        said += voice.say(f"（{one.missing}）", f" ({one.missing})")
    return said + closing(one, voice)


def _field(name: str, voice: Voice, one: Form) -> str:
    field = one.fields[name]
    return voice.say(field.zh or name, field.en or field.zh or name)


def parameter(name: str, one: Parameter, voice: Voice) -> str:
    """Return a value that the text leaves out."""
    kind = type_name(one.type, voice)
    tail = voice.say(f"原文未写，由本单位确定（{kind}）", f"not in the text, decided by the owner ({kind})")
    return voice.reading(name) + voice.say("：", ": ") + tail + closing(one, voice)


def switch(name: str, one: Switch, voice: Voice) -> str:
    """Return a contradiction with its options, each with its clause."""
    options = voice.say("；", "; ").join(
        f"{CIRCLED[n]}{voice.say(option.zh, option.en or option.zh)}{voice.clauses(option.clause)}"
        for n, option in enumerate(one.options.values())
    )
    tail = voice.say(f"原文可作几种理解，由本单位确定：{options}", f"the text can be read in several ways: {options}")
    return voice.reading(name) + voice.say("：", ": ") + tail + closing(one, voice)


def soft_word(name: str, label: Label, voice: Voice) -> str:
    """Return that a soft word is no deadline."""
    said = _label(label, voice)
    watch = voice.readings.get(f"watch.{name}")
    zh = f"“{said}”不是时限，只按本单位定的提醒时间提醒（{watch or '待定'}）。"
    return voice.say(zh, f"'{said}' is no deadline; only the owner's watch time reminds ({watch or 'not set'}).")
