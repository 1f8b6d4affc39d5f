"""A letter as a Word file is read back: the same words, set as official letters are set. Runs on both databases."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from fengsui.documents import selectors as documents
from fengsui.documents import word
from tests.service.test_documents import letter, reported
from tests.world import World

ADDRESS = "duty.invalid/v/abcd1234"


def opened(content: bytes) -> docx.document.Document:
    """What an office program would read."""
    return docx.Document(io.BytesIO(content))


def words(read: docx.document.Document) -> str:
    """All that stands on the pages, tables too."""
    lines = [line.text for line in read.paragraphs]
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines + cells)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_says_what_the_sheet_says(world: World, lang: str) -> None:
    case, _ = reported(world)
    world.at("+1min").submit("owner", case, "assess", value="II", reason="初判")
    done = world.at("+1min").submit("owner", case, "report", to=("group",), note="续报")
    paper = letter(world, "group", case, done.seq, lang)
    read = opened(word.written(paper, ADDRESS, lang))
    said = words(read)
    rows = [text for part in paper.parts for row in part.rows for text in row]
    lines = [text for part in paper.parts for text in (part.heading, *part.lines)]
    for text in (paper.number, paper.house, paper.title, paper.to, paper.day, *paper.by, *rows, *lines):
        assert text in said, text
    assert rows and paper.level is not None and f"{'拟' if lang == 'zh' else 'proposed '}{paper.level.label}" in said
    assert all(f"〔{cite.short}〕" in said for cite in paper.cites) and (not paper.cites or paper.plan in said)
    foot = read.sections[0].footer.paragraphs[0]
    assert paper.code in foot.text and ADDRESS in foot.text
    assert "PAGE" in [mark.text for mark in foot._element.iter(qn("w:instrText"))]
    assert "演练" not in said and not read.sections[0].header.paragraphs[0].text


def test_it_is_set_on_a4_in_fangsong_and_every_run_is_chinese(world: World) -> None:
    case, done = reported(world)
    read = opened(word.written(letter(world, "group", case, done.seq), ADDRESS))
    page = read.sections[0]
    sides = (
        page.page_width,
        page.page_height,
        page.top_margin,
        page.bottom_margin,
        page.left_margin,
        page.right_margin,
    )
    wanted = (210, 297, 37, 35, 28, 26)
    assert all(abs(side - Mm(each)) < Mm(0.1) for side, each in zip(sides, wanted, strict=True))
    normal = read.styles["Normal"]
    assert normal.font.size == Pt(16)
    assert normal.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
    runs = list(read.element.body.iter(qn("w:r")))
    assert runs
    for run in runs:
        language = run.find(f"{qn('w:rPr')}/{qn('w:lang')}")
        assert language is not None and language.get(qn("w:eastAsia")) == "zh-CN"
    faces = {run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").get(qn("w:eastAsia")) for run in runs}
    assert faces == {"仿宋", "黑体", "宋体"}


def test_an_exercise_says_so_at_the_head_of_every_page(world: World) -> None:
    case = world.open("owner", facts={"interruption": "yes"}, mode="exercise")
    done = world.at("+1min").submit("owner", case, "report", to=("group",), note="演练报告")
    read = opened(word.written(letter(world, "group", case, done.seq), ADDRESS))
    assert read.sections[0].header.paragraphs[0].text == "演练"


def test_the_same_letter_gives_the_same_bytes_and_names_no_maker(world: World) -> None:
    case, done = reported(world)
    paper = letter(world, "group", case, done.seq)
    one, other = word.written(paper, ADDRESS), word.written(paper, ADDRESS)
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as package:
        assert {each.date_time for each in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"python-docx" not in package.read("docProps/core.xml")


def test_the_address_gives_the_file_to_whom_the_case_is_open_and_to_nobody_else(
    world: World, client, monkeypatch
) -> None:
    from django.contrib.auth import get_user_model

    from fengsui.server import clock

    monkeypatch.setattr(clock, "now", lambda: world.now)
    case, done = reported(world)
    users = get_user_model().objects
    address = f"/cases/{case.number}/docs/{done.seq}/letter.docx"
    client.force_login(users.get(username=f"{world.root[-6:]}-owner"))
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == word.TYPE
    assert answer["Content-Disposition"] == f'attachment; filename="{case.number}-{done.seq}.docx"'
    page = documents.document(world.ref("owner", case), done.seq, world.now)
    assert page is not None and page.paper is not None
    assert page.paper.title in words(opened(answer.content))
    assert f'href="{address}"' in client.get(address.removesuffix("letter.docx")).content.decode()
    client.force_login(users.get(username=f"{world.root[-6:]}-security"))
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302
