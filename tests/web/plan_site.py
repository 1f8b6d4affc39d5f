"""The demo's bureau with one more case, under plan and regime, and a later version of the plan that is not adopted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from fengsui.cases import service as cases
from fengsui.core.timing import show_instant
from fengsui.directory import selectors as known
from fengsui.library import service as library
from fengsui.server import demo

REGIME = "cac-2025"
LATER = "1.1.0"


def build(at: datetime) -> Sequence[demo.SignIn]:
    """Make the bureau as it stands at `at`; the later version is installed and not adopted."""
    signs = demo.build(at)
    root = known.roots()[0]
    before = at - timedelta(minutes=10)
    digest = library.install(root, library.shipped(REGIME), actor=demo.SETUP, at=before)
    library.adopt_regime(root, root, digest, actor=demo.SETUP, at=before)
    library.set_reading(root, root, f"{REGIME}:operator_kind", "other", "本单位属地方", actor=demo.SETUP, at=before)
    library.install(root, later(), actor=demo.SETUP, at=before)
    _case(root, at - timedelta(minutes=8))
    demo.work(at)
    return signs


def later() -> dict[str, str]:
    """The files of the later version: the first report is due sooner, and one duty is new."""
    files = library.shipped(demo.PACK)
    duties = files["duties.yaml"]
    first = next(line for line in duties.splitlines() if "id: first_report," in line)
    added = first.replace("id: first_report,", "id: second_report,").replace("首次报告", "补充报告")
    files["duties.yaml"] = duties.replace(first, first.replace("within: 30min", "within: 20min") + "\n" + added)
    files["pack.yaml"] = files["pack.yaml"].replace("version: 1.0.0", f"version: {LATER}")
    return files


def _case(root: str, at: datetime) -> None:
    who = next(person.id for person in known.people_of(root, root) if person.name == "平台运行处联络员")
    facts = {
        "discovered": show_instant(at, demo.ZONE),
        "class": "attack",
        "scenario": "none",
        "leaked": "120万",
        "state_secret": "no",
    }
    title = "办事平台个人信息被拖库"
    cases.open_case(who, root, kind="incident", title=title, at=at, facts=facts, source="监控平台")
