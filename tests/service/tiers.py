"""A system of two tiers: headquarters, two provinces below, the tax plan adopted once at the top.

Everybody of `CAST` holds one seat; `hq_duty` sits in a body of headquarters that the plan brings in late or never.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fengsui.cases import service as cases
from fengsui.cases.pages import CaseRef, Receipt
from fengsui.cases.selectors import case_for, log
from fengsui.core import timing
from fengsui.core.case import Act, Actor, Case
from fengsui.directory import service as directory
from fengsui.library import service as library
from tests.cast import PASSWORD

START = datetime(2024, 3, 4, 0, 0, tzinfo=UTC)  # 08:00 at headquarters
BY = "setup"
READINGS = {
    "superior_organ": "prov_office",
    "superior_office": "hq_office",
    "prov_all_levels_to_group": "grave",
    "local_notice_levels": "grave_only",
    "l1_national_reporter": "leading_group",
}
CAST = (
    ("unit", "P1", "tax_authority", "", ""),
    ("psg", "P1", "prov_special_group", "", ""),
    ("peo", "P1", "prov_office", "", ""),
    ("plg", "P1", "prov_leading_group", "", ""),
    ("unit2", "P2", "tax_authority", "", ""),
    ("psg2", "P2", "prov_special_group", "", ""),
    ("peo2", "P2", "prov_office", "", ""),
    ("plg2", "P2", "prov_leading_group", "", ""),
    ("sg", "HQ", "hq_special_group", "lead", "security"),
    ("eo", "HQ", "hq_office", "director", ""),
    ("eo_deputy", "HQ", "hq_office", "deputy", ""),
    ("lg", "HQ", "hq_leading_group", "", ""),
    ("hq_duty", "HQ", "hq_crisis_office", "", ""),
)
"""Key, organisation, body, post, place."""


@dataclass
class System:
    """Headquarters and its provinces, the people by part, and the time it is."""

    root: str
    organisations: dict[str, str]
    pack: str
    people: dict[str, str] = field(default_factory=dict)
    now: datetime = START
    keys: int = 0

    @classmethod
    def build(cls, *, at: datetime = START, readings: dict[str, str] | None = None, sign_in: bool = False) -> System:
        """Make the organisations, adopt the plan at the top, and seat everybody."""
        root = directory.create_organisation("某总局", "ZJ", tier="hq", actor=BY, at=at)
        homes = {"HQ": root}
        for place, name in (("P1", "甲省局"), ("P2", "乙省局")):
            homes[place] = directory.create_organisation(name, place, tier="province", parent=root, actor=BY, at=at)
        digest = library.install(root, library.shipped("cn-tax-system"), actor=BY, at=at)
        library.adopt(root, root, digest, actor=BY, at=at)
        for name, value in {**READINGS, **(readings or {})}.items():
            library.set_reading(root, root, name, value, "总局的决定", actor=BY, at=at)
        system = cls(root, homes, digest, now=at)
        system._cast(at, sign_in)
        return system

    def _cast(self, at: datetime, sign_in: bool) -> None:
        directory.create_unit(self.root, self.root, "hq_special_group", "security", "安全专项组", actor=BY, at=at)
        directory.create_external(self.root, self.organisations["P1"], "prov_authority", "省网信办", actor=BY, at=at)
        for key, place, body, post, unit in CAST:
            self.hire(key, place, sign_in=sign_in)
            directory.appoint(self.people[key], body, post=post, place=unit, actor=BY, at=at)
        self.hire("vendor", "P1")
        directory.appoint(self.people["vendor"], "prov_authority", actor=BY, at=at)
        self.hire("auditor", "HQ", office="auditor")
        self.hire("prov_auditor", "P1", office="auditor")

    def hire(self, key: str, place: str, *, office: str = "", sign_in: bool = False) -> str:
        """Make a person of an organisation."""
        account = {"username": key, "password": PASSWORD} if sign_in else {}
        home = self.organisations[place]
        self.people[key] = directory.create_person(
            home, f"{place}{key}", office=office, actor=BY, at=self.now, **account
        )
        return self.people[key]

    def at(self, step: str) -> System:
        """Move the clock on by a step such as "+10min"."""
        self.now += timing.parse_duration(step.removeprefix("+"))
        return self

    def open(self, who: str = "unit", place: str = "P1", **more: Any) -> Receipt:
        """Open an incident in an organisation."""
        asked = {"kind": "incident", "title": "征管系统中断", "key": self._key()} | more
        return cases.open_case(self.people[who], self.organisations[place], at=self.now, **asked)

    def do(self, who: str, case: Receipt, act: str, **more: Any) -> Receipt:
        """Do an act a minute later."""
        self.at("+1min")
        asked = Act(act, Actor(self.people[who]), **more)
        return cases.submit(case.case, asked, actor=self.people[who], at=self.now, key=self._key())

    def climb(self, case: Receipt, level: str, upto: str) -> None:
        """Let the case climb in the province up to a body: assessed there and told upwards, not yet beyond."""
        self.do("psg", case, "assess", value=level, reason="先期研判")
        self.do("psg", case, "report", to=("prov_office",))
        if upto == "peo":
            return
        self.do("peo", case, "assess", value=level, reason="会商", documents=("prov_office_meeting",))
        self.do("peo", case, "report", to=("prov_leading_group",))
        if upto == "plg":
            return
        self.do("plg", case, "assess", value=level, reason="研究", documents=("prov_group_meeting",))
        self.do("plg", case, "report", to=("hq_office",))

    def fold(self, case: Receipt) -> Case:
        """Return the case as its log says it."""
        return log.fold(self.root, case.case)

    def ref(self, who: str, case: Receipt) -> CaseRef | None:
        """Return the case as that person may open it, or None."""
        return case_for(self.people[who], case.number, self.now)

    def _key(self) -> str:
        self.keys += 1
        return f"form-{self.keys}"
