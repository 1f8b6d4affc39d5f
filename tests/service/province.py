"""A province bureau over cities, each under its own adoption of the demo's plan, with trouble in some of them.

In `LINKED` cities the plan's 省数据局 is the province bureau itself, so the plan brings its people in; of the others
they see outlines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fengsui.cases import service as cases
from fengsui.cases.pages import Receipt
from fengsui.core.case import Act, Actor
from fengsui.core.timing import show_instant
from fengsui.directory import service as directory
from fengsui.library import service as library
from fengsui.server.demo import READINGS, work
from tests.cast import PASSWORD
from tests.service.tiers import START

BY = "setup"
SEATS = (
    ("zhiban", "cyber_office", "duty_officer", ""),
    ("zhuren", "cyber_office", "head", ""),
    ("chu", "dept", "head", "operations"),
    ("zhuanjia", "experts", "", ""),
    ("zuzhang", "leading_group", "head", ""),
)
CITIES = ("云川", "巴山", "临海", "海岱", "中州", "蜀西")
LINKED = ("云川", "临海")


@dataclass
class Province:
    """The bureau, its cities, their people (`云川.zhiban`), and the present."""

    root: str
    pack: str
    now: datetime
    cities: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    sign_in: bool = False

    @classmethod
    def build(
        cls, *, at: datetime = START, calm: int = 0, sign_in: bool = False, cities: Sequence[str] = CITIES
    ) -> Province:
        """Make the province, its cities, and `calm` more in which nothing ever happens."""
        founded = at - timedelta(days=200)
        root = directory.create_organisation("省数据局", "SJ", actor=BY, at=founded)
        pack = library.install(root, library.shipped("demo-linjiang"), actor=BY, at=founded)
        made = cls(root, pack, founded, sign_in=sign_in)
        made._adopt(root)
        made._seat("wang", root, "cyber_office", "duty_officer", "")
        made._seat("shenji", root, office="auditor")
        for number, name in enumerate(cities):
            made._city(name, f"C{number}", founded + timedelta(seconds=number))
        for number in range(calm):
            later = founded + timedelta(minutes=1 + number)
            directory.create_organisation(f"平城{number + 1}", f"P{number}", parent=root, actor=BY, at=later)
        made.now = at
        return made

    def _city(self, name: str, code: str, at: datetime) -> None:
        home = directory.create_organisation(name, code, parent=self.root, actor=BY, at=at)
        self.cities[name] = home
        self._adopt(home)
        directory.create_unit(self.root, home, "dept", "operations", "平台处", actor=BY, at=self.now)
        linked = self.root if name in LINKED else ""
        directory.create_external(self.root, home, "province_data", "省数据局", linked=linked, actor=BY, at=self.now)
        for key, body, post, place in SEATS:
            self._seat(f"{name}.{key}", home, body, post, place)

    def _adopt(self, home: str) -> None:
        library.adopt(self.root, home, self.pack, actor=BY, at=self.now)
        for name, value in READINGS.items():
            library.set_reading(self.root, home, name, value, "研究确定", actor=BY, at=self.now)

    def _seat(self, key: str, home: str, body: str = "", post: str = "", place: str = "", office: str = "") -> None:
        account = {"username": key, "password": PASSWORD} if self.sign_in else {}
        person = directory.create_person(home, f"{key}某", office=office, actor=BY, at=self.now, **account)
        self.people[key] = person
        if body:
            directory.appoint(person, body, post=post, place=place, actor=BY, at=self.now)

    def at(self, moment: datetime) -> Province:
        """Let the worker catch up to a moment."""
        self.now = moment
        work(moment)
        return self

    def open(self, city: str, title: str, *, kind: str = "incident", **more: Any) -> Receipt:
        """Open a case as the city's duty officer (a warning) or its platform office."""
        who = self.people[f"{city}.{'zhiban' if kind == 'warning' else 'chu'}"]
        owner = {"owner": "dept@operations", "facts": self._facts()} if kind == "incident" else {}
        return cases.open_case(who, self.cities[city], kind=kind, title=title, at=self.now, **(owner | more))

    def do(self, who: str, case: Receipt, name: str, **more: Any) -> Receipt:
        """Do an act a minute later."""
        self.at(self.now + timedelta(minutes=1))
        return cases.submit(
            case.case, Act(name, Actor(""), **more), actor=self.people[who], at=self.now, key=f"{self.now}"
        )

    def graded(self, city: str, case: Receipt, level: str) -> None:
        """Assess, confirm and start a level in a city."""
        self.do(f"{city}.chu", case, "assess", value=level, reason="现场研判")
        if level in ("I", "II"):
            self.do(f"{city}.zhuren", case, "confirm", verb="propose", value=level, reason="提请")
            self.do(f"{city}.zhuanjia", case, "confirm", verb="opinion", value=level, reason="同意")
            self.do(f"{city}.zuzhang", case, "confirm", verb="approve", value=level, reason="同意")
            self.do(f"{city}.zhuren", case, "activate", verb="propose", value=level)
            self.do(f"{city}.zuzhang", case, "activate", verb="approve", value=level)
        elif level == "III":
            self.do(f"{city}.chu", case, "confirm", verb="propose", value=level, reason="同初判")
            self.do(f"{city}.zhuren", case, "confirm", verb="approve", value=level, reason="同意")
            self.do(f"{city}.zhuren", case, "activate", value=level)
        else:
            self.do(f"{city}.chu", case, "confirm", value=level, reason="同初判")
            self.do(f"{city}.chu", case, "activate", value=level)

    def _facts(self) -> Mapping[str, str]:
        found = show_instant(self.now - timedelta(minutes=1), ZoneInfo("Asia/Shanghai"))
        return {"class": "equipment", "scenario": "none", "discovered": found, "function_lost": "yes"}


