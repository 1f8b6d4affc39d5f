"""Lists as files: CSV that office programs read as Chinese and never as a formula."""

import csv
import io

import pytest

from fengsui.web.views import files

pytestmark = pytest.mark.django_db


def lines_of(rows: list[list[str]]) -> str:
    """What a file of these rows holds, the first its head."""
    return files.written(rows[0], rows[1:])[0]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", " =1", "＝1", "|x"])
def test_no_cell_is_taken_for_a_formula(cell):
    (line,) = csv.reader(io.StringIO(lines_of([["a"], [cell]]).removeprefix("\ufeff").partition("\r\n")[2], newline=""))
    assert line[0].lstrip("'") == cell or line[0] == f"'{cell}"
    assert not line[0].lstrip(" ").startswith(files.FORMULA)


def test_the_audit_as_a_file(world, at_the_page):
    world.open("owner", title='=HYPERLINK("x")', facts={"class": "attack"})
    client = at_the_page("auditor")
    answer = client.get("/audit/export.csv")
    text = answer.content.decode()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8" and text.startswith("\ufeff编号,")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {len(row) for row in rows} == {13} and len(rows) >= 2
    assert at_the_page("vendor").get("/audit/export.csv").status_code == 404
    assert client.get("/audit/export.csv?kind=closed").content.decode().count("\r\n") == 1


def test_a_file_that_was_cut_says_so_in_its_name(world, at_the_page, monkeypatch):
    world.open("owner", facts={"class": "attack"})
    monkeypatch.setattr(files, "MOST", 1)
    answer = at_the_page("auditor").get("/audit/export.csv")
    assert "-first-1.csv" in answer.headers["Content-Disposition"]
    assert answer.content.decode().count("\r\n") == 2


def test_the_archive_as_a_file(world, at_the_page):
    answer = at_the_page("owner").get("/archive/export.csv")
    assert answer.content.decode() == "\ufeff编号,事件,种类,级别,单位,报告,演练\r\n"
    assert at_the_page("vendor").get("/archive/export.csv").status_code == 404


def rows_of(answer) -> list[list[str]]:
    """What a file that was sent in parts holds."""
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff") and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_list_of_cases_as_a_file_holds_what_the_list_shows(world, at_the_page, clock, monkeypatch):
    monkeypatch.setattr("fengsui.cases.selectors.rows.BATCH", 2)
    world.open("owner", title="=1+1", facts={"class": "attack"})
    others = [world.at("+1min").open("owner", title=f"断电{n}", owner="office@B") for n in "甲乙丙丁"]
    clock(world)
    client = at_the_page("owner")
    head, *rows = rows_of(client.get("/cases/export.csv"))
    assert head[:4] == ["编号", "事件", "种类", "级别"] and {len(row) for row in rows} == {len(head)}
    assert [row[0] for row in rows[:4]] == [case.number for case in reversed(others)]
    assert rows[4][1] == "'=1+1" and rows[4][6] == "2024-01-10 09:01:00" and rows[4][5] == "甲处"
    assert int(rows[4][8]) > 0 and rows[4][10] == ""
    (only,) = rows_of(client.get("/cases/export.csv?unit=office@A"))[1:]
    assert only[1] == "'=1+1"
    listed = client.get("/cases/?unit=office@A").content.decode()
    assert "/cases/export.csv?unit=office%40A" in listed


def test_the_list_of_cases_as_a_file_ends_where_its_name_says(world, at_the_page, monkeypatch):
    for _case in range(3):
        world.open("owner", title="断电")
    monkeypatch.setattr(files, "MOST", 2)
    answer = at_the_page("owner").get("/cases/export.csv")
    assert "-first-2.csv" in answer.headers["Content-Disposition"] and len(rows_of(answer)) == 3
    assert len(rows_of(at_the_page("vendor").get("/cases/export.csv"))) == 1


@pytest.mark.parametrize("query", ["since=x", "until=9999-12-31", "since=0001-01-01", "after=x", "kind=x&unit=y"])
def test_odd_filters_find_nothing_and_break_nothing(world, at_the_page, query):
    for page in ("/audit/", "/archive/", "/audit/export.csv"):
        assert at_the_page("auditor").get(f"{page}?{query}").status_code == 200


def test_an_export_is_for_whoever_may_open_the_case(world, at_the_page):
    case = world.open("owner", facts={"class": "attack"})
    address = f"/cases/{case.number}/export.jsonl"
    answer = at_the_page("owner").get(address)
    assert answer.status_code == 200 and b"".join(answer.streaming_content).count(b"\n") >= 2
    assert f'filename="{case.number}.jsonl"' in answer.headers["Content-Disposition"]
    for page in (address, f"/cases/{case.number}/events/"):
        assert at_the_page("vendor").get(page).status_code == 404
    assert at_the_page("owner").get("/cases/XX-1/export.jsonl").status_code == 404


def test_wrong_codes_are_not_looked_up_without_end(world, client, at_the_page, monkeypatch, settings):
    from django.core.cache import cache

    cache.clear()
    monkeypatch.setattr("fengsui.web.views.records.WRONG", 3)
    case = world.open("owner", facts={"class": "attack"})
    code = case.code
    assert client.get(f"/v/{code}").status_code == 200
    assert [client.get(f"/v/0000000{n}").status_code for n in range(4)] == [404, 404, 404, 429]
    assert client.get(f"/v/{code}").status_code == 429
    assert at_the_page("owner").get(f"/v/{code}").status_code == 200
    named = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert client.get(f"/v/{code}", **named).status_code == 429, "anybody can write a header"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client.get(f"/v/{code}", **named).status_code == 200, "the proxy says who asks: not all are one"
    cache.clear()


def test_a_stranger_learns_nothing_of_the_content_from_a_code(world, client, at_the_page):
    case = world.open("owner", title="门户网站无法访问", facts={"class": "attack"})
    text = client.get(f"/v/{case.code}").content.decode()
    assert "真实" in text and case.number in text and "甲处主要负责人" in text
    assert "门户网站" not in text and "/events/" not in text
    assert f"/cases/{case.number}/events/" in at_the_page("owner").get(f"/v/{case.code}").content.decode()
    assert client.get("/v/?code=ab").headers["Location"] == "/v/ab"
    assert client.get("/v/").status_code == 200


def test_the_program_that_verifies_is_given_to_everybody(db, client):
    answer = client.get("/verify/fengsui-verify.py")
    assert (
        answer.content.startswith(b"#!/usr/bin/env python3") and "attachment" in answer.headers["Content-Disposition"]
    )
