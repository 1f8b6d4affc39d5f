"""The watchman: says when the clocks of this installation can no longer be trusted to ring.

Rules
- It runs in the web process and asks the tables, so a worker that stopped, hangs or skips its work is seen by another.
- Every question walks an index and is bounded; the answers are kept for some seconds per process, judged by the moment
  that is asked for: the watchman reads no clock.
- It compares on its own account: hard due times that passed or are near, against messages that were accepted.
- A notice in the pages tells, but reaches only who reads it: of an overdue hard deadline somebody has heard where a
  letter about it was accepted outside the house (not only kept as a file), or a notice of it was read.
- An alarm stands as long as its cause. It cannot be dismissed; it names no person and no case.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from fengsui.cases.selectors import lateness
from fengsui.cases.selectors.lateness import Owing
from fengsui.core.problems import Lang, Refused
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import first_id
from fengsui.library import selectors as library
from fengsui.notifications import pulse
from fengsui.notifications.channels import email
from fengsui.notifications.models import Attempt, Beat, Message
from fengsui.notifications.pulse import INSTALLATION, LEAP, Steady
from fengsui.notifications.selectors import failing
from fengsui.notifications.selectors.reaching import EMAIL

FRESH = timedelta(seconds=5)
COMPARED = timedelta(seconds=30)
"""How long the answer of the comparison is kept: it reads more rows than the others."""
SILENT = timedelta(seconds=60)
"""A worker gives a sign of life every few seconds."""
LATE = timedelta(seconds=60)
"""What waits longer than this does not flow."""
LEAP_TOLD = timedelta(minutes=10)
"""How long a leap of the clock is told."""
BACK = timedelta(hours=24)
"""How far back the comparison goes."""
HEARD = timedelta(minutes=10)
"""How long somebody at the desk has to read of a due time that passed, and a letter to be tried again."""
FAILING = timedelta(seconds=30)
LITTLE_SPACE = 1 << 30
"""Bytes below which the data folder is nearly full: evidence and the log must never fail to be written."""
HOUR = timedelta(hours=1)
MANY = 100_000
"""Figures are counted up to here: asked every few seconds, they cost no more however much there is."""
SOME = 50
Row = TypeVar("Row", Message, Attempt)

SENTENCES: dict[str, tuple[str, str, str, str]] = {
    "worker_silent": (
        "后台进程没有动静，提醒不再发出",
        "No worker gives a sign of life: nothing is reminded",
        "系统管理员：查看 fengsui work 或 fengsui serve 是否在运行，并看它的日志。时限照走，以本页读秒为准",
        "See that `fengsui work` or `fengsui serve` runs, and what its log says; limits go on as shown here",
    ),
    "worker_failing": (
        "后台进程有一项工作一直失败",
        "A job of the worker fails in every round",
        "系统管理员：看后台日志里的错误",
        "Read the error in the worker's log",
    ),
    "clock_jumped": (
        "服务器时钟跳变",
        "The server's clock leapt, or the clocks of two machines differ",
        "系统管理员：核对各台机器的对时（NTP），核对此刻前后的提醒和记录时间",
        "Check the time service (NTP) of every machine, and the reminders and times recorded around this moment",
    ),
    "claims_late": (
        "到点的时限没有处理",
        "Due moments lie undone",
        "系统管理员：查看后台进程；值班人员以本页读秒为准",
        "See that a worker runs and keeps up; go by the countdowns of the pages",
    ),
    "pointers_late": (
        "新事项没有转成提醒",
        "Events wait to be told",
        "系统管理员：查看后台进程和它的日志",
        "See that a worker runs, and what its log says",
    ),
    "messages_late": (
        "提醒积压未发",
        "Messages wait to be sent",
        "系统管理员：查看后台进程和通道；急事电话通知",
        "See that a worker runs and the channels answer; telephone what is urgent",
    ),
    "urgent_failed": (
        "有紧急提醒送不到人",
        "An urgent message could not be delivered",
        "电话通知本人；系统管理员改正地址或通道后重发",
        "Telephone those people; correct the address or the channel, then send again",
    ),
    "unannounced": (
        "有时限到了提醒的时候，却无人收到",
        "A time limit was to be announced and nobody was told",
        "查看临期和逾期事项，电话通知；安全管理员核对应办岗位是否有人",
        "Look at what is due or overdue and telephone; see that somebody holds the posts that owe it",
    ),
    "unheard": (
        "有时限已逾期，提醒只留在页面上，没有人读过",
        "A time limit passed, and all there is of it is a notice that nobody has read",
        "电话通知应办的人；知道了的人在“我的”页标为已读；系统管理员给没有外部通道的人配上通道",
        "Telephone those who owe it; who knows of it marks the notice as read; give those people a channel",
    ),
    "disk_full": (
        "磁盘将满",
        "The disk is nearly full",
        "系统管理员：清出数据目录所在磁盘的空间",
        "Free space where the data folder lies",
    ),
    "calendar_missing": (
        "缺少工作日历，有时限只是估算",
        "A year of the work calendar is missing: time limits are estimated",
        "预案编制人：在“管理·日历”录入当年放假安排",
        "Enter the official notice of holidays under Administration, Calendar",
    ),
    "channel_failing": (
        "提醒通道连续失败",
        "A channel fails again and again",
        "系统管理员：查看通道设置并试发；急事电话通知",
        "Look at the settings of the channel and send a test; telephone what is urgent",
    ),
}
"""By code: what is wrong and what to do, in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong: its code, since when (None where that is not known), and how many are meant."""

    code: str
    since: datetime | None = None
    number: int = 0

    def text(self, lang: Lang) -> str:
        """What is wrong, without the time."""
        zh, en, *_ = SENTENCES[self.code]
        if lang == "en":
            return f"{en} ({self.number})" if self.number else en
        return f"{zh}（{self.number} 项）" if self.number else zh

    def remedy(self, lang: Lang) -> str:
        """What to do."""
        return SENTENCES[self.code][3 if lang == "en" else 2]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question of the watchman may look at."""

    root: str
    at: datetime
    steady: Steady | None


