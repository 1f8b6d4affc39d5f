"""A letter that follows from a record takes what the record said: the website plan's fax after its telephone call."""

from __future__ import annotations

import pytest

from fengsui.cases import service as cases
from fengsui.cases.selectors import act_form, case_for
from fengsui.core.case import Act, Actor
from fengsui.directory import service as directory
from fengsui.library import service as library
from tests.world import BY, START

CALL = {
    "time": "2024-01-10 08:58",
    "caller": "组长",
    "receiver": "协调处值班",
    "event": "首页被篡改",
    "impact": "服务中断",
    "measures": "已断网",
}


@pytest.mark.django_db
def test_the_fax_letter_is_filled_from_the_telephone_record() -> None:
    root = directory.create_organisation("某财政厅", "CZ", actor=BY, at=START)
    library.adopt(
        root,
        root,
        library.install(root, library.shipped("xinjiang-finance-websites"), actor=BY, at=START),
        actor=BY,
        at=START,
    )
    head = directory.create_person(root, "组长", actor=BY, at=START)
    directory.appoint(head, "leading_group", post="head", actor=BY, at=START)
    opened = cases.open_case(
        organisation=root,
        actor=head,
        at=START,
        kind="incident",
        title="首页被篡改",
        facts={"grave_situation": "yes"},
        key="1",
    )
    call = Act("step", Actor(head), step="notify.phone", form=CALL)
    cases.submit(opened.case, call, actor=head, at=START, key="2")
    ref = case_for(head, opened.number, START)
    assert ref is not None
    letter = act_form(head, ref, "step", START, part={"step": "notify.fax"})
    assert letter is not None
    assert {one.name: one.value for one in letter.fields} == {
        "number": "",
        "event": "首页被篡改",
        "impact": "服务中断",
        "measures": "已断网",
    }
