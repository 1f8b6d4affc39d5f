"""What is answered of cases: the list, a case, what is owed, what can be done, its records, a receipt."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from fengsui.api.schemas.base import Out
from fengsui.api.schemas.problems import Fault


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
    """A page of what is owed on a case: open ones first, the most pressing first, then those done with."""

    seq: int
    items: list[ObligationOut]
    next: str | None = Field(description="address of the next page; also in the header Link")


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
