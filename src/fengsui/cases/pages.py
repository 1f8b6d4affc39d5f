"""What a page is given: frozen rows, made by `selectors`, shown by `web`, never written back.

Rules
* Every text is already in the reader's language (selectors take `lang`, "zh" or "en"); every time is an aware
  UTC datetime, shown by the page in the zone it is told (`zone`, an IANA name).
* A page holds no model and no engine value: what it needs to decide how a row looks is a plain field here.
* `rank` counts from the gravest: 1 is the gravest of the four colours, 4 the lightest. A plan with fewer levels uses
  the first of them; a plan without levels has no badge (None) and no stage "定级".
* What may be pressed is an `ActLink`; the page turns it into an address, the engine decides when it is pressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Cite:
    """A clause as the screen shows it: `short` in brackets, the rest in its pop-over."""

    id: str
    short: str
    says: str = field(default="", repr=False)  # what follows from id and version is not written twice where rows
    at: str = field(default="", repr=False)  # are told apart by what they say
    source: str = field(default="", repr=False)  # title and version of the plan
    pack: str = ""  # id and version of its pack: where the plain link leads
    version: str = ""
    text: str = field(default="", repr=False)  # the plan's own words, only where its owner attached them
    rules: tuple[str, ...] = field(default=(), repr=False)  # rules it carries, read aloud


@dataclass(frozen=True, slots=True)
class LevelBadge:
    """One level, response level or colour: `label` is "Ⅲ级 较大" (or "橙色"), `short` "Ⅲ 较大"."""

    id: str
    label: str
    short: str
    rank: int
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class ActLink:
    """Something that can be pressed: an act with what is already known about it (`part` goes into the query)."""

    act: str
    label: str
    part: Mapping[str, str] = field(default_factory=dict)
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a list: `id` is what is sent, `label` what is read."""

    id: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One recipient of an obligation; `unset` when the plan's owner has not said who it is."""

    label: str
    served_at: datetime | None = None
    unset: bool = False


@dataclass(frozen=True, slots=True)
class ObligationRow:
    """One obligation. `look` is late | soon | ok | idle | done; `state` is the engine's (language.md 5.2)."""

    key: str
    duty: str
    kind_word: str  # 报 通 办 批 审 提 评 交 催 界 练 修
    kind_label: str  # 报告义务 …
    look: str
    state: str
    state_label: str
    owes: str
    by: str
    to: tuple[RecipientRow, ...] = ()
    cites: tuple[Cite, ...] = ()
    start: datetime | None = None
    due: datetime | None = None
    met_at: datetime | None = None
    watch_at: datetime | None = None
    limit_label: str = ""  # "1 小时", "立即", "原则上 30 日", "未写时限"
    kind: str = "hard"  # hard soft no_limit unset clock_unset keep
    note: str = ""  # born late, estimated, what is open, what it waits for
    mine: bool = False
    act: ActLink | None = None
    case_number: str = ""
    case_title: str = ""
    case_level: LevelBadge | None = None
    exercise: bool = False
    regime: str = ""  # title of the regime that asks for it; empty for the plan itself


@dataclass(frozen=True, slots=True)
class StageStep:
    """One of the seven (without levels six) stages: `state` is done | now | next."""

    id: str
    label: str
    state: str
    at: datetime | None = None
    note: str = ""  # how long it took, who approves, what starts it


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list."""

    number: str
    title: str
    kind: str
    kind_label: str
    mode: str
    unit: str
    opened_at: datetime
    stage: str
    stage_label: str
    dots: tuple[str, ...]  # d | c | "" per stage
    level: LevelBadge | None = None
    proposed: LevelBadge | None = None
    open: int = 0
    overdue: int = 0
    next_due: datetime | None = None
    next_label: str = ""
    outline: bool = False  # the reader may see no more than this row
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact, asked or answered. `state` is verified | unverified | unknown | unasked; `kind` is the type's name."""

    name: str
    label: str
    kind: str  # yes_no count number percent money duration instant date scale set text body
    many: bool = False
    value: str = ""  # language text: "2h", "yes", "100000", "a b"
    shown: str = ""  # the value as people read it
    unit: str = ""
    options: tuple[Choice, ...] = ()
    state: str = "unasked"
    judged: bool = False
    source: str = ""
    as_of: datetime | None = None
    cite: Cite | None = None
    from_asset: bool = False


