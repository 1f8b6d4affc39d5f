"""What the page of an act is given: its form, what stands beside it, a refusal. The rules of `pages` hold."""

from __future__ import annotations

from dataclasses import dataclass

from fengsui.cases.pages import (
    ChainView,
    Choice,
    Cite,
    FactRow,
    GradeView,
    LevelBadge,
    ObligationRow,
    OfferView,
    ReadingRow,
)


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form of the plan, or an input of an act."""

    name: str
    label: str
    kind: str
    required: bool = True
    later: bool = False
    value: str = ""
    unit: str = ""
    options: tuple[Choice, ...] = ()
    many: bool = False
    hint: str = ""
    cite: Cite | None = None


@dataclass(frozen=True, slots=True)
class ActForm:
    """How one act can be done now by this person, or why not."""

    act: str
    label: str
    word: str
    allowed: bool
    offer: OfferView | None
    verb: str = ""
    verb_label: str = ""
    verbs: tuple[Choice, ...] = ()  # links this person may fill, when there is more than one
    chain: ChainView | None = None  # the chain under way, or the one this would begin
    content: str = ""  # hash of what is shown, sent back with the act
    seats: tuple[Choice, ...] = ()  # seats this person may speak from here
    acting: str = ""  # whose seat it is and by which paper, where the one that would speak is another's
    values: tuple[Choice, ...] = ()  # levels, colours …
    value: str = ""
    value_label: str = ""
    recipients: tuple[Choice, ...] = ()
    to: tuple[str, ...] = ()
    duties: tuple[Choice, ...] = ()  # open obligations this can discharge
    duty: tuple[str, ...] = ()
    matters: tuple[Choice, ...] = ()
    targets: tuple[Choice, ...] = ()  # records to correct, obligations to waive or urge, seats to hand over to
    target: str = ""
    readings: tuple[Choice, ...] = ()
    reading_values: tuple[Choice, ...] = ()
    form: str = ""
    form_label: str = ""
    fields: tuple[FormField, ...] = ()
    facts: tuple[FactRow, ...] = ()
    systems: tuple[Choice, ...] = ()  # of the register, not on this case yet
    documents: tuple[Choice, ...] = ()  # evidence it needs, by name
    choices: tuple[Choice, ...] = ()  # menu of a playbook step
    choose_at_least: int = 0
    step: str = ""
    steps: tuple[Choice, ...] = ()
    wants_reason: bool = False
    wants_note: bool = False
    by_word: bool = False  # may be registered as given by word
    word_for: tuple[Choice, ...] = ()  # seats whose word may be registered: those of the next link, not this person's
    registrars: tuple[Choice, ...] = ()
    register_for: tuple[Choice, ...] = ()  # outside bodies whose act may be registered here
    dated_back: bool = False
    irreversible: bool = False
    grave: tuple[str, ...] = ()  # of the values, those that make it so; empty: whatever is chosen
    stops: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    readings_open: tuple[ReadingRow, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalView:
    """A refusal as the page shows it: the sentence, the clause, the bodies that may, what is lacking or open."""

    code: str
    heading: str
    text: str
    hint: str = ""
    rightful: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class ActBeside:
    """The case beside the form of an act: what it is, its grade where the act is about it, what is owed first."""

    title: str
    mode: str
    level: LevelBadge | None
    grade: GradeView | None
    obligations: tuple[ObligationRow, ...]  # the most pressing
    open: int  # how many there are
