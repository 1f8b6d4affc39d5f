"""What goes in and out over HTTP: strict requests, complete answers, each field with its meaning.

Rules
- A request takes no field that is not listed here. What it may contain beyond its shape the plan says, not this module.
- An answer is read off the same frozen rows as the pages (`cases.pages`): labels in the reader's language, ids as the
  plan writes them, moments in UTC.
- Fact values are the plan language's own text: `yes`, `2h30min`, `100000`, `30%`, `500万 CNY`, `2026-11-21 01:26`;
  `true`, `false` and numbers may be written as JSON has them; several values are a list.
"""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from fengsui.core.case import Kind

Text = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
FactValue = bool | int | float | Annotated[str, Field(max_length=2000)] | Annotated[list[Name], Field(max_length=200)]
Names = Annotated[list[Name], Field(max_length=200)]


class In(BaseModel):
    """A request: strict, no unknown field."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """An answer, read off a frozen row."""

    model_config = ConfigDict(from_attributes=True)


# ---------------------------------------------------------------------------------------------- problems


class Fault(Out):
    """One fault of a request."""

    place: str = Field(description="where, as a path: `body.facts`, `query.after`")
    code: str = Field(description="kind of fault")
    detail: str = Field(description="what is wrong")


class ProblemDocument(Out):
    """RFC 9457: why something was not done. Nothing was written."""

    type: str = Field(description="leads to the code on the page of the interface", examples=["/api/#not_yours"])
    title: str
    status: int
    detail: str = Field(description="the whole sentence, in the language asked for")
    code: str = Field(description="stable code, listed in the problem reference", examples=["not_yours"])
    place: str = Field(description="where in the request, where there is one place")
    clause: list[str] = Field(description="clauses of the plan that say so")
    next: str = Field(description="what to do next")
    instance: str = Field(description="address asked")
    rightful: list[str] = Field(description="bodies that may do it instead")
    missing: list[str] = Field(description="what is lacking")
    open: list[str] = Field(description="facts and readings that nobody has decided")
    errors: list[Fault] = Field(description="every fault of a request that is not well formed")


# ---------------------------------------------------------------------------------------------- requests


class FileIn(In):
    """A file that goes beside the log: judged by size, name and first bytes."""

    name: Name
    content: str = Field(description="the bytes, base64", json_schema_extra={"contentEncoding": "base64"})
    media_type: str = Field("application/octet-stream", max_length=120)

    @field_validator("content")
    @classmethod
    def _base64(cls, value: str) -> str:
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("not base64") from None
        return value

    @property
    def bytes(self) -> bytes:
        """The content itself."""
        return base64.b64decode(self.content)


Files = Annotated[list[FileIn], Field(max_length=20)]


class ReportIn(In):
    """A report: what is known so far. Everything but the title may stay unknown; level and clocks follow from it."""

    title: str = Field(
        min_length=1, max_length=300, description="what system, what happened", examples=["门户网站无法访问"]
    )
    kind: Kind = "incident"
    organisation: str | None = Field(None, max_length=36, description="id; by default that of the key's person")
    owner: Name | None = Field(None, description="unit in which it happened, `office@info`; by default the system's")
    assets: Names = Field([], description="ids of affected systems of the register, the first picked first")
    facts: dict[Name, FactValue] = Field({}, description="facts by name, see GET /report", max_length=300)
    unknown: Names = Field([], description="facts asked for and not known")
    unverified: Names = Field([], description="of the facts given, those that are not verified")
    rest_none: bool = Field(False, description="everything else did not happen")
    source: Text = Field("", description="who told it")
    note: Text = Field("", description="free text; kept beside the log")
    mode: Literal["live", "exercise"] = "live"
    link: str | None = Field(None, max_length=40, description="number of the case it comes from")
    seat: Name | None = Field(None, description="the seat that speaks, `office.head@A`, where the person holds several")
    happened_at: AwareDatetime | None = Field(None, description="when it was told, where that was earlier")
    files: Files = []


class PreviewIn(In):
    """Facts that are not reported yet."""

    kind: Kind = "incident"
    organisation: str | None = Field(None, max_length=36)
    owner: Name | None = None
    assets: Names = []
    facts: dict[Name, FactValue] = Field({}, max_length=300)
    unverified: Names = []
    rest_none: bool = False


class ByWordIn(In):
    """A link of a chain given by word of mouth, registered by two."""

    means: Name = Field(description="how, `telephone`")
    at: AwareDatetime = Field(description="when it was said")
    second: str = Field(min_length=1, max_length=36, description="id of the other person who registers it")
    said_by: Name | None = Field(None, description="who said it, where the seat has several holders")


class PaperIn(In):
    """The paper of a seat that has nobody here."""

    paper: str = Field(pattern=r"^sha256:[0-9a-f]{64}$", description="hash of the scan")
    date: Name
    signed_by: Name
    channel: str = Field("", max_length=200)
    receipt: str = Field("", max_length=200)


class ActIn(In):
    """An act on a case. Which of the fields an act takes is said by GET on the same address."""

    seen: int | None = Field(
        None,
        ge=0,
        le=2**31 - 1,
        description="`seq` of the case as it was read; later acts of others are then told (409)",
    )
    verb: Name | None = Field(None, description="which link of a chain")
    seat: Name | None = Field(None, description="the seat that speaks")
    value: Name | None = Field(None, description="level, colour or value of a reading")
    to: Names = Field([], description="addressees")
    duty: Names = Field([], description="duties that a report discharges; none: all that fit")
    facts: dict[Name, FactValue] = Field({}, max_length=300)
    unknown: Names = []
    unverified: Names = []
    rest_none: bool = False
    source: Text = ""
    matter: Name | None = None
    step: Name | None = None
    choices: Names = []
    form: dict[Name, Annotated[str, Field(max_length=20_000)]] = Field(
        {}, description="fields of the form", max_length=300
    )
    documents: Names = Field([], description="documents at hand, by name")
    reason: Text | None = None
    note: Text | None = None
    target: str | None = Field(None, max_length=200, description="seq of an event, key of an obligation, or an act")
    reading: Name | None = None
    content: str | None = Field(
        None, max_length=200, description="hash of what was shown, from GET on the same address"
    )
    happened_at: AwareDatetime | None = None
    by_word: ByWordIn | None = None
    registered: PaperIn | None = None
    register_for: Name | None = Field(None, description="the outside body whose paper is registered")
    answer: Literal["return", "withdraw", "ratify", "refuse_ratification", "countersign"] | None = None
    assets: Names = Field([], description="ids of systems that are affected too")
    files: Files = []


class DischargeIn(In):
    """What goes with an obligation done: the act that discharges it is the obligation's own."""

    seen: int | None = Field(None, ge=0, le=2**31 - 1)
    seat: Name | None = None
    to: Names = Field([], description="addressees; by default the obligation's first")
    form: dict[Name, Annotated[str, Field(max_length=20_000)]] = Field({}, max_length=300)
    documents: Names = []
    reason: Text | None = None
    note: Text | None = None
    happened_at: AwareDatetime | None = None
    files: Files = []


