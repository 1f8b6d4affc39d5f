"""What the pages of an installed plan show, frozen for one reader: who may what, what is owed, its text and health.

Rules
- What follows from the plan and its readings alone (`Body`) is made once for both; a page adds what the reader's
  organisation has: versions, questions, the text.
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
class Column:
    """A level or colour as a column: its rank (1 gravest, 0 none), its label, one character for a small cell."""

    label: str
    rank: int
    short: str


@dataclass(frozen=True, slots=True)
class MarkView:
    """One circled verb with its holder; `reading` where the holder is left to a reading nobody has set."""

    word: str
    label: str
    who: str
    reading: str = ""


@dataclass(frozen=True, slots=True)
class RuleView:
    """One grant in a cell."""

    when: str
    marks: tuple[MarkView, ...]
    notes: tuple[str, ...]
    hole: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class CellView:
    """Neighbouring columns with the same rules; `lack` in words where the text leaves something out."""

    span: int
    rules: tuple[RuleView, ...]
    lack: str = ""


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act of the matrix."""

    label: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The matrix of one kind of case."""

    kind: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[ActRow, ...]


Source = Literal["text", "decided", "open", "unwritten"]
"""Where the number of a limit comes from: the text, the owner's decision, nobody yet; or the text has no limit."""


@dataclass(frozen=True, slots=True)
class DutyView:
    """One duty: what, who to whom, by when, at which levels, by which clause, and where the number comes from."""

    id: str
    kind_word: str
    kind_label: str
    owes: str
    by: str
    to: str
    when: str
    limit: str
    note: str
    values: tuple[bool, ...]
    columns: tuple[Column, ...]
    scope: str
    source: Source
    readings: tuple[str, ...]
    cites: tuple[Cite, ...]


State = Literal["done", "vague", "none", "declared"]
"""What became of a clause: carried out; so, but without a number of the text; not modelled; nothing to carry out."""


@dataclass(frozen=True, slots=True)
class CoverCell:
    """One clause in the grid."""

    cite: Cite
    state: State
    label: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the plan with its clauses."""

    name: str
    cells: tuple[CoverCell, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The clauses by chapter, how many of each state, and the share carried out of those that ask for something."""

    chapters: tuple[Chapter, ...]
    done: int
    vague: int
    none: int
    declared: int
    percent: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the linter: its sentence, what to do, its clauses."""

    code: str
    text: str
    hint: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of one gravity, those of one code together."""

    severity: Literal["error", "warning", "note"]
    label: str
    found: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """What follows from a plan and its readings alone."""

    matrix: tuple[MatrixView, ...]
    duties: tuple[DutyView, ...]
    coverage: Coverage
    findings: tuple[Findings, ...]
    posts: int

    @property
    def count(self) -> int:
        """How many findings there are."""
        return sum(len(group.found) for group in self.findings)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the plan's text (ours where it is not at hand) with the clauses it answers for."""

    chapter: str
    text: tuple[str, ...]
    clauses: tuple[PlanClause, ...]
    state: Literal["done", "vague", ""] = ""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """An installed version of a plan; `before` is the version that it is compared with."""

    version: str
    installed_at: datetime
    adopted: bool
    before: str = ""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One installed plan as it is carried out in the reader's organisation."""

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
    body: Body
    blocks: tuple[Block, ...]
    text: bool
    versions: tuple[VersionRow, ...]
    questions: tuple["Question", ...] = ()
    unset: int = 0
    beside: tuple[str, ...] = ()
    """The titles of the regimes beside the plan, with which the findings were made."""


@dataclass(frozen=True, slots=True)
class SourcePage:
    """Text and execution of a plan, a part at a time."""

    id: str
    version: str
    title: str
    text: bool
    blocks: tuple[Block, ...]
    parts: tuple[str, ...]
    part: int


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One difference of two versions."""

    sign: Literal["+", "-", "~"]
    text: str
    weight: Literal["major", "minor", "patch"]
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class DiffPage:
    """Two versions of a plan compared: duties first, then the other rules, then words and clauses."""

    id: str
    title: str
    old: str
    new: str
    advice: str
    weight: str
    groups: tuple[tuple[str, tuple[ChangeView, ...]], ...]


@dataclass(frozen=True, slots=True)
class AdditionRow:
    """One thing that an organisation adds: in words, its own grounds, and the clauses of the plan beside it."""

    text: str
    grounds: tuple[str, ...]
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One published version of an organisation's additions; `by` is empty where the installer published it."""

    number: int
    at: datetime
    in_force: bool
    by: str


@dataclass(frozen=True, slots=True)
class AdditionsPage:
    """What the reader's organisation adds to a plan; `in_force` where this very version is the one it carries out."""

    id: str
    version: str
    title: str
    in_force: bool
    groups: tuple[tuple[str, tuple[AdditionRow, ...]], ...]
    versions: tuple[PublishedRow, ...]


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
