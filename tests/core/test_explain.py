# ruff: noqa: E501  (tables of one sentence a line)
"""The reading aloud: one fixed sentence per construct, in Chinese and in English (language 0.1)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from fengsui.core import loader
from fengsui.core.explain import SORTS, Reading, act_label, event_label, explain, verb_label
from fengsui.core.pack import Pack
from tests.core import story

GOOD = Path(__file__).parents[1] / "packs/good"

BODIES = """
bodies:
  leading_group: {zh: 局网络安全工作领导小组, en: Leading group, kind: standing, constituted: elsewhere, clause: c}
  group:   {zh: 应急工作组, en: Working group, kind: standing, under: leading_group, posts: {lead: 办公室主任}, acts_through: [lead], aliases: [应急处置工作组], clause: c}
  office:  {zh: 处室, en: Office, kind: standing, many: yes, posts: {admin: 信息系统管理员}, clause: c}
  owner:   {zh: 事件发生处室, en: Owning office, kind: derived, from: asset.owner, is: office, clause: c}
  centre:  {zh: 发展中心, en: Centre, kind: standing, clause: c}
  vendor:  {zh: 专业服务机构, en: Vendor, kind: external, binds: contract, clause: c}
  net:     {zh: 局网信办, en: Net office, kind: standing, clause: c}
  upper:   {zh: 上级政府, en: Superior government, kind: external, clause: c}
  command: {zh: 局指挥部, en: Command, kind: temporary, created_by: activated, ends_on: ended, clause: c}
"""
FACTS = """
facts:
  important: {zh: 属重要网络和信息系统, en: important system, type: yes_no, clause: c}
  long:      {zh: 长时间中断, en: long interruption, type: yes_no, judged: yes, clause: c}
  partial:   {zh: 局部瘫痪, en: partial paralysis, type: yes_no, clause: c}
  threat:    {zh: 威胁, en: threat, type: threat, judged: yes, clause: c}
  impact:    {zh: 影响, en: impact, type: threat, judged: yes, clause: c}
  people:    {zh: 影响人数, en: people hit, type: count, clause: c}
  lost:      {zh: 经济损失, en: loss, type: money, clause: c}
  begun:     {zh: 中断开始, en: outage began, type: instant, clause: c}
  over:      {zh: 恢复, en: restored, type: instant, clause: c}
  asset.most: {zh: 最大容忍时间, en: tolerance, type: duration, clause: c}
  excess:    {zh: 超时, en: excess, type: duration, derive: {elapsed: [begun, over], minus: asset.most}, clause: c}
  major:     {zh: 属重大, en: major, type: yes_no, means: {important: yes, any: [{long: yes}, {partial: yes}]}, clause: c}
  led_by:    {zh: 主导, en: led by, type: leader, initially: own, clause: c}
"""
TERMS = """
scales:
  level: {zh: 事件级别, en: Level, values: {IV: 一般, III: 较大, II: 重大, I: 特别重大}, clause: c}
  response: {zh: 响应级别, like: level, values: {IV: Ⅳ级, III: Ⅲ级, II: Ⅱ级, I: Ⅰ级}, clause: c}
  colour: {zh: 预警等级, like: level, values: {IV: 一般（无颜色）, III: 黄色, II: 橙色, I: 红色}, undeclared: {IV: 只列三级}, clause: c}
  threat: {zh: 程度, values: {none: 无, some: 一定, serious: 严重, extreme: 特别严重}, clause: c}
sets:
  leader: {zh: 由谁主导, values: {own: 本局, superior: 上级}, open: other, clause: c}
matters: {progress: {zh: 事态或处置进展, en: progress, clause: c}}
documents: {minutes: 会议记录, order: 指令}
"""
READINGS = """
parameters:
  recipient: {zh: 按程序上报给谁, en: who receives it, type: body, clause: c}
  hour: {zh: 几点, type: hour, clause: c}
  few: {zh: 多少人, type: count, clause: c}
switches:
  starter: {zh: Ⅰ级响应由谁启动, en: who starts I, clause: c, options: {leading_group: {zh: 领导小组, en: Leading group, clause: c}, group: {zh: 工作组, clause: c}}}
