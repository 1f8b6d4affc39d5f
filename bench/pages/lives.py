"""The organisations of the bench, their people, and the lives that are lived once and copied.

Headquarters with thirty-six provinces under the tax plan, and four bureaus below them that have adopted the plan of
Linjiang for themselves. The first province and the first bureau live the lives; the others get the copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.pages import NOW
from fengsui.cases import service as cases
from fengsui.core.case import Act, Actor
from fengsui.directory import service as directory
from fengsui.library import service as library
from fengsui.server import demo

FOUNDED = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)
BY = "setup"
TAX = "cn-tax-system"
TAX_READINGS = {
    "superior_organ": "prov_office",
    "superior_office": "hq_office",
    "prov_all_levels_to_group": "grave",
    "local_notice_levels": "grave_only",
    "l1_national_reporter": "leading_group",
    "prov_end": "by_activator",
    "investigation_owner": "province",
    "investigation_days": "20d",
}
PROVINCES, BUREAUS = 36, 4
PROVINCE = (
    ("unit", "tax_authority", "", ""),
    ("psg", "prov_special_group", "", ""),
    ("peo", "prov_office", "", ""),
    ("plg", "prov_leading_group", "", ""),
)
HEADQUARTERS = (
    ("sg", "hq_special_group", "lead", "security"),
    ("eo", "hq_office", "director", ""),
    ("lg", "hq_leading_group", "", ""),
)
NOTICE = {
    "category": "attack",
    "colour": "blue",
    "range": "使用该中间件的三个系统",
    "caution": "攻击代码已经公开",
    "measures": "升级到修复版本并核查补丁",
    "issuer": "cyber_office",
}
NOTHING_LOST = {
    "class": "security",
    "interrupted": "no",
    "equipment_rank": "important",
    "equipment_amount": "isolated",
    "data_amount": "none",
    "reputation_reach": "none",
    "rights_extent": "none",
    "leak_amount": "none",
}
TITLES = [
    "窗口系统登录失败",
    "网上申报变慢",
    "自助终端离线",
    "门户首页异常",
    "数据交换中断",
    "统一认证报错",
    "短信通道阻塞",
    "专线抖动",
]


@dataclass
class Home:
    """An organisation with its people and systems by their part; `bureau` acts as the demo's does."""

    id: str
    kind: str
    people: dict[str, str] = field(default_factory=dict)
    assets: dict[str, str] = field(default_factory=dict)

    @property
    def bureau(self) -> demo.Bureau:
        """The same as the demo's stories take it."""
        return demo.Bureau(self.id, self.people, self.assets)


@dataclass
class World:
    """The whole tree: headquarters first."""

    root: Home
    provinces: list[Home]
    bureaus: list[Home]

    @property
    def homes(self) -> tuple[Home, ...]:
        """Every organisation in which cases happen."""
        return (*self.provinces, *self.bureaus)


@dataclass(frozen=True)
class Life:
    """A case that was lived: its id, its home, how many in a hundred are like it; live ones stay in their week."""

    case: str
    home: Home
    share: int
    live: bool


def world() -> World:
    """Make the organisations, adopt the plans, seat everybody."""
    root = Home(directory.create_organisation("某总局", "ZJ", tier="hq", actor=BY, at=FOUNDED), "hq")
    digest = library.install(root.id, library.shipped(TAX), actor=BY, at=FOUNDED)
    library.adopt(root.id, root.id, digest, actor=BY, at=FOUNDED)
    for name, value in TAX_READINGS.items():
        library.set_reading(root.id, root.id, name, value, "总局的决定", actor=BY, at=FOUNDED)
    directory.create_unit(root.id, root.id, "hq_special_group", "security", "安全专项组", actor=BY, at=FOUNDED)
    _seat(root, HEADQUARTERS, "hq")
    _hire(root, "auditor", "hq-auditor", office="auditor")
    _hire(root, "admin", "hq-admin", office="system_admin")
    provinces = [_province(root, n) for n in range(PROVINCES)]
    plan = library.install(root.id, library.shipped(demo.PACK), actor=BY, at=FOUNDED)
    return World(root, provinces, [_bureau(root, n, plan) for n in range(BUREAUS)])