def trouble(province: Province, at: datetime) -> dict[str, Receipt]:
    """Let things happen before `at`: II under response, III overdue, IV, one not graded, an exercise, a warning."""
    found: dict[str, Receipt] = {}
    province.at(at - timedelta(minutes=66))
    found["临海"] = province.open("临海", "关键业务平台中断")
    province.do("临海.chu", found["临海"], "report", to=("cyber_office",), duty=("report_in",))
    province.graded("临海", found["临海"], "II")
    province.at(at - timedelta(minutes=50))
    found["云川"] = province.open("云川", "勒索软件加密文件")
    province.do("云川.chu", found["云川"], "report", to=("cyber_office",), duty=("report_in",))
    province.graded("云川", found["云川"], "III")
    province.at(at - timedelta(minutes=40))
    found["海岱"] = province.open("海岱", "数据库宕机")
    province.do("海岱.chu", found["海岱"], "report", to=("cyber_office",), duty=("report_in",))
    province.graded("海岱", found["海岱"], "III")
    province.at(at - timedelta(minutes=20))
    found["中州"] = province.open("中州", "网页被篡改")
    province.do("中州.chu", found["中州"], "report", to=("cyber_office",), duty=("report_in",))
    found["蜀西"] = province.open("蜀西", "年度演练", mode="exercise")
    province.do("蜀西.chu", found["蜀西"], "report", to=("cyber_office",), duty=("report_in",))
    province.at(at)
    return found


def archived(province: Province, city: str, at: datetime) -> Receipt:
    """Let a false alarm of a city run through, from its report to the archive."""
    province.at(at)
    case = province.open(city, "一台终端感染病毒")
    province.do(f"{city}.chu", case, "report", to=("cyber_office",), duty=("report_in",))
    province.do(f"{city}.chu", case, "dismiss", verb="propose", reason="查为误报")
    province.do(f"{city}.zhuren", case, "dismiss", verb="approve", reason="同意")
    province.do(f"{city}.zhuren", case, "close", documents=("archive_list",), reason="归档")
    return case