def standing(root: str, at: datetime, steady: Steady | None = None) -> tuple[Alarm, ...]:
    """Return the alarms of an organisation and of the installation; each answer is kept for a while."""
    asked = _Asked(root, at, steady)
    quick = _once_in(FRESH, asked, (*OF_THE_INSTALLATION, *(OF_A_ROOT if root else ())))
    return quick + (_once_in(COMPARED, asked, COMPARISON) if root else ())


def _once_in(patience: timedelta, asked: _Asked, questions: "tuple[Question, ...]") -> tuple[Alarm, ...]:
    kept = _kept.get((asked.root, patience))
    if kept is None or not timedelta() <= asked.at - kept[0] < patience:
        found = tuple(alarm for question in questions for alarm in question(asked))
        kept = _kept[asked.root, patience] = (asked.at, found)
    return kept[1]


def alarms(root: str, at: datetime, steady: Steady | None = None) -> tuple[Alarm, ...]:
    """Ask all questions now. An empty `root` asks only about the installation."""
    asked = _Asked(root, at, steady)
    questions = (*OF_THE_INSTALLATION, *((*OF_A_ROOT, *COMPARISON) if root else ()))
    return tuple(alarm for question in questions for alarm in question(asked))


def forget() -> None:
    """Ask the tables again at the next question."""
    _kept.clear()


_kept: dict[tuple[str, timedelta], tuple[datetime, tuple[Alarm, ...]]] = {}


def beats() -> tuple[Beat, ...]:
    """Return the workers that gave a sign of life lately, the last first."""
    return tuple(Beat.objects.filter(root=INSTALLATION).order_by("-at")[:SOME])


def age(row: Beat, at: datetime, steady: Steady | None) -> timedelta:
    """Return how long ago a worker gave its sign, by the steady counter where it is of this machine."""
    if steady and row.boot == steady[0]:
        return timedelta(seconds=steady[1] - row.ticks)
    return at - row.at


def _workers(asked: _Asked) -> Iterator[Alarm]:
    rows = beats()
    if not rows:
        return  # nobody ever worked here: what lies undone says so
    living = [row for row in rows if age(row, asked.at, asked.steady) <= SILENT]
    if not living:
        yield Alarm("worker_silent", max(row.at for row in rows))
    failing = [row.fault_at for row in living if row.fault_at and asked.at - row.fault_at > FAILING]
    if failing:
        yield Alarm("worker_failing", min(failing))
    yield from _clock(living, asked)


