"""The pages of administration: who finds which page, what may be done there, and that nothing typed is lost."""

import io
import re
import zipfile

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from fengsui.core import loader
from fengsui.directory import offices, selectors, service
from fengsui.ledger import selectors as ledger
from tests.cast import PASSWORD
from tests.world import BY, World

DEEDS = {
    "organisation": ("admin-organisations", "create"),
    "unit": ("admin-posts", "unit"),
    "appoint": ("admin-posts", "appoint"),
    "person": ("admin-people", "create"),
    "office": ("admin-person", "office"),
    "asset": ("admin-assets", "create"),
    "delegate": ("admin-delegations", "delegate"),
    "install": ("admin-packs", "install"),
    "adopt": ("admin-packs", "adopt"),
    "overlay": ("admin-overlay", "draft"),
    "calendar": ("admin-calendar", "publish"),
    "ladder": ("admin-ladder", "set"),
    "setting": ("admin-settings", "change"),
    "unlock": ("admin-locked", "unlock"),
    "revoke_token": ("admin-tokens", "revoke"),
    "channel": ("admin-channels", "create"),
    "resend": ("admin-attempts", "resend"),
    "roster": ("admin-roster", "fill"),
}


def officer(world: World, office: str) -> Client:
    name = f"{world.root[-6:]}-officer-{office}"
    made = service.create_person(
        world.root, f"某{office}", username=name, password=PASSWORD, office=office, actor=BY, at=world.now
    )
    world.people[office or "none"] = made
    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    return client


def said(page) -> list[str]:
    return re.findall(r"class=\"emsg[^>]*>([^<]+)", page.content.decode())


def address(world: World, name: str) -> str:
    kind = "?kind=webhook" if name == "admin-channels" else ""
    return reverse(name, args=[world.people["owner"]] if name == "admin-person" else []) + kind


def key_of(page: str, form: str) -> str:
    found = re.search(rf'id="f-{form}".*?name="key" value="([^"]+)"', page, re.S)
    assert found
    return found[1]


@pytest.mark.parametrize("office", [*offices.LABELS, ""])
def test_an_office_finds_its_pages_and_every_other_is_absent(world: World, office: str):
    client, who = officer(world, office), selectors.person(world.people[office or "none"])
    assert who is not None
    for area in offices.READS:
        answer = client.get(reverse(f"admin-{area}"))
        assert answer.status_code == (200 if offices.reads(who, area) else 404), area
    assert ("/admin/" in client.get("/cases/").content.decode()) == bool(office)


@pytest.mark.parametrize("office", [*offices.LABELS, ""])
def test_an_act_of_another_office_is_refused_and_changes_nothing(world: World, office: str):
    client, who = officer(world, office), selectors.person(world.people[office or "none"])
    assert who is not None
    before = len(ledger.entries(world.root, "administration", limit=10_000))
    for duty, (name, do) in DEEDS.items():
        answer = client.post(address(world, name), {"do": do})
        wanted = 422 if offices.may(who, duty) else 403 if offices.reads(who, offices.DUTIES[duty].area) else 404
        # An office may be taken away: an empty choice is a choice.
        wanted = 302 if (office, duty) == ("security_admin", "office") else wanted
        assert answer.status_code == wanted, duty
        if wanted == 403:
            assert offices.LABELS[offices.DUTIES[duty].offices[0]][0] in answer.content.decode()
    assert len(ledger.entries(world.root, "administration", limit=10_000)) == before
    assert set(DEEDS) == set(offices.DUTIES)


def test_what_was_typed_stays_and_the_same_form_sent_twice_makes_one_organisation(world: World):
    client, url = officer(world, "system_admin"), reverse("admin-organisations")
    key = key_of(client.get(url).content.decode(), "create")
    typed = {
        "do": "create",
        "key": key,
        "parent": world.root,
        "name": "新设的分局",
        "code": "xx",
        "zone": "Asia/Shanghai",
    }
    refused = client.post(url, typed)
    page = refused.content.decode()
    assert refused.status_code == 422 and "新设的分局" in page and "单位代码" in page and key in page
    for _ in range(2):
        assert client.post(url, {**typed, "code": "FJ"}).status_code == 302
    assert [one.organisation.name for one in selectors.scope(selectors.person(world.people["system_admin"]))] == [
        "甲市监管局",
        "新设的分局",
    ]


def test_a_person_is_created_signs_in_with_the_one_time_password_and_changes_it_first(world: World):
    client, url = officer(world, "system_admin"), reverse("admin-people")
    answer = client.post(url, {"do": "create", "organisation": world.root, "name": "新人", "username": "xinren"})
    found = re.search(r'id="once"><b>([^<]+)', answer.content.decode())
    assert found and answer.status_code == 200
    fresh = Client()
    assert fresh.post("/sign-in/", {"username": "xinren", "password": found[1]}).status_code == 302
    assert fresh.get("/")["Location"] == "/me/password/" == fresh.get("/cases/")["Location"]
    typed = {"old": found[1], "new": "by the lake at noon 9", "again": "by the lake at nine"}
    assert fresh.post("/me/password/", typed).status_code == 422
    assert fresh.post("/me/password/", {**typed, "again": typed["new"]}).status_code == 302
    assert fresh.get("/").status_code == 200
    assert found[1] not in client.get(url).content.decode()


