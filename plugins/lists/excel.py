"""Write rows to an Excel file: plain values in the columns that are shown, and never a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import IO, Any

from core.api import begins_formula, local
from plugins.lists.spec import ListColumn, Sheet

LONGEST = 32_767
"""What a cell of Excel holds."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write(
    heads: Sequence[str], columns: Sequence[ListColumn], rows: Iterable[Any], file: IO[bytes], *, title: str = "", before: Iterable[Sheet] = ()
) -> int:  # fmt: skip
    """Write a workbook of rows, in a sheet of their own after those that stand `before`; return their number."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    *_before, count = [_write_sheet(book, *each) for each in (*before, (title, heads, columns, rows))]
    book.save(file)
    return count


def by_place(count: int) -> list[ListColumn]:
    """Return the columns of rows that are plain values; a short row ends with empty cells."""
    return [ListColumn(str(at), "", partial(_at, at)) for at in range(count)]


def _at(at: int, row: Sequence[object]) -> object:
    return row[at] if at < len(row) else ""


def _write_sheet(
    book: Any, title: str, heads: Sequence[str], columns: Sequence[ListColumn], rows: Iterable[Any]
) -> int:
    from openpyxl.styles import Font

    sheet = book.create_sheet(title[:31] or None)
    sheet.freeze_panes = "A2"
    bold = [_cell(sheet, title) for title in heads]
    for cell in bold:
        cell.font = Font(bold=True)
    sheet.append(bold)
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, column.text(row)) for column in columns])
        count += 1
    return count


def _cell(sheet: Any, value: object) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, local(value).replace(tzinfo=None))
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif isinstance(value, date):
        cell = WriteOnlyCell(sheet, datetime.combine(value, time()))
        cell.number_format = "dd/mm/yyyy"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        cell = WriteOnlyCell(sheet, value)
    else:
        text = ILLEGAL_CHARACTERS_RE.sub("", "" if value is None else str(value))[:LONGEST]
        cell = WriteOnlyCell(sheet, text)
        # SECURITY: what people typed stays text, here and after it is saved as CSV or typed over.
        cell.data_type = "s"
        cell.quotePrefix = begins_formula(text)
    return cell