# ---------------------------------------------------------------------------------------------- answers


class ReceiptOut(Out):
    """Proof that an act is in the log."""

    number: str = Field(description="number of the case", examples=["LJ-2026-0037"])
    events: list[str] = Field(description="types of the events written")
    seq: int = Field(description="place of the last of them in the log")
    code: str = Field(description="first eight of its digest: what a printed copy is checked by", examples=["9f3a01bc"])
    at: datetime = Field(description="when it was recorded")
    label: str = Field(description="what was done")
    done: bool = Field(description="false where one link of a chain was filled and others follow")
    waits_for: str = Field(description="whose turn it is then")
    repeated: bool = Field(description="true where the same Idempotency-Key gave the same receipt again")


class LevelOut(Out):
    """A level, response level or colour."""

    id: str
    label: str
    rank: int = Field(description="1 is the gravest")
    proposed: bool = False


class CiteOut(Out):
    """A clause of the plan, in our own summary."""

    id: str
    says: str = ""
    at: str = Field("", description="where in the plan")


class ChoiceOut(Out):
    """A value to choose, and what it is called."""

    id: str
    label: str
    hint: str = ""


class LinkOut(Out):
    """How to do it: the act, and the fields that are known already."""

    act: str
    part: dict[str, str] = {}


class CaseLine(Out):
    """One case of the list."""

    number: str
    title: str = Field(description="empty where only the outline may be read")
    kind: str
    mode: str
    unit: str
    opened_at: datetime
    stage: str
    level: LevelOut | None
    proposed: LevelOut | None
    open: int = Field(description="open obligations")
    overdue: int
    next_due: datetime | None
    outline: bool = Field(description="true where the case itself may not be opened")
    last_at: datetime | None


class CaseList(Out):
    """A page of cases, the newest first."""

    items: list[CaseLine]
    next: str | None = Field(description="address of the next page; also in the header Link")