def test_five_wrong_passwords_lock_a_name_and_the_security_administrator_unlocks_it(world: World):
    client = officer(world, "security_admin")
    name, wrong = f"{world.root[-6:]}-owner", {"password": "wrong"}
    for who in (name, "nobody-at-all"):
        said = [Client().post("/sign-in/", {"username": who, **wrong}).content.decode() for _ in range(5)]
        assert ["已锁定" in page for page in said] == [False] * 4 + [True]
    right = {"username": name, "password": PASSWORD}
    assert Client().post("/sign-in/", right).status_code == 422
    page = client.get("/admin/locked/").content.decode()
    assert name in page and "nobody-at-all" not in page
    assert client.post("/admin/locked/", {"do": "unlock", "id": world.people["owner"]}).status_code == 302
    assert Client().post("/sign-in/", right).status_code == 302
    assert ledger.search(world.root, "administration", limit=1)[0].type == "unlocked"


def test_a_lock_ends_by_itself(world: World, clock):
    name = f"{world.root[-6:]}-owner"
    for _ in range(5):
        Client().post("/sign-in/", {"username": name, "password": "wrong"})
    clock(world.at("+16min"))
    assert Client().post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302


def test_the_security_administrator_seats_others_and_not_himself(world: World):
    client, url = officer(world, "security_admin"), reverse("admin-posts")
    page = client.get(url).content.decode()
    assert "没有人" in page and "乙处信息系统管理员" in page
    typed = {"do": "appoint", "seat": "office.sysadmin@B", "person": world.people["nobody"]}
    assert client.post(url, {**typed, "since": "昨天"}).status_code == 422
    assert client.post(url, typed).status_code == 302
    assert [seat.text for seat in selectors.seats_of(world.people["nobody"], world.at("+1h").now)] == [
        "office.sysadmin@B"
    ]
    assert client.post(url, {**typed, "person": world.people["security_admin"]}).status_code == 403
    office = reverse("admin-person", args=[world.people["security_admin"]])
    assert client.post(office, {"do": "office", "office": ""}).status_code == 403


def test_a_table_with_a_wrong_line_comes_back_as_text_with_the_line_named(world: World):
    client, url = officer(world, "system_admin"), reverse("admin-assets")
    table = "名称,主管单位\n门户,甲处\n邮件,没有的处\n"
    file = io.BytesIO(table.encode("gb18030"))
    file.name = "systems.csv"
    refused = client.post(url, {"do": "import", "file": file})
    page = refused.content.decode()
    assert refused.status_code == 422 and "第 3 行“邮件”" in page and "邮件,没有的处" in page
    assert not selectors.assets(world.root, world.root)
    assert client.post(url, {"do": "import", "text": table.replace("没有的处", "乙处")}).status_code == 302
    told = client.get(reverse("admin-table")).content.decode("utf-8-sig")
    assert told.splitlines()[1:] == ["邮件,office@B", "门户,office@A"] or len(told.splitlines()) == 3


def test_a_pack_with_faults_is_told_by_file_and_line_and_nothing_is_installed(world: World):
    client, url = officer(world, "system_admin"), reverse("admin-packs")
    texts = dict(loader.texts_of(loader.shipped()["demo-linjiang"]))
    texts["facts.yaml"] += "\nnonsense: yes\n"
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as opened:
        for name, text in texts.items():
            opened.writestr(f"demo-linjiang/{name}", text)
    raw.seek(0)
    raw.name = "demo.zip"
    refused = client.post(url, {"do": "install", "file": raw})
    assert refused.status_code == 422 and re.search(r"facts\.yaml:\d+", refused.content.decode())
    assert "demo-linjiang" not in re.sub(r"<option.*?</option>", "", client.get(url).content.decode())
    assert client.post(url, {"do": "install", "shipped": "demo-linjiang"}).status_code == 302
    author = officer(world, "plan_author")
    digest = re.search(r'name="id" value="(sha256:[0-9a-f]+)"', author.get(url).content.decode())
    assert digest and author.post(url, {"do": "adopt", "id": digest[1]}).status_code == 302
    plan = selectors.plan_of(world.root, world.root)
    assert plan is not None and plan.id == "demo-linjiang"


