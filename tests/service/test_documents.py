"""Documents: what a record of the log is as a letter. Everything runs on both databases."""

import json

import pytest

from fengsui.cases import models
from fengsui.cases import service as cases
from fengsui.cases.pages import Receipt
from fengsui.core.case import Registration
from fengsui.documents import selectors as documents
from fengsui.documents.pages import Paper
from tests.world import World

FACTS = {"interruption": "yes"}


def letter(world: World, who: str, case: Receipt, seq: int, lang: str = "zh") -> Paper:
    """The paper of one record."""
    page = documents.document(world.ref(who, case), seq, world.now, lang=lang)
    assert page is not None and page.paper is not None
    return page.paper


def said(paper: Paper) -> str:
    """Everything a paper says."""
    parts = [f"{part.heading} {part.rows} {part.lines}" for part in paper.parts]
    return " ".join([paper.number, paper.signed, paper.house, paper.title, paper.to, *parts, *paper.by, paper.day])


def reported(world: World, **more) -> tuple[Receipt, Receipt]:
    """A case of the owner's, with a first report to the lead office."""
    case = world.open("owner", facts=FACTS, unknown=("shutdown",))
    done = world.at("+5min").submit("owner", case, "report", to=("group",), **{"note": "电话已报", **more})
    return case, done


class TestReports:
    def test_a_report_says_who_to_whom_when_and_what_was_not_known_then(self, world: World) -> None:
        case, done = reported(world)
        paper = letter(world, "group", case, done.seq)
        assert paper.number == f"报告编号：{case.number}-01" and paper.title == "报告（初报）"
        assert paper.house == "甲市监管局" and paper.by == ("甲市监管局", "甲处")
        assert paper.to and paper.to in said(paper) and paper.day == "2024年1月10日9时5分"
        assert "1月10日9时5分" in paper.parts[0].lines[0] and "门户网站无法访问" in paper.parts[0].lines[0]
        assert "电话已报" in said(paper) and "不清楚：" in said(paper)
        assert paper.code == done.code and paper.level is None and not paper.exercise and not paper.entered

    def test_what_was_learned_later_is_not_in_it(self, world: World) -> None:
        case, done = reported(world)
        before = letter(world, "group", case, done.seq)
        world.at("+5min").submit("owner", case, "state", facts={"shutdown": "no"})
        world.at("+1min").submit("owner", case, "assess", value="II", reason="初判")
        assert letter(world, "group", case, done.seq) == before
        later = world.at("+1min").submit("owner", case, "report", to=("group",), note="续报")
        paper = letter(world, "group", case, later.seq)
        assert paper.title == "报告（续报，第2报）" and paper.level is not None and paper.level.proposed
        assert any(row == ("事件级别", "Ⅱ级 重大（拟定）") for part in paper.parts for row in part.rows)
        assert "不清楚" not in said(paper)

    def test_a_form_stands_in_the_plans_order_under_its_labels_and_names_the_clause(self, world: World) -> None:
        case = world.open("owner", kind="warning", facts={"class": "attack"})
        book_form = documents_form(world)
        fields = {name: answer(kind) for name, _, kind in book_form}
        done = world.at("+1min").submit("owner", case, "issue", value="blue", form=fields)
        paper = letter(world, "group", case, done.seq)
        order = [text for part in paper.parts for text in (part.heading, *(row[0] for row in part.rows)) if text]
        labels = [label for _, label, _ in book_form]
        assert [text.rpartition("、")[2] for text in order if text.rpartition("、")[2] in labels] == labels
        assert ("起始时间", "1月10日8时30分") in paper.parts[1].rows and ("事件类别", "不清楚") in paper.parts[1].rows
        assert any("自拟的内容" in line for part in paper.parts for line in part.lines)
        assert {cite.id for cite in paper.cites} >= {"S3-043"}

    def test_a_report_entered_late_says_when_it_was_entered(self, world: World) -> None:
        case = world.open("owner", facts=FACTS)
        world.at("+30min")
        back = world.now.replace(minute=10)
        done = world.submit("owner", case, "report", to=("group",), note="电话", happened_at=back)
        paper = letter(world, "group", case, done.seq)
        assert (paper.day, paper.entered) == ("2024年1月10日9时10分", "2024年1月10日9时30分")

    def test_a_paper_of_a_body_outside_is_signed_by_who_signed_it(self, world: World) -> None:
        case = world.open("owner", facts=FACTS)
        paper = Registration("sha256:" + "0" * 64, "2024-01-10", "某负责人", "传真", "7")
        done = world.at("+1min").submit("owner", case, "report", to=("group",), note="转报", registered=paper)
        assert letter(world, "group", case, done.seq).signed == "签发：某负责人"

    def test_an_exercise_is_marked_on_its_paper(self, world: World) -> None:
        case = world.open("owner", facts=FACTS, mode="exercise")
        done = world.at("+1min").submit("owner", case, "report", to=("group",), note="演练报告")
        assert letter(world, "group", case, done.seq).exercise

    def test_what_was_erased_says_so_and_the_chain_still_holds(self, world: World) -> None:
        case, done = reported(world, note="张三的手机号")
        cases.erase(case.case, done.seq, reason="个人信息", actor=world.people["security"], at=world.now)
        paper = letter(world, "group", case, done.seq)
        assert "已依法删除" in said(paper) and "手机号" not in said(paper)

    def test_a_report_that_was_put_right_names_the_correction(self, world: World) -> None:
        case, done = reported(world)
        right = world.at("+1min").submit("owner", case, "correct", target=str(done.seq), reason="写错时间", facts=FACTS)
        page = documents.document(world.ref("owner", case), done.seq, world.now)
        assert page is not None and page.corrected == (right.seq,)
        (row,) = [row for row in listed(world, "owner", case) if row.seq == done.seq]
        assert row.corrected


