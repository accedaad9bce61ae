"""Read the tables of Excel and Word files as offices make them: merged cells, old fonts; of a long one a row is held."""

import errno
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from lzma import LZMAError
from typing import IO, Any, NamedTuple, TypeVar, cast
from zipfile import BadZipFile, ZipFile

from lxml import etree

from core.api import N_
from plugins.lists.old_fonts import VIETNAMESE, code_of, decoded, is_old, unlikely

MOST_BYTES = 400_000_000
"""What a file may hold once unpacked."""
_OLD_FILE = b"\xd0\xcf\x11\xe0"
"""How files begin that Office wrote before 2007, and those it writes with a password."""
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


BROKEN = (
    BadZipFile, zlib.error, LZMAError, OSError, struct.error, SyntaxError, EOFError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What damaged bytes raise in what unpacks and parses them: openpyxl takes for granted that a file says what it must."""
MOST_COLUMNS = 100
"""More columns than a table of Word can have."""
T = TypeVar("T")


class Unreadable(Exception):
    """Raised with a marked sentence for whoever brought the file."""


class Cell(NamedTuple):
    """A cell with the font it is written in."""

    value: Any = ""
    font: str = ""
    raw: str = ""
    """As it stood there, when parts of it were written for an old font and have been converted."""

    @property
    def text(self) -> str:
        """What it says; a day as people write it."""
        if isinstance(self.value, datetime | date):
            return f"{self.value:%d/%m/%Y}"
        return "" if self.value is None else str(self.value).strip()


def read_tables(file: IO[bytes]) -> Iterator[Iterator[list[Cell]]]:
    """Return the tables of a file, sheets of Excel or all tables of Word, each row by row.

    Raises Unreadable, also while their rows are read.
    """
    return (_sound(table) for table in _sound(_tables(file)))


def _sound(parts: Iterator[T]) -> Iterator[T]:
    """Pass on what is read; a file that breaks on the way is told as broken."""
    try:
        yield from parts
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # the disk is broken, not what stands on it: bz2 gives no number, a place before the file is not valid
        raise Unreadable(N_("Tệp hỏng, không mở được. Mở bằng Excel hoặc Word rồi lưu lại.")) from error


def _tables(file: IO[bytes]) -> Iterator[Iterator[list[Cell]]]:
    if file.read(len(_OLD_FILE)) == _OLD_FILE:
        raise Unreadable(
            N_(
                "Tệp .xls, .doc đời cũ hoặc có mật khẩu. Mở ra rồi lưu lại thành .xlsx, .docx, không đặt mật khẩu."
            )
        )
    archive = ZipFile(file)
    names = set(archive.namelist())
    if sum(each.file_size for each in archive.infolist()) > MOST_BYTES:
        raise Unreadable(N_("Tệp quá lớn. Tách thành nhiều tệp."))
    if "word/document.xml" in names:
        yield _word_rows(archive)
    elif "xl/workbook.xml" in names:
        yield from _excel_tables(file, archive)
    else:
        raise Unreadable(N_("Chỉ đọc được tệp .xlsx và .docx. Mở bằng Excel hoặc Word rồi lưu lại."))


# ---- Excel ----------------------------------------------------------------------------------------------------------


def _excel_tables(file: IO[bytes], archive: ZipFile) -> Iterator[Iterator[list[Cell]]]:
    from openpyxl import load_workbook

    book = load_workbook(file, read_only=True, data_only=True)
    sheets: list[Any] = book.worksheets
    for sheet in sheets:
        # What openpyxl knows of merged cells it knows only of sheets held whole.
        path = cast(Any, sheet)._worksheet_path.removeprefix("/")  # noqa: SLF001 - there is no other way
        yield _merged(_excel_rows(sheet), _merges(archive, path))


def _excel_rows(sheet: Any) -> Iterator[list[Cell]]:
    for row in sheet.iter_rows():
        yield [Cell(each.value, each.font.name or "" if each.value is not None else "") for each in row]


def _merges(archive: ZipFile, path: str) -> list[tuple[int, int, int, int]]:
    """Return the merged ranges of a sheet: first column and row, last column and row, from 1."""
    from openpyxl.utils import range_boundaries

    found = []
    with archive.open(path) as sheet:
        for _event, element in etree.iterparse(
            sheet, tag=(f"{_S}row", f"{_S}mergeCell"), resolve_entities=False
        ):
            if element.tag == f"{_S}mergeCell":
                found.append(range_boundaries(element.get("ref")))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return found  # type: ignore[return-value]


def _merged(rows: Iterator[list[Cell]], merges: Iterable[tuple[int, int, int, int]]) -> Iterator[list[Cell]]:
    """Fill every cell of a merged range with what its first one says."""
    starting: dict[int, list[tuple[int, int, int, int]]] = {}
    for each in merges:
        starting.setdefault(each[1], []).append(each)
    running: list[tuple[tuple[int, int, int, int], Cell]] = []
    for number, row in enumerate(rows, 1):
        fresh = [(each, row[each[0] - 1]) for each in starting.pop(number, ()) if each[0] <= len(row)]
        running = [each for each in running if each[0][3] >= number] + fresh
        for (first, _top, last, _bottom), cell in running:
            row[first - 1 : last] = [cell] * (min(last, len(row)) - first + 1)
        yield row


# ---- Word -----------------------------------------------------------------------------------------------------------


def _word_rows(archive: ZipFile) -> Iterator[list[Cell]]:
    """Return the rows of all tables; python-docx would look for each cell in the whole table anew."""
    above: list[Cell] = []
    with archive.open("word/document.xml") as document:
        for _event, row in etree.iterparse(document, tag=f"{_W}tr", resolve_entities=False):
            if row.getparent().getparent().tag == f"{_W}tc":
                continue  # a table within a cell is part of that cell's text
            above = _word_cells(row, above)
            yield list(above)
            row.clear()
            while row.getprevious() is not None:
                del row.getparent()[0]


def _word_cells(row: Any, above: Sequence[Cell]) -> list[Cell]:
    cells: list[Cell] = []
    for each in row.iterchildren(f"{_W}tc"):
        span = each.find(f"{_W}tcPr/{_W}gridSpan")
        merge = each.find(f"{_W}tcPr/{_W}vMerge")
        cell = _word_cell(each)
        if merge is not None and merge.get(f"{_W}val") != "restart" and len(cells) < len(above):
            cell = above[len(cells)]
        cells += [cell] * (min(int(span.get(f"{_W}val")), MOST_COLUMNS) if span is not None else 1)
    return cells


def _word_cell(cell: Any) -> Cell:
    lines = [
        [(part.text or "" if part.tag == f"{_W}t" else " ", _font(part)) for part in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br")]
        for paragraph in cell.iter(f"{_W}p")
    ]  # fmt: skip
    plain = _joined([[text for text, _font in line] for line in lines])
    if VIETNAMESE & set(plain) and any(is_old(font) for line in lines for _text, font in line):
        # Words of before and of today in one cell: each is read by its own font.
        told = [[decoded(text, code_of(text, font), font) for text, font in line] for line in lines]
        return Cell(_joined(told), "", plain)
    fonts = (each.get(f"{_W}ascii") for each in cell.iter(f"{_W}rFonts"))
    return Cell(plain, next(filter(None, fonts), ""))


def _font(part: Any) -> str:
    named = part.getparent().find(f"{_W}rPr/{_W}rFonts")
    return (named.get(f"{_W}ascii") or "") if named is not None else ""


def _joined(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join("".join(line) for line in lines).strip()


# ---- text of before Unicode ---------------------------------------------------------------------------------------------


def in_unicode(row: Sequence[Cell]) -> tuple[list[str], str]:
    """Return the texts of a row in Unicode, and how they stood there when any had to be converted."""
    raw = [each.raw or each.text for each in row]
    old = [each for each in row if not VIETNAMESE & set(each.text)]
    font = next((each.font for each in old if is_old(each.font)), "")
    beside = code_of(" ".join(each.text for each in old), font)
    if not font and not _fits(old, beside, mixed=len(old) < len(row)):
        beside = ""
    texts = [
        decoded(each.text, code_of(each.text, each.font) or (beside if is_old(each.font) or not font else ""), each.font)
        if each in old else each.text
        for each in row
    ]  # fmt: skip
    return texts, " | ".join(filter(None, raw)) if texts != raw else ""


def _fits(old: Sequence[Cell], beside: str, *, mixed: bool) -> bool:
    """Tell whether cells that do not tell their code themselves are read by that of the cells beside them.

    Rows put together from several files hold both codes. What makes more Vietnamese words decides; where both do, a row that
    has a cell of today for certain is left alone.
    """
    silent = " ".join(each.text for each in old if not code_of(each.text, each.font))
    as_it_stands, converted = unlikely(silent), unlikely(decoded(silent, beside))
    return converted < as_it_stands or (converted == as_it_stands and not mixed)
