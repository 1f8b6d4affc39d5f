"""A letter as a Word file: the same page model as the sheet on the screen, set as official letters are set.

Rules
- A4 with the margins of GB/T 9704 (37 mm above, 35 below, 28 left, 26 right), FangSong 16 pt, headings HeiTi, title
  SimSun; every run says zh-CN, so that an office program breaks lines and checks spelling as Chinese.
- Nothing is added to the letter but the foot: the short code, the address that verifies it, the number of the page. A
  letter of an exercise says so at the head of every page.
- The same letter gives the same bytes: no time of making, no name of a maker.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from fengsui.core.problems import Lang
from fengsui.documents.pages import Paper, Part

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, HEADING, TITLE = "仿宋", "黑体", "宋体"
SIZE, SMALL, LINE = Pt(16), Pt(10.5), Pt(28)
INDENT = Pt(32)
"""Two characters."""
MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""Office programs want a time of making; the letter's own day stands in the letter."""


def written(paper: Paper, address: str, lang: Lang = "zh") -> bytes:
    """Return the file of a letter; `address` is where its code is verified."""
    document = docx.Document()
    _page(document)
    _head(document, paper, lang)
    for part in paper.parts:
        _part(document, part)
    _end(document, paper, lang)
    _foot(document, paper, address, lang)
    _properties(document, paper, lang)
    kept = io.BytesIO()
    document.save(kept)
    return _same(kept.getvalue())


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = document.styles["Normal"]
    normal.font.size = SIZE
    _faces(normal.element.get_or_add_rPr(), BODY)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = LINE


def _head(document: Document, paper: Paper, lang: Lang) -> None:
    level = _level(paper, lang)
    _line(document, "    ".join(text for text in (paper.number, level, paper.signed) if text), size=SMALL)
    if paper.exercise:
        mark = document.sections[0].header.paragraphs[0]
        mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(mark, "演练" if lang == "zh" else "EXERCISE", face=HEADING)
    title = _line(document, paper.house, face=TITLE, size=Pt(22), centred=True, bold=True)
    title.paragraph_format.line_spacing = Pt(34)
    title.runs[0].add_break()
    _run(title, paper.title, face=TITLE, size=Pt(22), bold=True)
    _line(document, "")
    if paper.to:
        _line(document, paper.to + ("：" if lang == "zh" else ":"))


def _level(paper: Paper, lang: Lang) -> str:
    if paper.level is None:
        return ""
    head = ("拟" if lang == "zh" else "proposed ") if paper.level.proposed else ""
    return head + paper.level.label


def _part(document: Document, part: Part) -> None:
    if part.heading:
        _line(document, part.heading, face=HEADING, indented=True).paragraph_format.keep_with_next = True
    if part.rows:
        _table(document, part.rows)
    for line in part.lines:
        _line(document, line, indented=True)


def _table(document: Document, rows: Iterable[tuple[str, str]]) -> None:
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    table.autofit = False
    for label, value in rows:
        cells = table.add_row().cells
        for cell, width, text in zip(cells, (Mm(48), Mm(108)), (label, value), strict=True):
            cell.width = width
            first, *others = text.splitlines() or [""]
            _run(cell.paragraphs[0], first, size=Pt(14))
            for other in others:
                _run(cell.add_paragraph(), other, size=Pt(14))


def _end(document: Document, paper: Paper, lang: Lang) -> None:
    if paper.enclosed:
        files = "  ".join(f"{n}. {name}" for n, name in enumerate(paper.enclosed, 1))
        _line(document, ("附件：" if lang == "zh" else "Enclosed: ") + files, indented=True)
    if paper.cites:
        clauses = "".join(f"〔{cite.short}〕" for cite in paper.cites)
        head = f"依据：《{paper.plan}》{paper.version}版" if lang == "zh" else f"By: {paper.plan} {paper.version} "
        _line(document, head + clauses, size=SMALL, indented=True)
    _line(document, "")
    for line in (*paper.by, paper.day):
        _line(document, line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if paper.entered:
        said = f"（{paper.entered}补记）" if lang == "zh" else f"(entered {paper.entered})"
        _line(document, said).alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _foot(document: Document, paper: Paper, address: str, lang: Lang) -> None:
    line = document.sections[0].footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    said = (
        f"事件链 {paper.code}    校验 {address}    " if lang == "zh" else f"Chain {paper.code}    Verify {address}    "
    )
    _run(line, said + "— ", size=SMALL)
    _number(_run(line, "", size=SMALL))
    _run(line, " —", size=SMALL)


def _properties(document: Document, paper: Paper, lang: Lang) -> None:
    core = document.core_properties
    core.title, core.author, core.last_modified_by = paper.title, paper.house, ""
    core.comments, core.revision = "", 1
    core.language = "zh-CN" if lang == "zh" else "en"
    core.created = core.modified = MADE


# ---------------------------------------------------------------------------------------------------- small parts
def _line(
    document: Document,
    text: str,
    *,
    face: str = BODY,
    size: Pt = SIZE,
    indented: bool = False,
    centred: bool = False,
    bold: bool = False,
) -> Paragraph:
    line = document.add_paragraph()
    if indented:
        line.paragraph_format.first_line_indent = INDENT
    if centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(line, text, face=face, size=size, bold=bold)
    return line


def _run(line: Paragraph, text: str, *, face: str = BODY, size: Pt = SIZE, bold: bool = False) -> Run:
    run = line.add_run(text)
    run.font.size = size
    run.bold = bold or None
    _faces(run._element.get_or_add_rPr(), face)
    return run


def _faces(properties: object, face: str) -> None:
    """Set the face for Chinese and for Latin letters, and the language of both; the library sets only the latter."""
    fonts = properties.get_or_add_rFonts()  # type: ignore[attr-defined]
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), face)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)  # type: ignore[attr-defined]


def _number(run: Run) -> None:
    """Let a run be the number of its page."""
    for sort, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if sort:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), sort)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._element.append(mark)


def _same(content: bytes) -> bytes:
    """Return the package without the times at which its parts were packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name), before.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
