"""A refusal for the page: the sentence, who may, what is lacking or open, in words and with clauses."""

from fengsui.cases import models
from fengsui.cases.act_pages import RefusalView
from fengsui.cases.pages import CaseRef
from fengsui.cases.selectors import log
from fengsui.cases.selectors.words import Words
from fengsui.core.problems import Lang, Problem
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library

HEADINGS = {
    "forbidden": ("禁止这样做", "Forbidden"),
    "not_given": ("原文没有授权", "Not given"),
    "not_yours": ("不由你办理", "Not yours"),
    "wait_for": ("还要等前一环", "Wait"),
    "missing": ("还缺材料", "Something is missing"),
    "undecided": ("情况待定", "Undecided"),
    "needs_interpretation": ("等归口单位解读", "Needs interpretation"),
    "outside": ("由外部作出", "Done outside"),
    "out_of_order": ("还不能办", "Out of order"),
    "no_second_person": ("须由另一人办理", "A second person is needed"),
    "content_changed": ("内容已有变化", "The content changed"),
    "changed_meanwhile": ("别人已先办理", "Somebody was first"),
    "bad_act": ("填写不成立", "Not well formed"),
    "bad_time": ("时刻不成立", "Bad time"),
    "bad_file": ("文件不能收", "File refused"),
}


def refusal(person: str, ref: CaseRef | None, problem: Problem, *, lang: Lang = "zh") -> RefusalView:
    """Return a problem as a page shows it; ids become labels of the case's plan, or of the reader's own."""
    words = _words(person, ref, lang)
    zh, en = HEADINGS.get(problem.code, ("没有写入", "Nothing was written"))
    if words is None:
        return RefusalView(problem.code, zh if lang == "zh" else en, problem.message(lang), problem.hint(lang))
    return RefusalView(
        code=problem.code,
        heading=words.say(zh, en),
        text=words.local(problem.message(lang)),
        hint=words.local(problem.hint(lang)),
        rightful=tuple(dict.fromkeys(words.body(text) for text in problem.rightful)),
        missing=tuple(dict.fromkeys(words.thing(name) for name in problem.missing)),
        open=tuple(dict.fromkeys(words.leaf(leaf) for leaf in problem.open)),
        cites=words.cites(problem.clause),
    )


def _words(person: str, ref: CaseRef | None, lang: Lang) -> Words | None:
    if ref is not None:
        row = models.Case.objects.get(root=ref.root, pk=ref.id)
        return Words(log.book_of(row).pack, row.root, row.organisation, lang)
    who = directory.person(person)
    pin = library.governing(who.root, who.organisation) if who else None
    if who is None or pin is None:
        return None
    return Words(library.pack(who.root, pin.pack), who.root, who.organisation, lang)