soft_words: {immediately: 立即、第一时间}
"""
FORMS = """
forms:
  notice: {zh: 预警信息, en: Notice, clause: c, missing: 附件缺失, fields: {what: {zh: 内容, en: content, type: text}, when: {zh: 时间, type: instant, later: yes}}}
"""


def read(sort: str, lang: str = "zh", readings: dict[str, str] | None = None, **files: str) -> list[str]:
    """Return the sentences of one sort from a tiny pack, without the citation（一）."""
    base = {"bodies": BODIES, "facts": FACTS, "terms": TERMS, "readings": READINGS, "forms": FORMS}
    pack = story.pack(**{**base, **files})
    found = explain(pack, None, "zh" if lang == "zh" else "en", readings)
    return [one.text.replace("（一）", "").replace(" (一)", "") for one in found if one.sort == sort]


def grant(line: str, kind: str = "incident", lang: str = "zh", **readings: str) -> str:
    (text,) = read("grant", lang, readings, grants=f"{kind}:\n  - {{{line}, clause: c}}\n")
    return text


def duty(line: str, kind: str = "incident", lang: str = "zh", **readings: str) -> str:
    (text,) = read("duty", lang, readings, duties=f"{kind}:\n  - {{id: O1, {line}, clause: c}}\n")
    return text


def rule(when: str, lang: str = "zh", level: str = "II", **readings: str) -> str:
    row = f"{{id: a, level: {level}, when: {when}, clause: c}}"
    grading = (
        f"methods: {{m: {{zh: 表, otherwise: ungraded, clause: c, rules: [{row}]}}}}\ngrade: {{by: m, clause: c}}\n"
    )
    (text,) = read("criterion", lang, readings, grading=grading)
    return text


# -------------------------------------------------------------------- the samples printed in language 0.1
SAMPLES = [
    "属重要网络和信息系统，且系统损失达到严重及以上，且（长时间中断，或者局部瘫痪），且业务处理能力达到极大影响及以上的，为重大。",
    "有下列之一（①对本单位的威胁达到严重及以上，且对本单位造成的影响达到严重及以上；②对公众利益的威胁达到严重及以上，且对公众利益造成的影响达到严重及以上）的，为重大。",
    "响应为Ⅰ级时，结束：应急工作组建议，局网络安全工作领导小组批准。",
    "响应为Ⅱ级时，结束：应急工作组决定。",
    "响应为Ⅲ级时，结束：事件发生处室决定，应急工作组同意。",
    "响应为Ⅳ级时，结束：事件发生处室、发展中心、专业服务机构共同签署。",
    "级别为特别重大时，启动：〔Ⅰ级响应由谁启动：待定〕决定。",
    "调整：原文未授权（正文无级别调整）。",
    "研判后，初判达到重大及以上的，事件发生处室立即报告初判结果，报应急工作组。",
    "响应结束后，响应达到Ⅱ级及以上的，应急工作组原则上在30日内调查处理和总结评估，报〔按程序上报给谁：待定〕。",
]


@cache
def s3() -> Pack:
    return loader.load(loader.shipped()["chongqing-finance-regulator"])


TABLE_FACTS = """
facts:
  important_system: {zh: 属重要网络和信息系统, type: yes_no, clause: c}
  system_loss: {zh: 系统损失, type: threat, clause: c}
  capacity: {zh: 业务处理能力, type: capacity, clause: c}
  long_interruption: {zh: 长时间中断, type: yes_no, clause: c}
  partial_paralysis: {zh: 局部瘫痪, type: yes_no, clause: c}
  unit_threat: {zh: 对本单位的威胁, type: threat, clause: c}
  unit_impact: {zh: 对本单位造成的影响, type: threat, clause: c}
  public_threat: {zh: 对公众利益的威胁, type: threat, clause: c}
  public_impact: {zh: 对公众利益造成的影响, type: threat, clause: c}
