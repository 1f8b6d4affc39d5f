"""The rules of a pack: grading, grants, duties, playbooks (language 3 to 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator, Field, PlainValidator, Tag, ValidationInfo, model_validator

from fengsui.core.pack.acts import ACTS, VERBS, Kind
from fengsui.core.pack.fields import (
    BodyName,
    ClockField,
    EveryField,
    FormName,
    Id,
    KeepField,
    Label,
    LabelField,
    Level,
    LimitField,
    Needs,
    Parties,
    Patterns,
    RangeField,
    Strict,
    Text,
    Texts,
    When,
    WhenStrict,
    Who,
    YesNo,
    parse_who,
    words,
)
from fengsui.core.pack.terms import Honest
from fengsui.core.pack.values import Type, Value
from fengsui.core.pack.vocabulary import ReadingRef, Vocabulary, refuse
from fengsui.core.pack.when import ALWAYS, Condition


class ScopeRule(Honest):
    """A case that this plan does not grade: handed over to another plan, or out of scope."""

    id: Id
    when: WhenStrict
    hand_over: Text | None = None
    out: Text | None = None


def _ladder(raw: object, info: ValidationInfo) -> dict[str, Value | ReadingRef]:
    if not isinstance(raw, dict):
        refuse("bad_value", text=str(raw), type="级别到门槛的映射", type_en="mapping", example="{I: 24h, II: 3h}")
    fact = info.data.get("fact")
    type_ = words(info).subject_type(str(fact)) if fact else Type("text")
    return {level: _threshold(level, text, type_, words(info)) for level, text in raw.items()}


def _threshold(level: str, text: object, type_: Type, vocabulary: Vocabulary) -> Value | ReadingRef:
    vocabulary.known("level", level, vocabulary.domain.scales.get("level", ()), (level,))
    if isinstance(text, str) and text.startswith("$"):
        return vocabulary.reading(text, (level,), type_)
    return vocabulary.value(text, type_, (level,))


class GradeRule(Honest):
    """One row of a method: a level, `result: none`, a range, or a ladder of thresholds over one fact."""

    id: Id
    zh: Text | None = None
    en: Text | None = None
    when: WhenStrict = ALWAYS
    level: Level | None = None
    result: Literal["none"] | None = None
    range: RangeField | None = None
    fact: Text | None = None
    at_least: Annotated[dict[str, Value | ReadingRef], PlainValidator(_ladder)] | None = None

    @model_validator(mode="after")
    def _one_result(self) -> GradeRule:
        if sum(x is not None for x in (self.level, self.result, self.range, self.at_least)) != 1:
            refuse("missing_key", key="level / result / range / at_least")
        return self


@dataclass(frozen=True, slots=True)
class Row:
    """A grading rule after ladders are spread: one condition, one result. `id` of a ladder's row is `rule.level`."""

    id: str
    rule: GradeRule
    when: Condition
    level: str | None
    none: bool = False
    range: tuple[str, str] | ReadingRef | None = None

    @property
    def clause(self) -> tuple[str, ...]:
        """The clauses of the written rule."""
        return self.rule.clause


class Within(Strict):
    """The range of another method around this one's result."""

    range_by: Id
    effect: Text
    clause: Text


class Method(Honest):
    """A way to a level: rows, or the highest of other methods; `otherwise` says what it means when nothing fits."""

    zh: Text
    en: Text | None = None
    rules: tuple[GradeRule, ...] = ()
    highest_of: Texts = ()
    within: Within | None = None
    otherwise: Literal["ungraded", "no_rule"] = "no_rule"


class Uplift(Honest):
    """A condition that allows a discretionary raise: an offer, never a level."""

    zh: Text
    en: Text | None = None
    when: WhenStrict


class GradeSpec(Honest):
    """Which method is official, which are shown beside it, what may be raised."""

    by: Text
    beside: Texts = ()
    uplift: tuple[Uplift, ...] = ()
    reason_required: YesNo = False


