"""Why something was not done (RFC 9457)."""

from pydantic import Field

from fengsui.api.schemas.base import Out


class Fault(Out):
    """One fault of a request."""

    place: str = Field(description="where, as a path: `body.facts`, `query.after`")
    code: str = Field(description="kind of fault")
    detail: str = Field(description="what is wrong")


class ProblemDocument(Out):
    """RFC 9457: why something was not done. Nothing was written; after a 503 that is not known."""

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
