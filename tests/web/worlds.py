"""Organisations for the stories of the pages, set up through the services: the finance regulator of S3, fictional.

Rules
* Everything goes through directory, library and cases as an installer would do it; no row is written here.
* One person per seat, named by role; `second` sits beside `lead` in the working group, so that two may press at once.
* The reading "who starts the level I response" stays open: a story decides it on the case. So do the recipients of the
  first notice: the page has to say so.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth import get_user_model

from fengsui.directory import service as directory
from fengsui.library import service as library
from tests.cast import PASSWORD as CAST_PASSWORD
from tests.service.province import Province, archived, trouble
from tests.service.tiers import CAST as TIERS
from tests.service.tiers import System

PACK = "chongqing-finance-regulator"
PASSWORD = "beacon tower nine"
INSTALLER = "installer"
READINGS = {
    "impact_on": "same",
    "public_only": "inside",
    "summary_filing": "inside",
    "summary_recipient_I_II": "leading_group",
    "plan_approver": "leading_group",
    "yearly_reviewer": "bureau_office",
    "key_period_declarer": "leading_group",
    "watch.immediately": "15min",
    "watch.promptly": "1h",
}
OUTSIDE = (("vendor", "安澜技术服务公司"), ("city_net_office", "市委网信办"), ("city_net_police", "市网安总队"))
SEATS = (
    ("chief", "领导小组组长", "leading_group", "", ""),
    ("deputy", "领导小组副组长", "leading_group", "", ""),
    ("lead", "工作组牵头人", "group", "lead", ""),
    ("second", "工作组副牵头人", "group", "lead", ""),
    ("licensing", "机构处负责人", "office", "head", "licensing"),
    ("admin", "机构处系统管理员", "office", "sysadmin", "licensing"),
    ("markets", "市场处负责人", "office", "head", "markets"),
    ("office", "办公室值班员", "bureau_office", "", ""),
    ("centre", "发展中心值班员", "centre", "", ""),
)
"""Role and user name, name, body, post, place."""


class SignIn(NamedTuple):
    """How a person of the story signs in."""

    role: str
    username: str
    password: str


def build_s3(*, at: datetime) -> list[SignIn]:
    """The regulator with its offices, people, systems and adopted plan; `maker` is a developer without a seat."""
    build(at=at)
    get_user_model().objects.create_user("maker", password=PASSWORD, is_staff=True)
    more = [SignIn("outsider", "outsider", PASSWORD), SignIn("maker", "maker", PASSWORD)]
    return [SignIn(role, role, PASSWORD) for role, *_rest in SEATS] + more


def build_s0(*, at: datetime) -> list[SignIn]:
    """A headquarters and two provinces under the tax plan, everybody seated: see `tests.service.tiers`."""
    system = System.build(at=at, sign_in=True, readings={"watch.immediately": "30min", "watch.promptly": "2h"})
    return [SignIn(role, role, CAST_PASSWORD) for role, *_rest in TIERS if role in system.people]


def build_province(*, at: datetime) -> list[SignIn]:
    """A province over thirty-six cities, trouble in five of them, a false alarm in the archive, a warning in force."""
    province = Province.build(at=at - timedelta(days=9), calm=30, sign_in=True)
    archived(province, "巴山", at - timedelta(days=8))
    warning = province.at(at - timedelta(hours=5)).open("云川", "某数据库组件远程代码执行漏洞", kind="warning")
    form = {"category": "attack", "colour": "blue", "start": f"{at:%Y-%m-%d %H:%M}", "range": "两个系统"}
    form |= {"caution": "攻击代码已经公开", "measures": "升级", "issuer": "cyber_office"}
    province.do("云川.zhuren", warning, "issue", value="blue", form=form)
    province.do("云川.zhiban", warning, "report", to=("centre",), duty=("spread",))
    trouble(province, at)
    return [SignIn(role, role, CAST_PASSWORD) for role in province.people]


def build(*, at: datetime) -> tuple[str, dict[str, str]]:
    """The same; returns the organisation's id and the persons' ids by role."""
    home = directory.create_organisation("渝江市金融监管局", "YJ", actor=INSTALLER, at=at)
    plan = library.install(home, library.shipped(PACK), actor=INSTALLER, at=at)
    library.adopt(home, home, plan, actor=INSTALLER, at=at)
    library.seed_calendar(home, actor=INSTALLER, at=at)
    for name, value in READINGS.items():
        library.set_reading(home, home, name, value, "局务会议定", actor=INSTALLER, at=at)
    for place, name in (("licensing", "机构处"), ("markets", "市场处")):
        directory.create_unit(home, home, "office", place, name, actor=INSTALLER, at=at)
    for body, name in (
        ("vendor", "安澜技术服务公司"),
        ("city_net_office", "市委网信办"),
        ("city_net_police", "市网安总队"),
    ):
        directory.create_external(home, home, body, name, actor=INSTALLER, at=at)
    people = {}
    for role, name, body, post, place in SEATS:
        people[role] = _person(home, role, name, at)
        directory.appoint(people[role], body, post=post, place=place, actor=INSTALLER, at=at)
    people["outsider"] = _person(home, "outsider", "无席位的人", at)
    directory.create_asset(home, "行政许可系统", "office@licensing", {}, actor=INSTALLER, at=at)
    return home, people


def _person(home: str, role: str, name: str, at: datetime) -> str:
    return directory.create_person(home, name, actor=INSTALLER, at=at, username=role, password=PASSWORD)
