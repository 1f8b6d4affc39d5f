"""The one error tree: what went wrong, where, by which clause, and what to do next.

Rules
- Every problem has a stable code from `CODES`; `docs/problems.md` is generated from that registry.
- A problem says its sentence and its remedy in Chinese and in English; the code decides both.
- `PackError` carries all problems of a pack at once; `Refused` carries the one reason why an act was not accepted.

Example: `Refused(Problem("not_yours", {"act": "结束", "rightful": "应急工作组"}, clause=("S3-090",)))`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]
Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem: sentence and remedy as templates over the problem's parameters, with one example."""

    code: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a pack or scenario: file, line (from 1) and the path of keys."""

    file: str = ""
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.path}".strip()


class _Kept(dict[str, str]):
    """Parameters for a template; a missing one stays visible instead of raising."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `rightful`, `missing` and `open` serve refusals: who may, what is lacking, what is not known."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    where: Where = Where()
    clause: tuple[str, ...] = ()
    rightful: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """How bad: an `error` blocks publishing a pack, a `warning` and a `note` do not."""
        return CODES[self.code].severity

    def message(self, lang: Lang = "zh") -> str:
        """Return the sentence in the language asked; parameters ending in `_en` serve the English one."""
        kind = CODES[self.code]
        return (kind.zh if lang == "zh" else kind.en).format_map(_Kept(self._for(lang)))

    def hint(self, lang: Lang = "zh") -> str:
        """Return what to do next."""
        kind = CODES[self.code]
        return (kind.remedy_zh if lang == "zh" else kind.remedy_en).format_map(_Kept(self._for(lang)))

    def _for(self, lang: Lang) -> dict[str, str]:
        plain = {k: v for k, v in self.params.items() if not k.endswith("_en")}
        if lang == "en":
            plain |= {k[:-3]: v for k, v in self.params.items() if k.endswith("_en")}
        return plain

    def as_json(self, lang: Lang = "zh") -> dict[str, object]:
        """Return the problem as plain data, with the keys of the command line and of the HTTP interface."""
        where = self.where
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message(lang),
            "hint": self.hint(lang),
            "file": where.file,
            "line": where.line,
            "path": where.path,
            "clause": list(self.clause),
            "rightful": list(self.rightful),
            "missing": list(self.missing),
            "open": list(self.open),
        }


class FengsuiError(Exception):
    """Root of the error tree."""


class PackError(FengsuiError):
    """A pack, scenario or facts file that cannot be used; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{p.where}: {p.code}: {p.message('en')}" for p in self.problems))


class Refused(FengsuiError):
    """An act the plan does not accept now; carries the reason."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.code}: {problem.message('en')}")


CODES: dict[str, Code] = {}


def declare(*codes: Code) -> None:
    """Enter codes into the registry; a code is declared once."""
    for code in codes:
        if code.code in CODES:
            raise ValueError(f"problem code declared twice: {code.code}")
        CODES[code.code] = code


# -------------------------------------------------------------------------------- reading a pack
declare(
    Code(
        "bad_value",
        "error",
        "“{text}”不是{type}。",
        "'{text}' is not a {type}.",
        "按{type}的写法改正，例如 {example}。",
        "Write it as a {type}, for example {example}.",
        "within: 1 hour",
    ),
    Code(
        "bad_condition",
        "error",
        "条件写法不成立：{why}。",
        "This condition is not well formed: {why}.",
        "条件写成“对象: 检验”的映射；或者用 any、all、not。",
        "Write a mapping of subject: test, or any, all, not.",
        "when: [{a: yes}, {b: yes}]",
    ),
    Code(
        "missing_key",
        "error",
        "缺少必填项 {key}。",
        "The key {key} is required.",
        "补上 {key}。",
        "Add {key}.",
        "- {act: end, by: group}   # no clause",
    ),
    Code(
        "no_order",
        "error",
        "“{subject}”没有先后轻重，不能用“{word}”比较。",
        "'{subject}' has no order, so '{word}' cannot be used.",
        "改用等于、属于之一，或换成标度。",
        "Test for equality or membership, or make it a scale.",
        "class: at least content",
    ),
    Code(
        "unknown_key",
        "error",
        "不认识的键“{key}”。{mean}",
        "Unknown key '{key}'. {mean}",
        "改正拼写；自己的备注用 x- 开头的键。",
        "Correct the spelling; notes of your own take a key that begins with x-.",
        "clasue: S3-001",
    ),
    Code(
        "unknown_name",
        "error",
        "没有声明过的{sort}“{name}”。{mean}",
        "No {sort} named '{name}' is declared. {mean}",
        "改正拼写，或先声明它。",
        "Correct the spelling, or declare it first.",
        "by: leading_grup",
    ),
    Code(
        "knowledge_test",
        "error",
        "定级和定义事实里不能检验“{word}”。",
        "'{word}' may not be tested in grading or in defined facts.",
        "改为检验事实的值；未知由引擎处理。",
        "Test the value; the engine itself handles what is unknown.",
        "when: {impact: unknown}",
    ),
)