class TestRequestsAndDecisions:
    def test_a_link_that_goes_on_is_a_request_to_the_next_and_the_decision_a_notice(self, world: World) -> None:
        case = world.open("owner", facts=FACTS)
        world.at("+5min").submit("owner", case, "assess", value="III", reason="初判")
        world.at("+2min").submit("owner", case, "confirm", value="III", reason="同初判")
        world.at("+2min").submit("owner", case, "activate", value="III")
        asked = world.at("+2min").submit("owner", case, "end", verb="decide", reason="已恢复")
        world.at("+2min").submit("group", case, "end", verb="concur")
        request = letter(world, "owner", case, asked.seq)
        assert request.title == "关于结束响应的请示" and request.to and request.cites
        assert "已恢复" in said(request) and request.level is not None and request.level.id == "III"
        rows = listed(world, "owner", case)
        assert rows[0].title == "关于结束响应的通知" and rows[0].kind == "通知"
        by_number = {row.seq: row for row in rows}
        assert by_number[asked.seq].to == request.to, "the list names who is next, as the letter does"
        assert rows[0].to == "", "a decision that names nobody: the page says so"
        assert [row.seq for row in rows] == sorted((row.seq for row in rows), reverse=True)
        english = letter(world, "owner", case, asked.seq, "en")
        assert english.title.startswith("Request: ") and "January 2024" in english.day

    def test_an_urging_goes_to_whom_it_urges(self, world: World) -> None:
        case = world.open("owner", facts=FACTS)
        owed = models.Obligation.objects.filter(case=case.case, live=True).first()
        assert owed is not None
        done = world.at("+1min").submit("group", case, "urge", target=owed.key, note="报来")
        paper = letter(world, "group", case, done.seq)
        assert paper.title == "催办通知" and paper.to
        assert [row.to for row in listed(world, "group", case) if row.seq == done.seq] == [paper.to]
        assert any(row[0] == "催办事项" and row[1] == owed.owes for part in paper.parts for row in part.rows)

    def test_what_is_no_document_is_absent(self, world: World) -> None:
        case = world.open("owner", facts=FACTS)
        ref = world.ref("owner", case)
        assert documents.document(ref, 1, world.now) is None and documents.document(ref, 999, world.now) is None
        assert documents.documents(ref, None, world.now).rows == ()
        assert documents.numbers(ref) == frozenset()


class TestReading:
    def test_behind_a_broken_link_there_is_no_paper(self, world: World) -> None:
        case, done = reported(world)
        first = models.Event.objects.get(case=case.case, seq=1)
        body = json.loads(json.dumps(first.body)) | {"type": "nothing"}
        models.Event.objects.filter(pk=first.pk).update(body=body)
        page = documents.document(world.ref("owner", case), done.seq, world.now)
        assert page is not None and page.paper is None and page.check.broken_at == 1
        models.Event.objects.filter(case=case.case, seq=done.seq).update(body={"content": 7})
        assert not documents.documents(world.ref("owner", case), None, world.now).check.whole

    def test_a_long_list_goes_on_and_both_pages_are_read_in_few_queries(
        self, world: World, monkeypatch, django_assert_max_num_queries
    ) -> None:
        monkeypatch.setattr(documents, "PAGE", 2)
        case, _ = reported(world)
        for _more in range(4):
            last = world.at("+1min").submit("owner", case, "report", to=("group",), note="续报")
        ref = world.ref("owner", case)
        with django_assert_max_num_queries(15):
            page = documents.documents(ref, None, world.now)
        assert len(page.rows) == 2 and page.before == page.rows[-1].seq
        rest = documents.documents(ref, page.before, world.now)
        assert [row.seq for row in rest.rows] < [row.seq for row in page.rows]
        with django_assert_max_num_queries(20):
            one = documents.document(ref, last.seq, world.now)
        assert one is not None and one.earlier is not None and one.later is None


def listed(world: World, who: str, case: Receipt):
    return documents.documents(world.ref(who, case), None, world.now).rows


def documents_form(world: World) -> list[tuple[str, str, str]]:
    """The fields of the form that issuing a warning wants: name, label, kind."""
    from fengsui.library import selectors as library

    form = library.pack(world.root, world.pack).forms["warning_notice"]
    return [(name, field.zh or name, field.type.kind) for name, field in form.fields.items()]


def answer(kind: str) -> str:
    return {
        "text": "自拟的内容，写得长些，一行放不下，须另起一段，才看得出段落来。",
        "instant": "2024-01-10 08:30",
        "body": "group",
    }.get(kind, "unknown")


@pytest.mark.parametrize(("moment", "words"), [("2024-11-26 03:30", "2024年11月26日3时30分")])
def test_a_moment_is_written_as_letters_write_it(moment: str, words: str) -> None:
    from fengsui.core.timing import parse_instant
    from fengsui.documents.letter import written
    from tests.world import ZONE

    at = parse_instant(moment, ZONE)
    assert written(at, ZONE, "zh") == words and written(at, ZONE, "zh", year=False) == words.removeprefix("2024年")
    assert written(at, ZONE, "en") == "26 November 2024, 03:30"
