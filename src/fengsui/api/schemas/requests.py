"""What is sent: a report, an act, what goes with an obligation done. No field that is not listed is taken."""

import base64
import binascii
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from fengsui.api.schemas.base import FactValue, In, Moment, Name, Names, Text
from fengsui.core.case import Kind


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
    happened_at: Moment | None = Field(None, description="when it was told, where that was earlier")
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
    at: Moment = Field(description="when it was said")
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
    happened_at: Moment | None = None
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
    happened_at: Moment | None = None
    files: Files = []


def fact_texts(given: dict[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """Return facts as an act takes them: the plan language's own text."""
    return {name: _text(value) for name, value in given.items()}


def _text(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return tuple(value) if isinstance(value, list) else str(value)