# -------------------------------------------------------------------------------- files of a pack (loader)
declare(
    Code(
        "alias",
        "error",
        "不能用锚点和别名“{sign}”。",
        "The anchor or alias '{sign}' is not allowed.",
        "把内容照写一遍；预案包里每处都要能单独看懂。",
        "Write the content out; every place of a pack is read on its own.",
        "a: &x 1",
    ),
    Code(
        "bad_id",
        "error",
        "“{id}”不能作标识：只能用字母、数字、_ 和 -，以字母或数字开头。",
        "'{id}' cannot be an id: letters, digits, _ and - only, beginning with a letter or digit.",
        "换一个标识；中文写在 zh。",
        "Choose another id; the Chinese name goes to zh.",
        "bodies: {领导小组: {...}}",
    ),
    Code(
        "bad_key",
        "error",
        "键必须是一个词，不能是列表或映射。",
        "A key must be one word, not a list or mapping.",
        "改成“键: 值”。",
        "Write it as key: value.",
        "? [a, b]",
    ),
    Code(
        "bad_shape",
        "error",
        "这里应当是{wanted}，写的是{found}。",
        "Here a {wanted} is expected, not a {found}.",
        "按 docs/pack-format.md 中这一项的写法改正。",
        "Write it as docs/pack-format.md shows for this key.",
        "bodies: [a, b]",
    ),
    Code(
        "control_character",
        "error",
        "文件里有不可见的控制字符 {sign}。",
        "The file holds an invisible control character {sign}.",
        "删掉这个字符。",
        "Delete this character.",
        "zh: 领导\\x00小组",
    ),
    Code(
        "derived_fact",
        "error",
        "“{fact}”由系统推算，不能直接填写。",
        "'{name}' is worked out from other facts and cannot be stated.",
        "填写它所依据的事实。",
        "State the facts it is worked out from.",
        "a running interval stated as 3h",
    ),
    Code(
        "duplicate_id",
        "error",
        "{sort}“{id}”写了两次，第一次在第{first}行。",
        "The {sort} '{id}' is written twice, first on line {first}.",
        "给其中一个换标识。",
        "Give one of them another id.",
        "two duties with id: O1",
    ),
    Code(
        "duplicate_key",
        "error",
        "键“{key}”写了两次，第一次在第{first}行。",
        "The key '{key}' is written twice, first on line {first}.",
        "留下一个。",
        "Keep one of them.",
        "{level: I, level: II}",
    ),
    Code(
        "empty_file",
        "error",
        "文件是空的。",
        "The file is empty.",
        "写入内容，或删掉这个文件；没有的文件就等于没有内容。",
        "Fill it or delete it; a missing file means there is none.",
        "playbooks.yaml without a line",
    ),
    Code(
        "id_case",
        "error",
        "{sort}“{id}”与第{first}行的“{other}”只有大小写不同。",
        "The {sort} '{id}' differs only in case from '{other}' on line {first}.",
        "改掉其中一个，免得念错、抄错。",
        "Rename one of them, so that nobody confuses the two.",
        "bodies: {Office: ..., office: ...}",
    ),
    Code(
        "keys_clash",
        "error",
        "{why}。",
        "{why}.",
        "按 docs/pack-format.md 改正这一条。",
        "Correct this rule as docs/pack-format.md shows.",
        "{keep: 24h, within: 1h}",
    ),
    Code(
        "missing_file",
        "error",
        "找不到 {file}。",
        "{file} is not there.",
        "检查路径；每个预案包都要有 pack.yaml。已装预案：{known}。",
        "Check the path; every pack has a pack.yaml. Shipped packs: {known}.",
        "fengsui lint no-such-pack",
    ),
    Code(
        "no_moment",
        "error",
        "没有说明是什么时刻。",
        "No moment is given.",
        "用 --at 写明时刻，例如 --at '2026-03-02 10:00'。",
        "Give one with --at, for example --at '2026-03-02 10:00'.",
        "fengsui grade PACK --facts FILE without a clock",
    ),
    Code(
        "no_scenario",
        "error",
        "找不到场景“{name}”。{mean}",
        "There is no scenario '{name}'. {mean}",
        "用场景的名称、行号或文件名；fengsui test PACK 列出未通过的。",
        "Give a scenario's name or row, or a scenario file.",
        "fengsui play demo-linjiang 没有的场景",
    ),
    Code(
        "not_accepted",
        "error",
        "期望 {path} 写得不能直接改写。",
        "The expectation {path} cannot be rewritten in place.",
        "手工改这一处。",
        "Change it by hand.",
        "expect: {not_owed: [O1]}",
    ),
    Code(
        "no_text",
        "error",
        "预案包 {pack} 里没有原文 text.md。",
        "The pack {pack} holds no text.md.",
        "给出您手里的原文：fengsui trace {pack} 原文文件。",
        "Name the text that you have: fengsui trace {pack} FILE.",
        "fengsui trace chongqing-finance-regulator",
    ),
    Code(
        "no_value",
        "error",
        "“{key}”后面没有值。",
        "'{key}' has no value.",
        "写上值，或删掉这一行；空白不代表任何意思。",
        "Write a value or remove the line; a blank means nothing.",
        "clause:",
    ),
    Code(
        "not_utf8",
        "error",
        "文件不是 UTF-8 编码。",
        "The file is not UTF-8.",
        "用编辑器另存为 UTF-8。",
        "Save it as UTF-8 in your editor.",
        "a file saved as GBK or UTF-16",
    ),
    Code(
        "other_folder",
        "error",
        "预案标识“{id}”与目录名“{folder}”不同。",
        "The pack's id '{id}' differs from its directory '{folder}'.",
        "把目录改名为 {id}，或改 id；标识用在网址里，发布后不再变。",
        "Rename the directory to {id}, or change the id; it stands in addresses and never changes.",
        "id: a in packs/b/pack.yaml",
    ),
    Code(
        "reserved_name",
        "error",
        "“{id}”是预案语言自己的词，不能作{sort}的标识。",
        "'{id}' is a word of the plan language and cannot name a {sort}.",
        "换一个标识。",
        "Choose another id.",
        "facts: {level: {...}}",
    ),
    Code(
        "second_document",
        "error",
        "一个文件里只能有一份内容，这里又开始了一份。",
        "One file holds one document; here a second one begins.",
        "删掉分隔行“---”，或分成两个文件。",
        "Remove the line '---', or split the file.",
        "---",
    ),
    Code(
        "tag",
        "error",
        "不能用类型标签“{sign}”。",
        "The tag '{sign}' is not allowed.",
        "去掉标签；类型由预案语言规定。",
        "Remove the tag; the plan language gives the type.",
        "a: !!int 3",
    ),
    Code(
        "too_deep",
        "error",
        "嵌套超过 {depth} 层。",
        "Nested deeper than {depth} levels.",
        "减少嵌套。",
        "Nest less deeply.",
        "[[[[…]]]]",
    ),
    Code(
        "too_large",
        "error",
        "文件超过 {size}。",
        "The file is larger than {size}.",
        "拆分场景文件；预案包里不放附件。",
        "Split scenario files; attachments do not belong in a pack.",
        "scenarios/all.yaml of 5 MB",
    ),
    Code(
        "unknown_file",
        "error",
        "预案包里不能有文件“{file}”。{mean}",
        "A pack does not hold a file '{file}'. {mean}",
        "改正文件名，或移出预案包。",
        "Correct the name, or move it out of the pack.",
        "duty.yaml",
    ),
    Code(
        "unreadable",
        "error",
        "读不了：{why}。",
        "Cannot be read: {why}.",
        "检查路径和权限。",
        "Check the path and the permissions.",
        "a directory in place of a file",
    ),
    Code(
        "yaml_syntax",
        "error",
        "YAML 写法有误：{why}。",
        "The YAML is not well formed: {why}.",
        "从这一行往上看，改正缩进、引号、括号或冒号。",
        "Look at this line and the one before; correct indent, quotes, brackets or colons.",
        "a: {b: 1",
    ),
)

