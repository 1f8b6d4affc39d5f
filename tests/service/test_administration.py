"""Changes of administration: done once, told to the ledger once, and lists that cost the same however long they are."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.http import HttpRequest

from fengsui.core import loader
from fengsui.core.problems import PackError, Refused
from fengsui.directory import models, selectors, service
from fengsui.ledger import selectors as ledger
from fengsui.ledger.ids import new_id
from fengsui.library import registers
from fengsui.library.uploads import read_zip
from tests.world import BY, World

pytestmark = pytest.mark.django_db


def count(world: World) -> int:
    return len(ledger.entries(world.root, "administration", limit=10_000))


def zipped(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return written.getvalue()


def test_a_form_sent_twice_makes_one_row_and_one_entry(world: World) -> None:
    key, before = (
        {name: new_id(world.now) for name in ["organisation", "person", "post", "seat", "asset"]},
        count(world),
    )
    until = world.now + timedelta(days=3)
    for _ in range(2):
        by = {"actor": BY, "at": world.now}
        service.create_organisation("下级局", "XJ", parent=world.root, key=key["organisation"], **by)
        one = service.create_person(world.root, "新来的人", key=key["person"], **by)
        service.appoint(one, "group", post="member", key=key["post"], **by)
        service.delegate(world.root, "group.lead", person=one, document="3 号", until=until, key=key["seat"], **by)
        service.create_asset(world.root, "门户", "office@A", {}, key=key["asset"], **by)
    assert count(world) == before + 5


def test_what_changes_nothing_is_no_entry(world: World) -> None:
    by = {"actor": BY, "at": world.now}
    row = selectors.organisation(world.root, world.root)
    assert row is not None
    same = {"name": row.name, "name_en": "", "zone": row.zone, "tier": "", "outlines_from_opening": False}
    before = count(world)
    service.change_organisation(world.root, world.root, **same, **by)
    service.set_office(world.people["auditor"], "auditor", **by)
    assert count(world) == before
    service.change_organisation(world.root, world.root, **{**same, "tier": "hq"}, **by)
    entry = ledger.search(world.root, "administration", limit=1)[0]
    assert entry.type == "organisation_changed" and entry.content == {"id": world.root, "tier": "hq"}


def test_nothing_of_another_tree_can_be_changed(world: World) -> None:
    stranger = world.neighbour()
    by = {"actor": BY, "at": world.now}
    for deed in (
        lambda: service.reset_password(world.root, stranger, username="taken-over", **by),
        lambda: service.change_person(world.root, stranger, name="别名", email="", **by),
        lambda: service.unlock(world.root, stranger, **by),
    ):
        with pytest.raises(Refused) as refused:
            deed()
        assert refused.value.problem.code == "absent"


def test_a_one_time_password_is_shown_kept_nowhere_and_changed_by_its_person(world: World) -> None:
    name, person = f"{world.root[-6:]}-owner", world.people["owner"]
    once = service.reset_password(world.root, person, actor=BY, at=world.now)
    user = authenticate(HttpRequest(), username=name, password=once)
    found = selectors.person_for(user)
    assert found is not None and found.once
    assert once not in str([entry.content for entry in ledger.entries(world.root, "administration", limit=10_000)])
    for old, new in (("wrong", "a new one by the sea 12"), (once, once), (once, "short")):
        with pytest.raises(Refused):
            service.set_own_password(person, old, new, at=world.now)
    service.set_own_password(person, once, "a new one by the sea 12", at=world.now)
    again = selectors.person_for(get_user_model().objects.get(username=name))
    assert again is not None and not again.once


def test_a_table_of_systems_comes_in_whole_or_not_at_all_and_changes_what_it_knows(world: World) -> None:
    by = {"actor": BY, "at": world.now}
    service.create_asset(world.root, "门户", "office@A", {}, **by)
    lines = [service.AssetLine(2, "门户", "office@B", {}), service.AssetLine(3, "邮件", "office@Z", {})]
    wrong, made, changed = service.import_assets(world.root, [*lines, service.AssetLine(4, "", "office@A", {})], **by)
    assert [(one.line, one.problem.code) for one in wrong] == [(3, "no_such_name"), (4, "bad_input")]
    assert (made, changed) == (0, 0)
    assert [(one.name, one.owner) for one in selectors.assets(world.root, world.root)] == [("门户", "office@A")]
    mended = [lines[0], service.AssetLine(3, "邮件", "office@A", {})]
    assert service.import_assets(world.root, mended, **by) == ((), 1, 1)
    owners = {one.name: one.owner for one in selectors.assets(world.root, world.root)}
    assert owners == {"门户": "office@B", "邮件": "office@A"}


def test_a_system_out_of_use_leaves_the_choices_and_stays_in_the_register(world: World) -> None:
    by = {"actor": BY, "at": world.now}
    id = service.create_asset(world.root, "门户", "office@A", {}, **by)
    service.change_asset(world.root, id, name="门户", owner="office@A", attributes={}, active=False, **by)
    assert not selectors.assets(world.root, world.root)
    assert [one.active for one in selectors.asset_rows(world.root, world.root)] == [False]


def test_posts_that_nobody_holds_are_found_and_filled(world: World) -> None:
    empty = selectors.empty_posts(world.root, world.root, world.now)
    wanted = "乙处信息系统管理员（系统联络员）"
    assert wanted in empty
    service.appoint(world.people["nobody"], "office", post="sysadmin", place="B", actor=BY, at=world.now)
    assert set(empty) - set(selectors.empty_posts(world.root, world.root, world.now)) == {wanted}


def test_lists_cost_the_same_however_many_people_there_are(world: World, django_assert_max_num_queries) -> None:
    for number in range(20):
        one = service.create_person(world.root, f"第{number}人", actor=BY, at=world.now)
        service.appoint(one, "group", post="member", actor=BY, at=world.now)
    assert models.Person.objects.count() > 20
    selectors.bodies_page(world.root, world.root, world.now)  # books are kept
    with django_assert_max_num_queries(14):
        assert len(selectors.people_rows(world.root, [world.root], world.now)) > 20
    with django_assert_max_num_queries(12):
        selectors.bodies_page(world.root, world.root, world.now)


def test_the_ledger_is_searched_by_kind_person_and_words(world: World) -> None:
    by = {"actor": world.people["security"], "at": world.now}
    service.create_unit(world.root, world.root, "office", "C", "丙处", **by)
    search = ledger.search
    assert [row.type for row in search(world.root, "administration", words="丙处")] == ["unit_created"]
    assert {row.actor for row in search(world.root, "administration", words="x", ids=[by["actor"]])} >= {by["actor"]}
    assert not search(world.root, "administration", type="unit_created", since=world.now + timedelta(days=1))
    newest, *_ = search(world.root, "administration")
    assert search(world.root, "administration", before=newest.seq, limit=1)[0].seq == newest.seq - 1


def test_a_zip_is_read_with_its_folder_taken_off_and_its_faults_told_by_file_and_line() -> None:
    texts = dict(loader.texts_of(loader.shipped()["demo-linjiang"]))
    raw = {f"demo/{name}": text.encode() for name, text in texts.items()}
    assert read_zip(zipped({**raw, "demo/.hidden": b"x"}), "demo.zip") == texts
    with pytest.raises(PackError) as wrong:
        read_zip(zipped({"facts.yaml": b"a: 1\nb: \xff\xfe"}), "x.zip")
    (problem,) = wrong.value.problems
    assert (problem.where.file, problem.where.line) == ("facts.yaml", 2)


@pytest.mark.parametrize("raw", [b"no zip", zipped({"../pack.yaml": b"x", "a/b": b"y"}), b""])
def test_what_is_no_zip_or_leads_elsewhere_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_zip(raw, "x.zip")
    assert refused.value.problem.code == "bad_file"


def test_the_register_asks_what_the_plan_asks(world: World) -> None:
    fields = {one.name: one for one in registers.asset_fields(world.root, world.root)}
    assert all(name.startswith("asset.") and name not in registers.COMPUTED for name in fields)
    assert all(one.label for one in fields.values())