def _province(root: Home, n: int) -> Home:
    name, code = f"第{n + 1}省局", f"P{n + 1:02}"
    home = Home(
        directory.create_organisation(name, code, tier="province", parent=root.id, actor=BY, at=FOUNDED), "province"
    )
    _seat(home, PROVINCE, code.lower())
    return home


def _bureau(root: Home, n: int, plan: str) -> Home:
    code = f"LJ{n + 1}"
    home = Home(directory.create_organisation(f"第{n + 1}数据局", code, parent=root.id, actor=BY, at=FOUNDED), "bureau")
    library.adopt(root.id, home.id, plan, actor=BY, at=FOUNDED)
    for name, value in demo.READINGS.items():
        library.set_reading(root.id, home.id, name, value, "局务会研究确定", actor=BY, at=FOUNDED)
    for place, label in demo.UNITS:
        directory.create_unit(root.id, home.id, "dept", place, label, actor=BY, at=FOUNDED)
    for body, label in demo.OUTSIDE:
        directory.create_external(root.id, home.id, body, label, actor=BY, at=FOUNDED)
    for part in demo.PEOPLE:
        _hire(home, part.username, f"{code.lower()}-{part.username}", office=part.office)
        if part.body:
            held = {"post": part.post, "place": part.place}
            directory.appoint(home.people[part.username], part.body, actor=BY, at=FOUNDED, **held)
    for name, owner in (("政务服务一体化平台", "dept@operations"), ("市民办事大厅网站", "dept@hall")):
        values = {"asset.important": "yes", "asset.cii": "no"}
        home.assets[owner] = directory.create_asset(home.id, name, owner, values, actor=BY, at=FOUNDED)
    return home


def _seat(home: Home, cast: tuple[tuple[str, str, str, str], ...], code: str) -> None:
    for key, body, post, place in cast:
        _hire(home, key, f"{code}-{key}")
        directory.appoint(home.people[key], body, post=post, place=place, actor=BY, at=FOUNDED)


def _hire(home: Home, key: str, username: str, office: str = "") -> None:
    password = "a long walk along the river bank 37"
    home.people[key] = directory.create_person(
        home.id, username, username=username, password=password, office=office, actor=BY, at=FOUNDED
    )


# ---------------------------------------------------------------------------------------------- lives


def closed(world: World) -> Iterator[Life]:
    """Live the lives that end: the last of them weeks before `NOW`."""
    bureau, province = world.bureaus[0], world.provinces[0]
    for n in range(3):
        at = NOW - timedelta(days=63 + n, hours=3 * n, minutes=7 * n)
        yield _done(_false_alarm(bureau, at), bureau, 16)
        yield _done(_false_alarm_of_a_province(province, at), province, 28)
        yield _done(_blue_warning(bureau, at), bureau, 12)
        yield _done(_third_level(bureau, at), bureau, 9)
        yield _done(_fourth_level_of_a_province(province, at), province, 10)


def _done(case: str, home: Home, share: int) -> Life:
    return Life(case, home, share, live=False)


