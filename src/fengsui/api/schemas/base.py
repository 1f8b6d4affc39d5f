"""What every schema is made of: strict requests, answers read off a row, the types of texts and names."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from fengsui.core.timing import YEARS

NUL = "\0"
"""Stands in no text: PostgreSQL keeps none."""


def _of_these_times(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError(f"a year from {YEARS[0]} to {YEARS[-1]}")
    return at


Text = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
FactValue = bool | int | float | Annotated[str, Field(max_length=2000)] | Annotated[list[Name], Field(max_length=200)]
Names = Annotated[list[Name], Field(max_length=200)]
Moment = Annotated[AwareDatetime, AfterValidator(_of_these_times)]


class In(BaseModel):
    """A request: strict, no unknown field, no NUL in any text."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        if _holds_nul(value):
            raise ValueError("it holds NUL")
        return value


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(one) for one in (*value, *value.values()))
    if isinstance(value, list):
        return any(_holds_nul(one) for one in value)
    return isinstance(value, str) and NUL in value


class Out(BaseModel):
    """An answer, read off a frozen row."""

    model_config = ConfigDict(from_attributes=True)
