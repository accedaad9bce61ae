"""What a compiled Excel or Word table of petitions says, row by row: merged cells, old fonts, headings, dates as people write them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import IO, Any, NamedTuple, cast
from zipfile import BadZipFile, ZipFile

from lxml import etree

from core.api import N_, fold
from plugins.voter_opinions.kinds import SECTORS
from plugins.voter_opinions.old_fonts import code_of, decoded

MOST_ROWS = 20_000
MOST_BYTES = 400_000_000
"""What a file may hold once unpacked."""
HEAD_WITHIN = 30
"""Rows in which a table's heads are looked for."""
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADS = {
    "content": ("noi dung", "kien nghi", "y kien"),
    "locality": ("dia ban", "dia phuong", "dia chi", "noi cu tru", "xa, phuong", "phuong, xa"),
    "sector": ("linh vuc",),
    "received": ("ngay",),
}
_SECTOR_WORDS = {
    "land": ("dat dai", "moi truong", "tai nguyen"), "transport": ("giao thong", "xay dung", "do thi"),
    "agriculture": ("nong nghiep", "nong thon", "thuy loi"), "finance": ("tai chinh", "dau tu", "ngan sach", "kinh te"), "health": ("y te",),
    "education": ("giao duc",), "culture": ("van hoa", "du lich", "the thao"), "labour": ("lao dong", "chinh sach", "nguoi co cong"),
    "security": ("an ninh", "trat tu", "quoc phong"), "reform": ("cai cach", "hanh chinh", "noi vu"),
}  # fmt: skip
_IN_WORDS = re.compile(r"(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})")
_NUMBERING = re.compile(r"[\d.()IVXivx\s-]*")


class Unreadable(Exception):
    """Raised with a marked sentence for whoever brought the file."""


class Cell(NamedTuple):
    """A cell with the font it is written in."""

    value: Any = ""
    font: str = ""

    @property
    def text(self) -> str:
        """What it says; a day as people write it."""
        if isinstance(self.value, datetime | date):
            return f"{self.value:%d/%m/%Y}"
        return "" if self.value is None else str(self.value).strip()


class Line(NamedTuple):
    """A row of a table of petitions; `raw` is how it stood there when it had to be converted."""

    number: int
    content: str
    locality: str
    sector: str
    received: str
    raw: str


def read_lines(file: IO[bytes]) -> Iterator[Line]:
    """Return the petitions of a file, one after the other; of a long one no more than a row is held.

    Raises Unreadable.
    """
    number = 0
    for table in _tables(file):
        for line in _lines(table):
            number += 1
            if number > MOST_ROWS:
                raise Unreadable(N_("Tệp có hơn 20.000 dòng. Tách thành nhiều tệp."))
            yield line._replace(number=number)
    if not number:
        raise Unreadable(N_("Không thấy bảng có cột “Nội dung” kiến nghị. Ghi tên cột ở dòng đầu bảng."))


def _tables(file: IO[bytes]) -> Iterator[Iterator[list[Cell]]]:
    try:
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
    except (BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, EOFError) as error:
        raise Unreadable(N_("Tệp hỏng hoặc có mật khẩu. Mở ra, bỏ mật khẩu rồi lưu lại.")) from error


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
        cells += [cell] * (int(span.get(f"{_W}val")) if span is not None else 1)
    return cells


def _word_cell(cell: Any) -> Cell:
    lines = []
    for paragraph in cell.iter(f"{_W}p"):
        parts = (
            part.text or "" if part.tag == f"{_W}t" else " "
            for part in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br")
        )
        lines.append("".join(parts))
    fonts = (each.get(f"{_W}ascii") for each in cell.iter(f"{_W}rFonts"))
    return Cell("\n".join(lines).strip(), next(filter(None, fonts), ""))


# ---- from cells to petitions ------------------------------------------------------------------------------------------


def _lines(rows: Iterable[list[Cell]]) -> Iterator[Line]:
    columns: dict[str, int] = {}
    heading = ""
    for number, row in enumerate(rows):
        texts, raw = _unicode(row)
        if found := _columns(texts):
            columns, heading = found, ""
            continue
        if not columns:
            if number > HEAD_WITHIN:
                return
            continue
        said = {name: texts[at] if at < len(texts) else "" for name, at in columns.items()}
        content = said["content"]
        told = {each for each in texts if each}
        if (len(texts) > 1 and len(told) == 1 and not _NUMBERING.fullmatch(content)) or fold(
            content
        ).startswith("linh vuc"):
            heading = sector_of(next(iter(told)) if len(told) == 1 else content)
        elif not all(_NUMBERING.fullmatch(each) for each in told):
            day = (
                _day(row[columns["received"]], said["received"])
                if len(row) > columns.get("received", len(row))
                else ""
            )
            sector = sector_of(said.get("sector", "")) or heading or "other"
            yield Line(0, content, said.get("locality", ""), sector, day, raw)


def _unicode(row: Sequence[Cell]) -> tuple[list[str], str]:
    """Return the texts of a row in Unicode, and how they stood there when they had to be converted."""
    texts = [each.text for each in row]
    font = next((each.font for each in row if each.font.lower().startswith((".vn", "vni"))), "")
    code = code_of(" ".join(texts), font)
    if not code:
        return texts, ""
    return [decoded(each, code, cell.font) for each, cell in zip(texts, row, strict=True)], " | ".join(
        filter(None, texts)
    )


def _columns(texts: Sequence[str]) -> dict[str, int]:
    """Return where a table has what, if a row is its head."""
    heads = [fold(each) if len(each) <= 80 else "" for each in texts]
    found: dict[str, int] = {}
    for name, words in _HEADS.items():
        for word in words:
            at = next((n for n, head in enumerate(heads) if word in head and "tra loi" not in head), None)
            if at is not None and at not in found.values():
                found[name] = at
                break
    # A head is more than one column, or says nothing but what a head says.
    named = len({each for each in heads if each}) > 1 and len(found) > 1
    alone = "content" in found and heads[found["content"]].startswith(
        ("noi dung", "y kien, kien nghi", "kien nghi cu tri")
    )
    short = "content" in found and len(heads[found["content"]]) <= 60
    return found if short and (named or alone) and "." not in heads[found["content"]] else {}


def sector_of(text: str) -> str:
    """Return which sector a text names, empty for none."""
    folded = fold(text)
    known = (key for key, title in SECTORS.items() if key != "other" and fold(title) == folded)
    found = (key for key, words in _SECTOR_WORDS.items() if any(word in folded for word in words))
    return next(known, "") or next(found, "")


def _day(cell: Cell, text: str) -> str:
    """Return a day as it is typed: from a date, from Excel's number of a date, from words."""
    if isinstance(cell.value, int | float) and 20_000 < cell.value < 80_000:
        return f"{date(1899, 12, 30) + timedelta(days=int(cell.value)):%d/%m/%Y}"
    found = _IN_WORDS.search(fold(text))
    return "/".join(found.groups()) if found else text