def living(world: World) -> Iterator[Life]:
    """Live what is under way at `NOW`, the earliest first, and let the worker catch up."""
    bureau, province = world.bureaus[0], world.provinces[0]
    stories: list[tuple[timedelta, Home, Callable[[datetime], str]]] = [
        (timedelta(days=19), bureau, lambda at: _newest(bureau, lambda: demo._last_month(bureau.bureau, at))),
        (timedelta(days=6), province, lambda at: _climbing(province, at, "III", "peo")),
        (timedelta(days=2), province, lambda at: _climbing(province, at, "II", "plg")),
        (timedelta(hours=20), bureau, lambda at: _newest(bureau, lambda: demo._warning(bureau.bureau, at))),
        (timedelta(hours=4), province, lambda at: _climbing(province, at, "II", "hq")),
        (timedelta(hours=2), province, lambda at: _climbing(province, at, "III", "")),
    ]
    found = [Life(story(NOW - before), home, 20, live=True) for before, home, story in stories]
    tonight = _newest(bureau, lambda: demo._tonight(bureau.bureau, NOW))
    demo.work(NOW)
    yield from (*found, Life(tonight, bureau, 20, live=True))


def heavy(world: World, events: int = 220) -> str:
    """Live one case of so many events, that is never copied, and return its id."""
    home = world.bureaus[1]
    at = NOW - timedelta(days=3)
    case = _newest(home, lambda: demo._tonight(home.bureau, at))
    for n in range(events - 30):
        at += timedelta(minutes=17)
        if n % 3 == 0:
            _do(home, case, at, "yunxing", "record", matter="progress", note=f"第 {n} 次进展：正从备份重建")
        elif n % 3 == 1:
            _do(home, case, at, "zhiban", "record", note=f"第 {n} 次电话核实")
        else:
            facts = {"people": f"{40 + n % 50}万"}
            _do(home, case, at, "yunwei", "state", facts=facts, source="办件系统排队数推算")
    return case


def _newest(home: Home, story: Callable[[], None]) -> str:
    """Tell one of the demo's stories and return the id of its case."""
    from fengsui.cases.models import Case

    before = set(Case.objects.filter(organisation=home.id).values_list("pk", flat=True))
    story()
    return str(Case.objects.filter(organisation=home.id).exclude(pk__in=before).get().pk)


def _do(home: Home, case: str, at: datetime, who: str, act: str, **more: Any) -> None:
    cases.submit(case, Act(act, Actor(""), **more), actor=home.people[who], at=at)


def _false_alarm(home: Home, at: datetime) -> str:
    facts = {"class": "equipment", "discovered": demo._written(at)}
    case = home.bureau.open("lianluo", at, TITLES[0], asset=home.assets["dept@operations"], facts=facts)
    _do(home, case, at + timedelta(minutes=3), "lianluo", "report", to=("cyber_office",), duty=("report_in",))
    _do(home, case, at + timedelta(minutes=9), "yunxing", "dismiss", verb="propose", reason="监测系统误报")
    _do(home, case, at + timedelta(minutes=15), "zhuren", "dismiss", verb="approve", reason="同意")
    _do(home, case, at + timedelta(days=1), "zhuren", "close", documents=("archive_list",))
    return case


def _false_alarm_of_a_province(home: Home, at: datetime) -> str:
    case = home.bureau.open("unit", at, TITLES[1])
    _do(home, case, at + timedelta(minutes=5), "unit", "state", facts=NOTHING_LOST, reason="现场核实")
    _do(home, case, at + timedelta(minutes=8), "unit", "record", note="终端重启后恢复")
    _do(home, case, at + timedelta(minutes=30), "peo", "dismiss", reason="不属本预案的事件")
    _do(home, case, at + timedelta(days=1), "peo", "close")
    return case


def _blue_warning(home: Home, at: datetime) -> str:
    case = home.bureau.open("zhiban", at, "某中间件高危漏洞", kind="warning")
    form = {**NOTICE, "start": demo._written(at)}
    _do(home, case, at + timedelta(minutes=10), "zhuren", "issue", value="blue", form=form)
    told = ("centre", *(f"dept@{place}" for place, _ in demo.UNITS))
    _do(home, case, at + timedelta(minutes=25), "zhiban", "report", to=told, duty=("spread",))
    _do(home, case, at + timedelta(hours=5), "yunwei", "step", step="blue.check")
    _do(home, case, at + timedelta(days=1), "zhuren", "lift")
    _do(home, case, at + timedelta(days=2), "zhuren", "close", documents=("archive_list",))
    return case


