"""Problem codes of the service: what can go wrong between people, rows and files, before the plan is asked.

They join the one registry of `core.problems` when this module is imported; every service imports it.
"""

from collections.abc import Iterable

from fengsui.core.problems import Code, Problem, Refused, declare

declare(
    Code(
        "absent",
        "error",
        "没有这项内容，或你无权查看。",
        "There is no such thing, or you may not see it.",
        "核对编号；需要查看时联系事发单位。",
        "Check the number; ask the owning organisation if you need to see it.",
        "a case of another organisation",
    ),
    Code(
        "bad_file",
        "error",
        "文件“{name}”不能收：{why}。",
        "The file '{name}' cannot be taken: {why_en}.",
        "换成 {allowed} 之一，单个不超过 {limit}。其余填写内容已保留。",
        "Use one of {allowed}, at most {limit} each. What you filled in is kept.",
        "an .exe renamed to .png",
    ),
    Code(
        "bad_input",
        "error",
        "{what}写得不对：{why}。",
        "{what_en} is not right: {why_en}.",
        "改正后再提交；已填内容保留。",
        "Correct it and submit again; what you filled in is kept.",
        "an appointment that ends before it begins",
    ),
    Code(
        "changed_meanwhile",
        "error",
        "你提交之前，{who}已于 {when} {what}。",
        "Before you submitted, {who} did this at {when}: {what}.",
        "看过最新情况再决定；你填写的内容保留。",
        "Look at the present state and decide again; what you filled in is kept.",
        "two officers confirm a level at once",
    ),
    Code(
        "future_time",
        "error",
        "发生时间 {when} 晚于现在。",
        "The time {when} is later than now.",
        "填写已经发生的时刻。",
        "Give a time that has passed.",
        "an answer by telephone dated tomorrow",
    ),
    Code(
        "key_reused",
        "error",
        "同一份表单已用来提交过另一项内容。",
        "This form was already used to submit something else.",
        "重新打开页面再提交。",
        "Open the page again and submit.",
        "an old tab sent with changed contents",
    ),
    Code(
        "no_such_name",
        "error",
        "{what}“{name}”在{where}里没有。",
        "{what_en} '{name}' is not in {where_en}.",
        "从 {known} 中选一个。",
        "Choose one of {known}.",
        "an appointment to a post the plan does not know",
    ),
    Code(
        "not_adopted",
        "error",
        "{organisation}还没有采用预案。",
        "{organisation} has not adopted a plan.",
        "由预案管理员安装预案包并采用。",
        "Let the plan author install a pack and adopt it.",
        "an organisation created a minute ago",
    ),
    Code(
        "no_tier",
        "error",
        "本单位在单位树里没有层级，《{plan}》分为 {tiers}。",
        "This organisation has no tier in the tree; '{plan}' has {tiers}.",
        "由系统管理员在单位信息里写明层级。",
        "Let the system administrator give the organisation its tier.",
        "a branch office created without tier under a plan of two tiers",
    ),
    Code(
        "not_your_office",
        "error",
        "{doing}由{offices}办理。",
        "{doing_en} is for: {offices_en}.",
        "联系{offices}。",
        "Ask one of them.",
        "an auditor appoints a person",
    ),
    Code(
        "not_yourself",
        "error",
        "{doing}不能由本人给自己办。",
        "Nobody does this for himself: {doing_en}.",
        "由另一名有此岗位的人办理。",
        "Let another holder of the office do it.",
        "the security administrator appoints himself",
    ),
    Code(
        "second_office",
        "error",
        "系统管理、安全管理、审计三种岗位各由一人担任，不能兼任。",
        "System, security and audit offices are held by separate persons.",
        "另选一人担任。",
        "Choose another person.",
        "the auditor made system administrator",
    ),
    Code(
        "taken",
        "error",
        "{what}“{name}”已经有了。",
        "{what_en} '{name}' exists already.",
        "换一个名称，或修改已有的一项。",
        "Choose another name, or change the existing one.",
        "two assets of one name",
    ),
    Code(
        "too_busy",
        "error",
        "同时有多人在办这一案，这次没有写入；时限照走。",
        "Several people act on this case at once; nothing was written, the clocks run on.",
        "等一秒再提交；你填写的内容保留。",
        "Submit again in a second; what you filled in is kept.",
        "three conflicts in a row",
    ),
)


def refuse(code: str, **params: str) -> Refused:
    """Return a refusal ready to be raised; parameters without an English twin serve both languages."""
    twins = {f"{name}_en": value for name, value in params.items() if f"{name}_en" not in params}
    return Refused(Problem(code, params | twins))


IN_PLAN = ("预案", "the plan")
HERE = ("本单位", "this organisation")


def no_such(what: tuple[str, str], name: str, where: tuple[str, str], known: Iterable[str] = ()) -> Refused:
    """Return the refusal of a name that is not known there; `what` and `where` in Chinese and in English."""
    said = {"what": what[0], "what_en": what[1], "where": where[0], "where_en": where[1]}
    return refuse("no_such_name", **said, name=name, known=" ".join(known) or "—")
