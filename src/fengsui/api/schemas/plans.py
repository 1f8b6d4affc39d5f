"""What is answered of plans: bodies, duties, grants, parameters."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from fengsui.api.schemas.answers import CiteOut
from fengsui.api.schemas.base import Out


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