def test_additions_are_drafted_with_faults_and_published_without(world: World):
    client, url = officer(world, "plan_author"), reverse("admin-overlay")
    head = "language: 1\nfor: chongqing-finance-regulator\n"
    assert client.post(url, {"do": "draft", "text": head + "nonsense: 1\n"}).status_code == 302
    page = client.get(url).content.decode()
    assert "nonsense" in page and "overlay.yaml:3" in page
    refused = client.post(url, {"do": "publish", "text": head + "nonsense: 1\n"})
    assert refused.status_code == 422 and "nonsense: 1" in refused.content.decode()
    assert client.post(url, {"do": "publish", "text": head}).status_code == 302
    assert "第 1 版在用" in client.get(url).content.decode()
    assert client.post(url, {"do": "withdraw", "reason": ""}).status_code == 422
    assert client.post(url, {"do": "withdraw", "reason": "并入新版预案"}).status_code == 302


def test_a_ladder_is_tried_put_in_force_by_a_paper_and_taken_back(world: World):
    client, url = officer(world, "plan_author"), reverse("admin-ladder")
    assert "出厂的阶梯" in client.get(url).content.decode()
    bad = "hard:\n  - {rung: due, when: noon, to: [holders]}\n  - {rung: x, when: 50%, to: [nobody]}\n"
    refused = client.post(url, {"do": "preview", "text": bad})
    assert (
        refused.status_code == 422 and "ladder.yaml:2" in said(refused)[0] and "when: noon" in refused.content.decode()
    )
    daily = "  - {rung: daily, when: +1d, every: 1d, to: [holders]}\n"
    own = "hard:\n  - {rung: due, when: due, to: [holders, nobody]}\n" + daily
    refused = client.post(url, {"do": "preview", "text": own})
    assert refused.status_code == 422 and "nobody" in said(refused)[0]
    own = (
        "hard:\n  - {rung: late, when: 95%, to: [holders]}\n  - {rung: due, when: due, to: [holders, leading_group]}\n"
        + daily
    )
    tried = client.post(url, {"do": "preview", "text": own}).content.decode()
    assert "还没有生效" in tried and "第 57 分钟" in tried and "时间过去 95%" in tried and "领导小组" in tried
    assert "出厂的阶梯" in client.get(url).content.decode(), "trying changes nothing"
    assert client.post(url, {"do": "set", "text": own, "paper": ""}).status_code == 422
    assert client.post(url, {"do": "set", "text": own, "paper": "应急办 2024-3"}).status_code == 302
    page = client.get(url).content.decode()
    assert "本单位的阶梯" in page and "应急办 2024-3" in page and "正在改排" in page
    assert client.post(url, {"do": "drop", "reason": "改回"}).status_code == 302
    assert "出厂的阶梯" in client.get(url).content.decode()


def test_settings_and_a_year_of_the_calendar_are_entered(world: World):
    client = officer(world, "plan_author")
    settings, calendar = reverse("admin-settings"), reverse("admin-calendar")
    assert client.post(settings, {"do": "change", "countersign_within": "soon"}).status_code == 422
    assert client.post(settings, {"do": "change", "countersign_within": "12h"}).status_code == 302
    assert "12h" in client.get(settings).content.decode()
    year = {"do": "publish", "year": "2031", "off": "2031-01-01", "work": "2031-01-04", "source": "国办发 1 号"}
    assert client.post(calendar, {**year, "off": "2031-01-04"}).status_code == 422
    assert client.post(calendar, year).status_code == 302
    assert "国办发 1 号" in client.get(calendar).content.decode()


def test_a_seat_is_lent_by_a_paper_and_taken_back(world: World):
    client, url = officer(world, "security_admin"), reverse("admin-delegations")
    typed = {
        "do": "delegate",
        "of": "group.lead",
        "person": world.people["nobody"],
        "acts": ["approve"],
        "document": "监授〔2024〕3 号",
        "until": "2024-01-12 18:00",
    }
    assert client.post(url, {**typed, "document": ""}).status_code == 422
    assert client.post(url, typed).status_code == 302
    page = client.get(url).content.decode()
    assert "监授〔2024〕3 号" in page
    id = re.search(r'value="revoke"><input type="hidden" name="id" value="([^"]+)', page)
    assert id and client.post(url, {"do": "revoke", "id": id[1]}).status_code == 302
    assert "已止" in client.get(url).content.decode()


def test_the_ledger_of_changes_is_searched_and_its_chain_checked(world: World):
    client, url = officer(world, "auditor"), reverse("admin-ledger")
    page = client.get(url, {"q": "乙处", "check": "1"}).content.decode()
    assert "建立处室" in page and "逐条核对无误" in page and "采用预案" not in re.sub(r"<option.*?</option>", "", page)


def test_another_trees_rows_are_absent(world: World):
    stranger = world.neighbour()
    client = officer(world, "system_admin")
    assert client.get(reverse("admin-person", args=[stranger])).status_code == 404
    assert client.get(reverse("admin-posts"), {"org": "elsewhere"}).status_code == 404
