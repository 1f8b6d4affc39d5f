"""What the screens are given: frozen values, ready to be shown, with nothing left to decide.

Rules
- Every page is built by one function of `cases.selectors`; a view adds no rule and no query to it.
- Words for people are in the reader's language (`lang`, "zh" or "en") and come from the pack's labels or from
  `selectors/words.py`; ids stand beside them (`*_id`, `id`) for addresses, tests and CSS classes.
- Every instant is an aware UTC `datetime`; the page shows it in `zone` (the organisation's zone).
- Times to go are counted from `at`, the moment the page was asked for, in whole seconds; the browser ticks on.
- A number, limit, right or level always carries its clauses (`clauses`), so the page can cite them.
- Lists are tuples. `None` means "does not apply"; a fact not known is said by `FactRow.state`.

Example: `selectors.case_page(person, ref, at).obligations[0].remaining_s` is -767 for "逾期 12:47".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

# Six states of a row on screen (ui.md section 4, `.obs > li[data-s]`), beside the engine's own `state`.
Shown = Literal["late", "soon", "ok", "idle", "done", "done_late"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One place in the plan: `cite` is the plan's own numbering (shown as 〔cite〕), `says` our own summary.

    `text` is the plan's own sentence where the organisation attached its text, else None (show `says` and
    原文未附). `anchor` is the fragment of the plan page. `pack` and `version` name where it stands.
    """

    id: str
    cite: str
    says: str
    text: str | None = None
    pack: str = ""
    version: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class LevelBadge:
    """A level: `rank` 1 is the gravest (drawn with most beacons) and `of` the number of levels of the plan.

    `label` is the name of the value (重大), `roman` its sign if it has one (Ⅱ, from the id), `proposed` is true
    until somebody with the right has confirmed it: dashed frame, no fill.
    """

    id: str
    label: str
    rank: int
    of: int = 4
    roman: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class RowAct:
    """The one button of an obligation row: the act that discharges it.

    `act` is an act of the case page (`report`, `assess`, `step p.s`, ...), `label` its button, `duty` the
    obligation key to put into the form, `primary` true for the most urgent one of the page only.
    """

    act: str
    label: str
    duty: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class ObligationRow:
    """One obligation on one case.

    key         the engine's key ("O21:17:0"), unique on its case
    kind_word   one character: 报 通 办 批 审 提 评 交 催 界 练 修
    shown       late | soon | ok | idle | done | done_late (see `Shown`); soon = less than a quarter or 30 minutes left
    state       the engine's state (met late overdue open watch_passed undecided running ended cancelled superseded
                waived)
    state_label the state in words, also for those without a time ("待起算", "未写时限", "参数未定", "未定级")
    owes        what is owed;  `by`, `to`: who (posts and bodies, in words);  `to_rows` each recipient with served time
    clauses     where the plan says so
    start, due  when the clock began and ends; None where it has no start or no end
    limit_label the limit as the plan says it ("2 小时", "立即（补定 15 分）"), estimated: beyond the known calendar
    remaining_s seconds to `due` from the page's `at`, negative when past; None without a due time
    fraction    share of the time used, 0..1 (1 when past); None without a due time
    text_label  what to write in the time cell where no countdown runs ("迟 8 分", "早 15 分", "响应结束时起算")
    opened, met_at  when it was born and when it was discharged
    mine        somebody who holds one of my seats owes it (kind cell filled with ink)
    notes       short remarks: 原则上, 催办 1 次, 起算点未定, 迟生, 可免（须写理由）, holder not set, ...
    """

    key: str
    duty: str
    kind_word: str
    shown: Shown
    state: str
    state_label: str
    owes: str
    by: str
    to: str
    to_rows: tuple[tuple[str, datetime | None], ...]
    clauses: tuple[Clause, ...]
    start: datetime | None
    due: datetime | None
    estimated: bool
    limit_label: str
    remaining_s: int | None
    fraction: float | None
    text_label: str
    opened: datetime
    met_at: datetime | None
    mine: bool
    case_id: str
    case_number: str
    case_title: str
    case_level: LevelBadge | None
    act: RowAct | None
    notes: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Obligations under one heading of the desk (已逾期, 一小时内, 今日, 三日内, 以后, 无时限): label, kind, rows."""

    id: str
    label: str
    rows: tuple[ObligationRow, ...]


@dataclass(frozen=True, slots=True)
class StageStep:
    """One of the stages of a case (报告 研判 定级 响应 结束 调查评估 归档; a plan without levels has no 定级).

    state  done | now | todo;  `at` when it was reached, `took` seconds since the stage before;
    note   who must approve, or what starts its clock, where it is still to come.
    """

    id: str
    label: str
    state: Literal["done", "now", "todo"]
    at: datetime | None
    took: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the case lists. `stage_dots` has one state per stage (done, now, todo) for the small track.

    `depth` is "case" when the reader may open the page, "outline" when only this line may be seen.
    """

    id: str
    number: str
    title: str
    kind: str
    level: LevelBadge | None
    proposed: LevelBadge | None
    colour: LevelBadge | None
    stage: str
    stage_label: str
    stage_dots: tuple[str, ...]
    phase: str
    open: int
    overdue: int
    next_due: datetime | None
    next_label: str
    next_remaining_s: int | None
    opened_at: datetime
    unit: str
    organisation: str
    exercise: bool
    depth: Literal["outline", "case"] = "case"