def _clock(living: list[Beat], asked: _Asked) -> Iterator[Alarm]:
    told = [row.jumped_at for row in living if row.jumped_at and abs(asked.at - row.jumped_at) < LEAP_TOLD]
    if told:
        yield Alarm("clock_jumped", min(told))
    elif any(_differs(row, asked) for row in living):
        yield Alarm("clock_jumped", asked.at)


def _differs(row: Beat, asked: _Asked) -> bool:
    if asked.steady and row.boot == asked.steady[0]:
        return abs(pulse.apart(row, asked.at, asked.steady)) > LEAP
    return row.at - asked.at > LEAP


def _disk(asked: _Asked) -> Iterator[Alarm]:
    try:
        little = shutil.disk_usage(settings.DATA_DIR).free < LITTLE_SPACE
    except OSError:
        little = True  # a folder that cannot be asked takes nothing
    if little:
        yield Alarm("disk_full")


def _claims(asked: _Asked) -> Iterator[Alarm]:
    yield from _late("claims_late", lateness.oldest_claim(asked.root), asked.at)


def _pointers(asked: _Asked) -> Iterator[Alarm]:
    yield from _late("pointers_late", lateness.oldest_pointer(asked.root), asked.at)


def _messages(asked: _Asked) -> Iterator[Alarm]:
    yield from _late("messages_late", oldest_message(asked.root), asked.at)


def oldest_message(root: str) -> datetime | None:
    """Return the earliest moment at which a message waits to be sent."""
    rows = Message.objects.filter(root=root, next_at__isnull=False).order_by("next_at")
    return rows.values_list("next_at", flat=True).first()


def waiting(root: str) -> int:
    """Return how many messages are to be sent or tried again, up to `MANY`."""
    return lateness.up_to(Message.objects.filter(root=root, next_at__isnull=False), MANY)


def messages(at: datetime) -> dict[tuple[str, ...], int]:
    """Return how many messages of all organisations were written lately, by channel and state."""
    rows = _lately(Message.objects.all(), at).order_by("channel", "state").values_list("channel", "state")
    return {(channel, state): many for channel, state, many in rows.annotate(Count("pk"))}


def attempts(at: datetime) -> dict[tuple[str, ...], int]:
    """Return how often a message was tried lately, by kind of channel and outcome, in all organisations."""
    rows = _lately(Attempt.objects.exclude(outcome="resend"), at).order_by("kind", "outcome")
    return {(kind, what): many for kind, what, many in rows.values_list("kind", "outcome").annotate(Count("pk"))}


def _lately(rows: QuerySet[Row], at: datetime) -> QuerySet[Row]:
    """Return the rows of the last `HOUR`, of many the newest `MANY`; ids are in the order of time."""
    newest = rows.filter(pk__gte=first_id(at - HOUR)).order_by("-pk").values_list("pk", flat=True)
    last = newest[MANY - 1 : MANY].first()
    return rows.filter(pk__gte=last or first_id(at - HOUR))


def _late(code: str, oldest: datetime | None, at: datetime) -> Iterator[Alarm]:
    if oldest and at - oldest > LATE:
        yield Alarm(code, oldest)


def _urgent(asked: _Asked) -> Iterator[Alarm]:
    """Urgent messages given up, unless the person has read of the same thing meanwhile."""
    rows = Message.objects.filter(root=asked.root, state="failed", created_at__gt=asked.at - BACK)
    failed = [row for row in rows.order_by("-created_at")[: SOME * 2] if row.urgent]
    read = _read_of(asked.root, failed)
    left = [row for row in failed if (row.case, row.about, row.person) not in read]
    if left:
        yield Alarm("urgent_failed", min(row.created_at for row in left), len(left))


def _read_of(root: str, failed: list[Message]) -> set[tuple[str, str, str]]:
    if not failed:
        return set()
    cases, abouts = {row.case for row in failed}, {row.about for row in failed}
    rows = Message.objects.filter(root=root, case__in=cases, about__in=abouts, read_at__isnull=False)
    return set(rows.values_list("case", "about", "person"))