# -------------------------------------------------------------------------------- a plan's text against its pack (trace)
declare(
    Code(
        "text_clause_lost",
        "warning",
        "原文里找不到条款 {clause} 的位置“{at}”。",
        "The place '{at}' of clause {clause} is not in the text.",
        "核对 at 与原文的编号；或确认文本是同一版本。",
        "Check `at` against the numbering of the text, and that the text is of the same version.",
        "S3-091: {at: 第四篇 > 九}",
    ),
    Code(
        "text_unanswered",
        "note",
        "原文“{place}”没有任何条款对应。",
        "No clause points at '{place}' of the text.",
        "在 clauses.yaml 里加上这一条，由规则回答，或写明 not_executable。",
        "Add a clause for it, answered by rules or by not_executable.",
        "a paragraph between two numbered ones",
    ),
)

# -------------------------------------------------------------------------------- refusals of acts (grants, engine)
declare(
    Code(
        "bad_act",
        "error",
        "这个动作写得不对：{why}。",
        "This act is not well formed: {why}.",
        "按表单重新填写后再提交。",
        "Fill the form again and submit it.",
        "confirm with the value 'V'",
    ),
    Code(
        "bad_log",
        "error",
        "记录不连贯：{why}。",
        "The log does not hold together: {why}.",
        "不要改动记录；用校验工具查出断处。",
        "Do not touch the log; find the break with the verifier.",
        "event 7 without event 6",
    ),
    Code(
        "bad_time",
        "error",
        "时间不对：{why}。",
        "The time is not possible: {why}.",
        "改正时间。可以补记过去时刻的只有：填报事实、报告、记事、签收、口头环节和外部机关的行为。",
        "Correct the time. Only facts, reports, records, receipts, links by word and outside acts may be dated back.",
        "an order dated yesterday",
    ),
    Code(
        "content_changed",
        "error",
        "“{act}”的内容已经变了：{why}。",
        "What was put before you for '{act}' has changed: {why}.",
        "重新打开，看清现在的内容再决定；原先的环节须重新提出。",
        "Open it again and decide on what stands now; earlier links must be asked anew.",
        "approving a proposal that was replaced",
    ),
    Code(
        "forbidden",
        "error",
        "{who}不得{act}。{cites}",
        "{who} must not {act}. {cites}",
        "预案明文禁止，没有例外；如有不同理解，请预案归口部门解释。",
        "The plan forbids it without exception; ask the plan's owner where you read it otherwise.",
        "forbidden: everyone",
    ),
    Code(
        "missing",
        "error",
        "“{act}”还缺：{missing}。{cites}",
        "'{act}' still lacks: {missing}. {cites}",
        "补齐{missing}后再提交。{passable}",
        "Add {missing} and submit again. {passable}",
        "confirm without the meeting record",
    ),
    Code(
        "needs_interpretation",
        "error",
        "“{act}”须先由本单位作出解读：{open}。{cites}",
        "'{act}' waits for a reading of the plan's owner: {open}. {cites}",
        "请有权的人设定这项解读；紧急时可以只为本案设定（settle），并写明理由。",
        "Have the plan's owner set this reading; in a hurry it may be settled for this case alone, with a reason.",
        "by: $starter_of_I while it is unset",
    ),
    Code(
        "no_second_person",
        "error",
        "“{act}”的这一环节须由另一个人来办：{why}。",
        "This link of '{act}' needs another person: {why}.",
        "请{rightful}的另一位人员办理；同一个人不能办一条链上的两个环节。",
        "Ask another person of {rightful}; nobody fills two links of one chain.",
        "the proposer approves his own proposal",
    ),
    Code(
        "not_given",
        "error",
        "预案没有把“{act}”授权给任何机构：{why}。{elsewhere}{cites}",
        "The plan gives '{act}' to nobody: {why}. {elsewhere}{cites}",
        "这是预案的空白；请预案归口部门补定，或按上级指示记事留痕。",
        "This is a hole in the plan: have its owner fill it, or record the superior's instruction.",
        "hole: 正文无级别调整",
    ),
    Code(
        "not_yours",
        "error",
        "“{act}”不由{who}办理，应由{rightful}办理。{cites}",
        "'{act}' is not for {who}; it is for {rightful}. {cites}",
        "请{rightful}办理；可以用“催办”提醒。",
        "Ask {rightful}; 'urge' reminds them.",
        "the owner ends a level I response",
    ),
    Code(
        "out_of_order",
        "error",
        "现在还不能“{act}”：{why}。",
        "'{act}' is not possible now: {why}.",
        "{next}",
        "{next}",
        "end without a response in force",
    ),
    Code(
        "outside",
        "error",
        "“{act}”由{rightful}在系统外作出，这里只由{recorder}登记。{cites}",
        "'{act}' is done by {rightful} outside; here {recorder} only records it. {cites}",
        "收到文件后，由{recorder}登记文号、日期和签发人。",
        "When the paper arrives, {recorder} records its number, date and signatory.",
        "outside: superior_government",
    ),
    Code(
        "undecided",
        "error",
        "还不能判断谁可以“{act}”：尚不清楚{open}。{cites}",
        "Who may '{act}' cannot be told yet: {open} is not known. {cites}",
        "先查明并填报：{open}。",
        "Find out and state: {open}.",
        "activate before a level is confirmed",
    ),
    Code(
        "wait_for",
        "error",
        "“{act}”还要等：{missing}。{cites}",
        "'{act}' still waits for: {missing}. {cites}",
        "等{missing}完成；可以用“催办”提醒。",
        "Wait for {missing}; 'urge' reminds them.",
        "the concurrence before the decision",
    ),
)

