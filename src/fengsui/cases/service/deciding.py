"""A reading decided for the cases to come (language 1.4, 4.3).

Rules
- Where the plan grants `set`, the decision is that act on the case of the plan in force: the engine says who may, a
  chain waits for its next link, and the record keeps it.
- Where the plan grants it to nobody, the plan's author decides by the paper of an approval, which is kept with it.
- A regime is put beside the plan, or taken away with a reason, by the plan's author.
"""

from datetime import datetime

from fengsui.cases.pages import Receipt
from fengsui.cases.selectors.plans import plans_page
from fengsui.cases.selectors.questions import question_page
from fengsui.cases.service.door import submit
from fengsui.core.case import Act, Actor
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.ledger.problems import refuse
from fengsui.library import selectors
from fengsui.library import service as library


def decide_reading(
    person: str,
    pack: str,
    version: str,
    name: str,
    value: str,
    reason: str,
    paper: str,
    *,
    at: datetime,
    key: str | None = None,
    lang: Lang = "zh",
) -> Receipt | None:
    """Decide a reading of an installed plan; return the receipt of the act, None where it was decided by paper.

    `value` is language text, `paper` names the document that approved it. Raises Refused (`absent` where this person
    may not, or without a paper where one is asked), Conflict, PackError.
    """
    page = question_page(person, pack, version, name, at, lang=lang)
    if page is not None and page.way == "act":
        act = Act("set", Actor(""), reading=name, value=value, reason=reason)
        return submit(page.case, act, actor=person, at=at, key=key, lang=lang)
    who = directory.person(person)
    if page is None or who is None or page.way != "paper" or not paper.strip():
        raise refuse("absent")
    asked = f"{pack}:{name}" if page.plan.regime else name
    library.set_reading(who.root, who.organisation, asked, value, f"{reason}（{paper}）", actor=person, at=at)
    return None


def put_beside(person: str, pack: str, version: str, *, beside: bool, reason: str, at: datetime) -> None:
    """Put an installed regime beside the plan of a person's organisation for the cases to come, or take it away.

    Raises Refused (`absent` where this person may not), PackError where the regime does not fit the plan.
    """
    row = next((one for one in plans_page(person) if (one.id, one.version) == (pack, version)), None)
    who, found = directory.person(person), None
    if row is not None and row.may and who is not None:
        found = selectors.installed(who.root, pack, version)
    if who is None or found is None:
        raise refuse("absent")
    if beside:
        library.adopt_regime(who.root, who.organisation, found.digest, actor=person, at=at)
    else:
        library.drop_regime(who.root, who.organisation, pack, reason, actor=person, at=at)
