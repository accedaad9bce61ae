"""What a compiled table of petitions says, row by row.

Excel or Word, with merged cells, old fonts, headings, and dates as people write them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import IO, NamedTuple

from core.api import N_, fold
from plugins.lists.api import Cell, Unreadable, in_unicode, read_tables
from plugins.voter_opinions.kinds import SECTORS

MOST_ROWS = 20_000
SHEET_ROWS = 1_100_000
"""More rows than a sheet has: what is counted on over the sheets of a file."""
MOST_SHEETS = 1_000
HEAD_WITHIN = 30
"""Rows in which a table's heads are looked for."""
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
_COUNTED = re.compile(r"\d+[.)]?")
_TITLED = re.compile(r"(?:(?:[ivx]+|[a-h])\s*[.)/:-]|\d+[.)]?\s*linh vuc|linh vuc)")
"""How a heading begins that stands in a column of its own, such as that of running numbers."""


class Line(NamedTuple):
    """A row of a table of petitions; `raw` is how it stood there when it had to be converted.

    `number` says in which row of which sheet it stands, see `place_of`.
    """

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
    found = 0
    for sheet, table in enumerate(read_tables(file)):
        for line in _lines(table):
            found += 1
            if found > MOST_ROWS or sheet >= MOST_SHEETS:
                raise Unreadable(N_("Tệp có hơn 20.000 dòng hoặc 1.000 trang tính. Tách thành nhiều tệp."))
            yield line._replace(number=sheet * SHEET_ROWS + line.number)
    if not found:
        raise Unreadable(N_("Không thấy bảng có cột “Nội dung” kiến nghị. Ghi tên cột ở dòng đầu bảng."))


def place_of(number: int) -> tuple[int, int]:
    """Return the sheet and the row that a line stands in, both from 1."""
    sheet, row = divmod(number, SHEET_ROWS)
    return sheet + 1, row


# ---- from cells to petitions ------------------------------------------------------------------------------------------


def _lines(rows: Iterable[list[Cell]]) -> Iterator[Line]:
    columns: dict[str, int] = {}
    heading = ""
    for number, row in enumerate(rows, 1):
        texts, raw = in_unicode(row)
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
        alone = next(iter(told)) if len(told) == 1 and len(texts) > 1 else ""
        titled = not _NUMBERING.fullmatch(alone) and (content or _TITLED.match(fold(alone)))
        if titled or fold(content).startswith("linh vuc"):
            heading = sector_of(alone or content)
        elif not all(_NUMBERING.fullmatch(each) for each in told) or _is_counted(content, told):
            day = (_day(row[columns["received"]], said["received"]) if len(row) > columns.get("received", len(row)) else "")  # fmt: skip
            sector = sector_of(said.get("sector", "")) or heading or "other"
            yield Line(number, content, said.get("locality", ""), sector, day, raw)


def _is_counted(content: str, told: Iterable[str]) -> bool:
    """Tell whether a row has a running number and no text: it is a petition that somebody forgot to type."""
    return not content and any(_COUNTED.fullmatch(each) for each in told)


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


# PERF: a file names few sectors, each thousands of times.
@lru_cache(1_000)
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
