"""What the pages of an installed plan show, frozen for one reader: its clauses, and the readings its owner decides.

Rules
- A reading is a question that the text leaves open: a switch (clauses that can be read in several ways), a parameter
  (a number, a time, a body that is not written) or the watch time of a soft word.
- What a decision would change is shown before it is made, as the plan reads aloud before and after.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fengsui.cases.pages import Cite

Way = Literal["act", "paper", ""]
"""How this person may decide: by the act `set` on the plan's case, with the paper of an approval, or not at all."""


@dataclass(frozen=True, slots=True)
class PlanClause:
    """One clause of a plan with what it became: our summary, the rules that cite it read aloud, or why none can."""

    id: str
    short: str
    at: str
    says: str
    rules: tuple[str, ...] = ()
    not_executable: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The clauses of one installed plan, in the plan's order: where a citation without script leads."""

    id: str
    version: str
    title: str
    issuer: str
    clauses: tuple[PlanClause, ...]
    readings: int = 0  # how many readings it has
    unset: int = 0  # how many of them nobody has decided


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One installed plan in the list; `adopted` where it is in force in the reader's organisation.

    A `regime` is in force beside the plan; `may` where the reader may put it there or take it away.
    """

    id: str
    version: str
    title: str
    adopted: bool
    installed_at: datetime
    regime: bool = False
    may: bool = False


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision of a reading: what, by whom, when, why. An empty value took an earlier decision back."""

    value: str
    who: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """One reading in the list: the question, its clauses, what was decided; `value` is empty while nobody has."""

    name: str
    label: str
    sort: Literal["switch", "parameter", "watch"]
    cites: tuple[Cite, ...]
    value: str = ""
    decided: DecisionView | None = None


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """All readings of a plan, those that nobody has decided first."""

    id: str
    version: str
    title: str
    adopted: bool
    questions: tuple[Question, ...]
    unset: int
    regime: bool = False


@dataclass(frozen=True, slots=True)
class OptionView:
    """One way to read the text, with the clauses that speak for it."""

    id: str
    label: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A rule read aloud before and after a decision."""

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a decision would change: the rules that read differently, and the open cases that stay as they are."""

    value: str
    text: str
    changed: tuple[Sentence, ...]
    running: int


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One reading: the question, the clauses side by side, the possible answers, what was decided before."""

    plan: QuestionsPage
    question: Question
    clauses: tuple[PlanClause, ...]
    options: tuple[OptionView, ...]
    example: str
    suggest: str
    rules: tuple[str, ...]
    history: tuple[DecisionView, ...]
    way: Way
    who: str  # who may decide, in words, where this person may not
    case: str = ""  # the number of the case of the plan in force, on which `set` is done
    effect: Effect | None = None
    problem: str = ""  # why the value asked for does not fit
