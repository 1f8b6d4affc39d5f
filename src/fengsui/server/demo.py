"""The demo: the fictional bureau 临江市公共数据服务局 on the night that something goes wrong.

Rules
- Everything is done through the services, by the people of the bureau, with past times: no row is written by hand, so
  every chain verifies and every screen shows what the product itself made.
- The worker's functions run between the steps, as they would have: reminders and passed times are in the log.
- Built twice it is the same: where the bureau stands already, only its sign-ins are returned.

The story, with `at` as the present: a III-level incident under response, its first report due in about twelve minutes,
an upgrade waiting for the leading group, the national measures running beside the plan; last month's incident ended and
under investigation; a blue warning in force; the plan adopted in spring; and below the bureau a district centre with
an incident of its own, told upwards, its first report overdue. The duty officer is on duty all this week, and is asked
to take over a shift of the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from fengsui.cases import service as cases
from fengsui.core.case import Act, Actor
from fengsui.core.timing import show_instant
from fengsui.directory import selectors as known
from fengsui.directory import service as directory
from fengsui.library import service as library
from fengsui.notifications import selectors as outbox
from fengsui.notifications import service as notifications

PACK = "demo-linjiang"
CODE = "LJ"
ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "linjiang-beacon-37"
SETUP = "setup"
READINGS = {
    "investigation_owner": "office",
    "summary_recipient": "leading_group",
    "watch.immediately": "15min",
    "watch.promptly": "1h",
}
REGIME = "cac-2025"
REGIME_READINGS = {"operator_kind": "other", "sector_rule": "no", "cii_order": "beside", "watch.promptly": "1h"}
DUTY = "cyber_office.duty_officer"
"""The seat with a roster."""
HAND_OVER = time(8)
UNITS = (
    ("operations", "平台运行处"),
    ("hall", "政务大厅处"),
    ("data", "数据资源处"),
)
OUTSIDE = (
    ("vendor", "临江云数技术服务公司"),
    ("province_net_office", "省委网信办"),
    ("province_data", "省数据局"),
    ("city_duty", "市政府总值班室"),
    ("police", "市公安局网安支队"),
)


class SignIn(NamedTuple):
    """Who can sign in: role in words, user name, password."""

    role: str
    username: str
    password: str


class Part(NamedTuple):
    """One person of the bureau: user name, role, body, post, place; or an administrative office."""

    username: str
    role: str
    body: str = ""
    post: str = ""
    place: str = ""
    office: str = ""


PEOPLE = (
    Part("zhiban", "应急办值班员", "cyber_office", "duty_officer"),
    Part("zhuren", "应急办主任", "cyber_office", "head"),
    Part("yunxing", "平台运行处处长", "dept", "head", "operations"),
    Part("lianluo", "平台运行处联络员", "dept", "liaison", "operations"),
    Part("dating", "政务大厅处处长", "dept", "head", "hall"),
    Part("ziyuan", "数据资源处处长", "dept", "head", "data"),
    Part("yunwei", "运维中心值班工程师", "centre", "engineer"),
    Part("zuzhang", "领导小组组长", "leading_group", "head"),
    Part("fuzuzhang", "领导小组副组长", "leading_group", "deputy"),
    Part("daiban", "带班局领导", "leading_group", "duty_leader"),
    Part("zhihui", "应急指挥部指挥长", "command", "commander"),
    Part("zhuanjia", "专家组专家", "experts"),
    Part("bangong", "办公室", "general_office"),
    Part("fuwu", "技术服务单位值守", "vendor"),
    Part("xitong", "系统管理员", office="system_admin"),
    Part("anquan", "安全管理员", office="security_admin"),
    Part("shenji", "审计员", office="auditor"),
    Part("yuan", "预案管理员", office="plan_author"),
)


DISTRICT = (
    Part("dongan", "东岸中心值班员", "cyber_office", "duty_officer"),
    Part("dongan_zhuren", "东岸中心应急办主任", "cyber_office", "head"),
    Part("dongan_chu", "东岸中心受理科科长", "dept", "head", "hall"),
    Part("dongan_yunwei", "东岸中心运维工程师", "centre", "engineer"),
)
"""The people of the district centre below the bureau."""


@dataclass
class Bureau:
    """The bureau being built: its ids, and the time of the story."""

    id: str
    people: dict[str, str] = field(default_factory=dict)
    assets: dict[str, str] = field(default_factory=dict)

    def open(self, who: str, at: datetime, title: str, *, kind: Any = "incident", **more: Any) -> str:
        """Open a case as a person of the bureau."""
        done = cases.open_case(self.people[who], self.id, kind=kind, title=title, at=at, **more)
        return done.case

    def act(self, who: str, at: datetime, case: str, name: str, **more: Any) -> None:
        """Let the worker catch up, then do one act."""
        work(at)
        cases.submit(case, Act(name, Actor(""), **more), actor=self.people[who], at=at)


def build(at: datetime) -> Sequence[SignIn]:
    """Make the bureau as it stands at `at` (aware), once; return who can sign in, the duty officer first."""
    at = at.replace(microsecond=0)
    signs = [SignIn(part.role, part.username, PASSWORD) for part in (*PEOPLE, *DISTRICT)]
    if any(organisation.code == CODE for root in known.roots() for organisation in known.organisations(root)):
        return signs
    founded = at - timedelta(days=240)
    bureau = _founded(founded)
    _plan_adopted(bureau, founded)
    _last_month(bureau, at - timedelta(days=19))
    _rostered(bureau, at)
    _measures(bureau, at - timedelta(hours=15))
    _warning(bureau, at - timedelta(hours=11))
    below = _district(bureau, founded, at - timedelta(minutes=52))
    _swap_asked(bureau, at)
    _tonight(bureau, at)
    work(at)
    _read(below, at)
    return signs


def work(at: datetime) -> None:
    """Run the worker through every moment that has come by `at`, as if it had never slept."""
    last: datetime | None = None
    while (due := min(filter(None, map(cases.next_due, known.roots())), default=at)) < at:
        last = due if last is None or due > last else last + timedelta(seconds=1)
        _round(last)
    _round(at)


def _round(at: datetime) -> None:
    for _ in range(50):
        if not cases.pass_due(at) + notifications.follow(at) + notifications.deliver(at):
            return


def _founded(at: datetime) -> Bureau:
    """The bureau, its plan and readings, its units, people and systems."""
    root = directory.create_organisation(
        "临江市公共数据服务局", CODE, name_en="Linjiang Public Data Service Bureau", actor=SETUP, at=at
    )
    digest = library.install(root, library.shipped(PACK), actor=SETUP, at=at)
    library.adopt(root, root, digest, actor=SETUP, at=at)
    for name, value in _readings(at).items():
        library.set_reading(root, root, name, value, "局务会研究确定", actor=SETUP, at=at)
    for place, label in UNITS:
        directory.create_unit(root, root, "dept", place, label, actor=SETUP, at=at)
    for body, label in OUTSIDE:
        directory.create_external(root, root, body, label, actor=SETUP, at=at)
    bureau = Bureau(root)
    for part in PEOPLE:
        bureau.people[part.username] = _person(root, part, at)
    systems = (("政务服务一体化平台（核心数据库集群）", "dept@operations"), ("市民办事大厅网站", "dept@hall"))
    for name, owner in systems:
        values = {"asset.important": "yes", "asset.cii": "no"}
        bureau.assets[owner] = directory.create_asset(root, name, owner, values, actor=SETUP, at=at)
    return bureau


def _readings(at: datetime) -> Mapping[str, str]:
    """Return what is decided; the hour of the daily report is one that no case of the demo has passed unreported.

    Five in the afternoon, unless that is less than three hours or more than twelve away: then some three hours later.
    """
    here = at.astimezone(ZONE)
    away = here.replace(hour=17, minute=0, second=0) - here
    usual = timedelta(hours=3) <= away <= timedelta(hours=12)
    return READINGS | {"daily_hour": "17:00" if usual else f"{here + timedelta(hours=4):%H}:00"}


def _person(root: str, part: Part, at: datetime) -> str:
    person = directory.create_person(
        root,
        part.role,
        username=part.username,
        password=PASSWORD,
        email=f"{part.username}@linjiang.invalid",
        office=part.office,
        actor=SETUP,
        at=at,
    )
    if part.body:
        directory.appoint(person, part.body, post=part.post, place=part.place, actor=SETUP, at=at)
    return person


def _plan_adopted(bureau: Bureau, at: datetime) -> None:
    case = bureau.open("zhuren", at, "本局预案在用", kind="standing")
    bureau.act("zhuren", at + timedelta(minutes=5), case, "adopt", verb="propose", note="提请印发")
    bureau.act("zuzhang", at + timedelta(hours=1), case, "adopt", verb="approve")


def _last_month(bureau: Bureau, at: datetime) -> None:
    """A III-level incident of some weeks ago: ended the same day, its inquiry still to be handed in."""

    def after(minutes: int) -> datetime:
        return at + timedelta(minutes=minutes)

    facts = {
        "class": "equipment",
        "scenario": "none",
        "discovered": _written(at),
        "interrupted_at": _written(at - timedelta(minutes=3)),
        "function_lost": "yes",
        "fallback": "yes",
        "state_secret": "no",
    }
    case = bureau.open(
        "dating", after(3), "市民办事大厅网站不能登录", asset=bureau.assets["dept@hall"], facts=facts, source="窗口来电"
    )
    bureau.act("dating", after(4), case, "report", to=("cyber_office",), duty=("report_in",))
    bureau.act("yunwei", after(9), case, "step", step="first.triage")
    bureau.act("dating", after(10), case, "step", step="first.control")
    bureau.act("yunwei", after(20), case, "step", step="first.evidence", documents=("evidence_list",))
    bureau.act(
        "dating", after(24), case, "assess", value="III", reason="二十万人当日不能网上办事", facts={"people": "20万"}
    )
    _confirmed(bureau, case, after(26), "dating")
    form = _first_report("市民办事大厅网站", at, "统一身份认证服务异常，网站不能登录")
    bureau.act("zhiban", after(34), case, "report", to=("province_net_office",), duty=("first_report",), form=form)
    bureau.act("zhiban", after(70), case, "report", to=("province_data",), duty=("superior_light",), form=form)
    bureau.act("dating", after(80), case, "step", step="light.handle_III")
    restored = {"restored_at": _written(after(95)), "threat_cleared": "yes"}
    bureau.act("yunwei", after(95), case, "state", facts=restored, source="监控平台")
    bureau.act("yunwei", after(100), case, "step", step="recover.verify", documents=("backup_check",))
    bureau.act("yunwei", after(102), case, "step", step="recover.resume")
    bureau.act("dating", after(110), case, "record", matter="progress", note="认证服务已切换，登录恢复正常")
    bureau.act("dating", after(112), case, "report", to=("cyber_office",), duty=("news_in",), note="登录恢复正常")
    bureau.act("dating", after(130), case, "end", verb="decide", reason="业务恢复并观察半小时")
    bureau.act("zhuren", after(140), case, "end", verb="concur")


def _rostered(bureau: Bureau, at: datetime) -> None:
    """The duty officer's seat for this week and the next: his week, then the director's, who stands in for him."""
    begun = at.astimezone(ZONE) - timedelta(hours=HAND_OVER.hour)  # before the hand-over it is still the day before
    monday = begun.date() - timedelta(days=begun.weekday())
    people = [bureau.people["zhiban"], bureau.people["zhuren"]]
    pattern: dict[str, Any] = {"first": monday, "weeks": 2, "hours": (HAND_OVER,), "turn": "week"}
    directory.fill_roster(bureau.id, DUTY, people, **pattern, actor=bureau.people["anquan"], at=at - timedelta(days=8))


def _swap_asked(bureau: Bureau, at: datetime) -> None:
    """The director asks the duty officer to take over the first shift of her week."""
    rows = known.shifts(bureau.id, bureau.id, at, at + timedelta(days=10))
    asked = next(row for row in rows if row.person.id == bureau.people["zhuren"])
    note = "那天去省里开会，请替一班"
    notifications.ask_swap(bureau.people["zhuren"], asked.id, bureau.people["zhiban"], note=note, at=at)


def _measures(bureau: Bureau, at: datetime) -> None:
    """The national reporting measures run beside the plan in the cases to come."""
    digest = library.install(bureau.id, library.shipped(REGIME), actor=SETUP, at=at)
    library.adopt_regime(bureau.id, bureau.id, digest, actor=SETUP, at=at)
    for name, value in REGIME_READINGS.items():
        library.set_reading(bureau.id, bureau.id, f"{REGIME}:{name}", value, "局务会研究确定", actor=SETUP, at=at)


def _warning(bureau: Bureau, at: datetime) -> None:
    """A blue warning issued yesterday and passed on; the patches are still being checked."""
    form = {
        "category": "attack",
        "colour": "blue",
        "start": _written(at),
        "range": "使用该中间件的三个系统",
        "caution": "攻击代码已经公开",
        "measures": "升级到修复版本并核查补丁",
        "issuer": "cyber_office",
    }
    case = bureau.open("zhiban", at, "某中间件高危漏洞", kind="warning")
    bureau.act("zhuren", at + timedelta(minutes=10), case, "issue", value="blue", form=form)
    told = ("centre", *(f"dept@{place}" for place, _ in UNITS))
    bureau.act("zhiban", at + timedelta(minutes=25), case, "report", to=told, duty=("spread",))


def _district(bureau: Bureau, founded: datetime, found: datetime) -> Bureau:
    """The district centre below: the same plan, its own people, an incident told upwards and a report overdue."""
    home = directory.create_organisation(
        "临江市东岸区政务数据中心",
        "DA",
        name_en="Dong'an District Data Centre",
        parent=bureau.id,
        actor=SETUP,
        at=founded,
    )
    digest = library.install(bureau.id, library.shipped(PACK), actor=SETUP, at=founded)
    library.adopt(bureau.id, home, digest, actor=SETUP, at=founded)
    for name, value in _readings(founded).items():
        library.set_reading(bureau.id, home, name, value, "中心办公会研究确定", actor=SETUP, at=founded)
    directory.create_unit(bureau.id, home, "dept", "hall", "受理科", actor=SETUP, at=founded)
    for body, label in OUTSIDE[1:]:
        directory.create_external(bureau.id, home, body, label, actor=SETUP, at=founded)
    below = Bureau(home)
    for part in DISTRICT:
        below.people[part.username] = _person(home, part, founded)
    values = {"asset.important": "yes", "asset.cii": "no"}
    system = directory.create_asset(home, "东岸区网上受理平台", "dept@hall", values, actor=SETUP, at=founded)

    def after(minutes: int) -> datetime:
        return found + timedelta(minutes=minutes)

    facts = {
        "class": "equipment",
        "scenario": "none",
        "discovered": _written(found),
        "interrupted_at": _written(found - timedelta(minutes=6)),
        "function_lost": "yes",
        "fallback": "yes",
        "state_secret": "no",
    }
    case = below.open("dongan_chu", after(4), "东岸区网上受理平台中断", asset=system, facts=facts, source="窗口来电")
    below.act("dongan_chu", after(5), case, "report", to=("cyber_office",), duty=("report_in",))
    below.act("dongan_yunwei", after(9), case, "step", step="first.triage")
    below.act("dongan_chu", after(12), case, "assess", value="III", reason="全区网上受理停办", facts={"people": "20万"})
    below.act("dongan_chu", after(13), case, "confirm", verb="propose", value="III", reason="同初判")
    below.act("dongan_zhuren", after(15), case, "confirm", verb="approve", value="III", reason="同意")
    below.act("dongan_zhuren", after(16), case, "activate", value="III")
    return below


def _read(bureau: Bureau, at: datetime) -> None:
    """Its people have read what they were told: that the report is overdue is known there."""
    for person in bureau.people.values():
        notifications.read(person, tuple(one.id for one in outbox.notices(person)), at=at)


def _tonight(bureau: Bureau, at: datetime) -> None:
    """The platform stands still: level III under response, an upgrade proposed, the first report not yet sent."""
    found = at - timedelta(minutes=18)
    facts = {
        "class": "equipment",
        "scenario": "none",
        "discovered": _written(found),
        "interrupted_at": _written(found - timedelta(minutes=4)),
        "function_lost": "yes",
        "fallback": "no",
        "districts": "30%",
        "state_secret": "no",
    }

    def ago(minutes: float) -> datetime:
        return at - timedelta(minutes=minutes)

    case = bureau.open(
        "lianluo",
        ago(16),
        "政务服务一体化平台核心数据库集群中断",
        asset=bureau.assets["dept@operations"],
        facts=facts,
        source="监控平台",
        note="业务窗口报告办件卡住，主库与两台备库同时失联。",
    )
    bureau.act("lianluo", ago(15), case, "report", to=("cyber_office",), duty=("report_in",), note="电话同时报告")
    bureau.act("zhiban", ago(14), case, "acknowledge", target="3")
    bureau.act("yunwei", ago(13), case, "step", step="first.triage")
    bureau.act("yunxing", ago(12), case, "step", step="first.control", note="已切断批量任务，保留现场")
    more = {
        "leaked": "0",
        "page_tampered": "no",
        "crime": "no",
        "public_damage": "rather_serious",
        "rights_damage": "some",
    }
    bureau.act("yunxing", ago(11), case, "state", facts=more, unknown=("loss",), source="值班处长现场核对")
    bureau.act("yunxing", ago(10), case, "assess", value="III", reason="核心业务停摆，波及三成区县")
    _confirmed(bureau, case, ago(9), "yunxing")
    bureau.act("yunxing", ago(6), case, "record", matter="progress", note="主库日志损坏，正从备份重建")
    grown = {"people": "52万"}
    bureau.act("yunwei", ago(4), case, "state", facts=grown, unverified=("people",), source="办件系统排队数推算")
    bureau.act("zhiban", ago(3), case, "assess", value="II", reason="不能办事的人数已过五十万，待核实")
    bureau.act("zhiban", ago(2), case, "adjust", verb="propose", value="II", reason="拟按重大事件处置，请领导小组批准")


def _confirmed(bureau: Bureau, case: str, at: datetime, owner: str) -> None:
    """Propose, approve and start level III."""
    bureau.act(owner, at, case, "confirm", verb="propose", value="III", reason="同初判")
    bureau.act("zhuren", at + timedelta(minutes=1), case, "confirm", verb="approve", value="III", reason="同意")
    bureau.act("zhuren", at + timedelta(minutes=2), case, "activate", value="III")


def _first_report(system: str, found: datetime, event: str) -> Mapping[str, str]:
    return {
        "unit": "临江市公共数据服务局",
        "system": system,
        "occurred": _written(found - timedelta(minutes=3)),
        "discovered": _written(found),
        "event": event,
        "range": "全市网上办事用户",
        "measures": "已启用线下窗口，正在切换认证服务",
        "cause": "unknown",
        "next": "unknown",
    }


def _written(at: datetime) -> str:
    return show_instant(at, ZONE)