"""
CAPACITY = (
    "\n  capacity: {zh: 业务能力, values: {normal: 正常, greatly_affected: 极大影响, lost: 丧失}, clause: c}\nsets:"
)
ROW_2A = (
    "{important_system: yes, system_loss: at least serious, any: [{long_interruption: yes}, {partial_paralysis: yes}],"
    " capacity: at least greatly_affected}"
)
ROW_2C = (
    "{any: [{unit_threat: at least serious, unit_impact: at least serious},"
    " {public_threat: at least serious, public_impact: at least serious}]}"
)


@pytest.mark.parametrize(("when", "sample"), [(ROW_2A, SAMPLES[0]), (ROW_2C, SAMPLES[1])])
def test_the_samples_of_the_table_are_read_word_for_word(when: str, sample: str) -> None:
    row = f"{{id: a, level: II, when: {when}, clause: c}}"
    grading = f"methods: {{m: {{zh: 表, otherwise: ungraded, clause: c, rules: [{row}]}}}}\n"
    terms = TERMS.replace("\nsets:", CAPACITY)
    assert read("criterion", facts=TABLE_FACTS, terms=terms, grading=grading) == [sample]


@pytest.mark.parametrize(
    ("line", "sample"),
    [
        ("act: end, when: {response: I}, chain: [propose: group, approve: leading_group]", SAMPLES[2]),
        ("act: end, when: {response: II}, by: group", SAMPLES[3]),
        ("act: end, when: {response: III}, chain: [decide: owner, concur: group]", SAMPLES[4]),
        ("act: end, when: {response: IV}, chain: [sign: [owner, centre, vendor]]", SAMPLES[5]),
        ("act: activate, when: {level: I}, by: $starter", SAMPLES[6]),
        ("act: adjust, hole: 正文无级别调整", SAMPLES[7]),
    ],
)
def test_the_samples_of_grants_are_read_word_for_word(line: str, sample: str) -> None:
    assert grant(line) == sample


def test_the_samples_of_duties_are_read_word_for_word() -> None:
    first = duty(
        "on: assessed, when: {assessed: at least II}, owes: 报告初判结果, by: owner, to: group, within: immediately"
    )
    assert first == SAMPLES[8]
    last = duty(
        "on: ended, when: {response: at least II}, owes: 调查处理和总结评估, by: group, to: $recipient, within: 30d,"
        " in_principle: yes"
    )
    assert last == SAMPLES[9]


def test_the_samples_of_warnings_are_read_word_for_word() -> None:
    chain = "act: issue, when: {colour: IV}, chain: [propose: net, approve: leading_group, issue: $recipient]"
    assert grant(chain, "warning") == (
        "预警为一般（无颜色）时，发布预警：局网信办建议，局网络安全工作领导小组批准，〔按程序上报给谁：待定〕发布。"
    )
    outside = "act: issue, when: {colour: at least III}, outside: upper, record_by: net"
    assert grant(outside, "warning") == "预警达到黄色及以上时，发布预警由上级政府决定，局网信办登记。"


def test_the_sample_with_money_is_read_word_for_word() -> None:
    pack = loader.load(GOOD / "snippet-s1-thresholds")
    (one,) = explain(pack, "II-2")
    assert one.text == (
        "数据受损（丢失、窃取、篡改、假冒），且（对国家安全和社会稳定的威胁达到严重及以上，或者经济损失1亿 CNY以上（含））的，为重大。（S1-020）"
    )
    assert one == Reading("criteria.II-2", "criterion", one.text, ("S1-020",))


# ---------------------------------------------------------------------------------------------- conditions
@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        ("{important: yes}", "属重要网络和信息系统的，为重大。", "If important system: 重大."),
        ("{important: no}", "属重要网络和信息系统为否的，为重大。", "If not (important system): 重大."),
        ("{people: at least 10万}", "影响人数10万以上（含）的，为重大。", "If people hit is at least 100,000: 重大."),
        ("{people: more than 5}", "影响人数超过5的，为重大。", "If people hit is more than 5: 重大."),
        ("{people: less than 5}", "影响人数不足5的，为重大。", "If people hit is less than 5: 重大."),
        ("{excess: at most 1h30min}", "超时1小时30分钟以下（含）的，为重大。", "If excess is at most 1 h 30 min: 重大."),
        ("{threat: at most some}", "威胁为一定及以下的，为重大。", "If threat is at most 一定: 重大."),
        ("{threat: [some, serious]}", "威胁为一定或严重的，为重大。", "If threat is 一定 or 严重: 重大."),
        ("{threat: not none}", "威胁不为无的，为重大。", "If threat is not 无: 重大."),
        ("{not: {long: yes}}", "并非（长时间中断）的，为重大。", "If not (long interruption): 重大."),
        ("{any: [{long: yes}, {partial: yes}]}", "长时间中断，或者局部瘫痪的，为重大。",
         "If long interruption or partial paralysis: 重大."),
        ("{people: at least $few}", "影响人数〔多少人：待定〕以上（含）的，为重大。", "If people hit is at least [多少人: not set]: 重大."),
    ],
)  # fmt: skip
def test_each_test_has_one_reading(when: str, zh: str, en: str) -> None:
    assert rule(when) == zh
    assert rule(when, "en") == en


def test_and_and_or_in_one_breath_are_numbered() -> None:
    mixed = "{important: yes, any: [{threat: serious, impact: serious}, {long: yes}]}"
    assert rule(mixed) == "属重要网络和信息系统，且有下列之一（①威胁为严重，且影响为严重；②长时间中断）的，为重大。"


def test_what_nobody_has_said_yet_is_read_as_not_there() -> None:
    assert grant("act: assess, when: {assessed: unknown}, by: owner") == "尚无初判时，研判：事件发生处室决定。"
    assert grant("act: assess, when: {assessed_by: group}, by: net").startswith("最近研判的机构为应急工作组时")
    assert grant("act: adjust, when: {$starter: group}, by: net").startswith("“Ⅰ级响应由谁启动”为工作组时")


def test_a_reading_that_is_set_is_read_with_its_value() -> None:
    assert "〔Ⅰ级响应由谁启动：工作组〕决定" in grant("act: activate, by: $starter", starter="group")
    assert "〔按程序上报给谁：局网信办〕" in duty("on: ended, owes: 报送, by: group, to: $recipient", recipient="net")
    assert "〔多少人：10万〕以上" in rule("{people: at least $few}", few="10万")


# ---------------------------------------------------------------------------------------- grants and duties
@pytest.mark.parametrize(
    ("line", "zh"),
    [
        ("act: order, by: owner, guided_by: group, with: [centre, vendor]", "决策指挥：事件发生处室决定，发展中心、专业服务机构参加，应急工作组指导。"),
        ("act: confirm, by: group, needs: [minutes]", "定级：应急工作组决定，须有会议记录。"),
        ("act: activate, by: {any: [group, net]}, creates: command", "启动：应急工作组或局网信办决定，同时成立局指挥部。"),
        ("act: activate, by: net, ratify: {by: group, within: 2h}", "启动：局网信办决定，立即生效，事后由应急工作组在2小时内追认。"),
        ("act: publish, forbidden: everyone", "对外发布：任何机构不得为之。"),
        ("act: publish, forbidden: vendor", "对外发布：专业服务机构不得为之。"),
        ("act: publish, chain: [opinion: group, do: net], in_person: yes", "对外发布：应急工作组提出意见，局网信办决定，须本人办理。"),
        ("act: confirm, by: group, inferred: 正文没写", "定级：应急工作组决定（推定：正文没写）。"),
        ("act: confirm, by: group, product: 怕误报", "定级：应急工作组决定（本系统要求：怕误报）。"),
        ("act: request, by: owner, answered_by: group", "请求：事件发生处室决定，应急工作组答复。"),
    ],
)  # fmt: skip
def test_each_key_of_a_grant_has_its_words(line: str, zh: str) -> None:
    assert grant(line) == zh


def test_lifting_a_warning_says_its_form_and_that_it_is_made_public() -> None:
    text = grant("act: lift, when: {colour: I}, by: group, form: notice, then: publish", "warning")
    assert text == "预警为红色时，解除预警：应急工作组决定，用《预警信息》，并对外公布。"


@pytest.mark.parametrize(
    ("line", "zh"),
    [
        ("on: opened, owes: 报告, by: owner, to: [group, upper], within: 1h", "事件发生后，事件发生处室在1小时内报告，报应急工作组、上级政府。"),
        ("on: progress, owes: 报告, by: owner, within: none", "有事态或处置进展时，事件发生处室报告（未写时限）。"),
        ("on: ended, owes: 备案, by: owner, within: 5 working days", "响应结束后，事件发生处室在5个工作日内备案。"),
        ("on: opened, owes: 值守, by: net, keep: 24h, until: ended", "事件发生后，局网信办持续（每天24小时）值守。至响应结束为止。"),
        ("on: confirmed, owes: 日报, by: owner, every: 1d at $hour, until: ended", "定级后，事件发生处室每1日〔几点：待定〕一次日报。至响应结束为止。"),
        ("on: confirmed, owes: 日报, by: owner, every: 1d at 17:00, until: ended", "定级后，事件发生处室每1日17:00一次日报。至响应结束为止。"),
        ("on: opened, owes: 报送, by: owner, from: {earliest: [begun, over]}, within: 2h", "事件发生后，事件发生处室在2小时内报送。时限自中断开始、恢复中的最早者起算。"),
        ("on: {reported: {to: group}}, owes: 研判, by: group, done_by: [activated, dismissed]", "报告应急工作组后，应急工作组研判。以响应启动或销案为完成。"),
        ("on: {assessed: {by: net, level: at least III}}, owes: 上报, by: net, with: [centre]", "局网信办研判（级别达到较大及以上）后，局网信办会同发展中心上报。"),
        ("on: opened, owes: 视需要报告, by: owner, to: group, optional: 需要时, form: notice", "事件发生后，事件发生处室视需要报告，报应急工作组（可免：需要时）。用《预警信息》。"),
        ("on: fact people, owes: 续报, by: owner, within: immediately, on_regrade: keep", "“影响人数”说明后，事件发生处室立即续报。级别变化后照旧。"),
    ],
)  # fmt: skip
def test_each_key_of_a_duty_has_its_words(line: str, zh: str) -> None:
    assert duty(line) == zh


def test_a_yearly_duty_begins_each_year() -> None:
    assert duty("on: year, owes: 演练, by: net, within: calendar year, done_by: drilled", "standing") == (
        "每年，局网信办在本年内演练。以演练为完成。"
    )


def test_english_says_the_same() -> None:
    line = "act: end, when: {response: III}, chain: [decide: owner, concur: group]"
    assert grant(line, lang="en") == "When the response is Ⅲ级, end: Owning office decides, Working group concurs."
    assert duty(
        "on: opened, owes: {zh: 报告, en: report}, by: owner, to: group, within: 1h, until: ended", lang="en"
    ) == (
        "After the incident is opened, Owning office owes: report (within 1 h), to Working group. Until the response ends."
    )


# ------------------------------------------------------------------------------------ steps, nouns, methods
STEPS = """
playbooks:
  tamper:
    zh: 网页篡改
    start: opened
    when: {important: yes}
    steps:
      - {id: cut, zh: 切断网络, by: net, pre_authorised: yes, within: immediately, clause: c}
      - together:
          - {id: tell, zh: 汇报, by: net, act: assess, clause: c}
          - {id: keep, zh: 保全现场, by: owner, with: [centre], needs: [minutes, {long: yes}], waits_for: order, clause: c}
      - {id: stop, zh: 抑制, by: owner, when: {partial: yes}, optional: 视情况, clause: c, choose: {at_least: 1, of: {a: 断开链接, b: {zh: 关闭系统, by: $recipient}}, forbid: {x: 反击}}}