class GradingFile(Strict):
    """`grading.yaml`."""

    scope: tuple[ScopeRule, ...] = ()
    methods: dict[str, Method] = Field(default_factory=dict)
    grade: GradeSpec | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: a verb and who fills it. `sign` with several parties takes all of them, in any order."""

    verb: str
    who: tuple[Who, ...]


def _chain(raw: object, info: ValidationInfo) -> tuple[Link, ...]:
    if not isinstance(raw, list) or not raw:
        refuse("bad_value", text=str(raw), type="权限链", type_en="chain", example="[propose: group, approve: lead]")
    links = []
    for n, item in enumerate(raw):
        if not isinstance(item, dict) or len(item) != 1:
            refuse("bad_value", (n,), text=str(item), type="权限链的一环", type_en="link", example="approve: group")
        ((verb, who),) = item.items()
        words(info).known("verb", verb, VERBS, (n, verb))
        items = who if isinstance(who, list) else [who]
        links.append(Link(verb, tuple(parse_who(w, words(info), (n, verb)) for w in items)))
    return tuple(links)


class Ratify(Strict):
    """Fast path: the act takes effect now and is to be ratified."""

    by: Parties
    within: LimitField


class Grant(Honest):
    """Who may do which act, when and how: a chain of verbs; or a hole; or forbidden; or done outside (language 4.2)."""

    id: Text
    kind: Kind
    act: Text
    when: When = ALWAYS
    by: Parties = ()
    chain: Annotated[tuple[Link, ...], PlainValidator(_chain)] = ()
    outside: Parties = ()
    record_by: Parties = ()
    hole: Text | None = None
    forbidden: Literal["everyone"] | Parties | None = None
    needs: Needs = ()
    form: FormName | None = None
    with_: Parties = Field((), alias="with")
    guided_by: Parties = ()
    answered_by: Parties = ()
    beside: Texts = ()
    ratify: Ratify | None = None
    creates: BodyName | None = None
    then: Text | None = None
    in_person: YesNo = False

    @model_validator(mode="after")
    def _one_way(self) -> Grant:
        if self.act not in ACTS[self.kind]:
            refuse("unknown_name", ("act",), sort="动作", sort_en="act", name=self.act, mean="", mean_en="")
        if sum(map(bool, (self.by, self.chain, self.outside, self.hole, self.forbidden))) != 1:
            refuse("missing_key", key="by / chain / outside / hole / forbidden")
        return self

    @property
    def links(self) -> tuple[Link, ...]:
        """The chain; `by: X` is short for `chain: [do: X]`, an outside act for its registration."""
        if self.outside:
            return (Link("record", self.record_by),) if self.record_by else ()
        return self.chain or ((Link("do", self.by),) if self.by else ())


class GrantsFile(Strict):
    """`grants.yaml`, one key per kind of case."""

    incident: tuple[Grant, ...] = ()
    warning: tuple[Grant, ...] = ()
    standing: tuple[Grant, ...] = ()
    key_period: tuple[Grant, ...] = ()


class Duty(Honest):
    """What is owed, by whom, to whom, when: an obligation per matching event (language 5.1)."""

    id: Id
    kind: Kind
    on: Patterns
    owes: LabelField
    by: Parties
    to: Parties = ()
    with_: Parties = Field((), alias="with")
    when: When = ALWAYS
    from_: ClockField | None = Field(None, alias="from")
    within: LimitField | None = None
    every: EveryField | None = None
    keep: KeepField | None = None
    until: Patterns = ()
    done_by: Patterns = ()
    form: FormName | None = None
    optional: Text | None = None
    replaces: Id | None = None
    in_principle: YesNo = False
    on_regrade: Literal["recompute", "keep"] = "recompute"


class Pattern(Honest):
    """Like cases over one root, whose count becomes an event (language 5.4)."""

    zh: Text
    en: Text | None = None
    cases: When
    same: Texts = ()
    distinct: Text | None = None
    window: Text
    is_: Text = Field(alias="is")


class DutiesFile(Strict):
    """`duties.yaml`, one key per kind of case, and patterns over cases."""

    incident: tuple[Duty, ...] = ()
    warning: tuple[Duty, ...] = ()
    standing: tuple[Duty, ...] = ()
    key_period: tuple[Duty, ...] = ()
    patterns: dict[str, Pattern] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a menu; an option may need its own approver."""

    label: Label
    by: Who | None = None


def _choices(raw: object, info: ValidationInfo) -> dict[str, Choice]:
    if not isinstance(raw, dict):
        refuse("bad_value", text=str(raw), type="选项", type_en="options", example="{disconnect: 断开链接}")
    found = {}
    for name, body in raw.items():
        if isinstance(body, str):
            found[name] = Choice(Label(body))
            continue
        by = parse_who(body["by"], words(info), (name, "by")) if "by" in body else None
        found[name] = Choice(Label(str(body.get("zh", name)), body.get("en")), by)
    return found


class Menu(Strict):
    """Choose at least so many of these; some options are forbidden whatever the text says."""

    at_least: Annotated[int, PlainValidator(lambda raw: int(str(raw)))] = 1
    of: Annotated[dict[str, Choice], PlainValidator(_choices)]
    forbid: dict[str, LabelField] = Field(default_factory=dict)


class Step(Honest):
    """One task: an order of things, never a deadline; `within` opens an obligation that the step discharges."""

    id: Id
    zh: Text
    en: Text | None = None
    by: Parties
    with_: Parties = Field((), alias="with")
    guided_by: Parties = ()
    when: When = ALWAYS
    needs: Needs = ()
    waits_for: Text | None = None
    within: LimitField | None = None
    act: Text | None = None
    form: FormName | None = None
    optional: Text | None = None
    pre_authorised: YesNo = False
    choose: Menu | None = None


class Together(Strict):
    """Steps without order among themselves."""

    together: tuple[Step, ...]


def _stage(raw: object) -> str:
    return "#together" if isinstance(raw, Together) or (isinstance(raw, dict) and "together" in raw) else "#step"


Stage = Annotated[Annotated[Together, Tag("#together")] | Annotated[Step, Tag("#step")], Discriminator(_stage)]


class Playbook(Strict):
    """Ordered tasks that begin with an event, under a condition."""

    zh: Text | None = None
    en: Text | None = None
    kind: Kind | None = None
    start: Patterns
    when: When = ALWAYS
    steps: tuple[Stage, ...]
    note: Text | None = None

    @property
    def stages(self) -> tuple[tuple[Step, ...], ...]:
        """The steps in order; a parallel group is one stage."""
        return tuple(s.together if isinstance(s, Together) else (s,) for s in self.steps)


class PlaybooksFile(Strict):
    """`playbooks.yaml`."""

    playbooks: dict[str, Playbook] = Field(default_factory=dict)