@dataclass(frozen=True, slots=True)
class SystemRow:
    """One affected system of a case: its name, its owner, its values; `lead` is the one that gives the facts."""

    id: str
    label: str
    owner: str = ""
    attributes: str = ""
    lead: bool = False


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion of the grading: `state` is met | failed | open | will."""

    id: str
    state: str
    heading: str
    says: str = ""
    level: LevelBadge | None = None
    cites: tuple[Cite, ...] = ()
    facts: tuple[str, ...] = ()  # labels of the facts it rests on, or that it waits for
    at: datetime | None = None  # the moment it will hold, when time alone makes it hold
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """The fact that decides most, and what each answer would lead to."""

    fact: str
    label: str
    outcomes: tuple[tuple[str, str], ...] = ()  # (answer, level or bounds)


@dataclass(frozen=True, slots=True)
class GradeView:
    """The grade as read: `status` is grading's; level or bounds; why; what is open."""

    status: str
    status_label: str
    summary: str
    level: LevelBadge | None = None
    lowest: LevelBadge | None = None
    highest: LevelBadge | None = None
    criteria: tuple[CriterionRow, ...] = ()
    question: QuestionRow | None = None
    raises: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()  # readings nobody set that stand in the way
    discrepancies: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GradeBeside:
    """The grade of a regime that runs beside the plan; its levels are its own."""

    id: str
    title: str
    grade: GradeView


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A clock that will start: absolute time first, the limit behind it."""

    kind_word: str
    kind_label: str
    owes: str
    to: str
    due: datetime | None
    limit_label: str
    cites: tuple[Cite, ...] = ()
    note: str = ""
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a report with these facts would mean; nothing is stored. `problems` name the field they belong to."""

    grade: GradeView | None
    clocks: tuple[ClockRow, ...]
    problems: tuple[tuple[str, str], ...] = ()
    beside: tuple[GradeBeside, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link of a chain: verb word (提 审 批 …), seat, state done | now | next."""

    word: str
    verb: str
    verb_label: str
    who: str
    state: str
    at: datetime | None = None
    by_word: bool = False
    registered: bool = False
    person: str = ""


@dataclass(frozen=True, slots=True)
class WaitRow:
    """Who waits for whom, for what, since when: `since` is the moment it was put to them."""

    who: str
    whom: str
    what: str
    since: datetime
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportHop:
    """One report on the way of a case: who told whom, when."""

    who: str
    to: tuple[str, ...]
    at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Follow:
    """One consequence of a decision, or how many duties it leaves as they are."""

    kind: Literal["starts", "stops", "remains"]
    text: str


@dataclass(frozen=True, slots=True)
class ChainView:
    """A chain under way: what is asked, who has spoken, whose turn it is, what follows."""

    id: str
    act: str
    title: str
    value: LevelBadge | None
    links: tuple[LinkRow, ...]
    since: datetime
    content: str
    cites: tuple[Cite, ...] = ()
    quote: str = ""
    then: tuple[Follow, ...] = ()
    mine: bool = False
    acts: tuple[ActLink, ...] = ()
    note: str = ""
    number: str = ""  # of its case, where several cases stand together


@dataclass(frozen=True, slots=True)
class OfferView:
    """One act of this case: who may do it now, or what stands in the way, with clause and the body that may."""

    act: str
    label: str
    word: str
    allowed: bool
    who: str
    state: str
    reason: str = ""
    hint: str = ""
    rightful: tuple[str, ...] = ()
    cites: tuple[Cite, ...] = ()
    since: datetime | None = None
    link: ActLink | None = None
    group: str = "decide"  # decide | report | task | keep: where the page lists it


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One step of a playbook."""

    id: str
    playbook: str
    label: str
    by: str
    state: str  # done ready waits optional forbidden
    state_label: str
    cites: tuple[Cite, ...] = ()
    with_: str = ""
    needs: tuple[str, ...] = ()
    limit_label: str = ""
    at: datetime | None = None
    link: ActLink | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One record of the chain, as people read it."""

    seq: int
    type: str
    word: str  # the one character of the box
    label: str
    who: str
    code: str  # first eight of the digest
    at: datetime
    recorded_at: datetime
    detail: tuple[str, ...] = ()
    system: bool = False
    late_entry: bool = False
    corrected: bool = False
    tone: str = ""  # "" done bad


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """The hash chain of a case, recomputed: `broken_at` is the first record that does not fit."""

    whole: bool
    length: int
    head: str
    checked_at: datetime
    broken_at: int | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """A body that the plan brought in, what it does here, and whether it acknowledged."""

    label: str
    role: str
    people: tuple[str, ...] = ()
    told_at: datetime | None = None
    acknowledged_at: datetime | None = None
    last_at: datetime | None = None
    external: bool = False


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A reading that nobody set and that this case meets; `link` settles it for this case."""

    name: str
    label: str
    cites: tuple[Cite, ...] = ()
    options: tuple[Choice, ...] = ()
    effect: str = ""
    link: ActLink | None = None


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A case that this person may see."""

    id: str
    number: str
    organisation: str
    kind: str
    seq: int
    root: str = ""  # the topmost organisation: every read begins with it


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an act is in the log: `code` the short chain code of its last event, `at` when it was recorded.

    `label` says what was done; `done` is False when only one link of a chain was filled, and `waits_for` then says
    whose turn it is. Both are in the language the submission was made in.
    `repeated` is True when the same form was sent again: nothing was written a second time.
    """

    case: str
    number: str
    events: tuple[str, ...]
    seq: int
    code: str
    at: datetime
    label: str = ""
    done: bool = True
    waits_for: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything of one case."""

    ref: CaseRef
    title: str
    kind_label: str
    mode: str
    phase: str
    organisation: str
    owner: str
    plan: str
    plan_id: str
    plan_version: str
    zone: str
    opened_at: datetime
    happened: tuple[tuple[str, datetime], ...]  # (label, time): 中断, 发现, 报告
    stages: tuple[StageStep, ...]
    obligations: tuple[ObligationRow, ...]  # the most pressing of the open ones, and one's own
    open_all: int  # how many are open
    lasting_all: int  # how many of these are kept up, with no end to reach
    done: tuple[ObligationRow, ...]  # the last of those that are done
    done_all: int  # how many those are
    done_late: int
    offers: tuple[OfferView, ...]
    chains: tuple[ChainView, ...]
    tasks: tuple[TaskRow, ...]
    facts: tuple[FactRow, ...]
    grade: GradeView | None
    events: tuple[EventRow, ...]  # the last of them, newest first
    check: ChainCheck
    participants: tuple[Participant, ...]
    readings: tuple[ReadingRow, ...] = ()
    level: LevelBadge | None = None
    proposed: LevelBadge | None = None
    response: LevelBadge | None = None
    colour: LevelBadge | None = None
    has_levels: bool = True
    rest_none_at: datetime | None = None
    linked: str = ""  # number of the case it came from or went to
    waits: tuple[WaitRow, ...] = ()  # what was put to a body and is not answered, the longest first
    systems: tuple[SystemRow, ...] = ()  # affected, the one that gives `asset.*` first
    beside: tuple[GradeBeside, ...] = ()  # the grades of the regimes beside the plan
    hops: tuple[ReportHop, ...] = ()  # the way of the case from body to body, the first report first


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, for the top bar: the seats held now, the organisation, its zone."""

    id: str
    label: str
    seats: tuple[str, ...]
    organisation: str
    zone: str
    mine: int = 0
    overdue: int = 0
    waiting: int = 0  # cases in which a chain waits for this person's word
    wall: bool = False  # there are units below
    records: bool = False  # own cases to look up
    reports: bool = False  # holds a seat where a plan is in force: may open the report page


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The duty desk: what this person has in hand, most pressing first, and the cases under way."""

    person: Person
    obligations: tuple[ObligationRow, ...]  # those this person's bodies hold, owe or wait for
    cases: tuple[CaseRow, ...]
    approvals: tuple[ChainView, ...]
    more_approvals: bool  # in more cases than are shown
    recent: tuple[EventRow, ...]
    active: int
    mine: int
    overdue: int
    whole_unit: int
    reads: bool = True  # holds a seat or an office that reads cases: else no case is shown to this person


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What the report form of one organisation and kind offers."""

    organisation: str
    organisation_label: str
    organisations: tuple[Choice, ...]
    kind: str
    kinds: tuple[Choice, ...]
    plan: str
    zone: str
    owners: tuple[Choice, ...]
    assets: tuple[Choice, ...]  # id, label, hint: its owner and grade
    facts: tuple[FactRow, ...]  # instants first, then the class, then the rest in the plan's order
    clock_cite: Cite | None = None
    unset: tuple[ReadingRow, ...] = ()