"""


def test_a_playbook_is_read_step_by_step() -> None:
    assert read("playbook", playbooks=STEPS) == ["事件发生后，属重要网络和信息系统的，按“网页篡改”依次处置，共3步。"]
    assert read("step", playbooks=STEPS) == [
        "第1步，局网信办立即切断网络，无须批准。",
        "第2步（同时进行），局网信办汇报（即研判）。",
        "第2步（同时进行），事件发生处室会同发展中心保全现场，须有会议记录、长时间中断，待指令。",
        "第3步，局部瘫痪的，事件发生处室抑制，至少选1项：断开链接、关闭系统（由〔按程序上报给谁：待定〕批准）；禁止：反击（可免：视情况）。",
    ]


def test_facts_forms_bodies_and_readings_are_read_too() -> None:
    facts = read("fact")
    assert "长时间中断：填是或否，须研判并写明依据。" in facts
    assert "超时，是中断开始到恢复经过的时间减去最大容忍时间；恢复不清楚时算到当前。" in facts
    assert "属重大，是指：属重要网络和信息系统，且（长时间中断，或者局部瘫痪）。" in facts
    assert "主导：填由谁主导，未说明时为本局。" in facts
    assert "最大容忍时间：填时长，取自系统台账。" in facts
    assert read("form") == ["《预警信息》须填：内容；首次可缺：时间（附件缺失）。"]
    bodies = read("body")
    assert (
        "应急工作组（又称应急处置工作组），常设机构，隶属局网络安全工作领导小组，设办公室主任，由办公室主任代表。"
        in bodies
    )
    assert "局指挥部，临时机构，自响应启动成立，至响应结束撤销。" in bodies
    assert "专业服务机构，外部机构，以合同约束。" in bodies
    readings = read("reading")
    assert readings[0] == "〔按程序上报给谁：待定〕：原文未写，由本单位确定（机构）。"
    assert readings[-1] == "〔Ⅰ级响应由谁启动：待定〕：原文可作几种理解，由本单位确定：①领导小组；②工作组。"
    assert (
        read("scale")[2] == "预警等级由轻到重：一般（无颜色）、黄色、橙色、红色；一般（无颜色）未经声明（只列三级）。"
    )
    assert read("set") == ["由谁主导：本局、上级等，其他情形须写明。"]
    assert read("soft_word") == ["“立即、第一时间”不是时限，只按本单位定的提醒时间提醒（待定）。"]


def test_methods_say_how_they_are_put_together() -> None:
    found = {one.rule: one.text for one in explain(loader.load(GOOD / "snippet-s0-composite"))}
    assert found["loss"].startswith(
        "系统损失取中断超时、设备损坏、关键数据中最高的级别，系统重要性给出范围，超出范围的按〔"
    )
    assert found["grade"] == "定级以综合定级为准，并列显示分级描述，不取其一。（S0-065）"
    assert found["uplift.1"] == "属关键信息基础设施的，可提请：关键信息基础设施可提级。（S0-037）"
    assert found["importance.r1"].endswith("的，级别范围为〔重要性一档对应的级别范围：待定〕。（S0-036）")
    assert found["equipment.none"] == "受损设备为无损坏的，此项不计。（S0-043）"
    assert found["routine"].startswith("处理路径为按日常运维的，移交")


# ------------------------------------------------------------------------------------------------ the whole
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_of_the_shipped_packs_is_read_with_its_clauses(lang: str) -> None:
    for path in loader.shipped().values():
        pack = loader.load(path)
        found = explain(pack, None, "zh" if lang == "zh" else "en")
        rules = {*(g.id for g in pack.grants), *(d.id for d in pack.duties), *pack.steps, *pack.facts, *pack.forms}
        assert rules <= {one.rule for one in found}
        for one in found:
            assert one.sort in SORTS and one.text
            assert all(pack.cite(clause) in one.text for clause in one.clauses)
            assert not re.search(r"\bNone[.,)）。]|[{}]|\(''|<", one.text.replace("None, Some", "")), one.text


def test_one_rule_is_found_by_its_id_and_an_unknown_one_is_nothing() -> None:
    third = next(grant for grant in s3().grants if grant.clause == ("S3-091",))
    (end,) = explain(s3(), third.id)
    assert (end.rule, end.sort, end.clauses) == (third.id, "grant", ("S3-091",))
    assert explain(s3(), "no-such-rule") == ()
    assert [one.rule for one in explain(s3(), "2a")] == ["criteria.2a"]
    assert [one.sort for one in explain(s3(), "$starter_of_I")] == ["reading"]


def test_the_languages_own_words_have_names_in_both_languages() -> None:
    from fengsui.core.case import ACTS, CHAIN_EVENTS, EVENT_OF, SYSTEM_EVENTS, VERBS

    for lang in ("zh", "en"):
        for kind, acts in ACTS.items():
            assert all(act_label(act, kind, lang) for act in acts)  # type: ignore[arg-type]
        events = (*EVENT_OF.values(), *CHAIN_EVENTS, *SYSTEM_EVENTS)
        assert all(event_label(e, "incident", lang) for e in events)  # type: ignore[arg-type]
    for act in {act for acts in ACTS.values() for act in acts}:
        assert act_label(act) != act
    for event in (*EVENT_OF.values(), *CHAIN_EVENTS, *SYSTEM_EVENTS):
        assert event_label(event) != event
    assert all(verb_label(verb) != verb for verb in VERBS)