class Happened(Out):
    """A moment of what happened."""

    label: str
    at: datetime


class StageOut(Out):
    """One stage of the way of a case."""

    id: str
    label: str
    state: Literal["done", "now", "next"]
    at: datetime | None
    note: str


class FactOut(Out):
    """A fact, asked or answered."""

    name: str
    label: str
    kind: str = Field(description="yes_no count number percent money duration instant date scale set text body")
    many: bool
    value: str = Field(description="in the plan language's own text")
    shown: str
    unit: str
    options: list[ChoiceOut]
    state: Literal["verified", "unverified", "unknown", "unasked"]
    judged: bool = Field(description="a judgement: needs a reason or a source")
    as_of: datetime | None


class CriterionOut(Out):
    """One criterion of the grading."""

    id: str
    state: Literal["met", "failed", "open", "will"]
    heading: str
    says: str
    level: LevelOut | None
    cites: list[CiteOut]
    facts: list[str]
    at: datetime | None
    unverified: bool


class GradeOut(Out):
    """The grade as the plan gives it on the facts known: level or bounds, why, what is open."""

    status: str
    summary: str
    level: LevelOut | None
    lowest: LevelOut | None
    highest: LevelOut | None
    criteria: list[CriterionOut]
    unset: list[str]


class ChainLinkOut(Out):
    """One link of a chain."""

    verb: str
    verb_label: str
    who: str
    state: Literal["done", "now", "next"]
    at: datetime | None
    by_word: bool


class ChainOut(Out):
    """A chain under way."""

    id: str
    act: str
    title: str
    value: LevelOut | None
    links: list[ChainLinkOut]
    since: datetime
    mine: bool
    cites: list[CiteOut]


class WaitOut(Out):
    """Who waits for whom, for what, since when."""

    who: str
    whom: str
    what: str
    since: datetime


class SystemOut(Out):
    """An affected system."""

    id: str
    label: str
    owner: str
    attributes: str
    lead: bool


class CaseOut(Out):
    """One case whole, but for its obligations, records and what can be done, which have their own addresses."""

    number: str
    seq: int = Field(description="of its last record; send it back as `seen`")
    title: str
    kind: str
    mode: str
    phase: str
    organisation: str
    owner: str
    plan: str = Field(description="title of the plan")
    plan_id: str
    plan_version: str
    opened_at: datetime
    happened: list[Happened]
    stages: list[StageOut]
    level: LevelOut | None
    proposed: LevelOut | None
    response: LevelOut | None
    colour: LevelOut | None
    grade: GradeOut | None
    facts: list[FactOut]
    systems: list[SystemOut]
    chains: list[ChainOut]
    waits: list[WaitOut]
    linked: str
    head: str = Field(description="digest of the last record")
    whole: bool = Field(description="whether the chain of records verifies")


class RecipientOut(Out):
    """To whom something is owed."""

    label: str
    served_at: datetime | None
    unset: bool


class ObligationOut(Out):
    """Something owed under the plan."""

    key: str
    duty: str
    state: str = Field(description="open, watch_passed, overdue, met, late, waived, cancelled, superseded, undecided")
    state_label: str
    owes: str
    by: str
    to: list[RecipientOut]
    cites: list[CiteOut]
    start: datetime | None
    due: datetime | None
    met_at: datetime | None
    watch_at: datetime | None
    limit_label: str
    kind: str = Field(description="hard, soft, no_limit, unset, clock_unset, keep")
    note: str
    mine: bool = Field(description="whether the key's person sits in the body that owes it")
    regime: str


class ObligationList(Out):
    """What is owed on a case: open ones first, the most pressing first, then those done with."""

    seq: int
    items: list[ObligationOut]


class OfferOut(Out):
    """One act: who may do it now, or what stands in the way."""

    act: str
    label: str
    allowed: bool
    who: str
    state: str
    reason: str = Field(description="why not, or what it needs")
    next: str = Field(description="what to do next where it is refused")
    rightful: list[str]
    cites: list[CiteOut]
    since: datetime | None
    link: LinkOut | None


class TaskOut(Out):
    """One step of a playbook."""

    id: str
    playbook: str
    label: str
    by: str
    state: str
    needs: list[str]
    limit_label: str
    at: datetime | None
    cites: list[CiteOut]
    link: LinkOut | None


class NextOut(Out):
    """What can be done next on a case, by the key's person or by whom instead."""

    seq: int
    offers: list[OfferOut]
    tasks: list[TaskOut]