def _channels(asked: _Asked) -> Iterator[Alarm]:
    """Channels in use of which the last tries, one after the other, were not accepted."""
    broken = failing(asked.root)
    if broken:
        yield Alarm("channel_failing", number=len(broken))


def _compared(asked: _Asked) -> Iterator[Alarm]:
    """The comparison: hard due times that passed or are near, against messages that were accepted and read."""
    passed = lateness.passed_by(asked.root, asked.at - LATE, BACK)
    yield from _several("unannounced", [*_untold_passed(asked, passed), *_untold_near(asked)])
    yield from _several("unheard", _unheard(asked, [one for one in passed if one.since < asked.at - HEARD]))


def _several(code: str, left: list[Owing]) -> Iterator[Alarm]:
    if left:
        yield Alarm(code, min(one.since for one in left), len(left))


def _untold_passed(asked: _Asked, owing: tuple[Owing, ...]) -> list[Owing]:
    cases, abouts = {one.case for one in owing}, {one.about for one in owing}
    rows = Message.objects.filter(root=asked.root, case__in=cases, about__in=abouts, state="sent")
    told = set(rows.values_list("case", "about")) if owing else set()
    return [one for one in owing if (one.case, one.about) not in told]


def _untold_near(asked: _Asked) -> list[Owing]:
    """Those of which nobody was told anything since their last rung: a due time that moved has other words by now."""
    owing = lateness.near_by(asked.root, asked.at - LATE, BACK)
    if not owing:
        return []
    rows = Message.objects.filter(root=asked.root, case__in={one.case for one in owing}, state="sent")
    lately = rows.filter(created_at__gte=min(one.since for one in owing)).order_by("created_at")
    told = {
        (case, lateness.told_of(about)): at for case, about, at in lately.values_list("case", "about", "created_at")
    }
    last = ((one, told.get((one.case, one.obligation))) for one in owing)
    return [one for one, at in last if at is None or at < one.since]


def _unheard(asked: _Asked, owing: list[Owing]) -> list[Owing]:
    """Those that were told, and of which nobody is known to have heard since."""
    if not owing:
        return []
    rows = Message.objects.filter(root=asked.root, case__in={one.case for one in owing}, state="sent")
    told = _last_of(rows)
    heard = _last_of(rows.filter(_left_the_house() | Q(read_at__isnull=False)))
    return [one for one in owing if told(one) >= one.since > heard(one)]


def _last_of(rows: QuerySet[Message]) -> Callable[[Owing], datetime]:
    """Return when an obligation was last told of by some messages; long ago for never."""
    last: dict[tuple[str, str], datetime] = {}
    for case, about, at in rows.values_list("case", "about").order_by().annotate(Max("created_at")):
        key = case, lateness.told_of(about)
        last[key] = max(at, last.get(key, at))
    return lambda one: last.get((one.case, one.obligation), datetime.min.replace(tzinfo=UTC))


def _left_the_house() -> Q:
    """Return the condition that a letter was accepted by a channel that reaches anybody."""
    letter = Q(channel="outside")
    if email.leaves():
        return letter
    tries = Attempt.objects.filter(root=OuterRef("root"), message=OuterRef("pk"), outcome="sent")
    return letter & Q(Exists(tries.exclude(kind=EMAIL)))


def _zone(root: str) -> ZoneInfo:
    top = directory.organisation(root, root)
    return ZoneInfo(top.zone if top else "Asia/Shanghai")


def _calendar(asked: _Asked) -> Iterator[Alarm]:
    try:
        known = library.calendar_years(asked.root)
    except Refused:
        return  # nothing was adopted yet that counts in working days
    if asked.at.astimezone(_zone(asked.root)).year not in known or lateness.estimated(asked.root):
        yield Alarm("calendar_missing")


Question = Callable[[_Asked], Iterator[Alarm]]
OF_THE_INSTALLATION: tuple[Question, ...] = (_workers, _disk)
OF_A_ROOT: tuple[Question, ...] = (_claims, _pointers, _messages, _urgent, _channels, _calendar)
COMPARISON: tuple[Question, ...] = (_compared,)
