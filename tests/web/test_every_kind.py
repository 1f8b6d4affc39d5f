"""The plan in force and the key period, opened and worked from the same pages as an incident."""

import re

import pytest

from fengsui.cases import models
from tests.web.test_acts import act
from tests.world import S3_READINGS, World

SEATED = {"plan_approver": "leading_group", "yearly_reviewer": "bureau_office", "key_period_declarer": "group"}


@pytest.fixture
def decided(db, monkeypatch) -> World:
    """The bureau whose owner has decided who approves the plan and who declares a key period."""
    from tests.web.conftest import set_clock

    built = World.build(readings=S3_READINGS | SEATED).at("+1min")
    set_clock(monkeypatch, built)
    return built


@pytest.fixture
def client_of(decided):
    """A signed-in client for a person of the cast."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    def client(part: str) -> Client:
        made = Client()
        made.force_login(get_user_model().objects.get(username=f"{decided.root[-6:]}-{part}"))
        return made

    return client


def opened(client, kind: str, title: str) -> models.Case:
    """Open a case of a kind through the page that reports an incident."""
    page = client.get(f"/report/?kind={kind}").content.decode()
    assert f'value="{kind}" selected' in page
    answer = client.post("/report/", {"kind": kind, "title": title, "note": "登记", "key": kind})
    assert answer.status_code == 302, _words(answer)
    return models.Case.objects.get(kind=kind)


def done(client, case, name: str, typed=None, **part) -> None:
    """Do an act through its page."""
    answer = act(client, case, name, {"confirm": case.number[-4:], **(typed or {})}, **part)
    assert answer.status_code == 302, f"{name}: {_words(answer)}"


def types(case) -> list[str]:
    return list(models.Event.objects.filter(root=case.root, case=case).order_by("seq").values_list("type", flat=True))


def _words(answer) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode().split("<main")[-1])[:900]


def test_the_plan_in_force_is_adopted_drilled_trained_reviewed_and_read(decided: World, client_of):
    office, leader = client_of("bureau_office"), client_of("leader")
    case = opened(office, "standing", "本局预案")
    done(office, case, "adopt", {"note": "报批"}, verb="propose")
    refused = act(office, case, "adopt", {"note": "自批"}, verb="approve")
    assert refused.status_code == 422
    assert 'data-code="wait_for"' in refused.content.decode()
    done(leader, case, "adopt", {"note": "同意"}, verb="approve")
    done(office, case, "drill", {"note": "桌面推演"})
    done(office, case, "train", {"note": "新人培训"})
    done(office, case, "review", {"note": "年度评估"})
    done(office, case, "set", {"reading": "watch.promptly", "value": "2h", "reason": "局务会"})
    written = types(case)
    assert written[0] == "opened"
    assert [name for name in ("adopted", "drilled", "trained", "reviewed", "readings_set") if name not in written] == []
    page = office.get(f"/cases/{case.number}/").content.decode()
    assert "报告演练情况" in page


def test_a_key_period_is_declared_watched_and_ended_by_whom_the_owner_named(decided: World, client_of):
    group = client_of("group")
    case = opened(group, "key_period", "两会保障")
    refused = act(client_of("bureau_office"), case, "declare", {"note": "启动保障"})
    assert refused.status_code == 422
    assert 'data-code="not_yours"' in refused.content.decode()
    done(group, case, "declare", {"note": "两会期间"})
    page = re.sub(r"<wbr>|\s", "", group.get(f"/cases/{case.number}/").content.decode())
    assert "电话畅通" in page
    assert "S3-114" in page
    done(group, case, "end", {"note": "会议结束"})
    done(group, case, "close", {"note": "归档"})
    assert types(case)[-1] == "closed"