class EventOut(Out):
    """One record of the chain, as people read it."""

    seq: int
    type: str
    label: str
    who: str
    code: str
    at: datetime
    recorded_at: datetime
    detail: list[str]
    system: bool
    late_entry: bool
    corrected: bool


class EventList(Out):
    """A page of records, the newest first."""

    items: list[EventOut]
    next: str | None
    head: str
    whole: bool


class FieldOut(Out):
    """A field of a form of the plan."""

    name: str
    label: str
    kind: str
    required: bool
    later: bool
    value: str
    unit: str
    options: list[ChoiceOut]
    many: bool
    hint: str


class ActFormOut(Out):
    """What an act takes now from the key's person, or why it cannot be done."""

    act: str
    label: str
    seq: int
    allowed: bool
    reason: str
    rightful: list[str]
    cites: list[CiteOut]
    verb: str
    verbs: list[ChoiceOut]
    content: str
    seats: list[ChoiceOut]
    values: list[ChoiceOut]
    value: str
    recipients: list[ChoiceOut]
    to: list[str]
    duties: list[ChoiceOut]
    duty: list[str]
    matters: list[ChoiceOut]
    targets: list[ChoiceOut]
    readings: list[ChoiceOut]
    form: str
    fields: list[FieldOut]
    facts: list[FactOut]
    documents: list[ChoiceOut]
    choices: list[ChoiceOut]
    choose_at_least: int
    steps: list[ChoiceOut]
    wants_reason: bool
    wants_note: bool
    by_word: bool
    register_for: list[ChoiceOut]
    dated_back: bool
    irreversible: bool
    starts: list[str]
    stops: list[str]


class ReportForm(Out):
    """What a report may say here."""

    organisation: str
    organisation_label: str
    organisations: list[ChoiceOut]
    kind: str
    kinds: list[ChoiceOut]
    plan: str
    zone: str
    owners: list[ChoiceOut]
    assets: list[ChoiceOut]
    facts: list[FactOut]


class ClockOut(Out):
    """A clock that would start."""

    owes: str
    to: str
    due: datetime | None
    limit_label: str
    cites: list[CiteOut]
    note: str


class PreviewOut(Out):
    """The level and the clocks that a report with these facts would give. Nothing is stored."""

    grade: GradeOut | None
    clocks: list[ClockOut]
    problems: list[Fault]


class MeOut(Out):
    """Whose key it is and what it opens."""

    person: str
    label: str
    organisation: str
    organisation_id: str
    zone: str
    seats: list[str]
    scopes: list[Literal["read", "report", "act"]]
    expires_at: datetime


class PlanLine(Out):
    """One installed plan."""

    id: str
    version: str
    title: str
    adopted: bool
    regime: bool
    installed_at: datetime


class PlanList(Out):
    """The installed plans, the one in force first."""

    items: list[PlanLine]


class PostOut(Out):
    """A post of a body."""

    id: str
    label: str


class BodyOut(Out):
    """A body of the plan."""

    id: str
    label: str
    kind: str
    under: str
    many: bool
    posts: list[PostOut]


class DutyOut(Out):
    """A duty: what, who to whom, by when, by which clause."""

    id: str
    owes: str
    by: str
    to: str
    when: str
    limit: str
    note: str
    scope: str
    source: str = Field(description="text, decided, open or unwritten: where the number of the limit comes from")
    readings: list[str]
    cites: list[CiteOut]


class RuleOut(Out):
    """A rule of the plan read aloud."""

    id: str
    says: str
    clauses: list[str]


class GrantOut(RuleOut):
    """Who may do which acts."""

    acts: list[str]


class ParameterOut(Out):
    """A question that the text leaves open, and what was decided."""

    name: str
    label: str
    sort: Literal["switch", "parameter", "watch"]
    value: str = Field(description="empty while nobody has decided")
    cites: list[CiteOut]


class PlanOut(Out):
    """One plan as it is carried out in the reader's organisation."""

    id: str
    version: str
    title: str
    issuer: str
    in_force_from: str
    digest: str
    adopted: bool
    overlay: bool
    regime: bool
    clauses: int
    bodies: list[BodyOut]
    duties: list[DutyOut]
    grants: list[GrantOut]
    parameters: list[ParameterOut]


def fact_texts(given: dict[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """Return facts as an act takes them: the plan language's own text."""
    return {name: _text(value) for name, value in given.items()}


def _text(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return tuple(value) if isinstance(value, list) else str(value)
