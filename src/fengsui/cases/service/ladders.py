"""The ladder of an organisation: written by its plan author, recorded, taken back; open cases follow.

Rules
- A ladder holds for the organisation and those below it that wrote none. It changes no due time, only reminders.
- Open obligations get their next reminder anew, in batches, by the worker (`sweep.reschedule`). What was read by the
  old ladder and written after that is put right when the worker tells of its event (`catch_up`): either it was written
  before the new ladder, and is found by the one, or after it, and is found by the other.
- A body that the plan in force does not know is refused, with the other problems of the text.
"""

from datetime import datetime, timedelta

from django.db import transaction

from fengsui.cases import models
from fengsui.cases.selectors.ladder_page import check_ladder
from fengsui.cases.selectors.ladders import changed_since, ladders_of
from fengsui.cases.service import reminders
from fengsui.core.canon import digest
from fengsui.ledger import service as ledger
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse

LONGEST = timedelta(days=1)
"""No act takes longer from reading the ladder until it is told of."""


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


def catch_up(root: str, case: str, at: datetime) -> int:
    """Set the reminders of a case anew that were written by a ladder no longer in force; return how many.

    Called by who tells of an event of the case, in its transaction. Costs nothing where no ladder changed lately.
    """
    if not changed_since(root, at - LONGEST):
        return 0
    rows = models.Obligation.objects.filter(root=root, case=case, live=True).order_by("pk")
    return sum(_caught_up(row) for row in rows.select_for_update(no_key=True))


def _caught_up(row: models.Obligation) -> bool:
    before = row.next_rung, row.next_at
    reminders.schedule(row, ladders_of(row.root, row.organisation))
    if (row.next_rung, row.next_at) == before:
        return False
    row.save(update_fields=["next_rung", "next_at"])
    return True
