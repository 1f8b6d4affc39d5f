"""The ladder of an organisation: written by its plan author, recorded, taken back; open cases follow.

Rules
- A ladder holds for the organisation and those below it that wrote none. It changes no due time, only reminders.
- Open obligations get their next reminder anew, in batches, by the worker (`sweep.reschedule`).
- A body that the plan in force does not know is refused, with the other problems of the text.
"""

from datetime import datetime

from django.db import transaction

from fengsui.cases import models
from fengsui.cases.selectors.ladder_page import check_ladder
from fengsui.core.canon import digest
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse


@transaction.atomic
def set_ladder(root: str, organisation: str, text: str, paper: str, *, actor: str, at: datetime) -> None:
    """Put a ladder in force by a paper (its number or title). Raises PackError with every problem of the text."""
    check_ladder(root, organisation, text)
    _write(root, organisation, text, paper, actor, at)


@transaction.atomic
def drop_ladder(root: str, organisation: str, paper: str, *, actor: str, at: datetime) -> None:
    """Take an organisation's ladder back: that of the one above holds again. Raises Refused (`absent`)."""
    if not models.Ladder.objects.filter(root=root, organisation=organisation).exclude(text="").exists():
        raise refuse("absent")
    _write(root, organisation, "", paper, actor, at)


def _write(root: str, organisation: str, text: str, paper: str, actor: str, at: datetime) -> None:
    if not paper.strip():
        raise refuse("bad_input", what="依据", what_en="the paper", why="未填写", why_en="it is empty")
    values = {"text": text, "paper": paper.strip()[:200], "by": actor, "at": at, "pending": True, "upto": ""}
    models.Ladder.objects.update_or_create(
        root=root, organisation=organisation, defaults=values, create_defaults={"id": new_id(at), **values}
    )
    content = {"organisation": organisation, "digest": digest(text) if text else "", "paper": paper.strip()}
    ledger.record(root, "ladder_set" if text else "ladder_dropped", content, actor=actor, at=at)