@dataclass(frozen=True, slots=True)
class Option:
    """A choice in a form: value and words."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of the plan, on a case or in a form.

    value   the value as language text ("2h", "yes", "100000"; "" when none), `value_label` the same for people
    type    yes_no | count | number | percent | money | duration | instant | date | text | body | choice | choices
    unit    what to print behind the input ("分钟", "人", ""), options: for yes_no, choice, choices
    state   verified | unverified | unknown | unasked
    judged  a reason is demanded;  `derived`: computed by the plan, not asked;  `from_asset`: taken from the register
    decides true when the grading asks for this fact next (`GradeView.next_question`)
    """

    name: str
    label: str
    value: str
    value_label: str
    unit: str
    state: Literal["verified", "unverified", "unknown", "unasked"]
    source: str
    clauses: tuple[Clause, ...]
    type: str
    options: tuple[Option, ...] = ()
    judged: bool = False
    derived: bool = False
    from_asset: bool = False
    decides: bool = False
    as_of: datetime | None = None
    at: datetime | None = None
    seq: int | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion of the grading. mark: met 中 | will 将 | open ？ | failed 未. `facts`: what it rests on or waits for."""

    mark: Literal["met", "will", "open", "failed"]
    rule: str
    label: str
    level: LevelBadge | None
    facts: tuple[str, ...]
    clauses: tuple[Clause, ...]
    state: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GradeView:
    """The engine's own grading, in words.

    status     decided | bounds | undecided | needs_interpretation | no_rule | ungraded | no_scale | hand_over
    sentence   one line: how many criteria were compared, what was hit, what follows (and 拟)
    level      when decided;  `lowest`, `highest`: the bounds otherwise (None below = no level at all)
    reasons    met first, then will, open, failed
    next_question  the most useful fact to ask, as a row to put on the page, or None
    next_levels  what each answer would give: (answer in words, level label)
    raises, lowers  facts that would change the level;  `discrepancies`, `offers`, `notes`: sentences
    open_readings  names (words) of readings the owner has not set and on which the answer hangs
    json       the engine's answer as `fengsui grade --json` gives it
    """

    status: str
    sentence: str
    level: LevelBadge | None
    lowest: LevelBadge | None
    highest: LevelBadge | None
    reasons: tuple[Reason, ...]
    next_question: FactRow | None
    next_levels: tuple[tuple[str, str], ...] = ()
    raises: tuple[str, ...] = ()
    lowers: tuple[str, ...] = ()
    discrepancies: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    open_readings: tuple[str, ...] = ()
    json: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkView:
    """One link of a chain: `mark` is the circled character (提 审 批 令 会 报 意 同 发 登), state done | now | todo.

    `person` only where the reader may see persons (this organisation); `by_word` for 口头 approvals still to sign.
    """

    verb: str
    mark: str
    verb_label: str
    who: str
    state: Literal["done", "now", "todo"]
    at: datetime | None = None
    person: str = ""
    by_word: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class ChainView:
    """One decision under way: what, who has spoken, whose turn, since when.

    content   what is being decided as (label, value) pairs; `content_hash` goes back with the answer (`seen`)
    before, after  badges where the value is a level (Ⅲ → 拟Ⅱ)
    consequences   sentences: what will start, stop, be void, be told if the last link is given
    answers   verbs the reader may give now (approve, concur, return, withdraw, ...)
    right     sentence for a reader without the right ("你无批准权…"), "" otherwise
    """

    id: str
    act: str
    label: str
    value: str
    value_label: str
    links: tuple[LinkView, ...]
    since: datetime
    waiting_for: str
    content: tuple[tuple[str, str], ...]
    content_hash: str
    clauses: tuple[Clause, ...]
    consequences: tuple[str, ...] = ()
    answers: tuple["OfferView", ...] = ()
    before: LevelBadge | None = None
    after: LevelBadge | None = None
    right: str = ""
    started_by: str = ""


@dataclass(frozen=True, slots=True)
class OfferView:
    """One act on this case: may the reader do it now, and if not, who may and what stands in the way.

    act      name of the act, or "step p.s"; `verb` of the link it fills; `grant`; `chain` (id of the chain under way)
    label    button of two to four characters (确认级别); `title` the whole name
    who      the bodies or posts who may, in words
    allowed  the reader may; `seat` then is the seat to act in ("office.head@A"), `seats` all that fit
    reason   why not, in one sentence, and `remedy`; `code` the refusal's code; `rightful` who may; `missing`, `open`
    value_type, value_options  what value the act carries (a level, a body, ...), () where it carries none
    form     id of the form that must be filled, "" otherwise;  `needs`: documents demanded
    grave    true where the act cannot be taken back: ask with the number's last four digits
    group    decide | step | report | record | other (where the page puts it);  `state` what_next's state
    """

    act: str
    verb: str
    label: str
    title: str
    who: str
    allowed: bool
    reason: str
    clauses: tuple[Clause, ...]
    rightful: str
    form: str
    value_options: tuple[Option, ...]
    seat: str = ""
    seats: tuple[Option, ...] = ()
    remedy: str = ""
    code: str = ""
    missing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    chain: str = ""
    grant: str = ""
    since: datetime | None = None
    grave: bool = False
    group: str = "other"
    state: str = "may"
    value: str = ""
    value_label: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file beside an event: `digest` of its bytes, `erased` when lawfully removed (the chain stays whole)."""

    id: str
    name: str
    digest: str
    size: int
    media_type: str
    event_seq: int
    at: datetime
    erased: bool = False


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of the log. `code` is the short chain code (first 8 hex of the digest).

    late_entry   true for 补记: `recorded_at` later than `at`, show both
    said         free text beside the event ("" when none; "已依法删除" when erased), `details`: (label, value) pairs
    target       seq of the event it answers or corrects
    """

    seq: int
    type: str
    mark: str
    at: datetime
    recorded_at: datetime
    label: str
    who: str
    code: str
    digest: str
    late_entry: bool
    said: str = ""
    details: tuple[tuple[str, str], ...] = ()
    files: tuple[FileRow, ...] = ()
    person: str = ""
    registered_by: str = ""
    system: bool = False


@dataclass(frozen=True, slots=True)
class StepRow:
    """One playbook step. state: done | ready | waits | optional. `due` where the step has a limit."""

    playbook: str
    playbook_label: str
    step: str
    act: str
    number: int
    label: str
    who: str
    with_: str
    state: str
    state_label: str
    waits_for: tuple[str, ...]
    needs: tuple[str, ...]
    choose: tuple[Option, ...]
    forbidden: tuple[Option, ...]
    clauses: tuple[Clause, ...]
    done_at: datetime | None
    due: datetime | None
    offer: OfferView | None
    optional: bool = False
    form: str = ""


@dataclass(frozen=True, slots=True)
class Participant:
    """A body on this case: what it is here for, whether it was told and has acknowledged."""

    body: str
    label: str
    role: str
    people: tuple[str, ...]
    told_at: datetime | None
    acknowledged: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A form that was filled (report, notice): which, by whom, when, to whom, with which fields."""

    seq: int
    form: str
    label: str
    at: datetime
    who: str
    to: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SettingRow:
    """An unset reading this case hangs on: name, words, options, whether the reader may settle it for this case."""

    name: str
    label: str
    kind: Literal["parameter", "switch", "watch"]
    type: str
    options: tuple[Option, ...]
    clauses: tuple[Clause, ...]
    settle: OfferView | None = None


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """The log held against itself: `ok`, how many events, head (short code), and where it first breaks."""

    ok: bool
    count: int
    head: str
    at: datetime
    broken_seq: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A case the reader may see, by name. Everything else on a case is asked with this."""

    id: str
    number: str
    title: str
    root: str
    organisation: str
    kind: str
    mode: str
    seq: int
    depth: Literal["outline", "case"]


@dataclass(frozen=True, slots=True)
class PackView:
    """The plan a case runs under: id, title, version, short digest, and whether the text is attached."""

    id: str
    title: str
    version: str
    digest: str
    has_text: bool
    language: int = 1


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything about one case, for one reader, at one moment. `seq` goes back as `seen` with every act.

    `now_line`  one sentence of the situation; `meta` short facts under the title;
    `acts` what may be done (allowed first), `refused` = acts of the kind that the reader may not do, each with why;
    `obligations` not yet discharged (most urgent first), `done` discharged;
    `etag` changes whenever anything shown changes other than by the mere passing of time.
    """

    ref: CaseRef
    at: datetime
    zone: str
    seq: int
    etag: str
    number: str
    title: str
    kind: str
    exercise: bool
    phase: str
    organisation: str
    owner: str
    opened_at: datetime
    happened_at: datetime | None
    now_line: str
    meta: tuple[str, ...]
    pack: PackView
    level: LevelBadge | None
    proposed: LevelBadge | None
    response: LevelBadge | None
    colour: LevelBadge | None
    stages: tuple[StageStep, ...]
    obligations: tuple[ObligationRow, ...]
    done: tuple[ObligationRow, ...]
    chains: tuple[ChainView, ...]
    acts: tuple[OfferView, ...]
    refused: tuple[OfferView, ...]
    steps: tuple[StepRow, ...]
    grade: GradeView | None
    facts: tuple[FactRow, ...]
    rest_none_at: datetime | None
    events: tuple[EventRow, ...]
    files: tuple[FileRow, ...]
    documents: tuple[DocumentRow, ...]
    participants: tuple[Participant, ...]
    settings: tuple[SettingRow, ...]
    check: ChainCheck
    linked: tuple[tuple[str, str], ...] = ()
    seats: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of an act form. name is the key in the posted form; `type` as FactRow.type plus file, files, texts.

    `help` says what it is for; `later` it may be left blank now; `required`; `prefilled` the value to start with.
    """

    name: str
    label: str
    type: str
    required: bool
    help: str = ""
    options: tuple[Option, ...] = ()
    prefilled: str = ""
    unit: str = ""
    later: bool = False
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class ActForm:
    """What to ask before `submit`: the act, its seat choices, its fields, what will follow, and what binds it.

    seen      the seq shown, to be handed back;  `content_hash` of the chain link to be answered
    fields    act parameters by their name in `Act`: value, to, duty, matter, choices, documents, reason, note,
              target, happened_at, answer, facts (a list of FactRow below), form fields ("form.<name>"),
              by_word_* (means, at, registrars), registered_* (paper, date, signed_by, channel, receipt)
    facts     rows to fill for act `state`
    consequences  sentences before 确认 (ui.md principle 7)
    confirm_code  last four digits of the number, demanded for grave acts; "" otherwise
    """

    ref: CaseRef
    act: str
    title: str
    button: str
    offer: OfferView
    seen: int
    content_hash: str
    fields: tuple[FormField, ...]
    facts: tuple[FactRow, ...]
    seats: tuple[Option, ...]
    consequences: tuple[str, ...]
    confirm_code: str = ""
    form: str = ""
    form_label: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """An obligation that would start on submitting: shown before 提交. `past` true where its due time is already gone."""

    kind_word: str
    owes: str
    by: str
    to: str
    due: datetime | None
    limit_label: str
    clauses: tuple[Clause, ...]
    past: bool = False
    state_label: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """Grade and clocks for facts not yet submitted. `problems`: inputs that could not be read, (field, sentence)."""

    grade: GradeView
    clocks: tuple[Clock, ...]
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AssetRow:
    """An information system of the register: label, owner in words, its attributes as (label, value)."""

    id: str
    label: str
    owner: str
    owner_seat: str
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The report page: what may be opened, for which systems, with which facts.

    `facts` in the order of usefulness of the plan (class and scenario first), grouped by `FactRow.group`;
    `times` the instant facts (发现时间 ...); `owners` the units an incident may be put down to.
    """

    organisation: str
    organisation_id: str
    pack: PackView
    at: datetime
    zone: str
    kinds: tuple[Option, ...]
    assets: tuple[AssetRow, ...]
    owners: tuple[Option, ...]
    times: tuple[FactRow, ...]
    facts: tuple[FactRow, ...]
    seats: tuple[Option, ...]
    preview: Preview
    chain: tuple[LinkView, ...] = ()


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A warning in force: colour, title, who issued it when, number."""

    id: str
    number: str
    title: str
    colour: LevelBadge | None
    issued_by: str
    issued_at: datetime | None
    open: int


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice for the reader, with its state and the case it speaks of."""

    id: str
    at: datetime
    text: str
    case_number: str
    read: bool


