"""The monthly roll call (点名): everybody with a seat is asked for a sign of life, by the ways a real alarm would take.

Rules
- From the day of the month and the hour that the installation sets (`FENGSUI_ROLL_CALL`), in the organisation's zone,
  each body that has people is called, once.
- One letter for a person, however many bodies call him; one answer counts for all of them.
- Answers are taken until the call closes; who did not answer by then is a finding until the next call.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from fengsui.cases.selectors import News
from fengsui.directory import selectors as directory
from fengsui.directory.selectors import SeatHeld
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.notifications.models import Message, RollAnswer, RollCall
from fengsui.notifications.service.following import Round, messages

DAYS = 7
"""Days on which a call is still opened: a worker that stood still for longer waits for the next month."""
OPEN = timedelta(days=3)


def roll_call(at: datetime) -> int:
    """Open what is to be opened by `at`; return how many bodies were called."""
    begins: tuple[int, int] | None = settings.ROLL_CALL
    if begins is None or not _near(at.day, begins[0]):
        return 0  # nowhere on earth do its days run: nothing is asked of the tables
    return sum(_of_root(root, begins, at) for root in directory.roots())


def _near(day: int, first: int) -> bool:
    """Return whether the days of the call run somewhere on earth on this day of the month in UTC."""
    return first - 1 <= day <= first + DAYS or (first == 1 and day >= 28)


def _of_root(root: str, begins: tuple[int, int], at: datetime) -> int:
    top = directory.organisation(root, root)
    here = at.astimezone(ZoneInfo(top.zone if top else "Asia/Shanghai"))
    month = f"{here:%Y-%m}"
    begun = begins <= (here.day, here.hour) and here.day < begins[0] + DAYS
    if not begun or RollCall.objects.filter(root=root, month=month).exists():
        return 0
    return open_calls(root, month, at)


@transaction.atomic
def open_calls(root: str, month: str, at: datetime) -> int:
    """Call every body of a root that has people now; return how many bodies."""
    seated = directory.seated(root, at)
    if not seated:
        return 0
    calls, answers = _rows(root, month, seated, at)
    # Two workers at once: the unique constraint makes the second one's transaction fail as a whole.
    RollCall.objects.bulk_create(calls)
    RollAnswer.objects.bulk_create(answers)
    _tell(root, month, seated, at)
    return len(calls)


def _rows(root: str, month: str, seated: tuple[SeatHeld, ...], at: datetime) -> tuple[list[RollCall], list[RollAnswer]]:
    calls: dict[tuple[str, str], RollCall] = {}
    answers: dict[tuple[str, str], RollAnswer] = {}
    for held in seated:
        key = (held.seat.organisation, held.seat.body)
        if key not in calls:
            calls[key] = RollCall(
                id=new_id(at),
                root=root,
                organisation=key[0],
                body=key[1],
                month=month,
                opened_at=at,
                closes_at=at + OPEN,
            )
        one = RollAnswer(id=new_id(at), root=root, call=calls[key], person=held.person.id)
        answers.setdefault((calls[key].pk, held.person.id), one)
    return list(calls.values()), list(answers.values())


def _tell(root: str, month: str, seated: tuple[SeatHeld, ...], at: datetime) -> None:
    people = {held.person.id: held.person for held in seated}
    this = Round(root, at)
    this.reaches(people.values())  # of all of them at once
    year, _dash, number = month.partition("-")
    subject = f"点名：{year}年{int(number)}月"
    text = f"{subject}\n登录后在“我的”页按“到”。{OPEN.days} 天内有效。"
    news = News("", "", "", f"rollcall:{month}", (), subject, text, exercise=False)
    rows = [row for who in people.values() for row in messages(news, who, this)]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def answer(person: str, *, at: datetime) -> int:
    """Answer every roll call that waits for a person; return for how many bodies. Raises Refused (`absent`): none."""
    who = directory.person(person)
    if who is None:
        raise refuse("absent")
    rows = RollAnswer.objects.filter(
        root=who.root, person=person, answered_at=None, call__root=who.root, call__closes_at__gt=at
    )
    done = rows.update(answered_at=at)
    if not done:
        raise refuse("absent")
    Message.objects.filter(
        root=who.root, case="", person=person, about__startswith="rollcall:", channel="inapp", read_at=None
    ).update(read_at=at)
    return done
