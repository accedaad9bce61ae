"""The sheet as a Word file, for those who must edit a letter outside; what was issued stays the PDF."""

from io import BytesIO
from typing import Any

from plugins.letters.composing import Sheet

FONT = "Times New Roman"
LEFT, RIGHT = 65, 100
"""Width of both halves of head and foot, in millimetres."""


def docx(sheet: Sheet) -> bytes:
    """Return a letter as a Word document with the same words in the same places."""
    from docx import Document  # slow to import, and seldom needed
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    made = Document()
    made.core_properties.title, made.core_properties.author = sheet.title, sheet.agency
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin = page.bottom_margin = Mm(20)
    page.left_margin, page.right_margin = Mm(30), Mm(15)
    style = made.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    style.paragraph_format.space_after = Pt(6)
    _number_pages(page)
    _head(made, sheet)
    _opening(made, sheet)
    for each in sheet.paragraphs:
        paragraph = made.add_paragraph(each)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        paragraph.paragraph_format.first_line_indent = Mm(12.7)
    _closing(made, sheet)
    kept = BytesIO()
    made.save(kept)
    return kept.getvalue()


def _head(made: Any, sheet: Sheet) -> None:
    left, right = _halves(made)
    _line(left, sheet.superior.upper(), 12)
    _line(left, sheet.agency_name.upper(), 13, bold=True)
    _line(left, sheet.number, 13)
    _line(left, sheet.about, 12)
    _line(right, sheet.nation, 12.5, bold=True)
    _line(right, sheet.motto, 13.5, bold=True, underline=True)
    _line(right, sheet.dated, 13.5, italic=True)


def _opening(made: Any, sheet: Sheet) -> None:
    if sheet.type_name:
        _line(made, sheet.type_name.upper(), 14, bold=True)
        _line(made, sheet.subject, 14, bold=True)
    if len(sheet.addressees) == 1:
        _line(made, f"{sheet.to} {sheet.addressees[0]}", 14)
    elif sheet.addressees:
        _line(made, sheet.to, 14)
        for each in sheet.addressees:
            _line(made, each, 14)


def _closing(made: Any, sheet: Sheet) -> None:
    left, right = _halves(made)
    if sheet.recipients:
        _line(left, sheet.recipients_title, 12, bold=True, italic=True, centred=False)
        for each in sheet.recipients:
            _line(left, each, 11, centred=False)
    for each in sheet.signing:
        _line(right, each.upper(), 14, bold=True)
    for _space in range(4):
        right.add_paragraph()
    _line(right, sheet.signer, 14, bold=True)
    for each in sheet.foot:
        _line(made, each, 10, centred=False)


def _halves(made: Any) -> tuple[Any, Any]:
    """Return the left and the right cell of a table without rules."""
    from docx.shared import Mm

    table = made.add_table(rows=1, cols=2)
    table.autofit = False
    for cell, width in zip(table.rows[0].cells, (LEFT, RIGHT), strict=True):
        cell.width = Mm(width)
    left, right = table.rows[0].cells
    return left, right


def _line(
    where: Any,
    text: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    underline: bool = False,
    centred: bool = True,
) -> None:
    from docx.shared import Pt
    from docx.table import _Cell

    if not text:
        return
    # A new cell has an empty paragraph already.
    is_first = isinstance(where, _Cell) and len(where.paragraphs) == 1 and not where.paragraphs[0].runs
    paragraph = where.paragraphs[0] if is_first else where.add_paragraph()
    paragraph.alignment = 1 if centred else 0
    paragraph.paragraph_format.space_after = Pt(2)
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic, run.underline = Pt(size), bold, italic, underline


def _number_pages(page: Any) -> None:
    """Put the page number centred on top, from the second page on."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    page.different_first_page_header_footer = True
    paragraph = page.header.paragraphs[0]
    paragraph.alignment = 1
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - python-docx knows no fields
