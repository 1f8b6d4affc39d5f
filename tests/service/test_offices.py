"""Who administers what: every office at every page and every act; nobody for himself; nothing outside one's tree."""

import pytest

from fengsui.core.problems import Refused
from fengsui.directory import offices, selectors, service
from tests.world import BY, World

pytestmark = pytest.mark.django_db
OFFICES = ("system_admin", "security_admin", "auditor", "plan_author", "")
LOOKS = {
    "index": "system_admin security_admin auditor plan_author",
    "organisations": "system_admin security_admin auditor plan_author",
    "posts": "system_admin security_admin auditor plan_author",
    "people": "system_admin security_admin auditor",
    "assets": "system_admin auditor plan_author",
    "delegations": "security_admin auditor",
    "roster": "security_admin auditor",
    "packs": "system_admin auditor plan_author",
    "overlay": "auditor plan_author",
    "calendar": "system_admin auditor plan_author",
    "ladder": "auditor plan_author",
    "settings": "auditor plan_author",
    "locked": "security_admin auditor",
    "tokens": "security_admin auditor",
    "channels": "system_admin auditor",
    "attempts": "system_admin auditor",
    "rollcall": "system_admin security_admin auditor",
    "ledger": "security_admin auditor",
}
DOES = {
    "organisation": "system_admin",
    "unit": "system_admin",
    "appoint": "security_admin",
    "person": "system_admin",
    "office": "security_admin",
    "asset": "system_admin",
    "delegate": "security_admin",
    "roster": "security_admin",
    "install": "system_admin",
    "adopt": "plan_author",
    "overlay": "plan_author",
    "calendar": "plan_author",
    "ladder": "plan_author",
    "setting": "plan_author",
    "channel": "system_admin",
    "resend": "system_admin",
    "unlock": "security_admin",
    "revoke_token": "security_admin",
}


def holder(world: World, office: str) -> selectors.PersonRef:
    made = service.create_person(world.organisation, f"某{office}", office=office, actor=BY, at=world.now)
    found = selectors.person(made)
    assert found is not None
    return found


def test_the_table_names_every_page_and_every_act() -> None:
    assert set(LOOKS) == set(offices.READS) and set(DOES) == set(offices.DUTIES)


@pytest.mark.parametrize("office", OFFICES)
def test_an_office_reads_its_pages_and_does_its_acts_and_no_others(world: World, office: str) -> None:
    who = holder(world, office)
    assert {area for area in offices.READS if offices.reads(who, area)} == {
        area for area, told in LOOKS.items() if office in told.split()
    }
    done = set()
    for duty in offices.DUTIES:
        try:
            offices.demand(who, duty)
            done.add(duty)
        except Refused as refused:
            assert refused.problem.code == "not_your_office"
            assert offices.LABELS[DOES[duty]][0] in refused.problem.message("zh")
    assert done == {duty for duty, told in DOES.items() if told == office}


def test_the_auditor_changes_nothing_and_no_act_is_shared_by_two_of_the_three() -> None:
    assert not [name for name, duty in offices.DUTIES.items() if "auditor" in duty.offices]
    assert not [name for name, duty in offices.DUTIES.items() if len(duty.offices) != 1]


@pytest.mark.parametrize("duty", offices.NOT_ONESELF)
def test_nobody_gives_himself_an_office_a_post_or_a_seat(world: World, duty: str) -> None:
    who = holder(world, "security_admin")
    with pytest.raises(Refused) as refused:
        offices.demand(who, duty, on=who.id)
    assert refused.value.problem.code == "not_yourself"
    offices.demand(who, duty, on=world.people["owner"])


def test_an_officer_below_reaches_his_own_branch_and_not_what_is_one_for_the_whole_tree(world: World) -> None:
    below = service.create_organisation("下级局", "XJ", parent=world.root, actor=BY, at=world.now)
    lower = service.create_organisation("再下级局", "ZX", parent=below, actor=BY, at=world.now)
    made = service.create_person(below, "下级安全员", office="security_admin", actor=BY, at=world.now)
    who = selectors.person(made)
    assert who is not None
    assert [(one.organisation.id, one.depth) for one in selectors.scope(who)] == [(below, 0), (lower, 1)]
    assert offices.reads(who, "people") and not offices.reads(who, "ledger")
