"""What a kind of channel is: what its administrator fills in, what stands for a person, how a letter goes out.

Rules
- A kind is a value. It composes a call or carries the letter itself; it never reads a table.
- `group`: the channel itself is the target (a robot in a chat group), a person's value is only whom to mention.
- A secret field is sealed at rest and never shown again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

PHONE = re.compile(r"\+?[0-9]{5,15}")
WORD = re.compile(r"[A-Za-z0-9_.:@+/-]{1,200}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages of the pages."""

    zh: str
    en: str

    def said(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh

    @property
    def both(self) -> str:
        """Both languages, a line each: for what is kept as the answer of a call that was never made."""
        return f"{self.zh}\n{self.en}"


class Fault(ValueError):
    """What stands in the way before a call is made, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.said = Text(zh, en)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing an administrator fills in for a channel."""

    name: str
    label: Text
    secret: bool = False
    required: bool = False
    lines: bool = False
    default: str = ""
    hint: Text = Text("", "")
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: one letter to one target. `to` are the values of its persons; `key` names it for idempotency."""

    key: str
    subject: str
    text: str
    to: tuple[str, ...]
    at: datetime
    number: str = ""
    urgent: bool = False
    exercise: bool = False

    @property
    def whole(self) -> str:
        """Subject and text as one text, without saying the subject twice."""
        return self.text if self.text.startswith(self.subject) else f"{self.subject}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call: accepted or not, the answer as it came (bounded), whether anybody answered at all."""

    accepted: bool
    answer: str
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Wire:
    """A channel ready to be used: its kind's name, open settings, secrets in the clear. Lives for one call only."""

    kind: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.secrets.get(name) or self.settings.get(name, "")


Sender = Callable[[Wire, Letter], Outcome]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel. `address` says what stands for a person; empty where nothing does."""

    name: str
    label: Text
    send: Sender
    fields: tuple[Field, ...] = ()
    address: Text = Text("", "")
    pattern: re.Pattern[str] = WORD
    group: bool = False
    check: Callable[[Wire], None] | None = None
    """Raises Fault for what is wrong with the settings, before they are kept."""


def base(default: str) -> Field:
    """The address of a service: another one where the organisation runs it itself."""
    hint = Text("自建或政务版换成本单位的地址", "change it where your organisation runs the service itself")
    return Field("base", Text("服务地址", "Service address"), required=True, default=default, hint=hint)