def _third_level(home: Home, at: datetime) -> str:
    """The demo's incident of last month, brought to its end."""
    case = _newest(home, lambda: demo._last_month(home.bureau, at))
    told = {"course": "经过", "cause": "认证服务异常", "impact": "二十万人", "responsibility": "已明确"}
    form = {**told, "review": "处置及时", "improvement": "双节点"}
    _do(home, case, at + timedelta(days=9), "dating", "waive", target=_owed(case, "tell_units"), reason="无")
    _do(home, case, at + timedelta(days=9, minutes=9), "dating", "record", matter="progress", note="整改完成")
    _inquire(home, case, at + timedelta(days=10), form)
    _do(home, case, at + timedelta(days=20), "dating", "report", to=("cyber_office",), duty=("rectify", "news_in"))
    _do(home, case, at + timedelta(days=20, hours=1), "zhuren", "close", documents=("archive_list",))
    return case


def _inquire(home: Home, case: str, at: datetime, form: dict[str, str]) -> None:
    _do(home, case, at, "zhuren", "investigate", form=form)


def _owed(case: str, duty: str) -> str:
    from fengsui.cases.models import Obligation

    return str(Obligation.objects.filter(case=case, duty=duty).values_list("key", flat=True)[0])


def _fourth_level_of_a_province(home: Home, at: datetime) -> str:
    case = home.bureau.open("unit", at, TITLES[2], facts=NOTHING_LOST)
    steps = (
        (5, "unit", "step", {"step": "first.handle"}),
        (6, "unit", "step", {"step": "first.contain"}),
        (7, "unit", "step", {"step": "first.evidence", "documents": ("evidence",)}),
        (10, "unit", "report", {"to": ("hq_special_group",)}),
        (20, "psg", "assess", {"value": "IV", "reason": "个别终端"}),
        (30, "peo", "assess", {"value": "IV", "reason": "会商", "documents": ("prov_office_meeting",)}),
        (31, "peo", "confirm", {"value": "IV", "reason": "会商"}),
        (32, "peo", "activate", {}),
        (40, "peo", "order", {"note": "全盘查杀"}),
        (60, "peo", "step", {"step": "light_prov.office_plan"}),
        (61, "psg", "step", {"step": "light_prov.group_plan"}),
        (1500, "peo", "end", {}),
    )
    for minutes, who, act, more in steps:
        _do(home, case, at + timedelta(minutes=minutes), who, act, **more)  # type: ignore[arg-type]
    told = {"cause": "漏洞", "nature": "网络攻击", "course": "见附件", "harm": "业务中断", "responsibility": "运维单位"}
    form = {**told, "correction": "加固", "proposals": "通报"}
    _do(home, case, at + timedelta(days=9), "peo", "investigate", form=form)
    _do(home, case, at + timedelta(days=10), "peo", "close")
    return case


def _climbing(home: Home, at: datetime, level: str, upto: str) -> str:
    """An incident on its way up a province: to its office, its leading group, or beyond it to headquarters."""
    case = home.bureau.open("unit", at, TITLES[3])
    steps: list[tuple[str, str, str, tuple[str, ...]]] = [
        ("", "psg", "prov_office", ()),
        ("peo", "peo", "prov_leading_group", ("prov_office_meeting",)),
        ("plg", "plg", "hq_office", ("prov_group_meeting",)),
    ]
    for n, (stop, who, to, documents) in enumerate(steps):
        if n and upto in [step[0] for step in steps[:n]]:
            break
        minute = timedelta(minutes=10 * n)
        _do(
            home,
            case,
            at + minute + timedelta(minutes=3),
            who,
            "assess",
            value=level,
            reason="研判",
            documents=documents,
        )
        if stop != upto or n:
            _do(home, case, at + minute + timedelta(minutes=5), who, "report", to=(to,))
    return case
