"""One simulated world for tests of the service: a clock that stands until it is moved, one bureau, the cast, a plan.

Use

    world = World.build()                      # the S3 plan adopted by 甲市监管局, everybody seated
    case = world.open("owner", facts={...})    # a case, opened by a person of the cast
    world.at("+10min").submit("group", case, "activate", value="II")

Everything is made by the services of the product; nothing is written into tables. `at` moves the clock for good:
an absolute time ("2024-01-10 09:00", bureau's zone) or a step ("+10min").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fengsui.cases import service as cases
from fengsui.cases.pages import CaseRef, Receipt
from fengsui.cases.selectors import case_for, log
from fengsui.core import timing
from fengsui.core.case import Act, Actor, Case, Seat
from fengsui.directory import service as directory
from fengsui.library import service as library
from tests.cast import CAST, PASSWORD

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2024, 1, 10, 1, 0, tzinfo=UTC)  # 09:00 in the bureau
BY = "setup"

S3_READINGS = {
    "starter_of_I": "group",
    "summary_recipient_I_II": "leading_group",
    "watch.immediately": "15min",
    "watch.promptly": "1h",
}


@dataclass
class World:
    """The bureau, its people by part, its plan, and the time it is."""

    root: str
    organisation: str
    pack: str
    people: dict[str, str] = field(default_factory=dict)
    now: datetime = START
    other: str = ""
    keys: int = 0

    @classmethod
    def build(
        cls,
        pack: str = "chongqing-finance-regulator",
        readings: Mapping[str, str] = S3_READINGS,
        *,
        at: datetime = START,
        code: str = "JS",
    ) -> World:
        """Make the bureau with the plan adopted and the cast seated."""
        root = directory.create_organisation("甲市监管局", code, actor=BY, at=at)
        digest = library.install(root, library.shipped(pack), actor=BY, at=at)
        library.adopt(root, root, digest, actor=BY, at=at)
        for name, value in readings.items():
            library.set_reading(root, root, name, value, "本单位的决定", actor=BY, at=at)
        world = cls(root, root, digest, now=at)
        world._units(at)
        world._cast(at)
        return world

    def _units(self, at: datetime) -> None:
        for place, name in (("A", "甲处"), ("B", "乙处")):
            directory.create_unit(self.root, self.organisation, "office", place, name, actor=BY, at=at)
        directory.create_external(self.root, self.organisation, "vendor", "某专业服务公司", actor=BY, at=at)

    def _cast(self, at: datetime) -> None:
        for part in CAST:
            name = f"{self.root[-6:]}-{part.key}"
            person = directory.create_person(
                self.organisation,
                part.name,
                username=name,
                password=PASSWORD,
                email=f"{part.key}@example.invalid",
                office=part.office,
                actor=BY,
                at=at,
            )
            self.people[part.key] = person
            if part.seat:
                body, post, place = part.seat
                directory.appoint(person, body, post=post, place=place, actor=BY, at=at)

    def neighbour(self) -> str:
        """Make another bureau with one person of its own (the outsider) and return the person."""
        other = directory.create_organisation("乙市监管局", "YS", actor=BY, at=self.now)
        return directory.create_person(other, "外单位的人", actor=BY, at=self.now)

    def at(self, when: str) -> World:
        """Move the clock: "2024-01-10 09:00" in the bureau's zone, or a step such as "+10min"."""
        if when.startswith("+"):
            self.now += timing.parse_duration(when[1:])
        else:
            self.now = timing.parse_instant(when, ZONE)
        return self

    def open(self, who: str, **more: Any) -> Receipt:
        """Open a case as a person of the cast; `owner` defaults to office@A, `kind` to an incident."""
        asked = {"kind": "incident", "title": "门户网站无法访问", "owner": "office@A", "key": self.key()} | more
        return cases.open_case(organisation=self.organisation, actor=self.people[who], at=self.now, **asked)

    def submit(self, who: str, case: Receipt | str, act: str, **more: Any) -> Receipt:
        """Do an act as a person of the cast; `seen`, `key`, `files` go to the service, the rest into the act."""
        outer = {name: more.pop(name) for name in ("seen", "key", "files") if name in more}
        asked = Act(act, Actor(self.people[who]), **more)
        id = case if isinstance(case, str) else case.case
        return cases.submit(id, asked, actor=self.people[who], at=self.now, **{"key": self.key(), **outer})

    def fold(self, case: Receipt) -> Case:
        """Return the case as its log says it."""
        return log.fold(self.root, case.case)

    def ref(self, who: str, case: Receipt) -> CaseRef | None:
        """Return the case as that person may open it, or None."""
        return case_for(self.people[who], case.number, self.now)

    def seat(self, text: str) -> Seat:
        """Return a seat of the bureau, written `office.head@A`."""
        return Seat.parse(text, self.organisation)

    def key(self) -> str:
        """Return a form key nobody used."""
        self.keys += 1
        return f"form-{self.keys}"