# -------------------------------------------------------------------------------- scenarios (simulate)
declare(
    Code(
        "bad_scenario",
        "error",
        "场景写得不对：{why}。",
        "The scenario is not well formed: {why}.",
        "改正这一行；写法见 docs/pack-format.md。",
        "Correct this line; docs/pack-format.md shows how.",
        "do: fly",
    ),
    Code(
        "expectation",
        "error",
        "“{key}”应为 {expected}，实为 {found}。",
        "'{key}' should be {expected}, but is {found}.",
        "改预案或改场景；确认现在的结果是对的，可以用 fengsui test --accept 改写期望。",
        "Change the plan or the scenario; where the result is right, fengsui test --accept rewrites the expectation.",
        "expect: {level: II}",
    ),
    Code(
        "unreachable",
        "error",
        "照预案的授权走不到 {state}。",
        "The plan's own grants never lead to {state}.",
        "检查 given 里的级别、解读和事发单位，或改用 log 写出经过。",
        "Check level, readings and owner under given, or write the course of events under log.",
        "given: {response: I} while the starter of I is not set",
    ),
    Code(
        "unexpected_refusal",
        "error",
        "“{act}”应当办成，却被拒绝：{why}",
        "'{act}' should have been accepted, but was refused: {why}",
        "若拒绝是对的，写上 refused: {code}。",
        "Where the refusal is right, write refused: {code}.",
        "do: end, without refused:",
    ),
    Code(
        "unexpected_acceptance",
        "error",
        "“{act}”应当被拒绝（{code}），却办成了。",
        "'{act}' should have been refused ({code}), but was accepted.",
        "改预案，或去掉 refused。",
        "Change the plan, or remove refused.",
        "refused: not_yours",
    ),
)
