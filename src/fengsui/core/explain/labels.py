"""Names of the language's own words: acts, events, verbs, subjects of state, phases (Chinese, English)."""

from __future__ import annotations

from fengsui.core.problems import Lang

Pair = tuple[str, str]

ACTS: dict[str, Pair] = {
    "open": ("立案", "open"),
    "state": ("填报事实", "state facts"),
    "report": ("报告", "report"),
    "record": ("记事", "record"),
    "request": ("请求", "request"),
    "step": ("完成步骤", "complete a step"),
    "acknowledge": ("签收", "acknowledge"),
    "urge": ("催办", "urge"),
    "hand_over": ("交接", "hand over"),
    "correct": ("补正", "correct"),
    "waive": ("免办", "waive"),
    "settle": ("为本案解读", "settle a reading"),
    "rebase": ("换用新版预案", "rebase"),
    "publish": ("对外发布", "publish"),
    "close": ("归档", "close"),
    "assess": ("研判", "assess"),
    "confirm": ("定级", "confirm the level"),
    "activate": ("启动", "activate"),
    "order": ("决策指挥", "order"),
    "adjust": ("调整", "adjust"),
    "end": ("结束", "end"),
    "investigate": ("调查评估", "investigate"),
    "dismiss": ("销案", "dismiss"),
    "transfer": ("移交", "transfer"),
    "issue": ("发布预警", "issue the warning"),
    "lift": ("解除预警", "lift the warning"),
    "adopt": ("采用预案", "adopt the plan"),
    "set": ("设定解读", "set readings"),
    "review": ("评估预案", "review the plan"),
    "train": ("培训", "train"),
    "drill": ("演练", "drill"),
    "declare": ("宣布重保期", "declare the key period"),
}
OF_KIND: dict[tuple[str, str], Pair] = {
    ("warning", "activate"): ("启动预警响应", "activate the warning response"),
    ("warning", "adjust"): ("调整预警", "adjust the warning"),
    ("warning", "transfer"): ("转为事件", "turn into an incident"),
    ("key_period", "end"): ("结束重保期", "end the key period"),
}

EVENTS: dict[str, Pair] = {
    "opened": ("事件发生", "the incident is opened"),
    "stated": ("情况更新", "facts are stated"),
    "reported": ("报告", "a report"),
    "recorded": ("记事", "a record"),
    "requested": ("请求", "a request"),
    "stepped": ("步骤完成", "a step is done"),
    "acknowledged": ("签收", "it is acknowledged"),
    "urged": ("催办", "it is urged"),
    "handed_over": ("交接", "the duty is handed over"),
    "corrected": ("补正", "a correction"),
    "waived": ("免办", "a waiver"),
    "settled": ("为本案解读", "a reading is settled"),
    "rebased": ("换用新版预案", "a rebase"),
    "published": ("对外发布", "publication"),
    "closed": ("归档", "the case is closed"),
    "assessed": ("研判", "assessment"),
    "confirmed": ("定级", "the level is confirmed"),
    "activated": ("响应启动", "the response is activated"),
    "ordered": ("作出决策", "an order"),
    "adjusted": ("调整", "adjustment"),
    "ended": ("响应结束", "the response ends"),
    "investigated": ("调查评估", "the investigation"),
    "dismissed": ("销案", "the case is dismissed"),
    "transferred": ("移交", "the transfer"),
    "issued": ("预警发布", "the warning is issued"),
    "lifted": ("预警解除", "the warning is lifted"),
    "adopted": ("预案采用", "the plan is adopted"),
    "readings_set": ("解读设定", "readings are set"),
    "reviewed": ("预案评估", "the review"),
    "trained": ("培训", "the training"),
    "drilled": ("演练", "the drill"),
    "declared": ("重保期宣布", "the key period is declared"),
    "linked": ("权限链推进", "a link is filled"),
    "returned": ("退回", "a return"),
    "withdrawn": ("撤回", "a withdrawal"),
    "voided": ("作废", "a chain is void"),
    "ratified": ("追认", "ratification"),
    "ratification_refused": ("不予追认", "ratification is refused"),
    "countersigned": ("补签", "countersigning"),
    "year": ("每年开始", "each year begins"),
    "pattern": ("多案情形", "a pattern"),
    "due_passed": ("时限已过", "a due time passes"),
    "watch_passed": ("提醒时间已过", "a watch time passes"),
    "threshold_crossed": ("达到门槛", "a threshold is crossed"),
    "calendar_applied": ("工作日历更新", "a work calendar is applied"),
}
EVENTS_OF_KIND: dict[tuple[str, str], Pair] = {
    ("warning", "opened"): ("预警立案", "the warning is opened"),
    ("warning", "activated"): ("预警响应启动", "the warning response is activated"),
    ("key_period", "ended"): ("重保期结束", "the key period ends"),
}

VERBS: dict[str, Pair] = {
    "propose": ("建议", "proposes"),
    "opinion": ("提出意见", "gives an opinion"),
    "decide": ("决定", "decides"),
    "do": ("决定", "decides"),
    "approve": ("批准", "approves"),
    "concur": ("同意", "concurs"),
    "sign": ("签署", "signs"),
    "issue": ("发布", "issues"),
    "record": ("登记", "records"),
}

SUBJECTS: dict[str, Pair] = {
    "assessed": ("初判", "the assessed level"),
    "assessed_by": ("最近研判的机构", "the body that assessed last"),
    "level": ("级别", "the level"),
    "current": ("现行级别", "the current level"),
    "response": ("响应", "the response"),
    "colour": ("预警", "the warning"),
    "issued_by": ("发布预警的机构", "the body that issued the warning"),
    "grade": ("系统定级", "the computed grade"),
    "phase": ("阶段", "the phase"),
    "site.tier": ("所在层级", "the tier"),
    "to": ("报送对象", "the addressee"),
    "mode": ("方式", "the mode"),
}

WORDS: dict[str, Pair] = {
    "open": ("已立案", "open"),
    "active": ("响应中", "active"),
    "ended": ("已结束", "ended"),
    "closed": ("已归档", "closed"),
    "live": ("实战", "live"),
    "exercise": ("演练", "exercise"),
    "incident": ("事件", "incident"),
    "warning": ("预警", "warning"),
    "standing": ("常态", "standing"),
    "key_period": ("重保期", "key period"),
}


def pick(pair: Pair, lang: Lang) -> str:
    """Return the word in the language asked."""
    return pair[0] if lang == "zh" else pair[1]


def act_label(act: str, kind: str = "incident", lang: Lang = "zh") -> str:
    """Return the name of an act in a kind of case; a step (`step p.s`) keeps its own text."""
    return pick(OF_KIND.get((kind, act)) or ACTS.get(act) or (act, act), lang)


def event_label(event: str, kind: str = "incident", lang: Lang = "zh") -> str:
    """Return the name of an event type in a kind of case."""
    return pick(EVENTS_OF_KIND.get((kind, event)) or EVENTS.get(event) or (event, event), lang)


def verb_label(verb: str, lang: Lang = "zh") -> str:
    """Return the name of a chain's verb."""
    return pick(VERBS.get(verb) or (verb, verb), lang)
