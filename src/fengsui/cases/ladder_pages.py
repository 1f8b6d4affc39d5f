"""What the page of the ladder shows."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RungRow:
    """One rung in words: when, whom, how often; `example` is its first moment on a duty of an hour, if it has one."""

    name: str
    when: str
    to: str
    again: str
    example: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class LadderPage:
    """The ladder in force in an organisation: whose it is (empty: the shipped one), its text, its rungs."""

    organisation: str
    owner: str
    own: bool
    text: str
    paper: str
    by: str
    at: datetime | None
    pending: bool
    hard: tuple[RungRow, ...]
    soft: tuple[RungRow, ...]