@dataclass(frozen=True, slots=True)
class DeskPage:
    """值守台: who owes whom what now, and what I do first.

    `sentence` parts of the headline as (text, is_late) pairs; `mine` obligations I hold by groups, `unit` all of the
    cases I can see by groups; `axis` = those with a due time within 24 h, in order; `waiting` chains that wait for me.
    """

    at: datetime
    zone: str
    person: str
    seats: tuple[str, ...]
    organisation: str
    sentence: tuple[tuple[str, bool], ...]
    mine: tuple[Group, ...]
    unit: tuple[Group, ...]
    mine_count: int
    mine_overdue: int
    unit_count: int
    axis: tuple[ObligationRow, ...]
    cases: tuple[CaseRow, ...]
    warnings: tuple[WarningRow, ...]
    waiting: tuple["ApprovalRow", ...]
    standing: tuple[ObligationRow, ...]
    log: tuple[EventRow, ...]
    etag: str
    reminders_ok: bool = True
    reminders_note: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """A chain that waits for the reader, with its case."""

    case: CaseRow
    chain: ChainView


@dataclass(frozen=True, slots=True)
class CaseListPage:
    """事件列表. `after` is the cursor of the next page or ""; the options are what the filters may be set to."""

    at: datetime
    zone: str
    rows: tuple[CaseRow, ...]
    after: str
    levels: tuple[Option, ...]
    stages: tuple[Option, ...]
    units: tuple[Option, ...]
    kinds: tuple[Option, ...]
    chosen: Mapping[str, str]
    any_case: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an act is in the log: `code` is the short chain code, `seq` the last event written, `at` when.

    `done` is false when only one link of a chain was filled; `waits_for` then says whose turn it is.
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
