"""What every schema is made of: strict requests, answers read off a row, the types of texts and names."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

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
